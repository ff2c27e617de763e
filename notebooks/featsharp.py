# %% [markdown]
# # A finer map of features finds shapes that the coarse one overlooked, and is still no picture
#
# A vision encoder turns a picture into a coarse map: one list of numbers, its features, for each patch. Most encoders
# were taught with small pictures and see larger ones badly, so what is smaller than a patch is lost. FeatSharp makes
# the map finer without changing the encoder, and without labels. It looks at the whole picture and at each of its
# tiles.
#
# Here its upsampler, written from the paper's equations, is taught on top of a small encoder and put beside three
# plainer ways: what each says of unseen pictures, which small shapes can be found in it, what it costs, and why a finer
# map of features is no sharper picture.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## An encoder that overlooks small things
#
# The scenes are photographs with red, yellow, green and blue shapes on them, discs of 5 to 20 pixels and others of
# about the same area, of which the class of every pixel is known. The encoder, a small vision transformer, sees 64 × 64
# pixels in patches of 4 × 4. A scene has twice the width, so as a whole it must be shrunk first: a patch then stands
# for 8 × 8 pixels, and the smallest shapes are narrower than that. The encoder was taught the class of each patch, and
# never changes again.

# %%
import numpy as np
import torch
from lab import device as places
from lab import drawing, probe, seeds, segments, small_shapes, views
from lab import weights as stored
from lab.designs import featsharp
from lab.lessons import featsharp as lessons
from lab.upsamplers import KINDS

places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
CALLED = {"bilinear": "bilinear", "jbu": "joint bilateral", "tiles": "tiles alone", "featsharp": "FeatSharp"}
encoder = stored.load(featsharp.ENCODER, "encoder-shapes", place, official=False)
STARTS, EACH = (lessons.STARTS, 30) if full else (lessons.STARTS[:2], 4)  # and unseen scenes for each
named = {kind: [lessons.name(kind, start) for start in STARTS] for kind in KINDS}
taught = {k: [stored.load(featsharp.UPSAMPLER, one, place, official=False) for one in named[k]] for k in KINDS}
print({one.file: one.origin for each in ([encoder], *taught.values()) for one in each})
unseen = small_shapes.scenes(len(STARTS) * EACH, 2000 + seed, small_shapes.data.TESTED)
pictures = small_shapes.pictures_of(unseen).to(place)
parts = [slice(i * EACH, (i + 1) * EACH) for i in range(len(STARTS))]  # what the networks of each start look at

# %% [markdown]
# ## Four ways to a map twice as fine
#
# - **Bilinear** enlarges the coarse map and adds nothing.
# - **Joint bilateral** enlarges it, too, but averages over pixels that look alike, so that features end at the edges of
#   the picture.
# - **Tiles alone** cuts the scene into four tiles at full size, shows each to the encoder, and puts the answers
#   together. Each tile is seen sharply, but knows nothing of the others.
# - **FeatSharp** begins with the joint bilateral map and lets the tiles correct it, by attention within windows of 7 ×
#   7 places. That correction counts one millionth at first: the upsampler begins as joint bilateral and has to learn
#   what to take from the tiles.
#
# All four were taught alike, in 240 steps; FeatSharp has by far the most weights to teach, bilinear and tiles none but
# those around every upsampler. A fine map is warped like a view of the picture, made coarse again, and compared with
# what the encoder says of that view. Nobody tells them any class. Features are first turned and scaled so that each
# channel varies equally, which PHI-S does and can undo.
#
# **Fidelity** is the variance of the features divided by the mean squared error of this comparison: 1 would be no
# better than the mean, more is better. It is measured on two photographs that neither the encoder nor the upsamplers
# have seen, a cat and a cup of coffee: on scenes of both mixed, and on scenes of each alone. Scenes of one photograph
# vary less, so all numbers are lower there.
#
# **Each way was taught from three starts**: other weights at random, other scenes and other views, the same ones for
# all four. Each start is then tried on unseen scenes of its own. So the standard errors below, over starts, tell of
# chance in the lessons and of chance among scenes. A difference counts where it is larger than two of them; three
# starts tell that but roughly. The encoder was taught once.

# %%
rng = np.random.default_rng(seed)
through = views.drawn(len(unseen), 3 if full else 2, rng).to(place)


def fidelities_on(scenes):
    """Return the fidelity of each kind on scenes (B, 3, S, S), those of each start by its network."""
    given = [(encoder.network, scenes[part], through[part]) for part in parts]
    return {k: [views.fidelity_of(taught[k][i].network, *part) for i, part in enumerate(given)] for k in KINDS}


def mean_and_error(values):
    """Return the mean of values, one for each start, and its standard error."""
    return float(np.mean(values)), seeds.error([float(value) for value in values])


# %%
fidelities = fidelities_on(pictures)
for kind, found in fidelities.items():
    says = f"What a map that was made finer, {CALLED[kind]}, says of views of unseen scenes"
    lab.result(f"fidelity_{kind}", np.mean(found), "fidelity", f"{says}: mean of {len(STARTS)} starts.")
    lab.result(f"error_fidelity_{kind}", seeds.error(found), "fidelity", f"{says}: standard error of that mean.")
says = f"How many of {len(STARTS)} starts FeatSharp has the highest fidelity in, on scenes of both photographs."
best = sum(max(KINDS, key=lambda kind: fidelities[kind][i]) == "featsharp" for i in range(len(STARTS)))
lab.result("starts_where_featsharp_is_most_faithful", best, "count", says)

# %%
ALONE = dict(zip(("cat", "coffee"), small_shapes.data.TESTED, strict=True))
rows = []
for name, photograph in ALONE.items():
    each = fidelities_on(
        small_shapes.pictures_of(small_shapes.scenes(len(unseen), 4000 + seed, (photograph,))).to(place)
    )
    for kind, values in each.items():
        says = f"What a map that was made finer, {CALLED[kind]}, says of views of scenes on the {name}"
        lab.result(f"fidelity_{kind}_{name}", np.mean(values), "fidelity", f"{says}: mean of {len(STARTS)} starts.")
    above, error = mean_and_error(100 * (np.divide(each["featsharp"], each["bilinear"]) - 1))
    says = f"Fidelity of FeatSharp above that of bilinear, scenes on the {name}, start by start"
    lab.result(f"fidelity_lead_{name}", above, "relative", f"{says}: mean of {len(STARTS)}.")
    lab.result(f"fidelity_lead_error_{name}", error, "relative", f"{says}: standard error of that mean.")
    rows.append([name, *(np.mean(values).item() for values in each.values()), f"{above:+.1f} ± {error:.1f}"])
drawing.Table(["fidelity on", *CALLED.values(), "FeatSharp above bilinear, %"], rows)

# %% [markdown]
# On scenes of both photographs FeatSharp is the most faithful of the four, from every start. On each photograph alone
# it is ahead of bilinear, too, by more than two standard errors, though on the cat by less than half as much as on the
# coffee. Views are made coarse before they are compared, which may hide much of what is fine. Joint bilateral alone
# comes out below bilinear everywhere, and tiles alone last.
#
# ## What can be found in it
#
# A linear layer is fitted to each map: it reads the class of each place and can add no knowledge of its own. A shape
# counts as found if at least half of its pixels get its class; it is small if it has the area of a disc less than 9
# pixels wide, or about that (triangles and squares then reach a little further). Three more maps stand beside the four:
# the coarse one; what the encoder says when it is really run on the scene at full size, which is larger than anything
# it was taught with; and no features at all but the colours of the pixels of each place.

# %%
known = small_shapes.scenes(40 if full else 10, 3000 + seed)
shown = small_shapes.pictures_of(known).to(place)
MAPS = {"pixels": "colours alone", "coarse": "coarse", **CALLED, "large": "encoder at full size"}
SIDE, CELL = small_shapes.SIDE, 4
shares = small_shapes.shares(small_shapes.classes_of(known), CELL)


def map_of(name, i, given):
    """Return a map of scenes by the networks of start i, features normalised as FeatSharp has them, (B, C, 32, 32)."""
    if name == "pixels":
        return torch.nn.functional.pixel_unshuffle(given, CELL).cpu()
    network = taught[name if name in taught else "featsharp"][i].network
    if name == "coarse":
        made = featsharp.normal(network, encoder.network, torch.nn.functional.avg_pool2d(given, 2))
        return made.repeat_interleave(2, 2).repeat_interleave(2, 3).cpu()
    looked = featsharp.normal if name == "large" else featsharp.fine
    return looked(network, encoder.network, given).cpu()


# %%
read, maps, learned = {name: [] for name in MAPS}, {}, {}
for name in MAPS:
    for i, part in enumerate(parts):
        if name in taught or i == 0:  # the other maps are the same from each start
            learned[name, i] = map_of(name, i, shown)
            layer = probe.classifier(learned[name, i], shares)
        maps[name, i] = map_of(name, i, pictures[part])
        read[name].append(segments.in_pixels(probe.named(maps[name, i], layer), SIDE))
truth = [small_shapes.classes_of(unseen[part]) for part in parts]
MEASURES = {
    "miou": lambda told, i: segments.mean_iou(told, truth[i]),
    "recall_small": lambda told, i: segments.recall(told, unseen[parts[i]], lambda shape: shape.is_small)[0],
    "recall_large": lambda told, i: segments.recall(told, unseen[parts[i]], lambda shape: not shape.is_small)[0],
}

# %%
found = {(m, k): [by(told, i) for i, told in enumerate(each)] for m, by in MEASURES.items() for k, each in read.items()}
WORDS = {"miou": "overlap of regions", "recall_small": "small shapes found", "recall_large": "other shapes found"}
for (measure, name), values in found.items():
    says = f"Linear layer on a map of features ({MAPS[name]}): {WORDS[measure]}"
    mean, error = mean_and_error(values)
    of = f"mean of {len(STARTS)} starts" if name in taught else "mean of as many groups of scenes"
    lab.result(f"{measure}_{name}", mean, measure.partition("_")[0], f"{says}, {of}.")
    lab.result(f"error_{measure}_{name}", error, "accuracy_gain", f"{says}: standard error of that mean.")
print([segments.recall(read["coarse"][0], unseen[parts[0]], lambda s, m=m: s.is_small == m)[1] for m in (True, False)])

# %% [markdown]
# The bars below are means over three starts; the thin lines are the standard error of that mean. Of the coarse map, of
# the encoder at full size and of colours there is one each, so that there only the scenes change from start to start.

# %%
plot, (left, right) = drawing.plot(7.2, 4.2, columns=2)
for axes, measure in ((left, "recall_small"), (right, "miou")):
    for i, name in enumerate(reversed(MAPS)):
        ink = drawing.style.ORANGE if name == "featsharp" else drawing.style.BLUE
        mean, error = mean_and_error(found[measure, name])
        axes.barh(i, mean, xerr=error, color=ink, ecolor=drawing.style.INK)
    axes.set(title={"recall_small": "Small shapes found, %", "miou": "Mean IoU, %"}[measure])
    axes.set_yticks(range(len(MAPS)), list(reversed(MAPS.values())) if axes is left else [""] * len(MAPS))
lab.figure(
    "found",
    plot,
    caption="What a linear layer reads from six maps of unseen scenes, and from their pixels: mean of "
    f"{len(STARTS)} starts, each on scenes of its own; thin lines are the standard error of that mean.",
    alt="Two groups of seven bars, one for each map: small shapes found on the left, mean IoU on the right.",
    weights=taught["featsharp"][0],
)

# %%
faithful = {name: f"{np.mean(fidelities[name]):.2f}" if name in fidelities else "" for name in MAPS}
cells = {key: "{:.1f} ± {:.1f}".format(*mean_and_error(values)) for key, values in found.items()}
rows = [[MAPS[name], faithful[name], *(cells[m, name] for m in MEASURES)] for name in MAPS]
drawing.Table(["", "fidelity", "mean IoU, %", "small found, %", "others found, %"], rows)

# %% [markdown]
# The maps of one start are of the same scenes, so they can be compared start by start, which tells more than the thin
# lines above.

# %%
OTHERS = ("bilinear", "tiles", "pixels", "large")
leads = {
    (measure, name): mean_and_error(np.subtract(found[measure, "featsharp"], found[measure, name]))
    for measure in MEASURES
    for name in OTHERS
}
for (measure, name), (ahead, error) in leads.items():
    says = f"Linear layer, {WORDS[measure]}: FeatSharp's map ahead of another ({MAPS[name]}), start by start"
    lab.result(f"lead_{measure}_{name}", ahead, "accuracy_gain", f"{says}: mean of {len(STARTS)}.")
    lab.result(f"lead_error_{measure}_{name}", error, "accuracy_gain", f"{says}: standard error of that mean.")
rows = [[MAPS[n], *("{:+.1f} ± {:.1f}".format(*leads[m, n]) for m in MEASURES)] for n in OTHERS]
drawing.Table(["FeatSharp ahead of, points", "mean IoU", "small found", "others found"], rows)

# %% [markdown]
# - **The claim holds.** The coarse map shows about one small shape in ten. The two ways that only enlarge it show no
#   more, though they gain a few points of mean IoU. FeatSharp shows four in ten.
# - **Most of it is the tiles.** They alone already show more than a third. FeatSharp shows a few more, by little over
#   two standard errors; in mean IoU, and for other shapes, it is clearly ahead of tiles alone.
# - **Half a tie.** The encoder at full size finds as many small shapes as FeatSharp, and has as high a mean IoU, as far
#   as three starts can tell. Of the other shapes FeatSharp finds a few more. Ours does not see larger pictures as badly
#   as the encoders of the paper are said to, so for small shapes it did not need what FeatSharp is made for.
# - **Colours alone do well.** Our classes are colours, so the pixels of each place, without any encoder, give a higher
#   mean IoU than every map but FeatSharp's and the encoder's at full size. Much of what comes back is easy to see; what
#   FeatSharp has beyond it stands in the table above.
#
# ## What the maps look like
#
# The three directions in which features vary most become red, green and blue, the same for all maps of a scene: places
# with the same colour have the same features, as far as three numbers can tell. These maps, and the pictures further
# down, are of the first start.

# %%
from lab import principal


def sight(i):
    """Return a scene and its maps as pictures of one size, by name."""
    features = {MAPS[name]: maps[name, 0][i] for name in MAPS if name != "pixels"}
    colours = zip(features, principal.coloured(list(features.values())), strict=True)
    return {"the scene": drawing.magnified(unseen[i].picture, 2)} | {n: drawing.magnified(c, 8) for n, c in colours}


chosen = max(range(EACH), key=lambda i: sum(shape.is_small for shape in unseen[i].shapes))
whole = sight(chosen)
order = list(whole)
lab.figure(
    "maps",
    drawing.sheet([{name: whole[name] for name in order[:4]}, {name: whole[name] for name in order[4:]}]),
    caption="An unseen scene with many small shapes, and six maps of its features in three colours.",
    alt="A photograph with coloured shapes; a blocky map, two soft ones, three on which small shapes stand out.",
    weights=taught["featsharp"][0],
)

# %% [markdown]
# ## What it costs
#
# With tiles the encoder looks 1 + z² times at pictures of its own size, where z is how many times finer the map
# becomes. Attention compares all patches with all others, so one look at z times the width compares z⁴ times as many
# pairs. The upsampler comes on top, with weights of its own. All is counted for our small encoder and for one of common
# size: 24 layers of 1,024 channels, that sees 448 × 448 pixels in patches of 14 × 14. Of the upsampler's work the
# products of matrices are counted; its comparisons and averages within windows would add about a fifth of that here,
# and next to nothing there. Here it has nearly as many weights as the encoder itself.

# %%
from lab.cost import counted, gmacs
from models.featsharp import FeatSharpConfig, Upsampler
from models.small_vit import SmallViT, SmallViTConfig

COMMON = SmallViTConfig(channels=1024, layers=24, heads=16, patch=14, grid=32)
with torch.device("meta"):  # sizes, no numbers
    sizes = {"published": Upsampler(FeatSharpConfig()), "here": taught["featsharp"][0].network.upsampler}


def works(config, upsampler, where):
    """Return what each way costs beside one look at the shrunk scene, for an encoder that is taught at its grid."""
    one, large = (gmacs(lambda: SmallViT(config), 1, 3, *[z * config.grid * config.patch] * 2) for z in (1, 2))
    made = [torch.zeros(1, config.channels, *[z * config.grid] * 2, device=where) for z in (1, 2)]
    scene = torch.zeros(1, 3, *[2 * config.grid * config.patch] * 2, device=where)
    return {"tiles": 5.0, "featsharp": 5 + counted(lambda: upsampler(*made, scene)) / one, "large": large / one}


# %%
looks = {"tiles": "five looks, at a scene and its tiles", "large": "one look at the scene at full size"}
looks["featsharp"] = f"{looks['tiles']}, with the products of matrices in FeatSharp's upsampler"
work = {"": works(SmallViTConfig(), sizes["here"], place), "_common": works(COMMON, sizes["published"], "meta")}
for size, values in work.items():
    for name, value in values.items():
        says = f"Multiplications of {'an encoder of common size' if size else 'the small encoder'} for {looks[name]}"
        lab.result(f"work_{name}{size}", value, "ratio", f"{says}, as a multiple of one look at the shrunk scene.")
for name, network in sizes.items():
    says = f"FeatSharp's upsampler, 2 times finer, for {1024 if name == 'published' else 32:,} channels."
    lab.result(f"parameters_{name}", sum(p.numel() for p in network.parameters()), "parameters", says)
rows = [[name, *(work[size][way] for way in looks)] for name, size in (("small", ""), ("of common size", "_common"))]
drawing.Table(["encoder; looks it is worth", "tiles alone", "encoder at full size", "FeatSharp"], rows)

# %% [markdown]
# For the small encoder FeatSharp is clearly less work than one look at full size. That is because most of the small
# encoder's work is attention. In an encoder of common size most of it is in layers that see each patch alone, and the
# two are about equal.
#
# ## Why it sharpens features and not pictures
#
# The encoder was taught to tell classes, and what does not help with that it may forget. The upsampler was taught to
# say what the encoder says. The classes ask for the hue of shapes, and nothing asks for brightness or texture, so
# nothing brings them back. To see how much of the picture is left, a linear layer is fitted that reads the colours of
# the 4 × 4 pixels of each place. Beside it stands what needs no network at all: the scene at half its width, enlarged
# by bicubic. That is not for want of room: FeatSharp's map holds 32,768 numbers, the half-size scene 12,288.

# %%
import torch.nn.functional as F  # noqa: N812 (its usual name)
from lab.metrics import psnr
from lab.resize import resize, shrunk
from lab.tensors import to_picture

painted = {}
for name in ("coarse", "featsharp"):
    layer = probe.regression(learned[name, 0], F.pixel_unshuffle(shown, CELL).cpu())
    painted[name] = [to_picture(one) for one in F.pixel_shuffle(probe.read(maps[name, 0], layer), CELL)]
painted["bicubic"] = [resize(shrunk(scene.picture, 2)[1], SIDE, SIDE) for scene in unseen[parts[0]]]
FROM = {"coarse": "the coarse features", "featsharp": "FeatSharp's features", "bicubic": "the half-size scene, bicubic"}
for name, made in painted.items():
    value = np.mean([psnr(one, scene.picture) for one, scene in zip(made, unseen[parts[0]], strict=True)])
    lab.result(f"psnr_{name}", value, "psnr", f"Picture read from {FROM[name]}, beside the scene: mean of unseen ones.")

# %%
beside = {"the scene": unseen[chosen].picture} | {name: made[chosen] for name, made in painted.items()}
lab.figure(
    "pictures",
    drawing.sheet([{CALLED.get(name, name): drawing.magnified(each, 2) for name, each in beside.items()}]),
    caption="A scene, what a linear layer can repaint of it from features, and the scene at half its width, enlarged "
    "by bicubic.",
    alt="Four pictures: the scene; two blurred and blocky ones without its texture; one that is only a little soft.",
    weights=taught["featsharp"][0],
)

# %% [markdown]
# ## What to take from this
#
# - **Small things:** a coarse map overlooks what is smaller than its places. Enlarging it, along edges or not, brought
#   no small shape back: what was not seen cannot be averaged into being. Looking at tiles did.
# - **Consistency:** what the encoder says of other views is enough to learn from. Nobody needs labels for that. How
#   much more faithful the map becomes depends on the picture: on one of two photographs, less than half as much as on
#   the other.
# - **Price:** one look at each tile, and an upsampler with weights of its own. With our small encoder that is less work
#   than one look at full size, with one of common size about the same. That one look found as many small shapes here.
# - **No picture:** what comes out are features. A picture read from them is far worse than the half-size scene,
#   enlarged.
#
# Not tested here: large encoders, detection, classes that colours do not tell, and the teaching of another encoder with
# finer targets. The encoder was taught once, so what another one would change is in no error.
