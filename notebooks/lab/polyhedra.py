"""Shapes put together of blocks and cones, seen from one side: shaded, and as the lines that nothing hides.

A shape is turned, seen from far away, and fitted into the square from -1 to 1, x to the right and y up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.furniture import Box

FINE = 112  # places along each side of the square at which it is told what lies in front
CREASE = math.radians(40)  # between two faces, from which on their edge is drawn
SAMPLES = 24  # along an edge
NEAR = 0.03  # how far behind the front a line may lie and still be seen
SHORTEST = 0.05  # line that is drawn
LIGHT = np.array([-0.5, 0.75, 0.45]) / math.hypot(0.5, 0.75, 0.45)  # from the upper left
DARKEST, BRIGHTEST, GROUND = 0.2, 0.85, 1.0  # greys of faces, and of what lies around a shape


@dataclass(frozen=True)
class Body:
    """A convex body: its corners (n, 3), and its faces as loops of their numbers."""

    corners: np.ndarray
    faces: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Sight:
    """What is seen of a shape: its greys (FINE, FINE) in [0, 1], and its lines (n, 2, 2) from end to end."""

    greys: np.ndarray
    lines: np.ndarray


# --- bodies ----------------------------------------------------------------------------------------------------------


def block(box: Box) -> Body:
    """Return a box as a body."""
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    faces = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    return Body(np.array(box.centre) + signs * np.array(box.half), faces)


def cone(foot: Sequence[float], top: Sequence[float], below: float, above: float, sides: int = 12) -> Body:
    """Return a cone without its tip, from a disc of radius `below` around one place to another around the next."""
    foot, top = np.array(foot, float), np.array(top, float)
    axis = (top - foot) / np.linalg.norm(top - foot)
    aside = np.cross(axis, (1.0, 0, 0) if abs(axis[0]) < 0.9 else (0, 1.0, 0))
    aside /= np.linalg.norm(aside)
    turns = 2 * math.pi * np.arange(sides) / sides
    ring = np.cos(turns)[:, None] * aside + np.sin(turns)[:, None] * np.cross(axis, aside)
    around = [(i, (i + 1) % sides) for i in range(sides)]
    faces = (*((a, b, sides + b, sides + a) for a, b in around), tuple(range(sides)), tuple(range(sides, 2 * sides)))
    return Body(np.concatenate((foot + below * ring, top + above * ring)), faces)


# --- what is seen ----------------------------------------------------------------------------------------------------


def seen(bodies: Sequence[Body], around: float, above: float) -> Sight:
    """Return what is seen of bodies by one who stands `around` and `above` by so many degrees."""
    turn = camera(math.radians(around), math.radians(above))
    turned = [body.corners @ turn.T for body in bodies]
    low, high = (by(np.concatenate(turned)[:, :2], axis=0) for by in (np.min, np.max))
    middle, size = np.append((low + high) / 2, 0), (high - low).max() / 2
    placed = [Body((corners - middle) / size, body.faces) for corners, body in zip(turned, bodies, strict=True)]
    depth, greys = np.full((FINE, FINE), -np.inf), np.full((FINE, FINE), GROUND)
    for body in placed:
        for face, normal in zip(body.faces, outward(body), strict=True):
            cover(body.corners[list(face)], normal, depth, greys)
    edges = np.concatenate([edges_of(body) for body in placed])
    return Sight(greys, visible(edges, depth))


def camera(around: float, above: float) -> np.ndarray:
    """Return the rotation (3, 3) to right, up and towards the one who looks; angles in radians, z is up before."""
    c, s, ca, sa = math.cos(around), math.sin(around), math.cos(above), math.sin(above)
    return np.array([(c, s, 0), (-s * sa, c * sa, ca), (s * ca, -c * ca, sa)])


def outward(body: Body) -> np.ndarray:
    """Return the directions (f, 3), of length 1, in which the faces of a convex body look."""
    first, second, third = (body.corners[[face[i] for face in body.faces]] for i in range(3))
    normals = crossed(second - first, third - first)
    inward = body.corners.mean(0) - first
    normals *= -np.sign((normals * inward).sum(1, keepdims=True))
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def crossed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the vectors (n, 3) at right angles to both, as long as the area between them."""
    (ax, ay, az), (bx, by, bz) = a.T, b.T
    return np.stack((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx), axis=1)


def cover(corners: np.ndarray, normal: np.ndarray, depth: np.ndarray, greys: np.ndarray) -> None:
    """Paint a convex face (k, 3) that looks this way wherever nothing in front of it was painted."""
    if normal[2] < 1e-6:
        return
    ends = np.stack((corners[:, :2].min(0), corners[:, :2].max(0)))
    (left, bottom), (right, top) = at_place(ends)
    x = (2 * np.arange(left, right + 1) + 1) / FINE - 1
    y = ((2 * np.arange(bottom, top + 1) + 1) / FINE - 1)[:, None]
    ahead = np.concatenate((corners[1:], corners[:1])) - corners  # (k, 3)
    (ax, ay, _), (cx, cy, _) = (each.T[..., None, None] for each in (ahead, corners))
    sides = ax * (y - cy) - ay * (x - cx)  # (k, h, w): on which side of each edge
    inside = (sides >= 0).all(0) | (sides <= 0).all(0)
    z = corners[0, 2] - ((x - corners[0, 0]) * normal[0] + (y - corners[0, 1]) * normal[1]) / normal[2]
    here = (slice(bottom, top + 1), slice(left, right + 1))
    front = inside & (z > depth[here])
    depth[here][front] = z[front]
    greys[here][front] = DARKEST + (BRIGHTEST - DARKEST) * max(0, normal @ LIGHT)


def at_place(points: np.ndarray) -> np.ndarray:
    """Return the places in the grid of points of the square, in their shape."""
    return ((points + 1) / 2 * FINE).astype(int).clip(0, FINE - 1)


def edges_of(body: Body) -> np.ndarray:
    """Return the edges (n, 2, 3) of a body that a drawing has: its outline, and creases that look this way."""
    faces: dict[tuple[int, int], list[np.ndarray]] = {}
    for face, normal in zip(body.faces, outward(body), strict=True):
        for a, b in zip(face, (*face[1:], face[0]), strict=True):
            faces.setdefault((min(a, b), max(a, b)), []).append(normal)
    drawn = [edge for edge, (one, other) in faces.items() if is_drawn(one, other)]
    return body.corners[np.array(drawn, int).reshape(-1, 2)]


def is_drawn(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether the edge between two faces of those directions is drawn."""
    ahead = (one[2] > 1e-6, other[2] > 1e-6)
    return any(ahead) and (not all(ahead) or bool(one @ other < math.cos(CREASE)))


def visible(edges: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the parts (m, 2, 2) of edges (n, 2, 3) that nothing hides."""
    along = np.linspace(0, 1, SAMPLES)[None, :, None]
    points = edges[:, :1] * (1 - along) + edges[:, 1:] * along  # (n, SAMPLES, 3)
    nearest = lowest(depth)
    x, y = np.moveaxis(at_place(points[..., :2]), -1, 0)
    shown = points[..., 2] >= nearest[y, x] - NEAR
    first, last = runs(shown)
    found = np.stack((points[first][:, :2], points[last][:, :2]), axis=1)
    return found[np.linalg.norm(found[:, 1] - found[:, 0], axis=1) >= SHORTEST]


def lowest(depth: np.ndarray) -> np.ndarray:
    """Return the depth that is farthest away among a place and its eight neighbours."""
    wide = np.pad(depth, 1, mode="edge")
    rows = np.minimum(np.minimum(wide[:-2], wide[1:-1]), wide[2:])
    return np.minimum(np.minimum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])


def runs(mask: np.ndarray) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return where in the rows of a mask (n, k) each run of truths begins, and where it ends."""
    steps = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    (rows, first), (_, beyond) = np.nonzero(steps == 1), np.nonzero(steps == -1)
    return (rows, first), (rows, beyond - 1)
