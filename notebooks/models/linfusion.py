"""LinFusion: self-attention whose cost grows with the number of tokens, in the place of Stable Diffusion's.

Source: Liu, Yu, Tan and Wang, "LinFusion: 1 GPU, 1 Minute, 16K Image", arXiv 2409.02097; formula and names are those of
src/linfusion/attention.py and src/linfusion/linfusion.py in the repository Huage001/LinFusion.
Differs from the repository: the attention is a module of its own and no subclass of the library's; a mask is refused,
not ignored. As there, a module can start from the projections it replaces; whoever mounts decides.

Shapes: B pictures, N tokens, C channels, h heads of d channels each (C = h d).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from einops import rearrange
from torch import Tensor, nn

IDENTITY = -1  # as projection_mid_dim: no projection, so that queries and keys see twice the tokens
FLOOR = 1e-4  # keeps the normaliser from zero


def projection(channels: int, middle: int | None) -> nn.Module:
    """Return what is added to the tokens before queries or keys are made; `middle` None means `channels`."""
    if middle == IDENTITY:
        return nn.Identity()
    middle = channels if middle is None else middle
    return nn.Sequential(
        nn.Linear(channels, middle),
        nn.LayerNorm(middle),
        nn.LeakyReLU(),
        nn.Linear(middle, channels),
    )


class GeneralizedLinearAttention(nn.Module):
    """Attention whose weights are products of positive features, so that all keys sum up into one d x d state."""

    def __init__(self, channels: int, heads: int, projection_mid_dim: int | None = None) -> None:
        """Build the layers under the names of the checkpoint.

        Raises:
            ValueError: the channels cannot be shared among the heads.
        """
        super().__init__()
        if channels % heads:
            raise ValueError(f"{channels} channels cannot be shared among {heads} heads")
        self.heads = heads
        self.to_q = nn.Linear(channels, channels, bias=False)
        self.to_k = nn.Linear(channels, channels, bias=False)
        self.to_v = nn.Linear(channels, channels, bias=False)
        self.to_out = nn.Sequential(nn.Linear(channels, channels))
        self.to_q_ = projection(channels, projection_mid_dim)
        self.to_k_ = projection(channels, projection_mid_dim)

    def forward(
        self,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        **_: Any,
    ) -> Tensor:
        """Return what each token of (B, N, C) learns from all of them, or from other tokens (B, K, C) if given.

        The arguments are those with which the library calls an attention.

        Raises:
            ValueError: a mask is given: the sum over all keys leaves nothing out.
        """
        if attention_mask is not None:
            raise ValueError("linear attention hears all tokens; it takes no mask")
        x, y = hidden_states, hidden_states if encoder_hidden_states is None else encoder_hidden_states
        split = "b n (h d) -> b h n d"
        q = rearrange(1 + F.elu(self.to_q(x + self.to_q_(x))), split, h=self.heads)  # (B, h, N, d)
        k = rearrange(1 + F.elu(self.to_k(y + self.to_k_(y))), split, h=self.heads)  # (B, h, K, d)
        v = rearrange(self.to_v(y), split, h=self.heads)  # (B, h, K, d)
        return self.to_out(rearrange(attend(q, k, v), "b h n d -> b n (h d)"))  # (B, N, C)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return the values (B, h, K, d) averaged for each query (B, h, N, d) with weights q k, (B, h, N, d).

    q and k must be positive. The mean over the keys, instead of their sum, is what lets a network that learned at one
    size work at another; the root on either side keeps half precision from overflowing.
    """
    root = k.shape[-2] ** -0.5
    state = (k * root).mT @ (v * root)  # (B, h, d, d)
    total = q @ k.mean(-2, keepdim=True).mT + FLOOR  # (B, h, N, 1)
    return q @ state / total  # (B, h, N, d)


# --- in a network of Stable Diffusion ---------------------------------------------------------------------------------


def self_attentions(unet: nn.Module) -> dict[str, nn.Module]:
    """Return the self-attentions of a UNet by name, in the order of the checkpoint."""
    return {name: module for name, module in unet.named_modules() if name.split(".")[-1] == "attn1"}


def mount(
    unet: nn.Module,
    middles: int | Sequence[int | None] | None = None,
    keep_projections: bool = False,
) -> nn.ModuleList:
    """Put linear attention in the place of each self-attention of a UNet, and return the new modules.

    The list has the names of `diffusion_pytorch_model.safetensors`: fill it with load_state_dict(strict=True).
    `middles` is the projection_mid_dim of all modules, or of each. With `keep_projections` the new modules start from
    the queries, keys, values and outputs that they replace; the released training started all of them at random.

    Raises:
        ValueError: there is nothing to replace, it is replaced already, or `middles` has another length.
    """
    old = self_attentions(unet)
    if not old or any(isinstance(module, GeneralizedLinearAttention) for module in old.values()):
        raise ValueError("the network has no softmax self-attention (attn1) to replace")
    each = [middles] * len(old) if middles is None or isinstance(middles, int) else list(middles)
    if len(each) != len(old):
        raise ValueError(f"{len(each)} projections for {len(old)} self-attentions")
    new = nn.ModuleList(in_place_of(was, middle) for was, middle in zip(old.values(), each, strict=True))
    for (name, was), module in zip(old.items(), new, strict=True):
        if keep_projections:
            module.load_state_dict(module.state_dict() | was.state_dict())
        unet.set_submodule(name, module)
    return new


def in_place_of(old: nn.Module, middle: int | None) -> GeneralizedLinearAttention:
    """Return a module of the size, kind of number and device of a softmax attention."""
    weight = old.to_q.weight
    with torch.device(weight.device):
        module = GeneralizedLinearAttention(old.to_q.in_features, old.heads, middle)
    return module.to(weight.dtype).train(old.training)


def modules_list(unet: nn.Module, middle: int | None = None) -> list[dict[str, Any]]:
    """Return what `config.json` beside the official weights lists: each self-attention with its sizes."""
    return [
        {
            "module_name": name,
            "dim_n": module.to_q.in_features,
            "heads": module.heads,
            "projection_mid_dim": middle,
        }
        for name, module in self_attentions(unet).items()
    ]


def mount_as_listed(unet: nn.Module, config: Mapping[str, Any]) -> nn.ModuleList:
    """Mount what an official `config.json` lists, and return the modules to fill.

    Raises:
        ValueError: the file lists other modules than the UNet has.
    """
    listed = config["modules_list"]
    wrong = list(misfits(modules_list(unet), listed))
    if wrong:
        raise ValueError(f"the file is for another network: {'; '.join(wrong[:5])}")
    return mount(unet, [entry["projection_mid_dim"] for entry in listed])


def misfits(wanted: Sequence[Mapping[str, Any]], listed: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield where a list of modules differs from that of a UNet; projections may."""
    if len(listed) != len(wanted):
        yield f"{len(listed)} modules, not {len(wanted)}"
    for i, (ours, theirs) in enumerate(zip(wanted, listed, strict=False)):
        for field in ("module_name", "dim_n", "heads"):
            if ours[field] != theirs.get(field):
                yield f"module {i} has {field} {theirs.get(field)!r}, not {ours[field]!r}"
