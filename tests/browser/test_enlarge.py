"""A figure opens at full size in a dialog, by mouse, keyboard and touch, and without scripts as a file."""

import pytest

from tests.browser.test_access import AXE, RULES
from tests.browser.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "notebooks/fine-text-2x/"
PICTURE = "a.ma-enlarge[href$='side-by-side.webp']"
PLOT = "a.ma-enlarge[href$='gain-by-scale.svg']"
COMPARED = ".ma-compare__whole a >> nth=1"
WIDTH = "(picture => picture.getBoundingClientRect().width)(document.querySelector('.ma-enlarged img'))"


def is_open(tab):
    return tab.evaluate("document.querySelector('.ma-enlarged').open")


def opened(tab, address, which=PICTURE):
    tab.goto(address + PAGE)
    tab.locator(which).first.focus()
    tab.keyboard.press("Enter")
    tab.locator(".ma-enlarged[open] img").evaluate("picture => picture.decode()")


@pytest.mark.parametrize("which", [PICTURE, PLOT, COMPARED])
@pytest.mark.parametrize("key", ["Escape", "Enter"])  # Enter: the focus is on the button that closes
def test_enter_opens_a_figure_and_the_keyboard_closes_it_and_is_back_where_it_was(open_tab, address, which, key):
    tab = open_tab()
    opened(tab, address, which)
    assert is_open(tab)
    assert tab.locator(":focus").inner_text() == "Close"

    tab.keyboard.press(key)

    assert not is_open(tab)
    assert tab.evaluate("link => link === document.activeElement", tab.locator(which).first.element_handle())


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("which", [PICTURE, PLOT, COMPARED])
def test_an_open_figure_is_never_smaller_than_it_is_and_has_its_words(open_tab, address, width, scheme, which):
    tab = open_tab(width, scheme)
    opened(tab, address, which)
    picture = tab.locator(".ma-enlarged img")
    dialog = tab.locator(".ma-enlarged")

    assert tab.evaluate(WIDTH) >= int(picture.get_attribute("width")) - 1
    assert picture.get_attribute("alt")
    caption = tab.locator("#" + dialog.get_attribute("aria-labelledby")).inner_text()
    assert caption in tab.locator("figure", has=tab.locator(which)).first.text_content()
    assert len(caption) > 20
    box = dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert tab.locator(".ma-enlarged__close").is_visible()


def test_what_is_larger_than_a_phone_is_scrolled_by_the_keyboard(open_tab, address):
    tab = open_tab(390, bypass_csp=True)  # waiting for a condition evaluates text, which the policy would stop
    opened(tab, address)
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowRight")

    until(tab, "document.querySelector('.ma-enlarged__frame').scrollLeft > 0")


def test_pixels_are_enlarged_by_whole_numbers(open_tab, address):
    tab = open_tab(1300)
    opened(tab, address, COMPARED)
    picture = tab.locator(".ma-enlarged img")

    assert tab.evaluate(WIDTH) == 2 * int(picture.get_attribute("width"))
    assert picture.evaluate("picture => getComputedStyle(picture).imageRendering") == "pixelated"
    assert "each drawn 2 × 2" in tab.locator(".ma-enlarged__size").inner_text()


def test_a_picture_that_a_page_enlarges_is_no_smaller_in_the_dialog(open_tab, address):
    tab = open_tab(1280, bypass_csp=True)
    tab.set_viewport_size({"width": 1280, "height": 500})  # no room for twice its height
    opened(tab, address, COMPARED)
    on_page = tab.evaluate("Math.max(...[...document.querySelectorAll('image-compare img')].map(i => i.clientWidth))")
    picture = tab.locator(".ma-enlarged img")

    assert on_page > int(picture.get_attribute("width")), "the page enlarges it"
    assert tab.evaluate(WIDTH) >= on_page
    assert tab.evaluate(WIDTH) % int(picture.get_attribute("width")) == 0


def test_a_click_opens_a_figure_and_one_beside_it_closes_it(open_tab, address):
    tab = open_tab()
    tab.goto(address + PAGE)
    tab.locator(PICTURE).click()
    assert is_open(tab)

    tab.mouse.click(2, 2)

    assert not is_open(tab)
    assert tab.url.endswith(PAGE)


def test_the_pictures_of_a_comparison_do_not_open_when_its_slider_is_moved(open_tab, address):
    tab = open_tab()
    tab.goto(address + PAGE)
    tab.locator("image-compare").first.click()

    assert not is_open(tab)


def test_without_scripts_a_figure_leads_to_its_file(open_tab, address):
    tab = open_tab(java_script_enabled=False)
    tab.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # asked for beside a bare picture
    tab.goto(address + PAGE)
    tab.locator(PICTURE).click()

    tab.wait_for_url("**/notebooks/fine-text-2x/side-by-side.webp")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_in_an_open_figure(open_tab, address, width, scheme):
    tab = open_tab(width, scheme, bypass_csp=True)
    opened(tab, address)
    tab.add_script_tag(path=str(AXE))

    found = tab.evaluate("rules => axe.run('.ma-enlarged', { runOnly: rules })", RULES)

    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
