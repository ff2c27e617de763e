"""Scenes with the class of every pixel: red, green, blue, yellow shapes, many of them tiny, on photographs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from colorsys import hsv_to_rgb
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from PIL import Image, ImageDraw
from torch import Tensor

from lab import data

CLASSES = ("ground", "red", "yellow", "green", "blue")
HUES = (0.0, 1 / 6, 1 / 3, 2 / 3)  # of the classes but the first, as a share of the circle of colours
AROUND = 0.05  # how far a hue may be from that of its class
FORMS = ("disc", "square", "triangle", "cross")
SIDE, SHAPES = 128, 6  # pixels of a scene; shapes in it
RADII, SMALL = (2.5, 10.0), 4.5  # pixels: the least and largest radius, and below which a shape counts as small
CONTRAST = 80  # how far at least the colour of a shape is from the mean of what it covers


@dataclass(frozen=True)
class Shape:
    """One shape: its class, its radius in pixels, and the pixels it covers as a mask (S, S)."""

    kind: int
    radius: float
    mask: np.ndarray

    @property
    def is_small(self) -> bool:
        """Tell whether its radius is small: a disc is then narrower than 9 pixels, a triangle than about 12."""
        return self.radius < SMALL


@dataclass(frozen=True)
class Scene:
    """A picture (S, S, 3) in uint8, the class of each pixel (S, S), and the shapes in it."""

    picture: np.ndarray
    classes: np.ndarray
    shapes: tuple[Shape, ...]


def outline(name: str, x: float, y: float, radius: float, turn: float) -> list[tuple[float, float]]:
    """Return the corners of a form around (x, y) that is turned by an angle; all forms have about the same area."""
    if name == "cross":
        arm, tip = 0.4, 1.15
        quarter = [(arm, tip), (-arm, tip), (-arm, arm)]
        points = [p for i in range(4) for p in (rotated(q, i * math.pi / 2) for q in quarter)]
    else:
        corners, reach = {"disc": (32, 1.0), "square": (4, 1.25), "triangle": (3, 1.5)}[name]
        points = [rotated((0, reach), 2 * math.pi * i / corners) for i in range(corners)]
    return [(x + radius * a, y + radius * b) for a, b in (rotated(p, turn) for p in points)]


def rotated(point: tuple[float, float], angle: float) -> tuple[float, float]:
    """Return a point turned around the origin."""
    c, s = math.cos(angle), math.sin(angle)
    return c * point[0] - s * point[1], s * point[0] + c * point[1]


def coverage(corners: Sequence[tuple[float, float]], side: int) -> np.ndarray:
    """Return which share of each pixel a polygon covers, (S, S) in [0, 1]."""
    sheet = Image.new("L", (side * data.OVERSIZE,) * 2)
    ImageDraw.Draw(sheet).polygon([(data.OVERSIZE * x, data.OVERSIZE * y) for x, y in corners], 255)
    return np.asarray(sheet.reduce(data.OVERSIZE)) / 255


def place(rng: Generator, taken: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return a free place (x, y, radius) for a shape, that touches no other nor the border; small ones are frequent."""
    while True:
        radius = RADII[0] * (RADII[1] / RADII[0]) ** rng.random()
        x, y = rng.uniform(1.5 * radius, SIDE - 1.5 * radius, 2)
        if all(math.hypot(x - a, y - b) > 1.5 * (radius + r) for a, b, r in taken):
            taken.append((x, y, radius))
            return x, y, radius


def scene(photographs: Sequence[np.ndarray], rng: Generator) -> Scene:
    """Draw shapes on a piece of one of the photographs."""
    found = photographs[rng.integers(len(photographs))]
    y, x = (rng.integers(0, n - SIDE + 1) for n in found.shape[:2])
    canvas = found[y : y + SIDE, x : x + SIDE].astype(np.float64)
    classes, shapes, taken = np.zeros((SIDE, SIDE), np.int64), [], []
    for _ in range(SHAPES):
        kind, (cx, cy, radius) = int(rng.integers(1, len(CLASSES))), place(rng, taken)
        form = FORMS[rng.integers(len(FORMS))]
        share = coverage(outline(form, cx, cy, radius, rng.uniform(0, 2 * math.pi)), SIDE)
        mask = share > 0.5
        canvas += share[..., None] * (colour(kind, canvas[mask].mean(0), rng) - canvas)
        classes[mask] = kind
        shapes.append(Shape(kind, radius, mask))
    return Scene(canvas.round().astype(np.uint8), classes, tuple(shapes))


def colour(kind: int, ground: np.ndarray, rng: Generator) -> np.ndarray:
    """Return a colour of a class, light or dark and more or less grey, that differs clearly from a ground, (3,)."""
    while True:
        hue = (HUES[kind - 1] + rng.uniform(-AROUND, AROUND)) % 1
        ink = 255 * np.array(hsv_to_rgb(hue, rng.uniform(0.45, 1), rng.uniform(0.35, 1)))
        if np.linalg.norm(ink - ground) >= CONTRAST:
            return ink


def scenes(count: int, seed: int, photographs: Sequence[str] = data.TAUGHT) -> list[Scene]:
    """Return `count` scenes on pieces of photographs of those names; the same arguments give the same scenes."""
    grounds = [data.photograph(name) for name in photographs]
    return [scene(grounds, np.random.default_rng([seed, i])) for i in range(count)]


def pictures_of(drawn: Sequence[Scene]) -> Tensor:
    """Return the pictures of scenes as (B, 3, S, S) in [0, 1]."""
    return torch.from_numpy(np.stack([one.picture for one in drawn])).permute(0, 3, 1, 2).float() / 255


def classes_of(drawn: Sequence[Scene]) -> Tensor:
    """Return the class of each pixel, (B, S, S)."""
    return torch.from_numpy(np.stack([one.classes for one in drawn]))


def shares(classes: Tensor, cell: int) -> Tensor:
    """Return which share of each cell of `cell` x `cell` pixels each class has, (B, K, S / cell, S / cell)."""
    one_hot = torch.nn.functional.one_hot(classes, len(CLASSES)).permute(0, 3, 1, 2).float()
    return torch.nn.functional.avg_pool2d(one_hot, cell)
