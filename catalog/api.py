"""The files for programs that the site publishes, as types from which their JSON Schema is derived."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field

from catalog.records import Id, Number, Part
from catalog.schema import DIALECT

Relative = Annotated[str, Field(pattern=r"^[^/:\\]+(/[^/:\\]+)*/?$")]  # an address without a host
Origin = Literal["official", "trained here", "given by the user (digest not known)", "untrained"]


class ApiFile(Part):
    """One file for programs."""

    address: Relative = Field(description="Where it is, from the folder of this file.")
    schema_: Relative = Field(alias="schema", description="Where its JSON Schema is, from the folder of this file.")
    says: str = Field(description="What it holds.")


class Api(Part):
    """Everything that the site publishes for programs."""

    files: list[ApiFile] = Field(description="The files, by address.")


class ListedResult(Part):
    """A number that a run measured."""

    value: Number = Field(description="The number.")
    metric: str = Field(description="What it measures: a word of the vocabulary.")
    unit: str = Field(description="Its unit; empty for a plain number.")
    kind: Literal["exact", "measured"] = Field(
        description="exact: equal in each rerun on one machine; measured: a time or a size in memory, which varies."
    )
    says: str = Field(description="What was measured, in a sentence.")


class ListedFigure(Part):
    """A picture or plot that a run drew."""

    address: Relative = Field(description="Where its file is, from the folder of this file.")
    alt: str = Field(description="What one sees.")
    caption: str = Field(description="What it shows.")
    width: int = Field(gt=0, description="Pixels.")
    height: int = Field(gt=0, description="Pixels.")
    weights: Origin | None = Field(description="Who trained the network that drew it; null: no network did.")


class ListedRun(Part):
    """The last published run of an experiment."""

    questions: list[Id] = Field(description="The published questions whose answers rest on it.")
    page: Relative = Field(description="Where its page is, from the folder of this file.")
    files: dict[Literal["essay", "notebook", "record"], Relative] = Field(
        description="Its essay (.py), the executed notebook (.ipynb), the whole record (.json)."
    )
    fresh: bool = Field(description="true: it was made with the code, weights and workflow that are published.")
    reasons: list[str] = Field(description="Why it is not fresh, in sentences.")
    mode: Literal["full", "quick"] = Field(description="full: with the parameters that are published.")
    device: str | None = Field(description="What it was computed on; null: not recorded.")
    date: str | None = Field(description="The day on which it was made; null: not recorded.")
    commit: str | None = Field(description="The commit it was made from; null: not recorded.")
    weights: list[Origin] = Field(description="Who trained the networks it used; empty: it used none.")
    results: dict[str, ListedResult] = Field(description="What it measured, by name.")
    figures: dict[str, ListedFigure] = Field(description="What it drew, by name.")


class Runs(Part):
    """Every published run, by the id of its experiment."""

    runs: dict[Id, ListedRun]


def json_text(value: Part) -> str:
    """Return a value as the text of its file: sorted keys, so that equal values are equal bytes."""
    return json.dumps(value.model_dump(mode="json", by_alias=True), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def schema_text(type_: type[Part]) -> str:
    """Return the JSON Schema of a file as the text of its own file."""
    made = {"$schema": DIALECT} | type_.model_json_schema()
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
