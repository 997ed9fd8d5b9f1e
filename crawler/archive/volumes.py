"""A WARC file and its index while they are written: they are made and closed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.archive.files import WarcFile
from crawler.archive.indexing import IndexFile
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Volume:
    """A file of exchanges, with its index. Not for several threads at once."""

    def __init__(self, folder: Path, names: Iterator[str], head: Callable[[str], bytes]) -> None:
        """Make both; the WARC begins with what *head* makes of its name.

        Raises ``DiskError``; then neither is there.
        """
        self._file = WarcFile(folder, names)
        try:
            self._file.append(head(self._file.name))
            self.index = IndexFile(self._file.path)
        except DiskError:
            self._file.discard()
            raise
        self._head_bytes = self._file.size
        self.unknown = 0
        """How many of its captures no database knows yet."""

    @property
    def name(self) -> str:
        """What the WARC is called when it is closed."""
        return self._file.name

    @property
    def size(self) -> int:
        """How many bytes the WARC has."""
        return self._file.size

    @property
    def is_bare(self) -> bool:
        """Whether there is no exchange in it."""
        return self._file.size == self._head_bytes

    @property
    def is_spent(self) -> bool:
        """Whether there is no room left in it, though a new one may have some."""
        return self._file.is_capped and not self.is_bare

    def append(self, data: bytes) -> int:
        """Add *data* to the WARC, as ``WarcFile.append`` does."""
        return self._file.append(data)

    def sync(self) -> None:
        """Return when the WARC is on the disk. Raises ``DiskError``, as ``WarcFile.sync`` does."""
        self._file.sync()
        self.index.flush()

    def end(self) -> None:
        """Take no more: only the lock on the WARC is kept. Raises as ``sync`` does."""
        self._file.sync()
        self.index.end()

    def close(self) -> None:
        """Sort the index, then give the WARC its name: while that ends in ``.open`` all is to do.

        Raises ``DiskError`` or ``ArchiveError``; it may be tried again.
        """
        self.index.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of both as they are; a recovery will close them."""
        self.index.end()
        self._file.abandon()
