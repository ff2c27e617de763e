"""Relative links between pages, so that the site works under any address and from a folder."""

from __future__ import annotations

from urllib.parse import quote


def published_file(uri: str, directory_urls: bool = True) -> str:
    """Return the path of the file that is published for `uri`, from the site's root.

    A page `questions/x.md` becomes `questions/x/index.html`, or `questions/x.html` without directory addresses;
    anything else, such as a picture, stays as it is.
    """
    if not uri.endswith(".md"):
        return uri
    stem = uri[: -len(".md")]
    if directory_urls and stem != "index" and not stem.endswith("/index"):
        return f"{stem}/index.html"
    return f"{stem}.html"


def address(uri: str, directory_urls: bool = True) -> str:
    """Return the address of `uri` from the site's root; the home page is the empty string with directory addresses."""
    file = published_file(uri, directory_urls)
    if directory_urls and uri.endswith(".md"):
        file = file[: -len("index.html")]
    return quote(file)


def relative(from_uri: str, to_uri: str, anchor: str | None = None, directory_urls: bool = True) -> str:
    """Return the link that leads from the page `from_uri` to `to_uri`, at an anchor if one is given.

    Both are paths from the site's root, such as `models/liif.md` or `figures/run/plot.svg`. The result never begins
    with a slash and is never empty. A page that links to its own anchor gets the bare fragment.
    """
    fragment = f"#{quote(anchor)}" if anchor else ""
    if from_uri == to_uri and fragment:
        return fragment
    here = quote(published_file(from_uri, directory_urls)).split("/")[:-1]
    there = address(to_uri, directory_urls).split("/")
    shared = _shared_length(here, there[:-1])
    steps = [".."] * (len(here) - shared) + there[shared:]
    return ("/".join(steps) or "./") + fragment


def _shared_length(here: list[str], there: list[str]) -> int:
    """Return how many folders two paths have in common from the root on."""
    for count, (left, right) in enumerate(zip(here, there, strict=False)):
        if left != right:
            return count
    return min(len(here), len(there))
