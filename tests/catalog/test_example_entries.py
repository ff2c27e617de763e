"""What messages show as right is right, and there is something to show for each part of a record."""

import pytest

from catalog.example_entries import EXAMPLES
from catalog.records import RECORD_TYPES, Record, Workflow
from catalog.source import read_yaml
from catalog.words import parts_in

SHOWN = [part for part in EXAMPLES if part is not Workflow]  # too large for one line: said in words


@pytest.mark.parametrize("part", SHOWN, ids=lambda part: part.__name__)
def test_an_example_is_an_entry_of_its_part(part):
    data, _, problems = read_yaml(EXAMPLES[part], "example.yml")
    assert not problems
    assert part.model_validate(data)


def test_each_part_of_a_record_has_an_example():
    waiting, known = [*RECORD_TYPES.values()], set()
    while waiting:
        part = waiting.pop()
        known.add(part)
        inside = [inner for field in part.model_fields.values() for inner in parts_in(field.annotation)]
        waiting += [inner for inner in inside if inner not in known]
    assert {part for part in known if not issubclass(part, Record)} <= EXAMPLES.keys()
