"""The Content-Security-Policy: what a finished page may load and run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

MARK = "content-security-policy-goes-here"  # what hooks/theme/main.html prints as the policy of a page
INLINE_SCRIPT = re.compile(
    r"<script(?P<attributes>(?![^>]*\ssrc\s*=)[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE
)
DATA_TYPE = re.compile(r"""\stype\s*=\s*["']?application/(ld\+)?json""", re.IGNORECASE)

DIRECTIVES = (
    ("default-src", "'none'"),
    ("script-src", "'self' {scripts}"),
    ("style-src", "'self' 'unsafe-inline'"),  # mermaid and the theme set styles on elements
    ("img-src", "'self' data:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'"),
    ("worker-src", "'self'"),
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
    ("object-src", "'none'"),
)
ONLY_IN_A_HEADER = (("frame-ancestors", "'none'"),)  # browsers ignore it in a page


@lru_cache(maxsize=1)  # one page is asked for twice: for its own policy and for the headers
def script_hashes(html: str) -> frozenset[str]:
    """Return the source expressions, such as `'sha256-…'`, of the scripts that stand in a page; data does not count."""
    return frozenset(
        _source_expression(script["text"])
        for script in INLINE_SCRIPT.finditer(html)
        if not DATA_TYPE.search(script["attributes"])
    )


@lru_cache(maxsize=256)
def _source_expression(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def policy(scripts: Iterable[str], in_header: bool = False) -> str:
    """Return the policy that allows the site's own files and the scripts with these source expressions."""
    directives = DIRECTIVES + (ONLY_IN_A_HEADER if in_header else ())
    allowed = " ".join(sorted(scripts))
    return "; ".join(f"{name} {value.format(scripts=allowed).strip()}" for name, value in directives)


def with_policy(html: str, any_script: bool = False) -> str:
    """Return the finished page with the policy that fits its scripts in place of the mark.

    Args:
        html: the page; the theme prints the mark as the first element of its head.
        any_script: allow every inline script, which a preview needs (its reload script changes with each build), and
            so do pages opened from a folder (their search runs in a frame whose script holds the folder's name).
    """
    scripts = frozenset({"'unsafe-inline'"}) if any_script else script_hashes(html)
    return html.replace(MARK, policy(scripts), 1)


def headers(scripts: Iterable[str]) -> str:
    """Return the `_headers` file for hosts that read one."""
    lines = (
        f"Content-Security-Policy: {policy(scripts, in_header=True)}",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: strict-origin-when-cross-origin",
    )
    return "/*\n" + "".join(f"  {line}\n" for line in lines)
