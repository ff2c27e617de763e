"""Mamba's layer, token by token and all at once, and its scan alone."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from models.mamba import Mamba, selective_scan
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors, functions


def layer(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the layer."""
    config = sidecar["config"]
    yield "as it is", Mamba(*(config[name] for name in ("d_model", "d_state", "d_conv", "expand")))


def layer_outputs(network: nn.Module, given: Tensors, _: Sidecar) -> dict[str, Tensor]:
    """Return the answers to all tokens at once and one by one, (B, L, d), with the state after the last one."""
    state, answers = network.at_rest(len(given["tokens"])), []
    for token in given["tokens"].unbind(1):
        answer, state = network.step(token, state)
        answers.append(answer)
    return {
        "y": network(given["tokens"]),
        "y_step_by_step": torch.stack(answers, dim=1),
        "final_ssm_state": state.hidden,
        "final_conv_state": state.inputs,
    }


def scan_outputs(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return the answers, (B, E, L), and the last state, (B, E, N)."""
    y, last = selective_scan(**given, delta_softplus=sidecar["config"]["delta_softplus"])
    return {"y": y, "last_state": last}


FAMILIES = {"mamba_block": Family(layer, layer_outputs), "mamba_scan": Family(functions, scan_outputs)}
LISTS = {}
