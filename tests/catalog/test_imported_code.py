"""Code that cannot be parsed is told in a sentence, whichever part of it cannot; so is an import nobody can follow."""

import re

import pytest

from catalog.imported_code import Code

ESSAYS = {
    "whole": "x = = 1\n",
    "by its cells alone": 'if True:\n# %% tags=["parameters"]\n    seed = 1\n',
    "too deep": "x = " + "1 + " * 1900 + "1\n",
}


@pytest.mark.parametrize("text", ESSAYS.values(), ids=ESSAYS)
def test_an_essay_that_cannot_be_parsed_is_named(tmp_path, text):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "essay.py").write_text(text)
    with pytest.raises(ValueError, match=r"^essay\.py cannot be parsed"):
        Code(tmp_path).essay("essay.py")


def house(root, essay, **files):
    """Write an essay and the files that it may import."""
    for name, text in {"essay": essay, **files}.items():
        path = root / "notebooks" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Code(root)


CALLS = {
    "importlib": 'import importlib\nnet = importlib.import_module("models.net")\n',
    "the function alone": 'from importlib import import_module\nnet = import_module("models.net")\n',
    "the function by another name": 'from importlib import import_module as load\nnet = load("models.net")\n',
    "inside an expression": 'import importlib\nnets = [importlib.import_module("models.net").Net()]\n',
    "the built-in function": 'net = __import__("models.net")\n',
}


@pytest.mark.parametrize("essay", CALLS.values(), ids=CALLS)
def test_a_file_that_is_imported_by_a_call_with_its_name_is_followed_as_any_other(tmp_path, essay):
    code = house(tmp_path, essay, models__net="from lab import deeper\n", lab__deeper="x = 1\n")
    assert code.behind("essay.py") == ("lab/deeper.py", "models/net.py")


UNKNOWN = {
    "a name that is put together": (
        'import importlib\nimportlib.import_module(f"lab.{name}")\n',
        2,
        "import_module",
    ),
    "a name that is computed": ("from importlib import import_module\n\nimport_module(name)\n", 3, "import_module"),
    "a name from where it stands": (
        'from importlib import import_module\nimport_module(".net", "models")\n',
        2,
        "import_module",
    ),
    "the built-in function": ("__import__(name)\n", 1, "__import__"),
    "a file by its path": (
        'import importlib.util\nimportlib.util.spec_from_file_location("net", "models/net.py")\n',
        2,
        "spec_from_file_location",
    ),
    "a script by its path": ('import runpy\nrunpy.run_path("models/net.py")\n', 2, "run_path"),
}


@pytest.mark.parametrize(("essay", "line", "called"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_import_that_nobody_can_follow_is_refused_with_its_place(tmp_path, essay, line, called):
    said = f"essay.py:{line}: what {called} imports is known only when it runs, so nobody can tell which code"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        house(tmp_path, essay).behind("essay.py")


def test_it_is_refused_in_a_file_that_an_essay_imports_too(tmp_path):
    code = house(tmp_path, "from lab import loader\n", lab__loader="import importlib\nimportlib.import_module(x)\n")
    with pytest.raises(ValueError, match=r"^lab/loader\.py:2: what import_module imports"):
        code.behind("essay.py")
