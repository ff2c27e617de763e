"""Chairs, tables, shelves and lamps made at random, each like no other of its class, with what is seen of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from lab import furniture
from lab.furniture import PARTS, Box
from lab.polyhedra import Body, Sight, block, cone, seen

LEG = PARTS.index("leg")


def rail(low: tuple[float, float, float], high: tuple[float, float, float]) -> Box:
    """Return a box between two opposite corners."""
    ends = np.array([low, high])
    return Box(tuple(ends.mean(0)), tuple(np.abs(ends[1] - ends[0]) / 2), LEG)


def rails(boxes: list[Box], rng: Generator) -> list[Box]:
    """Return rails between the legs of a piece at a random height, on some of its four sides."""
    corners = np.array([box.centre[:2] for box in boxes if box.part == LEG])[:4]
    (x, y), tall = np.abs(corners).max(0), min(box.centre[2] for box in boxes if box.part == LEG) * 2
    z, thin = tall * rng.uniform(0.15, 0.8), rng.uniform(0.01, 0.025)
    sides = {
        "left": rail((-x - thin, -y, z - thin), (-x + thin, y, z + thin)),
        "right": rail((x - thin, -y, z - thin), (x + thin, y, z + thin)),
        "front": rail((-x, -y - thin, z - thin), (x, -y + thin, z + thin)),
        "back": rail((-x, y - thin, z - thin), (x, y + thin, z + thin)),
    }
    return [side for side in sides.values() if rng.random() < 0.5]


def chair(rng: Generator) -> list[Body]:
    """Return a chair; its back is a board, bars that stand, or bars that lie, and it may have arms and rails."""
    boxes = furniture.chair(rng)
    back = next(box for box in boxes if PARTS[box.part] == "back")
    others = [box for box in boxes if box is not back]
    made = [back] if (kind := rng.integers(3)) == 0 else bars(back, int(rng.integers(2, 6)), kind == 1)
    return [block(box) for box in (*others, *made, *rails(others, rng))]


def bars(board: Box, count: int, standing: bool) -> list[Box]:
    """Return bars in the place of an upright board, with what holds them."""
    (x, y, z), (wide, deep, tall) = board.centre, board.half
    places, thin = np.linspace(-0.9, 0.9, count), 0.35 / count
    if standing:
        upright = [Box((x + wide * p, y, z), (wide * thin, deep, tall), board.part) for p in places]
        return [*upright, Box((x, y, z + 0.85 * tall), (wide, deep, 0.15 * tall), board.part)]
    level = [Box((x, y, z + tall * p), (wide, deep, tall * thin), board.part) for p in places]
    return [*level, *(Box((x + side * 0.92 * wide, y, z), (0.08 * wide, deep, tall), board.part) for side in (-1, 1))]


def table(rng: Generator) -> list[Body]:
    """Return a table; it may have a board below its top, drawers, and rails."""
    boxes = furniture.table(rng)
    top = next(box for box in boxes if PARTS[box.part] == "table top")
    (wide, deep, _), height = top.half, top.centre[2]
    if rng.random() < 0.5:
        boxes.append(Box((0, 0, height * rng.uniform(0.15, 0.6)), (0.95 * wide, 0.95 * deep, 0.012), LEG))
    if rng.random() < 0.6:
        half, shift = wide * rng.uniform(0.2, 0.85), rng.uniform(-1, 1)
        tall = height * rng.uniform(0.08, 0.25)
        boxes.append(Box((shift * (0.9 * wide - half), 0, height - tall), (half, 0.9 * deep, tall), LEG))
    return [block(box) for box in (*boxes, *rails(boxes, rng))]


def shelf(rng: Generator) -> list[Body]:
    """Return a shelf with boards at random heights, uprights between some of them, and a door or none."""
    wide, deep, tall = rng.uniform(0.25, 0.6), rng.uniform(0.12, 0.22), rng.uniform(0.4, 0.9)
    sides = [rail((side * wide - 0.012, -deep, 0), (side * wide + 0.012, deep, 2 * tall)) for side in (-1, 1)]
    heights = np.sort(np.concatenate(([0.03, 2 * tall - 0.03], rng.uniform(0.15, 2 * tall - 0.15, rng.integers(1, 5)))))
    boards = [rail((-wide, -deep, z - 0.012), (wide, deep, z + 0.012)) for z in heights]
    between, doors = [], []
    for low, high in pairwise(heights):
        x, kind = rng.uniform(-0.6, 0.6) * wide, rng.random()
        if kind < 0.4:
            between.append(rail((x - 0.01, -deep, low), (x + 0.01, deep, high)))
        elif kind < 0.65:
            doors.append(rail((-wide, -deep, low), (x, -deep + 0.02, high)))
    back = rail((-wide, deep - 0.01, 0), (wide, deep, 2 * tall))
    return [block(box) for box in (*sides, *boards, *between, *doors, back)]


def lamp(rng: Generator) -> list[Body]:
    """Return a lamp: a foot, a pole that may bend, and a shade."""
    foot, thin, tall = rng.uniform(0.1, 0.22), rng.uniform(0.01, 0.025), rng.uniform(0.4, 1.2)
    bend, above = rng.choice((0, rng.uniform(0.1, 0.45))), rng.uniform(0, 0.3)
    knee, head = (0, 0, tall), (bend, 0, tall + above)
    wide, narrow, high = rng.uniform(0.12, 0.35), rng.uniform(0.04, 0.25), rng.uniform(0.12, 0.35)
    bodies = [cone((0, 0, 0), (0, 0, rng.uniform(0.02, 0.08)), foot, foot * rng.uniform(0.3, 1))]
    bodies.append(cone((0, 0, 0), knee, thin, thin, 6))
    if bend or above > 0.05:
        bodies.append(cone(knee, head, thin, thin, 6))
    if rng.random() < 0.4:
        z, ball = tall * rng.uniform(0.2, 0.8), rng.uniform(0.04, 0.09)
        bodies += [cone((0, 0, z - ball), (0, 0, z), thin, ball), cone((0, 0, z), (0, 0, z + ball), ball, thin)]
    return [*bodies, cone((bend, 0, tall + above - high / 2), (bend, 0, tall + above + high / 2), wide, narrow)]


CLASSES: dict[str, Callable[[Generator], list[Body]]] = {
    "chairs": chair,
    "tables": table,
    "shelves": shelf,
    "lamps": lamp,
}
AROUND, ABOVE = (25, 65, 130), 20  # degrees from which each shape is seen


@lru_cache(maxsize=64)
def stock(name: str, count: int, seed: int) -> tuple[tuple[Sight, ...], ...]:
    """Return what is seen of `count` shapes of a class, each from all sides; the same arguments give the same ones."""
    made = (CLASSES[name](np.random.default_rng([seed, i])) for i in range(count))
    return tuple(tuple(seen(shape, around, ABOVE) for around in AROUND) for shape in made)
