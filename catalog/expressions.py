"""The small language in which answers and claims compute with results and reported numbers.

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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from catalog.problems import did_you_mean

if TYPE_CHECKING:
    from catalog.load import Catalog
    from catalog.records import Metric

LONGEST = 500  # characters
DEEPEST = 32  # expressions inside expressions
TIMES = "×"  # the unit of a ratio, printed without a space
GAIN = "_gain"  # metrics with this ending are differences: printed with their sign

_TOKEN = re.compile(
    r"""\s*+(?:
    (?P<term>[a-z0-9]++(?:-[a-z0-9]++)*+[.@][A-Za-z_][A-Za-z0-9_]*+(?:-[A-Za-z0-9_]++)*+)
  | (?P<number>\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)
  | (?P<word>[A-Za-z_][\w-]*+)
  | (?P<sign><=|>=|==|!=|[-+*/×÷−<>()])
    )""",
    re.VERBOSE,
)
_SAME_SIGN = {"×": "*", "÷": "/", "−": "-"}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b and not _near(a, b),
    "<=": lambda a, b: a < b or _near(a, b),
    ">": lambda a, b: a > b and not _near(a, b),
    ">=": lambda a, b: a > b or _near(a, b),
    "==": lambda a, b: _near(a, b),
    "!=": lambda a, b: not _near(a, b),
}


class ExpressionError(ValueError):
    """An expression cannot be read or has no value; `column` is where in it, from 1."""

    def __init__(self, message: str, column: int) -> None:
        """Keep message and column."""
        self.message = message
        self.column = column
        super().__init__(f"column {column}: {message}")


# --- what an expression is -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A number as typed."""

    value: float
    column: int


@dataclass(frozen=True)
class Reference:
    """`id.name`, a result of a run, or `id@key`, a reported number."""

    kind: Literal["result", "reported"]
    id: str
    name: str
    column: int

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.id}{'.' if self.kind == 'result' else '@'}{self.name}"


@dataclass(frozen=True)
class Operation:
    """A sign or word with what it works on: `-` and one, `abs` and one, `/` and two, `and` and two."""

    sign: str
    operands: tuple[Node, ...]
    column: int


Node = Number | Reference | Operation


@dataclass(frozen=True)
class Expression:
    """A parsed expression and every result or reported number in it, each once, in order."""

    text: str
    root: Node
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Term:
    """A result or reported number that stands in an expression, with its value; `says` is what it is."""

    kind: Literal["result", "reported"]
    id: str
    name: str
    value: float
    metric: str
    unit: str
    digits: int
    says: str
    column: int

    def __str__(self) -> str:
        """Return it as it is written in an expression."""
        return f"{self.id}{'.' if self.kind == 'result' else '@'}{self.name}"


@dataclass(frozen=True)
class Quantity:
    """The value of an expression: a number with its unit, or a truth; `digits` decimals are printed."""

    value: float | bool
    metric: str | None
    unit: str
    digits: int
    terms: tuple[Term, ...] = ()


# --- parsing ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Parse an expression.

    Raises:
        ExpressionError: it is empty, longer than 500 characters, nested deeper than 32, or no expression.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters; at most {LONGEST} are allowed", 1)
    return _Parser(text).expression()


@dataclass(frozen=True)
class _Token:
    """A word of the language; `start` counts from 0."""

    kind: str
    text: str
    start: int
    end: int


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        """Cut the text into tokens."""
        self.text = text
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0
        self.references: dict[tuple[str, str, str], Reference] = {}

    def expression(self) -> Expression:
        """Read all of it."""
        if not self.tokens:
            raise ExpressionError("there is no expression; write one such as NOTEBOOK.RESULT", 1)
        root = self.either()
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            raise ExpressionError(_unexpected(token), token.start + 1)
        return Expression(self.text, root, tuple(self.references.values()))

    def accept(self, *texts: str) -> _Token | None:
        """Take the next token if it is one of these signs or words."""
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            if token.kind in ("sign", "word") and _SAME_SIGN.get(token.text, token.text) in texts:
                self.next += 1
                return token
        return None

    def either(self) -> Node:
        """Read `a or b`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"the expression is nested deeper than {DEEPEST}", self.column())
        node = self.chain(self.both, "or")
        self.depth -= 1
        return node

    def both(self) -> Node:
        """Read `a and b`."""
        return self.chain(self.negation, "and")

    def negation(self) -> Node:
        """Read `not a`."""
        return self.prefixed("not", self.comparison)

    def comparison(self) -> Node:
        """Read `a < b`; a second comparison needs an `and`."""
        left = self.sum()
        if not (token := self.accept(*_COMPARISONS)):
            return left
        node = Operation(token.text, (left, self.sum()), token.start + 1)
        if second := self.accept(*_COMPARISONS):
            raise ExpressionError('compare two values at a time; join comparisons by "and"', second.start + 1)
        return node

    def sum(self) -> Node:
        """Read `a + b - c`."""
        return self.chain(self.product, "+", "-")

    def product(self) -> Node:
        """Read `a * b / c`."""
        return self.chain(self.signed, "*", "/")

    def signed(self) -> Node:
        """Read `-a`."""
        return self.prefixed("-", self.value)

    def chain(self, operand: Callable[[], Node], *signs: str) -> Node:
        """Read operands joined from left to right."""
        node = operand()
        while token := self.accept(*signs):
            sign = _SAME_SIGN.get(token.text, token.text)
            if sign == "-" and not self.has_spaces(token):
                raise ExpressionError("a minus between two values needs a space on each side", token.start + 1)
            node = Operation(sign, (node, operand()), token.start + 1)
        return node

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
        if self.next >= len(self.tokens):
            raise ExpressionError("the expression ends too early; a value is missing", self.column())
        if opening := self.accept("abs"):
            return Operation("abs", (self.inside(),), opening.start + 1)
        token = self.tokens[self.next]
        if token.text == "(":
            return self.inside()
        self.next += 1
        if token.kind == "number":
            return self.number(token)
        if token.kind == "term":
            return self.reference(token)
        raise ExpressionError(_unexpected(token), token.start + 1)

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
        kind = "reported" if "@" in token.text else "result"
        id, name = re.split(r"[.@]", token.text, maxsplit=1)
        return self.references.setdefault((kind, id, name), Reference(kind, id, name, token.start + 1))

    def has_spaces(self, token: _Token) -> bool:
        """Tell whether there is a space on each side of a token."""
        return self.text[token.start - 1].isspace() and self.text[token.end : token.end + 1].isspace()

    def column(self) -> int:
        """Return the column of the next token, or that after the end."""
        return (self.tokens[self.next].start if self.next < len(self.tokens) else len(self.text.rstrip())) + 1


def _tokens(text: str) -> list[_Token]:
    """Cut a text into tokens."""
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f'"{text[at]}" has no meaning here', at + 1)
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], match.start(kind), match.end(kind)))
        at = match.end()
    return tokens


def _unexpected(token: _Token) -> str:
    """Say what is wrong with a token that cannot stand where it stands."""
    if token.kind == "word" and token.text not in ("and", "or", "not", "abs"):
        return f'"{token.text}" is no number; write NOTEBOOK.RESULT for a result, ID@KEY for a reported number'
    return f'"{token.text}" cannot stand here'


# --- evaluating ------------------------------------------------------------------------------------------------------


def evaluate(expression: Expression, catalog: Catalog, question_id: str | None = None) -> Quantity:
    """Return the value of an expression.

    With `question_id`, only runs and records that were offered for that question may be named.

    Raises:
        ExpressionError: a result or reported number is unknown or was not offered, units do not fit, a division by
            zero, or a truth where a number is wanted.
    """
    terms = tuple(_term(reference, catalog, question_id) for reference in expression.references)
    values = {(term.kind, term.id, term.name): term for term in terms}
    found = _Evaluator(values, catalog.vocabulary.metrics).of(expression.root)
    return Quantity(found.value, found.metric, found.unit, found.digits, terms)


def notebooks_of(catalog: Catalog, question_id: str) -> set[str]:
    """Return the notebooks a question may speak of: its own, and those of its offered models and papers."""
    question = catalog.questions[question_id]
    offered = [*map(catalog.models.get, question.models), *map(catalog.papers.get, question.papers)]
    return {record.notebook for record in (question, *offered) if record and record.notebook}


def _term(reference: Reference, catalog: Catalog, question_id: str | None) -> Term:
    """Look up a result or reported number."""
    find = _result if reference.kind == "result" else _reported
    return find(reference, catalog, question_id)


def _result(reference: Reference, catalog: Catalog, question_id: str | None) -> Term:
    """Look up a result of a run."""
    allowed = set(catalog.runs) if question_id is None else notebooks_of(catalog, question_id)
    if question_id is not None and reference.id not in allowed:
        message = f'"{reference.id}" is not the notebook of this question or of anything offered for it'
        raise ExpressionError(message + did_you_mean(reference.id, allowed), reference.column)
    run = catalog.runs.get(reference.id)
    if run is None:
        message = f'there is no run of "{reference.id}"; run python -m scripts.run_notebooks {reference.id}'
        raise ExpressionError(message + did_you_mean(reference.id, catalog.runs), reference.column)
    result = run.results.get(reference.name)
    if result is None:
        message = f'the run of "{reference.id}" has no result "{reference.name}"'
        raise ExpressionError(message + did_you_mean(reference.name, run.results), reference.column)
    digits = _digits(catalog.vocabulary.metrics.get(result.metric))
    return Term(
        "result", reference.id, reference.name, result.value, result.metric, result.unit, digits, result.says,
        reference.column,
    )  # fmt: skip


def _reported(reference: Reference, catalog: Catalog, question_id: str | None) -> Term:
    """Look up a number that an offered paper or repository prints."""
    known = {**catalog.papers, **catalog.models}
    if question_id is not None:
        question = catalog.questions[question_id]
        known = {id: record for id, record in known.items() if id in question.models or id in question.papers}
    record = known.get(reference.id)
    if record is None:
        what = "was not offered for this question" if question_id is not None else "is no model or paper"
        raise ExpressionError(f'"{reference.id}" {what}{did_you_mean(reference.id, known)}', reference.column)
    number = record.reported.get(reference.name)
    if number is None:
        message = f'"{reference.id}" reports no "{reference.name}"{did_you_mean(reference.name, record.reported)}'
        raise ExpressionError(message, reference.column)
    metric = catalog.vocabulary.metrics.get(number.metric)
    said = (number.says, number.method, number.dataset, number.where)
    return Term(
        "reported", reference.id, reference.name, number.value, number.metric, metric.unit if metric else "",
        _digits(metric), "; ".join(part for part in said if part), reference.column,
    )  # fmt: skip


def _digits(metric: Metric | None) -> int:
    """Return the decimals a metric is printed with."""
    return metric.digits if metric else 2


@dataclass(frozen=True)
class _Value:
    """A value on the way: `typed` is a plain number that takes the unit of whatever it meets."""

    value: float | bool
    metric: str | None
    unit: str
    digits: int
    typed: bool = False


@dataclass(frozen=True)
class _Evaluator:
    """Computes values with units."""

    terms: Mapping[tuple[str, str, str], Term]
    metrics: Mapping[str, Metric]

    def of(self, node: Node) -> _Value:
        """Return the value of a node."""
        if isinstance(node, Number):
            return _Value(node.value, None, "", 2, typed=True)
        if isinstance(node, Reference):
            term = self.terms[(node.kind, node.id, node.name)]
            return _Value(term.value, term.metric, term.unit, term.digits)
        values = [*map(self.of, node.operands)]  # one frame a level: a sum of 250 numbers is 250 deep
        if node.sign in ("and", "or", "not"):
            return self.logic(node, values)
        for operand, value in zip(node.operands, values, strict=True):
            if isinstance(value.value, bool):
                raise ExpressionError("a number is wanted here, and this is a comparison", operand.column)
        found = self.arithmetic(node, values)
        if not math.isfinite(found.value):
            raise ExpressionError("the value is too large to be a number", node.column)
        return found

    def logic(self, node: Operation, values: list[_Value]) -> _Value:
        """Return the value of and, or, not."""
        for operand, value in zip(node.operands, values, strict=True):
            if not isinstance(value.value, bool):
                raise ExpressionError(f'"{node.sign}" wants a comparison here, and this is a number', operand.column)
        truths = [bool(value.value) for value in values]
        truth = not truths[0] if node.sign == "not" else all(truths) if node.sign == "and" else any(truths)
        return _Value(truth, None, "", 0)

    def arithmetic(self, node: Operation, values: list[_Value]) -> _Value:
        """Return the value of an operation on numbers."""
        a, b = values[0], values[-1]
        if node.sign == "negative":
            return _Value(-a.value, a.metric, a.unit, a.digits, a.typed)
        if node.sign == "abs":
            metric = None if (a.metric or "").endswith(GAIN) else a.metric
            return _Value(abs(a.value), metric, a.unit, a.digits, a.typed)
        if node.sign in _COMPARISONS:
            self.common_unit(node, a, b)
            return _Value(_COMPARISONS[node.sign](a.value, b.value), None, "", 0)
        if node.sign in ("+", "-"):
            value = a.value + b.value if node.sign == "+" else a.value - b.value
            unit = self.common_unit(node, a, b)
            return _Value(
                value, self.metric_of_sum(node.sign, a, b), unit, max(a.digits, b.digits), a.typed and b.typed
            )
        return self.times(node, a, b) if node.sign == "*" else self.over(node, a, b)

    def common_unit(self, node: Operation, a: _Value, b: _Value) -> str:
        """Return the unit two values share; a typed number has the unit of the other."""
        if a.typed or b.typed:
            return b.unit if a.typed else a.unit
        if a.unit == b.unit:
            return a.unit
        if _is_plain(a) and _is_plain(b):
            return ""
        doing = {"+": "add", "-": "subtract"}.get(node.sign, "compare")
        raise ExpressionError(f"cannot {doing} {_unit_name(a)} and {_unit_name(b)}", node.column)

    def metric_of_sum(self, sign: str, a: _Value, b: _Value) -> str | None:
        """Return the metric of a sum or difference: two PSNRs differ by a PSNR gain."""
        if a.typed or b.typed:
            return b.metric if a.typed else a.metric
        if a.metric == b.metric and a.metric is not None:
            gain = a.metric + GAIN
            return gain if sign == "-" and gain in self.metrics else a.metric
        if a.metric and b.metric == a.metric + GAIN:
            return a.metric
        return b.metric if sign == "+" and b.metric and a.metric == b.metric + GAIN else None

    def times(self, node: Operation, a: _Value, b: _Value) -> _Value:
        """Multiply: at most one of the two has a unit."""
        if not _is_plain(a) and not _is_plain(b):
            raise ExpressionError(f"cannot multiply {_unit_name(a)} by {_unit_name(b)}", node.column)
        kept = _with_meaning(a, b)
        return _Value(a.value * b.value, kept.metric, kept.unit, kept.digits, a.typed and b.typed)

    def over(self, node: Operation, a: _Value, b: _Value) -> _Value:
        """Divide: the same unit gives a ratio, a plain number keeps the unit above it."""
        if b.value == 0:
            raise ExpressionError("division by zero", node.column)
        value = a.value / b.value
        if a.typed and b.typed:
            return _Value(value, None, "", 2, typed=True)
        if b.typed or (b.unit == TIMES and a.unit != TIMES):
            return _Value(value, a.metric, a.unit, a.digits, a.typed)
        if a.unit == b.unit and not a.typed:
            ratio = self.metrics.get("ratio")
            return _Value(value, "ratio" if ratio else None, TIMES, _digits(ratio))
        if _is_plain(b):
            return _Value(value, None if a.typed else a.metric, a.unit, max(a.digits, 2) if a.typed else a.digits)
        raise ExpressionError(f"cannot divide {_unit_name(a)} by {_unit_name(b)}", node.column)


def _with_meaning(a: _Value, b: _Value) -> _Value:
    """Return the factor whose metric a product keeps: the one with a unit, else the one that is measured."""
    if not _is_plain(b) or a.typed:
        return b
    return a


def _is_plain(value: _Value) -> bool:
    """Tell whether a value has no unit, or is a ratio."""
    return value.typed or value.unit in ("", TIMES)


def _unit_name(value: _Value) -> str:
    """Return a unit as it is named in a message."""
    return value.unit or "a plain number"


def _near(a: float, b: float) -> bool:
    """Tell whether two values differ by rounding alone."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


# --- printing --------------------------------------------------------------------------------------------------------


def format_quantity(quantity: Quantity) -> str:
    """Return a quantity as it is printed: its metric's decimals, a true minus, a plus for gains, then the unit.

    The unit follows a thin no-break space, `×` follows directly. A truth is "yes" or "no".
    """
    if isinstance(quantity.value, bool):
        return "yes" if quantity.value else "no"
    digits = f"{abs(quantity.value):,.{quantity.digits}f}"
    is_zero = not digits.strip("0.,")
    sign = "" if is_zero else "−" if quantity.value < 0 else "+" if (quantity.metric or "").endswith(GAIN) else ""
    if not quantity.unit:
        return sign + digits
    return sign + digits + ("" if quantity.unit == TIMES else "\u202f") + quantity.unit
