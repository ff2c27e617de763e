"""What tests read off a finished page."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

REQUESTS = {  # what a browser fetches by itself when it opens a page
    "script": ("src",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "use": ("href",),
    "image": ("href",),
}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch", "prefetch", "manifest"}


class FinishedPage(HTMLParser):
    """The elements of a page: its ids, links and requests, in the order in which they stand."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.requests: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = text
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element has."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.requests += [given[name] for name in REQUESTS.get(tag, ()) if given.get(name)]
        if tag == "link" and FETCHED_LINKS & set(given.get("rel", "").split()):
            self.requests.append(given["href"])

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element of one kind."""
        return [given for name, given in self.elements if name == tag]


def pages_of(site: Path) -> dict[str, FinishedPage]:
    """Return every page of a site by its path; there is one at least, so that no loop over them is empty."""
    pages = {
        path.relative_to(site).as_posix(): FinishedPage(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }
    assert pages, f"{site} holds no page"
    return pages
