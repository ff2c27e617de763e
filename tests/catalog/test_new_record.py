"""A new record is valid YAML that names every field, and its problems are the fields to fill in."""

import re
import shutil
from pathlib import Path

import pytest

from catalog.load import check_all, parse_record
from catalog.packages import command
from catalog.records import RECORD_TYPES
from catalog.rules_records import NEEDED_TO_PUBLISH
from catalog.skeleton import RARE, CannotCreateError, create_record, skeleton
from catalog.source import read_yaml
from catalog.validation import fields_by_key
from scripts import new_record

HERE = Path(__file__).parent
NEEDED = {
    "paper": ["title", "short", "link", "summary"],
    "model": ["name", "family"],
    "question": ["question", "models"],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shutil.copytree(HERE / "base", tmp_path / "repository")


def uncommented(text: str) -> str:
    """Return a record in which every optional field is written, as deep as they go."""
    before = ""
    while before != text:
        before, text = text, re.sub(r'^( *)# (?=[ #]*(?:- )?[\w".]+:)', r"\1", text, flags=re.MULTILINE)
    return text


@pytest.mark.parametrize("kind", NEEDED)
def test_the_problems_of_a_new_record_are_the_fields_to_fill_in(kind: str, root: Path):
    path = create_record(kind, "something-new", root)

    problems = check_all(root)[1]
    errors = [problem for problem in problems if problem.level == "error"]

    assert {problem.file for problem in problems} == {path.relative_to(root).as_posix()}
    assert [problem.field for problem in errors] == NEEDED[kind]
    assert all("still to be filled in" in problem.message for problem in errors)


@pytest.mark.parametrize("kind", NEEDED)
def test_a_new_record_names_every_field_in_schema_order_first_the_usual_ones_then_the_rare_ones(kind: str):
    fields = list(fields_by_key(RECORD_TYPES[kind]))
    usual, rare = (re.findall(r"^(?:# )?([a-z_]+):", half, re.MULTILINE) for half in skeleton(kind).split(RARE))

    assert sorted(usual + rare) == sorted(fields)
    assert usual == [field for field in fields if field in usual]
    assert rare == [field for field in fields if field in rare]
    assert {*NEEDED[kind], *NEEDED_TO_PUBLISH.get(RECORD_TYPES[kind], ())} <= {*usual}


@pytest.mark.parametrize("kind", NEEDED)
def test_a_new_record_calls_nothing_optional_that_is_needed_to_publish(kind: str):
    told = set(re.findall(r"\(needed to publish\)\n# ([a-z_]+):", skeleton(kind)))

    assert told == {*NEEDED_TO_PUBLISH.get(RECORD_TYPES[kind], ())}


@pytest.mark.parametrize("kind", NEEDED)
def test_an_optional_field_becomes_part_of_the_record_when_its_comment_sign_goes(kind: str):
    record = skeleton(kind).split("---\n")[1 if kind == "question" else 0]

    value, _, problems = read_yaml(uncommented(record), "f")

    assert problems == []
    assert sorted(value) == sorted(fields_by_key(RECORD_TYPES[kind]))


def test_a_new_question_becomes_a_draft_once_its_question_and_model_are_written(root: Path):
    path = create_record("question", "something-new", root)
    text = path.read_text(encoding="utf-8")
    text = text.replace('question: "..."', 'question: "How?"').replace('"...": {}', "enlarger: {}")

    record, problems = parse_record("question", "something-new", text, "f")

    assert problems == []
    assert (record.question, record.status) == ("How?", "draft")


@pytest.mark.parametrize(
    "id", ["Sharp", "sharp_features", "-sharp", "sharp--features", "", "../sharp", "index", "nul", "a" * 81]
)
def test_an_id_that_cannot_name_a_record_is_refused(id: str, root: Path):
    with pytest.raises(CannotCreateError, match="cannot name a record"):
        create_record("paper", id, root)


def test_the_reason_of_a_new_questions_model_belongs_to_that_model():
    front = skeleton("question").split("---\n")[1]
    written = re.sub(r'"\.\.\.": {}  # or ({.*}); because.*', r"enlarger: \1", front)

    value, _, problems = read_yaml(uncommented(written), "f")

    assert problems == []
    own = {"name": "...", "paper": "...", "github": "...", "without": ["..."]}
    assert value["models"] == {"enlarger": {"because": "...", "provided": own}}


@pytest.mark.parametrize(
    ("kind", "id"), [("paper", "sharp-features"), ("paper", "enlarger"), ("question", "small-text")]
)
def test_a_record_that_is_there_already_is_never_overwritten(kind: str, id: str, root: Path):
    before = {path: path.read_bytes() for path in root.rglob("*.*") if path.is_file()}

    with pytest.raises(CannotCreateError, match="is there already"):
        create_record(kind, id, root)

    assert {path: path.read_bytes() for path in root.rglob("*.*") if path.is_file()} == before


def test_a_question_may_have_the_id_of_a_model(root: Path):
    assert create_record("question", "enlarger", root).name == "enlarger.md"


def test_the_command_says_what_comes_next(root: Path, capsys: pytest.CaptureFixture):
    assert new_record.main(["model", "new-net", "--root", str(root)]) == 0
    assert capsys.readouterr().out == (
        "catalog/models/new-net.yml is written.\nFill in the lines without #; take out the # of others as "
        f"needed. Then run: {command('check_catalog')}\n"
    )


def test_the_command_fails_with_one_sentence(root: Path, capsys: pytest.CaptureFixture):
    assert new_record.main(["model", "enlarger", "--root", str(root)]) == 1
    assert capsys.readouterr().err == (
        "enlarger: catalog/models/enlarger.yml is there already; edit it, or choose another id\n"
    )


@pytest.mark.parametrize("lacks", ["the folder", "catalog", "catalog/vocabulary.yml"])
def test_below_a_folder_without_a_catalog_no_record_is_written(lacks: str, tmp_path: Path, capsys):
    root = tmp_path / "elsewhere"
    if lacks != "the folder":
        (root / ("catalog" if lacks == "catalog/vocabulary.yml" else "notes")).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    assert new_record.main(["question", "q2", "--root", str(root)]) == 1

    said = "is no folder; " if lacks == "the folder" else f"holds no {lacks}"
    assert capsys.readouterr().err.startswith(f"{root} {said}")
    assert sorted(tmp_path.rglob("*")) == before


def test_the_command_suggests_an_id_and_no_file_name(root: Path, capsys: pytest.CaptureFixture):
    assert new_record.main(["paper", "Bad Id", "--root", str(root)]) == 1
    assert capsys.readouterr().err.endswith('; did you mean "bad-id"?\n')


def test_a_new_question_is_told_all_that_it_lacks_and_nothing_twice(root: Path):
    path = create_record("question", "something-new", root)

    assert [problem.message.partition(";")[0] for problem in check_all(root)[1]] == [
        "is still to be filled in",
        "has an entry still to be filled in",
        "before it can be published, it still needs asks, workflow, short",
        'the answer still holds "..."',
    ]

    text = path.read_text("utf-8")
    without = text.replace("What goes in, what each step does with it, what comes out.\n\n", "")
    path.write_text(without.replace("is trying to do.\n\n...", "is trying to do."), "utf-8")
    told = [problem for problem in check_all(root)[1] if "nothing says what" in problem.message]

    assert [problem.field for problem in told] == ["task"]

    path.write_text(text.replace("What goes in, what each step does with it, what comes out.", "- A step."), "utf-8")
    told = [problem for problem in check_all(root)[1] if "nothing says what" in problem.message]

    assert [problem.field for problem in told] == ["workflow"]
