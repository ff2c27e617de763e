"""Runs are read as untrusted input, and know when the code beside them is another."""

import ast
import builtins
import io
import json
import shutil
import struct
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from catalog import run_values, seal
from catalog.contributed_text import text_problems
from catalog.digests import bytes_digest, code_digest, file_digest
from catalog.freshness import freshness, run_key
from catalog.imported_code import imported_from
from catalog.load import check_all
from catalog.packages import command
from catalog.pictures import picture_problems
from catalog.run_files import read_runs
from catalog.run_values import RunReader
from catalog.runs import Result

BASE = Path(__file__).parent / "base"
FOLDER = "notebooks/outputs/made-up"


def png(width=4, height=3):
    """Return a real, tiny PNG."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80" * 3 * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def record():
    """Return what a whole run.json says."""
    figure = {"file": "text.png", "width": 4, "height": 3, "alt": "Grey.", "caption": "Grey.", "partner": None}
    return {
        "id": "made-up",
        "mode": "full",
        "key": {"code": "0" * 64},
        "results": {"gain": {"value": 0.5, "metric": "psnr_gain", "unit": "dB", "kind": "exact", "says": "A gain."}},
        "figures": {"text": figure | {"weights": "trained here", "placeholder": None, "sha256": bytes_digest(png())}},
        "trace": [
            {
                "step": "enlarge",
                "run": "bicubic",
                "in": {"image": [3, 4, 5]},
                "out": {"image": [3, 8, 10]},
                "seconds": 0.5,
                "peak_bytes": None,
                "device": "cpu",
                "weights": "none",
            }
        ],
        "provenance": {"commit": "abc", "dirty": False, "seed": 1, "packages": {"torch": "2.13.0"}},
    }


EXECUTED = [  # see ESSAY
    {"cell_type": "markdown", "metadata": {}, "source": "# A claim"},
    {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["from lab import first, workflow\n", "seed = 1"]},
]


def placed(root, data, text=None):
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(text if text is not None else json.dumps(data, indent=1, sort_keys=True))
    (folder / "text.png").write_bytes(png())
    (folder / "notebook.ipynb").write_text(json.dumps({"cells": EXECUTED, "metadata": {}, "nbformat": 4}))
    return folder


def complaints(root):
    runs, problems = read_runs(root)
    assert bool(runs) != bool(problems), "a run with a problem is left out"
    assert all(problem.file.startswith("notebooks/outputs/") for problem in problems)
    return "\n".join(map(str, problems))


def test_a_whole_run_is_read_with_all_it_holds(tmp_path):
    placed(tmp_path, record())
    runs, problems = read_runs(tmp_path)
    run = runs["made-up"]
    assert problems == []
    assert (run.file, run.folder) == (f"{FOLDER}/run.json", FOLDER)
    assert run.results["gain"].value == 0.5
    assert run.figures["text"].width == 4
    assert run.trace[0].outputs == {"image": (3, 8, 10)}
    assert run.provenance["packages"] == {"torch": "2.13.0"}


def test_no_outputs_are_no_runs(tmp_path):
    assert read_runs(tmp_path) == ({}, [])


def test_folders_of_executions_in_progress_are_passed_over(tmp_path):
    placed(tmp_path, record())
    (tmp_path / "notebooks/outputs/.made-up.x1").mkdir()
    assert complaints(tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON"),
        ("[]", "an object is wanted"),
        ('{"id": "made-up", "id": "made-up"}', "'id' stands twice"),
        ('{"id": NaN}', "NaN is not a number"),
        ('{"id": -Infinity}', "is not a number"),
        ("[" * 100_000, "deeper"),
        ('{"id": ' + "9" * 5000 + "}", "digits"),
        ("\ufeff{}", "not JSON"),
        (" " * 2**20 + "{}", "at most"),
        ("<<<<<<< HEAD\n{}", "not JSON"),
    ],
)
def test_a_file_that_is_no_run_is_refused(tmp_path, text, what):
    placed(tmp_path, None, text)
    assert what in complaints(tmp_path)


def test_bytes_that_are_not_text_are_refused(tmp_path):
    (placed(tmp_path, record()) / "run.json").write_bytes(b'{"id": "\xff"}')
    assert "not UTF-8" in complaints(tmp_path)


def changed(*path, to):
    def change(data):
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return change


FIGURE, RESULT, STEP = ("figures", "text"), ("results", "gain"), ("trace", 0)
WRONG = {
    "another id than the folder": (changed("id", to="other"), "id: the id must be the folder's name"),
    "an unknown mode": (changed("mode", to="slow"), "mode: one of quick, full"),
    "an unknown member": (changed("extra", to=1), "extra: this member is unknown"),
    "no results": (lambda data: data.pop("results"), "'results' is missing"),
    "a digest that is none": (changed("key", "code", to="abc"), "key.code: 64 hexadecimal digits"),
    "a number as text": (changed(*RESULT, "value", to="0.5"), "results.gain.value: a number is wanted (got a text)"),
    "true as a number": (changed(*RESULT, "value", to=True), "results.gain.value: a number is wanted"),
    "a number beyond all": (changed(*RESULT, "value", to=2**2000), "out of range"),
    "an unknown kind": (changed(*RESULT, "kind", to="guessed"), "one of exact, measured"),
    "an empty sentence": (changed(*RESULT, "says", to=" "), "results.gain.says: a text of 1 to"),
    "an invisible character": (changed(*RESULT, "says", to="a\u202eb"), "invisible character"),
    "a name with a slash": (changed("results", "a/b", to={}), "small letters, digits"),
    "a file elsewhere": (changed(*FIGURE, "file", to="../text.png"), "no folder, no other kind"),
    "a page as a figure": (changed(*FIGURE, "file", to="text.html"), "no folder, no other kind"),
    "a file that is not there": (changed(*FIGURE, "file", to="gone.png"), "does not lie in the run's folder"),
    "another size": (changed(*FIGURE, "width", to=5), "the picture text.png is 4 x 3, not 5 x 3"),
    "a figure of an unknown kind": (
        changed(*FIGURE, "kind", to="guessed"),
        "figures.text.kind: one of exact, measured",
    ),
    "no alternative text": (changed(*FIGURE, "alt", to=""), "figures.text.alt: a text of 1 to"),
    "a partner that is not there": (changed(*FIGURE, "partner", to="other"), "'other' is no other figure"),
    "itself as partner": (changed(*FIGURE, "partner", to="text"), "is no other figure"),
    "a placeholder that runs code": (changed(*FIGURE, "placeholder", to="javascript:alert(1)"), "data address"),
    "a placeholder with svg": (changed(*FIGURE, "placeholder", to="data:image/svg+xml;base64,AAAA"), "data address"),
    "an unknown origin": (changed(*FIGURE, "weights", to="found"), "one of official, trained here"),
    "a stamp that is no text": (changed(*FIGURE, "stamp", to=True), "figures.text.stamp: a text is wanted"),
    "a size that is a word": (
        changed(*STEP, "smaller", to="yes"),
        "trace.0.smaller: true or false is wanted (got a text)",
    ),
    "a shape that is none": (changed(*STEP, "in", to={"image": [3, "4"]}), "trace.0.in.image: a whole number"),
    "negative seconds": (changed(*STEP, "seconds", to=-1), "trace.0.seconds: the number is out of range"),
    "deep provenance": (changed("provenance", "a", to={"b": {"c": 1}}), "provenance.a"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_each_wrong_value_is_named_with_its_place(tmp_path, wrong):
    change, what = WRONG[wrong]
    data = record()
    change(data)
    placed(tmp_path, data)
    assert what in complaints(tmp_path)


@pytest.mark.parametrize(
    "character", ["\u061c", "\u180e", "\u2028", "\u2029", "\u2062", "\u206a", "\ufff9", "\U000e0041"]
)
def test_what_nobody_sees_is_refused_in_a_run_as_in_a_record(tmp_path, character):
    assert list(text_problems(f"a{character}b", "a.yml"))
    data = record()
    data["results"]["gain"]["says"] = f"a{character}b"
    placed(tmp_path, data)
    assert "results.gain.says: the text has an invisible character" in complaints(tmp_path)


SOUND = {"value": 0.5, "metric": "psnr_gain", "unit": "dB", "kind": "exact", "says": "A gain."}
PARTS = {
    "value": [0, -3, 1e299, 1e300, -1e300, float("inf"), float("nan"), 10**400, True, None, "1", [1]],
    "metric": ["ssim", "x" * 80, "x" * 81, "", " ", "a\u200bb", "a\nb", "größe", 1, None, ["psnr"]],
    "unit": ["", " ", "×", "x" * 20, "x" * 21, "a\u202eb", 1, None],
    "kind": ["measured", "near", "", None, 1, ["exact"], {"exact": 1}],
    "says": ["x" * 2000, "x" * 2001, "", "\t", "30 × 20 – so", "a\ud800b", "a\x7fb", 1, None],
}


@pytest.mark.parametrize(("part", "value"), [(part, value) for part, values in PARTS.items() for value in values])
def test_a_quick_look_at_results_accepts_what_a_look_at_each_part_accepts(monkeypatch, part, value):
    results = {"first": SOUND, "gain": SOUND | {part: value}, "last": SOUND}

    def read():
        reader = RunReader("run.json", json.dumps({"results": results}), "made-up")
        return reader.results(results), reader.problems

    quick = read()
    monkeypatch.setattr(run_values, "_read_at_once", lambda _: None)
    assert repr(quick) == repr(read())


def test_sound_results_are_read_at_once(monkeypatch):
    monkeypatch.delattr(RunReader, "result")
    results = {"first": SOUND, "gain": SOUND | {"value": 3}}
    assert RunReader("run.json", "", "made-up").results(results) == {
        name: Result(**data) for name, data in results.items()
    }


OTHER_NAME = {"text" if name == "says" else name: value for name, value in SOUND.items()}


@pytest.mark.parametrize(
    "result", [{}, [], None, "text", SOUND | {"more": 1}, {"value": 1, "says": "Short of parts."}, OTHER_NAME]
)
def test_a_quick_look_accepts_no_result_with_other_parts(result):
    results = {"first": SOUND, "gain": result}
    reader = RunReader("run.json", json.dumps({"results": results}), "made-up")
    reader.results(results)
    assert reader.problems


def test_all_problems_come_at_once_each_with_its_line(tmp_path):
    data = record()
    for change in (changed("mode", to="slow"), changed(*RESULT, "kind", to="x"), changed(*FIGURE, "alt", to="")):
        change(data)
    text = (placed(tmp_path, data) / "run.json").read_text().splitlines()
    _, problems = read_runs(tmp_path)
    assert len(problems) == 3
    for problem in problems:
        assert problem.field.rpartition(".")[2] in text[problem.line - 1]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("text.png", b"", "empty"),
        ("text.png", b"GIF89a", "first bytes"),
        ("text.png", png()[:10], "first bytes"),
        ("text.webp", png(), "first bytes"),
        ("text.png", png(9000, 1), "a side has 1 to 8192"),
    ],
)
def test_a_picture_that_is_not_what_its_name_says_is_refused(tmp_path, name, content, what):
    data = record()
    data["figures"]["text"]["file"] = name
    (placed(tmp_path, data) / name).write_bytes(content)
    assert what in complaints(tmp_path)


def webp(width=4):
    """Return a real, tiny lossless WebP of three rows."""
    data = bytearray.fromhex("524946461e000000574542505650384c110000002f038000000750c00216b0ff8188e87f0000")
    data[21] = width - 1 | data[21] & 0xC0
    return bytes(data)


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("text.png", png()[:-1], "cut off"),
        ("text.png", png()[:40], "cut off"),
        ("text.png", png()[:-12], "cut off"),
        ("text.png", flipped(png(), 45), "the checksum at byte 33 is wrong"),
        ("text.png", flipped(png(), 30), "the checksum at byte 8 is wrong"),
        ("text.png", png() + b"0", "goes on for 1 byte behind its end"),
        ("text.png", png()[:33] + png()[-12:], "no picture in it"),
        ("text.webp", webp()[:-1], "cut off"),
        ("text.webp", webp() + b"00", "goes on for 2 bytes behind its end"),
        ("text.webp", flipped(webp(), 16), "do not fill the length"),
        ("text.webp", webp(5), "is 5 x 3, not 4 x 3"),
    ],
)
def test_a_picture_that_is_not_whole_is_refused_with_the_command_that_makes_it_anew(tmp_path, name, content, what):
    data = record()
    data["figures"]["text"]["file"] = name
    (placed(tmp_path, data) / name).write_bytes(content)
    (complaint,) = complaints(tmp_path).splitlines()
    assert what in complaint
    assert f"{FOLDER}/run.json:" in complaint
    assert name in complaint
    assert complaint.endswith(f"; run {command('run_notebooks', 'made-up')}")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data[:30] + bytes(len(data) - 30), "its pixels are zeros"),
        (lambda data: data[:20] + b"0" + data[21:], "the sign of lossless WebP"),
    ],
)
def test_a_webp_without_its_pixels_is_refused(change, what):
    """So it is although its chunks fill the length that it tells."""
    data = webp()[:-2] + b"1" * 100
    data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:16] + struct.pack("<I", len(data) - 20) + data[20:]
    assert picture_problems("text.webp", data) == ()
    assert what in picture_problems("text.webp", change(data))[0]


def code(*outputs):
    return {"cell_type": "code", "metadata": {}, "outputs": list(outputs), "source": "x = 1"}


NOTEBOOKS = {
    "no cells": ({"cells": []}, "notebook.ipynb:1:1: it has no cells"),
    "an unknown kind of cell": ({"cells": [{"cell_type": "raw", "source": ""}]}, "cell 1: its cell_type is markdown"),
    "no source": ({"cells": [{"cell_type": "markdown"}]}, "cell 1: its source is no text"),
    "a number as source": ({"cells": [EXECUTED[0], {**code(), "source": 5}]}, "cell 2: its source is no text"),
    "no outputs": ({"cells": [{"cell_type": "code", "source": ""}]}, "cell 1: its outputs are no list"),
    "a text as outputs": ({"cells": [{**code(), "outputs": "x"}]}, "cell 1: its outputs are no list"),
    "a number as an output": ({"cells": [code(5)]}, "cell 1: output 1 is no object"),
    "a failed cell": (
        {"cells": [code({"output_type": "error", "ename": "KeyError", "evalue": "x"})]},
        "cell 1: output 1 is an error ('KeyError: x')",
    ),
    "a failure without words": ({"cells": [code({"output_type": "error"})]}, "an error without a name"),
    "half a character": ({"cells": [{**code(), "source": "\ud800"}]}, "half a character"),
}


@pytest.mark.parametrize("wrong", NOTEBOOKS)
def test_a_notebook_that_cannot_be_shown_is_refused_with_its_cell(tmp_path, wrong):
    notebook, what = NOTEBOOKS[wrong]
    (placed(tmp_path, record()) / "notebook.ipynb").write_text(json.dumps({"nbformat": 4, **notebook}))
    found = complaints(tmp_path)
    assert what in found
    assert found.endswith(f"; run {command('run_notebooks', 'made-up')}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"nbformat": 4, "nbformat": 4}', "the key 'nbformat' stands twice"),
        ("[" * 100_000, "brackets lie too deep inside brackets"),
    ],
    ids=["a key twice", "too deep"],
)
def test_a_notebook_of_strange_json_is_refused_in_a_sentence(tmp_path, text, what):
    (placed(tmp_path, record()) / "notebook.ipynb").write_text(text)
    assert what in complaints(tmp_path)


@pytest.mark.parametrize(("said", "kind"), [({}, "exact"), ({"kind": "measured"}, "measured")])
def test_a_figure_is_exact_unless_it_says_that_it_is_measured(tmp_path, said, kind):
    data = record()
    data["figures"]["text"] |= said
    placed(tmp_path, data)
    assert read_runs(tmp_path)[0]["made-up"].figures["text"].kind == kind


def test_whole_pictures_pass():
    assert picture_problems("text.png", png()) == ()
    assert picture_problems("text.webp", webp()) == ()


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    folder = placed(tmp_path, record())
    (tmp_path / "secret.png").write_bytes(png())
    (folder / "text.png").unlink()
    (folder / "text.png").symlink_to(tmp_path / "secret.png")
    assert "does not lie in the run's folder" in complaints(tmp_path)


def test_a_run_that_is_a_link_is_refused(tmp_path):
    folder = placed(tmp_path, record())
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert "may not be a link" in complaints(tmp_path)


def test_a_run_that_is_too_large_is_refused(tmp_path):
    (placed(tmp_path, record()) / "notebook.ipynb").write_bytes(b"0" * 2**21)
    assert "at most 2,097,152" in complaints(tmp_path)


# --- plots -----------------------------------------------------------------------------------------------------------

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        '<path onload="alert(1)"/>',
        '<use href="https://example.com/x.svg#a"/>',
        '<use xlink:href="data:image/svg+xml,x"/>',
        '<a href="#a"/>',
        '<image href="#a"/>',
        '<path style="fill: url(https://example.com/a)"/>',
        '<path fill="url(//example.com/a)"/>',
        "<style>@import 'https://example.com/a.css';</style>",
        '<style>path { fill: u\\72l("https://example.com/a") }</style>',
        '<animate attributeName="href"/>',
        "<?xml-stylesheet href='a.css'?>",
        "<path>",
    ],
)
def test_a_plot_that_could_load_or_run_something_is_refused(inside):
    assert picture_problems("plot.svg", f"{HEAD}{inside}</svg>".encode())


def test_an_entity_in_a_plot_is_refused():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + HEAD + "<text>&b;</text></svg>"
    assert any("entity" in problem for problem in picture_problems("plot.svg", bomb.encode()))


def test_an_ordinary_plot_passes():
    inside = (
        '<defs><clipPath id="c"><rect width="1" height="1"/></clipPath></defs><style>path{fill:#fff}</style>'
        '<g clip-path="url(#c)"><path d="M 0 0 L 1 1" style="stroke: #000"/><use xlink:href="#c" x="1"/></g>'
    )
    assert picture_problems("plot.svg", f"{HEAD}{inside}</svg>".encode()) == ()


# --- fresh or stale --------------------------------------------------------------------------------------------------

ESSAY = """# %% [markdown]
# # A claim

# %% tags=["parameters"]
from lab import first, workflow
seed = 1
"""
DECLARED = """
[dependency-groups]
site = ["PyYAML>=6"]
notebooks = ["torch==2.13.0", "scikit-image>=0.26", "rich>=15", {include-group = "site"}]
"""
CODE = '''"""What it is for."""
import skimage.data
from lab.second import double


def triple(x):
    """Return three times x."""
    return double(x) + x  # a comment
'''


@pytest.fixture
def house(tmp_path):
    """Make a small repository with a fresh run."""
    (tmp_path / "pyproject.toml").write_text(DECLARED)
    lab = tmp_path / "notebooks" / "lab"
    for folder in (lab, tmp_path / "notebooks" / "models", tmp_path / "notebooks" / "weights"):
        folder.mkdir(parents=True)
    (tmp_path / "notebooks" / "made-up.py").write_text(ESSAY)
    (lab / "__init__.py").write_text("from lab import record\n")
    (lab / "workflow.py").write_text("from lab import operations\n\n\ndef run():\n    pass\n")
    (lab / "operations.py").write_text("x = 1\n")
    (lab / "record.py").write_text("import lab.progress\n")
    (lab / "first.py").write_text(CODE)
    (lab / "second.py").write_text("from models import net\n\ndef double(x):\n    return net.twice(x)\n")
    (lab / "unused.py").write_text("x = 1\n")
    (tmp_path / "notebooks" / "models" / "net.py").write_text("import torch\n\n\ndef twice(x):\n    return 2 * x\n")
    teach(tmp_path / "notebooks" / "weights" / "net.safetensors")
    return tmp_path


def teach(weights):
    """Write a file of weights, and beside it what tells how they were taught."""
    weights.write_bytes(b"weights")
    told = {"sha256": file_digest(weights), "key": {}}
    weights.with_suffix(".json").write_text(seal.sealed(told))


def sealed(house, data):
    """Return the text of a run.json that is as its run wrote it."""
    return seal.sealed({**data, "notebook": file_digest(house / FOLDER / "notebook.ipynb")})


def run_of(house, **more):
    data = record()
    more = {"workflows": {"a-question": "1" * 64}, **more}
    weights = "weights/net.safetensors"
    data["key"] = run_key(house, "made-up", "full", 1, **more) | {weights: file_digest(house / "notebooks" / weights)}
    placed(house, data)
    placed(house, data, sealed(house, data))
    runs, problems = read_runs(house)
    assert problems == []
    return runs["made-up"]


SPECS = {"a-question": "1" * 64}


def edit(house, part, old, new):
    path = house / "notebooks" / part
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_imports_are_followed_and_the_record_of_runs_is_not(house):
    lab = ("lab/__init__.py", "lab/first.py", "lab/operations.py", "lab/second.py")
    assert imported_from(house, "made-up.py") == (*lab, "models/net.py")


EDITS = {
    "nothing": ([], ()),
    "a comment": ([("lab/first.py", "a comment", "another remark")], ()),
    "a cell of comments alone": (
        [("made-up.py", "seed = 1", "seed = 1\n\n# %%\n# A remark,\n\n    # and another.")],
        (),
    ),
    "a cell of code": (
        [("made-up.py", "seed = 1", "seed = 1\n\n# %%\n# A remark.\ny = 1")],
        ("its code changed after this run",),
    ),
    "a docstring": ([("lab/first.py", "Return three times x.", "Triple it.")], ()),
    "a blank line": ([("lab/first.py", "def triple", "\n\n\ndef triple")], ()),
    "prose": ([("made-up.py", "# # A claim", "# # Another claim")], ()),
    "a file that is not imported": ([("lab/unused.py", "x = 1", "x = 2")], ()),
    "a workflow's machinery": ([("lab/workflow.py", "pass", "return 1")], ()),
    "what a workflow's machinery imports": (
        [("lab/operations.py", "x = 1", "x = 2")],
        ("lab/operations.py changed after this run",),
    ),
    "how a run is recorded": ([("lab/record.py", "import lab.progress", "import lab.style")], ()),
    "code": ([("lab/first.py", "+ x", "- x")], ("lab/first.py changed after this run",)),
    "a name": ([("lab/first.py", "def triple(x)", "def threefold(x)")], ("lab/first.py changed after this run",)),
    "code two imports away": ([("models/net.py", "2 * x", "x + x")], ("models/net.py changed after this run",)),
    "a parameter": ([("made-up.py", "seed = 1", "seed = 2")], ("its parameters changed after this run",)),
    "a new import": (
        [("lab/first.py", "from lab.second", "import lab.unused\nfrom lab.second")],
        ("lab/first.py changed after this run", "lab/unused.py was not imported by this run"),
    ),
    "an import less": (
        [("lab/second.py", "from models import net\n", "")],
        (
            "lab/second.py changed after this run",
            "models/net.py is no longer imported",
            "torch is no longer imported",
        ),
    ),
    "a package": ([("../pyproject.toml", "2.13.0", "2.14.0")], ("pyproject.toml declares another torch",)),
    "a package of a file it imports": (
        [("../pyproject.toml", "image>=0.26", "image>=0.27")],
        ("pyproject.toml declares another scikit-image",),
    ),
    "a package that it does not import": ([("../pyproject.toml", "rich>=15", "rich>=16")], ()),
    "a package that is no longer declared": (
        [("../pyproject.toml", '"torch==2.13.0", ', "")],
        ("pyproject.toml no longer declares torch",),
    ),
    "weights": (
        [("weights/net.safetensors", "weights", "others")],
        ("weights/net.safetensors changed after this run",),
    ),
}


@pytest.mark.parametrize("bytes_known", [True, False])
@pytest.mark.parametrize("what", EDITS)
def test_an_edit_makes_a_run_stale_only_if_it_could_change_a_number(house, what, bytes_known):
    run = run_of(house)
    if bytes_known:
        run = replace(run, provenance={"essay": file_digest(house / "notebooks" / "made-up.py")})
    edits, reasons = EDITS[what]
    for part, old, new in edits:
        edit(house, part, old, new)
    assert freshness(run, house, workflows=SPECS) == reasons


def test_an_essay_whose_bytes_are_known_is_not_parsed_again(house, monkeypatch):
    run = replace(run_of(house), provenance={"essay": file_digest(house / "notebooks" / "made-up.py")})
    parsed, parse = [], ast.parse
    monkeypatch.setattr(ast, "parse", lambda text, *more, **named: parsed.append(text) or parse(text, *more, **named))
    assert freshness(run, house, workflows=SPECS) == ()
    assert ESSAY not in parsed
    assert CODE in parsed


def test_line_ends_of_windows_make_no_run_stale(house):
    essay = house / "notebooks/made-up.py"
    essay.write_text(ESSAY.replace(' tags=["parameters"]', ""))
    run = run_of(house)
    essay.write_bytes(essay.read_bytes().replace(b"\n", b"\r\n"))

    assert freshness(run, house, workflows=SPECS) == ()


def test_an_edited_workflow_makes_a_run_stale(house):
    run = run_of(house)
    assert freshness(run, house, workflows={"a-question": "2" * 64}) == (
        "the workflow of a-question changed after this run",
    )
    changed = freshness(run, house, workflows={"another-question": "1" * 64})
    assert changed == ("the workflow of a-question changed after this run",), "its question is gone"
    assert freshness(run, house) == (), "whoever cannot read the catalog does not compare workflows"
    cannot_be_read = freshness(run, house, workflows={"a-question": None})
    why = f"; {command('check_catalog')} says why"
    assert cannot_be_read == (f"the workflow of a-question cannot be read now{why}",), "nobody knows which one ran"


def test_a_run_whose_executed_code_is_not_that_of_its_essay_is_stale(house):
    run_of(house)
    edit(house, "outputs/made-up/notebook.ipynb", "seed = 1", "seed = 2")
    run = read_runs(house)[0]["made-up"]
    assert freshness(run, house, workflows=SPECS) == ("its executed notebook holds other code than the essay",)


def test_weights_that_are_gone_make_a_run_stale(house):
    run = run_of(house)
    (house / "notebooks/weights/net.safetensors").unlink()
    assert freshness(run, house, workflows=SPECS) == ("weights/net.safetensors is missing",)


AGAIN = f"put it back as it was, or teach the lesson again with {command('train_weights', 'net')}"
SIDECARS = {
    "edited": (
        lambda sidecar: sidecar.write_text(sidecar.read_text().replace('"key": {}', '"key": {"a": "b"}')),
        f"net.json was changed by hand: its seal is not that of what it tells; {AGAIN}",
    ),
    "gone": (
        lambda sidecar: sidecar.unlink(),
        f"net.json, which tells how net.safetensors was taught, is missing; {AGAIN}",
    ),
}


@pytest.mark.parametrize(("change", "reason"), SIDECARS.values(), ids=SIDECARS)
def test_what_is_told_of_weights_no_more_as_they_were_taught_makes_a_run_stale(house, change, reason):
    """Whoever asks what another run would mend does not hear of it."""
    run = run_of(house)
    assert freshness(run, house, workflows=SPECS) == ()
    change(house / "notebooks/weights/net.json")
    assert freshness(run, house, workflows=SPECS) == (reason,)
    assert freshness(run, house, workflows=SPECS, sidecars=False) == ()


def test_a_lesson_that_was_not_there_and_is_now_makes_a_run_stale(house):
    run = run_of(house)
    run.key["untrained:other"] = "3" * 64
    assert freshness(run, house, workflows=SPECS) == ()
    (house / "notebooks/weights/other.safetensors").write_bytes(b"weights")
    assert freshness(run, house, workflows=SPECS) == ("weights/other.safetensors was not there when it ran",)


def test_official_weights_are_not_asked_for_by_a_reader(house):
    run = run_of(house)
    run.key["official:net.pth"] = "3" * 64
    assert freshness(run, house, workflows=SPECS) == ()


def test_a_result_of_another_run_that_changed_makes_a_run_stale(house):
    other = house / "notebooks/outputs/other"
    run_of(house)
    shutil.copytree(house / FOLDER, other)
    (house / "notebooks/other.py").write_text(ESSAY)
    data = record() | {"id": "other", "key": run_key(house, "other", "full", 1)}
    (other / "run.json").write_text(sealed(house, data))
    run = run_of(house, reads={"other.gain": 0.5})
    assert freshness(run, house, workflows=SPECS) == ()
    data["results"]["gain"]["value"] = 0.75
    (other / "run.json").write_text(json.dumps(data))
    assert freshness(run, house, workflows=SPECS) == ("other.gain, which this run reads, changed after it",)


def test_an_essay_that_is_gone_or_broken_is_told_without_a_path_of_this_machine(house):
    run = run_of(house)
    edit(house, "made-up.py", "seed = 1", "seed = = 1")
    (reason,) = freshness(run, house)
    assert reason.startswith("made-up.py cannot be parsed")
    (house / "notebooks" / "made-up.py").unlink()
    assert freshness(run, house) == ("made-up.py is missing",)


def opened(monkeypatch):
    """Return a count of how often each file is opened from now on, by its path."""
    count = Counter()
    real = io.open

    def counting(file, *arguments, **named):
        count[str(file)] += 1
        return real(file, *arguments, **named)

    for module in (io, builtins):
        monkeypatch.setattr(module, "open", counting)
    return count


def test_many_runs_are_checked_with_one_look_at_each_file_they_share(tmp_path, monkeypatch):
    """Code that cannot be parsed, weights, and the runs that others read are no exception."""
    root = shutil.copytree(BASE, tmp_path / "repository")
    notebooks, outputs = root / "notebooks", root / "notebooks" / "outputs"
    (notebooks / "lab").mkdir()
    (notebooks / "weights").mkdir()
    (notebooks / "lab" / "shared.py").write_text("x = 1\n")
    (notebooks / "lab" / "broken.py").write_text("x = = 1\n")
    teach(notebooks / "weights" / "net.safetensors")
    for number, module in enumerate(["shared", "shared", "broken", "broken"]):
        id = f"run-{number}"
        (notebooks / f"{id}.py").write_text(f"from lab import {module}\n")
        shutil.copytree(outputs / "small-text", outputs / id)
        data = json.loads((outputs / id / "run.json").read_text())
        data["key"] |= {"reads:small-text.gain": "0" * 64, "weights/net.safetensors": "0" * 64}
        (outputs / id / "run.json").write_text(json.dumps(data | {"id": id}))
    count = opened(monkeypatch)

    _, problems = check_all(root)

    stale = [problem.message for problem in problems if problem.message.startswith("this run is stale")]
    assert len(stale) == 4
    assert stale[0].startswith("this run is stale: 4 reasons, which ")
    looked_at = {path: times for path, times in count.items() if Path(path).parent != notebooks}
    assert {str(outputs / "run-0" / name) for name in ("run.json", "plain.png", "notebook.ipynb")} < looked_at.keys()
    assert {str(notebooks / name) for name in ("lab/shared.py", "weights/net.safetensors")} < looked_at.keys()
    assert {path: times for path, times in looked_at.items() if times > 1} == {}


def test_a_run_that_reads_a_stale_one_is_stale_too(house):
    """Though the number it read still stands there; two that read each other are judged by themselves."""
    (house / "notebooks/other.py").write_text(ESSAY)
    run_of(house)
    shutil.copytree(house / FOLDER, house / "notebooks/outputs/other")
    data = record() | {"id": "other", "key": run_key(house, "other", "full", 1, reads={"made-up.gain": 0.5})}
    (house / "notebooks/outputs/other/run.json").write_text(sealed(house, data))
    run = run_of(house, reads={"other.gain": 0.5})
    assert freshness(run, house, workflows=SPECS) == ()
    edit(house, "other.py", "seed = 1", "seed = 2")
    assert "other, which this run reads, is stale" in freshness(run, house, workflows=SPECS)


def test_a_run_that_reads_one_that_was_changed_by_hand_is_stale(house):
    """Though the number it read still stands there."""
    (house / "notebooks/other.py").write_text(ESSAY)
    other = house / "notebooks/outputs/other"
    run_of(house)
    shutil.copytree(house / FOLDER, other)
    data = record() | {"id": "other", "key": run_key(house, "other", "full", 1)}
    (other / "run.json").write_text(sealed(house, data))
    run = run_of(house, reads={"other.gain": 0.5})
    assert freshness(run, house, workflows=SPECS) == ()
    sound = (other / "run.json").read_text()
    (other / "run.json").write_text(sound.replace('"Grey."', '"Gray."'))
    assert (other / "run.json").read_text() != sound
    told = ("other, which this run reads, was changed by hand",)
    assert freshness(run, house, workflows=SPECS) == told
    assert freshness(run, house, workflows=SPECS, runs=dict.fromkeys(["other"], read_runs(house)[0]["other"])) == told
    (other / "run.json").write_text(sound)
    notebook = json.loads((other / "notebook.ipynb").read_text())
    (other / "notebook.ipynb").write_text(json.dumps(notebook, indent=7))
    assert freshness(run, house, workflows=SPECS) == told
    assert freshness(run, house, workflows=SPECS, runs=read_runs(house)[0]) == told
    (other / "notebook.ipynb").unlink()
    assert freshness(run, house, workflows=SPECS) == (), "other is told by itself; its number still stands there"
    (other / "run.json").write_text(sound.replace('"Grey."', '"Gray."'))
    assert freshness(run, house, workflows=SPECS) == told


def test_nobody_calls_a_run_stale_because_one_it_reads_is_unreadable(house):
    other = house / "notebooks/outputs/other"
    run = run_of(house, reads={"other.gain": 0.5})
    assert freshness(run, house) == ("other.gain, which this run reads, changed after it",), "it is gone"
    other.mkdir()
    (other / "run.json").write_text("{")
    assert freshness(run, house) == ()
    assert freshness(run, house, runs={"other": None}) == ()
    assert freshness(run, house, runs={}) == ("other.gain, which this run reads, changed after it",)


def test_what_a_key_names_in_place_of_a_run_is_not_looked_for_elsewhere(house):
    run = run_of(house, reads={"../made-up.gain": 0.5})
    (house / "notebooks/made-up").mkdir()
    changed = "../made-up.gain, which this run reads, changed after it"
    assert freshness(run, house, workflows=SPECS) == (changed,)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("x = 'a'", 'x = "a"'),
        ("f(1,\n  2)", "f(1, 2)"),
        ('def f():\n    "Doc."\n    return 1', "def f():\n    return 1"),
        ('class A:\n    """Doc."""\n    x = 1', "class A:\n    x = 1"),
    ],
)
def test_spelling_is_not_code(a, b):
    assert code_digest(a) == code_digest(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = None", "x = 0"),
        ("x = b'a'", "x = 'a'"),
        ("f(a=1)", "f(b=1)"),
        ("def f(x): return x", "def f(x=None): return x"),
        ("x = a - b", "x = b - a"),
        ("f'{x!r}'", "f'{x!s}'"),
        ("async def f(): pass", "def f(): pass"),
    ],
)
def test_every_change_of_code_changes_the_digest(a, b):
    assert code_digest(a) != code_digest(b)


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    assert file_digest(tmp_path / "a") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
