"""Contributed Markdown becomes HTML that says the same and can do nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from hooks import prose
from hooks.cleaning import ATTRIBUTES, TAGS
from hooks.mathematics import has_formula
from hooks.prose import Insert, Wrap, plain_text, render
from tests.html_pages import FinishedPage

HOSTILE = sorted((Path(__file__).parent / "hostile").glob("*.md"))


def html_of(text, **more):
    return str(render(text, "part", **more).html)


# --- what may come out -----------------------------------------------------------------------------------------------


def assert_inert(html):
    for tag, attributes in FinishedPage(html).elements:
        assert tag in TAGS
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        assert set(attributes) <= allowed
        assert attributes.get("id", "kb-part-").startswith("kb-part-")
        assert re.match(r"https?://|#kb-part-", attributes.get("href", "#kb-part-"))
        assert not re.search(r"\bma-(?!align)", attributes.get("class", ""))


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_hostile_text_is_rendered_inert(path):
    """Each file of hostile/ tries one way in."""
    assert_inert(html_of(path.read_text(encoding="utf-8")))


@given(st.text(alphabet="<>[]()!*_`#\"'&;:/=\\ \n\tabjx{}|~\ue000\ue0010123", max_size=300))
def test_no_text_at_all_gets_out_of_the_allow_list(text):
    assert_inert(html_of(text))


@given(st.text(alphabet="ab(“,.\"'>* \n", max_size=80))
@example("> a\n> b")
@example("**a** b *c*\n\n***a***")
@example("a*b*c **d")
@example("> **a**\n\n> b")
def test_simple_blocks_are_what_markdown_would_have_made_of_them(text):
    """They take a short way, because Markdown is slow; the way must not show."""
    if prose._NEEDS_WHOLE_TEXT.search(text):
        return
    for chunk in re.split(r"\n[ \t]*\n\s*", text.strip("\n")):
        simple = prose._simple_block(chunk)
        if simple is not None:
            same_quotes = str(simple).replace("&#39;", "'").replace("&#34;", '"')
            assert same_quotes == prose._chunk_html(chunk, 0, prose._Found("kb-part-"))


OPENERS = ["[", "![", "*[", "<!", "<a ", "*", "_", "`", "**a ", "> ", "- ", "&", "\\", "$", "|a", "(", "<b>", "a\n"]


@pytest.mark.parametrize("opener", OPENERS)
def test_twenty_thousand_characters_of_any_opener_are_rendered_at_all(opener):
    assert_inert(html_of(opener * (20_000 // len(opener))))


@pytest.mark.parametrize("opener", ["[", "![", "*[", "<!", "***"])
def test_a_run_of_openers_is_shown_as_typed_because_markdown_would_take_minutes(opener):
    assert html_of(opener * 60).startswith("<pre>")


# --- what stays ------------------------------------------------------------------------------------------------------


def test_a_table_keeps_its_alignment_as_a_class():
    html = html_of("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert '<td class="ma-align-right">2</td>' in html


def test_headings_get_prefixed_ids_and_are_listed():
    fragment = render("### Same\n\ntext\n\n### Same", "task")

    assert [(h.id, h.level) for h in fragment.headings] == [("kb-task-same", 3), ("kb-task-same-2", 3)]
    assert 'id="kb-task-same-2"' in fragment.html


@given(st.text(alphabet="aB 1.,:;!?'\"()-é#*", max_size=40))
def test_a_plain_heading_is_what_markdown_would_have_made_of_it(text):
    """It too takes the short way."""
    heading = "## " + text.rstrip()
    if not prose._PLAIN_HEADING.fullmatch(heading):
        return
    short, long = render(heading, "part"), render(f"{heading}\n\n<!-- -->", "part")

    assert str(short.html).replace("&#39;", "'").replace("&#34;", '"') == long.html.strip()
    assert short.headings == long.headings


def test_headings_of_an_essay_move_down():
    assert "<h3" in html_of("## A part", deeper=1)


def test_an_id_that_stands_twice_is_given_once():
    assert html_of('<b id="x">a</b> <i id="x">b</i>').count("id=") == 1


def test_mathematics_is_marked_for_drawing():
    assert has_formula(render("The error is $e^2$.", "part").html)
    assert has_formula(render("Before.\n\n$$\ne^2\n$$", "part").html)
    assert not has_formula(render("It costs $5 or $6.", "part").html)
    assert not has_formula(render('The class is `class="arithmatex"`, an arithmatex.', "part").html)


def test_a_link_to_the_web_stays_and_says_that_it_leads_away():
    html = html_of("[LIIF](https://github.com/yinboc/liif)")

    assert '<a href="https://github.com/yinboc/liif" rel="nofollow noopener noreferrer">LIIF</a>' in html


# --- fragments -------------------------------------------------------------------------------------------------------

CITE = Markup('<a class="ma-cite" href="#s">1</a>')


def insert(text, what, html=CITE, **more):
    start = text.index(what)
    return Insert(start, start + len(what), html, **more)


def test_a_fragment_stands_where_its_notation_stood():
    text = "A fact [@x] & more."

    assert html_of(text, inserts=[insert(text, "[@x]")]) == f"<p>A fact {CITE} &amp; more.</p>"


def test_a_fragment_inside_emphasis_and_tables_stays_there():
    text = "| a |\n|---|\n| **b [@x]** |"

    assert f"<strong>b {CITE}</strong>" in html_of(text, inserts=[insert(text, "[@x]")])


def test_a_fragment_inside_a_tag_is_dropped():
    text = '[a](https://example.org "[@x]")'

    html = html_of(text, inserts=[insert(text, "[@x]")])

    assert "ma-cite" not in html
    assert_inert(html)


def test_nobody_can_write_the_mark_of_a_fragment():
    text = "a [@x] \ue0000\ue001"

    assert html_of(text, inserts=[insert(text, "[@x]")]).count("ma-cite") == 1


def test_a_block_stands_between_paragraphs():
    text = "Before ![a](run:b/c) after."
    figure = Markup("<figure></figure>")

    html = html_of(text, inserts=[insert(text, "![a](run:b/c)", figure, block=True)])

    assert [line for line in html.split("\n") if line] == ["<p>Before</p>", "<figure></figure>", "<p>after.</p>"]


def test_a_frame_gets_the_cleaned_html_of_its_blocks():
    text = "one\n\n<b onclick=x>two</b>\n\nthree"
    start = text.index("<b")
    frame = Wrap(start, text.index("\n\nthree"), lambda html: Markup("<aside>{}</aside>").format(html))

    html = html_of(text, wraps=[frame])

    assert "<aside><p><b>two</b></p></aside>" in html
    assert html.startswith("<p>one</p>")
    assert html.endswith("<p>three</p>")


def test_a_frame_closes_even_when_raw_html_swallows_its_end():
    text = "one\n\n<div>\n\ntwo"

    html = html_of(
        text, wraps=[Wrap(text.index("<div"), len(text), lambda html: Markup("<aside>{}</aside>").format(html))]
    )

    assert html.count("<aside>") == html.count("</aside>") == 1


# --- plain text ------------------------------------------------------------------------------------------------------


def test_plain_text_is_whole_and_many_empty_lines_cost_little():
    text = "one *word*\n" + "\n" * 19_000 + "- last"

    assert plain_text(text) == "one word last"


def test_plain_text_has_no_marks():
    text = "**LIIF** gains [= x] on `text`, says [the paper](https://a.b) [@liif].\n\n- one\n- two"
    inserts = [insert(text, "[= x]", plain="+0.5 dB"), insert(text, "[@liif]")]

    assert plain_text(text, inserts) == "LIIF gains +0.5 dB on text, says the paper. one two"
