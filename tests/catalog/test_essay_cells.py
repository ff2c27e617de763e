"""An essay is divided into cells in one way, whoever reads it."""

import pytest

from catalog.essay_cells import Cell, cells
from catalog.essay_prose import essay_prose, essay_text

ESSAY = """import lab

# %% [markdown]
# # A claim
#
# Prose.

# %% tags={}
seed = 1
"""


@pytest.mark.parametrize("tags", ["['parameters', \"it's\"]", '["parameters","it\'s"]'])
def test_tags_stand_in_either_kind_of_quotation_marks(tags):
    assert cells(ESSAY.format(tags))[-1].tags == ("parameters", "it's")


@pytest.mark.parametrize("tags", ["[parameters]", "[\"parameters']", "[]"])
def test_what_is_no_word_in_quotation_marks_is_no_tag(tags):
    assert cells(ESSAY.format(tags))[-1] == Cell(8, False, (), "seed = 1")


def test_prose_is_that_of_the_cells_at_its_place_in_the_file(tmp_path):
    (tmp_path / "essay.py").write_text(ESSAY)
    (passage,) = essay_prose(essay_text(tmp_path / "essay.py") or "")
    prose = cells(ESSAY)[1]

    assert (passage.line, passage.text) == (prose.line + 1, "  # A claim\n \n  Prose.\n")
    assert passage.text.replace("\n  ", "\n").split() == prose.text.split()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("# %%\n# %%time\nx = 1\n", ["# %%time\nx = 1"]),
        ("# %%\n# %time\n", ["# %time"]),
        ("# %%\nx = 1\n# %%\ny = 1", ["x = 1", "y = 1"]),
        ("# %% a title\nx = 1\n# %%%% deeper\ny = 1\n", ["x = 1", "y = 1"]),
        ("# %%\tx\n1\n# %%", ["1", ""]),
        ("# %%\n# %%%\n1", ["# %%%\n1"]),
    ],
)
@pytest.mark.torch
def test_cells_are_those_that_jupyter_makes_of_the_essay(tmp_path, text, codes):
    from runner.execute import read

    (tmp_path / "essay.py").write_text(text)

    assert [cell.text for cell in cells(text)] == codes
    assert [cell.source for cell in read(str(tmp_path / "essay.py")).cells] == codes
