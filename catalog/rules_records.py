"""The rules between papers, models, questions and the vocabulary."""

from __future__ import annotations

RULES: tuple = ()
