"""The quick ways through a text find what the plain ones do, whatever characters stand in it."""

import unicodedata

from catalog.names import _WORD, Name, _words, as_latin, common_in_capitals

EVERY = [chr(code) for code in range(0x11_0000) if not 0xD800 <= code < 0xE000]


def test_words_are_parted_by_the_same_characters_as_by_the_pattern():
    text = "".join(f"a{character}" for character in EVERY)

    assert _words(text) == _WORD.findall(text)
    assert _words("LIIF\u2014IPS\ud800x_y") == ["LIIF", "IPS", "x", "y"]


def test_a_text_keeps_its_length_and_only_letters_are_replaced():
    text = "".join(EVERY)
    latin = as_latin(text)

    changed = {old: new for old, new in zip(text, latin, strict=True) if old != new}
    assert (changed["é"], changed["К"], changed["ο"]) == ("e", "K", "o")
    assert all(unicodedata.category(letter)[0] == "L" for letter in "".join([*changed, *changed.values()]))
    assert as_latin("2\u00d7") == "2\u00d7"


def test_what_is_written_as_in_its_record_is_always_found_by_the_pattern_too():
    texts = ["MSSNet sharpens.", "an (MSSNet)", "MSSNets", "xMSSNet", "MSSNet2", "mssnet", "See MSSNet2 and MSSNet."]
    written = [text for text in texts if Name("MSSNet", frozenset()).is_written_in(text)]
    assert written == ["MSSNet sharpens.", "an (MSSNet)", "See MSSNet2 and MSSNet."]
    assert all(Name("MSSNet", frozenset()).stands_in(text) for text in written)
    assert not Name("scale", frozenset()).is_written_in("A scale.")


def test_a_long_name_in_capitals_is_an_ordinary_word_where_two_texts_use_it_as_one():
    """One text alone is none: it may be the one that names what was not offered."""
    texts = ["Sharp letters are sharp.", "a sharp edge", "esrgan, esrgan", "ips", "ips"]

    assert common_in_capitals(["SHARP", "ESRGAN", "IPS", "Letters"], texts) == {"SHARP"}


def test_names_that_are_spelled_like_no_word_are_found_in_any_spelling():
    for text in ("ESRGAN", "LightGaussian", "FeatSharp", "V2Net", "RWKV6"):
        for spelled in (text, text.lower(), text.upper(), f"{text}s"):
            assert Name(text, frozenset()).stands_in(f"a {spelled} b"), spelled


def test_a_name_of_one_ordinary_word_is_found_with_a_capital_alone():
    for text in ("Scale", "First", "A"):
        assert Name(text, frozenset()).stands_in(f"a {text}.")
        assert not Name(text, frozenset()).stands_in(f"b {text.lower()}.")
