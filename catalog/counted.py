"""A number with its noun, in right grammar."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return such as "no errors", "1 notice" or "1,024 bytes"; `noun` is the singular and takes an s."""
    return f"{number or 'no':{',' if number else ''}} {noun}{'' if number == 1 else 's'}"
