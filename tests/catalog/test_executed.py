"""An executed notebook is untrusted: whatever it holds is read, or refused in sentences."""

import json

import pytest

from catalog.executed import read_executed, without_places

PROSE = {"cell_type": "markdown", "metadata": {}, "source": "# A claim"}
STREAM = {"output_type": "stream", "name": "stdout", "text": "x"}
CODE = {"cell_type": "code", "metadata": {}, "outputs": [STREAM], "source": "x = 1"}


@pytest.mark.parametrize(
    "cell",
    [PROSE | {"outputs": [3]}, PROSE | {"outputs": 5}, CODE | {"outputs": [STREAM | {"data": 5}]}],
    ids=["a number among the outputs of prose", "a number as outputs of prose", "a number as data of a stream"],
)
def test_members_that_a_cell_does_not_need_are_passed_over(cell):
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4}
    ((read,), defects) = read_executed(json.dumps(notebook).encode())
    assert (defects, read.not_shown) == ([], ())


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("<matplotlib.legend.Legend at 0x7f424c68a7d0>", "<matplotlib.legend.Legend>"),
        ("[<a.B object at 0x7f424c68a7d0>, <a.B at 0x7F424C68A7D0>]\n", "[<a.B object>, <a.B>]\n"),
        ("<bound method f of <a.B object at 0x7f424c68a7d0>>", "<bound method f of <a.B object>>"),
        ("it is written at 0x7f424c68a7d0", "it is written at 0x7f424c68a7d0"),
        ("<b>a byte at 0x7f424c68a7d0</b>", "<b>a byte at 0x7f424c68a7d0</b>"),
        ("<colour at 0x10>", "<colour at 0x10>"),
        ("<" * 10**6 + " at 0x", "<" * 10**6 + " at 0x"),
    ],
)
def test_where_an_object_lay_in_memory_is_left_out_and_nothing_else(printed, kept):
    assert without_places(printed) == kept
