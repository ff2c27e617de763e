"""Defects of a prompt that change nothing in the records, but that a reader of it should know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from catalog.counted import counted
from catalog.links import abstract_link, github_repository, https_form
from catalog.problems import Problem
from catalog.prompts import Entry, Line, Prompt

VERSION = re.compile(r"v\d+(?:\.pdf)?$", re.IGNORECASE)
REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/[\w.-]+/[\w.-]*[\w-]", re.ASCII)

Defect = tuple[Line, str]  # the line it stands in, and what is to be said


def defects(prompt: Prompt, new: Sequence[Entry]) -> list[Problem]:
    """Return the notices on those blocks of a prompt that become new records, sorted; frequent defects share one."""
    found = [defect for entry in new for rule in RULES for defect in rule(entry)]
    found += [*links_that_pages_change(new), *entries_without_a_repository(new)]
    return sorted(Problem(prompt.file, at.line, at.column, at.label, says, "notice") for at, says in found)


# --- in one notice for all blocks ------------------------------------------------------------------------------------


def links_that_pages_change(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Notice all links with http or to one version of a PDF."""
    lines = [line for entry in entries for line in entry.lines if line.label in ("Paper", "GitHub") and line.value]
    changed = [(line, page) for line in lines if (page := _on_pages(line)) is not None]
    if changed:
        pages = ", ".join(dict.fromkeys(page for _, page in changed))
        says = (
            f"{counted(len(changed), 'link')} with http or to one version of a PDF{_places([at for at, _ in changed])}"
        )
        yield changed[0][0], f"{says}; pages link to {pages}"


def _on_pages(line: Line) -> str | None:
    """Return where pages link to in place of an address, None if they keep it."""
    address = line.value or ""
    abstract = abstract_link(address) if line.label == "Paper" else None
    if address.lower().startswith("http://"):
        return abstract or https_form(address)
    return abstract if VERSION.search(address) else None


def entries_without_a_repository(entries: Sequence[Entry]) -> Iterator[Defect]:
    """Notice all models and papers without a GitHub line, with the repositories that their summaries name."""
    lacking = [entry for entry in entries if not (line := entry.get("GitHub")) or line.value is None]
    if lacking:
        lines = [entry.get("GitHub") or entry.lines[0] for entry in lacking]
        named = filter(None, (github_repository(link) for entry in lacking for link in _in_summary(entry)))
        hint = ", ".join(dict.fromkeys(named))
        gives = "this block gives" if len(lacking) == 1 else f"{len(lacking)} blocks give"
        says = f"{gives} no repository{_places(lines)}, so pages link to none; there is nothing to do"
        yield lines[0], says + (f"; the summary names {hint}" if hint else "")


def _places(lines: Sequence[Line]) -> str:
    """Return the numbers of several lines, nothing for one."""
    return f" (lines {', '.join(str(line.line) for line in lines)})" if len(lines) > 1 else ""


# --- each for itself -------------------------------------------------------------------------------------------------


def papers_have_an_address(entry: Entry) -> Iterator[Defect]:
    """Notice a model or paper that names no paper."""
    line = entry.get("Paper")
    if line and line.value is None:
        yield line, "the prompt says 'None', so pages link to no paper; there is nothing to do"


def repositories_agree_with_the_summary(entry: Entry) -> Iterator[Defect]:
    """Notice a GitHub address that the summary spells otherwise."""
    line = entry.get("GitHub")
    given = github_repository(line.value) if line else None
    for link in _in_summary(entry) if line and given else ():
        named = github_repository(link)
        if named and named != given:
            how = "differs in case from" if named.casefold() == (given or "").casefold() else "is not"
            yield line, f"{given} {how} the summary's {named}; it is kept as provided"


def _in_summary(entry: Entry) -> list[str]:
    """Return the repositories' addresses that a summary names."""
    summary = entry.get("Summary")
    return list(dict.fromkeys(REPOSITORY.findall(summary.value or ""))) if summary else []


RULES: tuple[Callable[[Entry], Iterator[Defect]], ...] = (
    papers_have_an_address,
    repositories_agree_with_the_summary,
)
