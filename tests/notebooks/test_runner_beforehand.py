"""What the machine lacks is told in one sentence before anything starts."""

import subprocess
import sys

import pytest

from catalog.load import ROOT
from tests.notebooks.houses import GOOD, run, write

pytestmark = pytest.mark.torch
LOADS = "from lab.designs import {}\n"


@pytest.fixture
def verify(committed, capsys):
    """Return what verifies runs of a repository with one, and the sentences that it prints."""
    from scripts.verify_runs import main

    return lambda *arguments: (main(["essay", *arguments], committed), capsys.readouterr().err)


@pytest.mark.parametrize("device", ["cuda", "cuda:0"])
def test_a_gpu_is_refused_by_a_torch_without_cuda(committed, capsys, verify, device, monkeypatch):
    from runner import gpus

    monkeypatch.setattr(gpus, "ASK", "print('none', 0)")
    said = (
        f"--device {device} needs a torch that is built with CUDA, and this one is not; "
        "use --device cpu, or auto, which takes a GPU where there is one"
    )
    assert run(capsys, committed, "essay", "--force", "--device", device) == (2, said)
    assert verify("--device", device) == (2, said + "\n")


@pytest.mark.parametrize(
    ("device", "cuda", "count", "said"),
    [
        ("cpu", "", 0, ""),
        ("auto", "", 0, ""),
        ("cuda", "12.8", 1, ""),
        ("cuda:1", "12.8", 2, ""),
        ("cuda", "12.8", 0, "torch finds no GPU for --device cuda; use"),
        ("cuda:3", "12.8", 0, "torch finds no GPU for --device cuda:3; use"),
        ("cuda:2", "12.8", 2, "there is no GPU 2; this machine has 2, counted from 0"),
    ],
)
def test_what_torch_says_of_the_gpus_decides(device, cuda, count, said):
    from runner.beforehand import unusable

    assert unusable(device, cuda, count).startswith(said)
    assert bool(unusable(device, cuda, count)) == bool(said)


def test_a_torch_that_cannot_be_loaded_is_told(monkeypatch):
    from runner import beforehand, gpus

    monkeypatch.setattr(gpus, "ASK", "import math; raise ImportError('libtorch.so: no such file')")
    assert beforehand.no_gpu("cuda") == "torch cannot be loaded: ImportError: libtorch.so: no such file"


def test_a_folder_of_weights_that_is_none_is_told(committed, capsys, verify, monkeypatch):
    said = "names no folder (got /nope); give the one that holds the official files"
    assert run(capsys, committed, "--weights", "/nope") == (2, f"--weights {said}")
    assert verify("--weights", "/nope") == (2, f"--weights {said}\n")
    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", "/nope")
    assert run(capsys, committed) == (2, f"MODEL_ANSWERS_WEIGHTS {said}")
    assert run(capsys, committed, "--check")[0] == 0


@pytest.mark.parametrize(
    ("design", "file", "names"),
    [
        ("liif", "edsr-baseline-liif.pth", "edsr-baseline-liif.pth or edsr-baseline-liif.safetensors"),
        ("mssnet", "gopro/model_03000E.pt", "*/model_03000E.pt or mssnet-*.pt or mssnet-*.safetensors"),
    ],
)
def test_a_folder_without_a_file_that_the_essay_can_load_is_told(root, capsys, tmp_path, design, file, names):
    from runner.beforehand import no_weights

    write(root, LOADS.format(design) + GOOD)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "other.pth").touch()
    told = f"--weights {tmp_path}/weights holds no file that is loaded by essay: {names}"

    assert run(capsys, root, "essay", "--weights", f"{tmp_path}/weights") == (2, told)

    path = tmp_path / "weights" / file
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert no_weights(tmp_path / "weights", ["essay"], root) == ""


def test_a_file_of_another_variant_than_the_essay_names_is_told(root, tmp_path):
    """Or the essay would draw all its figures with the small network, and nobody would know why."""
    from runner.beforehand import no_weights

    write(root, LOADS.format("mssnet") + 'design = mssnet.design("realblurr")\n')
    (tmp_path / "gopro").mkdir()
    (tmp_path / "gopro" / "model_03000E.pt").touch()
    (tmp_path / "mssnet-gopro.pt").touch()

    told = no_weights(tmp_path, ["essay"], root)

    assert told.endswith(": mssnet-realblurr.pt or mssnet-realblurr.safetensors or realblurr/model_03000E.pt")
    (tmp_path / "mssnet-realblurr.pt").touch()
    assert no_weights(tmp_path, ["essay"], root) == ""


def test_weights_for_one_of_several_essays_are_enough_and_none_are_for_an_essay_that_loads_none(root, tmp_path):
    from runner.beforehand import no_weights

    write(root, LOADS.format("liif"), name="a")
    write(root, "x = 1\n", name="b")
    (tmp_path / "edsr-baseline-liif.pth").touch()

    assert no_weights(tmp_path, ["a", "b"], root) == ""
    assert no_weights(tmp_path, ["b"], root) == (
        "--weights is of no use to b, where no official file is loaded; leave it out"
    )


def test_a_folder_that_the_environment_names_may_hold_what_other_essays_need(root, tmp_path, monkeypatch):
    from runner.beforehand import no_weights

    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(tmp_path))
    write(root, LOADS.format("liif"))
    assert no_weights(None, ["essay"], root) == ""


def test_the_command_itself_never_loads_torch(committed):
    script = f"""
import pathlib, sys
from scripts.run_notebooks import main
main(["--device", "cuda"], pathlib.Path({str(committed)!r}))
main(["--weights", "/nope"], pathlib.Path({str(committed)!r}))
main([], pathlib.Path({str(committed)!r}))
print("torch" in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert told.stdout == "False\n", told.stderr
    assert "cannot be loaded" not in told.stderr
