"""Prompts become records, all of them or none, and the records give back the same bytes."""

import errno
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.drafts import Asked, read_asked
from catalog.import_files import write_plan
from catalog.imports import plan_import, read_and_plan
from catalog.load import ROOT, check_all, load
from catalog.packages import command
from catalog.prompts import export_prompt, parse_prompt, read_prompt
from catalog.proposed_names import family_id, propose_id, short_name
from catalog.records import FOLDERS
from catalog.skeleton import create_record
from catalog.workflow import build
from scripts import export_prompt as export_command
from scripts import import_prompt as import_command
from tests.catalog.any_text import ON_ONE_LINE, VISIBLE, holds_a_letter, may_stand_in_a_prompt, patient

HERE = Path(__file__).parent
CASES = sorted((HERE / "import_cases").glob("*.yml"))
PROMPTS = sorted((ROOT / "tests/prompts").glob("*.txt"))
WELL_FORMED = (HERE / "prompt_cases/well_formed.txt").read_text("utf-8")


@pytest.fixture
def empty(tmp_path):
    """Make a repository whose catalog holds the vocabulary alone."""
    return empty_catalog(tmp_path / "repository")


def empty_catalog(root):
    (root / "catalog").mkdir(parents=True)
    shutil.copy(ROOT / "catalog/vocabulary.yml", root / "catalog")
    return root


def import_texts(root, *texts, ids=None, provided=()):
    """Import prompts, named a.txt, b.txt, ..."""
    catalog, _ = load(root)
    names = [f"{letter}.txt" for letter, _ in zip("abcdefgh", texts, strict=False)]
    prompts = [parse_prompt(text, name)[0] for name, text in zip(names, texts, strict=True)]
    assert all(prompts)
    plan, problems = plan_import(prompts, catalog, ids, provided)
    if plan:
        write_plan(plan, root)
    return plan, problems


def import_files(root, paths, ids=None):
    plan, problems = read_and_plan(paths, load(root)[0], ids)
    assert errors(problems) == []
    write_plan(plan, root)
    return plan


def errors(problems):
    return [str(problem) for problem in problems if problem.level == "error"]


def files(root):
    """Everything below a folder: path to bytes."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def exported(root):
    catalog, _ = load(root)
    return sorted(export_prompt(question, catalog) for question in catalog.questions.values())


# --- the five real prompts -------------------------------------------------------------------------------------------


def test_five_prompts_give_five_questions_five_models_and_nine_papers(empty):
    import_files(empty, PROMPTS)

    catalog, problems = check_all(empty)
    assert (len(catalog.questions), len(catalog.models), len(catalog.papers)) == (5, 5, 9)
    assert errors(problems) == []
    assert {question.status for question in catalog.questions.values()} == {"draft"}


def test_the_records_alone_give_back_the_same_bytes(empty):
    import_files(empty, PROMPTS)

    assert exported(empty) == sorted(path.read_bytes().decode() for path in PROMPTS)


def test_importing_twice_changes_nothing(empty):
    import_files(empty, PROMPTS)
    before = files(empty)

    plan = import_files(empty, PROMPTS)

    assert plan.new == ()
    assert len(plan.known) == 19
    assert files(empty) == before


def test_neither_the_order_of_the_prompts_nor_importing_them_one_by_one_matters(empty, tmp_path):
    import_files(empty, PROMPTS)
    orders = [PROMPTS[::-1], PROMPTS[2:] + PROMPTS[:2], *itertools.islice(itertools.permutations(PROMPTS), 50, 52)]

    for number, order in enumerate(orders):
        at_once, one_by_one = (empty_catalog(tmp_path / f"{kind}-{number}") for kind in ("at-once", "one-by-one"))
        import_files(at_once, order)
        for path in order:
            import_files(one_by_one, [path])
        assert files(at_once) == files(empty)
        assert files(one_by_one) == files(empty)


def test_a_workflow_that_type_checks_is_derived_when_the_models_say_how_they_are_used(empty):
    shutil.copytree(ROOT / "catalog/models", empty / "catalog/models")
    shutil.copytree(ROOT / "notebooks/models", empty / "notebooks/models", ignore=shutil.ignore_patterns("__pycache__"))
    own = re.compile(r"^(?:notebook|figure|reproduction|implementation|not_compared):.*\n(?: .*\n)*", re.MULTILINE)
    for path in (empty / "catalog/models").glob("*.yml"):  # what notebooks show of them is not copied
        path.write_text(own.sub("", path.read_text("utf-8")), "utf-8")

    import_files(empty, PROMPTS, {path.name: f"q-{path.stem}" for path in PROMPTS})

    catalog, problems = check_all(empty)
    assert errors(problems) == []
    runs = {}
    for id, question in catalog.questions.items():
        graph, wrong = build(question, catalog)
        assert graph, wrong
        runs[id] = [(step.run, dict(step.settings).get("s")) for step in graph.steps]
    assert runs == {
        "q-000": [("bicubic", 2), ("deblur-mssnet-realblurr", None)],
        "q-001": [("bicubic", 12), ("txt2img-stablediffusionv1-qgo-promptingreal.image-to-image", None)],
        "q-002": [("sisr-any-liif-edsr", 2)],
        "q-003": [("bicubic", 3), ("deblur-mssnet-gopro", None)],
        "q-004": [("bicubic", 3), ("deblur-mssnet-realblurj", None)],
    }


def test_the_catalog_of_this_repository_gives_back_every_prompt_however_many_questions_it_has():
    given_back = exported(ROOT)

    for path in PROMPTS:
        assert given_back.count(path.read_bytes().decode()) == 1, path.name


def test_the_catalog_of_this_repository_already_holds_every_prompt():
    plan, problems = read_and_plan(PROMPTS, load(ROOT)[0])

    assert errors(problems) == []
    assert plan.new == ()
    assert len(plan.known) == 19


def test_known_records_keep_their_ids_and_their_bytes(empty):
    for kind in ("papers", "models"):
        shutil.copytree(ROOT / "catalog" / kind, empty / "catalog" / kind)
    before = files(empty)

    plan, _ = read_and_plan(PROMPTS, load(empty)[0])

    assert [new.file.split("/")[1] for new in plan.new] == ["questions"] * 5
    write_plan(plan, empty)
    assert {name: data for name, data in files(empty).items() if name in before} == before


@pytest.mark.parametrize("path", PROMPTS, ids=lambda path: path.stem)
def test_a_draft_has_its_task_its_workflow_and_its_sources_with_links_marked_as_derived(path, empty):
    import_files(empty, [path])
    prompt, _ = read_prompt(path, path.name)

    (question,) = (empty / "catalog/questions").glob("*.md")
    text = question.read_text("utf-8")
    lead, task, workflow, sources = re.split(r"^## (?:Task|Workflow|Sources)\n", text.split("---\n")[2], flags=re.M)
    assert all(part.strip().startswith("*Derived from the records; not yet written.*") for part in (task, workflow))
    assert all(part.strip().startswith("*Derived from the records; not yet written.*") for part in (lead, sources))
    assert "Super-resolution" in task
    assert sources.count("\n- [@") == len(prompt.models) + len(prompt.papers)
    assert sources.count("<https://arxiv.org/abs/") >= 3
    assert "http://" not in sources


def notices_of(catalog, number):
    _, problems = read_and_plan([PROMPTS[number]], catalog)
    return [re.sub(r"^.*?/tests/prompts/", "", str(problem)) for problem in problems]


def test_defects_of_what_is_new_are_notices_with_their_place_and_frequent_ones_share_one(empty):
    catalog, _ = load(empty)

    assert notices_of(catalog, 0) == [
        "000.txt:20:8: notice: Model: 2 blocks give no repository (lines 20, 24), so pages link to none; there is "
        "nothing to do",
        "000.txt:21:8: notice: Paper: 3 links with http or to one version of a PDF (lines 21, 25, 29); pages link to "
        "https://arxiv.org/abs/2502.16025, https://arxiv.org/abs/2306.08541, https://arxiv.org/abs/2409.02097",
        "000.txt:30:9: notice: GitHub: huage001/linfusion differs in case from the summary's Huage001/LinFusion; "
        "it is kept as provided",
    ]
    told = notices_of(catalog, 1)
    assert (
        "001.txt:16:8: notice: Paper: the prompt says 'None', so pages link to no paper; there is nothing to do" in told
    )
    assert any("give no repository" in notice and "rickwang28574/DeepArt" in notice for notice in told)


@pytest.mark.parametrize("number", range(len(PROMPTS)))
def test_of_what_is_known_already_no_defect_is_told(number):
    assert notices_of(load(ROOT)[0], number) == []


# --- what a person must add ------------------------------------------------------------------------------------------


def test_for_a_model_never_seen_before_the_import_says_what_is_missing(empty):
    plan, _ = import_texts(empty, WELL_FORMED)

    assert plan.todo[:4] == (
        "catalog/models/sharpen-small.yml: add `uses`: the ways it can be run, each with its task, what it takes and "
        "gives, and `says`, one sentence on what it does; exactly one is hosted",
        "catalog/models/sharpen-small.yml: add `trained_on`: what its training pictures showed; [] if the sources do "
        "not say",
        "catalog/models/sharpen-small.yml: add `says`: two sentences on what it is, for the top of its page",
        "catalog/models/sharpen-small.yml: add `short`, the name people use in a sentence; until then pages say "
        "Sharpen-Small",
    )


def test_what_is_still_open_is_told_again_until_it_is_done(empty):
    first, _ = import_texts(empty, WELL_FORMED)

    assert import_texts(empty, WELL_FORMED)[0].todo == first.todo

    model = empty / "catalog/models/sharpen-small.yml"
    model.write_text(model.read_text("utf-8") + "short: Sharpen\ntrained_on: []\n", "utf-8")
    left = import_texts(empty, WELL_FORMED)[0].todo
    assert {todo.split(": ")[1][:17] for todo in first.todo if todo not in left} == {
        "add `trained_on`",
        "add `short`, the ",
    }


@pytest.mark.parametrize(("repository", "told"), [("bar", True), ("SHARPEN", False)])
def test_a_family_guessed_from_a_repository_is_to_be_confirmed_unless_the_models_name_has_it(repository, told, empty):
    prompt = WELL_FORMED.replace("github.com/example/sharpen", f"github.com/example/{repository}")

    plan, _ = import_texts(empty, prompt)

    guess = (
        f"catalog/models/sharpen-small.yml: `family` is guessed from the repository ({repository}); correct it if it "
        "is called otherwise"
    )
    assert (plan.todo[0] == guess) == told
    assert ("guessed" in " ".join(plan.todo)) == told


def test_the_family_of_a_known_model_of_that_repository_is_no_guess(empty):
    bar = WELL_FORMED.replace("github.com/example/sharpen", "github.com/example/bar")
    import_texts(empty, bar)
    other = bar.replace("Sharpen-Small", "Sharpen-Large").replace("lines sharp", "edges sharp")

    plan, _ = import_texts(empty, other)

    assert "family: bar" in (empty / "catalog/models/sharpen-large.yml").read_text("utf-8")
    assert "guessed" not in " ".join(plan.todo)


def test_a_model_called_by_one_word_needs_no_other_name(empty):
    plan, _ = import_texts(empty, WELL_FORMED.replace("Sharpen-Small", "Sharpen"))

    (told,) = [todo for todo in plan.todo if "`short`" in todo and "catalog/models" in todo]
    assert "enlarge-any" in told


def test_a_draft_says_where_a_word_is_added_that_is_missing(empty):
    import_texts(empty, WELL_FORMED.replace("How does it keep lines sharp at 3×?", "Why is the sky blue?"))

    assert "\n# Where no word fits, add one to catalog/vocabulary.yml.\n" in text_of_the_draft(empty)


def text_of_the_draft(root):
    (draft,) = (root / "catalog/questions").glob("*.md")
    return draft.read_text("utf-8")


def test_a_paper_whose_whole_title_was_taken_for_its_short_name_is_asked_for_one(empty):
    title = "On the Long Title of a Paper without a Colon"
    plan, _ = import_texts(empty, WELL_FORMED.replace("A second", title))

    (told,) = [todo for todo in plan.todo if "catalog/papers" in todo]
    assert told.endswith(": shorten `short`, which is the whole title, to the name people use in a sentence")


def test_the_words_for_a_role_are_listed(empty):
    plan, _ = import_texts(empty, WELL_FORMED)

    (told,) = [todo for todo in plan.todo if "`role`" in todo]
    assert "(direct, other-route, analogy, measures, counter-evidence, set-aside)" in told


def test_a_reason_that_a_verdict_needs_is_to_be_added(empty):
    """Before anybody knows the verdicts all models are meant; then those without uses, of which it is not known yet."""
    plan, _ = import_texts(empty, WELL_FORMED)
    (told,) = [todo for todo in plan.todo if "`because`" in todo]
    assert "add `because` to each model of which the verdict is not *does this job*" in told

    (draft,) = (empty / "catalog/questions").glob("*.md")
    inputs, outputs = "{photo: {type: image, label: P}}", "{b: {from: a, label: B}}"
    workflow = f"{{inputs: {inputs}, steps: {{a: {{run: bicubic, takes: photo}}}}, outputs: {outputs}}}"
    asks = "{task: super-resolution, from: image, to: image, about: photographs}"
    fields = f"asks: {asks}\nworkflow: {workflow}\nstatus: draft"
    draft.write_text(draft.read_text("utf-8").replace("status: draft", fields), "utf-8")
    again, _ = import_texts(empty, WELL_FORMED)
    (told,) = [todo for todo in again.todo if "because" in todo]
    assert "add `because` to sharpen-small, enlarge-any, if the verdict on it is not *does this job*; " in told

    (model,) = (empty / "catalog/models").glob("sharpen-small.yml")
    port = "{image: {type: image, shape: [3, H, W]}}"
    use = f"uses: {{deblur: {{hosted: true, task: motion-deblurring, inputs: {port}, outputs: {port}}}}}\n"
    model.write_text(model.read_text("utf-8") + use, "utf-8")
    last, _ = import_texts(empty, WELL_FORMED)
    first, second = [todo for todo in last.todo if "because" in todo]
    assert ": models.sharpen-small: the verdict on it is *has no place*" in first
    assert "add `because` to enlarge-any, if the verdict on it is" in second


WHY = {
    "Why is the sky blue?": (
        "complete `asks`: the words of the question leave task, from, to, about open (catalog/cues.yml lists those "
        "that tell)",
        "write `workflow`: none can be derived without the task in `asks` and the `uses` of sharpen-small, "
        f"enlarge-any; once there, {command('propose_workflow', 'sky-blue')} prints one",
    ),
    "Why is the upscaled sky blue?": (
        "complete `asks`: the words of the question leave about open (catalog/cues.yml lists those that tell)",
        "write `workflow`: none can be derived without the `uses` of sharpen-small, enlarge-any; once there, "
        f"{command('propose_workflow', 'upscaled-sky-blue')} prints one",
    ),
}


@pytest.mark.parametrize("question", WHY)
def test_the_first_thing_to_do_is_what_keeps_the_draft_from_being_derived(question, empty):
    plan, _ = import_texts(empty, WELL_FORMED.replace("How does it keep lines sharp at 3×?", question))

    file = next(new.file for new in plan.new if "questions" in new.file)
    assert [todo.removeprefix(f"{file}: ") for todo in plan.todo if file in todo][:2] == list(WHY[question])


@pytest.mark.parametrize(("word", "shows"), [("upscale", "sisr-any-liif-edsr"), ("deblur", "deblur-mssnet-gopro")])
def test_a_model_without_uses_is_told_of_a_record_that_does_the_same_task(word, shows, empty):
    (empty / "catalog/models").mkdir()
    for known in ("deblur-mssnet-gopro", "sisr-any-liif-edsr", "txt2img-stablediffusionv1-qgo-promptingreal"):
        shutil.copy(ROOT / f"catalog/models/{known}.yml", empty / f"catalog/models/{known}.yml")
    prompt, _ = parse_prompt(WELL_FORMED.replace("How does it keep lines sharp at 3×?", f"How did it {word}?"), "a.txt")

    plan, _ = plan_import([prompt], load(empty)[0])

    assert plan.todo[0].endswith(f"exactly one is hosted (catalog/models/{shows}.yml shows how)")


def test_the_derived_sources_have_the_links_that_this_prompt_gave(empty):
    second = other(WELL_FORMED, {"github.com/example/first": "github.com/example/other"})
    import_texts(empty, WELL_FORMED, second, provided=["first"])

    text = (empty / "catalog/questions/lines-kept.md").read_text("utf-8")
    assert "<https://github.com/example/other>" in text
    assert "<https://github.com/example/first>" not in text


def test_what_the_words_leave_open_stands_in_the_draft_as_a_comment(empty):
    import_texts(empty, WELL_FORMED.replace("How does it keep lines sharp at 3×?", "Why was the 3× upscale so quick?"))

    (question,) = (empty / "catalog/questions").glob("*.md")
    assert "# asks: {task: super-resolution, from: image, to: image, scale: 3, about: ...}\n" in question.read_text(
        "utf-8"
    )


def test_a_factor_that_the_question_names_is_kept_in_the_draft_whatever_its_task_is(empty):
    import_texts(empty, WELL_FORMED.replace("How does it keep lines sharp at 3×?", "Why is a 3× sky blue in a photo?"))

    (question,) = (empty / "catalog/questions").glob("*.md")
    line = "# asks: {scale: 3, about: photographs, task: ..., from: ..., to: ...}\n"
    assert line in question.read_text("utf-8")


QUESTIONS = {
    "I enlarged a photo 3x on my phone.": ("super-resolution", 3, "photographs", ("low-cost",)),
    "I upscaled icons 2.5 × and the 16x16 ones stayed sharp.": ("super-resolution", 2.5, "text-and-icons", ()),
    "My sketch was scaled up to four times its size.": ("super-resolution", 4, "line-drawings", ()),
    "Upscaling doubled the size of my painting.": ("super-resolution", 2, "painted-drawings", ()),
    "I upscaled it 2× and then 4×.": ("super-resolution", None, None, ()),
    "I deblurred a photo of a sketch.": ("motion-deblurring", None, None, ()),
    "I deblurred a photo of my dog.": ("motion-deblurring", None, "shaken-photographs", ()),
    "I deblurred and enlarged a selfie.": (None, None, "photographs", ()),
    "Why is the sky blue?": (None, None, None, ()),
    "How was my logo so crisp when I had blown it up 4x?": ("super-resolution", 4, "text-and-icons", ()),
    "The megaphone photographer is upscalable.": ("super-resolution", None, "photographs", ()),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_decide_what_is_asked_or_leave_it_open(question):
    task, scale, about, wants = QUESTIONS[question]
    port = "image" if task == "super-resolution" else None

    assert read_asked(question, load(ROOT)[0].vocabulary) == Asked(task, port, port, scale, about, wants)


# --- records that exist ----------------------------------------------------------------------------------------------


def other(text, changes):
    """Return the well-formed prompt with another question, and with some texts changed."""
    for old, new in {"How does it keep lines sharp at 3×?": "How are lines kept?", **changes}.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def spoilt(case):
    """Return the prompts of a case: the well-formed one, and one that is changed where the case changes something."""
    return [WELL_FORMED, other(WELL_FORMED, case["change"])] if "change" in case else [WELL_FORMED]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("together", [True, False], ids=["in one import", "in a later import"])
def test_case(path, together, empty):
    """A case in `import_cases/` lists all problems of a second prompt, or of chosen ids; nothing is written."""
    case = yaml.safe_load(path.read_text("utf-8"))
    if not together and "change" in case:
        import_texts(empty, WELL_FORMED)
    before = files(empty)

    plan, problems = import_texts(empty, *spoilt(case), ids=case.get("ids"))

    assert plan is None
    assert errors(problems) == case["problems"]
    assert files(empty) == before


OWN = sorted((HERE / "import_cases").glob("*_is_a_conflict_with_a_remedy.yml"))


def kept(case):
    """Return the ids that the messages of a case name for `--provided`."""
    return set(re.findall("--provided ([a-z0-9-]+)", " ".join(case["problems"])))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_what_a_prompt_says_of_its_own_can_be_kept_in_its_question(path, empty):
    case = yaml.safe_load(path.read_text("utf-8"))
    first, second = spoilt(case)

    _, problems = import_texts(empty, first, second, provided=kept(case))

    assert errors(problems) == []
    assert exported(empty) == sorted([first, second])
    assert errors(check_all(empty)[1]) == []
    again, problems = import_texts(empty, second, first)  # the question remembers; no option is needed
    assert errors(problems) == []
    assert again.new == ()


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_the_remedy_that_a_conflict_names_is_what_the_question_then_holds(path, empty):
    case = yaml.safe_load(path.read_text("utf-8"))
    import_texts(empty, *spoilt(case), provided=kept(case))

    held = {
        (kind, id, field, getattr(offered.provided, field) is None)
        for question in load(empty)[0].questions.values()
        for kind in ("models", "papers")
        for id, offered in getattr(question, kind).items()
        for field in (offered.provided.model_fields_set if offered.provided else ())
    }
    named = re.findall(r"in its question: (\w+: {.*}) \(--provided", "\n".join(case["problems"]))
    assert held == {
        (kind, id, field, value is None)
        for remedy in named
        for kind, offered in yaml.safe_load(remedy).items()
        for id, own in offered.items()
        for field, value in own["provided"].items()
    }


def test_a_question_that_keeps_a_line_of_its_own_is_named_when_its_prompt_says_another(empty):
    second = other(WELL_FORMED, {"GitHub: https://github.com/example/first": "GitHub: None"})
    import_texts(empty, WELL_FORMED, second, provided=["first"])

    _, problems = import_texts(empty, other(WELL_FORMED, {}))

    assert errors(problems) == [
        "a.txt:26:9: GitHub: differs from the github that catalog/questions/lines-kept.md keeps of first (got "
        "https://github.com/example/first; it has None); correct one of the two"
    ]


def test_the_order_of_prompts_does_not_decide_whose_summary_the_record_holds(empty):
    texts = [WELL_FORMED, other(WELL_FORMED, {"The second summary.": "Another summary."})]
    prompts = [parse_prompt(text, name)[0] for text, name in zip(texts, ["a.txt", "b.txt"], strict=True)]
    catalog, _ = load(empty)

    plan, _ = plan_import(prompts, catalog, provided=["second-paper"])

    assert plan_import(prompts[::-1], catalog, provided=["second-paper"])[0] == plan


DIFFERENCES = {
    "beginning. It ends.  ": '(got "…me in the beginning. It ends.  "; the record has …me in the beginning.)',
    "beginning": "(got …ame in the beginning; the record has …ame in the beginning.)",
}


@pytest.mark.parametrize("end", DIFFERENCES)
def test_a_difference_far_into_a_summary_is_shown_where_it_is(end, empty):
    long = WELL_FORMED.replace(
        "The second summary.", "This summary is long, and all of it is the same in the beginning."
    )
    import_texts(empty, long)

    _, problems = import_texts(empty, other(long, {"beginning.": end}))

    (told,) = errors(problems)
    assert DIFFERENCES[end] in told


def test_an_id_that_is_chosen_for_a_question_with_a_conflict_is_not_told_as_of_nothing(empty):
    import_texts(empty, WELL_FORMED)
    another = other(WELL_FORMED, {"The second summary.": "Another summary."})

    _, problems = import_texts(empty, another, ids={"a.txt": "mine"})

    (told,) = errors(problems)
    assert "differs from summary of" in told


def test_ids_that_are_chosen_beside_a_damaged_question_are_not_told_as_of_nothing(empty):
    import_texts(empty, WELL_FORMED)
    path = next((empty / "catalog/questions").glob("*.md"))
    path.write_text(path.read_text("utf-8").replace("status: draft", "status: drafty"), "utf-8")
    new = WELL_FORMED.replace("Model: Sharpen-Small", "Model: Sharpen-Large")
    line = new.split("\n").index("Model: Sharpen-Large") + 1

    _, problems = import_texts(empty, new, ids={"a.txt": "mine", f"a.txt:{line}": "own-model"})

    (told,) = errors(problems)
    assert "catalog/questions/keep-lines-sharp-3x.md" in told


def test_white_space_in_which_a_known_question_differs_is_seen(empty):
    import_texts(empty, WELL_FORMED)

    _, problems = import_texts(empty, WELL_FORMED.replace('3×?"', '3×? "'))

    assert errors(problems) == [
        "a.txt:4:2: question: catalog/questions/keep-lines-sharp-3x.md spells this question otherwise (got "
        '"How does it keep lines sharp at 3×? "; it has How does it keep lines sharp at 3×?); correct one of the two'
    ]


def test_a_paper_that_comes_in_several_prompts_has_one_record(empty):
    import_texts(empty, WELL_FORMED, other(WELL_FORMED, {}))

    catalog, _ = load(empty)
    assert (len(catalog.questions), len(catalog.models), len(catalog.papers)) == (2, 2, 2)


def test_the_same_question_with_other_sources_is_a_problem(empty):
    import_texts(empty, WELL_FORMED)
    fewer = WELL_FORMED[: WELL_FORMED.index("Model: A second")] + "\nAnswer:\n"

    plan, problems = import_texts(empty, fewer)

    assert plan is None
    assert errors(problems) == [
        "a.txt:4:2: question: catalog/questions/keep-lines-sharp-3x.md offers other papers (got first; it has first, "
        "second-paper); correct one of the two"
    ]


def test_two_blocks_that_are_one_paper_are_a_problem(empty):
    plan, problems = import_texts(empty, WELL_FORMED.replace("2001.00003", "2001.00002v2"))

    assert plan is None
    assert any("first" in problem for problem in errors(problems))


def test_addresses_with_http_are_kept_as_a_prompt_gave_them(empty):
    prompt = WELL_FORMED.replace("https://", "http://")

    _, problems = import_texts(empty, prompt)

    assert errors(problems) == []
    assert exported(empty) == [prompt]
    told = [str(problem) for problem in check_all(empty)[1] if problem.level == "error"]
    assert [line for line in told if "http" in line] == []


def test_an_absent_line_stays_absent_and_none_stays_none(empty):
    text = WELL_FORMED.replace("GitHub: https://github.com/example/first", "GitHub: None").replace("Paper: None\n", "")

    import_texts(empty, text)

    assert "github: null\n" in (empty / "catalog/papers/first.yml").read_text("utf-8")
    assert "github" not in (empty / "catalog/papers/second-paper.yml").read_text("utf-8")
    assert "paper:" not in (empty / "catalog/models/sharpen-small.yml").read_text("utf-8")
    assert exported(empty) == [text]


# --- ids -------------------------------------------------------------------------------------------------------------

PROPOSALS = [
    ("model", "Txt2Img-StableDiffusionV1-QGO-PromptingReal", "txt2img-stablediffusionv1-qgo-promptingreal"),
    ("paper", "FeatSharp: Your Vision Model Features, Sharper", "featsharp"),
    ("paper", "Point Transformer V3: Simpler, Faster, Stronger", "point-transformer-v3"),
    ("paper", "On the Generalizability of Iterative Patch Selection", "generalizability-iterative-patch-selection"),
    ("paper", "Über Bézier’s curves", "uber-beziers-curves"),
    ("question", "Even small icons at 2× upscaling?", "small-icons-2x-upscaling"),
]


@pytest.mark.parametrize(("kind", "text", "id"), PROPOSALS)
def test_ids_are_proposed_from_names(kind, text, id):
    assert propose_id(kind, text) == id


def test_a_short_name_is_what_stands_before_the_colon_or_the_dash_if_that_says_something():
    assert short_name("First: a paper") == "First"
    assert short_name("SHARP \u2013 letters: a study") == short_name("SHARP -- letters") == "SHARP"
    assert short_name("Well-known letters - a study") == "Well-known letters - a study"
    assert short_name("[:1") == "[:1"
    assert short_name("¼:0") == "¼:0"


@pytest.mark.parametrize("text", ["像素", "index", "con", "?!"])
def test_a_name_that_makes_no_id_gets_a_number_that_stays(text):
    assert re.fullmatch("paper-[0-9a-f]{8}", propose_id("paper", text))
    assert propose_id("paper", text) == propose_id("paper", text)


def test_families_without_latin_letters_have_addresses_of_their_own():
    assert family_id("MSSNet") == family_id("mssnet") == "mssnet"
    assert family_id("À") == family_id("à")
    assert len({family_id(name) for name in ("À", "µ", "À1", "É1", "1", "***")}) == 6


def test_a_person_can_choose_every_id(empty):
    ids = {"first": "one", "second-paper": "two", "sharpen-small": "small", "a.txt": "lines"}

    plan, _ = import_texts(empty, WELL_FORMED, ids=ids)

    assert [new.file for new in plan.new] == [
        "catalog/models/small.yml",
        "catalog/models/enlarge-any.yml",
        "catalog/papers/one.yml",
        "catalog/papers/two.yml",
        "catalog/questions/lines.md",
    ]
    assert exported(empty) == [WELL_FORMED]
    assert import_texts(empty, WELL_FORMED, ids=ids)[0].new == ()


def test_a_model_and_a_paper_of_one_name_can_each_be_given_an_id(empty):
    text = WELL_FORMED.replace("Model: Sharpen-Small", "Model: First")

    plan, problems = import_texts(empty, text)

    assert plan is None
    assert errors(problems) == [
        'a.txt:24:8: Model: the id "first" belongs already to another record, catalog/models/first.yml; choose another '
        "with --id a.txt:24=ID"
    ]
    plan, _ = import_texts(empty, text, ids={"a.txt:24": "first-paper"})
    assert {"catalog/models/first.yml", "catalog/papers/first-paper.yml"} <= {new.file for new in plan.new}
    assert import_texts(empty, text, ids={"a.txt:24": "first-paper"})[0].new == ()


def test_a_question_that_is_there_already_gets_no_second_id(empty):
    import_texts(empty, WELL_FORMED, ids={"a.txt": "lines"})

    plan, problems = import_texts(empty, WELL_FORMED, ids={"a.txt": "other"})

    assert plan is None
    assert errors(problems) == [
        'a.txt:4:2: question: this question is there already, as catalog/questions/lines.md; leave out the id "other"; '
        "to rename it, rename the file"
    ]


def test_prompts_whose_files_have_one_name_are_told_apart_by_their_paths(empty, tmp_path):
    paths = [tmp_path / folder / "p.txt" for folder in "ab"]
    for path, text in zip(paths, [WELL_FORMED, other(WELL_FORMED, {})], strict=True):
        path.parent.mkdir()
        path.write_text(text, "utf-8")

    plan, problems = read_and_plan(paths, load(empty)[0], {"p.txt": "one"})
    assert plan is None
    assert errors(problems) == ["--id:1:1: p.txt: 2 prompts are called 'p.txt'; name one by its path"]

    plan = import_files(empty, paths, {str(paths[0]): "one", str(paths[1]): "two"})
    assert {"catalog/questions/one.md", "catalog/questions/two.md"} <= {new.file for new in plan.new}


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("good", range(11))
def test_a_write_that_fails_takes_back_what_was_written(good, empty, monkeypatch):
    """Whichever of the renames fails, the folder is as it was, without temporary files."""
    plan, _ = plan_import([parse_prompt(WELL_FORMED, "a.txt")[0]], load(empty)[0])
    before = files(empty)
    calls = itertools.count()

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def failing(function):
        return lambda *arguments: fail() if next(calls) == good else function(*arguments)

    monkeypatch.setattr("os.fsync", failing(lambda *_: None))
    monkeypatch.setattr(Path, "rename", failing(Path.rename))

    if good < 2 * len(plan.new):
        with pytest.raises(OSError, match="No space left"):
            write_plan(plan, empty)
        assert files(empty) == before
    else:
        write_plan(plan, empty)
        assert len(files(empty)) == len(before) + len(plan.new)


def killed_at(number, calls, function):
    """Make a function during whose call of that number, counted together with others, the process is killed."""
    return lambda *given: os.kill(os.getpid(), signal.SIGKILL) if next(calls) == number else function(*given)


@pytest.mark.parametrize("good", range(11))
def test_an_import_that_is_killed_leaves_whole_records_and_is_completed_by_its_repetition(good, empty, monkeypatch):
    """Whichever step is its last: no record is half written, the catalog can be used, and nothing stays behind."""
    whole = import_texts(empty_catalog(empty.parent / "whole"), WELL_FORMED)[0]
    texts = {new.file: new.text.encode() for new in whole.new}
    plan, _ = plan_import([parse_prompt(WELL_FORMED, "a.txt")[0]], load(empty)[0])
    before = files(empty)
    child = os.fork()
    if child == 0:
        try:
            calls = itertools.count()
            monkeypatch.setattr("os.fsync", killed_at(good, calls, os.fsync))
            monkeypatch.setattr(Path, "rename", killed_at(good, calls, Path.rename))
            write_plan(plan, empty)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)

    assert os.WIFSIGNALED(status) == (good < 2 * len(plan.new))
    left = {name: data for name, data in files(empty).items() if "/.import-" not in name}
    assert left.items() <= {**before, **texts}.items()
    assert errors(check_all(empty)[1]) == []

    import_texts(empty, WELL_FORMED)

    assert files(empty) == {**before, **texts}


def test_a_file_that_was_made_meanwhile_is_not_replaced(empty):
    plan, _ = plan_import([parse_prompt(WELL_FORMED, "a.txt")[0]], load(empty)[0])
    (empty / "catalog/papers").mkdir()
    (empty / "catalog/papers/second-paper.yml").write_text("mine")
    before = files(empty)

    with pytest.raises(FileExistsError, match="made meanwhile"):
        write_plan(plan, empty)

    assert files(empty) == before


def test_one_malformed_prompt_keeps_all_from_being_written_and_all_problems_are_told(empty, tmp_path, capsys):
    (tmp_path / "broken.txt").write_text(WELL_FORMED.replace("Paper: None", "Paper: ?"), "utf-8")
    (tmp_path / "crlf.txt").write_bytes(WELL_FORMED.replace("\n", "\r\n").encode())
    before = files(empty)

    status = import_command.main(
        [*map(str, PROMPTS), str(tmp_path / "broken.txt"), str(tmp_path / "crlf.txt"), "--root", str(empty)]
    )

    assert status == 1
    complaints = capsys.readouterr().err
    assert "broken.txt:16:8: Paper:" in complaints
    assert "crlf.txt:1:25: ends with CR LF" in complaints
    assert complaints.endswith("Nothing was written.\n")
    assert files(empty) == before


def test_a_catalog_with_errors_is_not_imported_into(empty, capsys):
    (empty / "catalog/papers").mkdir()
    (empty / "catalog/papers/a.yml").write_text("title: [")

    assert import_command.main([str(PROMPTS[0]), "--root", str(empty)]) == 1
    assert "correct them first. Nothing was written." in capsys.readouterr().err
    assert not (empty / "catalog/questions").exists()


def test_records_that_are_still_to_be_filled_in_keep_no_prompt_from_being_imported(empty, capsys):
    for kind in FOLDERS:
        create_record(kind, f"unfinished-{kind}", empty)
    before = files(empty)

    assert import_command.main([str(PROMPTS[0]), "--root", str(empty)]) == 0

    said = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(rf"the catalog has \d+ errors elsewhere; see: {re.escape(command('check_catalog'))}", said)
    assert before.items() <= files(empty).items()
    assert exported(empty) == [PROMPTS[0].read_text("utf-8")]


NAMED = {  # what the well-formed prompt is about, in records with something wrong in them
    "a model by its name": ("models/other.yml", "name: Sharpen-Small\nfamily: 5\n", 15, "Model"),
    "a paper by its title": ("papers/other.yml", 'title: "A second paper!"\nlink: null\nshort: A\n', 29, "Model"),
    "a paper by its link": (
        "papers/other.yml", 'title: "B"\nlink: "http://arxiv.org/abs/2001.00003v2"\nshort: B\n', 29, "Model",
    ),
    "the question": (
        "questions/other.md", '---\nquestion: "How does it keep lines sharp at 3×?"\n---\n', 4, "question",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMED)
def test_a_prompt_about_a_record_with_an_error_is_refused_at_the_line_that_names_it(case, empty):
    name, text, line, label = NAMED[case]
    (empty / "catalog" / name).parent.mkdir()
    (empty / "catalog" / name).write_text(text, "utf-8")
    before = files(empty)

    plan, problems = import_texts(empty, WELL_FORMED)

    assert plan is None
    (problem,) = [problem for problem in problems if problem.level == "error"]
    assert (problem.line, problem.field) == (line, label)
    assert problem.message == f"stands in catalog/{name}, in which something is wrong; correct that file first"
    assert files(empty) == before


def test_no_prompt_takes_the_id_of_a_record_with_an_error(empty):
    create_record("paper", "sharpen-small", empty)

    plan, problems = import_texts(empty, WELL_FORMED)

    assert plan is None
    (error,) = errors(problems)
    assert 'the id "sharpen-small" belongs already to another record, catalog/papers/sharpen-small.yml' in error


IN_THE_WAY = {  # files of which nobody knows whether a prompt names what stands there
    "a paper without its title": ("papers/a.yml", 'short: A\nlink: null\nsummary: "S"\n'),
    "a paper whose title is no text": ("papers/a.yml", 'title: 5\nshort: A\nlink: null\nsummary: "S"\n'),
    "a paper whose link is no text": ("papers/a.yml", 'title: "A"\nshort: A\nlink: 5\nsummary: "S"\n'),
    "a model that is no YAML": ("models/a.yml", "name: [\n"),
    "a question without its record": ("questions/a.md", "How?\n"),
    "a file that is no record": ("papers/a.txt", "A\n"),
    "words that tell": ("cues.yml", "tasks: 5\n"),
    "the vocabulary": ("vocabulary.yml", "tasks: 5\n"),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_where_nobody_can_tell_what_a_file_is_about_nothing_is_imported(case, empty, capsys):
    name, text = IN_THE_WAY[case]
    (empty / "catalog" / name).parent.mkdir(exist_ok=True)
    (empty / "catalog" / name).write_text(text, "utf-8")
    before = files(empty)

    assert import_command.main([str(PROMPTS[0]), "--root", str(empty)]) == 1

    told = capsys.readouterr().err.splitlines()
    assert told[-1].endswith("in the catalog; correct them first. Nothing was written.")
    assert {line.split(":")[0] for line in told[:-1]} == {f"catalog/{name}"}
    assert files(empty) == before


def test_an_error_in_an_answer_or_a_run_keeps_no_prompt_from_being_imported(empty):
    import_files(empty, PROMPTS[1:2])
    (question,) = (empty / "catalog/questions").glob("*.md")
    question.write_text(question.read_text("utf-8") + "\n## Task\n\nAgain.\n", "utf-8")
    (empty / "notebooks/outputs/zoo").mkdir(parents=True)
    assert {problem.file.split("/")[0] for problem in load(empty)[1]} == {"catalog", "notebooks"}

    assert import_command.main([str(PROMPTS[0]), "--root", str(empty)]) == 0


def test_errors_are_told_before_notices_and_both_are_counted(empty, tmp_path, capsys):
    broken = WELL_FORMED.replace("https://github.com/example/enlarge", "?").replace("https://arxiv", "http://arxiv")
    (tmp_path / "a.txt").write_text(broken, "utf-8")

    assert import_command.main([str(tmp_path / "a.txt"), "--root", str(empty)]) == 1

    lines = capsys.readouterr().err.splitlines()
    assert [": notice: " in line for line in lines] == [False, False]
    assert lines[-1] == "1 error and no notices in 1 prompt. Nothing was written."

    (tmp_path / "b.txt").write_text(WELL_FORMED.replace("https://arxiv", "http://arxiv"), "utf-8")
    assert import_command.main([str(tmp_path / "b.txt"), str(tmp_path / "a.txt"), "--root", str(empty)]) == 1

    lines = capsys.readouterr().err.splitlines()
    assert [": notice: " in line for line in lines] == [False, *[True] * (len(lines) - 2), False]
    assert lines[-1] == f"1 error and {len(lines) - 2} notices in 2 prompts. Nothing was written."


# --- the commands ----------------------------------------------------------------------------------------------------


def test_the_command_imports_and_says_the_second_time_what_is_still_open(empty, capsys):
    arguments = [str(PROMPTS[2]), "--root", str(empty), "--question-id", "fine-text-2x"]

    assert import_command.main([*arguments, "--dry-run"]) == 0
    assert "would write catalog/questions/fine-text-2x.md" in capsys.readouterr().out
    assert not (empty / "catalog/questions").exists()
    assert import_command.main(arguments) == 0
    first = capsys.readouterr().out.splitlines()
    assert any(line.startswith("wrote catalog/questions/fine-text-2x.md") for line in first)
    assert import_command.main(arguments) == 0
    again = capsys.readouterr().out.splitlines()
    assert [line for line in again if "to do: " in line] == [line for line in first if "to do: " in line] != []


def test_notices_stand_between_what_was_written_and_what_is_to_do_on_one_stream(empty, capsys):
    assert import_command.main([str(PROMPTS[1]), "--root", str(empty)]) == 0

    printed = capsys.readouterr()
    kinds = [re.search("^wrote|: notice: |^to do", line)[0] for line in printed.out.splitlines()]
    assert [kind for kind, _ in itertools.groupby(kinds)] == ["wrote", ": notice: ", "to do"]
    assert printed.err == ""


def test_the_address_of_a_question_that_nobody_chose_is_told_with_how_to_choose_another(empty, capsys):
    import_command.main([str(PROMPTS[1]), "--root", str(empty), "--dry-run"])
    assert ".md (its address; --question-id chooses another)\n" in capsys.readouterr().out

    import_command.main([str(PROMPTS[1]), "--root", str(empty), "--dry-run", "--question-id", "mine"])
    assert "would write catalog/questions/mine.md\n" in capsys.readouterr().out


def test_for_a_prompt_whose_question_is_published_there_is_nothing_to_do(capsys):
    assert import_command.main([str(PROMPTS[2])]) == 0
    assert capsys.readouterr().out.endswith("nothing to do\n")


WRONG_IDS = {
    "Bad Id": "2.txt:4:2: question: cannot name a record (got Bad Id); ",
    "../../x": "2.txt:4:2: question: cannot name a record (got ../../x); ",
    "a\nb": "2.txt:4:2: question: cannot name a record (got a\\nb); ",
    "": "2.txt:4:2: question: cannot name a record (got nothing); ",
    "con": "2.txt:4:2: question: cannot name a record (got con); the site or a file system keeps this name, ",
    "taken": '2.txt:4:2: question: the id "taken" belongs already to another record, catalog/questions/taken.md; ',
}


@pytest.mark.parametrize("id", WRONG_IDS)
def test_an_id_that_a_question_may_not_have_is_told_in_one_sentence_and_nothing_is_written(id, empty, capsys):
    import_files(empty, [PROMPTS[0]], {PROMPTS[0].name: "taken"})
    before = files(empty)

    assert import_command.main([str(PROMPTS[2]), "--root", str(empty), "--question-id", id]) == 1

    (told,) = [line for line in capsys.readouterr().err.splitlines() if "notice" not in line]
    assert WRONG_IDS[id] in told
    assert told.endswith("with --id 002.txt=ID or --question-id ID")
    assert files(empty) == before


WRONG_OPTIONS = {
    ("000.txt", "001.txt", "--question-id", "a"): "--question-id goes with one prompt; use --id FILE=ID for each",
    ("000.txt", "--question-id", "a", "--question-id", "b"): "more than one id is chosen for 000.txt; leave one",
    ("000.txt", "--question-id", "a", "--id", "000.txt=b"): "more than one id is chosen for 000.txt; leave one",
    ("000.txt", "--id", "a"): "write KEY=ID (got a)",
}


@pytest.mark.parametrize("arguments", WRONG_OPTIONS)
def test_options_that_contradict_each_other_are_refused(arguments, empty, capsys):
    named = {path.name: str(path) for path in PROMPTS}

    with pytest.raises(SystemExit) as ended:
        import_command.main([*(named.get(word, word) for word in arguments), "--root", str(empty)])

    assert ended.value.code != 0
    assert WRONG_OPTIONS[arguments] in capsys.readouterr().err
    assert not (empty / "catalog/questions").exists()


def test_a_prompt_that_is_named_twice_is_one_prompt(empty):
    path = str(PROMPTS[2])

    assert import_command.main([path, path, "--root", str(empty), "--question-id", "once"]) == 0
    assert [file.name for file in (empty / "catalog/questions").iterdir()] == ["once.md"]


def test_the_command_prints_the_same_bytes():
    command = [sys.executable, "-m", "scripts.export_prompt", "brushstrokes-12x"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    assert done.stdout == (ROOT / "tests/prompts/001.txt").read_bytes()


def test_an_unknown_question_is_named_with_the_one_that_was_meant(capsys):
    assert export_command.main(["fine-text-2"]) == 1
    assert "no readable question 'fine-text-2' in catalog/questions/; did you mean \"fine-text-2x\"?" in (
        capsys.readouterr().err
    )


# --- any prompt ------------------------------------------------------------------------------------------------------

TITLES = (
    st.text(ON_ONE_LINE, min_size=1, max_size=60)
    | st.sampled_from(
        [
            "2x at 30 dB in 5 ms",
            "<b>[x](y)</b> *z* `c` {a}",
            "[@first] [= a - b]",
            "null",
            "# no: yes",
            "a:b",
            "@1",
            "À",
            "µ",
        ]
    )
).filter(holds_a_letter)
SUMMARIES = st.lists(st.text(VISIBLE, max_size=80)).map("\n".join).filter(may_stand_in_a_prompt)
BLOCK = "Model: {title}\nPaper: {paper}\n"


@st.composite
def prompts(draw):
    """Make a prompt with any visible characters in its question, names, titles and summaries."""
    numbers = itertools.count(1)
    letters = re.compile(r"[\W_]")
    titles = draw(st.lists(TITLES, min_size=2, max_size=5, unique_by=lambda title: letters.sub("", title).casefold()))
    models = draw(st.integers(1, len(titles) - 1))
    blocks = []
    for title in titles:
        address = draw(st.sampled_from(["None", f"http://arxiv.org/pdf/2001.{next(numbers):05}v1.pdf"]))
        github = draw(st.sampled_from(["", "GitHub: None\n", f"GitHub: https://github.com/a/b{next(numbers)}\n"]))
        blocks.append(BLOCK.format(title=title, paper=address) + github)
    head, _, _ = re.split(r"(?<=Models:\n)|(?<=Papers:\n)", WELL_FORMED)
    after = "".join(f"{block}Summary: {draw(SUMMARIES)}\n\n" for block in blocks[models:]) + "\nAnswer:\n"
    question = draw(TITLES)
    head = head.replace("How does it keep lines sharp at 3×?", question)
    return head + "\n".join(blocks[:models]) + "\n### Related Papers:\n" + after


@settings(patient, max_examples=25)
@given(prompts())
def test_any_prompt_comes_back_with_the_same_bytes_and_gives_a_catalog_without_errors(text):
    with tempfile.TemporaryDirectory() as folder:
        root = empty_catalog(Path(folder) / "r")
        prompt, wrong = parse_prompt(text, "a.txt")
        assert errors(wrong) == []

        plan, problems = plan_import([prompt], load(root)[0])

        told = [problem for problem in errors(problems) if "belongs already to another record" not in problem]
        assert told == []  # two titles may propose one id: then a person chooses
        if plan:
            write_plan(plan, root)
            assert exported(root) == [text]
            assert errors(check_all(root)[1]) == []
