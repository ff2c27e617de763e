"""What nobody means to publish: keys, tokens, and the home folder of a person; standard library alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

HOME = re.compile(r"(?<![\w./:-])(?:/root|/(?:home|Users)/[\w.-]+|[A-Za-z]:\\Users\\[\w.-]+)[/\\]")
_SECRET = re.compile(r"\b(?:hf_|gh[opsu]_|sk-|xox[abprs]-)[A-Za-z0-9_-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")
_TRACES = ("/root", "/home", "Users", "hf_", "sk-", "xox", "PRIVATE KEY-----")
_TOKEN_OF_GITHUB = re.compile("gh[opsu]_")  # a trace, too; four texts more would take longer to look for


def may_be_private(text: str) -> bool:
    """Tell whether something private may stand in a text; quick, as hardly any has a trace of it."""
    return any(trace in text for trace in _TRACES) or _TOKEN_OF_GITHUB.search(text) is not None


def secret_in(text: str) -> str:
    """Say that a text holds what looks like a key or a token, without repeating it; nothing where none does."""
    found = _SECRET.search(text)
    return f"this looks like a secret: {found[0][:8]}...; make it void" if found else ""


def private_in(texts: Iterable[str]) -> str:
    """Say what in texts is private, a secret first; nothing where nothing is."""
    home = ""
    for text in filter(may_be_private, texts):
        if secret := secret_in(text):
            return secret
        if not home and (found := HOME.search(text)):
            home = f"this names the home folder of a person: {found[0][:80]}"
    return home
