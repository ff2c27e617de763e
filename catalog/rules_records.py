"""The rules between papers, models, questions and the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from catalog.addresses import address_problem, is_none, repository_problem
from catalog.closed_world import links_of
from catalog.contracts import upside_down
from catalog.counted import all_digits
from catalog.links import arxiv_problem, compare_form
from catalog.load import Catalog
from catalog.meant_names import FILES, among_the_others, stems
from catalog.metric_fit import misfit
from catalog.names import names_of
from catalog.problems import Problem, did_you_mean, nearest, shortened
from catalog.proposed_names import bare_text, family_id
from catalog.records import Model, Paper, Provided, ProvidedModel, Question, Record, was_given
from catalog.source import Path
from catalog.titles import bare_title, near_titles, titles_in_other_endings, titles_that_go_on
from catalog.validation import NEEDED_TO_PUBLISH
from catalog.words import KINDS, VOCABULARY_FILE, choices, open_words, titled, words_used
from catalog.written_answers import dots

ONE_OR_TWO = "if it is the same paper, make one record of the two"
ONE_OR_ON_PURPOSE = "keep both if it is offered twice on purpose"

TELLING_NOTHING = re.compile(  # words that alone give no reason
    r"""an?|and|are|as|be|because|been|but|can|could|did|do|does|for|from|good|ha[ds]|have|here|how|in?|is|its?|just
    |may|might|must|not?|of|on|one|or|right|should|simply|so|that|the|then|there|these|they|this|those|to|very|was
    |we|well|were|what|which|why|will|with|would|yes|you""",
    re.VERBOSE,
)


def ids_are_unique(catalog: Catalog) -> Iterator[Problem]:
    """Papers and models share one space of ids, because answers cite both by id."""
    for id in catalog.papers.keys() & catalog.models.keys():
        if catalog.lacks(catalog.models[id], "name") and catalog.lacks(catalog.models[id], "family"):
            continue  # told as what is no model
        message = f'"{id}" is already the id of a paper, catalog/papers/{id}.yml; give this file another name'
        yield catalog.models[id].source.problem(message)


def names_stand_on_one_line(catalog: Catalog) -> Iterator[Problem]:
    """Each title, name and label is one line, because it stands in headings, navigation and diagrams."""
    for record in (*catalog.sources, *catalog.questions.values()):
        for path, text in _names(record):
            if "\n" in text:
                yield record.source.problem('must be one line; join the lines with a space, or write ">-"', *path)


def _names(record: Record) -> Iterator[tuple[Path, str]]:
    """Yield the names that a record gives, each with its path."""
    for field in ("title", "short", "name", "family", "question"):
        if text := getattr(record, field, None):
            yield (field,), text
    if isinstance(record, Question) and record.workflow:
        for part in ("inputs", "steps", "outputs"):
            for name, node in getattr(record.workflow, part).items():
                yield ("workflow", part, name, "label"), node.label or ""


# --- words of the vocabulary -----------------------------------------------------------------------------------------


def words_stand_in_the_vocabulary(catalog: Catalog) -> Iterator[Problem]:
    """Each word that a record uses stands in its list of the vocabulary."""
    for record in (catalog.vocabulary, *catalog.own_files, *catalog.sources, *catalog.questions.values()):
        for path, word, section in words_used(record):
            known = getattr(catalog.vocabulary, section)
            if word not in known:
                known = open_words(section, catalog.vocabulary, is_published=_is_published(record))
                message = f"is no {KINDS[section]} of {VOCABULARY_FILE} (got {word}); use {choices(known)}"
                meant = did_you_mean(titled(word, getattr(catalog.vocabulary, section)) or word, known)
                yield record.source.problem(f"{message}, or add it there{meant}", *path, cause=(section, word))


def _is_published(record: Record) -> bool:
    """Tell whether a record is a published question."""
    return isinstance(record, Question) and record.status == "published"


def lists_name_each_thing_once(catalog: Catalog) -> Iterator[Problem]:
    """No entry of a list stands twice, because a page would show it twice."""
    for record in (*catalog.sources, *catalog.questions.values()):
        for path, entries in _lists_of(record):
            for i, entry in enumerate(entries):
                if entry in entries[:i]:
                    yield record.source.problem(f"stands twice (got {shortened(entry)}); keep one of them", *path, i)


def _lists_of(record: Record) -> Iterator[tuple[tuple[str, ...], Sequence[str]]]:
    """Yield the lists of words and sentences of a record that its page shows, each with its path."""
    for field in ("also_known_as", "trained_on", "limits", "cost"):
        yield (field,), getattr(record, field, ())
    asks = getattr(record, "asks", None)
    yield ("asks", "wants"), asks.wants if asks else ()


def claims_say_each_thing_once(catalog: Catalog) -> Iterator[Problem]:
    """No two claims of a question say the same, because its page would show the sentence twice."""
    for question in catalog.questions.values():
        said: dict[str, int] = {}
        for i, claim in enumerate(question.claims):
            if (first := said.setdefault(claim.says, i)) < i:
                line = question.source.at("claims", first, "says").line
                message = f"stands twice (got {shortened(claim.says)}; it is in line {line})"
                yield question.source.problem(f"{message}; keep one, or say how they differ", "claims", i, "says")


def ranges_go_upwards(catalog: Catalog) -> Iterator[Problem]:
    """Each metric's range begins with its lowest value."""
    for name, metric in catalog.vocabulary.metrics.items():
        low, high = metric.range
        if low is not None and high is not None and low >= high:
            yield catalog.vocabulary.source.problem(upside_down(low, high), "metrics", name, "range")


def reported_numbers_are_possible(catalog: Catalog) -> Iterator[Problem]:
    """Each reported number lies in the range of its metric, and is whole where the metric counts."""
    for record in catalog.sources:
        for name, number in record.reported.items():
            if metric := catalog.vocabulary.metrics.get(number.metric):
                path, cause = ("reported", name, "value"), ("metrics", number.metric)
                broken, wanted = misfit(number.value, metric)
                if broken == "range":
                    message = f"is no possible {metric.title} (got {all_digits(number.value)}); it {wanted}"
                    yield record.source.problem(message, *path, cause=(*cause, broken))
                elif broken == "whole":
                    got = all_digits(number.value)
                    message = f"is no whole number, as {metric.title} is (got {got}); write it out in full"
                    yield record.source.problem(message, *path, cause=(*cause, broken))


# --- papers and models -----------------------------------------------------------------------------------------------


def each_paper_has_one_record(catalog: Catalog) -> Iterator[Problem]:
    """No two papers share a title, but for a slip of the pen, or a link, but for scheme and version.

    That pages call two alike is looked at by a person.
    """
    titles = dict(near_titles({id: paper.title for id, paper in catalog.papers.items()}))
    links: dict[str, str] = {}
    told = set(titles)
    for id, paper in catalog.papers.items():
        link = links.setdefault(compare_form(paper.link), id) if paper.link else id
        if id in titles:
            same = "title and the link" if link == titles[id] else "title"
            almost = not _is_equal(paper, catalog.papers[titles[id]], same)
            yield paper.source.problem(_same(same, titles[id], almost=almost), "title")
        if link not in (id, titles.get(id)):
            told.add(id)
            yield paper.source.problem(_same("link", link, almost=paper.link != catalog.papers[link].link), "link")
    yield from _called_alike("papers", catalog.papers, told)


def each_model_has_its_name(catalog: Catalog) -> Iterator[Problem]:
    """No two models share a name, but for case and blanks, since prompts name them by it.

    That pages call two alike is looked at by a person.
    """
    names: dict[str, str] = {}
    told = set()
    for id, model in catalog.models.items():
        if (other := names.setdefault(bare_text(model.name), id)) != id:
            told.add(id)
            message = f"is the name of catalog/models/{other}.yml too; make one record of the two, or correct the name"
            yield model.source.problem(message, "name")
    yield from _called_alike("models", catalog.models, told)


def each_family_has_its_address(catalog: Catalog) -> Iterator[Problem]:
    """Two families have two addresses: names that differ in case or in signs alone share one."""
    first: dict[str, Model] = {}
    for model in catalog.models.values():
        other = first.setdefault(family_id(model.family), model)
        if other.family != model.family:
            message = f'has the address of the family "{other.family}" of catalog/models/{other.id}.yml'
            remedy = "write it the same, or tell them apart by letters a to z or digits"
            yield model.source.problem(f"{message} (got {model.family}); {remedy}", "family")


def one_family_is_spelled_one_way(catalog: Catalog) -> Iterator[Problem]:
    """Models of one paper or one repository whose families differ in signs alone are of one family, with one page."""
    first: dict[str, Model] = {}
    for model in catalog.models.values():
        other = first.setdefault(family_id(model.family).replace("-", ""), model)
        links, others = ({compare_form(link) for link in links_of(one)} for one in (model, other))
        if family_id(other.family) != family_id(model.family) and not links.isdisjoint(others):
            message = f'is almost the family "{other.family}" of catalog/models/{other.id}.yml'
            message += ", of the same paper or repository"
            remedy = "write it the same, or tell them apart by letters a to z or digits"
            yield model.source.problem(f"{message} (got {model.family}); {remedy}", "family")


def other_names_are_of_one_thing(catalog: Catalog) -> Iterator[Problem]:
    """A further name of a record that is another one's own is looked at by a person: it would speak of both."""
    owners: dict[str, list[Model | Paper]] = {}
    for record in catalog.sources:
        for name in {*names_of(record)} - {*record.also_known_as}:
            owners.setdefault(bare_text(name), []).append(record)
    for record in catalog.sources:
        for i, name in enumerate(record.also_known_as):
            having = owners.get(bare_text(name), ())
            if other := next((other for other in having if not _are_one(record, other)), None):
                message = f"is a name of {other.source.file} too; take it out where it means that one"
                yield record.source.problem(message, "also_known_as", i, level="notice")


def _are_one(one: Model | Paper, other: Model | Paper) -> bool:
    """Tell whether two records are variants of one family, or the model and the paper of one thing."""
    links = [{compare_form(link) for link in links_of(record)} for record in (one, other)]
    family = getattr(one, "family", None)
    return one is other or not links[0].isdisjoint(links[1]) or (family and family == getattr(other, "family", None))


def _called_alike(kind: str, records: Mapping[str, Paper | Model], told: Collection[str]) -> Iterator[Problem]:
    """Notice records that pages call as one before them, without those that are told as one record already."""
    first: dict[str, str] = {}
    for id, record in records.items():
        name = record.called if isinstance(record, Model) else record.short
        if (other := first.setdefault(bare_text(name), id)) != id and id not in told:
            message = f'pages call catalog/{kind}/{other}.yml "{name}" too; give one of them another short name'
            yield record.source.problem(message, "short" if record.short else "name", level="notice")


def papers_that_may_be_one_are_noticed(catalog: Catalog) -> Iterator[Problem]:
    """A title that goes on where another ends or has other endings, or one repository, is looked at by a person."""
    titles = {id: paper.title for id, paper in catalog.papers.items()}
    for id, other in titles_in_other_endings(titles):
        message = f"is but for endings of words the title of catalog/papers/{other}.yml; {ONE_OR_TWO}"
        yield catalog.papers[id].source.problem(message, "title", level="notice")
    for id, other in titles_that_go_on(titles):
        message = f"begins with the whole title of catalog/papers/{other}.yml; {ONE_OR_TWO}"
        yield catalog.papers[id].source.problem(message, "title", level="notice")
    repositories: dict[str, str] = {}
    for id, paper in catalog.papers.items():
        if paper.github and (other := repositories.setdefault(compare_form(paper.github), id)) != id:
            message = f"is the repository of catalog/papers/{other}.yml too; {ONE_OR_TWO}"
            yield paper.source.problem(message, "github", level="notice")


def questions_that_are_alike_are_noticed(catalog: Catalog) -> Iterator[Problem]:
    """A question in the words of another is looked at by a person: one may be asked twice on purpose."""
    asked: dict[str, str] = {}
    for id, question in catalog.questions.items():
        if catalog.lacks(question, "question"):
            continue
        if (other := asked.setdefault(bare_title(question.question), id)) != id:
            message = f"asks in the words of catalog/questions/{other}.md; {ONE_OR_ON_PURPOSE}"
            yield question.source.problem(message, "question", level="notice")


def summaries_end_in_no_line_break(catalog: Catalog) -> Iterator[Problem]:
    """A summary that stands in a block ends in no line break, which "|" adds and a prompt hardly has."""
    provided = ((q, (kind, id, "provided")) for q in catalog.questions.values() for kind, id, _ in _provided(q))
    for record, path in (*((paper, ()) for paper in catalog.papers.values()), *provided):
        mark = record.source.at(*path, "summary")
        if mark.style in ("|", ">") and mark.raw.endswith("\n"):
            message = (
                f'ends in a line break; write "{mark.style}-" in place of "{mark.style}", or the text in quotes '
                "if its prompt ends so"
            )
            yield record.source.problem(message, *path, "summary", level="notice")


def _same(field: str, other: str, *, almost: bool) -> str:
    """Say that two papers are one, whose field is the same or almost the same."""
    same = f"is {'almost ' if almost else ''}the {field} of catalog/papers/{other}.yml"
    return f"{same}; make one record of the two, or correct the {field}"


def _is_equal(paper: Paper, other: Paper, fields: str) -> bool:
    """Tell whether two papers have one title, and one link where that is named too."""
    return paper.title == other.title and ("link" not in fields or paper.link == other.link)


def addresses_lead_to_public_places(catalog: Catalog) -> Iterator[Problem]:
    """Links are http addresses of public hosts, and repositories are on GitHub."""
    for record in (*catalog.sources, *catalog.questions.values()):
        for path, address in _addresses(record):
            check = repository_problem if path[-1] == "github" else address_problem
            if address is not None and (message := check(address)):
                yield record.source.problem(message + _address_remedy(message, address, path[-1]), *path)


def links_to_arxiv_lead_to_a_paper(catalog: Catalog) -> Iterator[Problem]:
    """A link to arXiv holds an id as arXiv gives them; the prompt may have said it so, and people look."""
    for record in (*catalog.sources, *catalog.questions.values()):
        for path, address in _addresses(record):
            message = arxiv_problem(address) if address is not None else ""
            if message and not address_problem(address):
                yield record.source.problem(message, *path, level="notice")


def _address_remedy(message: str, address: str, field: str | int) -> str:
    """Say what to do about an address where its problem does not."""
    if is_none(address):
        return "; write null where there is none"
    if "; " in message:
        return ""
    return "; take it out where it is not on GitHub" if field == "github" else "; copy it from a browser's address line"


def _addresses(record: Record) -> Iterator[tuple[Path, str | None]]:
    """Yield the addresses of a record, each with its path."""
    if isinstance(record, Question):
        for kind, id, own in _provided(record):
            for field in ("link", "paper", "github"):
                yield (kind, id, "provided", field), getattr(own, field, None)
        return
    for field in ("link", "paper", "github"):
        yield (field,), getattr(record, field, None)
    for position, weights in enumerate(getattr(record, "weights", ())):
        yield ("weights", position, "link"), weights.link


def _provided(question: Question) -> Iterator[tuple[str, str, Provided | ProvidedModel]]:
    """Yield what the prompt of a question said of its own: models or papers, the id, and what it said."""
    for kind in ("models", "papers"):
        for id, offered in getattr(question, kind).items():
            if offered.provided:
                yield kind, id, offered.provided


def a_line_that_was_not_there_says_nothing(catalog: Catalog) -> Iterator[Problem]:
    """What a prompt is said to be without, it does not say."""
    for question in catalog.questions.values():
        for kind, id, own in _provided(question):
            for field in own.without:
                if was_given(own, field):
                    message = f'this prompt is said to be without {field} too; remove this line or "without"'
                    yield question.source.key_problem(message, kind, id, "provided", field)


def one_use_is_hosted(catalog: Catalog) -> Iterator[Problem]:
    """Of a model's uses exactly one is hosted, and each other one says where it is documented."""
    for model in catalog.models.values():
        hosted = [name for name, use in model.uses.items() if use.hosted]
        without = [name for name, use in model.uses.items() if not use.hosted and use.source is None]
        if model.uses and not hosted:
            where = f'in "{without[0]}"' if len(without) == 1 else "in the one that is"
            yield model.source.key_problem(f'no use is hosted; write "hosted: true" {where}', "uses")
            continue  # the hosted one needs no source
        for name in hosted[1:]:
            message = f'only one use is hosted, and "{hosted[0]}" already is; remove this line'
            yield model.source.problem(message, "uses", name, "hosted")
        for name in without:
            message = 'is not hosted, so it needs its place of documentation; add "source:"'
            yield model.source.key_problem(message, "uses", name)


def files_that_records_name_exist(catalog: Catalog) -> Iterator[Problem]:
    """Notebooks and implementations are files of the repository."""
    for record in (*catalog.sources, *catalog.questions.values()):
        for field, files in FILES.items():
            name = getattr(record, field, None)
            file = files.replace("*", name or "")
            if name and not (catalog.root / file).is_file():
                message = f"{file} does not exist (got {name}); add the file or remove this line"
                yield record.source.problem(message + did_you_mean(name, stems(catalog.root, files)), field)


# --- questions -------------------------------------------------------------------------------------------------------


def questions_offer_known_records(catalog: Catalog) -> Iterator[Problem]:
    """Each offered model and paper has a record of that kind."""
    for question in catalog.questions.values():
        for kind, offered in (("model", question.models), ("paper", question.papers)):
            known, others = (catalog.models, catalog.papers)[:: 1 if kind == "model" else -1]
            for id in offered:
                if id not in known and id not in catalog.unreadable:
                    yield question.source.key_problem(_no_record(kind, id, known, others), f"{kind}s", id)


def _no_record(kind: str, id: str, known: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    """Say that an offered record is not there."""
    if id in others:
        other = "paper" if kind == "model" else "model"
        return f"is a {other} (got {id}); move the line to {other}s:"
    meant = did_you_mean(id, known) or among_the_others(id, others, f"{kind}s")
    return f"catalog/{kind}s/{id}.yml does not exist (got {id}); add the record" + meant


def roles_have_reasons(catalog: Catalog) -> Iterator[Problem]:
    """Each paper that does not support the answer directly says why it stands there."""
    for question in catalog.questions.values():
        for id, paper in question.papers.items():
            known = paper.role in catalog.vocabulary.roles  # one that is not may be a misspelt one without a reason
            if known and paper.role != "direct" and paper.because is None and not catalog.lacks(question, "papers", id):
                message = f'the role {paper.role} needs its reason; add "because:" with one sentence'
                yield question.source.key_problem(message, "papers", id)


def reasons_say_something(catalog: Catalog) -> Iterator[Problem]:
    """Each reason has words that tell something: "Because it is so." has none."""
    for question in catalog.questions.values():
        for kind, offered in (("models", question.models), ("papers", question.papers)):
            for id, entry in offered.items():
                if entry.because is not None and _is_empty_talk(entry.because):
                    message = f'gives no reason (got "{entry.because}"); say what it does or lacks for this question'
                    yield question.source.problem(message, kind, id, "because")


def _is_empty_talk(reason: str) -> bool:
    """Tell whether fewer than two words of a sentence tell something."""
    return len([word for word in re.findall(r"[^\W_]+", reason.casefold()) if not TELLING_NOTHING.fullmatch(word)]) < 2


def notebooks_are_of_one_question(catalog: Catalog) -> Iterator[Problem]:
    """The notebook of a question is not that of another one, whose id it has."""
    for question in catalog.questions.values():
        if is_of_another_question(question, catalog):
            message = f"is the notebook of another question (got {question.notebook})"
            yield question.source.problem(
                f"{message}; name notebooks/{question.id}.py, or remove this line", "notebook"
            )


def is_of_another_question(question: Question, catalog: Catalog) -> bool:
    """Tell whether the notebook that a question names has the id of another question."""
    return question.notebook != question.id and question.notebook in catalog.questions


def siblings_are_other_questions(catalog: Catalog) -> Iterator[Problem]:
    """Siblings are other questions that exist."""
    for question in catalog.questions.values():
        for id in question.siblings:
            if id == question.id:
                yield question.source.key_problem("is this question itself; remove the line", "siblings", id)
        for id in _no_siblings(question, catalog):
            message = f"catalog/questions/{id}.md does not exist (got {id}); remove the line"
            yield question.source.key_problem(message + did_you_mean(id, catalog.questions), "siblings", id)


def _no_siblings(question: Question, catalog: Catalog) -> Iterator[str]:
    """Yield what a question names as its siblings that is no question."""
    return (id for id in question.siblings if id not in catalog.questions and id not in catalog.unreadable)


def siblings_name_each_other(catalog: Catalog) -> Iterator[Problem]:
    """Each of two published questions that are related says how the other differs, for both link to each other."""
    published = {id: question for id, question in catalog.questions.items() if question.status == "published"}
    for question in published.values():
        for id in question.siblings:
            other = published.get(id)
            if other is None or other is question or question.id in other.siblings:
                continue
            if catalog.lacks(other, "siblings"):
                continue  # it may be named by what cannot be read there
            if not any(nearest(meant, catalog.questions) == question.id for meant in _no_siblings(other, catalog)):
                message = f'"{id}" links back without a sentence; say in catalog/questions/{id}.md how this one differs'
                yield question.source.key_problem(message, "siblings", id)


def published_questions_are_complete(catalog: Catalog) -> Iterator[Problem]:
    """Each published question says what it asks, how it works and its short name; a draft need not."""
    for question in catalog.questions.values():
        if question.status == "published":
            for field in NEEDED_TO_PUBLISH[Question]:
                if getattr(question, field) is None and not catalog.lacks(question, field):
                    message = f'a published question needs "{field}:"; add it, or write "status: draft"'
                    yield question.source.problem(message, "status")


def published_answers_are_written(catalog: Catalog) -> Iterator[Problem]:
    """No part of a published answer still holds the placeholder of a new question."""
    for id, question in catalog.questions.items():
        answer = catalog.answers.get(id)
        for name, passage in answer.parts if answer and question.status == "published" else ():
            for number in dots(passage):
                message = 'is still to be written; write it in place of the dots, or write "status: draft"'
                yield Problem(question.source.file, number, 1, name, message)


def models_of_published_questions_are_complete(catalog: Catalog) -> Iterator[Problem]:
    """Each model that a published question offers says how it is used, and what it was trained on or that none tells.

    An empty `trained_on` says that the sources do not tell.
    """
    offering = {id: q.id for q in catalog.questions.values() if q.status == "published" for id in q.models}
    for id, question in sorted(offering.items()):
        model = catalog.models.get(id)
        for field in NEEDED_TO_PUBLISH[Model] if model else ():
            if not getattr(model, field) and not (field == "trained_on" and was_given(model, field)):
                message = f'has no {field}, but the published question "{question}" offers it; add {field}:'
                yield model.source.problem(message)


RULES: tuple[Callable[[Catalog], Iterator[Problem]], ...] = (
    ids_are_unique,
    names_stand_on_one_line,
    words_stand_in_the_vocabulary,
    lists_name_each_thing_once,
    claims_say_each_thing_once,
    ranges_go_upwards,
    reported_numbers_are_possible,
    each_paper_has_one_record,
    each_model_has_its_name,
    each_family_has_its_address,
    one_family_is_spelled_one_way,
    other_names_are_of_one_thing,
    papers_that_may_be_one_are_noticed,
    questions_that_are_alike_are_noticed,
    summaries_end_in_no_line_break,
    addresses_lead_to_public_places,
    links_to_arxiv_lead_to_a_paper,
    a_line_that_was_not_there_says_nothing,
    one_use_is_hosted,
    files_that_records_name_exist,
    questions_offer_known_records,
    roles_have_reasons,
    reasons_say_something,
    notebooks_are_of_one_question,
    siblings_are_other_questions,
    siblings_name_each_other,
    published_questions_are_complete,
    models_of_published_questions_are_complete,
    published_answers_are_written,
)
