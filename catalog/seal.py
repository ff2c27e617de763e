"""How the record of a run or a lesson is written, so that a change by hand is seen; standard library alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from catalog.digests import text_digest

_VOID = "0" * 64
_SEAL = re.compile(r'\n "seal": "([0-9a-f]{64})"')
_NOT_SEALED = re.compile(rf'{_SEAL.pattern}|\n  "essay": "[0-9a-f]{{64}}"')  # of the record, and of its provenance


def as_text(data: object) -> str:
    """Return what a JSON file of ours says.

    Raises:
        ValueError: a number is none.
    """
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def sealed(record: Mapping[str, Any]) -> str:
    """Return the text of a record with its seal."""
    return resealed(as_text({**record, "seal": _VOID}))


def resealed(text: str) -> str:
    """Return the text of a record with the right seal in place of the one that it has."""
    return _SEAL.sub(f'\n "seal": "{seal_of(text)}"', text, count=1)


def is_sealed(text: str) -> bool:
    """Tell whether a record is as it was written, but for the digest of the essay's bytes."""
    found = _SEAL.search(text)
    return found is not None and found[1] == seal_of(text)


def seal_of(text: str) -> str:
    """Return the SHA-256 of the text of a record, but for its seal and the digest of the essay's bytes.

    So that of a run covers numbers, figures and the executed notebook (whose bytes have digests of their own), steps,
    mode, key and provenance: the device, the day, the packages and the commit. The prose of an essay may be edited.
    """
    return text_digest(_NOT_SEALED.sub("", text))
