"""LinFusion: its attention in several sizes, and mounted in UNets of Stable Diffusion's kind."""

from __future__ import annotations

from collections.abc import Iterator

from diffusers import UNet2DConditionModel
from models.linfusion import GeneralizedLinearAttention, mount
from models.stable_diffusion import UNET
from torch import Tensor, nn

from parity.families import Family, Listed, Sidecar, Tensors


def attention(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the attention alone."""
    config = sidecar["config"]
    sizes = (config["query_dim"], config["heads"], config["projection_mid_dim"])
    yield "as it is", GeneralizedLinearAttention(*sizes)


def attention_outputs(network: nn.Module, given: Tensors, _: Sidecar) -> dict[str, Tensor]:
    """Return what each token learns, (B, N, C)."""
    return {"tokens": network(given["tokens"])}


def mounted(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield a small UNet with the attention in it."""
    yield "as it is", unet_with_attention(sidecar["config"])


def mounted_outputs(network: nn.Module, given: Tensors, _: Sidecar) -> dict[str, Tensor]:
    """Return the noise that is seen in a latent, (B, 4, h, w)."""
    return {"eps": network(given["latent"], given["timestep"], given["context"]).sample}


def unet_with_attention(config: Sidecar) -> nn.Module:
    """Return a UNet of the library whose self-attentions are linear."""
    unet = UNet2DConditionModel(**config)
    mount(unet)
    return unet


FAMILIES = {
    "linfusion_gla": Family(attention, attention_outputs),
    "linfusion_tiny-unet": Family(mounted, mounted_outputs),
}
LISTS = {
    "linfusion-sd15": Listed(lambda: mount(UNet2DConditionModel(**UNET))),
    "sd15-unet-linfusion-mounted": Listed(lambda: unet_with_attention(UNET)),
}
