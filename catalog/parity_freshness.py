"""Tell whether a comparison still belongs to the network and the vectors beside it; standard library alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.digests import file_digest, text_digest
from catalog.imported_code import Code, unreadable
from catalog.parity import ComparedNetwork, Parity

VECTORS = "tests/parity"
COMPARING = ("parity/compare.py", "parity/recipe.py", "parity/vectors.py")  # by which every network is compared


def parity_key(code: Code, network: str, vectors: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each part that the comparison of a network is made from.

    `vectors` are the files of its cases and lists, from the folder of the vectors.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file of code cannot be parsed.
    """
    start = f"parity/networks/{network}.py"
    parts = (start, *COMPARING, *code.behind(start))
    key = {part: code.digest(part) for part in parts}
    key |= {f"package:{name}": text_digest(line) for name, line in code.packages(parts).items()}
    key |= {f"{VECTORS}/{file}": file_digest(code.root / VECTORS / file) for file in vectors}
    return dict(sorted(key.items()))


def parity_freshness(network: str, compared: ComparedNetwork, code: Code) -> tuple[str, ...]:
    """Return why a comparison no longer belongs to what stands beside it, as sentences; nothing means fresh."""
    vectors = [part.removeprefix(f"{VECTORS}/") for part in compared.key if part.startswith(f"{VECTORS}/")]
    there = [file for file in vectors if (code.root / VECTORS / file).is_file()]
    try:
        now = parity_key(code, network, there)
    except (OSError, ValueError) as error:
        return tuple(unreadable(error).splitlines())
    return tuple(sorted(_reasons(compared.key, now), key=lambda reason: "changed" not in reason))


def _reasons(then: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    """Yield why one key is not the other."""
    for part in sorted(then.keys() | now.keys()):
        package = part.removeprefix("package:")
        if then.get(part) == now.get(part):
            continue
        if package != part:
            yield f"pyproject.toml declares another {package}" if part in now else f"{package} is no longer imported"
        elif part not in now:
            yield f"{part} is missing" if part.startswith(VECTORS) else f"{part} is no longer imported"
        else:
            yield f"{part} changed after this comparison" if part in then else f"{part} was not imported by it"


def not_compared(parity: Parity, root: Path) -> list[str]:
    """Return the files of cases that lie beside the others and that nobody compared, sorted."""
    done = {case for network in parity.networks.values() for case in network.cases}
    folder = root / VECTORS
    return [f"{VECTORS}/{path.name}" for path in sorted(folder.glob("*.json")) if path.stem not in done]
