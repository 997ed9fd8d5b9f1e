"""A collection in one file: the archive's closed files, with the documents as its pages."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from crawler.archive.reader import OPEN
from crawler.archive.verify import is_growing, is_warc
from crawler.archive.wacz import PackedPage, pack_wacz
from crawler.errors import ArchiveError
from crawler.storage import finding

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from pathlib import Path

    from crawler.archive.members import Damage
    from crawler.archive.reader import Record
    from crawler.archive.wacz import CollectionInfo
    from crawler.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of a collection is wanted."""

    site: str | None = None
    """Of one site; ``None``: of all."""
    since: datetime | None = None
    """Captured at this moment or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The WARC files that are to be packed, and those that are not."""

    chosen: list[Path]
    writing: list[Path]
    """Those that a crawl is writing."""
    left_open: list[Path]
    """Those that a crawl left open which did not end."""


def choose_files(folder: Path, store: Store, choice: Choice) -> Files:
    """Return the files of *folder* that hold anything of *choice*; each is packed as it is.

    Raises ``ArchiveError`` if the folder cannot be read, ``StorageError`` if *store* cannot.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if is_warc(path))
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot be read: {error.strerror or error}") from error
    closed = [path for path in paths if not path.name.endswith(OPEN)]
    opened = {path: is_growing(path) for path in paths if path.name.endswith(OPEN)}
    if choice != Choice():
        with store.reading() as connection:
            names = finding.files_of(connection, site=choice.site, since=choice.since)
        closed = [path for path in closed if path.name in names]
    return Files(
        chosen=closed,
        writing=[path for path, is_held in opened.items() if is_held],
        left_open=[path for path, is_held in opened.items() if not is_held],
    )


class Packed(NamedTuple):
    """What was packed."""

    pages: int
    """How many pages of documents are listed."""
    damage: list[str]
    """What is not whole, and where: packed as it is."""


def pack(
    target: Path, warcs: list[Path], store: Store, choice: Choice, info: CollectionInfo
) -> Packed:
    """Pack *warcs* into the WACZ *target*, and return what is in it.

    *target* is there, or replaced, only when all went well. Raises ``ArchiveError``,
    ``StorageError``, or ``DiskError`` if it cannot be written.
    """
    damage: list[str] = []

    def note(warc: Path, found: Damage) -> None:
        damage.append(f"{warc.name}: offset {found.offset}: {found.what}")

    with closing(_Pages(store, choice)) as pages:
        return Packed(pack_wacz(target, warcs, info, pages, note), damage)


class _Pages:
    """Tells of each record, in the order of its file, whether it is the page of a document."""

    def __init__(self, store: Store, choice: Choice) -> None:
        self._store = store
        self._choice = choice
        self._file = ""
        self._rows = self._in_file("")
        self._next: finding.FoundPage | None = None

    def __call__(self, record: Record) -> PackedPage | None:
        if record.file != self._file:
            self._file = record.file
            self._rows.close()
            self._rows = self._in_file(record.file)
            self._next = next(self._rows, None)
        while self._next is not None and self._next.offset < record.offset:
            self._next = next(self._rows, None)
        found = self._next
        if found is None or found.record_id != record.record_id:
            return None
        return PackedPage(title=found.title, text=found.preview)

    def close(self) -> None:
        """Let the database go."""
        self._rows.close()

    def _in_file(self, file: str) -> Generator[finding.FoundPage]:
        with self._store.reading() as connection:
            yield from finding.pages_in_file(
                connection, file, site=self._choice.site, since=self._choice.since
            )
