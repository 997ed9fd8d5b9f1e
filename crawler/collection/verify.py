"""The archive and the database, each held against the other: what is missing or wrong is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from crawler.archive.checks import Problem, place
from crawler.archive.reader import file_name
from crawler.archive.verify import FileCheck, check_folder
from crawler.collection.matching import Differing, Unknown, match
from crawler.storage import auditing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from crawler.archive.reader import Record
    from crawler.collection.matching import Match
    from crawler.storage import CaptureRow, Store

_BATCH: Final = 500


class Verification:
    """One pass over all files of an archive, and over the rows that the database has of them."""

    def __init__(self, checks: Iterable[FileCheck | Problem], store: Store | None = None) -> None:
        """Look at *checks*, and at *store* if there is one."""
        self._checks = checks
        self._store = store
        self._growing: set[str] = set()
        self._unknown: list[Record] = []
        """What no row names at its place, to be looked up; without their blocks."""
        self.files = 0
        self.records = 0
        self.size = 0
        """How long the files are, in bytes."""
        self.captures = 0
        self.documents = 0

    @classmethod
    def of_archive(cls, folder: Path, store: Store | None) -> Verification:
        """Return that of all the files of *folder*; a *folder* that is missing has none."""
        return cls(check_folder(folder) if folder.exists() else (), store)

    def run(self) -> Iterator[Problem]:
        """Yield all that is wrong, file by file, then what is wrong with the documents.

        What a crawl is just writing may be ahead of the database. Raises ``ArchiveError`` if a
        file cannot be read at all, ``StorageError`` if the database cannot.
        """
        store = self._store
        if store is None:
            for found in self._checks:
                yield from self._check(found)
            return
        with store.reading() as connection:
            # Before the files are listed: a row that is there by then has its file.
            named = auditing.files(connection)
            self.captures = sum(named.values())
        for found in self._checks:
            with store.reading() as connection:
                yield from self._check(found, connection, store)
            if isinstance(found, FileCheck):
                named.pop(file_name(found.path), None)
        yield from self._without_row(store)
        with store.reading() as connection:
            for file, count in sorted(named.items()):
                yield missing_file(file, count)
                yield from map(lost, auditing.in_file(connection, file))
            yield from self._documents(connection)

    def _check(
        self,
        found: FileCheck | Problem,
        connection: Connection | None = None,
        store: Store | None = None,
    ) -> Iterator[Problem]:
        """Yield what is wrong with one file, and with its rows where there is a database."""
        if isinstance(found, Problem):
            yield found
            return
        if found.growing:
            self._growing.add(file_name(found.path))
        if connection is None or store is None:
            yield from (one for one in found.run() if isinstance(one, Problem))
        else:
            rows = auditing.in_file(connection, file_name(found.path))
            for one in match(found.run(), rows, growing=found.growing):
                yield from self._told(one, store)
        self.files += 1
        self.records += found.records
        self.size += found.size

    def _told(self, found: Match, store: Store) -> Iterator[Problem]:
        """Yield *found* as a problem, unless it is to be looked up with others first."""
        if isinstance(found, Problem):
            yield found
        elif isinstance(found, Unknown):
            self._unknown.append(replace(found.record, block=b""))
            if len(self._unknown) >= _BATCH:
                yield from self._without_row(store)
        elif isinstance(found, Differing):
            what = f"captures says something else of this record: {_differences(found)}"
            row = found.right
            yield Problem(file=row.file, offset=row.offset, url=row.url, what=what)
        else:
            yield lost(found.row)

    def _without_row(self, store: Store) -> Iterator[Problem]:
        """Yield which of the records that wait have no row, or one that names another place.

        It is asked late and anew: a crawl that closed their file may have told of them since.
        """
        records, self._unknown = self._unknown, []
        with store.reading() as connection:
            known = auditing.by_id(connection, [record.record_id for record in records])
        for record in records:
            row = known.get(record.record_id)
            what = "not in captures"
            if row is not None:
                if (row.file, row.offset) == (record.file, record.offset):
                    continue
                what = f"captures has this record at {place(row.file, row.offset, None)}"
            yield Problem(file=record.file, offset=record.offset, url=record.url or None, what=what)

    def _documents(self, connection: Connection) -> Iterator[Problem]:
        self.documents = auditing.document_count(connection)
        for row in auditing.without_document(connection):
            if row.file not in self._growing:
                yield without_document(row)
        yield from map(without_capture, auditing.without_capture(connection))


def missing_file(name: str, captures: int) -> Problem:
    """Return what is to be said of a file that is not there, and so many captures were in."""
    return Problem(file=name, what=f"the file is missing, and {captures} captures with it")


def lost(row: CaptureRow) -> Problem:
    """Return what is to be said of a row whose record is not where it says."""
    what = f"captures names a record here{_of_document(row)} that is not here, or not whole"
    return Problem(file=row.file, offset=row.offset, url=row.url, what=what)


def without_document(row: CaptureRow) -> Problem:
    """Return what is to be said of a capture of a document that is not among the documents."""
    what = f"document {row.site}/{row.doc_id} is missing in documents"
    return Problem(file=row.file, offset=row.offset, url=row.url, what=what)


def without_capture(document: auditing.DocumentRow) -> Problem:
    """Return what is to be said of a document whose record is not known."""
    which = f"document {document.site}/{document.doc_id}"
    if document.capture_id is None:
        what = f"{which} was kept without its page"
    else:
        what = f"{which} names the record {document.capture_id}, which is no capture of it"
    return Problem(file="", url=document.url, what=what)


def _differences(found: Differing) -> str:
    return ", ".join(
        f"{name} {getattr(found.row, name)}, not {getattr(found.right, name)}"
        for name in found.names
    )


def _of_document(row: CaptureRow) -> str:
    return f" (document {row.site}/{row.doc_id})" if row.doc_id is not None else ""
