"""The algebra of picture sizes: what `[3, s*H, s*W]` means when it follows `[3, H, W]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

LONGEST = 40  # characters of one written size
REMEMBERED = 1024  # sizes: a catalog writes the same few thousands of times
_FACTOR = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)|(?P<symbol>[A-Za-z][A-Za-z0-9_]*)")

_JOINED = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)[x×·]?([A-Za-z][A-Za-z0-9_]*)")  # 2H, as people write it


class ShapeError(ValueError):
    """A written size is not a product of numbers and symbols."""


@dataclass(frozen=True)
class Size:
    """How long a picture is along one axis: a factor times powers of symbols, such as 3/2 times H.

    `powers` is sorted by symbol and holds no zero, so that equal sizes are equal values.
    """

    factor: Fraction
    powers: tuple[tuple[str, int], ...] = ()

    @cached_property
    def symbols(self) -> frozenset[str]:
        """The letters it depends on; none for a plain number."""
        return frozenset(symbol for symbol, _ in self.powers)

    def __mul__(self, other: Size) -> Size:
        powers = dict(self.powers)
        for symbol, power in other.powers:
            powers[symbol] = powers.get(symbol, 0) + power
        return Size(self.factor * other.factor, tuple(sorted((s, p) for s, p in powers.items() if p)))

    def __pow__(self, exponent: int) -> Size:
        return Size(self.factor**exponent, tuple((s, p * exponent) for s, p in self.powers if exponent))

    def __truediv__(self, other: Size) -> Size:
        return self * other**-1

    def replace(self, values: Mapping[str, Size]) -> Size:
        """Return the size with some symbols replaced, all at once; the others stay."""
        if self.symbols.isdisjoint(values):
            return self
        if self == symbol(self.powers[0][0]):
            return values[self.powers[0][0]]
        result = Size(self.factor)
        for name, power in self.powers:
            value = values.get(name, symbol(name))
            result = result * (value if power == 1 else value**power)
        return result

    def __str__(self) -> str:
        """Return the size as people write it: 3, H, 4H, 3H/2."""
        above = [symbol for symbol, power in self.powers for _ in range(power)]
        below = [symbol for symbol, power in self.powers for _ in range(-power)]
        return _product(self.factor.numerator, above) + (
            "/" + _product(self.factor.denominator, below) if below or self.factor.denominator > 1 else ""
        )


Shape = tuple[Size, ...]


@lru_cache(maxsize=REMEMBERED, typed=True)  # 0.1 is a tenth, and the Fraction that equals it is not
def number(value: float | Fraction) -> Size:
    """Return a size without symbols; a float is read as it is written, so that 0.1 is a tenth."""
    return Size(Fraction(str(value)) if isinstance(value, float) else Fraction(value))


@lru_cache(maxsize=REMEMBERED)
def symbol(name: str) -> Size:
    """Return the size that is called `name`."""
    return Size(Fraction(1), ((name, 1),))


@lru_cache(maxsize=REMEMBERED)
def parse_size(written: int | str) -> Size:
    """Return what `3`, `"H"`, `"s*H"` or `"3*H/2"` means.

    Raises:
        ShapeError: it is no product of numbers and symbols, or not above zero.
    """
    text = str(written).replace(" ", "")
    if len(text) > LONGEST:
        raise ShapeError(f"a size has at most {LONGEST} characters")
    result = number(1)
    for operator, factor in re.findall(r"(^|[*/])([^*/]*)", text):
        result = result / _factor(factor, written) if operator == "/" else result * _factor(factor, written)
    return result


def parse_shape(written: Sequence[int | str]) -> Shape:
    """Return the shape of which each axis is written as `parse_size` reads it.

    Raises:
        ShapeError: an axis cannot be read.
    """
    return _shape(tuple(written))


@lru_cache(maxsize=REMEMBERED)
def _shape(written: tuple[int | str, ...]) -> Shape:
    """Return the same for what can be remembered."""
    return tuple(map(parse_size, written))


def describe(shape: Sequence[Size | int | str] | None) -> str:
    """Return a shape as people write it, 3 x 4H x 4W; nothing for none."""
    return " x ".join(map(str, shape or ()))


def replace(shape: Shape, values: Mapping[str, Size]) -> Shape:
    """Return the shape with some symbols replaced, all at once."""
    return tuple(size.replace(values) for size in shape)


def symbols_of(shapes: Iterable[Shape]) -> frozenset[str]:
    """Return all symbols of some shapes."""
    return frozenset().union(*(size.symbols for shape in shapes for size in shape))


def match(pairs: Sequence[tuple[Shape, Shape]], settings: Mapping[str, Size]) -> tuple[dict[str, Size], frozenset[int]]:
    """Find what the symbols of declared shapes stand for when pictures of certain shapes come in.

    `pairs` holds (declared, incoming) shapes of one step, whose symbols they share. Returns the size of each symbol
    that could be found, the settings included, and the positions of the pairs that do not fit.
    """
    known = dict(settings)
    wrong = {position for position, (declared, incoming) in enumerate(pairs) if len(declared) != len(incoming)}
    fitting = [(position, *pair) for position, pair in enumerate(pairs) if position not in wrong]
    axes = [
        (position, *axis) for position, declared, incoming in fitting for axis in zip(declared, incoming, strict=True)
    ]
    while found := next((pair for axis in axes if (pair := solve(axis[1], axis[2], known))), None):
        known[found[0]] = found[1]
    for position, declared, incoming in axes:
        if declared.symbols <= known.keys() and declared.replace(known) != incoming:
            wrong.add(position)
    return known, frozenset(wrong)


def ratio(before: Shape, after: Shape) -> Size | None:
    """Return how many times taller and wider the second picture is, or None when the two differ or cannot be told."""
    if len(before) < 2 or len(after) < 2:
        return None
    tall, wide = (late / early for early, late in zip(before[-2:], after[-2:], strict=True))
    return tall if tall == wide else None


def scale_between(before: Shape, after: Shape) -> Fraction | None:
    """Return how many times taller and wider the second picture is, or None when that is no single number."""
    found = ratio(before, after)
    return found.factor if found and not found.symbols else None


def solve(size: Size, target: Size, known: Mapping[str, Size]) -> tuple[str, Size] | None:
    """Return the one symbol of `size` that is not known, with the size at which `size` equals `target`.

    None when there is no such symbol, when there are several, or when it stands squared.
    """
    unknown = [(name, power) for name, power in size.powers if name not in known]
    if len(unknown) != 1 or abs(unknown[0][1]) != 1:
        return None
    ((name, power),) = unknown
    if size == symbol(name):
        return name, target
    rest = size.replace({**known, name: number(1)})
    return name, (target / rest) ** power


def _factor(text: str, written: int | str) -> Size:
    """Return one factor of a written size."""
    found = _FACTOR.fullmatch(text)
    if not found:
        joined = _JOINED.fullmatch(str(written).replace(" ", ""))
        hint = f'; did you mean "{joined[1]}*{joined[2]}"?' if joined else ""
        message = f'is not a size (got "{written}"); write numbers and symbols with * and /, such as 3, H or s*H/2'
        raise ShapeError(message + hint)
    if found["symbol"]:
        return symbol(text)
    if not Fraction(text):
        raise ShapeError(f'is not a size (got "{written}"); each of its numbers must be above 0')
    return number(Fraction(text))


def _product(count: int, symbols: Sequence[str]) -> str:
    """Return 4H for 4 and one letter; longer names and several of them stand apart."""
    if not symbols:
        return str(count)
    joint = "" if len(symbols) == 1 and len(symbols[0]) == 1 else "·"
    return joint.join(([str(count)] if count != 1 else []) + list(symbols))
