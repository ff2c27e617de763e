"""Joint bilateral upsampling as in FeatUp, by numbers and by names."""

from __future__ import annotations

from collections.abc import Iterator

from models.joint_bilateral import JBUStack
from torch import Tensor, nn

from parity.families import Family, Listed, Sidecar, Tensors

PREFIX = "upsampler."  # in the published files the stack is a part


def stack(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the four doublings for as many channels as a case has."""
    yield "as it is", JBUStack(sidecar["config"]["feat_dim"])


def stack_outputs(network: nn.Module, given: Tensors, _: Sidecar) -> dict[str, Tensor]:
    """Return the two kernels of the first doubling, and the features after it and at the end."""
    first, features, picture = network.up1, given["source"], given["guidance"]
    small = nn.functional.adaptive_avg_pool2d(picture, [2 * n for n in features.shape[-2:]])
    return {
        "range_kernel_up1": first.range_kernel(small),
        "spatial_kernel_up1": first.spatial_kernel(),
        "source_2": first(features, picture),
        "source_16": network(features, picture),
    }


def stack_alone(published: Tensors) -> Tensors:
    """Return the names of the stack in a published file."""
    return {name.removeprefix(PREFIX): value for name, value in published.items()}


FAMILIES = {"featup_jbu": Family(stack, stack_outputs)}
LISTS = {"featup-jbu-stack": Listed(lambda: JBUStack(384), stack_alone)}
