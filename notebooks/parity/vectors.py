"""The vectors that other implementations of our networks made, each with the recipe of its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "parity"


@dataclass(frozen=True)
class Case:
    """One set of weights and inputs with the outputs that were stored; `sidecar` says how they were made."""

    name: str
    folder: Path

    @cached_property
    def sidecar(self) -> Mapping[str, Any]:
        """What was written beside the vectors: config, weights, shapes, tolerances."""
        return json.loads((self.folder / f"{self.name}.json").read_text("utf-8"))

    @cached_property
    def vectors(self) -> Mapping[str, Tensor]:
        """The stored tensors: inputs under `in.`, outputs under `out.`."""
        from safetensors.torch import load_file

        return load_file(self.folder / f"{self.name}.safetensors")

    @property
    def key_list(self) -> str | None:
        """The list of names and shapes that its weights have; None where functions without weights are compared."""
        told = self.sidecar.get("weights")
        return Path(told["keys_file"]).stem if told else None

    @property
    def files(self) -> tuple[str, ...]:
        """Everything it is read from, from its folder."""
        own = f"{self.name}.json", f"{self.name}.safetensors"
        return (*own, f"keys/{self.key_list}.json") if self.key_list else own

    def inputs(self, place: str) -> dict[str, Tensor]:
        """Return the inputs on a device, by name."""
        return {name[3:]: value.to(place) for name, value in self.vectors.items() if name.startswith("in.")}

    def weights(self) -> dict[str, Tensor]:
        """Return the weights that the recipe draws; none where only functions without weights are compared.

        Raises:
            ValueError: it draws others here than where the vectors were made.
        """
        from parity import recipe

        if not self.key_list:
            return {}
        told = self.sidecar["weights"]
        state = recipe.fill(listed(self.key_list, self.folder), told["seed"], told["gain"])
        total = sum(value.double().abs().sum().item() for value in state.values())
        if abs(total - told["abs_sum"]) > 1e-7 * told["abs_sum"]:
            raise ValueError(f"{self.name}: the recipe draws other weights here (their sum is {total})")
        return state


def cases(folder: Path = FOLDER) -> list[Case]:
    """Return all cases, sorted by name."""
    return [Case(path.stem, folder) for path in sorted(folder.glob("*.json"))]


def listed(name: str, folder: Path = FOLDER) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of a published checkpoint."""
    listing = json.loads((folder / "keys" / f"{name}.json").read_text("utf-8"))
    return {key: tuple(shape) for key, shape in listing.get("keys", listing).items()}
