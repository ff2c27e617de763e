# %% [markdown]
# # A classifier can walk over a huge picture in constant memory, and may still miss what is too small
#
# To name what is in a picture of millions of pixels, a network usually shrinks it first, and what was small is gone.
# IPS, iterative patch selection, cuts the picture into patches at full resolution instead. It walks over them in small
# groups, keeps the few that its attention scores highest, and learns from those alone.
#
# The selection, and that its memory stays constant, come from an earlier work that the paper builds on. The paper asks
# when such a network still works on pictures that it was not taught on. Its answer: not if what matters takes too small
# a share of the picture, and the fewer pictures it learned from, the larger that share must be. Here the selection is
# rebuilt, and what it costs is measured. What it learns was not tried: the claim needs a training for each size of
# digits and each number of pictures, all of them 3000 × 3000 pixels large, and no such training fits into what an essay
# here may take. For that part the paper's own public logs are shown.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## Memory and time by the size of the picture
#
# A small network of the published design, with random weights, since cost does not depend on them. It keeps 16 patches
# of 32 × 32 pixels and looks at 16 more in each step. One step of teaching is done on one picture, from the patches
# that were selected, and beside it from all patches. Patches are made when they are asked for, as if read from a disk;
# a picture that lies in memory as a whole needs its own bytes besides, and they are drawn, too.

# %%
import torch
from lab import device as places
from lab import drawing, patch_memory
from lab.random_weights import AT_RANDOM
from models.ips import IPS, IPSConfig, Patches

places.seed_everything(seed)
places.device("cpu")  # every byte is counted there, whatever else there is
full = mode == "full"
KEEP = 16
small = IPSConfig(widths=(16, 32), head_width=4, inner=128, keep=KEEP, at_once=KEEP)
network = IPS(small)
SIDES = {  # pixels
    "selected": (256, 512, 1024, 2048, 3072) if full else (256, 512),
    "all": (256, 512, 1024, 2048) if full else (256, 512),
}
counts = {way: [(side // patch_memory.SIDE) ** 2 for side in each] for way, each in SIDES.items()}
growths = {way: patch_memory.measured(network, way, each) for way, each in counts.items()}

# %%
WAYS = {"selected": "from selected patches", "all": "from all patches"}
rows = []
for way, growth in growths.items():
    for what in ("megabytes", "seconds"):
        says = f"{what.capitalize()} of a step of teaching {WAYS[way]}, by the number of patches."
        lab.result(f"exponent_{what}_{way}", growth.power(what), "exponent", says, kind="measured")
    for side, megabytes, seconds in zip(SIDES[way], growth.values("megabytes"), growth.values("seconds"), strict=True):
        says = f"One step of teaching {WAYS[way]}, a picture of {side}x{side} pixels: the most held at once."
        lab.result(f"megabytes_{side}_{way}", megabytes, "megabytes", says, kind="measured")
        rows.append([f"{WAYS[way]}, {side:,} px", megabytes, seconds])
largest = max(SIDES["all"])
held = {way: dict(zip(SIDES[way], growth.values("megabytes"), strict=True)) for way, growth in growths.items()}
less = held["all"][largest] / held["selected"][largest]
says = f"Memory of a step from all patches, as a multiple of that from selected ones, {largest}x{largest} pixels."
lab.result("memory_all_to_selected", less, "ratio", says, kind="measured")
drawing.Table(["one step of teaching", "megabytes", "seconds"], rows)

# %%
plot, panels = drawing.plot(8.4, 3.8, columns=2)
for way, growth in growths.items():
    panels[0].plot(SIDES[way], growth.values("megabytes"), label=f"{WAYS[way]}: {growth.power('megabytes'):.2f}")
    panels[1].plot(SIDES[way], growth.values("seconds"), label=f"{WAYS[way]}: {growth.power('seconds'):.2f}")
whole = [4 * side**2 / 1e6 for side in SIDES["selected"]]
panels[0].plot(SIDES["selected"], whole, linestyle=":", marker="", label="the picture itself")
for axes, title in zip(panels, ("Megabytes held at once", "Seconds of one step"), strict=True):
    axes.set(xscale="log", yscale="log", title=title, xlabel="width of a square picture, px")
    axes.set_xticks(SIDES["selected"], SIDES["selected"], fontsize=9)
    axes.xaxis.minorticks_off()
    axes.legend(fontsize=8, title="power of the patches", title_fontsize=8)

# %%
faster = [
    few < every for few, every in zip(*(growths[way].values("seconds") for way in ("selected", "all")), strict=False)
]
below = [side for i, side in enumerate(SIDES["all"]) if all(faster[i:])]
lower = f"below the other from {below[0]:,} pixels on" if below else "never below the other for long"
lab.figure(
    "memory",
    plot,
    caption="What one step of teaching holds and takes, by the width of the picture, with a small network.",
    alt="Left, memory: a flat line for selected patches, steep lines for all patches and for the picture itself. "
    f"Right, time: two lines that rise with the picture, the one for selected patches {lower}.",
    weights=AT_RANDOM,
    kind="measured",
)

# %% [markdown]
# Counting says the same. At any time there are embeddings of no more patches than are kept and looked at in one step,
# and gradients for the kept ones alone. From all patches both grow with the picture.

# %%
seen = {}
for side in SIDES["all"]:
    total = (side // patch_memory.SIDE) ** 2
    patches, candidates = patch_memory.unread(total), []
    for kept in network.steps(patches, network.order(patches)):
        candidates.append(kept.scores.shape[1])
    seen[side] = max(candidates)
says = "Embeddings that are there at once while patches are selected, at most."
lab.result("embeddings_at_most", max(seen.values()), "count", says)
rows = [[f"{side:,} px", (side // patch_memory.SIDE) ** 2, most, KEEP] for side, most in seen.items()]
drawing.Table(["", "patches", "embeddings at once", "patches with gradients"], rows)

# %% [markdown]
# ## Does it keep the patches that it would keep if it saw all at once?
#
# A patch's score is a share: softmax divides it by what the other candidates get. With one head and one query the order
# of the scores is not touched by that, and the walk keeps exactly the best patches of the whole picture, in whatever
# order it goes. The published network has eight heads and four queries whose shares are averaged, and each divides by
# something else, so that a patch can lose a place early that it would have held in the end. How often? Again with
# random weights, drawn three times, so this is about the procedure and not about a taught network. How sharply a head
# points is then nobody's finding but a choice, so it is varied: queries are made longer by one factor after another.

# %%
from dataclasses import replace
from statistics import mean

DRAWN, PICTURES = (3, 10) if full else (2, 2)  # networks with random weights; pictures for each
FACTORS = (1, 2, 5, 10, 20, 60, 200) if full else (1, 20)
SHAPES = {
    "one": ({"tasks": small.tasks[:1], "heads": 1}, "one head and one query"),
    "several": ({}, "eight heads and four queries"),
}


def compared(changes, factor, drawn):
    """Return what a random network keeps either way, and the largest share a head gives to one patch, in percent."""
    torch.manual_seed(seed + drawn)
    walker = IPS(replace(small, **changes)).eval()
    with torch.no_grad():
        walker.transf.crs_attn.q.mul_(factor)
    patches = Patches.of(torch.rand(PICTURES, 144, 1, patch_memory.SIDE, patch_memory.SIDE))
    return [100 * found(walker, patches) for found in (patch_memory.in_common, patch_memory.sharpness)]


# %%
alike = {  # by shape and factor, of each network: patches kept either way, and how sharply heads point
    (name, factor): list(zip(*(compared(changes, factor, drawn) for drawn in range(DRAWN)), strict=True))
    for name, (changes, _) in SHAPES.items()
    for factor in FACTORS
}
rows = []
for (name, factor), (shares, sharp) in alike.items():
    of = f"{SHAPES[name][1]}, queries {factor} times as long: mean of {DRAWN} random networks, {PICTURES} pictures each"
    says = f"Patches kept step by step that are kept when all are scored at once, too, {of};"
    says = f"{says} from {min(shares):.1f} to {max(shares):.1f}."
    lab.result(f"in_common_{name}_{factor}", mean(shares), "percent", says)
    says = f"Largest share that a query of a head gives to one of 144 patches, mean, {of}."
    lab.result(f"sharpness_{name}_{factor}", mean(sharp), "percent", says)
    span = f"{mean(shares):.1f} ({min(shares):.1f} to {max(shares):.1f})"
    rows.append([f"{SHAPES[name][1]}, queries × {factor}", mean(sharp), span])
drawing.Table(["", "largest share of a patch, %", "kept either way, % (lowest to highest network)"], rows)

# %%
plot, (axes,) = drawing.plot(7.2, 3.4)
for name, (_, called) in SHAPES.items():
    shares = [alike[name, factor][0] for factor in FACTORS]
    (line,) = axes.plot(FACTORS, [*map(mean, shares)], label=called)
    low, high = ([*map(end, shares)] for end in (min, max))
    axes.fill_between(FACTORS, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
axes.set(title="Patches kept either way, %", xscale="log", ylim=(0, 105), xlabel="queries made longer by a factor of")
axes.set_xticks(FACTORS, FACTORS)
axes.xaxis.minorticks_off()
legend = axes.legend(fontsize=9, loc="lower left")

# %%
one, several = ([mean(alike[name, factor][0]) for factor in FACTORS] for name in SHAPES)
lab.figure(
    "kept-alike",
    plot,
    caption="How many patches a walk keeps that would be kept if all were scored at once, by how sharply heads point: "
    f"mean of {DRAWN} networks with random weights, whose queries were made longer, in a band from the lowest to the "
    "highest.",
    alt=f"Two lines: level at {one[0]:.0f} % for one head and one query; for several the line falls from "
    f"{several[0]:.0f} to {min(several):.0f} % as queries become longer, and ends at {several[-1]:.0f} %.",
    weights=AT_RANDOM,
)

# %% [markdown]
# With one head and one query everything kept is the same, however sharply it points. With several it depends on that.
# The short queries of a fresh network give all patches nearly the same share, and then nearly everything kept is the
# same. With longer ones each head favours others, so that a patch is much to one head and nothing to the next, and down
# to about two thirds is kept either way, in one of the three networks no more than half. Longer still, it becomes more
# again. Where a taught network lies was not measured; but what the walk keeps is not by definition the best of the
# whole picture.

# %% [markdown]
# ## How small is too small?
#
# This is the paper's own question, and what follows was not measured here. Its repository keeps the logs of its
# trainings, in the folder `results library`. Five digits of one size lie somewhere on a square of 3000 × 3000 pixels,
# which is cut into patches of 50 × 50; the network tells which digit is in the majority, and three things more. A digit
# of 28 pixels takes less than a ten-thousandth of the picture. Each training was done once; what is shown is its
# accuracy at the last epoch.

# %%
from lab import ips_logs

TITLES = {"majority": "Majority", "max": "Largest digit", "top": "Topmost digit", "multi": "All digits"}
plot, panels = drawing.plot(10.2, 3.6, columns=4)
for axes, task in zip(panels, ips_logs.TASKS, strict=True):
    for count in ips_logs.TAUGHT:
        axes.plot(ips_logs.ratios(), ips_logs.logged(count, task), label=f"{count:,} training pictures")
    if task != "multi":
        axes.axhline(ips_logs.CHANCE, color=drawing.style.INK, linewidth=1, linestyle=":")
    axes.set(title=TITLES[task], ylim=(0, 103), xscale="log", xlabel="share of a digit, %")
    axes.set_xticks(ips_logs.ratios(), [f"{ratio:.2g}" for ratio in ips_logs.ratios()], fontsize=8)
    axes.xaxis.minorticks_off()
note = panels[0].annotate("chance", (ips_logs.ratios()[1], ips_logs.CHANCE - 7), fontsize=8)
label = panels[0].set_ylabel("named rightly, % (the paper's logs)")
legend = panels[1].legend(loc="lower right", bbox_to_anchor=(1, 0.13), fontsize=7)

# %%
lab.figure(
    "paper-logs",
    plot,
    caption="Not run here: accuracies from the logs in the paper's own repository for its four tasks, by the share of "
    "the picture that one digit takes.",
    alt="Four plots, one for each task, of four lines each. After 4,000 training pictures they are about level: near "
    "100 % for the majority, about 90 % for the largest and the topmost digit, below that for all digits. After 800 "
    "they rise with the size of the digits: steeply for the majority and the topmost digit, less for the largest, and "
    "for all digits from almost nothing to less than a fifth.",
)

# %% [markdown]
# After 800 training pictures the majority is named rightly less than half of the time where digits are smallest, and in
# more than four of five pictures where they are largest. After 4,000 the size no longer matters. So in these logs the
# threshold moves with the amount of data: all curves of the majority point the same way, though each point is a single
# training. The topmost digit shows it as clearly, the largest digit and all digits less, as the paper says, too.
#
# The logs also tell of two other things that the paper varied: the size of patches, and noise that looks like digits.
# Neither was run here.

# %%
rows = [
    [f"training {i + 1}", *("no result" if each is None else each for each in found)]
    for i, found in enumerate(ips_logs.BY_PATCH)
]
drawing.Table(["the paper's logs: majority, %", *(f"patches of {side} px" for side in ips_logs.PATCHES)], rows)

# %%
rows = [[called, f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"] for called, low, high in ips_logs.NOISE]
drawing.Table(["the paper's logs: noise", "majority, %"], rows)

# %% [markdown]
# The paper reports that patches smaller than usual for the object help when data are few. In each training of the first
# table, digits of 84 pixels after 1,000 pictures, one of the two smaller sizes is best; but which one is not the same.
# These logs are no clean repetition: from 50 pixels on, the files of training 2 are named for 200 strokes of noise,
# those of training 1 mostly for 400, so that the setting may be another; but names may be wrong, since one log of
# training 1, that with 150 pixels, was kept under both. And training 3 has two results, since one of its files ends
# early and one is empty. Where the first and the third can be compared, the third is better with patches of 25 pixels,
# and the first with those of 100, by more than thirty points. On traffic signs the last epochs in its logs favour the
# larger patches. Single trainings cannot settle it.
#
# Of noise, more strokes change nothing, and thicker ones a lot. Thickness was varied in a setting of its own: digits of
# 28 pixels on 1500 × 1500, 2,000 training pictures, and half as many epochs. There, from a thickness of 2.0 on, as the
# logs call it, the network is at chance, but for a thickness of 5.0, at which it is above. That would fit what the
# paper says of strokes about as thick as those of the digits, if much thicker ones no longer look like digits; but this
# rests on one log. At 1.8 the three trainings part: two ended as far apart as the row says, and one, which was to last
# longer, was stopped after about half of its epochs. And the code in its repository draws all strokes one pixel thick,
# so that the sweep must come from another version.

# %% [markdown]
# ## What to take from this
#
# - **Memory** stays the same however large the picture is, if its patches are read when they are needed, as the earlier
#   work has it. Time still grows with the picture, since every patch is looked at once: about as it does where a
#   network learns from all patches.
# - **What is kept** depends on what came before, once several heads share the vote: almost nothing or about a third of
#   it, by how sharply they point.
# - **Small things** are lost where data are few. By the paper's logs five times the pictures mend that; it was not
#   tried here.
#
# Not tested here: anything that a taught network does. The selection is equal to the published code, number by number.
