"""What the search finds comes from the pages' own words."""

import json

from hooks.pages import Page, SearchEntry
from hooks.search_index import entries, filled

PAGE = Page(
    "questions/a.md",
    "Title",
    "",
    "<p>never read</p>",
    search=(SearchEntry("task", "Task", "what is <asked>"), SearchEntry("", "Fine text & icons", "the answer")),
)


def test_a_page_comes_before_its_parts():
    """The theme's search files a part under the page that came before it."""
    assert [entry["location"] for entry in entries([PAGE])] == ["questions/a/", "questions/a/#task"]


def test_words_are_escaped_because_the_theme_inserts_them_as_html():
    first, second = entries([PAGE])

    assert first["title"] == "Fine text &amp; icons"
    assert second["text"] == "what is &lt;asked&gt;"


def test_locations_follow_the_form_of_the_addresses():
    assert next(entries([PAGE], directory_urls=False))["location"] == "questions/a.html"


def test_the_settings_and_entries_of_the_theme_stay():
    index = json.dumps({"config": {"lang": ["en"]}, "docs": [{"location": "", "title": "Home", "text": ""}]})

    data = json.loads(filled(index, [PAGE]))

    assert data["config"]["lang"] == ["en"]
    assert [entry["location"] for entry in data["docs"]] == ["", "questions/a/", "questions/a/#task"]


def test_a_page_with_nothing_to_find_has_no_entry():
    assert list(entries([Page("a.md", "A", "", "")])) == []


def test_a_factor_is_found_as_people_type_it_and_what_is_shown_stays():
    page = Page("a.md", "T", "", "", search=(SearchEntry("", "Brush at 12×", "From 4× to 12×."),))
    [entry] = entries([page])

    assert entry["text"] == "From 4× to 12×."
    assert {"4x", "12x"} <= set(entry["forms"].split())
    assert "forms" in json.loads(filled('{"config": {}, "docs": []}', [page]))["config"]["fields"]


def test_a_question_counts_more_than_other_pages_and_a_guide_most():
    pages = [Page("a.md", "T", "", "", kind=kind, search=PAGE.search) for kind in ("model", "question", "guide")]
    model, question, guide = (next(entries([page]))["boost"] for page in pages)

    assert model < question < guide


def test_a_guide_is_found_by_its_own_words_alone():
    search = (SearchEntry("", "Brush at 12×", "From 4× to 12×."),)
    model, guide = (next(entries([Page("a.md", "T", "", "", kind=kind, search=search)])) for kind in ("model", "guide"))

    assert model["forms"]
    assert guide["forms"] == ""
