"""A scene of Gaussians that learned a little world: how it is built."""

from __future__ import annotations

from models.splatting import Gaussians

from lab.splatted import Beginning, learnable
from lab.weights import Design


def built(beginning: Beginning) -> Gaussians:
    """Return a scene of as many Gaussians, all alike, that can be filled with what was learned."""
    return learnable(Gaussians(beginning.count, beginning.degree))


DESIGN = Design(
    name="splatting",
    full=lambda: built(Beginning(0)),
    sized=lambda config: built(Beginning(**config)),
    files=(),  # nobody published it
)
