"""Drawings that are more or less abstract, and the shapes and glyphs on their sheets."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch
CLASSES = ["chairs", "tables", "shelves", "lamps"]


@pytest.fixture(scope="module", params=CLASSES)
def shapes(request):
    from lab.household import stock

    return stock(request.param, 4, 5)


def lines(n=40):
    return np.random.default_rng(1).uniform(-1, 1, (n, 2, 2))


def hand():
    return np.random.default_rng(2)


def test_at_abstraction_0_all_lines_are_where_they_are():
    from lab.abstraction import strokes

    ways = strokes(lines(), 0, hand())

    assert ways[:, [0, -1]] == pytest.approx(lines())
    straight = np.linspace(ways[:, 0], ways[:, -1], ways.shape[1], axis=1)
    assert ways == pytest.approx(straight)


def test_what_is_kept_at_a_higher_level_is_kept_at_lower_ones_and_strays_in_proportion():
    """A stroke at twice the level has gone twice as far; each is known again by the way that it went."""
    from lab.abstraction import strokes

    truth, kept = strokes(lines(), 0, hand()), {level: strokes(lines(), level, hand()) for level in (0.2, 0.4, 0.8)}

    assert len(truth) > len(kept[0.2]) > len(kept[0.4]) > len(kept[0.8]) >= 1
    for low, high in ((0.2, 0.4), (0.4, 0.8), (0.2, 0.8)):
        for way in kept[high]:
            origin = [t + (way - t) * low / high for t in truth]
            assert min(np.abs(origin_at - k).max() for origin_at in origin for k in kept[low]) < 1e-9


def test_the_longest_line_is_always_kept():
    from lab.abstraction import strokes

    long = np.concatenate((0.1 * lines(), [[(-1, -1), (1, 1)]]))
    for seed in range(20):
        ways = strokes(long, 1.0, np.random.default_rng(seed))
        assert max(np.linalg.norm(way[-1] - way[0]) for way in ways) > 1


def test_more_abstract_drawings_are_less_like_the_plain_one(shapes):
    """Counted by the share of their ink that lies where the plain drawing has ink, of all that either has."""
    from lab.abstraction import drawing

    inked = {
        level: np.stack([drawing(sight, level, hand()) < 0.6 for shape in shapes for sight in shape])
        for level in (0, 0.2, 0.5, 0.9)
    }
    alike = [(inked[0] & each).sum() / (inked[0] | each).sum() for each in inked.values()]

    assert alike[0] == 1
    assert alike == sorted(alike, reverse=True)


def test_views_and_plain_drawings_lie_on_the_same_pixels(shapes):
    """The box around what is drawn is that of what is shown, up to the width of a pen, at any scale."""
    from lab.abstraction import drawing, view

    for scale in (0.5, 0.7, 1.0):
        for sight in shapes[0]:
            boxes = []
            for picture in (view(sight, scale), drawing(sight, 0, hand(), scale)):
                places = np.argwhere(picture < 0.97)
                boxes.append((*places.min(0), *places.max(0)))
            assert np.abs(np.subtract(*boxes)).max() <= 2


def test_drawings_stand_as_upright_as_views(shapes):
    from lab.abstraction import drawing, view

    on, upside_down = [], []
    for shape in shapes:
        shown, drawn = view(shape[0]), drawing(shape[0], 0, hand()) < 0.5
        edges = np.hypot(*np.gradient(shown))
        on.append(edges[drawn].sum())
        upside_down.append(edges[drawn[::-1]].sum())
    assert sum(on) > 1.1 * sum(upside_down)


def test_a_smaller_scale_is_a_smaller_picture(shapes):
    from lab.abstraction import FILLED, SIDE, view

    for scale in (0.5, 1.0):
        picture = view(shapes[0][0], scale)
        places = np.argwhere(picture < 0.97)
        assert picture.shape == (SIDE, SIDE)
        assert np.ptp(places, axis=0).max() + 1 == pytest.approx(scale * FILLED, abs=1.1)


def test_shapes_of_a_class_differ_and_the_same_seed_makes_the_same(shapes):
    views = [shape[0].greys for shape in shapes]

    assert all(np.abs(a - b).mean() > 1e-3 for i, a in enumerate(views) for b in views[:i])


@pytest.mark.parametrize("name", CLASSES)
def test_the_same_arguments_make_the_same_shapes(name):
    from lab.household import CLASSES as MAKERS
    from lab.household import stock
    from lab.polyhedra import seen

    again = seen(MAKERS[name](np.random.default_rng([5, 3])), 25, 20)
    assert np.array_equal(stock(name, 4, 5)[3][0].greys, again.greys)
    assert not np.array_equal(stock(name, 4, 5)[3][0].greys, stock(name, 4, 6)[3][0].greys)


# --- glyphs ----------------------------------------------------------------------------------------------------------


def test_glyphs_are_the_same_ones_filled_and_in_lines():
    """Most of the lines lie on, or next to, what is filled, although they stray."""
    from lab import glyphs
    from scipy.ndimage import binary_dilation

    shares = []
    for seed in range(30):
        lines, full = glyphs.pair(np.random.default_rng(seed))
        near = binary_dilation(full < 0.95, iterations=4)
        shares.append((near & (lines < 0.6)).sum() / max(1, (lines < 0.6).sum()))
    assert np.mean(shares) > 0.95


def test_every_glyph_leaves_ink_both_ways():
    from lab import glyphs

    for kind in range(len(glyphs.SIGNS) + len(glyphs.ICONS)):
        glyph = glyphs.Glyph(kind, glyphs.FONTS[0], (24, 24), 30, 0.4)
        for draw in (glyphs.filled, lambda pen, one: glyphs.outline(pen, one, 1.2)):
            picture = glyphs.reduced(glyphs.on_a_sheet([glyph], draw))
            assert picture.shape == (48, 48)
            assert (picture < 0.7).sum() > 15, kind


def test_glyphs_repeat_themselves():
    from lab import glyphs

    one, again, other = (glyphs.pair(np.random.default_rng(seed)) for seed in (3, 3, 4))

    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert all(each.dtype == np.float32 and 0 <= each.min() <= each.max() <= 1 for each in one)
