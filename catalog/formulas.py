"""Formulas of TeX inside a text, read the way a person reads them on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Every pattern reads a character a bounded number of times: hostile text costs no more than other text.
_FORMULA = re.compile(
    r"""(?<!\\)(?:
        \$\$(?:[^$\n]|\n(?![ \t]*\n)){1,2000}+\$\$
      | \$(?!\s)(?:[^$\n]|\n(?![ \t]*\n)){1,500}+(?<![\s\\])\$
      | \\\((?:[^\\]|\\[^)]){1,500}+\\\)
      | \\\[(?:[^\\]|\\[^\]]){1,2000}+\\\]
      )
    """,
    re.VERBOSE,
)
_SIGNS = {
    "times": "×", "cdot": "·", "pm": "±", "approx": "≈", "sim": "≈", "simeq": "≈", "to": "→", "rightarrow": "→",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "quad": " ", "qquad": " ",
}  # fmt: skip
_LOOKS = "text|textrm|textbf|textit|textsf|textup|mathrm|mathbf|mathit|mathsf|mathop|operatorname|mbox|hbox|rm|bf|it"
_TOKEN = re.compile(
    rf"""\s*\\(?P<sign>times|cdot|pm)(?![A-Za-z])\s*
      | \\(?P<word>{"|".join(sorted(_SIGNS, key=len, reverse=True))})(?![A-Za-z])
      | \\(?:{_LOOKS}|left|right|displaystyle)(?![A-Za-z])\*?
      | (?P<space>\\[,;:>\s]|~)
      | \\[()\[\]!] | \$ | [{{}}]
      | \\(?P<character>[^A-Za-z\s])
      | (?P<variable>(?<=\d)[A-Za-z](?![A-Za-z]) | (?<![A-Za-z\\])x(?![A-Za-z]))
    """,
    re.VERBOSE,
)
_ONE_NUMBER = re.compile(r"[$\\(\[]*+\s?[\d.,]++\s?[A-Za-z]?\s?[$\\)\]]*+")  # then a letter behind it is its unit
_ITALIC = {chr(ord("a") + i): chr(0x1D44E + i) for i in range(26)} | {"h": "\u210e"}
_ITALIC |= {chr(ord("A") + i): chr(0x1D434 + i) for i in range(26)}


def formulas(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each formula, its marks included."""
    if "$" in text or "\\(" in text or "\\[" in text:
        yield from (match.span() for match in _FORMULA.finditer(text))


def read_formula(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and what is shown of each stretch of a formula that does not stand on the page as written.

    A variable is shown in italics, so that the x of 2x is no sign of multiplication.
    """
    one_number = _ONE_NUMBER.fullmatch(text, start, end)
    for match in _TOKEN.finditer(text, start, end):
        if match["variable"]:
            if not one_number:
                yield *match.span(), _ITALIC[match["variable"]]
        elif word := match["sign"] or match["word"]:
            yield *match.span(), _SIGNS[word]
        else:
            yield *match.span(), " " if match["space"] else match["character"] or ""
