"""What the real site shows of runs: small pages, whole pictures, valid downloads, and lists that programs can read."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from jsonschema import Draft202012Validator

from catalog.pictures import picture_problems
from tests.built_site import ROOT, built_site
from tests.html_pages import pages_of

pytestmark = pytest.mark.slow

MOST_BYTES = 100_000  # of the HTML of a page with figures
WITH_RUN = sorted(
    path.stem for path in (ROOT / "catalog/questions").glob("*.md") if "\nnotebook: " in path.read_text("utf-8")
)


@pytest.fixture(scope="module", params=["mkdocs.yml", "mkdocs.offline.yml"])
def site(request):
    return built_site(request.param)


def figures(site):
    """Yield each picture of a run with its page and its file."""
    for name, page in pages_of(site).items():
        for picture in page.all("img"):
            if "notebooks/" in (file := _file(site, name, picture["src"])).as_posix():
                yield name, picture, file


def _file(site: Path, page: str, address: str) -> Path:
    return (site / page).parent.joinpath(unquote(address)).resolve()


def test_a_page_with_figures_is_small(site):
    sizes = {name: (site / name).stat().st_size for name, _, _ in figures(site)}

    assert len(sizes) >= 2
    assert {name: size for name, size in sizes.items() if size >= MOST_BYTES} == {}


def test_a_picture_is_lossless_has_its_size_and_waits_until_it_is_near(site):
    seen = 0
    for name, picture, file in figures(site):
        seen += 1
        assert picture_problems(file.name, file.read_bytes()) == (), name
        assert int(picture["width"]) > 0, name
        assert int(picture["height"]) > 0, name
        assert picture["loading"] == "lazy", name
        if file.suffix != ".svg":
            assert picture["style"].startswith("--ma-placeholder: url('data:image/"), name
    assert seen > 10


def test_each_figure_can_be_enlarged_and_leads_to_its_file_without_scripts(site):
    enlarged = {
        (name, _file(site, name, given["href"]))
        for name, page in pages_of(site).items()
        for given in page.all("a")
        if "ma-enlarge" in given.get("class", "")
    }

    assert enlarged == {(name, file) for name, _, file in figures(site)}


def test_downloads_are_notebooks_of_the_format_and_scripts_that_compile(site):
    notebooks = [*site.glob("notebooks/*/*.ipynb")]

    assert notebooks
    for path in notebooks:
        nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
        script = path.with_suffix(".py")
        compile(script.read_text(encoding="utf-8"), script.name, "exec")


def test_the_list_of_runs_fits_the_schema_beside_it_and_leads_to_files(site):
    index = json.loads((site / "api" / "index.json").read_text(encoding="utf-8"))
    for entry in index["files"]:
        schema = json.loads((site / "api" / entry["schema"]).read_text(encoding="utf-8"))
        listed = json.loads((site / "api" / entry["address"]).read_text(encoding="utf-8"))
        assert [error.message for error in Draft202012Validator(schema).iter_errors(listed)] == []
    runs = json.loads((site / "api" / "runs.json").read_text(encoding="utf-8"))["runs"]
    addresses = [
        address
        for run in runs.values()
        for address in (run["page"], *run["files"].values(), *(figure["address"] for figure in run["figures"].values()))
    ]

    assert len(addresses) > 10
    for address in addresses:
        file = site / "api" / unquote(address)
        assert (file / "index.html" if address.endswith("/") else file).is_file(), address


@pytest.mark.parametrize("page", ["notebooks/index.html", "guide/how-to-read", "guide/how-to-run"])
def test_pages_about_runs_lead_to_the_list_and_its_schema(page):
    site = built_site()
    name = page if page.endswith(".html") else f"{page}/index.html"
    links = {_file(site, name, link) for link in pages_of(site)[name].links if not link.startswith(("#", "http"))}

    assert {(site / "api" / "runs.json").resolve(), (site / "api" / "schema" / "runs.json").resolve()} <= links


@pytest.mark.parametrize("question", WITH_RUN)
def test_under_each_answer_with_a_run_stands_what_its_workflow_gains_or_loses(question):
    assert len(WITH_RUN) >= 5
    html = (built_site("mkdocs.yml") / "questions" / question / "index.html").read_text("utf-8")
    gains = re.findall(r'class="ma-chip ma-chip--gain"[^>]*>PSNR gain ([+−])[\d.]+', html)

    assert gains
    if question in {"brushstrokes-12x", "phone-3x"}:
        assert "−" in gains, "there the workflow does harm, which is told beside what it gains"
