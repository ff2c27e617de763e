"""What a layer that mixes tokens costs by their number: Mamba's scan, in parallel or in a loop, beside attention."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.mamba import Mamba
from torch import Tensor, nn

from lab import attention
from lab.attention_cost import LAST
from lab.cost import Cost, cost
from lab.growth import Growth

WIDTH, HEADS, STATE = 32, 4, 16  # channels of a token, heads of attention, numbers of state for each inner channel
WRITTEN, FUSED, LOOP, SCAN = "attention, written down", "attention, fused", "Mamba, in a loop", "Mamba, in parallel"
SHORT = {WRITTEN: "written", FUSED: "fused", LOOP: "loop", SCAN: "scan"}  # in the names of results


class Attention(nn.Module):
    """A plain layer of self-attention, with its four projections; `how` computes it from heads (B, h, N, d)."""

    def __init__(self, how: Callable[[Tensor, Tensor, Tensor], Tensor]) -> None:
        """Build the projections."""
        super().__init__()
        self.how = how
        self.to_heads, self.to_out = (nn.Linear(WIDTH, n * WIDTH, bias=False) for n in (3, 1))

    def forward(self, tokens: Tensor) -> Tensor:
        """Return what each token (B, N, C) learns from all of them."""
        q, k, v = self.to_heads(tokens).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)  # (B, h, N, d) each
        return self.to_out(self.how(q, k, v).transpose(1, 2).flatten(2))


class InALoop(nn.Module):
    """Mamba's layer as its recurrence is written, with one step in Python for each token."""

    def __init__(self) -> None:
        """Build the layer."""
        super().__init__()
        self.layer = Mamba(WIDTH, STATE)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return what each token (B, N, C) makes of itself and of those before it."""
        state, answers = self.layer.at_rest(len(tokens)), []
        for token in tokens.unbind(1):
            answer, state = self.layer.step(token, state)
            answers.append(answer)
        return torch.stack(answers, dim=1)


FORMS: Mapping[str, Callable[[], nn.Module]] = {
    WRITTEN: lambda: Attention(attention.softmax),
    FUSED: lambda: Attention(F.scaled_dot_product_attention),
    LOOP: InALoop,
    SCAN: lambda: Mamba(WIDTH, STATE),
}


def measured(counts: Mapping[str, Sequence[int]], place: torch.device) -> list[Growth]:
    """Ask each layer (keys of FORMS) about so many tokens, each time at its fastest of three tries."""
    return [
        Growth(form, tuple(each), tuple(spent_on(form, n, place) for n in each), LAST) for form, each in counts.items()
    ]


def spent_on(form: str, count: int, place: torch.device) -> Cost:
    """Return what one layer over `count` tokens costs."""
    layer = FORMS[form]().to(place).eval()
    tokens = torch.randn(1, count, WIDTH, generator=torch.Generator().manual_seed(count)).to(place)
    return cost(lambda: layer(tokens), place, times=3)


def crossing(one: Growth, other: Growth, what: str) -> float:
    """Return from how many tokens on `one` costs less than `other`: where the straight lines between counts cross.

    On logarithmic axes, at counts that both have; infinite where it never does, the first count where it always does.
    """
    shared = [n for n in one.counts if n in other.counts]
    ahead = [
        math.log(one.values(what)[one.counts.index(n)] / other.values(what)[other.counts.index(n)]) for n in shared
    ]
    if ahead[-1] >= 0:
        return math.inf
    last = max((i for i, each in enumerate(ahead) if each >= 0), default=None)
    if last is None:
        return float(shared[0])
    share = ahead[last] / (ahead[last] - ahead[last + 1])
    return shared[last] * (shared[last + 1] / shared[last]) ** share
