"""Facts on a page of any site: what stands beside a known label, in any language and markup.

``labels`` finds the labels that a site's class names; this finds those of ``wording``, which a
site may not mean as we do. So a fact is a label, a value that looks like the field's, and the
place of both; ``generic`` decides which it believes.
"""

# ruff: noqa: RUF001 - words of all languages, in their own letters

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.reading.counted import NOUNS, counted
from crawler.reading.factvalues import BY, EDGES, WORDS, value_of
from crawler.reading.locale import day_at
from crawler.reading.rows import CELL, SEAM
from crawler.reading.wording import LABELS, field_by_stem, labels_of, languages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.reading.lines import Lines

_COLON: Final = re.compile("[:：∶︰]")
_PIECE: Final = re.compile(r"[|｜•·▪●■◆★※/;；\t\0]|\s[-–—]\s|[,，](?!\s?(?:19|20)\d\d(?!\d))(?!\d)")
"""What stands between two facts on one line."""
_LONGEST_LABEL: Final = 30
_LONGEST_FACT: Final = 160
"""A line of facts without colons is shorter, in characters; prose is not."""
_LONGEST_ROW: Final = 300
"""The same for a line with colons."""
_MOST_FACTS: Final = 2000
"""No more facts are looked for on one page."""
_NEAR_WORDS: Final = frozenset({"uploader", "category", "price"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A field's value beside its label."""

    field: str
    value: str
    """In the page's words."""
    label: str
    """In lower case; empty where the value itself says what it is."""
    line: int
    """The number of the label's line."""
    is_weak: bool = False
    """Words that only stand near the label: they are its value among other facts alone."""


@cache
def _known() -> dict[str, str]:
    """Return the field of each label, by the label's letters alone."""
    return {key(word): name for name in LABELS for word in labels_of(name)}


@cache
def key(label: str) -> str:
    """Return what a *label* is known by: lower case, without white space and plurals' brackets.

    >>> key("Dateigröße"), key("关 键  词"), key("Page(s)")
    ('dateigröße', '关键词', 'page(s)')
    """
    plain = unicodedata.normalize("NFKC", label).replace("İ", "i").lower().strip()
    plain = "".join(plain.split()).replace("’", "'").replace("ı", "i")
    return plain.translate(_BRACKETS)


_BRACKETS: Final = {ord("("): "(", ord("（"): "("}


def languages(facts: Sequence[Fact]) -> dict[str, int]:
    """Return how many of the labels of *facts* are words of each language."""
    votes: dict[str, int] = {}
    for label in {fact.label for fact in facts if fact.label}:
        for tag in languages_of(label):
            votes[tag] = votes.get(tag, 0) + 1
    return votes


def find(lines: Lines, numbers: Sequence[int]) -> list[Fact]:
    """Return the facts in the lines of those *numbers*, in page order."""
    found = list(islice(_Search(lines, numbers).run(), _MOST_FACTS))
    sure = {fact.line for fact in found if not fact.is_weak}
    return [
        f
        for f in found
        if not f.is_weak or any(n in sure for n in range(f.line - _BESIDE, f.line + _BESIDE + 1))
    ]


def label_of(text: str) -> tuple[str, str] | None:
    """Return the field and the label that *text* is; ``None`` if it is none.

    >>> label_of("File size:"), label_of("• 页 数："), label_of("Comments")
    (('size', 'file size'), ('page_count', '页 数'), None)
    """
    text = text.strip(EDGES)
    if not text or len(text) > _LONGEST_LABEL:
        return None
    field = _known().get(key(text))
    return (field, _spelt(text)) if field else None


def likely_label_of(text: str) -> tuple[str, str] | None:
    """Return the field and the label that *text* is, or seems to be by a part of its words."""
    found = label_of(text)
    text = text.strip(EDGES)
    if found or not text or len(text) > _LONGEST_LABEL or text[0].islower():
        return found
    field = field_by_stem(_spelt(text))
    return (field, _spelt(text)) if field else None


def _spelt(text: str) -> str:
    return " ".join(text.replace("İ", "i").lower().split())


class _Search:
    """One pass over the lines of one page."""

    def __init__(self, lines: Lines, numbers: Sequence[int]) -> None:
        self._lines = lines
        self._numbers = numbers
        self._done = 0
        """The place behind the lines that were read as one table."""

    def run(self) -> Iterator[Fact]:
        for place, number in enumerate(self._numbers):
            if place < self._done:
                continue
            marked = self._lines.marked(number)
            found: list[Fact] = []
            if CELL in marked:
                found = list(self._cells(place, number, marked.split(CELL)))
            if not found and _COLON.search(marked):
                found = list(self._colons(place, number, marked))
            if not found and len(marked) <= _LONGEST_FACT:
                found = (
                    list(self._seams(number, marked.split(SEAM)))
                    or list(self._below(place, number))
                    or list(self._led(number, marked))
                    or list(self._counted(number, marked))
                    or list(_dated(number, self._lines[number]))
                )
            for fact in found:
                yield from _split(fact, self._lines[number])

    def _cells(self, place: int, number: int, cells: list[str]) -> Iterator[Fact]:
        """Yield the facts of a table's row: beside their labels, or in a row below them."""
        cells = [cell for cell in cells if cell.strip(EDGES)]
        labels = [label_of(cell.replace(SEAM, "")) for cell in cells]
        if len(cells) == _PAIR and not any(labels):
            labels[0] = likely_label_of(cells[0].replace(SEAM, ""))
        if (
            len(labels) > 1
            and sum(map(bool, labels)) == len(labels)
            and place + 1 < len(self._numbers)
        ):
            rows = list(self._rows_below(place, len(labels)))
            if rows:
                self._done = place + 1 + len(rows)
                for row, values in rows:
                    yield from self._pair(number if len(rows) == 1 else row, labels, values)
                return
        for label, cell, other in zip(labels, cells[1:], labels[1:], strict=False):
            if label and not other:
                yield from self._pair(number, [label], [cell])
        if len(cells) == 1:
            yield from self._below(place, number)

    def _rows_below(self, place: int, width: int) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of *width* cells below that at *place*, with their numbers."""
        for number in self._numbers[place + 1 :]:
            cells = self._lines.marked(number).split(CELL)
            if len(cells) != width or all(map(label_of, cells)):
                return
            yield number, cells

    def _pair(
        self, number: int, labels: Sequence[tuple[str, str] | None], values: Sequence[str]
    ) -> Iterator[Fact]:
        for label, cell in zip(labels, values, strict=False):
            text = cell.replace(SEAM, " ").strip(" \t:：")
            if label and (value := value_of(label[0], text)):
                yield Fact(label[0], value, label[1], number)

    def _colons(self, place: int, number: int, marked: str) -> Iterator[Fact]:
        """Yield the facts of a line, those whose labels have a colon."""
        hits = list(_colon_labels(marked))
        if len(hits) > 1:
            pieces = _PIECE.split(marked[: hits[0][3]])
            yield from (fact for piece in pieces if (fact := _plain_fact(piece, number)))
        for index, (field, label, start, _) in enumerate(hits):
            end = _next_start(hits, index, len(marked))
            text = marked[start:end]
            value = value_of(field, text, alone=len(hits) == 1)
            if not value and not text.strip(EDGES) and end == len(marked):
                value = self._next(place, field, named=True)
            if value:
                yield Fact(field, value, label, number)
            if len(marked) <= _LONGEST_ROW and field != "file_format":
                pieces = _PIECE.split(text)[1:]
                yield from (fact for piece in pieces if (fact := _plain_fact(piece, number)))

    def _seams(self, number: int, texts: list[str]) -> Iterator[Fact]:
        """Yield the facts whose labels are one element's text, and their values the next's."""
        texts = [text for text in texts if text.strip(EDGES)]
        labels = [label_of(text) for text in texts]
        for label, other, next_label in zip(labels, texts[1:], labels[1:], strict=False):
            if label and not next_label:
                if label[0] in WORDS and len(texts) > _PAIR and not all(labels[::2]):
                    continue
                yield from self._pair(number, [label], [other])

    def _below(self, place: int, number: int) -> Iterator[Fact]:
        """Yield the fact whose label is a line, and whose value is the next."""
        named = self._lines.tag(number) in {"dt", "th"}
        label = (likely_label_of if named else label_of)(self._lines[number])
        if label:
            if value := self._next(place, label[0], named=named):
                yield Fact(label[0], value, label[1], number)
                return
            value = self._next(place, label[0], named=True) if label[0] in _NEAR_WORDS else ""
            if value and len(value) <= _LONGEST_NAME:
                yield Fact(label[0], value, label[1], number, is_weak=True)

    def _next(self, place: int, field: str, *, named: bool) -> str:
        """Return the line behind the label at *place* if it is a value of *field*."""
        for number in self._numbers[place + 1 : place + 2]:
            text = self._lines[number]
            if text[:1] in {":", "："}:
                text, named = text[1:].strip(), True
            is_answer = self._lines.tag(number) == "dd"
            if len(text) > _LONGEST_FACT or label_of(text) or next(_colon_labels(text), None):
                return ""
            if field in WORDS and not (named or is_answer):
                return ""
            return value_of(field, text, whole=field not in WORDS)
        return ""

    def _led(self, number: int, marked: str) -> Iterator[Fact]:
        """Yield the fact whose label leads a line that has no colon, its value being the rest."""
        words = marked.replace(SEAM, " ").split()
        for count in range(min(len(words) - 1, _LONGEST_LED), 0, -1):
            label = label_of(" ".join(words[:count]))
            if label is None:
                continue
            rest = " ".join(words[count:])
            is_name = label[0] in _NEAR_WORDS and not _PIECE.search(rest)
            is_name = is_name and len(rest) <= _LONGEST_NAME
            if (label[0] not in WORDS or is_name) and (
                value := value_of(label[0], rest, whole=True)
            ):
                yield Fact(label[0], value, label[1], number, is_weak=is_name and count == 1)
            return

    def _counted(self, number: int, marked: str) -> Iterator[Fact]:
        """Yield the facts of a line of values that say themselves what they are."""
        pieces = [piece for piece in _PIECE.split(marked) if piece.strip()]
        if len(pieces) == 1 and len(texts := marked.split()) > 1:
            facts = [_plain_fact(text, number) for text in texts]
            pieces = texts if all(facts) else pieces
        found = [fact for piece in pieces if (fact := _plain_fact(piece, number))]
        fields = {fact.field for fact in found}
        led = [fact for piece in pieces for fact in self._led(number, piece)]
        if len(found) + len(led) < len(pieces) / 2:
            return
        is_evident = len(fields) + len(led) > 1 or (fields & set(NOUNS) and len(pieces) == 1)
        if is_evident and len(fields) == len(found):
            yield from found
            yield from led


def _dated(number: int, text: str) -> Iterator[Fact]:
    """Yield the fact of a day that a label stands before or behind, in the middle of a line."""
    words = text.split()
    if _COLON.search(text):
        return
    for place in range(len(words)):
        if not any(map(str.isdigit, words[place])) and place + 1 < len(words):
            continue
        day = day_at(" ".join(words[place : place + _MOST_DAY_WORDS]))
        if not day:
            continue
        behind = " ".join(words[place + len(day.split()) :])
        before = [" ".join(words[start:place]) for start in range(max(place - 4, 0), place)]
        for name in [*before, behind]:
            label = label_of(name)
            is_sure = text.startswith(name) or " " in name or not _is_spaced_script(name[:1] or "a")
            if (label and label[0] == "date" and is_sure) or name in _DATED:
                yield Fact("date", day, _spelt(name), number)
                return


_MOST_DAY_WORDS: Final = 8
_DATED: Final = frozenset("公開 投稿 上传 发布 登録 上傳 發布 發佈 등록 게시".split())
_BRACKET: Final = re.compile(r"(?<=\S)\s?[(（]")
_ON: Final = re.compile(
    r"[\s,，]+(?:(?:on|am|le|el|em|il|dnia|at|в|о|pada|ngày|vào)\s+)?", re.IGNORECASE
)


def _split(fact: Fact, line: str) -> Iterator[Fact]:
    """Yield *fact*, and the day behind an uploader's name or the name behind a day."""
    if fact.field == "uploader":
        for gap in _ON.finditer(fact.value):
            if "(" in fact.value[: gap.start()].replace("（", "("):
                yield replace(fact, value=_BRACKET.split(fact.value)[0])
                return
            if gap.start() and (day := day_at(fact.value[gap.end() :])):
                yield replace(fact, value=fact.value[: gap.start()])
                yield Fact("date", day, fact.label, fact.line)
                return
    elif fact.field == "date" and (found := BY.search(line)):
        name = found[1].strip()
        if (
            fact.value in line[: found.start()]
            and line.find(fact.value) + len(fact.value) + 12 >= found.start()
        ):
            yield Fact("uploader", name, fact.label, fact.line)
    yield fact


_PAIR: Final = 2
_BESIDE: Final = 3
"""Weak facts have another so many lines away."""
_LONGEST_LED: Final = 4
_LONGEST_NAME: Final = 40


def _next_start(hits: Sequence[tuple[str, str, int, int]], index: int, end: int) -> int:
    return hits[index + 1][3] if index + 1 < len(hits) else end


def _colon_labels(marked: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield each label before a colon: its field, its words, where its value and it begin."""
    behind = 0
    is_first = True
    for colon in _COLON.finditer(marked):
        before = marked[max(behind, colon.start() - _LONGEST_LABEL - 1) : colon.start()]
        found = _label_at_end(before, is_first=is_first)
        if found:
            field, label, length = found
            is_first = False
            yield field, label, colon.end(), colon.start() - length
        elif is_first and not behind and (likely := likely_label_of(before)):
            is_first = False
            yield *likely, colon.end(), 0
        behind = colon.end()


def _label_at_end(text: str, *, is_first: bool) -> tuple[str, str, int] | None:
    """Return the longest label that *text* ends with, its field and its length.

    It begins with the text, or behind punctuation; behind a mere space, if it is not written with
    spaces itself or another label stands before it on the line.
    """
    for start, kind in _starts(text):
        if kind == "space" and is_first and text[start : start + 1].isascii():
            continue
        if found := label_of(text[start:]):
            if kind == "space" and _is_spaced_script(text[start]) and is_first:
                continue
            return found[0], found[1], len(text[start:].lstrip(EDGES))
    return None


def _is_spaced_script(character: str) -> bool:
    """Tell whether *character* is of a script that puts spaces between words."""
    return not ("\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af")


_START: Final = re.compile(
    r"^|[\s\0\t]+|[|｜•·▪●■◆★※/;；,，。(（【\[>»›*!！?？-]\s*"
    r"|(?<=[\d)）》】页頁次A-Za-z])(?=[\u2e80-\u9fff\uac00-\ud7af])"
)


def _starts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the places in *text* where a label may begin, and what stands before each."""
    for found in _START.finditer(text):
        gap = found[0]
        is_space = bool(gap) and not gap.strip(" \u3000\xa0")
        yield found.end(), "space" if is_space and len(gap) == 1 else "break"


def _plain_fact(piece: str, number: int) -> Fact | None:
    """Return the fact that *piece* is without a label."""
    found = counted(piece)
    return Fact(*found, "", number) if found else None
