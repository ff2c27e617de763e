"""On the page of its question an essay shows its prose and new figures; numbers and code are folded or left out."""

import re
from dataclasses import replace

import pytest

from hooks import essays, question_pages
from hooks.figures import figure_anchor
from hooks.notebook_pages import notebook_page
from hooks.site_facts import SiteFacts
from tests.hooks.small_catalog import small_catalog
from tests.html_pages import FinishedPage

SITE = SiteFacts(small_catalog())
RUN = SITE.catalog.runs["sharp-letters"]
LINK = SITE.link_from("questions/sharp-letters.md")
THE_PAIR = figure_anchor(RUN.id, "model")


def on_question(*shown, **room):
    return essays.essay_on_question(SITE, RUN, LINK, set(shown), **room)


def parted(html):
    """Return what is open and what is folded, each as HTML."""
    inner = r"(?:(?!</?details).|<details class=\"ma-code\">.*?</details>)*"
    rest, code = rf'<details class="ma-essay__rest">{inner}</details>', '<details class="ma-code">.*?</details>'
    fold = re.compile(f"{rest}|{code}", re.DOTALL)
    return fold.sub("", html), "".join(fold.findall(html))


def test_prose_and_figures_are_open_and_everything_else_is_folded():
    opened, folded = parted(on_question())

    assert "Letters come back sharp" in opened
    assert "it <em>shrinks</em>" in opened  # what it says before its first heading
    assert ">Edges narrow</h3>" in opened
    assert "<image-compare" in opened
    assert "See:" in opened
    assert all(kept in folded for kept in ("seed = 0", "gain: 0.50 dB", 'class="dataframe"'))
    assert "<p>" not in folded


def test_a_figure_that_the_page_shows_already_is_only_led_to_from_the_fold():
    opened, folded = parted(on_question(THE_PAIR))

    assert "image-compare" not in opened + folded
    assert f'href="#{THE_PAIR}"' in folded


def test_an_essay_for_which_there_is_little_room_leaves_its_code_to_its_own_page():
    opened, folded = parted(on_question(room=len(on_question()) - 1))

    assert "it <em>shrinks</em>" in opened
    assert "<image-compare" in opened
    assert all(kept in folded for kept in ("gain: 0.50 dB", 'class="dataframe"'))
    assert "seed = 0" not in opened + folded
    assert "with its code and every number" in opened


@pytest.mark.parametrize(("room", "figures"), [(len(on_question(room=len(on_question()) - 1)) - 1, 1), (1, 0)])
def test_a_long_essay_leads_to_its_own_page_chapter_by_chapter(room, figures):
    html = on_question(room=room)
    here = {f"../../notebooks/{RUN.id}/#{id}" for id in FinishedPage(notebook_page(SITE, RUN).html).ids}

    assert "<details" not in html
    assert html.count("<image-compare") == figures
    assert [link in here for link in FinishedPage(html).links if "#kb-" in link] == [True]


def test_questions_in_the_navigation_leave_less_room_for_an_essay_until_they_are_too_many_for_it(monkeypatch):
    published = sum(question.status == "published" for question in SITE.catalog.questions.values())
    monkeypatch.setattr(question_pages, "MOST_PAGES_IN_A_SECTION", published + 1)
    beside_them = question_pages._room("é", SITE)
    monkeypatch.setattr(question_pages, "MOST_PAGES_IN_A_SECTION", published)

    assert published >= 1
    assert question_pages._room("é", SITE) == question_pages._room("ab", SITE)
    assert question_pages._room("é", SITE) - beside_them == published * question_pages.IN_NAVIGATION


def test_on_its_own_page_prose_and_figures_of_an_essay_are_open():
    html = essays.essay_html(SITE, RUN, LINK, set())
    opened = re.sub(r"<details class=\"ma-code\">.*?</details>", "", html, flags=re.DOTALL)

    assert all(kept in opened for kept in ("See:", "gain: 0.50 dB", "<image-compare", ">Edges narrow</h3>"))
    assert "<details" not in opened


def test_on_the_page_of_its_paper_an_essay_shows_its_claim_and_the_figure_that_comes_first_in_it():
    html = essays.essay_in_short(SITE, RUN, SITE.link_from("papers/alpha.md"))

    assert "Letters come back sharp" in html
    assert html.count("<figure") == 1
    assert f'id="{THE_PAIR}"' in html
    assert set(FinishedPage(html).links) >= {f"../../notebooks/{RUN.id}/"}
    assert "seed = 0" not in html


def test_on_the_page_of_its_paper_an_essay_tells_its_device_while_no_gpu_was_tried():
    link, note = SITE.link_from("papers/alpha.md"), "Not yet run on a GPU."
    on_gpu = replace(RUN, provenance={**RUN.provenance, "device": "NVIDIA H200"})

    assert f"Run on {RUN.provenance['device']}. {note}" in essays.essay_in_short(SITE, RUN, link)
    assert note not in essays.essay_in_short(SITE, on_gpu, link)


def test_a_paper_whose_experiment_has_no_run_says_nothing_of_one():
    from hooks.paper_pages import paper_page

    pages = {id: paper_page(SITE, paper) for id, paper in SITE.catalog.papers.items()}

    assert {id: "Our experiment" in page.html for id, page in pages.items()} == {"alpha": True, "beta": False}
    assert "Our experiment" in [heading.title for heading in pages["alpha"].toc]
