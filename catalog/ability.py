"""Whether the hosted use of a model, by itself, can do what a question asks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from catalog.aim import ENLARGING
from catalog.contracts import LARGEST_FACTOR, SMALLEST_FACTOR, hosted_use, port_shapes, wrong_value
from catalog.reasons import Reason, Words, reason
from catalog.records import Asks, Model, Setting, Use
from catalog.shapes import Size, number, ratio, solve


def what_is_missing(asks: Asks, model: Model, words: Words) -> Iterator[Reason]:
    """Yield what the hosted use lacks to do the asked job; nothing when it does it."""
    name = hosted_use(model)
    if name is None:
        yield reason("Its record does not say yet how it is run.", model.source, "uses")
        return
    use, path = model.uses[name], ("uses", name)
    if use.task != asks.task:
        text = f"Its hosted use is {words.task(use.task)}; this question needs {words.task(asks.task)}."
        yield reason(text, model.source, *path, "task")
    starts = [port for port, spec in use.inputs.items() if spec.type == asks.from_]
    ends = [port for port, spec in use.outputs.items() if spec.type == asks.to]
    if not starts:
        text = f"Its hosted use takes {words.types(use.inputs)}, not {words.type(asks.from_)}."
        yield reason(text, model.source, *path, "inputs")
    if not ends:
        text = f"Its hosted use gives {words.types(use.outputs)}, not {words.type(asks.to)}."
        yield reason(text, model.source, *path, "outputs")
    if starts and ends and not enlarges(asks, use):
        yield reason(why_the_size_is_wrong(asks, use), model.source, *path, "outputs", ends[0], "shape")


def what_it_does(asks: Asks, model: Model, words: Words) -> Iterator[Reason]:
    """Yield why the hosted use does the asked job."""
    name = hosted_use(model)
    use, path = model.uses[name], ("uses", name)
    yield reason(f"Its hosted use is {words.task(use.task)}, as this question needs.", model.source, *path, "task")
    if asks.scale is not None:
        yield reason(f"It can enlarge by {asks.scale:g}×.", model.source, *path, "outputs")


def enlargements(asks: Asks, use: Use) -> list[Size]:
    """Return by how much a use enlarges, from each port of the asked type to each; letters are its settings."""
    before = [shape for port, shape in port_shapes(use.inputs).items() if use.inputs[port].type == asks.from_]
    after = [shape for port, shape in port_shapes(use.outputs).items() if use.outputs[port].type == asks.to]
    found = [ratio(early, late) for early in before for late in after]
    return [size for size in found if size is not None and size.symbols <= use.settings.keys()]


def enlarges(asks: Asks, use: Use) -> bool:
    """Tell whether a use can enlarge as asked; a question that asks for no enlargement is content with any size."""
    if asks.scale is not None:
        return any(reaches(size, asks.scale, use) for size in enlargements(asks, use))
    return asks.task != ENLARGING or any(greatest(size, use) > 1 for size in enlargements(asks, use))


def reaches(size: Size, scale: float, use: Use) -> bool:
    """Tell whether an enlargement can be `scale`, by itself or by one setting in its range."""
    if not size.symbols:
        return size == number(scale)
    found = solve(size, number(scale), {})
    return found is not None and wrong_value(use.settings[found[0]], float(found[1].factor)) is None


def greatest(size: Size, use: Use) -> Fraction:
    """Return how large an enlargement can become within the limits of its settings."""
    best = {name: number(_extreme(use.settings[name], power > 0)) for name, power in size.powers}
    return size.replace(best).factor


def _extreme(setting: Setting, upper: bool) -> float:
    """Return the highest or lowest value of a setting that decides a size."""
    limit, farthest = (setting.maximum, LARGEST_FACTOR) if upper else (setting.minimum, SMALLEST_FACTOR)
    return limit if limit and limit > 0 else farthest


def why_the_size_is_wrong(asks: Asks, use: Use) -> str:
    """Return a sentence on how large the result of a use becomes."""
    sizes = enlargements(asks, use)
    if not sizes:
        return "Its record does not say that its picture grows with the one it is given."
    if sizes[0] == number(1):
        return "It returns the size it is given."
    if not sizes[0].symbols:
        return f"It changes the size {float(sizes[0].factor):g} times" + (
            f", not {asks.scale:g} times." if asks.scale else "."
        )
    return f"Its settings do not reach {asks.scale:g} times." if asks.scale else "Its settings do not enlarge."
