"""Pages are made from records alone: what each kind shows, and what holds for all of them."""

import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from catalog.answer import NOT_YET_WRITTEN, read_answer
from catalog.fit import Verdict
from catalog.load import parse_record
from catalog.problems import Problem
from catalog.prompts import parse_prompt
from catalog.records import RECORD_TYPES
from catalog.steps import StepLine
from hooks import site_pages
from hooks.figures import names_apart, pair
from hooks.guide_pages import EXAMPLE_PROMPT, EXAMPLE_QUESTION
from hooks.index_pages import MOST_LINKS
from hooks.links_between_pages import published_file
from hooks.notebook_cells import EssayPart
from hooks.page_templates import macro
from hooks.problem_pages import problem_pages
from hooks.question_pages import told_at
from hooks.record_values import tables
from hooks.reverse_index import OfferedAs
from hooks.written_pages import page_text
from tests.hooks.small_catalog import small_catalog, with_questions
from tests.html_pages import FinishedPage

EXPECTED = Path(__file__).parent / "expected"
FIELDS_CHANGE = "guide/how-to-add.md"  # it lists every field of the record types


def render(catalog, **settings):
    return {page.uri: page for page in site_pages.render(catalog, **settings)}


def changed(record, **values):
    """Return a record with other values, under its id."""
    other = record.model_copy(update=values)
    other._id, other._source = record.id, record.source
    return other


@cache
def many_pages():
    """Return the pages of 602 questions."""
    return render(with_questions(small_catalog(), 600))


SMALLER = "Small network of the same design, trained here"
PAGES = render(small_catalog(), repository="https://example.org/repository")
PROBLEMS = [
    Problem("catalog/papers/beta.yml", 3, 8, "", "has no colon; write one"),
    Problem("catalog/papers/beta.yml", 4, 1, "title", 'is empty (got "<b>"); write a value'),
]
TEXTS = {uri: page.html for uri, page in PAGES.items()} | {  # and the templates of which a sound site shows nothing
    "not-yet-right/papers/beta.md": next(problem_pages(PROBLEMS, home_is_missing=False)).html,
    "not-yet-right/index.md": list(problem_pages(PROBLEMS, home_is_missing=True))[-1].html,
    "written/papers/alpha.md": page_text(PAGES["papers/alpha.md"]),
}


def expected_file(uri):
    return EXPECTED / (uri.replace("/", "--").removesuffix(".md") + ".html")


# --- expected pages: read by a person once, rewritten with UPDATE_EXPECTED=1 -----------------------------------------


@pytest.mark.parametrize("uri", TEXTS)
def test_a_page_is_what_a_person_read_and_agreed_to(uri):
    file = expected_file(uri)
    if os.environ.get("UPDATE_EXPECTED"):
        file.write_text(TEXTS[uri], encoding="utf-8")
    assert TEXTS[uri] == file.read_text(encoding="utf-8")


def test_there_is_no_expected_page_without_its_page():
    assert {path.name for path in EXPECTED.iterdir()} == {expected_file(uri).name for uri in TEXTS}


# --- what holds for every page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("uri", PAGES)
def test_a_page_has_one_title_and_no_id_twice(uri):
    page = FinishedPage(PAGES[uri].html)

    assert PAGES[uri].html.lstrip().startswith("<h1>")
    assert len(page.all("h1")) == 1
    assert sorted(page.ids) == sorted(set(page.ids))


@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_link_between_pages_leads_to_a_page_and_an_anchor_that_exist(directory_urls):
    catalog = small_catalog()
    pages = render(catalog, directory_urls=directory_urls)
    files = {published_file(uri, directory_urls): FinishedPage(page.html).ids for uri, page in pages.items()}
    files |= {asset.uri: [] for asset in site_pages.assets(catalog)}
    lost = []
    for uri, page in pages.items():
        here = published_file(uri, directory_urls)
        finished = FinishedPage(page.html)
        for link in [*finished.links, *finished.requests]:
            if not link.startswith(("http", "data:")) and not leads_somewhere(link, here, files):
                lost.append((uri, link))
    assert lost == []


def leads_somewhere(link, here, files):
    path, _, anchor = link.partition("#")
    path = path.partition("?")[0]
    target = here if not path else os.path.normpath(os.path.join(os.path.dirname(here), path))  # noqa: PTH118, PTH120
    if path.endswith("/"):
        target = os.path.normpath(os.path.join(target, "index.html"))  # noqa: PTH118
    return target in files and (not anchor or anchor in files[target])


@pytest.mark.parametrize("uri", PAGES)
def test_headings_and_search_results_lead_to_places_on_their_page(uri):
    ids = set(FinishedPage(PAGES[uri].html).ids)

    assert {heading.id for heading in PAGES[uri].toc} <= ids
    assert {entry.anchor for entry in PAGES[uri].search} - {""} <= ids


def test_the_search_reads_each_part_of_an_answer_to_its_last_word():
    answer = small_catalog().answers["sharp-letters"]
    found = {entry.anchor: entry.text for entry in PAGES["questions/sharp-letters.md"].search}

    for name, passage in answer.parts:
        words = re.findall(r"[a-z]{4,}", re.sub(r"!?\[.*?\](?:\(.*?\))?", " ", passage.text))
        assert set(words) <= set(re.findall(r"[a-z]{4,}", found["" if name == "lead" else name])), name


@pytest.mark.parametrize("kind", ["models", "papers"])
def test_the_search_reads_the_facts_and_limits_of_a_record(kind):
    for id, record in getattr(small_catalog(), kind).items():
        text = " ".join(entry.text for entry in PAGES[f"{kind}/{id}.md"].search)
        for sentence in [*(fact.says for fact in record.facts.values()), *record.limits]:
            assert sentence in text


def test_a_model_without_a_place_shows_no_training_chip():
    verdicts = [
        Verdict("painter", kind, inside=True, use=None, reasons=()) for kind in ("can-be-a-step", "has-no-place")
    ]

    chips = [str(macro("marks.html", "verdict_chip")(verdict, "how/")) for verdict in verdicts]

    assert ["training pictures" in chip for chip in chips] == [True, False]


@pytest.fixture(scope="module")
def not_stated():
    """Return the pages of a catalog in which nobody says what the model that does the job learned from."""
    catalog = small_catalog()
    models = dict(catalog.models)
    models["small-enlarger"] = changed(models["small-enlarger"], trained_on=[])
    return render(replace(catalog, models=models))


@pytest.mark.parametrize("uri", ["index", "questions/index", "questions/sharp-letters", "models/small-enlarger"])
def test_where_nobody_says_what_a_model_learned_from_a_chip_says_so(not_stated, uri):
    says = "Kind of training pictures not stated"

    assert [says in pages[f"{uri}.md"].html for pages in (not_stated, PAGES)] == [True, False]


@pytest.mark.parametrize(
    ("device", "bytes_more", "said"),
    [
        ("cpu, x86_64, 1 thread", 0, "no bytes of memory beyond what the process held before"),
        ("cpu, x86_64, 1 thread", 2_500_000, "2.5 MB of memory beyond what the process held before"),
        ("cpu, x86_64, 1 thread", None, "memory not told"),
        ("NVIDIA H200", 2_500_000, "2.5 MB of tensors beyond those held before"),
    ],
)
def test_a_step_tells_by_how_much_memory_grew_also_where_it_did_not(device, bytes_more, said):
    catalog = small_catalog()
    run = catalog.runs["sharp-letters"]
    step = replace(run.trace[0], peak_bytes=bytes_more, device=device)
    shown = render(replace(catalog, runs={run.id: replace(run, trace=(step, *run.trace[1:]))}))

    assert f"42.1 ms, {said}, on {device}" in shown["questions/sharp-letters.md"].html
    assert "no weights, and no memory that the step used again" in shown["notebooks/sharp-letters.md"].html


def test_lists_and_pages_of_models_say_when_training_pictures_are_not_stated(not_stated):
    assert ">not stated</td>" in not_stated["models/index.md"].html
    says = "Its sources do not say what kinds of pictures it learned from."
    assert says in not_stated["models/small-enlarger.md"].html


def test_the_filter_finds_questions_whose_models_do_not_state_their_training_pictures(not_stated):
    assert 'data-training="not-stated inside"' in not_stated["questions/index.md"].html
    assert '<option value="not-stated">not stated</option>' in not_stated["questions/index.md"].html


VERDICT_OR_ROLE = r"ma-role--(?!hosted)|ma-chip--(?:does-this-job|can-be-a-step|has-no-place|inside|outside|not-stated)"


@pytest.mark.parametrize("uri", sorted(PAGES.keys() - {"guide/how-to-read.md"}))
def test_chips_of_verdicts_and_roles_lead_to_what_they_mean(uri):
    chips = re.findall(rf'<(\w+) class="[^"]*(?:{VERDICT_OR_ROLE})', PAGES[uri].html)

    assert set(chips) <= {"a"}


@pytest.mark.parametrize("uri", PAGES)
def test_no_link_stands_in_another(uri):
    assert re.search(r"<a\b(?:(?!</a>).)*<a\b", PAGES[uri].html, re.DOTALL) is None


@pytest.mark.parametrize("uri", PAGES)
def test_a_page_asks_no_other_host_for_anything(uri):
    assert [at for at in FinishedPage(PAGES[uri].html).requests if at.startswith(("http", "//"))] == []


@pytest.mark.parametrize("uri", PAGES)
def test_every_picture_has_words_and_a_size(uri):
    for picture in FinishedPage(PAGES[uri].html).all("img"):
        assert picture["alt"]
        assert "src" in picture


def test_the_same_catalog_gives_the_same_pages():
    assert render(small_catalog()) == render(small_catalog())


# --- home ------------------------------------------------------------------------------------------------------------


def cover_of(catalog):
    """Return the figure and the card that open the home page, empty when there is no such opening."""
    html = render(catalog)["index.md"].html
    return "".join(re.findall(r'<div class="ma-cover">.*?</div>', html, re.DOTALL))


def test_home_opens_with_a_pair_of_a_run_beside_the_question_that_it_answers():
    cover = FinishedPage(cover_of(small_catalog()))

    assert len(cover.all("image-compare")) == 1
    assert {image["loading"] for image in cover.all("img")} == {"lazy"}
    assert "questions/sharp-letters/" in cover.links
    assert PAGES["index.md"].html.count('href="questions/sharp-letters/"') == 1


def test_home_shows_all_its_questions_when_there_is_no_run():
    catalog = replace(small_catalog(), runs={})

    assert cover_of(catalog) == ""
    assert 'href="questions/sharp-letters/"' in render(catalog)["index.md"].html


def test_home_opens_with_a_fresh_run_rather_than_a_stale_one_before_it():
    stale, fresh = (small_catalog(fresh=state).runs["sharp-letters"] for state in (False, True))
    catalog = with_questions(small_catalog(), 1)
    old = changed(catalog.questions["sharp-letters"], notebook="old")
    catalog = replace(
        catalog, questions=catalog.questions | {old.id: old}, runs={"old": replace(stale, id="old"), fresh.id: fresh}
    )

    assert "questions/sharp-letters-0000/" in cover_of(catalog)


def test_home_opens_with_a_model_that_does_the_job_rather_than_a_step_before_it():
    catalog = with_questions(small_catalog(), 1)
    question = catalog.questions["sharp-letters"]
    first = changed(question, models={"small-deblurrer": question.models["small-deblurrer"]})
    catalog = replace(catalog, questions=catalog.questions | {first.id: first})

    assert "questions/sharp-letters-0000/" in cover_of(catalog)


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_draft_says_that_nobody_has_written_it_only_while_it_holds_what_was_derived():
    derived, _ = read_answer(f"{NOT_YET_WRITTEN}\n\n## Task\n\nA map.\n", "f", 1, draft=True)
    catalog = small_catalog()
    pages = render(replace(catalog, answers={**catalog.answers, "torn-map": derived}))

    assert "Draft: derived from the records, not yet written" in pages["questions/torn-map.md"].html
    assert "Draft: not yet published" in PAGES["questions/torn-map.md"].html


def test_the_list_of_questions_counts_and_filters_what_is_answered_and_names_drafts_apart():
    html = PAGES["questions/index.md"].html
    answered, _, drafts = html.partition('<h2 id="drafts">')

    assert "1 question answered" in answered
    assert "1 draft." in answered
    assert "questions/torn-map" not in answered.replace("../questions/", "questions/")
    assert "torn-map" in drafts
    assert PAGES["questions/torn-map.md"].draft
    assert not PAGES["questions/sharp-letters.md"].draft
    assert PAGES["questions/torn-map.md"].nav is None


def test_counts_of_questions_name_drafts_apart_and_lists_mark_them_behind_those_that_are_published():
    catalog = small_catalog()
    draft = catalog.questions["sharp-letters"].model_copy(update={"status": "draft"})
    draft._id, draft._source = "a-draft", draft.source
    added = replace(catalog, questions={"a-draft": draft, **catalog.questions})
    pages = render(added)

    for index, id in (("models", "small-enlarger"), ("papers", "alpha"), ("tasks", "super-resolution")):
        listed = pages[f"{index}/index.md"].html.partition(f'href="{id}/"')[2].partition("</tr>")[0]
        assert '<td data-label="Questions">1 and 1 draft</td>' in listed
        questions = pages[f"{index}/{id}.md"].html.partition('id="questions"')[2].partition("</ul>")[0]
        marked = ["ma-chip--draft" in entry for entry in questions.split("<li>")[1:]]
        assert marked == [False, True]


def test_what_only_drafts_offer_is_not_counted_among_what_answers_use():
    assert '">2 models</a> and' in PAGES["index.md"].html  # a third is offered for the draft alone
    assert '<td data-label="Questions">1 draft</td>' in PAGES["models/index.md"].html


def test_the_number_beside_the_verdicts_says_on_which_pictures_of_which_network_it_was_measured():
    run = small_catalog().runs["sharp-letters"]
    chips = PAGES["questions/sharp-letters.md"].html.partition('<ul class="ma-chips"')[2].partition("</ul>")[0]

    shown = FinishedPage(chips).text
    assert run.results["gain"].says.rstrip(".") in shown
    assert "weights trained here" in shown


def test_a_page_leads_to_the_questions_that_it_does_not_list():
    more = macro("record.html", "more_questions")
    offers = [OfferedAs(f"q{number}", draft=number >= 3) for number in range(5)]

    said = [str(more(offers, most, "../questions/", "?task=x")).strip() for most in (2, 3, 5)]

    assert said == [
        '<p><a href="../questions/?task=x">All 3 questions</a></p>',
        '<p><a href="../questions/">All questions and drafts</a></p>',
        "",
    ]


@pytest.mark.parametrize("uri", ["questions/sharp-letters.md", "notebooks/sharp-letters.md"])
def test_the_command_that_verifies_stands_before_the_one_that_overwrites(uri):
    commands = re.findall(r'<code class="language-console">(.*?)</code>', PAGES[uri].html)

    assert commands == [
        ".venv/bin/python -m scripts.verify_runs sharp-letters",
        ".venv/bin/python -m scripts.run_notebooks sharp-letters --force",
    ]


def test_a_stale_run_is_called_stale_with_its_reason():
    pages = render(small_catalog(fresh=False))

    for uri in ("questions/sharp-letters.md", "notebooks/sharp-letters.md"):
        assert "Stale run" in pages[uri].html
        assert "its code changed after this run" in pages[uri].html
    assert 'data-freshness="stale"' in pages["questions/index.md"].html


def test_a_question_page_is_as_large_among_600_questions_as_among_three():
    page = "questions/sharp-letters-0000.md"

    assert render(with_questions(small_catalog(), 1))[page].html == many_pages()[page].html


def test_an_index_has_at_most_500_questions_and_leads_to_its_other_parts():
    pages = many_pages()
    first, second = (FinishedPage(pages[uri].html) for uri in ("questions/index.md", "questions/more/2.md"))

    cards = [len([e for e in page.all("li") if e.get("class") == "ma-card"]) for page in (first, second)]
    assert cards == [MOST_LINKS, 602 - MOST_LINKS]
    assert "more/2/" in first.links
    assert pages["questions/more/2.md"].nav is None


def test_numbers_of_one_method_on_several_data_stand_in_one_row_and_others_in_a_list():
    def row(anchor, method, dataset, where="Table 1"):
        given = {"anchor": anchor, "metric": "PSNR", "metric_says": "", "says": ""}
        return {**given, "method": method, "dataset": dataset, "value": "1 dB", "where": where}

    rows = [row("a", "plain", "2x"), row("b", "plain", "3x", "Table 2"), row("c", "taught", "3x"), row("d", "", "3x")]
    [table] = tables(rows)["compared"]

    assert [found["anchor"] for found in tables(rows)["reported"]] == ["d"]
    assert {
        method: [[r["anchor"] for r in cell] for cell in cells.values()] for method, cells in table["methods"].items()
    } == {
        "plain": [["a"], ["b"]],
        "taught": [[], ["c"]],
    }
    assert list(table["places"]["plain"]) == ["Table 1", "Table 2"]
    html = macro("record.html", "reported")([rows[3]], [table])
    assert sorted(FinishedPage(str(html)).ids) == ["a", "b", "c", "d", "numbers"]
    assert tables([rows[0], rows[2]])["compared"] == []


def test_related_questions_follow_the_sources_and_precede_the_experiment():
    ids = FinishedPage(PAGES["questions/sharp-letters.md"].html).ids

    assert ids.index("sources") < ids.index("related") < ids.index("claims") < ids.index("experiment")


def test_the_limits_of_a_use_are_told_at_the_first_step_alone_that_makes_it():
    def step(number, record_id, use, **notes):
        return StepLine(number, f"s{number}", "", "model", (), (), record_id, use, True, None, {}, notes)

    steps = [step(1, "a", "paint", image="small"), step(2, "a", "enlarge", image="large"), step(3, None, None)]
    steps += [step(4, None, None), step(5, "a", "paint", image="small"), step(6, "b", "x"), step(7, "b", "x")]

    assert dict(told_at(steps)) == {"s5": 1}


def test_a_question_links_to_five_related_ones_at_most():
    catalog = with_questions(small_catalog(), 9)
    question = catalog.questions["sharp-letters"]
    related = {f"sharp-letters-{number:04}": "Another." for number in range(9)}
    questions = catalog.questions | {"sharp-letters": question.model_copy(update={"siblings": related})}

    page = render(replace(catalog, questions=questions))["questions/sharp-letters.md"]

    assert page.html.count("Another.") == 5


def test_a_figure_that_stands_at_the_top_is_not_shown_again_where_it_is_cited():
    page = FinishedPage(PAGES["questions/sharp-letters.md"].html)

    assert len(page.all("image-compare")) == 1
    assert "#figure-sharp-letters-model" in page.links


@pytest.mark.parametrize(
    ("named", "stands"), [(None, "model"), ("plain", "model"), ("curve", "curve"), ("lost", "model")]
)
def test_the_figure_that_a_question_names_stands_under_its_answer(named, stands):
    catalog = small_catalog()
    question = changed(catalog.questions["sharp-letters"], figure=named)

    html = render(replace(catalog, questions={question.id: question}))["questions/sharp-letters.md"].html

    top, _, parts = html.partition('<h2 id="task">')
    assert re.findall(r'id="(figure-[^"]+)"', top)[-1] == f"figure-sharp-letters-{stands}"
    assert f'id="figure-sharp-letters-{stands}"' not in parts


@pytest.mark.parametrize("partners", [{"model": "plain"}, {"plain": "model"}, {"plain": "model", "model": "plain"}])
@pytest.mark.parametrize("cited", ["plain", "model"])
def test_whichever_of_a_pair_is_cited_the_plain_picture_stands_on_the_left(partners, cited):
    run = small_catalog().runs["sharp-letters"]
    figures = {name: replace(figure, partner=partners.get(name)) for name, figure in run.figures.items()}

    assert pair(replace(run, figures=figures), cited) == ("plain", "model")


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (("text-x2-bicubic", "text-x2-liif"), ("bicubic", "LIIF")),
        (("before", "after"), ("before", "after")),
        (("page", "page-x2"), ("page", "x2")),
    ],
)
def test_two_figures_are_called_by_the_words_that_tell_them_apart(members, names):
    assert names_apart(members, {"liif": "LIIF"}) == names


def test_every_figure_says_which_network_drew_it():
    captions = re.findall(r"<figcaption>.*?</figcaption>", PAGES["questions/sharp-letters.md"].html, re.DOTALL)
    drawn = [caption for caption in captions if "weights: trained here" in caption]

    assert len(drawn) == 1
    assert f'<span class="ma-figure__origin">{SMALLER}:</span> The network.' in drawn[0]


def test_the_search_reads_what_figures_show_and_not_again_and_again_who_drew_them():
    found = PAGES["notebooks/sharp-letters.md"].search[0].text

    assert "The network." in found
    assert SMALLER not in found


def test_a_card_shows_the_first_sentence_and_the_filter_knows_the_others():
    card = PAGES["questions/index.md"].html.split('<li class="ma-card"')[1]

    assert "a network reads them.</p>" in card
    words = re.search(r'data-words="([^"]*)"', card)[1].split()
    assert {"small-enlarger", "does", "that", "upscaling"} <= set(words)


def test_code_holds_quotation_marks_as_they_are_and_no_markup():
    code = macro("essay_parts.html", "parts")([EssayPart("code", text="print('<b>' + \"&\")", summary="1 line")], "")

    assert "print('&lt;b&gt;' + \"&amp;\")" in code


def test_a_pair_stands_once_in_an_essay_that_shows_both_pictures():
    assert PAGES["notebooks/sharp-letters.md"].html.count("<image-compare") == 1


def test_every_filter_offers_only_what_occurs_and_a_choice():
    html = PAGES["questions/index.md"].html

    assert 'value="small-enlarger"' in html
    assert 'value="painter"' not in html
    assert 'name="task"' not in html  # there is but one
    assert all(choice.count("<option") > 2 for choice in html.split("<select ")[1:])


def test_what_a_verdict_means_is_said_on_cards_as_on_the_page_that_explains_it():
    explained = FinishedPage(PAGES["guide/how-to-read.md"].html).text
    titles = {
        given["title"]
        for _, given in FinishedPage(PAGES["index.md"].html).elements
        if "ma-chip--" in given.get("class", "") and "title" in given
    }

    assert len(titles) == 2
    assert [title for title in titles if title not in explained] == []


def test_the_report_leads_to_what_two_standard_errors_over_few_starts_tell():
    explained = PAGES["guide/how-to-read.md"].html.partition('id="standard-error"')[2].partition("</dd>")[0]

    assert "how-to-read/#standard-error" in PAGES["guide/reproduction-report.md"].html
    assert "with three" in explained  # how often chance alone exceeds them


def test_a_model_is_called_by_its_short_name_and_its_hosted_name_is_said_once_where_one_looks_it_up():
    said = {uri: page.html.count("SISR-Small-Enlarger") for uri, page in PAGES.items()}

    once = {"models/small-enlarger.md": 1, "questions/sharp-letters.md": 1}
    assert {uri: count for uri, count in said.items() if count} == once
    assert "<h1>Small-Enlarger</h1>" in PAGES["models/small-enlarger.md"].html
    assert "SISR-Small-Enlarger" in PAGES["models/small-enlarger.md"].search[0].text


@pytest.mark.parametrize("says", ["It draws small letters large.", None])
def test_the_search_reads_once_what_a_model_is_or_else_what_its_hosted_use_does(says):
    catalog = small_catalog()
    model = catalog.models["small-enlarger"]
    copy = model.model_copy(update={"says": says})
    copy._id, copy._source = model.id, model.source
    pages = render(replace(catalog, models=catalog.models | {"small-enlarger": copy}))

    assert pages["models/small-enlarger.md"].search[0].text.count(says or "Enlarges a picture.") == 1


def test_a_task_counts_every_model_that_its_page_lists():
    catalog = small_catalog()
    other = {"again": next(iter(catalog.models["painter"].uses.values())).model_copy(update={"hosted": False})}
    other |= {"sharpen": other["again"].model_copy(update={"task": "deblurring"})}
    painter = catalog.models["painter"]
    copy = painter.model_copy(update={"uses": {**painter.uses, **other}})
    copy._id, copy._source = painter.id, painter.source
    pages = render(replace(catalog, models=catalog.models | {"painter": copy}))

    row = re.compile(r'<a href="([a-z-]+)/">.*?<td data-label="Models">(\d+)</td>')
    counted = dict(row.findall(pages["tasks/index.md"].html))
    for task, count in counted.items():
        listed = pages[f"tasks/{task}.md"].html.partition('id="models"')[2].partition("<h2")[0]
        assert listed.count("<li>") == int(count), task
    assert (counted["deblurring"], counted["text-to-image"]) == ("2", "1")


def test_a_family_says_what_all_variants_share_once():
    html = PAGES["families/small.md"].html

    assert html.count("It has ten layers.") == 1
    assert html.count("GitHub, Example/small") == html.count("Repository") + 1 == 1
    assert html.index("GitHub, ") < html.index('id="different"') < html.index("Letters") < html.index('id="facts"')


PAGES_WITH_TABLES = ["families/small.md", "models/painter.md", "papers/alpha.md", "notebooks/index.md", FIELDS_CHANGE]


@pytest.mark.parametrize("uri", PAGES_WITH_TABLES)
def test_on_a_phone_each_cell_of_a_table_says_what_it_is(uri):
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">.*?</tr>", PAGES[uri].html)
    tables = PAGES[uri].html.split('class="ma-table ')[1:]

    assert len(rows) > 0
    assert [row for row in rows if row.count("<td") != row.count("data-label=")] == []
    assert all("ma-table--list" in table.partition('"')[0] for table in tables)


def test_a_list_of_experiments_says_where_each_is_shown():
    assert '<td data-label="Shown with">Sharp letters at 2×, Alpha</td>' in PAGES["notebooks/index.md"].html


def test_a_digest_is_told_by_its_beginning():
    run = small_catalog().runs["sharp-letters"]
    digest = "0123456789abcdef" * 4
    pages = render(
        replace(small_catalog(), runs={run.id: replace(run, provenance={**run.provenance, "essay": digest})})
    )

    assert "<dt>Digest of the essay</dt><dd>0123456789ab</dd>" in pages["notebooks/sharp-letters.md"].html


def test_the_page_of_a_task_says_what_each_recommended_model_is_to_the_questions_that_ask_for_it():
    html = PAGES["tasks/super-resolution.md"].html
    asked = html.partition('id="questions"')[2].partition("</ul>")[0]

    assert re.findall(r"ma-chip--(?:does|can|has)[^>]*>([^<]*)<", asked) == [
        "Small-Enlarger does this job",
        "Small-Deblurrer can be a step",
    ]


def test_a_page_that_is_made_of_several_files_has_no_pencil():
    pencils = {uri: page.source for uri, page in PAGES.items() if page.kind in ("guide", "family", "index", "home")}

    assert {uri: source for uri, source in pencils.items() if source} == {"guide/changes.md": "CHANGELOG.md"}
    assert {"guide/how-to-add.md", "guide/reproduction-report.md", "families/small.md"} <= pencils.keys()
    assert PAGES["models/small-enlarger.md"].source == "catalog/models/small-enlarger.yml"


def test_a_lead_without_citations_names_the_sources_that_the_parts_cite_and_the_direct_papers():
    catalog = small_catalog()
    answer = catalog.answers["sharp-letters"]
    bare = replace(answer.lead, text=answer.lead.text.replace(" [@small-enlarger#looks-around]", ""))
    pages = render(replace(catalog, answers={**catalog.answers, "sharp-letters": replace(answer, lead=bare)}))
    line = re.search(r'<p class="ma-rests">.*?</p>', pages["questions/sharp-letters.md"].html)[0]

    assert re.findall(r'#(source-[a-z-]+)"', line) == ["source-small-enlarger", "source-alpha"]
    assert "notebooks/sharp-letters/" in line
    assert " and our reasoning; the parts below say where" in line
    assert 'class="ma-rests"' not in PAGES["questions/sharp-letters.md"].html  # its lead cites


def test_an_answer_rests_on_the_run_that_it_shows_numbers_of_though_it_is_not_its_own():
    catalog = small_catalog()
    question, answer = catalog.questions["sharp-letters"], catalog.answers["sharp-letters"]
    copy = question.model_copy(update={"notebook": None})
    copy._id, copy._source = question.id, question.source
    bare = replace(answer.lead, text=answer.lead.text.replace(" [@small-enlarger#looks-around]", ""))
    questions = catalog.questions | {"sharp-letters": copy}
    answers = catalog.answers | {"sharp-letters": replace(answer, lead=bare)}
    page = render(replace(catalog, questions=questions, answers=answers))["questions/sharp-letters.md"]
    line = re.search(r'<p class="ma-rests">.*?</p>', page.html)[0]

    assert line.count("notebooks/sharp-letters/") == 1
    assert 'id="provenance"' not in page.html  # it has no run of its own


def test_an_answer_without_paragraphs_of_reasoning_does_not_claim_to_rest_on_it():
    catalog = small_catalog()
    answer = catalog.answers["sharp-letters"]
    bare = {name: replace(part, text=re.sub(r" \[(@small-enlarger#looks-around|reasoning)\]", "", part.text))
            for name, part in answer.parts}  # fmt: skip
    pages = render(replace(catalog, answers={**catalog.answers, "sharp-letters": replace(answer, **bare)}))
    line = re.search(r'<p class="ma-rests">.*?</p>', pages["questions/sharp-letters.md"].html)[0]

    assert "reasoning" not in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- [@small-enlarger] enlarges.\n- Two.", r"<ul>\s*<li><sup"),
        ("1. [@small-enlarger] enlarges.\n2. Two.", r"<ol>\s*<li><sup"),
        ("One.\n\n[@small-enlarger] enlarges.", r"<p>One\.</p>\s*<p><sup"),
        ("It enlarges [@small-enlarger].", r"<p>It enlarges<sup"),
    ],
)
def test_a_citation_may_begin_a_paragraph_or_an_entry_of_a_list(text, shown):
    catalog = small_catalog()
    answer = catalog.answers["sharp-letters"]
    changed = replace(answer, sources=replace(answer.sources, text=text))
    pages = render(replace(catalog, answers={**catalog.answers, "sharp-letters": changed}))

    assert re.search(shown, pages["questions/sharp-letters.md"].html)


# --- the guide -------------------------------------------------------------------------------------------------------


def test_the_guide_lists_every_field_of_every_record_with_what_it_says():
    html = PAGES[FIELDS_CHANGE].html

    for kind in ("question", "model", "paper"):
        for name, field in RECORD_TYPES[kind].model_fields.items():
            assert f'<th scope="row"><code>{field.alias or name}</code></th>' in html
            assert field.description.split('"')[0].split("'")[0] in html


def test_a_value_that_is_a_part_is_named_where_its_words_name_it():
    html = PAGES[FIELDS_CHANGE].html

    assert '<a href="#fields-asks">Asks</a> or null</td>' in html
    assert 'list of <a href="#fields-claim">Claim</a></td>' in html


def test_a_measured_number_says_its_metric_to_who_cannot_hover():
    claims = PAGES["questions/sharp-letters.md"].html.partition('<h2 id="claims">')[2].partition("</ul>")[0]

    assert re.search(r"</a> [^<]+ <span class=\"ma-where\">\(PSNR gain\)</span></li>", claims)


def test_fields_that_are_parts_lead_to_the_table_of_that_part():
    page = FinishedPage(PAGES[FIELDS_CHANGE].html)

    assert {link[1:] for link in page.links if link.startswith("#fields-")} <= set(page.ids)


def test_the_example_of_the_guide_is_a_prompt_and_a_question_that_can_be_read():
    prompt, problems = parse_prompt(EXAMPLE_PROMPT.read_text("utf-8"), "prompt.txt")
    question, mistakes = parse_record("question", "crisp-icon-4x", EXAMPLE_QUESTION.read_text("utf-8"), "question.md")

    assert [problem for problem in problems if problem.level == "error"] == []
    assert mistakes == []
    assert question.question == prompt.question.value


def test_the_guide_says_what_is_needed_to_publish():
    html = PAGES[FIELDS_CHANGE].html

    for field in ("short", "uses"):
        assert re.search(rf"<code>{field}</code></th><td[^>]*>[^<]*(?:<a[^>]*>\w+</a>)?</td><td[^>]*>yes</td>", html)
    assert "`" not in re.sub(r"<pre>.*?</pre>", "", html, flags=re.DOTALL)


# --- contributed text ------------------------------------------------------------------------------------------------

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def poisoned(value):
    """Return a record or a piece of one with hostile text in every free text and address of it."""
    if isinstance(value, str):
        return value if value.replace("-", "").replace("_", "").isalnum() and value.islower() else value + EVIL
    if isinstance(value, dict):
        return {key: poisoned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner) for inner in value]
    if hasattr(value, "model_fields_set"):
        fields = {name: poisoned(getattr(value, name)) for name in value.model_fields_set}
        copy = value.model_copy(update=fields)
        if hasattr(value, "_id"):
            copy._id, copy._source = value._id, value._source
        return copy
    return value


def test_hostile_text_in_any_field_stays_text_on_every_page():
    catalog = small_catalog()
    kinds = {
        kind: {id: poisoned(record) for id, record in getattr(catalog, kind).items()}
        for kind in ("papers", "models", "questions")
    }
    pages = render(replace(catalog, vocabulary=poisoned(catalog.vocabulary), **kinds))

    seen = 0
    for page in pages.values():
        finished = FinishedPage(page.html)
        seen += "alert(1)" in page.html
        assert finished.all("script") == []
        assert not [given for _, given in finished.elements if "onerror" in given]
        assert "49" not in page.html.replace("#49;", "") or page.kind in ("guide", "notebook")
    assert seen > 10


def test_an_address_that_is_no_web_address_becomes_no_link():
    catalog = small_catalog()
    paper = catalog.papers["alpha"]
    copy = paper.model_copy(update={"github": "javascript:alert(1)//github.com/a/b", "link": "data:text/html,x"})
    copy._id, copy._source = paper.id, paper.source

    pages = render(replace(catalog, papers=catalog.papers | {"alpha": copy}))

    for page in pages.values():
        assert not [link for link in FinishedPage(page.html).links if link.startswith(("javascript", "data"))]
