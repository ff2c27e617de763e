"""What is wrong with a JSON file is told where it stands, and not where something of the same name stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.json_file import DEEPEST, LARGEST, depth
from catalog.json_reader import JsonReader, place_in
from tests.catalog.small_world import PATIENT

TEXT = """{
 "run": {"step": "trace", "trace": [1]},
 "trace": [
  {"step": "a", "in": {"step": [3, 4]}},
  {"step": "b, \\"step\\": [{", "é\\u0301": null}
 ]
}"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("trace",), (3, 2)),
        (("trace", 0, "step"), (4, 4)),
        (("trace", 0, "in", "step", 1), (4, 36)),
        (("trace", 1), (5, 3)),
        (("trace", 1, "step"), (5, 4)),
        (("trace", 1, "é\u0301"), (5, 31)),
        (("run", "trace", 0), (2, 37)),
        (("trace", 1, "out", "image"), (5, 3)),
        (("trace", 2), (3, 2)),
    ],
)
def test_a_member_or_an_entry_is_found_where_it_stands_or_what_it_would_stand_in(path, place):
    assert place_in(TEXT, path) == place


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


@PATIENT
@given(ANY_JSON, st.sampled_from([None, 1]))
def test_every_value_of_any_json_is_found(data, indent):
    text = json.dumps(data, indent=indent)
    lines = text.split("\n")
    for path, value in leaves(data):
        line, column = place_in(text, path)
        here = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        if isinstance(path[-1], str):
            name, end = json.JSONDecoder().raw_decode(here)
            assert name == path[-1]
            here = here[end:].lstrip(": ")
        assert json.JSONDecoder().raw_decode(here)[0] == value


def leaves(data, path=()):
    """Yield the path of everything inside a value, with what stands there."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inside:
        yield (*path, step), value
        yield from leaves(value, (*path, step))


@pytest.mark.parametrize(
    ("name", "how", "fits"),
    [
        ("cov2d", {}, True),
        ("cov2D", {}, False),
        ("cov2D", {"capitals": True}, True),
        ("final_T", {"capitals": True}, True),
        ("h.final_T", {"capitals": True}, False),
        ("h.final_T", {"capitals": True, "dots": True}, True),
        ("\u212aelvin", {"capitals": True}, False),  # a sign that is small only when it is made small
    ],
)
def test_a_name_has_the_characters_that_its_place_allows(name, how, fits):
    reader = JsonReader("a.json", json.dumps({name: 1}), "run it")

    assert list(reader.named({name: 1}, **how)) == ([(name, 1)] if fits else [])
    assert bool(reader.problems) is not fits


DEEP = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("1", 0),
        ("[]", 1),
        ('{"a": [1, {"b": []}, [2]]}', 4),
        ("[[][]]", 2),
        ('["see [1"]', 2),
        ("[" * 13, 13),
        (f"[{DEEP}, {DEEP}]", DEEPEST),
    ],
)
def test_brackets_inside_brackets_are_counted(text, levels):
    assert depth(text.encode()) == levels


def test_a_file_of_brackets_alone_is_looked_at_in_a_few_steps():
    half = LARGEST // 2  # layer by layer this would take minutes
    assert depth(Watched(b"[" * half + b"]" * half)) == half


class Watched(bytes):
    """Bytes in which something is replaced so often as brackets may lie deep, and once more."""

    left = DEEPEST + 1

    def translate(self, *how):
        """Return watched bytes."""
        return Watched(super().translate(*how))

    def replace(self, *how):
        """Return watched bytes, in which there is one step less to take."""
        assert self.left
        found = Watched(super().replace(*how))
        found.left = self.left - 1
        return found
