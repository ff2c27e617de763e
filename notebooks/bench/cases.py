"""What is measured: each case in the forms that compute the same, run in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from models.liif import LIIF
from models.liif_bands import LIIFInBands
from models.mssnet import MSSNet, MSSNetConfig
from torch import nn

from bench.plain_liif import PlainLIIF

LIIFS = {"plain": PlainLIIF, "folded": LIIF, "bands": LIIFInBands}


@dataclass(frozen=True)
class Drawn:
    """A network with the arguments it is called with."""

    network: nn.Module
    arguments: tuple

    def __call__(self) -> torch.Tensor:
        """Run it once."""
        return self.network(*self.arguments)


def mssnet(form: str, side: int) -> Drawn:
    """Return MSSNet on a square picture: plain, mixing before enlarging, or that in channels_last."""
    network = MSSNet(MSSNetConfig(plain=form == "plain"))
    if form == "channels-last":
        network = network.to(memory_format=torch.channels_last)
    return Drawn(network, (torch.rand(1, 3, side, side),))


def liif(form: str, small: int, large: int) -> Drawn:
    """Return LIIF enlarging a square picture."""
    return Drawn(LIIFS[form](), (torch.rand(1, 3, small, small), large, large))


MAKERS: dict[str, Callable[..., Drawn]] = {"mssnet": mssnet, "liif": liif}


def made(network: str, form: str, sizes: Sequence[int]) -> Drawn:
    """Return one network in one form at its sizes, with weights at random."""
    torch.manual_seed(0)
    drawn = MAKERS[network](form, *sizes)
    drawn.network.eval().requires_grad_(False)
    return drawn


def main(network: str, form: str, *sizes: str) -> None:
    """Run one form once on one thread, and print its CPU seconds and the peak memory of this process."""
    torch.set_num_threads(1)
    run = made(network, form, [int(size) for size in sizes])
    start = time.process_time()
    run()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mebibytes": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
