"""Where on a page a value is written.

Each function here returns a ``Field``. Assign it in a page class, and the attribute reads that
value from the page::

    class ExamplePage(DocumentPage):
        size = label("大小")              # 大小：58.50 KB
        title = between("《", "》由会员")  # 《高考真题》由会员上传分享

When no function fits, write a method and decorate it with ``@field``. A value is text in the
page's own words, or ``None``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Generic, Self, TypeAlias, TypeVar, overload

from crawler.reading.labels import KINDS, Kind, without_gaps
from crawler.reading.lines import fold, unfolded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.reading.labels import Labelled
    from crawler.reading.page import DocumentPage

T = TypeVar("T")
P = TypeVar("P")

_OPENING: Final = "《〈「『【“(（[<"
_CLOSING: Final = "》〉」』】”)）]>"
_JOINTS: Final = " _-|—–·"
"""What joins a page's title to its site's name."""
_CAPTION: Final = re.compile(r"(.*)_第\s?(\d+)\s?页")
_POSITION: Final = re.compile(r"第\s?(\d+)\s?页\s?/\s?共\s?(\d+)\s?页")


class Field(Generic[T]):
    """A value that a page states, read each time it is asked for.

    Read from a page, the attribute is the value that the page's layout gives; read from a class,
    it is the field.
    """

    name = ""

    def __init__(self, read: Callable[[DocumentPage], T]) -> None:
        self._read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, page: None, owner: type) -> Self: ...
    @overload
    def __get__(self, page: DocumentPage, owner: type) -> str | None: ...
    def __get__(self, page: DocumentPage | None, owner: type) -> Self | str | None:
        if page is None:
            return self
        return page.layout.read(page, self.name)

    def read(self, page: DocumentPage) -> T:
        """Return the value on *page*."""
        return self._read(page)

    def read_all(self, page: DocumentPage) -> list[T]:
        """Return all that the page states in the field's place, likeliest first."""
        value = self.read(page)
        return [] if value is None else [value]

    def labels(self, name: str) -> Iterator[tuple[str, Kind]]:  # noqa: ARG002 - others use it
        """Yield the labels that the field reads as an attribute *name*, with their kinds."""
        yield from ()


TextField: TypeAlias = Field[str | None]


class AbsentField(Field[str | None]):
    """A value that a site never states, whatever its pages look like."""


class LabelField(Field[str | None]):
    """A value beside a label."""

    def __init__(self, names: tuple[str, ...], kind: Kind | None) -> None:
        super().__init__(self._first)
        self._names = names
        self._keys = tuple(map(without_gaps, names))
        self._kind = kind

    def labels(self, name: str) -> Iterator[tuple[str, Kind]]:
        """Yield the field's own labels, with the kind that it or *name* says."""
        for label_name in self._names:
            yield label_name, self._kind or KINDS[name]

    def read_all(self, page: DocumentPage) -> list[str | None]:
        """Return what stands beside its labels: what looks like a value first, in page order."""
        return [labelled.value for labelled in sorted(self._found(page), key=_likelihood)]

    def _first(self, page: DocumentPage) -> str | None:
        found = self._found(page)
        if len(found) == 1:
            return found[0].value
        return min(found, key=_likelihood).value if found else None

    def _found(self, page: DocumentPage) -> list[Labelled]:
        beside = page.labelled
        found: list[Labelled] = []
        for key in self._keys:
            if key in beside:
                found += beside[key]
        return found


def _likelihood(labelled: Labelled) -> tuple[bool, int]:
    return not labelled.is_of_kind, labelled.line


class FirstField(Field[str | None]):
    """A value that pages state in one place or another."""

    def __init__(self, fields: tuple[TextField, ...]) -> None:
        super().__init__(self._first)
        self.fields = fields

    def _first(self, page: DocumentPage) -> str | None:
        for one in self.fields:
            if value := one.read(page):
                return value
        return None

    def read_all(self, page: DocumentPage) -> list[str | None]:
        """Return what stands in the places of each of its fields."""
        return [value for one in self.fields for value in one.read_all(page)]

    def labels(self, name: str) -> Iterator[tuple[str, Kind]]:
        """Yield the labels of each of its fields."""
        for one in self.fields:
            yield from one.labels(name)


def field(method: Callable[[P], T]) -> Field[T]:
    """Make a method a field, for what the functions below cannot say."""
    return Field(method)  # type: ignore[arg-type]  # a page is only ever read by its own class


def absent() -> AbsentField:
    """State that the site does not publish the value: not even a common label is read."""
    return AbsentField(lambda _: None)


def first(*fields: TextField) -> TextField:
    """Read the first of *fields* that the page has."""
    return FirstField(fields)


def label(*names: str, kind: Kind | None = None) -> LabelField:
    """Read the value beside a label, whichever of *names* the page has first.

    *kind* says what the value looks like, if the attribute's name does not.
    """
    return LabelField(names, kind)


def between(start: str, end: str) -> TextField:
    """Read the text between *start* and *end* on one line.

    A bracket that *start* is may be opened again in the text: ``between("《", "》由会员")`` reads
    ``《高考》真题`` from ``《《高考》真题》由会员分享``. Full-width and half-width punctuation are
    the same.
    """
    start, end = fold(start), fold(end)
    sign = unfolded(end)

    def read(page: DocumentPage) -> str | None:
        lines = page.lines
        for number in page.header:
            if sign not in lines[number]:
                continue
            folded = lines.folded(number)
            if end in folded and (span := _span(folded, start, end)):
                return lines[number][slice(*span)].strip() or None
        return None

    return Field(read)


def matching(pattern: str) -> TextField:
    """Read the first group of the first line that *pattern*, a regular expression, is found in.

    The pattern sees half-width punctuation; the value has the page's own.
    """
    compiled = re.compile(pattern)

    def read(page: DocumentPage) -> str | None:
        for number in page.header:
            if found := compiled.search(page.lines.folded(number)):
                return page.lines[number][slice(*found.span(1))].strip() or None
        return None

    return Field(read)


def line_above(*names: str) -> TextField:
    """Read the line above the first of the labels *names*."""

    def read(page: DocumentPage) -> str | None:
        keys = map(without_gaps, names)
        numbers = [found.line for key in keys for found in page.labelled.get(key, ())]
        lines = page.lines
        above = range(min(numbers, default=0) - 1, -1, -1)
        return next((lines[number] for number in above if number not in lines.aside), None)

    return Field(read)


def css(query: str) -> TextField:
    """Read the text of the first element that the CSS *query* selects."""

    def read(page: DocumentPage) -> str | None:
        node = page.tree.css_first(query)
        return " ".join(node.text(deep=True).split()) or None if node else None

    return Field(read)


def meta(*names: str) -> TextField:
    """Read the content of the first ``<meta>`` with one of *names*, as ``name`` or ``property``."""

    def read(page: DocumentPage) -> str | None:
        tags = page.metadata
        return next(filter(None, map(tags.get, names)), None)

    return Field(read)


def page_title(site_name: str) -> TextField:
    """Read the page's ``<title>``, without *site_name* and what joins it to the title."""

    def read(page: DocumentPage) -> str | None:
        head, found, tail = page.title_tag.rpartition(site_name)
        return (head.rstrip(_JOINTS) if found else tail).strip() or None

    return Field(read)


def captions() -> TextField:
    """Read the number of preview pages that have a caption: ``T_第3页`` or ``第3页 / 共18页``."""

    def read(page: DocumentPage) -> str | None:
        for pattern, group in ((_CAPTION, 2), (_POSITION, 1)):
            if shown := {found[group] for _, found in _captions(page, pattern)}:
                return str(len(shown))
        return None

    return Field(read)


def caption_title() -> TextField:
    """Read the title in the captions of preview pages: ``T`` of ``T_第3页``."""

    def read(page: DocumentPage) -> str | None:
        titles = (text[: found.end(1)].strip() for text, found in _captions(page, _CAPTION))
        return next(filter(None, titles), None)

    return Field(read)


def caption_total() -> TextField:
    """Read the number of all pages in the captions of preview pages: 18 of ``第3页 / 共18页``."""

    def read(page: DocumentPage) -> str | None:
        return next((found[2] for _, found in _captions(page, _POSITION)), None)

    return Field(read)


def _captions(page: DocumentPage, pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    for number in page.header:
        text = page.lines[number]
        if "页" in text and (found := pattern.fullmatch(page.lines.folded(number))):
            yield text, found


def _span(text: str, start: str, end: str) -> tuple[int, int] | None:
    """Return where the text between *start* and *end* begins and ends."""
    if start not in _OPENING:
        begin = text.find(start)
        stop = text.find(end, begin + len(start))
        return (begin + len(start), stop) if begin >= 0 and stop >= 0 else None
    stop = text.rfind(end)
    begin = text.find(start, 0, stop)
    if begin > 0 and (matched := _opened(text, start, stop)) is not None:
        begin = matched
    return (begin + len(start), stop) if begin >= 0 else None


def _opened(text: str, start: str, stop: int) -> int | None:
    """Return where the bracket that closes at *stop* was opened."""
    closing = _CLOSING[_OPENING.index(start)]
    depth = 1
    for place in range(stop - 1, -1, -1):
        depth += (text[place] == closing) - (text[place] == start)
        if not depth:
            return place
    return None
