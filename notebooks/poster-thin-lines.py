# %% [markdown]
# # What a network was taught decides what it does to an enlarged line
#
# A bicycle is drawn in thin lines, as large as a poster and as small as a sketch. The sketch is enlarged by bicubic
# resizing, which averages neighbouring pixels, and then handed to MSSNet, a network that is made to take the blur of a
# moving camera out of photographs. The drawing at its large size is known, so each result can be scored against it.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## One design, three lessons
#
# The official weights are called RealBlur-R. If their file is at hand, it draws the figures of the question's workflow.
# Otherwise a small network of the same design stands in, which was taught here on drawings that a moving camera had
# smeared. Another one of that size had this lesson with one sharp drawing among four. The last was taught on the same
# drawings, made smaller and enlarged again by bicubic. All three practised for as many steps.

# %%
import torch
from lab import device as places
from lab import drawing, weights
from lab.designs import mssnet

places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
design = mssnet.design("realblurr")
hosted = weights.load(design, "mssnet-shaken-drawings", place)
blur, enlargement, sharp_too = (
    weights.load(design, f"mssnet-{lesson}-drawings", place, official=False)
    for lesson in ("shaken", "enlarged", "shaken-and-sharp")
)
ABOUT = {"bicubic": "bicubic alone", "sharpened": "bicubic, then plain sharpening"}
ABOUT |= {"blur": "MSSNet taught motion blur", "enlargement": "MSSNet taught enlargement"}
ABOUT |= {"blur_and_sharp": "MSSNet taught motion blur and sharp drawings"}
print({file.file: lab.record.origin(file) for file in (hosted, blur, enlargement, sharp_too)})
count = sum(p.numel() for p in blur.network.parameters())
lab.result("parameters_small", count, "parameters", "Learned numbers of each small network.")

# %% [markdown]
# ## The question's own workflow, executed
#
# The sketch is 128 pixels wide, and its lines are about half a pixel wide: a line that stands alone is grey, nowhere
# black. The workflow of the question enlarges it by 4 with bicubic resizing, then lets MSSNet go over it.

# %%
from lab import sketch, workflow
from lab.resize import resize, shrunk
from lab.tensors import to_picture, to_tensor

part = (slice(None), slice(None)) if full else (slice(80, 184), slice(80, 184))
poster, small = shrunk(sketch.bicycle(4)[part], 4)


def deblur_step(image):
    """Take a picture and give it back, sharpened, at its size."""
    return mssnet.deblurred(hosted, image)


networks = {"deblur-mssnet-realblurr": workflow.Network(deblur_step, hosted)}
outputs = workflow.run("poster-thin-lines", {"sketch": to_tensor(small)}, networks, place)
soft = resize(small, *poster.shape[:2])
pictures = {"bicubic": soft, "mssnet": to_picture(outputs["poster"]), "truth": poster}

# %%
lab.figure(
    "sketch",
    drawing.magnified(small, 4),
    caption="The sketch, each of its pixels shown as a square: every line has become a row of greys.",
    alt="A bicycle with many thin spokes and hatching on the ground, in large grey squares.",
)

# %%
captions = {
    "bicubic": "The sketch enlarged by 4 with bicubic resizing: the greys are spread out, and lines are soft.",
    "mssnet": "The question's workflow: the same enlargement after MSSNet, taught to take out motion blur.",
    "truth": "The drawing itself, at four times the size of the sketch.",
}
seen = {"bicubic": "lines soft and grey"}  # what the small network does; on the official weights nobody looked yet
seen["mssnet"] = "lines darker, double rims turned into beads" if hosted.smaller else "after MSSNet"
for method, caption in captions.items():
    lab.figure(
        f"poster-x4-{method}",
        pictures[method],
        caption=caption,
        alt=f"The bicycle, four times as large as the sketch: {seen.get(method, 'lines dark and narrow')}.",
        partner={"bicubic": "poster-x4-mssnet", "mssnet": "poster-x4-bicubic"}.get(method),
        weights=hosted if method == "mssnet" else None,
    )

# %% [markdown]
# ## Same network, other lessons
#
# Now the three small networks go over the same enlargement, at 4 and at 8 times the size of the sketch. Enlarging by 8
# makes its lines twice as wide as they are at 4. The thin lines of the lessons were at most two and a half pixels
# wide; at 4 those of the bicycle are as thin, and at 8 they are wider. Plain sharpening stands beside them: it raises
# fine differences, as any picture program does, and has learned nothing.

# %%
from lab.metrics import psnr
from lab.unsharp import sharpened

NETWORKS = {"blur": blur, "blur_and_sharp": sharp_too, "enlargement": enlargement}


def after_each(small, shape):
    """Return the sketch enlarged to `shape`, as it is, sharpened, and after each of the three networks."""
    soft = resize(small, *shape[:2])
    plain = {"bicubic": soft, "sharpened": sharpened(soft, shape[0] / len(small) / 2)}
    return plain | {way: mssnet.deblur(network, soft) for way, network in NETWORKS.items()}


crop = slice(None) if full else slice(0, 24)
truths = {4: poster, 8: sketch.bicycle(8)[tuple(slice(2 * (s.start or 0), s.stop and 2 * s.stop) for s in part)]}
smalls = {4: small, 8: small[crop, crop]}
truths[8] = truths[8][: 8 * len(smalls[8]), : 8 * smalls[8].shape[1]]
enlarged = {scale: after_each(smalls[scale], truth.shape) for scale, truth in truths.items()}

# %%
score = {(s, way): psnr(made, truths[s], s) for s in truths for way, made in enlarged[s].items()}
for (scale, way), value in score.items():
    lab.result(f"psnr_bicycle_x{scale}_{way}", value, "psnr", f"The bicycle at {scale} times the sketch, {ABOUT[way]}.")
says = "The question's workflow minus bicubic alone, on the bicycle at 4 times the sketch."
lab.result("gain_workflow", psnr(pictures["mssnet"], poster, 4) - score[4, "bicubic"], "psnr_gain", says)

# %% [markdown]
# How soft are the edges? Straight lines, as wide as those of the bicycle, are drawn at several angles and places,
# reduced and enlarged. The grey across a line is averaged along it. An edge is as wide as the stretch on which the grey
# goes from a tenth to nine tenths of the way between the paper and the line's own darkest place. This counts softness
# alone: a line that is pale, or in the wrong place, may have narrow edges, too.

# %%
from statistics import mean

from lab import edges

ANGLES = (7, 20, 33) if full else (20,)
SHIFTS = (0.0, 0.33, 0.67) if full else (0.33,)  # of a pixel of the sketch
SIDE, REACH = 28, 4  # pixels of the sketch: of the sheet, and on either side of the line


def profiles(scale, at=(0.0,), width=sketch.LINE, reach=REACH):
    """Return the mean profile across lines at the distances `at`, for the truth and for each way of enlarging."""
    found = {}
    for angle in ANGLES:
        for shift in SHIFTS:
            spots = [(place + shift) * scale for place in at]
            truth = sketch.straight_lines(SIDE * scale, width * scale, spots, angle)
            made = {"truth": truth} | after_each(shrunk(truth, scale)[1], truth.shape)
            for way, picture in made.items():
                found.setdefault(way, []).append(
                    edges.across(picture, angle, reach * scale, 2 * scale, middle=shift * scale)
                )
    return {way: edges.mean_profile(each) for way, each in found.items()}


# %%
across = {scale: profiles(scale) for scale in (4, 8)}
width = {(s, way): edges.line_edges(each) for s, ways in across.items() for way, each in ways.items()}
for (scale, way), value in width.items():
    says = f"Edges of straight lines at {scale} times the sketch, {ABOUT.get(way, 'as drawn')}."
    lab.result(f"edge_x{scale}_{way}", value, "edge_width", says)
both = {way: [n for s in (4, 8) for n in (width[s, way], score.get((s, way), ""))] for way in across[4]}
rows = [[ABOUT.get(way, way), *numbers] for way, numbers in both.items()]
drawing.Table(["", "edge at 4×, px", "PSNR at 4×, dB", "edge at 8×, px", "PSNR at 8×, dB"], rows)

# %%
from lab.panels import panel

LABELS = {"truth": "truth"} | {way: ABOUT[way].replace(" alone", "") for way in ABOUT}
SHORT = {"blur": "taught blur", "enlargement": "taught enlargement"}


def compared(scale, corner, side, times):
    """Return two rows: a crop of the bicycle by some of the ways, and the grey across a straight line."""
    y, x = (n * scale for n in corner)
    shown = {"truth": truths[scale]} | {way: enlarged[scale][way] for way in ("bicubic", "blur", "enlargement")}
    crops = {way: drawing.magnified(made[y : y + side, x : x + side], times) for way, made in shown.items()}
    top = {LABELS[way] + (f", {score[scale, way]:.1f} dB" if way in ABOUT else ""): crops[way] for way in crops}
    lines = {way: across[scale][way] for way in shown}
    axis = {"ticks": (-2 * scale, 0, 2 * scale), "unit": " px", "ends": ("black", "white")}
    curves = {way: panel(each.at, each.grey, side * times, **axis) for way, each in lines.items()}
    below = {f"edges {width[scale, way]:.1f} px wide, {SHORT.get(way, way)}": each for way, each in curves.items()}
    return drawing.sheet([top, below])


# %%
FOUR = "truth, soft bicubic, MSSNet taught motion blur, MSSNet taught enlargement"
BELOW = {4: "Below each a dip of grey, deep and narrow in the truth, shallow with bicubic, between after the networks."}
BELOW[8] = "Both networks leave pale, frayed ribbons, the second bubbles around the hub; below, their dips are flat."
shown = ((4, (30, 22), 104, 3), (8, (34, 26), 156, 2)) if full else ((4, (0, 0), 104, 2),)
for scale, corner, side, times in shown:
    lab.figure(
        f"two-lessons-x{scale}",
        compared(scale, corner, side, times),
        caption=f"One design, two lessons, at {scale} times the sketch. Below, the grey across a straight line "
        "of the same width, by distance in pixels of the large picture, in which the edges are measured, too.",
        alt=f"Four crops of a wheel's hub and spokes, {FOUR}. {BELOW[scale]}",
        weights=enlargement,
    )

# %%
DASHED = {"truth": {"color": drawing.style.GREY, "linestyle": "--"}}
DASHED["blur_and_sharp"] = {"color": drawing.style.GREEN, "linestyle": "--"}  # green as motion blur alone
plot, axes = drawing.plot(7.2, 3.4, columns=2)
for each, scale in zip(axes, (4, 8), strict=True):
    for way, profile in across[scale].items():
        each.plot(profile.at, profile.grey, marker="", label=LABELS[way], **DASHED.get(way, {}))
    each.set(title=f"Grey across a line at {scale}×", xlabel="pixels of the large picture", ylim=(0, 265))
axes[0].legend(loc="lower left", fontsize=7)
lab.figure(
    "edge-profiles",
    plot,
    caption="Grey across a thin line, at 4 and at 8 times the sketch: the steeper the flanks, the narrower the edges.",
    alt=f"Two plots of grey against distance, each with six dips: {FOUR}, and between them the other two ways.",
    weights=enlargement,
)

# %% [markdown]
# ## Where two lines become one
#
# Two lines, each half a pixel of the sketch wide, are drawn ever closer. They count as two while the gap between them
# is at least half as bright as the paper, against the lines beside it. In the truth the gap is always as bright as the
# paper. These lines are slanted; upright or level ones may melt into one up to two pixels apart. To see whether a
# network parts what is one, it is also given single lines that are as wide as two, three and four of these.

# %%
SPACINGS = [1 + n / 4 for n in range(15)] if full else [1, 1.5, 2, 2.5, 3, 4]
gaps = {way: [] for way in LABELS}
for spacing in SPACINGS:
    for way, profile in profiles(4, at=(-spacing / 2, spacing / 2), reach=5).items():
        gaps[way].append(edges.parted(profile, 4 * spacing))
merging = {way: edges.stays_above(SPACINGS, gaps[way]) for way in ABOUT}
for way, value in merging.items():
    says = f"Two lines further apart than this stay two at 4 times the sketch, {ABOUT[way]}."
    lab.result(f"spacing_x4_{way}", value, "line_spacing", says)
BROAD = {"two": 2 * sketch.LINE, "three": 3 * sketch.LINE, "four": 4 * sketch.LINE}  # lines as wide as so many
bands = {ink: profiles(4, width=width, reach=5) for ink, width in BROAD.items()}
split = {(ink, way): 100 * edges.parted(found[way], 6) for ink, found in bands.items() for way in ABOUT}
for (ink, way), value in split.items():
    says = f"Gap that shows in one line as wide as {ink}, as a share of the paper's brightness, {ABOUT[way]}."
    lab.result(f"gap_in_one_as_{ink}_x4_{way}", value, "percent", says)
rows = [[ABOUT[way], merging[way], *(f"{split[ink, way]:.1f} %" for ink in BROAD)] for way in ABOUT]
drawing.Table(["", "two lines stay two from, px of the sketch", *(f"gap in one as wide as {n}" for n in BROAD)], rows)

# %%
plot, (axes,) = drawing.plot(7.2, 3.6)
for way in ABOUT:
    axes.plot(SPACINGS, gaps[way], label=ABOUT[way], **({"marker": "^"} | DASHED[way] if way in DASHED else {}))
drawing.shade(axes, 0.9, 2, "closer than two pixels")
axes.axhline(0.5, color=drawing.style.INK, linewidth=1, linestyle=":")
axes.set(title="Brightness of the gap between two lines", xlabel="apart, in pixels of the sketch", xlim=(0.9, None))
axes.legend(loc="lower right")
lab.figure(
    "line-pairs",
    plot,
    caption="How bright the gap between two lines is, by their distance in the sketch: 1 is paper, 0 is one dark band.",
    alt="Five rising curves: for bicubic, for plain sharpening, and for MSSNet after each of the three lessons.",
    weights=enlargement,
)

# %% [markdown]
# A gap after a network need not mean two lines: in some of the single lines, too, those taught motion blur alone and
# enlargement alone show one. Of the double rims of the wheels, which lie close, the one taught motion blur alone makes
# beads.
#
# ## Each network at its own job, at another's, and on what needs no help
#
# New drawings of lines are smeared by a movement of 6 pixels, or reduced and enlarged by 4, or left as they are. What
# was sharp should come back unchanged. A network that has never seen a sharp drawing takes out blur that is not there.
# On smeared drawings the one taught motion blur alone does best, on enlarged ones the one taught enlargement.
# The one that saw sharp drawings as well leaves these as they are, and gains least on the others. Each was taught once
# and briefly; taught otherwise, the three may change places where they are close.

# %%
import numpy as np
from lab import data
from lab.blur import shaken

side, number = (192, 12) if full else (64, 2)
unseen = data.pictures("lines", number, seed=1000 + seed, size=side)
shake = np.random.default_rng(seed)
SPOILT = {
    "shaken": lambda picture: shaken(picture, 6, shake.uniform(0, 180), shake),
    "enlarged": lambda picture: resize(shrunk(picture, 4)[1], side, side),
    "sharp": np.copy,
}
TAUGHT = {"blur": "motion blur", "blur_and_sharp": "motion blur and sharp drawings", "enlargement": "enlargement"}
given = {name: [spoil(picture) for picture in unseen] for name, spoil in SPOILT.items()}
quality = {
    (who, what): mean(psnr(mssnet.deblur(net, p), t, 8) for p, t in zip(inputs, unseen, strict=True))
    for who, net in NETWORKS.items()
    for what, inputs in given.items()
}

# %%
for (who, what), value in quality.items():
    says = f"New drawings of lines, {what}, after MSSNet taught {TAUGHT[who]}: mean of {number}."
    lab.result(f"psnr_{what}_{who}", value, "psnr", says)
before = {
    what: mean(psnr(p, t, 8) for p, t in zip(given[what], unseen, strict=True)) for what in ("shaken", "enlarged")
}
for what, value in before.items():
    lab.result(f"psnr_{what}", value, "psnr", f"New drawings of lines, {what}, before any network: mean of {number}.")
rows = [["before", before["shaken"], before["enlarged"], "as drawn"]]
rows += [[f"taught {TAUGHT[who]}", *(quality[who, what] for what in SPOILT)] for who in NETWORKS]
drawing.Table(["PSNR in dB", "smeared by 6 pixels", "enlarged by 4", "sharp"], rows)

# %%
y, x = (120, 88) if full else (0, 0)
sharp = poster[y : y + 104, x : x + 104]
ways = {"sharp drawing": sharp} | {
    f"after MSSNet taught {label}": mssnet.deblur(net, sharp)
    for label, net in (("blur alone", blur), ("blur and sharp", sharp_too))
}
lab.figure(
    "already-sharp",
    drawing.sheet([{label: drawing.magnified(picture, 3 if full else 2) for label, picture in ways.items()}]),
    caption="A drawing that is sharp already, after MSSNet taught motion blur without and with sharp drawings.",
    alt="Three crops of a wheel: as drawn; lines blacker, paper streaked after the first; as drawn after the second.",
    weights=blur,
)

# %% [markdown]
# ## The network at its real size
#
# MSSNet as published is larger. Its form decides what a pass costs, whatever its weights: so it is built at full size
# and run once. A poster of 4096 × 4096 pixels is computed from that pass, not run: time by operations, memory by
# pixels. Maps of the whole picture are held, so both grow alike.

# %%
from lab import full_size

SIZE, POSTER = (512 if full else 64), 4096
real = full_size.at_full_size(design, hosted, place)
given = torch.rand(3, SIZE, SIZE, generator=torch.Generator().manual_seed(seed))
print(f"weights of the published size: {lab.record.origin(real)}")
lab.result("parameters", sum(p.numel() for p in real.network.parameters()), "parameters", "MSSNet at full size.")
spent = full_size.record_pass(
    "MSSNet of the published size, in our faster form",
    lambda: mssnet.deblurred(real, given),
    place,
    full_size.of_one_size("one_pass", design, SIZE, SIZE),
    full_size.of_one_size("poster", design, POSTER, POSTER),
)

# %% [markdown]
# ## The other route: painting at poster size
#
# LinFusion paints a picture anew instead of narrowing its edges. What makes large pictures dear is attention, in which
# every place of the picture looks at every other. With one token for each 8 × 8 pixels, a picture of 512 × 512 has
# 4,096 tokens, and one of 4096 × 4096 has 262,144. Three ways to compute attention are measured, each with 8 heads of
# 40 channels in single precision: softmax with all its weights written down, the same in one fused operation, and
# LinFusion's linear form. What surrounds attention in such a network is left out.

# %%
from lab import attention_cost

growths = attention_cost.measured(attention_cost.tried(full), place)
attention_cost.record_growth(growths, "poster", (POSTER // 8) ** 2)

# %%
attention_cost.show(growths)

# %% [markdown]
# Fused softmax needs little memory, but its time still grows about with the square of the tokens. The linear form grows
# about in proportion in both. Of softmax with all weights written down the operations grow with the square, and so it
# is scaled; the exponent of its time is rough, since it comes from four numbers of tokens whose times vary much, and
# the same measurement in the essay on LinFusion gave another. A line painted anew is a likely line, though, and need
# not be the one in the sketch.
