"""The closed world: an answer names only the models and papers that were offered for its question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalog.beginnings import is_beginning, is_heading
from catalog.kept import kept
from catalog.links import NEW_ARXIV_ID, OLD_ARXIV_ID, arxiv_id, compare_form
from catalog.names import Name, NameIndex, as_latin, common_in_capitals, is_of_common_words, names_of
from catalog.plain_text import PlainText, plain_text
from catalog.problems import shortened
from catalog.records import Model, Paper, Provided, ProvidedModel, as_data

if TYPE_CHECKING:
    from catalog.load import Catalog

# Every pattern reads a character a bounded number of times: hostile text costs no more than other text.
_SLASHES = re.compile(r"//[^\s<>\"'`|\\^{}\[\]]++")
_SCHEME_END = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:\Z")
_HOST = re.compile(
    r"(?<![\w./@-])(?:[a-z0-9-]++\.(?=[a-z0-9-]))++([a-z]{2,24}+)(?![\w-])(:\d++)?((?:[/?#][^\s<>\"'`|\\^{}\[\]]*+)?)",
    re.I,
)
_LIKE_A_HOST = re.compile(r"\.[A-Za-z]{2}")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@(?:[a-z0-9-]++\.(?=[a-z0-9-]))++[a-z]{2,24}+", re.IGNORECASE)
_ARXIV = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:{NEW_ARXIV_ID}|(?<![\w-]){OLD_ARXIV_ID})(?:v\d{{1,3}}+)?(?![\d])", re.IGNORECASE
)
_ARXIV_WITHOUT_POINT = re.compile(
    r"\barxiv[^\S\n]?[:#(]?[^\S\n]?(?:id)?[^\S\n]?(\d{2}(?:0[1-9]|1[0-2]))[\s_-]?(\d{4,5})(?:v\d{1,3})?(?!\d)",
    re.IGNORECASE,
)
_LIKE_AN_ID = re.compile(r"[./]\d{4}")
_LIKE_EITHER = re.compile(rf"{_LIKE_A_HOST.pattern}|\.\d{{4}}")  # of a text without a slash
_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}+/[^\s<>\"]++")
_REPOSITORY = re.compile(
    r"(?<![\w./@:-])([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}+))/([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,99}+))(?![\w/])"
)
_HOSTING = re.compile(
    r"(?:github|gitlab|codeberg|bitbucket|hugging ?face|\bhf|\brepo|\brepository|\bclone|\bclones|\bforks?\sof|"
    r"\b(?:cloned|forked)\sfrom)\W{0,4}(?:(?:is|at|of|as|from|in|on|under|lives|user|page)\W{1,3}){0,3}\Z",
    re.IGNORECASE,
)
_HOSTED = re.compile(r"\W{0,4}(?:repo\b|repository\b|(?:on|at)\W{1,3}(?:github|gitlab|hugging ?face)|github\b)", re.I)
_POINTING = re.compile(
    r"\b(?:see|code|implementation|implemented|package|project|sources?)\W{0,4}(?:(?:is|at|of|as|from|in|on|under|the)\W{1,3}){0,3}\Z",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[a-z]-[a-z]|[a-z]\d|\d[a-z]")
_NUMBERED = re.compile(r"[a-z]{3,}\d+")
_SPELLED_LIKE_NO_WORD = re.compile(r"[a-z][A-Z]|_|[A-Z][a-z]{0,40}-|-[A-Z]")
_TRAILING = ".,;:!?)*_'\"”’»"
# Folders of a project, which stand in code as its files do, and words of which people write pairs.
_FOLDERS = re.compile(
    "and|assets|benchmarks?|catalog|checkpoints|configs?|core|data|datasets?|demo|docs|encoder|examples|experiments|figures|"
    "hooks|images|inputs?|libs?|loss|models?|nets?|networks?|notebooks|off|on|or|outputs?|results|runs?|scripts|src|tests?|"
    "train|training|utils|val|weights"
)

NOT_OFFERED = "was not offered for this question"
REMEDY = "cite an offered source as [@id] or take it out"

# Endings of web hosts; others count only before a path.
_ENDINGS = re.compile(
    "com|org|net|edu|gov|io|ai|co|dev|app|info|page|pub|science|ac|uk|de|fr|cn|jp|kr|ch|eu|ru|nl|ca|au|xyz|tech|cc"
)
# Real-ESRGAN, SwinIR and ResNet, but no PSNR, no U-Net and no Internet.
# It begins with a set of characters, so that the scan is quick.
_LIKE_A_NETWORK = re.compile(
    r"[A-Z](?<![\w./@#=-].)(?:[a-z]{1,20}-[A-Z]{5,20}|[A-Za-z]{1,20}(?:GAN|Net|Former|IR|SR))(?:-?\d\w{0,9})?(?![\w/])"
)
_FILE_ENDINGS = re.compile("py|md|ya?ml|json|txt|ipynb|pth?|pdf|png|svg|webp|jpg|toml|cfg|sh|html|css|js|csv|npz")


@dataclass(frozen=True)
class Outsider:
    """Something that was not offered: where it stands in the text, what to do, and whether it is a name."""

    start: int
    end: int
    message: str
    is_name: bool = False


class Names:
    """All names in the catalog, with the links and repositories of their records."""

    def __init__(self, catalog: Catalog) -> None:
        """Collect the names of all models and papers, their links and their repositories."""
        owners: dict[str, set[str]] = {}
        common: set[str] = set()
        self.links: dict[str, str] = {}
        for record in catalog.sources:
            for name in names_of(record):
                owners.setdefault(name, set()).add(record.id)
                common |= {name} if is_of_common_words(name, record) else set()
            for link in links_of(record):
                self.links.setdefault(compare_form(link), record.id)
        common |= common_in_capitals(owners, _texts(catalog))
        forms = (form for form in self.links if form.startswith("github:"))
        self.repositories = frozenset(form.rpartition("/")[2] for form in forms)
        self.index = NameIndex(Name(text, frozenset(ids), text in common) for text, ids in sorted(owners.items()))
        self._silent: dict[str, bool] = {}

    def is_silent(self, plain: str) -> bool:
        """Tell whether nothing in a plain text can be an outsider, whatever was offered; quick, as most are silent.

        It is remembered, since several rules ask, and places and data sets stand in many records.
        """
        if plain not in self._silent:
            latin = as_latin(plain)
            found = _may_point(plain) or self.index.near(latin) or _LIKE_A_NETWORK.search(latin)
            self._silent[plain] = not found
        return self._silent[plain]


@kept
def names_in(catalog: Catalog) -> Names:
    """Return the names in a catalog."""
    return Names(catalog)


def _texts(catalog: Catalog) -> Iterator[str]:
    """Yield each summary and each answer."""
    yield from (paper.summary for paper in catalog.papers.values())
    yield from ("\n".join(part.text for _, part in answer.parts) for answer in catalog.answers.values())


@dataclass(frozen=True)
class Offered:
    """What was offered for one question."""

    ids: frozenset[str]
    links: frozenset[str]
    texts: tuple[str, ...]
    records: tuple[Model | Paper, ...] = ()

    @cached_property
    def plain(self) -> str:
        """All provided texts as one plain text."""
        return "\n".join(plain_text(text).text for text in self.texts)

    @cached_property
    def latin(self) -> str:
        """The same with plain letters in place of those that look like them."""
        return as_latin(self.plain)

    @cached_property
    def folded(self) -> str:
        """The provided texts in small letters."""
        return self.plain.casefold()

    @cached_property
    def recorded(self) -> str:
        """All that the offered records say, in small letters."""
        return "\n".join(repr(as_data(record)) for record in self.records).casefold()

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The addresses that stand in the provided texts."""
        return frozenset(compare_form(link) for _, _, link in addresses(self.plain))

    @cached_property
    def _known(self) -> dict[str, bool]:
        """Whether the provided texts say a name, of the names that were asked for."""
        return {}

    def says(self, name: Name) -> bool:
        """Tell whether the provided texts say a name; it is remembered, since an answer says it again and again."""
        if name.text not in self._known:
            self._known[name.text] = name.stands_in(self.latin)
        return self._known[name.text]

    def mentions(self, word: str) -> bool:
        """Tell whether a word in small letters stands in a provided text, or anywhere in an offered record."""
        return word in self.folded or word in self.recorded


@kept
def offer(catalog: Catalog, question_id: str) -> Offered:
    """Return what was offered for a question: its records, their links, and every text that came with them."""
    question = catalog.questions[question_id]
    records = [catalog.models[id] for id in question.models if id in catalog.models]
    records += [catalog.papers[id] for id in question.papers if id in catalog.papers]
    links = {compare_form(link) for record in records for link in links_of(record)}
    texts = [question.question]
    for record in records:
        texts += names_of(record)
        texts += [record.summary] if isinstance(record, Paper) else []
    for own in filter(None, (offered.provided for offered in (*question.models.values(), *question.papers.values()))):
        links |= {compare_form(link) for link in links_of(own)}
        said = (own.name,) if isinstance(own, ProvidedModel) else (own.title, own.summary)
        texts += [text for text in said if text]
    return Offered(frozenset([*question.models, *question.papers]), frozenset(links), tuple(texts), tuple(records))


def offer_of(record: Model | Paper) -> Offered:
    """Return what comes with a record alone: its names, its links and its summary."""
    texts = [*names_of(record), *([record.summary] if isinstance(record, Paper) else [])]
    links = frozenset(map(compare_form, links_of(record)))
    return Offered(frozenset([record.id]), links, tuple(texts), (record,))


def links_of(record: Model | Paper | ProvidedModel | Provided) -> list[str]:
    """Return the provided links of a record, or those of one prompt."""
    paper = record.paper if isinstance(record, Model | ProvidedModel) else record.link
    return [link for link in (paper, record.github) if link]


def outsiders(plain: PlainText, offered: Offered, names: Names) -> Iterator[Outsider]:
    """Yield everything in a text that was not offered: addresses, arXiv ids, repositories, names of records."""
    if names.is_silent(plain.text):
        return
    judged = _Judged(plain.text)
    for start, end, message in _addressed(plain, offered, names, judged):
        yield Outsider(plain.origin(start), plain.origin(end - 1) + 1, message)
    for start, end, message in _names(plain, offered, names, judged):
        yield Outsider(plain.origin(start), plain.origin(end - 1) + 1, message, is_name=True)


def _may_point(text: str) -> bool:
    """Tell whether an address, an arXiv id or a repository may stand in a text."""
    return "/" in text or bool("." in text and _LIKE_EITHER.search(text)) or "arxiv" in text.casefold()


def is_outside(found: Outsider, plain: PlainText, offered: Offered, names: Names) -> bool:
    """Tell whether something that was found in a text is not in another offer either."""
    return any(other.start == found.start for other in outsiders(plain, offered, names))


def _addressed(plain: PlainText, offered: Offered, names: Names, judged: _Judged) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and message of addresses, arXiv ids and repositories in the plain text."""
    text = plain.text
    for start, end, address in addresses(text):
        judged.add(start, end)
        form = compare_form(address)
        if form not in offered.links and form not in offered.mentioned:
            yield start, end, _not_offered(address, names.links.get(form))
    for start, end, number in _arxiv_ids(text, judged):
        form = f"arxiv:{number}"
        if form not in offered.links and number not in offered.folded:
            yield start, end, _not_offered(text[start:end], names.links.get(form))
    for start, end, repository in _repositories(plain, judged, names):
        form = f"github:{repository.casefold()}"
        if form not in offered.links and form not in offered.mentioned:
            hint = "" if form in names.links else "; if it is no repository, put a space on each side of the slash"
            yield start, end, _not_offered(repository, names.links.get(form)) + hint


class _Judged:
    """The stretches of a text that are judged already."""

    def __init__(self, text: str) -> None:
        """Begin with none."""
        self._marks = bytearray(len(text))

    def add(self, start: int, end: int) -> None:
        """Mark a stretch."""
        self._marks[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether no character of a stretch is judged already."""
        return self._marks.find(1, start, end) < 0


def _not_offered(what: str, owner: str | None) -> str:
    """Return what to do with something that was not offered."""
    belongs = f", which belongs to {owner}" if owner else ""
    got = f'{NOT_OFFERED} (got "{shortened(what, 80)}"{belongs})'
    return f"{got}; {REMEDY}"


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and spelling of everything that reads as an address, with or without its scheme."""
    ends = 0
    if "//" in text:
        for match in _SLASHES.finditer(text):
            scheme = _SCHEME_END.search(text, max(match.start() - 32, ends), match.start())
            start = scheme.start() if scheme else match.start()
            address = _trimmed(text[start : match.end()])
            ends = start + len(address)
            yield start, ends, address
    if not _LIKE_A_HOST.search(text):
        return
    for match in _MAIL.finditer(text) if "@" in text else ():
        yield match.start(), match.end(), match[0]
    for match in _HOST.finditer(text):
        ending = match[1].casefold()
        known = _ENDINGS.fullmatch(ending) or match[0][:4].casefold() == "www."
        if known or (len(match[3]) > 1 and match[3][0] == "/" and not _FILE_ENDINGS.fullmatch(ending)):
            address = _trimmed(match[0])
            yield match.start(), match.start() + len(address), address


def _trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    return address.rstrip(_TRAILING)


def _arxiv_ids(text: str, judged: _Judged) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and id without version of every arXiv id and DOI that stands outside an address."""
    if "arxiv" in text.casefold():
        for match in _ARXIV_WITHOUT_POINT.finditer(text):
            judged.add(*match.span())
            yield *match.span(), f"{match[1]}.{match[2]}"
    if not _LIKE_AN_ID.search(text):
        return
    for pattern in (_DOI, _ARXIV):
        for match in pattern.finditer(text):
            if judged.is_free(*match.span()):
                judged.add(*match.span())
                number = arxiv_id(f"doi.org/{match[0]}") if pattern is _DOI else None
                yield *match.span(), number or re.sub(r"v\d+$", "", match[0].casefold())


def _repositories(plain: PlainText, judged: _Judged, names: Names) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and `owner/name` of everything that reads as a repository."""
    text = plain.text
    if "/" not in text:
        return
    for match in _REPOSITORY.finditer(text):
        repository = match[0].rstrip(_TRAILING)
        if not judged.is_free(*match.span()) or repository.endswith("/"):
            continue
        known = f"github:{repository.casefold()}" in names.links
        known = known or _is_pointed_at(text, match.start(), repository, names)
        if known or _is_called_repository(plain, match) or _reads_as_repository(*repository.split("/")):
            judged.add(*match.span())
            yield match.start(), match.start() + len(repository), repository


def _is_pointed_at(text: str, start: int, repository: str, names: Names) -> bool:
    """Tell whether `owner/name` in small letters is a copy of a known repository, or a sentence leads to it."""
    owner, name = repository.split("/")
    if repository != repository.lower() or len(owner) < 3 or len(name) < 3 or _FOLDERS.fullmatch(owner):
        return False
    if _FILE_ENDINGS.fullmatch(name.rpartition(".")[2]):
        return False
    pointed = _JOINED.search(name) and _POINTING.search(text, max(start - 40, 0), start)
    return name in names.repositories or bool(pointed)


def _is_called_repository(plain: PlainText, pair: re.Match[str]) -> bool:
    """Tell whether the words around `owner/name` say that it is a repository, or it fills a span of code."""
    before, after = max(pair.start() - 40, 0), pair.end() + 30
    if _HOSTING.search(plain.text, before, pair.start()) or _HOSTED.match(plain.text, pair.end(), after):
        return True
    start, end = plain.origin(pair.start()), plain.origin(pair.end() - 1) + 1
    if plain.written[start - 1 : start] != "`" or plain.written[end : end + 1] != "`":
        return False
    return not _FOLDERS.fullmatch(pair[1]) and not _FILE_ENDINGS.fullmatch(pair[2].rpartition(".")[2].casefold())


def _reads_as_repository(owner: str, name: str) -> bool:
    """Tell `xinntao/Real-Net` from `input/output`, `PSNR/SSIM` and `models/net.py`: a name is spelled as no word is."""
    if _FILE_ENDINGS.fullmatch(name.rpartition(".")[2].casefold()) or len(owner) < 3 or len(name) < 3:
        return False
    if owner.isupper() or name.isupper() or owner.isdigit() or name.isdigit():
        return False
    if _NUMBERED.fullmatch(owner) and not _NUMBERED.fullmatch(name):
        return True
    return any(_SPELLED_LIKE_NO_WORD.search(part) for part in (owner, name))


def _names(plain: PlainText, offered: Offered, names: Names, judged: _Judged) -> Iterator[tuple[int, int, str]]:
    """Yield the names of records that were not offered, unless they stand in an offered title or summary."""
    found: dict[tuple[int, int], Name] = {}
    text, latin = plain.text, as_latin(plain.text)
    for name in names.index.near(latin):
        if name.owners & offered.ids or offered.says(name):  # the first is the second, only quicker
            continue
        for match in name.pattern.finditer(latin):
            if judged.is_free(*match.span()) and name.is_meant(match[0]) and not _is_a_word(name, match, plain):
                found.setdefault(match.span(), name)
    reach = 0
    for (start, end), name in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
        if end > reach:  # a title that holds a shorter name is one problem
            reach = end
            judged.add(start, end)
            message = _not_offered(" ".join(text[start:end].split()), min(name.owners))
            yield start, end, message + _as_a_word(name, start, end, plain)
    for match in _LIKE_A_NETWORK.finditer(latin):
        if judged.is_free(*match.span()) and not offered.mentions(match[0].casefold()):
            message = f'reads as the name of a network that nothing offered names (got "{match[0]}")'
            yield *match.span(), f"{message}; {REMEDY}"


def _is_a_word(name: Name, found: re.Match[str], plain: PlainText) -> bool:
    """Tell whether a name of one word has its capital only because something begins with it."""
    if not name.is_one_word:
        return False
    return is_beginning(plain.written, plain.origin(found.start()), plain.origin(found.end() - 1) + 1)


def _as_a_word(name: Name, start: int, end: int, plain: PlainText) -> str:
    """Say how a name of one word is written where it is none; a heading begins with a capital, whatever it means."""
    if not name.is_one_word or is_heading(plain.written, plain.origin(start), plain.origin(end - 1) + 1):
        return ""
    return "; where only the word is meant, write it in small letters"
