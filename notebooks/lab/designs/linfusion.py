"""The small denoiser, with softmax or with LinFusion's attention: how it is built, asked, looked into and altered."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from einops import rearrange
from models.linfusion import mount, self_attentions
from models.small_denoiser import SmallDenoiser, SmallDenoiserConfig
from torch import Tensor, nn

from lab import weights
from lab.weights import Design, Loaded


def _config(told: Mapping[str, Any]) -> SmallDenoiserConfig:
    """Return the sizes that a sidecar tells."""
    return SmallDenoiserConfig(**told | {"channels": tuple(told["channels"])})


def attentions_of(network: nn.Module) -> nn.ModuleList:
    """Return the self-attentions of a network; of one with linear attention they are all that its lesson teaches."""
    return nn.ModuleList(self_attentions(network).values())


FIRST, SECOND = "linfusion-softmax", "linfusion-linear"  # the lessons
DESIGN = Design(
    name="linfusion",
    full=SmallDenoiser,
    sized=lambda told: SmallDenoiser(_config(told)),
    files=(),  # nobody published it
)
ATTENTION = Design(
    name="linfusion",
    full=lambda: attentions_of(SmallDenoiser(SmallDenoiserConfig(linear=True))),
    sized=lambda told: attentions_of(SmallDenoiser(_config(told))),
    files=(),
)


def load(place: torch.device) -> dict[str, Loaded]:
    """Return the network with softmax, and the same with the linear attention that was taught to answer as it does."""
    softmax = weights.load(DESIGN, FIRST, place, official=False)
    taught = weights.load(ATTENTION, SECOND, place, official=False)
    return {"softmax": softmax, "linear": replace(taught, network=with_attentions(softmax.network, taught.network))}


def with_attentions(network: SmallDenoiser, attentions: nn.ModuleList) -> SmallDenoiser:
    """Return a copy of a network that has these self-attentions in the place of its own."""
    other = copy.deepcopy(network)
    for name, attention in zip(self_attentions(other), attentions, strict=True):
        other.set_submodule(name, attention)
    return other


@torch.no_grad()
def predicted(loaded: Loaded, noisy: Tensor, time: Tensor) -> Tensor:
    """Return the noise (B, 3, H, W) that the network sees in pictures after so many steps of noise, (B,)."""
    place = loaded.place
    return loaded.network(noisy.to(place), time.to(place)).cpu()


@torch.no_grad()
def weights_of(loaded: Loaded, noisy: Tensor, time: Tensor) -> Tensor:
    """Return how much each token attends to each other in the softmax attention, (B, heads, N, N); rows add up to 1."""
    (attention,) = self_attentions(loaded.network).values()
    heard: list[Tensor] = []
    hook = attention.to_q.register_forward_pre_hook(lambda _, given: heard.append(given[0]))
    predicted(loaded, noisy, time)
    hook.remove()
    q, k = (
        rearrange(made(heard[0]), "b n (h d) -> b h n d", h=attention.heads)
        for made in (attention.to_q, attention.to_k)
    )
    return (q @ k.mT * q.shape[-1] ** -0.5).softmax(-1).cpu()


@torch.no_grad()
def answers_of(loaded: Loaded, noisy: Tensor, time: Tensor) -> Tensor:
    """Return what the self-attention answers each token, (B, N, C), whichever kind it is."""
    (attention,) = self_attentions(loaded.network).values()
    answers: list[Tensor] = []
    hook = attention.register_forward_hook(lambda _, __, answer: answers.append(answer))
    predicted(loaded, noisy, time)
    hook.remove()
    return answers[0].cpu()


def untaught(loaded: Loaded) -> Loaded:
    """Return a network with linear attention in the place of its softmax, which has learned nothing since."""
    return replace(loaded, network=linear(loaded.network).to(loaded.place).eval())


def linear(network: SmallDenoiser) -> SmallDenoiser:
    """Return a network with linear attention that starts from the projections of this one's softmax."""
    sizes = network.unet.config
    other = SmallDenoiser(SmallDenoiserConfig(tuple(sizes.block_out_channels), sizes.attention_head_dim))
    other.load_state_dict(network.state_dict())
    mount(other.unet, keep_projections=True)
    return other


def without_attention(loaded: Loaded) -> Loaded:
    """Return a network whose self-attention answers nothing."""
    network = copy.deepcopy(loaded.network)
    for attention in self_attentions(network).values():
        for value in attention.to_out.parameters():
            value.data.zero_()
    return replace(loaded, network=network)
