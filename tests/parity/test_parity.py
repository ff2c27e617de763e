"""Our networks give the numbers that the original code gave, with the same weights and inputs."""

import json
from pathlib import Path

import pytest

from tests.parity import networks

pytestmark = pytest.mark.torch
HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.json"))


def weights_of(sidecar: dict) -> dict:
    from tests.parity import recipe

    made = recipe.load_shapes(HERE / sidecar["weights"]["keys_file"])
    state = recipe.fill(made, sidecar["weights"]["seed"], sidecar["weights"]["gain"])
    total = sum(value.double().abs().sum().item() for value in state.values())
    assert total == pytest.approx(sidecar["weights"]["abs_sum"], rel=1e-7), "the recipe draws other weights here"
    return state


def far_from(ours, theirs, allowed: dict, slack: float) -> list[str]:
    """Return what is wrong with an output; a number that is not finite is wrong."""
    if ours.shape != theirs.shape:
        return [f"shape {tuple(ours.shape)}"]
    apart = ours.double() - theirs.double()
    found = {"atol": apart.abs().max().item(), "rms_tol": apart.square().mean().sqrt().item()}
    return [f"{name} {value:.2e}" for name, value in found.items() if not value <= slack * allowed[name]]


@pytest.mark.parametrize("case", CASES)
def test_our_network_gives_the_stored_numbers(case):
    """On the CPU within the case's own tolerance; a GPU adds in another order and gets ten times that."""
    import torch
    from safetensors.torch import load_file

    torch.set_num_threads(1)
    sidecar = json.loads((HERE / f"{case}.json").read_text())
    vectors = load_file(HERE / f"{case}.safetensors")
    weights = weights_of(sidecar)

    for place in networks.places():
        given = {name[3:]: value.to(place) for name, value in vectors.items() if name.startswith("in.")}
        for form, network in networks.forms(case, sidecar):
            network.load_state_dict(weights, strict=True)
            with torch.no_grad():
                outputs = networks.outputs(case, network.to(place).eval(), given, sidecar)
            assert set(outputs) == set(sidecar["outputs"])
            for name, ours in outputs.items():
                slack = 1 if place == "cpu" else 10
                wrong = far_from(ours.cpu(), vectors[f"out.{name}"], sidecar["outputs"][name], slack)
                assert not wrong, f"{name}, {form} on {place}"


def test_every_vector_that_was_given_is_compared():
    counted = {case: len(json.loads((HERE / f"{case}.json").read_text())["outputs"]) for case in CASES}
    families = {family: [n for case, n in counted.items() if case.startswith(family)] for family in networks.FAMILIES}

    assert families == {
        "edsr": [1],
        "liif": [4, 3, 2],
        "linfusion_gla": [1, 1, 1, 1, 1],
        "linfusion_tiny-unet": [1],
        "mssnet": [7, 7],
    }
    assert sum(len(cases) for cases in families.values()) == len(CASES)


@pytest.mark.parametrize(
    ("keys", "case", "count"),
    [
        ("liif-edsr-baseline", "liif_edsr-baseline_17x23", 1_567_323),
        ("edsr-baseline-x2", "edsr-baseline_x2_17x23", 1_369_883),
        ("mssnet", "mssnet_54-42-42_48x64", 15_614_497),
        ("mssnet-small", "mssnet_20-40-40_48x64", 6_756_161),
        ("linfusion-gla-c32", "linfusion_gla_c32_n48", 8_480),
        ("linfusion-gla-c320", "linfusion_gla_c320_n256", 822_080),
        ("linfusion-gla-c320-identity", "linfusion_gla_c320_identity_n64", 409_920),
        ("linfusion-gla-c640", "linfusion_gla_c640_n64", 3_282_560),
        ("linfusion-gla-c640-mid40", "linfusion_gla_c640_mid40_n64", 1_742_960),
        ("linfusion-tiny-unet", "linfusion_tiny-unet_16x16", 820_356),
    ],
)
def test_names_and_shapes_are_those_of_the_official_checkpoint(keys, case, count):
    import torch

    with torch.device("meta"):
        _, network = next(networks.forms(case, json.loads((HERE / f"{case}.json").read_text())))

    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == networks.listed(keys)
    assert sum(value.numel() for value in network.parameters()) == count
