"""The page of a model: what it does, in which ways it can be run, and to which questions it was offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog.counted import all_digits
from catalog.records import Model, Port, Setting, Use
from catalog.shapes import describe
from hooks import addresses
from hooks.essays import essay_in_short
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.record_values import record_values, searched_text
from hooks.site_facts import SiteFacts


def model_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each model."""
    for model in site.catalog.models.values():
        yield model_page(site, model)


def model_page(site: SiteFacts, model: Model) -> Page:
    """Return the page of one model."""
    uri = addresses.model_page(model.id)
    link, run = site.link_from(uri), site.run(model.notebook)
    values = {
        "model": model,
        "variants": site.variants(model.family),
        "trained_on": [site.vocabulary.content[word].title.lower() for word in model.trained_on],
        "uses": [use_values(name, use, site) for name, use in model.uses.items()],
        "experiment": essay_in_short(site, run, link, model.figure) if run else "",
        **record_values(model, site.offers.models[model.id], site, link),
    }
    html = site.fill("model.html", uri, **values)
    hosted = (use.says or site.vocabulary.tasks[use.task].says for use in model.uses.values() if use.hosted)
    says = model.says or next(hosted, "")
    return Page(
        uri=uri,
        title=model.called,
        description=f"{model.called}, a neural network. {says}".strip(),
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", model.called, f"{model.name}. {model.family}. {searched_text(model, says)}"),),
        source=model.source.file,
        kind="model",
    )


def use_values(name: str, use: Use, site: SiteFacts) -> dict[str, Any]:
    """Return one use with its ports and settings as rows."""
    return {
        "name": name,
        "hosted": use.hosted,
        "says": use.says or "",
        "source": use.source,
        "task": site.vocabulary.tasks[use.task],
        "task_id": use.task,
        "ports": [*_ports("takes", use.inputs, site), *_ports("gives", use.outputs, site)],
        "settings": [_setting(name, setting) for name, setting in use.settings.items()],
    }


def _ports(direction: str, ports: Mapping[str, Port], site: SiteFacts) -> Iterator[dict[str, str]]:
    """Yield what goes in or comes out, as rows."""
    for name, port in ports.items():
        shape = describe(port.shape)
        yield {
            "direction": direction,
            "name": name,
            "type": site.vocabulary.types[port.type].title.lower(),
            "shape": shape.replace("*", "·").replace(" x ", "\u00a0×\u00a0"),
            "range": f"{port.range[0]:g} to {port.range[1]:g}" if port.range else "",
            "says": port.says or "",
        }


def _setting(name: str, setting: Setting) -> dict[str, str]:
    """Return a setting as a row."""
    low, high = (limit if limit is None else all_digits(limit) for limit in (setting.minimum, setting.maximum))
    between = f"{low} to {high}" if low is not None and high is not None else ""
    one_sided = f"{low} or more" if low is not None else f"{high} or less" if high is not None else "any"
    default = setting.default
    return {
        "name": name,
        "says": setting.says,
        "allowed": f"{setting.type}, {between or one_sided}",
        "default": "" if default is None else default if isinstance(default, str) else all_digits(default),
    }
