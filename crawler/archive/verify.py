"""Every byte of an archive, checked: what is torn, flipped, missing or foreign is named."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Final

from crawler.archive.cdxj import SUFFIX, index_line, index_path
from crawler.archive.checks import Index, Pairs, Problem, record_faults
from crawler.archive.files import lock
from crawler.archive.members import Damage, Member
from crawler.archive.reader import OPEN, Record, file_name, open_either, parse_member, walk
from crawler.archive.repair import TORN
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WARCS: Final = (".warc", ".warc.gz")
_RECORD_END: Final = b"\r\n\r\n"
_HEADS: Final = 1000


def verify_folder(folder: Path) -> Iterator[Problem]:
    """Yield all that is wrong with the files of *folder*; nothing if the archive is whole.

    A file that another process is writing is checked as far as it is whole. Raises
    ``ArchiveError`` if something cannot be read at all.
    """
    for found in check_folder(folder):
        yield from _problems(found.run()) if isinstance(found, FileCheck) else [found]


def verify_file(path: Path) -> Iterator[Problem]:
    """Yield all that is wrong with the WARC file *path* and its index.

    Raises ``ArchiveError`` if it cannot be read at all.
    """
    return _problems(FileCheck(path).run())


def check_folder(folder: Path) -> Iterator[FileCheck | Problem]:
    """Yield the check of each WARC file of *folder*, and what is wrong with the other files.

    Raises ``ArchiveError`` if the folder cannot be read.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot be read: {error.strerror or error}") from error
    indexed = {index_path(path).name for path in paths if is_warc(path)}
    for path in paths:
        if not os.path.lexists(path) and not path.name.endswith(OPEN):
            continue  # a crawl was writing it when it was found
        if not path.is_file() and not path.name.endswith(OPEN):
            yield Problem(file=path.name, what="no file of an archive")
        elif is_warc(path):
            check = FileCheck(path, growing=is_growing(path))
            if path.name.endswith(OPEN) and not check.growing:
                yield Problem(file=path.name, what="left open by a crawl that did not end")
            yield check
        elif file_name(path).endswith(SUFFIX):
            if file_name(path) not in indexed:
                yield Problem(file=path.name, what="the file that it is the index of is missing")
        elif not path.name.endswith(TORN):
            yield Problem(file=path.name, what="no file of an archive")


def is_warc(path: Path) -> bool:
    """Return whether *path* is called as a WARC file is, closed or open."""
    return file_name(path).endswith(_WARCS)


def is_growing(path: Path) -> bool:
    """Return whether another process is writing the WARC file *path*.

    Raises ``ArchiveError`` if it cannot be read.
    """
    if not path.name.endswith(OPEN):
        return False
    try:
        with path.open("rb") as file:
            return not lock(file.fileno())
    except FileNotFoundError:  # closed in the instant since it was found
        return True
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from error


class FileCheck:
    """One pass over a WARC file and its index.

    While it is *growing*, it may end within an exchange, and its index is behind it.
    """

    def __init__(self, path: Path, *, growing: bool = False) -> None:
        self.path = path
        self.growing = growing
        self.records = 0
        """How many records were found so far that are whole."""
        self.size = 0
        """How many bytes the file has, once the pass began."""
        self._pairs = Pairs()
        self._is_damaged = False
        self._heads: Counter[bytes] = Counter()
        self._first_with_head: dict[bytes, int] = {}

    def run(self) -> Iterator[Problem | Record]:
        """Yield each record that is whole, and all that is wrong, in the order of the file.

        Raises ``ArchiveError`` if it cannot be read at all.
        """
        try:
            with ExitStack() as stack:
                file = stack.enter_context(open_either(self.path))
                yield from self._run(file, Index(self.path, stack))
        except OSError as error:
            message = f"{self.path}: cannot be read: {error.strerror or error}"
            raise ArchiveError(message) from error

    def _run(self, file: BinaryIO, index: Index) -> Iterator[Problem | Record]:
        self.size = os.fstat(file.fileno()).st_size
        for member in walk(file, file_name(self.path)):
            if isinstance(member, Member):
                yield from self._check_member(member, index)
            elif not (self.growing and member.offset + member.length >= self.size):
                yield self._damage(member, index)
        if not self.records and not self._is_damaged:
            yield self._problem("there is no record in it", None)
        yield from self._odd_heads()
        if self.growing:
            return
        yield from self._pairs.broken()
        yield from index.finish()
        if not index.is_there:
            yield Problem(file=index_path(self.path).name, what="the file has no index")

    def _check_member(self, member: Member, index: Index) -> Iterator[Problem | Record]:
        if len(self._heads) < _HEADS:
            self._heads[member.head] += 1
            self._first_with_head.setdefault(member.head, member.offset)
        if not member.data.endswith(_RECORD_END):
            yield self._problem("the record does not end in two line breaks", member.offset)
        for number, found in enumerate(parse_member(member, file_name(self.path))):
            if isinstance(found, Damage):
                yield self._damage(found, index)
                continue
            if number == 1:
                yield self._problem("several records in one gzip member", member.offset)
            yield from self._check_record(found, index)

    def _check_record(self, record: Record, index: Index) -> Iterator[Problem | Record]:
        self.records += 1
        if self.records == 1 and (record.kind != "warcinfo" or record.offset):
            yield self._problem("it does not begin with a warcinfo record", 0)
        for fault in record_faults(record):
            yield self._problem(f"{record.kind or 'record'}: {fault}", record.offset, record.url)
        self._pairs.add(record)
        if not self.growing and (line := index_line(record)) is not None:
            yield from index.meet(line)
        yield record

    def _odd_heads(self) -> Iterator[Problem]:
        """Yield members whose gzip header is not that of nearly all: nobody writes such files.

        Flipped bits there change nothing that a CRC covers, but may keep others from reading.
        """
        usual, count = self._heads.most_common(1)[0] if self._heads else (b"", 0)
        if count * 2 <= self._heads.total() or usual[4:8] != bytes(4):  # each with its own time
            return
        for head, offset in self._first_with_head.items():
            if head != usual:
                yield self._problem("its gzip header is unlike that of the others", offset)

    def _damage(self, damage: Damage, index: Index) -> Problem:
        self._is_damaged = True
        place = range(damage.offset, damage.offset + damage.length)
        index.lose(place)
        return self._problem(damage.what, damage.offset, index.url_at(place))

    def _problem(self, what: str, offset: int | None, url: str | None = None) -> Problem:
        return Problem(file=self.path.name, offset=offset, url=url or None, what=what)


def _problems(found: Iterator[Problem | Record]) -> Iterator[Problem]:
    return (one for one in found if isinstance(one, Problem))
