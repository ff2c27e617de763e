"""Weights are loaded only when they are what they should be, and the message says what they are instead."""

import json
import pickle
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def network():
    import torch
    from models.liif import LIIF, LIIFConfig

    torch.manual_seed(0)
    return LIIF(LIIFConfig(n_resblocks=1, n_feats=4, hidden=(8,)))


@pytest.fixture
def state(network):
    return {key: value.detach().clone() for key, value in network.state_dict().items()}


def saved(folder, state, name="weights.safetensors"):
    from safetensors.torch import save_file

    save_file(state, folder / name)
    return folder / name


def refused(path, network, sha256=None):
    from lab.checkpoints import WeightsError, checkpoint_of, fill

    before = {key: value.clone() for key, value in network.state_dict().items()}
    with pytest.raises(WeightsError) as error:
        fill(network, checkpoint_of(path, sha256), path.name)
    assert all((value == before[key]).all() for key, value in network.state_dict().items()), "nothing may have changed"
    assert path.name in str(error.value)
    return str(error.value)


def test_whole_weights_load_from_all_three_layouts(tmp_path, network, state):
    import torch
    from lab.checkpoints import checkpoint_of, fill

    bare, liif = tmp_path / "bare.pth", tmp_path / "liif.pth"
    torch.save(state, bare)
    torch.save({"model": {"name": "liif", "args": {}, "sd": state}, "optimizer": {"name": "adam"}, "epoch": 1000}, liif)
    for path in (saved(tmp_path, state), bare, liif):
        for value in network.state_dict().values():
            value.zero_()
        fill(network, checkpoint_of(path, None), path.name)
        assert all((network.state_dict()[key] == value).all() for key, value in state.items())


def test_another_digest_is_refused_before_anything_is_read(tmp_path, network, state):
    assert "SHA-256" in refused(saved(tmp_path, state), network, "0" * 64)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "Git LFS pointer"),
        (b"\n<!DOCTYPE html><title>Not found</title>", "web page"),
        (b"\x10\x00\x00\x00\x00\x00\x00\x00 not a header", "safetensors"),
    ],
)
@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_what_people_have_instead_of_weights_is_named(tmp_path, network, content, what, suffix):
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    message = refused(path, network)
    assert what in message or (suffix == ".pth" and "plain tensors" in message)


@pytest.mark.parametrize("name", ["net.pth", "net.safetensors"])
def test_a_file_that_is_too_large_is_refused_before_anything_is_read(tmp_path, monkeypatch, name):
    from lab import checkpoints

    monkeypatch.setattr(checkpoints, "LARGEST", 9)
    (tmp_path / name).write_bytes(b"<" * 10)
    with pytest.raises(checkpoints.WeightsError, match="has 10 bytes; at most 9 are read"):
        checkpoints.checkpoint_of(tmp_path / name, "0" * 64)


def test_a_truncated_file_is_refused(tmp_path, network, state):
    path = saved(tmp_path, state)
    path.write_bytes(path.read_bytes()[:-100])
    assert "whole safetensors" in refused(path, network)


@pytest.fixture
def whole(tmp_path, state):
    """Return a small file of weights as bytes in each of the three formats, by format."""
    import torch

    torch.save(state, tmp_path / "zip.pth")
    torch.save(state, tmp_path / "legacy.pth", _use_new_zipfile_serialization=False)
    saved(tmp_path, state, "plain.safetensors")
    return {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def damaged(data, chance):
    """Return bytes that are cut off, lack a part, hold one twice, or of which a few are others."""
    data, start = bytearray(data), chance.randrange(len(data))
    stop = start + chance.randrange(1, 65)
    how = chance.randrange(6)
    if how == 0:
        return bytes(data[:start])
    if how == 1:
        return bytes(data[:start] + data[stop:])
    if how == 2:
        return bytes(data[:stop] + data[start:])
    near = min(len(data), chance.choice((400, len(data))))  # where names and shapes stand, or anywhere
    for _ in range(chance.choice((1, 1, 3, 10))):
        data[chance.randrange(near)] = chance.randrange(256)
    return bytes(data)


def refusal(network, path):
    """Return what is said against a file of weights, or nothing where it fills the network."""
    from lab.checkpoints import WeightsError, checkpoint_of, fill

    try:
        fill(network, checkpoint_of(path, None), path.name)
    except WeightsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", ["zip.pth", "legacy.pth", "plain.safetensors"])
def test_whatever_is_damaged_loads_finite_or_is_refused_in_our_words(tmp_path, network, state, whole, name):
    import random

    path, chance, refusals = tmp_path / name, random.Random(name), 0
    for _ in range(500):
        path.write_bytes(damaged(whole[name], chance))
        network.load_state_dict(state)
        said = refusal(network, path)
        assert not said or said.startswith(name)
        assert not said or all(value.equal(state[key]) for key, value in network.state_dict().items())
        assert all(value.isfinite().all() for value in network.state_dict().values())
        refusals += bool(said)
    assert 100 < refusals < 500


@pytest.mark.parametrize("stumble", [AssertionError, IndexError, KeyError, TypeError, OSError, UnicodeDecodeError])
@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_whatever_a_reader_raises_is_a_refusal(tmp_path, monkeypatch, network, state, name, stumble):
    import lab.checkpoints

    def stumbles(*_, **__):
        raise stumble("utf-8", b"x", 0, 1, "odd") if stumble is UnicodeDecodeError else stumble("odd")

    path = saved(tmp_path, state, name)
    monkeypatch.setattr(lab.checkpoints.torch, "load", stumbles)
    monkeypatch.setattr(lab.checkpoints, "load_bytes", stumbles)
    assert "get the file again" in refused(path, network)


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
@pytest.mark.parametrize("not_of_the_file", [MemoryError, KeyboardInterrupt])
def test_what_says_nothing_of_the_file_is_no_refusal(tmp_path, monkeypatch, state, name, not_of_the_file):
    import lab.checkpoints

    def fails(*_, **__):
        raise not_of_the_file

    path = saved(tmp_path, state, name)
    monkeypatch.setattr(lab.checkpoints.torch, "load", fails)
    monkeypatch.setattr(lab.checkpoints, "load_bytes", fails)
    with pytest.raises(not_of_the_file):
        lab.checkpoints.checkpoint_of(path, None)


class Hostile:
    """Would create a file when it is unpickled."""

    def __init__(self, path):
        """Keep the path of that file."""
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("how", ["pickle", "torch"])
def test_code_in_a_pickle_never_runs(tmp_path, network, how):
    import torch

    path, trace = tmp_path / "weights.pth", tmp_path / "ran"
    with path.open("wb") as file:
        (pickle.dump if how == "pickle" else torch.save)({"model": {"sd": Hostile(trace)}}, file)
    assert "would run code" in refused(path, network)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda s: s.pop("imnet.layers.0.bias"), "imnet.layers.0.bias is missing"),
        (lambda s: s.update(extra=s["imnet.layers.0.bias"].clone()), "extra is not known"),
        (lambda s: s.update({"imnet.layers.0.bias": s["imnet.layers.0.bias"][:3].clone()}), r"is (3,), not (8,)"),
        (lambda s: s["imnet.layers.0.bias"].fill_(float("nan")), "not finite"),
        (lambda s: s["imnet.layers.0.bias"].fill_(float("inf")), "not finite"),
        (lambda s: s.update({"imnet.layers.0.bias": s["imnet.layers.0.bias"].double() + 1e300}), "not finite"),
        (lambda s: [value.zero_() for value in s.values()], "all values are zero"),
        (lambda s: s.update({"imnet.layers.0.bias": s["imnet.layers.0.bias"].int()}), "not floats"),
    ],
)
def test_weights_that_do_not_fit_are_refused_by_name(tmp_path, network, state, change, what):
    change(state)
    assert what in refused(saved(tmp_path, state), network)


def test_a_checkpoint_without_a_state_dict_is_refused(tmp_path, network):
    import torch

    torch.save({"model": {"sd": None}}, tmp_path / "weights.pth")
    assert "no state dict" in refused(tmp_path / "weights.pth", network)


@pytest.mark.filterwarnings("ignore")  # torch calls some of them new
@pytest.mark.parametrize("odd", ["number", "sparse", "compressed", "shape", "nested"])
def test_a_state_dict_of_other_things_than_names_and_plain_tensors_is_refused(tmp_path, network, state, odd):
    import torch

    some = torch.ones(2, 2)
    made = {"sparse": some.to_sparse, "compressed": some.to_sparse_csr, "shape": lambda: some.to("meta")}
    made |= {"number": lambda: some, "nested": lambda: torch.nested.nested_tensor([some[0]])}
    torch.save(state | {7 if odd == "number" else odd: made[odd]()}, tmp_path / "weights.pth")
    assert f"{7 if odd == 'number' else odd!r}, which is no name" in refused(tmp_path / "weights.pth", network)


@pytest.mark.filterwarnings("ignore")  # torch calls it old
def test_a_quantised_tensor_is_not_plain():
    """Where torch warns of it, its file is refused before anybody looks."""
    import torch
    from lab.checkpoints import is_plain

    some = torch.ones(2, 2)
    assert is_plain(some)
    assert not is_plain(torch.quantize_per_tensor(some, 0.5, 0, torch.qint8))


@pytest.fixture
def taught(tmp_path):
    """Train weights for five steps, by the real command."""
    from scripts.train_weights import main

    assert main(["liif-photographs", "--steps", "5", "--out", str(tmp_path)]) == 0
    return tmp_path


def test_training_writes_weights_with_their_provenance_and_they_load(taught, monkeypatch):
    import torch
    from lab import record, weights
    from lab.designs.liif import DESIGN

    from catalog.digests import file_digest

    monkeypatch.setattr(record, "RECORD", record.Record())
    sidecar = json.loads((taught / "liif-photographs.json").read_text())
    loaded = weights.load(DESIGN, "liif-photographs", torch.device("cpu"), shipped=taught)

    assert sidecar["sha256"] == file_digest(taught / "liif-photographs.safetensors")
    assert sidecar["parameters"] == 245_563
    assert sidecar["lesson"]["steps"] == 5
    assert {"lab/lessons/liif.py", "lab/teaching.py", "models/liif.py"} <= set(sidecar["key"])
    assert str(taught) not in json.dumps(sidecar)
    assert (loaded.origin, loaded.smaller, loaded.network.training) == ("trained here", True, False)
    assert loaded.stamp == "Small network of the same design, trained here"
    assert record.RECORD.weights == {"weights/liif-photographs.safetensors": sidecar["sha256"]}


def test_weights_whose_file_was_changed_are_refused(taught):
    import torch
    from lab import weights
    from lab.designs.liif import DESIGN

    path = taught / "liif-photographs.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(weights.WeightsError, match="SHA-256"):
        weights.load(DESIGN, "liif-photographs", torch.device("cpu"), shipped=taught)


def test_without_any_file_the_network_says_that_it_is_untrained(tmp_path):
    import torch
    from lab import weights
    from lab.designs.liif import DESIGN

    loaded = weights.load(DESIGN, "liif-text", torch.device("cpu"), shipped=tmp_path)
    assert (loaded.origin, loaded.stamp, loaded.network.training) == ("untrained", "Untrained network", False)


def test_the_official_file_is_preferred_where_the_environment_names_its_folder(tmp_path, monkeypatch):
    import torch
    from lab import weights
    from lab.designs.liif import DESIGN
    from models.liif import LIIF

    torch.manual_seed(1)
    official = LIIF()
    torch.save(
        {"model": {"name": "liif", "args": {}, "sd": official.state_dict()}}, tmp_path / "edsr-baseline-liif.pth"
    )
    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(tmp_path))

    loaded = weights.load(DESIGN, "liif-text", torch.device("cpu"))

    assert (loaded.origin, loaded.smaller, loaded.network.training) == ("official", False, False)
    assert loaded.stamp == "Weights from edsr-baseline-liif.pth, whose SHA-256 no record gives"
    assert (loaded.network.imnet.layers[0].weight == official.imnet.layers[0].weight).all()
    assert weights.load(DESIGN, "nothing", torch.device("cpu"), official=False, shipped=tmp_path).origin == "untrained"


def official(folder, name="edsr-baseline-liif.pth"):
    """Write LIIF's official layout with made-up numbers; return the file's digest."""
    import torch
    from models.liif import LIIF

    from catalog.digests import file_digest

    torch.save({"model": {"name": "liif", "args": {}, "sd": LIIF().state_dict()}}, folder / name)
    return file_digest(folder / name)


@pytest.mark.parametrize(
    ("file", "digest", "stamp"),
    [
        ("edsr-baseline-liif.pth", "its own", ""),
        ("another-name.pth", "its own", ""),
        ("another-name.pth", "0" * 64, "Weights from edsr-baseline-liif.pth, whose SHA-256 no record gives"),
    ],
)
def test_official_weights_are_known_by_a_digest_that_their_model_record_gives(
    tmp_path, monkeypatch, file, digest, stamp
):
    import torch
    from lab import weights
    from lab.designs.liif import DESIGN

    own = official(tmp_path)
    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(weights, "published_digests", lambda _: {file: own if digest == "its own" else digest})
    assert weights.load(DESIGN, "liif-text", torch.device("cpu")).stamp == stamp


def test_an_official_file_with_another_digest_than_its_record_gives_is_refused(tmp_path, monkeypatch):
    import torch
    from lab import weights
    from lab.designs.liif import DESIGN

    official(tmp_path)
    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(weights, "published_digests", lambda _: {"edsr-baseline-liif.pth": "0" * 64})
    with pytest.raises(weights.WeightsError, match="another SHA-256"):
        weights.load(DESIGN, "liif-text", torch.device("cpu"))


def test_digests_are_those_of_the_design_s_own_model():
    from lab import weights
    from lab.designs import liif, mssnet

    from catalog.load import ROOT, load

    models = load(ROOT)[0].models
    (stable,) = (id for id in models if id.startswith("txt2img"))
    assert set(weights.published_digests(stable)) == {entry.file for entry in models[stable].weights if entry.sha256}
    assert weights.published_digests("nothing") == {}
    designs = [liif.DESIGN, *map(mssnet.design, ("gopro", "realblurr", "realblurj"))]
    assert {design.model for design in designs} < set(models)


def test_a_lesson_that_is_not_there_is_kept_for_the_whole_run(tmp_path, monkeypatch):
    import torch
    from lab import record, weights
    from lab.designs.liif import DESIGN

    monkeypatch.setattr(record, "RECORD", record.Record())
    weights.load(DESIGN, "liif-txt", torch.device("cpu"), official=False, shipped=tmp_path)
    assert list(record.RECORD.weights) == ["untrained:liif-txt"]


def test_a_folder_of_weights_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    from lab import weights
    from lab.designs.liif import DESIGN

    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(tmp_path / "gone"))
    with pytest.raises(weights.WeightsError, match="names no folder"):
        weights.at_hand(DESIGN.files)


def shipped():
    from lab.weights import SHIPPED

    return sorted(SHIPPED.glob("*.safetensors"))


def test_all_shipped_weights_are_small_and_belong_to_the_lessons_beside_them():
    """A sidecar's key is that of the code that taught them; an edit of the lesson asks for new weights."""
    from lab import shipping, weights

    from catalog.digests import file_digest
    from catalog.load import ROOT
    from scripts.train_weights import lessons

    known = lessons()
    assert {path.stem for path in shipped()} >= {"liif-text", "liif-photographs"}
    for path in shipped():
        sidecar = weights.read_sidecar(path)
        assert sidecar["sha256"] == file_digest(path)
        assert sidecar["key"] == shipping.lesson_key(ROOT, path.stem, known[path.stem]), f"{path.name}: train it again"
        assert path.stat().st_size <= 5_000_000


def test_a_shortened_lesson_is_never_published(capsys):
    from scripts.train_weights import main

    with pytest.raises(SystemExit):
        main(["liif-text", "--steps", "3"])
    assert "--out" in capsys.readouterr().err


def test_teaching_lowers_the_loss_and_repeats_itself():
    import dataclasses
    from functools import partial

    import torch
    from lab.crops import batches, drawings
    from lab.lessons.liif import LESSONS, pair
    from lab.teaching import teach
    from models.liif import LIIFConfig

    torch.set_num_threads(1)
    config = LIIFConfig(n_resblocks=1, n_feats=8, hidden=(16,))
    prepare = batches(drawings({"lines": 2}), partial(pair, queries=32), 2)
    tiny = dataclasses.replace(LESSONS["liif-text"], config=config, prepare=prepare, warm_up=5)
    heard = SimpleNamespace(losses=[])
    curves = [teach(tiny, 100, torch.device("cpu"), lambda _, loss: heard.losses.append(loss)).curve for _ in range(2)]
    assert curves[0] == curves[1]
    assert heard.losses[99] < 0.8 * heard.losses[0]


@pytest.fixture
def lesson_kept(tmp_path):
    """Teach a tiny lesson for 200 steps and keep it with a key that is out of date."""
    import dataclasses

    import torch
    from lab import shipping
    from lab.lessons.liif import LESSONS
    from lab.teaching import teach

    def loss(network, batch):
        return (network.weight - batch).square().mean()

    kept = dataclasses.replace(
        LESSONS["liif-text"],
        build=lambda _: torch.nn.Linear(3, 1),
        prepare=lambda _: lambda rng: (torch.from_numpy(rng.normal(size=3)).float(),),
        loss=loss,
        steps=200,
    )
    cpu = torch.device("cpu")
    taught = teach(kept, 200, cpu, lambda *_: None)
    return kept, shipping.save(tmp_path, "liif-text", kept, taught, 200, {"old.py": "0"}, cpu, tmp_path, 1.5)


def test_a_sidecar_tells_what_processors_spent_on_the_lesson(lesson_kept):
    from lab.weights import read_sidecar

    assert read_sidecar(lesson_kept[1])["provenance"]["cpu_seconds"] == 1.5


def test_weights_whose_lesson_still_goes_the_same_way_are_confirmed(lesson_kept, tmp_path):
    import torch
    from lab import shipping
    from lab.teaching import teach
    from lab.weights import read_sidecar

    lesson, path = lesson_kept
    again = teach(lesson, 200, torch.device("cpu"), lambda *_: None, until=100)
    digest = read_sidecar(path)["sha256"]
    assert shipping.confirm(path, lesson, again, {"new.py": "1"}, tmp_path)
    assert not shipping.confirm(path, lesson, again, {"new.py": "1"}, tmp_path / "elsewhere"), "it has this key"
    sidecar = read_sidecar(path)
    assert sidecar["key"] == {"new.py": "1"}
    assert sidecar["provenance"]["confirmed"]["steps"] == 100
    assert sidecar["sha256"] == digest


def test_weights_taught_beside_changes_are_confirmed_by_a_commit_without_any(lesson_kept, tmp_path, monkeypatch):
    import torch
    from lab import shipping
    from lab.teaching import teach
    from lab.weights import read_sidecar

    lesson, path = lesson_kept
    again = teach(lesson, 200, torch.device("cpu"), lambda *_: None, until=100)
    for dirty in (True, False):
        monkeypatch.setattr(shipping, "commit", lambda _, dirty=dirty: {"commit": "c" * 40, "dirty": dirty})
        assert shipping.confirm(path, lesson, again, {"new.py": "1"}, tmp_path)
        assert read_sidecar(path)["provenance"]["confirmed"]["dirty"] is dirty
    assert not shipping.confirm(path, lesson, again, {"new.py": "1"}, tmp_path), "nothing is left to confirm"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rate": 2e-3}, "another rate"),
        ({"seed": 2}, "another seed"),
        ({"recipe": {"batch": 3}}, "another recipe"),
        ({"average": 0.99}, "another average"),
    ],
)
def test_weights_whose_lesson_was_changed_are_not_confirmed(lesson_kept, tmp_path, changed, said):
    import dataclasses

    import torch
    from lab import checkpoints, shipping
    from lab.teaching import teach

    lesson, path = lesson_kept
    before = path.with_suffix(".json").read_bytes()
    other = dataclasses.replace(lesson, **changed)
    again = teach(other, 200, torch.device("cpu"), lambda *_: None, until=100)
    with pytest.raises(checkpoints.WeightsError, match=said):
        shipping.confirm(path, other, again, {}, tmp_path)
    assert path.with_suffix(".json").read_bytes() == before


@pytest.mark.parametrize(
    ("now", "refused"),
    [({"lab/teaching.py": "1", "models/net.py": "9"}, False), ({"lab/teaching.py": "2"}, True), ({}, True)],
    ids=["another network file", "other teaching", "no teaching"],
)
def test_a_running_mean_is_confirmed_while_the_code_that_keeps_it_is_the_same(lesson_kept, tmp_path, now, refused):
    """The losses tell of the weights, and the mean follows from them."""
    import dataclasses

    import torch
    from lab import checkpoints, shipping
    from lab.teaching import teach

    cpu, then = torch.device("cpu"), {"lab/teaching.py": "1", "models/net.py": "1"}
    lesson = dataclasses.replace(lesson_kept[0], average=0.9)
    taught = teach(lesson, 200, cpu, lambda *_: None)
    path = shipping.save(tmp_path / "averaged", "liif-text", lesson, taught, 200, then, cpu, tmp_path, 1.5)
    again = teach(lesson, 200, cpu, lambda *_: None, until=100)
    if refused:
        with pytest.raises(
            checkpoints.WeightsError, match=r"a running mean, .* and lab/teaching\.py, which keeps it, changed"
        ):
            shipping.confirm(path, lesson, again, now, tmp_path)
    else:
        assert shipping.confirm(path, lesson, again, now, tmp_path)
    assert json.loads(path.with_suffix(".json").read_text())["key"] == (then if refused else now)


@pytest.mark.parametrize(
    ("steps", "curve", "said"),
    [
        (300, [0.1] * 9, r"its lesson has 200 steps; confirm 100 of them or more \(got 300\)"),
        (0, [0.1] * 9, r"confirm 100 of them or more \(got 0\)"),
        (100, [], "its sidecar keeps no losses up to step 100; train it again"),
        (200, [0.1], "its sidecar keeps no losses up to step 200; train it again"),
    ],
)
def test_weights_are_not_confirmed_by_losses_that_nobody_kept(lesson_kept, steps, curve, said):
    import json

    from lab import checkpoints, shipping

    lesson, path = lesson_kept
    sidecar = path.with_suffix(".json")
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"curve": curve}))
    with pytest.raises(checkpoints.WeightsError, match=said):
        shipping.confirmable(path, lesson, steps, {})


def test_weights_whose_lesson_says_other_words_are_confirmed(lesson_kept):
    import dataclasses

    from lab import shipping

    lesson, path = lesson_kept
    assert shipping.confirmable(path, dataclasses.replace(lesson, says="Other words."), 100, {})["curve"]


def test_weights_whose_losses_differ_in_the_last_digit_are_not_confirmed(lesson_kept, tmp_path):
    import dataclasses

    import torch
    from lab import checkpoints, shipping
    from lab.teaching import teach

    lesson, path = lesson_kept
    again = teach(lesson, 200, torch.device("cpu"), lambda *_: None, until=100)
    other = dataclasses.replace(again, curve=[again.curve[0] + 1e-5])
    with pytest.raises(checkpoints.WeightsError, match="by step 100"):
        shipping.confirm(path, lesson, other, {}, tmp_path)


def test_what_is_kept_may_be_a_running_mean_of_the_weights():
    import torch
    from lab.teaching import follow

    mean, now = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(mean.weight), torch.nn.init.ones_(now.weight)
    for _ in range(2):
        follow(mean, now, 0.9)
    assert mean.weight.item() == pytest.approx(0.19)


def test_a_lesson_that_diverges_is_told_instead_of_kept():
    import dataclasses

    import torch
    from lab.lessons.liif import LESSONS
    from lab.teaching import teach

    lost = dataclasses.replace(LESSONS["liif-text"], loss=lambda network, *_: network.imnet.layers[0].weight.sum() / 0)
    tiny = dataclasses.replace(lost, prepare=lambda _: lambda _: (torch.zeros(1),))
    with pytest.raises(FloatingPointError, match="lower the rate"):
        teach(tiny, 2, torch.device("cpu"), lambda *_: None)
