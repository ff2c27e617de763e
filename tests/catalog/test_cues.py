"""The words of a question tell its task, its factor and its subject, or leave them open."""

import itertools
import re

import pytest

from catalog import cues
from catalog.load import ROOT, load
from catalog.own_files import own_data

VOCABULARY = load(ROOT)[0].vocabulary
LISTS = own_data("cues")
KNOWN = {"task": VOCABULARY.tasks, "about": VOCABULARY.content, "wants": VOCABULARY.wants}
PLAIN = [
    (name, word, cue) for name in KNOWN for word, its_cues in LISTS[name].items() for cue in its_cues if "{" not in cue
]


def test_cues_stand_for_words_of_the_vocabulary():
    assert {name: set(LISTS[name]) - set(KNOWN[name]) for name in KNOWN} == {name: set() for name in KNOWN}


@pytest.mark.parametrize(("name", "word", "cue"), PLAIN)
@pytest.mark.parametrize("between", [" ", " my very old "])
def test_a_cue_tells_its_own_word_and_no_other(name, word, cue, between):
    written = re.sub(r" -\w+", "", cue).replace(" ... ", between).replace("*", "")

    for question in (written, f"Why {written.upper()}?"):
        assert cues.words_for(name, question, KNOWN[name]) == [word]


SIZES = ["larger", "bigger", "the size", "as large", "its original size"]
FACTORS = {
    4: ["4×", "4x", "4 X", "4 times", "4-times", "four times", "4-fold", "fourfold", "four-fold", "quadruple"],
    2: ["2×", "two times", "twice", "double", "doubling", "twofold", "2 fold"],
    3: ["3.0×", "3,0x", "triple", "three times", "thrice"],
    2.5: ["2.5×", "2,5x", "2.5 times", "2.5-fold"],
    12: ["12×", "12 times", "twelve times", "12-fold", "12✕"],
}


@pytest.mark.parametrize(("factor", "words"), [(factor, words) for factor in FACTORS for words in FACTORS[factor]])
@pytest.mark.parametrize("size", SIZES)
def test_a_factor_of_size_tells_the_scale_and_asks_for_an_enlargement(factor, words, size):
    question = f"It came out {words} {size} and was sharp."

    assert cues.scale(question) == factor
    assert cues.decided("task", question, VOCABULARY) == "super-resolution"


@pytest.mark.parametrize("words", [*itertools.chain(*FACTORS.values())])
@pytest.mark.parametrize("other", ["faster", "as fast", "sharper", "the speed", "as many pixels", "less memory"])
def test_a_number_of_times_that_is_no_size_is_no_scale(words, other):
    assert cues.scale(f"It was {words} {other} than before.") is None


SCALES = {
    "The ×4 upscale": 4,
    "the x4 upscale": 4,
    "Upscaling by a factor of 3": 3,
    "upscaled by factor three": 3,
    "I enlarged my photo 3 times.": 3,
    "It grew to six times.": 6,
    "a 4x4 grid at 2x": 2,
    "2× and again 2x": 2,
}
OPEN = [
    "2x, then 4x",
    "2–4×",
    "2-4x",
    "224x224",
    "4 × 4",
    "1,000x",
    "99999x",
    "0x",
    "an x86 laptop",
    "the iPhone X",
    "a triple camera",
    "I double-checked the size",
    "a double exposure",
    "I tried it three times",
    "It took twice as long.",
    "9" * 400 + "x",
]


@pytest.mark.parametrize("question", SCALES)
def test_a_factor_is_found_in_many_spellings(question):
    assert cues.scale(question) == SCALES[question]


@pytest.mark.parametrize("question", OPEN)
def test_what_is_no_single_factor_leaves_the_scale_open(question):
    assert cues.scale(question) is None


TASKS = {
    "How does AI remove blur from a shaky photo?": ("motion-deblurring", "shaken-photographs"),
    "My photo was blurry because my hand shook. How was it unblurred?": ("motion-deblurring", "photographs"),
    "How does AI sharpen blurry photos?": ("motion-deblurring", "photographs"),
    "My photo came out shaky. How did AI save it?": ("motion-deblurring", "shaken-photographs"),
    "The photos of us were shaky.": ("motion-deblurring", "shaken-photographs"),
    "How can AI undo shake?": ("motion-deblurring", None),
    "How did it undo the camera's shake in my photo?": ("motion-deblurring", "photographs"),
    "I shook when I took the photo. How did AI sharpen it?": ("motion-deblurring", "photographs"),
    "I shook. AI saved it.": ("motion-deblurring", None),
    "We shook hands in this photo.": (None, "photographs"),
    "The dog shook its tail.": (None, None),
    "She shook her head and shook off the snow.": (None, None),
    "A photo of a handshake": (None, "photographs"),
    "AI undid my milkshake.": (None, None),
    "A snow-shake": (None, None),
    "My shaky drawing": (None, None),
    "It shakes and is shaken.": (None, None),
    "AI drew a castle from a few words.": ("text-to-image", None),
    "I typed a prompt and got a picture.": ("text-to-image", None),
    "How does img2img work?": ("image-to-image", None),
    "AI turned my selfie into a cartoon.": ("image-to-image", "photographs"),
    "AI scaled my old logo up.": ("super-resolution", "text-and-icons"),
    "A super-resolved manga page": ("super-resolution", "line-drawings"),
    "An upscaled comic page": ("super-resolution", "line-drawings"),
    "My photo was upscaled without any blur.": ("super-resolution", "photographs"),
    "AI turned my painting of a sketch into a photo.": (None, None),
    "Upscaling removed the blur.": (None, None),
    "Why is the sky blue?": (None, None),
}


@pytest.mark.parametrize("question", TASKS)
def test_common_words_tell_the_task_and_the_subject(question):
    told = (cues.decided("task", question, VOCABULARY), cues.decided("about", question, VOCABULARY))

    assert told == TASKS[question]
