"""One command makes the runs that are needed, publishes only full ones, and tells which are out of date."""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest

from catalog.digests import file_digest
from catalog.load import ROOT, load
from catalog.packages import command as command_of
from catalog.seal import as_text, is_sealed, sealed
from catalog.stale import stale_reasons
from tests.notebooks.houses import DRAWN, GOOD, PARAMETERS, PLAIN, SILENT, add_records, files, house, run, write
from tests.sealed import seal

pytestmark = [pytest.mark.torch]


@pytest.mark.slow
def test_a_run_holds_what_the_essay_found_and_a_second_one_has_the_same_bytes(root, capsys):
    write(root, GOOD + "for i in range(200):\n    print(i, flush=True)\n", DRAWN)
    (root / "pyproject.toml").write_text('[dependency-groups]\nnotebooks = ["matplotlib", "numpy", "nobody-has-it"]\n')
    taken = []

    assert run(capsys, root, "essay") == (0, "essay: done, in notebooks/outputs/essay")
    assert run(capsys, root, "--check") == (0, "1 of 1 runs are fresh")
    assert run(capsys, root, "essay") == (0, "essay: fresh")
    for arguments in (["--check"], ["--force"]):
        assert run(capsys, root, *arguments)[0] == 0
        found = files(root / "notebooks/outputs/essay")
        written = found.pop("run.json")
        assert is_sealed(written.decode())
        made = json.loads(written)
        assert made.pop("seal"), "each run has another, for it covers the time it took"
        notebook = json.loads(found["notebook.ipynb"])
        taken.append((found, {**made, "provenance": made["provenance"].keys()}))

    assert made["results"]["made_up"]["value"] == 2
    assert (made["mode"], made["provenance"]["seed"]) == ("full", 3)
    assert made["provenance"]["packages"] == {name: version(name) for name in ("matplotlib", "numpy")}
    assert "".join(notebook["cells"][2]["outputs"][0]["text"]).startswith("made_up: 2\n0\n1\n")
    assert {*taken[0][0]} == {"notebook.ipynb", "picture.webp", "plot.svg"}
    assert taken[0] == taken[1]


BURNS = """
import subprocess, sys, time

until = "import time\\nwhile time.process_time() < {}: pass"
subprocess.run([sys.executable, "-c", until.format(1)], check=True)
while time.process_time() < 3: pass
"""


@pytest.mark.slow
def test_a_run_tells_the_cpu_time_of_its_kernel_and_of_what_that_waited_for(root, capsys):
    write(root, GOOD, BURNS)

    assert run(capsys, root, "essay")[0] == 0

    made = json.loads((root / "notebooks/outputs/essay/run.json").read_text())
    assert made["provenance"]["cpu_seconds"] >= 4


@pytest.mark.slow
def test_an_essay_knows_no_secret_of_the_person_who_runs_it(root, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FORGE_TOKEN", "geheim")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    known = 'import os, time\nprint("FORGE_TOKEN" in os.environ, os.environ["HF_HUB_OFFLINE"], time.tzname[0])\n'
    write(root, GOOD + known)

    assert run(capsys, root, "--mode", "quick", "--out", str(tmp_path / "tried"))[0] == 0

    assert json.loads((tmp_path / "tried/essay/run.json").read_text())["mode"] == "quick"
    assert "False 1 UTC" in (tmp_path / "tried/essay/notebook.ipynb").read_text()
    assert not (root / "notebooks/outputs").exists()


@pytest.mark.slow
def test_runs_side_by_side_go_on_after_one_failed_and_what_reads_it_waits(root, capsys):
    write(root, "1 / 0\n", name="a", parameters=PLAIN)
    write(root, GOOD, name="b")
    write(root, 'lab.result("twice", 2 * lab.read("a.number"), "count", "Twice.")\n', name="c")

    status, said = run(capsys, root, "--jobs", "2", "--keep-going")

    assert status == 1
    assert "a: a.py:10: cell 3 failed (1 / 0): ZeroDivisionError: division by zero" in said
    assert "b: done" in said
    assert said.endswith("not begun: c; the same command goes on from here")


@pytest.mark.slow
def test_what_cannot_be_published_is_no_run(root, capsys):
    named = '"".join(["edited", ".py"])'  # a file that a text names is refused before anything runs
    place = f'(pathlib.Path(r"{root}/notebooks") / {named})'
    edit = f'import pathlib\n{place}.open("a").write("y = 2\\n")\n'
    write(root, "x = 1\n", name="silent", parameters=PLAIN)
    write(root, GOOD, edit, name="edited")
    write(root, GOOD, "print(lab.__file__)\n", name="telling")
    write(
        root,
        GOOD,
        'import os\nopen(os.environ["MODEL_ANSWERS_RUN"] + "/record.json", "w").write("[]")\n',
        name="forging",
    )
    write(root, "x = = 1\n", name="torn")
    write(root, GOOD, name="hasty", parameters=PARAMETERS.replace("lab.mode()", '"quick"'))
    write(root, GOOD, name="careless", parameters=PARAMETERS.replace("mode = lab.mode()\n", ""))
    write(root, GOOD, 'mode = "quick"\n', name="late")
    write(root, GOOD, name="unsown", parameters=PARAMETERS.replace("; seed_everything(seed)", ""))

    status, said = run(capsys, root, "--keep-going")

    assert status == 1
    assert "silent: the essay recorded nothing; call lab.result or lab.figure" in said
    assert "edited: its code was edited while it ran; run it again" in said
    assert "forging: record.json is not what lab.result and lab.figure write; let no cell write to it" in said
    assert "telling: notebook.ipynb: cell 4 (print(lab.__file__)): an output names a folder of this machine: " in said
    assert "torn: torn.py:16: it is no Python: invalid syntax" in said
    assert "hasty: line 11: its mode is set by hand; write mode = lab.mode() in the cell of parameters" in said
    assert "careless: it does not ask for its mode; write mode = lab.mode() in the cell of parameters" in said
    assert "unsown: line 13: nothing is seeded with this number; call places.seed_everything(seed) before" in said
    assert "late: line 20: its mode is set by hand; write mode = lab.mode() in the cell of parameters" in said
    assert [*(root / "notebooks/outputs").iterdir()] == []


ASKED = "mode = lab.mode()\n"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("mode = 'quick'\n", 2),
        ("if True:\n    mode: str = 'quick'\n", 3),
        ("mode, steps = 'quick', 9\n", 2),
        ("[steps, *mode] = 'quick'\n", 2),
        ("print(mode := 'quick')\n", 2),
        ("for mode in ('quick',):\n    pass\n", 2),
        ("mode += ''\n", 2),
        ("print([mode for mode in 'abc'])\n", None),
        ("print(mode)\n", None),
        ("mode = lab.mode()\n", None),
    ],
)
def test_a_mode_that_is_set_by_hand_in_whatever_way_is_told_with_its_line(code, line):
    from runner.essay import mode_by_hand

    places = [sentence.partition(": its mode is set by hand; ")[0] for sentence in mode_by_hand(ASKED + code)]
    assert places == ([f"line {line}"] if line else [])


@pytest.mark.slow
def test_a_run_that_the_build_would_refuse_is_not_put_in_place(root, capsys):
    write(root, GOOD.replace('"CPU"', '""'), name="placeless")

    status, said = run(capsys, root)

    device = r"provenance\.device: the device it ran on, which an essay tells by places\.device\(device\), is wanted"
    assert status == 1
    assert re.match(rf"placeless: run\.json:\d+:\d+: {device}", said), said
    assert [*(root / "notebooks/outputs").iterdir()] == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# # A claim", "# # A claim", None),
        ("# # A claim", "# # Another claim", r"its prose is not that of notebooks/essay\.py; .*"),
        ("seed = 3", "seed = 4", "it would be stale at once: its parameters changed after this run"),
        ("\n# %%\n", "\n# %%\nx = 1\n", "it would be stale at once: its code changed after this run"),
    ],
)
def test_a_finished_run_of_another_essay_than_lies_there_is_refused(committed, old, new, reason):
    from runner import judge

    from catalog.seal import sealed

    folder, essay = committed / "notebooks/outputs/essay", committed / "notebooks/essay.py"
    record = json.loads((folder / "run.json").read_text())
    told = {"commit": "1" * 40, "device": "CPU"}
    (folder / "run.json").write_text(sealed(record | {"provenance": record["provenance"] | told}))
    essay.write_text(essay.read_text().replace(old, new))

    found = judge.refusals(folder, "essay", committed)

    assert len(found) == (reason is not None)
    assert all(re.search(f"{reason}$", sentence) for sentence in found), found


SILENTLY = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    "


@pytest.mark.slow
def test_a_run_that_prints_another_number_than_it_recorded_is_not_put_in_place(committed, capsys):
    before = files(committed / "notebooks/outputs")
    for ending, reason in (
        ("print('made_up: 3')\n", "made_up is 2 in run.json, and its executed notebook prints 3"),
        (SILENTLY + SILENT.replace("made_up", "quiet"), "its executed notebook does not print quiet"),
    ):
        write(committed, GOOD, ending)

        assert run(capsys, committed) == (1, f"essay: it would be stale at once: {reason}")
        assert files(committed / "notebooks/outputs") == before


@pytest.mark.slow
def test_a_run_that_reads_a_stale_one_is_put_in_place_for_that_one_may_find_the_same_again(committed, capsys):
    write(committed, GOOD, "x = 1\n")
    write(committed, GOOD.replace("2", 'lab.read("essay.made_up")'), name="reader")

    assert run(capsys, committed, "reader") == (0, "reader: done, in notebooks/outputs/reader")
    told = "reader: stale: essay, which this run reads, is stale\n0 of 1 runs are fresh"
    assert run(capsys, committed, "--check", "reader") == (1, told)


@pytest.mark.slow
def test_an_essay_that_tells_no_device_fails_in_the_first_cell_that_records_something(root, capsys):
    write(root, SILENT, "raise SystemError('this cell is reached')\n", name="placeless")

    status, said = run(capsys, root)

    assert status == 1
    assert "placeless.py:16: cell 3 failed (lab.result(" in said
    assert "made_up: the run does not tell its device yet, and could not be published; call places.device(de" in said
    assert [*(root / "notebooks/outputs").iterdir()] == []


@pytest.mark.slow
def test_a_quick_run_says_at_the_top_of_its_notebook_and_at_its_end_that_it_is_one(root, capsys, tmp_path):
    import nbformat

    write(root, GOOD)
    taken = {}
    for mode in ("quick", "full"):
        status, said = run(capsys, root, "--mode", mode, "--out", str(tmp_path / mode))
        assert status == 0
        taken[mode] = nbformat.read(tmp_path / mode / "essay" / "notebook.ipynb", 4), said
        nbformat.validate(taken[mode][0])

    (quick, end), (full, _) = taken["quick"], taken["full"]
    done = f"essay: done, in {tmp_path}/quick/essay; a quick run, whose numbers and figures are not the published ones"
    assert end == done
    assert taken["full"][1] == f"essay: done, in {tmp_path}/full/essay"
    assert quick.cells[0].source.startswith("> **This is a quick run.** ")
    assert "notebooks/outputs" not in quick.cells[0].source, "there is no published run"
    assert [cell.source for cell in quick.cells[1:]] == [cell.source for cell in full.cells]


def test_the_note_of_a_quick_run_points_at_the_published_one_only_where_there_is_one(committed):
    from runner.attempt import quick_note

    at = "`notebooks/outputs/essay/notebook.ipynb`"
    assert at in quick_note("essay", committed)
    shutil.rmtree(committed / "notebooks/outputs")
    assert at not in quick_note("essay", committed)
    assert "`.venv/bin/python -m scripts.run_notebooks essay --out DIR`" in quick_note("essay", committed)


def test_only_a_full_run_is_published(root, capsys):
    write(root, GOOD)
    publish = "only a full run with the default parameters is published; say where this one goes with --out DIR"
    assert run(capsys, root, "--mode", "quick") == (2, publish)
    inside = str(root / "notebooks/outputs/tried")
    status, said = run(capsys, root, "--mode", "quick", "--out", inside)
    assert (status, said.split(" (got")[0]) == (
        2,
        "--out is a folder outside notebooks/outputs, where only published runs lie",
    )
    assert not (root / "notebooks/outputs").exists()


def test_a_wrong_command_line_is_told_whole(root, capsys):
    write(root, GOOD)
    status, said = run(capsys, root, "essai", "--device", "gpu", "--jobs", "0", "--seconds", "0")
    assert status == 2
    assert said.splitlines() == [
        'there is no notebook "essai"; there are essay; did you mean "essay"?',
        '--device is auto, cpu, cuda or cuda:N (got "gpu")',
        "--seconds is above 0 (got 0)",
        "--jobs is 1 or more (got 0)",
    ]


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--budget", "nan", "is not below 0"),
        ("--budget", "-1", "is not below 0"),
        ("--jobs", "-1", "is 1 or more"),
        ("--seconds", "nan", "is above 0"),
        ("--cell-seconds", "nan", "is above 0"),
        ("--memory", "nan", "is a number of GB, not below 0"),
        ("--memory", "inf", "is a number of GB, not below 0"),
    ],
)
def test_a_number_that_is_none_is_told_by_the_option_that_it_was_given_to(root, capsys, option, value, told):
    write(root, GOOD)
    assert run(capsys, root, option, value) == (2, f"{option} {told} (got {value})")


@pytest.mark.parametrize("what", ["--check", "--sync"])
@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        (["--mode", "quick"], "--mode"),
        (["--force", "--out", "tried"], "--force and --out"),
        (["--jobs", "2", "--keep-going", "--budget", "9"], "--jobs and --keep-going and --budget"),
        (["--device", "cpu", "--weights", "w", "--memory", "2"], "--device and --weights and --memory"),
        (["--seconds", "9", "--cell-seconds", "9"], "--cell-seconds and --seconds"),
    ],
)
def test_options_on_how_runs_are_made_have_no_place_where_none_is(committed, capsys, what, given, left_out):
    told = f"{what} runs nothing; leave out {left_out}"
    assert run(capsys, committed, what, *given) == (2, told)


def test_when_the_time_is_up_what_is_left_is_named_and_the_status_says_so(committed, capsys):
    write(committed, GOOD, name="other")
    left = "essay: fresh\nnot begun: other; the same command goes on from here"
    assert run(capsys, committed, "--budget", "0") == (75, left)


@pytest.mark.parametrize("how", [(), ("--sync",)])
def test_prose_that_was_edited_is_put_in_place_without_running(committed, capsys, how):
    """Also by the plain command, or what --check calls stale would stay so after it."""
    essay = committed / "notebooks" / "essay.py"
    essay.write_text(essay.read_text().replace("# # A claim that is made up", "# # Another claim, in other words"))

    assert run(capsys, committed, "--check")[0] == 1
    assert run(capsys, committed, *how) == (0, "essay: prose put in place")
    assert run(capsys, committed, "--check")[0] == 0
    assert "Another claim" in (committed / "notebooks/outputs/essay/notebook.ipynb").read_text()
    assert run(capsys, committed) == (0, "essay: fresh")
    assert run(capsys, committed, "--sync") == (0, "essay: nothing to do")
    bytes_now = file_digest(committed / "notebooks" / "essay.py")
    assert json.loads((committed / "notebooks/outputs/essay/run.json").read_text())["provenance"]["essay"] == bytes_now


PROSE = "# %% [markdown]\n# {}\n\n"


@pytest.mark.slow
def test_prose_that_was_added_moved_or_removed_is_put_in_place_as_a_rerun_would(root, capsys):
    second = 'print("More.")\n\n' + PROSE.format("An end.")
    write(root, GOOD + "\n" + PROSE.format("Between."), second)
    source, notebook = root / "notebooks/essay.py", root / "notebooks/outputs/essay/notebook.ipynb"
    assert run(capsys, root)[0] == 0
    text = source.read_text()
    edited = {
        "moved": text.replace(PROSE.format("Between."), "").replace(
            PROSE.format("An end."), PROSE.format("Between.") + PROSE.format("An end.")
        ),
        "added": text + "\n" + PROSE.format("A *postscript*,\n#\n# in two parts."),
        "tagged": text.replace("# %% [markdown]\n# An", '# %% [markdown] tags=["last"]\n# An'),
        "removed": text.replace(PROSE.format("Between."), ""),
    }
    for edit in edited.values():
        source.write_text(edit)
        assert run(capsys, root, "--check")[0] == 1
        assert run(capsys, root, "--sync") == (0, "essay: prose put in place")
        assert run(capsys, root, "--check")[0] == 0
        synced = json.loads(notebook.read_text())
        assert run(capsys, root, "--force")[0] == 0
        assert [cell["id"] for cell in synced["cells"]] == [cell["id"] for cell in notebook_cells(notebook)]
        assert synced == json.loads(notebook.read_text())


def test_a_cell_of_comments_alone_comes_and_goes_without_a_run(root, capsys):
    write(root, GOOD + "\n" + PROSE.format("Between."), 'print("More.")\n')
    source, notebook = root / "notebooks/essay.py", root / "notebooks/outputs/essay/notebook.ipynb"
    assert run(capsys, root)[0] == 0
    text, ran = source.read_text(), [cell["source"] for cell in notebook_cells(notebook)]

    source.write_text(text.replace(PROSE.format("Between."), "# %%\n# A remark.\n\n" + PROSE.format("Between.")))
    assert run(capsys, root, "--check")[0] == 0
    assert [cell["source"] for cell in notebook_cells(notebook)] == ran

    source.write_text(source.read_text().replace("Between.", "In the middle."))
    assert run(capsys, root, "--check")[0] == 1
    assert run(capsys, root, "--sync") == (0, "essay: prose put in place")
    assert run(capsys, root, "--check")[0] == 0
    synced = notebook_cells(notebook)
    assert run(capsys, root, "--force")[0] == 0
    uncounted = [[cell | {"execution_count": None} for cell in cells] for cells in (synced, notebook_cells(notebook))]
    assert uncounted[0] == uncounted[1]
    assert ["# A remark."] in [cell["source"] for cell in synced]

    source.write_text(text.replace("Between.", "In the middle."))
    assert run(capsys, root, "--check")[0] == 0


def notebook_cells(path):
    return json.loads(path.read_text())["cells"]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (("2, ", "3, "), "essay.py:15: this cell has other code than its run; run it again"),
        (("# %%\n", "# %%\nx = 1\n\n# %%\n"), "essay.py has 3 cells of code, its run has 2; run it again"),
        (("# %%\n" + GOOD, ""), "essay.py has 1 cell of code, its run has 2; run it again"),
    ],
)
def test_prose_is_not_put_beside_code_that_was_not_run(committed, capsys, edit, told):
    source = committed / "notebooks/essay.py"
    source.write_text(source.read_text().replace(*edit).replace("made up", "made up and reworded"))
    before = files(committed / "notebooks/outputs")
    assert run(capsys, committed, "--sync") == (1, f"essay: {told}")
    assert files(committed / "notebooks/outputs") == before


def test_where_prose_cannot_be_written_the_file_is_named_and_nothing_is_left(committed, capsys, monkeypatch):
    import errno
    import os

    source = committed / "notebooks/essay.py"
    source.write_text(source.read_text().replace("made up", "made up and reworded"))
    before = files(committed / "notebooks/outputs")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told = "essay: notebook.ipynb cannot be read or written: No space left on device"
    assert run(capsys, committed, "--sync") == (1, told)
    assert files(committed / "notebooks/outputs") == before


def test_prose_is_put_in_place_of_every_run_that_allows_it_and_of_none_that_is_being_run(committed, capsys):
    import os

    from catalog.lock import held

    source = committed / "notebooks/essay.py"
    source.write_text(source.read_text().replace("made up", "made up and reworded"))
    write(committed, GOOD, name="another")
    missing = "another: it has never been run"
    with held(committed / ".cache/locks/essay.lock"):
        assert run(capsys, committed, "essay")[0] == 1
        status, said = run(capsys, committed, "--sync")
    assert status == 1
    assert said.splitlines()[0] == missing
    assert said.splitlines()[1].startswith(f"essay: it is being run by process {os.getpid()} on ")
    assert run(capsys, committed, "--sync") == (1, f"{missing}\nessay: prose put in place")


def test_an_executed_notebook_with_other_code_is_told(committed, capsys):
    notebook = committed / "notebooks/outputs/essay/notebook.ipynb"
    notebook.write_text(notebook.read_text().replace("made_up\\", "made_down\\"))
    assert run(capsys, committed, "--check") == (
        1,
        f"essay: stale: {BY_HAND}\n"
        "essay: stale: its executed notebook holds other code than the essay\n0 of 1 runs are fresh",
    )


BY_HAND = "its run.json or its executed notebook was changed by hand"


def printed_more(code, _):
    code["outputs"].append({"output_type": "stream", "name": "stdout", "text": "made_up: 2\n"})


def showed_a_table(code, _):
    table = {"text/html": "<table><tr><td>Ours</td><td>first</td></tr></table>"}
    code["outputs"].append({"output_type": "display_data", "metadata": {}, "data": table})


def ran_other_code_which_the_record_calls_the_same(code, root):
    """The digest of the essay's bytes lies outside the seal, because prose is edited after a run."""
    source, record = root / "notebooks/essay.py", root / "notebooks/outputs/essay/run.json"
    source.write_text(source.read_text().replace("made_up", "made_otherwise"))
    code["source"] = [line.replace("made_up", "made_otherwise") for line in code["source"]]
    run_json = json.loads(record.read_text())
    run_json["provenance"]["essay"] = file_digest(source)
    record.write_text(as_text(run_json))


@pytest.mark.parametrize(
    "edit",
    [printed_more, showed_a_table, ran_other_code_which_the_record_calls_the_same],
    ids=lambda edit: edit.__name__,
)
def test_an_executed_notebook_that_was_changed_by_hand_is_told_and_prose_is_not_put_into_it(committed, capsys, edit):
    notebook = committed / "notebooks/outputs/essay/notebook.ipynb"
    data = json.loads(notebook.read_text())
    edit(data["cells"][-1], committed)
    notebook.write_text(json.dumps(data))
    before = files(committed / "notebooks")

    assert run(capsys, committed, "--check") == (1, f"essay: stale: {BY_HAND}\n0 of 1 runs are fresh")
    for how in ("nothing", "prose"):
        assert run(capsys, committed, "--sync") == (1, f"essay: {BY_HAND}; run it again"), f"{how} was edited"
        assert files(committed / "notebooks") == before
        source = committed / "notebooks/essay.py"
        source.write_text(source.read_text().replace("# # A claim", "# # Another claim"))
        before = files(committed / "notebooks")


def test_what_nobody_but_the_command_changed_stays_sealed_when_prose_is_put_in_place(committed, capsys):
    source, place = committed / "notebooks/essay.py", committed / "notebooks/outputs/essay"
    then = json.loads((place / "run.json").read_text())
    source.write_text(source.read_text().replace("# # A claim", "# # Another claim"))
    assert run(capsys, committed, "--sync") == (0, "essay: prose put in place")

    now = json.loads((place / "run.json").read_text())
    assert now["notebook"] == file_digest(place / "notebook.ipynb") != then["notebook"]
    assert is_sealed((place / "run.json").read_text())
    assert now["seal"] != then["seal"]
    renewed = {part: now[part] for part in ("notebook", "seal")}
    assert now == then | renewed | {"provenance": then["provenance"] | {"essay": file_digest(source)}}
    assert sorted(path.name for path in place.parent.iterdir()) == ["essay"]


@pytest.mark.slow
def test_a_run_that_was_changed_by_hand_is_told_and_made_again(committed, capsys):
    record = committed / "notebooks/outputs/essay/run.json"
    run_json = json.loads(record.read_text())
    run_json["results"]["made_up"]["says"] = "A number that nobody measured."
    record.write_text(as_text(run_json))
    told = f"essay: stale: {BY_HAND}\n0 of 1 runs are fresh"
    assert run(capsys, committed, "--check") == (1, told)
    assert run(capsys, committed)[0] == 0
    assert run(capsys, committed, "--check")[0] == 0


def test_weights_without_what_tells_of_them_are_told_by_all_and_no_run_is_made_for_that(committed, capsys):
    weights, path = committed / "notebooks/weights/net.safetensors", committed / "notebooks/outputs/essay/run.json"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    run_json = json.loads(path.read_text())
    run_json["key"]["weights/net.safetensors"] = file_digest(weights)
    path.write_text(as_text(run_json))
    seal(committed / "notebooks")
    again = f"; put it back as it was, or teach the lesson again with {command_of('train_weights', 'net')}"
    missing = f"essay: stale: net.json, which tells how net.safetensors was taught, is missing{again}"
    assert run(capsys, committed, "--check") == (1, f"{missing}\n0 of 1 runs are fresh")
    weights.with_suffix(".json").write_text('{"sha256": "0", "seal": "1"}')
    changed = f"essay: stale: net.json was changed by hand: its seal is not that of what it tells{again}"
    assert run(capsys, committed, "--check") == (1, f"{changed}\n0 of 1 runs are fresh")
    assert run(capsys, committed) == (1, changed)
    told_on_pages = stale_reasons(load(committed)[0])["essay"]
    assert [f"essay: stale: {reason}" for reason in told_on_pages] == [changed]


def test_files_that_belong_to_no_run_are_told_though_all_runs_are_fresh(committed, capsys):
    (committed / "notebooks/outputs/essay/notes.txt").touch()
    (committed / "notebooks/weights").mkdir()
    (committed / "notebooks/weights/notes.txt").touch()
    write(committed, GOOD, name="other")
    beside = "notebooks/outputs/essay/notes.txt: the run of essay did not write this; remove it"
    among = "notebooks/weights/notes.txt: this is no file of weights, and tells of none; remove it"
    unrun = "other: stale: it has never been run"
    there = "files that do not belong there"
    assert run(capsys, committed, "--check", "essay") == (1, f"{beside}\n1 of 1 runs are fresh; {there}: 1")
    assert run(capsys, committed, "--check", "other") == (1, f"{unrun}\n0 of 1 runs are fresh")
    assert run(capsys, committed, "--check") == (1, f"{unrun}\n{beside}\n{among}\n1 of 2 runs are fresh; {there}: 2")


def test_a_question_that_cannot_be_read_makes_its_run_stale_and_a_catalog_that_cannot_be_read_makes_none(
    committed, capsys
):
    """Of one question among others somebody can say what is wrong; without a vocabulary nothing is compared."""
    add_records(committed)
    path = committed / "notebooks/outputs/essay/run.json"
    run_json = json.loads(path.read_text())
    run_json["key"]["workflow:fine-text-2x"] = "0" * 64
    path.write_text(sealed(run_json))

    changed = "essay: stale: the workflow of fine-text-2x changed after this run\n0 of 1 runs are fresh"
    assert run(capsys, committed, "--check") == (1, changed)
    (committed / "catalog/questions/fine-text-2x.md").write_text("---\nquestion: [\n---\n")
    why = f"the workflow of fine-text-2x cannot be read now; {command_of('check_catalog')} says why"
    unreadable = f"essay: stale: {why}\n0 of 1 runs are fresh"
    assert run(capsys, committed, "--check") == (1, unreadable)
    (committed / "catalog/vocabulary.yml").write_text("---\nquestion: [\n---\n")
    assert run(capsys, committed, "--check") == (0, "1 of 1 runs are fresh")


def test_the_state_of_runs_is_told_without_torch_or_a_notebook_package():
    """The site's environment has neither; --check must not import them."""
    blocked = ["torch", "numpy", "PIL", "jupytext", "nbclient", "nbformat", "jupyter_client", "psutil", "rich"]
    script = f"""
import sys
for name in {blocked}:
    sys.modules[name] = None
from scripts.run_notebooks import main
sys.exit(main(["--check"]))
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert told.stderr.splitlines()[-1].endswith("runs are fresh"), told.stderr
    assert told.returncode == (1 if told.stderr.count("\n") > 1 else 0), told.stderr


def test_stale_runs_are_listed_with_reasons(tmp_path, capsys):
    root = house(tmp_path)
    write(root, GOOD)
    assert run(capsys, root, "--check") == (1, "essay: stale: it has never been run\n0 of 1 runs are fresh")


def test_a_run_whose_essay_is_gone_is_told_and_so_is_a_folder_without_a_run(committed, capsys):
    (committed / "notebooks/essay.py").rename(committed / "notebooks/second.py")
    (committed / "notebooks/outputs/ghost").mkdir()

    status, said = run(capsys, committed, "--check")

    essay, ghost, second, total = said.splitlines()
    assert (status, essay, total) == (1, "essay: stale: essay.py is missing", "0 of 3 runs are fresh")
    assert ghost.startswith("ghost: stale: notebooks/outputs/ghost/run.json:1:1: the file is missing; ")
    assert second == "second: stale: it has never been run"
    write(committed, GOOD, name="third")
    assert run(capsys, committed, "--check", "second")[1] == f"{second}\n0 of 1 runs are fresh"


def test_what_a_cell_prints_is_kept_as_it_looks_in_the_end_however_it_came():
    import nbformat
    from runner.execute import joined

    def stream(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    pieces = [stream("stdout", text) for text in ("one\n1", "0%\r", "20%\r\ntwo", "x\by\n")]
    outputs = [*pieces, stream("stderr", "a"), nbformat.v4.new_output("display_data"), stream("stderr", "b" * 10**6)]
    kept = [(output.output_type, output.get("text")) for output in joined(outputs)]
    assert kept == [
        ("stream", "one\n20%\ntwoy\n"),
        ("stream", "a"),
        ("display_data", None),
        ("stream", "b" * 10**6),
    ]


def test_what_all_cells_put_out_together_is_limited_too(monkeypatch):
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import nbformat
    from runner.execute import Client

    monkeypatch.setattr("nbclient.NotebookClient.process_message", lambda *_: None)
    message = {"msg_type": "stream", "content": {"text": "x" * 900_000}}

    async def told(cells):
        client = Client(nbformat.v4.new_notebook(), lambda **_: None)
        for index in range(cells):
            client.begun(index)
            client.process_message(message, nbformat.v4.new_code_cell(), index)
        return client.flooded.done() and client.flooded.result()

    with ThreadPoolExecutor(1) as apart:  # a browser test before this one may have left its loop in this thread
        of_22, of_23 = (apart.submit(lambda cells=cells: asyncio.run(told(cells))).result() for cells in (22, 23))
    assert of_22 is False
    assert of_23 == "it put out more than the 20,000,000 bytes a notebook may; print less"


def test_what_is_put_out_beside_an_output_counts_too_and_the_state_of_a_widget_is_not_kept():
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import nbformat
    from runner.execute import Client, size_of

    shown = {"data": {"text/plain": "é"}, "metadata": {"model_answers": {"figure": "x" * 1000}}}
    state = {"_model_module": "a", "_model_name": "b", "value": "/home/somebody"}
    widget = {"comm_id": "a", "target_name": "jupyter.widget", "data": {"state": state}}

    async def kept():
        client = Client(nbformat.v4.new_notebook(), lambda **_: None)
        client.process_message({"msg_type": "comm_open", "content": widget}, nbformat.v4.new_code_cell(), 0)
        return client.widget_state

    assert size_of({"msg_type": "display_data", "content": shown}) > 1000
    assert size_of({"msg_type": "execute_result", "content": {"data": {"text/plain": "é"}}}) == 2
    with ThreadPoolExecutor(1) as apart:  # a browser test before this one may have left its loop in this thread
        assert apart.submit(lambda: asyncio.run(kept())).result() == {}


def test_where_an_object_lay_in_memory_is_not_kept_for_it_is_elsewhere_on_each_run():
    import nbformat
    from runner.execute import shaped

    legend = {"text/plain": "<a.Legend at 0x7f424c68a7d0>"}
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="1\n<function f at 0x7f424c68a7d0>\n"),
        nbformat.v4.new_output("execute_result", data=legend, execution_count=1),
        nbformat.v4.new_output("display_data", data={"image/png": "aWc="}),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("f", outputs=outputs)])

    printed, shown, picture = shaped(notebook).cells[0].outputs
    assert printed.text == ["1\n", "<function f>\n"]
    assert shown.data == {"text/plain": ["<a.Legend>"]}
    assert picture.data == {"image/png": "aWc="}


def test_a_question_that_is_edited_before_a_run_begins_neither_hinders_it_nor_makes_it_needless(
    committed, capsys, monkeypatch
):
    """The first of two runs takes its time, and meanwhile somebody edits the workflow that the second one executes."""
    from runner import attempt, state

    add_records(committed)
    question = committed / "catalog/questions/fine-text-2x.md"
    outputs, made = committed / "notebooks/outputs", []
    (committed / "notebooks/essay.py").rename(committed / "notebooks/second.py")
    (outputs / "essay").rename(outputs / "second")
    write(committed, GOOD, name="first")
    path = outputs / "second/run.json"
    run_json = json.loads(path.read_text())
    run_json["id"] = "second"
    run_json["key"]["workflow:fine-text-2x"] = state.specs_now(committed)["fine-text-2x"]
    path.write_text(as_text(run_json))
    seal(committed / "notebooks")
    assert state.stale("second", committed, state.specs_now(committed)) == []

    def executed(run_id, _text, folder, *_):
        made.append(run_id)
        used = {}
        if run_id == "first":
            question.write_text(
                question.read_text().replace("enlarge: {", "grow: {").replace("from: enlarge", "from: grow")
            )
        else:
            used["fine-text-2x"] = state.specs_now(committed)["fine-text-2x"]
        shutil.copy(outputs / "second/notebook.ipynb", folder)
        results = {"results": run_json["results"], "provenance": {"device": "CPU"}}
        (folder / "record.json").write_text(json.dumps(results | {"workflows": used}))
        return 0.5  # seconds of CPU time

    monkeypatch.setattr(attempt, "execute", executed)
    status, said = run(capsys, committed)
    assert (status, made) == (0, ["first", "second"]), said


def test_a_run_whose_workflow_was_edited_meanwhile_is_refused(committed):
    from runner.attempt import RunError, final_key
    from runner.settings import Settings

    from catalog.freshness import run_key

    used = {"workflows": {"poster": "a" * 64}, "reads": {"ips.share": 0.5}, "weights": {"weights/x.pt": "b" * 64}}
    before = run_key(committed, "essay", "full", 3)
    key = final_key(used, "essay", Settings(committed), 3, before, {"poster": "a" * 64})
    assert {part for part in key if part not in before} == {
        "workflow:poster",
        "reads:ips.share",
        "weights/x.pt",
    }
    for specs in ({"poster": "c" * 64}, {}, None):
        with pytest.raises(RunError, match="the workflow of poster was edited while it ran; run it again"):
            final_key(used, "essay", Settings(committed), 3, before, specs)


def test_an_essay_that_uses_what_no_key_holds_is_refused_before_anything_runs(root, capsys):
    write(root, "import helper\n", 'open("../../scan.csv")\n')
    (root / "notebooks/helper.py").write_text("x = 1\n")
    (root / "notebooks/scan.csv").write_text("1,2\n")
    untold = "which no key of a run holds, so nobody could tell when a run is stale"

    status, said = run(capsys, root, "essay")

    assert status == 1
    assert said.splitlines() == [
        f"essay: notebooks/essay.py:16: it imports helper, {untold}; put it into lab/",
        f"notebooks/essay.py:19: it names notebooks/scan.csv, {untold}; make data in lab/data.py, take them from a "
        "package, or read another run by lab.read",
    ]
    assert not any((root / "notebooks/outputs").iterdir())
