"""Draw what an essay shows: crops side by side, plots as SVG, tables."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from lab import style
from lab.data import font

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
CHIP, CHIP_TEXT = (48, 54, 61, 255), (255, 255, 255, 255)  # white on dark: readable on any page
GAP, STRIP = 8, 30  # pixels between crops, and for their labels


# --- pictures --------------------------------------------------------------------------------------------------------


def magnified(picture: np.ndarray, factor: int) -> np.ndarray:
    """Return a picture with each pixel as a square of `factor` x `factor`, so that a screen shows what is there."""
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def sheet(rows: Sequence[Mapping[str, np.ndarray]]) -> np.ndarray:
    """Return rows of crops with a label above each, (H, W, 4); what lies between them is transparent.

    Each row maps labels to uint8 pictures; columns are as wide as their widest picture.
    """
    columns = range(max(map(len, rows)))
    widths = [max(list(row.values())[i].shape[1] for row in rows if i < len(row)) for i in columns]
    heights = [STRIP + max(picture.shape[0] for picture in row.values()) for row in rows]
    size = (sum(widths) + GAP * (len(widths) - 1), sum(heights) + GAP * (len(heights) - 1))
    whole, y = Image.new("RGBA", size, (0, 0, 0, 0)), 0
    for row, height in zip(rows, heights, strict=True):
        x = 0
        for (label, picture), width in zip(row.items(), widths, strict=False):
            write_label(ImageDraw.Draw(whole), (x, y), picture.shape[1], label)
            whole.paste(Image.fromarray(picture).convert("RGBA"), (x, y + STRIP))
            x += width + GAP
        y += height + GAP
    return np.asarray(whole)


def write_label(pen: ImageDraw.ImageDraw, corner: tuple[int, int], width: int, label: str) -> None:
    """Write a label as white text on a dark strip, as large as fits.

    Raises:
        ValueError: the label is too long for its picture.
    """
    x, y = corner
    size = next((n for n in range(17, 8, -1) if label_font(n).getlength(label) <= width - 12), None)
    if size is None:
        raise ValueError(f"the label {label!r} is too long for {width} pixels")
    pen.rectangle((x, y, x + width - 1, y + STRIP - 1), CHIP)
    pen.text((x + 8, y + STRIP / 2), label, CHIP_TEXT, label_font(size), anchor="lm")


@lru_cache(maxsize=16)
def label_font(size: int):
    """Return the font of labels."""
    return font("DejaVuSans", size)


# --- plots -----------------------------------------------------------------------------------------------------------


def plot(width: float = 7.2, height: float = 3.8, columns: int = 1) -> tuple[Figure, list]:
    """Return an empty plot in our style, with its axes; sizes in inches of 100 pixels."""
    style.apply()
    made = Figure(figsize=(width, height), layout="constrained")
    axes = made.subplots(1, columns, squeeze=False)[0]
    return made, list(axes)


def shade(axes: Axes, left: float, right: float, label: str) -> None:
    """Shade a part of a plot and say why, at its upper left corner."""
    axes.axvspan(left, right, color=style.GRID, alpha=0.6, linewidth=0)
    corner = {"xy": (left, 1), "xycoords": axes.get_xaxis_transform()}
    axes.annotate(label, **corner, xytext=(6, -6), textcoords="offset points", va="top", color=style.INK)


def svg(made: Figure, name: str) -> tuple[bytes, tuple[int, int]]:
    """Return a plot as SVG, without metadata or date, with its width and height in pixels."""
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": f"model-answers {name}"}):
        made.savefig(buffer, format="svg", metadata={"Date": None})
    for prefix, space in (("", SVG), ("xlink", XLINK)):
        ET.register_namespace(prefix, space)
    root = ET.fromstring(buffer.getvalue())
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    width, height = (round(float(n)) for n in made.get_size_inches() * 100)
    root.set("width", str(width))
    root.set("height", str(height))
    return ET.tostring(root, encoding="utf-8"), (width, height)


def pixels(made: Figure) -> np.ndarray:
    """Return a plot as pixels, (H, W, 3), for the preview in a notebook."""
    buffer = io.BytesIO()
    made.savefig(buffer, format="png", dpi=60)
    return np.asarray(Image.open(buffer).convert("RGB"))


# --- tables ----------------------------------------------------------------------------------------------------------


class Table:
    """A small table that shows itself in a notebook and as plain text."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Keep the cells as text; floats get two decimals."""
        self.header = [str(cell) for cell in header]
        self.rows = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]

    def __repr__(self) -> str:
        """Return the table in columns of one width each."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        texts = (
            (cell.ljust(w) if i == 0 else cell.rjust(w))
            for line in lines
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        n = len(self.header)
        cells = list(texts)
        return "\n".join("  ".join(cells[i : i + n]).rstrip() for i in range(0, len(cells), n))

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        table = ET.Element("table")
        head = ET.SubElement(ET.SubElement(table, "thead"), "tr")
        for cell in self.header:
            ET.SubElement(head, "th", scope="col").text = cell
        body = ET.SubElement(table, "tbody")
        for row in self.rows:
            line = ET.SubElement(body, "tr")
            for i, cell in enumerate(row):
                ET.SubElement(line, "td" if i else "th", {} if i else {"scope": "row"}).text = cell
        return ET.tostring(table, encoding="unicode")
