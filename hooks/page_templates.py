"""The one environment of our templates: it escapes everything, and a misspelt name is an error."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalog.counted import counted
from hooks.mathematics import pieces

FOLDER = Path(__file__).parent / "templates"
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def _environment() -> Environment:
    """Return the environment; templates come from files alone, never from content."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,  # keep every compiled template
        auto_reload=False,  # asking the disk at every call costs more than the call; see reload_changed_templates
    )
    environment.filters["pieces"] = pieces
    environment.filters["code"] = _code
    environment.globals["counted"] = counted
    environment.tests["web_address"] = lambda address: _WEB_ADDRESS.fullmatch(address) is not None
    return environment


def _code(text: str) -> Markup:
    """Return text for the inside of an element; quotation marks, of which code has many, stay one character there."""
    return Markup(html.escape(text, quote=False))


TEMPLATES = _environment()


def macro(template: str, name: str) -> Callable[..., Markup]:
    """Return a macro of a template as a function; what it returns is safe."""

    def call(*args: Any, **values: Any) -> Markup:
        return _macro(template, name)(*args, **values)

    return call


@cache
def _macro(template: str, name: str) -> Callable[..., Markup]:
    """Look a macro up once."""
    return getattr(TEMPLATES.get_template(template).module, name)


def reload_changed_templates() -> None:
    """Forget every compiled template if a file has changed since; a preview calls this before each build."""
    global _SEEN
    now = {path.name: path.stat().st_mtime_ns for path in FOLDER.iterdir()}
    if now != _SEEN:
        TEMPLATES.cache.clear()
        _macro.cache_clear()
        _SEEN = now


_SEEN: dict[str, int] = {}
