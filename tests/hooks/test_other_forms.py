"""Whoever types another form of a word finds the same pages."""

from pathlib import Path

import yaml

from hooks import other_forms as module
from hooks.other_forms import other_forms

FAMILIES = yaml.safe_load(Path(module.__file__).with_name("word_families.yml").read_text("utf-8"))


def found(text):
    return other_forms(text).split()


def test_each_word_of_a_family_leads_to_the_others():
    for family in FAMILIES:
        for word in family["words"]:
            seen = f"{word} {other_forms(word.capitalize())}".split()
            missing = [w for w in (*family["words"], *family.get("also", ())) if not _begun(w, seen)]
            assert missing == [], word


def _begun(word, seen):
    return any(other.startswith(word) for other in seen)


def test_a_word_stands_in_one_family_alone():
    words = [word for family in FAMILIES for word in (*family["words"], *family.get("also", ()))]

    assert len(FAMILIES) > 10
    assert sorted(set(words)) == sorted(words)


def test_what_people_type_finds_what_pages_say():
    assert {"upscaling", "enlarging"} <= set(found("We upscale it."))
    assert {"blurry", "blurred"} <= set(found("Deblurring"))
    assert "sharpening" in found("It is sharp")


def test_a_text_without_such_words_gains_nothing():
    assert other_forms("How does context help textures?") == ""


def test_a_factor_is_found_with_either_sign():
    assert found("From 4× to 12×, not 3×4 or 2x.") == ["4x", "12x", "3x", "2×"]
    assert found("both 2x and 2×, at 512x512") == ["512×"]
    assert found("at 12× of 512x512") == ["12x", "512×"]
