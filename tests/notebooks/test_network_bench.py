"""What the networks are measured against computes the same, and the lines that are printed say what was measured."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.torch
ROOT = Path(__file__).resolve().parents[2]


def test_every_case_can_be_made_in_each_of_its_forms():
    import torch
    from bench.cases import made
    from bench.measure import CASES

    for case in CASES.values():
        for form in case.forms:
            with torch.device("meta"):
                assert made(case.network, form, case.sizes).network.state_dict()


def test_the_plain_liif_that_is_measured_asks_for_thirty_thousand_colours_at_a_time(monkeypatch):
    """As the official demonstration does; the folding of all features is repeated at each asking."""
    import torch
    from bench.cases import made
    from bench.plain_liif import PlainLIIF

    asked = []

    def ask(_network, _features, coord, _cell):
        asked.append(coord.shape[1])
        return coord.new_zeros(*coord.shape[:2], 3)

    monkeypatch.setattr(PlainLIIF, "ask", ask)
    with torch.no_grad():
        made("liif", "plain", (4, 173))()
        made("liif", "plain", (4, 174))()

    assert asked == [173 * 173, 30_000, 174 * 174 - 30_000]


def test_the_lines_tell_ratios_to_the_first_form_and_whether_the_last_keeps_the_target():
    from bench.measure import Case, Cost, lines

    case = Case("A network", "mssnet", (16,), ("plain", "fast"), "seconds", 0.5)

    kept = lines(case, {"plain": Cost(4, 300), "fast": Cost(1, 150)})
    missed = lines(case, {"plain": Cost(4, 300), "fast": Cost(3, 150)})

    assert kept[0] == "A network"
    assert kept[2].split() == ["fast", "1.00", "s", "0.25x", "150", "MiB", "0.50x"]
    assert kept[-1] == "  seconds: 0.25x, at most 0.5x: kept"
    assert missed[-1] == "  seconds: 0.75x, at most 0.5x: MISSED"


def test_a_form_that_stands_alone_is_held_against_a_number():
    from bench.measure import Case, Cost, lines

    case = Case("A network", "liif", (16, 32), ("bands",), "mebibytes", 1000)

    assert lines(case, {"bands": Cost(4, 900)})[-1] == "  mebibytes: 900 MiB, at most 1000 MiB: kept"


def test_a_fresh_process_reports_what_it_cost():
    from bench.measure import Case, run_once

    cost = run_once(Case("A small picture", "mssnet", (16,), ("plain",), "seconds", 1), "plain")

    assert cost.seconds > 0
    assert cost.mebibytes > 50  # torch alone takes more


def test_a_form_that_fails_stops_the_measuring_with_its_message():
    from bench.measure import Case, run_once

    with pytest.raises(SystemExit, match=r"(?s)An odd picture \(plain\) failed.*multiples of 16"):
        run_once(Case("An odd picture", "mssnet", (17,), ("plain",), "seconds", 1), "plain")


def test_an_unknown_case_is_refused_with_the_cases_there_are():
    done = subprocess.run([sys.executable, "-m", "notebooks.bench", "x"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 2
    assert "no case x; there are mssnet-256, liif-768" in done.stderr


@pytest.mark.parametrize("kind", ["mssnet", "liif"])
def test_each_form_for_a_gpu_computes_nearly_the_same(kind):
    """All but the compiled one, whose compiler is not everywhere."""
    import torch
    from bench.on_device import forms, milliseconds
    from models.liif_bands import LIIFConfig, LIIFInBands
    from models.mssnet import MSSNet, MSSNetConfig

    torch.manual_seed(0)
    liif = LIIFConfig(n_resblocks=1, n_feats=8, hidden=(16,))
    network, more = (MSSNet(MSSNetConfig(4, 2, 2)), ()) if kind == "mssnet" else (LIIFInBands(liif), (20, 20))
    place = torch.device("cpu")
    with torch.no_grad():
        made = forms(network.eval(), (torch.rand(1, 3, 16, 16), *more), place)
        single, last, half = (next(made)[1]() for _ in range(3))
        assert milliseconds(lambda: network, place, times=2) >= 0

    torch.testing.assert_close(last, single, atol=1e-5, rtol=0)
    torch.testing.assert_close(half.float(), single, atol=0.05, rtol=0)
    assert not torch.equal(half.float(), single)


def test_an_essay_is_quick_enough_by_the_clock_or_by_its_cpu_time():
    """A busy machine makes the clock long, two threads the CPU time."""
    from bench.quick import Spent, line

    assert Spent(seconds=29, cpu_seconds=50).kept
    assert Spent(seconds=90, cpu_seconds=30).kept
    assert line("ips", Spent(31.04, 45)).split("  ")[1].startswith("ips")
    assert line("ips", Spent(31.04, 45)).endswith("   45.0 s of CPU time    31.0 s by the clock, at most 30 s: MISSED")


def test_an_essay_is_run_quickly_on_two_threads_in_a_folder_that_is_removed_and_a_failure_is_told(monkeypatch):
    import json
    from types import SimpleNamespace

    from bench import quick

    folders = []

    def runs(command, env, **_):
        asked, folder = command[command.index("scripts.run_notebooks") + 1 : -1], Path(command[-1])
        assert asked == ["ips", "--mode", "quick", "--device", "cpu", "--out"]
        assert env["OMP_NUM_THREADS"] == "2"
        folders.append(folder)
        (folder / "ips").mkdir()
        told = {"provenance": {"seconds": 20.0, "cpu_seconds": 12.5}}
        (folder / "ips/run.json").write_text(json.dumps(told))
        return SimpleNamespace(returncode=len(folders) - 1, stderr="ips: cell 3 failed")

    monkeypatch.setattr(quick.subprocess, "run", runs)

    assert quick.run_quick("ips") == quick.Spent(20.0, 12.5)
    with pytest.raises(SystemExit, match=r"(?s)ips failed in quick mode:.*cell 3 failed"):
        quick.run_quick("ips")
    assert not any(folder.exists() for folder in folders)
    assert {"ips", "fine-text-2x"} <= set(quick.ESSAYS)


def test_what_is_kept_of_a_case_replaces_what_was_kept_of_it_alone(tmp_path):
    import json

    from bench.kept import keep

    results = tmp_path / "results.json"
    for case, printed in (("a", ["old"]), ("b", ["other"]), ("a", ["new", "lines"])):
        keep(case, printed, 3, results)

    told = json.loads(results.read_text())
    assert {case: one["printed"] for case, one in told.items()} == {"a": ["new", "lines"], "b": ["other"]}
    assert told["a"]["median of"] == 3


def test_the_results_that_are_kept_are_of_cases_that_there_are():
    import json

    from bench.kept import RESULTS
    from bench.measure import CASES

    assert set(json.loads(RESULTS.read_text("utf-8"))) <= {*CASES, "quick"}
