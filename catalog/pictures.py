"""What a figure file may hold: a small raster picture, or a plot drawn with harmless SVG elements.

Standard library alone: runs are checked by the site, which has no torch, and by the runner before anything is written.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from catalog.counted import counted
from catalog.digests import bytes_digest

LARGEST_SIDE = 8192  # pixels
LARGEST_FILE = 2 * 2**20  # bytes: a whole run may have no more
EMPTY = 512  # zero bytes in a row, which compressed pixels don't have: a few bits would say the same
SMALLEST = 64  # bytes of compressed pixels: less may end in zeros
CUT_OFF = "the picture is cut off before its end"

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


def picture_problems(name: str, data: bytes) -> tuple[str, ...]:
    """Return what is wrong with a figure file, as sentences; nothing is executed or decoded.

    `name` ends in .png, .webp (lossless) or .svg; the bytes must be what the name says, from the first to the last.
    """
    return examined(name, data).problems


class Examined(NamedTuple):
    """What a figure file tells: its SHA-256, width and height in pixels if it says them, and what is wrong with it."""

    sha256: str
    size: tuple[int, int] | None
    problems: tuple[str, ...]


_EXAMINED: dict[tuple[str, str], Examined] = {}  # by kind of file and digest: a preview reads the same files again


def examined(name: str, data: bytes) -> Examined:
    """Return what the bytes of a figure file tell; `name` says of which kind they must be."""
    kind, digest = name.rpartition(".")[2], bytes_digest(data)
    if (kind, digest) not in _EXAMINED:
        _EXAMINED[kind, digest] = Examined(digest, *_examined(name, data))
    return _EXAMINED[kind, digest]


def _examined(name: str, data: bytes) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """Return the width and height that a figure file tells (None: it tells none), and what is wrong with it."""
    if not data:
        return None, ("the file is empty",)
    if len(data) > LARGEST_FILE:
        return None, (f"the file has {len(data):,} bytes; at most {LARGEST_FILE:,} are allowed",)
    if name.endswith(".svg"):
        return _examined_plot(data)
    kind, size = _raster_size(data) or ("", (0, 0))
    if not kind or not name.endswith(f".{kind}"):
        return None, ("the first bytes are not those of a PNG or a lossless WebP picture of that name",)
    if max(size) > LARGEST_SIDE or min(size) < 1:
        return size, (f"the picture is {size[0]} x {size[1]}; a side has 1 to {LARGEST_SIDE} pixels",)
    damage = _png_damage(data) if kind == "png" else _webp_damage(data)
    return size, ((damage,) if damage else ())


# --- pictures --------------------------------------------------------------------------------------------------------


def _raster_size(data: bytes) -> tuple[str, tuple[int, int]] | None:
    """Return the kind (`png` or `webp`), and width and height that the first bytes tell, or None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        return "png", (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return "webp", ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X" and len(data) >= 30:
        return "webp", (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    return None


def _png_damage(data: bytes) -> str:
    """Say where a PNG is not whole: every chunk has its checksum, and the last is the end; nothing if it is."""
    view, at, kinds = memoryview(data), 8, []
    while kinds[-1:] != [b"IEND"]:
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if at + 12 > len(data) or end > len(data):
            return CUT_OFF
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            return f"the picture is damaged: the checksum at byte {at} is wrong"
        kinds.append(data[at + 4 : at + 8])
        at = end
    if b"IDAT" not in kinds:
        return "the file has no picture in it"
    return f"the file goes on for {counted(len(data) - at, 'byte')} behind its end" if at < len(data) else ""


def _webp_damage(data: bytes) -> str:
    """Say where a lossless WebP is not whole, or nothing.

    Its chunks fill the length it tells, to the byte; the picture in it has its sign, its version, and the size that the
    file tells; nowhere in it is a stretch that no compressor would leave. WebP has no checksum: other bytes in the
    place of its compressed pixels are seen only by decoding them.
    """
    length, at, kinds = 8 + int.from_bytes(data[4:8], "little"), 12, []
    if len(data) < length:
        return CUT_OFF
    while at < length:
        kinds.append(data[at : at + 4])
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if kinds[-1] == b"VP8L" and (damage := _pixels_damage(data[at + 8 : at + 8 + size], data)):
            return damage
        at += 8 + size + size % 2
    if at != length:
        return "the picture is damaged: its chunks do not fill the length it tells"
    if b"VP8L" not in kinds:
        return "the file has no lossless picture in it"
    return f"the file goes on for {counted(len(data) - length, 'byte')} behind its end" if length < len(data) else ""


def _pixels_damage(pixels: bytes, whole: bytes) -> str:
    """Say what is wrong with the compressed pixels in a WebP file, or nothing."""
    head = int.from_bytes(pixels[1:5], "little")
    if len(pixels) < 6 or pixels[0] != 0x2F or head >> 29:
        return "the picture is damaged: its pixels do not begin with the sign of lossless WebP"
    if ("webp", ((head & 0x3FFF) + 1, (head >> 14 & 0x3FFF) + 1)) != _raster_size(whole):
        return "the picture is damaged: its pixels are of another size than the file tells"
    if bytes(EMPTY) in pixels or (len(pixels) > SMALLEST and not pixels[SMALLEST // 4 :].strip(b"\0")):
        return "the picture is damaged: its pixels are zeros"
    return ""


# --- plots -----------------------------------------------------------------------------------------------------------


def _examined_plot(data: bytes) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """Return the size that a plot tells in pixels, and each element, attribute or address that it does not need."""
    found: list[str] = []
    sizes: list[tuple[int, int] | None] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if not sizes:
            sizes.append(_plot_size(attributes))
            found.extend([] if tag == "svg" else [f"the outermost element is <{tag}>, not <svg>"])
        found.extend(_element_problems(tag, attributes))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = lambda text: found.extend(_text_problems(text))
    parser.ProcessingInstructionHandler = lambda target, _: found.append(f"the instruction <?{target}?> is not allowed")
    parser.EntityDeclHandler = lambda entity, *_: found.append(f"the entity {entity} is not allowed")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        found.append(f"it is not well-formed XML: {error}")
    return (sizes[0] if sizes else None), tuple(dict.fromkeys(found))


def _plot_size(attributes: dict[str, str]) -> tuple[int, int] | None:
    """Return the width and height of a plot, if they are whole numbers of pixels."""
    sides = [re.fullmatch(r"(\d{1,5})(?:px)?", attributes.get(side, "")) for side in ("width", "height")]
    return (int(sides[0][1]), int(sides[1][1])) if sides[0] and sides[1] else None


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
