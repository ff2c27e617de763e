"""A preview shows each problem on its own page, and everything that still works."""

import shutil
from functools import partial

import pytest

from catalog.load import check_all
from catalog.problems import CatalogError
from hooks import question_pages, site_content
from hooks.deadline import deadline
from hooks.problem_pages import page_of
from tests.built_site import ROOT


@pytest.fixture
def root(tmp_path):
    """Return a copy of the catalog that a test may break."""
    for name in ("catalog", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "weights"))
    (tmp_path / "docs").mkdir()
    return tmp_path


def break_file(root, name, text="name: [unfinished"):
    path = root / "catalog" / name
    path.write_text(text, encoding="utf-8")


def preview(root):
    return {page.uri: page for page in site_content.read(root, root / "docs", preview=True).pages}


def test_a_broken_model_shows_its_problem_on_its_own_page(root):
    break_file(root, "models/sisr-any-liif-edsr.yml")

    page = preview(root)["models/sisr-any-liif-edsr.md"]

    assert page.kind == "problem"
    assert page.source == "catalog/models/sisr-any-liif-edsr.yml"
    assert "catalog/models/sisr-any-liif-edsr.yml:" in page.html


def test_what_does_not_lean_on_the_broken_record_keeps_working(root):
    break_file(root, "models/sisr-any-liif-edsr.yml")

    pages = preview(root)

    assert pages["models/deblur-mssnet-gopro.md"].kind == "model"
    assert pages["index.md"].kind == "home"
    assert pages["questions/phone-3x.md"].kind == "question"


def test_a_broken_question_shows_its_problem_and_the_others_stay(root):
    break_file(root, "questions/fine-text-2x.md", "---\nquestion: [\n---\n")

    pages = preview(root)

    assert pages["questions/fine-text-2x.md"].kind == "problem"
    assert pages["questions/poster-thin-lines.md"].kind == "question"


def test_an_unreadable_vocabulary_still_gives_a_home_page(root):
    break_file(root, "vocabulary.yml", "tasks: [\n")

    page = preview(root)["index.md"]

    assert page.kind == "problem"
    assert "catalog/vocabulary.yml:" in page.html


def test_words_of_a_problem_are_escaped(root):
    break_file(root, "models/sisr-any-liif-edsr.yml", "<script>alert(1)</script>: 1\n")

    assert "<script>" not in preview(root)["models/sisr-any-liif-edsr.md"].html


def test_a_repaired_file_brings_its_page_back(root):
    path = root / "catalog" / "models" / "sisr-any-liif-edsr.yml"
    sound = path.read_text(encoding="utf-8")
    break_file(root, "models/sisr-any-liif-edsr.yml")
    assert preview(root)["models/sisr-any-liif-edsr.md"].kind == "problem"

    path.write_text(sound, encoding="utf-8")

    assert preview(root)["models/sisr-any-liif-edsr.md"].kind == "model"


def test_the_copy_is_sound_until_it_is_broken(root):
    assert [problem for problem in check_all(root)[1] if problem.level == "error"] == []


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("catalog/models/liif.yml", "models/liif.md"),
        ("catalog/questions/fine-text-2x.md", "questions/fine-text-2x.md"),
        ("catalog/vocabulary.yml", "problems/catalog-vocabulary-yml.md"),
        ("docs/stray.html", "problems/docs-stray-html.md"),
    ],
)
def test_each_file_has_a_page_for_its_problems(file, uri):
    assert page_of(file) == uri


@pytest.fixture
def slow(monkeypatch):
    """Let the page of one question take for ever, and give each a second."""
    page = question_pages.question_page

    def slowly(site, question):
        while question.id == "phone-3x":
            pass
        return page(site, question)

    monkeypatch.setattr(question_pages, "question_page", slowly)
    monkeypatch.setattr(question_pages, "deadline", partial(deadline, seconds=1))


@pytest.mark.usefixtures("slow")
def test_a_page_that_takes_too_long_ends_the_build_and_is_named(root):
    with pytest.raises(CatalogError, match=r"^catalog/questions/phone-3x\.md:1:1: showing this takes more than"):
        site_content.read(root, root / "docs")


@pytest.mark.usefixtures("slow")
def test_a_page_that_takes_too_long_shows_that_in_a_preview_and_the_others_stay(root):
    pages = preview(root)

    assert "takes more than 1 seconds" in pages["questions/phone-3x.md"].html
    assert pages["questions/fine-text-2x.md"].kind == "question"
