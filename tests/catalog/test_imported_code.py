"""Code that cannot be parsed is told in a sentence, whichever part of it cannot; so is an import nobody can follow."""

import re

import pytest

from catalog.imported_code import Code
from catalog.load import ROOT

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


@pytest.mark.parametrize("bytes_", [b"[[[", b"x = '\xff'\n"], ids=["no TOML and no code", "not UTF-8"])
def test_whichever_file_a_key_needs_is_named_where_it_cannot_be_parsed(tmp_path, bytes_):
    """What the parsers say of it, such as `Invalid value (at line 1, column 2)`, names no file."""
    code = house(tmp_path, "from models import net\n", models__net="")
    for file, asked in {"notebooks/models/net.py": "behind", "pyproject.toml": "packages"}.items():
        (tmp_path / file).write_bytes(bytes_)
        with pytest.raises(ValueError, match=rf"^{re.escape(file.rpartition('/')[2])} cannot be parsed"):
            getattr(code, asked)("essay.py" if asked == "behind" else ("essay.py",))


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
    said = f"notebooks/essay.py:{line}: what {called} imports is known only when it runs, so nobody can tell which code"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        house(tmp_path, essay).behind("essay.py")


def test_it_is_refused_in_a_file_that_an_essay_imports_too(tmp_path):
    code = house(tmp_path, "from lab import loader\n", lab__loader="import importlib\nimportlib.import_module(x)\n")
    with pytest.raises(ValueError, match=r"^notebooks/lab/loader\.py:2: what import_module imports"):
        code.behind("essay.py")


UNTOLD = "which no key of a run holds, so nobody could tell when a run is stale; "
HELPER = f"it imports helper, {UNTOLD}put it into lab/"
HELPED = {
    "a module": ("import helper\n", 1),
    "something of a module": ("x = 1\nfrom helper import scan\n", 2),
    "a module inside a function": ("def f():\n    import helper.parts as parts\n", 2),
    "a module by a call": ('from importlib import import_module\n\nimport_module("helper")\n', 3),
}


@pytest.mark.parametrize("where", ["helper.py", "helper/__init__.py", "helper/deep/parts.py", "../helper.py"])
@pytest.mark.parametrize(("essay", "line"), HELPED.values(), ids=HELPED)
def test_a_module_of_ours_that_no_key_holds_is_refused_where_it_is_imported(tmp_path, essay, line, where):
    """It lies beside the essays, or beside notebooks/, where essays find it too."""
    code = house(tmp_path, essay)
    path = tmp_path / "notebooks" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n")
    with pytest.raises(ValueError, match=f"^{re.escape(f'notebooks/essay.py:{line}: {HELPER}')}$"):
        code.behind("essay.py")


def test_all_that_is_refused_of_a_file_is_told_at_once_in_the_order_of_its_lines(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "scan.npy").write_bytes(b"data")
    essay = 'import numpy as np\nscan = np.load("scan.npy")\nimport helper\n__import__(scan)\n'
    with pytest.raises(ValueError, match=r"^notebooks/essay") as refused:
        house(tmp_path, essay, helper="x = 1\n").behind("essay.py")
    begins = [line.split(",")[0] for line in str(refused.value).splitlines()]
    assert begins == [
        "notebooks/essay.py:2: it names notebooks/scan.npy",
        "notebooks/essay.py:3: it imports helper",
        "notebooks/essay.py:4: what __import__ imports is known only when it runs",
    ]


@pytest.mark.parametrize("part", ["lab/shared", "models/net"])
def test_what_essays_import_is_refused_such_a_module_too(tmp_path, part):
    code = house(tmp_path, f"import {part.replace('/', '.')}\n", helper="x = 1\n")
    (tmp_path / "notebooks" / f"{part}.py").parent.mkdir()
    (tmp_path / "notebooks" / f"{part}.py").write_text("import helper\n")
    with pytest.raises(ValueError, match=f"^{re.escape(f'notebooks/{part}.py:1: {HELPER}')}$"):
        code.behind("essay.py")


FREE = {
    "what is not ours": "import numpy as np\nimport random\nfrom pathlib import Path\n",
    "a part of lab that is called as an essay": "from lab import helper\nimport models.helper\n",
    "facts": "from catalog.load import ROOT\n",
    "a module of Python that is called as a folder of ours": "import site\n",
}


@pytest.mark.parametrize("essay", FREE.values(), ids=FREE)
def test_whatever_else_an_essay_imports_is_no_matter(tmp_path, essay):
    files = {"helper": "", "lab__helper": "", "models__helper": "", "outputs__random": "", "catalog__load": ""}
    code = house(tmp_path, essay, **files, **{"../site__page": ""})
    assert {"helper.py", "site/page.py"} & set(code.behind("essay.py")) == set()


READ = {
    "opened": 'open("data/scan.csv").read()\n',
    "from the folder of its outputs": 'open("../../data/scan.csv")\n',
    "from the root of the repository": 'open("notebooks/data/scan.csv")\n',
    "as a path": 'from pathlib import Path\nPath("data", "scan.csv").read_text()\n',
    "as parts of a path": 'text = (HERE.parent / "data" / "scan.csv").read_text()\n',
    "joined": 'import os\nopen(os.path.join(os.getcwd(), "data", "scan.csv"))\n',
    "below what is computed": 'open(f"{HERE}/data/scan.csv")\n',
    "added": 'open(HERE + "/data/" + "scan.csv")\n',
    "by a name": 'SCAN = "data/scan.csv"\n',
    "one of several": 'scans = [np.load(f"data/{name}.csv") for name in names]\n',
    "by a pattern": 'glob.glob("data/*.csv")\n',
    "by a reader": 'import pandas as pd\npd.read_csv(filepath_or_buffer="./data/scan.csv")\n',
}


@pytest.mark.parametrize("essay", READ.values(), ids=READ)
def test_a_file_of_the_repository_that_an_essay_names_is_refused(tmp_path, essay):
    code = house(tmp_path, essay)
    (tmp_path / "notebooks/data").mkdir()
    (tmp_path / "notebooks/data/scan.csv").write_text("1,2")
    line = essay.count("\n")
    remedy = "make data in lab/data.py, take them from a package, or read another run by lab.read"
    said = f"notebooks/essay.py:{line}: it names notebooks/data/scan.csv, {UNTOLD}{remedy}"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        code.behind("essay.py")


def test_an_essay_that_names_a_file_by_its_whole_path_is_refused_as_well(tmp_path):
    code = house(tmp_path, f'open("{tmp_path}/scan.csv")\n')
    (tmp_path / "scan.csv").write_text("1,2")
    with pytest.raises(ValueError, match=r"^notebooks/essay\.py:1: it names scan\.csv, which"):
        code.behind("essay.py")


NO_FILES = {
    "one that is not there": 'open("data/scan.npy")\n',
    "one of the system": 'open("/proc/self/status")\n',
    "a folder": 'import sys\nsys.path.append("../..")\nsys.path.append("../data/")\n',
    "one that a run writes": 'open("out.csv", "w")\n',
    "prose": f'print("{"As in data/scan.csv, " * 20}")\nprint("data/** and [more.")\n',
    "its own words": '"""As in data/scan.csv."""\n',
}


@pytest.mark.parametrize("essay", NO_FILES.values(), ids=NO_FILES)
def test_a_text_that_names_no_file_of_the_repository_is_no_matter(tmp_path, essay):
    code = house(tmp_path, essay)
    (tmp_path / "notebooks/data").mkdir()
    (tmp_path / "notebooks/data/scan.csv").write_text("1,2")
    assert code.behind("essay.py") == ()


def test_the_house_finds_weights_and_the_code_that_taught_them_by_their_names(tmp_path):
    """What several essays share may do so, because those are in keys by other ways; data it may not."""
    finds = 'PARTS = ("lab/teaching.py", "weights/{}.safetensors")\nfound = f"weights/{name}.safetensors"\n'
    code = house(tmp_path, "from lab import finding\n", lab__finding=finds, lab__teaching="x = 1\n")
    (tmp_path / "notebooks/weights").mkdir()
    (tmp_path / "notebooks/weights/net.safetensors").write_bytes(b"weights")
    assert code.behind("essay.py") == ("lab/finding.py",)
    (tmp_path / "notebooks/lab/faces.npy").write_bytes(b"data")
    with pytest.raises(ValueError, match=r"^notebooks/lab/finding\.py:1: it names notebooks/lab/faces\.npy, which"):
        house(tmp_path, "from lab import finding\n", lab__finding='HERE = "faces.npy"\n').behind("essay.py")


@pytest.mark.parametrize("essay", sorted(path.name for path in (ROOT / "notebooks").glob("*.py")))
def test_no_essay_of_ours_is_refused(essay):
    assert Code(ROOT).behind(essay)
