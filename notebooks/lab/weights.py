"""Load and save weights safely: digest first, then names, shapes and finite values, never a pickle that runs code."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from models.liif import LIIF, LIIFConfig
from safetensors import SafetensorError
from safetensors.torch import load as load_bytes
from safetensors.torch import save as save_bytes
from torch import Tensor, nn

from catalog.load import ROOT, load
from catalog.runs import code_digest, file_digest, imported_from
from lab import device as places
from lab import record
from lab.training import Lesson

SHIPPED = ROOT / "notebooks" / "weights"
FOLDER = "MODEL_ANSWERS_WEIGHTS"  # the environment variable that names a folder with official files
OFFICIAL_LIIF = ("edsr-baseline-liif.safetensors", "edsr-baseline-liif.pth")
LARGEST = 2**33  # bytes


class WeightsError(ValueError):
    """A file of weights must not be used; the message says why."""


@dataclass(frozen=True)
class Loaded:
    """A network with its weights: `origin` is official, trained here or untrained; `smaller` than the official one."""

    network: nn.Module
    origin: str
    smaller: bool
    file: str | None

    @property
    def stamp(self) -> str:
        """What a caption begins with, so that nobody takes it for another network."""
        if self.origin == "untrained":
            return "Untrained network"
        return "Small network of the same design, trained here" if self.smaller else ""


# --- which weights ---------------------------------------------------------------------------------------------------


def liif(lesson: str, place: torch.device, official: bool = True, shipped: Path = SHIPPED) -> Loaded:
    """Return a LIIF with the best weights there are: the official ones, else those of `lesson`, else none.

    The official file is looked for in the folder that MODEL_ANSWERS_WEIGHTS names; `official=False` leaves it out.

    Raises:
        WeightsError: a file is there and must not be used.
    """
    path = official_file() if official else None
    if path is not None:
        network = LIIF()
        fill(network, checkpoint_of(path, published_digest(path.name)), path.name)
        record.used(f"official:{path.name}", path)
        return Loaded(network.to(place).eval(), "official", False, path.name)
    path = shipped / f"{lesson}.safetensors"
    if not path.is_file():
        return Loaded(LIIF(small_config()).to(place).eval(), "untrained", True, None)
    sidecar = read_sidecar(path)
    network = LIIF(LIIFConfig(**sidecar["lesson"]["config"] | {"hidden": tuple(sidecar["lesson"]["config"]["hidden"])}))
    fill(network, checkpoint_of(path, sidecar["sha256"]), path.name)
    record.used(f"weights/{path.name}", path)
    return Loaded(network.to(place).eval(), "trained here", True, path.name)


def small_config() -> LIIFConfig:
    """Return the sizes of the small network."""
    from lab.lessons import SMALL  # here: lessons read pictures, which loading does not need

    return SMALL


def official_file() -> Path | None:
    """Return the official LIIF file of the folder that the environment names, if it is there."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise WeightsError(f"{FOLDER} names no folder (got {folder!r})")
    return next((Path(folder) / name for name in OFFICIAL_LIIF if (Path(folder) / name).is_file()), None)


def published_digest(name: str) -> str | None:
    """Return the SHA-256 that a model record gives for a file of that name, or None."""
    catalog, _ = load(ROOT)
    entries = [entry for model in catalog.models.values() for entry in model.weights] if catalog else []
    return next((entry.sha256 for entry in entries if entry.file == name and entry.sha256), None)


def read_sidecar(path: Path) -> dict[str, Any]:
    """Return what stands beside a shipped file.

    Raises:
        WeightsError: it is missing or cannot be read.
    """
    sidecar = path.with_suffix(".json")
    try:
        found = json.loads(sidecar.read_text("utf-8"))
        return found | {"sha256": str(found["sha256"]), "lesson": dict(found["lesson"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{sidecar.name} cannot be read ({type(error).__name__}); train the weights again"
        ) from error


# --- reading safely --------------------------------------------------------------------------------------------------


def checkpoint_of(path: Path, sha256: str | None) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file or a torch checkpoint, by name; code in a pickle never runs.

    With `sha256` the bytes must have that digest. In the layout of LIIF's own checkpoints the state dict is `model.sd`.

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
        try:
            return load_bytes(path.read_bytes())
        except (SafetensorError, ValueError) as error:
            raise WeightsError(f"{path.name} is not a whole safetensors file ({error})") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # torch warns of files that are not its own, and then tries them
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, UserWarning, RuntimeError, EOFError, ValueError, KeyError) as error:
        message = "cannot be read as plain tensors; it is broken, or it would run code and is refused"
        raise WeightsError(f"{path.name} {message}") from error
    return dict(tensors_in(found, path.name))


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
    """Yield the tensors of a checkpoint: a state dict, or `model.sd` of LIIF's layout.

    Raises:
        WeightsError: it is neither.
    """
    if isinstance(found, dict) and isinstance(found.get("model"), dict):
        found = found["model"].get("sd")
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise WeightsError(f"{name} holds no state dict, neither by itself nor as model.sd")
    yield from found.items()


def fill(network: nn.Module, tensors: Mapping[str, Tensor], name: str) -> None:
    """Put tensors into a network: all names, all shapes, finite numbers that are not all zero.

    Raises:
        WeightsError: something does not fit; nothing has been changed.
    """
    wrong = list(misfits(network.state_dict(), tensors))
    if wrong:
        more = f", and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise WeightsError(f"{name} does not fit the network: {'; '.join(wrong[:5])}{more}")
    network.load_state_dict({key: value.float() for key, value in tensors.items()}, strict=True)


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
            yield f"{key} holds values that are not finite"
    if tensors and not any(value.any() for value in tensors.values()):
        yield "all values are zero"


# --- writing ---------------------------------------------------------------------------------------------------------


def lesson_key(root: Path) -> dict[str, str]:
    """Return the digest of each file that decides what lessons teach."""
    start = "lab/lessons.py"
    parts = (start, *imported_from(root, start))
    return {part: code_digest((root / "notebooks" / part).read_text("utf-8")) for part in parts}


def save(
    folder: Path,
    name: str,
    network: nn.Module,
    lesson: Lesson,
    steps: int,
    curve: list[float],
    seconds: float,
    key: Mapping[str, str],
    place: torch.device,
    root: Path,
) -> Path:
    """Write `name`.safetensors in float16 with its sidecar `name`.json, each replaced whole; return the first path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    halves = {key: value.detach().cpu().half().contiguous() for key, value in network.state_dict().items()}
    _replace(path, save_bytes(halves))
    recipe = {f.name: getattr(lesson, f.name) for f in dataclasses.fields(lesson) if f.name != "pictures"}
    sidecar = {
        "network": "liif",
        "lesson": recipe | {"config": dataclasses.asdict(lesson.config), "steps": steps},
        "origin": "trained here",
        "license": "MIT",
        "parameters": sum(value.numel() for value in network.parameters()),
        "sha256": file_digest(path),
        "key": dict(key),
        "curve": curve,
        "provenance": places.describe(place)
        | places.commit(root)
        | {"packages": places.packages(), "seconds": round(seconds, 1)},
    }
    _replace(path.with_suffix(".json"), (json.dumps(sidecar, indent=1, sort_keys=True) + "\n").encode())
    return path


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)
