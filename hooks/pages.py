"""A page as a plain value, so that the thinking about pages needs no site generator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Heading:
    """A heading that the table of contents shows.

    Attributes:
        id: its anchor in the page.
        title: plain text, not escaped.
        level: 2 for a main part, 3 for a part of a part; the page's own title is 1.
    """

    id: str
    title: str
    level: int = 2


@dataclass(frozen=True)
class SearchEntry:
    """What the search finds on a page.

    Attributes:
        anchor: where the result leads within the page; empty for its top.
        title: plain text, not escaped.
        text: plain text, not escaped.
    """

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Page:
    """A finished page.

    Attributes:
        uri: where it stands, such as `questions/fine-text-2x.md`; the published address is derived from it.
        title: plain text, not escaped; the browser's title and the name in the navigation.
        description: plain text, not escaped, one or two sentences for search engines and previews.
        html: the finished body, one `<h1>` included; links are relative (see hooks/links_between_pages.py).
        toc: the headings in reading order.
        search: what the search finds.
        source: path from the repository's root of the one file that holds what the page says, which the edit pencil
            opens; empty for a page that is made of several.
        kind: the sort of page, such as `question` or `model`; becomes a class of the body.
        has_diagram: it holds a diagram, so that mermaid is loaded.
        has_math: it holds mathematics, so that KaTeX is loaded.
        nav: the section of the navigation it stands in, empty for the top; None keeps it out of the navigation.
        short: its name in the navigation; empty means the title.
        draft: it is not to be found yet: search engines are told so, the site's map and search leave it out.
    """

    uri: str
    title: str
    description: str
    html: str
    toc: tuple[Heading, ...] = ()
    search: tuple[SearchEntry, ...] = ()
    source: str = ""
    kind: str = "page"
    has_diagram: bool = False
    has_math: bool = False
    nav: str | None = None
    short: str = ""
    draft: bool = False


@dataclass(frozen=True)
class Asset:
    """A file beside the pages: one that is published as it is, such as a figure of a run, or a list for programs.

    Attributes:
        uri: where it stands, such as `notebooks/fine-text-2x/side-by-side.webp`.
        path: the file to copy; None for one that is made from the records.
        text: what stands in a file that is made.
    """

    uri: str
    path: Path | None
    text: str = ""

    def read(self) -> bytes:
        """Return what is published."""
        return self.path.read_bytes() if self.path else self.text.encode()
