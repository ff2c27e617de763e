"""A rerun is compared with the published run: numbers and figures exactly, times and memory within a factor of 2."""

import json
import shutil

import numpy as np
import pytest

from catalog.seal import as_text
from tests.notebooks.houses import DRAWN, GOOD, files, run, temporary_folders, write
from tests.sealed import seal

pytestmark = pytest.mark.torch


def verify(capsys, root, *arguments):
    from scripts.verify_runs import main

    status = main([*arguments], root)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.slow
def test_a_rerun_is_compared_and_certified_and_leaves_nothing(committed, capsys):
    write(committed, GOOD, DRAWN)
    assert run(capsys, committed, "essay")[0] == 0
    before = files(committed / "notebooks")

    status, out, _ = verify(capsys, committed, "essay", "--device", "cpu")

    lines = [line.split(maxsplit=2) for line in out.splitlines()]
    assert status == 0
    assert ["result", "made_up", "match             2"] in lines
    assert [line[2].split()[0] for line in lines if line[:1] == ["figure"]] == ["match", "match"]
    assert ["notebook", "essay"] in lines
    assert (["results", "2", "match"] in lines, ["figures", "2", "match"] in lines) == (True, True)
    assert lines[-1] == ["verdict", "match"]
    assert files(committed / "notebooks") == before
    assert [*(committed / ".cache/verify").iterdir()] == []
    assert temporary_folders(committed) == []


@pytest.mark.slow
def test_what_differs_is_named_and_fails(committed, capsys):
    write(committed, GOOD.replace("2", "3"))
    status, out, err = verify(capsys, committed, "essay")
    assert status == 1
    assert "result  made_up  differs           2 then, 3 now" in out
    assert out.endswith("verdict   differs\n")
    assert "essay: the published run is stale: its code changed after this run" in err
    write(committed, "1 / 0\n")
    status, out, err = verify(capsys, committed, "essay")
    assert (status, out) == (1, "")
    assert "essay: essay.py:16: cell 3 failed (1 / 0): ZeroDivisionError" in err


def test_a_run_that_was_not_published_is_told(committed, capsys):
    told = 'there is no published run of "esay"; there are essay; did you mean "essay"?\n'
    assert verify(capsys, committed, "esay") == (2, "", told)


def changed(path, **values):
    path.write_text(as_text(json.loads(path.read_text()) | values))


def test_a_run_that_was_made_elsewhere_is_compared_and_stays(committed, capsys, tmp_path):
    made = tmp_path / "elsewhere"
    shutil.copytree(committed / "notebooks/outputs", made)
    record = made / "essay" / "run.json"
    run = json.loads(record.read_text())
    before = files(made)

    status, out, err = verify(capsys, committed, "essay", "--with", str(made))
    assert (status, err) == (0, "")
    assert out.startswith("result  made_up  match             2\n")
    assert out.endswith("verdict   match\n")
    assert "changed" not in out
    assert files(made) == before

    result = run["results"]["made_up"] | {"value": 3}
    key = {name: digest for name, digest in run["key"].items() if name != "seed"} | {"models/liif.py": "0" * 64}
    changed(record, results={"made_up": result}, key=key)
    seal(made)  # as the other machine did
    status, out, _ = verify(capsys, committed, "essay", "--with", str(made))
    assert status == 1
    assert "result  made_up  differs           2 then, 3 now" in out
    assert "changed   models/liif.py, seed\n" in out


def test_a_run_that_was_changed_by_hand_gets_no_certificate(committed, capsys, tmp_path):
    """Of either side its record as well as its executed notebook is as it was made, or nothing is compared."""
    made, published = tmp_path / "elsewhere", committed / "notebooks/outputs"
    shutil.copytree(published, made)
    told = "its run.json or its executed notebook was changed by hand; run it again\n"
    for folder, name in ((made, f"{made}/essay"), (published, "notebooks/outputs/essay")):
        for file, old, new in (("run.json", '"A number."', '"Another."'), ("notebook.ipynb", "claim", "proof")):
            path = folder / "essay" / file
            sound = path.read_text()
            path.write_text(sound.replace(old, new))
            assert path.read_text() != sound
            assert verify(capsys, committed, "essay", "--with", str(made)) == (1, "", f"essay: {name}: {told}")
            path.write_text(sound)
    assert verify(capsys, committed, "essay", "--with", str(made))[0] == 0


def test_beside_a_run_that_was_made_elsewhere_it_is_told_that_the_published_one_is_stale(committed, capsys, tmp_path):
    made = tmp_path / "elsewhere"
    shutil.copytree(committed / "notebooks/outputs", made)
    write(committed, GOOD.replace("2", "3"))

    status, out, err = verify(capsys, committed, "essay", "--with", str(made))

    assert (status, err) == (0, "essay: the published run is stale: its code changed after this run\n")
    assert out.endswith("verdict   match\n")


def test_a_certificate_tells_of_each_run_whether_its_code_was_edited(committed):
    from dataclasses import replace

    from runner.compare import certificate

    from catalog.run_files import read_run

    run, _ = read_run(committed / "notebooks/outputs/essay", "run.json")
    edited = replace(run, provenance={"commit": "0ab", "dirty": True})
    clean = replace(run, provenance={"commit": "0ab", "dirty": False})
    lines = dict(certificate(clean, edited, []))
    assert lines["commit"] == "0ab with edits (published run: 0ab)"
    assert dict(certificate(clean, clean, []))["commit"] == "0ab"


def test_what_is_no_run_to_compare_with_is_told(committed, capsys, tmp_path):
    made = tmp_path / "elsewhere"
    no_folder = f"--with names no folder (got {made}); name the one that was given to run_notebooks --out\n"
    assert verify(capsys, committed, "essay", "--with", str(made)) == (2, "", no_folder)
    outputs = committed / "notebooks/outputs"
    itself = "--with names notebooks/outputs, the published runs; name a folder with other runs of the same essays\n"
    assert verify(capsys, committed, "essay", "--with", str(outputs)) == (2, "", itself)
    shutil.copytree(outputs / "essay", made / "other")
    none = f"{made} holds no run of essay (essay/run.json); of these it does: other\n"
    assert verify(capsys, committed, "essay", "--with", str(made)) == (2, "", none)

    (made / "other").rename(made / "essay")
    changed(made / "essay" / "run.json", mode="quick")
    quick = f"{made}/essay is a quick run; run it again without --mode quick\n"
    assert verify(capsys, committed, "essay", "--with", str(made)) == (2, "", quick)
    (made / "essay" / "run.json").write_text("{")
    status, out, err = verify(capsys, committed, "essay", "--with", str(made))
    assert (status, out) == (1, "")
    assert err.startswith(f"essay: {made}/essay/run.json:1:2: this is not JSON")


def test_options_on_how_a_rerun_is_made_have_no_place_beside_a_run_that_is_made(committed, capsys, tmp_path):
    with pytest.raises(SystemExit) as refused:
        verify(capsys, committed, "essay", "--with", str(tmp_path), "--device", "cpu", "--cell-seconds", "9")
    assert refused.value.code == 2
    assert "--with reruns nothing; leave out --device and --cell-seconds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "old", "new", "verdict"),
    [
        ("exact", 1.5, 1.5, "match"),
        ("exact", 1.5, 1.500001, "differs"),
        ("measured", 1.5, 1.5, "match"),
        ("measured", 1.0, 1.9, "within tolerance"),
        ("measured", 1.9, 1.0, "within tolerance"),
        ("measured", 1.0, 2.1, "differs"),
        ("measured", 1.0, -1.0, "differs"),
        ("measured", 0.0, 1.0, "differs"),
    ],
)
def test_a_result_is_compared_by_its_kind(kind, old, new, verdict):
    from runner.compare import result

    from catalog.runs import Result

    pair = [Result(value, "seconds", "s", kind, "A time.") for value in (old, new)]
    assert result(*pair)[0] == verdict


@pytest.fixture
def pair(committed, tmp_path):
    """Return the committed run's folder with one figure, and a copy of it in place of a rerun."""
    from lab.record import webp

    place = committed / "notebooks/outputs/essay"
    data, (width, height) = webp(np.zeros((4, 6, 3), np.uint8))
    figure = {"file": "a.webp", "width": width, "height": height, "alt": "Black.", "caption": "Black."}
    (place / "a.webp").write_bytes(data)
    run = json.loads((place / "run.json").read_text())
    run["figures"]["a"] = {**figure, "partner": None, "weights": "none", "placeholder": None, "sha256": "0" * 64}
    shape = {"image": [3, 4, 4]}
    step = {"step": "enlarge", "run": "bicubic", "in": shape, "out": shape, "seconds": 1, "peak_bytes": 9}
    run["trace"] = [{**step, "device": "cpu", "weights": "none"}]
    (place / "run.json").write_text(as_text(run))
    seal(place)
    shutil.copytree(place, tmp_path / "rerun" / "essay")
    return committed, tmp_path / "rerun" / "essay"


def compared(root, rerun, **changed):
    from runner.compare import compare

    from catalog.run_files import read_run

    path = rerun / "run.json"
    path.write_text(as_text(json.loads(path.read_text()) | changed))
    seal(rerun)
    (old, wrong), (new, also) = (
        read_run(root / "notebooks/outputs/essay", "notebooks/outputs/essay/run.json"),
        read_run(rerun, "r"),
    )
    assert (wrong, also) == ([], [])
    return {(c.part, c.name): (c.verdict, c.detail) for c in compare(old, new, root, rerun)}


def test_figures_are_compared_by_bytes_and_steps_by_what_they_did(pair):
    from lab.record import webp

    root, rerun = pair
    same = compared(root, rerun)
    assert {key: verdict for key, (verdict, _) in same.items()} == {
        ("result", "made_up"): "match",
        ("figure", "a"): "match",
        ("step", "enlarge"): "match",
    }
    (rerun / "a.webp").write_bytes(webp(np.full((4, 6, 3), 3, np.uint8))[0])
    assert compared(root, rerun)["figure", "a"] == ("differs", "the pixels differ by 3 of 255 on average (RMS)")
    assert compared(root, rerun, trace=[])["step", "enlarge"] == ("differs", "not in the rerun")
    assert compared(root, rerun, figures={})["figure", "a"] == ("differs", "not in the rerun")
    assert compared(root, rerun, results={})["result", "made_up"] == ("differs", "not in the rerun")


def test_what_only_the_rerun_found_is_told(pair):
    root, rerun = pair
    run = json.loads((rerun / "run.json").read_text())
    new = {part: run[part] | {"new": next(iter(run[part].values()))} for part in ("results", "figures")}
    found = compared(root, rerun, trace=[*run["trace"], run["trace"][0] | {"step": "new"}], **new)
    told = ("differs", "only in the rerun")
    assert [found[part, "new"] for part in ("result", "figure", "step")] == [told] * 3


@pytest.mark.parametrize(
    ("did", "verdict"),
    [
        ({"seconds": 99, "peak_bytes": 1, "device": "a GPU"}, "match"),
        ({"run": "lanczos"}, "differs"),
        ({"in": {"image": [3, 4, 5]}}, "differs"),
        ({"out": {"image": [3, 4, 5]}}, "differs"),
        ({"weights": "untrained"}, "differs"),
        ({"smaller": True}, "differs"),
    ],
)
def test_a_step_is_compared_by_all_that_it_did_but_for_what_it_took(pair, did, verdict):
    root, rerun = pair
    [step] = json.loads((rerun / "run.json").read_text())["trace"]
    assert compared(root, rerun, trace=[step | did])["step", "enlarge"][0] == verdict


PRINTED = "made_up: 2\\n"


@pytest.mark.parametrize(
    ("now", "exact", "measured"),
    [
        (PRINTED, None, None),
        (f"{PRINTED}<a.Legend at 0x7f424c68a7d1>", None, None),
        ("made_up: 3\\n", "differs", "within tolerance"),
        ("made_up: 6\\n", "differs", "differs"),
        ("made up: 2\\n", "differs", "differs"),
        ("", "differs", "differs"),
    ],
)
def test_what_cells_printed_is_compared_too(pair, now, exact, measured):
    """Pages show it, so a number in a table of a published run has to come out again as well."""
    root, rerun = pair
    notebook = rerun / "notebook.ipynb"
    notebook.write_text(notebook.read_text().replace(PRINTED, now))
    path = root / "notebooks/outputs/essay/run.json"
    if "0x" in now:  # where an object lay in memory is elsewhere on each run
        then = path.with_name("notebook.ipynb")
        then.write_text(then.read_text().replace(PRINTED, f"{PRINTED}<a.Legend at 0x7f424c68a7d0>"))
    for kind, verdict in (("exact", exact), ("measured", measured)):
        run = json.loads(path.read_text())
        run["results"]["made_up"]["kind"] = kind
        path.write_text(as_text(run))
        found = compared(root, rerun, results=run["results"])
        assert found.pop(("cell", "3"), (None, ""))[0] == verdict
        assert {verdict for verdict, _ in found.values()} == {"match"}


@pytest.mark.parametrize("kind", ["exact", "measured"])
@pytest.mark.parametrize("field", ["caption", "stamp", "alt", "partner", "weights"])
def test_what_is_said_of_a_figure_is_compared_too(pair, field, kind):
    from dataclasses import replace

    from runner.compare import figure

    root, rerun = pair
    old = replace(run_at(root).figures["a"], kind=kind)
    said = f"its {field}: {getattr(old, field) or 'none'!r} then, 'White.' now"
    assert figure(old, replace(old, **{field: "White."}), rerun, rerun) == ("differs", said)


def test_what_a_result_says_is_compared_too(pair):
    root, rerun = pair
    result = json.loads((rerun / "run.json").read_text())["results"]["made_up"]
    said = "it says other words: 'A number.' then, 'Another number.' now"
    found = compared(root, rerun, results={"made_up": result | {"says": "Another number."}})
    assert found["result", "made_up"] == ("differs", said)


def test_a_number_is_exact_in_a_cell_that_prints_no_measured_result(pair):
    """Though another cell of the same run does."""
    root, rerun = pair
    for folder, value in ((root / "notebooks/outputs/essay", 20), (rerun, 30)):
        notebook = folder / "notebook.ipynb"
        notebook.write_text(notebook.read_text().replace(PRINTED, f"sharp: {value} dB\\n"))
    path = root / "notebooks/outputs/essay/run.json"
    run = json.loads(path.read_text())
    run["results"]["made_up"]["kind"] = "measured"
    path.write_text(as_text(run))
    found = compared(root, rerun, results=run["results"])
    assert found["cell", "3"] == ("differs", "'sharp: 20 dB' then, 'sharp: 30 dB' now")


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ("one\ntwo\n", "one\nthree\n", "'two' then, 'three' now"),
        ("one\n", "one\ntwo\n", "'' then, 'two' now"),
        ("one", "one\n", "'one' then, 'one\\n' now"),
        ("x" * 40 + "12", "x" * 40 + "15", f"'{'x' * 29}12' then, '{'x' * 29}15' now"),
    ],
)
def test_printed_texts_are_told_in_the_first_line_in_which_they_part(then, now, told):
    from runner.compare import parted

    assert parted(then, now) == told


def test_texts_are_alike_that_differ_in_numbers_by_a_factor_of_two_at_most():
    from runner.compare import alike

    assert alike("12.5 s, 1,000 of 3e-5", "20 s, 1,900 of 2e-5")
    assert not alike("12.5 s", "12.5 s, 3")
    assert not alike("1.0 s", "2.2 s")
    assert not alike("1.00 s", "2.10 s")


def test_a_rounded_number_may_be_half_a_last_digit_off():
    """What printed 0.3 may have been 0.26, and what printed 0.1 may have been 0.14."""
    from runner.compare import alike

    assert alike("0.1 s", "0.3 s")
    assert alike("0.0 s", "0.1 s")
    assert alike("0.04 s, 1e-3, 2,000", "0.02 s, 3e-3, 1,000")
    assert not alike("0.1 s", "0.4 s")
    assert not alike("0.0 s", "0.2 s")
    assert not alike("0.10 s", "0.30 s")


def test_a_difference_in_a_long_line_is_shown_where_it_is(pair):
    root, rerun = pair
    before, after = "made_up: 2\\n", "x" * 500
    for folder, end in ((root / "notebooks/outputs/essay", "old"), (rerun, "new")):
        notebook = folder / "notebook.ipynb"
        notebook.write_text(notebook.read_text().replace(before, f"{after} {end}"))
    assert compared(root, rerun)["cell", "3"] == ("differs", f"'{'x' * 29} old' then, '{'x' * 29} new' now")


def test_a_measured_figure_is_compared_by_its_size_and_not_by_its_bytes(pair):
    from lab.record import webp

    root, rerun = pair
    path = root / "notebooks/outputs/essay/run.json"
    run = json.loads(path.read_text())
    run["figures"]["a"]["kind"] = "measured"
    path.write_text(as_text(run))
    (rerun / "a.webp").write_bytes(webp(np.full((4, 6, 3), 3, np.uint8))[0])

    same = compared(root, rerun, figures=run["figures"])

    assert same["figure", "a"] == ("not compared", "measured, of the same size")
    (rerun / "a.webp").write_bytes(webp(np.full((5, 6, 3), 3, np.uint8))[0])
    taller = {"a": run["figures"]["a"] | {"height": 5}}
    assert compared(root, rerun, figures=taller)["figure", "a"] == ("differs", "6 x 4 then, 6 x 5 now")
    (rerun / "a.webp").write_bytes(webp(np.full((4, 6, 3), 3, np.uint8))[0])
    exact = {"a": run["figures"]["a"] | {"kind": "exact"}}
    assert compared(root, rerun, figures=exact)["figure", "a"] == ("differs", "it was measured, now it is exact")


def test_what_was_not_compared_counts_as_neither_equal_nor_different(committed):
    from runner import compare

    drawn, equal = compare.Comparison("figure", "a", "not compared"), compare.Comparison("figure", "b", "match")
    run = run_at(committed)
    assert dict(compare.certificate(run, run, [drawn, equal]))["figures"] == "1 not compared, 1 match"
    assert (compare.verdict([drawn, equal]), compare.verdict([drawn])) == ("match", "not compared")


def run_at(root):
    from catalog.run_files import read_run

    return read_run(root / "notebooks/outputs/essay", "notebooks/outputs/essay/run.json")[0]
