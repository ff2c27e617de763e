"""The real site as a whole: every link leads somewhere, and no page asks another host for anything."""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from hooks import policy
from tests.built_site import ROOT, built_site, environment
from tests.html_pages import FinishedPage, pages_of

pytestmark = pytest.mark.slow

KNOWN_FILES = {
    ".css",
    ".html",
    ".ipynb",
    ".js",
    ".json",
    ".map",
    ".png",
    ".py",
    ".svg",
    ".txt",
    ".webp",
    ".woff2",
    ".xml",
    ".gz",
}
HERE = "https://here.test/sub/"


@pytest.fixture(scope="module", params=["mkdocs.yml", "mkdocs.offline.yml"])
def site(request):
    return built_site(request.param)


@pytest.fixture(scope="module")
def pages(site):
    return pages_of(site)


def targets(pages, kind):
    """Yield each page with each address in it that leads to a place of the site, made whole."""
    for name, page in pages.items():
        if name == "404.html":  # its addresses are absolute, because it is shown anywhere
            continue
        for address in getattr(page, kind):
            whole = urljoin(HERE + name, address)
            if whole.startswith(HERE):
                yield name, address, unquote(urlsplit(whole).path.removeprefix("/sub/")), urlsplit(whole).fragment


def test_the_first_link_of_each_page_leads_past_the_head_of_the_site_to_its_content(pages):
    """A page whose headings are listed has the theme's own link; any other one has ours."""
    for name, page in pages.items():
        links = [link for link in page.all("a") if "href" in link]
        assert links[0].get("class") == "md-skip", name
        assert links[0]["href"].removeprefix("#") in page.ids, name
    assert {pages[name].links[0] for name in ("index.html", "questions/index.html", "404.html")} == {"#ma-start"}


def test_lists_stand_in_the_order_of_the_names_that_readers_see(pages):
    """The ids of records, by which files are sorted, stand on no page."""
    for name in ("models", "papers", "notebooks"):
        rows = re.findall(r'<tr>\s*<t[hd][^>]*><a href="[^"]+">([^<]+)</a>', pages[f"{name}/index.html"].text)
        assert len(rows) > 4
        assert rows == sorted(rows, key=str.casefold)


def file_of(site: Path, path: str) -> Path:
    return site / path / "index.html" if path == "" or path.endswith("/") else site / path


@pytest.mark.parametrize("kind", ["links", "requests"])
def test_every_address_in_a_page_leads_to_a_file(site, pages, kind):
    found = list(targets(pages, kind))
    assert found
    assert [(name, address) for name, address, path, _ in found if not file_of(site, path).is_file()] == []


def test_every_anchor_is_there(site, pages):
    missing = []
    for name, address, path, fragment in targets(pages, "links"):
        file = file_of(site, path).relative_to(site).as_posix()
        if fragment and file in pages and unquote(fragment) not in pages[file].ids:
            missing.append((name, address))
    assert missing == []


def test_no_page_asks_another_host_for_anything(pages):
    foreign = [(name, address) for name, page in pages.items() for address in page.requests if urlsplit(address).netloc]

    assert [(name, address) for name, address in foreign if "model-answers.github.io" not in address] == []


def test_styles_ask_no_other_host_for_anything(site):
    styles = list(site.rglob("*.css"))
    assert styles
    for style in styles:
        addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", style.read_text(encoding="utf-8"))
        assert [address for address in addresses if urlsplit(address).netloc and "w3.org" not in address] == [], style


def test_ids_are_unique_on_each_page(pages):
    for name, page in pages.items():
        assert sorted({id for id in page.ids if page.ids.count(id) > 1}) == [], name


def test_a_page_has_one_heading_a_title_and_a_language(pages):
    for name, page in pages.items():
        assert len(page.all("h1")) == 1, name
        assert len(page.all("title")) >= 1, name
        assert page.all("html")[0]["lang"] == "en", name


def test_every_picture_says_what_it_shows(pages):
    assert any(page.all("img") for page in pages.values())
    for name, page in pages.items():
        for picture in page.all("img"):
            assert "alt" in picture, (name, picture)
            assert Path(urlsplit(picture["src"]).path).name not in picture["alt"] or not picture["alt"], name


def test_the_policy_is_the_first_element_of_the_head():
    for name, page in pages_of(built_site()).items():
        tag, given = page.elements[[tag for tag, _ in page.elements].index("head") + 1]
        assert (tag, given["http-equiv"]) == ("meta", "Content-Security-Policy"), name
        assert given["content"] == policy.policy(policy.script_hashes(page.text)), name
        assert page.text.index("charset") < 1024, name  # browsers look for it no further


def test_pages_opened_from_a_folder_have_a_policy_too():
    for name, page in pages_of(built_site("mkdocs.offline.yml")).items():
        assert page.all("meta")[0]["content"] == policy.policy(["'unsafe-inline'"]), name


def test_the_headers_allow_the_scripts_of_every_page():
    site = built_site()
    headers = (site / "_headers").read_text(encoding="utf-8")

    assert all(script in headers for page in pages_of(site).values() for script in policy.script_hashes(page.text))


def test_published_pages_allow_no_script_but_their_own():
    for name, page in pages_of(built_site()).items():
        scripts = re.search("script-src [^;]*", page.all("meta")[0]["content"])[0]
        assert "unsafe" not in scripts, name


def test_no_element_carries_a_script(pages):
    for name, page in pages.items():
        for tag, given in page.elements:
            assert not [attribute for attribute in given if attribute.startswith("on")], (name, tag)
            assert not given.get("href", "").startswith("javascript:"), (name, tag)


def test_only_known_kinds_of_file_are_published(site):
    files = [path for path in site.rglob("*") if path.is_file() and path.name != "_headers"]

    assert sorted({path.suffix for path in files} - KNOWN_FILES) == []


def test_what_the_search_finds_is_there(site, pages):
    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]

    assert len(found) > 10
    for entry in found:
        path, _, anchor = entry["location"].partition("#")
        file = file_of(site, path).relative_to(site).as_posix()
        assert not anchor or anchor in pages[file].ids, entry["location"]


@pytest.mark.parametrize("word", ["pixel", "shuffle", "PSNR", "decibel", "autoencoder", "yinboc", "2012.09161"])
def test_the_search_knows_the_words_of_answers_and_records(site, word):
    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]

    assert any(word in entry["text"] for entry in found)


def test_the_search_stays_small_for_every_reader_loads_it_whole(site):
    assert (site / "search" / "search_index.json").stat().st_size < 100_000


def test_the_site_map_lists_every_page():
    site = built_site()
    text = (site / "sitemap.xml").read_text(encoding="utf-8")

    locations = {element.text for element in ElementTree.fromstring(text).iter() if element.tag.endswith("loc")}

    assert len(locations) == len(pages_of(site)) - 1  # all but the one for missing addresses


def test_the_pencil_opens_a_record_that_is_there():
    pencils = {
        given["href"]
        for page in pages_of(built_site()).values()
        for tag, given in page.elements
        if tag == "a" and "md-content__button" in given.get("class", "")
    }

    assert len(pencils) > 5
    for pencil in pencils:
        assert (ROOT / pencil.partition("/edit/main/")[2]).is_file(), pencil


def test_the_same_input_gives_the_same_bytes(tmp_path):
    again = tmp_path / "site with spaces"
    command = [sys.executable, "-m", "scripts.build_site", str(again)]
    changed = environment(PYTHONHASHSEED="7", TZ="Asia/Tokyo", LANG="C", LC_ALL="C")

    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=changed)

    first = built_site()
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert [file for file in files if (first / file).read_bytes() != (again / file).read_bytes()] == []


def test_plain_mkdocs_builds_from_another_folder(tmp_path):
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-f",
        str(ROOT / "mkdocs.yml"),
        "-d",
        str(tmp_path / "out"),
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment())

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "questions" / "fine-text-2x" / "index.html").is_file()


def test_a_page_names_itself():
    page = FinishedPage((built_site() / "questions" / "fine-text-2x" / "index.html").read_text(encoding="utf-8"))

    [canonical] = [given["href"] for given in page.all("link") if given.get("rel") == "canonical"]
    assert canonical.endswith("/questions/fine-text-2x/")
