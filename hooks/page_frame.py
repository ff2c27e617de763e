"""The theme's frame around a page, rendered once for all pages that share it."""

from __future__ import annotations

import copy
import re
from typing import Any

from markupsafe import Markup

from hooks.theme_corrections import corrected

VALUES = ("short", "title", "description", "canonical", "edit", "content")
MARKS = {name: Markup(f"\ue000{name}\ue001") for name in VALUES}
BETWEEN_MARKS = re.compile(f"\ue000({'|'.join(VALUES)})\ue001")
INDENTATION = re.compile(r"[ \t]*\n\s*")  # nothing in the theme's markup is preformatted
MOST_FRAMES = 200  # pages with headings of their own need a frame of their own; do not keep thousands


class FramedPages:
    """Stands in for the theme's template: renders a frame once, then fills in what differs from page to page.

    The theme's markup is corrected and made bare on the way; a fifth of it is indentation.

    A page that stands in the navigation is marked there, so it gets a frame of its own.
    """

    def __init__(self, template: Any) -> None:
        """Keep the theme's template, which has `render(context) -> str`."""
        self.template = template
        self.frames: dict[tuple, list[str]] = {}

    def render(self, context: dict[str, Any]) -> str:
        """Return the finished page: what the template itself would have returned, corrected."""
        page = context["page"]
        if getattr(page, "frame", None) is None or page in context["nav"].pages:
            return self._with_own_frame(context)
        return _filled(self._frame(context), _values(page))

    def _with_own_frame(self, context: dict[str, Any]) -> str:
        page = context["page"]
        content, page.content = page.content, MARKS["content"]
        try:
            before, _, after = bare(self.template.render(context)).partition(MARKS["content"])
        finally:
            page.content = content
        return before + content + after

    def _frame(self, context: dict[str, Any]) -> list[str]:
        key = (context["base_url"], context["page"].frame)
        if key not in self.frames:
            if len(self.frames) >= MOST_FRAMES:
                self.frames.clear()
            html = self.template.render({**context, "page": _with_marks(context["page"])})
            self.frames[key] = BETWEEN_MARKS.split(bare(html))
        return self.frames[key]


class FramingEnvironment:
    """The theme's environment, except that its page template renders each frame once."""

    def __init__(self, environment: Any, name: str) -> None:
        """Frame the template called `name`."""
        self._environment = environment
        self._name = name
        self._framed = FramedPages(environment.get_template(name))

    def get_template(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Return the template, framed if it is the one for pages."""
        return self._framed if name == self._name else self._environment.get_template(name, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """Answer everything else as the theme's environment does."""
        return getattr(self._environment, name)


def bare(frame: str) -> str:
    """Return the theme's markup around a page, corrected and without its blank lines and indentation."""
    return corrected(INDENTATION.sub("\n", frame))


def _values(page: Any) -> dict[str, str]:
    return {
        "short": page.title,
        "title": page.meta["title"],
        "description": page.meta["description"],
        "canonical": page.canonical_url,
        "edit": page.edit_url,
        "content": page.content,
    }


def _with_marks(page: Any) -> Any:
    """Return a copy of the page whose own values are marks."""
    marked = copy.copy(page)
    marked.title, marked.content = MARKS["short"], MARKS["content"]
    marked.meta = {**page.meta, "title": MARKS["title"], "description": MARKS["description"]}
    marked.canonical_url = page.canonical_url and MARKS["canonical"]
    marked.edit_url = page.edit_url and MARKS["edit"]
    return marked


def _filled(frame: list[str], values: dict[str, str]) -> str:
    """Return the frame with each mark, which stand at the odd places, replaced by its value."""
    filled = frame.copy()
    filled[1::2] = [values[name] for name in frame[1::2]]
    return "".join(filled)
