"""The published schemas say what the record types say, in the words of the vocabulary."""

import jsonschema
import pytest
import yaml

from catalog.load import ROOT, Catalog, load
from catalog.records import FOLDERS, RECORD_TYPES, Part
from catalog.schema import FOLDER, modeline, schema, schema_text, write_schemas
from catalog.words import parts_in


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(ROOT)[0]


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_the_published_schema_is_the_one_that_the_types_give(kind: str, catalog: Catalog):
    """After a change of records.py or vocabulary.yml: python -m scripts.write_schema."""
    published = (ROOT / FOLDER / f"{kind}.json").read_text(encoding="utf-8")

    assert published == schema_text(kind, catalog.vocabulary)


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_a_schema_is_itself_valid(kind: str, catalog: Catalog):
    jsonschema.Draft202012Validator.check_schema(schema(kind, catalog.vocabulary))


def records_of(kind: str) -> list[str]:
    if kind not in FOLDERS:
        return [f"catalog/{kind}.yml"]
    folder, suffix = FOLDERS[kind]
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).glob(f"*{suffix}"))


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_every_record_fits_its_schema(kind: str, catalog: Catalog):
    validator = jsonschema.Draft202012Validator(schema(kind, catalog.vocabulary))
    for file in records_of(kind):
        text = (ROOT / file).read_text(encoding="utf-8")
        data = yaml.safe_load(text.split("\n---\n")[0] if kind == "question" else text)
        assert [f"{file}: {error.json_path}: {error.message}" for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize("kind", [kind for kind in RECORD_TYPES if kind != "question"])
def test_every_record_begins_with_the_line_by_which_editors_find_its_schema(kind: str):
    for file in records_of(kind):
        assert (ROOT / file).read_text(encoding="utf-8").split("\n")[0] == modeline(kind), file
        assert (ROOT / file).parent.joinpath(modeline(kind).partition("$schema=")[2]).is_file()


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("paper", {"title": "x", "short": "x", "link": None, "summary": "x", "sumary": "x"}),  # an unknown key
        ("paper", {"title": "x", "short": "x", "link": None}),  # a missing key
        ("paper", {"title": None, "short": "x", "link": None, "summary": "x"}),  # null where the checker refuses it
        ("model", {"name": "x", "family": "x", "license": None}),  # the same in a field that may be left out
        ("model", {"name": "x", "family": "x", "trained_on": ["cartoons"]}),  # a word that is not in the vocabulary
        ("question", {"question": "x", "models": {}, "status": "draft"}),  # no model
    ],
)
def test_an_editor_refuses_what_the_checker_refuses(kind: str, record: dict, catalog: Catalog):
    assert not jsonschema.Draft202012Validator(schema(kind, catalog.vocabulary)).is_valid(record)


def test_an_editor_accepts_null_where_the_checker_does(catalog: Catalog):
    record = {"title": "x", "short": "x", "link": None, "github": None, "summary": "x"}

    assert jsonschema.Draft202012Validator(schema("paper", catalog.vocabulary)).is_valid(record)


def test_writing_the_schemas_twice_changes_nothing(catalog: Catalog, tmp_path):
    assert len(write_schemas(tmp_path, catalog.vocabulary)) == len(RECORD_TYPES)
    assert write_schemas(tmp_path, catalog.vocabulary) == []


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_a_limit_of_a_field_is_not_lost_behind_its_type(kind: str):
    """Of two limits of one kind pydantic keeps that of the type and drops that of the field, so no field has two."""
    for part in parts_of(RECORD_TYPES[kind]):
        for name, field in part.model_fields.items():
            limits = [type(limit).__name__ for limit in field.metadata]
            assert len(limits) == len(set(limits)), f"{part.__name__}.{name}: {field.metadata}"


def parts_of(part: type[Part]) -> set[type[Part]]:
    inner = {inner for field in part.model_fields.values() for inner in parts_in(field.annotation)}
    return {part}.union(*map(parts_of, inner))
