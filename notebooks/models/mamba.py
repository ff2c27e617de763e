"""Mamba: a layer in which each token hears those before it, through a state that it rewrites itself.

Source: Gu and Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", arXiv 2312.00752; formulas and
names are those of mamba_ssm/modules/mamba_simple.py and mamba_ssm/ops/selective_scan_interface.py in the repository
state-spaces/mamba.
Differs from the repository: the scan is written with PyTorch alone, in parallel over time, and has its own backward
pass; A is real, and B and C change with time; it runs on any device.

Shapes: B pictures or clouds, L tokens, d channels, E = expand x d inner channels, N numbers of state for each of them,
R the rank of the time step, G groups of inner channels that share one B and one C.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from einops import rearrange, repeat
from torch import Tensor, nn

CHUNK = 256  # steps of time that are scanned at once: their states fit the cache of a CPU
FASTEST, SLOWEST = 1e-3, 1e-1  # the time steps with which channels begin


class State(NamedTuple):
    """What a layer remembers between tokens.

    Attributes:
        inputs: the last d_conv inputs of the convolution, newest last, (B, E, d_conv).
        hidden: the state of the recurrence, (B, E, N).
    """

    inputs: Tensor
    hidden: Tensor


class Mamba(nn.Module):
    """The layer, under the names of its checkpoint."""

    def __init__(self, d_model: int, d_state: int = 16, d_conv: int = 4, expand: int = 2) -> None:
        """Build it for d_model channels."""
        super().__init__()
        inner, self.dt_rank, self.d_state = expand * d_model, math.ceil(d_model / 16), d_state
        self.in_proj = nn.Linear(d_model, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(inner, inner, d_conv, groups=inner, padding=d_conv - 1)
        self.x_proj = nn.Linear(inner, self.dt_rank + 2 * d_state, bias=False)
        self.dt_proj = nn.Linear(self.dt_rank, inner)
        self.A_log = nn.Parameter(torch.arange(1.0, d_state + 1).log().repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, d_model, bias=False)
        self.begin_with_time_steps()

    @torch.no_grad()
    def begin_with_time_steps(self) -> None:
        """Spread the time steps of the inner channels evenly, by their logarithm, between the fastest and slowest."""
        bound = self.dt_rank**-0.5
        nn.init.uniform_(self.dt_proj.weight, -bound, bound)
        share = torch.rand_like(self.dt_proj.bias)
        steps = FASTEST * (SLOWEST / FASTEST) ** share
        self.dt_proj.bias.copy_(steps + torch.log(-torch.expm1(-steps)))  # the softplus of this is `steps`

    def forward(self, tokens: Tensor) -> Tensor:
        """Return what each token of (B, L, d) makes of itself and of those before it, (B, L, d)."""
        x, z = rearrange(self.in_proj(tokens), "b l (two e) -> two b e l", two=2)  # (B, E, L) each
        x = F.silu(self.conv1d(x)[..., : tokens.shape[1]])  # (B, E, L): cut at the end, so that no token hears later
        delta, B, C = self.selected(x.mT)
        y, _ = selective_scan(
            x, delta.mT, -self.A_log.exp(), B.mT, C.mT, self.D, z, self.dt_proj.bias, delta_softplus=True
        )
        return self.out_proj(y.mT)  # (B, L, d)

    def selected(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what tokens (..., E) choose: time steps before bias and softplus, (..., E), and B and C, (..., N)."""
        low, B, C = self.x_proj(x).split((self.dt_rank, self.d_state, self.d_state), dim=-1)
        return low @ self.dt_proj.weight.T, B, C

    def at_rest(self, batch: int) -> State:
        """Return the state before the first token."""
        inner, width = self.conv1d.weight.shape[0], self.conv1d.weight.shape[-1]
        return State(self.D.new_zeros(batch, inner, width), self.D.new_zeros(batch, inner, self.d_state))

    def step(self, token: Tensor, state: State) -> tuple[Tensor, State]:
        """Return what one more token (B, d) becomes, (B, d), with the state after it; its cost knows no length."""
        x, z = self.in_proj(token).chunk(2, dim=-1)  # (B, E) each
        inputs = torch.cat((state.inputs[..., 1:], x[..., None]), dim=-1)  # (B, E, d_conv)
        x = F.silu((inputs * self.conv1d.weight[:, 0]).sum(-1) + self.conv1d.bias)  # (B, E)
        delta, B, C = self.selected(x)
        delta = F.softplus(delta + self.dt_proj.bias)  # (B, E)
        decay = torch.exp(delta[..., None] * -self.A_log.exp())  # (B, E, N)
        hidden = decay * state.hidden + (delta * x)[..., None] * B[:, None]  # (B, E, N)
        y = (hidden @ C[..., None])[..., 0] + self.D * x  # (B, E)
        return self.out_proj(y * F.silu(z)), State(inputs, hidden)


# --- the scan ---------------------------------------------------------------------------------------------------------


def selective_scan(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor | None = None,
    z: Tensor | None = None,
    delta_bias: Tensor | None = None,
    delta_softplus: bool = False,
    chunk: int = CHUNK,
) -> tuple[Tensor, Tensor]:
    """Return y = C h + D u, gated by SiLU(z), (B, E, L), and the last state h, (B, E, N).

    h_t = exp(delta_t A) h_(t-1) + delta_t B_t u_t, from rest. u, delta and z are (B, E, L), A is (E, N), D and
    delta_bias are (E,); B and C are (B, N, L), or (B, G, N, L) for blocks of E / G channels. It computes in float32 at
    least; a GPU likes larger chunks. Work and, without gradients, memory grow in proportion to L.
    """
    kind = torch.promote_types(u.dtype, torch.float32)
    steps = delta.to(kind) if delta_bias is None else delta.to(kind) + delta_bias.to(kind)[:, None]
    steps = F.softplus(steps) if delta_softplus else steps
    steps, x = (rearrange(part.to(kind), "b e l -> l b e") for part in (steps, u))  # (L, B, E)
    B, C = (by_channel(part.to(kind), u.shape[1]) for part in (B, C))  # (L, B, E or 1, N)
    hidden, answers = x.new_zeros(*x.shape[1:], A.shape[1]), []
    for start in range(0, len(x), chunk):
        part = slice(start, start + chunk)
        decay = torch.exp(steps[part, ..., None] * A.to(kind))  # (l, B, E, N)
        drive = (steps[part] * x[part])[..., None] * B[part]  # (l, B, E, N)
        states = recurrence(decay, torch.cat((drive[:1] + decay[:1] * hidden, drive[1:])))  # (l, B, E, N)
        answers.append((states * C[part]).sum(-1))  # (l, B, E)
        hidden = states[-1]
    y = rearrange(torch.cat(answers), "l b e -> b e l")  # (B, E, L)
    y = y if D is None else y + D.to(kind)[:, None] * u.to(kind)
    y = y if z is None else y * F.silu(z.to(kind))
    return y.to(u.dtype), hidden


def by_channel(shared: Tensor, channels: int) -> Tensor:
    """Return B or C, (B, N, L) or (B, G, N, L), with time first: (L, B, 1, N), or (L, B, E, N) where groups differ."""
    if shared.ndim == 3:
        return rearrange(shared, "b n l -> l b 1 n")
    return repeat(shared, "b g n l -> l b (g each) n", each=channels // shared.shape[1])


def recurrence(decay: Tensor, drive: Tensor) -> Tensor:
    """Return all h_t = decay_t h_(t-1) + drive_t from h_(-1) = 0, (L, ...), without a loop over time."""
    return _Recurrence.apply(decay, drive)


class _Recurrence(torch.autograd.Function):
    """The recurrence with the backward pass that it has by mathematics: the same recurrence, from the end."""

    @staticmethod
    def forward(ctx: Any, decay: Tensor, drive: Tensor) -> Tensor:
        """Return the states, and keep what the backward pass needs."""
        states = in_pairs(decay, drive)
        ctx.save_for_backward(decay, states)
        return states

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gradients of decay and drive: what a state does to all later ones, by this very recurrence."""
        decay, states = ctx.saved_tensors
        later = torch.cat((decay[1:], torch.zeros_like(decay[:1])))  # how much of each state the next one keeps
        of_drive = recurrence(later.flip(0), grad.flip(0)).flip(0)
        before = torch.cat((torch.zeros_like(states[:1]), states[:-1]))
        return of_drive * before, of_drive


def in_pairs(decay: Tensor, drive: Tensor) -> Tensor:
    """Return the states of the recurrence, (L, ...), by pairs of steps: half as many steps, then half of those.

    Two steps are one: decay_2 decay_1 and decay_2 drive_1 + drive_2. The states after every second step come from a
    recurrence half as long, those between them from one more step each; all together 2 L pairings in log L rounds.
    """
    if len(drive) == 1:
        return drive
    even = slice(0, len(drive) // 2 * 2, 2)
    pairs = decay[1::2] * decay[even], torch.addcmul(drive[1::2], decay[1::2], drive[even])
    after_odd = in_pairs(*pairs)  # (L // 2, ...)
    states = torch.empty_like(drive)
    states[0] = drive[0]
    states[1::2] = after_odd
    torch.addcmul(drive[2::2], decay[2::2], after_odd[: (len(drive) - 1) // 2], out=states[2::2])
    return states
