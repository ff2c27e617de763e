"""Keep what an essay found, so that the runner can write it down as a run.

The runner names a folder in MODEL_ANSWERS_RUN; there each call leaves `record.json` and the files of the figures.
Without it (in Jupyter, as a script) results are printed and figures shown, and nothing is written.
"""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFilter

sys.path.append(str(Path(__file__).resolve().parents[2]))  # Jupyter and scripts start in notebooks/, below catalog/

from catalog.digests import bytes_digest, file_digest, text_digest
from catalog.json_reader import JsonReader
from catalog.load import ROOT, load
from catalog.metric_fit import instead, misfit, misnamed
from catalog.pictures import picture_problems
from catalog.problems import nearest
from catalog.records import Metric
from catalog.run_files import OUTPUTS, read_run
from catalog.run_values import KINDS, rerun
from catalog.runs import GIVEN, UNTRAINED
from catalog.whole_file import write_whole
from catalog.words import VOCABULARY_FILE

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

    from lab.weights import Loaded

PREVIEW = 400  # pixels: the width of pictures inside the notebook; the figure's own file has them all


class Record:
    """Everything one execution of an essay found so far."""

    def __init__(self) -> None:
        """Start empty."""
        self.results: dict[str, dict[str, Any]] = {}
        self.figures: dict[str, dict[str, Any]] = {}
        self.trace: list[dict[str, Any]] = []
        self.weights: dict[str, str] = {}
        self.workflows: dict[str, str] = {}
        self.reads: dict[str, float] = {}
        self.provenance: dict[str, Any] = {}

    def keep(self) -> None:
        """Write everything to the run's folder, replacing the file whole."""
        folder = run_folder()
        if folder is None:
            return
        self.provenance["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        write_whole(folder / "record.json", json.dumps(vars(self), sort_keys=True))


RECORD = Record()


def run_folder() -> Path | None:
    """Return the folder of the run in progress, or None outside the runner."""
    folder = os.environ.get("MODEL_ANSWERS_RUN")
    return Path(folder) if folder else None


def mode() -> str:
    """Return full when the runner asks for it, else quick."""
    return "full" if os.environ.get("MODEL_ANSWERS_MODE") == "full" else "quick"


@lru_cache(maxsize=1)
def metrics() -> Mapping[str, Metric]:
    """Return the metrics of the vocabulary.

    Raises:
        ValueError: the vocabulary cannot be read.
    """
    catalog, problems = load(ROOT)
    if catalog is None:
        raise ValueError("\n".join(map(str, problems)))
    return catalog.vocabulary.metrics


# --- numbers ---------------------------------------------------------------------------------------------------------


def result(name: str, value: float, metric: str, says: str, kind: str = "exact") -> None:
    """Keep a measured number and print it.

    `metric` is a word of the vocabulary, which gives the unit; `says` is a sentence on what was measured; `kind` is
    exact (the same on every run) or measured (time, memory).

    Raises:
        ValueError: the metric is unknown, or contradicted by the name; the value is out of its range, not finite or no
            whole number where one is wanted; name, kind or sentence may not be published; a run has a result of that
            name already, or a full run has not told its device yet.
    """
    refuse(name, kind, says=says)
    if run_folder() and name in RECORD.results:
        raise ValueError(f"{name}: a result of that name was recorded already; give this one another name")
    meant = metrics().get(metric)
    if meant is None:
        told = f"{metric!r} is no metric of {VOCABULARY_FILE}, where one that is new is added first"
        raise ValueError(f"{name}: {told}{instead(metric, metrics())}")
    if wrong := misnamed(name, metric, metrics()):
        raise ValueError(f"{name}: {wrong}; name it otherwise, or give it that metric")
    value = int(value) if float(value).is_integer() and meant.digits == 0 else round(float(value), 6)
    broken, wanted = misfit(value, meant)
    if broken:
        raise ValueError(f"{name}: {metric} {wanted} (got {value})")
    RECORD.results[name] = {"value": value, "metric": metric, "unit": meant.unit, "kind": kind, "says": says}
    RECORD.keep()
    sys.stdout.write(f"{name}: {value:,.{meant.digits}f} {meant.unit}".rstrip() + "\n")


def refuse(name: str, kind: str, **texts: str) -> None:
    """Refuse at once what the run could not be published with.

    Raises:
        ValueError: the name is none, the kind is unknown, a text is empty, too long, or holds what nobody sees, or a
            full run has not told on what it computes.
    """
    if run_folder() and mode() == "full" and "device" not in RECORD.provenance:
        remedy = "call places.device(device) before anything is recorded, where places is lab.device"
        raise ValueError(f"{name}: the run does not tell its device yet, and could not be published; {remedy}")
    reader = JsonReader("", "", "")
    names = [*reader.named({name: None})]
    reader.choice(kind, KINDS, "kind")
    for field, text in texts.items():
        reader.words(text, field)
    if reader.problems or not names:
        told = (f"{each.field}: {each.message}" if each.field != name else each.message for each in reader.problems)
        raise ValueError(f"{name}: {'; '.join(told)}")


def read(name: str) -> float:
    """Return a result of another run, `ID.name`; the run in progress then depends on it.

    Raises:
        ValueError: there is no such run or result, or one of the run's files is not as the run wrote it.
    """
    run_id, _, wanted = name.partition(".")
    run, problems = read_run(ROOT / OUTPUTS / run_id, f"{OUTPUTS}/{run_id}/run.json")
    if run is None or wanted not in run.results:
        reason = str(problems[0]) if problems else "no such result"
        raise ValueError(f"{name} cannot be read: {reason}")
    if not run.sealed:
        raise ValueError(
            f"{name} cannot be read: {run.file} or its executed notebook was changed by hand; {rerun(run_id)}"
        )
    RECORD.reads[name] = run.results[wanted].value
    RECORD.keep()
    return run.results[wanted].value


def used(part: str, path: Path) -> str:
    """Keep the SHA-256 of a file of weights that was loaded, and return it."""
    RECORD.weights[part] = file_digest(path)
    RECORD.keep()
    return RECORD.weights[part]


def origin(weights: Loaded) -> str:
    """Return where weights come from, a word of ORIGINS: a file is official only if a record gives its SHA-256."""
    return weights.origin if weights.known else GIVEN


def lacked(lesson: str) -> None:
    """Keep that the weights of a lesson are not there, so that an untrained network stood in."""
    RECORD.weights[f"{UNTRAINED}{lesson}"] = text_digest(lesson)
    RECORD.keep()


def ran_on(description: Mapping[str, Any]) -> None:
    """Keep what the run computed on: device, driver, versions."""
    RECORD.provenance |= description
    RECORD.keep()


def traced(question: str, digest: str, steps: list[dict[str, Any]]) -> None:
    """Keep what a workflow's steps did, replacing an earlier trace of the same question."""
    RECORD.workflows[question] = digest
    RECORD.trace = steps
    RECORD.keep()


# --- figures ---------------------------------------------------------------------------------------------------------


def figure(
    name: str,
    picture: np.ndarray | Plot,
    caption: str,
    alt: str,
    partner: str | None = None,
    weights: Loaded | None = None,
    kind: str = "exact",
) -> None:
    """Keep a figure and show a reduced preview: a uint8 picture as lossless WebP, a matplotlib figure as SVG.

    `alt` says what is seen, for those who cannot see it; `caption` says what it shows, behind the words on where
    `weights` come from; `partner` names the figure it is compared with, of the same size; `kind` is exact (the same
    bytes on every run) or measured (it draws times or memory).

    Raises:
        ValueError: name, kind, alt or caption may not be published, the picture is not uint8, the partner is misspelt
            or has another size, the file would hold what is not allowed, or a full run has not told its device yet.
    """
    from lab import drawing  # here: essays without figures need no matplotlib

    refuse(name, kind, alt=alt, caption=caption)
    is_picture = isinstance(picture, np.ndarray)
    if is_picture and picture.dtype != np.uint8:
        raise ValueError(f"{name}: a picture is uint8 (got {picture.dtype}); 0 to 1 times 255, rounded, is one")
    file = f"{name}.webp" if is_picture else f"{name}.svg"
    data, (width, height) = webp(picture) if is_picture else drawing.svg(picture, name)
    wrong = [*picture_problems(file, data), *unlike_its_partner(name, partner, (width, height))]
    wrong += misspelt_partners(name, partner)
    if wrong:
        raise ValueError(f"{file}: {'; '.join(wrong)}")
    RECORD.figures[name] = {
        "file": file,
        "sha256": bytes_digest(data),
        "width": width,
        "height": height,
        "alt": alt,
        "caption": caption,
        "stamp": weights.stamp if weights else "",
        "partner": partner,
        "weights": origin(weights) if weights else "none",
        "placeholder": placeholder(picture) if is_picture else None,
        "kind": kind,
    }
    if run_folder():
        (run_folder() / file).write_bytes(data)
        RECORD.keep()
    show(name, preview(picture) if is_picture else preview(drawing.pixels(picture)), alt)


def unlike_its_partner(name: str, partner: str | None, size: tuple[int, int]) -> Iterator[str]:
    """Yield why a figure cannot be compared with the figures recorded so far that it names, or that name it.

    One that is drawn again in another size, as cells are in Jupyter, waits for its partner to be drawn again.
    """
    if name == partner:
        yield "its partner is another figure, not itself"
    known = {other: (figure["width"], figure["height"]) for other, figure in RECORD.figures.items()}
    if known.pop(name, size) != size:
        return
    naming = {other for other, figure in RECORD.figures.items() if figure["partner"] == name}
    for other in sorted({partner, *naming} & known.keys()):
        if known[other] != size:
            sizes = f"{size[0]} x {size[1]} pixels, {other} {known[other][0]} x {known[other][1]}"
            yield f"it is compared with {other}, and they differ in size (it has {sizes}); draw both in one size"


def misspelt_partners(name: str, partner: str | None) -> Iterator[str]:
    """Yield which partner is misspelt, as far as that can be told at once: of two figures one names the other.

    A name of which no figure is like may be that of a figure to come; the end of the run tells whether it came.
    """
    if name in RECORD.figures:
        return  # drawn again, in Jupyter, where others may still name what it was called
    for other, figure in RECORD.figures.items():
        named = figure["partner"]
        if named == name and partner not in (None, other, *RECORD.figures) and nearest(partner, [other]):
            yield f'{other} is compared with it, and {partner} is no figure yet; did you mean partner="{other}"?'
        if partner == other and named not in (None, name, *RECORD.figures) and nearest(named, [name]):
            yield f'it is compared with {other}, which names {named}; did you mean partner="{name}" there?'


def webp(picture: np.ndarray) -> tuple[bytes, tuple[int, int]]:
    """Return a uint8 picture (H, W, 3 or 4) as lossless WebP, with its width and height; as small as can be if full."""
    effort = {"quality": 100, "method": 6} if mode() == "full" else {"quality": 0, "method": 3}
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", lossless=True, exact=True, **effort)
    return buffer.getvalue(), (picture.shape[1], picture.shape[0])


def placeholder(picture: np.ndarray) -> str:
    """Return a data address of the picture, blurred to 16 pixels, to be shown while the file loads."""
    small = Image.fromarray(picture[..., :3]).filter(ImageFilter.GaussianBlur(picture.shape[1] / 32))
    small.thumbnail((16, 16))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=40, method=6)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def preview(picture: np.ndarray) -> bytes:
    """Return a small PNG of few colours, or a JPEG where that takes fewer bytes."""
    small = Image.fromarray(picture).convert("RGBA")
    small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    if small.width > PREVIEW:
        small = small.resize((PREVIEW, max(1, round(small.height * PREVIEW / small.width))), Image.Resampling.BOX)
    plain, smooth = io.BytesIO(), io.BytesIO()
    small.quantize(64, dither=Image.Dither.NONE).save(plain, "PNG", optimize=True)
    small.save(smooth, "JPEG", quality=75, optimize=True)
    return min(plain.getvalue(), smooth.getvalue(), key=len)


def show(name: str, data: bytes, alt: str) -> None:
    """Display a preview in a notebook; its metadata names the figure, so that a page can put the file in its place."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython
    from IPython.display import Image as Shown
    from IPython.display import display

    if get_ipython() is None:  # someone imported the package, and yet no notebook is running
        return
    display(Shown(data=data, alt=alt), metadata={"model_answers": {"figure": name}})
