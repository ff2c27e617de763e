"""A committed run is as it was made, or somebody is told what was changed by hand."""

import json
from dataclasses import replace

import pytest
from runner.intact import changed_by_hand, is_printed_as

from catalog.digests import bytes_digest
from catalog.runs import Figure, Result, Run

PRINTED = "psnr_text: 27.25 dB\ntokens: 262,144\nloss: 0.5 and more\n"


@pytest.fixture
def run(tmp_path):
    """Write a run with one figure, and a notebook that prints two results."""
    folder = tmp_path / "outputs" / "made-up"
    folder.mkdir(parents=True)
    (folder / "plot.svg").write_bytes(b"<svg/>")
    stream = {"output_type": "stream", "name": "stdout", "text": PRINTED.splitlines(keepends=True)}
    cells = [{"cell_type": "markdown", "source": "tokens: 3"}, {"cell_type": "code", "source": "", "outputs": [stream]}]
    (folder / "notebook.ipynb").write_text(json.dumps({"cells": cells}))
    plot = Figure("plot.svg", 9, 9, "A plot.", "A plot.", None, "none", None, sha256=bytes_digest(b"<svg/>"))
    results = {"psnr_text": result(27.2512), "tokens": result(262144)}
    return Run("made-up", "full", {}, results, {"plot": plot}, (), {}, file="outputs/made-up/run.json")


def result(value):
    return Result(value, "psnr", "dB", "exact", "A number.")


def test_a_run_as_it_was_made_is_said_nothing_of(run, tmp_path):
    assert list(changed_by_hand(run, tmp_path)) == []


def test_each_number_and_each_figure_is_compared(run, tmp_path):
    (tmp_path / "outputs/made-up/plot.svg").write_bytes(b"<svg> </svg>")
    changed = replace(run, results=run.results | {"psnr_text": result(28.25), "ssim": result(0.5)})
    assert list(changed_by_hand(changed, tmp_path)) == [
        "plot.svg is not the file that the run wrote",
        "psnr_text is 28.25 in run.json, and its executed notebook prints 27.25",
        "its executed notebook does not print ssim",
    ]


@pytest.mark.parametrize(
    ("value", "number", "same"),
    [
        (1.005, "1.00", True),
        (1.0049, "1.01", False),
        (-0.24, "-0.2", True),
        (1234567.0, "1,234,567", True),
        (2, "3", False),
    ],
)
def test_a_number_is_printed_with_so_many_decimals(value, number, same):
    assert is_printed_as(value, number) is same
