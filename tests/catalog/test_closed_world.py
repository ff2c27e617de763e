from dataclasses import replace
from pathlib import Path

import pytest

from catalog.closed_world import Names, offer, outsiders
from catalog.load import Catalog
from catalog.plain_text import plain_text
from catalog.records import Model, OfferedPaper, Paper, Question


def record(kind, id, **fields):
    made = kind(**fields)
    made._id = id
    return made


def paper(id, short, title, number, summary="Nothing.", github=None):
    link = f"http://arxiv.org/pdf/{number}v1.pdf"
    return record(Paper, id, title=title, short=short, link=link, github=github, summary=summary)


def model(id, name, family, github):
    return record(
        Model, id, name=name, family=family, paper=None, github=github, says=f"{family} goes on from NotedGAN."
    )


SUMMARY = "Unlike PTRS and ToldGAN, it copies line-lab/Open of https://data.example.org/set."
PAPERS = [
    paper("near", "NEAR", "Near Things: A Study", "2501.00001", SUMMARY, "https://github.com/near-lab/near"),
    paper("far", "Far Sight", "Far Sight: Looking", "2502.00002", github="https://github.com/farlab/sight"),
    paper("ptr", "PTRS", "Point Trails: Three", "2503.00003"),
    paper("rays", "RAYS", "Rays and Ways", "2504.00004"),
]  # fmt: skip
MODELS = [
    model("blur-a", "Unblur-BNet-A", "BNet", "https://github.com/kk7/BNet"),
    model("blur-b", "Unblur-BNet-B", "BNet", "https://github.com/kk7/BNet"),
    model("stable", "Text-Stable", "Steady Painter", "https://github.com/some/painter"),
]
QUESTION = Question(
    question="How is it, beside AskedGAN?",
    models={"blur-a": {}},
    papers={"near": OfferedPaper(role="direct")},
    status="published",
)
CATALOG = Catalog(Path(), {r.id: r for r in PAPERS}, {r.id: r for r in MODELS}, {"how": QUESTION}, {}, None, {})
NAMES, OFFERED = Names(CATALOG), offer(CATALOG, "how")


def named(text):
    return [text[found.start : found.end] for found in outsiders(plain_text(text), OFFERED, NAMES)]


@pytest.mark.parametrize(
    "text",
    [
        "https://arxiv.org/abs/2501.00001v3", "arXiv:2501.00001",
        "arXiv 2501 00001", "arXiv in 2012", "2501.00001v9", "www.github.com/Near-Lab/NEAR.git",
        "NEAR and Near Things", "BNet, Unblur-BNet-A", "kk7/BNet", "line-lab/Open", "https://data.example.org/set",
        "PTRS", "a ray, several rays", "the far sightings", "input/output and/or CPU/GPU", "models/net.py", "e.g. this",
        "A stop.Another sentence", "version 1.5 of 2.1",
        "16x16/32x32", "it is 12/25 of H/W", "a.k.a. nothing", "liif.py",
    ],
)  # fmt: skip
def test_what_was_offered_and_what_names_nothing_may_stand(text):
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "outsider"),
    [
        ("see https://example.com/a.", "https://example.com/a"),
        ("see HTTP://arxiv.org/abs/2502.00002", "HTTP://arxiv.org/abs/2502.00002"),
        ("see //example.com/x", "//example.com/x"),
        ("see example.com", "example.com"),
        ("see (www.example.museum)", "www.example.museum"),
        ("see example.museum/a", "example.museum/a"),
        ("write me@example.com", "me@example.com"),
        ("see arxiv.org.evil.com/abs/2501.00001", "arxiv.org.evil.com/abs/2501.00001"),
        ("see [2502.00002]", "2502.00002"),
        ("doi:10.1007/978-3-031", "10.1007/978-3-031"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("farlab/Sight", "farlab/Sight"),
        ("on GitHub: plain/name", "plain/name"),
        ("xx-lab/Real-Net", "xx-lab/Real-Net"),
        ("**Far** Sight", "Far** Sight"),
        ("far-sight", "far-sight"),
        ("FarSight", "FarSight"),
        ("Steady\nPainter's", "Steady\nPainter"),
        ("Rays and Ways", "Rays and Ways"),
        ("RAYS", "RAYS"),
        ("Text-Stable", "Text-Stable"),
        ("Point Trails", "Point Trails"),
    ],
)
def test_what_was_not_offered_is_found_whatever_its_spelling(text, outsider):
    assert named(text) == [outsider]


@pytest.mark.parametrize(
    ("text", "outsider"), [("AskedGAN", []), ("ToldGAN", []), ("NotedGAN", []), ("OtherGAN", ["OtherGAN"])]
)
def test_a_network_in_no_record_is_an_outsider_unless_the_question_or_what_it_offers_says_it(text, outsider):
    assert named(f"It is compared with {text}.") == outsider


def test_each_place_is_told_once():
    assert named("Far Sight: Looking (https://github.com/farlab/sight), Far Sight") == [
        "https://github.com/farlab/sight",
        "Far Sight: Looking",
        "Far Sight",
    ]


def test_the_message_names_the_record_it_belongs_to():
    (found,) = outsiders(plain_text("farlab/sight"), OFFERED, NAMES)
    assert "which belongs to far" in found.message


SKETCH = paper("sketch", "Quick-Sketch", "On Lines", "2505.00005", "A quick look at a sketch.")
WRITTEN_OUT = record(Model, "steady", name="Text-Net", family="Net", also_known_as=["Steady Painting Function"])
WIDER = Names(
    replace(CATALOG, papers=CATALOG.papers | {"sketch": SKETCH}, models=CATALOG.models | {"steady": WRITTEN_OUT})
)


@pytest.mark.parametrize("text", ["a quick sketch helps", "Quick sketches", "a quick look, a sketch"])
def test_common_words_that_are_a_name_too_may_stand_without_its_capitals_and_its_hyphen(text):
    assert list(outsiders(plain_text(text), OFFERED, WIDER)) == []


@pytest.mark.parametrize("text", ["Quick-Sketch", "Quick Sketch", "quick-sketch", "QUICK SKETCH"])
def test_common_words_with_the_capitals_or_the_hyphen_of_a_name_are_the_name(text):
    assert [found.end for found in outsiders(plain_text(text), OFFERED, WIDER)] == [len(text)]


@pytest.mark.parametrize("text", ["steady painting function", "Steady-Painting Functions"])
def test_a_name_that_is_written_out_is_known(text):
    assert [found.end for found in outsiders(plain_text(text), OFFERED, WIDER)] == [len(text)]


@pytest.mark.parametrize(
    "text", ["arXiv 2502 00002", "arXiv:250200002", "arXiv: 2502 00002v1", "arxiv 2502-00002", "arXiv id 250200002"]
)
def test_an_arxiv_id_without_its_point_is_one(text):
    (found,) = outsiders(plain_text(text), OFFERED, NAMES)

    assert "belongs to far" in found.message
