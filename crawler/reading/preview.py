"""The free preview of a document: where it stands on its page, and its text without seams.

Sites cut the text into numbered slices of one length, in the middle of words. ``join_slices``
puts it together again; the numbering of the document's own stays.
"""

from __future__ import annotations

import html
import re
from functools import partial
from itertools import pairwise, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from crawler.reading.fields import Field, TextField
from crawler.reading.headings import is_comments
from crawler.reading.lines import fold, unfolded
from crawler.reading.values import split_extension
from crawler.reading.vocabulary import is_page_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.reading.lines import Lines
    from crawler.reading.page import DocumentPage

_MARK: Final = re.compile(r"(\d{1,5})、")
_ENTITY: Final = re.compile(r"&#?\w{0,8}$"), re.compile(r"#?\w{0,8};")
_FOLDED_AWAY: Final = 15
"""How many characters of a slice may have been white space that was folded."""
_SLACK: Final = 2
_LEAST: Final = 100
"""A slice of a length that is not the site's own is at least so long, in characters,"""
_FEW: Final = 3
"""and there are at least so many of them."""
_CLOSE: Final = 4
"""Marks that follow one another within so many lines are one."""
_NEAR: Final = 12
"""How many lines above its data a title may stand."""


class PreviewField(Field[str | None]):
    """The lines behind a mark, up to another or to where the page's own words begin again.

    A mark that begins with a letter is the beginning of a line, and the whole of it or followed
    by a colon; any other may stand anywhere.
    """

    def __init__(self, after: Sequence[str] = (), before: str = "", slice_length: int = 0) -> None:
        super().__init__(self._text)
        self._after = [(mark, unfolded(mark)) for mark in map(fold, after)]
        self._before = fold(before)
        self._slice_length = slice_length

    def start(self, page: DocumentPage) -> int | None:
        """Return the number of the first line of the preview, ``None`` if the page has none.

        The labels of a page stand before it.
        """
        lines, unmet = page.lines, list(self._after)
        start = stop = None
        for number in lines:
            if number == stop or not unmet:
                break
            if number in lines.aside:
                continue
            for mark, sign in unmet:
                if sign in lines[number] and _shows(mark, lines.folded(number)):
                    unmet.remove((mark, sign))
                    start, stop = number + 1, stop or number + _CLOSE
                    break
        if start is None:
            return None
        behind = (number for number in lines.since(start) if number not in lines.aside)
        return next(behind, start)

    def is_marked(self, page: DocumentPage) -> bool:
        """Tell whether *page* has a preview that begins as only a document's does."""
        return page.start_of(self) is not None

    def _text(self, page: DocumentPage) -> str | None:
        start = page.start_of(self)
        if start is None:
            return None
        lines = self._lines(page, start)
        if self._slice_length:
            lines = join_slices(lines, self._slice_length)
        return "\n".join(lines) or None

    def _lines(self, page: DocumentPage, start: int) -> list[str]:
        lines = page.lines
        numbers = self._up_to_mark(lines, start) if self._before else None
        if numbers is None:
            numbers = list(takewhile(partial(_is_text, lines), lines.since(start)))
        return [lines[number] for number in numbers]

    def _up_to_mark(self, lines: Lines, start: int) -> list[int] | None:
        """Return the lines' numbers from *start* to the mark behind; ``None`` if it is missing."""
        numbers: list[int] = []
        before, length = self._before, len(self._before)
        for number in lines.since(start):
            if fold(lines[number][:length]) == before:
                return numbers
            numbers.append(number)
        return None


class TitledPreviewField(PreviewField):
    """The same, without the title that pages print once or twice above the text."""

    def _lines(self, page: DocumentPage, start: int) -> list[str]:
        lines = super()._lines(page, start)
        title = page.layout.title.read(page)
        names = {title, split_extension(title)[0]} if title else set()
        repeated = next((n for n, line in enumerate(lines) if line not in names), len(lines))
        return lines[repeated:]


class SecondTitlePreviewField(PreviewField):
    """The lines behind the title's second line: the first stands above the document's data."""

    def __init__(self, signs: tuple[str, ...], slice_length: int) -> None:
        super().__init__((), "", slice_length)
        self._signs = signs

    def start(self, page: DocumentPage) -> int | None:
        """Return the number of the line behind the title's second."""
        found = page.title_above(self._signs)
        return None if found is None or found[1] is None else found[1] + 1


def slices(*after: str, before: str = "", length: int) -> PreviewField:
    """Read the slices behind a line with one of the marks *after*, joined.

    They end at the line with *before*, or where the page's own words begin again. *length* is how
    many characters the site gives a slice. Lines that are no slices are read as they are.
    """
    return PreviewField(after, before, length)


def paragraphs(*after: str, before: str = "", length: int = 0) -> PreviewField:
    """Read the lines behind one of the marks *after*, without the title if it stands above them.

    They are joined where they are slices of *length* characters.
    """
    return TitledPreviewField(after, before, length)


def below_second_title(*signs: str, length: int = 0) -> PreviewField:
    """Read the lines behind the title's second line; the first is above a line with *signs*."""
    return SecondTitlePreviewField(signs, length)


def title_above(*signs: str) -> TextField:
    """Read the title above the first line with one of *signs*.

    One that stands again below it is preferred.
    """

    def read(page: DocumentPage) -> str | None:
        found = page.title_above(signs)
        return page.lines[found[0]] if found else None

    return Field(read)


def repeated_title(page: DocumentPage, signs: Sequence[str]) -> tuple[int, int | None] | None:
    """Return the numbers of the lines where a title stands above *signs*, and again below them."""
    lines = page.lines
    above: list[int] = []
    for number in page.main_numbers():
        if any(sign in lines[number] for sign in signs):
            break
        above.append(number)
    else:
        return None
    names = {split_extension(lines[one])[0]: one for one in above[-_NEAR:]}
    nearest_first = sorted(names.items(), key=itemgetter(1), reverse=True)
    for name, title in nearest_first:
        for again in page.main_numbers(start=number + 1):
            if split_extension(lines[again])[0] == name:
                return title, again
    plain = [one for _, one in nearest_first if ":" not in lines.folded(one)]
    return (plain[0], None) if plain else None


def join_slices(lines: Sequence[str], length: int) -> list[str]:
    """Return the paragraphs of a text that was cut into slices of *length* characters.

    Slices begin their lines with ``1、``, ``2、`` … and are cut anywhere; all but the last have
    one length. Where that does not hold, the numbers are the document's own, and *lines* are
    returned as they are.

    >>> join_slices(["1、创新意", "2、识"], 3)
    ['创新意识']
    >>> join_slices(["1、第一条", "2、第二条款"], 300)
    ['1、第一条', '2、第二条款']
    """
    pieces = _pieces(lines, length)
    if pieces is None:
        return list(lines)
    paragraphs = [[line] for line in pieces[0]]
    cut_in_entity = False
    for left, right in pairwise(pieces):
        cut_in_entity = cut_in_entity or _cuts_entity(left[-1], right[0])
        gap = " " if _size(left) < length and _are_words(left[-1], right[0]) else ""
        paragraphs[-1].append(gap + right[0])
        paragraphs += [[line] for line in right[1:]]
    text = ["".join(parts) for parts in paragraphs]
    return [html.unescape(line) for line in text] if cut_in_entity else text


def _is_text(lines: Lines, number: int) -> bool:
    """Tell whether a line is the document's text: nothing around it says that the text is over."""
    text = lines[number]
    return number not in lines.aside and not is_page_end(text) and not is_comments(text)


def _shows(mark: str, text: str) -> bool:
    """Tell whether *mark* stands in the line *text* as a mark does."""
    if mark not in text:
        return False
    return not mark[0].isalpha() or (text.startswith(mark) and not text[len(mark) :].strip(" :"))


def _pieces(lines: Sequence[str], length: int) -> list[list[str]] | None:
    """Return the slices without their marks, a list of lines each; ``None`` if there are none."""
    if not lines or not lines[0].startswith("1、"):
        return None
    pieces = _split(lines, length - _FOLDED_AWAY, length + _SLACK)
    if len(pieces) > 1:
        return pieces
    other = len(lines[0]) - len("1、")
    if other >= _LEAST:
        pieces = _split(lines, other - _SLACK, other + _SLACK)
        if len(pieces) >= _FEW:
            return pieces
    numbered = any(line.startswith("2、") for line in lines)
    return None if numbered or other > length + _SLACK else pieces


def _split(lines: Sequence[str], shortest: int, longest: int) -> list[list[str]]:
    pieces: list[list[str]] = []
    size = 0
    for line in lines:
        mark = _MARK.match(line)
        is_next = mark is not None and int(mark[1]) == len(pieces) + 1
        if mark and is_next and (not pieces or shortest <= size <= longest):
            pieces.append([line[mark.end() :].strip()])
            size = len(pieces[-1][0])
        else:
            pieces[-1].append(line)
            size += len(line) + 1
    return pieces


def _size(piece: Sequence[str]) -> int:
    return sum(map(len, piece)) + len(piece) - 1


def _cuts_entity(left: str, right: str) -> bool:
    tail, head = _ENTITY[0].search(left), _ENTITY[1].match(right)
    return bool(tail and head and html.unescape(tail[0] + head[0]) != tail[0] + head[0])


def _are_words(left: str, right: str) -> bool:
    return (left[-1:] + right[:1]).isascii() and left[-1:].isalnum() and right[:1].isalnum()
