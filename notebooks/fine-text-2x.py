# %% [markdown]
# # A small network draws fine text crisply at 2× when it was taught such text
#
# A picture of text is made half as large, then enlarged again in two ways. Bicubic resizing averages neighbouring
# pixels. LIIF asks a trained network for the colour at each new place. The true picture is known, so each can be scored
# against it.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## The network is small, and says so
#
# The official LIIF-EDSR has an encoder of 16 blocks with 64 channels and a decoder 256 numbers wide. If its file is not
# at hand, a network of the same design with 8 blocks, 32 channels and a decoder 128 numbers wide stands in, taught here
# on invented words, icons and thin lines at scales between 1 and 4.

# %%
import torch
from lab import data, drawing, weights
from lab import device as places
from lab.designs import liif

places.seed_everything(seed)
place = places.device(device)
network = weights.load(liif.DESIGN, "liif-text", place)
ours = network.origin == "trained here"  # what is said of its figures was seen on these weights alone

with torch.device("meta"):  # sizes alone, no numbers
    official = liif.DESIGN.full()
print(f"weights: {lab.record.origin(network)}; {len(official.state_dict())} tensors in the official design")
for name, net, whose in (
    ("parameters", official, "the official LIIF-EDSR"),
    ("parameters_small", network.network, "the network that drew the figures"),
):
    lab.result(name, sum(p.numel() for p in net.parameters()), "parameters", f"Learned numbers of {whose}.")

# %% [markdown]
# ## The question's own workflow, executed
#
# A settings page is drawn large, halved by bicubic, and sent through the workflow of the question: one step, which
# enlarges it by 2. In the halved picture the capitals of its smallest words are less than 4 pixels tall, and a stem
# is thinner than one.

# %%
from lab import specimens, workflow
from lab.resize import resize, shrunk
from lab.tensors import to_picture, to_tensor


def liif_step(image, s):
    """Take a picture and a factor, give the larger picture."""
    height, width = (round(side * s) for side in image.shape[1:])
    return liif.enlarged(network, image, height, width)


page, small = shrunk(specimens.settings_page(), 2)
networks = {"sisr-any-liif-edsr": workflow.Network(liif_step, network)}
outputs = workflow.run("fine-text-2x", {"screenshot": to_tensor(small)}, networks, place)
pages = {"bicubic": resize(small, *page.shape[:2]), "liif": to_picture(outputs["sharp"]), "truth": page}

# %%
captions = {
    "bicubic": "A settings page halved, then enlarged by 2 with bicubic resizing: the greys of each stem spread out.",
    "liif": "A halved settings page enlarged by 2 with LIIF"
    + (" taught on text: narrow stems, some small letters wrong." if ours else "."),
    "truth": "The page before it was halved.",
}
seen = {
    "bicubic": "soft and grey, yet readable",
    "liif": "crisp, the three smallest lines partly wrong" if ours else "drawn by LIIF",
    "truth": "legible",
}
for method, caption in captions.items():
    lab.figure(
        f"text-x2-{method}",
        drawing.magnified(pages[method], 2),
        caption=caption,
        alt=f"Settings page with icons and six lines of words, from large to very small: {seen[method]}.",
        partner={"bicubic": "text-x2-liif", "liif": "text-x2-bicubic"}.get(method),
        weights=network if method == "liif" else None,
    )

# %% [markdown]
# ## Measured on new words, icons and lines, at five scales
#
# Twelve pictures of each kind are reduced by bicubic and enlarged again. They are new; the fonts and the shapes of the
# icons are those of the lessons, at other sizes and places.

# %%
KINDS, SCALES = ("text", "icons", "lines"), (2, 3, 4, 6, 12)
METHODS = {"nearest": "nearest", "bicubic": "bicubic", "LIIF": network}
count, side = (12, 144) if mode == "full" else (2, 72)
unseen = {kind: data.pictures(kind, count, seed=1000 + seed, size=side) for kind in KINDS}


def tried(pictures, scale, how):
    """Reduce pictures and enlarge them by `scale`, with a method or a network; return (result, truth) of each."""
    found = []
    for truth, small in (shrunk(picture, scale) for picture in pictures):
        height, width = truth.shape[:2]
        large = resize(small, height, width, how) if isinstance(how, str) else liif.enlarge(how, small, height, width)
        found.append((large, truth))
    return found


# %%
from statistics import mean

from lab.metrics import contrast_kept, gradient_energy, psnr

cases = [(kind, scale) for kind in KINDS for scale in SCALES]
trials = {case: {name: tried(unseen[case[0]], case[1], how) for name, how in METHODS.items()} for case in cases}


def scores(case, score):
    """Return the mean score of each method, without a border as wide as the scale."""
    return {name: mean(score(*pair, case[1]) for pair in pairs) for name, pairs in trials[case].items()}


quality = {case: scores(case, psnr) for case in cases}
gain = {case: row["LIIF"] - row["bicubic"] for case, row in quality.items()}
rows = [[f"{kind} {scale}×", *quality[kind, scale].values(), gain[kind, scale]] for kind, scale in cases]
drawing.Table(["PSNR in dB", *METHODS, "gain over bicubic"], rows)

# %%
for name, value in quality["text", 2].items():
    says = f"Fine text halved and enlarged by 2 with {name}: mean of {count} pictures."
    lab.result(f"psnr_text_x2_{name.lower()}", value, "psnr", says)
for kind, scale in cases:
    taught = "" if scale <= 4 else ", a factor it was not taught"
    says = f"LIIF{' taught on text,' * ours} minus bicubic on {kind} at {scale}×{taught}: mean of {count} pictures."
    lab.result(f"gain_{kind}_x{scale}", gain[kind, scale], "psnr_gain", says)

# %%
plot, (axes,) = drawing.plot(7.2, 3.6)
for kind, label in zip(KINDS, ("text", "icons", "thin lines"), strict=True):
    axes.plot(SCALES, [gain[kind, scale] for scale in SCALES], label=label)
drawing.shade(axes, 4.6, 14, "factors it was not taught")
axes.axhline(0, color=drawing.style.INK, linewidth=1)
axes.set_xscale("log")
axes.set_xticks(SCALES, [f"{scale}×" for scale in SCALES])
axes.minorticks_off()
axes.set(title="LIIF's gain over bicubic, in dB of PSNR", xlabel="enlargement", xlim=(1.85, 13))
axes.legend(loc="center right")
lab.figure(
    "gain-by-scale",
    plot,
    caption="LIIF's gain over bicubic resizing by scale"
    + (": greatest at 2×, gone at 6× for text and at 12× for all three." if ours else "."),
    alt="Three curves for text, icons and thin lines"
    + (" fall from 2×; text is below zero at 6×, all three at 12×." if ours else ", with a line at zero."),
    weights=network,
)

# %% [markdown]
# ## Crispness is not closeness
#
# Gradient energy adds up the squared differences between neighbouring pixels, as a share of the truth's: how strong the
# edges are, not whether they stand in the right place. At 6× LIIF's text has many times that of bicubic's, and is less
# close to the truth.

# %%
crisp = {case: scores(case, gradient_energy) for case in cases if case[0] == "text"}
for name in ("bicubic", "LIIF"):
    says = f"Edges of fine text enlarged by 2 with {name}, as a share of the truth's: mean of {count} pictures."
    lab.result(f"crisp_text_x2_{name.lower()}", crisp["text", 2][name], "gradient_energy", says)
rows = [[f"{scale}×", *crisp["text", scale].values()] for scale in SCALES]
drawing.Table(["gradient energy of text, truth = 1", *METHODS], rows)


# %%
def crops(kind, picture):
    """Return the same corner as small pixels, bicubic, LIIF and truth, magnified three times."""
    ways = {f"small pixels, {kind}": "nearest", "bicubic": "bicubic", "LIIF": network}
    made = {label: tried([picture], 2, how)[0] for label, how in ways.items()}
    whole = {label: large for label, (large, _) in made.items()} | {"truth": made["bicubic"][1]}
    return {label: drawing.magnified(large[30:110, 26:100], 3) for label, large in whole.items()}


lab.figure(
    "side-by-side",
    drawing.sheet([crops(kind, data.pictures(kind, 1, seed=2000 + seed)[0]) for kind in KINDS]),
    caption="Text, icons and thin lines at 2×, beside the small picture and the truth.",
    alt="Three rows, text, icons, thin lines: blocks of small pixels, soft bicubic, crisper LIIF, truth.",
    weights=network,
)

# %% [markdown]
# ## How fine may a stroke be?
#
# Parallel strokes with gaps of their own width are drawn in three directions. For each width, counted in pixels of the
# small picture, we measure how much of their contrast follows the truth after enlarging.
#
# The small picture sets a limit of its own. Upright strokes and gaps must each be a pixel wide to leave stripes of
# their own, on the diagonal about seven tenths of one. Below that they leave only a fainter and coarser pattern, and a
# method has to know what it means.

# %%
import numpy as np

ANGLES = (0, 20, 45) if mode == "full" else (20,)
both = {"bicubic": "bicubic", "LIIF": network}


def kept(scale, how, width, shape=(36, 36)):
    """Return the share of contrast that strokes keep, `width` pixels of the small picture wide: one per direction."""
    height, side = (scale * pixels for pixels in shape)
    found = []
    for angle in ANGLES:
        drawn = [specimens.strokes(side, width * scale, angle, phase)[:height] for phase in (0.0, 0.3)]
        found.append(mean(contrast_kept(*pair, 3 * scale) for pair in tried(drawn, scale, how)))
    return found


# %%
WIDTHS = np.round(np.arange(0.6, 2.01, 0.1), 1)
plot, panels = drawing.plot(7.2, 3.6, columns=2)
for axes, (name, how) in zip(panels, both.items(), strict=True):
    for angle, curve in zip(ANGLES, zip(*(kept(2, how, width) for width in WIDTHS), strict=True), strict=True):
        axes.plot(WIDTHS, curve, label={0: "upright", 45: "diagonal"}.get(angle, f"turned {angle}°"))
    axes.axhline(0.5, color=drawing.style.INK, linewidth=1, linestyle=":")
    axes.set(title=f"{name}, 2×", xlabel="stroke and gap, small pixels", xlim=(0.55, 2.05), ylim=(-0.35, 1.25))
panels[0].set(ylabel="share of contrast kept")
panels[0].legend(loc="lower right")
lab.figure(
    "smallest-stroke",
    plot,
    caption="Contrast that strokes keep at 2×, by direction"
    + (": LIIF keeps finer ones, with gaps where it guesses wrong." if ours else "."),
    alt="Two panels, bicubic and LIIF, each with rising curves, one for each direction"
    + (": bicubic's rise slowly, LIIF's steeply and less evenly." if ours else "."),
    weights=network,
)

# %% [markdown]
# In every direction LIIF keeps finer strokes than bicubic resizing does. These strokes are straight and even, as were
# those it was taught: what it keeps where the small picture no longer holds stripes is knowledge about such strokes,
# and not about this picture.

# %%
fan = tried([specimens.fan()], 2, "bicubic")[0]
strokes = {
    "bicubic": fan[0],
    "LIIF": tried([specimens.fan()], 2, network)[0][0],
    "truth: strokes of 3, 2.5, 2, 1.5, 1.25, 1, 0.75 and 0.5 small pixels": fan[1],
}
lab.figure(
    "strokes-x2",
    drawing.sheet([{label: drawing.magnified(picture[:70], 2)} for label, picture in strokes.items()]),
    caption="Slanted strokes at 2×, ever finer"
    + (": bicubic draws another pattern from one pixel on, LIIF a step later." if ours else "."),
    alt="Eight panels, coarse to fine: bicubic soft, wrong from the sixth; LIIF"
    + (" crisp, wrong from the seventh." if ours else ", and the truth."),
    weights=network,
)

# %% [markdown]
# ## The same network, two lessons
#
# A second network of the same size was taught as long on photographs that scikit-image ships; each was taught once.
# Both are tested on new words, and on two photographs that neither has seen.

# %%
taught = {on: weights.load(liif.DESIGN, f"liif-{on}", place, official=False) for on in ("photographs", "text")}
part = 192 if mode == "full" else 72
photographs = [data.photograph(name)[100 : 100 + part, 150 : 150 + part] for name in data.TESTED]
tests = {"text": unseen["text"], "photographs": photographs}


def ahead(net, test, scale):
    """Return by how many decibels a network is ahead of bicubic, mean of all pictures of a test."""
    if test == "text" and net.file == network.file:
        return gain[test, scale]  # measured above
    ways = (tried(tests[test], scale, how) for how in (net, "bicubic"))
    drawn, plain = (mean(psnr(*pair, scale) for pair in pairs) for pairs in ways)
    return drawn - plain


gains = {(on, test, s): ahead(net, test, s) for on, net in taught.items() for test in tests for s in SCALES}

# %%
for (on, test, scale), value in gains.items():
    outside = "" if scale <= 4 else ", a factor it was not taught"
    says = f"LIIF taught on {on}, minus bicubic, on {test} at {scale}×{outside}: mean of {len(tests[test])} pictures."
    if (on, test) != ("text", "text") or network.origin == "official":
        lab.result(f"gain_{test}_x{scale}_{on}", value, "psnr_gain", says)
rows = [[f"taught on {on}, tested on {test}", *(gains[on, test, s] for s in SCALES)] for test in tests for on in taught]
drawing.Table(["gain over bicubic, in dB", *(f"{scale}×" for scale in SCALES)], rows)

# %%
plot, panels = drawing.plot(7.8, 3.6, columns=2)
for axes, test in zip(panels, tests, strict=True):
    for on in taught:
        axes.plot(SCALES, [gains[on, test, scale] for scale in SCALES], label=f"taught on {on}")
    drawing.shade(axes, 4.6, 14, "not taught")
    axes.axhline(0, color=drawing.style.INK, linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks(SCALES, [f"{scale}×" for scale in SCALES])
    axes.minorticks_off()
    axes.set(title=f"Tested on {test}", xlabel="enlargement", xlim=(1.85, 13))
    axes.margins(y=0.2)
panels[0].set(ylabel="gain over bicubic, dB of PSNR")
legend = panels[0].legend(loc="center right", bbox_to_anchor=(1, 0.6))

# %%
lab.figure(
    "lessons-by-scale",
    plot,
    caption="Gain over bicubic resizing, the line at zero, by scale: one design, two lessons, two tests.",
    alt="Two plots of two curves each. On text, the one taught on text begins far above the other and falls fast, and "
    "both end near zero; on photographs, the one taught on them stays above zero at every scale, the other far below.",
    weights=taught["photographs"],
)

# %% [markdown]
# And how fine may a stroke be at each scale, after either lesson?

# %%
TRIED, PIECE = (1.5, 1.35, 1.2, 1.1, 1.0, 0.9, 0.8), (10, 24)  # small pixels: width of a stroke; height, width
AFTER = {"bicubic": "bicubic", "liif": f"LIIF{' taught on text' * ours}", "photographs": "LIIF taught on photographs"}
how_of = {"bicubic": "bicubic", "liif": network, "photographs": taught["photographs"]}


def smallest(scale, how):
    """Return the width at which the least share of any direction falls to one half; None where the widest has less."""
    above = None
    for width in TRIED:
        least = min(kept(scale, how, width, PIECE))
        if least < 0.5:
            return above and width + (above[0] - width) * (0.5 - least) / (above[1] - least)
        above = width, least
    return TRIED[-1]


# %%
finest = {(name, s): smallest(s, how) for name, how in how_of.items() for s in (SCALES if mode == "full" else (2,))}
for (name, scale), width in finest.items():
    says = f"Finest stroke that keeps half of its contrast in three directions at {scale}×, {AFTER[name]}."
    if width is not None:
        lab.result(f"smallest_stroke_x{scale}_{name}", width, "stroke_width", says)

# %%
plot, (axes,) = drawing.plot(7.2, 3.4)
for name in how_of:
    found = {scale: width for (other, scale), width in finest.items() if other == name and width is not None}
    axes.plot(list(found), list(found.values()), label=AFTER[name])
drawing.shade(axes, 4.6, 14, "factors they were not taught")
axes.axhline(1, color=drawing.style.INK, linewidth=1, linestyle=":")
axes.set_xscale("log")
axes.set_xticks(SCALES, [f"{scale}×" for scale in SCALES])
axes.minorticks_off()
axes.set(title="Finest stroke, in pixels of the small picture", xlabel="enlargement", xlim=(1.85, 13), ylim=(0.8, 1.5))
axes.legend(loc="center right", bbox_to_anchor=(1, 0.58), fontsize=9)

# %%
lab.figure(
    "stroke-by-scale",
    plot,
    caption="The finest stroke that keeps half of its contrast in three directions, by scale; the dotted line is the "
    "finest upright one of which the small picture holds stripes.",
    alt="Three curves, hardly sloped: bicubic on top, LIIF taught on photographs just above the line at one pixel, "
    "LIIF taught on text just below it."
    if ours
    else "Three curves by scale, for bicubic and two networks, and a line at one pixel.",
    weights=taught["photographs"],
)

# %% [markdown]
# It is nearly the same at every scale, counted in pixels of the small picture: what was lost was lost when that picture
# was made.

# %%
ways = {"bicubic": "bicubic"} | {f"LIIF taught on {on}": net for on, net in taught.items()}
made = {label: tried([specimens.settings_page()], 2, how)[0][0] for label, how in ways.items()} | {"truth": page}
shown = {label: drawing.magnified(picture[72:156, 8:136], 3) for label, picture in made.items()}
labels = list(shown)
lab.figure(
    "two-lessons",
    drawing.sheet([{label: shown[label] for label in pair} for pair in (labels[:2], labels[2:])]),
    caption="Two networks of one design, each with lessons of its own, at 2×: crisp letters need not be true ones.",
    alt="Four crops of small icons and words: bicubic soft and readable; taught on photographs a little crisper, with "
    "'Empty' and the envelope wrong; taught on text crisp, with 'Letters', the last line, the bin and the envelope "
    "wrong; the truth.",
    weights=taught["text"],
)

# %% [markdown]
# The lesson decides. Taught on photographs, the network helps photographs a little at every factor, and text at 2×,
# less at 3×, hardly beyond. Taught on text, it helps text that was drawn like its lessons far more, at factors that it
# was taught, and ruins photographs at every factor: its lessons had one ground and one ink, and over the tones between
# it draws strokes.
#
# Look at the smallest words and icons, too: they are crisp, and some are wrong. Where the greys fit two shapes, the
# network draws one of them as sharply as if it knew. Crisp is not the same as right.

# %% [markdown]
# ## A page that nobody drew for this test
#
# scikit-image ships a scan of a printed page and a photograph of writing. Here the order turns. The network taught on
# photographs wins on both. The one taught on text is crisp where the paper is bright and weaves a mesh where it is
# greyer; to the photograph of writing it does much harm. A narrow lesson helps where it fits.

# %%
wide, tall = (None, None) if mode == "full" else (260, 90)
found = {}
for name, scan in data.pages().items():
    scan = scan[:tall, :wide] if name == "page" else scan[:part, :wide]
    soft, truth = tried([scan], 2, "bicubic")[0]
    for on, net in taught.items():
        sharp = tried([scan], 2, net)[0][0]
        says = f"LIIF taught on {on}, minus bicubic, at 2× on the picture '{name}' of scikit-image."
        result = {"page": "gain_page_x2", "text": "gain_writing_x2"}[name] + f"_{on}"
        lab.result(result, psnr(sharp, truth, 2) - psnr(soft, truth, 2), "psnr_gain", says)
        if name == "page":
            found |= {"bicubic": soft, f"LIIF taught on {on}": sharp, "truth": truth}

# %%
order = ("bicubic", "LIIF taught on photographs", "LIIF taught on text", "truth")
parts = [{label: drawing.magnified(found[label][10:80, 10:250], 2) for label in order[i : i + 2]} for i in (0, 2)]
lab.figure(
    "page-x2",
    drawing.sheet(parts),
    caption="A scanned page at 2×: the network taught on text weaves a mesh where paper is greyer than its lessons.",
    alt="Lines of a printed page, four times: soft; crisper and even; crisp on the right, a mesh on the left; true.",
    weights=taught["text"],
)

# %% [markdown]
# ## Where it fails
#
# At 12× one pixel of the small picture stands for 144 new ones. Where bicubic leaves grey smears, the network draws
# dark strokes that are no letters.

# %%
tiny = {label: tried([specimens.settings_page()], 12, how)[0] for label, how in both.items()}
found = {label: large for label, (large, _) in tiny.items()} | {"truth": tiny["LIIF"][1]}
lab.figure(
    "text-x12",
    drawing.sheet([{label: picture[:72] for label, picture in found.items()}]),
    caption="The settings page made twelve times smaller and enlarged by 12"
    + (": smears, or strokes that are no letters." if ours else "."),
    alt=f"Grey smears with bicubic, {'dark brush marks with ' * ours}LIIF, and the words that were there in the truth.",
    weights=network,
)

# %% [markdown]
# ## The network at its published size
#
# The published LIIF-EDSR is larger than the one that drew these figures. What a pass costs depends on its form and not
# on its weights, so it is built at full size and run once, band by band.
#
# A phone's screenshot is computed from that pass, and not run: its time by operations, its memory by pixels.

# %%
from dataclasses import replace

from lab import bands, full_size
from lab.cost import counted
from models.liif_bands import LIIFInBands

side = 512 if mode == "full" else 64
real = full_size.at_full_size(liif.DESIGN, network, place)
banded = LIIFInBands(real.network.config).to(place).eval()
banded.load_state_dict(real.network.state_dict())
tile = torch.rand(3, 32, 32)  # each pixel costs the same
to_encode = counted(lambda: real.network.encode(tile[None].to(place)))
per_small = to_encode / 32**2
per_drawn = (counted(lambda: liif.enlarged(real, tile, 64, 64)) - to_encode) / 64**2


# %%
def enlarged_by_2(name, height, width):
    """Return what drawing a picture at twice its size takes: operations, and the pixels of the largest band."""
    encoded = bands.encoded(banded, height, width, 2 * height)
    work = per_small * sum(encoded) + per_drawn * 4 * height * width
    says = f"{width}x{height} pixels enlarged by 2"
    return full_size.Job(name, says, work, max(encoded), (3, 2 * height, 2 * width))


given = torch.rand(3, side, side, generator=torch.Generator().manual_seed(seed))
print(f"weights of the published size: {lab.record.origin(real)}")
spent = full_size.record_pass(
    "LIIF-EDSR of the published size, drawn in bands",
    lambda: liif.enlarged(replace(real, network=banded), given, 2 * side, 2 * side),
    place,
    enlarged_by_2("one_pass", side, side),
    enlarged_by_2("screenshot", 2400, 1080),
)
