# %% [markdown]
# # Fine print loses more by an enlargement than its pixels can tell
#
# Drawn words are made small and enlarged again by bicubic resizing, which averages neighbouring pixels.

# %% tags=["parameters"]
import sys

sys.path.append("../..")  # the executed copy lies two folders below lab/

import lab

mode = lab.mode()
device = "auto"
seed = 7

# %%
from statistics import mean

from lab import data, drawing
from lab import device as places
from lab.metrics import psnr
from lab.resize import resize, shrunk

places.seed_everything(seed)
place = places.device(device)
side, number = (192, 12) if mode == "full" else (96, 2)
words = data.pictures("text", number, seed=1000 + seed, size=side)
enlarged = {scale: [resize(shrunk(word, scale)[1], side, side) for word in words] for scale in (2, 4)}
for scale, pictures in enlarged.items():
    value = mean(psnr(picture, word, scale) for picture, word in zip(pictures, words, strict=True))
    lab.result(f"psnr_x{scale}", value, "psnr", f"Words enlarged by {scale} with bicubic: mean of {number}.")

# %%
lab.figure(
    "words",
    drawing.sheet([{"as drawn": words[0]} | {f"bicubic, {scale}×": enlarged[scale][0] for scale in enlarged}]),
    caption="The same words as drawn, and enlarged by 2 and by 4 with bicubic resizing.",
    alt="Three crops of lettering: sharp, soft, and too soft to be read.",
)
