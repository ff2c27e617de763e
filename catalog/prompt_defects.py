"""Defects of a prompt that change nothing in the records, but that a reader of it should know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from catalog.links import abstract_link, github_repository, https_form
from catalog.problems import Problem
from catalog.prompts import Entry, Line, Prompt

VERSION = re.compile(r"v(\d+)(?:\.pdf)?$", re.IGNORECASE)
REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/[\w.-]+/[\w.-]*[\w-]", re.ASCII)

Defect = tuple[Line, str]  # the line it stands in, and what is to be said


def defects(prompt: Prompt) -> list[Problem]:
    """Return a notice for each defect, sorted."""
    found = (defect for entry in (*prompt.models, *prompt.papers) for rule in RULES for defect in rule(entry))
    return sorted(Problem(prompt.file, at.line, at.column, at.label, says, "notice") for at, says in found)


def papers_have_an_address(entry: Entry) -> Iterator[Defect]:
    """Notice a model or paper that names no paper."""
    line = entry.get("Paper")
    if line and line.value is None:
        yield line, "the prompt says 'None': no paper can be cited; it is kept as null"


def addresses_are_encrypted(entry: Entry) -> Iterator[Defect]:
    """Notice a http link."""
    for line in entry.lines:
        if line.label in ("Paper", "GitHub") and (line.value or "").lower().startswith("http://"):
            yield line, f"a http link; pages link to {abstract_link(line.value) or https_form(line.value or '')}"


def papers_have_no_version(entry: Entry) -> Iterator[Defect]:
    """Notice a link to one version of a PDF."""
    line = entry.get("Paper")
    link = abstract_link(line.value) if line else None
    if line and link and (version := VERSION.search(line.value or "")):
        yield line, f"names version {version[1]} of a PDF; pages link to {link}"


def entries_have_a_repository(entry: Entry) -> Iterator[Defect]:
    """Notice a model or paper without a GitHub line, with the repository that its summary names."""
    line = entry.get("GitHub")
    if line and line.value is not None:
        return
    named = [github_repository(link) for link in _in_summary(entry)]
    hint = f"; its summary names {', '.join(filter(None, named))}" if any(named) else ""
    says = "the prompt says 'None'" if line else "the prompt has no GitHub line"
    yield line or entry.lines[0], f"{says}: no repository can be cited{hint}"


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
    addresses_are_encrypted,
    papers_have_no_version,
    entries_have_a_repository,
    repositories_agree_with_the_summary,
)
