"""Layers that mix tokens are asked about as many as wanted, and the number from which one is cheaper is found."""

import math

import pytest

pytestmark = pytest.mark.torch


def growth(form, counts, seconds):
    from lab.cost import Cost
    from lab.growth import Growth

    return Growth(form, counts, tuple(Cost(each, 1) for each in seconds))


@pytest.mark.parametrize(
    ("one", "crossing"),
    [
        ((2.0, 4.0, 8.0, 16.0), 200.0),  # against 1, 4, 16, 64
        ((0.5, 1.0, 2.0, 4.0), 100.0),
        ((9.0, 99.0, 999.0, 999.0), math.inf),
        ((1.0, 8.0, 8.0, 8.0), 100 * 2**1.5),
    ],
)
def test_it_is_cheaper_from_where_the_lines_cross_for_the_last_time(one, crossing):
    from lab.scan_cost import crossing as found

    square = growth("square", (100, 200, 400, 800), (1.0, 4.0, 16.0, 64.0))

    assert found(growth("one", (100, 200, 400, 800, 1600), (*one, 1.0)), square, "seconds") == pytest.approx(crossing)


def test_both_forms_of_attention_and_both_of_mamba_are_the_same_function():
    import torch
    from lab.scan_cost import FORMS, FUSED, LOOP, SCAN, WIDTH, WRITTEN

    tokens = torch.randn(1, 20, WIDTH)
    for one, other in ((WRITTEN, FUSED), (LOOP, SCAN)):
        first, second = FORMS[one]().eval(), FORMS[other]().eval()
        state = first.layer.state_dict() if one == LOOP else first.state_dict()
        second.load_state_dict(state)
        with torch.no_grad():
            torch.testing.assert_close(first(tokens), second(tokens), atol=1e-5, rtol=0)


def test_each_layer_is_asked_about_as_many_tokens_as_wanted():
    import torch
    from lab.scan_cost import FORMS, SHORT, measured

    found = measured(dict.fromkeys(FORMS, (8, 16)), torch.device("cpu"))

    assert [each.form for each in found] == list(FORMS) == list(SHORT)
    assert all(each.counts == (8, 16) and each.values("gigabytes")[1] > 0 for each in found)
