# %% [markdown]
# # Sharp, textured and faithful are three claims, and no single number backs all three
#
# Grass is photographed, made four times smaller and enlarged again. Is what comes back still grass? DeepArt asks such a
# question of generated pictures: how faithfully do they keep the texture of pictures that people painted?
#
# Its summary names no measure, and its repository holds pictures and no code. So the measures below are ours and not
# the paper's, and none of its pictures are shown. What is tested here is the idea that texture has to be measured at
# all: that it is another thing than being sharp, and another than being close to the original.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %% [markdown]
# ## Three textures, and five stand-ins for each
#
# scikit-image ships photographs of a brick wall, of grass and of gravel. Each is cut into its four quarters. Every
# quarter in turn is the truth, and five others stand in for it:
#
# - **bicubic**: the truth made four times smaller and enlarged again by averaging neighbours.
# - **sharpened**: the same, its fine differences raised until neighbouring pixels differ as much as in the truth.
# - **LIIF**: the small picture enlarged by a network. The lessons of our small network held these three photographs
#   whole, so its scores tell of memory as much as of skill: on other photographs expect less.
# - **same waves**: noise. The truth is taken apart into waves, and each wave is moved to a random place.
# - **elsewhere**: the opposite quarter of the same photograph. It is the texture itself, but at another place.

# %%
import numpy as np
from lab import data, drawing, textures, weights
from lab import device as places
from lab.designs import liif
from lab.resize import resize, shrunk

places.seed_everything(seed)
place = places.device(device)
network = weights.load(liif.DESIGN, "liif-photographs", place)
full = mode == "full"
NAMES, SIDE = ("brick", "grass", "gravel"), 256 if full else 96
CORNERS = ((0, 0), (0, 256), (256, 0), (256, 256))  # of the quarters; the opposite of i is 3 - i
crops = {
    (name, i): data.photograph(name)[y : y + SIDE, x : x + SIDE] for name in NAMES for i, (y, x) in enumerate(CORNERS)
}
tried = [crop for crop in crops if full or crop[1] == 0]


# %%
def stand_ins(name, i):
    """Return the five stand-ins for a crop."""
    truth, small = shrunk(crops[name, i], 4)
    soft = resize(small, SIDE, SIDE)
    rng = np.random.default_rng([seed, NAMES.index(name), i])
    return {
        "bicubic": soft,
        "sharpened": textures.sharpened(soft, truth),
        "LIIF": liif.enlarge(network, small, SIDE, SIDE),
        "same waves": textures.same_waves(truth, rng),
        "elsewhere": crops[name, 3 - i],
    }


made = {crop: stand_ins(*crop) for crop in tried}

# %% [markdown]
# ## Five measures
#
# Two compare pixel by pixel, and so ask whether a picture is *faithful*. **PSNR** comes from the squared error.
# **SSIM** compares small windows: their brightness, their contrast, and how they vary together.
#
# Two don't care where anything lies, and ask whether a picture is *textured* like the truth. The **spectrum distance**
# tells by how many decibels the strength of waves differs, from coarse ones to fine ones. The **pattern distance**
# compares how often each kind of neighbourhood occurs: which of a pixel's eight neighbours are brighter than it is
# (local binary patterns). It is 0 for equal shares.
#
# One asks whether a picture is *sharp*. The **contrast ratio** is the mean squared difference of neighbouring pixels
# (the contrast of their co-occurrence matrix) as a share of the truth's; 1 is best.

# %%
from lab.metrics import psnr, ssim

MEASURES = {  # title, how it is computed, how far a value is from the best one
    "psnr": ("PSNR, dB", lambda made, truth: psnr(made, truth, 4), lambda value: -value),
    "ssim": ("SSIM", lambda made, truth: ssim(made, truth, 4), lambda value: -value),
    "spectrum_distance": ("spectrum distance, dB", textures.spectrum_distance, abs),
    "pattern_distance": ("pattern distance", textures.pattern_distance, abs),
    "contrast_ratio": ("contrast ratio", textures.contrast_ratio, lambda value: abs(np.log(value))),
}
score = {
    (crop, way, measure): compute(picture, crops[crop])
    for crop, ways in made.items()
    for way, picture in ways.items()
    for measure, (_, compute, _) in MEASURES.items()
}
WAYS = list(made[tried[0]])


def mean(way, measure, names=NAMES):
    """Return the mean score of a stand-in over the crops of some textures."""
    return float(np.mean([score[crop, way, measure] for crop in tried if crop[0] in names]))


# %%
ABOUT = {"bicubic": "enlarged by bicubic", "sharpened": "enlarged by bicubic and sharpened", "LIIF": "enlarged by LIIF"}
ABOUT |= {"same waves": "noise with the same waves", "elsewhere": "another part of the same texture"}
for measure in MEASURES:
    for way in WAYS:
        says = f"Brick, grass and gravel, {ABOUT[way]}, against the truth: mean of {len(tried)} crops."
        lab.result(f"{measure}_{way.lower().replace(' ', '_')}", mean(way, measure), measure, says)
rows = [
    [f"{name}, {way}", *(f"{mean(way, measure, (name,)):.3g}" for measure in MEASURES)]
    for name in NAMES
    for way in WAYS
]
drawing.Table(["", *(title for title, _, _ in MEASURES.values())], rows)

# %% [markdown]
# ## Five measures, and who comes first
#
# Below, each measure's favourite is marked. They don't agree. PSNR and SSIM prefer an enlargement, although its blades
# of grass have become a mist. The spectrum prefers noise, and contrast the sharpened mist: each was made to please that
# measure, which shows that it can be pleased so. Only the patterns prefer what really is grass, and they can't tell
# that it is other grass.

# %%
from lab.cards import carded

LABELS = {"psnr": "PSNR", "ssim": "SSIM", "spectrum_distance": "spectrum", "pattern_distance": "patterns"}
LABELS |= {"contrast_ratio": "contrast"}
DIGITS = {"psnr": "{:.1f} dB", "ssim": "{:.2f}", "spectrum_distance": "{:.1f} dB apart"}
DIGITS |= {"pattern_distance": "{:.4f} apart", "contrast_ratio": "{:.2f} ×"}
BEST = dict(zip(MEASURES, ("no error", "1", "0 dB apart", "0 apart", "1 ×"), strict=True))


def first(crop, measure):
    """Return the stand-in that a measure prefers."""
    return min(WAYS, key=lambda way: MEASURES[measure][2](score[crop, way, measure]))


def with_scores(crop, way):
    """Return the middle of a crop, magnified, with its scores below."""
    part = slice(SIDE // 2 - 40, SIDE // 2 + 40)
    picture = drawing.magnified((made[crop] | {"truth": crops[crop]})[way][part, part], 3)
    shown = BEST if way == "truth" else {m: DIGITS[m].format(score[crop, way, m]) for m in MEASURES}
    best = [LABELS[m] for m in MEASURES if first(crop, m) == way]
    return carded(picture, {LABELS[m]: value for m, value in shown.items()}, best)


# %%
ORDER = ("truth", "bicubic", "sharpened", "LIIF", "same waves", "elsewhere")
SEEN = {"brick": "bricks with joints", "grass": "blades of grass", "gravel": "small stones"}
CALLED = {"brick": "brick wall", "grass": "grass", "gravel": "gravel"}
SHARPENED = {"brick": "hard, its light joints rimmed with dark"}  # the others, and noise below, look alike
WAVES = {"brick": "woven streaks"}
LEARNED = " LIIF had this photograph in its lessons." if network.origin == "trained here" else ""
for name in ("grass", "brick", "gravel"):
    panels = {way: with_scores((name, 0), way) for way in ORDER}
    lab.figure(
        name,
        drawing.sheet([{way: panels[way] for way in ORDER[i : i + 3]} for i in (0, 3)]),
        caption=f"A part of the {CALLED[name]}, and five stand-ins for it. Each measure's favourite is marked."
        + LEARNED,
        alt=f"Six crops: {SEEN[name]}; soft; {SHARPENED.get(name, 'blotches, light and dark')}; less soft; "
        f"{WAVES.get(name, 'noise')}; {SEEN[name]} elsewhere. Below each stand five scores; the marked ones, best of "
        "all, lie under four different stand-ins.",
        weights=network,
    )

# %% [markdown]
# Is that so for every quarter of every photograph? The table counts how often each stand-in comes first.

# %%
count = {(measure, way): sum(first(crop, measure) == way for crop in tried) for measure in MEASURES for way in WAYS}
for measure in MEASURES:
    way = max(WAYS, key=lambda way: count[measure, way])
    says = f"How often {MEASURES[measure][0].partition(',')[0]} prefers what is {ABOUT[way]}, among {len(tried)} crops."
    lab.result(f"first_by_{measure}", count[measure, way], "count", says)
drawing.Table(
    [f"first, of {len(tried)}", *WAYS],
    [[title, *(count[measure, way] for way in WAYS)] for measure, (title, _, _) in MEASURES.items()],
)

# %% [markdown]
# ## Where the texture went
#
# The spectrum shows what an enlargement lacks. Made four times smaller, a picture keeps no upright or level waves
# shorter than eight pixels, and no slanting ones shorter than about six. Bicubic resizing puts back next to nothing
# below that length. Sharpening raises what is there, mostly waves a little longer, and so reaches the right contrast
# with the wrong waves. The network puts back some.

# %%
lines = {"truth": ("-", drawing.style.INK), "bicubic": ("--", drawing.style.BLUE)}
lines |= {"sharpened": (":", drawing.style.ORANGE), "LIIF": ("-.", drawing.style.GREEN)}
fineness = (np.arange(textures.RINGS) + 0.5) / (2 * textures.RINGS)  # waves per pixel
plot, panels = drawing.plot(8.4, 3.6, columns=3)
for axes, name in zip(panels, NAMES, strict=True):
    for way, (dashes, colour) in lines.items():
        power = [textures.spectrum((made[crop] | {"truth": crops[crop]})[way]) for crop in tried if crop[0] == name]
        axes.plot(fineness, np.mean(power, axis=0), dashes, color=colour, marker="", label=way)
    axes.set(yscale="log", title=name.capitalize(), xlabel="pixels per wave", ylim=(1e4, None))
    axes.set_xticks([1 / 16, 1 / 8, 1 / 4, 1 / 2], ["16", "8", "4", "2"])
    axes.axvline(1 / 8, color=drawing.style.GREY, linewidth=1)
panels[0].set(ylabel="power")
panels[0].legend(loc="upper right", fontsize=8)
lab.figure(
    "spectrum",
    plot,
    caption="Power of waves, coarse to fine; right of the upright line the small picture holds slanting waves only.",
    alt="Three plots of four falling curves: right of the line bicubic drops far below the truth, LIIF less far.",
    weights=network,
)

# %% [markdown]
# ## Does a measure know a texture when it sees one?
#
# A measure of texture should find that two parts of a brick wall are more alike than a part of a wall and some grass.
# So each of the twelve quarters is compared with the other eleven, of which three show the same texture, and the
# measure names the one that it finds most alike. Guessing would be right for three or four of the twelve.

# %%
every = list(crops)


def most_alike(crop, measure):
    """Return the other crop that a measure finds closest."""
    _, compute, far = MEASURES[measure]
    return min((other for other in every if other != crop), key=lambda other: far(compute(crops[other], crops[crop])))


known = {measure: sum(most_alike(crop, measure)[0] == crop[0] for crop in every) for measure in MEASURES}
for measure, right in known.items():
    says = f"Crops of {len(every)} whose texture {MEASURES[measure][0].partition(',')[0]} names rightly."
    lab.result(f"named_by_{measure}", right, "count", says)
drawing.Table(["", f"right, of {len(every)}"], [[MEASURES[m][0], right] for m, right in known.items()])

# %% [markdown]
# PSNR and SSIM do hardly better than guessing: they know a picture again, and not a texture. The other three make no
# mistake among these textures, which differ much.
#
# The distance between textures also gives a scale. By its patterns, grass that was enlarged by bicubic is far less like
# grass than gravel is.


# %%
def between(first, second):
    """Return the mean pattern distance between the crops of two textures."""
    pairs = [(a, b) for a in every for b in every if (a[0], b[0]) == (first, second)]
    return float(np.mean([textures.pattern_distance(crops[a], crops[b]) for a, b in pairs]))


apart = {pair: between(*pair) for pair in (("brick", "grass"), ("brick", "gravel"), ("grass", "gravel"))}
for (a, b), value in apart.items():
    says = f"Crops of {a} against crops of {b}: mean of all pairs."
    lab.result(f"pattern_distance_{a}_{b}", value, "pattern_distance", says)
for name in NAMES:
    says = f"{name.capitalize()} enlarged by bicubic, against the truth: mean of its crops."
    value = mean("bicubic", "pattern_distance", (name,))
    lab.result(f"pattern_distance_{name}_bicubic", value, "pattern_distance", says)

# %%
plot, (axes,) = drawing.plot(7.2, 3.4)
bars = {f"{name}, {way}": mean(way, "pattern_distance", (name,)) for name in NAMES for way in WAYS}
shades = dict(zip(NAMES, (drawing.style.ORANGE, drawing.style.GREEN, drawing.style.GREY), strict=True))
for k, way in enumerate(WAYS):
    for j, name in enumerate(NAMES):
        label = name if k == 0 else None
        axes.bar(k + (j - 1) * 0.27, bars[f"{name}, {way}"], 0.25, color=shades[name], label=label)
axes.axhspan(min(apart.values()), max(apart.values()), color=drawing.style.GRID, linewidth=0, zorder=0.5)
corner = (4.45, max(apart.values()))
axes.annotate("two different textures", corner, (0, 4), textcoords="offset points", ha="right", fontsize=9)
axes.set_xticks(range(len(WAYS)), WAYS)
axes.set(title="Pattern distance to the truth", ylabel="0: equal shares")
axes.legend(fontsize=9)
lab.figure(
    "patterns",
    plot,
    caption="How far the patterns of each stand-in are from the truth's; the band is how far two textures are apart.",
    alt="Three bars for each of five stand-ins: high for bicubic; same waves near 0 but for brick; elsewhere near 0.",
    weights=network,
)

# %% [markdown]
# ## What to take from this
#
# - **Faithful is not textured.** By pixels the best stand-in is an enlargement, by patterns it is the texture at
#   another place. A picture that was painted anew may have all of the texture and no blade of grass where it was.
# - **Sharp is not textured.** Sharpening reaches the right contrast with the wrong waves: coarse ones, too strong.
# - **Textured is not one number either.** Noise with the right waves has the spectrum of a brick wall and not one
#   brick.
#
# The measures are plain ones. The patterns look at next neighbours only, all of them at greys only, and none knows what
# a brick is: noise with the same waves passes for grass and gravel by spectrum, contrast and patterns alike, and yet
# nobody would take it for them. Three photographs are few, and each shows one even texture from edge to edge, which a
# painting does not. How DeepArt itself measures texture, and how far GPT-4's pictures are from painted ones, is not
# reproduced here.
