"""What shows that nobody changed by hand what a run wrote down; standard library alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.digests import text_digest

ESSAY = "essay"  # of the provenance: the digest of the essay's bytes, whose prose may be edited after the run


def seal_of(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a run.json says, but for the seal itself and the digest of the essay's bytes.

    So it covers numbers, figures and the executed notebook (whose bytes have digests of their own), steps, mode, key
    and provenance: the device, the day, the packages and the commit.
    """
    sealed = {part: value for part, value in record.items() if part != "seal"}
    provenance = sealed.get("provenance")
    if isinstance(provenance, Mapping):
        sealed["provenance"] = {name: value for name, value in provenance.items() if name != ESSAY}
    return text_digest(json.dumps(sealed, sort_keys=True))
