"""An executed notebook prints the numbers that its run recorded, or somebody is told."""

import json
from dataclasses import replace

import pytest
from runner.printed import is_printed_as, printed_otherwise

from catalog.runs import Result, Run

PRINTED = "psnr_text: 27.25 dB\ntokens: 262,144\nloss: 0.5 and more\n"


@pytest.fixture
def run(tmp_path):
    """Write a notebook that prints the two results of a run."""
    folder = tmp_path / "outputs" / "made-up"
    folder.mkdir(parents=True)
    stream = {"output_type": "stream", "name": "stdout", "text": PRINTED.splitlines(keepends=True)}
    cells = [{"cell_type": "markdown", "source": "tokens: 3"}, {"cell_type": "code", "source": "", "outputs": [stream]}]
    (folder / "notebook.ipynb").write_text(json.dumps({"cells": cells}))
    results = {"psnr_text": result(27.2512), "tokens": result(262144)}
    return Run("made-up", "full", {}, results, {}, (), {}, file="outputs/made-up/run.json")


def result(value):
    return Result(value, "psnr", "dB", "exact", "A number.")


def test_a_run_as_it_was_made_is_said_nothing_of(run, tmp_path):
    assert list(printed_otherwise(run, tmp_path)) == []


def test_each_number_is_compared(run, tmp_path):
    changed = replace(run, results=run.results | {"psnr_text": result(28.25), "ssim": result(0.5)})
    assert list(printed_otherwise(changed, tmp_path)) == [
        "psnr_text is 28.25 in run.json, and its executed notebook prints 27.25",
        "its executed notebook does not print ssim",
    ]


@pytest.mark.parametrize(
    ("value", "number", "same"),
    [
        (1.005, "1.00", True),
        (1.0049, "1.01", False),
        (-0.24, "-0.2", True),
        (1234567, "1,234,567", True),
        (2, "3", False),
    ],
)
def test_a_number_is_printed_with_so_many_decimals(value, number, same):
    assert is_printed_as(value, number) is same
