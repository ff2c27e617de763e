"""Accuracies that the repository of IPS's generalizability keeps in its own logs; none of them was measured here.

MRiffiAslett/ips_MaxRiffiAslett, folder "results library": accuracy at the last epoch on 1,000 test pictures of
3000 x 3000 pixels with five digits each, cut into patches of 50 x 50; every network was taught once. What is different
for patches of other sizes and for noise is said there.
"""

from __future__ import annotations

CANVAS = 3000  # pixels
DIGITS = (28, 56, 84, 112)  # pixels
TASKS = ("majority", "max", "top", "multi")
TAUGHT = (800, 1000, 2000, 4000)  # pictures
CHANCE = 10  # percent, in the first three tasks
ACCURACIES = {  # training pictures, task -> percent, for each size of digits
    (800, "majority"): (43.0, 69.8, 76.6, 84.2),
    (800, "max"): (48.6, 66.3, 66.5, 63.6),
    (800, "top"): (39.1, 63.5, 69.8, 76.4),
    (800, "multi"): (3.0, 14.6, 12.1, 17.9),
    (1000, "majority"): (66.6, 79.4, 91.0, 89.3),
    (1000, "max"): (69.2, 70.2, 71.5, 66.8),
    (1000, "top"): (62.0, 70.9, 79.7, 78.4),
    (1000, "multi"): (19.6, 19.4, 25.8, 24.6),
    (2000, "majority"): (88.3, 95.5, 96.1, 95.2),
    (2000, "max"): (83.9, 82.7, 83.6, 78.7),
    (2000, "top"): (79.7, 85.9, 88.7, 91.1),
    (2000, "multi"): (52.7, 51.5, 55.0, 45.1),
    (4000, "majority"): (98.3, 98.9, 97.9, 98.7),
    (4000, "max"): (92.2, 93.0, 89.6, 90.7),
    (4000, "top"): (91.3, 93.8, 92.8, 93.2),
    (4000, "multi"): (78.6, 80.2, 72.1, 75.3),
}
PATCHES = (25, 50, 100, 150)  # pixels
BY_PATCH = (  # majority, percent, after 1,000 pictures with digits of 84 pixels: three trainings
    (50.2, 85.8, 76.6, 75.3),
    (78.4, 58.8, 40.6, 19.9),  # from 50 pixels on, files carry "200n" in their names: maybe another setting
    (65.3, None, 39.8, None),  # None: stopped at epoch 13; an empty file
)
NOISE = (  # majority, percent, lowest and highest; a thickness is what its logs call it, on 1500 x 1500 pixels
    ("100 noise strokes", 99.0, 99.0),
    ("800 noise strokes", 99.1, 99.1),
    ("strokes of thickness 1.4 to 1.6", 73.0, 86.0),
    ("strokes of thickness 1.8, one of three trainings stopped early", 32.0, 81.3),
    ("strokes of thickness 2.0 and more, but for 5.0", 9.0, 12.0),
    ("strokes of thickness 5.0", 25.4, 25.4),
)


def ratios() -> list[float]:
    """Return the share of the picture that one digit's square takes, in percent, for each size of digits."""
    return [100 * (digit / CANVAS) ** 2 for digit in DIGITS]


def logged(pictures: int, task: str) -> list[float]:
    """Return the accuracies in percent after so many training pictures, for each size of digits."""
    return list(ACCURACIES[pictures, task])
