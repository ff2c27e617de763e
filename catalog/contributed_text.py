"""Reads the text of a contributed file, which holds no character that nobody can see."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog.characters import FORBIDDEN, codepoint, hides_one
from catalog.problems import Problem, line_and_column
from catalog.source import MAX_BYTES

NOT_UTF_8 = re.compile("[\udc80-\udcff]")  # how Python keeps a byte that is none
ALMOST_AN_END = re.compile(r"\s*(?:--+|[–—]+)\s*")  # of a record, as editors turn hyphens into dashes
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The two halves of a question file, each with the number of its first line; any other file has but the first."""

    text: str
    first_line: int
    body: str = ""
    body_line: int | None = None


def read_text(path: Path, root: Path) -> tuple[str | None, list[Problem]]:
    """Read a contributed text file below `root`; a byte order mark goes and CRLF becomes LF.

    None if it is no regular file below `root`, larger than 256 KiB, not UTF-8, or holds characters nobody can see.
    """
    text, problems = read_corrected(path, root)
    return (None if problems else text), problems


def read_corrected(path: Path, root: Path) -> tuple[str | None, list[Problem]]:
    """Read a text file as `read_text` does, but without what is refused in it, so that the rest can be looked at.

    Characters that nobody can see are left out, and a byte that is not UTF-8 is read as Windows wrote it. None if
    nothing sensible is left: of a binary file, or one with an unfinished merge or the line ends of old computers.
    """
    file = path.relative_to(root).as_posix()
    if message := _unreadable(path, root):
        return None, [Problem(file, 1, 1, "", message)]
    text, problems = _decoded(path.read_bytes(), file)
    hidden = list(text_problems(text, file)) if text is not None else []
    if hidden:
        text = None if "\r" in text or CONFLICT.search(text) else FORBIDDEN.sub("", text)
    return text, problems + hidden


def _decoded(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """Return the text of a file, None if it is binary, and where the first byte stands that is not UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), []
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")  # without the byte order mark
        message = f"is not UTF-8 (got byte 0x{error.object[error.start]:02X}); save the file as UTF-8"
    text = None
    if b"\0" not in data:
        text = NOT_UTF_8.sub(_of_windows, data.decode("utf-8-sig", "surrogateescape")).replace("\r\n", "\n")
    return text, [Problem(file, *line_and_column(before, len(before)), "", message)]


def _of_windows(found: re.Match[str]) -> str:
    """Return the character that a byte that is not UTF-8 stands for in the usual encoding of Windows."""
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace")


def _unreadable(path: Path, root: Path) -> str:
    """Say why a file may not be opened, or nothing."""
    try:
        status = path.lstat()
        is_link = stat.S_ISLNK(status.st_mode)
        real = os.path.realpath(path) if is_link else real_folder(path.parent) + path.name
        if not real.startswith(real_folder(root)):
            return "leads out of this folder; put the file itself here in place of the link"
        status = path.stat() if is_link else status
    except OSError as error:
        return f"cannot be read ({error.strerror}); put the file back or remove what points to it"
    if not stat.S_ISREG(status.st_mode):
        return "is not a file; remove it"
    if status.st_size > MAX_BYTES:
        return f"is too large (got {status.st_size:,} bytes); at most {MAX_BYTES:,} are allowed"
    return ""


@lru_cache(maxsize=16)
def real_folder(folder: Path) -> str:
    """Return where a folder really lies, as the beginning of the paths of its files; it is remembered."""
    return os.path.realpath(folder).rstrip(os.sep) + os.sep


def text_problems(text: str, file: str, first_line: int = 1) -> Iterator[Problem]:
    """Text holds no control, bidirectional, zero-width or surrogate character, nor a merge conflict."""
    for found in FORBIDDEN.finditer(text) if hides_one(text) else ():
        message = f"holds a character that cannot be seen (got {codepoint(found[0])}); remove it"
        yield Problem(file, *line_and_column(text, found.start(), first_line), "", message)
    for found in CONFLICT.finditer(text) if "<<<<<<< " in text or ">>>>>>> " in text else ():
        message = f"holds an unfinished merge (got {found[0].strip()}); choose one side and remove the marker lines"
        yield Problem(file, *line_and_column(text, found.start(), first_line), "", message)


def split_front_matter(text: str, file: str) -> tuple[FrontMatter | None, list[Problem]]:
    """Part a question file into the YAML between its two `---` lines, and the Markdown below."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        message = f'must begin with a line "---" (got "{lines[0][:40]}"); the record stands between two such lines'
        return None, [Problem(file, 1, 1, "", message)]
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        return None, [_without_end(lines, file)]
    front, body = "\n".join(lines[1:end]) + "\n", "\n".join(lines[end + 1 :])
    return FrontMatter(front, 2, body, end + 2), []


def _without_end(lines: list[str], file: str) -> Problem:
    """Return the problem of a record without its end: at the line that was meant as one, else where it begins."""
    for number, line in enumerate(lines[1:], 2):
        if ALMOST_AN_END.fullmatch(line):
            message = f'does not end the record (got "{line.strip()[:40]}"); write "---", three hyphens and no blank'
            return Problem(file, number, 1, "", message)
    message = 'the record that begins here has no end; write a line "---" between it and the answer'
    return Problem(file, 1, 1, "", message)
