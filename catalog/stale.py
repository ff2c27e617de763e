"""Which runs no longer belong to the code, the weights and the workflows beside them: looked up once for a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from catalog.runs import Code, freshness
from catalog.workflow import spec_digest

if TYPE_CHECKING:
    from catalog.load import Catalog

_FOUND: WeakKeyDictionary[Catalog, dict[str, tuple[str, ...]]] = WeakKeyDictionary()


def stale_reasons(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return why each run is stale, as sentences, by its id; nothing means fresh."""
    if catalog not in _FOUND:
        digests = {id: spec_digest(question) for id, question in catalog.questions.items() if question.workflow}
        code = Code(catalog.root)
        _FOUND[catalog] = {
            id: freshness(run, catalog.root, workflows=digests, code=code) for id, run in catalog.runs.items()
        }
    return _FOUND[catalog]
