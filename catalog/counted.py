"""Numbers as people say them: a count with its noun, a time with its unit."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return such as "no errors", "1 notice" or "1,024 bytes"; `noun` is the singular and takes an s."""
    return f"{number or 'no':{',' if number else ''}} {noun}{'' if number == 1 else 's'}"


def seconds_in_words(seconds: float) -> str:
    """Return a time with a unit that suits it."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min"
