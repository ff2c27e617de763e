"""Numbers as people say them: a count with its noun, a time with its unit, a setting with all its digits."""

from __future__ import annotations

WHOLE_UP_TO = 10**16  # beyond this a float knows no units


def counted(number: int, noun: str) -> str:
    """Return such as "no errors", "1 notice" or "1,024 bytes"; `noun` is the singular and takes an s."""
    return f"{number or 'no':{',' if number else ''}} {noun}{'' if number == 1 else 's'}"


def all_digits(number: float) -> str:
    """Return a number with all that was written of it: 2, 0.4, 1.41421356, 1234567."""
    short = f"{number:g}"
    if "e" not in short and float(short) == number:
        return short
    return str(int(number)) if float(number).is_integer() and abs(number) < WHOLE_UP_TO else str(number)


def seconds_in_words(seconds: float) -> str:
    """Return a time with a unit that suits it."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min"
