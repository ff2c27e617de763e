# %% [markdown]
# # Attention whose cost grows with the picture, and not with its square, has to look broadly
#
# In attention every place of a picture looks at every other. Twice the width means four times the places and sixteen
# times the work, and that is one thing that keeps networks like Stable Diffusion from painting large pictures at once;
# that they learned small ones is another. LinFusion puts another attention in its place, whose work grows with the
# places alone.
#
# Here that attention is measured: what it costs, what it keeps, what it can no longer do, and whether a network that
# grew up with the old one can learn to live with it.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## What it costs
#
# Three ways to compute attention with 8 heads of 40 channels, as in Stable Diffusion where its pictures are largest,
# in single precision, timed on the device that the foot of this page names:
#
# - **Softmax, weights written down**: a table that says how much each token attends to each other token.
# - **Softmax, fused**: the same numbers, but the table is never in memory all at once.
# - **Linear**: each token is turned into positive features. All keys and values are summed up into one small matrix,
#   which each query then asks. No table is needed.
#
# A token stands for 8 × 8 pixels, so a picture of 512 × 512 has 4,096 of them, and one of 16,384 × 16,384 over four
# million.

# %%
import torch
from lab import attention, attention_cost, drawing
from lab import device as places

places.seed_everything(seed)
place = places.device(device)
full = mode == "full"
growths = attention_cost.measured(attention_cost.tried(full), place)
LARGE = 4096  # pixels
attention_cost.record_growth(growths, f"{LARGE}px", (LARGE // 8) ** 2)

# %%
attention_cost.show(growths)

# %% [markdown]
# Two things are often mixed up. The *memory* problem is solved by fusing alone: the fused form holds hardly more than
# its answers, and even less than our linear form, which is not fused. The *time* problem is not: fused softmax still
# compares all pairs. What linear attention buys over it is time.
#
# How large may a picture become before one attention alone fills a graphics card of 24 GB? Single precision is meant
# here, too; half precision, usual on such cards, needs about half of the memory.

# %%
LIMIT = 24
rows = []
for growth in growths:
    side = 8 * attention_cost.reaches(growth, "gigabytes", LIMIT) ** 0.5
    short = attention_cost.SHORT[growth.form]
    says = f"Side of a square picture at which one attention would hold {LIMIT} GB, {growth.form}; scaled, not run."
    lab.result(f"side_at_{LIMIT}gb_{short}", side, "pixels", says, kind="measured")
    rows.append([growth.form, f"{side:,.0f} px"])
drawing.Table(["", f"{LIMIT} GB are full at a width of"], rows)

# %% [markdown]
# ## What it keeps
#
# LinFusion's attention is built with random weights, for these properties hold for any. What it computes can be written
# as a table of weights after all, to be looked at.
#
# - The weights of each token add up to one: it is an average, as softmax is.
# - Tokens in another order give the same answers in that order. Where a token lies, attention does not know.
# - Every token twice changes nothing. Without the division by the sum of weights all answers would double. This
#   helps a network that was taught at one size to work at another.

# %%
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.linfusion import GeneralizedLinearAttention, attend

TOKENS = 256
module = GeneralizedLinearAttention(attention.HEADS * attention.CHANNELS, attention.HEADS).double().eval()


def heads(values, count):
    """Return (B, N, C) as (B, heads, N, C / heads)."""
    return values.unflatten(-1, (count, -1)).transpose(1, 2)


@torch.no_grad()
def parts(tokens):
    """Return the positive features of queries and keys, and the values, each (1, 8, N, 40)."""
    q = 1 + F.elu(module.to_q(tokens + module.to_q_(tokens)))
    k = 1 + F.elu(module.to_k(tokens + module.to_k_(tokens)))
    return tuple(heads(each, attention.HEADS) for each in (q, k, module.to_v(tokens)))


# %%
tokens = torch.randn(1, TOKENS, attention.HEADS * attention.CHANNELS, dtype=torch.float64)
q, k, v = parts(tokens)
weights = attend(q, k, torch.eye(TOKENS, dtype=q.dtype).expand(1, attention.HEADS, -1, -1))
order = torch.randperm(TOKENS)
with torch.no_grad():
    moved = float((module(tokens[:, order]) - module(tokens)[:, order]).abs().max())
twice = parts(tokens.repeat(1, 2, 1))
grown = {
    "normalised": attend(*twice)[..., :TOKENS, :].norm() / attend(q, k, v).norm(),
    "unnormalised": (twice[0] @ (twice[1].mT @ twice[2]))[..., :TOKENS, :].norm() / (q @ (k.mT @ v)).norm(),
}
lab.result("weights_add_up_to", 100 * float(weights.sum(-1).mean()), "percent", "Weights of a token, added up: mean.")
for name, ratio in grown.items():
    says = f"Answers when every token is there twice, as a share of those before, {name} linear attention."
    lab.result(f"twice_{name}", float(ratio), "ratio", says)
print(f"tokens in another order: answers differ by at most {moved:.0e}")

# %% [markdown]
# ## What it gives up
#
# The table of weights is a product of features with 40 channels, so its rank is at most 40, however many tokens there
# are. A table that lets each token look at just one other, at its own partner, has full rank. So linear attention can
# look broadly, at many places at once in 40 independent ways, and cannot point.
#
# How much that matters depends on how sharply softmax points. Below, softmax over random tokens is made ever sharper,
# and its table is replaced by the best of rank 40. (Random tokens have favourites in common, which a low rank can hold.
# Where each has a partner of its own, most is lost.)


# %%
def softmax_of(q, k, sharpness=1.0):
    """Return the table of softmax weights (..., N, N)."""
    return (sharpness * q @ k.mT * q.shape[-1] ** -0.5).softmax(-1)


def kept(table, rank):
    """Return which share of a table's squares its best approximation of a rank keeps, in percent: mean over heads."""
    squares = torch.linalg.svdvals(table) ** 2
    return 100 * float((squares[..., :rank].sum(-1) / squares.sum(-1)).mean())


def largest_weight(table):
    """Return the largest weight of a token, in percent: mean over tokens and heads."""
    return 100 * float(table.amax(-1).mean())


# %%
random = [torch.randn(attention.HEADS, TOKENS, attention.CHANNELS) for _ in range(2)]
tables = [softmax_of(*random, sharpness) for sharpness in (0.5, 1, 1.5, 2, 3, 4, 6, 10, 20)]
sharp = [(largest_weight(table), kept(table, attention.CHANNELS)) for table in tables]
ranks = {"linear": weights[0, 0], "softmax": tables[-1][0].double()}
for name, table in ranks.items():
    says = f"Rank of a table of weights over {TOKENS} tokens, {name} attention with {attention.CHANNELS} channels."
    lab.result(f"rank_{name}", int(torch.linalg.matrix_rank(table)), "count", says)
partners = kept(torch.eye(TOKENS)[torch.randperm(TOKENS)], attention.CHANNELS)
for name, share, where in (
    ("sharp_softmax", sharp[-1][1], "softmax over random tokens points sharply"),
    ("partners", partners, "each token looks at a partner of its own"),
):
    says = f"Share of a table of weights, squared, that the best one of rank {attention.CHANNELS} keeps, where {where}."
    lab.result(f"kept_of_{name}", share, "percent", says)

# %% [markdown]
# Does a network that was taught with softmax point sharply? A small UNet was taught here to see the noise in drawn
# brushwork. Its one self-attention has 4 heads of 16 channels, and it learned on pieces of 48 × 48 pixels, each of 144
# tokens. Its tables are put beside the random ones, each replaced by the best one of rank 16.

# %%
from lab import brush
from lab.designs import linfusion
from lab.tensors import to_picture, to_tensor
from models.small_denoiser import noised, picture_left

taught = linfusion.load(place)
print({loaded.file: loaded.origin for loaded in taught.values()})
unseen = [2 * to_tensor(picture.copy()) - 1 for picture in brush.pictures(4 if full else 1, 1000 + seed)]
noise = [torch.randn(one.shape, generator=torch.Generator().manual_seed(i)) for i, one in enumerate(unseen)]
PIECE, TIMES = 48, (100, 300, 500, 700, 900) if full else (300, 700)  # pixels; steps of noise, of a thousand


# %%
def pieces(picture, side):
    """Return a picture (3, H, W) cut into squares, (B, 3, side, side)."""
    rows = picture.unfold(1, side, side).unfold(2, side, side)  # (3, rows, columns, side, side)
    return rows.flatten(1, 2).transpose(0, 1).contiguous()


def noisy_pieces(i, side, time):
    """Return the pieces of an unseen picture under noise, the steps of noise of each, and the noise."""
    clean, added = pieces(unseen[i], side), pieces(noise[i], side)
    steps = torch.full((len(clean),), time)
    return noised(clean, added, steps), steps, added


# %%
of_network = [linfusion.weights_of(taught["softmax"], *noisy_pieces(0, PIECE, time)[:2]) for time in TIMES]
points = [(largest_weight(table), kept(table, table_rank := 16)) for table in of_network]
says = "Share of its softmax weights, squared, that the best tables of rank 16 keep, small network: mean over noise."
lab.result("kept_of_taught_softmax", sum(share for _, share in points) / len(points), "percent", says)

# %%
plot, (axes,) = drawing.plot(7.2, 3.6)
axes.plot(*zip(*sharp, strict=True), label=f"random tokens, rank {attention.CHANNELS} of {TOKENS}")
axes.plot(*zip(*points, strict=True), linestyle="", label=f"the small network, rank {table_rank} of 144")
axes.axhline(partners, color=drawing.style.INK, linewidth=1, linestyle=":")
axes.annotate("each token looks at a partner of its own", (1.4, partners + 2), fontsize=9)
axes.set(xscale="log", xlabel="largest weight of a token, %: further right it points more sharply", ylim=(0, 105))
axes.set(title="Share of softmax's weights that a low rank keeps, in %")
axes.legend(loc="center left", fontsize=9)
lab.figure(
    "rank",
    plot,
    caption="How much of softmax's table of weights (its squares) the best table of low rank keeps.",
    alt="A curve falls from near 100 % for broad looks to just over half for the sharpest; five points lie above it, "
    "near 100 %; a dotted line for partners runs far below.",
    weights=taught["softmax"],
)

# %% [markdown]
# ## Can a network learn to live with it?
#
# LinFusion takes a trained network, puts linear attention in place of softmax, and teaches the new part alone: to see
# the noise, to answer as the old network does, and to make attention answer as softmax did. The second small network
# was taught so, from the projections of the first, as the abstract says; the released code starts its attention from
# random numbers. Two more stand beside it: the linear attention before its lesson, and the first network with no
# self-attention at all, which tells how much there was to lose.
#
# First their attentions are compared: how far are the answers of the linear one from those of softmax, on brushwork
# that none has seen? It is cut into pieces of the size of the lessons, of twice and of four times that size. The
# pictures and their noise are the same; they are only cut differently. Zero percent would be the same answers, a
# hundred no better than the mean answer.

# %%
NETWORKS = {
    "softmax": taught["softmax"],
    "linear": taught["linear"],
    "untaught": linfusion.untaught(taught["softmax"]),
    "none": linfusion.without_attention(taught["softmax"]),
}
CALLED = {
    "softmax": "softmax",
    "linear": "linear, taught",
    "untaught": "linear, not taught",
    "none": "no self-attention",
}
SIDES = [PIECE * times for times in ((1, 2, 4) if full else (1, 2))]


# %%
def missed(name, side, time):
    """Return how much of the variance of softmax's answers another attention misses, in percent."""
    apart = varied = 0.0
    for i in range(len(unseen)):
        noisy, steps, _ = noisy_pieces(i, side, time)
        wanted = linfusion.answers_of(NETWORKS["softmax"], noisy, steps)
        apart += float((linfusion.answers_of(NETWORKS[name], noisy, steps) - wanted).square().mean())
        varied += float((wanted - wanted.mean((0, 1))).square().mean())
    return 100 * apart / varied


# %%
away = {(n, s): sum(missed(n, s, t) for t in TIMES) / len(TIMES) for n in ("linear", "untaught") for s in SIDES}
for (name, side), value in away.items():
    says = f"Variance of softmax's answers that is missed, {CALLED[name]}, {side}x{side} pixels: mean over noise."
    lab.result(f"answers_missed_{side}_{name}", value, "relative", says)
rows = [[CALLED[n], *(f"{away[n, s]:.1f} %" for s in SIDES)] for n in ("linear", "untaught")]
drawing.Table(["softmax's answers missed", *(f"{side} × {side} px" for side in SIDES)], rows)

# %% [markdown]
# The lesson carries over: of what softmax answers, the taught attention misses about one percent, and no more at four
# times the size than at that of the lessons. Untaught, with the same projections, it misses most. That
# would fit what LinFusion's abstract says of large networks, that they paint at sizes they were not taught; ours is
# small, was taught once, and paints nothing. It fits the picture above, too: where softmax looks broadly, a low rank is
# enough.
#
# Is the network as good with it, too? All four now say what noise they see.


# %%
def error(loaded, side, time):
    """Return the mean squared error of the noise that a network sees in all unseen pictures."""
    found = []
    for i in range(len(unseen)):
        noisy, steps, added = noisy_pieces(i, side, time)
        found.append(float((linfusion.predicted(loaded, noisy, steps) - added).square().mean()))
    return sum(found) / len(found)


errors = {(n, s, t): error(loaded, s, t) for n, loaded in NETWORKS.items() for s in SIDES for t in TIMES}

# %%
mean_error = {(n, s): sum(errors[n, s, t] for t in TIMES) / len(TIMES) for n in NETWORKS for s in SIDES}
for (name, side), value in mean_error.items():
    says = f"Small network, attention {CALLED[name]}, {side}x{side} pixels: mean over {len(TIMES)} strengths of noise."
    lab.result(f"noise_error_{side}_{name}", value, "noise_error", says)
for side in SIDES:
    for name in ("linear", "untaught", "none"):
        above = 100 * (mean_error[name, side] / mean_error["softmax", side] - 1)
        says = f"Error of the noise above softmax's, attention {CALLED[name]}, {side}x{side} pixels."
        lab.result(f"above_softmax_{side}_{name}", above, "relative", says)
rows = [[CALLED[n], *(f"{mean_error[n, s]:.4f}" for s in SIDES)] for n in NETWORKS]
drawing.Table(["error of the noise", *(f"{side} × {side} px" for side in SIDES)], rows)

# %%
plot, panels = drawing.plot(8.4, 3.6, columns=len(SIDES))
for axes, side in zip(panels, SIDES, strict=True):
    for name in ("linear", "untaught", "none"):
        above = [100 * (errors[name, side, time] / errors["softmax", side, time] - 1) for time in TIMES]
        axes.plot(TIMES, above, label=CALLED[name])
    axes.axhline(0, color=drawing.style.INK, linewidth=1, linestyle=":")
    axes.set(title=f"{side} × {side} px", xlabel="steps of noise")
panels[0].set(ylabel="% above softmax's error")
panels[-1].legend(fontsize=8)
lab.figure(
    "distilled",
    plot,
    caption="Error of the noise that is seen, in percent above softmax's, by how noisy the picture is: never much.",
    alt="Three plots, alike at each size: taught linear attention lies at zero, untaught and none a little above.",
    weights=taught["linear"],
)

# %% [markdown]
# If the official files of Stable Diffusion and of LinFusion are at hand, the large networks are asked the same, at 512
# pixels and at twice that width: how much more they err about the noise with the attention that LinFusion's authors
# taught.

# %%
from lab.designs import official_diffusion, official_linfusion

pair = official_linfusion.with_and_without(place)
WIDE = [512, 1024] if full else [64]  # pixels
erred = {}
for side in WIDE if pair else ():
    picture = F.interpolate(unseen[0][None] / 2 + 0.5, (side, side), mode="bicubic", antialias=True)[0].clamp(0, 1)
    erred |= {(n, side, t): official_diffusion.error_of_noise(pair[n], picture, t, seed) for n in pair for t in TIMES}
    for name in pair:
        value = sum(erred[name, side, t] for t in TIMES) / len(TIMES)
        says = (
            f"Stable Diffusion, attention {name}, official weights, {side}x{side} pixels: mean over strengths of noise."
        )
        lab.result(f"noise_error_official_{side}_{name}", value, "noise_error", says)
print("official networks:", ", ".join(loaded.file for loaded in pair.values()) or "none at hand")

# %%
if pair:
    plot, (axes,) = drawing.plot(4.8, 3.6)
    for side in WIDE:
        above = [100 * (erred["linear", side, t] / erred["softmax", side, t] - 1) for t in TIMES]
        axes.plot(TIMES, above, label=f"{side} × {side} px")
    axes.axhline(0, color=drawing.style.INK, linewidth=1, linestyle=":")
    axes.set(xlabel="steps of noise", ylabel="% above softmax's error")
    axes.legend(fontsize=8)
    lab.figure(
        "distilled-official",
        plot,
        caption="The same of Stable Diffusion with LinFusion's attention: the error of the noise, above softmax's.",
        alt="A line for each size, over the steps of noise; a dotted line at zero is softmax.",
        weights=pair["linear"],
    )

# %%
AT = 300


def shown_at_size(values):
    """Return values (3, H, W) in [-1, 1] as a picture about 200 pixels wide."""
    return drawing.magnified(to_picture((values + 1) / 2), max(1, 192 // values.shape[-1]))


def cleaned(loaded, i, side):
    """Return an unseen picture with the noise removed in one step, all its pieces put together again."""
    noisy, steps, _ = noisy_pieces(i, side, AT)
    left = picture_left(steps)[:, None, None, None]
    clean = (noisy - (1 - left).sqrt() * linfusion.predicted(loaded, noisy, steps)) / left.sqrt()
    return shown_at_size(clean[0])


shown = {"under noise": shown_at_size(noisy_pieces(0, SIDES[-1], AT)[0][0])}
shown |= {CALLED[n]: cleaned(loaded, 0, SIDES[-1]) for n, loaded in NETWORKS.items()}
shown |= {"truth": shown_at_size(unseen[0][:, : SIDES[-1], : SIDES[-1]])}
lab.figure(
    "cleaned",
    drawing.sheet([{label: shown[label] for label in list(shown)[i : i + 3]} for i in (0, 3)]),
    caption="Brushwork under noise, at four times the size of the lessons, cleaned in a single step.",
    alt="Six pictures: noise; four times the same soft patches of colour; the true strokes, which are crisp.",
    weights=taught["linear"],
)

# %% [markdown]
# The small network is as good with the attention that was taught, but this second test is a gentle one. With no
# self-attention at all it errs hardly more, for its convolutions do most of the work, and the cleaned pictures look
# alike whichever attention it has. So there was little to lose. Whether a large painter of pictures, in which much
# depends on attention, stays as good as it was, this does not show.

# %% [markdown]
# ## The network at its published size
#
# What a step of Stable Diffusion's own UNet costs does not depend on its weights. Its multiplications are counted, with
# softmax and with LinFusion in all 16 places, for square pictures up to 16,384 pixels wide. Attention is only a part of
# the network, and at the size that it was made for, 512 pixels, a small one: there is next to nothing to gain.

# %%
from lab import unet_step
from lab.random_weights import AT_RANDOM

WIDTHS = (512, 1024, 2048, 4096, 8192, 16384) if full else (512,)
KINDS = {"softmax": False, "linear": True}
gmacs = {(n, side): unet_step.operations(linear, side) for n, linear in KINDS.items() for side in WIDTHS}
for side in WIDTHS:
    for name in KINDS:
        says = f"One step of Stable Diffusion's UNet, {side}x{side} pixels, {name} self-attention, counted."
        lab.result(f"gmacs_{side}_{name}", gmacs[name, side], "gmacs", says)
    says = f"One step of Stable Diffusion's UNet, {side}x{side} pixels: softmax's work as a multiple of LinFusion's."
    lab.result(f"gmacs_saved_{side}", gmacs["softmax", side] / gmacs["linear", side], "ratio", says)
rows = [
    [f"{s:,} px", *(f"{gmacs[n, s]:,.0f}" for n in KINDS), gmacs["softmax", s] / gmacs["linear", s]] for s in WIDTHS
]
drawing.Table(["one step", "GMACs, softmax", "GMACs, LinFusion", "times fewer"], rows)

# %% [markdown]
# Counted operations are not time. On a graphics card the step is also run, with random weights in half precision, up to
# 8,192 pixels with (fused) softmax and up to 16,384 with LinFusion, or as far as memory goes. Without one this is left
# out.

# %%
timed = {}
if place.type == "cuda":
    for name, linear in KINDS.items():
        sides = [side for side in WIDTHS if linear or side <= 8192]
        timed[name] = unet_step.costs(linear, sides, place)
        for side, spent in timed[name].items():
            says = f"One step of Stable Diffusion's UNet, {side}x{side} pixels, half precision, {name} self-attention"
            lab.result(f"seconds_{side}_{name}", spent.seconds, "seconds", f"{says}.", kind="measured")
            lab.result(f"gigabytes_{side}_{name}", spent.bytes / 1e9, "gigabytes", f"{says}.", kind="measured")

# %%
plot, panels = drawing.plot(7.2, 3.6, columns=2 if timed else 1)
for name in KINDS:
    panels[0].plot(WIDTHS, [gmacs[name, side] for side in WIDTHS], label=name)
    if timed:
        panels[1].plot(list(timed[name]), [spent.seconds for spent in timed[name].values()], label=name)
for axes, what in zip(panels, ("Billions of multiplications", "Seconds"), strict=False):
    axes.set(xscale="log", yscale="log", title=what, xlabel="width of a square picture, px")
    axes.legend()
lab.figure(
    "unet-step",
    plot,
    caption="What one step of Stable Diffusion's UNet takes, by the width of the picture: softmax leaves the line of "
    "linear attention beyond the size that the network was made for.",
    alt="Two rising lines that part from about a thousand pixels on; softmax ends more than a hundred times higher.",
    weights=AT_RANDOM,
    kind="measured" if timed else "exact",
)

# %% [markdown]
# ## What to take from this
#
# - **Cost:** linear attention takes time nearly in proportion to the picture. At 512 pixels that gains next to nothing,
#   at 4,096 a whole step needs less than a tenth of the multiplications, at 16,384 less than a hundredth.
# - **Memory** alone is no reason for it: fused softmax needs little, too.
# - **Size:** dividing by the sum of weights makes it indifferent to how many tokens there are.
# - **Price:** it looks broadly and cannot point. A network has to be taught again to live with that. Ours could, at a
#   task that asked little of attention.
#
# Not tested here: the pictures that LinFusion paints and, unless its files were at hand, its weights.
