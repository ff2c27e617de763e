"""The small latent diffusion: its parts, its two lessons, and how it stands in for Stable Diffusion."""

import contextlib

import numpy as np
import pytest

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:The given NumPy array is not writable"),  # lessons only read their pictures
]


@pytest.fixture(scope="module")
def pipeline():
    """The small pipeline with weights at random, as it is loaded."""
    import torch
    from lab.lessons.latent import SMALL
    from lab.weights import Loaded
    from models.stable_diffusion import assembled, letters_tokenizer, networks_of

    torch.manual_seed(0)
    network = assembled(networks_of(SMALL), letters_tokenizer()).requires_grad_(False)
    return Loaded(network, "trained here", smaller=True, file="small.safetensors")


@pytest.fixture
def lessons(monkeypatch, pipeline):
    """The lessons, with an autoencoder at random in the place of the shipped one."""
    from lab.lessons import latent

    monkeypatch.setattr(latent, "first", lambda: pipeline.network.vae)
    monkeypatch.setattr(latent, "LARGE", 1)
    monkeypatch.setattr(latent, "SMALLER", 1)
    return latent


@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
def test_latents_have_a_quarter_of_the_width_and_height_of_their_paintings(lessons):
    made, pictures = lessons.latents(1), lessons.paintings(1)
    assert [tuple(latent.shape) for latent in made] == [(4, 48, 48), (4, 48, 48)]
    assert all(picture.shape == (192, 192, 3) for picture in pictures)


def test_an_autoencoder_that_gives_back_what_it_got_has_only_its_latents_to_be_told_off_for(lessons):
    """The spread of the latents is to be 1, as the pipeline takes it to be."""
    from types import SimpleNamespace

    import torch

    def loss(mean):
        found = SimpleNamespace(mean=mean)
        network = SimpleNamespace(
            encode=lambda _: SimpleNamespace(latent_dist=found), decode=lambda _: SimpleNamespace(sample=pictures)
        )
        return float(lessons.error_of_picture(network, pictures))

    pictures, latent = torch.rand(2, 3, 16, 16), torch.randn(2, 4, 64, 64)
    latent = (latent - latent.mean((0, 2, 3), keepdim=True)) / latent.std((0, 2, 3), keepdim=True)
    assert loss(latent) == pytest.approx(0, abs=1e-6)
    assert loss(3 * latent) > 0.3
    assert loss(latent + 2) > 0.3
    silent = latent * torch.tensor([2.0, 0.0, 0.0, 0.0])[:, None, None]
    assert loss(silent) > 0.05, "one loud channel does not make up for three silent ones"


def test_a_batch_of_the_second_lesson_holds_a_piece_of_a_latent(lessons):
    made = lessons.latents(1)
    clean, time, noise = lessons.noisy(made, np.random.default_rng(0))
    assert clean.shape == noise.shape == (4, lessons.PIECE, lessons.PIECE)
    assert 0 <= time < 1000


def test_the_second_lesson_tells_no_words(lessons, pipeline):
    """The text encoder hears what the pipeline makes of an empty description."""
    import torch

    network = lessons.denoiser(lessons.SMALL)
    clean, noise, time = torch.randn(2, 4, 16, 16), torch.randn(2, 4, 16, 16), torch.tensor([5, 700])
    assert bool(lessons.error_of_noise(network, clean, time, noise) > 0)
    theirs = pipeline.network.tokenizer("", padding="max_length", return_tensors="pt").input_ids
    assert torch.equal(lessons.silence(), theirs)


def test_the_small_one_repaints_a_picture_at_its_size_and_hears_no_words(pipeline):
    import torch
    from lab.designs import stable_diffusion

    picture = torch.rand(3, 24, 32)
    one, other = (stable_diffusion.repaint(pipeline, picture, words, 0.5, 4, seed=1) for words in ("a cat", "a dog"))
    assert one.shape == picture.shape
    assert torch.equal(one, other)


def test_official_weights_hear_the_words(pipeline, monkeypatch):
    from dataclasses import replace

    import torch
    from lab.designs import stable_diffusion

    heard = []
    monkeypatch.setattr(
        type(pipeline.network), "image_to_image", lambda _, picture, *said: heard.append(said) or picture
    )
    official = replace(pipeline, origin="official", smaller=False)
    stable_diffusion.repaint(official, torch.rand(3, 8, 8), "oil", 0.4, 30, 6.0, seed=3)
    stable_diffusion.repaint(pipeline, torch.rand(3, 8, 8), "oil", 0.4, 30, 6.0, seed=3)
    assert heard == [("oil", 0.4, 30, 6.0, 3), ("", 0.4, 30, 1.0, 3)]


@pytest.fixture
def official(monkeypatch, tmp_path):
    """A folder with what is called the official file, and is none."""
    file = tmp_path / "v1-5-pruned-emaonly.safetensors"
    file.write_bytes(b"weights")
    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(tmp_path))
    return file


def test_an_official_file_goes_before_the_small_one(official, pipeline, monkeypatch):
    import torch
    from lab import record, weights
    from lab.designs import official_diffusion, stable_diffusion

    from catalog.digests import file_digest

    asked = []

    def loads(path, words, read, **_):
        asked.append((path, words))
        with contextlib.suppress(ValueError):  # it is no safetensors file
            read(path)
        return pipeline.network

    monkeypatch.setattr(official_diffusion, "load_file", loads)
    monkeypatch.setattr(weights, "published_digests", lambda _: {official.name: file_digest(official)})
    monkeypatch.setattr(record, "RECORD", record.Record())

    loaded = stable_diffusion.load(torch.device("cpu"))

    assert asked == [(official, official.parent / "tokenizer")]
    assert (loaded.origin, loaded.smaller, loaded.stamp) == ("official", False, "")


@pytest.mark.usefixtures("official")
def test_an_official_file_must_have_the_digest_that_its_record_gives():
    import torch
    from lab.checkpoints import WeightsError
    from lab.designs import stable_diffusion

    with pytest.raises(WeightsError, match="another SHA-256 than its record"):
        stable_diffusion.load(torch.device("cpu"))


def test_without_an_official_file_the_small_one_serves(monkeypatch):
    import torch
    from lab.designs import stable_diffusion

    monkeypatch.delenv("MODEL_ANSWERS_WEIGHTS", raising=False)

    loaded = stable_diffusion.load(torch.device("cpu"))

    assert (loaded.origin, loaded.smaller, loaded.file) == ("trained here", True, "latent-denoiser.safetensors")
