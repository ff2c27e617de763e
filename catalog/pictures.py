"""What a figure file may hold: a small raster picture, or a plot drawn with harmless SVG elements.

Standard library alone: runs are checked by the site, which has no torch, and by the runner before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.parsers import expat

LARGEST_SIDE = 8192  # pixels
LARGEST_FILE = 2 * 2**20  # bytes: a whole run may have no more

_ELEMENTS = """
svg g defs path rect circle ellipse line polyline polygon text tspan use clipPath title desc
linearGradient radialGradient stop style marker
"""
_ATTRIBUTES = """
id class style type transform d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height viewBox version points fill stroke
opacity offset role focusable preserveAspectRatio gradientUnits gradientTransform markerWidth markerHeight refX
refY orient xmlns xmlns:xlink xlink:href href clip-path clip-rule fill-rule fill-opacity stroke-opacity
stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-miterlimit stop-color
stop-opacity text-anchor font-size font-family font-weight font-style dominant-baseline aria-label
aria-labelledby aria-hidden xml:space
"""
PLOT_ELEMENTS = frozenset(_ELEMENTS.split())
PLOT_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
_OUTSIDE = re.compile(r"@import|expression|javascript:|data:|\\|url\(\s*['\"]?(?!#)", re.IGNORECASE)


def raster_size(data: bytes) -> tuple[str, int, int] | None:
    """Return the kind (`png` or `webp`), width and height that the first bytes tell, or None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        return "png", int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return "webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X" and len(data) >= 30:
        return "webp", int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return None


@lru_cache(maxsize=256)
def picture_problems(name: str, data: bytes) -> tuple[str, ...]:
    """Return what is wrong with a figure file, as sentences; nothing is executed or decoded.

    `name` ends in .png, .webp (lossless) or .svg; the bytes must be what the name says.
    """
    if not data:
        return ("the file is empty",)
    if len(data) > LARGEST_FILE:
        return (f"the file has {len(data):,} bytes; at most {LARGEST_FILE:,} are allowed",)
    if name.endswith(".svg"):
        return tuple(dict.fromkeys(_svg_problems(data)))
    size = raster_size(data)
    if size is None or not name.endswith(f".{size[0]}"):
        return ("the first bytes are not those of a PNG or a lossless WebP picture of that name",)
    if max(size[1:]) > LARGEST_SIDE or min(size[1:]) < 1:
        return (f"the picture is {size[1]} x {size[2]}; a side has 1 to {LARGEST_SIDE} pixels",)
    return ()


def _svg_problems(data: bytes) -> Iterator[str]:
    """Yield each element, attribute or address that a plot does not need."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.extend(_element_problems(tag, attributes))
    parser.CharacterDataHandler = lambda text: found.extend(_text_problems(text))
    parser.ProcessingInstructionHandler = lambda target, _: found.append(f"the instruction <?{target}?> is not allowed")
    parser.EntityDeclHandler = lambda entity, *_: found.append(f"the entity {entity} is not allowed")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        found.append(f"it is not well-formed XML: {error}")
    yield from found


def _element_problems(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with one start tag."""
    if tag not in PLOT_ELEMENTS:
        yield f"the element <{tag}> is not allowed in a plot"
    for name, value in attributes.items():
        if name not in PLOT_ATTRIBUTES:
            yield f"the attribute {name} is not allowed in a plot"
        elif name in ("href", "xlink:href") and not value.startswith("#"):
            yield f"{name} leads outside the plot (got {value[:80]!r})"
        elif not name.startswith("xmlns"):
            yield from _text_problems(value)


def _text_problems(text: str) -> Iterator[str]:
    """Yield a problem when a text could load or run something."""
    if _OUTSIDE.search(text):
        yield f"the text {text.strip()[:80]!r} could load or run something"
