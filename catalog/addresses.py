"""Which web addresses a record may hold."""

from __future__ import annotations

import re
from difflib import get_close_matches
from urllib.parse import urlsplit

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")
REPOSITORY = re.compile(r"https?://github\.com/[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
PRIVATE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid", "onion")
KNOWN_HOSTS = ("arxiv.org", "github.com")
NOTHING = ("none", "null", "n/a", "-", "no")  # how people write that there is no address
_OWN = re.compile(r"^(?:(?:[a-z]{2,6}:/+)?(?:www\.)?github\.com/)?([\w-]+/[\w.-]*[\w-])(?:\.git)?(?:/.*)?$", re.ASCII)
SCHEMES = ("http", "https")
UNSAFE = re.compile(r'[\s\\"<>^`{|}]')


def address_problem(address: str) -> str:
    """Say why an address may not be linked to, and what to do; nothing when it may."""
    if found := UNSAFE.search(address):
        return f"an address holds no {_name(found[0])}; write it as %{ord(found[0]):02X} or remove it"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"is no web address (got {address[:80]}); write https:// and a host's name"
    if parts.scheme not in SCHEMES or not host:
        return f"must begin with https:// or http:// and a host's name (got {address[:80]}){_meant(address)}"
    if "@" in parts.netloc:
        return "an address holds no user name; remove what stands before the @"
    if port not in (None, 80, 443):
        return f"an address may use the ports 80 and 443 only (got {port}); remove the port"
    return _host_problem(host)


def is_none(address: str) -> bool:
    """Tell whether a word in the place of an address says that there is none."""
    return address.strip().casefold() in NOTHING


def _host_problem(host: str) -> str:
    """Say why a host is not a public one, or is one that only looks known."""
    if not host.isascii():
        spelled = host.encode("ascii", "backslashreplace").decode()
        return f"the host must be in plain ASCII (got {spelled}); check that no letter is a look-alike"
    if not HOST.fullmatch(host) or host.rpartition(".")[2] in PRIVATE:
        return f"the host must have a public name (got {host}); numbers and local names are not allowed"
    for known in KNOWN_HOSTS:
        if known in host and host != known:
            return f"the host looks like {known} but is another (got {host}); write {known} or another source"
    return ""


def repository_problem(address: str) -> str:
    """Say why an address is not that of a GitHub repository; nothing when it is."""
    if REPOSITORY.fullmatch(address):
        return ""
    meant = _OWN.search(address)
    hint = f'; did you mean "https://github.com/{meant[1]}"?' if meant else ""
    return f"must be https://github.com/OWNER/REPOSITORY and no more (got {address[:80]}){hint}"


def _meant(address: str) -> str:
    """Return what was meant by an address without its beginning or with a slip in it, or nothing."""
    scheme, sign, rest = address.partition("://")
    if sign and scheme not in SCHEMES and get_close_matches(scheme.casefold(), SCHEMES):
        return f'; did you mean "https://{rest[:80]}"?'
    host = address.partition("/")[0]
    return f'; did you mean "https://{address[:80]}"?' if HOST.fullmatch(host) and "/" in address else ""


def _name(character: str) -> str:
    """Name a character in a sentence."""
    return "white space" if character.isspace() else f"character {character}"
