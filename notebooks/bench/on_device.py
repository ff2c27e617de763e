"""What the networks take on a GPU, in milliseconds: absolute, since the official order was never measured there."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator

import torch
from models.liif import LIIF
from models.liif_bands import LIIFInBands
from models.mssnet import MSSNet
from torch import nn

WARM = 3  # calls before the first that counts: libraries choose their ways, compilers compile
CHUNK = 100_000  # queries at a time, which a GPU likes


def milliseconds(call: Callable[[], object], place: torch.device, times: int = 10) -> float:
    """Return the median time of a call, the device having finished before and after."""
    wait = torch.cuda.synchronize if place.type == "cuda" else lambda: None
    found = []
    for _ in range(WARM + times):
        wait()
        start = time.perf_counter()
        call()
        wait()
        found.append(1000 * (time.perf_counter() - start))
    return statistics.median(found[WARM:])


def forms(network: nn.Module, arguments: tuple, place: torch.device) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield a network in single precision, in channels_last, with bfloat16 inside, and that compiled."""

    def half(run: Callable) -> Callable[[], object]:
        def call() -> object:
            with torch.autocast(place.type, torch.bfloat16):
                return run(*arguments)

        return call

    yield "float32", lambda: network(*arguments)
    network.to(memory_format=torch.channels_last)
    yield "float32, channels_last", lambda: network(*arguments)
    yield "bfloat16, channels_last", half(network)
    yield "bfloat16, channels_last, compiled", half(torch.compile(network))


def calls(place: torch.device) -> Iterator[tuple[str, nn.Module, tuple]]:
    """Yield each network with what it is called with."""
    for height, width in ((256, 256), (720, 1280)):
        yield f"MSSNet, {height}x{width}", MSSNet(), (torch.rand(1, 3, height, width, device=place),)
    for small, large in ((64, 768), (256, 2048)):
        picture = torch.rand(1, 3, small, small, device=place)
        for network in (LIIF, LIIFInBands):
            yield f"{network.__name__}, {small}x{small} to {large}x{large}", network(), (picture, large, large, CHUNK)


@torch.no_grad()
def main(name: str) -> None:
    """Print the milliseconds of every network in every form on a device."""
    place = torch.device(name)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    print(torch.cuda.get_device_name(place) if place.type == "cuda" else name)
    for says, network, arguments in calls(place):
        print(says)
        for form, call in forms(network.to(place).eval(), arguments, place):
            print(f"  {form:34}{milliseconds(call, place):10.2f} ms", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
