"""What this machine lacks for the runs that were asked for, told before anything starts."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from catalog import packages
from catalog.imported_code import Code
from runner import gpus
from runner.settings import WEIGHTS

OTHERWISE = "use --device cpu, or auto, which takes a GPU where there is one"
OFFICIAL = re.compile(r"[\w*][\w*./-]*\.(?:safetensors|pth?|ckpt|bin)")  # the name of a file of weights, or a pattern


def lacking(device: str, weights: Path | None, ids: Sequence[str], root: Path) -> list[str]:
    """Return what is missing for runs of `ids` on a device with official weights, as sentences."""
    return [sentence for sentence in (no_gpu(device), no_weights(weights, ids, root)) if sentence]


def no_gpu(device: str) -> str:
    """Say why a GPU that is named (cuda, cuda:N) cannot be used; nothing where it can, or none is named."""
    if not device.startswith("cuda"):
        return ""
    if importlib.util.find_spec("torch") is None:
        return packages.not_installed("torch")
    try:
        return unusable(device, *gpus.seen(gpus.ASK))
    except ImportError as error:
        return f"torch cannot be loaded: {error}"


def unusable(device: str, cuda: str, count: int) -> str:
    """Say why a device cannot be used by a torch built for that version of CUDA ("": none) that sees `count` GPUs."""
    if not device.startswith("cuda"):
        return ""
    if not cuda:
        return f"--device {device} needs a torch that is built with CUDA, and this one is not; {OTHERWISE}"
    if not count:
        return f"torch finds no GPU for --device {device}; {OTHERWISE}"
    number = int(device.partition(":")[2] or 0)
    return gpus.no_such(number, count) if number >= count else ""


def no_weights(weights: Path | None, ids: Sequence[str], root: Path) -> str:
    """Say why a folder of official weights serves none of the essays; nothing where it serves one, or none is named.

    A folder that the environment names may hold what other essays need; it only has to be there.
    """
    named = str(weights or os.environ.get(WEIGHTS, ""))
    option = "--weights" if weights else WEIGHTS
    if named and not Path(named).is_dir():
        return f"{option} names no folder (got {named}); give the one that holds the official files"
    if weights is None:
        return ""
    essays = " and ".join(ids) if len(ids) < 3 else f"the {len(ids)} essays"
    wanted = sorted({name for run_id in ids for name in official_files(run_id, root)})
    if not wanted:
        return f"{option} is of no use to {essays}, where no official file is loaded; leave it out"
    if any(next(weights.glob(name), None) for name in wanted):
        return ""
    return f"{option} {named} holds no file that is loaded by {essays}: {' or '.join(wanted)}"


def official_files(run_id: str, root: Path) -> Iterator[str]:
    """Yield how the official files are called that an essay can load, where a name varies with a `*`.

    They are the names of such files in its own text and in the designs of networks that it imports. What varies is
    filled in where the essay tells it: it hands one word to the function that makes the design.
    """
    essay, code = f"{run_id}.py", Code(root)
    try:
        parts = [essay, *(part for part in code.behind(essay) if part.startswith("lab/designs/"))]
        trees = [ast.parse((root / "notebooks" / part).read_text("utf-8")) for part in parts]
    except (OSError, ValueError):
        return  # the run itself tells what is wrong with the code
    words = handed(trees[0])
    for node, known in (each for tree in trees for each in pieces(tree, words)):
        if OFFICIAL.fullmatch(text := pattern(node, known)):
            yield text


def handed(essay: ast.AST) -> dict[str, list[str]]:
    """Return the words that an essay hands, as first argument, to functions of modules, by the name of the function."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(essay):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.setdefault(node.func.attr, []).append(first.value)
    return found


def pieces(tree: ast.AST, words: Mapping[str, Sequence[str]]) -> Iterator[tuple[ast.AST, dict[str, str]]]:
    """Yield each piece of code with the values of names that are known in it: those of functions that get a word."""
    inside: set[ast.AST] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.args.args and function.name in words:
            inside |= (held := set(ast.walk(function)))
            for word in words[function.name]:
                yield from ((node, {function.args.args[0].arg: word}) for node in held)
    yield from ((node, {}) for node in ast.walk(tree) if node not in inside)


def pattern(node: ast.AST, known: Mapping[str, str]) -> str:
    """Return the text that a piece of code holds, with `*` in place of what is only known when it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
        return known.get(node.value.id, "*")
    parts = node.values if isinstance(node, ast.JoinedStr) else ()
    return "".join(pattern(part, known) or "*" for part in parts)
