"""Read a file of weights safely: digest first, then names, shapes and finite values, never a pickle that runs code."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as load_bytes
from torch import Tensor, nn

from catalog.digests import file_digest

LARGEST = 2**33  # bytes
LAYOUTS = (
    ("model", "sd"),
    ("model_state_dict",),
    ("state_dict",),
)  # of LIIF, MSSNet, others
UNREADABLE = (
    "cannot be read as plain tensors; it is broken, or it would run code and is refused; "
    "get the file again, or another that holds tensors alone"
)


class WeightsError(ValueError):
    """A file of weights must not be used; the message says why."""


def checkpoint_of(path: Path, sha256: str | None) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file or a torch checkpoint, by name; code in a pickle never runs.

    With `sha256` the bytes must have that digest. A checkpoint is a state dict, or keeps one where LAYOUTS says.

    Raises:
        WeightsError: the file is not what it should be; the message says what it is instead.
    """
    if path.stat().st_size > LARGEST:
        raise WeightsError(f"{path.name} has {path.stat().st_size:,} bytes; at most {LARGEST:,} are read")
    if sha256 is not None and file_digest(path) != sha256:
        raise WeightsError(f"{path.name} has another SHA-256 than its record; get the file again")
    with path.open("rb") as file:
        refuse_by_first_bytes(path.name, file.read(512))
    if path.suffix == ".safetensors":
        data = path.read_bytes()
        with refusing(path.name, "is not a whole safetensors file ({error}); get the file again"):
            return load_bytes(data)
    with path.open("rb") as file, refusing(path.name, UNREADABLE), warnings.catch_warnings():
        warnings.simplefilter("error")  # torch warns of files that are not its own, and then tries them
        found = torch.load(file, map_location="cpu", weights_only=True)
    return dict(tensors_in(found, path.name))


@contextmanager
def refusing(name: str, why: str) -> Iterator[None]:
    """Refuse a file whatever its reader raises: at broken bytes readers stumble in more ways than they tell of.

    Raises:
        WeightsError: the reader raised something; `why` may tell it as {error}.
        MemoryError: there is not memory enough, which says nothing of the file.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise WeightsError(f"{name} {why.format(error=error)}") from error


def refuse_by_first_bytes(name: str, first: bytes) -> None:
    """Refuse what people often have instead of weights.

    Raises:
        WeightsError: it is empty, a Git LFS pointer or a web page.
    """
    if not first:
        raise WeightsError(f"{name} is empty; get the file again")
    if first.startswith(b"version https://git-lfs"):
        raise WeightsError(f"{name} is a Git LFS pointer, not the weights; run `git lfs pull`")
    if first.lstrip()[:1] == b"<":
        raise WeightsError(f"{name} is a web page, not the weights; download the file itself")


def tensors_in(found: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors of a checkpoint.

    Raises:
        WeightsError: there is no state dict in it, or one of other things than names and plain tensors.
    """
    for layout in LAYOUTS:
        if isinstance(found, dict) and isinstance(found.get(layout[0]), dict):
            for key in layout:
                found = found.get(key) if isinstance(found, dict) else None
            break
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        places = ", ".join(".".join(layout) for layout in LAYOUTS)
        raise WeightsError(f"{name} holds no state dict, neither by itself nor as one of {places}")
    odd = [key for key, value in found.items() if not (isinstance(key, str) and is_plain(value))]
    if odd:
        raise WeightsError(f"{name} holds {odd[0]!r}, which is no name of a plain tensor; get a file of such alone")
    yield from found.items()


def is_plain(tensor: Tensor) -> bool:
    """Return whether a tensor holds its numbers one by one: not sparse, nested or quantised, nor a shape alone."""
    dense = tensor.layout is torch.strided and not tensor.is_nested and not tensor.is_quantized
    return dense and not tensor.is_meta


def fill(network: nn.Module, tensors: Mapping[str, Tensor], name: str) -> None:
    """Put tensors into a network: all names, all shapes, finite numbers that are not all zero.

    Raises:
        WeightsError: something does not fit; nothing has been changed.
    """
    plain = {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}
    wrong = list(misfits(network.state_dict(), plain))
    if wrong:
        more = f", and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise WeightsError(f"{name} does not fit the network: {'; '.join(wrong[:5])}{more}")
    try:
        network.load_state_dict(plain, strict=True)
    except ValueError as error:  # the network's own law
        raise WeightsError(f"{name} does not fit the network: {error}") from error


def misfits(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> Iterator[str]:
    """Yield what is wrong with each tensor."""
    for key in sorted(set(wanted) | set(tensors)):
        if key not in tensors:
            yield f"{key} is missing"
        elif key not in wanted:
            yield f"{key} is not known"
        elif tensors[key].shape != wanted[key].shape:
            yield f"{key} is {tuple(tensors[key].shape)}, not {tuple(wanted[key].shape)}"
        elif not tensors[key].is_floating_point():
            yield f"{key} holds {tensors[key].dtype}, not floats"
        elif not tensors[key].isfinite().all():
            yield f"{key} holds values that are not finite as float32"
    if tensors and not any(value.any() for value in tensors.values()):
        yield "all values are zero"
