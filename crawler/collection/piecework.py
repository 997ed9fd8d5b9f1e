"""A piece of the archive, read again: what one worker does at a time.

A file is cut at any offset. A piece begins with the first record that begins in it, and ends with
the last: each record is in one piece.
"""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from crawler.archive.checks import contradiction, place
from crawler.archive.members import Damage, find_member, walk_members
from crawler.archive.plain import find_record, walk_plain
from crawler.archive.reader import OPEN, Record, parse_member
from crawler.collection.records import UNREAD, Read, is_capture, read_record, take_down
from crawler.errors import ArchiveError
from crawler.storage.captures import capture_values
from crawler.storage.merge import to_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from typing import BinaryIO, TypeAlias

    from crawler.archive.containers import WarcSource
    from crawler.archive.members import Member
    from crawler.collection.records import Sites
    from crawler.storage.merge import Row

REVISIT: Final = "revisit"

Key: TypeAlias = "tuple[str, int, int]"
"""A record within a task: its file, its offset, and its number among those at that offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One record, or some bytes, of which nothing could be read."""

    file: str
    offset: int
    url: str | None
    what: str

    def __str__(self) -> str:
        return f"{place(self.file, self.offset, self.url)}: {self.what}"


class Found(NamedTuple):
    """A capture, and the document that was read from it: as rows, which travel lightest."""

    capture: Row
    document: Row | None

    @property
    def is_pending(self) -> bool:
        """Whether it is a revisit of a site's page, and what it repeats is not there yet."""
        row = self.capture
        return row["kind"] == REVISIT and row["verdict"] == UNREAD and bool(row["site"])


@dataclass(slots=True)
class Outcome:
    """What became of a task."""

    found: list[Found] = field(default_factory=list)
    records: int = 0
    damaged: list[Trouble] = field(default_factory=list)
    cut_off: list[Trouble] = field(default_factory=list)
    missing: list[Trouble] = field(default_factory=list)
    """Revisits whose original is not where it was."""
    first: int | None = None
    """Where the first record of a piece begins; ``None`` if none does in it."""
    end: int | None = None
    """Where the last one ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How records are to be read."""

    sites: Sites
    is_of_one: bool = False
    """Whether captures of no known site are passed over."""
    since: datetime | None = None
    """Captures before that moment are only taken down."""
    max_body_bytes: int
    """The largest body that is decoded."""
    max_record_bytes: int


class Watch(Protocol):
    """Watches over the reading of one record."""

    def __call__(self, key: Key, url: str) -> AbstractContextManager[None]:
        """Return the time in which the record *key* of *url* has to be read."""


class Task(Protocol):
    """What a worker is given."""

    def run(self, job: Job, watch: Watch, skipped: frozenset[Key]) -> Outcome:
        """Return what is read; records that are *skipped* are only taken down.

        Raises ``ArchiveError`` if a file cannot be read at all.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The records of a file that begin between two offsets."""

    source: WarcSource
    start: int
    stop: int
    is_packed: bool
    """Whether the file consists of gzip members."""
    is_exact: bool = False
    """Whether a record, or damage, is known to begin at *start*."""

    def __str__(self) -> str:
        return f"{self.source}: offset {self.start} to {self.stop}"

    def run(self, job: Job, watch: Watch, skipped: frozenset[Key]) -> Outcome:
        """Return what its records are."""
        outcome = Outcome()
        reading = _Reading(job, watch, skipped, outcome)
        name = self.source.name
        with self.source.opened() as file:
            for found in self._members(file, job.max_record_bytes):
                if found.offset >= self.stop:
                    break
                if isinstance(found, Damage) and self._is_growing(found, file):
                    break
                if outcome.first is None:
                    outcome.first = found.offset
                outcome.end = found.offset + found.length
                if isinstance(found, Damage):
                    outcome.damaged.append(_damaged(name, found))
                else:
                    reading.read_member(found, name)
        return outcome

    def _members(self, file: BinaryIO, max_bytes: int) -> Iterator[Member | Damage]:
        start = self.start
        if start and not self.is_exact:
            find = find_member if self.is_packed else find_record
            start = find(file, start, self.stop)
            if start >= self.stop:
                return iter(())
        walk = walk_members if self.is_packed else walk_plain
        return walk(file, start=start, max_bytes=max_bytes)

    def _is_growing(self, found: Damage, file: BinaryIO) -> bool:
        """Tell whether *found* is the tail of a file that a crawl is writing."""
        if not self.source.path.name.endswith(OPEN):
            return False
        return found.offset + found.length >= file.seek(0, os.SEEK_END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record is."""

    source: WarcSource
    offset: int
    record_id: str

    def record(self) -> Record:
        """Return the record. Raises ``ArchiveError`` if it is not there."""
        for found in self.source.records(start=self.offset):
            if not isinstance(found, Record) or found.offset != self.offset:
                break
            if found.record_id == self.record_id:
                return found
        raise ArchiveError(f"{self.source}: offset {self.offset}: no record {self.record_id}")


@dataclass(frozen=True, slots=True)
class Repeats:
    """Revisits, each with the record that it repeats."""

    pairs: tuple[tuple[Place, Place], ...]

    def __str__(self) -> str:
        first, _ = self.pairs[0]
        return f"{first.source}: offset {first.offset} and {len(self.pairs) - 1} more"

    def run(self, job: Job, watch: Watch, skipped: frozenset[Key]) -> Outcome:
        """Return what the revisits are."""
        outcome = Outcome()
        reading = _Reading(job, watch, skipped, outcome)
        for number, (repeat, original) in enumerate(self.pairs):
            try:
                record, repeated = repeat.record(), original.record()
            except ArchiveError as error:
                name, offset = repeat.source.name, repeat.offset
                trouble = Trouble(file=name, offset=offset, url=None, what=str(error))
                outcome.missing.append(trouble)
                continue
            reading.read(record, (record.file, record.offset, number), repeated)
        return outcome


class _Reading:
    """Reads records into an outcome."""

    def __init__(self, job: Job, watch: Watch, skipped: frozenset[Key], outcome: Outcome) -> None:
        self._job = job
        self._watch = watch
        self._skipped = skipped
        self._outcome = outcome

    def read_member(self, member: Member, name: str) -> None:
        for number, found in enumerate(parse_member(member, name)):
            if isinstance(found, Damage):
                self._outcome.damaged.append(_damaged(name, found))
            else:
                self._outcome.records += 1
                self.read(found, (name, found.offset, number))

    def read(self, record: Record, key: Key, original: Record | None = None) -> None:
        """Read *record*; what is not whole by itself is damaged, whatever goes wrong is told."""
        if not is_capture(record):
            return
        # What is packed carries a checksum of its own, which has been checked.
        if not record.is_packed and (what := contradiction(record)) is not None:
            self._outcome.damaged.append(_trouble(record, what))
            return
        try:
            if key in self._skipped or self._is_early(record):
                self._take_down(record)
                return
            with self._watch(key, record.url):
                self._read(record, original)
        except ArchiveError as error:
            self._outcome.damaged.append(_trouble(record, str(error)))

    def _is_early(self, record: Record) -> bool:
        return self._job.since is not None and record.captured_at < self._job.since

    def _read(self, record: Record, original: Record | None) -> None:
        job = self._job
        try:
            found = read_record(record, job.sites, original, max_bytes=job.max_body_bytes)
        except ArchiveError:
            raise
        except MemoryError:
            self._cut_off(record, "reading it takes more memory than it may")
        except Exception as error:  # noqa: BLE001 - a page class may do anything; others can be read
            at = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(at.filename).name}, line {at.lineno}"
            self._cut_off(record, f"a bug in {where}: {type(error).__name__}: {error}")
        else:
            if found is not None:
                self._add(found)

    def _cut_off(self, record: Record, what: str) -> None:
        self._outcome.cut_off.append(_trouble(record, what))
        self._take_down(record)

    def _take_down(self, record: Record) -> None:
        self._add(take_down(record, self._job.sites))

    def _add(self, read: Read) -> None:
        capture, document = read
        if capture.site or not self._job.is_of_one:
            row = None if document is None else to_row(document, capture.body_id or None)
            self._outcome.found.append(Found(capture_values(capture), row))


def _damaged(name: str, damage: Damage) -> Trouble:
    return Trouble(file=name, offset=damage.offset, url=None, what=damage.what)


def _trouble(record: Record, what: str) -> Trouble:
    return Trouble(file=record.file, offset=record.offset, url=record.url, what=what)
