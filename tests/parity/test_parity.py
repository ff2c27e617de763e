"""Our networks give the numbers that the original code gave, with the same weights and inputs."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.torch
HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.json"))
OUTPUTS = [(case, name) for case in CASES for name in json.loads((HERE / f"{case}.json").read_text())["outputs"]]


def network_of(case: str):
    from models.edsr import EDSR, EDSRConfig
    from models.liif import LIIF

    return EDSR(EDSRConfig(scale=2)) if case.startswith("edsr") else LIIF()


def weights_of(sidecar: dict) -> dict:
    from tests.parity import recipe

    made = recipe.load_shapes(HERE / sidecar["weights"]["keys_file"])
    state = recipe.fill(made, sidecar["weights"]["seed"], sidecar["weights"]["gain"])
    total = sum(value.double().abs().sum().item() for value in state.values())
    assert total == pytest.approx(sidecar["weights"]["abs_sum"], rel=1e-7), "the recipe draws other weights here"
    return state


def computed(case: str, name: str, sidecar: dict, vectors: dict):
    import torch

    network = network_of(case).eval()
    network.load_state_dict(weights_of(sidecar), strict=True)
    picture = (vectors["in.image"] - 0.5) / 0.5
    with torch.no_grad():
        if name == "sr":
            return network(picture)
        if name == "features":
            return network.encoder.features(picture)[:, ::8]
        return network.render(picture, *sidecar["outputs"][name]["shape"][1:3])


@pytest.mark.parametrize(("case", "name"), OUTPUTS)
def test_our_network_gives_the_stored_numbers(case, name):
    import torch
    from safetensors.torch import load_file

    sidecar = json.loads((HERE / f"{case}.json").read_text())
    vectors = load_file(HERE / f"{case}.safetensors")
    torch.set_num_threads(1)

    ours, theirs = computed(case, name, sidecar, vectors), vectors[f"out.{name}"]

    allowed = sidecar["outputs"][name]
    assert ours.shape == theirs.shape
    assert bool(torch.isfinite(ours).all())
    assert (ours - theirs).abs().max().item() <= allowed["atol"]
    assert (ours - theirs).square().mean().sqrt().item() <= allowed["rms_tol"]


def test_every_vector_that_was_given_is_compared():
    assert len(CASES) == 4
    assert len(OUTPUTS) == 4 + 3 + 2 + 1


@pytest.mark.parametrize(
    ("keys", "case", "count"), [("liif-edsr-baseline", "liif", 1_567_323), ("edsr-baseline-x2", "edsr", 1_369_883)]
)
def test_names_and_shapes_are_those_of_the_official_checkpoint(keys, case, count):
    import torch

    with torch.device("meta"):
        network = network_of(case)
    listing = json.loads((HERE / "keys" / f"{keys}.json").read_text())
    wanted = {key: tuple(shape) for key, shape in listing.get("keys", listing).items()}

    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == wanted
    assert sum(value.numel() for value in network.parameters()) == count
