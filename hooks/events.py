"""What MkDocs runs, in the order in which it runs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # MkDocs puts only hooks/ on the path, and only while it loads this file

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils.templates import TemplateContext

from catalog import packages

try:
    from catalog.counted import counted
    from catalog.load import no_collection
    from catalog.problems import CatalogError, Problem
    from hooks import policy, problem_pages, search_index, site_content
    from hooks.navigation import navigation
    from hooks.page_frame import FramingEnvironment, bare
    from hooks.pages import Asset, Page
    from hooks.values_for_the_theme import ThemeValues, theme_values
except ModuleNotFoundError as missing:
    if not (said := packages.sentence(missing)):  # a mistake of ours, not a package
        raise
    raise SystemExit(said) from None

PAGE_TEMPLATE = "main.html"
LAST = -100  # after the theme's own plugins


class CatalogPage(MkDocsPage):
    """A page whose HTML is already there, so that MkDocs neither reads nor renders Markdown for it."""

    def __init__(self, page: Page, file: File, config: MkDocsConfig) -> None:
        """Take everything from `page`, escaped for a theme that does not escape."""
        self.values: ThemeValues = theme_values(page)
        super().__init__(self.values.short, file, config)
        self.frame = self.values.frame
        self.html = page.html

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002 - the signature is MkDocs'
        """Set what MkDocs would read from the front matter."""
        self.markdown = ""
        self.meta = dict(self.values.meta)

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002 - the signature is MkDocs'
        """Set what MkDocs would render from Markdown; the HTML follows in `on_page_context`."""
        self.content = ""
        self.toc = TableOfContents(_anchor_links(self.values))


def _anchor_links(values: ThemeValues) -> list[AnchorLink]:
    """Return the headings of a page as MkDocs has them, each below the nearest higher one before it."""
    top: list[AnchorLink] = []
    open_links: list[AnchorLink] = []
    for heading in values.toc:
        link = AnchorLink(heading.title, heading.id, heading.level)
        while open_links and open_links[-1].level >= link.level:
            open_links.pop()
        (open_links[-1].children if open_links else top).append(link)
        open_links.append(link)
    return top


class Build:
    """What one build carries from event to event; there is one at a time."""

    serving = False
    pages: ClassVar[list[Page]] = []
    assets: ClassVar[list[Asset]] = []
    scripts: ClassVar[set[str]] = set()
    told: ClassVar[set[Problem]] = set()  # of the build before


def on_startup(command: str, dirty: bool) -> None:  # noqa: ARG001 - the signature is MkDocs'
    """Remember whether this is a preview; having this event also keeps plugins between the builds of a preview."""
    Build.serving = command == "serve"


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: object) -> LiveReloadServer:  # noqa: ARG001 - the same
    """Say that the preview is there, and where."""
    print(f"The site is ready at {server.url} and follows each edit; Ctrl+C ends it.", file=sys.stderr)
    return server


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read and check everything before MkDocs empties the folder of the site."""
    try:
        with no_collection(for_good=not Build.serving):
            content = _read(config)
    except CatalogError as error:
        raise PluginError(f"{error}\n{counted(len(error.problems), 'error')}; the site was not built.") from None
    Build.pages, Build.assets, Build.scripts = content.pages, content.assets, set()
    _tell([*content.problems, *content.notices])
    config.extra["problems"] = problem_pages.links(content.problems, config.use_directory_urls)
    config.nav = navigation(content.pages)
    return config


def _tell(problems: list[Problem]) -> None:
    """Print the problems that the build before did not have."""
    for problem in sorted(problems):
        if problem not in Build.told:
            print(problem, file=sys.stderr)  # not logged: with --strict a warning of MkDocs' loggers fails the build
    Build.told = set(problems)


def _read(config: MkDocsConfig) -> site_content.Content:
    """Return the whole site, checked and rendered."""
    return site_content.read(
        ROOT,
        Path(config.docs_dir),
        directory_urls=config.use_directory_urls,
        repository=config.repo_url or "",
        preview=Build.serving,
    )


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a file for each page and each asset; the pencil opens the record."""
    for file in files:
        file.edit_uri = f"docs/{file.src_uri}"
    for page in Build.pages:
        # NOT_IN_NAV: it is left out of the navigation on purpose, which MkDocs would otherwise report
        file = File.generated(config, page.uri, content="", inclusion=InclusionLevel.NOT_IN_NAV)
        file.edit_uri = page.source or None
        CatalogPage(page, file, config)
        files.append(file)
    for asset in Build.assets:
        given = {"abs_src_path": str(asset.path)} if asset.path else {"content": asset.text}
        files.append(File.generated(config, asset.uri, **given))
    return files


def on_env(env: object, config: MkDocsConfig, files: Files) -> FramingEnvironment:  # noqa: ARG001 - MkDocs' signature
    """Render the theme's frame once for all pages that share it."""
    return FramingEnvironment(env, PAGE_TEMPLATE)


@event_priority(LAST)
def on_page_context(context: TemplateContext, page: MkDocsPage, config: MkDocsConfig, nav: Navigation) -> None:  # noqa: ARG001 - MkDocs' signature
    """Set the page's HTML now that no plugin looks through it any more: the theme's search would, on every page."""
    if isinstance(page, CatalogPage):
        page.content = page.html


@event_priority(LAST)
def on_post_page(output: str, page: MkDocsPage, config: MkDocsConfig) -> str:  # noqa: ARG001 - MkDocs' signature
    """Give each finished page the policy that fits its scripts."""
    return _with_policy(output, config)


def on_template_context(context: TemplateContext, template_name: str, config: MkDocsConfig) -> TemplateContext:  # noqa: ARG001 - the same
    """Leave drafts out of the map of the site."""
    drafts = {page.uri for page in Build.pages if page.draft}
    return {**context, "pages": [file for file in context["pages"] if file.src_uri not in drafts]}


@event_priority(LAST)
def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG001 - the same
    """Give the page for missing addresses its policy too."""
    return _with_policy(bare(output_content), config)


def _with_policy(html: str, config: MkDocsConfig) -> str:
    Build.scripts |= policy.script_hashes(html)
    return policy.with_policy(html, any_script=Build.serving or bool(config.extra.get("offline")))


@event_priority(LAST + 1)  # before the offline plugin, which copies the search index
def on_post_build(config: MkDocsConfig) -> None:
    """Write the search index and the headers, which know all pages."""
    site = Path(config.site_dir)
    index = site / "search" / "search_index.json"
    text = index.read_text(encoding="utf-8")
    index.write_text(search_index.filled(text, Build.pages, config.use_directory_urls), encoding="utf-8")
    (site / "_headers").write_text(policy.headers(Build.scripts), encoding="utf-8")
