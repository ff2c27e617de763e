"""The rules on what the page of a model or paper shows of it."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.counting import sentences
from catalog.expressions import ExpressionError, NoRecordError, evaluate, one_of, parse
from catalog.load import Catalog
from catalog.problems import Problem
from catalog.records import Model, Paper, Reproduction

SENTENCES = 2  # at the top of a page


def sources_say_what_they_are(catalog: Catalog) -> Iterator[Problem]:
    """What a source is takes two sentences; a paper with a notebook has them, and says what goes in and comes out.

    Of models the rule on published questions asks for them.
    """
    for paper in catalog.papers.values():
        lacking = [field for field in ("says", "takes", "gives") if not getattr(paper, field)]
        if lacking and _has_essay(paper, catalog):
            message = f'is tested by "{paper.notebook}", and its page lacks what it is; add {", ".join(lacking)}'
            yield paper.source.problem(message, "notebook")
    for record in catalog.sources:
        if record.says and (got := len(sentences(record.says))) != SENTENCES:
            advice = "write one more" if got < SENTENCES else "join them or cut one"
            yield record.source.problem(f"must be two sentences (got {got}); {advice}", "says")


def claims_are_told_in_numbers(catalog: Catalog) -> Iterator[Problem]:
    """A claim that was tried has our numbers with their scale, any other the reason; numbers it names are reported."""
    for record in catalog.sources:
        for name, claim in record.reproduction.items():
            for field, message in _untold(claim):
                path = ("reproduction", name, *([field] if getattr(claim, field) else []))
                yield record.source.key_problem(message, *path)
            for i, number in enumerate(claim.reported):
                if number not in record.reported:
                    message = f'"{record.id}" reports no such number (got {number}){one_of(number, record.reported)}'
                    yield record.source.problem(message, "reproduction", name, "reported", i)
            for label, expression in claim.ours.items():
                if message := _no_number(expression, claim.holds or "", catalog):
                    yield record.source.problem(message, "reproduction", name, "ours", label)


def _untold(claim: Reproduction) -> Iterator[tuple[str, str]]:
    """Yield the fields that a claim lacks, or has without need, with what to do."""
    for field, wanted in (("ours", "our numbers"), ("scale", "how large the test was")):
        if claim.holds and not getattr(claim, field):
            yield field, f'was tried, since it has "holds:", and lacks {wanted}; add "{field}:"'
        elif getattr(claim, field) and not claim.holds:
            yield field, 'was not tried, since it has no "holds:"; add that, or remove this line'
    if not claim.holds and not claim.because:
        yield "because", 'was not tried, since it has no "holds:"; say why in "because:"'
    elif claim.holds and claim.because:
        yield "because", 'was tried, since it has "holds:"; remove this line'


def _no_number(expression: str, holds: str, catalog: Catalog) -> str:
    """Say why an expression is no number of ours, or nothing; of a run for which `holds` waits nothing is said."""
    try:
        parsed = parse(expression)
        runs = [term.id for term in parsed.references if term.kind == "result"]
        if not runs:
            return "no result of a run stands in it; name one, such as fine-text-2x.gain_text_x2"
        if any(id not in catalog.runs and f"{id}." in holds for id in runs):
            return ""
        value = evaluate(parsed, catalog).value
    except NoRecordError:
        return ""  # said where the record is
    except ExpressionError as error:
        return error.message
    return "is a comparison; write the number alone, and the comparison under holds" if isinstance(value, bool) else ""


def comparisons_or_their_lack_are_told(catalog: Catalog) -> Iterator[Problem]:
    """Of a source with a notebook our network was compared with other code of it, or its record says why not."""
    if catalog.parity is None:
        return
    for record in catalog.sources:
        compared = record.implementation in catalog.parity.networks
        if record.not_compared and compared:
            message = f'"{record.implementation}" was compared; remove this line'
            yield record.source.key_problem(message, "not_compared")
        elif not (compared or record.not_compared) and _has_essay(record, catalog) and has_its_code(record, catalog):
            what = f'"{record.implementation}" was' if record.implementation else "no network of it was"
            message = f'{what} not compared with other code; say why in "not_compared:", or compare it'
            yield record.source.problem(message, "implementation" if record.implementation else "notebook")


def key_figures_belong_to_the_run(catalog: Catalog) -> Iterator[Problem]:
    """The figure that a model or paper names is one of the run of its notebook."""
    for record in catalog.sources:
        run = catalog.runs.get(record.notebook or "")
        if record.figure and not record.notebook:
            message = "no notebook is named whose figure this could be; name it, or take this out"
            yield record.source.problem(message, "figure")
        elif record.figure and run and record.figure not in run.figures:
            choices = one_of(record.figure, run.figures)
            message = f'the run of "{run.id}" has no such figure (got {record.figure}){choices}'
            yield record.source.problem(message, "figure")


def _has_essay(record: Model | Paper, catalog: Catalog) -> bool:
    """Tell whether a record names an essay that exists; one that does not is told where files are."""
    return bool(record.notebook) and (catalog.root / f"notebooks/{record.notebook}.py").is_file()


def has_its_code(record: Model | Paper, catalog: Catalog) -> bool:
    """Tell whether a record names no implementation or one that exists; one that does not is told where files are."""
    name = record.implementation
    return name is None or (catalog.root / f"notebooks/models/{name}.py").is_file()


RULES = (
    sources_say_what_they_are,
    claims_are_told_in_numbers,
    comparisons_or_their_lack_are_told,
    key_figures_belong_to_the_run,
)
