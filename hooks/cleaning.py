"""The allow-list through which all contributed HTML goes: tags, attributes, classes, links."""

from __future__ import annotations

import re

import nh3
from markupsafe import Markup

ID_PREFIX = "kb-"  # contributed ids cannot meet those of the theme or of our templates

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir"},
    "a": {"href"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "details": {"open"},
}
_ALLOWED_CLASS = re.compile(r"arithmatex|highlight|dataframe|language-[a-z0-9+-]{1,30}|ma-align-(?:left|center|right)")
_ALLOWED_LINK = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


class Cleaner:
    """An allow-list of tags and attributes; ids get a prefix, links lead to the web or into the page."""

    def __init__(self) -> None:
        """Prepare the allow-list once."""
        self._prefix = ID_PREFIX
        self._taken: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._nh3 = nh3.Cleaner(
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            attribute_filter=self._attribute,
            clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "textarea", "xmp"},
            url_schemes={"http", "https"},
            link_rel="nofollow noopener noreferrer",
            strip_comments=True,
        )

    def clean(self, html: str, prefix: str, taken: set[str] | frozenset[str] = frozenset()) -> tuple[Markup, dict]:
        """Return harmless HTML, and how each of its ids is called now; ids in `taken` are not given again."""
        self._prefix, self._taken, self._renamed = prefix, set(taken), {}
        return Markup(self._nh3.clean(html)), self._renamed

    def _attribute(self, _tag: str, name: str, value: str) -> str | None:
        """Return the value an attribute may have, or None to drop it."""
        if name == "class":
            return " ".join(word for word in value.split() if _ALLOWED_CLASS.fullmatch(word)) or None
        if name == "id":
            return self._id(value)
        if name == "href":
            return self._link(value)
        return value

    def _id(self, value: str) -> str | None:
        """Return a prefixed id, or None when the page has it already."""
        new = self._prefix + re.sub(r"[^a-zA-Z0-9_-]+", "-", value)[:80]
        if new in self._taken:
            return None
        self._taken.add(new)
        self._renamed.setdefault(value, new)
        return new

    def _link(self, value: str) -> str | None:
        """Return an address on the web or in this page."""
        if value.startswith("#"):
            return f"#{self._prefix}{value[1:]}"
        return value if _ALLOWED_LINK.match(value) else None


CLEANER = Cleaner()


def clean(html: str, name: str) -> Markup:
    """Return contributed HTML, such as the table of an output, made harmless."""
    return CLEANER.clean(html, f"{ID_PREFIX}{name}-")[0]
