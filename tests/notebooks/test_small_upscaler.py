"""A plain small upscaler: the same network on the small picture and on the large one, and its lessons."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def network(seed=0, **sizes):
    """A small upscaler that corrects something: a fresh one is bicubic."""
    import torch
    from models.small_upscaler import SmallUpscaler, SmallUpscalerConfig

    torch.manual_seed(seed)
    made = SmallUpscaler(SmallUpscalerConfig(**sizes)).eval()
    torch.nn.init.normal_(made.layers[-1].weight, std=0.05)
    return made


@pytest.fixture
def small():
    from lab.data import pictures

    return pictures("icons", 1, 3, size=36)[0][:24].copy()


def test_an_untaught_one_is_bicubic_resizing(small):
    """Of a picture without black and white: Pillow clips what overshoots between its two passes."""
    import torch
    from lab.designs import upscaler
    from lab.resize import resize
    from lab.weights import Loaded
    from models.small_upscaler import SmallUpscaler

    torch.manual_seed(0)
    fresh = Loaded(SmallUpscaler().eval(), "untrained", False, None)
    grey = small // 2 + 60
    made, soft = upscaler.enlarge(fresh, grey), resize(grey, 72, 108)
    assert np.abs(made.astype(int) - soft).max() <= 1


@pytest.mark.parametrize("first", [False, True])
def test_a_window_with_its_margin_gives_what_the_whole_picture_has_there(first, small):
    """So a picture may be computed tile by tile, without a seam."""
    import torch
    from lab.tensors import to_tensor
    from models.small_upscaler import enlarged

    made = network(layers=3, channels=4, enlarges_first=first)
    picture = to_tensor(small)[None]
    seen, times = (enlarged(picture, 3), 1) if first else (picture, 3)
    y, x, side, m = 6, 9, 8, made.margin
    with torch.no_grad():
        whole = made(picture) - enlarged(picture, 3)
        tile = made.correction(seen[..., y - m : y + side + m, x - m : x + side + m])
    rows, columns = (slice(times * n, times * (n + side)) for n in (y, x))
    assert torch.allclose(whole[..., rows, columns], tile, atol=1e-6)


def test_both_places_have_equally_many_parameters_and_nine_times_the_work():
    from lab.designs import upscaler
    from lab.lessons.upscaler import ON_LARGE, ON_SMALL, WIDE
    from lab.weights import Loaded
    from models.small_upscaler import SmallUpscaler

    made = {config: SmallUpscaler(config) for config in (ON_SMALL, ON_LARGE, WIDE)}
    counts = {config: sum(p.numel() for p in net.parameters()) for config, net in made.items()}
    work = {c: upscaler.gmacs_per_megapixel(Loaded(net, "untrained", False, None)) for c, net in made.items()}
    assert counts[ON_SMALL] == counts[ON_LARGE]
    assert work[ON_LARGE] == pytest.approx(9 * work[ON_SMALL])
    assert 0.95 * work[ON_LARGE] < work[WIDE] <= work[ON_LARGE]


def test_the_work_is_what_counting_finds():
    import torch
    from lab.cost import counted

    for first in (False, True):
        made = network(enlarges_first=first, channels=8, layers=3)
        window = torch.zeros(1, 3, 5 + 2 * made.margin, 5 + 2 * made.margin)
        inner = sum(
            layer.weight.numel() * (5 + 2 * (made.margin - place)) ** 2 for place, layer in enumerate(made.layers, 1)
        )
        assert counted(lambda made=made, window=window: made.correction(window)) * 1e9 == pytest.approx(inner)
        assert made.work == sum(layer.weight.numel() for layer in made.layers)


def test_a_lesson_pairs_a_crop_with_the_bicubic_reduction_of_it():
    from lab.lessons.upscaler import pair
    from lab.resize import resize
    from lab.tensors import to_picture

    pictures = [np.random.default_rng(1).integers(0, 256, (80, 90, 3), dtype=np.uint8)]
    small, large = pair(pictures, np.random.default_rng(2))
    assert (small.shape, large.shape) == ((3, 24, 24), (3, 72, 72))
    assert np.array_equal(to_picture(small), resize(to_picture(large), 24, 24))


def test_all_lessons_differ_in_the_network_alone():
    from lab.lessons.upscaler import LESSONS

    recipes = {
        (each.steps, each.rate, each.warm_up, each.seed, each.average, *each.recipe.items())
        for each in LESSONS.values()
    }
    assert len(recipes) == 1
    assert len({each.config for each in LESSONS.values()}) == len(LESSONS)
