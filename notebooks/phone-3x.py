# %% [markdown]
# # A small network enlarges cheaply when it works on the small picture
#
# Two photographs that no network here has seen are made three times smaller and enlarged again. The true picture is
# known, so each way of enlarging can be scored against it, and its work can be counted. Four questions are asked: what
# MSSNet adds to bicubic resizing, what its early exits would save, what it costs to work on the large picture instead
# of the small one, and what is saved by spending work on the hard parts alone.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## The network that was recommended
#
# MSSNet takes the blur of movement out of photographs. If the official file with GoPro weights is at hand, it is used.
# Otherwise a small network of the same design stands in. It was taught here on eight photographs that scikit-image
# ships, each shaken by 3 to 9 pixels. The two photographs of this page were not among them: a cat's face and a cup of
# coffee.

# %%
import torch
from lab import data, drawing, weights
from lab import device as places
from lab.designs import mssnet

places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
design = mssnet.design("gopro")
hosted = weights.load(design, "mssnet-shaken-photographs", place)
print(f"weights: {lab.record.origin(hosted)}; photographs kept for testing: {', '.join(data.TESTED)}")
count = sum(p.numel() for p in hosted.network.parameters())
lab.result("parameters_mssnet_here", count, "parameters", "Learned numbers of the MSSNet that drew the figures.")

# %% [markdown]
# ## The question's own workflow, executed
#
# The cat's face is made three times smaller. That is the photo, and it is then shaken by 4 of its pixels. The workflow
# of the question runs MSSNet first, and then bicubic resizing by 3.

# %%
import numpy as np
from lab import workflow
from lab.blur import shaken
from lab.resize import resize, shrunk
from lab.tensors import to_picture, to_tensor

SCALE, TILE, SHAKE = 3, 16, 4  # enlargement; side of a tile and length of the shake, in pixels of the small photo
part = slice(None) if full else slice(90, 90 + 2 * SCALE * TILE)


def whole_tiles(picture):
    """Cut a photograph so that tiles cover it, and return it with the small photo that bicubic makes of it."""
    height, width = (side - side % (SCALE * TILE) for side in picture.shape[:2])
    return shrunk(picture[:height, :width], SCALE)


def deblur_step(image):
    """Take a picture and give it back, sharpened, at its size."""
    return mssnet.deblurred(hosted, image)


photos = {name: whole_tiles(data.photograph(name)[part, part]) for name in data.TESTED}
truth, small = photos["chelsea"]
shaky = shaken(small, SHAKE, 30, np.random.default_rng(seed))
networks = {"deblur-mssnet-gopro": workflow.Network(deblur_step, hosted)}
outputs = workflow.run("phone-3x", {"photo": to_tensor(shaky)}, networks, place)

# %%
captions = {
    "bicubic": "A shaken photo enlarged by 3 with bicubic resizing alone: soft along the path of the shake.",
    "mssnet": "The question's workflow: the same shaken photo after MSSNet, then enlarged by 3 with bicubic resizing.",
    "truth": "The photograph itself, at three times the size of the photo.",
}
pictures = {"bicubic": resize(shaky, *truth.shape[:2]), "mssnet": to_picture(outputs["large"]), "truth": truth}
seen = {
    "bicubic": "the fur smeared slantwise",
    "mssnet": "stripes and eyes a little clearer" if hosted.smaller else "after MSSNet",  # seen on the small one alone
    "truth": "each hair crisp",
}
for method, caption in captions.items():
    lab.figure(
        f"photo-x3-{method}",
        pictures[method],
        caption=caption,
        alt=f"A cat's face, its fur and whiskers: {seen[method]}.",
        partner={"bicubic": "photo-x3-mssnet", "mssnet": "photo-x3-bicubic"}.get(method),
        weights=hosted if method == "mssnet" else None,
    )

# %% [markdown]
# How close is the result to the truth? Both photographs are enlarged with and without MSSNet, shaken and sharp. To see
# whether the order matters, MSSNet also comes last once: it then works on nine times as many places, and each shake is
# three times as long.

# %%
from statistics import mean

from lab.metrics import psnr

ANGLES = (0, 60, 120) if full else (60,)
ORDERS = {
    "bicubic": lambda photo, shape: resize(photo, *shape),
    "mssnet_first": lambda photo, shape: resize(mssnet.deblur(hosted, photo), *shape),
    "mssnet_last": lambda photo, shape: mssnet.deblur(hosted, resize(photo, *shape)),
}
ABOUT = {"bicubic": "bicubic alone", "mssnet_first": "MSSNet, then bicubic", "mssnet_last": "bicubic, then MSSNet"}
given = {"sharp": [(small, truth) for truth, small in photos.values()]}
given["shaken"] = [
    (shaken(small, SHAKE, angle, np.random.default_rng(seed + angle)), truth)
    for truth, small in photos.values()
    for angle in ANGLES
]
quality = {
    (what, order): mean(psnr(enlarge(photo, truth.shape[:2]), truth, SCALE) for photo, truth in pairs)
    for what, pairs in given.items()
    for order, enlarge in ORDERS.items()
}

# %%
for (what, order), value in quality.items():
    says = f"{len(given[what])} {what} small photos, made from two photographs, enlarged by 3, {ABOUT[order]}: mean."
    lab.result(f"psnr_{what}_{order}", value, "psnr", says)
for what in given:
    gained = quality[what, "mssnet_first"] - quality[what, "bicubic"]
    says = f"The question's workflow minus bicubic alone, on {what} photos enlarged by 3."
    lab.result(f"gain_{what}", gained, "psnr_gain", says)
rows = [[ABOUT[order], *(quality[what, order] for what in ("shaken", "sharp"))] for order in ORDERS]
drawing.Table(["PSNR in dB, enlarged by 3", "shaken photo", "sharp photo"], rows)

# %% [markdown]
# A shaken photo comes closer to the truth, and more so if MSSNet works before the enlargement, where it has a ninth of
# the work. A sharp photo is harmed by that. No photo of its lessons was sharp, so it takes out blur that is not there.
# After the enlargement, on a softness that it was not taught, it does a sharp photo no harm. And the enlarging stays
# plain: the sharp photo after bicubic alone is better than the shaken one after either order.

# %% [markdown]
# ## What stopping early saves, and loses
#
# MSSNet can hand out a picture after each of its six stages. The first works on maps a quarter as wide and high as the
# picture, the next two at half its size, and the last three at full size. The work up to each exit is counted on a
# network of the published size in our faster form, at 1280 × 720 pixels; computed in the official order, the shares
# differ a little. The quality at each exit is measured on the two photographs at their full size, shaken by 3, 6 and 9
# pixels. The first exit gives a picture of half the size, which bicubic resizing doubles.

# %%
from lab import stages

LENGTHS = (3, 6, 9) if full else (6,)
work = stages.gmacs_of_each(design.full, 720, 1280)
shares = [100 * each / work[-1] for each in work]
shake = np.random.default_rng(seed)
trials = [
    (shaken(whole, length, shake.uniform(0, 180), shake), whole)
    for length in LENGTHS
    for whole in (data.photograph(name)[part, part] for name in data.TESTED)
]
made = [stages.after_each(hosted, blurred) for blurred, _ in trials]
untouched = mean(psnr(blurred, whole, 8) for blurred, whole in trials)
exits = [mean(psnr(each[k], whole, 8) for each, (_, whole) in zip(made, trials, strict=True)) for k in range(6)]

# %%
FASTER = "MSSNet of the published size, in our faster form"
says = f"Two photographs, each shaken {len(LENGTHS)} times, before any network: mean."
lab.result("psnr_shaken_photographs", untouched, "psnr", says)
for k, (share, value) in enumerate(zip(shares, exits, strict=True), start=1):
    lab.result(f"work_exit_{k}", share, "percent", f"{FASTER}, work up to exit {k}, share of the whole.")
    lab.result(f"gain_exit_{k}", value - untouched, "psnr_gain", f"Shaken photographs after exit {k}, minus before.")

# %%
plot, (axes,) = drawing.plot(7.2, 3.6)
axes.plot(shares, exits, label="after exit 1 to 6")
for k, point in enumerate(zip(shares, exits, strict=True), start=1):
    axes.annotate(str(k), point, xytext=(0, 7), textcoords="offset points", ha="center")
axes.axhline(untouched, color=drawing.style.INK, linewidth=1, linestyle=":", label="shaken, no network")
axes.set(title="PSNR of shaken photographs, in dB", xlabel="work done by then, % of all", xlim=(-3, 104))
axes.margins(y=0.15)
legend = axes.legend(loc="lower right")

# %%
seen = "the first lies below the shaken photo, two and three above it far on the left, four to six rise a little more"
lab.figure(
    "exits",
    plot,
    caption="What each of MSSNet's six exits gives, against the share of the work that is done by then.",
    alt=f"Six points: {seen}, far to the right." if hosted.smaller else "Six points, and a line for the shaken photo.",
    weights=hosted,
)

# %% [markdown]
# The work is counted, and time need not follow it. So the same network of the published size goes over one picture of
# 256 × 256 pixels, and a clock is read after each stage.

# %%
import time

from lab import full_size
from lab.moment import Moment
from models.mssnet import STAGES

real = full_size.at_full_size(design, hosted, place)
watched = torch.rand(1, 3, *[256 if full else 32] * 2, generator=torch.Generator().manual_seed(seed)).to(place)


def passed(begun):
    """Return the seconds since then, when all that was asked for is done."""
    if place.type != "cuda":
        return begun.passed()
    torch.cuda.synchronize(place)
    return time.perf_counter() - begun.clock


with torch.no_grad():
    next(real.network.stages(watched))  # the first call of all is slower
    begun = Moment()
    marks = [passed(begun) for _ in real.network.stages(watched)]

# %%
for k in (3, STAGES):
    says = f"{FASTER}, 256x256 pixels, time up to exit {k}."
    lab.result(f"seconds_exit_{k}", marks[k - 1], "seconds", says, kind="measured")
rows = [[str(k + 1), shares[k], 100 * marks[k] / marks[-1], exits[k]] for k in range(STAGES)]
drawing.Table(["exit", "share of the work, %", "share of the time, %", "PSNR, dB"], rows)

# %% [markdown]
# The first three exits together take less than a fifth of the work, and about as much of the time, because their maps
# are small; and by then about half of the gain is there. The fourth exit has nearly all of it at less than half of the
# work. The last two stages add next to nothing. (This is so for the small network of this page; the published one may
# make more of its last stages.) The first exit is worse than no network at all, for its picture is half as large.

# %% [markdown]
# ## The same small network on the small picture, and on the large one
#
# Now enlarging itself. Three plain networks were taught on the same photographs for as many steps. Each adds a
# correction to the bicubic enlargement. The first works on the small picture, and its last step lays 27 numbers for
# each place out as a block of 3 × 3 pixels, a pixel shuffle. The second works on the enlarged picture. It has one layer
# more, which gives it exactly as many learned numbers, and its work at each place is the same; but it has nine times as
# many places. The third works on the small picture again, with so many channels that it does as much work as the
# second.

# %%
from lab.designs import upscaler

WAYS = {
    "small": upscaler.taught("small-picture", place),
    "large": upscaler.taught("large-picture", place),
    "wide": upscaler.taught("small-picture-wide", place),
}
ORIGIN = "Small networks" + (", trained here" if {way.origin for way in WAYS.values()} == {"trained here"} else "")
SAYS = {
    "small": "small network, on the small picture",
    "large": "small network, on the large picture",
    "wide": "wider network, on the small picture",
}

# %%
results = {name: {"bicubic": resize(small, *truth.shape[:2])} for name, (truth, small) in photos.items()}
for name, (_, small_photo) in photos.items():
    results[name] |= {way: upscaler.enlarge(loaded, small_photo) for way, loaded in WAYS.items()}
score = {
    (name, way): psnr(picture, photos[name][0], SCALE)
    for name, each in results.items()
    for way, picture in each.items()
}
gain = {way: mean(score[name, way] - score[name, "bicubic"] for name in photos) for way in WAYS}

# %%
from lab.cost import cost

side = 256 if full else 48
megapixels = (SCALE * side) ** 2 / 1e6
photo = to_picture(torch.rand(3, side, side, generator=torch.Generator().manual_seed(seed)))
spent = {
    way: cost(lambda loaded=loaded: upscaler.enlarge(loaded, photo), place, times=3) for way, loaded in WAYS.items()
}
for way, loaded in WAYS.items():
    says = f"{SAYS[way].capitalize()}"
    count = sum(p.numel() for p in loaded.network.parameters())
    lab.result(f"parameters_{way}", count, "parameters", f"{says}: learned numbers.")
    lab.result(f"gmacs_{way}", upscaler.gmacs_per_megapixel(loaded), "gmacs", f"{says}: for each million pixels drawn.")
    seconds = spent[way].seconds / megapixels
    lab.result(f"seconds_{way}", seconds, "seconds", f"{says}: for each million pixels drawn.", kind="measured")
    lab.result(f"gain_{way}", gain[way], "psnr_gain", f"{says}: minus bicubic, mean of two photographs at 3×.")

# %%
from lab.cards import carded

view = tuple(slice(n, n + 96) for n in ((225, 310) if full else (0, 0)))  # the spoon


def looked_at(way):
    """Return the spoon in one of the photographs enlarged in one way, with the score of the whole and the work."""
    crop = drawing.magnified(results["coffee"][way][view], 3)
    work = f"{upscaler.gmacs_per_megapixel(WAYS[way]):.1f}" if way in WAYS else "next to none"
    return carded(crop, {"PSNR, dB": f"{score['coffee', way]:.2f}", "GMACs per megapixel": work})


cup, small_cup = photos["coffee"]
pixels = drawing.magnified(resize(small_cup, *cup.shape[:2], "nearest")[view], 3)
above = {"the photo's own pixels": pixels, "bicubic": looked_at("bicubic"), "on the small picture": looked_at("small")}
below = {"on the large picture": looked_at("large"), "wider, on the small picture": looked_at("wide")}
below["truth"] = drawing.magnified(cup[view], 3)

# %%
lab.figure(
    "small-or-large",
    drawing.sheet([above, below]),
    caption=f"{ORIGIN}: a spoon from a photo enlarged by 3; PSNR of the whole photo, and the work "
    "for each million pixels drawn.",
    alt="A spoon with reflections, six times: squares, soft bicubic, three networks a little crisper and alike, truth.",
    weights=WAYS["small"],
)

# %% [markdown]
# With exactly as many learned numbers, the network that works on the small picture comes closer to the truth on both
# photographs than the one that works on the large picture, and it does a ninth of the work. It also sees further: three
# pixels of the small picture cover nine of the large one. The same ninefold work, spent on more channels, brings more
# than when it is spent on size; but that step is small beside the step from bicubic to the smallest network. To the eye
# the three are alike, and each is far from the truth. What the small photo no longer holds, they do not know. Each was
# taught once and briefly, so the difference between the first two may be chance, and the wider one may not have shown
# all it can. In time the small picture saves even more than in operations; why, was not looked into.

# %% [markdown]
# ## What each million pixels costs
#
# Of what was offered for this question, MSSNet alone is a network with a published form that gives a picture. So it
# stands beside the small networks of this page and bicubic resizing. It is built as published and goes once over a
# picture of 512 × 512 pixels; a photo of 1280 × 720 is computed from that, time by operations and memory by pixels.
#
# FeatSharp has a published form, too. It gives feature maps, which only programs read. What stands below is for a
# million places of such a map, without the encoder in front of it, and is no rival of the others. MBPU gives points,
# and its sizes are not published. Little-Big brings no network of its own.

# %%
SIZE = 512 if full else 64
tile = torch.rand(3, SIZE, SIZE, generator=torch.Generator().manual_seed(seed))
one_pass = full_size.of_one_size("one_pass", design, SIZE, SIZE)
question = full_size.of_one_size("photo", design, 720, 1280)
print(f"weights of the published size: {lab.record.origin(real)}")
lab.result("parameters", sum(p.numel() for p in real.network.parameters()), "parameters", "MSSNet as published.")
passed = full_size.record_pass(FASTER, lambda: mssnet.deblurred(real, tile), place, one_pass, question)
own = {"gmacs": one_pass.gmacs / (SIZE**2 / 1e6), "seconds": passed.seconds / (SIZE**2 / 1e6)}
for name, times_nine in (("mssnet_first", 1 / SCALE**2), ("mssnet_last", 1)):
    says = f"MSSNet of the published size, {ABOUT[name]} by 3: for each million pixels drawn"
    lab.result(f"gmacs_{name}", times_nine * own["gmacs"], "gmacs", f"{says}, counted.")
    lab.result(
        f"seconds_{name}", times_nine * own["seconds"], "seconds", f"{says}, from {SIZE}x{SIZE}.", kind="measured"
    )

# %%
from lab.cost import counted
from models.featsharp import FeatSharpConfig, Upsampler

sizes = FeatSharpConfig() if full else FeatSharpConfig(channels=64, grid=8)
finer = Upsampler(sizes).to(place).eval()
grids = {name: n * sizes.grid for name, n in (("coarse", 1), ("tiles", sizes.factor), ("guide", 14 * sizes.factor))}
maps = [torch.rand(1, 3 if name == "guide" else sizes.channels, n, n, device=place) for name, n in grids.items()]
per_place = {"gmacs": counted(lambda: finer(*maps)), "seconds": cost(lambda: finer(*maps), place).seconds}
per_place = {name: value / (grids["tiles"] ** 2 / 1e6) for name, value in per_place.items()}

# %%
says = "FeatSharp's upsampler of the published size, its encoder left out"
count = sum(p.numel() for p in finer.parameters())
lab.result("parameters_featsharp", count, "parameters", f"{says}: learned numbers.")
for name, value in per_place.items():
    kind = "exact" if name == "gmacs" else "measured"
    lab.result(f"{name}_featsharp", value, name, f"{says}: each million places of a feature map.", kind=kind)

# %%
plain = cost(lambda: resize(photo, SCALE * side, SCALE * side), torch.device("cpu"), times=3).seconds / megapixels
taps = 4 * 3 * (1 + 1 / SCALE)  # four neighbours of three colours, across and then down, for each pixel drawn
rows = [["bicubic resizing", "0", taps * 1e6 / 1e9, plain]]
rows += [
    [
        SAYS[way],
        f"{sum(p.numel() for p in loaded.network.parameters()):,}",
        upscaler.gmacs_per_megapixel(loaded),
        spent[way].seconds / megapixels,
    ]
    for way, loaded in WAYS.items()
]
parameters = f"{sum(p.numel() for p in real.network.parameters()):,}"
rows += [
    [f"MSSNet of the published size: {ABOUT[name]}", parameters, share * own["gmacs"], share * own["seconds"]]
    for name, share in (("mssnet_first", 1 / SCALE**2), ("mssnet_last", 1.0))
]
rows.append(["FeatSharp as published: million places of a map", f"{count:,}", *per_place.values()])
drawing.Table(["for each million pixels drawn at 3×", "parameters", "GMACs", "seconds here"], rows)

# %% [markdown]
# ## Two passes: an extrapolation of ours from Little-Big
#
# Little-Big lets a light model answer first and hands only what it finds difficult to a heavy one. That was shown for
# networks that name what is in a picture. Here it is tried on tiles of a photo: the small network enlarges all of it,
# and the wider one, with about nine times the work, goes over the hard tiles again. A tile counts as hard if the small
# network moved it far from bicubic; that is known before the second pass. The threshold is set on one photograph, the
# highest that keeps four fifths of the wide network's lead in decibels, and used on the other.

# %%
from lab import two_passes

KEPT = 0.8
OTHER = {"chelsea": "coffee", "coffee": "chelsea"}
NAMES = {"chelsea": "cat", "coffee": "coffee"}
passes = {
    name: two_passes.TwoPasses(each["bicubic"], each["small"], each["wide"], photos[name][0], SCALE * TILE)
    for name, each in results.items()
}
chosen = {name: passes[name].hardness() >= passes[OTHER[name]].threshold(KEPT) for name in passes}
light, heavy = (WAYS[way].network for way in ("small", "wide"))
again = two_passes.overlap(heavy, TILE)
ratio = light.work / heavy.work  # of the light pass to the heavy one, for the same places
print(f"a tile computed alone costs {again:.2f} times its share of the picture")

# %%
for name, each in passes.items():
    who, which = f"Two passes over the {NAMES[name]}'s photograph", NAMES[name]
    share, none, everything = chosen[name].mean(), psnr(each.little, each.truth), psnr(each.big, each.truth)
    enough = each.fewest(each.gain(), KEPT) / chosen[name].size
    kept = each.quality(chosen[name]) - none
    lab.result(f"hard_{which}", 100 * share, "percent", f"{who}: share of its tiles that are hard.")
    lab.result(f"enough_{which}", 100 * enough, "percent", f"{who}: tiles needed if one knew which gain most.")
    lab.result(f"lead_{which}", everything - none, "psnr_gain", f"{who}: the wide network minus the small one.")
    lab.result(f"kept_{which}", kept, "psnr_gain", f"{who}: two passes minus the small network.")
    saved, at_best = (100 * (1 - ratio - share * times) for times in (again, 1))
    lab.result(f"saved_{which}", saved, "percent", f"{who}: work saved, beside the wide network everywhere.")
    says = f"{who}: their work as a share of the wide network's everywhere."
    lab.result(f"two_passes_{which}", 100 - saved, "relative", says)
    lab.result(f"saved_at_best_{which}", at_best, "percent", f"{who}: the same, if margins cost nothing.")
says = "Two passes, all tiles hard: work beside the wider network everywhere."
lab.result("worst_case", ratio + again, "ratio", says)

# %%
plot, panels = drawing.plot(7.2, 3.6, columns=2)
for axes, (name, each) in zip(panels, passes.items(), strict=True):
    shares = np.linspace(0, 1, each.hardness().size + 1)
    axes.plot(100 * shares, each.curve(each.gain()), marker="", label="best tiles, truth known")
    axes.plot(100 * shares, each.curve(each.hardness()), marker="", linestyle="--", label="hard tiles first")
    blindly = [each.at_random(share) for share in shares]
    axes.plot(100 * shares, blindly, marker="", linestyle=":", label="tiles at random")
    spot = 100 * chosen[name].mean(), each.quality(chosen[name])
    axes.plot(*spot, color=drawing.style.INK, marker="D", linestyle="", label="threshold")
    axes.set(title=f"PSNR, {NAMES[name]}, in dB", xlabel="tiles that go on, %")
legend = panels[0].legend(loc="lower right", fontsize=8)

# %%
lab.figure(
    "two-passes",
    plot,
    caption=f"{ORIGIN}: quality by the share of tiles that the wider network goes over again; "
    "bicubic lies far below both plots.",
    alt="Two plots, cat and coffee, each with three lines from the small network's quality to the wider one's: well "
    "chosen tiles rise steeply; hard tiles first hardly faster than tiles at random on the cat, clearly on the coffee.",
    weights=WAYS["wide"],
)

# %%
shown = {NAMES[name]: two_passes.faded(each.little, chosen[name], SCALE * TILE) for name, each in passes.items()}
lab.figure(
    "hard-tiles",
    drawing.sheet([shown]),
    caption=f"{ORIGIN}: which tiles are hard enough for the second pass; the pale ones are not.",
    alt="A cat's face, pale but for eyes, brow and a piece of the whiskers; a cup on a table, in full colour but for "
    "smooth parts of cup and saucer and for wood out of focus.",
    weights=WAYS["small"],
)

# %% [markdown]
# The threshold does not carry over well. On the cat's photograph it sends on less than a third of the tiles and keeps
# half of the lead; on the other it sends on more than two thirds and keeps nearly all. If margins cost nothing, both
# would save work. But a tile that is computed alone needs a margin which its neighbours compute as well, and with that
# the second photograph takes more work than the wider network everywhere. If all tiles are hard, two passes take nearly
# twice as much.
#
# Two things are missing here. The size of the correction tells hard tiles from easy ones on the cat only a little
# better than chance and on the coffee clearly better, on neither as well as with the truth at hand, when about a
# quarter of the tiles would have been enough. And the lead to be had is small.
# Two passes pay where a heavy network is much better than a light one, and where a cheap sign tells on which parts.
