"""The command that teaches networks says which lessons there are, and beforehand how long each takes."""

import json

import pytest

from catalog import packages

pytestmark = pytest.mark.torch


def steps_of(name):
    """Return how many steps a lesson has."""
    from scripts.train_weights import lessons

    return lessons()[name].steps


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    """Return a function that runs the command beside shipped weights of one lesson, which took 100 minutes.

    Another took 90 of the CPU, and 300 in all.
    """
    from scripts import train_weights

    shipped = tmp_path / "shipped"
    shipped.mkdir()
    took = {"seconds": 6000.0, "device": "cpu, 1 threads"}
    sidecar = {"sha256": "0" * 64, "lesson": {"steps": steps_of("liif-text")}, "provenance": took}
    (shipped / "liif-text.json").write_text(json.dumps(sidecar))
    took |= {"seconds": 18000.0, "cpu_seconds": 5400.0, "device": "cpu, 11 threads"}
    (shipped / "glyphs-resnet.json").write_text(json.dumps(sidecar))
    (shipped / "liif-photographs.json").write_text("{")
    monkeypatch.setattr(train_weights, "SHIPPED", shipped)

    def run(*arguments):
        status = train_weights.main([*arguments])
        return status, *capsys.readouterr()

    return run


def test_every_lesson_is_listed_with_its_time_where_somebody_took_it(command):
    status, out, _ = command("--list")
    lines = out.splitlines()
    by_clock = (
        "liif-text: Procedural text, icons and thin lines. "
        f"{steps_of('liif-text'):,} steps, about 100 min by the clock "
        "(going by the shipped weights, taught on cpu, 1 thread)"
    )
    on_cpu = "min of CPU time (going by the shipped weights, taught on cpu, 11 threads)"
    timed = [line for line in lines if not line.endswith(" steps; nobody has timed them yet")]
    assert status == 0
    assert by_clock in timed
    assert [line.partition(":")[0] for line in timed if line.endswith(on_cpu)] == ["glyphs-resnet"]
    assert len(lines) > len(timed) == 2


def test_how_long_a_part_of_a_lesson_takes_is_said_before_it_begins(command, monkeypatch, tmp_path):
    from lab import teaching

    def diverges(*_):
        raise FloatingPointError("the loss is nan after step 1; lower the rate of the lesson")

    monkeypatch.setattr(teaching, "teach", diverges)
    part = steps_of("liif-text") // 100
    for name, about in (
        ("liif-text", ", about 60 s by the clock (going by the shipped weights, taught on cpu, 1 thread)"),
        ("liif-photographs", "; nobody has timed them yet"),
    ):
        status, out, err = command(name, "--steps", f"{part}", "--out", str(tmp_path))
        assert (status, out) == (1, f"{name}: {part} steps{about}\n")
        assert err.endswith(f"{name}: the loss is nan after step 1; lower the rate of the lesson\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a NAME, --list or --check; there are "),
        (["liif-txt"], 'there is no lesson "liif-txt"; there are '),
        (["liif-txt"], '; did you mean "liif-text"?'),
        (["liif-text", "--threads", "0"], "--threads is 1 or more (got 0)"),
        (["liif-text", "--device", "cud"], '--device is auto, cpu, cuda or cuda:N (got "cud")'),
    ],
)
def test_a_wrong_command_line_is_told(command, capsys, arguments, said):
    with pytest.raises(SystemExit) as refused:
        command(*arguments)
    assert refused.value.code == 2
    assert said in capsys.readouterr().err


def test_a_gpu_that_is_not_there_is_told_in_one_sentence(command, monkeypatch):
    import torch

    monkeypatch.setattr(torch.version, "cuda", "12.8")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    told = "there is no GPU 2; this machine has 2, counted from 0\n"
    assert command("liif-text", "--device", "cuda:2") == (2, "", told)


@pytest.fixture
def never(monkeypatch):
    """Fail the test if a lesson begins."""
    from lab import teaching

    monkeypatch.setattr(teaching, "teach", lambda *_: pytest.fail("a lesson began"))


@pytest.mark.usefixtures("never")
def test_a_folder_that_cannot_be_written_to_is_told_before_the_lesson_begins(command, tmp_path, monkeypatch):
    import os

    file = tmp_path / "file"
    file.touch()
    told = f"{file} cannot be written to: File exists; give another folder with --out\n"
    assert command("liif-text", "--out", str(file)) == (2, "", told)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told = f"{tmp_path / 'full'} cannot be written to: No space left on device; give another folder with --out\n"
    assert command("liif-text", "liif-photographs", "--out", str(tmp_path / "full")) == (2, "", told)
    assert [*(tmp_path / "full").iterdir()] == []


@pytest.mark.usefixtures("never")
def test_weights_that_cannot_be_confirmed_are_told_before_the_lesson_begins(command):
    status, out, err = command("mssnet-shaken-drawings", "liif-text", "--confirm", "100")
    typed = packages.command("train_weights", "mssnet-shaken-drawings")
    by_hand = "liif-text.json was changed by hand: its seal is not that of what it tells"
    assert (status, out) == (2, "")
    assert [line.partition("; put it back")[0] for line in err.splitlines()] == [
        f"mssnet-shaken-drawings: nothing can be confirmed: nobody has taught it yet; run {typed}",
        "liif-text: nothing can be confirmed: liif-text.safetensors is missing",
        f"liif-text: nothing can be confirmed: {by_hand}",
    ]


LATER = {"linfusion-linear": "linfusion-softmax", "latent-denoiser": "latent-autoencoder"}


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("name", LATER)
def test_what_a_lesson_starts_from_is_not_taught_by_the_same_command(command, name):
    said = f"{name} starts from the weights that {LATER[name]} makes; teach it afterwards, by a command of its own\n"
    assert command(LATER[name], name) == (2, "", said)


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("name", LATER)
def test_a_lesson_whose_start_is_missing_does_not_begin(command, monkeypatch, tmp_path, name):
    from scripts import train_weights

    notebooks = train_weights.ROOT / "notebooks"
    (tmp_path / "house/notebooks").mkdir(parents=True)
    for folder in ("lab", "models"):
        (tmp_path / "house/notebooks" / folder).symlink_to(notebooks / folder)
    monkeypatch.setattr(train_weights, "ROOT", tmp_path / "house")
    status, out, err = command(name, "--out", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    file = f"{LATER[name]}.safetensors"
    typed = packages.command("train_weights", LATER[name])
    assert err == f"{file} is missing, from which this lesson starts; make it with {typed}\n"


@pytest.fixture
def taught(monkeypatch):
    """Take a fresh network for one that was taught."""
    from lab import teaching

    def at_once(lesson, *_):
        return teaching.Taught(lesson.build(lesson.config), [0.5], 1.0)

    monkeypatch.setattr(teaching, "teach", at_once)


@pytest.mark.usefixtures("taught")
def test_weights_whose_folder_is_full_after_the_lesson_are_not_lost(command, tmp_path, monkeypatch):
    from lab import shipping, weights

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    write, out = shipping.write_whole, tmp_path / "out"

    def full(path, data):
        if path.parent == out and path.name != ".trial":
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(shipping, "write_whole", full)
    status, _, err = command("liif-text", "--out", str(out))
    (folder,) = (tmp_path / "elsewhere").iterdir()
    assert status == 1
    assert err.splitlines() == [
        f"liif-text: {out} cannot be written to: No space left on device",
        f"liif-text: both files lie in {folder}; move them from there",
    ]
    assert weights.read_sidecar(folder / "liif-text.safetensors")["origin"] == "trained here"


@pytest.mark.usefixtures("taught")
def test_the_sidecar_is_written_last(command, tmp_path, monkeypatch):
    """What vouches for a file must not stand before it, wherever the process is killed."""
    from lab import shipping

    written, write = [], shipping.write_whole
    monkeypatch.setattr(shipping, "write_whole", lambda path, data: (written.append(path.name), write(path, data)))
    assert command("liif-text", "--out", str(tmp_path / "out"))[0] == 0
    assert written == [".trial", "liif-text.safetensors", "liif-text.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["liif-text.json", "liif-text.safetensors"]


def test_nobody_is_warned_of_pictures_that_a_lesson_only_reads(command, monkeypatch, tmp_path):
    import warnings

    from lab import teaching

    def warns(lesson, *_):
        warnings.warn("The given NumPy array is not writable, and more words of torch", UserWarning, stacklevel=1)
        return teaching.Taught(lesson.build(lesson.config), [0.5], 1.0)

    monkeypatch.setattr(teaching, "teach", warns)
    with warnings.catch_warnings(record=True) as heard:
        assert command("liif-text", "--out", str(tmp_path))[0] == 0
    assert heard == []


def test_a_lesson_that_is_stopped_ends_in_a_sentence(command, monkeypatch, tmp_path):
    from lab import teaching

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(teaching, "teach", stopped)
    status, _, err = command("liif-text", "--out", str(tmp_path / "out"))
    assert (status, [*(tmp_path / "out").iterdir()]) == (130, [])
    assert err.endswith("stopped; of the lesson that was being taught nothing was written\n")


@pytest.fixture
def kept(request, command, tmp_path, monkeypatch):
    """Return the command beside one lesson and its weights, as the command itself wrote them."""
    request.getfixturevalue("taught")
    from scripts import train_weights

    every = train_weights.lessons()
    monkeypatch.setattr(train_weights, "lessons", lambda: {"liif-text": every["liif-text"]})
    monkeypatch.setattr(train_weights, "SHIPPED", tmp_path / "kept")
    assert command("liif-text")[0] == 0
    return lambda *arguments: command("--check", *arguments)


def edited(path, **changes):
    """Change a sidecar by hand."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_weights_that_their_lesson_still_makes_pass(kept):
    assert kept() == (0, "", "1 of 1 weights are what their lessons make\n")


def test_weights_that_were_changed_by_hand_or_lost_their_sidecar_are_told(kept, tmp_path):
    sidecar = tmp_path / "kept/liif-text.json"
    edited(sidecar, lesson=json.loads(sidecar.read_text())["lesson"] | {"steps": 9})
    status, _, err = kept()
    assert (status, err.splitlines()[-1]) == (1, "0 of 1 weights are what their lessons make")
    assert err.startswith("liif-text: out of date: liif-text.json was changed by hand: its seal is not that of what")
    sidecar.unlink()
    assert "liif-text.json, which tells how liif-text.safetensors was taught, is missing; " in kept("liif-text")[2]


def test_weights_whose_lesson_or_code_is_another_are_told_with_what_changed(kept, monkeypatch):
    import dataclasses

    from lab import shipping

    from scripts import train_weights

    (lesson,) = train_weights.lessons().values()
    monkeypatch.setattr(train_weights, "lessons", lambda: {"liif-text": dataclasses.replace(lesson, rate=0.5)})
    key = shipping.lesson_key(train_weights.ROOT, "liif-text", lesson)
    key |= {"models/liif.py": "0" * 64, "models/new.py": "1" * 64}
    del key["lab/crops.py"]
    monkeypatch.setattr(shipping, "lesson_key", lambda *_: key)
    said = [line.removeprefix("liif-text: out of date: ") for line in kept()[2].splitlines()[:-1]]
    assert said == [
        "the lesson has another rate than when they were taught",
        "lab/crops.py is no longer needed",
        "models/liif.py changed after they were taught",
        "models/new.py was not needed when they were taught",
    ]


def test_weights_that_nobody_taught_and_weights_that_no_lesson_makes_are_told(kept, monkeypatch, tmp_path):
    from scripts import train_weights

    (lesson,) = train_weights.lessons().values()
    monkeypatch.setattr(train_weights, "lessons", lambda: {"liif-text": lesson, "liif-new": lesson})
    (tmp_path / "kept/left-over.safetensors").touch()
    status, _, err = kept()
    assert status == 1
    assert [line.partition("; ")[0] for line in err.splitlines()] == [
        "left-over: out of date: no lesson has that name",
        "liif-new: out of date: nobody has taught it yet",
        "1 of 3 weights are what their lessons make",
    ]


@pytest.fixture
def slow(kept, monkeypatch, tmp_path):
    """Let the kept lesson be prepared in 30 s of CPU time, its first step take 5 s and each further one 2 s.

    Nobody took its time while it was taught.
    """
    from lab import lesson_time, teaching

    from catalog.seal import sealed

    passed = 0.0

    def teach(lesson, _steps, _place, tell, until):
        nonlocal passed
        for step in range(until):
            passed += 2.0 if step else 35.0
            tell(step + 1, 0.5)
        return teaching.Taught(lesson.build(lesson.config), [], 1.0)

    monkeypatch.setattr(teaching, "teach", teach)
    monkeypatch.setattr(lesson_time.time, "process_time", lambda: passed)
    sidecar = tmp_path / "kept/liif-text.json"
    told = json.loads(sidecar.read_text())
    del told["provenance"]["cpu_seconds"]
    sidecar.write_text(sealed(told))
    assert kept()[0] == 0
    return sidecar


def test_a_few_steps_tell_the_cpu_time_of_the_whole_lesson_and_how_many_they_were(command, kept, slow):
    before = json.loads(slow.read_text())["provenance"]
    status, out, _ = command("liif-text", "--time", "11")

    told = json.loads(slow.read_text())["provenance"]
    assert status == 0
    seconds = 35 + (steps_of("liif-text") - 1) * 2
    minutes = f"{seconds / 60:.1f} min of CPU time"
    assert out.endswith(f"liif-text: the whole lesson takes {minutes} by the rate of 11 steps\n")
    assert told["cpu_seconds"] == seconds
    assert told["timed"]["steps"] == 11
    assert {name: told[name] for name in before} == before
    assert kept()[0] == 0, "it is sealed again"
    (listed,) = command("--list")[1].splitlines()
    steps = f"{steps_of('liif-text'):,} steps, about {seconds / 60:.0f} min of CPU time"
    assert f"{steps} by the rate of 11 steps (going by" in listed


def test_time_that_was_taken_while_the_network_was_taught_stays(command, kept):
    assert kept()[0] == 0
    said = "liif-text.safetensors: its CPU time was taken while it was taught; nothing has to be timed\n"
    assert command("liif-text", "--time", "11") == (2, "", said)


@pytest.mark.usefixtures("slow")
def test_no_more_steps_are_timed_than_a_lesson_has(command):
    most = steps_of("liif-text")
    said = f"liif-text.safetensors: its lesson has {most} steps; time so many or fewer (got {most + 1})\n"
    assert command("liif-text", "--time", f"{most + 1}") == (2, "", said)


@pytest.mark.parametrize("more", [[], ["--confirm", "100"], ["--out", "x"], ["--steps", "3", "--out", "x"]])
def test_time_needs_two_steps_and_stands_alone(command, capsys, more):
    with pytest.raises(SystemExit):
        command("liif-text", "--time", "9" if more else "1", *more)
    assert "--time needs a number of 2 or more, without --confirm, --steps and --out" in capsys.readouterr().err
