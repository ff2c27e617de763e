"""The grammar of the small language in which answers and claims compute with results and reported numbers.

    or    := and ("or" and)*            sum     := product (("+" | "-") product)*
    and   := not ("and" not)*           product := sign (("*" | "/" | "×" | "÷") sign)*
    not   := "not" not | comparison     sign    := "-" sign | value
    comparison := sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
    value := number | id.name | id@key | "abs" "(" or ")" | "(" or ")"

A token `id.name` (result of a run) or `id@key` (reported number) binds first, and both may hold hyphens; so a minus
between two values has a space on each side. Nothing here calls eval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

LONGEST = 500  # characters
DEEPEST = 32  # expressions inside expressions
OTHER_SIGNS = {"=>": ">=", "=<": "<=", "=": "==", "&": "and", "|": "or", "!": "not"}  # signs of other languages
REMEMBERED = 262_144  # expressions: several rules and the pages read the same ones

_TERM = r"[a-z0-9]++(?:-[a-z0-9]++)*+[.@][A-Za-z_][A-Za-z0-9_]*+(?:-[A-Za-z0-9_]++)*+"
_ALONE = re.compile(rf"\s*+({_TERM})\s*+")
_TOKEN = re.compile(
    rf"""\s*+(?:
    (?P<term>{_TERM})
  | (?P<number>\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)
  | (?P<word>[A-Za-z_][\w-]*+)
  | (?P<sign><=|>=|==|!=|[-+*/×÷−<>()])
    )""",
    re.VERBOSE,
)
_NAME = re.compile(r"[.@][A-Za-z_][\w-]*+")  # what follows an id
MINUS_NEEDS_SPACES = "a minus between two values needs a space on each side"
_SAME_SIGN = {"×": "*", "÷": "/", "−": "-"}
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_NOT = 3  # how tightly it binds
_BINDS = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, _NOT + 1), "+": 5, "-": 5, "*": 6, "/": 6}


class ExpressionError(ValueError):
    """An expression cannot be read or has no value; `column` is where in it, from 1."""

    def __init__(self, message: str, column: int) -> None:
        """Keep message and column."""
        self.message = message
        self.column = column
        super().__init__(f"column {column}: {message}")


# --- what an expression is -------------------------------------------------------------------------------------------


class Number(NamedTuple):
    """A number as typed."""

    value: float
    column: int


Key = tuple[str, str, str]  # kind, id and name of a reference


def spelled(kind: str, id: str, name: str) -> str:
    """Return a result or reported number as it is written."""
    return f"{id}{'.' if kind == 'result' else '@'}{name}"


class Reference(NamedTuple):
    """`id.name`, a result of a run, or `id@key`, a reported number."""

    kind: Literal["result", "reported"]
    id: str
    name: str
    column: int

    @property
    def key(self) -> Key:
        """What it names, wherever it stands."""
        return self[:3]

    def __str__(self) -> str:
        """Return it as it is written."""
        return spelled(self.kind, self.id, self.name)


class Operation(NamedTuple):
    """A sign or word with what it works on: `-` and one, `abs` and one, `/` and two, `and` and two."""

    sign: str
    operands: tuple[Node, ...]
    column: int


Node = Number | Reference | Operation


class Expression(NamedTuple):
    """A parsed expression and every result or reported number in it, each once, in order."""

    text: str
    root: Node
    references: tuple[Reference, ...]


# --- parsing ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=REMEMBERED)
def parse(text: str) -> Expression:
    """Parse an expression.

    Raises:
        ExpressionError: it is empty, longer than 500 characters, nested deeper than 32, or no expression.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters; at most {LONGEST} are allowed", 1)
    if alone := _ALONE.fullmatch(text):  # as most are
        found = _reference(alone[1], alone.start(1) + 1)
        return Expression(text, found, (found,))
    return _Parser(text).expression()


def _reference(term: str, column: int) -> Reference:
    """Return what `id.name` or `id@key` refers to."""
    id, sign, name = term.partition("." if "." in term else "@")
    return Reference("result" if sign == "." else "reported", id, name, column)


class _Token(NamedTuple):
    """A word of the language; `start` counts from 0; `sign` is what a sign or word means, empty for a value."""

    kind: str
    text: str
    start: int
    end: int
    sign: str = ""


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        """Cut the text into tokens."""
        self.text = text
        end = len(text.rstrip())
        self.tokens = [*_tokens(text), _Token("end", "", end, end)]
        self.next = 0
        self.depth = 0
        self.references: dict[Key, Reference] = {}

    def expression(self) -> Expression:
        """Read all of it."""
        if self.tokens[0].kind == "end":
            raise ExpressionError("there is no expression; write one such as run.result", 1)
        root = self.either()
        if (token := self.tokens[self.next]).kind != "end":
            raise ExpressionError(_unexpected(token, "an operator such as + or >"), token.start + 1)
        return Expression(self.text, root, tuple(self.references.values()))

    def accept(self, sign: str) -> _Token | None:
        """Take the next token if it is this sign or word."""
        token = self.tokens[self.next]
        if token.sign != sign:
            return None
        self.next += 1
        return token

    def either(self) -> Node:
        """Read `a or b`, the whole of an expression."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"the expression is nested deeper than {DEEPEST}", self.column())
        node = self.joined(_BINDS["or"])
        self.depth -= 1
        return node

    def joined(self, least: int) -> Node:
        """Read operands joined from left to right by operators that bind them as tightly as `least`, or tighter."""
        if least <= _NOT and self.tokens[self.next].sign == "not":
            node = self.prefixed("not", lambda: self.joined(_NOT + 1))
        else:
            node = self.signed()
        while (binds := _BINDS.get((token := self.tokens[self.next]).sign, 0)) >= least:
            self.next += 1
            if token.sign == "-" and not self.has_spaces(token):
                raise ExpressionError(MINUS_NEEDS_SPACES, token.start + 1)
            node = Operation(token.sign, (node, self.joined(binds + 1)), token.start + 1)
            second = self.tokens[self.next]
            if token.sign in COMPARISONS and second.sign in COMPARISONS:
                raise ExpressionError('compare two values at a time; join comparisons by "and"', second.start + 1)
        return node

    def signed(self) -> Node:
        """Read `-a`."""
        return self.prefixed("-", self.value) if self.tokens[self.next].sign == "-" else self.value()

    def prefixed(self, sign: str, operand: Callable[[], Node]) -> Node:
        """Read any number of one sign before an operand."""
        signs = []
        while token := self.accept(sign):
            signs.append(token)
            if len(signs) > DEEPEST:
                raise ExpressionError(f"the expression is nested deeper than {DEEPEST}", token.start + 1)
        node = operand()
        for token in reversed(signs):
            node = Operation("negative" if sign == "-" else sign, (node,), token.start + 1)
        return node

    def value(self) -> Node:
        """Read a number, a term, or something in parentheses."""
        token = self.tokens[self.next]
        if token.kind == "end":
            raise ExpressionError("the expression ends too early; a value is missing", self.column())
        if self.accept("abs"):
            return Operation("abs", (self.inside(),), token.start + 1)
        if token.text == "(":
            return self.inside()
        self.next += 1
        if token.kind == "number":
            return self.number(token)
        if token.kind == "term":
            return self.reference(token)
        raise ExpressionError(_unexpected(token, "a number, a result or a parenthesis"), token.start + 1)

    def inside(self) -> Node:
        """Read `( ... )`."""
        if not (opening := self.accept("(")):
            raise ExpressionError('"(" is missing here', self.column())
        node = self.either()
        if not self.accept(")"):
            raise ExpressionError(f'the "(" of column {opening.start + 1} is not closed', self.column())
        return node

    def number(self, token: _Token) -> Node:
        """Read a typed number."""
        value = float(token.text)
        if not math.isfinite(value):
            raise ExpressionError("the number is too large", token.start + 1)
        return Number(value, token.start + 1)

    def reference(self, token: _Token) -> Node:
        """Read `id.name` or `id@key`."""
        found = _reference(token.text, token.start + 1)
        return self.references.setdefault(found.key, found)

    def has_spaces(self, token: _Token) -> bool:
        """Tell whether there is a space on each side of a token."""
        return self.text[token.start - 1].isspace() and self.text[token.end : token.end + 1].isspace()

    def column(self) -> int:
        """Return the column of the next token, or that after the end."""
        return self.tokens[self.next].start + 1


def _minus_in_a_name(tokens: list[_Token], text: str, at: int) -> int | None:
    """Return the column of a minus that was read as part of a name, after which a second `.` or `@` stands."""
    if not tokens or tokens[-1].end != at or text[at] not in ".@":
        return None
    joint = re.search(r"[.@][^-]*-", tokens[-1].text)
    return tokens[-1].start + joint.end() if joint else None


def _no_id(tokens: list[_Token], text: str, at: int) -> str:
    """Say how the id is spelled before a `.` or `@` that no id can stand before as it is typed, or nothing."""
    if not tokens or tokens[-1].end != at or tokens[-1].kind != "word" or not (name := _NAME.match(text, at)):
        return ""
    typed = tokens[-1].text
    meant = re.sub(r"[-_]+", "-", typed.lower()).strip("-")
    return f'is no id (got "{typed}"); did you mean "{meant}{name[0]}"?'


def _tokens(text: str) -> list[_Token]:
    """Cut a text into tokens."""
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match:
            at += len(text[at:]) - len(text[at:].lstrip())
            if minus := _minus_in_a_name(tokens, text, at):
                raise ExpressionError(MINUS_NEEDS_SPACES, minus)
            if said := _no_id(tokens, text, at):
                raise ExpressionError(said, tokens[-1].start + 1)
            raise ExpressionError(f'has no meaning here (got "{text[at]}"); {_instead(text, at)}', at + 1)
        kind = match.lastgroup or ""
        said = match[kind]
        sign = _SAME_SIGN.get(said, said) if kind in ("sign", "word") else ""
        tokens.append(_Token(kind, said, *match.span(kind), sign))
        at = match.end()
    return tokens


def _instead(text: str, at: int) -> str:
    """Say what is written in place of a sign of other languages."""
    for sign, meant in OTHER_SIGNS.items():
        if text.startswith(sign, at):
            return f'did you mean "{meant}"?'
    if text[at] == "#":
        return "write id@number for a reported number, and cite a fact as [@id#fact]"
    return "take it out"


def _unexpected(token: _Token, wanted: str) -> str:
    """Say what is wrong with a token that cannot stand where it stands."""
    if token.kind == "word" and token.text not in ("and", "or", "not", "abs"):
        return f'is no number (got "{token.text}"); write run.result for a result, id@number for a reported number'
    return f'{wanted} is wanted here (got "{token.text}")'
