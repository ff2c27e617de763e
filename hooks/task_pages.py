"""The page of a task: who asks for it, which models do it, and which other tasks help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hooks import addresses
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.site_facts import SiteFacts

MOST_QUESTIONS = 20  # on one page; the filter of the index shows them all


def task_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each task of the vocabulary."""
    for task_id in site.vocabulary.tasks:
        yield task_page(site, task_id)


def task_page(site: SiteFacts, task_id: str) -> Page:
    """Return the page of one task."""
    uri = addresses.task_page(task_id)
    task = site.vocabulary.tasks[task_id]
    html = site.fill("task.html", uri, task=task, task_id=task_id, **_offered(site, task_id), **_help(site, task_id))
    return Page(
        uri=uri,
        title=task.title,
        description=task.says,
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", task.title, task.says),),
        source=site.vocabulary.source.file,
        kind="task",
    )


def _offered(site: SiteFacts, task_id: str) -> dict[str, Any]:
    """Return who asks for a task, and which models and operations do it."""
    catalog, offers = site.catalog, site.offers
    return {
        "asked": offers.asked[task_id],
        "most": MOST_QUESTIONS,
        "doing": [catalog.models[id] for id in offers.doing[task_id]],
        "other_uses": [catalog.models[id] for id in offers.other_uses[task_id]],
        "operations": [operation for operation in site.vocabulary.operations.values() if operation.task == task_id],
    }


def _help(site: SiteFacts, task_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the tasks that help a task, with the models that do them, and those that it helps."""
    tasks, models, offers = site.vocabulary.tasks, site.catalog.models, site.offers
    helpers = [
        {
            "id": id,
            "title": other.title,
            "reason": other.helps[task_id],
            "models": [models[m] for m in offers.doing[id] + offers.other_uses[id]],
        }
        for id, other in tasks.items()
        if task_id in other.helps
    ]
    helped = [
        {"id": id, "title": tasks[id].title, "reason": reason}
        for id, reason in tasks[task_id].helps.items()
        if id in tasks
    ]
    return {"helpers": helpers, "helped": helped}
