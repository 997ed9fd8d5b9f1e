"""A file's records and the database's rows of them, side by side, in one pass over both."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from crawler.archive.checks import Problem
from crawler.archive.reader import parse_date
from crawler.collection.records import describe, is_capture
from crawler.storage import CaptureRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.archive.reader import Record

_NAMES: Final = tuple(field.name for field in fields(CaptureRow))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A whole record that no row names at its place."""

    record: Record


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that says something else than its record."""

    row: CaptureRow
    right: CaptureRow
    """The row as its record has it."""

    @property
    def names(self) -> list[str]:
        """The columns in which they differ."""
        return [one for one in _NAMES if getattr(self.row, one) != getattr(self.right, one)]


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that names a place where its record is not, or not whole."""

    row: CaptureRow


Match: TypeAlias = "Problem | Unknown | Differing | Lost"


def match(
    checked: Iterable[Problem | Record], rows: Iterable[CaptureRow], *, growing: bool = False
) -> Iterator[Match]:
    """Yield how *checked*, the records of a file, and its *rows* differ; both in its order.

    What is a problem of the file itself is passed on. While it is *growing*, rows may be behind.
    """
    matching = _Matching(rows)
    for found in checked:
        if isinstance(found, Problem):
            yield found
            continue
        yield from matching.advance(found.offset)
        row = matching.take(found.record_id)
        if parse_date(found.fields.get("warc-date", "")) is None:
            if row is not None:
                yield Lost(row)
        elif row is not None:
            right = correction(row, found)
            if right != row:
                yield Differing(row, right)
        elif is_capture(found) and not growing:
            yield Unknown(found)
    yield from matching.finish()


def correction(row: CaptureRow, record: Record) -> CaptureRow:
    """Return *row* as *record* has it; what *record* was taken for stays as *row* says."""
    told = describe(record)
    return replace(told, site=row.site, doc_id=row.doc_id, verdict=row.verdict)


class _Matching:
    """The rows of a file, up to a place in it."""

    def __init__(self, rows: Iterable[CaptureRow]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)
        self._at = -1
        self._here: dict[str, CaptureRow] = {}
        """The rows of that place by their IDs; several if many records share a gzip member."""

    def advance(self, offset: int) -> Iterator[Lost]:
        """Go to *offset*; yield the rows before it that nobody took."""
        if offset == self._at:
            return
        yield from map(Lost, self._here.values())
        self._here.clear()
        while self._next is not None and self._next.offset <= offset:
            if self._next.offset < offset:
                yield Lost(self._next)
            else:
                self._here[self._next.record_id] = self._next
            self._next = next(self._rows, None)
        self._at = offset

    def take(self, record_id: str) -> CaptureRow | None:
        """Return the row of *record_id* at the place that was reached, if there is one."""
        return self._here.pop(record_id, None)

    def finish(self) -> Iterator[Lost]:
        """Yield the rest."""
        yield from map(Lost, self._here.values())
        while self._next is not None:
            yield Lost(self._next)
            self._next = next(self._rows, None)
