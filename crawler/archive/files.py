"""One WARC file while it is written: whole pairs of records, or nothing of them.

It is named ``prefix-time-serial-host.warc.gz``, ends in ``.open`` until it is closed, and is
locked as long, so that nobody takes it for one that a crawl left behind.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import socket
from typing import TYPE_CHECKING, Final

from crawler.archive.durable import not_written, sync_folder
from crawler.archive.reader import OPEN
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._]+")
_SERIALS: Final = 100_000


def file_names(prefix: str, created_at: datetime, serial: int, host: str = "") -> Iterator[str]:
    """Yield names for a new file, the best first: with *serial*, with the next one, and so on.

    >>> from datetime import UTC, datetime
    >>> next(file_names("docshelf", datetime(2026, 11, 24, 8, tzinfo=UTC), 0, "shelf.example"))
    'docshelf-20261124080000000-00000-shelf.example.warc.gz'
    """
    moment = created_at.strftime("%Y%m%d%H%M%S") + f"{created_at.microsecond // 1000:03}"
    machine = _UNSAFE.sub("_", host or socket.gethostname()) or "unknown"
    for number in range(serial, serial + _SERIALS):
        yield f"{name_start(prefix)}{moment}-{number:05}-{machine}.warc.gz"


def name_start(prefix: str) -> str:
    """Return what the names of the files of *prefix* begin with, and no others.

    >>> name_start("wenku.so")
    'wenku.so-'
    """
    return _UNSAFE.sub("_", prefix) + "-"


class WarcFile:
    """A file that only grows, by whole groups of bytes. Not for several threads at once."""

    def __init__(self, folder: Path, names: Iterator[str]) -> None:
        """Make the file, by the first of *names* that is free. Raises ``DiskError``."""
        self._path = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._path, self._descriptor = _create(folder, names)
        except OSError as error:
            raise not_written(self._path, error) from error
        try:
            sync_folder(folder)
        except OSError as error:
            self.discard()
            raise not_written(self._path, error) from error
        self.is_capped = False
        """Whether it may not grow any more, though another file may have room."""
        self._torn = False
        self._synced_bytes = 0
        self.size = 0
        """How many bytes it has, all of them in whole groups."""
        self.name = self._path.name.removesuffix(OPEN)
        """What it is called when it is closed."""

    @property
    def path(self) -> Path:
        """Where it is now."""
        return self._path

    def append(self, data: bytes) -> int:
        """Add *data* and return where it begins, in bytes.

        Raises ``DiskError`` if not all of it can be written; then nothing of it stays.
        """
        if self._torn:
            raise DiskError(f"{self._path}: cannot be written: its tail could not be cut off")
        offset = self.size
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self.is_capped = error.errno == errno.EFBIG
            self._cut_back(offset)
            raise not_written(self._path, error) from error
        self.is_capped = False
        self.size += len(data)
        return offset

    def sync(self) -> None:
        """Return when all that was added is on the disk.

        Raises ``DiskError``; then what was added since the last time is not to be relied on. If
        somebody removed the file, neither is what was added before.
        """
        if self._synced_bytes == self.size:
            return
        try:
            os.fdatasync(self._descriptor)
            if not os.fstat(self._descriptor).st_nlink:
                raise DiskError(f"{self._path}: somebody removed it while it was written to")
        except OSError as error:
            # Also for want of room: the system may have forgotten what it could not write.
            raise DiskError(f"{self._path}: cannot be written: {error.strerror}") from error
        self._synced_bytes = self.size

    def close(self) -> None:
        """Sync it, and give it its name: the last thing that is done to it.

        Raises ``DiskError``; unless it was the sync that failed, it may be tried again.
        """
        self.sync()
        target = self._path.with_name(self.name)
        try:
            if self._path != target:
                self._path.rename(target)
                self._path = target
            sync_folder(target.parent)
        except OSError as error:
            raise not_written(self._path, error) from error
        os.close(self._descriptor)

    def abandon(self) -> None:
        """Let go of it as it is; a recovery will close it."""
        os.close(self._descriptor)

    def discard(self) -> None:
        """Let go of it, and remove it."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _cut_back(self, size: int) -> None:
        self._torn = True
        try:
            os.ftruncate(self._descriptor, size)
        except OSError as error:
            raise not_written(self._path, error) from error
        self._torn = False


def lock(descriptor: int) -> bool:
    """Take the file of *descriptor* for ourselves until it is closed, if nobody else has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def still_names(path: Path, descriptor: int) -> bool:
    """Return whether *path* is the file of *descriptor*: nobody renamed or removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _create(folder: Path, names: Iterator[str]) -> tuple[Path, int]:
    """Make and lock the file whose name is free, open to be added to."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    for name in names:
        path = folder / f"{name}{OPEN}"
        try:
            descriptor = os.open(path, flags, 0o644)
        except FileExistsError:
            continue
        # A recovery, or a check, that came upon it in this instant is soon through.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not still_names(path, descriptor):
            os.close(descriptor)
        elif (folder / name).exists():  # asked now: while ours is there, nobody can make it
            path.unlink()
            os.close(descriptor)
        else:
            return path, descriptor
    raise FileExistsError(f"no name is free for a new file in {folder}")
