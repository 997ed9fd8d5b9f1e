"""Records that the database does not know, taken in as a crawl would have kept them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from crawler.archive.checks import place, record_faults
from crawler.archive.reader import Record, read_record, read_records
from crawler.collection.records import is_capture, take_down
from crawler.collection.records import read_record as read
from crawler.errors import ArchiveError
from crawler.storage import auditing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crawler.collection.records import Read, Sites
    from crawler.items import Document
    from crawler.storage import CaptureRow, Store

_BATCH: Final = 500
_logger: Final = logging.getLogger(__name__)


def adopt(
    store: Store, sites: Sites, starts: Iterable[tuple[Path, int]], *, batch: int = _BATCH
) -> Iterator[Read]:
    """Take in what files hold from offsets on and *store* does not know; yield it once it is kept.

    *starts* are files of the archive, each with the offset to begin at, in the order in which
    they were written. Doing it twice changes nothing. Raises ``ArchiveError`` if a file cannot be
    read at all, ``StorageError`` if the database cannot be written.
    """
    for path, start in starts:
        adopter = Adopter(store, sites, path.parent, batch=batch)
        for found in read_records(path, start=start):
            if isinstance(found, Record) and not adopter.knows(found):
                yield from adopter.add(found)
        yield from adopter.flush()


class Adopter:
    """Reads records and keeps what they are, in groups; in the order in which they come."""

    def __init__(
        self,
        store: Store,
        sites: Sites,
        folder: Path,
        *,
        batch: int = _BATCH,
        dry_run: bool = False,
    ) -> None:
        """*folder* is the archive's. A *dry_run* only reads."""
        self._store = store
        self._sites = sites
        self._folder = folder
        self._batch = batch
        self._dry_run = dry_run
        self._waiting: list[Read] = []
        self._documents: set[tuple[str, str]] = set()
        self._planned: dict[str, CaptureRow] = {}
        """What a dry run would have kept by now, by its ID."""

    def knows(self, record: Record) -> bool:
        """Return whether the database has a row of *record*, or needs none."""
        if not is_capture(record) or not record.record_id:
            return True
        with self._store.reading() as connection:
            return bool(auditing.by_id(connection, [record.record_id]))

    def add(self, record: Record) -> Iterator[Read]:
        """Read *record*, and yield what was kept by now; perhaps nothing, perhaps many.

        What is not whole by itself is passed over; what its page class fails at is taken in
        unread. Raises ``StorageError``.
        """
        if any(record_faults(record)):
            return
        original = None
        if record.kind == "revisit":
            yield from self.flush()  # what it repeats may be among what waits
            original = self.original(record)
        found = self._read(record, original)
        if found is None:
            return
        document = found.document
        key = None if document is None else (document.site, document.doc_id)
        if key in self._documents:  # each is kept with the capture that it was read from
            yield from self.flush()
        if key is not None:
            self._documents.add(key)
        self._waiting.append(found)
        if len(self._waiting) >= self._batch:
            yield from self.flush()

    def _read(self, record: Record, original: Record | None) -> Read | None:
        try:
            return read(record, self._sites, original)
        except ArchiveError:
            raise
        except Exception as error:  # noqa: BLE001 - a page class may do anything; others can be read
            where = place(record.file, record.offset, record.url)
            _logger.warning("%s: not read: %s: %s", where, type(error).__name__, error)
            return take_down(record, self._sites)

    def flush(self) -> Iterator[Read]:
        """Keep what waits, and yield it. Raises ``StorageError``."""
        waiting, self._waiting = self._waiting, []
        self._documents.clear()
        if self._dry_run:
            self._planned.update({one.capture.record_id: one.capture for one in waiting})
        elif waiting:
            documents: list[Document] = [one.document for one in waiting if one.document]
            self._store.upsert(documents, [one.capture for one in waiting])
        yield from waiting

    def original(self, record: Record) -> Record | None:
        """Return the record that the revisit *record* repeats, if it can be found and read."""
        row = self._row_of_original(record)
        return None if row is None else record_of(row, self._folder)

    def _row_of_original(self, record: Record) -> CaptureRow | None:
        with self._store.reading() as connection:
            if record.refers_to_id is not None:
                known = auditing.by_id(connection, [record.refers_to_id])
                return (self._planned | known).get(record.refers_to_id)
            if record.refers_to is not None:
                return auditing.at_moment(connection, *record.refers_to)
        return None


def record_of(row: CaptureRow, folder: Path) -> Record | None:
    """Return the record of *row* from the archive's *folder*; ``None`` if it is not there."""
    try:
        record = read_record(folder / row.file, row.offset)
    except ArchiveError:
        return None
    return record if record.record_id == row.record_id else None
