"""The guide to running experiments names only commands, options, files and profiles that there are."""

import re
import subprocess
import sys
from html import unescape

import pytest

from catalog.load import ROOT, load
from hooks import site_pages
from hooks.experiments import time_in_words
from hooks.guide_pages import guide_pages
from hooks.site_facts import SiteFacts
from tests.hooks.small_catalog import small_catalog

[GUIDE] = [page.html for page in site_pages.render(small_catalog()) if page.uri == "guide/how-to-run.md"]
CODE = [unescape(text) for text in re.findall(r"<code[^>]*>(.*?)</code>", GUIDE, re.DOTALL)]
COMMANDS = [text for text in CODE if "python -m scripts." in text]
OPTIONS = {option for text in CODE for option in re.findall(r"(?<!\S)--[a-z-]+", text)}
OF_SNAKEMAKE = {"--profile", "--set-resources"}


def usage(name):
    command = [sys.executable, "-m", f"scripts.{name}", "--help"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def usages():
    """Return the help of each command that the guide names."""
    return {name: usage(name) for name in {re.search(r"scripts\.(\w+)", text)[1] for text in COMMANDS}}


@pytest.mark.torch
def test_each_command_has_the_options_it_is_shown_with(usages):
    assert set(usages) == {"run_notebooks", "verify_runs", "train_weights"}
    for text in COMMANDS:
        for option in re.findall(r"--[a-z-]+", text):
            assert re.search(rf"{option}\b", usages[re.search(r"scripts\.(\w+)", text)[1]]), text


@pytest.mark.torch
def test_each_option_in_the_text_belongs_to_a_command(usages):
    known = set(re.findall(r"--[a-z-]+", " ".join(usages.values())))

    assert known >= OPTIONS - OF_SNAKEMAKE
    assert len(OPTIONS) > 10


def test_the_makefile_has_each_target():
    targets = re.findall(r"^([a-z-]+|\$\(CLUSTER\)/stamp):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {text.split()[1].replace(".venv-cluster", "$(CLUSTER)") for text in CODE if text.startswith("make ")}

    assert named == {"runs", "notebooks", "test-cluster", "$(CLUSTER)/stamp"}
    assert named <= set(targets)


def test_each_file_and_profile_is_there():
    paths = {path for text in CODE for path in re.findall(r"notebooks/(?:profiles|weights)[\w./-]*", text)}

    assert len(paths) == 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_what_may_stay_after_a_kill_is_named_as_the_runner_names_it():
    from runner import beside, leftovers

    left = [text.removesuffix("…") for text in CODE if text.endswith("…")]

    assert left == [beside.beginning(ROOT / "ID"), "ma-"]
    assert leftovers.NAME.pattern.startswith("(ma-")
    assert "The next command that makes runs ends and removes both" in GUIDE


def test_kubernetes_is_called_untested():
    assert re.search(r"profiles/kubernetes</code></dt><dd>Untested", GUIDE)


@pytest.mark.torch
def test_official_weights_are_looked_for_under_the_names_that_the_guide_gives():
    from lab.designs import liif, mssnet, official_diffusion, official_linfusion

    designs = [liif.DESIGN, *(mssnet.design(variant) for variant in ("gopro", "realblurr", "realblurj"))]
    diffusion = (*official_diffusion.FILES, *official_linfusion.FILES)
    wanted = {name for design in designs for name in design.files} | {name for name in diffusion if "*" not in name}

    assert {text for text in CODE if re.fullmatch(r"[\w/.-]+\.(?:safetensors|pth?)", text)} == wanted
    assert "MODEL_ANSWERS_WEIGHTS" in CODE


def test_who_reads_the_site_learns_where_the_repository_is():
    address = "https://example.org/answers/answers"
    [known] = [p.html for p in site_pages.render(small_catalog(), repository=address) if p.uri == "guide/how-to-run.md"]

    assert f"git clone {address} model-answers\ncd model-answers</code>" in known
    assert "git clone" not in GUIDE


def test_what_overwrites_nothing_is_shown_before_what_overwrites():
    shown = [text.split(" -m scripts.")[1] for text in COMMANDS]

    assert shown[0] == "verify_runs fine-text-2x"
    assert next(text for text in shown if text.startswith("run_notebooks")).endswith(" --force")
    assert "overwrites nothing" in GUIDE.partition("--force")[0]


def test_a_downloaded_file_has_a_place_in_the_clone():
    """The essay and its executed notebook find lab/ and catalog/ from there, and from nowhere else."""
    said = re.sub(r"<[^>]+>", "", re.search(r"runs only inside a clone: (.*?)</p>", GUIDE)[1])

    assert said == "the .py in notebooks, the .ipynb in notebooks/outputs/ID. Both lie there already."
    assert (ROOT / "notebooks/outputs/fine-text-2x/notebook.ipynb").is_file()


def test_the_example_says_what_the_published_run_holds():
    """Numbers of a run change with the run, so none of them is typed."""
    catalog, _ = load(ROOT)
    run = catalog.runs["fine-text-2x"]
    took = re.escape(time_in_words(run.provenance))
    [html] = [page.html for page in guide_pages(SiteFacts(catalog)) if page.uri == "guide/how-to-run.md"]

    assert f"match   {run.results['gain_text_x2'].value:.7g} dB" in html
    assert re.search(rf"This one took {took} on ", html.partition('id="run"')[0])
    assert "This one took" not in GUIDE
    assert not re.search(r"cell \d+ of|of \d+ runs", html)


def test_what_the_guide_writes_lies_in_a_folder_that_git_ignores():
    folders = re.findall(r"--(?:out|with) ([a-z]\S*)", unescape(GUIDE))

    assert len(folders) >= 4
    assert [folder for folder in folders if not folder.startswith("runs/")] == []
    assert "/runs/" in (ROOT / ".gitignore").read_text("utf-8").split()
