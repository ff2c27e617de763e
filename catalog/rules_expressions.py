"""The rule that every number and claim rests on its results: no term may be idle, no literal may stand for one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog.expression_syntax import (
    COMPARISONS,
    Expression,
    ExpressionError,
    Key,
    Node,
    Number,
    Operation,
    Reference,
    parse,
    spelled,
)
from catalog.expressions import Term, terms_of
from catalog.load import Catalog
from catalog.notations import ResultRef
from catalog.problems import Problem
from catalog.written_answers import written

CONVERSIONS = (1, 2, 60, 100, 1000, 1_000_000)  # what a number may be multiplied or divided by where it is printed
_ROUNDING = 1e-14  # relative; what differs by no more than its sum is the same
_TRIED = (0.0, 1.0, -1.0, 1e9, -1e9)  # values of results that make nearly every claim false
Values = Mapping[Key, float]
Computed = dict[int, tuple[float, float]]  # value and rounding error of nodes, by their ids
Ranges = Mapping[Key, tuple[float, float]]


def printed_numbers_rest_on_results(catalog: Catalog) -> Iterator[Problem]:
    """In `[=...]` every result changes what is printed; a typed number only converts it, to another unit or a mean."""
    for text in written(catalog):
        for part, found in text.notations(ResultRef):
            try:
                parsed = parse(found.expression)
                values = _values(terms_of(parsed, catalog, text.id))
            except ExpressionError:
                continue  # said where it is computed
            if not values:
                continue  # said where it is computed
            if wrong := _typed_term(parsed.root) or _typed_factor(parsed.root) or idle(parsed.root, values):
                column, message = wrong
                yield text.problem(part, found.expression_start + column - 1, message)


def claims_rest_on_results(catalog: Catalog) -> Iterator[Problem]:
    """Each comparison of a claim depends on a result, and some results would make the claim false."""
    for question in catalog.questions.values():
        for i, claim in enumerate(question.claims):
            try:
                parsed = parse(claim.holds)
                terms = terms_of(parsed, catalog, question.id)
            except ExpressionError:
                continue  # said where it is computed
            if message := says_nothing(parsed, _values(terms), _ranges(terms, catalog)):
                yield question.source.problem(message, "claims", i, "holds")


def says_nothing(parsed: Expression, values: Values, ranges: Ranges) -> str:
    """Say why a claim does not depend on its results, or nothing; values and the ranges of metrics are of its terms."""
    if not values:
        return ""  # said where it is computed
    signs = [node for node in _nodes(parsed.root) if isinstance(node, Operation) and node.sign in COMPARISONS]
    for node in signs:
        if not any(isinstance(inner, Reference) for inner in _nodes(node)):
            return "a comparison names no result or reported number; compare one, such as small-text.gain > 0"
    if wrong := idle(parsed.root, values):
        return wrong[1]
    if signs and all(node.sign != "!=" for node in signs) and _always(parsed.root, values, ranges):
        return "this claim cannot be false; compare with a value that the results could miss"
    return ""


def idle(root: Node, values: Values) -> tuple[int, str] | None:
    """Return column and message of the first term that does not change the value of an operation it stands in."""
    nodes = [*_nodes(root)]
    inside, before = _terms_inside(nodes), _computed(nodes, values, {})
    for key, value in values.items():
        changed = [node for node in nodes if key in inside[id(node)]]
        after = _computed(changed, {**values, key: 1.7 * value + 0.3 * (value or 1)}, before)
        for node in changed:
            if isinstance(node, Operation) and _same(before[id(node)], after[id(node)]):
                return node.column, f"changes nothing here, whatever its value (got {spelled(*key)}); take it out"
    return None


def _typed_term(root: Node) -> tuple[int, str] | None:
    """Return column and message where a typed number is added to a result or subtracted from it."""
    for node in _nodes(root):
        if isinstance(node, Operation) and node.sign in ("+", "-"):
            for operand in node.operands:
                if not any(isinstance(inner, Reference) for inner in _nodes(operand)):
                    message = "a typed number may multiply or divide a result, and not be added to it; name its result"
                    return operand.column, message
    return None


def _typed_factor(root: Node) -> tuple[int, str] | None:
    """Return column and message of a typed number that converts nothing, so that it would pass for a measured one."""
    for node in _nodes(root):
        if isinstance(node, Number) and node.value not in (0, *CONVERSIONS):  # what 0 does is told otherwise
            known = ", ".join(map(str, CONVERSIONS))
            message = f"a typed number only converts what it multiplies or divides: {known} (got {node.value:.9g})"
            return node.column, f"{message}; name the result that it is, or let the run compute this"
    return None


def _values(terms: Iterable[Term]) -> Values:
    """Return the values of the terms of an expression."""
    return {term.reference.key: term.value for term in terms}


def _ranges(terms: Iterable[Term], catalog: Catalog) -> Ranges:
    """Return what the terms of an expression may be, by their metrics; a range without the value itself is no use."""
    found = {}
    for term in terms:
        metric = catalog.vocabulary.metrics.get(term.metric)
        low, high = metric.range if metric else (None, None)
        limits = (-math.inf if low is None else low, math.inf if high is None else high)
        if limits[0] <= term.value <= limits[1]:  # else that is told
            found[term.reference.key] = limits
    return found


def _nodes(node: Node) -> Iterator[Node]:
    """Yield a node and everything inside it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.operands) if isinstance(node, Operation) else ()


def _joins(node: Operation) -> bool:
    """Tell whether an operation works on truths."""
    return node.sign in ("and", "or", "not")


def _terms_inside(nodes: Sequence[Node]) -> dict[int, frozenset[Key]]:
    """Return the terms that stand inside each node, by its id; of each operation the operands are among them."""
    found: dict[int, frozenset[Key]] = {}
    for node in reversed(nodes):
        inside = (found[id(operand)] for operand in node.operands) if isinstance(node, Operation) else ()
        found[id(node)] = frozenset([node.key] if isinstance(node, Reference) else ()).union(*inside)
    return found


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Tell whether two values differ by rounding alone; each is given with its error."""
    return abs(a[0] - b[0]) <= a[1] + b[1]  # false where one is not a number


def _computed(nodes: Sequence[Node], values: Values, known: Computed) -> Computed:
    """Return value and rounding error of nodes, by their ids: a comparison is a difference, a joined truth no number.

    The nodes stand in the order of `_nodes`; the operands of each are among them or `known`.
    """
    found = dict(known)
    for node in reversed(nodes):
        if isinstance(node, Operation):
            first, last = found[id(node.operands[0])], found[id(node.operands[-1])]
            found[id(node)] = (math.nan, 0.0) if _joins(node) else _combined(node.sign, *first, *last)
        else:
            value = node.value if isinstance(node, Number) else values[node.key]
            found[id(node)] = value, abs(value) * _ROUNDING
    return found


def _combined(sign: str, a: float, of_a: float, b: float, of_b: float) -> tuple[float, float]:
    """Return value and error of an operation on two values with their errors, or on one that is given twice."""
    if sign in ("negative", "abs"):
        return (-a if sign == "negative" else abs(a)), of_a
    if sign == "*":
        return a * b, abs(a) * of_b + abs(b) * of_a
    if sign == "/":
        return (a / b, of_a / abs(b) + abs(a) * of_b / (b * b)) if abs(b) > 1e-150 else (math.nan, 0.0)
    return (a + b if sign == "+" else a - b), of_a + of_b


def _always(root: Node, values: Values, ranges: Ranges) -> bool:
    """Tell whether a claim stays true whatever its results are: tried with values far apart, together and in turn.

    No value is tried that the metric of a result cannot have.
    """
    return all(_is_true(root, _possible(assumed, ranges)) for assumed in _assumed(values))


def _assumed(values: Values) -> Iterator[Values]:
    """Yield values that results might have, those first that make most claims false."""
    yield from (dict.fromkeys(values, value) for value in _TRIED)
    yield from ({**values, key: value} for key in values for value in _TRIED)
    yield from ({key: value * factor for key, value in values.items()} for factor in (-1, 0.001, 1000))
    yield from ({key: (-1) ** (i + turn) * 1e6 * (i + 1) for i, key in enumerate(values)} for turn in (0, 1))


def _possible(values: Values, ranges: Ranges) -> Values:
    """Return values, each moved into the range of its metric."""
    limits = {key: ranges.get(key, (-math.inf, math.inf)) for key in values}
    return {key: min(max(value, limits[key][0]), limits[key][1]) for key, value in values.items()}


def _is_true(node: Node, values: Values) -> bool:
    """Tell whether a claim is true for these values; a division by zero leaves it open and counts as false."""
    if not isinstance(node, Operation):
        return False
    if node.sign == "not":
        return not _is_true(node.operands[0], values)
    if _joins(node):
        return (all if node.sign == "and" else any)(_is_true(operand, values) for operand in node.operands)
    difference, error = _computed([*_nodes(node)], values, {})[id(node)]
    near = abs(difference) <= error
    return {"<": difference < 0 and not near, "<=": difference < 0 or near, ">": difference > 0 and not near,
            ">=": difference > 0 or near, "==": near}.get(node.sign, False)  # fmt: skip


RULES = (printed_numbers_rest_on_results, claims_rest_on_results)
