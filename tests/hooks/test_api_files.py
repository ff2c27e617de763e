"""What the site tells programs of its runs fits the schema beside it, and says what the pages say."""

import copy
import json
import os
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from catalog.load import ROOT, load
from catalog.runs import ORIGINS
from hooks import addresses, site_pages
from hooks.links_between_pages import published_file
from hooks.numbers import result_value
from tests.hooks.small_catalog import small_catalog


def files(catalog, **settings):
    return {asset.uri: asset for asset in site_pages.assets(catalog, **settings)}


def listed(catalog, uri=addresses.API_RUNS):
    return json.loads(files(catalog)[uri].text)


def mistakes(value):
    schema = listed(small_catalog(), addresses.api_schema(addresses.API_RUNS))
    return [error.json_path for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.fixture(scope="module")
def real():
    return load(ROOT)[0]


def test_every_file_for_programs_fits_its_schema(real):
    for catalog in (small_catalog(), real):
        made = {uri: json.loads(asset.text) for uri, asset in files(catalog).items() if asset.path is None}
        for uri in (addresses.API, addresses.API_RUNS):
            schema = made.pop(addresses.api_schema(uri))
            Draft202012Validator.check_schema(schema)
            assert [error.message for error in Draft202012Validator(schema).iter_errors(made.pop(uri))] == []
        assert made == {}  # each has a schema, and each was looked at


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fresh",), "yes"),
        (("mode",), "fast"),
        (("page",), "/notebooks/sharp-letters/"),
        (("page",), "https://example.org/"),
        (("weights",), ["none"]),
        (("results", "gain", "value"), "0.5"),
        (("figures", "model", "address"), ""),
        (("more",), 1),
    ],
)
def test_the_schema_refuses_what_the_list_never_says(path, value):
    runs = copy.deepcopy(listed(small_catalog()))
    place = runs["runs"]["sharp-letters"]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value

    assert len(mistakes(listed(small_catalog()))) == 0
    assert len(mistakes(runs)) == 1


def test_the_index_names_every_file_but_itself_and_the_schemas():
    named = {
        f"api/{entry['address']}": f"api/{entry['schema']}"
        for entry in listed(small_catalog(), "api/index.json")["files"]
    }

    made = {uri for uri, asset in files(small_catalog()).items() if asset.path is None}
    assert made == {"api/index.json", "api/schema/index.json", *named, *named.values()}


@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_address_leads_from_the_list_to_what_is_published(directory_urls):
    catalog = small_catalog()
    there = files(catalog, directory_urls=directory_urls)
    pages = {published_file(page.uri, directory_urls) for page in site_pages.render(catalog)}
    run = json.loads(there[addresses.API_RUNS].text)["runs"]["sharp-letters"]

    def target(address):
        return os.path.normpath(f"api/{address}" + ("index.html" if address.endswith("/") else ""))

    assert target(run["page"]) in pages
    assert {target(figure["address"]) for figure in run["figures"].values()} <= set(there)
    assert {kind: target(address) for kind, address in run["files"].items()} == {
        "essay": "notebooks/sharp-letters/sharp-letters.py",
        "notebook": "notebooks/sharp-letters/sharp-letters.ipynb",
        "record": "notebooks/sharp-letters/run.json",
    }
    assert {target(address) for address in run["files"].values()} <= set(there)


def test_a_run_is_listed_with_what_it_found():
    run = listed(small_catalog())["runs"]["sharp-letters"]

    assert run["questions"] == ["sharp-letters"]
    assert (run["fresh"], run["reasons"]) == (True, [])
    assert (run["mode"], run["device"], run["date"], run["weights"]) == ("full", "cpu", "2026-01-02", ["trained here"])
    assert run["results"]["gain"] == {
        "value": 0.5,
        "metric": "psnr_gain",
        "unit": "dB",
        "kind": "exact",
        "says": "Gain over bicubic on letters.",
    }
    assert run["figures"]["plain"]["weights"] is None
    assert run["figures"]["model"]["caption"] == "Small network of the same design, trained here: The network."


@pytest.mark.parametrize("origin", [origin for origin in ORIGINS if origin != "none"])
def test_page_and_list_agree_on_whose_weights_a_run_used(origin):
    catalog = small_catalog()
    run = catalog.runs["sharp-letters"]
    figures = {"plain": replace(run.figures["plain"], partner=None)}
    traced = replace(run, figures=figures, trace=(replace(run.trace[0], weights=origin),))
    catalog = replace(catalog, runs={run.id: traced})

    page = next(page for page in site_pages.render(catalog) if page.uri == addresses.notebook_page(run.id))
    assert [figure.weights for figure in figures.values()] == ["none"]
    assert listed(catalog)["runs"][run.id]["weights"] == [origin]
    assert mistakes(listed(catalog)) == []
    assert f"<dt>Weights</dt><dd>{origin}</dd>" in page.html
    assert "the official weights" not in page.html, "whatever it used, its essay loads no file of them"


def test_a_stale_run_is_listed_with_its_reasons():
    run = listed(small_catalog(fresh=False))["runs"]["sharp-letters"]

    assert run["fresh"] is False
    assert "its code changed after this run" in run["reasons"]


def test_equal_records_are_equal_bytes_with_sorted_keys_and_no_path_of_this_machine(real):
    for uri, asset in files(real).items():
        if asset.path is None:
            assert asset.text == files(real)[uri].text
            assert asset.text == json.dumps(json.loads(asset.text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
            assert str(ROOT) not in asset.text
            assert "/home/" not in asset.text


def test_no_published_cost_is_printed_as_nothing(real):
    """A size in memory of 0.0 GB would tell a reader nothing; the vocabulary gives each metric enough decimals."""
    costs = {"gigabytes", "megabytes", "seconds", "milliseconds"}
    shown = {
        f"{run.id}.{name}": result_value(result, real.vocabulary)
        for run in real.runs.values()
        for name, result in run.results.items()
        if result.metric in costs and result.value
    }

    assert len(shown) > 10
    assert [name for name, value in shown.items() if not set(value) & set("123456789")] == []
