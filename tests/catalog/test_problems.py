"""Of many problems people read the first."""

import pytest

from catalog.problems import MOST_IN_A_FILE, MOST_IN_A_LINE, Problem, in_short, nearest


def test_a_line_with_no_more_than_people_read_is_told_whole():
    problems = [Problem("a.md", 1, column, "", "is wrong") for column in range(1, MOST_IN_A_LINE + 1)]

    assert in_short(reversed(problems)) == problems


def test_of_too_many_problems_in_a_line_the_first_are_told_and_the_others_counted():
    problems = [Problem("a.md", 1, column, "field", "is wrong") for column in range(1, 3001)]

    told = in_short([*problems, Problem("a.md", 2, 1, "", "is wrong too")])

    assert told[:MOST_IN_A_LINE] == problems[:MOST_IN_A_LINE]
    assert [str(problem) for problem in told[MOST_IN_A_LINE:]] == [
        "a.md:1:21: and 2,980 more in this line",
        "a.md:2:1: is wrong too",
    ]


def test_of_too_many_problems_in_a_file_the_first_are_told_and_the_others_counted():
    problems = [Problem("a.md", line, 1, "", "is wrong") for line in range(1, 1001)]

    told = in_short([*problems, Problem("b.md", 1, 1, "", "is wrong too")])

    assert [str(problem) for problem in told[MOST_IN_A_FILE:]] == [
        "a.md:201:1: and 800 more in this file",
        "b.md:1:1: is wrong too",
    ]


def test_notices_hide_no_error_of_their_line():
    notices = [Problem("a.md", 1, column, "", "is odd", "notice") for column in range(1, 100)]
    error = Problem("a.md", 1, 500, "", "is wrong")

    assert error in in_short([*notices, error])


IDS = (
    "bicubic",
    "deblur-mssnet-gopro",
    "deblur-mssnet-realblurr",
    "linfusion",
    "sisr-any-liif-edsr",
    "txt2img-stablediffusionv1-qgo",
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bicubc", "bicubic"),
        ("gopro", "deblur-mssnet-gopro"),
        ("mssnet-gopr", "deblur-mssnet-gopro"),
        ("MSSNet_GoPro", "deblur-mssnet-gopro"),
        ("liif", "sisr-any-liif-edsr"),
        ("lif", "sisr-any-liif-edsr"),
        ("stablediffusion", "txt2img-stablediffusionv1-qgo"),
        ("stablediffusio", "txt2img-stablediffusionv1-qgo"),
        ("mssnet", None),
        ("si", None),
        ("", None),
    ],
)
def test_the_nearest_id_differs_in_a_slip_or_is_the_only_one_with_such_a_part(word, meant):
    assert nearest(word, IDS) == meant


def test_two_letters_in_each_others_place_tell_more_than_one_that_is_another():
    assert nearest("gain_text_2x", ["gain_text_x2", "gain_text_x4", "gain_text_x6"]) == "gain_text_x2"
