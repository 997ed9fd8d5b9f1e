"""What a crash, a bad disk or a hand left behind, mended: in the files and in the database."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.archive.checks import Problem, place
from crawler.archive.reader import file_name
from crawler.archive.repair import repair as mend_files
from crawler.archive.verify import FileCheck, check_folder
from crawler.collection.adopt import Adopter, record_of
from crawler.collection.matching import Differing, Unknown, correction, match
from crawler.collection.verify import lost, missing_file, without_capture, without_document
from crawler.reading.judging import DOCUMENT
from crawler.storage import auditing
from crawler.storage.finding import Wanted, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crawler.archive.reader import Record
    from crawler.collection.matching import Match
    from crawler.collection.records import Read, Sites
    from crawler.storage import CaptureRow, Store

_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that was done."""

    file: str
    what: str
    offset: int | None = None
    url: str | None = None

    def __str__(self) -> str:
        return f"{place(self.file, self.offset, self.url)}: {self.what}"


class Repair:
    """Mends the archive in a folder, and the database that belongs to it."""

    def __init__(
        self, folder: Path, sites: Sites, store: Store | None = None, *, dry_run: bool = False
    ) -> None:
        """Mend *store* too if there is one; a *dry_run* changes nothing."""
        self._folder = folder
        self._sites = sites
        self._store = store
        self._dry_run = dry_run
        self._found: set[str] = set()
        """The IDs of the records whose rows named another place, and name the right one now."""
        self._lost: list[str] = []
        """The IDs of the rows whose records were not where they say."""
        self._adopted: set[tuple[str, str]] = set()
        """The sites and IDs of the documents that adopted records are of."""

    def run(self) -> Iterator[Deed | Problem]:
        """Yield what was done, and what is left that cannot be mended; of a dry run the first.

        Raises ``ArchiveError``, ``DiskError`` or ``StorageError``.
        """
        if not self._folder.exists():
            checks: Iterable[FileCheck | Problem] = ()
        else:
            for mended in mend_files(self._folder, dry_run=self._dry_run):
                yield Deed(file=mended.path.name, what=mended.what)
            checks = check_folder(self._folder)
        for done in self._run(checks):
            if isinstance(done, Deed) or not self._dry_run:
                yield done

    def _run(self, checks: Iterable[FileCheck | Problem]) -> Iterator[Deed | Problem]:
        if self._store is None:
            for found in checks:
                if isinstance(found, Problem):
                    yield found
                else:
                    yield from (one for one in found.run() if isinstance(one, Problem))
            return
        with self._store.reading() as connection:
            named = set(auditing.files(connection))
        adopter = Adopter(self._store, self._sites, self._folder, dry_run=self._dry_run)
        for found in checks:
            if isinstance(found, Problem):
                yield found
                continue
            named.discard(file_name(found.path))
            yield from self._mend_rows(found, self._store, adopter)
        yield from self._missing_files(sorted(named), self._store)
        yield from self._still_lost(self._store)
        yield from self._mend_documents(self._store)

    def _mend_rows(
        self, check: FileCheck, store: Store, adopter: Adopter
    ) -> Iterator[Deed | Problem]:
        corrector = _Corrector(store, dry_run=self._dry_run)
        with store.reading() as connection:
            rows = auditing.in_file(connection, file_name(check.path))
            for found in match(check.run(), rows, growing=check.growing):
                yield from self._mend_row(found, adopter, corrector)
        yield from map(self._adopt, adopter.flush())
        corrector.flush()

    def _mend_row(
        self, found: Match, adopter: Adopter, corrector: _Corrector
    ) -> Iterator[Deed | Problem]:
        if isinstance(found, Problem):
            yield found
        elif isinstance(found, Differing):
            corrector.add(found.right)
            yield _corrected(found.right, found.names)
        elif not isinstance(found, Unknown):
            self._lost.append(found.row.record_id)
        elif (row := corrector.row_of(found.record)) is None:
            yield from map(self._adopt, adopter.add(found.record))
        elif record_of(row, self._folder) is not None:
            yield _copy(found.record, row)
        else:
            right = correction(row, found.record)
            corrector.add(right)
            self._found.add(row.record_id)
            yield _corrected(right, Differing(row, right).names)

    def _adopt(self, read: Read) -> Deed:
        row = read.capture
        which = row.verdict
        if row.doc_id is not None:
            which = f"document {row.site}/{row.doc_id}"
            self._adopted.add((row.site, row.doc_id))
        return Deed(file=row.file, offset=row.offset, url=row.url, what=f"adopted ({which})")

    def _missing_files(self, names: list[str], store: Store) -> Iterator[Problem]:
        with store.reading() as connection:
            for name in names:
                ids = (row.record_id for row in auditing.in_file(connection, name))
                if left := [record_id for record_id in ids if record_id not in self._found]:
                    self._lost += left
                    yield missing_file(name, len(left))

    def _still_lost(self, store: Store) -> Iterator[Problem]:
        """Yield the rows whose records were found nowhere: they are all that is left of these."""
        left = [record_id for record_id in self._lost if record_id not in self._found]
        for start in range(0, len(left), _BATCH):
            some = left[start : start + _BATCH]
            with store.reading() as connection:
                rows = auditing.by_id(connection, some)
            yield from (lost(rows[record_id]) for record_id in some)

    def _mend_documents(self, store: Store) -> Iterator[Deed | Problem]:
        self._fold(store)
        yield from self._missing_documents(store)
        with store.reading() as connection:
            for document in auditing.without_capture(connection):
                row = auditing.newest_of(connection, document.site, document.doc_id)
                if row is None:
                    yield without_capture(document)
                    continue
                self._refer(store, document, row.body_id)
                what = f"document {document.site}/{document.doc_id} names this record now"
                yield Deed(file=row.file, offset=row.offset, url=row.url, what=what)

    def _fold(self, store: Store) -> None:
        """Let the other captures of adopted documents add to them, in the order of their moments.

        A document that was lost with one of its captures was made anew from that one only.
        """
        adopter = Adopter(store, self._sites, self._folder, dry_run=self._dry_run)
        for site, doc_id in sorted(self._adopted):
            wanted = Wanted(site=site, doc_id=doc_id, verdict=DOCUMENT)
            with store.reading() as connection:
                rows = list(find(connection, wanted))
            for row in rows if len(rows) > 1 else []:
                if (record := record_of(row, self._folder)) is not None:
                    deque(adopter.add(record), maxlen=0)
        deque(adopter.flush(), maxlen=0)

    def _missing_documents(self, store: Store) -> Iterator[Deed | Problem]:
        """Read again what was read as documents that are not there any more."""
        adopter = Adopter(store, self._sites, self._folder, dry_run=self._dry_run)
        with store.reading() as connection:
            for row in auditing.without_document(connection):
                record = record_of(row, self._folder)
                if record is None:
                    yield without_document(row)
                    continue
                for read in adopter.add(record):
                    yield _restored(read)
        yield from map(_restored, adopter.flush())

    def _refer(self, store: Store, document: auditing.DocumentRow, capture_id: str) -> None:
        if not self._dry_run:
            store.write(lambda connection: auditing.refer(connection, document, capture_id))


class _Corrector:
    """Rows that are wrong, put right in groups."""

    def __init__(self, store: Store, *, dry_run: bool) -> None:
        self._store = store
        self._dry_run = dry_run
        self._waiting: list[CaptureRow] = []

    def row_of(self, record: Record) -> CaptureRow | None:
        with self._store.reading() as connection:
            return auditing.by_id(connection, [record.record_id]).get(record.record_id)

    def add(self, row: CaptureRow) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        rows, self._waiting = self._waiting, []
        if rows and not self._dry_run:
            self._store.write(lambda connection: auditing.correct(connection, rows))


def _corrected(row: CaptureRow, names: list[str]) -> Deed:
    what = f"its row in captures corrected ({', '.join(names)})"
    return Deed(file=row.file, offset=row.offset, url=row.url, what=what)


def _restored(read: Read) -> Deed | Problem:
    row = read.capture
    if read.document is None:
        what = f"captures takes this for a document, which it is not ({row.verdict}); see reparse"
        return Problem(file=row.file, offset=row.offset, url=row.url, what=what)
    what = f"document {row.site}/{row.doc_id} read again into documents"
    return Deed(file=row.file, offset=row.offset, url=row.url, what=what)


def _copy(record: Record, row: CaptureRow) -> Problem:
    what = f"a copy of what is at {place(row.file, row.offset, None)}"
    return Problem(file=record.file, offset=record.offset, url=record.url or None, what=what)
