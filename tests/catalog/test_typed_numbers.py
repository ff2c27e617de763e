import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import typed_numbers as module
from catalog.plain_text import plain_text
from catalog.typed_numbers import numbers_of, sourced, typed_numbers
from catalog.units import in_unit


def typed(text):
    return [(number.value, number.measures) for number in typed_numbers(plain_text(text))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("27.13 dB", [(27.13, "decibels")]),
        ("it gains **0.5**dB.", [(0.5, "decibels")]),
        ("2x, 3× and ×4", [(2, "times"), (3, "times"), (4, "times")]),
        ("$14\\times$ the size", [(14, "times")]),
        ("12-fold, 15 times", [(12, "times"), (15, "times")]),
        ("20–30 ms", [(0.02, "time"), (0.03, "time")]),
        ("from 144 to 237 FPS", [(144, "frames"), (237, "frames")]),
        ("782 → 45 MB", [(782e6, "bytes"), (45e6, "bytes")]),
        ("6.8 / 15.6 M parameters", [(6.8e6, "parameters"), (15.6e6, "parameters")]),
        ("2,032 GMACs", [(2032e9, "operations")]),
        ("15&nbsp;% or 15 per cent", [(15, "share"), (15, "share")]),
        ("1.35 pixels wide", [(1.35, "pixels")]),
        ("it loses 3.8 points, a 3.8-point loss", [(3.8, "share"), (3.8, "share")]),
        ("4 to 5 points of mean IoU; 4 points in accuracy", [(4, "share"), (5, "share"), (4, "share")]),
        ("accuracy rises on lamps by about 4 points", [(4, "share")]),
        ("4 percentage points, 3.8 percent-points", [(4, "share"), (3.8, "share")]),
        ("In 2023, 15 s", [(15, "time")]),
        (r"$0.5\,\mathrm{dB}$, \(30\) ms, $12\,s$", [(0.5, "decibels"), (0.03, "time"), (12, "time")]),
        (r"$20$–$30$ ms, $10\%$", [(0.02, "time"), (0.03, "time"), (10, "share")]),
        ("[44](https://example.com/a_(b)) ms, [0.5][1] dB", [(0.044, "time"), (0.5, "decibels")]),
        ("2½ dB, 2,000½ dB, 2,5½ dB", [(2.5, "decibels"), (2000.5, "decibels"), (2, "decibels"), (5.5, "decibels")]),
        ("½½ dB, 1.2.3½ dB", []),
        ("[**44** ms](https://example.com)", [(0.044, "time")]),
        ("1e3 ms, 1.5e-3 s, 10^3 s, 2·10^3 s", [(1, "time"), (0.0015, "time"), (1000, "time"), (2000, "time")]),
        (r"$1.5\times10^{-3}$ s", [(0.0015, "time")]),
        ("30 W, 5 mW, 40 TOPS", [(30, "power"), (0.005, "power"), (40e12, "operations")]),
        ("200+ FPS, 30 frames/s", [(200, "frames"), (30, "frames")]),
        ("12 GiB, 5 h, 3 min, 2 days", [(12 * 2**30, "bytes"), (18000, "time"), (180, "time"), (172800, "time")]),
        ("SSIM of 0.97, LPIPS 0.12", [(0.97, "ssim"), (0.12, "lpips")]),
        ("its PSNR is about 31.2, the mIoU: 45", [(31.2, "decibels"), (45, "share")]),
        ("SSIM rises from 0.91 to 0.97", [(0.91, "ssim"), (0.97, "ssim")]),
        ("| PSNR | 31.2 |", [(31.2, "decibels")]),
        ("PSNR (dB) = 31.2 and 0.97 SSIM", [(31.2, "decibels"), (0.97, "ssim")]),
        ("lifts FPS from 144 to 237 on it", [(144, "frames"), (237, "frames")]),
        ("a speed-up of 2.5, faster by a factor of 4, by a factor of 4", [(2.5, "gain"), (4, "gain"), (4, "times")]),
        ("structural similarity (0.97), PSNR, at 31.2,", [(0.97, "ssim"), (31.2, "decibels")]),
        ("a gain of 3.2 over it, the gain is 3, a gain of about 0.5.", [(3.2, "gain"), (3, "gain"), (0.5, "gain")]),
        ("a mean squared error of 0.01, a mean-absolute error at 0.2", [(0.01, "error"), (0.2, "error")]),
        ("a PSNR of 31 is reached; an accuracy of 93 remains", [(31, "decibels"), (93, "share")]),
        ("30 Gflop, 12 Mb", [(30e9, "operations"), (12e6, "bits")]),
        ("PSNR at 2, 3 and 4×", [(2, "times"), (3, "times"), (4, "times")]),
        ("4 times faster, 4x smaller, 4× as fast", [(4, "gain"), (4, "gain"), (4, "gain")]),
        ("a speed-up of 4×, faster by about 4×", [(4, "gain"), (4, "gain")]),
        ("4 times larger, 4× the size, four by 4×", [(4, "times"), (4, "times"), (4, "times")]),
    ],
)
def test_a_number_with_a_unit_is_found(text, numbers):
    assert typed(text) == [(pytest.approx(value), measures) for value, measures in numbers]


@pytest.mark.parametrize(
    "text",
    ["224x224px", "a 512 × 512 × 3 block", "4 pixels", "16 residual blocks", "the 1990s", "v1.5 s", "f16 s",
     "one ninth", "Table 1", "1.5.2 ms", "SD-v1.5", "3D", "1/9 of it", "section 2 says", "16K", "x2-net",
     "the PSNR of 2 networks", "PSNR at 2 scales", "In Table 1 SSIM falls", "FID, as in Section 3", "2H × 2W", "2H×2W",
     "2 x C x H", "[3, H, W]", "$y = 2x + 1$", "$3h + 2W$", r"$64 \times 64$", "see [4] for it", "$s = 4$",
     "the gain of 2 networks", "what they gain at 4 scales",
     "1e3 of them", "a cloud of 128 points", "1,024 points in a row", "by 128 points of the cloud", "16 to 64 points",
     "described by 64 points", "4 points of view", "a 64-point patch", "the cloud rises. It is scanned by 64 points"],
)  # fmt: skip
def test_sizes_counts_years_and_versions_are_no_measured_numbers(text):
    assert typed(text) == []


def test_a_number_with_a_source_has_its_unit_or_none():
    source = sourced(numbers_of("It shrinks to 45 MB, 15x, and lifts FPS from 144 to 237 on 224x224px."))
    has = {text: all(source.has(number) for number in typed_numbers(plain_text(text))) for text in (
        "45 MB", "0.045 GB", "15×", "15 times", "144 FPS", "45 ms", "15 %", "46 MB", "224 MB",
    )}  # fmt: skip
    assert [text for text, known in has.items() if known] == ["45 MB", "0.045 GB", "15×", "15 times", "144 FPS"]


def test_letters_that_look_like_those_of_a_unit_count_in_a_source_as_in_an_answer():
    text = "Taught for 3 ħ, in 20 ĥ and on 5 mѕ."
    answer = [(number.value, number.measures) for number in typed_numbers(plain_text(text))]
    assert answer
    assert set(answer) <= set(numbers_of(text))


def test_a_factor_that_somebody_chose_is_no_gain_and_no_time():
    chosen = sourced([(4, "scale"), (4, "pixels")])
    has = {text: all(chosen.has(number) for number in typed_numbers(plain_text(text))) for text in (
        "4x", "4×", "$4\\times$", "4 times larger", "4 times", "4 times faster", "4x faster", "4 seconds", "4 %",
    )}  # fmt: skip
    assert [text for text, known in has.items() if known] == ["4x", "4×", "$4\\times$", "4 times larger", "4 times"]


def test_a_whole_number_without_a_unit_is_no_source_of_a_measured_one():
    source = sourced(numbers_of("Our 3D method has 12 parts, uses 64 channels and reaches 31.2."))
    (seconds, decibels, exact) = typed_numbers(plain_text("3 seconds, 12 dB, 31.2 dB"))
    assert [source.has(number) for number in (seconds, decibels, exact)] == [False, False, True]


def test_units_of_the_vocabulary_are_those_that_people_type():
    assert in_unit(45, "MB") == (45e6, "bytes")
    assert in_unit(2, "×") == (2, "times")
    assert in_unit(0.8, "") == (0.8, None)


@given(
    st.integers(0, 10**6), st.sampled_from(["dB", "ms", "s", "MB", "GB", "×", "x", "%", "FPS", "GMACs", "M parameters"])
)
def test_whatever_the_number_it_is_found_at_its_place(number, unit):
    text = f"It is **{number}** {unit} here."
    (found,) = typed_numbers(plain_text(text))
    assert text[found.start :].startswith(str(number))
    assert found.spelling == f"{number} {unit}"


@pytest.mark.parametrize("heading", ["PSNR (dB)", "PSNR", "PSNR ↑", "gain in dB", "Gain, dB", "dB"])
def test_a_number_in_a_table_has_the_unit_of_its_heading(heading):
    for table in (f"| who | {heading} |\n|---|--:|\n| we | **7** |", f"who | we\n---|---\n{heading} | 7\n"):
        (found,) = typed_numbers(plain_text(table))
        assert (found.value, found.measures, table[found.start]) == (7, "decibels", "7")


@pytest.mark.parametrize("heading", ["Pages", "s", "x", "W", "Model B", "dBA", "a long heading, of no unit"])
def test_a_number_under_a_heading_without_a_unit_measures_nothing(heading):
    assert typed_numbers(plain_text(f"| who | {heading} |\n|---|--:|\n| we | 7 |")) == []


def test_a_unit_of_one_column_is_no_unit_of_another_or_of_what_follows():
    assert typed_numbers(plain_text("| Pages | dB |\n|---|--:|\n| 12 | |\n\n7 pages | 3 books\n")) == []


def test_points_of_the_vocabulary_are_those_that_are_typed():
    reported = sourced([in_unit(3.8, "points")])
    assert [
        reported.has(number) for text in ("3.8 points", "3.9 points") for number in typed_numbers(plain_text(text))
    ] == [
        True,
        False,
    ]


@given(st.text(st.sampled_from("0123456789.,x+-^eE% abc()/\n"), max_size=30))
def test_the_quick_search_of_plain_text_finds_the_same_numbers(text):
    quick, all_alphabets = ([match.span() for match in p.finditer(text)] for p in (module._IN_ASCII, module._NUMBER))
    assert quick == all_alphabets


@pytest.mark.parametrize(("digits", "value"), [("0.9", 0.9), ("٠.٩", 0.9), ("０.９", 0.9), ("½", 0.5)])
def test_digits_of_any_alphabet_are_numbers(digits, value):
    (found,) = typed_numbers(plain_text(f"It reaches {digits} dB."))
    assert found.value == value
