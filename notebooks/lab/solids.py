"""Solids whose surface is known exactly: how far any place is from it, and points spread evenly over it.

Each solid stands in the unit ball before it is turned at random. Places and points are (..., 3) in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Sampler = Callable[[int, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Solid:
    """A solid by the signed distance from its surface, negative inside, and by what draws points evenly over it."""

    signed: Callable[[np.ndarray], np.ndarray]
    drawn: Sampler

    def distance(self, places: np.ndarray) -> np.ndarray:
        """Return how far places (..., 3) are from the surface, (...)."""
        return np.abs(self.signed(places))

    def shift(self, places: np.ndarray, step: float = 1e-5) -> np.ndarray:
        """Return the way from places (..., 3) to the nearest points of the surface, in that shape."""
        ahead = [self.signed(places + step * axis) - self.signed(places - step * axis) for axis in np.eye(3)]
        slope = np.stack(ahead, axis=-1) / (2 * step)
        return -self.signed(places)[..., None] * slope


def turned(solid: Solid, turn: np.ndarray) -> Solid:
    """Return a solid after a rotation (3, 3)."""
    return Solid(lambda places: solid.signed(places @ turn), lambda n, rng: solid.drawn(n, rng) @ turn.T)


def rotation(rng: np.random.Generator) -> np.ndarray:
    """Return a random rotation, (3, 3), each as likely as any other."""
    q, r = np.linalg.qr(rng.standard_normal((3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.array([1, 1, np.linalg.det(q)])


# --- the solids -------------------------------------------------------------------------------------------------------


def length(vectors: np.ndarray) -> np.ndarray:
    """Return the lengths of vectors (..., d), (...)."""
    return np.linalg.norm(vectors, axis=-1)


def on_a_circle(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return n random points of the unit circle, (n, 2)."""
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack((np.cos(angle), np.sin(angle)), axis=-1)


def torus(rng: np.random.Generator) -> Solid:
    """Return a ring with a tube of random width."""
    tube = rng.uniform(0.15, 0.4)
    ring = 1 - tube

    def signed(places: np.ndarray) -> np.ndarray:
        across = length(places[..., :2]) - ring
        return np.hypot(across, places[..., 2]) - tube

    def drawn(n: int, rng: np.random.Generator) -> np.ndarray:
        around = on_a_circle(4 * n, rng)  # more than needed: the outside of the tube is larger than its inside
        kept = around[rng.uniform(0, ring + tube, 4 * n) < ring + tube * around[:, 0]][:n]
        return np.column_stack((on_a_circle(n, rng) * (ring + tube * kept[:, :1]), tube * kept[:, 1]))

    return Solid(signed, drawn)


def capsule(rng: np.random.Generator) -> Solid:
    """Return a rod with round ends, of random width."""
    radius = rng.uniform(0.2, 0.5)
    half = 1 - radius

    def signed(places: np.ndarray) -> np.ndarray:
        along = places[..., 2] - places[..., 2].clip(-half, half)
        return np.sqrt(places[..., 0] ** 2 + places[..., 1] ** 2 + along**2) - radius

    def drawn(n: int, rng: np.random.Generator) -> np.ndarray:
        ball = rng.standard_normal((n, 3))
        ball *= radius / length(ball)[:, None]
        side = np.column_stack((radius * on_a_circle(n, rng), rng.uniform(-half, half, n)))
        ends = ball + half * np.sign(ball[:, 2:]) * np.array([0, 0, 1])
        return np.where(rng.uniform(0, 1, (n, 1)) < half / (half + radius), side, ends)

    return Solid(signed, drawn)


def box(rng: np.random.Generator) -> Solid:
    """Return a box with random sides."""
    sides = rng.uniform(0.3, 1, 3)
    sides /= length(sides)

    def signed(places: np.ndarray) -> np.ndarray:
        beyond = np.abs(places) - sides
        return length(beyond.clip(0)) + beyond.max(-1).clip(max=0)

    def drawn(n: int, rng: np.random.Generator) -> np.ndarray:
        areas = sides.prod() / sides
        face = rng.choice(3, n, p=areas / areas.sum())
        points = rng.uniform(-sides, sides, (n, 3))
        points[np.arange(n), face] = rng.choice((-1, 1), n) * sides[face]
        return points

    return Solid(signed, drawn)


def cylinder(rng: np.random.Generator) -> Solid:
    """Return a cylinder of random width."""
    radius = rng.uniform(0.3, 0.7)
    half = np.sqrt(1 - radius**2)

    def signed(places: np.ndarray) -> np.ndarray:
        beyond = np.stack((length(places[..., :2]) - radius, np.abs(places[..., 2]) - half), axis=-1)
        return length(beyond.clip(0)) + beyond.max(-1).clip(max=0)

    def drawn(n: int, rng: np.random.Generator) -> np.ndarray:
        side = np.column_stack((radius * on_a_circle(n, rng), rng.uniform(-half, half, n)))
        disc = radius * np.sqrt(rng.uniform(0, 1, (n, 1))) * on_a_circle(n, rng)
        ends = np.column_stack((disc, half * rng.choice((-1, 1), n)))
        return np.where(rng.uniform(0, 1, (n, 1)) < 2 * half / (2 * half + radius), side, ends)

    return Solid(signed, drawn)


TAUGHT = {"torus": torus, "capsule": capsule}  # the kinds that networks learn on
UNSEEN = {"box": box, "cylinder": cylinder}  # the kinds that they never see: with edges


def solids(kinds: dict[str, Callable[[np.random.Generator], Solid]], count: int, seed: int) -> list[Solid]:
    """Return `count` solids of the kinds in turn, each of random size and turned at random."""
    rng, makers = np.random.default_rng(seed), list(kinds.values())
    return [turned(makers[i % len(makers)](rng), rotation(rng)) for i in range(count)]
