import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.plain_text import plain_text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**+3.66** dB", "+3.66 dB"),
        ("_really_ ips_max", "really ips_max"),
        ("2009&#46;01234 &amp; &times; &#x78;", "2009.01234 & × x"),
        ("2009\\.01234", "2009.01234"),
        ("$14\\times$ and \\timesharing", "14× and \\timesharing"),
        (r"$0.5\,\mathrm{dB}$, \(30\;\text{ms}\) and $$64 \times 64$$", "0.5 dB, 30 ms and 64×64"),
        (r"$y = 2x + \alpha^{2}$, 4\times, $4x$ and $30s$", "y = 2𝑥 + \\alpha^2, 4×, 4x and 30s"),
        (r"$5 and $6, \$7 and \$8", "$5 and $6, $7 and $8"),
        ("**$a_1$** and `$4&nbsp;s$`", "a_1 and 4\xa0s"),
        ("ａｒＸｉｖ ﬁne", "arXiv fine"),
        ("real&#45;time 1&#45;2, a&#xFE05;b and a&#1;b", "real-time 1-2, ab and ab"),
        ("L`II`F and LI\u00adIF", "LIIF and LIIF"),
        ("a__b __c__ &nosuch; &#x110000;", "a__b c &nosuch; \ufffd"),
    ],
)
def test_a_text_is_read_as_it_stands_on_the_page(written, read):
    assert plain_text(written).text == read


PIECES = ["a", "1 ", "&amp;", "\\*", "*", "_", "`", "ﬁ", "\\times", "&", "\n", "$", "\\(", "\\)", "{", "\\,"]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_character_leads_back_to_where_it_was_written(pieces):
    text = "".join(pieces)
    plain = plain_text(text)
    origins = [plain.origin(i) for i in range(len(plain.text))]
    assert origins == sorted(origins)
    assert all(0 <= origin < len(text) for origin in origins)
    for i, character in enumerate(plain.text):
        assert character in "&*×fi (),{$" or text[origins[i]] == character
