"""A preview shows each problem on its own page, and everything that still works."""

import re
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


def test_a_question_with_a_problem_is_shown_below_it(root):
    path = root / "catalog" / "questions" / "fine-text-2x.md"
    path.write_text(re.sub(r"(?s)(## Task\n).*", r"\1\nToo short. [reasoning]\n", path.read_text("utf-8")), "utf-8")

    pages = preview(root)

    page = pages["questions/fine-text-2x.md"]
    problems, _, answer = page.html.partition("</aside>")
    assert page.kind == "question"
    assert "catalog/questions/fine-text-2x.md:" in problems
    assert "At 2×" in answer
    assert "Too short." in answer
    assert "</aside>" not in pages["questions/phone-3x.md"].html.partition("<h1>")[0]


def test_a_question_stays_while_a_record_that_it_offers_is_wrong_and_tells_it(root):
    path = root / "catalog" / "papers" / "featsharp.yml"
    path.write_text(re.sub(r"(?m)^(implementation:).*$", r"\1 never_made", path.read_text("utf-8")), "utf-8")
    errors = [problem.file for problem in check_all(root)[1] if problem.level == "error"]
    assert set(errors) == {"catalog/papers/featsharp.yml"}

    pages = preview(root)

    for uri in ("papers/featsharp.md", "questions/fine-text-2x.md"):
        assert pages[uri].kind != "problem"
        assert "catalog/papers/featsharp.yml:" in pages[uri].html.partition("</aside>")[0]


def test_a_question_that_offers_an_unreadable_record_says_which(root):
    break_file(root, "models/sisr-any-liif-edsr.yml")

    page = preview(root)["questions/fine-text-2x.md"]

    assert "catalog/models/sisr-any-liif-edsr.yml:" in page.html


def test_a_run_is_as_fresh_as_before_while_another_record_is_broken(root):
    fresh = preview(root)["questions/phone-3x.md"].html.count("ma-chip--fresh")
    break_file(root, "models/sisr-any-liif-edsr.yml")

    assert preview(root)["questions/phone-3x.md"].html.count("ma-chip--fresh") == fresh


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
