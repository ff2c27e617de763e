"""What happens to pages on their way through MkDocs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import material
import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from catalog.problems import CatalogError, Problem
from hooks import site_content
from hooks.page_frame import FramedPages, bare
from hooks.pages import Asset, Heading, Page, SearchEntry
from hooks.site_content import Content
from hooks.theme_corrections import CORRECTIONS
from tests.built_site import ROOT, environment
from tests.html_pages import FinishedPage

LIVE = "</title></a>\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


def question(number, **changes):
    values = {
        "uri": f"questions/q{number}.md",
        "title": f"How {number}? {LIVE}",
        "short": f"Short {number} {LIVE}",
        "description": f"Because {number}. {LIVE}",
        "html": f'<h1>How?</h1><h2 id="task">Task</h2><p>body {number}</p>',
        "toc": (Heading("task", f"Task {LIVE}"), Heading("part", "Part", 3)),
        "search": (SearchEntry("", f"How {number}?", "words"),),
        "source": f"catalog/questions/q{number}.md",
        "kind": "question",
        "nav": "Questions",
    }
    return Page(**{**values, **changes})


HOME = Page("index.md", "Home", "", "<h1>Home</h1>", nav="")
INDEX = Page("questions/index.md", "Questions", "", "<h1>Questions</h1>", nav="Questions")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that builds pages and gives the folder of the site."""
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.delenv("REPO_URL", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")

    def built(*pages, assets=(), problems=(), notices=(), serve_url=None, name="site", **settings):
        content = Content([HOME, INDEX, *pages], list(assets), list(problems), list(notices))
        monkeypatch.setattr(site_content, "read", lambda *_, **__: content)
        config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / name), strict=True, **settings)
        config.plugins.on_startup(command="serve" if serve_url else "build", dirty=False)
        build(config, serve_url=serve_url)
        return tmp_path / name

    return built


def read(site, path):
    return (site / path).read_text(encoding="utf-8")


def test_the_html_of_a_page_is_published_as_it_is(site):
    assert question(1).html in read(site(question(1)), "questions/q1/index.html")


def test_titles_and_descriptions_never_become_elements(site):
    folder = site(question(1), question(2, nav=None))

    for path in ("questions/q1/index.html", "questions/q2/index.html", "index.html", "404.html"):
        text = read(folder, path)
        assert "alert(1)</script>" not in text, path
        assert not [given for tag, given in FinishedPage(text).elements if tag == "img"], path
    assert "How 1? &lt;/title&gt;" in read(folder, "questions/q1/index.html")


def test_the_navigation_has_the_short_name_and_the_title_has_the_long_one(site):
    text = read(site(question(1, short="Thin lines", title="How did it?")), "questions/q1/index.html")

    assert "<title>How did it? · Model Answers</title>" in text
    assert "Thin lines" in text.partition("md-nav")[2]


def test_headings_stand_in_the_table_of_contents_each_below_its_own(site):
    text = read(site(question(1)), "questions/q1/index.html")
    contents = text.partition("md-nav--secondary")[2]

    assert 'href="#task"' in contents
    assert contents.index('href="#task"') < contents.index('href="#part"')


def test_the_pencil_opens_the_record(site):
    page = FinishedPage(read(site(question(1)), "questions/q1/index.html"))

    [pencil] = [given["href"] for given in page.all("a") if "md-content__button" in given.get("class", "")]
    assert pencil.endswith("/edit/main/catalog/questions/q1.md")


def test_a_page_without_a_record_has_no_pencil(site):
    page = FinishedPage(read(site(question(1, source="")), "questions/q1/index.html"))

    assert [given for given in page.all("a") if "md-content__button" in given.get("class", "")] == []


def test_the_theme_is_corrected_where_html_checkers_refuse_it(site):
    """A correction that corrects nothing any more is to be removed."""
    raw = (Path(material.__file__).parent / "templates" / "base.html").read_text(encoding="utf-8")
    folder = site(question(1), question(2, nav=None))

    assert all(wrong in raw for wrong, _ in CORRECTIONS[:2])
    for path in ("questions/q1/index.html", "questions/q2/index.html", "404.html"):
        assert not [wrong for wrong, _ in CORRECTIONS if wrong in read(folder, path)], path


def test_mermaid_is_loaded_only_where_a_diagram_is(site):
    folder = site(question(1, has_diagram=True), question(2))

    assert "assets/diagrams.js" in read(folder, "questions/q1/index.html")
    assert "mermaid" not in read(folder, "questions/q2/index.html")


def test_katex_is_loaded_only_where_mathematics_is(site):
    folder = site(question(1, has_math=True), question(2))

    assert "katex.min.js" in read(folder, "questions/q1/index.html")
    assert "katex" not in read(folder, "questions/q2/index.html")


def test_the_slider_is_loaded_only_where_pictures_are_compared(site):
    folder = site(question(1, html="<h1>x</h1><image-compare></image-compare>"), question(2))

    assert "vendor/image-compare" in read(folder, "questions/q1/index.html")
    assert "image-compare" not in read(folder, "questions/q2/index.html")


def test_the_search_finds_what_a_page_says_and_not_its_html(site):
    index = json.loads(read(site(question(1)), "search/search_index.json"))

    found = [{name: entry[name] for name in ("location", "title", "text")} for entry in index["docs"]]
    assert {"location": "questions/q1/", "title": "How 1?", "text": "words"} in found
    assert "body 1" not in json.dumps(index)
    assert index["config"]["lang"] == ["en"]


def test_files_of_runs_are_published(site, tmp_path):
    (tmp_path / "plot.svg").write_text("<svg/>", encoding="utf-8")

    folder = site(question(1), assets=[Asset("notebooks/a/plot.svg", tmp_path / "plot.svg")])

    assert read(folder, "notebooks/a/plot.svg") == "<svg/>"


@pytest.mark.parametrize("edit", [{}, {"source": ""}, {"has_diagram": True}, {"toc": ()}])
def test_a_page_outside_the_navigation_is_what_the_theme_itself_renders(site, monkeypatch, edit):
    """Their frame is rendered once and filled in; see hooks/page_frame.py."""
    pages = [question(number, nav=None, **edit) for number in range(3)]
    filled = site(*pages, name="filled")
    monkeypatch.setattr(FramedPages, "render", lambda self, context: bare(self.template.render(context)))
    rendered = site(*pages, name="rendered")

    for number in range(3):
        path = f"questions/q{number}/index.html"
        assert read(filled, path) == read(rendered, path)


def test_more_than_thirty_questions_leave_the_navigation(site):
    folder = site(*(question(number, short=f"Short {number}.", title="T") for number in range(40)))

    assert "Short 7." not in read(folder, "index.html")
    assert (folder / "questions" / "q7" / "index.html").is_file()


def test_a_page_does_not_grow_with_the_number_of_pages(site):
    few = site(*(question(number) for number in range(40)), name="few")
    many = site(*(question(number) for number in range(150)), name="many")

    assert len(read(few, "questions/q7/index.html")) == len(read(many, "questions/q7/index.html"))


def test_problems_stop_a_build_before_the_old_site_is_touched(site, monkeypatch, caplog):
    folder = site(question(1))
    before = read(folder, "index.html")
    problems = [
        Problem("catalog/models/a.yml", 3, 1, "name", "is missing"),
        Problem("catalog/papers/b.yml", 1, 1, "", "no"),
    ]

    def fail(*_, **__):
        raise CatalogError(problems)

    monkeypatch.setattr(site_content, "read", fail)
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True)
    with pytest.raises(Abort) as stopped:
        build(config)

    assert read(folder, "index.html") == before
    assert stopped.value.exit_code == 1
    assert caplog.messages[-1].endswith("\n2 errors; the site was not built.")


def test_a_preview_with_problems_names_their_files_on_every_page(site):
    problem = Problem("catalog/models/liif.yml", 3, 1, "name", "is missing")
    broken = question(9, uri="models/liif.md", nav=None, title="Not yet right", source="catalog/models/liif.yml")

    folder = site(question(1), broken, problems=[problem], serve_url="http://127.0.0.1:8000/")

    page = FinishedPage(read(folder, "questions/q1/index.html"))
    assert "../../models/liif/" in page.links
    assert "catalog/models/liif.yml" in page.text


def test_a_notice_is_printed_and_stops_nothing(site, capsys):
    notice = Problem("catalog/questions/a.md", 3, 1, "notebook", "the run is stale", "notice")

    folder = site(question(1), notices=[notice])

    assert str(notice) in capsys.readouterr().err
    assert (folder / "index.html").is_file()


def test_a_preview_prints_a_problem_again_only_after_a_build_without_it(site, capsys):
    notice = Problem("catalog/questions/a.md", 3, 1, "notebook", "the run is stale", "notice")
    error = Problem("catalog/questions/a.md", 2, 1, "status", "no", "error")
    told = []

    for notices, problems in (([], []), ([notice], []), ([notice], [error]), ([], []), ([notice], [])):
        site(question(1), notices=notices, problems=problems, serve_url="http://127.0.0.1:8000/")
        told.append(capsys.readouterr().err)

    assert [(str(notice) in said, str(error) in said) for said in told[1:]] == [
        (True, False),
        (False, True),
        (False, False),
        (True, False),
    ]


def test_a_build_has_no_banner(site):
    assert "not yet right" not in read(site(question(1)), "questions/q1/index.html")


def test_a_missing_package_is_told_in_one_sentence():
    code = (
        "import sys\n"
        "sys.modules['nh3'] = None\n"
        "sys.argv = ['mkdocs', 'build']\n"
        "from mkdocs.__main__ import cli\n"
        "cli()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, env=environment()
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert re.search(
        r'^The Python package "nh3" is not installed; .*pip install -r requirements.txt$', done.stderr, re.MULTILINE
    )


def test_a_draft_is_built_and_nothing_leads_search_engines_or_the_search_to_it(site):
    folder = site(question(1), question(2, nav=None, draft=True))
    found = [entry["location"] for entry in json.loads(read(folder, "search/search_index.json"))["docs"]]

    assert '<meta name="robots" content="noindex">' in read(folder, "questions/q2/index.html")
    assert "noindex" not in read(folder, "questions/q1/index.html") + read(folder, "index.html")
    assert "questions/q1/" in read(folder, "sitemap.xml")
    assert "questions/q2/" not in read(folder, "sitemap.xml")
    assert "questions/q1/" in found
    assert "questions/q2/" not in found
