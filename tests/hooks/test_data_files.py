"""The lists that hooks read name the schema by which editors complete them, and fit it."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

HOOKS = Path(__file__).resolve().parent.parent.parent / "hooks"
LISTS = sorted(HOOKS.glob("*.yml"))


def schema_of(path):
    """Return the schema that the first line of a list names."""
    named = path.read_text(encoding="utf-8").split("\n")[0].partition("# yaml-language-server: $schema=")[2]
    return json.loads(path.with_name(named).read_text(encoding="utf-8"))


def mistakes(path, data):
    return [error.json_path for error in jsonschema.Draft202012Validator(schema_of(path)).iter_errors(data)]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_list_fits_the_schema_that_it_names(path):
    jsonschema.Draft202012Validator.check_schema(schema_of(path))

    assert mistakes(path, yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_schema_refuses_a_misspelt_key_and_one_that_is_missing(path):
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))[0]
    first = next(iter(entry))

    assert mistakes(path, [{**entry, "othre": "x"}]) == ["$[0]"]
    assert mistakes(path, [{key: value for key, value in entry.items() if key != first}]) == ["$[0]"]


def test_no_schema_is_left_without_its_list():
    assert sorted(path.name for path in HOOKS.glob("*.schema.json")) == [f"{path.stem}.schema.json" for path in LISTS]
