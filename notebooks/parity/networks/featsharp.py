"""FeatSharp: its upsampler in the form of the paper, by names and shapes alone."""

from __future__ import annotations

from models.featsharp import Upsampler

from parity.families import Family, Listed

FAMILIES: dict[str, Family] = {}
LISTS = {"featsharp-jbu-tiles": Listed(Upsampler)}
