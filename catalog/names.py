"""The names of records, found in a text however they are spelled."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from operator import add

from catalog.records import Model, Paper

_CYRILLIC = ("АВЕКМНОРСТУХЅІЇЈӀҮѴԀԌԚԜЁаеёкмнорстухѕіїјӏүѵһԁԛԝ", "ABEKMHOPCTYXSIIJIYVDGQWEaeekmhopctyxsiijlyvhdqw")
_GREEK = ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϜͿαικνορτυχϲϳω", "ABEZHIKMNOPTYXCFJaikvoptuxcjw")
_ACCENTED = {code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x250)}
_ALIKE = {**_ACCENTED, **str.maketrans(*_CYRILLIC), **str.maketrans(*_GREEK)}
_LATIN = {code: plain for code, plain in _ALIKE.items() if plain != chr(code)}  # what looks like a plain Latin letter
_ASCII = bytes(range(128))  # what nearly all characters are: quick to set aside
_FOREIGN = re.compile(f"[{''.join(map(chr, _LATIN))}]")

_WORD = re.compile(r"[^\W_]+")
_APART = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))  # a blank between words
_SIGN = re.compile(r"[^\w\x00-\x7f]")
# Where a word of capitals and digits falls apart: Light|Gaussian, MSS|Net, PT|v3.
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[Vv]?\d)|(?<=\d)(?=[A-Za-z])")
# A stroke with blanks around it, a full stop before a blank and a dash of a sentence divide more than a name.
_JOINT = r"(?:[\s_\u2010-\u2012\u2212-]{0,3}|[./·:+\u2013])"
_FILED = 6  # words of a name under which it is filed; the pattern reads the rest
_SHORT = 4  # letters: a word of so few in capitals is found in capitals alone
_READ = 24  # words of a text that may spell so many


def as_latin(text: str) -> str:
    """Return a text of the same length with plain letters in place of accented, Cyrillic and Greek ones like them."""
    if text.isascii() or not _FOREIGN.search(text.encode("utf-8", "replace").translate(None, _ASCII).decode()):
        return text
    return text.translate(_LATIN)


def _words(text: str) -> list[str]:
    """Return what `_WORD` finds in a text, which may be long."""
    plain = text if text.isascii() else _SIGN.sub(" ", text)
    return plain.encode().translate(_APART).decode().split()


@dataclass(frozen=True)
class Name:
    """One name of the records `owners`; spaces, hyphens, an `s` at its end and mostly case do not count."""

    text: str
    owners: frozenset[str]
    of_common_words: bool = False

    @cached_property
    def is_one_word(self) -> bool:
        """Whether it is spelled like any word: Scale is, but neither LIIF nor FeatSharp nor V2."""
        words = _WORD.findall(as_latin(self.text))
        return len(words) == 1 and words[0].isalpha() and (words[0][1:].islower() or len(words[0]) == 1)

    def is_written_in(self, latin: str) -> bool:
        """Tell whether a text that `as_latin` made says it as its record does; quick, since no pattern is compiled."""
        spelled, start = as_latin(self.text), -1
        while (start := latin.find(spelled, start + 1)) >= 0:
            around = latin[max(start - 1, 0) : start] + latin[start + len(spelled) :][:1]
            if not any(map(str.isalnum, around)):
                return self.is_meant(spelled)
        return False

    def stands_in(self, latin: str) -> bool:
        """Tell whether a text that `as_latin` made says it, however it is spelled."""
        return any(self.is_meant(match[0]) for match in self.pattern.finditer(latin))

    def is_meant(self, found: str) -> bool:
        """Tell whether what its pattern found is spelled as the name.

        One word, which people write for other reasons too, has a capital; a name of common words has its capitals or
        its hyphen.
        """
        if self.is_one_word:
            return found[0].isupper()
        if not self.of_common_words or ("-" in found and "-" in self.text):
            return True
        pairs = zip(_WORD.findall(self.text), _WORD.findall(found), strict=False)
        return all(spelled[0].isupper() for word, spelled in pairs if word[0].isupper())

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds it in a text that `as_latin` made; compiled when first asked for, since most are never near one.

        One in capitals that is short, or of common words, is found in capitals alone: IPS is no tip, RAYS are no rays.
        """
        text = as_latin(self.text).replace("_", " ")
        words = _WORD.findall(text)
        spelled = [_JOINT.join(map(re.escape, _SEAM.split(word))) for word in words]
        gaps = [_JOINT if re.fullmatch(r"[\s-]*", gap) else r"[\W_]{0,4}" for gap in _WORD.split(text)[1:-1]]
        whole = "".join(word + gap for word, gap in zip(spelled, [*gaps, ""], strict=True))
        in_capitals = len(words) == 1 and text.isupper() and (len(text) <= _SHORT or self.of_common_words)
        flags = re.NOFLAG if in_capitals else re.IGNORECASE
        return re.compile(rf"(?<![^\W_]){whole}s?(?![^\W_])", flags)

    def beginnings(self) -> Iterator[str]:
        """Yield its first piece, its first two pieces together and so on, in small letters."""
        words = _WORD.findall(as_latin(self.text))[:_FILED]
        return accumulate(piece.lower() for word in words for piece in _SEAM.split(word))


class NameIndex:
    """Names, found by the letters they begin with."""

    def __init__(self, names: Iterable[Name]) -> None:
        """File each name under its first words, and under their plural."""
        self._names: dict[str, list[Name]] = {}
        self._beginnings: set[str] = set()
        self._near: dict[str, tuple[Name, ...]] = {}
        for name in names:
            letters = ""
            for letters in name.beginnings():
                self._beginnings.add(letters)
            for filed in (letters, letters + "s") if letters else ():
                self._beginnings.add(filed)
                self._names.setdefault(filed, []).append(name)

    def near(self, text: str) -> tuple[Name, ...]:
        """Return the names whose first words stand one after another in a text that `as_latin` made, each once.

        They are remembered, since several rules look at the same texts.
        """
        if text not in self._near:
            self._near[text] = tuple(self._found(_words(text.lower())))
        return self._near[text]

    def _found(self, words: list[str]) -> Iterable[Name]:
        """Return the names whose first words stand one after another, each once."""
        if not self._may_begin(words):
            return ()
        found: dict[Name, None] = {}
        for i, word in enumerate(words):
            if word in self._beginnings:
                for letters in accumulate(words[i : i + _READ]):
                    if letters not in self._beginnings:
                        break
                    if letters in self._names:
                        found |= dict.fromkeys(self._names[letters])
        return found

    def _may_begin(self, words: list[str]) -> bool:
        """Tell whether a name of one word stands there, or the first two words of a name; quick, for most have none."""
        if self._beginnings.isdisjoint(words):
            return False
        pairs = map(add, words, words[1:])
        return not (self._names.keys().isdisjoint(words) and self._beginnings.isdisjoint(pairs))


def names_of(record: Model | Paper) -> list[str]:
    """Return the names under which people speak of a record."""
    if isinstance(record, Model):
        return [*dict.fromkeys([record.name, record.called, record.family, *record.also_known_as])]
    head, colon, tail = record.title.partition(":")
    names = [record.short, record.title, *record.also_known_as, *_in_full(record.short, record.title)]
    if colon:
        names += [head] if len(head.split()) <= 5 else []
        names += [tail] if len(tail.split()) >= 5 else []
    return names


def is_of_common_words(name: str, record: Model | Paper) -> bool:
    """Tell whether a name has several words, each of which the summary of its paper uses as an ordinary one."""
    words = _WORD.findall(name)
    summary = record.summary if isinstance(record, Paper) and len(words) > 1 else ""
    return bool(summary) and {word.lower() for word in words} <= _words_of(summary)


@lru_cache(maxsize=1)  # the names of a paper are asked for one after another
def _words_of(summary: str) -> frozenset[str]:
    """Return the words of a summary."""
    return frozenset(_WORD.findall(summary))


def common_in_capitals(names: Iterable[str], texts: Iterable[str]) -> set[str]:
    """Return those names of one long word in capitals that two of the texts use as an ordinary one: SHARP, say.

    The texts are read only where there is such a name.
    """
    in_capitals = {name.lower(): name for name in names if name.isalpha() and name.isupper() and len(name) > _SHORT}
    found = Counter(word for text in texts for word in in_capitals.keys() & {*_words(text)}) if in_capitals else {}
    return {in_capitals[word] for word, count in found.items() if count > 1}


def _in_full(short: str, title: str) -> Iterator[str]:
    """Yield the words of a title that a short name of capitals is made of: Iterative Patch Selection for IPS."""
    words = list(_WORD.finditer(title)) if short.isupper() and short.isalpha() and len(short) >= 3 else []
    initials = "".join(word[0][0] for word in words).upper()
    if words and (at := initials.find(short)) >= 0:
        yield title[words[at].start() : words[at + len(short) - 1].end()]
