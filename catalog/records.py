"""The record types: what a paper, a model, a question, the vocabulary and our lists beside it may say.

The types are the schema: allowed keys, required keys, the published JSON Schema, the skeletons of new records and the
contributor's tables are all derived from them. Field order is the order in which files are written.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from catalog.source import Source

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
FIGURE_PATTERN = r"^[1-9][0-9]*$"
RESULT_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+([_-][a-z0-9]+)*$"
LONGEST_LABEL = 80  # characters of the name of a box in a diagram

Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=80)]
Word = Annotated[str, Field(pattern=ID_PATTERN, max_length=80)]  # a key of vocabulary.yml
NAME_PATTERN = r"^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$"
Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=80)]  # a port, step, use, setting or fact
# A letter or digit of any script, spelled so that Python, pydantic and the editors' JSON Schema read it alike.
_LETTER = r"0-9A-Za-z\u00AA\u00B5\u00BA\u00C0-\u167F\u1681-\u1FFF\u2C00-\u2DFF\u3005-\u3007\u3021-\uD7FF\uF900-\uFFDC"
HOLDS_A_LETTER = f"[{_LETTER}]"
THREE_WORDS = rf"[{_LETTER}]\S*(\s+[^\s{_LETTER}]+)*\s+\S*[{_LETTER}]\S*(\s+[^\s{_LETTER}]+)*\s+\S*[{_LETTER}]"

Plain = Annotated[str, Field(min_length=1, max_length=2000, pattern=HOLDS_A_LETTER)]  # plain text: shown escaped
Label = Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL, pattern=HOLDS_A_LETTER)]
Reference = Annotated[str, Field(min_length=1, max_length=2000)]  # names a step or computes: others read it
Sentence = Annotated[str, Field(min_length=1, max_length=2000, pattern=THREE_WORDS)]  # plain text that says something
Short = Annotated[str, Field(min_length=1, max_length=60, pattern=HOLDS_A_LETTER)]  # named among others in one line
Abstract = Annotated[str, Field(min_length=1, max_length=10_000, pattern=HOLDS_A_LETTER)]  # $...$ is mathematics
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]  # contributed Markdown: rendered, then sanitised
Address = Annotated[str, Field(min_length=1, max_length=2000)]  # a web address, kept as it was provided
MeasuredResult = Annotated[str, Field(pattern=RESULT_PATTERN, max_length=161)]  # the id of a run, a dot, a result
Cue = Annotated[str, Field(min_length=1, max_length=80, pattern=HOLDS_A_LETTER)]  # words by which a question is read
Figure = Annotated[str, Field(pattern=FIGURE_PATTERN, max_length=4)]  # a whole number as a key: "12"
Piece = Annotated[str, Field(min_length=1, max_length=2000, pattern=HOLDS_A_LETTER)]  # a text with places to fill in
Number = Annotated[float, Field(allow_inf_nan=False)]
Dimension = Annotated[int | str, Field(union_mode="left_to_right")]  # 3, "H" or "s*H"


class Part(BaseModel):
    """A piece of a record: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Record(Part):
    """A whole file; `id` and `source` come from where it was read and are not fields of it.

    They are asked for so often that both look straight into pydantic's private values.
    """

    _id: str = PrivateAttr(default="")
    _source: Source = PrivateAttr(default_factory=Source)

    @property
    def id(self) -> str:
        """The file's name without its suffix."""
        return self.__pydantic_private__["_id"]

    @property
    def source(self) -> Source:
        """The file and the line and column of each of its values."""
        return self.__pydantic_private__["_source"]


# --- pieces that papers and models share -----------------------------------------------------------------------------


class Fact(Part):
    """A statement in our own words with its place in an offered paper or repository; cited as `[@id#fact]`."""

    says: Sentence = Field(description="One sentence, in our own words.")
    where: Plain = Field(description='The place: "abstract", "Table 1", "repository, models/liif.py".')


class Reported(Part):
    """A number that the paper or repository itself prints; cited as `[=id@number]`."""

    metric: Name = Field(description="A metric of vocabulary.yml, which holds its unit, direction and range.")
    value: Number = Field(description="The number as printed.")
    where: Plain = Field(description='The place: "Table 1", "abstract".')
    method: Plain | None = Field(default=None, description="The method the number belongs to, when not this one.")
    dataset: Plain | None = Field(default=None, description="The data set it was measured on.")
    says: Plain | None = Field(default=None, description="What the number is, when metric and data set do not tell.")


class Reproduction(Part):
    """A claim of the paper that our run tested."""

    claim: Plain = Field(description="The claim, in the paper's terms.")
    short: Short = Field(
        description='The claim in a few words, such as "little loss at fifteen times smaller"; the page begins with it.'
    )
    where: Plain = Field(description="Where the paper makes it.")
    holds: Reference | None = Field(default=None, description="An expression over results; absent: not tried.")
    reported: list[Name] = Field(
        default_factory=list, description="The numbers under `reported` in which the claim is made: [liif-x2]."
    )
    ours: dict[Label, Reference] = Field(
        default_factory=dict,
        description="Our numbers, each under what it is, a result or an expression over results; needed with holds.",
    )
    scale: Sentence | None = Field(default=None, description="How large our test was; needed with holds.")
    because: Sentence | None = Field(default=None, description="Why it was not tried; needed without holds.")


class Weights(Part):
    """One file of trained weights."""

    origin: Literal["official", "trained here"] = Field(description="Who trained them.")
    file: Plain = Field(description="The file's name.")
    link: Address | None = Field(default=None, description="Where it can be had; null when it is gone.")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(description="Digest, or null if unknown.")
    license: Plain | None = Field(description="The licence of the weights; null when none is stated.")


class Tested(Record):
    """What runs, papers and repositories tell of an offered source: the fields below its head."""

    notebook: Id | None = Field(default=None, description="The notebook that runs or tests it.")
    figure: Id | None = Field(
        default=None,
        description="The figure of its run that stands on its page; left out, the first of the essay for a paper, that "
        "of the answer for a model.",
    )
    implementation: Name | None = Field(default=None, description="The file of notebooks/models/ that implements it.")
    not_compared: Sentence | None = Field(
        default=None, description="Why our network was not compared with official code; left out where it was."
    )
    facts: dict[Name, Fact] = Field(
        default_factory=dict, description="Statements with their place in the paper or repository."
    )
    weights: list[Weights] = Field(default_factory=list, description="Files of trained weights.")
    limits: list[Plain] = Field(default_factory=list, description="What it does not do, one sentence each.")
    traps: dict[Name, Fact] = Field(
        default_factory=dict, description="What goes wrong when it is run or built anew, each with its place."
    )
    cost: list[MeasuredResult] = Field(
        default_factory=list, description="Results of runs that say what it costs: [fine-text-2x.seconds_one_pass]."
    )
    license: Plain | None = Field(default=None, description="The licence of its code.")
    reported: dict[Name, Reported] = Field(
        default_factory=dict, description="Numbers that its paper or repository prints."
    )
    reproduction: dict[Name, Reproduction] = Field(default_factory=dict, description="What our run found.")


# --- paper -----------------------------------------------------------------------------------------------------------


class PaperHead(Record):
    """What a paper is: as a prompt gave it, and in our words."""

    title: Plain = Field(description="The title, as provided.")
    short: Plain = Field(description="The name people use in a sentence, such as LightGaussian.")
    also_known_as: list[Plain] = Field(
        default_factory=list, description="Other names people write of it, such as the full words of a short one."
    )
    says: Sentence | None = Field(
        default=None, description="What it is, in two sentences for the top of its page; needed with a notebook."
    )
    takes: Sentence | None = Field(default=None, description="What goes in, of what shape; needed with a notebook.")
    gives: Sentence | None = Field(default=None, description="What comes out; needed with a notebook.")
    link: Address | None = Field(description="The link, as provided; null: the prompt said 'None'.")
    github: Address | None = Field(
        default=None, description="The repository, as provided; leave the line out if none was given."
    )
    summary: Abstract = Field(description="The provided summary, byte for byte.")


class Paper(Tested, PaperHead):
    """A paper that was offered for at least one question."""


# --- model -----------------------------------------------------------------------------------------------------------


class Port(Part):
    """What goes in or out: its type, and for pictures the shape and the range of values."""

    type: Word = Field(description="A port type of vocabulary.yml, such as image or text.")
    shape: list[Dimension] | None = Field(default=None, description="Such as [3, H, W] or [3, s*H, s*W].")
    range: list[Number] | None = Field(
        default=None, min_length=2, max_length=2, description="Lowest and highest value."
    )
    says: Plain | None = Field(default=None, description="What else a caller must know.")


class Setting(Part):
    """A value the caller chooses, such as an enlargement factor."""

    type: Literal["number", "integer", "text"] = Field(description="number, integer or text.")
    minimum: Number | None = Field(default=None, description="Lowest allowed value.")
    maximum: Number | None = Field(default=None, description="Highest allowed value.")
    default: Number | str | None = Field(default=None, description="Used when a step does not say.")
    says: Plain = Field(description="What it sets.")


class Contract(Part):
    """What a step takes and gives."""

    inputs: dict[Name, Port] = Field(description="Ports it takes.", min_length=1)
    outputs: dict[Name, Port] = Field(description="Ports it gives.", min_length=1)
    settings: dict[Name, Setting] = Field(default_factory=dict, description="Values the caller chooses.")


class Use(Contract):
    """One way a model can be run."""

    hosted: bool = Field(default=False, description="true for the one use that is hosted.")
    task: Word = Field(description="A task of vocabulary.yml.")
    source: Plain | None = Field(default=None, description="Where a use that is not hosted is documented.")
    says: Plain | None = Field(default=None, description="One sentence on what this use does.")


class ModelHead(Record):
    """What a model is: as a prompt gave it, how it can be run, and in our words."""

    name: Plain = Field(description="The name, as provided.")
    short: Plain | None = Field(
        default=None, description="The name people use in a sentence, such as LIIF-EDSR; else the name as provided."
    )
    family: Plain = Field(description="The name its variants share, such as MSSNet.")
    also_known_as: list[Plain] = Field(
        default_factory=list, description="Other names people write of it, such as the full words of a short one."
    )
    says: Sentence | None = Field(default=None, description="What it is, in two sentences for the top of its page.")
    paper: Address | None = Field(default=None, description="The link, as provided; null: the prompt said 'None'.")
    github: Address | None = Field(default=None, description="The repository, as provided.")
    uses: dict[Name, Use] = Field(default_factory=dict, description="The ways it can be run; exactly one is hosted.")
    trained_on: list[Word] = Field(
        default_factory=list, description="Content words of vocabulary.yml; [] when the sources do not say."
    )


class Model(Tested, ModelHead):
    """A neural network that was recommended for at least one question."""

    @property
    def called(self) -> str:
        """What pages call it."""
        return self.short or self.name


# --- question --------------------------------------------------------------------------------------------------------


class Asks(Part):
    """What the person wanted done, in words of the vocabulary."""

    task: Word = Field(description="A task of vocabulary.yml.")
    from_: Word = Field(alias="from", description="The port type the person starts from.")
    to: Word = Field(description="The port type the person wants.")
    scale: Number | None = Field(
        default=None, gt=0, description="The enlargement asked for, when the question names one."
    )
    about: Word = Field(description="What the picture shows: a content word of vocabulary.yml.")
    wants: list[Word] = Field(default_factory=list, description="Further wishes of vocabulary.yml, such as low-cost.")


class ProvidedModel(Part):
    """What one prompt said of a model, where it differs from its record; what is left out is as in the record."""

    name: Plain | None = Field(default=None, description="The name of this prompt.")
    paper: Address | None = Field(default=None, description="The link of this prompt; null: it said 'None'.")
    github: Address | None = Field(default=None, description="The repository of this prompt; null: it said 'None'.")
    without: list[Literal["paper", "github"]] = Field(
        default_factory=list, description="Lines that the record has and this prompt did not have, such as [github]."
    )


class OfferedModel(Part):
    """A model that was recommended for the question."""

    because: Sentence | None = Field(default=None, description="Why the verdict is not 'does this job'.")
    provided: ProvidedModel | None = Field(default=None, description="What this prompt said differently.")


class Provided(Part):
    """What one prompt said of a paper, where it differs from its record; what is left out is as in the record."""

    title: Plain | None = Field(default=None, description="The title of this prompt.")
    link: Address | None = Field(default=None, description="The link of this prompt; null: it said 'None'.")
    github: Address | None = Field(default=None, description="The repository of this prompt; null: it said 'None'.")
    summary: Abstract | None = Field(default=None, description="The summary of this prompt.")
    without: list[Literal["github"]] = Field(
        default_factory=list, description="Lines that the record has and this prompt did not have: [github]."
    )


class OfferedPaper(Part):
    """A paper that was offered for the question, with its role."""

    role: Word = Field(description="A role of vocabulary.yml.")
    because: Sentence | None = Field(default=None, description="The reason; needed unless the role is direct.")
    provided: Provided | None = Field(default=None, description="What this prompt said differently.")


class Input(Port):
    """What a person puts into the workflow."""

    label: Label = Field(description="Its name in the diagram.")


class Step(Part):
    """One box of the workflow."""

    run: Reference = Field(description="An operation, a model (its hosted use) or model.use.")
    takes: Reference | dict[Name, Reference] = Field(
        description="One source, or a map of port to source; a source is an input, a step or step.port."
    )
    with_: dict[Name, Number | str] = Field(default_factory=dict, alias="with", description="Values of its settings.")
    label: Label | None = Field(default=None, description="Its name in the diagram.")


class Output(Part):
    """What the workflow gives."""

    from_: Reference = Field(alias="from", description="A step or step.port.")
    label: Label = Field(description="Its name in the diagram.")


class Workflow(Part):
    """A typed graph: inputs, steps, outputs."""

    inputs: dict[Name, Input] = Field(min_length=1, description="What a person puts in.")
    steps: dict[Name, Step] = Field(
        min_length=1,
        max_length=60,
        description="What is run, such as enlarge: {run: bicubic, takes: page}.",
    )
    outputs: dict[Name, Output] = Field(min_length=1, description="What comes out.")


class Claim(Part):
    """A sentence that results support; a claim that does not hold fails the build."""

    says: Sentence = Field(description="The sentence.")
    holds: Reference = Field(description="A comparison over results, such as fine-text-2x.gain_text_x2 > 0.2")


class Question(Record):
    """The front matter of an answer; the answer itself is the Markdown below it (see catalog/answer.py)."""

    question: Plain = Field(description="The question, as provided.")
    short: Short | None = Field(default=None, description="Its name in navigation, at most 60 characters.")
    asks: Asks | None = Field(default=None, description="What the person wanted done.")
    models: dict[Id, OfferedModel] = Field(min_length=1, description="The recommended models, in the order provided.")
    papers: dict[Id, OfferedPaper] = Field(
        default_factory=dict, description="The related papers, in the order provided."
    )
    workflow: Workflow | None = Field(default=None, description="Inputs, steps, outputs.")
    notebook: Id | None = Field(default=None, description="The notebook whose run is shown.")
    figure: Id | None = Field(
        default=None, description="The figure of that run that stands under the answer; left out, a pair to compare."
    )
    claims: list[Claim] = Field(default_factory=list, description="Sentences that results support.")
    siblings: dict[Id, Plain] = Field(default_factory=dict, description="Related questions, each with what differs.")
    status: Literal["draft", "published"] = Field(description="draft or published.")


# --- vocabulary ------------------------------------------------------------------------------------------------------


class Task(Part):
    """A job a person wants done or a use does."""

    title: Plain = Field(description="Its name in a heading.")
    says: Plain = Field(description="One sentence for a curious person.")
    helps: dict[Word, Plain] = Field(
        default_factory=dict, description="Tasks in which it can be a step, each with the reason."
    )


class Term(Part):
    """A word with its meaning: a port type, a kind of content, a wish or a role."""

    title: Plain = Field(description="Its name on a page.")
    says: Plain = Field(description="One sentence.")


class Operation(Contract):
    """A step without learned weights."""

    title: Plain = Field(description="Its name in the diagram.")
    says: Plain = Field(description="One sentence.")
    task: Word | None = Field(
        default=None, description="The task it does plainly, such as super-resolution for bicubic."
    )


class Metric(Part):
    """What a number means."""

    title: Plain = Field(description="Its name, such as PSNR.")
    says: Plain = Field(description="One sentence.")
    unit: str = Field(default="", max_length=20, description="Printed after the number; empty for none.")
    better: Literal["higher", "lower", "neither"] = Field(description="Which direction is better.")
    range: list[Number | None] = Field(
        default=[None, None], min_length=2, max_length=2, description="Possible values; null is open."
    )
    digits: int = Field(default=2, ge=0, le=6, description="Decimals printed.")
    whole: bool = Field(default=False, description="true if it counts, so that only whole numbers are possible.")
    quality: bool = Field(
        default=False, description="true if it speaks of quality: then untrained weights may not support it."
    )


class Vocabulary(Record):
    """The words that records may use."""

    tasks: dict[Word, Task]
    types: dict[Word, Term]
    content: dict[Word, Term]
    wants: dict[Word, Term]
    roles: dict[Word, Term]
    operations: dict[Word, Operation]
    metrics: dict[Name, Metric]


# --- our lists beside the vocabulary ---------------------------------------------------------------------------------


class Cues(Record):
    """The words of a question that decide what it asks; {...} in a description is what its cues may hold."""

    task: dict[Word, list[Cue]] = Field(description="Cues of each task; {factor} is a factor, {size} a word of size.")
    about: dict[Word, list[Cue]] = Field(description="Cues of each kind of content.")
    wants: dict[Word, list[Cue]] = Field(description="Cues of each wish.")
    factor: list[Cue] = Field(description="How a factor is named by {n}, its number.")
    multiple: list[Cue] = Field(description="How it is named before a word of size: by {n}, or by {m}, a multiple.")
    enlarged: list[Cue] = Field(description="How it is named by {n} with what grows.")
    size: list[Cue] = Field(description="Words of size.")
    no_size: list[Cue] = Field(description="Words before which a number is no factor.")
    numbers: dict[Figure, list[Cue]] = Field(description="Words that are a number.")
    multiples: dict[Figure, list[Cue]] = Field(description="Words that are so many times.")
    small_words: list[Cue] = Field(description="Words that say nothing about a subject.")


class DraftFormat(Record):
    """The pieces of a derived answer; {...} in a description is what is filled in."""

    mark: Piece = Field(description="Marks what nobody has written.")
    body: Piece = Field(description="The whole: {mark}, {lead}, {task}, {workflow} and {sources}.")
    lead: Piece = Field(description="The first sentence, with {models}.")
    model: Piece = Field(description="A recommended model: its {name} and {id}.")
    task: Piece = Field(description="The task: its {title} and what it {says}.")
    aim: Piece = Field(description="The enlargement by {scale}.")
    steps: Piece = Field(description="The workflow, with its {lines}.")
    step: Piece = Field(description="A step: its {number} and {label}, what it {takes}, and {cite}.")
    input: Piece = Field(description="An input: its {number} and {label}; {takes} and {cite} are empty.")
    cite: Piece = Field(description="A citation of the {id}.")
    source_: Piece = Field(alias="source", description="A source: its {id} and what is {known}.")
    unnamed: Piece = Field(description="Stands for a name that Markdown would take for a mark.")
    link: Piece = Field(description="A {link}.")
    no_link: Piece = Field(description="Stands where no link was provided.")


FOLDERS = {  # of the records of each kind, with how their files end
    "paper": ("catalog/papers", ".yml"),
    "model": ("catalog/models", ".yml"),
    "question": ("catalog/questions", ".md"),
}
RECORD_TYPES: dict[str, type[Record]] = {
    "paper": Paper,
    "model": Model,
    "question": Question,
    "vocabulary": Vocabulary,
    "cues": Cues,
    "draft_format": DraftFormat,
}


def was_given(record: Part, field: str) -> bool:
    """Tell whether a field stood in the file: `null` was given, an absent line was not."""
    return field in record.model_fields_set


def as_data(record: Part) -> dict[str, Any]:
    """Return the fields that stood in the file, by their names in the file."""
    return record.model_dump(by_alias=True, exclude_unset=True)
