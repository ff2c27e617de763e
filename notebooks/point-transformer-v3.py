# %% [markdown]
# # Most of a point's neighbours can be had without looking for them
#
# A laser scanner gives points in no order. A network that wants to know what a point belongs to has to look at the
# points around it, and finding those is work: searching for the exact nearest neighbours took a large part of the time
# of earlier networks of this kind. Point Transformer V3 does not search. It sorts all points once along a curve that
# fills space, cuts the row into patches, and lets the points of a patch attend to each other. Some true neighbours are
# then in another patch, so it takes four different curves in turn, and patches that are much larger than any
# neighbourhood was before.
#
# Here is measured what that saves and what it misses. The paper's own figures, three times as fast and a tenth of the
# memory, compare it with its predecessor PTv2, which is not run here; exact search is, in two ways.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## Points in a row
#
# A curve gives each cell of a grid its place. The *z-order* takes the bits of x, y and z in turn. *Hilbert's curve*
# does the same, but turns each block so that the next cell always shares a side. With x and y exchanged each gives a
# second row. Below, the points of a ring are coloured by patch: on two of the curves, sorted by one coordinate, and in
# no order.

# %%
import numpy as np
import torch
from lab import cloud_picture, drawing, neighbour_recall, neighbour_search
from lab import device as places

torch.set_num_threads(1)
places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
ring = neighbour_search.torus(20_000 if full else 4_000, np.random.default_rng(seed), side=256)
in_rows = neighbour_recall.places_in_rows(ring, np.random.default_rng(seed))
SHOWN = {"z-order": "z", "Hilbert": "hilbert", "sorted by x": neighbour_recall.SLABS}
SHOWN |= {"no order": neighbour_recall.ANYWHERE}
patch = len(ring) // 16
pictures = {
    label: cloud_picture.seen(ring.numpy(), cloud_picture.colours(in_rows[row].numpy() // patch))
    for label, row in SHOWN.items()
}

# %%
lab.figure(
    "patches",
    drawing.sheet([dict(list(pictures.items())[:2]), dict(list(pictures.items())[2:])]),
    caption="A ring of points cut into sixteen patches of equal size: on a curve patches are compact.",
    alt="Four rings: compact patches for z-order and Hilbert, thin slices when sorted by x, a speckle in no order.",
)

# %% [markdown]
# ## What it costs
#
# Three ways to give each point of a ring its neighbours, on one thread of a processor, since a k-d tree is built there:
#
# - **Four curves**: the codes of all four, four sorts, and the way back from each. This is all that the network needs.
# - **k-d tree**: the 16 nearest of each point, exactly, by SciPy's tree: a usual fast way on a processor.
# - **All distances**: the 16 nearest of each point from the distances to all others, as is common on graphics cards.
#   They are held a part at a time; all at once they would fill the dotted line.

# %%
CURVES, TREE, PAIRS = neighbour_search.WAYS
last = {CURVES: 18, TREE: 18, PAIRS: 14} if full else {CURVES: 12, TREE: 12, PAIRS: 11}
counts = {way: [2**k for k in range(10 if full else 8, last[way] + 1)] for way in last}
growths = {growth.way: growth for growth in neighbour_search.measured(counts, seed)}
MOST = counts[CURVES][-1]
LAW = {CURVES: 1, TREE: 1, PAIRS: growths[PAIRS].power()}  # by which to go on from what was run
seconds = {way: growth.at(MOST, LAW[way]) for way, growth in growths.items()}
for way, growth in growths.items():
    short = neighbour_search.SHORT[way]
    fitted = f"fitted from {growth.counts[-4]} to {growth.counts[-1]} points"
    says = f"Seconds of finding neighbours against points, {way}; {fitted}."
    lab.result(f"exponent_seconds_{short}", growth.power(), "exponent", says, kind="measured")
    how = "measured" if MOST in growth.counts else f"scaled from {growth.counts[-1]} by the fitted power, not run"
    lab.result(f"seconds_{short}", seconds[way], "seconds", f"{way}, {MOST} points: {how}.", kind="measured")

# %%
SMALL = {f"times_longer_tree_{n}": n for n in (2**12, 2**16) if n in counts[TREE]}
for name, count in {**SMALL, "times_longer_tree": MOST}.items():
    times = growths[TREE].at(count, LAW[TREE]) / growths[CURVES].at(count, LAW[CURVES])
    says = f"Seconds of {TREE} as a multiple of those of four curves, {count} points."
    lab.result(name, times, "ratio", says, kind="measured")
says = f"Seconds of {PAIRS} as a multiple of those of four curves, {MOST} points; {PAIRS}: {how}."
lab.result("times_longer_pairs", seconds[PAIRS] / seconds[CURVES], "ratio", says, kind="measured")
for way in (CURVES, TREE):
    says = f"Held at once while neighbours of {MOST} points are found, {way}."
    name = f"gigabytes_{neighbour_search.SHORT[way]}"
    lab.result(name, growths[way].gigabytes[-1], "gigabytes", says, kind="measured")
says = f"The distances of all pairs of {MOST} points, held at once in single precision, counted."
lab.result("gigabytes_pairs_at_once", 4 * MOST**2 / 1e9, "gigabytes", says)

# %%
ahead = [n for n in counts[TREE] if growths[TREE].at(n, 1) < growths[CURVES].at(n, 1)]
lowest = f"four curves, but the tree up to {max(ahead):,} points" if ahead else "four curves"
lab.figure(
    "search",
    neighbour_search.drawn(list(growths.values())),
    caption="What it costs to give each point its neighbours, by the number of points: curves grow in proportion, the "
    "tree a little faster, and the distances of all pairs nearly with the square.",
    alt="Two plots of lines that rise with the points, on logarithmic scales. Left, seconds: all distances far the "
    f"steepest; lowest {lowest}. Right, gigabytes: curves lowest, the tree a little above, all distances far above.",
    kind="measured",
)

# %% [markdown]
# Against the distances of all pairs the gap is as wide as one likes, since it grows with the points; for the largest
# ring it was not timed but scaled from a smaller one, by the power that was fitted. Against a k-d tree, the fair
# opponent on a processor, the curves are only a few times as fast, the more so the more points there are, and for the
# smallest clouds here, of a few thousand points at most, the tree is the faster one. It, too, stays far from the
# square. So the saving depends on the opponent.
#
# The curves also hold less than half as much. Most of what the tree holds at the end are its answers, a table of
# neighbours; in a row they need no table, and a patch of 1,024 points costs no more to find than one of 16. (The
# machine was busy with other work, too, so the exponents are rough.)
#
# ## What attention in patches costs
#
# One attention layer of the network, as in its first stage, in patches of 1,024 points and over all points at once.
# Both are fused, so that neither writes its weights down.

# %%
from lab.cost import cost, exponent
from models.point_transformer_v3 import SerializedAttention


def seconds_of_attention(count, size):
    """Return the seconds of one attention layer of 32 channels over a ring of points, in patches of that size."""
    layer = SerializedAttention(32, 2, size, enable_flash=True).to(place)
    cells = neighbour_search.torus(count, np.random.default_rng(seed)).to(place)
    clouds, x = neighbour_search.rows(cells), torch.randn(count, 32, device=place)
    return cost(lambda: layer(x, clouds, 0), place, times=2).seconds


patched = [2**k for k in (range(12, 17) if full else range(9, 12))]
whole = patched[:3]
spent = {"patches": [seconds_of_attention(n, 1024 if full else 128) for n in patched]}
spent["all"] = [seconds_of_attention(n, n) for n in whole]
for name, sizes, what in (("patches", patched, "in patches of 1024"), ("all", whole, "over all points at once")):
    says = f"Seconds of one attention layer against points, {what}; fitted from {sizes[0]} to {sizes[-1]}."
    lab.result(f"exponent_attention_{name}", exponent(sizes, spent[name]), "exponent", says, kind="measured")

# %% [markdown]
# ## What it misses
#
# How many of the 16 true nearest neighbours of a point are in its patch? Counted for rings of different sizes and
# patches of different sizes, three rings each, on single curves and on any of the four. Two other ways to put points in
# a row are there to compare with: sorted by x, and at random.

# %%
N, SIZES = (2**16, (16, 64, 128, 256, 1024, 4096)) if full else (2**12, (16, 64, 256))
MANY = [2**k for k in range(12, 19, 2)] if full else [2**10, 2**12]
RINGS, ASKED = (3, 2000) if full else (2, 200)
rng = np.random.default_rng(seed)
LARGE = 1024 if full else 256


def shares(count, sizes):
    """Return the shares of neighbours in patches of those sizes, for each of some rings of `count` points."""
    rings = [neighbour_search.torus(count, rng) for _ in range(RINGS)]
    return [neighbour_recall.recalls(ring, sizes, ASKED, seed + i) for i, ring in enumerate(rings)]


of_size, of_count = shares(N, SIZES), {n: shares(n, (LARGE,)) for n in MANY}
ROWS = {"z": "z", "hilbert": "hilbert", "any": neighbour_recall.UNION}
ROWS |= {"by_x": neighbour_recall.SLABS, "random": neighbour_recall.ANYWHERE}

# %%
for size in SIZES:
    for name, row in ROWS.items():
        found = [ring[size][row] for ring in of_size]
        says = f"True 16 nearest neighbours in a patch of {size}, {row}, {N} points: mean of {RINGS} rings."
        lab.result(f"shared_{size}_{name}", float(np.mean(found)), "percent", says)
SPREADS = {"": ("z", "hilbert", neighbour_recall.UNION), "_by_x": (neighbour_recall.SLABS,)}
for name, some in SPREADS.items():
    spread = max(np.ptp([ring[size][row] for ring in of_size]) for size in SIZES for row in some)
    says = f"Largest difference of two rings of {N} points in the share of neighbours in a patch, {', '.join(some)}."
    lab.result(f"shared_spread{name}", float(spread), "percent", says)
rows = [
    [row, *(f"{np.mean([ring[size][row] for ring in of_size]):.1f} %" for size in SIZES)]
    for row in (*neighbour_search.ORDERS, *list(ROWS.values())[2:])
]
drawing.Table(["true neighbours in the patch", *(f"{size}" for size in SIZES)], rows)

# %%
LABELS = {"z": "z-order", "hilbert": "Hilbert", "any": "any of four curves", "by_x": "sorted by x"}
plot, (by_size, by_count) = drawing.plot(8.4, 3.8, columns=2)
for name, label in LABELS.items():
    dashes, row = "--" if name == "hilbert" else "-", ROWS[name]
    rings = np.array([[ring[size][row] for size in SIZES] for ring in of_size])  # (rings, sizes)
    larger = np.array([[of_count[n][i][LARGE][row] for n in MANY] for i in range(RINGS)])
    for axes, x, y in ((by_size, SIZES, rings), (by_count, MANY, larger)):
        (line,) = axes.plot(x, y.mean(0), label=label, linestyle=dashes)
        axes.fill_between(x, y.min(0), y.max(0), color=line.get_color(), alpha=0.25, linewidth=0)
by_size.set(xscale="log", title="True neighbours in the patch, %", xlabel=f"points of a patch, of {N:,}", ylim=(0, 105))
by_count.set(xscale="log", title=f"In patches of {LARGE:,}, %", xlabel="points of the cloud", ylim=(0, 105))
legend = by_size.legend(fontsize=8, loc="lower right")

# %%
by_x = [np.mean([ring[LARGE][neighbour_recall.SLABS] for ring in of_count[n]]) for n in (MANY[0], MANY[-1])]
lab.figure(
    "shared",
    plot,
    caption="How many of the 16 true nearest neighbours are in a point's patch, by the size of patch and of cloud: "
    "more in larger patches and on any of four curves, and no more on Hilbert's curve than in z-order. Bands reach "
    f"from the lowest of {RINGS} rings to the highest; on curves they are hardly to be seen.",
    alt="Left: lines rise with the patch, any of four highest, z-order and Hilbert as one line below it, sorted by x "
    "far lower until it nears them in the largest patches. Right: with more points the curves stay near ninety percent "
    f"and above, and sorted by x falls from {by_x[0]:.0f} to {by_x[1]:.0f} %.",
)

# %% [markdown]
# Three things can be read from this.
#
# - In the large patches of the paper nine of ten true neighbours are there without a search; in patches as small as the
#   neighbourhoods of before, fewer than half. A large patch holds the small ones, so it cannot have fewer; what is
#   measured is how many. Whether a network learns more from large patches was not tried.
# - The four curves together hold more neighbours than each alone, as they must. What is measured is how many: they miss
#   about half as many. A layer sees one curve only; it is layer after layer that they come together.
# - Hilbert's curve, for all its turns, keeps no more neighbours together than the simple z-order.
#
# ## The network at its published size
#
# The network is built here with the names and shapes of the published files. What is in it?

# %%
from models.point_transformer_v3 import PointTransformerV3, SubmanifoldConvolution

with torch.device("meta"):  # sizes, no numbers
    published = PointTransformerV3()
learned = sum(p.numel() for p in published.parameters())
of_place = [m for m in published.modules() if isinstance(m, SubmanifoldConvolution)]
convolved = sum(p.numel() for m in of_place for p in m.parameters())
lab.result("parameters", learned, "parameters", "Learned numbers of the published network, counted.")
says = "Share of the learned numbers of the published network that are in convolutions, not in attention."
lab.result("share_of_convolutions", 100 * convolved / learned, "percent", says)

# %% [markdown]
# Two thirds of what it learns is not in attention at all but in the sparse convolutions before it, which tell a point
# where it is among its neighbours. These do find exact neighbours, the cells that touch, by looking them up in a table.
# So the network does not do without near neighbours; it does without *searching* for them.
#
# ## Small ones learn the parts of furniture
#
# Are cheap neighbours good enough to learn from? Four networks of the same design, over a thousand times smaller, were
# taught to say which part of a chair, a stool or a table each point lies on. They have as many numbers to learn, saw
# the same furniture, and differ in one thing: whom a point may attend to. In one it is its patch of 64 points on four
# curves, as in the paper; in one the 16 points that are nearest, searched for exactly, as many as in the networks of
# before; in one 64 points from anywhere in the cloud; and in the last nobody, which tells how much attention has to
# give. **Each was taught once, from one start.** How far another start would move these numbers is not known, so a
# difference of a few points between two of them means little, whatever the groups of furniture say.
#
# The furniture is made of boxes, in metres, turned any way, and seen as cells of 5 cm with noisy normals. A seat and a
# table top are plates alike; what stands around them tells them apart.

# %%
from lab import weights as stored
from lab.designs import ptv3
from lab.furniture import PARTS, piece
from lab.lessons.ptv3 import joined

KINDS = {"curves": "patches of 64 on four curves", "nearest": "the 16 nearest, exactly"}
KINDS |= {"anywhere": "64 from anywhere", "none": "no attention"}
taught = {kind: stored.load(ptv3.DESIGN, f"ptv3-{kind}", place) for kind in KINDS}
unseen = [piece(np.random.default_rng(1000 + seed + i)) for i in range(60 if full else 9)]
says = "Learned numbers of a small network."
lab.result("parameters_small", sum(p.numel() for p in taught["curves"].network.parameters()), "parameters", says)


@torch.no_grad()
def told(network, pieces):
    """Return the part that a network says each point of some pieces lies on, and the true one, (N,) each."""
    normals, grid, batch, parts = (each.to(place) for each in joined(pieces))
    return network(normals, grid, batch).argmax(-1).cpu().numpy(), parts.cpu().numpy()


# %%
def overlaps(network, pieces):
    """Return how well the points told to be each part agree with those that are, in percent, (parts,)."""
    table = np.zeros((len(PARTS), len(PARTS)))
    for i in range(0, len(pieces), 6):
        said, true = told(network, pieces[i : i + 6])
        np.add.at(table, (true, said), 1)
    both = np.diag(table)
    return 100 * both / np.maximum(table.sum(0) + table.sum(1) - both, 1)


groups = [unseen[i::3] for i in range(3)]
found = {kind: np.array([overlaps(taught[kind].network, group) for group in groups]) for kind in KINDS}


# %%
for kind, label in KINDS.items():
    says = f"Parts of unseen furniture, attention: {label}; mean of {len(groups)} groups."
    lab.result(f"miou_{kind}", found[kind].mean(), "miou", says)
    for part, agree in zip(PARTS, found[kind].mean(0), strict=True):
        says = f"The part called {part} in unseen furniture, attention: {label}; mean of {len(groups)} groups."
        lab.result(f"iou_{part.replace(' ', '_')}_{kind}", agree, "percent", says)
for kind in list(KINDS)[1:]:
    apart = (found["curves"] - found[kind]).mean(1)  # of each group
    says = f"Mean IoU, {KINDS['curves']} less {KINDS[kind]}, in points of percent; mean of {len(groups)} groups."
    lab.result(f"curves_over_{kind}", apart.mean(), "percent", says)
    lab.result(f"curves_over_{kind}_spread", np.ptp(apart), "percent", "Largest difference of two groups in that.")
rows = [[label, *found[kind].mean(0), found[kind].mean()] for kind, label in KINDS.items()]
drawing.Table(["agreement (IoU), %", *PARTS, "mean"], rows)

# %%
plot, (axes,) = drawing.plot(8.4, 4.2)
for i, (kind, label) in enumerate(KINDS.items()):
    mean, low, high = (f(found[kind], axis=0) for f in (np.mean, np.min, np.max))
    spots = np.arange(len(PARTS)) + 0.2 * (i - 1.5)
    axes.bar(spots, mean, 0.18, yerr=(mean - low, high - mean), label=label)
axes.set_xticks(range(len(PARTS)), PARTS)
axes.set(title="Agreement with the true parts (IoU), %", ylim=(0, 100))
axes.legend(fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.1))
highest = [KINDS[max(KINDS, key=lambda kind, i=i: found[kind].mean(0)[i])] for i in range(len(PARTS))]
lab.figure(
    "parts",
    plot,
    caption="How well each network tells the parts of furniture that it never saw; lines span three groups of pieces. "
    "Each network was taught once, so chance in teaching is not in the lines.",
    alt="Bars in five groups, one for each part of furniture, four in each for whom a point attends to. The highest: "
    + "; ".join(f"{part}, {label}" for part, label in zip(PARTS, highest, strict=True))
    + ".",
    weights=taught["curves"],
)

# %%
chosen = sorted(unseen, key=lambda each: -len(set(each.parts)))[:3]
paint = cloud_picture.colours
key = {part: np.broadcast_to(paint(np.array(i)), (16, 260, 3)) for i, part in enumerate(PARTS)}
said = {kind: [paint(told(network.network, [each])[0]) for each in chosen] for kind, network in taught.items()}
rows = [
    {"true parts": cloud_picture.seen(each.grid, paint(each.parts), dot=9)}
    | {KINDS[kind]: cloud_picture.seen(each.grid, said[kind][i], dot=9) for kind in KINDS}
    for i, each in enumerate(chosen)
]
lab.figure(
    "furniture",
    drawing.sheet([key, *rows]),
    caption="Furniture that no network saw before, its points coloured by part: as they are, and as each network tells "
    "them. The first row says which colour is which part.",
    alt="A row of colours with the names of five parts. Below it three pieces of furniture in rows, each five times: "
    "its true parts, and the parts that four networks tell.",
    weights=taught["curves"],
)

# %% [markdown]
# In this one training attention on curves helps where it should: plates alike, such as table tops and backs, are told
# apart far better than without it, by what stands around them, we think, which convolutions over cells that touch do
# not see. It is far ahead of no attention, in each group of pieces. Over the exact neighbours it has a lead on average,
# too, but that does not decide between the two: the lead is no larger than what groups of pieces differ by, each
# network was taught once, and patches of 64 points stand against 16 neighbours. As many points from anywhere bring on
# average as much as the exact neighbours: part of what the curves bring may be width, and not nearness.
#
# By parts it is no draw. At arms the curves brought nothing and the exact neighbours brought much; these are ahead at
# legs and seats, too, by less. At table tops and backs it is the other way round.
#
# ## What to take from this
#
# - **Cost:** sorting along four curves is far cheaper than comparing all pairs, and for clouds of a quarter of a
#   million points several times cheaper than a k-d tree; for a few thousand points it is not. The gains that the
#   paper names are against PTv2 on a graphics card and were not checked.
# - **Loss:** in patches of 1,024 points one in ten true neighbours is missed on one curve, and fewer than half of these
#   on all four. In patches of 16 more than half are missed. It takes the large patches.
# - **Good enough:** a network learned much more with patches on four curves than without attention. Whether they are as
#   good as exact neighbours is not decided: one training each, 64 points against 16, ahead on average and behind at
#   arms, legs and seats. As many exact neighbours as the patch has points would tell; they were not tried.
# - **Curves:** Hilbert's is no better than the z-order. Several together hold more neighbours than one, as they must;
#   whether a network learns more from several was not tried.
# - **Limits:** rings and boxes are no scanned rooms, and a network this small shows that the design learns, not how
#   well the published one does.
