"""Plots read the same on a dark and on a light page, and by people who see few colours."""

from itertools import combinations

import numpy as np
import pytest

pytestmark = pytest.mark.torch

# What eyes without one kind of cone see, in linear light: Machado, Oliveira and Fernandes, 2009, severity 1.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]),
    "deuteranopia": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritanopia": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
}  # fmt: skip


def linear(colour):
    from matplotlib.colors import to_rgb

    values = np.array(to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast of two colours as the guidelines for accessible pages define it."""
    light, dark = sorted((linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab_of(colour, blindness):
    from skimage.color import rgb2lab

    seen = np.clip(BLINDNESS[blindness] @ linear(colour), 0, 1)
    return rgb2lab(np.where(seen <= 0.00318, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))


def test_plots_bring_their_own_light_card_so_that_no_page_shines_through():
    from lab import style

    assert {style.STYLE[f"{part}.facecolor"] for part in ("figure", "savefig", "axes")} == {style.CARD}
    assert contrast(style.INK, style.CARD) > 7


def test_every_series_stands_out_from_the_card():
    from lab import style

    series = [each["color"] for each in style.STYLE["axes.prop_cycle"]]
    assert min(contrast(colour, style.CARD) for colour in [*series, style.GREY]) > 3


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_series_differ_for_people_who_see_few_colours_and_have_markers_of_their_own(blindness):
    from lab import style

    cycle = list(style.STYLE["axes.prop_cycle"])
    assert len({each["marker"] for each in cycle}) == len(cycle)
    seen = [lab_of(each["color"], blindness) for each in cycle]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) > 10


def test_a_plot_is_the_same_to_the_last_byte_whenever_it_is_drawn_whatever_the_person_has_set():
    import matplotlib as mpl
    from lab import drawing

    def drawn():
        made, (axes,) = drawing.plot()
        axes.plot([0, 1], [1, 0])  # names of its clipping path and markers: drawn by chance without a salt
        return drawing.svg(made, "growth")[0]

    with mpl.rc_context({"svg.hashsalt": None}):
        first, second = drawn(), drawn()
        mpl.rcParams["svg.hashsalt"] = "of somebody"
        third = drawn()
    assert b"clip-path" in first
    assert first == second == third
