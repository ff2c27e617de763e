"""What a step may run: operations and uses of models, with the contract that each must keep."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from catalog.counted import all_digits
from catalog.problems import Problem, did_you_mean
from catalog.records import Contract, Model, Part, Port, Question, Setting, Use, Vocabulary
from catalog.shapes import Shape, ShapeError, Size, describe, number, parse_shape, symbols_of
from catalog.source import Path, Source
from catalog.validation import as_a_number

if TYPE_CHECKING:
    from catalog.load import Catalog

TEXT = "text"  # the port type that is words
PICTURE = "image"  # the port type that has a height and a width
SIZES = 3  # of a picture: channels, height and width
PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s?%")
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-6, 1e6  # of a setting that decides a picture's size


class NotRunnableError(ValueError):
    """A `run:` names nothing that this question may use; the message says what it may.

    `cause` is what is missing in the vocabulary, as in `Problem`.
    """

    def __init__(self, message: str, cause: tuple[str, ...] = ()) -> None:
        """Keep the cause beside the message."""
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True)
class Runnable:
    """What a `run:` names.

    `record_id` and `use` tell the model, and are None for an operation; `others` are the model's other uses, by the
    `run:` that names them; the contract stands under `path` of the file `record`.
    """

    kind: Literal["operation", "model"]
    title: str
    contract: Contract
    record_id: str | None = None
    use: str | None = None
    others: Mapping[str, Contract] = field(default_factory=dict)
    record: Source = field(default_factory=Source)
    path: Path = ()

    def place(self, *path: str) -> str:
        """Return file and line of a value of the contract."""
        return f"{self.record.file}:{self.record.at(*self.path, *path).line}"

    def elsewhere(self, part: Literal["inputs", "settings"], name: str) -> str:
        """Return `; "image" belongs to painter.repaint` where another use of the model has this port or setting."""
        having = [run for run, contract in self.others.items() if name in getattr(contract, part)]
        return f'; "{name}" belongs to {" and ".join(having)}, so write run: {having[0]}' if having else ""

    @property
    def hosted(self) -> bool:
        """Whether it is the hosted use of a model."""
        return isinstance(self.contract, Use) and self.contract.hosted

    @property
    def source(self) -> str | None:
        """Where a use that is not hosted is documented."""
        return self.contract.source if isinstance(self.contract, Use) else None


def hosted_use(model: Model) -> str | None:
    """Return the name of the use that is hosted, or None while the record has none."""
    return next((name for name, use in model.uses.items() if use.hosted), None)


def lacks_hosted_use(model: Model) -> bool:
    """Tell whether a record has uses and calls none of them hosted, which is told there."""
    return bool(model.uses) and hosted_use(model) is None


def find_runnable(run: str, question: Question, catalog: Catalog) -> Runnable:
    """Return what `run` names: an operation, a model (its hosted use) or `model.use`.

    Raises:
        NotRunnableError: there is no such thing, or the question does not offer it.
    """
    name, dot, use = run.partition(".")
    operation = catalog.vocabulary.operations.get(run)
    if operation:
        place = {"record": catalog.vocabulary.source, "path": ("operations", run)}
        return Runnable("operation", operation.title, operation, **place)
    model = catalog.models.get(name)
    if not model:
        known = [*catalog.vocabulary.operations, *(id for id in question.models if id in catalog.models)]
        message = f"runs neither an operation nor a model (got {run}); choose one of {', '.join(known)}"
        hint = _use_with_another_joint(run, catalog) or did_you_mean(name, known)
        raise NotRunnableError(message + hint, () if dot else ("operations", run))
    if name not in question.models:
        message = f"runs a model that is not offered for this question (got {name})"
        raise NotRunnableError(f"{message}; choose one of {', '.join(question.models)}")
    chosen = use if dot else hosted_use(model)
    if chosen not in model.uses:
        raise NotRunnableError(_no_such_use(name, chosen, model))
    others = {f"{name}.{other}": contract for other, contract in model.uses.items() if other != chosen}
    return Runnable("model", model.called, model.uses[chosen], name, chosen, others, model.source, ("uses", chosen))


def _use_with_another_joint(run: str, catalog: Catalog) -> str:
    """Suggest `model.use` where another sign stands between the two, or nothing."""
    parts = re.fullmatch(r"([a-z0-9-]+)[@/:#_ ]+([a-z0-9-]+)", run)
    model = catalog.models.get(parts[1]) if parts else None
    return f'; did you mean "{parts[1]}.{parts[2]}"?' if model and parts[2] in model.uses else ""


def _no_such_use(name: str, use: str | None, model: Model) -> str:
    """Say which uses a model has."""
    if not model.uses:
        return f"runs a model whose record has no uses yet (got {name}); add them to catalog/models/{name}.yml"
    written = " or ".join(f"{name}.{known}" for known in model.uses)
    if use is None:
        return f"runs a model without a hosted use (got {name}); write {written}"
    return f'runs a use that "{name}" does not have (got {use}); write {written}' + did_you_mean(use, model.uses)


# --- settings --------------------------------------------------------------------------------------------------------


def chosen_settings(
    contract: Contract, given: Mapping[str, float | str]
) -> tuple[dict[str, float | str], dict[str, str]]:
    """Return the value of each setting, and by setting what is wrong with it; a wrong one has no value."""
    wrong = {name: _no_such_setting(name, contract) for name in given if name not in contract.settings}
    values = {name: given.get(name, setting.default) for name, setting in contract.settings.items()}
    decisive = sizing(contract)
    for name, value in values.items():
        message = _wrong_choice(contract.settings[name], value, name in decisive)
        if message:
            wrong[name] = message
    return {name: value for name, value in values.items() if name not in wrong}, wrong


def _wrong_choice(setting: Setting, value: float | str | None, decides_size: bool) -> str | None:
    """Say why a step may not choose this value for a setting, or return None."""
    if value is None:
        return "has no value and no default; add it to with:"
    message = wrong_value(setting, value)
    return message or (_wrong_size(value) if decides_size else None)


def wrong_value(setting: Setting, value: float | str) -> str | None:
    """Say why a value is none of this setting's, or return None."""
    if setting.type == "text":
        return None if isinstance(value, str) else f"must be text (got {all_digits(value)}); write it in quotes"
    if isinstance(value, str):
        return f'must be a number (got "{value}"); {_in_digits(setting, value)}'
    if setting.type == "integer" and not float(value).is_integer():
        return f"must be a whole number (got {all_digits(value)})"
    if setting.minimum is not None and value < setting.minimum:
        return f"must be at least {all_digits(setting.minimum)} (got {all_digits(value)})"
    if setting.maximum is not None and value > setting.maximum:
        return f"must be at most {all_digits(setting.maximum)} (got {all_digits(value)})"
    return None


def sizing(contract: Contract) -> frozenset[str]:
    """Return the settings that decide the size of a picture."""
    if not contract.settings:
        return frozenset()
    shapes = (*port_shapes(contract.inputs).values(), *port_shapes(contract.outputs).values())
    return symbols_of(shapes) & contract.settings.keys()


def sizes(contract: Contract, values: Mapping[str, float | str]) -> dict[str, Size]:
    """Return the settings that decide the size of a picture as sizes."""
    return {name: number(values[name]) for name in sorted(sizing(contract)) if name in values}


def port_shapes(ports: Mapping[str, Port]) -> dict[str, Shape]:
    """Return the shapes that ports declare, without those that cannot be read (their records are told)."""
    shapes = {}
    for name, port in ports.items():
        if port.shape is not None:
            try:
                shapes[name] = _shape_of(port)
            except ShapeError:
                continue
    return shapes


def _shape_of(port: Port) -> Shape:
    """Return the shape that a port declares; a picture has channels, height and width.

    Raises:
        ShapeError: it cannot be read, or is none of a picture.
    """
    shape = parse_shape(port.shape or ())
    if port.type == PICTURE and port.shape is not None and len(shape) != SIZES:
        got = f"got {describe(port.shape) or 'none'}"
        raise ShapeError(f"a picture has three sizes, channels, height and width ({got}); write such as [3, H, W]")
    return shape


def _in_digits(setting: Setting, text: str) -> str:
    """Say how a text becomes a number, with one that would be right."""
    if percent := PERCENT.fullmatch(text):
        return f"write it as a share: {float(percent[1].replace(',', '.')) / 100:g}"
    right = next((value for value in (setting.default, setting.minimum, setting.maximum) if value is not None), 1)
    return as_a_number(text, right)


def _no_such_setting(name: str, contract: Contract) -> str:
    """Say which settings there are."""
    known = f"write one of {', '.join(contract.settings)}, or remove it" if contract.settings else "remove it"
    return f"has no such setting (got {name}); {known}" + did_you_mean(name, contract.settings)


def _wrong_size(value: float | str) -> str | None:
    """Say why a value cannot decide the size of a picture, or return None."""
    if not isinstance(value, str) and SMALLEST_FACTOR <= value <= LARGEST_FACTOR:
        return None
    return f"decides the size of a picture, so it must be from {SMALLEST_FACTOR:f} to {LARGEST_FACTOR:g} (got {value})"


# --- the rule about contracts in records -----------------------------------------------------------------------------


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Check that every contract can be kept: its shapes are known or follow, its settings allow a value."""
    for name, operation in catalog.vocabulary.operations.items():
        yield from contract_problems(operation, catalog.vocabulary.source, ("operations", name))
    for model in catalog.models.values():
        for name, use in model.uses.items():
            yield from contract_problems(use, model.source, ("uses", name))
        if model.id in catalog.vocabulary.operations:
            yield model.source.problem(f'"{model.id}" is the name of an operation; call the file something else')


def contract_problems(contract: Contract, source: Source, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with one contract, which stands under `path`."""
    for name, setting in contract.settings.items():
        yield from _setting_problems(setting, source, (*path, "settings", name))
    for side in ("inputs", "outputs"):
        for name, port in getattr(contract, side).items():
            yield from port_problems(port, source, (*path, side, name))
    yield from _unknown_symbols(contract, source, path)
    for name in sorted(sizing(contract)):
        if contract.settings[name].type == "text":
            yield source.problem(f'"{name}" stands in a shape, so it must be a number', *path, "settings", name, "type")


def has_unknown_port(contract: Contract, vocabulary: Vocabulary) -> bool:
    """Tell whether a port has a type that is not in the vocabulary, which is told there."""
    ports = (*contract.inputs.values(), *contract.outputs.values())
    return any(port.type not in vocabulary.types for port in ports)


def is_broken(contract: Contract) -> bool:
    """Tell whether a contract cannot be kept; then its record has problems, and steps that run it are not told more."""
    return any(contract_problems(contract, Source(), ()))


def _unknown_symbols(contract: Contract, source: Source, path: Path) -> Iterator[Problem]:
    """Yield the symbols of outputs that no input and no setting decides."""
    shapes = port_shapes(contract.inputs)
    if any(port.shape is not None and name not in shapes for name, port in contract.inputs.items()):
        return  # a shape that cannot be read may hold them
    known = symbols_of(shapes.values()) | contract.settings.keys()
    for name, shape in port_shapes(contract.outputs).items():
        for unknown in sorted(symbols_of([shape]) - known):
            message = f"nothing says what a symbol in it is (got {unknown}); use one of an input or a setting"
            product = _as_product(unknown, known)
            hint = f'; did you mean "{product}"?' if product else did_you_mean(unknown, known)
            yield source.problem(message + hint, *path, "outputs", name, "shape")


def _as_product(joined: str, known: Collection[str]) -> str | None:
    """Return `s*H` for `sH` where both are known symbols."""
    cuts = ((joined[:i], joined[i:]) for i in range(1, len(joined)))
    return next((f"{first}*{second}" for first, second in cuts if first in known and second in known), None)


def port_problems(port: Part, source: Source, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with the shape or the range of one port."""
    if is_shaped_text(port):
        what = " and no ".join(name for name in ("shape", "range") if getattr(port, name) is not None)
        message = f'text has no {what}; write the type that it is, such as "type: image", or take out what text has not'
        yield source.problem(message, *path, "type")
    try:
        _shape_of(port)
    except ShapeError as error:
        yield source.problem(str(error), *path, "shape")
    if port.range is not None and port.range[0] >= port.range[1]:
        low, high = port.range
        yield source.problem(upside_down(low, high), *path, "range")


def is_shaped_text(port: Port) -> bool:
    """Tell whether a port is said to be text, of a shape or a range that no text has."""
    return port.type == TEXT and (port.shape is not None or port.range is not None)


def upside_down(low: float, high: float) -> str:
    """Say that a range does not begin with the lower of two different values."""
    remedy = f"write [{high:g}, {low:g}]" if low > high else "write two different numbers"
    return f"the lowest value comes first (got [{low:g}, {high:g}]); {remedy}"


def _setting_problems(setting: Setting, source: Source, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with the limits or the default of one setting."""
    if setting.minimum is not None and setting.maximum is not None and setting.minimum > setting.maximum:
        yield source.problem(f"is below the minimum {setting.minimum:g} (got {setting.maximum:g})", *path, "maximum")
    elif setting.default is not None and (message := wrong_value(setting, setting.default)):
        yield source.problem(message, *path, "default")
