"""What nobody can see is found in any text, in one of plain characters as in one of others."""

from catalog.characters import FORBIDDEN, hides_one

CHARACTERS = [*map(chr, range(0x3000)), "\ud800", "\udfff", "\ufeff", "\ufffd", "\U000e0041", "\U0001f600"]


def test_a_text_hides_a_character_where_one_that_is_forbidden_stands_in_it():
    forbidden = [character for character in CHARACTERS if FORBIDDEN.search(character)]

    assert {"\0", "\r", "\x1b", "\x7f", "\u200b", "\ud800"} <= {*forbidden}
    for around in ("a{}b", "é{}b", "a\n\t{}b"):
        assert [character for character in CHARACTERS if hides_one(around.format(character))] == forbidden
