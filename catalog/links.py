"""Addresses that are computed from the provided ones, so that none is typed twice."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_ARXIV_HOSTS = (
    "arxiv.org",
    "export.arxiv.org",
    "browse.arxiv.org",
    "ar5iv.org",
    "ar5iv.labs.arxiv.org",
    "alphaxiv.org",
)
_PAPER_PAGES = ("huggingface.co", "hf.co")  # they show papers under their arXiv id
NEW_ARXIV_ID = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"  # year, month, number; since 2007
FEWER_DIGITS, FIRST_YEAR_OF_MORE = 4, 15  # of a number, until 2015 more are needed
OLD_ARXIV_ID = (
    r"(?:astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nlin|nucl-(?:ex|th)|physics|quant-ph|math|q-bio|stat|cs)"
    r"(?:\.[a-z]{2})?/\d{7}"
)
_ARXIV_PATH = re.compile(rf"(?:^|[/:.])({NEW_ARXIV_ID}|{OLD_ARXIV_ID})(?:v\d+)?(?:\.pdf)?(?:[/?#]|$)", re.IGNORECASE)


_NUMBERED = re.compile(r"/(\d{2})(\d{2})\.(\d+)(?:v\d+)?(?:\.pdf)?/?$")


def arxiv_problem(link: str) -> str:
    """Say why an address on arXiv leads to no paper: it has no id, no such month or not as many digits as its year."""
    if _host_and_path(link)[0] not in _ARXIV_HOSTS:
        return ""
    found = _NUMBERED.search(link)
    if not found:
        return "" if arxiv_id(link) else "this address on arXiv holds no id of a paper, such as 2012.09161; look it up"
    year, month, number = int(found[1]), found[2], found[3]
    if not 1 <= int(month) <= 12:
        return f"an arXiv id begins with the year and the month, 01 to 12 (got {found[1]}{month}); look it up"
    digits = FEWER_DIGITS if year < FIRST_YEAR_OF_MORE else FEWER_DIGITS + 1
    if len(number) == digits:
        return ""
    return f"an arXiv id of 20{year:02} has {digits} digits behind its full stop (got {number}); look it up"


def https_form(link: str) -> str:
    """Return an address with https in place of http, otherwise as it was provided."""
    return "https:" + link[5:] if link[:7].casefold() == "http://" else link


def arxiv_id(link: str | None) -> str | None:
    """Return the arXiv id in an address, without its version, or None when it is no arXiv address."""
    host, path = _host_and_path(link or "")
    if host not in _ARXIV_HOSTS and not (host in _PAPER_PAGES and path.startswith("/papers/")) and host != "doi.org":
        return None
    found = _ARXIV_PATH.search(path)
    return found[1].casefold() if found else None


def abstract_link(link: str | None) -> str | None:
    """Return the address of the arXiv abstract page for an arXiv address, else None."""
    number = arxiv_id(link)
    return f"https://arxiv.org/abs/{number}" if number else None


def github_repository(link: str | None) -> str | None:
    """Return `owner/name`, spelled as provided, for an address on github.com, else None."""
    host, path = _host_and_path(link or "")
    names = [name for name in path.split("/") if name]
    if host != "github.com" or len(names) < 2:
        return None
    return f"{names[0]}/{names[1].removesuffix('.git')}"


@lru_cache(maxsize=16_384)
def compare_form(link: str) -> str:
    """Return a spelling that is equal for addresses which lead to the same place.

    arXiv addresses become `arxiv:ID` without version, repositories `github:owner/name`, everything else host and path;
    scheme, `www.`, letter case, query, fragment and a closing slash do not count.
    """
    if number := arxiv_id(link):
        return f"arxiv:{number}"
    if repository := github_repository(link):
        return f"github:{repository.casefold()}"
    host, path = _host_and_path(link)
    return (host + path).casefold().rstrip("/")


def _host_and_path(link: str) -> tuple[str, str]:
    """Split an address, with or without its scheme, into a plain host and an unquoted path."""
    if "//" not in link:
        link = "//" + link
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").casefold().rstrip(".")
    except ValueError:  # brackets that are no IPv6 address
        return link.casefold(), ""
    return host.removeprefix("www."), unquote(parts.path)
