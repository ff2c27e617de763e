"""Stable Diffusion: a picture from words, or from a picture and words, by removing noise from a latent step by step.

Source: Rombach and others, "High-Resolution Image Synthesis with Latent Diffusion Models", CVPR 2022; version 1.5 as in
the repository runwayml/stable-diffusion, configs/stable-diffusion/v1-inference.yaml.
Differs from the repository: networks, sampling loop and names of weights are those of the library diffusers; sampling
is DDIM; no watermark is added and no safety checker looks at the result.

Shapes: B pictures, H x W pixels, h x w = H/8 x W/8 places of the latent, T = 77 tokens of 768 channels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint
from safetensors.torch import load_file as load_safetensors
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

Tensors = Mapping[str, Tensor]
Reader = Callable[[Path], Mapping[str, Any]]  # a file of weights, safely read
Filler = Callable[[nn.Module, Tensors, str], None]  # puts tensors into a network, or refuses all of them

UNET = {"cross_attention_dim": 768}  # the library's other defaults are those of version 1.5
VAE = {
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "sample_size": 512,
}
TEXT = {
    "vocab_size": 49_408,
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "max_position_embeddings": 77,
    "hidden_act": "quick_gelu",
}
SCHEDULE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
}


@dataclass(frozen=True)
class StableDiffusionConfig:
    """Sizes of the three networks and the noise schedule, in the library's words; the defaults are version 1.5."""

    unet: Mapping[str, Any] = field(default_factory=lambda: UNET)
    vae: Mapping[str, Any] = field(default_factory=lambda: VAE)
    text: Mapping[str, Any] = field(default_factory=lambda: TEXT)
    schedule: Mapping[str, Any] = field(default_factory=lambda: SCHEDULE)


class StableDiffusion(nn.Module):
    """A text encoder, a UNet that removes noise, and an autoencoder between pictures and latents."""

    def __init__(
        self,
        text_encoder: CLIPTextModel,
        unet: UNet2DConditionModel,
        vae: AutoencoderKL,
        tokenizer: CLIPTokenizer,
        scheduler: DDIMScheduler,
    ) -> None:
        """Put the parts together.

        Raises:
            ValueError: the tokenizer has other words than the text encoder.
        """
        super().__init__()
        words = text_encoder.config.vocab_size
        if len(tokenizer) != words:  # a tokenizer whose files are missing comes without words, and without complaint
            raise ValueError(f"the tokenizer has {len(tokenizer)} words, the text encoder {words}; get its files again")
        tokenizer.model_max_length = text_encoder.config.max_position_embeddings
        self.text_encoder, self.unet, self.vae = text_encoder, unet, vae
        self.tokenizer, self.scheduler = tokenizer, scheduler
        self.eval()

    @property
    def factor(self) -> int:
        """Return how many pixels one place of the latent stands for, in each direction."""
        return 2 ** (len(self.vae.config.block_out_channels) - 1)

    def pipeline(self, kind: type) -> Any:
        """Return one of the library's pipelines, made of the parts."""
        made = kind(
            vae=self.vae,
            text_encoder=self.text_encoder,
            tokenizer=self.tokenizer,
            unet=self.unet,
            scheduler=self.scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        made.set_progress_bar_config(disable=True)
        return made

    def rounded(self, height: int, width: int) -> tuple[int, int]:
        """Return the size that is drawn for a size that is asked for: down to multiples of `factor`, and no less.

        The library rounds the size of a given picture so, and refuses others for a picture from words.
        """
        height, width = (max(n - n % self.factor, self.factor) for n in (height, width))
        return height, width

    @torch.no_grad()
    def text_to_image(
        self, prompt: str, height: int = 512, width: int = 512, steps: int = 50, guidance: float = 7.5, seed: int = 0
    ) -> Tensor:
        """Return a picture of the words, (1, 3, H, W) in [0, 1], H x W being `rounded(height, width)`.

        `guidance` 1 or less leaves out the second pass without words. One seed gives the same noise on each device.
        """
        height, width = self.rounded(height, width)
        said = settings(steps, guidance, seed)
        return self.pipeline(StableDiffusionPipeline)(prompt, height=height, width=width, **said).images

    @torch.no_grad()
    def image_to_image(
        self, picture: Tensor, prompt: str, strength: float, steps: int = 50, guidance: float = 7.5, seed: int = 0
    ) -> Tensor:
        """Return pictures (B, 3, h, w) in [0, 1] repainted towards the words, (B, 3, H, W) in [0, 1].

        H x W is `rounded(h, w)`; a picture of another size is first resized to it, bicubically (the library would take
        the nearest pixels). `strength` is the share of the noise that is added and removed again: of `steps`, the last
        int(steps * strength) are taken. If that is none, the picture comes back as the autoencoder sees it.

        Raises:
            ValueError: strength is not in [0, 1].
        """
        if not 0 <= strength <= 1:
            raise ValueError(f"strength is a share from 0 to 1 (got {strength})")
        picture = fitted(picture, *self.rounded(*picture.shape[-2:]))  # (B, 3, H, W)
        if int(steps * strength) == 0:
            return self.through_autoencoder(picture)
        repaint, said = self.pipeline(StableDiffusionImg2ImgPipeline), settings(steps, guidance, seed)
        return repaint([prompt] * len(picture), image=picture, strength=strength, **said).images

    @torch.no_grad()
    def through_autoencoder(self, picture: Tensor) -> Tensor:
        """Return pictures (B, 3, H, W) in [0, 1] made latents and back; H and W are multiples of `factor`."""
        like = self.vae.encoder.conv_in.weight
        latent = self.vae.encode((picture * 2 - 1).to(like)).latent_dist.mode()  # (B, 4, h, w)
        return (self.vae.decode(latent).sample / 2 + 0.5).clamp(0, 1)  # (B, 3, H, W)


def settings(steps: int, guidance: float, seed: int) -> dict[str, Any]:
    """Return what both pipelines are told: one seed is the same noise on each device, pictures come back in [0, 1]."""
    noise = torch.Generator("cpu").manual_seed(seed)
    return {"num_inference_steps": steps, "guidance_scale": guidance, "generator": noise, "output_type": "pt"}


def fitted(picture: Tensor, height: int, width: int) -> Tensor:
    """Return pictures in [0, 1] at a size; the same pictures if they have it."""
    if tuple(picture.shape[-2:]) == (height, width):
        return picture.clamp(0, 1)
    resized = F.interpolate(picture.float(), (height, width), mode="bicubic", antialias=True, align_corners=False)
    return resized.clamp(0, 1).to(picture.dtype)


# --- building ---------------------------------------------------------------------------------------------------------


def makers_of(config: StableDiffusionConfig) -> dict[str, Callable[[], nn.Module]]:
    """Return what makes each of the three networks."""
    return {
        "unet": lambda: UNet2DConditionModel(**config.unet),
        "vae": lambda: AutoencoderKL(**config.vae),
        "text_encoder": lambda: CLIPTextModel(CLIPTextConfig(**config.text)),
    }


def networks_of(config: StableDiffusionConfig = StableDiffusionConfig()) -> dict[str, nn.Module]:
    """Return the three networks with weights at random, or without memory under torch.device("meta")."""
    return {name: make() for name, make in makers_of(config).items()}


def letters_tokenizer() -> CLIPTokenizer:
    """Return a tokenizer of 514 words, one for each byte within a word and at its end: enough for a small pipeline."""
    codes = (*range(33, 127), *range(161, 173), *range(174, 256), *range(256, 324))
    letters = [chr(code) for code in codes]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=77)


def assembled(
    parts: Mapping[str, nn.Module], tokenizer: CLIPTokenizer, schedule: Mapping[str, Any] = SCHEDULE
) -> StableDiffusion:
    """Return the pipeline of three networks, a tokenizer and a noise schedule."""
    return StableDiffusion(**parts, tokenizer=tokenizer, scheduler=DDIMScheduler.from_config(dict(schedule)))


# --- loading a folder, or one file ------------------------------------------------------------------------------------

FOLDERS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")
NAMES = tuple(
    f"{stem}{variant}.{kind}"
    for kind in ("safetensors", "bin")
    for variant in ("", ".fp16")
    for stem in ("diffusion_pytorch_model", "model", "pytorch_model")
)


def read_tensors(path: Path) -> Mapping[str, Any]:
    """Return what a safetensors file holds, or a torch file of plain tensors; code in a pickle never runs."""
    if path.suffix == ".safetensors":
        return load_safetensors(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def fill(network: nn.Module, tensors: Tensors, name: str) -> None:
    """Put tensors into a network: all names, all shapes, finite numbers.

    Raises:
        ValueError: something does not fit.
    """
    broken = [key for key, value in tensors.items() if not value.isfinite().all()]
    if broken:
        raise ValueError(f"{name}: not finite: {', '.join(broken[:5])}")
    try:
        network.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise ValueError(f"{name} does not fit the network: {error}") from error


def load_folder(folder: Path, read: Reader = read_tensors, filler: Filler = fill) -> StableDiffusion:
    """Return the pipeline of a folder in the library's layout, in float32; nothing is fetched.

    Raises:
        ValueError: parts are missing, or do not fit each other.
    """
    missing = [name for name in FOLDERS if not (folder / name).is_dir()]
    if missing:
        raise ValueError(f"{folder} has no {', no '.join(missing)}; it is no folder of Stable Diffusion")
    text = CLIPTextConfig.from_pretrained(folder / "text_encoder", local_files_only=True)
    makers = {
        "unet": lambda: UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(folder / "unet")),
        "vae": lambda: AutoencoderKL.from_config(AutoencoderKL.load_config(folder / "vae")),
        "text_encoder": lambda: CLIPTextModel(text),
    }
    parts = {}
    for name, make in makers.items():
        path = weights_in(folder / name)
        parts[name] = with_memory(make)
        filler(parts[name], renamed(name, read(path)), f"{name}/{path.name}")
    return assembled(parts, tokenizer_in(folder / "tokenizer"), DDIMScheduler.load_config(folder / "scheduler"))


def load_file(
    path: Path,
    tokenizer: Path,
    config: StableDiffusionConfig = StableDiffusionConfig(),
    read: Reader = read_tensors,
    filler: Filler = fill,
) -> StableDiffusion:
    """Return the pipeline of one file in the original layout, in float32; nothing is fetched.

    Such a file has no words: `tokenizer` is the folder with vocab.json and merges.txt.

    Raises:
        ValueError: the file holds other tensors than this, or they do not fit.
    """
    parts = {}
    for name, tensors in parts_of(read(path)).items():
        parts[name] = with_memory(makers_of(config)[name])
        filler(parts[name], tensors, f"{path.name} ({name})")
    return assembled(parts, tokenizer_in(tokenizer), config.schedule)


def with_memory(make: Callable[[], nn.Module]) -> nn.Module:
    """Return a network to be filled, without the time that random weights would take.

    Buffers that no file holds need their real values: a network that has some is built as usual.
    """
    with torch.device("meta"):
        network = make()
    return make() if any(True for _ in network.buffers()) else network.to_empty(device="cpu")


def weights_in(folder: Path) -> Path:
    """Return the file of weights in one part's folder: safetensors before others, float32 before float16.

    Raises:
        ValueError: there is none.
    """
    found = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if found is None:
        raise ValueError(f"{folder} has no weights; one of {', '.join(NAMES[:2])} is expected")
    return found


def tokenizer_in(folder: Path) -> CLIPTokenizer:
    """Return the tokenizer of a folder.

    Raises:
        ValueError: its files are not there.
    """
    if not (folder / "tokenizer.json").is_file() and not all(
        (folder / name).is_file() for name in ("vocab.json", "merges.txt")
    ):
        raise ValueError(f"{folder} has no vocab.json with merges.txt; the words of a prompt could not be read")
    return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


# --- names ------------------------------------------------------------------------------------------------------------

PREFIXES = {
    "unet": "model.diffusion_model.",
    "vae": "first_stage_model.",
    "text_encoder": "cond_stage_model.transformer.",
}
SCHEDULE_BUFFERS = frozenset(
    {"betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod"}
    | {"log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod"}
    | {"posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2"}
)
OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


def parts_of(checkpoint: Mapping[str, Any]) -> dict[str, Tensors]:
    """Return the tensors of the three networks, under the library's names, of a checkpoint in the original layout.

    Schedule buffers are left out (they follow from the schedule), and so are running averages of training
    (`model_ema.`), as the library leaves them.

    Raises:
        ValueError: it holds something else, or one network is missing.
    """
    found = checkpoint.get("state_dict", checkpoint)
    known = {k: v for k, v in found.items() if k not in SCHEDULE_BUFFERS and not k.startswith("model_ema.")}
    wrong = [f"no tensors of the {name}" for name, p in PREFIXES.items() if not any(k.startswith(p) for k in known)]
    wrong += [f"{key} is not known" for key in known if not key.startswith(tuple(PREFIXES.values()))]
    if wrong:
        raise ValueError(f"no checkpoint in the original layout of Stable Diffusion: {'; '.join(wrong[:5])}")
    prefix = PREFIXES["text_encoder"]
    text = {key.removeprefix(prefix): value for key, value in known.items() if key.startswith(prefix)}
    return {
        "unet": convert_ldm_unet_checkpoint(known, {"layers_per_block": 2}),
        "vae": convert_ldm_vae_checkpoint(known, VAE),
        "text_encoder": renamed("text_encoder", text),
    }


def renamed(part: str, tensors: Tensors) -> dict[str, Tensor]:
    """Return the tensors of one network under the names of today's library, whatever the file calls them."""
    if part == "text_encoder":
        return dict(of_text(tensors))
    return dict(of_vae(tensors)) if part == "vae" else dict(tensors)


def of_text(tensors: Tensors) -> Iterator[tuple[str, Tensor]]:
    """Yield the text encoder's tensors without the prefix that its module lost, and without the positions' numbers."""
    for key, value in tensors.items():
        if not key.endswith("embeddings.position_ids"):
            yield key.removeprefix("text_model."), value


def of_vae(tensors: Tensors) -> Iterator[tuple[str, Tensor]]:
    """Yield the autoencoder's tensors with attention as linear layers; old files have other names, or convolutions."""
    for key, value in tensors.items():
        stem, dot, rest = key.partition(".attentions.0.")
        name, _, kind = rest.rpartition(".")
        if name in OLD_ATTENTION or name in OLD_ATTENTION.values():
            value = value[:, :, 0, 0] if value.dim() == 4 else value
            key = f"{stem}{dot}{OLD_ATTENTION.get(name, name)}.{kind}"
        yield key, value
