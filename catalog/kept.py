"""Keep what is derived from a catalog beside it, so that several rules and pages derive it once."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from catalog.load import Catalog

V = TypeVar("V")


class kept(Generic[V]):  # noqa: N801 - a decorator, as cached_property is
    """A function of a catalog, and perhaps of ids in it, whose values are derived once while the catalog lives."""

    def __init__(self, derive: Callable[..., V]) -> None:
        """Begin with no values."""
        self._derive = derive
        self._found: WeakKeyDictionary[Catalog, dict[tuple[Any, ...], V]] = WeakKeyDictionary()
        update_wrapper(self, derive)

    def __call__(self, catalog: Catalog, *ids: str | None) -> V:
        """Return the value, derived now if nobody asked before."""
        found = self._found.setdefault(catalog, {})
        if ids not in found:
            found[ids] = self._derive(catalog, *ids)
        return found[ids]

    def keep(self, catalog: Catalog, value: V) -> None:
        """Keep a value of a catalog that would be derived otherwise."""
        self._found.setdefault(catalog, {})[()] = value
