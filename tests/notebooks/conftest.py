"""What tests of runs share."""

import pytest

from tests.notebooks.houses import GOOD, house, write


@pytest.fixture
def root(tmp_path):
    """Return a repository without runs."""
    return house(tmp_path)


@pytest.fixture
def committed(root):
    """Return a repository with a good essay and its run, which nobody had to execute."""
    import json

    from runner import essay, publish

    from catalog.freshness import run_key
    from catalog.run_files import NOTEBOOK, OUTPUTS

    write(root, GOOD)
    cells = essay.cells((root / "notebooks/essay.py").read_text())
    folder = root / OUTPUTS / "essay"
    folder.mkdir(parents=True)
    kinds = {True: {"cell_type": "markdown"}, False: {"cell_type": "code", "outputs": [], "execution_count": 1}}
    written = [kinds[c.markdown] | {"source": c.text.splitlines(keepends=True), "metadata": {}} for c in cells]
    written[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["made_up: 2\n"]}]
    (folder / NOTEBOOK).write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    result = {"value": 2, "metric": "count", "unit": "", "kind": "exact", "says": "A number."}
    record = {"results": {"made_up": result}, "figures": {}, "trace": [], "provenance": {"seed": 3}}
    (folder / "record.json").write_text(json.dumps(record))
    publish.finish(folder, "essay", "full", run_key(root, "essay", "full", 3), {}, [])
    return root
