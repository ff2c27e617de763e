"""An executed notebook is untrusted: whatever it holds is read, or refused in sentences."""

import json

import pytest

from catalog.executed import read_executed

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
