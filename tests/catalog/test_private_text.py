"""What nobody means to publish is told of, where a run put it out."""

import shutil

import pytest

from catalog.load import check_all
from catalog.private_text import private_in
from tests.catalog.test_cases import HERE, told
from tests.home_folders import IN_HOME_FOLDERS, OF_A_PERSON
from tests.sealed import seal

NO_OUTPUT = '"outputs": []'
NOTEBOOK = "notebooks/outputs/small-text/notebook.ipynb"
REMEDY = "take it out of the essay, and run python -m scripts.run_notebooks small-text"


def problems_of(lines, tmp_path):
    """Return all problems of the valid catalog when its run printed these lines, given as JSON writes them."""
    root = shutil.copytree(HERE / "base", tmp_path / "repository")
    text = (root / NOTEBOOK).read_text("utf-8")
    assert text.count(NO_OUTPUT) == 1
    printed = f'"outputs": [{{"output_type": "stream", "name": "stdout", "text": [{lines}]}}]'
    (root / NOTEBOOK).write_text(text.replace(NO_OUTPUT, printed), "utf-8")
    seal(root / "notebooks")
    return [told(problem) for problem in check_all(root)[1]]


def test_an_output_that_names_a_home_folder(tmp_path):
    assert problems_of(rf'"read\n", "from {OF_A_PERSON}weights/a.bin\n"', tmp_path) == [
        f"{NOTEBOOK}:1:1: notice: cell 2: this names the home folder of a person: {OF_A_PERSON}; {REMEDY}"
    ]


def test_an_output_that_looks_like_a_secret_is_told_as_that_alone_and_not_repeated(tmp_path):
    assert problems_of(f'"token hf_aB3aB3aB3aB3aB3aB3aB3aB3 of {OF_A_PERSON}x"', tmp_path) == [
        f"{NOTEBOOK}:1:1: notice: cell 2: this looks like a secret: hf_aB3aB...; make it void; {REMEDY}"
    ]


@pytest.mark.parametrize("folder", IN_HOME_FOLDERS)
def test_every_form_of_a_home_folder_is_found(folder):
    assert private_in(["nothing", f"from '{folder}'"]).startswith("this names the home folder of a person: ")


@pytest.mark.parametrize(
    "begins", [f"gh{kind}_" for kind in "opsu"] + [f"xox{kind}-" for kind in "abprs"] + ["hf_", "sk-"]
)
def test_every_form_of_a_token_is_found(begins):
    token = begins + 9 * "aB3"
    assert private_in(["nothing", f"token={token}"]) == f"this looks like a secret: {token[:8]}...; make it void"


def test_a_private_key_is_found():
    assert private_in(["-----BEGIN OPENSSH PRIVATE KEY-----"]).startswith("this looks like a secret")


def test_a_secret_is_told_even_behind_a_home_folder():
    assert private_in([f"from {OF_A_PERSON}x", f"token=hf_{'aB3' * 9}"]).startswith("this looks like a secret")
