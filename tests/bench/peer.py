"""The same pages for plain MkDocs + Material: Markdown files, question pages outside the nav."""

import sys
from pathlib import Path

import yaml
from markdownify import markdownify

CONFIG = {
    "site_name": "Model Answers",
    "theme": {"name": "material", "font": False, "features": ["navigation.tabs", "search.suggest"]},
    "plugins": ["search"],
    "markdown_extensions": [
        "attr_list",
        "tables",
        {"toc": {"permalink": True}},
        {"pymdownx.superfences": {"custom_fences": [{"name": "mermaid", "class": "mermaid", "format": "FORMAT"}]}},
    ],
    "validation": {  # hundreds of thousands of lines about links to folders would cost it time
        "nav": {"omitted_files": "ignore"},
        "links": dict.fromkeys(("not_found", "anchors", "absolute_links", "unrecognized_links"), "ignore"),
    },
}
FENCE = "!!python/name:pymdownx.superfences.fence_code_format"


def as_markdown(html: str) -> str:
    """Return a page's HTML as the Markdown an author would have typed."""
    text = markdownify(html, heading_style="ATX", code_language_callback=lambda e: " ".join(e.get("class", [])))
    return text.replace("```mermaid", "``` mermaid")


def write(root: Path, to: Path) -> None:
    """Write the pages of the catalog under `root`, their pictures and a configuration to the folder `to`."""
    sys.path.insert(0, str(root))
    from catalog.load import load
    from hooks.site_pages import assets, render

    catalog, _ = load(root)
    for page in render(catalog):
        path = to / "docs" / page.uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_markdown(page.html), encoding="utf-8")
    for asset in assets(catalog):
        (to / "docs" / asset.uri).parent.mkdir(parents=True, exist_ok=True)
        (to / "docs" / asset.uri).write_bytes(asset.read())
    nav = [{"Home": "index.md"}, {"Questions": "questions/index.md"}]
    text = yaml.safe_dump({**CONFIG, "nav": nav}, sort_keys=False).replace("FORMAT", FENCE)
    (to / "mkdocs.yml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
