"""From prompts to records: what an import would write.

Known records are matched first and never rewritten: a model by its name, a paper by its title or its address, a
question by its text. What is not known yet becomes a new record with a proposed id. Prompts that are imported together
see each other's new records, and their order does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import starmap, takewhile
from pathlib import Path
from typing import Any

from catalog.answer import read_answer
from catalog.check import check
from catalog.contributed_text import split_front_matter
from catalog.counted import counted
from catalog.drafts import Offer, derive
from catalog.import_files import NewFile, Plan
from catalog.in_the_way import damaged_alone
from catalog.links import compare_form, github_repository
from catalog.load import Catalog, id_problem, parse_record
from catalog.open_points import to_do
from catalog.problems import CatalogError, Problem, did_you_mean, shortened
from catalog.prompt_defects import defects
from catalog.prompts import FIELDS, Entry, Line, Prompt, export_prompt, print_prompt, read_prompt, said_lines
from catalog.proposed_names import propose_id, same_text, short_name
from catalog.records import FOLDERS, Model, Paper, Question, was_given
from catalog.titles import bare_title
from catalog.yaml_text import quoted, record_text

SHOWN, SHOWN_BEFORE = 60, 20  # characters of a text in a message, and how many of them before a difference
WRONG_THERE = "stands in {file}, in which something is wrong; correct that file first"
OPTIONS = ("--id", "--provided")
KEEPS = "{kind}s: {{{id}: {{provided: {{{own}}}}}}}"  # what a question says to keep what its prompt says
REMEDY = "either {paste} the prompt, or keep what this prompt says in its question: {keeps}"


def plan_import(
    prompts: Sequence[Prompt],
    catalog: Catalog,
    ids: Mapping[str, str] | None = None,
    provided: Collection[str] = (),
) -> tuple[Plan | None, list[Problem]]:
    """Plan the records of some prompts; return the plan (None if there is an error) with all problems, sorted.

    `ids` maps a proposed id, the file name of a prompt (for its question), or that with the line of a block, to the id
    a person wants. `provided` names papers and models of which the new questions keep what these prompts say, where
    their records say otherwise.
    """
    names = Counter(Path(prompt.file).name for prompt in prompts)
    planning = _Planning(catalog, dict(ids or {}), frozenset(provided), names)
    for prompt in sorted(prompts, key=lambda prompt: prompt.file):
        planning.add(prompt)
    planning.finish()
    problems = sorted(set(planning.problems))
    failed = any(problem.level == "error" for problem in problems)
    return (None if failed else planning.plan()), problems


def read_and_plan(
    paths: Sequence[Path], catalog: Catalog, ids: Mapping[str, str] | None = None, provided: Collection[str] = ()
) -> tuple[Plan | None, list[Problem]]:
    """Read prompts from files and plan their import; like `plan_import`, with the problems of every file."""
    prompts, problems = [], []
    for path in paths:
        prompt, found = read_prompt(path, path.as_posix())
        problems += found
        prompts += [prompt] if prompt else []
    plan, found = plan_import(prompts, catalog, ids, provided)
    if len(prompts) < len(paths):  # the options may be about what could not be read
        found = [problem for problem in found if problem.file not in OPTIONS]
        plan = None
    return plan, sorted({*problems, *found})


@dataclass
class _Planning:
    """Collects the new records of one import, beside a catalog that grows with them."""

    catalog: Catalog
    ids: dict[str, str]
    provided: frozenset[str]
    names: Counter[str]  # of the prompts' files
    problems: list[Problem] = field(default_factory=list)
    new: dict[str, NewFile] = field(default_factory=dict)  # by file
    known: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)  # the ids of the prompts' questions
    places: dict[str, tuple[str, Entry]] = field(default_factory=dict)  # file of a new record: its prompt and block
    asked: dict[str, Prompt] = field(default_factory=dict)  # file of a new question: its prompt
    guessed: dict[str, str] = field(default_factory=dict)  # file of a new model: its family, named after its repository
    proposals: set[str] = field(default_factory=set)
    before: Catalog = field(init=False)
    damaged: Catalog = field(init=False)  # what is left of the records in which something is wrong

    def __post_init__(self) -> None:
        self.before, self.damaged = self.catalog, damaged_alone(self.catalog)

    def report(self, file: str, line: Line, message: str) -> None:
        """Add an error at a line of a prompt."""
        self.problems.append(Problem(file, line.line, line.column, line.label, message))

    def plan(self) -> Plan:
        """Return what was planned."""
        questions = (self.catalog.questions[id] for id in sorted(self.questions))
        open_ = dict.fromkeys(sentence for question in questions for sentence in to_do(question, self.catalog))
        known = tuple(sorted(self.known - self.new.keys()))
        return Plan(tuple(self.new.values()), known, (*starmap(_guessed, self.guessed.items()), *open_))

    # --- one prompt ---

    def add(self, prompt: Prompt) -> None:
        """Plan the records of one prompt."""
        blocks = [*(("model", entry) for entry in prompt.models), *(("paper", entry) for entry in prompt.papers)]
        self.problems += defects(prompt, [entry for kind, entry in blocks if self._match(kind, entry) is None])
        errors = len(self._errors())
        self.proposals |= {*self._question_keys(prompt)}  # also where something is wrong before it gets its id
        question = self._known_question(prompt)
        if question is None and (wrong := _asking(prompt, self.damaged)):
            self.proposals.update(*(self._keys(kind, entry, prompt) for kind, entry in blocks))
            self.report(prompt.file, prompt.question, WRONG_THERE.format(file=wrong.source.file))
            return
        said: dict[str, dict[str, Any]] = {}
        models = self._records("model", prompt.models, prompt, question, said)
        papers = self._records("paper", prompt.papers, prompt, question, said)
        if len(self._errors()) > errors:
            return
        offer = Offer("", prompt.question.value or "", tuple(models), tuple(papers), said)
        if question is None:
            self._new_question(prompt, offer)
        else:
            self._same_question(prompt, question, offer)

    def _errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level == "error"]

    def _distinct(self, kind: str, ids: list[str], prompt: Prompt, entries: Sequence[Entry]) -> None:
        """Report each block that is the same record as an earlier block of its prompt."""
        for n, id in enumerate(ids):
            if id and id in ids[:n]:
                first, line = entries[ids.index(id)].lines[0], entries[n].lines[0]
                message = f"this prompt names the same {kind} twice, in line {first.line} and in line {line.line}"
                self.report(prompt.file, line, f'{message} (both are "{id}"); delete one of the two blocks')

    # --- models and papers ---

    def _records(
        self,
        kind: str,
        entries: Sequence[Entry],
        prompt: Prompt,
        question: Question | None,
        said: dict[str, dict[str, Any]],
    ) -> list[str]:
        """Return the ids of the records of some blocks; a block that repeats an earlier one is not compared again."""
        ids: list[str] = []
        for entry in entries:
            record = self._match(kind, entry)
            again = record is not None and record.id in ids
            ids.append(record.id if again else self._record(kind, entry, prompt, question, said))
        self._distinct(kind, ids, prompt, entries)
        return ids

    def _record(
        self, kind: str, entry: Entry, prompt: Prompt, question: Question | None, said: dict[str, dict[str, Any]]
    ) -> str:
        """Return the id of the record of a block, known or new; `said` receives what the question keeps of its own."""
        record = self._match(kind, entry)
        if record is None:
            self.proposals |= {*self._keys(kind, entry, prompt)}
            if wrong := _matching(kind, entry, self.damaged):
                self.report(prompt.file, entry.lines[0], WRONG_THERE.format(file=wrong.source.file))
                return ""
            return self._new_record(kind, entry, prompt)
        self.known.add(record.source.file)
        offered = getattr(question, f"{kind}s").get(record.id) if question else None
        known = {line.label: line for line in said_lines(kind, record, offered.provided if offered else None)}
        differing = _differences(kind, entry, known)
        if question is None and record.id in self.provided:
            said[record.id] = _own(kind, differing)
            return record.id
        for label, line in differing.items():
            if label == "Summary" and line and (found := _grown(line, known.get(label))):
                self.report(prompt.file, *found)
                continue
            message = _conflict(kind, record, label, line, known.get(label), question)
            self.report(prompt.file, line or replace(entry.lines[0], label=label), message)
        return record.id

    def _match(self, kind: str, entry: Entry) -> Model | Paper | None:
        """Return the known record of a block."""
        return _matching(kind, entry, self.catalog)

    def _new_record(self, kind: str, entry: Entry, prompt: Prompt) -> str:
        """Plan a new model or paper; return its id."""
        id = self._id(kind, self._keys(kind, entry, prompt), prompt.file, entry.lines[0])
        if id is None:
            return ""
        data = {name: line.value for name, label in FIELDS[kind].items() if (line := entry.get(label))}
        folder, suffix = FOLDERS[kind]
        file = f"{folder}/{id}{suffix}"
        data |= {"family": self._family(entry, file)} if kind == "model" else {"short": short_name(entry.title)}
        new = NewFile(file, record_text(kind, data))
        self.places[new.file] = (prompt.file, entry)
        self._keep(kind, id, new)
        return id

    def _family(self, entry: Entry, file: str) -> str:
        """Propose a family: that of a known model with the same repository, or the repository's name.

        A name that is no part of the model's own is a guess, which a person is told of at the `file` of the record.
        """
        line = entry.get("GitHub")
        repository = github_repository(line.value) if line and line.value else None
        if repository is None:
            return entry.title
        for model in self.catalog.models.values():
            if (github_repository(model.github) or "").casefold() == repository.casefold():
                return model.family
        name = repository.split("/")[1]
        if own := [part for part in entry.title.split("-") if part.casefold() == name.casefold()]:
            return own[0]
        self.guessed[file] = name
        return name

    def _id(self, kind: str, keys: list[str], file: str, line: Line) -> str | None:
        """Return the id that one of the keys chooses, or the last, which is proposed, if it is free."""
        chosen = next((key for key in keys if key in self.ids), None)
        id = self.ids[chosen] if chosen else keys[-1]
        taken = self._taken(kind)
        or_alone = " or --question-id ID" if kind == "question" else ""
        if message := id_problem(id):
            self.report(file, line, f"{message}; choose an id with --id {chosen or keys[0]}=ID{or_alone}")
        elif id in taken:
            message = f'the id "{id}" belongs already to another record, {taken[id]}'
            self.report(file, line, f"{message}; choose another with --id {keys[0]}=ID{or_alone}")
        else:
            return id
        return None

    def _taken(self, kind: str) -> dict[str, str]:
        """Return the ids that a record of this kind may not have, each with the file that has it."""
        rivals = [kind] if kind == "question" else ["model", "paper"]  # models and papers share one space of ids
        known = [getattr(catalog, f"{rival}s") for catalog in (self.damaged, self.catalog) for rival in rivals]
        records = [record for kind in known for record in kind.values()]
        return {record.id: record.source.file for record in records}

    def _name(self, prompt: Prompt) -> str:
        """Return what an option calls a prompt: its file's name, or its path where another has the same name."""
        name = Path(prompt.file).name
        return prompt.file if self.names[name] > 1 else name

    def _keys(self, kind: str, entry: Entry, prompt: Prompt) -> list[str]:
        """Return what an option may call a new model or paper, last the id that is proposed."""
        return [f"{self._name(prompt)}:{entry.lines[0].line}", propose_id(kind, entry.title)]

    def _question_keys(self, prompt: Prompt) -> list[str]:
        """Return what an option may call a question, last the id that is proposed."""
        names = dict.fromkeys([self._name(prompt), prompt.file])
        return [*names, propose_id("question", prompt.question.value or "")]

    def _keep(self, kind: str, id: str, new: NewFile) -> None:
        """Add a new record to the plan and to the catalog."""
        record, problems = parse_record(kind, id, new.text, new.file)
        self.problems += [self._at_prompt(problem) for problem in problems]
        if record is None or new.file in self.new:
            return
        self.new[new.file] = new
        known = {**getattr(self.catalog, kind + "s"), id: record}
        self.catalog = replace(self.catalog, **{kind + "s": dict(sorted(known.items()))})

    # --- the question ---

    def _known_question(self, prompt: Prompt) -> Question | None:
        return _asking(prompt, self.catalog)

    def _new_question(self, prompt: Prompt, offer: Offer) -> None:
        """Plan the draft of a new question."""
        id = self._id("question", self._question_keys(prompt), prompt.file, prompt.question)
        if id is None:
            return
        offer = replace(offer, id=id)
        text = derive(offer, self.catalog)
        self.asked[offer.file] = prompt
        self.questions.add(id)
        self._keep("question", id, NewFile(offer.file, text))
        front, _ = split_front_matter(text, offer.file)
        if front is not None:
            answer, problems = read_answer(front.body, offer.file, front.body_line, draft=True)
            self.problems += [self._at_prompt(problem) for problem in problems if problem.level == "error"]
            self.catalog = replace(self.catalog, answers={**self.catalog.answers, id: answer})

    def _same_question(self, prompt: Prompt, question: Question, offer: Offer) -> None:
        """Check that a known question is exactly this prompt."""
        self.known.add(question.source.file)
        self.questions.add(question.id)
        keys = self._question_keys(prompt)
        if unused := [self.ids[key] for key in keys if self.ids.get(key, question.id) != question.id]:
            there = f"this question is there already, as {question.source.file}"
            message = f'{there}; leave out the id "{unused[0]}"; to rename it, rename the file'
            self.report(prompt.file, prompt.question, message)
        if question.question != prompt.question.value:
            got, has = _shown_both(prompt.question, Line("question", question.question))
            said = f"{question.source.file} spells this question otherwise"
            message = f"{said} (got {got}; it has {has}); correct one of the two"
            self.report(prompt.file, prompt.question, message)
            return
        for field_name, ids in (("models", offer.models), ("papers", offer.papers)):
            if tuple(getattr(question, field_name)) != ids:
                known = ", ".join(getattr(question, field_name)) or "none"
                message = f"{question.source.file} offers other {field_name} (got {', '.join(ids)}; it has {known})"
                self.report(prompt.file, prompt.question, f"{message}; correct one of the two")
                return
        self._exported(prompt, question)

    def _exported(self, prompt: Prompt, question: Question) -> None:
        """Check that a question's records print the prompt to the same bytes."""
        try:
            if export_prompt(question, self.catalog) != print_prompt(prompt):
                message = f"{question.source.file} and its records print another prompt; compare the two"
                self.report(prompt.file, prompt.question, message)
        except CatalogError as error:
            self.problems += error.problems

    # --- the whole ---

    def finish(self) -> None:
        """Check the records together, and that every chosen id and paper was of use."""
        self._options()
        if self._errors():
            return
        errors = [problem for problem in check(self.catalog) if problem.level == "error"]
        had = frozenset(check(self.before)) if errors else frozenset()
        self.problems += [self._at_prompt(problem) for problem in errors if problem not in had]
        for file, prompt in self.asked.items():
            self._exported(prompt, self.catalog.questions[Path(file).stem])

    def _options(self) -> None:
        """Report options that are about nothing; those of an import that was done before are none of them."""
        done = {*self.catalog.models, *self.catalog.papers, *self.catalog.questions}
        for key in sorted(self.ids.keys() - self.proposals):
            if self.names[key] > 1:
                message = f"{self.names[key]} prompts are called {key!r}; name one by its path"
                self.problems.append(Problem("--id", 1, 1, key, message))
            elif self.ids[key] not in done:
                message = f"no new record is called {key!r}; --id takes a proposed id, or a prompt's FILE or FILE:LINE"
                self.problems.append(Problem("--id", 1, 1, key, message + did_you_mean(key, self.proposals)))
        offered = {**self.catalog.models, **self.catalog.papers}
        for id in sorted(self.provided - offered.keys()):
            message = f"there is no paper or model {id!r}; --provided takes the id of one"
            self.problems.append(Problem("--provided", 1, 1, id, message + did_you_mean(id, offered)))

    def _at_prompt(self, problem: Problem) -> Problem:
        """Move a problem of a record that is not written yet to the place in the prompt it comes from."""
        if problem.file in self.places:
            file, entry = self.places[problem.file]
            kind = "model" if problem.file.startswith(FOLDERS["model"][0]) else "paper"
            line = entry.get(FIELDS[kind].get(problem.field, "Model")) or entry.lines[0]
            return replace(problem, file=file, line=line.line, column=line.column, field=line.label)
        if problem.file in self.asked:
            prompt, place = self.asked[problem.file], self.asked[problem.file].question
            message = f"the draft {problem.file} would have a problem: {problem.message}"
            return replace(problem, file=prompt.file, line=place.line, column=place.column, message=message)
        return problem


def _differences(kind: str, entry: Entry, known: Mapping[str, Line]) -> dict[str, Line | None]:
    """Return the labels whose lines differ from the known ones, each with the block's line, None where it has none."""
    lines = {label: entry.get(label) for label in FIELDS[kind].values()}
    return {label: line for label, line in lines.items() if _value(line) != _value(known.get(label))}


def _matching(kind: str, entry: Entry, catalog: Catalog) -> Model | Paper | None:
    """Return the record of a block in a catalog: of a model by name, of a paper by title or by address."""
    if kind == "model":
        return next((m for m in catalog.models.values() if same_text(m.name, entry.title)), None)
    papers = catalog.papers.values()
    title = bare_title(entry.title)
    by_title = next((paper for paper in papers if title and bare_title(paper.title) == title), None)
    line = entry.get("Paper")
    if by_title or not line or not line.value:
        return by_title
    place = compare_form(line.value)
    return next((paper for paper in papers if paper.link and compare_form(paper.link) == place), None)


def _asking(prompt: Prompt, catalog: Catalog) -> Question | None:
    """Return the record of a prompt's question in a catalog."""
    text = prompt.question.value or ""
    return next((q for q in catalog.questions.values() if same_text(q.question, text)), None)


def _guessed(file: str, family: str) -> str:
    """Say that a family was named after a repository."""
    return f"{file}: `family` is guessed from the repository ({family}); correct it if it is called otherwise"


def _value(line: Line | None) -> tuple[str | None, ...]:
    """Return what a line says, which is nothing where there is no line."""
    return (line.value,) if line else ()


def _own(kind: str, differing: Mapping[str, Line | None]) -> dict[str, Any]:
    """Return the field `provided` that keeps what a block says differently."""
    fields = {label: field for field, label in FIELDS[kind].items()}
    own: dict[str, Any] = {fields[label]: line.value for label, line in differing.items() if line}
    absent = [fields[label] for label, line in differing.items() if line is None]
    return own | ({"without": absent} if absent else {})


def _conflict(
    kind: str, record: Model | Paper, label: str, line: Line | None, known: Line | None, question: Question | None
) -> str:
    """Say in what a block and what is known of it differ, and what to do."""
    field = next(field for field, its_label in FIELDS[kind].items() if its_label == label)
    offered = getattr(question, f"{kind}s").get(record.id) if question else None
    own = offered.provided if offered else None
    got, has = _shown_both(line, known)
    if question and own and (was_given(own, field) or field in own.without):
        place = f"{field} that {question.source.file} keeps of {record.id}"
        return f"differs from the {place} (got {got}; it has {has}); correct one of the two"
    keeps = f"without: [{field}]" if line is None else f"{field}: {'null' if line.value is None else '...'}"
    paste = f"paste the {field} of the record into" if known else f"delete {field} from"
    remedy = REMEDY.format(paste=paste, keeps=KEEPS.format(kind=kind, id=record.id, own=keeps))
    remedy = f"{remedy} ({question.source.file if question else f'--provided {record.id} does so'})"
    differs = f"differs from {field} of {record.source.file} (got {got}; the record has {has})"
    return f"{differs}; {remedy}"


def _grown(line: Line, known: Line | None) -> tuple[Line, str] | None:
    """Return where a summary holds more than the known one for an empty line missing or too many, with what to do."""
    said, more = line.value or "", known.value if known and known.value else None
    if more is None or not said.startswith(more):
        return None
    rest = said[len(more) :]
    below = replace(line, line=line.line + more.count("\n") + 1, column=1)
    if rest.startswith("\nModel: "):
        return below, "a new paper begins inside this summary; put an empty line before it"
    if rest.strip("\n"):
        return None
    remedy = "remove it" if len(rest) == 1 else "remove them"
    return below, f"{counted(len(rest), 'empty line')} too many before the next block; {remedy}"


def _shown_both(line: Line | None, known: Line | None) -> tuple[str, str]:
    """Return what two lines say, shortened to where they begin to differ."""
    one, other = (said.value or "" if said else "" for said in (line, known))
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = same - SHOWN_BEFORE if same > SHOWN - SHOWN_BEFORE else 0
    return _shown(line, start), _shown(known, start)


def _shown(line: Line | None, start: int = 0) -> str:
    """Return what a line says from a place on, on one line: line breaks are escaped, outer white space is quoted."""
    if line is None:
        return "no such line"
    if line.value is None:
        return "None"
    text = ("…" if start else "") + quoted(line.value[start:])[1:-1].replace('\\"', '"')
    text = shortened(text, SHOWN)
    return text if text == text.strip() else f'"{text}"'
