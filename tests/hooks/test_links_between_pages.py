"""Laws of relative links: they lead from any page to any other, under any address."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hooks.links_between_pages import address, published_file, relative

names = st.text("abcxyz019-", min_size=1, max_size=5)
pages = st.builds(lambda parts: "/".join(parts) + ".md", st.lists(names | st.just("index"), min_size=1, max_size=4))
files = st.builds(
    lambda parts, suffix: "/".join(parts) + suffix,
    st.lists(names, min_size=1, max_size=4),
    st.sampled_from([".png", ".svg"]),
)


@given(
    pages, pages | files, st.booleans(), st.sampled_from(["https://a.org/", "https://a.org/sub/path/", "file:///x/y/"])
)
def test_a_link_followed_from_a_page_ends_at_the_other_page(here, there, directory_urls, site):
    page = site + address(here, directory_urls)

    link = relative(here, there, directory_urls=directory_urls)

    assert urljoin(page, link) == site + address(there, directory_urls)


@given(pages, pages | files, st.booleans())
def test_a_link_never_leaves_the_host_nor_begins_at_its_root(here, there, directory_urls):
    link = relative(here, there, directory_urls=directory_urls)

    assert link
    assert not link.startswith("/")
    assert not urlsplit(link).scheme


@pytest.mark.parametrize(
    ("here", "there", "directory_urls", "expected"),
    [
        ("index.md", "questions/fine-text-2x.md", True, "questions/fine-text-2x/"),
        ("questions/fine-text-2x.md", "index.md", True, "../../"),
        ("questions/a.md", "questions/b.md", True, "../b/"),
        ("questions/index.md", "questions/a.md", True, "a/"),
        ("questions/a.md", "questions/index.md", True, "../"),
        ("index.md", "index.md", True, "./"),
        ("questions/a.md", "notebooks/a/plot.svg", True, "../../notebooks/a/plot.svg"),
        ("questions/a.md", "models/b.md", False, "../models/b.html"),
        ("index.md", "questions/index.md", False, "questions/index.html"),
        ("questions/a.md", "index.md", False, "../index.html"),
    ],
)
def test_examples(here, there, directory_urls, expected):
    assert relative(here, there, directory_urls=directory_urls) == expected


def test_an_anchor_of_the_same_page_is_a_bare_fragment():
    assert relative("models/a.md", "models/a.md", "limits") == "#limits"


def test_an_anchor_of_another_page_ends_its_link():
    assert relative("models/a.md", "papers/b.md", "facts") == "../../papers/b/#facts"


def test_the_published_file_is_where_the_address_leads():
    assert published_file("questions/a.md") == "questions/a/index.html"
    assert published_file("questions/a.md", directory_urls=False) == "questions/a.html"
    assert published_file("questions/index.md") == "questions/index.html"
    assert published_file("notebooks/a/plot.svg") == "notebooks/a/plot.svg"
