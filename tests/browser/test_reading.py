"""A reader opens the site, finds a question, and sees its diagram and its figure."""

import re

import pytest

from tests.browser.waiting import until
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "questions/fine-text-2x/"
FIRST = {"brushstrokes-12x", "fine-text-2x", "phone-3x", "poster-thin-lines", "smooth-3x"}
SIZES = [1280, 390]
SCHEMES = ["light", "dark"]


@pytest.fixture(
    params=[(width, scheme) for width in SIZES for scheme in SCHEMES], ids=lambda case: f"{case[0]}-{case[1]}"
)
def tab(request, open_tab):
    width, scheme = request.param
    return open_tab(width, scheme)


def no_sideways_scrolling(tab):
    return tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_home_page_leads_to_a_question(tab, address):
    tab.goto(address)
    assert no_sideways_scrolling(tab)

    tab.locator(".ma-card a[href*='fine-text-2x']").first.click()

    tab.wait_for_url(f"**/{QUESTION}**")
    assert "fine text" in tab.locator("h1").inner_text().lower()


def test_the_home_page_opens_with_two_pictures_to_compare_and_the_question_that_they_answer(tab, address):
    tab.goto(address)
    cover = tab.locator(".ma-cover")
    for picture in cover.locator("image-compare img").all():
        picture.scroll_into_view_if_needed()
        until(tab, "picture => picture.complete && picture.naturalWidth > 0", picture.element_handle())

    assert cover.locator("image-compare input[type=range]").count() == 1
    assert cover.locator(".ma-card").count() == 1


def test_the_search_finds_a_question(tab, address):
    tab.goto(address)
    if tab.viewport_size["width"] < 960:
        tab.locator("label.md-header__button[for=__search]").click()
    tab.locator("[data-md-component=search-query]").click()
    tab.keyboard.type("fine text icons")

    found = tab.locator(".md-search-result__link[href*='fine-text-2x']").first
    found.wait_for()
    found.click()

    tab.wait_for_url(f"**/{QUESTION}**")


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("how to add", "guide/how-to-add/"),
        ("how to run", "guide/how-to-run/"),
        ("how to read", "guide/how-to-read/"),
        ("how does it add texture", "questions/brushstrokes-12x/"),
        ("how does AI keep edges sharp", "questions/poster-thin-lines/"),
    ],
)
def test_the_title_of_a_guide_finds_the_guide_first_and_a_question_finds_a_question(open_tab, address, words, page):
    tab = open_tab()
    tab.goto(address)
    tab.locator(".md-search__input").press_sequentially(words)
    tab.wait_for_timeout(800)
    first = tab.locator(".md-search-result__item a").first

    assert first.get_attribute("href").partition("?")[0].partition("#")[0] == address + page


@pytest.mark.parametrize("word", ["upscaling", "enlarging", "blurry", "sharpening", "lettering", "mobile", "2x"])
def test_another_form_of_a_word_finds_a_question_first_and_is_not_shown(open_tab, address, word):
    tab = open_tab()
    tab.goto(address)
    tab.locator(".md-search__input").press_sequentially(word)
    first = tab.locator(".md-search-result__item").first
    first.wait_for()

    assert "/questions/" in first.locator("a").first.get_attribute("href")
    assert "upscalers" not in first.inner_text()
    tab.goto(f"{address}questions/?words={word}")
    assert shown_cards(tab) > 0


def test_the_filter_keeps_what_was_asked_for(tab, address):
    tab.goto(address + "questions/")
    cards = tab.locator(".ma-cards > *:visible")
    before = cards.count()
    assert shown_cards(tab) == 5

    tab.locator(".ma-filter [name=words]").fill("icons fine text")

    assert shown_of_the_first(tab) == ["fine-text-2x"]
    assert cards.count() < before
    assert f"{cards.count()} of {before}" in tab.locator(".ma-filter output").inner_text()

    tab.locator(".ma-filter [name=words]").fill("zebra crossing")

    assert cards.count() == 0
    assert tab.locator(".ma-filter output").inner_text() == "No question has these words."


def test_a_mistyped_word_is_no_dead_end(tab, address):
    tab.goto(address + "questions/?words=fien+upscael")
    assert shown_cards(tab) == 0
    tab.get_by_role("button", name="Did you mean “fine upscale”?").click()
    assert shown_cards(tab) > 0
    tab.locator(".ma-filter [name=words]").fill("zebra")
    assert not tab.locator(".ma-filter__instead").is_visible()
    tab.get_by_role("button", name="Show all").click()
    tab.wait_for_timeout(100)
    assert shown_cards(tab) == 5


def test_a_search_that_finds_nothing_leads_to_all_questions(open_tab, address):
    tab = open_tab()
    tab.goto(address)
    tab.locator(".md-search__input").press_sequentially("upscael")
    tab.get_by_text("No matching documents").wait_for()
    tab.locator(".ma-search-way a").click()
    assert tab.url == address + "questions/"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("blury photo", "blur photo"),
        ("upscailing", "upscaling"),
        ("LIFF", "liif"),
        ("gausian", "gaussian"),
        ("stabel difusion", "stable diffusion"),
    ],
)
def test_a_mistyped_search_names_the_words_that_were_meant(open_tab, address, typed, meant):
    tab = open_tab()
    tab.goto(address)
    search = tab.locator(".md-search__input")
    search.press_sequentially(typed)
    tab.get_by_role("button", name=f"Did you mean “{meant}”?").click()
    tab.locator(".md-search-result__item").first.wait_for()

    assert search.input_value() == meant
    tab.locator(".ma-search-instead").wait_for(state="hidden")


@pytest.mark.parametrize("typed", ["upsc", "zebra", "how does", "fine-text 2×", "+icons -photo"])
def test_a_search_for_words_that_stand_somewhere_or_nowhere_near_names_no_others(open_tab, address, typed):
    tab = open_tab()
    tab.goto(address)
    with tab.expect_request("**/search_index.json"):
        tab.locator(".md-search__input").press_sequentially(typed)
    tab.wait_for_timeout(800)

    assert not tab.locator(".ma-search-instead").is_visible()


def shown_of_the_first(tab, which=":visible"):
    """Return the ids of the first five questions that a list shows; others may be published beside them."""
    links = tab.locator(f".ma-cards > *{which} h2 a").all()
    ids = [link.get_attribute("href").strip("./").removeprefix("questions/") for link in links]
    return [id for id in ids if id in FIRST]


def shown_cards(tab):
    return len(shown_of_the_first(tab))


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("smooth 3x", ["smooth-3x"]),  # a short name
        ("four new pixels share one old", ["fine-text-2x"]),  # the first sentence
        ("how much the lessons decide", ["fine-text-2x"]),  # a later one
        ("pixel shuffle", ["phone-3x"]),  # a part of the answer
        ("LightGaussian", ["smooth-3x"]),  # papers: short names, the beginning of a title
        ("LinFusion", ["brushstrokes-12x", "poster-thin-lines"]),
        ("DeepArt", ["brushstrokes-12x"]),
        ("Point Transformer", ["fine-text-2x", "smooth-3x"]),
        ("PTv3", ["fine-text-2x", "smooth-3x"]),
        ("sisr-any-liif", ["fine-text-2x"]),  # the id of a model
    ],
)
def test_the_filter_looks_through_names_and_whole_answers(open_tab, address, words, ids):
    tab = open_tab()
    tab.goto(address + "questions/")
    tab.locator(".ma-filter [name=words]").fill(words)

    assert shown_of_the_first(tab) == ids


def test_the_address_holds_what_was_chosen_and_going_back_undoes_it(open_tab, address):
    tab = open_tab()
    tab.goto(address + "questions/")
    tab.locator(".ma-filter [name=verdict]").select_option("can-be-a-step")
    tab.locator(".ma-filter [name=words]").press_sequentially("phone")

    assert tab.url.endswith("questions/?verdict=can-be-a-step&words=phone")
    assert shown_cards(tab) == 1
    tab.reload()
    assert shown_cards(tab) == 1

    tab.go_back()
    assert tab.locator(".ma-filter [name=words]").input_value() == ""
    assert shown_cards(tab) == 4
    tab.go_back()
    assert tab.locator(".ma-filter [name=verdict]").input_value() == ""
    assert shown_cards(tab) == 5

    tab.goto(address + "questions/?model=no-such-model")
    assert shown_cards(tab) == 5


def test_each_choice_of_the_filter_keeps_some_question(open_tab, address):
    tab = open_tab()
    tab.goto(address + "questions/")
    for choice in tab.locator(".ma-filter select").all():
        values = choice.locator("option").evaluate_all("options => options.map(option => option.value)")
        for value in filter(None, values):
            choice.select_option(value)
            assert tab.locator(".ma-cards > *:visible").count() > 0, value
        choice.select_option("")
    assert shown_cards(tab) == 5


def test_the_diagram_is_drawn_with_the_labels_of_the_workflow(tab, address):
    tab.goto(address + QUESTION)

    drawing = tab.locator(".ma-diagram svg")
    drawing.wait_for()

    words = drawing.evaluate("svg => svg.textContent")
    for label in ("Icons and fine text", "LIIF-EDSR", "Twice the size"):
        assert label in words
    assert "Syntax error" not in words
    assert drawing.locator("title").count() >= 1  # its name for screen readers
    assert drawing.bounding_box()["width"] > 100


def test_the_figures_are_loaded(tab, address):
    tab.goto(address + QUESTION)
    pictures = tab.locator(".ma-figure img")

    assert pictures.count() > 0
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        until(tab, "picture => picture.complete && picture.naturalWidth > 0", picture.element_handle())


def test_a_comparison_is_moved_by_the_keyboard(open_tab, address):
    tab = open_tab()
    tab.goto(address + QUESTION)
    slider = tab.locator("image-compare input[type=range]").first
    slider.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowRight")

    until(tab, "document.querySelector('image-compare').style.getPropertyValue('--exposure') === '55%'")


def test_a_comparison_says_what_it_shows(open_tab, address):
    tab = open_tab()
    tab.goto(address + QUESTION)
    slider = tab.locator("image-compare input[type=range]").first
    slider.focus()
    tab.keyboard.press("ArrowLeft")

    assert slider.get_attribute("aria-valuetext") == "49 % bicubic, 51 % LIIF"


def test_without_scripts_two_pictures_stand_side_by_side_below_their_names(open_tab, address):
    tab = open_tab(390, java_script_enabled=False)
    tab.goto(address + QUESTION)
    left, right = (picture.bounding_box() for picture in tab.locator("image-compare").first.locator("img").all())
    names = tab.locator(".ma-compare__names").first.locator("span").all()

    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    assert [name.inner_text() for name in names] == ["bicubic", "LIIF"]
    assert names[1].bounding_box()["x"] >= right["x"]


@pytest.mark.parametrize("width", [390, 768, 1280, 1600])
@pytest.mark.parametrize("question", ["fine-text-2x", "poster-thin-lines"])
def test_a_drawing_fits_its_frame_and_its_words_stay_legible(open_tab, address, question, width):
    tab = open_tab(width)
    tab.goto(f"{address}questions/{question}/")
    drawing = tab.locator(".ma-diagram svg")
    drawing.wait_for()

    natural = drawing.evaluate("svg => svg.viewBox.baseVal.width")
    assert drawing.bounding_box()["width"] >= 0.8 * natural

    assert tab.evaluate("(frame => frame.scrollWidth <= frame.clientWidth)(document.querySelector('.ma-diagram'))")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "questions/",
        QUESTION,
        "models/",
        "papers/",
        "guide/how-to-read/",
        "guide/how-to-run/",
        "notebooks/fine-text-2x/",
    ],
)
def test_no_page_scrolls_sideways_on_a_phone(open_tab, address, path):
    tab = open_tab(390)
    tab.goto(address + path)

    assert no_sideways_scrolling(tab)


@pytest.mark.parametrize("path", ["models/", "papers/lightgaussian/", "tasks/", "notebooks/fine-text-2x/", QUESTION])
def test_on_a_phone_a_link_that_stands_alone_is_as_high_as_a_finger_needs(open_tab, address, path):
    tab = open_tab(390)
    tab.goto(address + path)
    alone = tab.locator(":is(.ma-links > li, .ma-chips__help, .ma-table th, .ma-stamp dd, .ma-rests) > a").all()

    assert alone
    assert [link.inner_text() for link in alone if link.is_visible() and link.bounding_box()["height"] < 24] == []


BEGUN_LINES = """values => values.filter(value => {
    const after = value.nextSibling, range = document.createRange()
    if (!/^[;,.]/.test(after?.data ?? "")) return false
    range.setStart(after, 0)
    range.setEnd(after, 1)
    return range.getBoundingClientRect().top >= value.getBoundingClientRect().bottom - 2
}).map(value => value.textContent)"""


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_no_line_begins_with_the_mark_that_follows_a_value(open_tab, address, width):
    tab = open_tab(width)
    tab.goto(address + "guide/reproduction-report/")
    values = tab.locator("td > .ma-result")

    assert values.count() > 10
    assert values.evaluate_all(BEGUN_LINES) == []


NUMBERS = ".ma-table--results td"
COLUMNS = f"#results ~ .ma-table :is(thead th.ma-align-right, td.ma-align-right), {NUMBERS}"
ALIGNED = "cells => cells.map(cell => getComputedStyle(cell).textAlign)"
CALLED = "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"


@pytest.mark.parametrize(
    ("width", "cells", "style", "expected"),
    [
        (1280, COLUMNS, ALIGNED, "end"),
        (390, COLUMNS, ALIGNED, "start"),
        (1280, NUMBERS, CALLED, "none"),
        (390, NUMBERS, CALLED, '"Value: "'),
    ],
)
def test_measured_values_stand_below_each_other_or_on_a_phone_are_called_what_they_are(
    open_tab, address, width, cells, style, expected
):
    tab = open_tab(width)
    tab.goto(address + "notebooks/fine-text-2x/")
    found = tab.locator(cells)

    assert found.count() > 10
    assert set(found.evaluate_all(style)) == {expected}


def test_a_command_is_broken_between_its_words_alone(open_tab, address):
    tab = open_tab(390)
    tab.goto(address + "guide/how-to-add/")
    words = tab.locator(".language-console .ma-word").all()

    heights = {word.inner_text(): word.bounding_box()["height"] for word in words}
    assert heights["--question-id"] == heights["-m"]
    assert tab.locator(".language-console").first.inner_text() == (
        ".venv/bin/python -m scripts.import_prompt prompt.txt --question-id crisp-icon-4x"
    )


def test_a_command_can_be_copied(open_tab, address):
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.goto(address + "guide/how-to-add/")

    tab.get_by_role("button", name="Copy").first.click()

    tab.get_by_role("button", name="Copied").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()").startswith(".venv/bin/python -m scripts.")


def test_colours_can_be_switched(open_tab, address):
    tab = open_tab(scheme="light")
    tab.goto(address)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.evaluate(ground)
    assert tab.evaluate("getComputedStyle(document.querySelector('.md-header')).backgroundColor") == light

    for _ in range(2):  # from following the system to light, then to dark
        tab.locator(".md-header__option label:visible").click()

    assert tab.evaluate(ground) != light


def test_a_page_can_be_read_without_scripts(open_tab, address):
    tab = open_tab(java_script_enabled=False)
    tab.goto(address + QUESTION)
    assert tab.locator(".ma-steps li").first.is_visible()
    assert not tab.locator(".ma-diagram").is_visible()

    tab.goto(address + "questions/")
    assert not tab.locator(".ma-filter").is_visible()
    assert len(shown_of_the_first(tab, "")) == 5


@pytest.mark.parametrize("path", ["404.html", "no/such/page/at/all"])
def test_the_address_of_nothing_leads_back(chromium, address, path):
    """A host shows the same page under every address that it does not know, below the path of the site."""
    tab = chromium.new_page()
    tab.set_default_timeout(PATIENCE * 1000)
    page = tab.request.get(address + "404.html").text()
    tab.route("**/no/such/page/**", lambda route: route.fulfill(status=404, content_type="text/html", body=page))
    tab.goto(address + path)

    assert tab.locator("h1").inner_text() == "This page is not here"
    assert tab.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Source Serif')
    assert [link.evaluate("link => link.href") for link in tab.locator(".ma-ways a").all()] == [
        *(address + folder for folder in ("questions/", "models/", "papers/", "notebooks/")),
        address,
    ]
    tab.close()


def test_a_page_printed_from_a_dark_screen_is_dark_on_white_and_has_the_width_of_the_paper(open_tab, address):
    tab = open_tab(680, "dark")
    tab.goto(address + QUESTION)
    tab.locator(".ma-diagram svg").wait_for()
    tab.emulate_media(media="print", color_scheme="dark")

    ink = tab.evaluate("getComputedStyle(document.querySelector('.ma-lead p')).color")
    assert max(map(int, re.findall(r"\d+", ink))) < 100
    assert no_sideways_scrolling(tab)
    assert tab.evaluate("(frame => frame.scrollWidth <= frame.clientWidth + 1)(document.querySelector('.ma-diagram'))")


def test_what_is_folded_or_measured_is_printed_without_scripts_too(open_tab, address):
    tab = open_tab(680, java_script_enabled=False)
    tab.goto(address + QUESTION)
    tab.emulate_media(media="print")

    assert tab.locator(".ma-taken dd").first.is_visible()
    assert tab.locator(".ma-reasons li").first.is_visible()
    assert "weights" in tab.locator(".ma-measured").first.inner_text()


def test_on_paper_what_was_folded_is_no_larger_than_the_text_around_it(open_tab, address):
    tab = open_tab(680)
    tab.goto(address + QUESTION)
    tab.emulate_media(media="print")

    size = "found => parseFloat(getComputedStyle(found).fontSize)"
    text = tab.locator("#task ~ .ma-reasoning > p:last-child").first.evaluate(size)
    assert abs(text * 72 / 96 - 10) < 0.1
    assert tab.locator(".ma-taken dd").first.evaluate(size) < text


def test_a_picture_is_announced_by_a_blurred_one(open_tab, address):
    tab = open_tab(java_script_enabled=False)
    tab.goto(address + QUESTION)

    ground = tab.locator("image-compare img").first.evaluate("picture => getComputedStyle(picture).backgroundImage")
    assert ground.startswith('url("data:image/')


def test_what_announced_a_picture_is_gone_when_the_picture_is_there(open_tab, address):
    tab = open_tab()
    tab.goto(address + QUESTION)
    picture = tab.locator(".ma-figure img").first
    picture.scroll_into_view_if_needed()
    until(tab, "found => found.complete && found.naturalWidth", picture.element_handle())

    assert "url" not in picture.evaluate("found => getComputedStyle(found).backgroundImage")


def test_commands_can_be_copied_by_the_keyboard_and_the_first_overwrites_nothing(open_tab, address):
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.goto(address + QUESTION)
    copied = []
    for button in tab.locator(".ma-commands .ma-copy").all():
        button.focus()
        tab.keyboard.press("Enter")
        button.get_by_text("Copied").wait_for()
        copied.append(tab.evaluate("navigator.clipboard.readText()"))

    assert [command.removeprefix(".venv/bin/python -m scripts.") for command in copied] == [
        "verify_runs fine-text-2x",
        "run_notebooks fine-text-2x --force",
    ]
