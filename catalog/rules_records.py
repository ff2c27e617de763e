"""The rules between papers, models, questions and the vocabulary."""

from __future__ import annotations

from catalog.validation import did_you_mean  # noqa: F401

RULES: tuple = ()
