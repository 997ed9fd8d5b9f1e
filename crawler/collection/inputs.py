"""What is read again: WARC files, in the order in which they were written, cut into pieces."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.archive.containers import find_warcs
from crawler.archive.members import GZIP_MAGIC
from crawler.archive.reader import OPEN, Record, parse_date
from crawler.collection.piecework import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crawler.archive.containers import WarcSource

PIECE_BYTES: Final = 1024 * 1024
"""How much of a file a worker is given at a time: some two hundred pages."""

_MOMENT: Final = re.compile(r"(?<!\d)(\d{14})(?:\d{3})?(?!\d)")
_FIRST: Final = 8
"""How many records are looked at for the moment of a file."""
_PLAIN_START: Final = b"WARC/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A WARC file that is to be read."""

    source: WarcSource
    size: int
    """In bytes, as it is now."""
    mark: str
    """Changes with what it holds; empty while a crawl may be writing it."""
    is_packed: bool
    is_whole: bool
    """Whether it must be read from its beginning to its end."""

    @property
    def name(self) -> str:
        """What it is called, closed or open."""
        path = str(self.source.path).removesuffix(OPEN)
        return f"{path}: {self.source.member}" if self.source.member else path

    def pieces(self, start: int = 0) -> Iterator[Piece]:
        """Yield its pieces from *start* on, where a record begins, or damage, or its end is."""
        step = self.size if self.is_whole else PIECE_BYTES
        at = start
        while at < self.size:
            stop = min(at + step, self.size)
            yield self.piece(at, stop, is_exact=at == start)
            at = stop

    def piece(self, start: int, stop: int, *, is_exact: bool) -> Piece:
        """Return what begins in it from *start* on and before *stop*."""
        return Piece(
            source=self.source,
            start=start,
            stop=stop,
            is_packed=self.is_packed,
            is_exact=is_exact,
        )


def find_inputs(paths: Iterable[Path]) -> list[Input]:
    """Return the WARC files that *paths* are or hold, each once, the earliest first.

    Raises ``ArchiveError`` if one is not there or cannot be read.
    """
    sources = dict.fromkeys(source for path in paths for source in find_warcs(path.absolute()))
    dated = sorted((_moment(source), str(source), source) for source in sources)
    return [_input(source) for _, _, source in dated]


def is_within(source: WarcSource, folder: Path) -> bool:
    """Return whether *source* is a file of the archive in *folder*."""
    return source.member is None and source.path.resolve().parent == folder.resolve()


def _input(source: WarcSource) -> Input:
    with source.opened() as file:
        start = file.read(len(_PLAIN_START))
        is_named_so = source.name.endswith(".gz") and start != _PLAIN_START
        size = file.seek(0, 2)
        is_whole = isinstance(file, zipfile.ZipExtFile)
    is_open = source.path.name.endswith(OPEN)
    try:
        told = source.path.stat()
        mark = "" if is_open else f"{told.st_size} {told.st_mtime_ns}"
    except FileNotFoundError:  # it was closed just now
        mark = ""
    return Input(
        source=source,
        size=size,
        mark=mark,
        is_packed=start.startswith(GZIP_MAGIC) or is_named_so,
        is_whole=is_whole,
    )


def _moment(source: WarcSource) -> datetime:
    """Return when *source* was begun: as its name says, or its first record."""
    if (found := _MOMENT.search(source.name)) is not None:
        try:
            return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:  # another number
            pass
    for record in islice(source.records(), _FIRST):
        if isinstance(record, Record):
            moment = parse_date(record.fields.get("warc-date", ""))
            if moment is not None:
                return moment
    return datetime.max.replace(tzinfo=UTC)
