"""Which files of official weights an essay can load, told from its text and from the designs that it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from catalog.imported_code import Code

ENDING = re.compile(r"\.(?:safetensors|pth?|ckpt|bin)")
OFFICIAL = re.compile(r"[\w*][\w*./-]*" + ENDING.pattern)  # the name of a file of weights, or a pattern


def official_files(run_id: str, code: Code) -> Iterator[str]:
    """Yield how the official files are called that an essay can load, where a name varies with a `*`.

    They are the names of such files in its own text and in the designs of networks that it imports. What varies is
    filled in where the essay tells it: it hands one word to the function that makes the design. Whoever asks about many
    essays hands the same `code` to each call.
    """
    essay = f"{run_id}.py"
    try:
        parts = [essay, *(part for part in code.behind(essay) if part.startswith("lab/designs/"))]
        texts = [(code.root / "notebooks" / part).read_text("utf-8") for part in parts]
        trees = [ast.parse(text) for text in texts if ENDING.search(text)]
        words = handed(ast.parse(texts[0])) if trees else {}
    except (OSError, ValueError):
        return  # the run itself tells what is wrong with the code
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
