"""LightGaussian: a splatted scene made small by dropping, shortening and sharing what its pictures hardly show.

In the order of the paper:

1. global significance tells how much each Gaussian is seen in all training pictures, by how large it is;
2. the least significant are pruned, and the others are trained on, to recover what was lost;
3. colours lose their highest degree: a student with shorter colours learns from the teacher's pictures, also from
   cameras that were moved a little (pseudo-views);
4. the colours of the less significant Gaussians are replaced by the nearest of a few shared codes (vector
   quantisation).

The published code computes a significance that differs from the paper's equation; both are here. N Gaussians, K codes,
D numbers of a colour, B rows of a batch.

Fan et al., LightGaussian (2023), arXiv 2311.17245v6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor

from models.splatting import Camera, Splats, blend, project, render

EXPONENT = 0.1  # how much the volume counts
QUANTILE = 0.9
LAPLACE = 1e-5  # added to each count of a code, so that none is zero


# --- 1. global significance ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sightings:
    """How the pictures of some cameras draw each Gaussian: three sums over their pixels, (N,) each."""

    hits: Tensor  # pixels in which it is drawn
    light: Tensor  # opacity times the transmittance in front of it, as the code sums it up
    paper_light: Tensor  # the same, but what stands in front covers by its opacity, however far from its middle


@torch.no_grad()
def sightings(splats: Splats, cameras: Iterable[Camera]) -> Sightings:
    """Return how much each Gaussian is seen by all cameras together."""
    sums = splats.xyz.new_zeros(3, len(splats.xyz) + 1)
    opacity = torch.cat([splats.opacity, splats.opacity.new_zeros(1)])
    for camera in cameras:
        for some in blend(splats, project(splats, camera), camera):
            strength = opacity[some.index][:, :, None]  # (T, K, 1)
            behind = (1 - strength * some.drawn).cumprod(1)
            in_front = torch.cat([torch.ones_like(behind[:, :1]), behind[:, :-1]], dim=1)
            parts = some.drawn, strength * some.before * some.drawn, strength * in_front * some.drawn
            for total, part in zip(sums, parts, strict=True):
                total.index_add_(0, some.index.flatten(), part.sum(-1).flatten().to(total.dtype))
    return Sightings(*sums[:, :-1])


def significance(light: Tensor, scaling: Tensor, exponent: float = EXPONENT) -> Tensor:
    """Return the global significance as the code has it, (N,).

    The volume is compared with one that nine tenths of all exceed, and nothing stops it from counting many times.
    """
    volume = scaling.prod(-1)
    typical = volume.sort(descending=True).values[int(QUANTILE * len(volume))]
    return light * (volume / typical) ** exponent


def paper_significance(paper_light: Tensor, scaling: Tensor, exponent: float = EXPONENT) -> Tensor:
    """Return the global significance as equation 3 has it, (N,): the volume counts once at most.

    The paper's "90 % largest of all sorted" is read as the volume that nine tenths of all do not reach.
    """
    volume = scaling.prod(-1)
    large = volume.sort().values[int(QUANTILE * len(volume))]
    return paper_light * (volume / large).clamp(max=1) ** exponent


# --- 2. pruning ------------------------------------------------------------------------------------------------------


def pruned(score: Tensor, share: float) -> Tensor:
    """Return which Gaussians go, (N,) bool: a share of them in [0, 1), those with the lowest score.

    Whoever has the same score as the last one goes too; so all that nobody sees go at once.
    """
    threshold = score.sort().values[int(share * (len(score) - 1))]
    return score <= threshold


# --- 3. shorter colours -----------------------------------------------------------------------------------------------


def pseudo_view(camera: Camera, away: Tensor) -> Camera:
    """Return a camera that stands `away` (3,), in lengths of the world, from a true one and looks the same way."""
    view = camera.view.clone()
    view[3, :3] -= away @ view[:3, :3]
    return replace(camera, view=view)


def distillation_loss(student: Splats, teacher: Splats, camera: Camera, background: Tensor) -> Tensor:
    """Return the mean squared difference of what a camera sees of both, before a background (3,).

    Its gradients reach the student alone, whose colours are shorter.
    """
    with torch.no_grad():
        wanted = render(teacher, camera, background).image
    return F.mse_loss(render(student, camera, background).image, wanted)


# --- 4. vector quantisation ------------------------------------------------------------------------------------------


def kept(importance: Tensor, share: float) -> Tensor:
    """Return which Gaussians keep their own colours, (N,) bool, when the colours of a share of them are quantised."""
    count = int(len(importance) * (1 - share))
    found = torch.zeros(len(importance), dtype=torch.bool, device=importance.device)
    found[importance.topk(count).indices] = True
    return found


def nearest(features: Tensor, codes: Tensor) -> Tensor:
    """Return the index of the nearest of the codes (K, D) for each row (N, D), by Euclidean distance."""
    return torch.cdist(features, codes).argmin(-1)


@dataclass(frozen=True)
class Codebook:
    """Codes that stand for colours, with how much each one stands for."""

    codes: Tensor  # (K, D)
    counts: Tensor  # (K,)

    @classmethod
    def begun(cls, codes: Tensor) -> Codebook:
        """Return a codebook that has seen nothing yet."""
        return cls(codes, codes.new_zeros(len(codes)))


def moved(codebook: Codebook, batch: Tensor, importance: Tensor, decay: float = 0.8) -> tuple[Codebook, Tensor]:
    """Return the codes moved towards a batch of colours (B, D), important ones most, and how far away it was before.

    The second is the mean squared distance per number, not weighted. What moves is as the published code has it: the
    batch's sums are divided by counts that are running means.
    """
    weight = importance / importance.mean()
    index = nearest(batch, codebook.codes)
    distance = (batch - codebook.codes[index]).square().mean()
    count = torch.zeros_like(codebook.counts).index_add(0, index, weight)
    total = torch.zeros_like(codebook.codes).index_add(0, index, weight[:, None] * batch)
    counts = decay * codebook.counts + (1 - decay) * count
    smooth = (counts + LAPLACE) / (counts.sum() + len(counts) * LAPLACE) * counts.sum()
    return Codebook(decay * codebook.codes + (1 - decay) * total / smooth[:, None], counts), distance


def renewed(codebook: Codebook, batch: Tensor, importance: Tensor, count: int) -> Codebook:
    """Return the codebook with its `count` least used codes replaced by the most important colours of a batch."""
    codes = codebook.codes.clone()
    codes[codebook.counts.topk(count, largest=False).indices] = batch[importance.topk(count).indices]
    return replace(codebook, codes=codes)
