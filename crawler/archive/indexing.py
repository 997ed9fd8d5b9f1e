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
        target = index_path(warc)
        self._path = target.with_name(target.name + OPEN)
        self._whole = True
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

    def close(self, warc: Path) -> None:
        """Sort it beside the closed *warc*. Raises ``DiskError`` or ``ArchiveError``."""
        self.flush()
        if self._whole:
            try:
                lines = self._path.read_text(encoding="utf-8").split("\n")[:-1]
            except OSError as error:
                raise not_written(self._path, error) from error
            write_lines(index_path(warc), sorted(lines))
        else:
            write_index(warc)
        self._path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Let go of it as it is; a recovery will write it anew."""
        try:
            self._file.close()
        except OSError:  # what could not be written is read again from the WARC
            self._whole = False
