"""What shows that nobody changed by hand what a run found; standard library alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.digests import text_digest

SEALED = ("results", "figures", "trace")  # what a run found; the bytes of figures have digests of their own


def seal_of(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a run.json says that the run found."""
    return text_digest(json.dumps([record[part] for part in SEALED], sort_keys=True))
