"""Turns contributed Markdown into HTML that can do no harm.

Order matters: Markdown first, then an allow-list of tags per piece, then our own fragments (citations, numbers,
figures) in place of tokens that no contributor can write. TRUST: nothing contributed is ever marked safe before nh3 has
cleaned it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from hooks.cleaning import CLEANER, ID_PREFIX
from hooks.page_templates import macro
from hooks.pages import Heading

_paragraph = macro("prose.html", "paragraph")
_verbatim = macro("prose.html", "verbatim")
_strong = macro("prose.html", "strong")
_em = macro("prose.html", "em")
_blockquote = macro("prose.html", "blockquote")
_heading = macro("prose.html", "heading")

_OPEN, _SHUT = "\ue000", "\ue001"  # private characters around the number of a token
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_TOKEN = re.compile(f"{_OPEN}(\\d+){_SHUT}")
_BLANK = re.compile(r"\n[ \t]*\n\s*")

# A paragraph in which Markdown would find nothing but emphasis: it starts with a letter, perhaps inside emphasis.
_ORDINARY = r"[^\\`_\[<&$|\n]*"
_LETTER = r"[^\W\d_]"
_PLAIN_PARAGRAPH = re.compile(
    rf"(?!\w\.)(?:(?:\*\*?)?{_LETTER}|[\"“‘(]){_ORDINARY}(?:\n(?:{_LETTER}|[\"“‘(,;]){_ORDINARY})*"
)
_PLAIN_HEADING = re.compile(rf"(#{{1,6}}) ({_LETTER}[^\\\\`*_\[<&$|#\n{_OPEN}]*)")
_STRONG = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*(?!\*)")
_EMPHASIS = re.compile(r"(?<!\*)\*([^\s*](?:[^*\n]*[^\s*])?)\*(?!\*)")
_QUOTE_MARK = re.compile(r"^> ", re.MULTILINE)
_NEEDS_WHOLE_TEXT = re.compile(r"```|~~~|<|\]:|^(?: {2,}|\t)|  $", re.MULTILINE)

# Python-Markdown takes quadratic time over runs of openers; the checks refuse such text, this only keeps a page alive.
_COSTLY = re.compile(r"(?:(?:!?\[|\*\[|<[!/a-z]?|[*_`\\]{3})\s*){50}", re.IGNORECASE)
_MOST_TAGS = 2_000
LONGEST_ID = 72  # characters, so that a number behind it still fits the cleaner's 80


@dataclass(frozen=True)
class Insert:
    """A trusted fragment in place of `text[start:end]`.

    Attributes:
        start: offset of its first character.
        end: offset after its last character.
        html: the fragment, made by one of our templates.
        plain: what it says in a search result.
        block: it stands between paragraphs, not inside one.
    """

    start: int
    end: int
    html: Markup
    plain: str = ""
    block: bool = False


@dataclass(frozen=True)
class Wrap:
    """A trusted frame around the blocks of `text[start:end]`; `around` gets their cleaned HTML."""

    start: int
    end: int
    around: Callable[[Markup], Markup]


@dataclass(frozen=True)
class Fragment:
    """Cleaned HTML with the headings that stand in it."""

    html: Markup
    headings: tuple[Heading, ...] = ()


def render(
    text: str, name: str, inserts: Sequence[Insert] = (), wraps: Sequence[Wrap] = (), *, deeper: int = 0
) -> Fragment:
    """Return contributed Markdown as harmless HTML.

    `name` makes ids unique on the page; headings move `deeper` levels down.
    """
    headings = _Found(f"{ID_PREFIX}{name}-")
    pieces = [_finish(html, inserts) for html in _convert(_with_tokens(text, inserts, wraps), wraps, deeper, headings)]
    return Fragment(Markup("\n").join(pieces), tuple(headings.all))


def plain_text(text: str, inserts: Sequence[Insert] = ()) -> str:
    """Return what Markdown says, without its marks, for search and descriptions."""
    for insert in sorted(inserts, key=lambda insert: -insert.start):
        text = text[: insert.start] + insert.plain + text[insert.end :]
    if _MARKS.search(text):
        text = re.sub(r"!?\[([^\]\[]*)\]\([^()\s]*\)", r"\1", text)
        text = re.sub(r"^[ \t]*(?:#{1,6}|>|[-*+]|\d+\.)\s+", "", text, flags=re.MULTILINE)
        text = re.sub(r"[*`]+|(?<!\w)_|_(?!\w)", "", text)
    return re.sub(r" ([.,;:!?])", r"\1", " ".join(text.split()))


_MARKS = re.compile(r"[*`_\[]|^[ \t]*(?:[#>+-]|\d+\.)", re.MULTILINE)


def first_words(text: str, most: int) -> str:
    """Return at most `most` characters, cut between words."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


# --- tokens ----------------------------------------------------------------------------------------------------------


def _with_tokens(text: str, inserts: Sequence[Insert], wraps: Sequence[Wrap]) -> str:
    """Return the text with a token for each fragment, and for each end of a frame, in place."""
    text = _PRIVATE.sub("\ufffd", text)
    edits = [(i.start, i.end, _token(n, block=i.block)) for n, i in enumerate(inserts)]
    for n, wrap in enumerate(wraps):
        edits.append((wrap.start, wrap.start, _token(_opening(n), block=True)))
        edits.append((wrap.end, wrap.end, _token(_closing(n), block=True)))
    for start, end, token in sorted(edits, reverse=True):
        text = text[:start] + token + text[end:]
    return text


def _token(number: int, *, block: bool) -> str:
    """Return the mark that stands for a fragment."""
    return f"\n\n{_OPEN}{number}{_SHUT}\n\n" if block else f"{_OPEN}{number}{_SHUT}"


def _opening(n: int) -> int:
    """Return the token number at the start of frame `n`."""
    return 100_000 + 2 * n


def _closing(n: int) -> int:
    """Return the token number at the end of frame `n`."""
    return 100_001 + 2 * n


@dataclass
class _Frame:
    """A frame that is open: what it holds so far."""

    around: Callable[[Markup], Markup]
    pieces: list[Markup] = field(default_factory=list)


def _convert(text: str, wraps: Sequence[Wrap], deeper: int, headings: _Found) -> Iterator[Markup]:
    """Yield cleaned HTML piece by piece; block tokens come as pieces of their own, frames are closed."""
    frames = [_Frame(Markup)]
    for chunk in _chunks(text):
        number = None if isinstance(chunk, Markup) else _block_token(chunk)
        if isinstance(chunk, Markup) or (number is not None and number < 100_000):
            frames[-1].pieces.append(Markup(chunk))
        elif number is None:
            frames[-1].pieces.append(_chunk_html(chunk, deeper, headings))
        elif number % 2 == 0:
            frames.append(_Frame(wraps[(number - 100_000) // 2].around))
        elif len(frames) > 1:
            _close(frames)
    while len(frames) > 1:
        _close(frames)
    yield from frames[0].pieces


def _close(frames: list[_Frame]) -> None:
    """Put the innermost frame around its pieces."""
    frame = frames.pop()
    frames[-1].pieces.append(frame.around(Markup("\n").join(frame.pieces)))


def _block_token(chunk: str) -> int | None:
    """Return the number of the token that is the whole chunk, if it is one."""
    match = _TOKEN.fullmatch(chunk)
    return int(match[1]) if match else None


def _chunks(text: str) -> Iterator[str | Markup]:
    """Yield tokens, finished simple blocks, and between them whatever Markdown must read in one piece."""
    simple = not _NEEDS_WHOLE_TEXT.search(text)
    waiting: list[str] = []
    for chunk in map(str.rstrip, _BLANK.split(text.strip("\n"))):
        alone = chunk if _TOKEN.fullmatch(chunk) else None
        if simple and alone is None:
            alone = chunk if _PLAIN_HEADING.fullmatch(chunk) else _simple_block(chunk)
        if alone is None:
            waiting.append(chunk)
            continue
        if waiting:
            yield "\n\n".join(waiting)
            waiting = []
        yield alone
    if waiting:
        yield "\n\n".join(waiting)


def _simple_block(chunk: str) -> Markup | None:
    """Return a plain paragraph, or a quotation of one, as Markdown would give it; None for everything else.

    Most prose is this simple, and Markdown takes fifty times as long over it.
    """
    if chunk.startswith("> ") and all(line.startswith("> ") for line in chunk.split("\n")):
        inner = _simple_paragraph(_QUOTE_MARK.sub("", chunk))
        return None if inner is None else _blockquote(inner)
    return _simple_paragraph(chunk)


def _simple_paragraph(chunk: str) -> Markup | None:
    """Return a paragraph that has emphasis at most; None for everything else."""
    if not _PLAIN_PARAGRAPH.fullmatch(chunk):
        return None
    if "*" not in chunk:
        return _paragraph(chunk)
    return _with_emphasis(chunk)


def _with_emphasis(chunk: str) -> Markup | None:
    """Return a paragraph with strong and emphasised words; None unless every asterisk belongs to one of them."""
    pieces: list[str | Markup] = []
    for i, piece in enumerate(_STRONG.split(chunk)):
        pieces += [_strong(piece)] if i % 2 else [_em(p) if j % 2 else p for j, p in enumerate(_EMPHASIS.split(piece))]
    if any("*" in piece for piece in pieces if not isinstance(piece, Markup)):
        return None
    return _paragraph(Markup("").join(pieces))


def _finish(html: Markup, inserts: Sequence[Insert]) -> Markup:
    """Put the fragments in place of their tokens; a token inside a tag is dropped."""
    if _OPEN not in html:
        return html

    def place(match: re.Match[str]) -> str:
        if match[1] is None:
            return _TOKEN.sub("", match[0]) if _OPEN in match[0] else match[0]
        number = int(match[1])
        return str(inserts[number].html) if number < len(inserts) else ""

    return Markup(_TAG_OR_TOKEN.sub(place, str(html)))


_TAG_OR_TOKEN = re.compile(f'<[^<>"]*(?:"[^"]*"[^<>"]*)*>|{_OPEN}(\\d+){_SHUT}')


# --- Markdown --------------------------------------------------------------------------------------------------------


class _Headings(Treeprocessor):
    """Gives headings their level and id, and cells their alignment as a class."""

    found: list[Heading]

    def run(self, root: Element) -> None:
        """Walk the tree once."""
        for element in root.iter():
            if len(element.tag) == 2 and element.tag[0] == "h" and element.tag[1].isdigit():
                self._heading(element)
            elif element.tag in ("th", "td") and "align" in element.attrib:
                element.set("class", f"ma-align-{element.attrib.pop('align')}")

    def _heading(self, element: Element) -> None:
        """Give a heading an id within its fragment and remember it."""
        level = min(6, max(2, int(element.tag[1]) + self.md.deeper))
        element.tag = f"h{level}"
        title = "".join(element.itertext())
        unique = _slug(title, self.md.ids)
        element.set("id", unique)
        self.found.append(Heading(unique, _TOKEN.sub("", title).strip(), level))


@dataclass
class _Found:
    """The headings found so far; `ids` holds each id in use, with the number that sets the next equal one apart."""

    prefix: str
    all: list[Heading] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)


def _slug(title: str, ids: dict[str, int]) -> str:
    """Return a heading as an id that is not in use yet, and note it."""
    slug = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:LONGEST_ID] or "part"
    number = ids.get(slug, 1)
    while (unique := slug if number == 1 else f"{slug}-{number}") in ids:
        number += 1
    ids[unique] = 2
    ids[slug] = number + 1
    return unique


class _OurMarks(Extension):
    """Registers the walk over headings and cells after the inline patterns."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  the name is Markdown's
        """Add the walk."""
        md.treeprocessors.register(_Headings(md), "headings", 15)


def _markdown() -> Markdown:
    """Return the one converter, with few extensions: each costs time on every page."""
    md = Markdown(
        extensions=["tables", "fenced_code", "sane_lists", "pymdownx.arithmatex", _OurMarks()],
        extension_configs={"pymdownx.arithmatex": {"generic": True}, "tables": {"use_align_attribute": True}},
        output_format="html",
    )
    md.deeper, md.ids = 0, {}
    return md


_MARKDOWN = _markdown()


def _chunk_html(chunk: str, deeper: int, headings: _Found) -> Markup:
    """Return one piece of Markdown as cleaned HTML; its headings are added to `headings`."""
    if match := _PLAIN_HEADING.fullmatch(chunk):
        return _simple_heading(match, deeper, headings)
    if _COSTLY.search(chunk) or chunk.count("<") > _MOST_TAGS:
        return _verbatim(chunk)
    _MARKDOWN.reset()
    _MARKDOWN.deeper, _MARKDOWN.ids = deeper, headings.ids
    _MARKDOWN.treeprocessors["headings"].found = found = []  # of an empty chunk nothing is walked
    try:
        html = _converted(chunk)
    except RecursionError:  # hundreds of lists in each other, which the checks refuse too
        return _verbatim(chunk)
    taken = {heading.id for heading in headings.all}
    cleaned, renamed = CLEANER.clean(html, headings.prefix, taken)
    headings.all += [Heading(renamed[h.id], h.title, h.level) for h in found if h.id in renamed]
    return cleaned


def _converted(chunk: str) -> str:
    """Return what Markdown makes of a text."""
    global _MARKDOWN
    try:
        return _MARKDOWN.convert(chunk)
    except BaseException:  # it stopped halfway, and would go on in the middle of a list
        _MARKDOWN = _markdown()
        raise


def _simple_heading(match: re.Match[str], deeper: int, headings: _Found) -> Markup:
    """Return a heading without marks in it as Markdown and the cleaner would give it."""
    level = min(6, max(2, len(match[1]) + deeper))
    found = Heading(headings.prefix + _slug(match[2], headings.ids), match[2], level)
    headings.all.append(found)
    return _heading(found.level, found.id, found.title)
