"""Pages say how near our networks are to the official code, and what they cost, as far as that was measured."""

import re
from dataclasses import replace
from html import unescape

import pytest

from catalog.records import Reported
from hooks import site_pages
from hooks.claims import told_apart
from hooks.record_values import MOST_NAMED, standings
from hooks.report_pages import MOST_SYSTEMS
from hooks.site_facts import SiteFacts
from tests.hooks.small_catalog import small_catalog
from tests.html_pages import FinishedPage

REPORT = "guide/reproduction-report.md"


def render(catalog):
    return {page.uri: page for page in site_pages.render(catalog)}


PAGES = render(small_catalog())


def test_a_work_that_only_supplied_test_vectors_is_named_on_the_report_alone():
    named = [uri for uri, page in PAGES.items() if "Elsewhere" in page.html]

    assert named == [REPORT]
    assert "other published code, which the report names, on 1 test input" in PAGES["papers/alpha.md"].html


@pytest.mark.parametrize("uri", ["models/small-enlarger.md", "models/small-deblurrer.md", "families/small.md"])
def test_cases_of_the_record_s_own_repository_are_counted_however_it_is_spelled(uri):
    page = FinishedPage(PAGES[uri].html)

    assert "Equal to the official code on 1 test input within each case’s tolerance." in page.text
    assert any(link.endswith("reproduction-report/#small") for link in page.links)
    assert "other published code" not in page.text


def test_of_a_network_without_vectors_only_its_names_are_said_to_be_compared():
    page = FinishedPage(PAGES["models/painter.md"].html)

    assert "as in the complete list of its published code; its outputs were not compared" in page.text
    assert "Equal to" not in page.text


def test_a_comparison_that_is_stale_says_so_wherever_it_is_told():
    for uri in ("models/painter.md", REPORT):
        assert "Stale comparison" in PAGES[uri].html
        assert "models/painter.py changed after this comparison" in PAGES[uri].html
    assert "Stale comparison" not in PAGES["models/small-enlarger.md"].html


def test_the_report_holds_every_output_with_what_is_allowed_on_each_device():
    page = FinishedPage(PAGES[REPORT].html)
    outputs = sum(
        len(case.outputs) for found in small_catalog().parity.networks.values() for case in found.cases.values()
    )

    assert PAGES[REPORT].html.count('data-label="Output"') == outputs == 2
    assert PAGES[REPORT].html.count("A &lt;fast&gt; GPU") >= 2
    assert "3.8\u00a0×\u00a010⁻⁶" in page.text
    assert "tests/parity/new_9x9.json" in page.text  # nobody compared it


def test_where_nothing_was_compared_the_report_holds_claims_alone():
    pages = render(replace(small_catalog(), parity=None))

    assert 'id="systems"' in pages[REPORT].html
    assert 'id="networks"' not in pages[REPORT].html
    assert [uri for uri, page in pages.items() if "Equal to the official code on" in page.html] == []
    assert "Not compared with official code." in pages["papers/alpha.md"].html


def test_where_nothing_was_tried_either_there_is_no_report_and_no_word_of_one():
    catalog = small_catalog()
    papers = {id: changed(paper, reproduction={}) for id, paper in catalog.papers.items()}
    pages = render(replace(catalog, parity=None, papers=papers))

    assert REPORT not in pages
    assert [uri for uri, page in pages.items() if "eproduction report" in page.html] == []


def test_home_leads_to_the_report():
    assert any("reproduction-report" in link for link in FinishedPage(PAGES["index.md"].html).links)


def changed(record, **values):
    """Return a record with other values, under its id."""
    other = record.model_copy(update=values)
    other._id, other._source = record.id, record.source
    return other


# --- claims ----------------------------------------------------------------------------------------------------------


def rows_of(html):
    """Return the rows of the table of claims, as text."""
    rows = re.split(r"<tr(?: id=[^>]*)?>", html.partition("ma-table--claims")[2])[2:]
    return [" ".join(unescape(re.sub("<[^>]*>", "", row)).split()) for row in rows]


@pytest.mark.parametrize("uri", ["papers/alpha.md", REPORT])
def test_a_claim_stands_beside_its_source_s_number_and_ours_with_its_scale(uri):
    row = next(row for row in rows_of(PAGES[uri].html) if "letters become sharper" in row)

    assert "14 (abstract)" in row
    assert "gain +0.50" in row
    assert "with <b>both</b> +1.00" in row
    assert "Twelve letters, drawn here." in row
    assert "Holds here" in row


@pytest.mark.parametrize("uri", ["papers/alpha.md", REPORT])
def test_a_claim_fails_by_its_condition_and_one_that_was_not_tried_says_why(uri):
    rows = rows_of(PAGES[uri].html)

    assert "Does not hold here" in next(row for row in rows if "nothing is lost" in row)
    untried = next(row for row in rows if "a fourteenth of the cost" in row)
    assert "Its prices are not known." in untried
    assert "Not tried here" in untried


def test_a_claim_whose_run_is_not_there_yet_was_not_tried():
    pages = render(replace(small_catalog(), runs={}))
    row = next(row for row in rows_of(pages[REPORT].html) if "letters become sharper" in row)

    assert "It was not run yet." in row
    assert "Not tried here" in row
    assert "+0.50" not in row


def test_numbers_of_a_source_are_told_by_what_differs_between_them():
    one = Reported(metric="psnr", value=1, where="Table 1", method="Ours", dataset="Set A, 2x")
    two = one.model_copy(update={"method": "bicubic"})
    three = two.model_copy(update={"dataset": "Set A, 6x"})

    assert told_apart([one]) == ["Ours"]
    assert told_apart([one, two]) == ["Ours", "bicubic"]
    assert told_apart([one, two, three]) == ["Ours, Set A, 2x", "bicubic, Set A, 2x", "bicubic, Set A, 6x"]
    assert told_apart([]) == []


def test_code_of_the_same_owner_is_official_too():
    catalog = small_catalog()
    moved = changed(catalog.papers["alpha"], github="https://github.com/elsewhere/Alpha")
    page = render(replace(catalog, papers=catalog.papers | {"alpha": moved}))["papers/alpha.md"]

    assert "Equal to the official code on 1 test input" in page.html


def test_the_report_counts_how_claims_came_out():
    assert "1 holds here, 1 does not, 1 was not tried" in PAGES[REPORT].html


def first_lines(pages, uri):
    """Return what a page says between its title and its links to elsewhere, without marks."""
    html = pages[uri].html.partition("</h1>")[2].partition('class="ma-links"')[0]
    return " ".join(unescape(re.sub("<[^>]*>", "", html)).split())


def test_the_first_lines_name_the_claims_that_hold_that_do_not_and_that_were_not_tried():
    lines = first_lines(PAGES, "papers/alpha.md")

    assert "Holds here: sharper <letters>." in lines
    assert "Does not hold here: nothing lost." in lines
    assert "Not tried here: a fourteenth of the cost." in lines
    assert "Does not hold here" not in first_lines(render(replace(small_catalog(), runs={})), "papers/alpha.md")


def test_each_claim_of_the_first_lines_leads_to_its_row_below():
    page = FinishedPage(PAGES["papers/alpha.md"].html)

    for name in ("sharper", "cheaper", "perfect"):
        assert f"#claim-{name}" in page.links
        assert f"claim-{name}" in page.ids
    assert not [id for id in FinishedPage(PAGES[REPORT].html).ids if id.startswith("claim-")]


def test_the_first_lines_say_what_a_source_is_to_each_question_by_its_name():
    lines = first_lines(PAGES, "papers/alpha.md")
    question = small_catalog().questions["sharp-letters"]

    assert f"Direct support for {question.short or question.question}" in lines
    assert any(link.endswith("questions/sharp-letters/") for link in FinishedPage(PAGES["papers/alpha.md"].html).links)


def test_of_many_questions_the_first_lines_name_some_and_count_the_others():
    site = SiteFacts(small_catalog())
    offers = site.offers.papers["alpha"] * (MOST_NAMED + 3)
    [standing] = standings(offers, site, lambda *place: "#".join(place))

    assert len(standing.questions) == MOST_NAMED
    assert standing.more == 3


def test_every_system_that_is_offered_or_was_tried_stands_in_the_report():
    groups = PAGES[REPORT].html.count('class="ma-group"')

    assert groups == len(small_catalog().models) + len(small_catalog().papers) == 5


def test_the_report_of_many_systems_has_parts_of_which_the_first_holds_the_comparisons():
    small = small_catalog()
    alpha = small.papers["alpha"]
    copies = {f"alpha-{i:02}": alpha.model_copy(update={"id": f"alpha-{i:02}"}) for i in range(MOST_SYSTEMS)}
    pages = render(replace(small, papers=small.papers | copies))
    parts = [pages[uri] for uri in (REPORT, "guide/reproduction-report/more/2.md")]

    assert [page.html.count('class="ma-group"') for page in parts] == [MOST_SYSTEMS, 5]
    assert [page.nav for page in parts] == ["Guide", None]
    assert [("networks" in FinishedPage(page.html).ids) for page in parts] == [True, False]
    assert "reproduction-report/more/2/" in " ".join(FinishedPage(parts[0].html).links)
    for page in parts:  # both count all claims: those of each copy, too
        assert f"{1 + MOST_SYSTEMS} hold here, {1 + MOST_SYSTEMS} do not" in page.html


def test_a_page_says_first_what_its_source_is():
    for uri, says in (("papers/alpha.md", "Alpha makes letters sharper."), ("models/small-enlarger.md", "It enlarges")):
        html = PAGES[uri].html
        assert says in html.partition('class="ma-lead"')[2].partition("</div>")[0]
        assert says in PAGES[uri].search[0].text


def test_sections_of_a_source_stand_in_one_order():
    wanted = [
        "uses",
        "cost",
        "experiment",
        "limits",
        "licences",
        "traps",
        "implementation",
        "reproduction",
        "questions",
    ]
    for uri in ("papers/alpha.md", "models/small-enlarger.md", "models/painter.md"):
        ids = [id for id in FinishedPage(PAGES[uri].html).ids if id in wanted]
        assert ids == [id for id in wanted if id in ids], uri
        assert {"uses", "licences", "implementation", "questions"} <= set(ids), uri


def test_a_paper_shows_the_figure_that_its_record_names():
    catalog = small_catalog()
    unnamed = replace(catalog, papers=catalog.papers | {"alpha": changed(catalog.papers["alpha"], figure=None)})

    assert "curve.svg" in PAGES["papers/alpha.md"].html
    assert "curve.svg" not in render(unnamed)["papers/alpha.md"].html


# --- cost ------------------------------------------------------------------------------------------------------------


def cost_of(catalog, uri="models/small-enlarger.md"):
    html = render(catalog)[uri].html
    return html.partition('id="cost"')[2].partition("<h2")[0]


def test_what_sources_print_stands_beside_what_was_measured_with_its_place():
    row = next(row for row in cost_of(small_catalog()).split("<tr>") if "4,321" in row)

    assert "4,300, rounded" in row
    assert "(README.md)" in row


def test_a_time_that_a_cpu_took_says_that_no_gpu_was_tried_and_a_count_does_not():
    catalog = small_catalog()
    run = catalog.runs["sharp-letters"]
    on_gpu = replace(run, provenance={**run.provenance, "device": "A GPU"})
    counted = replace(run, results={"parameters": run.results["parameters"]})

    assert "Not yet run on a GPU" in cost_of(catalog)
    assert "Not yet run on a GPU" not in cost_of(replace(catalog, runs={run.id: on_gpu}))
    assert "Not yet run on a GPU" not in cost_of(replace(catalog, runs={run.id: counted}))


def test_a_cost_that_no_run_measured_yet_is_left_out():
    catalog = small_catalog()
    run = catalog.runs["sharp-letters"]
    without = {name: result for name, result in run.results.items() if name not in ("parameters", "seconds")}

    assert cost_of(replace(catalog, runs={run.id: replace(run, results=without)})) == ""
    assert cost_of(replace(catalog, runs={})) == ""


def test_a_model_with_an_experiment_shows_its_key_figure():
    catalog = small_catalog()
    model = catalog.models["painter"]
    copy = model.model_copy(update={"notebook": "sharp-letters"})
    copy._id, copy._source = model.id, model.source
    page = render(replace(catalog, models=catalog.models | {"painter": copy}))["models/painter.md"]

    assert "<image-compare" in page.html  # the pair that stands for the answer, plain beside the network's
    assert "<image-compare" not in PAGES["models/painter.md"].html


def test_the_search_finds_the_known_traps_of_a_record():
    assert "It wants even sizes." in PAGES["models/small-enlarger.md"].search[0].text
