"""Every essay keeps the form that makes it readable, in Jupyter and on its page."""

import ast

import pytest

from catalog.load import ROOT

pytestmark = pytest.mark.torch
ESSAYS = sorted((ROOT / "notebooks").glob("*.py"))


def cells_of(path):
    from runner.essay import cells

    return cells(path.read_text("utf-8"))


def code_of(path):
    return [cell for cell in cells_of(path) if not cell.markdown]


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.stem)
def test_it_opens_with_a_claim_and_prose(path):
    first = cells_of(path)[0]
    title, _, prose = first.text.partition("\n")
    assert first.markdown
    assert title.startswith("# ")
    assert len(title.split()) >= 5, "a title is a claim, not a name"
    assert prose.strip()


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.stem)
def test_no_cell_has_more_than_20_lines_of_code(path):
    lines = {cell.line: sum(bool(line.strip()) for line in cell.text.splitlines()) for cell in code_of(path)}
    assert {line: count for line, count in lines.items() if count > 20} == {}


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.stem)
def test_one_cell_sets_the_parameters(path):
    tagged = [cell for cell in cells_of(path) if "parameters" in cell.tags]
    assert len(tagged) == 1
    names = [t.id for node in ast.parse(tagged[0].text).body if isinstance(node, ast.Assign) for t in node.targets]
    assert names == ["mode", "device", "seed"]


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.stem)
def test_jupytext_reads_the_same_cells_as_we_do(path):
    import jupytext

    theirs = jupytext.read(path, fmt="py:percent").cells
    ours = cells_of(path)
    assert [(c.cell_type == "markdown", c.source) for c in theirs] == [(c.markdown, c.text) for c in ours]
    assert [c.metadata.get("tags", []) for c in theirs] == [list(c.tags) for c in ours]


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.stem)
def test_it_defines_no_network_itself(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)], "networks live in models/"
