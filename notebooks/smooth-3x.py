# %% [markdown]
# # A twentieth of the work brings half of the gain, and the last half of the work a tenth of it
#
# A compact network is one that was cut where the cut costs little. To find that place one draws a curve: how much work
# is kept, and how much quality. MSSNet takes the blur of a moving camera out of photographs, and it can be cut in two
# ways: it can be made narrower, and it can be stopped early. Both are tried here on small networks of its design, with
# photographs whose sharp original is known.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## One design in two widths
#
# The official weights are called RealBlur-J. If their file is at hand, it draws the pictures of the question's
# workflow. Otherwise the wider of two small networks stands in. Both had the same lesson, photographs that were shaken
# here, for as many steps. They differ in how many numbers they keep for each place of the picture: at the finest level
# one has 8 of these channels, the other 12.

# %%
import torch
from lab import device as places
from lab import drawing, weights
from lab.designs import mssnet

places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
design = mssnet.design("realblurj")
LESSON = "mssnet-shaken-photographs"
WIDTHS = {8: f"{LESSON}-narrow", 12: LESSON}  # channels at the finest level
WIDE = max(WIDTHS)
hosted = weights.load(design, LESSON, place)
networks = {width: weights.load(design, lesson, place, official=False) for width, lesson in WIDTHS.items()}
print({file.file: lab.record.origin(file) for file in (hosted, *networks.values())})

# %% [markdown]
# What each cut saves can be counted without running anything. The network works in six stages: one at a quarter of the
# width and height, two at half, three at the whole. After each of them it can hand out a picture. The last three see
# four times as many places as the two before them, and sixteen times as many as the first; most of the work is theirs.

# %%
from lab import stages
from models.mssnet import STAGES, MSSNet

PHOTO = (720, 1280)  # pixels: a small photo, before it is enlarged
work = {
    width: stages.gmacs_of_each(lambda config=each.network.config: MSSNet(config), *PHOTO)
    for width, each in networks.items()
}
whole = work[WIDE][-1]
share = {(width, k + 1): 100 * work[width][k] / whole for width in work for k in range(STAGES)}
for width, each in networks.items():
    count = sum(p.numel() for p in each.network.parameters())
    lab.result(f"parameters_{width}", count, "parameters", f"Learned numbers of the network with {width} channels.")
    says = f"A photo of 1280x720 pixels through all six stages of the network with {width} channels, counted."
    lab.result(f"gmacs_{width}", work[width][-1], "gmacs", says)
rows = [[width, *(share[width, stage] for stage in range(1, STAGES + 1))] for width in work]
drawing.Table(["channels: share of all the work, in %", *(f"up to stage {k + 1}" for k in range(STAGES))], rows)

# %% [markdown]
# ## The question's own workflow, executed
#
# A photograph of a cup, which was in no lesson, is made three times smaller, and the small photo is shaken along a line
# of 5 pixels. The workflow of the question lets MSSNet take the shake out and then enlarges by 3 with bicubic resizing.
# Beside it stand bicubic alone, and what bicubic makes of the photo that was never shaken: no network that only takes
# out shake can do better than that.

# %%
import numpy as np
from lab import data, workflow
from lab.blur import shaken
from lab.metrics import psnr
from lab.resize import resize, shrunk
from lab.tensors import to_picture, to_tensor

TIMES = 3
rng = np.random.default_rng(seed)
view = (slice(None), slice(None)) if full else (slice(60, 240), slice(120, 330))
photo, still = shrunk(data.photograph("coffee")[view], TIMES)
small = shaken(still, 5, 30, rng)


def deblur_step(image):
    """Take a picture and give it back, without its shake, at its size."""
    return mssnet.deblurred(hosted, image)


# %%
steps = {"deblur-mssnet-realblurj": workflow.Network(deblur_step, hosted)}
outputs = workflow.run("smooth-3x", {"photo": to_tensor(small)}, steps, place)
enlarged = {
    "bicubic": resize(small, *photo.shape[:2]),
    "mssnet": to_picture(outputs["large"]),
    "unshaken": resize(still, *photo.shape[:2]),
}
ABOUT = {
    "bicubic": "the shaken photo enlarged by 3 with bicubic resizing",
    "mssnet": "the question's workflow: MSSNet takes the shake out, then the same enlargement",
    "unshaken": "the photo without any shake, enlarged in the same way",
}
for way, picture in enlarged.items():
    lab.result(f"psnr_cup_{way}", psnr(picture, photo, 8 * TIMES), "psnr", f"A cup: {ABOUT[way]}.")

# %%
seen = {"bicubic": "rim and spoon smeared slantwise"}
seen["mssnet"] = "rim and spoon a little clearer" if hosted.smaller else "after MSSNet"  # seen on the small one alone
for way in seen:
    lab.figure(
        f"photo-x3-{way}",
        enlarged[way],
        caption=f"{ABOUT[way].capitalize()}.".replace("mssnet", "MSSNet"),
        alt=f"A cup of coffee with a spoon on a wooden table, {seen[way]}.",
        partner={"bicubic": "photo-x3-mssnet", "mssnet": "photo-x3-bicubic"}[way],
        weights=hosted if way == "mssnet" else None,
    )

# %% [markdown]
# ## Width and stages: the curve
#
# Three photographs that were in no lesson are made three times smaller and shaken, by 3 to 9 pixels and in three
# directions. Each network takes the shake out, and is asked for its picture after every stage. The score is the gain in
# PSNR over the shaken photo as it is: three decibels more mean half the squared error. It is taken at the photo's own
# size, and once more after enlarging by 3, which is what the question asks for. What the first stage hands out is half
# as large, and is enlarged by bicubic to be compared at all.

# %%
from statistics import mean

PHOTOGRAPHS = (*data.TESTED, "coins") if full else data.TESTED[:1]
LENGTHS = (3, 5, 7, 9) if full else (5,)  # pixels that the camera moves
ANGLES = (20, 80, 140) if full else (20,)
TRIALS = [(name, length, angle) for name in PHOTOGRAPHS for length in LENGTHS for angle in ANGLES]


def tried(name, length, angle, nets=networks):
    """Shake a small photo; return the PSNR of it and of each cut, at its own size and enlarged by 3."""
    large, still = shrunk(data.photograph(name), TIMES)
    given = shaken(still, length, angle, rng)
    made = {"given": given}
    for width, net in nets.items():
        made |= {(width, k + 1): picture for k, picture in enumerate(stages.after_each(net, given))}
    own = {cut: psnr(picture, still, 8) for cut, picture in made.items()}
    after = {cut: psnr(resize(made[cut], *large.shape[:2]), large, 8 * TIMES) for cut in made}
    return own, after


scores = {trial: tried(*trial) for trial in TRIALS}


# %%
def gains(where, length=None):
    """Return the mean gain of each cut over the shaken photo, at its own size (0) or enlarged (1)."""
    seen = [score[where] for (_, pixels, _), score in scores.items() if length in (None, pixels)]
    return {cut: mean(each[cut] - each["given"] for each in seen) for cut in share}


gain, gain_large = gains(0), gains(1)
SHAKES = f"{len(TRIALS)} shakes of {len(PHOTOGRAPHS)} photographs"
for where, name in ((0, "shaken"), (1, "shaken_x3")):
    value = mean(score[where]["given"] for score in scores.values())
    lab.result(f"psnr_{name}", value, "psnr", f"{SHAKES}{', enlarged by 3' * where}: mean.")
for (width, stage), value in gain.items():
    what = f"{SHAKES}, after {stage} of six stages of the network with {width} channels"
    if stage > 1:
        lab.result(f"gain_{width}_{stage}", value, "psnr_gain", f"{what}: mean gain.")
        says = f"{what}, enlarged by 3, minus bicubic alone: mean."
        lab.result(f"gain_x3_{width}_{stage}", gain_large[width, stage], "psnr_gain", says)
rows = [[width, *(gain[width, stage] for stage in range(1, STAGES + 1))] for width in networks]
drawing.Table(["gain in dB", *(f"stage {k + 1}" for k in range(STAGES))], rows)

# %%
from lab import cost_curve

points = {cut: (share[cut], gain[cut]) for cut in share}
for part in (50, 75, 90):
    width, stage = cost_curve.cheapest(points, part / 100)
    says = f"Least work with {part} % of the most gain, as a share of all work: {width} channels, up to stage {stage}."
    lab.result(f"work_for_{part}", share[width, stage], "percent", says)
first, last = min(WIDTHS), max(WIDTHS)
says = f"All six stages with {first} channels, as a share of the work with {last}."
lab.result(f"work_{first}", share[first, STAGES], "percent", says)
for stage in range(1, STAGES):
    says = f"Work up to stage {stage} with {WIDE} channels, as a share of that of all six."
    lab.result(f"work_to_{stage}", share[WIDE, stage], "percent", says)
ahead = 100 * mean(own[last, STAGES] > own[first, STAGES] for own, _ in scores.values())
says = f"Of {SHAKES}: those after which {last} channels gain more than {first}, six stages."
lab.result("ahead", ahead, "percent", says)
print("better than all that is cheaper:", cost_curve.frontier(points))

# %%
VIEWS = {"At the photo's own size": gain, "After enlarging by 3": gain_large}
plot, panels = drawing.plot(7.8, 3.8, columns=2)
for axes, (title, gained) in zip(panels, VIEWS.items(), strict=True):
    for width in networks:
        cuts = [(width, stage) for stage in range(2, STAGES + 1)]
        axes.plot([share[cut] for cut in cuts], [gained[cut] for cut in cuts], label=f"{width} channels")
    axes.set_xscale("log")
    axes.set_xticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"])
    axes.minorticks_off()
    axes.set(title=title, xlabel=f"work, % of {WIDE} channels, six stages", ylim=(0, 1.1 * gain[WIDE, STAGES]))
panels[0].set(ylabel="gain over the shaken photo, dB")
legend = panels[0].legend(loc="lower right")

# %%
lab.figure(
    "cost-and-quality",
    plot,
    caption="Gain over the shaken photo against the work, on a logarithmic scale. Each curve is one width; its markers "
    "are the pictures after stages two to six, from left to right.",
    alt="Two plots with two curves each: nearly flat from the first marker to the second, steep to the third, then "
    "rising gently; on the right half as high.",
    weights=networks[WIDE],
)

# %% [markdown]
# The curve is steep, and then flat; the drawing begins behind the first steep part. With 8 channels and two stages less
# than a twentieth of the work is done, and half of the most gain is there. Less than half of the work brings nine
# tenths of it.
#
# It does not bend once; it climbs in steps. The third stage works at half size as the second does, and adds next to
# nothing. The fourth is the first to work at full size, and adds much; the last two add little. Either way of cutting
# will do: all six stages with 8 channels take about as much work as four with 12, and gain about as much.
#
# Enlarging hides half of it: after bicubic resizing by 3, what the networks gain is half as much, and so is what a cut
# loses.
#
# All this is little: a bit more than a decibel, from networks that are small and were taught briefly. Each was taught
# once; how far another lesson would move these numbers was not tried, so small differences may be chance.

# %% [markdown]
# ## How far to cut depends on the photo
#
# How much the late stages bring is not the same for every shake. Here the gain of the wider network is drawn after each
# stage, as a share of its gain after all six, for each length of the movement. A photo that was not shaken has nothing
# to gain. For it the table tells how far each stage takes it away from the truth.

# %%
by_length = {length: gains(0, length) for length in LENGTHS}
AFTER = range(2, STAGES + 1)
plot, (axes,) = drawing.plot(7.2, 3.6)
for length, each in by_length.items():
    kept = {stage: 100 * each[WIDE, stage] / each[WIDE, STAGES] for stage in AFTER}
    axes.plot([share[WIDE, stage] for stage in AFTER], list(kept.values()), label=f"{length} pixels")
    for stage in (2, 4):
        says = f"Gain up to stage {stage} with {WIDE} channels, as a share of all six, moved by {length} pixels."
        lab.result(f"kept_{length}px_{stage}", kept[stage], "relative", says)
axes.axhline(100, color=drawing.style.INK, linewidth=1, linestyle=":")
axes.set(title="Gain kept, in % of the gain after all stages", xlabel="work, % of six stages", ylim=(0, 125))
axes.legend(loc="lower right", title="moved by")
lab.figure(
    "by-shake",
    plot,
    caption="Share of the gain that is there after stages two to six, by how far the camera moved.",
    alt="Four curves from three fifths up to all of the gain; the one for 3 pixels is there after the fourth stage.",
    weights=networks[WIDE],
)

# %%
unshaken = [shrunk(data.photograph(name), TIMES)[1] for name in PHOTOGRAPHS]
harmed = {width: [[] for _ in range(STAGES)] for width in networks}
for width, net in networks.items():
    for picture in unshaken:
        for k, made in enumerate(stages.after_each(net, picture)):
            harmed[width][k].append(psnr(made, picture, 8))
for width in networks:
    for stage in (2, STAGES):
        says = f"{len(unshaken)} photos that were not shaken, after stage {stage} with {width} channels: mean."
        lab.result(f"psnr_unshaken_{width}_{stage}", mean(harmed[width][stage - 1]), "psnr", says)
rows = [[width, *(mean(each) for each in harmed[width][1:])] for width in networks]
drawing.Table(["PSNR in dB, not shaken", *(f"stage {k + 1}" for k in range(1, STAGES))], rows)

# %% [markdown]
# Two stages bring about three fifths of the gain, however far the camera moved. For the shortest movement the fourth
# stage completes it; for longer ones the last two still add something. Where nothing was shaken the order is turned
# round: the more work, the more harm. There was no sharp photo in the lessons, and for one the best cut is to leave the
# network out.

# %% [markdown]
# ## What a cut looks like
#
# Between the cheapest of these cuts and the whole network a difference is hard to see. That between all of them and the
# photo without shake is plain.

# %%
large, still = shrunk(data.photograph("chelsea"), TIMES)
given = shaken(still, 5, 30, rng)
after = {width: stages.after_each(net, given) for width, net in networks.items()}
cuts = [(w, k) for k in (2, STAGES) for w in networks]
made = {f"{w} channels, to stage {k}: {share[w, k]:.0f} % of the work": after[w][k - 1] for w, k in cuts}
shown = {"shaken": given} | made | {"not shaken": still}
big = {label: resize(picture, *large.shape[:2]) for label, picture in shown.items()}
crops = [(label, drawing.magnified(picture[30:210, 120:330], 2)) for label, picture in big.items()]
lab.figure(
    "what-is-lost",
    drawing.sheet([dict(crops[:2]), dict(crops[2:4]), dict(crops[4:])]),
    caption="A cat's face, shaken by 5 pixels, after the whole network and three cuts of it, then enlarged by 3 with "
    "bicubic resizing.",
    alt="A cat's eyes and brow in six panels: smeared when shaken; in four a little clearer and nearly alike; sharp "
    "when not shaken.",
    weights=networks[WIDE],
)

# %% [markdown]
# ## Fewer bits: less to store, as much to do
#
# There is a third cut, which saves no work: each learned number can be stored in fewer bits. The numbers that belong to
# one channel are rounded to evenly spaced levels, and nothing is taught again. The photos that were shaken by 5 pixels
# are the test.

# %%
from lab import fewer_bits

BITS = (8, 7, 6, 5, 4, 3) if full else (8, 4)
coarse = {bits: fewer_bits.in_bits(networks[WIDE], bits) for bits in BITS}
some = [trial for trial in TRIALS if trial[1] == 5]
by_bits = {bits: [] for bits in (16, *BITS)}
for trial in some:
    own, _ = tried(*trial, nets={16: networks[WIDE], **coarse})
    for bits, values in by_bits.items():
        values.append(own[bits, STAGES] - own["given"])
kept_bits = {bits: mean(values) for bits, values in by_bits.items()}
size = {bits: fewer_bits.megabytes(networks[WIDE].network, bits) for bits in by_bits}
for bits, value in kept_bits.items():
    says = f"{WIDE} channels, learned numbers in {bits} bits, {len(some)} shakes by 5 pixels: mean gain."
    lab.result(f"gain_bits_{bits}", value, "psnr_gain", says)
    if bits in (16, 5):
        says = f"Learned numbers of the network with {WIDE} channels, in {bits} bits."
        lab.result(f"megabytes_bits_{bits}", size[bits], "megabytes", says)

# %%
plot, (axes,) = drawing.plot(7.2, 3.4)
axes.plot(list(kept_bits), list(kept_bits.values()))
axes.set_xscale("log", base=2)
axes.set_xticks(list(kept_bits), list(map(str, kept_bits)))
axes.minorticks_off()
axes.set(title="Gain over the shaken photo, in dB", xlabel="bits for each learned number", ylim=(0, None))
lab.figure(
    "fewer-bits",
    plot,
    caption="Gain of the network with 12 channels by the bits in which it keeps each learned number.",
    alt="A curve that is flat from 16 bits down to 5, a little lower at 4, and half as high at 3.",
    weights=networks[WIDE],
)

# %% [markdown]
# Down to 5 bits next to nothing is lost, 4 bits cost a little, and 3 bits half of the gain. But what it saves is room:
# the network computes as before, with numbers that have fewer values.

# %% [markdown]
# ## The same curve in two other fields
#
# LightGaussian cuts scenes that are made of many small Gaussians, and Point Transformer V3 lets each point attend to a
# patch of points instead of all. Notebooks of their own draw those curves on small stand-ins; what follows is read from
# their runs. Gaussians are dropped at once, with nothing learned since: those of least significance, or as many at
# random. For the small file of that run three quarters were dropped, by significance. What was left learned again, then
# with shorter colours, and last its numbers were stored in fewer bits and shared; each of these steps has a point, and
# the last one alone is quantisation. Zero is the whole scene as it was. (Had it learned on as well, it would be a
# little better.) Patches are cut from the points in their order along a curve, or in the plain order of one coordinate;
# what is lost are true neighbours that a patch leaves out. With the length of patches the work of attention grows in
# proportion.
#
# The three costs are different things, and so are the three losses. Only the shapes can be compared.

# %%
scene = lab.read("lightgaussian.psnr_whole")
dropped = {
    how: {100: 0.0} | {100 - n: scene - lab.read(f"lightgaussian.psnr_{n}_at_once_{how}") for n in (40, 66, 75, 85)}
    for how in ("code", "random")
}
FILE = ("75_recovered", "distilled", "small")  # learned again, shorter colours, fewer bits
file = {
    100 / lab.read(f"lightgaussian.size_ratio_{step}"): scene - lab.read(f"lightgaussian.psnr_{step}") for step in FILE
}  # percent of the bytes: dB
*_, shorter, fewer = file
says = "Gaussians, three quarters dropped, learned again, shorter colours: their bytes"
lab.result("bytes_by_quantisation", 100 * fewer / shorter, "relative", f"{says} once quantised, as a share of before.")
says = "The same Gaussians once quantised, minus before."
lab.result("gain_by_quantisation", file[shorter] - file[fewer], "psnr_gain", says)

# %%
LONGEST, PATCHES = 4096, (16, 64, 128, 256, 1024, 4096)
best = lab.read("point-transformer-v3.shared_4096_z")
left_out = {
    order: {100 * n / LONGEST: best - lab.read(f"point-transformer-v3.shared_{n}_{order}") for n in PATCHES}
    for order in ("z", "by_x")
}
lost = {cut: gain_large[WIDE, STAGES] - gain_large[cut] for cut in gain_large if cut[1] > 1}

# %%
plot, panels = drawing.plot(10.2, 4.0, columns=3)
for width in networks:
    cuts = [cut for cut in lost if cut[0] == width]
    panels[0].plot([share[cut] for cut in cuts], [lost[cut] for cut in cuts], label=f"{width} channels")
nothing = {"color": drawing.style.GREY, "linewidth": 1.5, "linestyle": "--", "marker": ""}
panels[0].axhline(gain_large[WIDE, STAGES], label="no network", **nothing)
for how, label in (("code", "least significant first"), ("random", "at random")):
    panels[1].plot(list(dropped[how]), list(dropped[how].values()), label=label)
panels[1].plot(list(file)[:-1], list(file.values())[:-1], label="a quarter left, learned again")
panels[1].plot([shorter, fewer], [file[shorter], file[fewer]], label="the same, then quantised")
for order, label in (("z", "along a curve"), ("by_x", "by one coordinate")):
    panels[2].plot(list(left_out[order]), list(left_out[order].values()), label=label)

# %%
TITLES = ("MSSNet, enlarged by 3", "Gaussians, pruned, quantised", "Points, in patches")
COSTS = ("work kept, %", "Gaussians or bytes kept, %", "patch kept, % of the longest")
LOSSES = ("dB lost", "dB lost", "% of neighbours lost")
for axes, title, kept, loss in zip(panels, TITLES, COSTS, LOSSES, strict=True):
    axes.set(title=title, xlabel=kept, ylabel=loss, xscale="log", ylim=(0, None))
    axes.legend(fontsize=8)
panels[1].set_ylim(top=1.5 * max(dropped["random"].values()))  # room for its legend
TICKS = ((2, 5, 10, 20, 50, 100), (6, 15, 25, 60, 100), (0.4, 1.6, 6, 25, 100))
for axes, ticks in zip(panels, TICKS, strict=True):
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()

# %%
lab.figure(
    "three-cuts",
    plot,
    caption="Quality lost against the share of the cost that is kept, in three fields, each beside a plain way: no "
    "network, Gaussians dropped at random, points in the order of one coordinate. Small stand-ins in all three.",
    alt="Three plots of falling curves on logarithmic scales: MSSNet's in steps, from half of what it gains to "
    "nothing; the Gaussians' steeply all the way, above it the one at random, below it one that is nearly level, its "
    "quantised end far to the left; the points' early to nearly nothing.",
    weights=networks[WIDE],
)

# %% [markdown]
# Two of the curves bend. Half of MSSNet's work loses about a tenth of what it gains, and a quarter of the longest patch
# five neighbours in a hundred. The Gaussians' curve does not bend: what is dropped at once is missed at once. There it
# is learning again that helps. After it the curve is nearly level: storing in fewer bits leaves little more than a
# third of the bytes and costs a tenth of a decibel. So the small file keeps a sixteenth of all bytes, and has lost less
# quality than the third of the Gaussians alone, which nobody taught again. But bytes are not work: how fast it is
# drawn, its own notebook tells.
#
# What is cut counts for more than how much. A third of the Gaussians, chosen well, is better than three fifths at
# random; a patch along a curve can hold more neighbours than one sixteen times as long in the order of one coordinate.

# %% [markdown]
# ## A photograph that was really shaken
#
# scikit-image ships one photograph that a moving camera really blurred, of a clock on a wall. What it should look like
# is not known, so nothing can be scored; it can only be looked at. Its shake is several times longer than those of the
# lesson. In a picture four times smaller it is about as long as the longest of them.
#
# Neither network brings the clock's hands back, at either size.

# %%
clock = data.photograph("clock")[80:228, 112:312]
quarter = shrunk(data.photograph("clock"), 4)[1][20:57, 28:78]
rows = []
for label, picture, factor in (("as it is", clock, 2), ("made four times smaller", quarter, 8)):
    made = {label: picture} | {f"{w} channels": mssnet.deblur(net, picture) for w, net in networks.items()}
    rows.append({each: drawing.magnified(made[each], factor) for each in made})
lab.figure(
    "clock",
    drawing.sheet(rows),
    caption="A clock that a moving camera blurred, at its size and made four times smaller, each of its pixels then "
    "shown as a square.",
    alt="A pale smeared disc, six times: neither network changes it much, at its size or four times smaller.",
    weights=networks[WIDE],
)

# %% [markdown]
# ## The published widths, counted, and one pass at real size
#
# MSSNet as published comes in three widths, which its repository calls small, normal and large. All are larger than
# those above. What they cost follows from their form; how well they deblur was not tried here. In all of them each
# stage has about the same share of the work as above, so stopping early saves as much; what it loses there is not
# known. The normal one is built and run once; a photo of 1280 × 720 pixels is computed from that pass, not run: its
# time by operations, its memory by pixels.

# %%
from lab import full_size
from models.mssnet import LARGE, SMALL, MSSNetConfig

PUBLISHED = {"small": SMALL, "normal": MSSNetConfig(), "large": LARGE}
rows = []
for name, config in PUBLISHED.items():
    with torch.device("meta"):  # sizes alone, no numbers
        count = sum(p.numel() for p in MSSNet(config).parameters())
    upto = stages.gmacs_of_each(lambda config=config: MSSNet(config), *PHOTO)
    what = f"MSSNet of the published size, {name}, in our faster form"
    lab.result(f"parameters_published_{name}", count, "parameters", f"{what}: learned numbers.")
    lab.result(f"gmacs_published_{name}", upto[-1], "gmacs", f"{what}, a photo of 1280x720 pixels, counted.")
    rows.append([name, f"{count:,}", upto[-1], *(100 * each / upto[-1] for each in upto[:-1])])
drawing.Table(["", "learned numbers", "GMACs", *(f"% to stage {k}" for k in range(1, STAGES))], rows)

# %%
side = 512 if full else 64
real = full_size.at_full_size(design, hosted, place)
given = torch.rand(3, side, side, generator=torch.Generator().manual_seed(seed))
print(f"weights of the published size: {lab.record.origin(real)}")
spent = full_size.record_pass(
    "MSSNet of the published size, in our faster form",
    lambda: mssnet.deblurred(real, given),
    place,
    full_size.of_one_size("one_pass", design, side, side),
    full_size.of_one_size("photo", design, *PHOTO),
)
