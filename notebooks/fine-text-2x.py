# %% [markdown]
# # Fine text stays sharp at 2× when the network has seen text
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
# The official LIIF-EDSR has an encoder of 16 blocks with 64 channels. If its file is at hand it is used. Otherwise a
# network of the same design with 8 blocks and 32 channels stands in. It was taught here on invented words, icons and
# thin lines, at scales between 1 and 4. Every caption tells which of the two drew the picture.

# %%
import torch
from lab import data, drawing, weights
from lab import device as places
from lab.designs import liif

places.seed_everything(seed)
place = places.device(device)
network = weights.load(liif.DESIGN, "liif-text", place)

with torch.device("meta"):  # sizes alone, no numbers
    official = liif.DESIGN.full()
print(f"weights: {network.origin}; {len(official.state_dict())} tensors in the official design")
for name, net, whose in (
    ("parameters", official, "the official LIIF-EDSR"),
    ("parameters_small", network.network, "the network that drew the figures"),
):
    lab.result(name, sum(p.numel() for p in net.parameters()), "parameters", f"Learned numbers of {whose}.")

# %% [markdown]
# ## The question's own workflow, executed
#
# A settings page is drawn large, halved by bicubic, and sent through the workflow of the question: one step, which
# enlarges it by 2. The smallest words of the page are 10 pixels high; in the halved picture that leaves 5, and a stem
# is thinner than one pixel.

# %%
from lab import specimens, workflow
from lab.resize import resize, shrunk
from lab.tensors import to_picture, to_tensor


def liif_step(image, s):
    """Take a picture and a factor, give the larger picture."""
    height, width = (round(side * s) for side in image.shape[1:])
    return liif.enlarged(network, image, height, width)


page, small = shrunk(specimens.settings_page(), 2)
networks = {"sisr-any-liif-edsr": workflow.Network(liif_step, network.origin)}
outputs = workflow.run("fine-text-2x", {"screenshot": to_tensor(small)}, networks, place)
pages = {"bicubic": resize(small, *page.shape[:2]), "liif": to_picture(outputs["sharp"]), "truth": page}

# %%
captions = {
    "bicubic": "A settings page halved, then enlarged by 2 with bicubic resizing: the greys of each stem spread out.",
    "liif": "The same small page enlarged by 2 with LIIF: stems are narrow, and some of the smallest letters wrong.",
    "truth": "The page before it was halved.",
}
for method, caption in captions.items():
    lab.figure(
        f"text-x2-{method}",
        drawing.magnified(pages[method], 2),
        caption=caption,
        alt=f"Settings page with icons and six lines of words, from large to very small; {method}.",
        partner={"bicubic": "text-x2-liif", "liif": "text-x2-bicubic"}.get(method),
        weights=network if method == "liif" else None,
    )

# %% [markdown]
# ## Measured on new words, icons and lines, at five scales
#
# Twelve pictures of each kind are reduced by bicubic and enlarged again. The pictures are new; the fonts and the shapes
# of the icons are those of the lessons, at other sizes and places. PSNR tells how close the result is to the truth:
# three decibels more mean half the squared error. Factors 2, 3 and 4 lie inside what the network was taught; 6 and 12
# lie outside.

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
    says = f"LIIF minus bicubic on {kind} at {scale}×{taught}: mean of {count} pictures."
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
    caption="LIIF's gain over bicubic resizing by scale: greatest at 2×, gone at 12×.",
    alt="Three falling curves for text, icons and thin lines, from 2× on the left to just below zero at 12×, right.",
    weights=network,
)

# %% [markdown]
# ## Crispness is not closeness
#
# Gradient energy adds up the squared differences between neighbouring pixels, as a share of the truth's. It tells how
# strong the edges are, and not whether they stand in the right place: noise would raise it too. At 6× LIIF's text is
# far crisper than that of bicubic resizing, and less close to the truth.

# %%
crisp = {case: scores(case, gradient_energy) for case in cases}
for name in ("bicubic", "LIIF"):
    says = f"Edges of fine text enlarged by 2 with {name}, as a share of the truth's: mean of {count} pictures."
    lab.result(f"crisp_text_x2_{name.lower()}", crisp["text", 2][name], "gradient_energy", says)
rows = [[f"{kind} {scale}×", *crisp[kind, scale].values()] for kind, scale in cases]
drawing.Table(["gradient energy, truth = 1", *METHODS], rows)


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
# Parallel strokes with gaps of their own width are drawn at several angles. For each width, counted in pixels of the
# small picture, we measure how much of their contrast follows the truth after enlarging. A stroke counts as resolved
# while half is left. A stroke and a gap that are each finer than a pixel share their pixels. They leave no stripes of
# their own in the small picture, only a fainter and coarser pattern: a method has to know what such a pattern means.

# %%
import numpy as np

WIDTHS = np.round(np.arange(0.6, 3.01, 0.2), 2)
ANGLES = (0, 20, 45) if mode == "full" else (20,)


def kept(scale, how, width):
    """Return the mean share of contrast that strokes keep, `width` pixels of the small picture wide."""
    turns = [(angle, phase) for angle in ANGLES for phase in (0.0, 0.3)]
    drawn = [specimens.strokes(36 * scale, width * scale, angle, phase) for angle, phase in turns]
    return mean(contrast_kept(*pair, 3 * scale) for pair in tried(drawn, scale, how))


def smallest(curve):
    """Return the width from which on a curve over WIDTHS stays above one half."""
    below = max((i for i, share in enumerate(curve[:-1]) if share < 0.5), default=0)
    return float(np.interp(0.5, curve[below : below + 2], WIDTHS[below : below + 2]))


# %%
scales = (2, 3, 4) if mode == "full" else (2,)
both = {"bicubic": "bicubic", "LIIF": network}
curves = {(s, name): [kept(s, how, width) for width in WIDTHS] for s in scales for name, how in both.items()}
for name in both:
    says = f"Finest stroke that keeps half of its contrast at 2× with {name}, in pixels of the small picture."
    lab.result(f"smallest_stroke_x2_{name.lower()}", smallest(curves[2, name]), "stroke_width", says)
rows = [[f"{s}×", *(smallest(curves[s, name]) for name in both)] for s in scales]
drawing.Table(["finest stroke, in small pixels", *both], rows)

# %%
plot, (axes,) = drawing.plot(7.2, 3.6)
for name in both:
    axes.plot(WIDTHS, curves[2, name], label=name)
drawing.shade(axes, 0.5, 1, "finer than a pixel")
axes.axhline(0.5, color=drawing.style.INK, linewidth=1, linestyle=":")
axes.set(title="Contrast kept at 2×", xlabel="strokes and gaps, in pixels of the small picture", xlim=(0.5, 3.05))
axes.legend(loc="lower right")
lab.figure(
    "smallest-stroke",
    plot,
    caption="Contrast that strokes keep at 2×, from fine to coarse: bicubic needs wider strokes than LIIF does.",
    alt="Two rising curves of contrast against stroke width; LIIF's rises earlier than that of bicubic.",
    weights=network,
)

# %% [markdown]
# Sampling theory puts the limit at one pixel, and bicubic resizing gives up a little above it. LIIF goes below. It can,
# because these strokes are straight and even, as were those it was taught: for such strokes even the coarser pattern is
# a trace that can be read. That is knowledge about strokes, not about this picture; for another kind of pattern it may
# guess wrong.

# %%
fan = tried([specimens.fan()], 2, "bicubic")[0]
strokes = {
    "bicubic": fan[0],
    "LIIF": tried([specimens.fan()], 2, network)[0][0],
    "truth: strokes of 6, 5, 4, 3, 2.5, 2, 1.5 and 1 pixels": fan[1],
}
lab.figure(
    "strokes-x2",
    drawing.sheet([{label: drawing.magnified(picture[:70], 2)} for label, picture in strokes.items()]),
    caption="Slanted strokes at 2×, ever finer: where two of them share a small pixel, both methods blur or invent.",
    alt="Eight panels of slanted strokes from coarse to fine: bicubic blurs early, LIIF later, the finest are lost.",
    weights=network,
)

# %% [markdown]
# ## The same network, two lessons
#
# A second network of the same size was taught for as many steps on photographs that scikit-image ships. Both are tested
# on text, and on two photographs that neither has seen.

# %%
taught = {on: weights.load(liif.DESIGN, f"liif-{on}", place, official=False) for on in ("photographs", "text")}
part = 192 if mode == "full" else 64
photographs = [data.photograph(name)[100 : 100 + part, 150 : 150 + part] for name in data.TESTED]
tests = {"text": unseen["text"], "photographs": photographs}
psnrs = {
    (on, test): mean(psnr(*pair, 2) for pair in tried(pictures, 2, how))
    for on, how in {**taught, "bicubic": "bicubic"}.items()
    for test, pictures in tests.items()
}
gains = {(on, test): psnrs[on, test] - psnrs["bicubic", test] for on in taught for test in tests}
for on, test in gains:
    says = f"LIIF taught on {on}, minus bicubic, on {test} at 2×."
    if (on, test) != ("text", "text") or network.origin == "official":
        lab.result(f"gain_{test}_x2_{on}", gains[on, test], "psnr_gain", says)
rows = [[f"taught on {on}", *(gains[on, test] for test in tests)] for on in taught]
drawing.Table(["gain over bicubic at 2×, in dB", *(f"tested on {test}" for test in tests)], rows)

# %%
ways = {"bicubic": "bicubic"} | {f"LIIF taught on {on}": net for on, net in taught.items()}
made = {label: tried([specimens.settings_page()], 2, how)[0][0] for label, how in ways.items()} | {"truth": page}
shown = {label: drawing.magnified(picture[72:156, 8:136], 3) for label, picture in made.items()}
labels = list(shown)
lab.figure(
    "two-lessons",
    drawing.sheet([{label: shown[label] for label in pair} for pair in (labels[:2], labels[2:])]),
    caption="The same network after two lessons, given the same small page at 2×: crisp letters need not be true ones.",
    alt="Four crops of small words: soft bicubic, LIIF taught on photographs, crisper LIIF taught on text, truth.",
    weights=taught["text"],
)

# %% [markdown]
# The lesson decides. Taught on photographs, the network helps both a little. Taught on text, it helps text far more and
# ruins photographs: its lessons had one light or one dark ground and one ink, and over the tones between it draws
# strokes. (Eight photographs stand against 800 drawings here, and the test has two photographs: this is a demonstration
# and no contest.)
#
# Look at the smallest words, too. They are crisp, and some are misspelled. Where the greys fit two letters, the network
# draws one of them as sharply as if it knew. Crisp is not the same as right.

# %% [markdown]
# ## A page that nobody drew for this test
#
# scikit-image ships a scan of a printed page and a photograph of writing. Their paper is uneven and their letters are
# worn; nothing the network was taught looked like that. On the scan it helps a little: letters are crisper where the
# paper is bright, and where it is greyer than any ground of the lessons, a mesh of strokes appears that nobody drew. On
# the photograph of writing it does harm.

# %%
wide = None if mode == "full" else 260
for name, scan in data.pages().items():
    scan = scan[:wide, :wide] if name == "page" else scan[:part, :wide]
    (soft, truth), (sharp, _) = (tried([scan], 2, how)[0] for how in both.values())
    says = f"LIIF minus bicubic at 2× on the picture '{name}' of scikit-image."
    result = {"page": "gain_page_x2", "text": "gain_writing_x2"}[name]
    lab.result(result, psnr(sharp, truth, 2) - psnr(soft, truth, 2), "psnr_gain", says)
    if name == "page":
        found = {"bicubic": soft, "LIIF": sharp, "truth": truth}
lab.figure(
    "page-x2",
    drawing.sheet([{label: drawing.magnified(picture[10:80, 10:250], 2)} for label, picture in found.items()]),
    caption="A scanned page at 2×: crisper where the paper is bright, a mesh where it is greyer than in the lessons.",
    alt="Lines of a printed page. With LIIF letters are crisp on the bright right, and a mesh covers the grey left.",
    weights=network,
)

# %% [markdown]
# ## Where it fails
#
# At 12× one pixel of the small picture stands for 144 new ones, and a word of 18 pixels had one and a half pixels left.
# The network was not taught that factor. Where bicubic leaves grey smears, it draws dark strokes, for strokes are what
# it knows, but they are no letters: what was not measured is not there.

# %%
tiny = {label: tried([specimens.settings_page()], 12, how)[0] for label, how in both.items()}
found = {label: large for label, (large, _) in tiny.items()} | {"truth": tiny["LIIF"][1]}
lab.figure(
    "text-x12",
    drawing.sheet([{label: picture[:72] for label, picture in found.items()}]),
    caption="The settings page made twelve times smaller and enlarged by 12: smears, or strokes that are no letters.",
    alt="Grey smears with bicubic, dark brush marks with LIIF, and the words that were there in the truth.",
    weights=network,
)
