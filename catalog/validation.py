"""From plain values to a typed record, with every misfit said in plain words."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from catalog.characters import visible
from catalog.example_entries import example_of
from catalog.problems import ALIKE, Problem, did_you_mean, nearest, shortened
from catalog.records import (
    FIGURE_PATTERN,
    HOLDS_A_LETTER,
    ID_PATTERN,
    NAME_PATTERN,
    RECORD_TYPES,
    RESULT_PATTERN,
    THREE_WORDS,
    Address,
    Model,
    OfferedModel,
    OfferedPaper,
    Part,
    Question,
    Record,
)
from catalog.source import Path, Source, Unquoted, problem_at
from catalog.yaml_errors import NUMBER_WITH_COMMAS, curly_quotes, without_commas

R = TypeVar("R", bound=Record)
Error = dict[str, Any]

ENTRIES = 'begin each entry with "- "'
IN_QUOTES = "write it in quotes"
IN_DIGITS = "write one in digits, such as 2"
FILE = re.compile(r"(?:.*/)?([^/]+?)(?:\.(?:py|ipynb|md|ya?ml))?")  # people write a file where its name is wanted

NOT_FINITE = re.compile(r"[-+]?\.inf|\.nan", re.IGNORECASE)  # as YAML writes them
NUMBER = re.compile(r"\d+(?:\.\d+)?")
QUOTIENT = re.compile(r"\d+(?:\.\d+)?\s*[/:÷]\s*\d+(?:\.\d+)?")  # its first number alone is another one
PLAIN = re.compile(r"[A-Za-z][\w.-]*+(?: [\w.-]++)*+")  # needs no quotes

PLACEHOLDER = "..."  # stands in new records where something must be written

IN_FOLDERS = ("paper", "model")  # kinds of records that lie in folders of their own and are YAML

LONGEST_KEY = 40  # characters of a text in the place of a key that a message shows

OTHER_WORDS = {  # which people write where the key is wanted
    "because": ("reason", "reasons", "why", "cause", "since", "explanation"),
    "role": ("kind", "type", "part"),
    "says": ("text", "sentence", "statement", "description"),
    "where": ("place", "source", "location"),
    "takes": ("from", "input", "inputs"),
    "run": ("model", "operation", "use"),
    "with": ("settings", "options", "parameters"),
    "summary": ("abstract",),
    "link": ("url", "address"),
    "github": ("repository", "repo", "code"),
}

NEEDED_TO_PUBLISH: dict[type[Record], tuple[str, ...]] = {  # beyond what a draft needs
    Question: ("short", "asks", "workflow"),
    Model: ("says", "uses", "trained_on"),
}
EMPTY_TEXT = "is empty; write a value or leave the line out"

UNNAMED = "needs a name"  # begins the problem of entries whose names were left out: it stands for all inside them

PATTERNS = {
    FIGURE_PATTERN: 'must be a whole number in quotes, such as "12"',
    RESULT_PATTERN: "must be the id of a run, a dot and the name of a result, such as fine-text-2x.seconds_one_pass",
    ID_PATTERN: "must be lower-case letters and digits, with single hyphens between them",
    NAME_PATTERN: "must be lower-case letters, digits, _ and single hyphens, a letter first",
    r"^[0-9a-f]{64}$": "must be the 64 digits of a SHA-256 in lower case; "
    "write what sha256sum prints of the file, or null where nobody knows",
    HOLDS_A_LETTER: "says nothing without a letter or digit; write it in words",
    THREE_WORDS: "must be a sentence of at least three words; write one",
}
EMPTY: dict[type[Part] | None, str] = {  # what is written in place of nothing
    OfferedModel: f"write {{}} where it does this job, else why it stands here, as in {example_of(OfferedModel)}",
    OfferedPaper: f"say more of it, as in {example_of(OfferedPaper)}",
}
KINDS = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "dict_type": 'keys with values ("key: value")',
    "model_type": 'keys with values ("key: value")',
    "list_type": "a list",
}
BOUNDS = {
    "greater_than": ("gt", "must be above {}"),
    "greater_than_equal": ("ge", "must be at least {}"),
    "less_than": ("lt", "must be below {}"),
    "less_than_equal": ("le", "must be at most {}"),
}


def validate(record_type: type[R], data: Any, source: Source) -> tuple[R | None, list[Problem]]:
    """Return the record that the values make, or None and all that is wrong with them."""
    problems = list(_key_problems(record_type, data, (), source))
    try:
        record = record_type.model_validate(data)
    except ValidationError as error:
        taken = {(problem.line, problem.column) for problem in problems if problem.field}
        unnamed = tuple(f"{problem.field}." for problem in problems if problem.message.startswith(UNNAMED))
        for problem in _value_problems(record_type, error.errors(include_url=False), data, source):
            if (problem.line, problem.column) not in taken and not problem.field.startswith(unnamed):
                problems.append(problem)
        return None, problems
    return (None if problems else record), problems


# --- keys: unknown, missing, without a value -------------------------------------------------------------------------


class Slot(NamedTuple):
    """What stands behind a key: whether it must, whether it may be null, and what is inside."""

    field: FieldInfo
    needed: bool
    nullable: bool
    inside: Inside | None


class Inside(NamedTuple):
    """What a value consists of: a part, or the entries of a list or a mapping; None where nothing needs a look."""

    part: type[Part] | None
    entries: Inside | None
    listed: bool = False


@cache
def fields_by_key(part: type[Part]) -> dict[str, FieldInfo]:
    """Return the fields of a type by their names in the file, in schema order."""
    return {field.alias or name: field for name, field in part.model_fields.items()}


@cache
def slots_of(part: type[Part]) -> dict[str, Slot]:
    """Return what stands behind each key of a type, in schema order."""
    return {
        key: Slot(field, field.is_required(), may_be_null(field), _inside(field.annotation))
        for key, field in fields_by_key(part).items()
    }


def _inside(annotation: Any) -> Inside | None:
    """Return what a value of an annotation consists of."""
    for option in options_of(annotation):
        if isinstance(option, type) and issubclass(option, Part):
            return Inside(option, None)
        if get_origin(option) in (dict, list):
            return Inside(None, _inside(get_args(option)[-1]), get_origin(option) is list)
    return None


def options_of(annotation: Any) -> Iterator[Any]:
    """Yield the alternatives of an annotation, without their constraints."""
    if get_origin(annotation) is Annotated:
        yield from options_of(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from options_of(option)
    else:
        yield annotation


def _key_problems(part: type[Part], data: Any, path: Path, source: Source) -> Iterator[Problem]:
    """Each key is known, each needed key is there, and only what may be null is null."""
    if not isinstance(data, dict):
        return
    slots = slots_of(part)
    if not path and (other := _other_kind(part, data)):
        message = f"is a {other}, to judge by its keys; move the file to catalog/{other}s/"
        yield source.key_problem(message, *path, next(iter(data)))
        return
    strange = [key for key in data if key not in slots]
    chosen = choices_as_keys(part, data) if strange else {}
    for key, (field, choice) in chosen.items():
        yield source.key_problem(f'is what {field} may say, and no key; write "{field}: {choice}"', *path, key)
    unknown = {key: meant_key(key, fields_by_key(part), data) for key in strange if key not in chosen}
    told = {*unknown.values(), *dict(chosen.values())}
    missing = [key for key, slot in slots.items() if slot.needed and key not in data and key not in told]
    if bare := _without_its_key(missing, unknown, data):
        message = f'stands without its key; write "{missing[0]}: {bare}"'
        yield source.key_problem(message, *path, bare)
        del unknown[bare]
    elif missing:
        yield source.key_problem(_missing(missing, fields_by_key(part)), *path)
    if unknown:
        yield from _unknown_keys(unknown, part, data, path, source)
    for key, value in data.items():
        slot = slots.get(key)
        if slot is None:
            continue
        if value is None:
            if not slot.nullable:
                yield source.problem(_empty(part, key, data), *path, key)
        elif value == PLACEHOLDER:
            yield source.problem(f"is still to be filled in; write it{_says(slot.field)}", *path, key)
        elif slot.inside is not None:
            yield from _inner_problems(slot.inside, value, (*path, key), source)


def _inner_problems(inside: Inside, data: Any, path: Path, source: Source) -> Iterator[Problem]:
    """Yield the problems with the keys inside a value."""
    if inside.part in EMPTY and data is None:
        yield source.problem(f"is empty; {EMPTY[inside.part]}", *path)
    elif inside.part is not None:
        yield from _key_problems(inside.part, data, path, source)
    elif isinstance(data, dict) and not inside.listed and (keys := _own_keys(inside.entries, data)):
        message = f"{UNNAMED} before {listed(keys, 'and')}; write a line with the name and a colon, and indent them"
        yield source.key_problem(message, *path)
    elif isinstance(data, list if inside.listed else dict):  # anything else is told as a whole
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if PLACEHOLDER in (key, value):
                yield problem_at(
                    source.file, source.key_at(*path, key), path, "has an entry still to be filled in; write it"
                )
            if inside.entries is not None:
                yield from _inner_problems(inside.entries, value, (*path, key), source)


def choices_as_keys(part: type[Part], data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the keys that are a choice of a field which is not there, as in `published: true`, with both."""
    found = {}
    for name, choices in _choices(part).items():
        for key in [key for key in data if key.casefold() in choices and name not in data]:
            is_so = _truth(data[key])
            others = [choice for choice in choices if choice != key.casefold()]
            if is_so or (is_so is False and len(others) == 1):
                found[key] = (name, key.casefold() if is_so else others[0])
    return found


@cache
def _choices(part: type[Part]) -> dict[str, tuple[str, ...]]:
    """Return the words among which the fields of a type choose."""
    options = {key: next(options_of(field.annotation)) for key, field in fields_by_key(part).items()}
    return {key: get_args(option) for key, option in options.items() if get_origin(option) is Literal}


def _own_keys(entries: Inside | None, data: dict[str, Any]) -> list[str]:
    """Return the keys of one entry that stand where the names of the entries belong, or nothing."""
    fields = fields_by_key(entries.part) if entries is not None and entries.part is not None else {}
    found = [key for key in data if key in fields]
    return found if len(found) > 1 and len(found) == len(data) else []


def _missing(missing: list[str], fields: dict[str, FieldInfo]) -> str:
    """Say which keys are missing, and what one of them holds."""
    if len(missing) == 1:
        return f'has no {missing[0]}; add "{missing[0]}:"{_says(fields[missing[0]])}'
    return f"has no {listed(missing, 'or')}; add them"


def _empty(part: type[Part], key: str, data: dict[str, Any]) -> str:
    """Say that the value of a key is empty; only what is not needed may be left out."""
    slot, published = slots_of(part)[key], data.get("status") == "published"
    needed = slot.needed or (published and key in NEEDED_TO_PUBLISH.get(part, ()))
    return f"is empty; write a value{_says(slot.field)}" if needed else EMPTY_TEXT


def _without_its_key(missing: list[str], unknown: Mapping[str, str | None], data: dict[str, Any]) -> str | None:
    """Return the one word that stands in braces where the one missing key belongs with a value, or None."""
    bare = [key for key, meant in unknown.items() if meant is None and data[key] is None]
    return bare[0] if len(missing) == len(bare) == len(unknown) == 1 and PLAIN.fullmatch(bare[0]) else None


def _other_kind(part: type[Part], data: dict[str, Any]) -> str | None:
    """Return the kind of record that has all these keys, where this one has not half of them, or none that it needs."""
    own = [key for key in data if key in slots_of(part)]
    needed = any(slots_of(part)[key].needed for key in own)
    if not issubclass(part, Record) or (needed and len(own) >= len(data) / 2):
        return None
    kinds = [kind for kind in IN_FOLDERS if data.keys() <= slots_of(RECORD_TYPES[kind]).keys()]
    return next((kind for kind in kinds if any(slots_of(RECORD_TYPES[kind])[key].needed for key in data)), None)


def meant_key(key: str, fields: Collection[str], given: Collection[str] = ()) -> str | None:
    """Return the key that an unknown one was meant to be: one of another word, without its colon, or like it."""
    name, blank, _ = key.partition(" ")
    free = [field for field in fields if field not in given] or fields
    if name in fields:
        return name
    if meant := next((field for field in free if name.casefold() in OTHER_WORDS.get(field, ())), None):
        return meant
    return next(iter(get_close_matches(name, free, 1, ALIKE)), None) if blank else nearest(key, free)


def _unknown_keys(
    unknown: dict[str, str | None], part: type[Part], data: dict[str, Any], path: Path, source: Source
) -> Iterator[Problem]:
    """Say which keys are unknown: each with the one that was meant, those like nothing known together."""
    cut_off, fields = _cut_off(unknown, data, path, source), fields_by_key(part)
    for key, piece in {key: piece for piece, key in reversed(cut_off.items())}.items():  # the first of each text
        # a list in round brackets is told as no list, and curly quotation marks as what they are
        if key not in unknown and not _wants_list(part, key) and not curly_quotes(source.at(*path, key).raw):
            message = f'goes on behind a comma (got "{shortened(piece, LONGEST_KEY)}"); put the whole text in quotes'
            yield problem_at(source.file, source.key_at(*path, piece), (*path, key), message)
    for key, meant in unknown.items():
        if meant and key not in cut_off:
            at = (*path, meant) if _has_no_colon(key, data) else (*path, key)
            whole = ", ".join([key, *(piece for piece, begun in cut_off.items() if begun == key)])
            message = f'is not a key here; rename or remove it; did you mean "{meant}"?'
            message = _without_its_colon(whole, meant) if _has_no_colon(key, data) else message
            yield problem_at(source.file, source.key_at(*path, key), at, message)
    if strange := [key for key, meant in unknown.items() if not meant and key not in cut_off]:
        others = f", nor {'is' if len(strange) == 2 else 'are'} {listed(strange[1:], 'and')}" if strange[1:] else ""
        remedy = f"remove {'them' if others else 'it'}, or use one of {', '.join(fields)}"
        yield source.key_problem(f"is not a key here{others}; {remedy}", *path, strange[0])


def _has_no_colon(key: str, data: dict[str, Any]) -> bool:
    """Tell whether an unknown key was meant to be a key with its value."""
    return " " in key and data[key] is None


def _without_its_colon(key: str, meant: str) -> str:
    """Say how an unknown key becomes the one that was meant, with its value."""
    text = shortened(key.partition(" ")[2], LONGEST_KEY)
    return f"has no colon; write {meant}: {text}" if '"' in text else f'has no colon; write "{meant}: {text}"'


def _cut_off(unknown: Mapping[str, str | None], data: dict[str, Any], path: Path, source: Source) -> dict[str, str]:
    """Return the pieces of texts without quotes that stand behind a comma in braces, each with the key of its text."""
    pieces: dict[str, str] = {}
    begun = None
    for key, value in data.items():
        if key in unknown and value is None and begun is not None:
            pieces[key] = begun
        elif key in unknown:
            begun = key if unknown[key] and _has_no_colon(key, data) else None
        else:
            is_open = isinstance(value, str) and (" " in value or value[:1] == "(")
            begun = key if is_open and not source.at(*path, key).style else None
    return pieces


def _wants_list(part: type[Part], key: str) -> bool:
    """Tell whether a list belongs behind a key."""
    inside = slots_of(part)[key].inside
    return inside is not None and inside.listed


def _says(field: FieldInfo) -> str:
    """Return what a field holds, in brackets."""
    return f" ({field.description.rstrip('.')})" if field.description else ""


def may_be_null(field: FieldInfo) -> bool:
    """Null stands for 'None' in an address, and for 'known to be unknown' in a field that must be given."""
    options = get_args(field.annotation)
    return type(None) in options and (field.is_required() or Address in options)


# --- values ----------------------------------------------------------------------------------------------------------


def _value_problems(record_type: type[Part], errors: list[Error], data: Any, source: Source) -> Iterator[Problem]:
    """Say each error in plain words; the branches of one alternative are said together."""
    places: dict[tuple[Path, bool], list[Error]] = {}
    for error in errors:
        if error["type"] not in ("missing", "extra_forbidden") and error["input"] != PLACEHOLDER:
            places.setdefault(place_of(error["loc"], data), []).append(error)
    inner = {path for path, _ in places}
    for (path, is_key), found in places.items():
        if _holds_its_value(path, places):
            if is_key:
                name = path[-1].partition(" ")[0]
                message = _without_its_colon(path[-1], name)
                yield problem_at(source.file, source.key_at(*path), (*path[:-1], name), message)
            continue
        if any(len(other) > len(path) and other[: len(path)] == path for other in inner) and not is_key:
            continue  # another branch of the alternative fits better
        message = _message(found, source.at(*path).raw) + _as_in(record_type, path, found)
        *_, inside, _ = (None, *insides(record_type, path))
        if message == EMPTY_TEXT and inside and inside.part:
            message = _empty(inside.part, path[-1], data)
        yield source.key_problem(message, *path) if is_key else source.problem(message, *path)


def _holds_its_value(path: Path, places: Mapping[tuple[Path, bool], list[Error]]) -> bool:
    """Tell whether an entry is one text, no name of an entry and with nothing behind it: the colon was left out."""
    of_value = places.get((path, False), [])
    return (path, True) in places and " " in path[-1] and any(error["input"] is None for error in of_value)


def _as_in(record_type: type[Part], path: Path, errors: list[Error]) -> str:
    """Return what a right value looks like where another kind of value stands, as a remedy, or nothing."""
    value, kinds = errors[0]["input"], {error["type"] for error in errors}
    if not path or not kinds & KINDS.keys():
        return ""
    if isinstance(value, list) and "string_type" in kinds and not isinstance(path[-1], int):
        return _out_of_a_list(str(path[-1]), value, kinds)
    if ("dict_type" not in kinds and "model_type" not in kinds) or value is None:
        return ""
    if isinstance(value, list):
        return "; write each entry as a name with a colon, without its dash"
    *_, inside = insides(record_type, path)
    if inside is not None and inside.part is None and inside.entries is not None and inside.entries.part is not None:
        return f"; write entries, as in NAME: {example_of(inside.entries.part)}"
    return f"; write it as in {example_of(inside.part)}" if inside is not None and inside.part is not None else ""


def _out_of_a_list(key: str, values: list[Any], kinds: Collection[str]) -> str:
    """Say how one text, or one for each name, is written in place of a list."""
    if len(values) == 1 and isinstance(values[0], str | int | float):
        text = str(values[0])
        return (
            f"; write it without brackets or dashes, as in {key}: {text if PLAIN.fullmatch(text) else show(values[0])}"
        )
    if "dict_type" in kinds:
        return f"; write a name before each, as in {key}: {{image: photo, prompt: words}}"
    return "; write one text, without brackets or dashes"


def insides(record_type: type[Part], path: Path) -> list[Inside | None]:
    """Return what each step of a path stands in, then what its end consists of; None where that is not known."""
    found: list[Inside | None] = [Inside(record_type, None)]
    for step in path:
        inside = found[-1]
        slot = slots_of(inside.part).get(str(step)) if inside and inside.part else None
        found.append(slot.inside if slot else inside.entries if inside else None)
    return found


def place_of(location: Path, data: Any) -> tuple[Path, bool]:
    """Return the path of an error in the data, and whether it is about the key that ends the path."""
    path: Path = ()
    for step in location:
        if isinstance(data, dict | list) and (step in data if isinstance(data, dict) else isinstance(step, int)):
            path, data = (*path, step), data[step]
    return path, location[-1:] == ("[key]",)


def _message(errors: list[Error], raw: str) -> str:
    """Say what all the errors of one value, spelled `raw`, come to."""
    for error in errors:
        if error["type"] == "finite_number":
            return _not_finite(raw)
        if error["type"] not in KINDS:
            return _constraint(error)
    value, kinds = errors[0]["input"], list(dict.fromkeys(KINDS[error["type"]] for error in errors))
    if _wants_number(kinds) and isinstance(value, Unquoted) and NOT_FINITE.fullmatch(value.raw):
        return _not_finite(raw)
    return f"must be {' or '.join(kinds)}{_remedy(value, raw, kinds)}"


def _remedy(value: Any, raw: str, kinds: list[str]) -> str:
    """Say what was got, and how it becomes what is wanted."""
    how = _how(value, kinds)
    got = raw[:60] if how == IN_QUOTES else "nothing" if value is None else show(value)
    return f" (got {got})" + (f"; {how}" if how else "")


def _how(value: Any, kinds: list[str]) -> str:
    """Say how a value becomes one of these kinds, or nothing."""
    if value is None:
        return "write a value"
    if kinds == ["a whole number", "text"] and isinstance(value, float):
        return "write a whole one, or a product such as s*H/2"
    wants_number = _wants_number(kinds)
    if wants_number and isinstance(value, Unquoted | bool):
        return "write a number in digits, or put a text in quotes" if "text" in kinds else IN_DIGITS
    if "text" in kinds and not wants_number and isinstance(value, Unquoted | int | float):
        return IN_QUOTES
    if kinds == ["a list"] and value is not None:
        begins_with_dash = isinstance(value, str) and value.startswith("-")
        return ENTRIES if isinstance(value, dict) or begins_with_dash else "write it in square brackets"
    if kinds == ["true or false"]:
        return _as_yes_or_no(value)
    return as_a_number(value, None if "text" in kinds else 2) if wants_number and isinstance(value, str) else ""


def _wants_number(kinds: list[str]) -> bool:
    """Tell whether a number would be right."""
    return any("number" in kind for kind in kinds)


def _not_finite(raw: str) -> str:
    """Say that a number has no end."""
    return f"must be a finite number (got {raw[:60]}); {IN_DIGITS}"


def as_a_number(text: str, right: float | None) -> str:
    """Say how a text that means a number is written, at worst as one that would be right; None if it may be a text."""
    if text.replace(".", "", 1).isdigit():
        return "write it without quotes"
    if NUMBER_WITH_COMMAS.fullmatch(text):
        return without_commas(text)
    if right is None:
        return ""
    number = None if QUOTIENT.match(text) else NUMBER.match(text.replace(",", "."))
    return f"write the number alone: {number[0]}" if number else f"write it in digits, such as {right:g}"


def _as_yes_or_no(value: Any) -> str:
    """Say how a value that means yes or no is written, or nothing."""
    meant = _truth(value)
    return "" if meant is None else f"write {str(meant).lower()}, without quotes"


def _truth(value: Any) -> bool | None:
    """Return what a value that means yes or no means, or None."""
    word = (value.raw if isinstance(value, Unquoted) else str(value)).casefold()
    return True if word in ("true", "yes", "on") else False if word in ("false", "no", "off") else None


def _constraint(error: Error) -> str:
    """Say which limit a value of the right kind breaks."""
    kind, value, limits = error["type"], error["input"], error.get("ctx", {})
    if kind in BOUNDS:
        name, words = BOUNDS[kind]
        remedy = f"write a {'larger' if name in ('gt', 'ge') else 'smaller'} number"
        hint = f"; did you mean {-value:g}?" if value < 0 else ""
        return f"{words.format(f'{limits[name]:g}')} (got {show(value)}); {remedy}{hint}"
    if kind == "literal_error":
        choices = [choice.strip("'") for choice in limits["expected"].replace(" or ", ", ").split(", ")]
        return f"must be {listed(choices, 'or')} (got {show(value)}){did_you_mean(str(value), choices)}"
    if kind == "string_pattern_mismatch":
        wrong, then, remedy = PATTERNS[limits["pattern"]].partition("; ")
        return f"{wrong} (got {show(value)}){then}{remedy}{_as_an_id(value, limits['pattern'])}"
    if kind == "string_too_long":
        return f"is {len(value):,} characters long; at most {limits['max_length']:,} are allowed"
    if kind == "string_too_short":
        return EMPTY_TEXT
    if kind in ("too_short", "too_long"):
        least = kind == "too_short"
        limit = limits["min_length" if least else "max_length"]
        noun = "entry" if limit == 1 else "entries"
        remedy = "add what is missing" if least else "take some out"
        return f"must have at {'least' if least else 'most'} {limit:,} {noun} (got {len(value) or 'none'}); {remedy}"
    return f"does not fit here (got {show(value)})"


def _as_an_id(value: str, pattern: str) -> str:
    """Suggest an id in the place of words, or nothing."""
    parts = {ID_PATTERN: "[a-z0-9]+", NAME_PATTERN: "[a-z0-9_]+"}
    word = FILE.sub(r"\1", value)
    meant = "-".join(re.findall(parts[pattern], word.lower())) if pattern in parts else ""
    return f'; did you mean "{meant}"?' if re.fullmatch(pattern, meant) else ""


def show(value: Any) -> str:
    """Return a value as a person would name it, shortened."""
    if isinstance(value, Unquoted):
        return value.raw
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "keys with values"
    if isinstance(value, bool):
        return str(value).lower()
    text = visible(str(value))
    return f'"{shortened(text)}"' if isinstance(value, str) else text


def listed(words: list[str], last: str) -> str:
    """Return "a", "a or b", "a, b or c"."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
