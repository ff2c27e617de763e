"""The offline build works when its pages are opened from a folder."""

import pytest

from tests.built_site import built_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def folder():
    return built_site("mkdocs.offline.yml").as_uri()


def test_the_diagram_is_drawn(open_tab, folder):
    tab = open_tab()
    tab.goto(f"{folder}/questions/fine-text-2x.html")

    tab.locator(".ma-diagram svg").wait_for()


def test_the_search_finds_a_question(open_tab, folder):
    tab = open_tab()
    tab.goto(f"{folder}/index.html")
    tab.locator("[data-md-component=search-query]").click()
    tab.keyboard.type("fine text icons")

    tab.locator(".md-search-result__link[href*='fine-text-2x']").first.click()

    tab.wait_for_url("**/questions/fine-text-2x.html**")


def test_a_mistyped_search_names_the_words_that_were_meant(open_tab, folder):
    tab = open_tab()
    tab.goto(f"{folder}/index.html")
    tab.locator(".md-search__input").press_sequentially("stabel difusion")

    tab.get_by_role("button", name="Did you mean “stable diffusion”?").wait_for()
