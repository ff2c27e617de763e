"""Numbers as pages print them: results, reported numbers, sizes and times, each with what it is in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.counted import counted
from catalog.expressions import Quantity, Term, format_quantity
from catalog.records import Model, Paper, Reported, Vocabulary
from catalog.runs import Result, Run

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def reported_value(record: Model | Paper, name: str, words: Vocabulary) -> str:
    """Return a reported number with its unit, with as many decimals as its record has."""
    number = record.reported[name]
    metric = words.metrics[number.metric]
    spelled = record.source.at("reported", name, "value").raw
    digits = len(spelled.partition(".")[2]) if re.fullmatch(r"-?\d+(\.\d+)?", spelled) else metric.digits
    return format_quantity(Quantity(number.value, number.metric, metric.unit, digits))


def reported_about(number: Reported) -> str:
    """Return what a reported number is: its method, its data, what else is said of it; empty where that is clear."""
    return ", ".join(filter(None, reported_parts(number)))


def reported_parts(number: Reported) -> tuple[str, str, str]:
    """Return method, data and what else is said of a reported number, each empty where it is not told."""
    return number.method or "", number.dataset or "", beginning_small((number.says or "").rstrip("."))


def beginning_small(text: str) -> str:
    """Return a sentence as it goes on after a comma; a name or an abbreviation keeps its capital letters."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def result_value(result: Result, words: Vocabulary) -> str:
    """Return a measured number with its unit."""
    metric = words.metrics.get(result.metric)
    digits = metric.digits if metric else 2
    return format_quantity(Quantity(result.value, result.metric, result.unit, digits, says=result.says))


def term_value(term: Term) -> str:
    """Return the value of one term of an expression with its unit."""
    return format_quantity(Quantity(term.value, term.metric, term.unit, term.digits, says=term.says))


def term_in_words(term: Term, words: Vocabulary, run: Run | None) -> str:
    """Return what a term is: its metric, what was measured, and in which run or source."""
    metric = words.metrics.get(term.metric)
    title = metric.title if metric else term.metric
    said = f"{title}: {term.says.rstrip('.')}"
    if run is None:
        return said
    device = run.provenance.get("device")
    made = ", ".join(str(part) for part in (f"{run.mode} run", device) if part)
    return f"{said}; run {run.id} ({made})"


def shape_in_words(shape: Iterable[int]) -> str:
    """Return a real shape such as 3 × 48 × 64, which does not break; nothing for text."""
    return "\u00a0×\u00a0".join(str(size) for size in shape)


def bytes_in_words(count: int | None) -> str:
    """Return a size in memory with a unit that suits it; a dash when it is not known."""
    if count is None:
        return "–"
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return counted(count, "byte")


def small_in_words(value: float) -> str:
    """Return a number far below one with two digits and a power of ten, such as 3.8 × 10⁻⁶."""
    if value == 0:
        return "0"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}\u00a0×\u00a010{str(int(power)).translate(RAISED)}"
