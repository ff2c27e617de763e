"""How each family of networks is built, and asked for the outputs that its vectors hold."""

import json
from pathlib import Path

HERE = Path(__file__).parent


def places():
    """Return the devices of this machine that networks must agree on."""
    import torch

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def listed(name):
    """Return the names and shapes of a published checkpoint."""
    listing = json.loads((HERE / "keys" / f"{name}.json").read_text())
    return {key: tuple(shape) for key, shape in listing.get("keys", listing).items()}


def edsr(_):
    from models.edsr import EDSR, EDSRConfig

    yield "as it is", EDSR(EDSRConfig(scale=2))


def edsr_outputs(network, given, _):
    return {"sr": network((given["image"] - 0.5) / 0.5)}


def liif(_):
    from bench.plain_liif import PlainLIIF
    from models.liif import LIIF
    from models.liif_bands import LIIFInBands

    yield "the folded form", LIIF()
    yield "in bands", LIIFInBands()
    yield "the plain form", PlainLIIF()


def liif_outputs(network, given, sidecar):
    picture = (given["image"] - 0.5) / 0.5
    found = {"features": network.encoder.features(picture)[:, ::8]}
    sizes = {name: out["shape"][1:3] for name, out in sidecar["outputs"].items() if name != "features"}
    return {
        name: found[name] if name in found else network.render(picture, *sizes[name]) for name in sidecar["outputs"]
    }


def mssnet(sidecar):
    import torch
    from models.mssnet import MSSNet, MSSNetConfig

    yield "the fast form", MSSNet(MSSNetConfig(**sidecar["config"]))
    yield "in channels_last", MSSNet(MSSNetConfig(**sidecar["config"])).to(memory_format=torch.channels_last)
    yield "the plain form", MSSNet(MSSNetConfig(**sidecar["config"], plain=True))


def mssnet_outputs(network, given, _):
    names = ("res1_1", "res2_1", "res2_2", "res3_1", "res3_2", "res3_3")
    return dict(zip(names, network.outputs(given["x"]), strict=True)) | {"eval": network(given["x"])}


def attention(sidecar):
    from models.linfusion import GeneralizedLinearAttention

    config = sidecar["config"]
    yield (
        "as it is",
        GeneralizedLinearAttention(config["query_dim"], config["heads"], config["projection_mid_dim"]),
    )


def attention_outputs(network, given, _):
    return {"tokens": network(given["tokens"])}


def mounted(sidecar):
    from diffusers import UNet2DConditionModel
    from models.linfusion import mount

    unet = UNet2DConditionModel(**sidecar["config"])
    mount(unet)
    yield "as it is", unet


def mounted_outputs(network, given, _):
    return {"eps": network(given["latent"], given["timestep"], given["context"]).sample}


FAMILIES = {
    "edsr": (edsr, edsr_outputs),
    "liif": (liif, liif_outputs),
    "linfusion_gla": (attention, attention_outputs),
    "linfusion_tiny-unet": (mounted, mounted_outputs),
    "mssnet": (mssnet, mssnet_outputs),
}


def family(case):
    """Return how to build and how to ask the network of a case."""
    return next(functions for name, functions in FAMILIES.items() if case.startswith(name))


def forms(case, sidecar):
    """Yield the forms of a network that compute the same, each with its name."""
    return family(case)[0](sidecar)


def outputs(case, network, given, sidecar):
    """Return the outputs of a network by name."""
    return family(case)[1](network, given, sidecar)
