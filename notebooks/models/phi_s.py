"""PHI-S: features turned and scaled so that every channel varies equally, by a step that can be undone.

Source: Ranzinger et al., "PHI-S: Distribution Balancing for Label-Free Multi-Teacher Distillation", arXiv 2410.01680;
FeatSharp learns in this space. Names are those of `normalizer` in its checkpoints.

Shapes: N samples, C channels. With the covariance V diag(l) V^T, the mean m and a matrix H of Hadamard, divided by its
length, x becomes a H V^T (x - m), where a = 1 / sqrt(mean l): the covariance is a^2 H diag(l) H^T, whose diagonal is 1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def is_prime(n: int) -> bool:
    """Tell whether a number has no divisor but 1 and itself."""
    return n > 1 and all(n % divisor for divisor in range(2, int(n**0.5) + 1))


def hadamard(n: int) -> Tensor:
    """Return a matrix (n, n) of 1 and -1 whose rows are orthogonal, in float64.

    It is doubled by Sylvester's rule, or built by Paley's where n - 1 is a prime of the form 4 k + 3.

    Raises:
        ValueError: neither rule gives one.
    """
    if n == 1:
        return torch.ones(1, 1, dtype=torch.float64)
    if n % 4 == 0 and is_prime(n - 1):
        return paley(n - 1)
    if n % 2:
        raise ValueError(f"no matrix of Hadamard with {n} rows is known here; take a multiple of 4")
    half = hadamard(n // 2)
    return torch.cat([torch.cat([half, half], 1), torch.cat([half, -half], 1)])


def paley(q: int) -> Tensor:
    """Return Paley's matrix of Hadamard (q + 1, q + 1) for a prime q of the form 4 k + 3."""
    steps = torch.arange(q)
    character = torch.full((q,), -1.0, dtype=torch.float64)
    character[steps**2 % q] = 1  # squares
    character[0] = 0
    skew = torch.zeros(q + 1, q + 1, dtype=torch.float64)
    skew[0, 1:], skew[1:, 0] = 1, -1
    skew[1:, 1:] = character[(steps[:, None] - steps) % q]
    return skew + torch.eye(q + 1, dtype=torch.float64)


class PHIStandardize(nn.Module):
    """The step and its inverse; until it is set it changes nothing."""

    def __init__(self, channels: int) -> None:
        """Begin with a mean of zero, no rotation and a scale of one."""
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("alpha", torch.ones(()))
        self.register_buffer("rotation", torch.eye(channels))
        self.register_buffer("inv_rotation", torch.eye(channels))

    @torch.no_grad()
    def set_by(self, samples: Tensor) -> PHIStandardize:
        """Measure mean and covariance of samples (N, C), keep the step that follows, and return self.

        Raises:
            ValueError: there is no matrix of Hadamard for so many channels.
        """
        exact = samples.double()
        mean = exact.mean(0)
        values, vectors = torch.linalg.eigh((exact - mean).T @ (exact - mean) / len(exact))
        rotation = hadamard(len(mean)).to(exact.device) @ vectors.T * len(mean) ** -0.5
        found = {"mean": mean, "alpha": values.mean().rsqrt(), "rotation": rotation, "inv_rotation": rotation.T}
        for name, value in found.items():
            getattr(self, name).copy_(value)
        return self

    def forward(self, features: Tensor) -> Tensor:
        """Return maps (B, C, H, W) with a variance of 1 in every channel."""
        centred = features - self.mean[:, None, None]
        return self.alpha * torch.einsum("kc,bchw->bkhw", self.rotation, centred)

    def undo(self, features: Tensor) -> Tensor:
        """Return maps (B, C, H, W) as the encoder gives them."""
        turned = torch.einsum("ck,bkhw->bchw", self.inv_rotation, features / self.alpha)
        return turned + self.mean[:, None, None]
