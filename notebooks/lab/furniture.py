"""Chairs, stools and tables made of boxes, as clouds of points that know which part they lie on.

Each piece of furniture is made at random in metres, stands in no particular direction, and is seen as a scanner would:
one noisy point with a noisy normal in each cell of a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.solids import rotation

PARTS = ("seat", "table top", "back", "arm", "leg")
CELL = 0.05  # metres
NOISE = 0.004, 0.1  # of points, in metres, and of normals
DENSITY = 2500  # points drawn for each square metre, several for each cell


@dataclass(frozen=True)
class Box:
    """A box with sides along the axes: its centre, half its sides, and the number of the part that it is."""

    centre: tuple[float, float, float]
    half: tuple[float, float, float]
    part: int


@dataclass(frozen=True)
class Piece:
    """A piece of furniture as a scanner sees it.

    Attributes:
        grid: (N, 3) int64, the cells with a point, from 0 on.
        normals: (N, 3) float32, which way the surface looks.
        parts: (N,) int64, the places of its parts in PARTS.
    """

    grid: np.ndarray
    normals: np.ndarray
    parts: np.ndarray


def piece(rng: np.random.Generator) -> Piece:
    """Return a random chair, stool or table, turned at random."""
    make = (chair, stool, table)[rng.choice(3, p=(0.5, 0.2, 0.3))]
    return scanned(make(rng), rng)


def legs(width: float, depth: float, height: float, rng: np.random.Generator) -> list[Box]:
    """Return four legs below a plate of that size."""
    thin = rng.uniform(0.015, 0.03)
    corners = [(x, y) for x in (-1, 1) for y in (-1, 1)]
    inset = [(x * (width / 2 - thin), y * (depth / 2 - thin)) for x, y in corners]
    return [Box((x, y, height / 2), (thin, thin, height / 2), PARTS.index("leg")) for x, y in inset]


def plate(width: float, depth: float, height: float, part: str) -> Box:
    """Return a level plate at a height."""
    return Box((0, 0, height), (width / 2, depth / 2, 0.015), PARTS.index(part))


def stool(rng: np.random.Generator) -> list[Box]:
    """Return a seat on legs."""
    width, height = rng.uniform(0.3, 0.45), rng.uniform(0.35, 0.6)
    return [plate(width, width, height, "seat"), *legs(width, width, height, rng)]


def table(rng: np.random.Generator) -> list[Box]:
    """Return a top on legs; low ones are as high as seats, small ones no larger than two of them."""
    width, depth, height = rng.uniform(0.6, 1.0), rng.uniform(0.45, 0.7), rng.uniform(0.4, 0.75)
    return [plate(width, depth, height, "table top"), *legs(width, depth, height, rng)]


def chair(rng: np.random.Generator) -> list[Box]:
    """Return a seat on legs with a back, and with arms as often as not."""
    width, depth, height = rng.uniform(0.4, 0.55), rng.uniform(0.4, 0.55), rng.uniform(0.38, 0.5)
    tall = rng.uniform(0.15, 0.3)  # half of the back
    back = Box((0, depth / 2, height + tall), (width / 2, 0.015, tall), PARTS.index("back"))
    parts = [plate(width, depth, height, "seat"), back, *legs(width, depth, height, rng)]
    return parts + arms(width, depth, height, rng) if rng.random() < 0.5 else parts


def arms(width: float, depth: float, height: float, rng: np.random.Generator) -> list[Box]:
    """Return a rail on either side of a seat, each on a post."""
    raised, broad, part = rng.uniform(0.15, 0.25), rng.uniform(0.02, 0.035), PARTS.index("arm")
    found = []
    for x in (-width / 2, width / 2):
        found.append(Box((x, 0, height + raised), (broad, depth / 2, 0.015), part))
        found.append(Box((x, 0.03 - depth / 2, height + raised / 2), (0.015, 0.015, raised / 2), part))
    return found


def scanned(boxes: Sequence[Box], rng: np.random.Generator) -> Piece:
    """Return the points that a scanner sees of boxes that stand together, turned at random."""
    points, normals, parts = (np.concatenate(column) for column in zip(*(surface(b, rng) for b in boxes), strict=True))
    turn = rotation(rng)
    cells = np.floor((points @ turn.T + rng.normal(0, NOISE[0], points.shape)) / CELL).astype(np.int64)
    seen = normals @ turn.T + rng.normal(0, NOISE[1], normals.shape)
    grid, one = np.unique(cells - cells.min(0), axis=0, return_index=True)
    return Piece(grid, seen[one].astype(np.float32), parts[one])


def surface(box: Box, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points spread evenly over a box, (n, 3), their normals, (n, 3), and the part of each, (n,)."""
    half = np.array(box.half)
    areas = 8 * half.prod() / half  # of both faces across each axis
    n = rng.poisson(DENSITY * areas.sum())
    axis, side = rng.choice(3, n, p=areas / areas.sum()), rng.choice((-1, 1), n)
    normals = np.eye(3)[axis] * side[:, None]
    inside = rng.uniform(-1, 1, (n, 3))
    points = np.array(box.centre) + half * np.where(normals == 0, inside, normals)
    return points, normals, np.full(n, box.part)
