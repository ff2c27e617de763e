"""IPS: a classifier of huge pictures that walks over their patches and keeps only the few that it finds most telling.

Source: Riffi-Aslett and Fell, "On the Generalizability of Iterative Patch Selection for Memory-Efficient
High-Resolution Image Classification", arXiv 2412.11237. It takes over the network of an earlier work and adds
predictions of the single heads, their losses, and masking (STKIM). Names of weights are those of both repositories.
Differs from them: patches may be asked for as they are needed; indices of a shuffled picture are those of the true
places; a picture with no more patches than are kept is classified from all of them.

Shapes: B pictures of N patches, M of them kept, I looked at in each step; D channels, H heads of d channels; T tasks,
one query token each, of K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

Probabilities = dict[str, Tensor]  # of each task, (B, K)
SOFTMAX, SIGMOID = "softmax", "sigmoid"
MEGAPIXEL_MNIST = (("majority", SOFTMAX), ("max", SOFTMAX), ("top", SOFTMAX), ("multi", SIGMOID))
FLOOR = 1e-6  # keeps the logarithm of a probability finite


@dataclass(frozen=True)
class IPSConfig:
    """Sizes, as for Megapixel MNIST; `shuffle` is "", "batch" (one order for all pictures) or "image"."""

    tasks: tuple[tuple[str, str], ...] = MEGAPIXEL_MNIST
    classes: int = 10
    channels: int = 1  # of a patch
    widths: tuple[int, int] = (64, 128)  # of the encoder's two stages; the second is D
    heads: int = 8
    head_width: int = 16
    inner: int = 512  # of the MLP
    keep: int = 100  # M
    at_once: int = 100  # I
    positions: bool = True
    branches: bool = False  # predictions of the single heads
    dropout: float = 0.1
    mask_highest: int = 0  # STKIM: how many of the highest scores may be masked,
    mask_probability: float = 0.0  # and how likely each is, in use as in training
    shuffle: str = ""


@dataclass(frozen=True)
class Patches:
    """Pictures as patches that are read when they are needed.

    Attributes:
        read: returns the patches (B, n, C, p, p) at places (B, n), which are counted row by row.
        pictures: how many pictures there are, B.
        count: how many patches each has, N.
    """

    read: Callable[[Tensor], Tensor]
    pictures: int
    count: int

    @classmethod
    def of(cls, patches: Tensor) -> Patches:
        """Return patches that are all there, (B, N, C, p, p)."""
        return cls(lambda places: taken(patches, places), *patches.shape[:2])


# --- the encoder of a patch ------------------------------------------------------------------------------------------


class Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        """Build the layers; where the size changes the shortcut is a 1 x 1 convolution."""
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample = None
        if stride > 1 or before != after:
            self.downsample = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, after, h / stride, w / stride) for (n, before, h, w)."""
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


def encoder(channels: int, widths: tuple[int, int]) -> nn.Sequential:
    """Return the first half of a ResNet-18, from patches (n, C, p, p) to (n, D, 1, 1)."""
    first, second = widths
    return nn.Sequential(
        nn.Conv2d(channels, first, 7, stride=2, padding=3, bias=False),  # (n, 64, p/2, p/2)
        nn.BatchNorm2d(first),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),  # (n, 64, p/4, p/4)
        nn.Sequential(Block(first, first), Block(first, first)),
        nn.Sequential(Block(first, second, stride=2), Block(second, second)),  # (n, 128, p/8, p/8)
        nn.AdaptiveAvgPool2d(1),
    )


def positions(places: Tensor, width: int) -> Tensor:
    """Return the code of the places of patches (B, n), counted row by row: (B, n, D), sines and cosines in turn."""
    j = torch.arange(0, width, 2, device=places.device)
    angles = places[..., None] * 10000 ** (-j / width)  # (B, n, D/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


# --- the transformer that scores patches and reads those that are kept -----------------------------------------------


class CrossAttention(nn.Module):
    """One learned query for each task, which looks at all patches it is given; how much it does is their score."""

    def __init__(self, config: IPSConfig) -> None:
        """Build the layers."""
        super().__init__()
        D, all_heads = config.widths[1], config.heads * config.head_width
        self.heads, self.temperature = config.heads, config.head_width**0.5
        self.q = nn.Parameter(torch.empty(1, len(config.tasks), D).uniform_(-1, 1) * config.head_width**-0.5)
        self.q_w = nn.Linear(D, all_heads, bias=False)
        self.k_w = nn.Linear(D, all_heads, bias=False)
        self.v_w = nn.Linear(D, all_heads, bias=False)
        self.fc = nn.Linear(all_heads, D, bias=False)
        if config.branches:
            self.fb = nn.Linear(config.head_width, D, bias=False)
        self.layer_norm = nn.LayerNorm(D, eps=1e-6)
        self.dropout = nn.Dropout(config.dropout)

    def split(self, x: Tensor) -> Tensor:
        """Return (B, n, H d) as (B, H, n, d)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def attention(self, x: Tensor) -> Tensor:
        """Return how much each token of each head looks at each patch of (B, n, D): (B, H, T, n), adding up to 1."""
        q, k = self.split(self.q_w(self.q)), self.split(self.k_w(x))
        return (q / self.temperature @ k.mT).softmax(-1)

    def scores(self, x: Tensor) -> Tensor:
        """Return the score of each patch, the mean over heads and tokens: (B, n), adding up to 1."""
        return self.attention(x).mean((1, 2))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the tokens learn from the patches (B, n, D), (B, T, D), and each head alone, (B, H, T, d)."""
        each = self.dropout(self.attention(x)) @ self.split(self.v_w(x))  # (B, H, T, d)
        together = self.fc(each.transpose(1, 2).flatten(-2))  # (B, T, D)
        return self.layer_norm(self.dropout(together) + self.q), each


class MLP(nn.Module):
    """Two layers with a shortcut, normalised behind it."""

    def __init__(self, config: IPSConfig) -> None:
        """Build the layers."""
        super().__init__()
        D = config.widths[1]
        self.w_1, self.w_2 = nn.Linear(D, config.inner), nn.Linear(config.inner, D)
        self.layer_norm = nn.LayerNorm(D, eps=1e-6)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Return (..., D) for (..., D)."""
        return self.layer_norm(self.dropout(self.w_2(F.relu(self.w_1(x)))) + x)


class Transformer(nn.Module):
    """Cross-attention, then the MLP."""

    def __init__(self, config: IPSConfig) -> None:
        """Build both."""
        super().__init__()
        self.crs_attn, self.mlp = CrossAttention(config), MLP(config)

    def forward(self, x: Tensor) -> Tensor:
        """Return one token for each task, (B, T, D), from patches (B, n, D)."""
        return self.mlp(self.crs_attn(x)[0])

    def branches(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the tokens as each head alone would have them, (B, H, T, D), and what each attended, (B, H, T, d)."""
        each = self.crs_attn(x)[1]
        return self.mlp(self.crs_attn.fb(each)), each


# --- the network -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """The memory after a step: the places of the M best patches so far, best first, and their embeddings.

    `scores` are those of all candidates of the step, (B, M + I): first of the memory before it, then of the new ones.
    """

    places: Tensor  # (B, M)
    embeddings: Tensor  # (B, M, D)
    scores: Tensor


class IPS(nn.Module):
    """The classifier: select without gradients, then look at the selected patches again with them."""

    def __init__(self, config: IPSConfig = IPSConfig()) -> None:
        """Build the layers under the names of the checkpoint."""
        super().__init__()
        self.config = config
        self.encoder = encoder(config.channels, config.widths)
        self.transf = Transformer(config)
        self.output_layers = nn.ModuleDict(
            {task: nn.Sequential(nn.Linear(config.widths[1], config.classes)) for task, _ in config.tasks}
        )

    def forward(self, patches: Tensor | Patches) -> Probabilities:
        """Return the probabilities of each task for pictures as patches (B, N, C, p, p).

        Of patches that are read when needed, no more than M or I for each picture are there at once.
        """
        patches = Patches.of(patches) if isinstance(patches, Tensor) else patches
        return self.probabilities(self.read(patches, self.select(patches)))

    def order(self, patches: Patches) -> Tensor:
        """Return the places of patches in the order in which they are looked at, (B, N)."""
        B, N, place = patches.pictures, patches.count, self.transf.crs_attn.q.device
        if not self.config.shuffle or self.config.keep >= N:
            return torch.arange(N, device=place).expand(B, N)
        orders = [torch.randperm(N, device=place) for _ in range(B if self.config.shuffle == "image" else 1)]
        return torch.stack(orders).expand(B, N)

    # --- selecting: nothing here learns, nothing is dropped, and no more than M + I embeddings are kept ---

    @torch.no_grad()
    def select(self, patches: Patches) -> Tensor:
        """Return the places of the M best patches, (B, M), best first; all places if there are no more than M."""
        order = self.order(patches)
        last = order[:, : self.config.keep]
        for kept in self.steps(patches, order):
            last = kept.places
        return last

    @torch.no_grad()
    def steps(self, patches: Patches, order: Tensor) -> Iterator[Kept]:
        """Yield the memory after each step; none if there are no more than M patches.

        The network is in eval mode while it selects, whatever mode it is in.
        """
        M, I, N = self.config.keep, self.config.at_once, order.shape[1]  # noqa: E741 (the paper's letter)
        places, memory = order[:, :M], None
        for start in range(M, N, I):
            with in_eval_mode(self):
                memory = self.embed(patches.read(places)) if memory is None else memory
                new = order[:, start : start + I]
                places = torch.cat([places, new], dim=1)  # (B, M + I), fewer in the last step
                memory = torch.cat([memory, self.embed(patches.read(new))], dim=1)  # (B, M + I, D)
                scores = self.transf.crs_attn.scores(self.placed(memory, places))
            best = self.masked(scores).topk(M, dim=-1).indices  # (B, M), best first
            places, memory = places.gather(1, best), taken(memory, best)
            yield Kept(places, memory, scores)

    def masked(self, scores: Tensor) -> Tensor:
        """Return scores (B, n) of which some of the highest are 0, each by chance (STKIM); the others stay."""
        if not self.config.mask_highest:
            return scores
        highest = scores.topk(self.config.mask_highest, dim=-1).indices
        gone = torch.rand(highest.shape, device=scores.device) < self.config.mask_probability
        return scores.scatter(1, highest, scores.gather(1, highest).masked_fill(gone, 0))

    # --- reading what was selected ---

    def embed(self, patches: Tensor) -> Tensor:
        """Return the embeddings (B, n, D) of patches (B, n, C, p, p)."""
        return self.encoder(patches.flatten(0, 1)).flatten(1).unflatten(0, patches.shape[:2])

    def placed(self, embeddings: Tensor, places: Tensor) -> Tensor:
        """Return embeddings with the code of their places added, if the network has one."""
        if not self.config.positions:
            return embeddings
        return embeddings + positions(places, embeddings.shape[-1]).to(embeddings.dtype)

    def read(self, patches: Patches, places: Tensor) -> Tensor:
        """Return the selected patches as the transformer reads them, embedded anew and with gradients, (B, M, D)."""
        return self.placed(self.embed(patches.read(places)), places)

    def logits(self, tokens: Tensor) -> Probabilities:
        """Return the logits of each task, (..., K), from a token for each, (..., T, D)."""
        return {task: layer(tokens[..., t, :]) for t, (task, layer) in enumerate(self.output_layers.items())}

    def likely(self, logits: Probabilities) -> Probabilities:
        """Return logits as probabilities: by softmax if a task has one class, by sigmoid if it may have several."""
        kinds = dict(self.config.tasks)
        return {t: x.softmax(-1) if kinds[t] == SOFTMAX else x.sigmoid() for t, x in logits.items()}

    def probabilities(self, read: Tensor) -> Probabilities:
        """Return the probabilities of each task, (B, K), from patches (B, M, D) that were read."""
        return self.likely(self.logits(self.transf(read)))

    def branches(self, read: Tensor) -> tuple[Probabilities, Tensor]:
        """Return the probabilities (B, H, K) by which each head alone would answer, and what it attended, (B, H, T, d).

        Only for a network with branches.
        """
        tokens, attended = self.transf.branches(read)
        return self.likely(self.logits(tokens)), attended


@contextmanager
def in_eval_mode(network: nn.Module) -> Iterator[None]:
    """Put a network into eval mode for a while."""
    was = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was)


def cut(pictures: Tensor, side: int) -> Tensor:
    """Return pictures (B, C, H, W) as square patches, row by row: (B, N, C, p, p); a rest is left out."""
    cells = pictures.unfold(2, side, side).unfold(3, side, side)  # (B, C, rows, columns, p, p)
    return cells.flatten(2, 3).transpose(1, 2)


def taken(values: Tensor, places: Tensor) -> Tensor:
    """Return the values (B, N, ...) at places (B, n) of the second dimension: (B, n, ...)."""
    return values[torch.arange(len(places), device=places.device)[:, None], places]


# --- the losses ------------------------------------------------------------------------------------------------------


def loss(found: Probabilities, truths: Probabilities, tasks: tuple[tuple[str, str], ...]) -> Tensor:
    """Return the mean loss of the tasks, from probabilities (B, K) or of several heads (B, H, K).

    The truth of a softmax task is a class (B,), of a sigmoid task 0 or 1 for each class, (B, K).
    """
    return torch.stack([loss_of(found[task], truths[task], kind) for task, kind in tasks]).mean()


def loss_of(found: Tensor, truth: Tensor, kind: str) -> Tensor:
    """Return the loss of one task: minus the logarithm of the true class's probability, or the binary cross-entropy."""
    if found.ndim == 3:  # of several heads
        truth = truth[:, None].expand(found.shape[: truth.ndim + 1])
    if kind == SIGMOID:
        return F.binary_cross_entropy(found, truth.to(found.dtype))
    return -(found.gather(-1, truth[..., None]) + FLOOR).log().mean()


def diversity_loss(attended: Tensor) -> Tensor:
    """Return how alike the heads' attended values (B, H, T, d) are: the mean cosine of each two heads."""
    flat = F.normalize(attended.flatten(2), dim=-1)  # (B, H, T d)
    first, second = torch.triu_indices(flat.shape[1], flat.shape[1], offset=1, device=flat.device)
    return (flat @ flat.mT)[:, first, second].mean()
