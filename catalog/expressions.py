"""The values of expressions: numbers with units and the results they rest on, and how they are printed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from catalog.expression_syntax import (
    Expression,
    ExpressionError,
    Key,
    Node,
    Number,
    Operation,
    Reference,
    parse,
)
from catalog.kept import kept
from catalog.problems import did_you_mean
from catalog.run_values import rerun

if TYPE_CHECKING:
    from catalog.load import Catalog
    from catalog.records import Metric

__all__ = [
    "Expression",
    "ExpressionError",
    "NoRecordError",
    "NothingReportedError",
    "Quantity",
    "Term",
    "evaluate",
    "format_quantity",
    "notebooks_of",
    "one_of",
    "parse",
]

TIMES = "×"  # the unit of a ratio, printed without a space
GAIN = "_gain"  # metrics with this ending are differences: printed with their sign

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b and not _near(a, b),
    "<=": lambda a, b: a < b or _near(a, b),
    ">": lambda a, b: a > b and not _near(a, b),
    ">=": lambda a, b: a > b or _near(a, b),
    "==": lambda a, b: _near(a, b),
    "!=": lambda a, b: not _near(a, b),
}


class Term(NamedTuple):
    """A result or reported number that stands in an expression, with its value; `says` is what it is."""

    reference: Reference
    value: float
    metric: str
    unit: str
    digits: int
    says: str

    @property
    def kind(self) -> Literal["result", "reported"]:
        """Whether a run measured it or a source reports it."""
        return self.reference.kind

    @property
    def id(self) -> str:
        """The run or the source."""
        return self.reference.id

    @property
    def name(self) -> str:
        """What the run or the source calls it."""
        return self.reference.name

    def __str__(self) -> str:
        """Return it as it is written."""
        return str(self.reference)


class NoRecordError(ExpressionError):
    """A number of a record that is not there, or of a record or run that cannot be read, which is told where it is."""


class NothingReportedError(ExpressionError):
    """A number of a record that reports none; one is told for all of them, since the remedy is in the record."""

    def __init__(self, id: str, column: int) -> None:
        """Name the record."""
        super().__init__(f'"{id}" reports no numbers yet; add them to its record, under reported:', column)


@dataclass(frozen=True)
class Quantity:
    """The value of an expression: a number with its unit, or a truth; `digits` decimals are printed.

    `says` is what the number is, where it is a single one.
    """

    value: float | bool
    metric: str | None
    unit: str
    digits: int
    terms: tuple[Term, ...] = ()
    says: str = ""


# --- evaluating ------------------------------------------------------------------------------------------------------


def evaluate(expression: Expression, catalog: Catalog, question_id: str | None = None) -> Quantity:
    """Return the value of an expression.

    With `question_id`, only runs and records that were offered for that question may be named.

    Raises:
        ExpressionError: a result or reported number is unknown or was not offered, units do not fit, a division by
            zero, or a truth where a number is wanted.
    """
    return _evaluated(catalog, expression.text, question_id)


@kept
def _evaluated(catalog: Catalog, text: str, question_id: str | None) -> Quantity:
    """Return the value of an expression, for which several rules and pages ask."""
    expression = parse(text)
    terms = terms_of(expression, catalog, question_id)
    values = {term.reference.key: term for term in terms}
    found = _Evaluator(values, catalog.vocabulary.metrics).of(expression.root)
    says = terms[0].says if len(terms) == 1 else ""
    return Quantity(found.value, found.metric, found.unit, found.digits, terms, says)


def terms_of(expression: Expression, catalog: Catalog, question_id: str | None = None) -> tuple[Term, ...]:
    """Return the results and reported numbers that an expression names, in its order.

    Raises:
        ExpressionError: one is unknown, or was not offered for the question.
    """
    return _terms(catalog, expression.text, question_id)


@kept
def _terms(catalog: Catalog, text: str, question_id: str | None) -> tuple[Term, ...]:
    """Return the terms of an expression, for which several rules ask."""
    allowed = notebooks_of(catalog, question_id) if question_id is not None else None
    return tuple(
        _result(reference, catalog, allowed)
        if reference.kind == "result"
        else _reported(reference, catalog, question_id)
        for reference in parse(text).references
    )


@kept
def notebooks_of(catalog: Catalog, question_id: str) -> frozenset[str]:
    """Return the notebooks a question may speak of: its own, and those of its offered models and papers.

    Where an offered id has no record, or a record names a notebook that does not exist, any notebook may be what it
    means. A question that names no notebook means the one that is called as the question, if there is one; another
    rule tells it to say so.
    """
    question = catalog.questions[question_id]
    if not catalog.knows_all_offered(question):
        records = (question, *catalog.sources)
        named = {record.notebook for record in records if record.notebook}
        return frozenset(named | catalog.runs.keys() | catalog.unreadable_runs)
    offered = [*map(catalog.models.get, question.models), *map(catalog.papers.get, question.papers)]
    own = question.notebook or (question_id if question_id in catalog.runs else None)
    named = frozenset(filter(None, (own, *(record.notebook for record in offered if record))))
    return named if all(_is_there(catalog, name) for name in named) else named | catalog.runs.keys()


def _is_there(catalog: Catalog, notebook: str) -> bool:
    """Tell whether a notebook exists; a name without one is told where it stands."""
    return notebook in catalog.runs or (catalog.root / "notebooks" / f"{notebook}.py").is_file()


def one_of(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?`, or what there is to choose from when nothing is near."""
    names = sorted(known)
    if hint := did_you_mean(word, names):
        return hint
    return (
        f"; choose from {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}" if names else "; there is none yet"
    )


def _result(reference: Reference, catalog: Catalog, allowed: frozenset[str] | None) -> Term:
    """Look up a result of a run, which is one of those that are allowed; None allows any."""
    if allowed is not None and reference.id not in allowed:
        message = f"is not the notebook of this question or of anything offered for it (got {reference.id})"
        record = catalog.papers.get(reference.id) or catalog.models.get(reference.id)
        reported = record is not None and reference.name in record.reported
        hint = f'; did you mean "{reference.id}@{reference.name}"?' if reported else one_of(reference.id, allowed)
        raise ExpressionError(message + hint, reference.column)
    if reference.id in catalog.unreadable_runs:
        raise NoRecordError(f'the run of "{reference.id}" cannot be read', reference.column)
    run = catalog.runs.get(reference.id)
    if run is None:
        message = f'there is no run of "{reference.id}"; {rerun(reference.id)}'
        raise ExpressionError(message + did_you_mean(reference.id, catalog.runs), reference.column)
    result = run.results.get(reference.name)
    if result is None:
        message = f'the run of "{reference.id}" has no such result (got {reference.name})'
        raise ExpressionError(message + one_of(reference.name, run.results), reference.column)
    digits = _digits(catalog.vocabulary.metrics.get(result.metric))
    return Term(reference, result.value, result.metric, result.unit, digits, result.says)


def _reported(reference: Reference, catalog: Catalog, question_id: str | None) -> Term:
    """Look up a number that an offered paper or repository prints."""
    record = catalog.papers.get(reference.id) or catalog.models.get(reference.id)
    if question_id is not None:
        question = catalog.questions[question_id]
        if reference.id not in question.models and reference.id not in question.papers:
            if record is not None and not catalog.knows_all_offered(question):
                return _reported(reference, catalog, None)
            known = [id for id in (*question.models, *question.papers) if id in catalog.models or id in catalog.papers]
            run = catalog.runs.get(reference.id)
            measured = run is not None and reference.name in run.results
            hint = f'; did you mean "{reference.id}.{reference.name}"?' if measured else one_of(reference.id, known)
            raise ExpressionError(f"was not offered for this question (got {reference.id}){hint}", reference.column)
        if record is None:
            raise NoRecordError(f'there is no record of "{reference.id}" that can be read', reference.column)
    if record is None:
        hint = did_you_mean(reference.id, (*catalog.papers, *catalog.models))
        raise ExpressionError(f"is no model or paper (got {reference.id}){hint}", reference.column)
    number = record.reported.get(reference.name)
    if number is None:
        if not record.reported:
            raise NothingReportedError(record.id, reference.column)
        message = f'"{reference.id}" reports no such number (got {reference.name})'
        raise ExpressionError(message + one_of(reference.name, record.reported), reference.column)
    metric = catalog.vocabulary.metrics.get(number.metric)
    if metric is None:
        raise NoRecordError(f'the metric of "{reference.id}@{reference.name}" is not known', reference.column)
    said = (number.says, number.method, number.dataset, number.where)
    says = "; ".join(part for part in said if part)
    return Term(reference, number.value, number.metric, metric.unit, _digits(metric), says)


def _digits(metric: Metric | None) -> int:
    """Return the decimals a metric is printed with."""
    return metric.digits if metric else 2


class _Value(NamedTuple):
    """A value on the way: `typed` is a plain number that takes the unit of whatever it meets."""

    value: float | bool
    metric: str | None
    unit: str
    digits: int
    typed: bool = False


@dataclass(frozen=True)
class _Evaluator:
    """Computes values with units."""

    terms: Mapping[Key, Term]
    metrics: Mapping[str, Metric]

    def of(self, node: Node) -> _Value:
        """Return the value of a node."""
        if isinstance(node, Number):
            return _Value(node.value, None, "", 2, typed=True)
        if isinstance(node, Reference):
            term = self.terms[node.key]
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
        message = f"cannot {doing} {_unit_name(a)} and {_unit_name(b)}; give both sides the same unit"
        raise ExpressionError(message, node.column)

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
            raise ExpressionError("division by zero; divide by something else", node.column)
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

    The standard error of a gain is no gain and has no plus.
    The unit follows a thin no-break space, `×` follows directly. A truth is "yes" or "no".
    """
    if isinstance(quantity.value, bool):
        return "yes" if quantity.value else "no"
    digits = f"{abs(quantity.value):,.{quantity.digits}f}"
    is_zero = not digits.strip("0.,")
    is_gain = (quantity.metric or "").endswith(GAIN) and not _is_standard_error(quantity.says)
    sign = "" if is_zero else "−" if quantity.value < 0 else "+" if is_gain else ""
    if not quantity.unit:
        return sign + digits
    return sign + digits + ("" if quantity.unit == TIMES else "\u202f") + quantity.unit


def _is_standard_error(says: str) -> bool:
    """Tell whether a number is a standard error by what is said of it, and not a number beside which one stands.

    "One minus another: standard error of that mean." against "One minus another, standard error 0.1."
    """
    _, named, rest = says.rpartition("standard error")
    return bool(named) and not any(map(str.isdigit, rest))
