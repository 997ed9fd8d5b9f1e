"""The index of a WARC file that is still written: it grows unsorted, and is sorted at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.archive.cdxj import index_path, write_index, write_lines
from crawler.archive.durable import not_written
from crawler.archive.reader import OPEN

if TYPE_CHECKING:
    from pathlib import Path


class IndexFile:
    """Lines of CDXJ beside an open WARC. What it lacks, it reads from the WARC at the end."""

    def __init__(self, warc: Path) -> None:
        """Make it beside *warc*. Raises ``DiskError``."""
        self._warc = warc
        self._path = growing_index(warc)
        self._whole = True
        self._closed = False
        try:
            self._file = self._path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise not_written(self._path, error) from error

    def add(self, line: str) -> None:
        """Add *line*. A disk that is full loses lines, not the WARC: they are read again."""
        try:
            self._file.write(f"{line}\n")
        except OSError:
            self._whole = False

    def skip(self) -> None:
        """Take note that a line was left out."""
        self._whole = False

    def flush(self) -> None:
        """Let others see what was added."""
        try:
            self._file.flush()
        except OSError:
            self._whole = False

    def end(self) -> None:
        """Take no more lines."""
        try:
            self._file.close()
        except OSError:
            self._whole = False

    def close(self) -> None:
        """Sort it beside its WARC, which may still be open; both must have ended.

        Raises ``DiskError`` or ``ArchiveError``; it may be tried again.
        """
        if self._closed:
            return
        self.end()
        try:
            if self._whole:
                lines = self._path.read_text(encoding="utf-8").split("\n")[:-1]
                write_lines(index_path(self._warc), sorted(lines))
            else:
                write_index(self._warc)
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise not_written(self._path, error) from error
        self._closed = True


def growing_index(warc: Path) -> Path:
    """Return where the index of *warc* is while it grows: beside it."""
    target = index_path(warc)
    return target.with_name(target.name + OPEN)
