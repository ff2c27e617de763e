# %% [markdown]
# # At twelve times, brushwork is painted by chance, and only what is broad comes from the drawing
#
# A girl in a red coat is painted by rule, in strokes of ragged bristles, and made twelve times smaller. Of a square of
# 12 × 12 pixels one colour is left. Then the tiny drawing is enlarged again: by bicubic resizing, and by networks that
# paint. The painting is known at its large size, so one can tell what came back, what was invented, and whether the
# outcome still agrees with the drawing that it was made from.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## Two ways to paint by taking noise away
#
# **Image to image** is what the question's workflow uses: an enlargement is covered with a part of the noise, and a
# network that has learned brushwork takes the noise off again. It is Stable Diffusion's second use. If its official
# weights are at hand, they draw the figures. Otherwise a small pipeline of the same parts stands in: an autoencoder, a
# UNet that works on its latents, and a text encoder. It was taught here on painted scenes, and it learned no words. Its
# autoencoder makes width and height four times smaller, the real one eight times.
#
# **Image-conditioned residual diffusion** is another thing, and no part of Stable Diffusion. It starts from noise
# alone, sees the enlargement beside the noise at every step, and draws what the enlargement leaves out. It was taught
# here on scenes that were made twelve times smaller, and so on just this job.
#
# Both are small and learned for minutes, each once, but for the autoencoder: it was taught from two starts, and the one
# that went better was kept. The scenes were painted by the same rule as the girl, but show no figure.

# %%
from lab import device as places
from lab import drawing, painting
from lab.designs import residual_diffusion, stable_diffusion
from lab.resize import resize, shrunk

places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
hosted, residual = stable_diffusion.load(place), residual_diffusion.load(place)
print({loaded.file: lab.record.origin(loaded) for loaded in (hosted, residual)})
for name, loaded in (("image_to_image", hosted), ("residual", residual)):
    count = sum(p.numel() for p in loaded.network.parameters())
    lab.result(f"parameters_{name}", count, "parameters", f"Learned numbers, {name.replace('_', ' ')}, all parts.")
part = (slice(None), slice(None)) if full else (slice(120, 216), slice(132, 228))
truth, small = shrunk(painting.portrait()[part], 12)
soft = resize(small, *truth.shape[:2])

# %%
lab.figure(
    "drawing",
    drawing.magnified(small, 8),
    caption="All that a program is given: the tiny drawing, each of its pixels shown as a square.",
    alt="A mosaic of a girl's head with brown hair, a yellow scarf and a red coat; an eye is two or three squares.",
)

# %% [markdown]
# ## The question's own workflow, executed
#
# It enlarges by 4, repaints at a strength of 0.4, enlarges by 3 and repaints at 0.3. The strength says how much of the
# noise covers the picture.

# %%
from lab import workflow
from lab.tensors import to_picture, to_tensor

WORDS = "a girl in a red coat and a yellow scarf, oil painting, visible brushstrokes"


def repaint_step(image, prompt, strength, steps, guidance):
    """Take a picture and words; give the picture back, repainted."""
    return stable_diffusion.repaint(hosted, image, prompt, strength, int(steps) if full else 4, guidance, seed)


USE = "txt2img-stablediffusionv1-qgo-promptingreal.image-to-image"
inputs = {"drawing": to_tensor(small), "words": WORDS}
outputs = workflow.run("brushstrokes-12x", inputs, {USE: workflow.Network(repaint_step, hosted)}, place)
by_workflow = to_picture(outputs["print"])

# %% [markdown]
# ## Several seeds
#
# Now both paint the enlargement by 12 itself, several times, with other noise each time. Image to image does so at four
# strengths; where none is named below, it is 0.6, which has as many seeds as residual diffusion. The others have two.

# %%
SEEDS = range(seed, seed + (3 if full else 2))
STEPS = 25 if full else 3  # of the whole noise schedule
STRENGTHS = (0.2, 0.4, 0.6, 1.0) if full else (0.6, 1.0)
seeds_at = {s: SEEDS if s == 0.6 else SEEDS[:2] for s in STRENGTHS}
sweep = {s: stable_diffusion.repainted(hosted, soft, WORDS, s, seeds, STEPS) for s, seeds in seeds_at.items()}
painted = {
    "residual diffusion": residual_diffusion.repainted(residual, soft, SEEDS, STEPS),
    "image to image": sweep[0.6],
}
NETWORK = {"residual diffusion": residual, "image to image": hosted}
RESIDUAL = "Residual diffusion was trained here, too." if hosted.smaller else "Residual diffusion was trained here."

# %%
CAPTION = {
    "bicubic": "Enlarged by 12 with bicubic resizing: the figure is there, and no stroke.",
    "painted": "Image-conditioned residual diffusion, trained here: the same, with strokes drawn by chance.",
    "workflow": "The question's workflow: repainted image to image after enlarging by 4, and after 3 times more.",
}
SEEN = {
    "bicubic": "all of it soft",
    "painted": "feathery strokes all over, the eyes blurred",
    "workflow": "pink and green mottle, of the girl an outline" if hosted.smaller else "repainted",
}
PORTRAITS = {"bicubic": soft, "painted": painted["residual diffusion"][0], "workflow": by_workflow}
for name, picture in PORTRAITS.items():
    lab.figure(
        f"portrait-{name}",
        picture,
        caption=CAPTION[name],
        alt=f"A girl in a red coat at twelve times the size of the drawing: {SEEN[name]}.",
        partner="portrait-painted" if name == "bicubic" else "portrait-bicubic",
        weights={"painted": residual, "workflow": hosted}.get(name),
    )

# %% [markdown]
# ## What changes with the seed was invented
#
# Each row of three below was painted from the same enlargement with the same network; only the noise differs. The map
# shows where all pictures differ: the darker, the more.

# %%
import numpy as np
from lab import agreement, textures

FACE = (slice(108, 252), slice(114, 258)) if full else (slice(0, 96), slice(0, 96))


def piece(picture):
    """Return the face, each pixel as four."""
    return drawing.magnified(picture[FACE], 2)


def differing(pictures):
    """Return a map of where pictures differ, (H, W, 3): white where not at all, black from 64 greys on."""
    dark = textures.as_picture(255 - 4 * agreement.spread(pictures))
    return drawing.magnified(resize(dark, len(dark) // 4, dark.shape[1] // 4, "box"), 4)


for way, pictures in painted.items():
    above = {"truth": truth, "bicubic": soft, "where seeds differ": differing(pictures)}
    below = {f"seed {i}": picture for i, picture in enumerate(pictures, start=1)}
    lab.figure(
        f"seeds-{way.replace(' ', '-')}",
        drawing.sheet([{label: piece(picture) for label, picture in row.items()} for row in (above, below)]),
        caption=f"{way.capitalize()}, {len(SEEDS)} seeds, with a map of where they differ.",
        alt="Six crops of a painted face: the truth, a soft enlargement, a map, and three paintings.",
        weights=NETWORK[way],
    )

# %% [markdown]
# How much of a picture is that? It is taken apart into waves, from broad to fine. The tiny drawing can hold upright and
# level waves down to two of its pixels, which are 24 of the large picture. Shorter ones are *fine* here, and those at
# least twice as long are *broad*. A part of their power is the same for all seeds, and the rest changes.

# %%
from itertools import combinations
from statistics import mean

from lab.metrics import psnr

WAVES = {"fine": (24, 2), "broad": (np.inf, 48)}  # longest and shortest, pixels of the large picture
for way, pictures in painted.items():
    short = way.replace(" ", "_")
    alike = mean(psnr(a, b) for a, b in combinations(pictures, 2))
    lab.result(f"psnr_between_seeds_{short}", alike, "psnr", f"{way.capitalize()}: two seeds, mean of all pairs.")
    for name, ends in WAVES.items():
        says = f"{way.capitalize()}: share of the power of {name} waves that"
        moved = agreement.changed(pictures, *ends)
        lab.result(f"changed_{name}_{short}", 100 * min(1, moved), "percent", f"{says} changes with the seed.")
        missed = mean(agreement.changed([picture, truth], *ends) for picture in pictures)
        lab.result(f"missed_{name}_{short}", 100 * min(1, missed), "percent", f"{says} differs from the truth.")

# %%
fineness = (np.arange(textures.RINGS) + 0.5) / (2 * textures.RINGS)  # waves per pixel
plot, panels = drawing.plot(8.4, 3.6, columns=2)
thin = {"markersize": 4, "linewidth": 1.5}
for axes, (way, pictures) in zip(panels, painted.items(), strict=True):
    with_truth = np.mean([agreement.shared([picture, truth]) for picture in pictures], axis=0)
    plain = agreement.shared([soft, truth])
    axes.plot(fineness, agreement.shared(pictures), label="one seed and another", **thin)
    axes.plot(fineness, with_truth, label="a seed and the truth", **thin)
    axes.plot(fineness, plain, label="bicubic and the truth", color=drawing.style.GREY, marker="")
    axes.axvline(1 / 24, color=drawing.style.GREY, linewidth=1)
    axes.set(title=way.capitalize(), xlabel="pixels per wave", xscale="log", ylim=(-0.05, 1.05))
    axes.set_xticks([1 / 64, 1 / 24, 1 / 12, 1 / 6, 1 / 3], ["64", "24", "12", "6", "3"])
    axes.minorticks_off()
panels[0].set(ylabel="share of power in common")
panels[1].legend(fontsize=9)

# %%
lab.figure(
    "agreement",
    plot,
    caption="How much of their waves pictures have in common; the upright line stands at two pixels of the drawing. "
    + RESIDUAL,
    alt="Two plots of three curves each that fall from near 1 for broad waves to near 0 right of the upright line"
    + (
        "; image to image falls sooner, and there seeds have up to a quarter in common at waves of about four pixels."
        if hosted.smaller
        else "."
    ),
    weights=hosted,
)

# %% [markdown]
# Image to image shares one thing between seeds that is neither in the drawing nor in the truth: waves of about four
# pixels, as wide as one place of its latents. It is a grid that the small autoencoder leaves behind. What seeds have in
# common need not come from the drawing; it may come from the network.

# %% [markdown]
# ## How much noise?
#
# Image to image has one dial, its strength. Made twelve times smaller again, a faithful outcome becomes the drawing
# that it was made from. Anybody can check that, without knowing the truth. The yardstick is the same girl, painted
# again by the same rule with other strokes: she was not made from the drawing at all. What agrees with it less than she
# does fails here.
#
# So ours fails at every strength. Its autoencoder learned for minutes and has lost most colours: yellow comes back
# pink, and even the truth, sent through it alone, falls short of the yardstick. What its UNet paints is
# mottled, and no brushwork. It shows what the dial does: from 0.2 to full strength less and less of the drawing is
# left. It says nothing about the official weights.


# %%
def back(picture):
    """Return a picture made twelve times smaller."""
    return shrunk(picture, 12)[1]


for strength, pictures in sweep.items():
    name = f"strength_{100 * strength:.0f}"
    says = f"Image to image at strength {strength}: mean of {len(pictures)} seeds."
    lab.result(f"psnr_{name}", mean(psnr(p, truth) for p in pictures), "psnr", says)
    lab.result(f"shrunk_back_{name}", mean(psnr(back(p), small) for p in pictures), "psnr", f"Shrunk back. {says}")
    ratio = mean(textures.contrast_ratio(p, truth) for p in pictures)
    lab.result(f"contrast_ratio_{name}", ratio, "contrast_ratio", says)
    moved = 100 * min(1, agreement.changed(pictures, *WAVES["broad"]))
    lab.result(f"changed_broad_{name}", moved, "percent", f"Broad waves that change with the seed. {says}")

# %%
ceiling = to_picture(stable_diffusion.repaint(hosted, to_tensor(truth.copy()), WORDS, 0.0))
says = "The truth itself, made a latent and back, nothing repainted."
lab.result("psnr_autoencoder", psnr(ceiling, truth), "psnr", says)
lab.result("contrast_ratio_autoencoder", textures.contrast_ratio(ceiling, truth), "contrast_ratio", says)
lab.result("shrunk_back_autoencoder", psnr(back(ceiling), small), "psnr", f"Shrunk back. {says}")
crops = {"bicubic": piece(soft), "truth, autoencoder alone": piece(ceiling)}
crops |= {f"strength {s}": piece(sweep[s][0]) for s in sweep}
lab.figure(
    "strengths",
    drawing.sheet([{label: crops[label] for label in list(crops)[i : i + 3]} for i in range(0, len(crops), 3)]),
    caption="One bicubic enlargement, and what image to image makes of it with more and more noise. Second, what the "
    "autoencoder alone makes of the truth, with nothing painted.",
    alt="Six crops of the face: soft with bicubic; the truth in pink and without yellow; then pink mottle in which "
    "ever less of the face is left; at last none."
    if hosted.smaller
    else "Six crops of the face: soft with bicubic, the truth through the autoencoder, then repainted four times.",
    weights=hosted,
)

# %% [markdown]
# ## Sharp, textured and faithful are three claims
#
# *Faithful*: close to the truth pixel by pixel (PSNR), or at least to the drawing when shrunk back. *Textured*: waves
# are as strong as in the truth (spectrum distance), and each kind of neighbourhood is as frequent (pattern distance:
# which of the eight pixels around one are brighter). *Sharp*: neighbouring pixels differ as much as in the truth
# (contrast ratio, from the co-occurrence matrix).
#
# Two rows are no outcome of a program that paints. One is the mean of all pictures from residual diffusion. The other
# is painted again by the rule of the truth, with other strokes, as by a painter who knows everything but how each
# bristle ran.

# %%
SQUARE = (slice(48, 432), slice(0, 384)) if full else (slice(0, 96), slice(0, 96))
MEASURES = {
    "psnr": ("PSNR, dB", lambda made: psnr(made, truth)),
    "shrunk_back": ("shrunk back, dB", lambda made: psnr(back(made), small)),
    "spectrum_distance": ("spectrum, dB apart", lambda made: textures.spectrum_distance(made[SQUARE], truth[SQUARE])),
    "pattern_distance": ("patterns apart", lambda made: textures.pattern_distance(made, truth)),
    "contrast_ratio": ("contrast ratio", lambda made: textures.contrast_ratio(made, truth)),
}
average = np.mean(painted["residual diffusion"], axis=0).round().astype(np.uint8)
STAND_INS = {"bicubic": [soft], "mean of the seeds": [average], **painted, "the workflow": [by_workflow]}
STAND_INS |= {"full strength": sweep[1.0], "painted again": [painting.portrait(seed=13)[part]]}
score = {
    (way, name): mean(compute(picture) for picture in pictures)
    for way, pictures in STAND_INS.items()
    for name, (_, compute) in MEASURES.items()
}

# %%
for (way, name), value in score.items():
    shrunken = name == "shrunk_back"
    metric, how = ("psnr", "shrunk back, against the drawing") if shrunken else (name, "against the truth")
    count = len(STAND_INS[way])
    says = f"{way.capitalize()}, {how}" + (f": mean of {count}." if count > 1 else ".")
    lab.result(f"{name}_{way.replace(' ', '_')}", value, metric, says)
says = "The question's workflow minus bicubic alone, on a painted portrait made 12 times smaller."
lab.result("gain_workflow", score["the workflow", "psnr"] - score["bicubic", "psnr"], "psnr_gain", says)
rows = [[way, *(f"{score[way, name]:.3g}" for name in MEASURES)] for way in STAND_INS]
drawing.Table(["", *(title for title, _ in MEASURES.values())], rows)

# %%
from lab.cards import carded

DIGITS = {"psnr": "{:.1f} dB", "shrunk_back": "{:.1f} dB", "spectrum_distance": "{:.1f} dB apart"}
DIGITS |= {"pattern_distance": "{:.4f} apart", "contrast_ratio": "{:.2f} ×"}
LABELS = {"psnr": "PSNR", "shrunk_back": "shrunk back", "spectrum_distance": "spectrum", "pattern_distance": "patterns"}
LABELS |= {"contrast_ratio": "contrast"}
ORDER = ("bicubic", "mean of the seeds", "residual diffusion", "the workflow", "full strength", "painted again")


def with_scores(way):
    """Return the face, with the scores of the whole picture below it."""
    lines = {LABELS[name]: DIGITS[name].format(score[way, name]) for name in MEASURES}
    return carded(piece(STAND_INS[way][0]), lines)


lab.figure(
    "three-claims",
    drawing.sheet([{way: with_scores(way) for way in ORDER[i : i + 3]} for i in (0, 3)]),
    caption="Six stand-ins for the painting, with the scores of each whole picture. " + RESIDUAL,
    alt="Six crops of the face, each with five scores: soft; feathery and soft; feathery and crisp; two "
    + ("of pink and red mottle" if hosted.smaller else "repainted image to image")
    + "; and one in other strokes of the painter's own.",
    weights=hosted,
)

# %% [markdown]
# ## The check at home
#
# Shrinking the outcome back tells an enlargement from another picture: bicubic and residual diffusion agree with the
# drawing better than the girl painted again, the workflow and full strength do worse. The check is needed and not
# enough, for residual diffusion passes it with strokes that it invented.


# %%
def mosaic(picture):
    """Return a tiny picture, each pixel as a square, about 220 pixels wide."""
    return drawing.magnified(picture, 224 // picture.shape[1])


shown = {"the drawing": small} | {way: back(STAND_INS[way][0]) for way in (*ORDER[:1], *ORDER[2:])}
lab.figure(
    "shrunk-back",
    drawing.sheet([{way: mosaic(shown[way]) for way in list(shown)[i : i + 3]} for i in (0, 3)]),
    caption="Outcomes made twelve times smaller again, beside the drawing that they were made from.",
    alt="Six mosaics: four look like the drawing of the girl; "
    + (
        "the workflow's is pink and green, with her outline; the one at full strength is red mottle."
        if hosted.smaller
        else "two are of what was repainted image to image, by the workflow and at full strength."
    ),
    weights=hosted,
)

# %% [markdown]
# ## The network at its published size
#
# Stable Diffusion's UNet has far more learned numbers than the small one. Its form decides what a step costs, whatever
# its weights. So one step is run at 512 × 512 pixels, with weights at random unless the official ones are there. For a
# drawing of 128 × 128 pixels the workflow takes 20 steps at 512 × 512 and 15 at 1536 × 1536, each with and without the
# words. That is computed from the one step, not run: time by counting multiplications, memory by pixels, for attention
# never writes its weights down here. The autoencoder is left out.

# %%
import torch
from lab import full_size, unet_step
from models.stable_diffusion import UNET

SIZE = 512 if full else 64
sizes = UNET if full else UNET | {"block_out_channels": (32, 64, 64, 64), "norm_num_groups": 8}
official = hosted.origin == "official"
unet = hosted.network.unet if official else unet_step.built(False, place, torch.float32, sizes)
lab.result("parameters_unet", sum(p.numel() for p in unet.parameters()), "parameters", "Stable Diffusion's UNet.")
work = {side: unet_step.operations(False, side, sizes) for side in (SIZE, 3 * SIZE)}
jobs = {
    name: full_size.Job(name, f"one step at {n}x{n} pixels", work[n], n**2, (1, 4, n // 8, n // 8))
    for name, n in (("step", SIZE), ("large_step", 3 * SIZE))
}
spent = full_size.record_pass(
    "Stable Diffusion's UNet", unet_step.step_of(unet, SIZE), place, jobs["step"], jobs["large_step"]
)

# %%
whole = 2 * (20 * work[SIZE] + 15 * work[3 * SIZE])
says = f"All {2 * (20 + 15)} passes of the workflow"
lab.result("gmacs_workflow", whole, "gmacs", f"{says}, counted.")
seconds = spent.seconds * whole / work[SIZE]
lab.result("seconds_workflow", seconds, "seconds", f"{says}, scaled by operations, not run.", kind="measured")
saved = work[3 * SIZE] / unet_step.operations(True, 3 * SIZE, sizes)
says = f"One step at {3 * SIZE}x{3 * SIZE} pixels: softmax's multiplications as a multiple of LinFusion's."
lab.result("gmacs_saved_by_linfusion", saved, "ratio", says)

# %% [markdown]
# ## What to take from this
#
# - **Painted, not recovered.** With residual diffusion nearly everything finer than two pixels of the drawing changes
#   with the seed, and differs as much from the truth. What is broad stays, and is right.
# - **Faithful is not textured.** Pixel by pixel the plain enlargement is closest to the truth, closer than the same
#   figure painted again by the very rule of the truth. By waves, patterns and contrast it is far away.
# - **The mean gives the strokes up.** The average of several seeds is closer to the truth, and softer, than each.
# - **A check is not a proof.** Shrunk back, residual diffusion agrees with the drawing, and its strokes are invented.
# - **It takes training.** Two small networks learned for minutes and drew one portrait. One was shown just this job and
#   paints feathery strokes; the other, image to image, failed, even with the better of two starts of its autoencoder.
#
# Not tested here: the official weights, words, and drawings of the size for which the workflow was made.
