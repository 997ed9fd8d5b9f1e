"""Room on the disks: how much there is, and whether that is enough."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def free_bytes(path: Path) -> int:
    """Return how many bytes may still be written to the file system of *path*.

    What is not there yet counts as where it would be made. Raises ``DiskError``.
    """
    try:
        there = next(one for one in (path, *path.absolute().parents) if one.exists())
        status = os.statvfs(there)
    except OSError as error:
        raise DiskError(f"{path}: its free space is not known: {error.strerror}") from error
    return status.f_bavail * status.f_frsize


class RoomWatch:
    """Folders whose file systems shall keep some room; asking costs a system call for each."""

    def __init__(self, folders: Iterable[Path], min_free_bytes: int) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._min_free_bytes = min_free_bytes

    def problem(self) -> str | None:
        """Return, in a line, where there is less room than there shall be; ``None``: nowhere."""
        for folder in self._folders:
            try:
                free = free_bytes(folder)
            except DiskError as error:
                return str(error)
            if free < self._min_free_bytes:
                return (
                    f"{folder}: the disk has {free:,} bytes free,"
                    f" and DOCSHELF_MIN_FREE is {self._min_free_bytes:,}"
                )
        return None
