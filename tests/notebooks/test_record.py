"""What an essay records is what a run holds."""

import json

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def record(tmp_path, monkeypatch):
    from lab import record

    folder = tmp_path / "made-up"
    folder.mkdir()
    monkeypatch.setenv("MODEL_ANSWERS_RUN", str(folder))
    monkeypatch.setattr(record, "RECORD", record.Record())
    return record


def published(record):
    from runner import publish

    from catalog.run_files import read_run

    folder = record.run_folder()
    (folder / "notebook.ipynb").write_text(
        '{"cells": [{"cell_type": "markdown", "source": "# A claim"}], "nbformat": 4}'
    )
    publish.finish(folder, "made-up", "full", {"code": "0" * 64}, {"seed": 7}, [str(folder.parent)])
    run, problems = read_run(folder, "made-up/run.json")
    assert problems == []
    return run


def picture(value=0):
    made = np.full((12, 20, 3), value, np.uint8)
    made[3:6] = 255 - value
    return made


def test_results_and_figures_come_back_as_they_were_recorded(record, capsys):
    record.result("gain_text_x2", 0.694321, "psnr_gain", "LIIF minus bicubic.")
    record.result("parameters", 245563, "parameters", "Learned numbers.")
    record.figure("text-bicubic", picture(), "Soft.", "Soft words.", partner="text-liif")
    record.figure("text-liif", picture(9), "Sharp.", "Sharp words.", partner="text-bicubic")

    run = published(record)

    gain = run.results["gain_text_x2"]
    assert (gain.value, gain.metric, gain.unit, gain.kind) == (0.694321, "psnr_gain", "dB", "exact")
    assert run.results["parameters"].value == 245563
    assert (run.figures["text-liif"].width, run.figures["text-liif"].height) == (20, 12)
    assert run.figures["text-liif"].placeholder.startswith("data:image/webp;base64,")
    assert run.provenance["seed"] == 7
    assert run.provenance["peak_bytes"] > 0
    assert capsys.readouterr().out.splitlines() == ["gain_text_x2: 0.69 dB", "parameters: 245,563"]


@pytest.mark.parametrize("what", ["result", "figure"])
def test_a_full_run_tells_its_device_before_it_records_anything(record, monkeypatch, what):
    kept = {"result": ("a", 1, "count", "One."), "figure": ("b", picture(), "Soft.", "Soft words.")}[what]
    monkeypatch.setenv("MODEL_ANSWERS_MODE", "full")

    with pytest.raises(ValueError, match=r"does not tell its device yet.*; call places\.device\(device\) before"):
        getattr(record, what)(*kept)

    record.ran_on({"device": "cpu"})
    getattr(record, what)(*kept)


def test_a_script_that_imported_ipython_prints_no_pictures(record, capsys):
    import IPython

    assert IPython.get_ipython() is None
    record.figure("plain", picture(), "Plain.", "Plain words.")
    assert capsys.readouterr().out == ""


def test_a_preview_is_small_drawings_and_photographs_alike(record):
    from skimage import data

    steps = np.zeros((300, 300, 3), np.uint8)
    steps[:, ::20] = 255

    assert record.preview(steps)[:4] == b"\x89PNG", "few colours"
    assert record.preview(data.astronaut()[:300, :300])[:2] == b"\xff\xd8", "a JPEG takes fewer bytes"
    assert max(map(len, map(record.preview, (steps, data.astronaut())))) < 40_000


def test_pictures_are_stored_without_loss(record):
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 256, (33, 21, 3), dtype=np.uint8)
    record.figure("noise", noise, "Noise.", "Noise.")
    assert (np.asarray(Image.open(record.run_folder() / "noise.webp")) == noise).all()


def test_a_plot_is_stored_as_svg_of_the_size_it_was_made(record):
    from lab import drawing

    plot, (axes,) = drawing.plot(5, 3)
    axes.plot([1, 2], [2, 1])
    record.figure("curve", plot, "A curve.", "A falling line.")
    run = published(record)
    assert (run.figures["curve"].file, run.figures["curve"].width, run.figures["curve"].height) == (
        "curve.svg",
        500,
        300,
    )


@pytest.mark.parametrize(
    ("origin", "smaller", "stamped"),
    [
        ("trained here", True, "Small network of the same design, trained here: Sharp words."),
        ("trained here", False, "Sharp words."),
        ("untrained", True, "Untrained network: Sharp words."),
        ("official", False, "Sharp words."),
    ],
)
def test_a_figure_says_before_its_caption_where_the_weights_come_from(record, origin, smaller, stamped):
    from lab.weights import Loaded

    record.figure("text", picture(), "Sharp words.", "Words.", weights=Loaded(None, origin, smaller, None))
    figure = published(record).figures["text"]
    assert (figure.stamped, figure.caption, figure.weights) == (stamped, "Sharp words.", origin)


def test_weights_of_which_no_record_gives_the_digest_are_not_called_official(record):
    from lab.weights import Loaded

    from catalog.runs import GIVEN

    given = Loaded(None, "official", False, "net.pth", known=False)
    record.figure("text", picture(), "Sharp words.", "Words.", weights=given)

    figure = published(record).figures["text"]
    assert figure.weights == GIVEN == record.origin(given)
    assert figure.stamped == "Weights from net.pth, whose SHA-256 no record gives: Sharp words."


@pytest.mark.parametrize(
    ("value", "metric", "what"),
    [
        (1.0, "beauty", "'beauty' is no metric of catalog/vocabulary.yml, where .*; known are psnr, "),
        (1.0, "ssimm", "'ssimm' is no metric of catalog/vocabulary.yml, where .*; did you mean \"ssim\"?"),
        (float("nan"), "psnr", r"psnr lies between 2 and 100 \(got nan\)"),
        (float("inf"), "psnr", "psnr lies between"),
        (-3.0, "psnr", "psnr lies between"),
        (1.5, "ssim", "ssim lies between -1 and 1"),
        (-1, "seconds", "seconds is at least 0"),
        (1.5, "count", "count is a whole number"),
    ],
)
def test_a_number_that_cannot_be_is_refused(record, value, metric, what):
    with pytest.raises(ValueError, match=what):
        record.result("made_up", value, metric, "A number.")


def test_psnr_and_ssim_cannot_be_mistaken_for_each_other(record):
    """Rows of a table that were swapped are refused: no number is both."""
    for value, metric in ((record.metrics()["ssim"].range[1], "psnr"), (record.metrics()["psnr"].range[0], "ssim")):
        with pytest.raises(ValueError, match=f"{metric} lies between"):
            record.result("made_up", value, metric, "A number.")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "../away"}, "../away: a name has small letters"),
        ({"name": "Truth"}, "Truth: a name has small letters"),
        ({"alt": " "}, "truth: alt: a text of 1 to 2000"),
        ({"caption": ""}, "truth: caption: a text of 1 to 2000"),
        ({"caption": "a\u200bb"}, "truth: caption: the text has an invisible character"),
        ({"kind": "rough", "alt": ""}, "truth: kind: one of exact, measured is wanted .*; alt: a text"),
        ({"picture": np.zeros((8, 8, 3))}, "truth: a picture is uint8 .got float64"),
    ],
)
def test_a_figure_that_could_not_be_published_is_refused_at_once(record, given, told):
    asked = {"name": "truth", "picture": picture(), "caption": "The truth.", "alt": "Stripes."} | given

    with pytest.raises(ValueError, match=told):
        record.figure(**asked)

    assert [*record.run_folder().parent.rglob("*.webp")] == []


def test_a_name_that_contradicts_its_metric_is_refused_at_once(record):
    with pytest.raises(ValueError, match=r"ssim_text: a result whose name begins with ssim is one \(got psnr\); name"):
        record.result("ssim_text", 30.0, "psnr", "A number.")
    record.result("gmacs_saved", 0.5, "ratio", "A share of them.")


@pytest.mark.parametrize("given", [{"name": "PSNR d"}, {"says": ""}, {"kind": "rough"}])
def test_a_result_that_could_not_be_published_is_refused_at_once(record, given):
    with pytest.raises(ValueError, match=r"wanted|a name has"):
        record.result(**{"name": "gain", "value": 1.0, "metric": "psnr_gain", "says": "The gain.", **given})

    assert record.RECORD.results == {}


def test_a_name_is_recorded_once_in_a_run_and_as_often_as_a_cell_is_run_in_jupyter(record, monkeypatch):
    record.ran_on({"device": "a loom"})
    record.result("gain", 1, "psnr_gain", "The gain over bicubic.")
    with pytest.raises(ValueError, match=r"gain: a result of that name was recorded already"):
        record.result("gain", 2, "psnr_gain", "The gain over bicubic.")
    monkeypatch.delenv("MODEL_ANSWERS_RUN")
    record.result("gain", 3, "psnr_gain", "The gain over bicubic.")


def test_an_essay_that_recorded_nothing_is_not_published(record):
    from runner import publish

    with pytest.raises(publish.PublishError, match="recorded nothing"):
        published(record)


def test_a_path_of_this_machine_is_not_published(record, tmp_path):
    from runner import publish

    record.result("parameters", 1, "parameters", f"Counted in {tmp_path / 'made-up'}.")
    with pytest.raises(publish.PublishError, match="names a folder of this machine"):
        published(record)


def test_files_that_no_figure_names_are_left_out(record):
    record.figure("text", picture(), "Words.", "Words.")
    (record.run_folder() / "left.bin").write_bytes(b"0" * 10)
    published(record)
    assert sorted(path.name for path in record.run_folder().iterdir()) == ["notebook.ipynb", "run.json", "text.webp"]


def test_reading_another_run_makes_this_one_depend_on_it(record, tmp_path, monkeypatch):
    from catalog.digests import text_digest
    from catalog.freshness import run_key
    from catalog.seal import sealed

    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "second.py").write_text("x = 1\n")
    other = tmp_path / "notebooks" / "outputs" / "first"
    other.mkdir(parents=True)
    result = {"value": 2.5, "metric": "psnr", "unit": "dB", "kind": "exact", "says": "A number."}
    run = {"id": "first", "mode": "full", "key": {}, "results": {"psnr_x": result}, "figures": {}, "trace": []}
    executed = json.dumps({"cells": [{"cell_type": "markdown", "source": "Words."}], "nbformat": 4})
    (other / "notebook.ipynb").write_text(executed)
    run |= {"provenance": {}, "notebook": text_digest(executed)}
    (other / "run.json").write_text(sealed(run))
    monkeypatch.setattr(record, "ROOT", tmp_path)

    assert record.read("first.psnr_x") == 2.5
    assert "reads:first.psnr_x" in run_key(tmp_path, "second", "full", 0, reads=record.RECORD.reads)
    with pytest.raises(ValueError, match="no such result"):
        record.read("first.gone")

    by_hand = r"first\.psnr_x cannot be read: .*first/run\.json or its executed notebook was changed by hand; "
    (other / "notebook.ipynb").write_text(executed.replace("Words", "Other words"))
    with pytest.raises(ValueError, match=by_hand):
        record.read("first.psnr_x")
    (other / "notebook.ipynb").write_text(executed)
    result["value"] = 3.5
    (other / "run.json").write_text(sealed(run).replace("3.5", "4.5"))
    with pytest.raises(ValueError, match=by_hand):
        record.read("first.psnr_x")
    assert record.RECORD.reads == {"first.psnr_x": 2.5}


def test_without_a_runner_nothing_is_written(record, monkeypatch, tmp_path):
    monkeypatch.delenv("MODEL_ANSWERS_RUN")
    monkeypatch.chdir(tmp_path)  # where it would be written otherwise
    record.figure("text", picture(), "Words.", "Words.")
    record.result("parameters", 1, "parameters", "Learned numbers.")
    assert [*tmp_path.rglob("*")] == [tmp_path / "made-up"]


def sized(height, width):
    return np.zeros((height, width, 3), np.uint8)


@pytest.mark.parametrize(("first", "second"), [("b", "a"), (None, "a"), ("b", None)])
def test_partners_of_unequal_size_are_refused_at_the_second_one_with_both_sizes(record, first, second):
    record.figure("a", sized(12, 20), "Soft.", "Soft words.", partner=first)
    said = r"b\.webp: it is compared with a, and they differ in size \(it has 40 x 24 pixels, a 20 x 12\); draw both"
    with pytest.raises(ValueError, match=said):
        record.figure("b", sized(24, 40), "Sharp.", "Sharp words.", partner=second)
    assert list(record.RECORD.figures) == ["a"]
    assert not (record.run_folder() / "b.webp").exists()


def test_a_figure_is_not_its_own_partner(record):
    with pytest.raises(ValueError, match="its partner is another figure, not itself"):
        record.figure("a", picture(), "Soft.", "Soft words.", partner="a")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            "text-lift",
            "text-bicubic",
            'compared with text-bicubic, which names text-lift; .* partner="text-liif" there',
        ),
        ("text-liif", "text-bicubik", 'text-bicubic is compared with it, .*; did you mean partner="text-bicubic"'),
    ],
)
def test_a_misspelt_partner_is_told_in_the_cell_that_draws_the_other(record, first, second, told):
    record.figure("text-bicubic", picture(), "Soft.", "Soft words.", partner=first)
    with pytest.raises(ValueError, match=told):
        record.figure("text-liif", picture(9), "Sharp.", "Sharp words.", partner=second)
    assert list(record.RECORD.figures) == ["text-bicubic"]


def test_a_partner_may_be_drawn_later_and_a_figure_by_another_name_when_a_cell_is_run_again(record):
    record.figure("text-x2", picture(), "Soft.", "Soft words.", partner="shown-x2")
    record.figure("text-x4", picture(9), "Soft.", "Soft words.", partner="shown-x4")
    record.figure("shown-x4", picture(), "Sharp.", "Sharp words.", partner="text-x4")
    record.figure("shown-x2", picture(9), "Sharp.", "Sharp words.", partner="text-x2")
    record.figure("text-x2", picture(), "Soft.", "Soft words.", partner="shown-x3")
    assert list(record.RECORD.figures) == ["text-x2", "text-x4", "shown-x4", "shown-x2"]


def test_a_partner_that_never_came_is_told_with_the_figure_that_was_meant(record):
    from runner import publish

    record.figure("text-bicubic", picture(), "Soft.", "Soft words.", partner="text-lif")
    record.figure("text-liif", picture(9), "Sharp.", "Sharp words.")
    with pytest.raises(publish.PublishError, match=r"'text-lif' is no other figure .*; did you mean \"text-liif\""):
        published(record)


def test_figures_that_are_not_compared_may_differ_in_size(record):
    record.figure("a", sized(12, 20), "Soft.", "Soft words.", partner="later")
    record.figure("b", sized(24, 40), "Sharp.", "Sharp words.", partner="later-still")
    assert list(record.RECORD.figures) == ["a", "b"]


def test_a_pair_may_be_drawn_again_in_another_size(record):
    """So it is in Jupyter, where a cell is executed again after an edit."""
    for scale in (1, 2):
        record.figure("a", sized(12 * scale, 20), "Soft.", "Soft words.", partner="b")
        record.figure("b", sized(12 * scale, 20), "Sharp.", "Sharp words.", partner="a")
    assert record.RECORD.figures["b"]["height"] == 24
