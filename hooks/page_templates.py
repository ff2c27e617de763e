"""The one environment of our templates: it escapes everything, and a misspelt name is an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

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
    )
    environment.filters["pieces"] = pieces
    environment.tests["web_address"] = lambda address: _WEB_ADDRESS.fullmatch(address) is not None
    return environment


TEMPLATES = _environment()


def macro(template: str, name: str) -> Callable[..., Markup]:
    """Return a macro of a template as a function; what it returns is safe."""
    return lambda *args, **values: getattr(TEMPLATES.get_template(template).module, name)(*args, **values)
