"""Stable Diffusion is read from every layout it is published in, and drawn at any size and strength.

The whole network is built without memory; what it computes is tried on a narrow one with every layer of the real one.
"""

import json
import shutil

import pytest
from parity.vectors import FOLDER, listed

pytestmark = pytest.mark.torch
MAP = json.loads((FOLDER / "keys" / "sd15-ldm-to-diffusers-map.json").read_text())
EXTRA = listed("sd15-ldm-optional-extra-keys")


def narrow_config():
    from models.stable_diffusion import TEXT, VAE, StableDiffusionConfig

    unet = {
        "cross_attention_dim": 16,
        "block_out_channels": (8, 16, 32, 32),
        "norm_num_groups": 4,
        "attention_head_dim": 2,
        "sample_size": 8,
    }
    vae = VAE | {"block_out_channels": (4, 8, 16, 16), "norm_num_groups": 4, "sample_size": 64}
    text = TEXT | {"vocab_size": 514, "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    return StableDiffusionConfig(unet, vae, text)


@pytest.fixture(scope="module")
def narrow():
    import torch
    from models.stable_diffusion import assembled, letters_tokenizer, networks_of

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return assembled(networks_of(narrow_config()), letters_tokenizer()).requires_grad_(False)


@pytest.fixture(scope="module")
def picture():
    import torch

    return torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def drawn(narrow, picture):
    return narrow.image_to_image(picture, "a brush", strength=0.5, steps=4, seed=3)


@pytest.fixture(scope="module")
def saved(narrow, tmp_path_factory):
    """The folder as the library writes it."""
    folder = tmp_path_factory.mktemp("stable-diffusion")
    for name in ("unet", "vae", "text_encoder", "tokenizer", "scheduler"):
        getattr(narrow, name).save_pretrained(folder / name)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(saved, tmp_path / "copy")


def words_folder(narrow, folder):
    """Write vocab.json and merges.txt alone, as old folders have them."""
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps(narrow.tokenizer.get_vocab()))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return folder


def original(narrow):
    """The tensors of a pipeline under the names of the original layout, with all that the official file has beside."""
    import torch

    held = {part: getattr(narrow, part).state_dict() for part in MAP}
    found = {old: held[part][new] for part in MAP for old, new in MAP[part].items()}
    found = {
        key: value[:, :, None, None] if "attn_1" in key and value.dim() == 2 else value for key, value in found.items()
    }
    found |= {
        f"cond_stage_model.transformer.text_model.{key}": value
        for key, value in narrow.text_encoder.state_dict().items()
    }
    found["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    return {key: value.contiguous() for key, value in found.items()} | {
        key: torch.zeros(shape) for key, shape in EXTRA.items()
    }


def same(pipeline, picture, drawn):
    import torch

    return torch.equal(pipeline.image_to_image(picture, "a brush", strength=0.5, steps=4, seed=3), drawn)


# --- the whole network, without memory -------------------------------------------------------------------------------


def shapes(tensors):
    return {key: tuple(value.shape) for key, value in tensors.items()}


def without_memory(names):
    import torch

    return {key: torch.empty(shape, device="meta") for key, shape in names.items()}


@pytest.fixture(scope="module")
def real():
    import torch
    from models.stable_diffusion import networks_of

    with torch.device("meta"):
        return networks_of()


@pytest.mark.parametrize(
    ("part", "name", "count"),
    [
        ("unet", "sd15-unet-diffusers", 859_520_964),
        ("vae", "sd15-vae-diffusers", 83_653_863),
        ("text_encoder", "sd15-text-encoder-transformers4", 123_060_480),
    ],
)
def test_the_networks_have_the_names_and_the_parameters_of_version_1_5(real, part, name, count):
    from models.stable_diffusion import renamed

    assert shapes(renamed(part, without_memory(listed(name)))) == shapes(real[part].state_dict())
    assert sum(value.numel() for value in real[part].parameters()) == count


def test_every_tensor_of_the_official_file_finds_its_place(real):
    from models.stable_diffusion import parts_of

    names = listed("sd15-ldm-checkpoint") | EXTRA
    assert len(names) == 1_145

    for checkpoint in (without_memory(names), {"state_dict": without_memory(names), "global_step": 840_000}):
        parts = parts_of(checkpoint)
        assert all(shapes(parts[part]) == shapes(real[part].state_dict()) for part in real)


def test_every_tensor_goes_where_the_complete_list_says():
    from models.stable_diffusion import parts_of

    given = without_memory(listed("sd15-ldm-checkpoint"))
    where = {id(value): key for key, value in given.items()}

    found = {
        part: {where.get(id(value)): key for key, value in parts.items()} for part, parts in parts_of(given).items()
    }

    assert found["unet"] == MAP["unet"]
    changed = [key for key in MAP["vae"] if "attn_1" in key and key.endswith("weight") and "norm" not in key]
    assert len(changed) == 8  # convolutions there, linear layers here
    assert {k: v for k, v in found["vae"].items() if k} == {k: v for k, v in MAP["vae"].items() if k not in changed}


def test_the_noise_schedule_is_that_of_version_1_5():
    """Linear in the square root, from 0.00085 to 0.012 in 1,000 steps; the last picture is almost noise."""
    import torch
    from diffusers import DDIMScheduler
    from models.stable_diffusion import SCHEDULE, VAE, AutoencoderKL

    scheduler = DDIMScheduler(**SCHEDULE)
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    with torch.device("meta"):
        vae = AutoencoderKL(**VAE)

    torch.testing.assert_close(scheduler.betas, betas)
    assert scheduler.alphas_cumprod[-1].item() == pytest.approx(0.00466, abs=1e-5)
    assert scheduler.config.prediction_type == "epsilon"
    assert vae.config.scaling_factor == 0.18215


def test_what_strict_names_cannot_see_is_as_published(real):
    """Two kinds of group normalisation, cosine before sine, exact GELU, quick GELU for words."""
    import torch

    unet, vae, text = real["unet"], real["vae"], real["text_encoder"]
    eps = {name: m.eps for name, m in unet.named_modules() if isinstance(m, torch.nn.GroupNorm)}

    assert {value for name, value in eps.items() if "attentions" in name} == {1e-6}
    assert {value for name, value in eps.items() if "attentions" not in name} == {1e-5}
    assert {m.eps for m in vae.modules() if isinstance(m, torch.nn.GroupNorm)} == {1e-6}
    assert unet.config.flip_sin_to_cos
    assert unet.config.freq_shift == 0
    assert {m.heads for n, m in unet.named_modules() if n.endswith(("attn1", "attn2"))} == {8}
    assert text.config.hidden_act == "quick_gelu"


# --- layouts ---------------------------------------------------------------------------------------------------------


def test_a_folder_of_the_library_draws_the_same_picture(saved, picture, drawn):
    from models.stable_diffusion import load_folder

    assert same(load_folder(saved), picture, drawn)


@pytest.mark.parametrize("convolutions", [False, True])
def test_an_old_folder_draws_the_same_picture(narrow, folder, picture, drawn, convolutions):
    """Old names of the autoencoder's attention, linear or as convolutions; words and positions as saved then."""
    import torch
    from models.stable_diffusion import OLD_ATTENTION, SCHEDULE, load_folder
    from safetensors.torch import save_file

    back = {f".attentions.0.{new}.": f".attentions.0.{old}." for old, new in OLD_ATTENTION.items()}
    vae = {}
    for key, value in narrow.vae.state_dict().items():
        old = next((key.replace(new, name) for new, name in back.items() if new in key), key)
        is_matrix = old != key and value.dim() == 2
        vae[old] = value[:, :, None, None].contiguous() if convolutions and is_matrix else value
    save_file(vae, folder / "vae" / "diffusion_pytorch_model.safetensors")
    text = {f"text_model.{key}": value for key, value in narrow.text_encoder.state_dict().items()}
    save_file(
        text | {"text_model.embeddings.position_ids": torch.arange(77)[None]},
        folder / "text_encoder" / "model.safetensors",
    )
    shutil.rmtree(folder / "tokenizer")
    words_folder(narrow, folder / "tokenizer")
    config = {"_class_name": "PNDMScheduler", "skip_prk_steps": True, "trained_betas": None, **SCHEDULE}
    config["num_train_timesteps"] = 1000
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(config))

    assert set(vae) != set(narrow.vae.state_dict())
    assert same(load_folder(folder), picture, drawn)


@pytest.mark.parametrize("kind", ["safetensors", "ckpt"])
def test_one_file_in_the_original_layout_draws_the_same_picture(narrow, tmp_path, picture, drawn, kind):
    import torch
    from models.stable_diffusion import load_file
    from safetensors.torch import save_file

    path = tmp_path / f"v1-5-pruned-emaonly.{kind}"
    if kind == "safetensors":
        save_file(original(narrow), path)
    else:
        torch.save({"state_dict": original(narrow), "global_step": 840_000}, path)

    loaded = load_file(path, words_folder(narrow, tmp_path / "words"), narrow_config())

    assert same(loaded, picture, drawn)
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}


def test_loading_one_file_makes_no_network_with_random_weights_but_the_one_that_needs_it(narrow, tmp_path, monkeypatch):
    import torch
    from models import stable_diffusion
    from safetensors.torch import save_file

    made = []
    for name in ("UNet2DConditionModel", "AutoencoderKL", "CLIPTextModel"):
        kind = getattr(stable_diffusion, name)

        def make(*args, kind=kind, name=name, **settings):
            made.append((name, str(torch.get_default_device())))
            return kind(*args, **settings)

        monkeypatch.setattr(stable_diffusion, name, make)
    save_file(original(narrow), tmp_path / "one.safetensors")
    stable_diffusion.load_file(tmp_path / "one.safetensors", words_folder(narrow, tmp_path / "words"), narrow_config())

    assert {name for name, place in made if place == "cpu"} == {"CLIPTextModel"}
    assert len(made) == 4, made


def test_who_reads_and_fills_more_strictly_may(saved, picture, drawn):
    """The lab's own reader checks digests first; its filler refuses what is not finite."""
    from models.stable_diffusion import fill, load_folder, read_tensors

    asked = []
    loaded = load_folder(
        saved,
        lambda path: asked.append(path.parent.name) or read_tensors(path),
        lambda network, tensors, name: asked.append(name) or fill(network, tensors, name),
    )

    assert asked[:2] == ["unet", "unet/diffusion_pytorch_model.safetensors"]
    assert len(asked) == 6
    assert same(loaded, picture, drawn)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_all_missing_parts_of_a_folder_are_named(folder):
    from models.stable_diffusion import load_folder

    shutil.rmtree(folder / "vae")
    shutil.rmtree(folder / "scheduler")

    with pytest.raises(ValueError, match="has no vae, no scheduler"):
        load_folder(folder)


def test_a_part_without_weights_is_named(folder):
    from models.stable_diffusion import load_folder

    (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink()

    with pytest.raises(ValueError, match="vae has no weights"):
        load_folder(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("conv_in.bias"), "Missing key"),
        (lambda t: t.update(more=t["conv_in.bias"].clone()), "Unexpected key"),
        (lambda t: t.update({"conv_in.bias": t["conv_in.bias"][:3].clone()}), "size mismatch"),
        (lambda t: t.update({"conv_in.bias": t["conv_in.bias"] * float("nan")}), "not finite: conv_in.bias"),
    ],
)
def test_weights_that_do_not_fit_are_refused(narrow, folder, change, message):
    from models.stable_diffusion import load_folder
    from safetensors.torch import save_file

    tensors = dict(narrow.unet.state_dict())
    change(tensors)
    save_file(tensors, folder / "unet" / "diffusion_pytorch_model.safetensors")

    with pytest.raises(ValueError, match=f"(?s)unet/diffusion_pytorch_model.safetensors.*{message}"):
        load_folder(folder)


def test_a_file_that_would_run_code_is_refused(folder):
    import pickle

    import torch
    from models.stable_diffusion import load_folder

    class Code:
        def __reduce__(self):
            return (print, ("it ran",))

    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    torch.save({"conv_in.bias": Code()}, folder / "unet" / "diffusion_pytorch_model.bin")

    with pytest.raises(pickle.UnpicklingError):
        load_folder(folder)


def test_a_tokenizer_without_its_words_is_refused(narrow, folder):
    """The library would make one of two words, without complaint."""
    from models.stable_diffusion import load_folder

    shutil.rmtree(folder / "tokenizer")
    (folder / "tokenizer").mkdir()
    with pytest.raises(ValueError, match=r"no vocab\.json"):
        load_folder(folder)

    shutil.rmtree(folder / "tokenizer")
    words = words_folder(narrow, folder / "tokenizer")
    (words / "vocab.json").write_text('{"<|startoftext|>": 0, "<|endoftext|>": 1}')
    with pytest.raises(ValueError, match="the tokenizer has 2 words, the text encoder 514"):
        load_folder(folder)


def test_a_checkpoint_of_something_else_is_refused_with_what_is_wrong():
    from models.stable_diffusion import parts_of

    names = {f"first_stage_model.{i}": (1,) for i in range(2)} | {"control_model.weight": (1,)}

    with pytest.raises(ValueError, match=r"of the unet; no tensors of the text_encoder; control_model\.weight is not"):
        parts_of(without_memory(names))


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_one_seed_draws_one_picture_and_another_seed_another(narrow):
    import torch

    first = narrow.text_to_image("a cat", 32, 32, steps=2, seed=1)

    assert first.shape == (1, 3, 32, 32)
    assert 0 <= first.min() <= first.max() <= 1
    assert torch.equal(first, narrow.text_to_image("a cat", 32, 32, steps=2, seed=1))
    assert not torch.equal(first, narrow.text_to_image("a cat", 32, 32, steps=2, seed=2))
    assert not torch.equal(first, narrow.text_to_image("a dog", 32, 32, steps=2, seed=1))


@pytest.mark.parametrize(("asked", "given"), [((40, 57), (40, 56)), ((33, 5), (32, 8)), ((64, 24), (64, 24))])
def test_sizes_go_down_to_multiples_of_eight_in_both_ways_of_drawing(narrow, asked, given):
    import torch

    assert narrow.text_to_image("a cat", *asked, steps=1).shape[-2:] == given
    assert narrow.image_to_image(torch.rand(1, 3, *asked), "a cat", strength=1.0, steps=1).shape[-2:] == given


def test_the_rounding_is_the_library_s(narrow):
    import torch
    from diffusers.image_processor import VaeImageProcessor

    theirs = VaeImageProcessor(vae_scale_factor=narrow.factor)

    for size in ((512, 512), (513, 770), (8, 15)):
        assert narrow.rounded(*size) == theirs.get_default_height_width(torch.empty(1, 3, *size))


@pytest.mark.parametrize("strength", [0.0, 0.01, 0.26, 0.75, 1.0])
def test_every_strength_draws(narrow, picture, strength):
    drawn = narrow.image_to_image(picture, "a cat", strength=strength, steps=4)

    assert drawn.shape == picture.shape
    assert bool(drawn.isfinite().all())


@pytest.mark.parametrize("strength", [-0.1, 1.1])
def test_a_strength_that_is_no_share_is_refused(narrow, picture, strength):
    with pytest.raises(ValueError, match="a share from 0 to 1"):
        narrow.image_to_image(picture, "a cat", strength=strength)


def test_without_strength_the_picture_comes_back_as_the_autoencoder_sees_it(narrow, picture):
    import torch

    seen = narrow.image_to_image(picture, "a cat", strength=0.0, seed=1)

    assert torch.equal(seen, narrow.through_autoencoder(picture))
    assert torch.equal(seen, narrow.image_to_image(picture, "a dog", strength=0.1, steps=4, seed=2))


def test_several_pictures_are_repainted_at_once(narrow):
    import torch

    assert narrow.image_to_image(torch.rand(2, 3, 16, 16), "a cat", strength=0.5, steps=2).shape == (2, 3, 16, 16)


def test_a_sampling_loop_written_out_draws_the_same(narrow):
    """Guidance: noise as seen without words, and 7.5 times the way from there to the noise as seen with them."""
    import torch

    def told(words):
        ids = narrow.tokenizer(words, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        return narrow.text_encoder(ids.input_ids)[0]

    words = torch.cat((told(""), told("a cat")))
    latent = torch.randn(1, 4, 4, 4, generator=torch.Generator("cpu").manual_seed(5))
    narrow.scheduler.set_timesteps(3)
    for t in narrow.scheduler.timesteps:
        without, with_words = narrow.unet(torch.cat((latent, latent)), t, words).sample.chunk(2)
        latent = narrow.scheduler.step(without + 7.5 * (with_words - without), t, latent).prev_sample
    written_out = (narrow.vae.decode(latent / 0.18215).sample / 2 + 0.5).clamp(0, 1)

    torch.testing.assert_close(narrow.text_to_image("a cat", 32, 32, steps=3, seed=5), written_out, atol=1e-6, rtol=0)


def test_linear_attention_can_be_mounted_in_the_pipeline(narrow, picture):
    import copy

    from models.linfusion import mount

    linear = copy.deepcopy(narrow)
    assert len(mount(linear.unet)) == 16

    assert bool(linear.image_to_image(picture, "a cat", strength=0.5, steps=2).isfinite().all())


def test_half_precision_draws(narrow, picture):
    import copy

    import torch

    rough = copy.deepcopy(narrow).bfloat16()

    assert bool(rough.image_to_image(picture, "a cat", strength=0.5, steps=2).float().isfinite().all())
    assert rough.image_to_image(picture, "a cat", strength=0.0).dtype == torch.bfloat16
