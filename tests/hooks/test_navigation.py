"""The navigation stays short, however many pages there are."""

from hooks.navigation import MOST_PAGES_IN_A_SECTION, navigation
from hooks.pages import Page


def page(uri, nav):
    return Page(uri, uri, "", "", nav=nav)


def questions(count):
    return [page("questions/index.md", "Questions"), *(page(f"questions/q{i}.md", "Questions") for i in range(count))]


def test_pages_stand_in_the_order_in_which_they_come():
    pages = [
        page("index.md", ""),
        page("questions/index.md", "Questions"),
        page("map.md", ""),
        page("a.md", "Questions"),
    ]

    assert navigation(pages) == ["index.md", {"Questions": ["questions/index.md", "a.md"]}, "map.md"]


def test_pages_without_a_section_stay_out():
    assert navigation([page("models/a.md", None)]) == []


def test_a_section_keeps_its_pages_up_to_the_limit():
    assert len(navigation(questions(MOST_PAGES_IN_A_SECTION - 1))[0]["Questions"]) == MOST_PAGES_IN_A_SECTION


def test_a_longer_section_keeps_its_index_alone():
    assert navigation(questions(MOST_PAGES_IN_A_SECTION)) == ["questions/index.md"]


def test_an_index_alone_stands_at_the_top():
    assert navigation([page("models/index.md", "Models")]) == ["models/index.md"]


def test_a_page_alone_stays_in_its_section():
    assert navigation([page("guide/changes.md", "Guide")]) == [{"Guide": ["guide/changes.md"]}]


def test_the_index_of_a_section_comes_first():
    pages = [page("questions/a.md", "Questions"), page("questions/index.md", "Questions")]

    assert navigation(pages) == [{"Questions": ["questions/index.md", "questions/a.md"]}]
