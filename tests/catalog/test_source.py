"""What the strict reader accepts, refuses and remembers of a text."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.contributed_text import read_text, split_front_matter
from catalog.load import load
from catalog.source import MAX_BYTES, Mark, Unquoted, read_yaml

BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be
INVISIBLE = ["\x00", "\x07", "\x1b", "\x85", "\u200b", "\u200e", "\u2028", "\u202a", "\u202e", "\u2066", "\ufeff"]


def messages(text: str, first_line: int = 1) -> list[str]:
    return [str(problem) for problem in read_yaml(text, "f", first_line)[2]]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "record.yml"
    path.write_bytes(data)
    return path


def test_every_value_and_key_keeps_its_place_and_its_spelling():
    text = 'title: "Sharp"\nuses:\n  steady: {s: 2410.10000}\nlimits: [one, two]\n'

    value, source, problems = read_yaml(text, "f")

    assert problems == []
    assert value == {"title": "Sharp", "uses": {"steady": {"s": 2410.1}}, "limits": ["one", "two"]}
    assert source.at("title") == Mark(1, 8, "Sharp", '"')
    assert source.at("uses", "steady", "s") == Mark(3, 15, "2410.10000")
    assert source.key_at("uses", "steady") == Mark(3, 3, "steady")
    assert source.at("limits", 1) == Mark(4, 15, "two")


def test_a_value_that_is_absent_stands_at_its_nearest_parent():
    source = read_yaml("uses:\n  steady: {task: x}\n", "f")[1]

    assert source.at("uses", "steady", "inputs", "image") == Mark(2, 11) == source.at("uses", "steady")


def test_lines_count_from_the_file_when_the_text_begins_further_down():
    value, source, _ = read_yaml("title: x\nshort: y\n", "f", first_line=2)

    assert value == {"title": "x", "short": "y"}
    assert source.at("short").line == 3
    assert messages("title: [1", first_line=5) == ["f:5:8: the bracket opened here is not closed"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("-2", -2),
        ("0", 0),
        ("2.50", 2.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.5e-3", 0.0015),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ('"2"', "2"),
        ("'true'", "true"),
        ("y", "y"),
        ("H", "H"),
        ("s*H", "s*H"),
        ("2x", "2x"),
        ("1.2.3", "1.2.3"),
        ("truely", "truely"),
        ("é", "é"),
    ],
)
def test_a_plain_scalar_means_what_it_looks_like(text: str, value: object):
    found = read_yaml(f"a: {text}", "f")[0]["a"]

    assert (found, type(found)) == (value, type(value))


DISAGREED = (
    *("yes", "No", "ON", "off", "0x1F", "0o17", "0b11", "007", "00.5", "1_000", "12:30", "1:2:3.5", ".inf", "-.Inf"),
    *(".nan", "=", "2024-01-31", "2024-13-45", "2024-01-31T10:00:00Z"),
)


@pytest.mark.parametrize("text", DISAGREED)
def test_a_plain_scalar_about_which_readers_of_yaml_disagree_stays_undecided(text: str):
    assert read_yaml(f"a: {text}", "f")[0] == {"a": Unquoted(text)}


def test_text_in_quotes_and_blocks_stays_text_byte_for_byte():
    text = "a: \"2024-01-31\"\nb: |-\n  Line one: $14\\times$ \n    indented\n\n  # no comment\nc: 'it''s'\n"

    value = read_yaml(text, "f")[0]

    assert value == {"a": "2024-01-31", "b": "Line one: $14\\times$ \n  indented\n\n# no comment", "c": "it's"}


@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "a: [", "[{a: "])
def test_a_hundred_thousand_brackets_are_refused_at_once(opener: str):
    start = time.process_time()

    problems = messages(opener * (100_000 // len(opener)))

    assert len(problems) == 1
    assert time.process_time() - start < 0.5


def test_a_text_larger_than_the_limit_is_refused_before_it_is_parsed():
    assert messages("[" * (MAX_BYTES + 1)) == [
        "f:1:1: is too large (got 262,145 characters); at most 262,144 are allowed"
    ]


def test_more_values_than_the_limit_are_refused():
    assert messages("a: [" + "1," * 50_001 + "]") == [
        "f:1:1: a: has too many values; at most 50,000 are allowed in a file"
    ]


def test_twelve_levels_are_allowed_and_thirteen_are_not():
    assert messages("[" * 12 + "]" * 12) == []
    assert "nested too deep" in messages("[" * 13 + "]" * 13)[0]


def test_a_number_of_five_thousand_digits_is_a_problem_and_no_exception():
    assert messages("a: " + "1" * 5000) == [
        "f:1:4: a: is too long for a number (got 5,000 characters); write it in quotes"
    ]


def test_a_key_that_stands_twice_keeps_its_first_value_and_its_first_place():
    value, source, problems = read_yaml("a: {b: 1}\na: {b: [2, 3], c: 4}\n", "f")

    assert value == {"a": {"b": 1}}
    assert source.at("a", "c") == source.at("a") == Mark(1, 4)
    assert [str(problem) for problem in problems] == ["f:2:1: a: stands twice (first on line 1); keep one of them"]


@pytest.mark.parametrize("escape", ["\\u202e", "\\u200b", "\\0", "\\e", "\\x85", "\\U000E0041", "\\L"])
def test_an_invisible_character_is_refused_when_it_is_escaped(escape: str):
    assert "cannot be seen" in messages(f'a: "x{escape}y"')[0]
    assert "cannot be seen" in messages(f'"x{escape}y": a')[0]


@BUSY
@given(st.text(alphabet=st.sampled_from("ab:-?[]{}#&*!|>'\"%@`,. \n\t\\0~="), max_size=60))
def test_no_text_raises_and_every_problem_lies_in_the_text(text: str):
    problems = read_yaml(text, "f")[2]

    assert all(1 <= problem.line <= text.count("\n") + 2 and problem.column >= 1 for problem in problems)


NESTED = st.recursive(
    st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=12,
)


@BUSY
@given(NESTED)
def test_plain_values_come_back_as_they_were_written(value: object):
    found, _, problems = read_yaml(json.dumps(value), "f")

    assert (found == value and not problems) or "nested too deep" in str(problems[0])


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_and_crlf_are_taken_away(tmp_path: Path):
    path = written(tmp_path, "\ufefftitle: é\r\nshort: y\r\n".encode())

    assert read_text(path, tmp_path) == ("title: é\nshort: y\n", [])


def test_bytes_that_are_not_utf_8_are_refused_at_their_place(tmp_path: Path):
    text, problems = read_text(written(tmp_path, b"title: x\nshort: caf\xe9\n"), tmp_path)

    assert text is None
    assert list(map(str, problems)) == ["record.yml:2:11: is not UTF-8 (got byte 0xE9); save the file as UTF-8"]


def test_what_is_not_utf_8_is_placed_by_characters_behind_a_byte_order_mark(tmp_path: Path):
    _, problems = read_text(written(tmp_path, b"\xef\xbb\xbf\xc3\x89t\xc3\xa9: caf\xe9s\n"), tmp_path)

    assert list(map(str, problems)) == ["record.yml:1:9: is not UTF-8 (got byte 0xE9); save the file as UTF-8"]


@pytest.mark.parametrize("character", INVISIBLE)
def test_a_character_that_nobody_can_see_is_refused_wherever_it_stands(tmp_path: Path, character: str):
    text, problems = read_text(written(tmp_path, f"# a comment\n# x{character}\n".encode()), tmp_path)

    assert text is None
    assert str(problems[0]) == (
        f"record.yml:2:4: holds a character that cannot be seen (got U+{ord(character):04X}); remove it"
    )


def test_a_lone_carriage_return_is_refused(tmp_path: Path):
    assert "U+000D" in str(read_text(written(tmp_path, b"a: 1\rb: 2\n"), tmp_path)[1][0])


def test_a_file_is_refused_by_its_size_before_it_is_read(tmp_path: Path):
    text, problems = read_text(written(tmp_path, b"#" * (MAX_BYTES + 1)), tmp_path)

    assert text is None
    assert str(problems[0]) == "record.yml:1:1: is too large (got 262,145 bytes); at most 262,144 are allowed"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "secret.yml").write_text("a: 1")
    root = tmp_path / "repository"
    root.mkdir()
    (root / "record.yml").symlink_to(tmp_path / "secret.yml")

    text, problems = read_text(root / "record.yml", root)

    assert text is None
    assert "leads out of this folder" in str(problems[0])


def test_a_folder_that_leads_out_of_the_repository_is_refused_and_read_again_when_it_is_one(tmp_path: Path):
    root, outside = tmp_path / "repository", tmp_path / "outside"
    for folder in (root / "catalog", outside):
        folder.mkdir(parents=True)
        (folder / "vocabulary.yml").write_text("a: 1")

    assert "leads out" not in str(load(root)[1])
    (root / "catalog").rename(tmp_path / "kept")
    (root / "catalog").symlink_to(outside)

    assert "vocabulary.yml:1:1: leads out of this folder" in str(load(root)[1][0])


def test_a_link_to_nothing_cannot_be_read(tmp_path: Path):
    (tmp_path / "record.yml").symlink_to(tmp_path / "gone.yml")

    assert "cannot be read" in str(read_text(tmp_path / "record.yml", tmp_path)[1][0])


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "record.yml")

    assert "is not a file" in str(read_text(tmp_path / "record.yml", tmp_path)[1][0])


def test_front_matter_ends_at_the_first_line_of_dashes():
    front, problems = split_front_matter("---\na: 1\n---\nLead.\n\n---\nmore\n", "f")

    assert problems == []
    assert (front.text, front.first_line) == ("a: 1\n", 2)
    assert (front.body, front.body_line) == ("Lead.\n\n---\nmore\n", 4)
