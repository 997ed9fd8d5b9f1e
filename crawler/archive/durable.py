"""Files that stay: what is said to be on the disk is on the disk."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import tempfile
from typing import TYPE_CHECKING, Final

from crawler.errors import DiskError, DiskFullError

if TYPE_CHECKING:
    from pathlib import Path

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def replace_file(path: Path, data: bytes) -> None:
    """Write *data* to *path*, which is there, or replaced, whole or not at all.

    Raises ``DiskError`` if it cannot be written.
    """
    part = part_of(path)
    try:
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(path, error) from error


def make_folder(folder: Path) -> None:
    """Make *folder*, to last and to be written to. Raises ``DiskError`` if it cannot."""
    try:
        made = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for one in made:
            sync_folder(one.parent)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise not_written(folder, error) from error


def part_of(path: Path) -> Path:
    """Return a new name beside *path* for what will replace it."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def parts_of(path: Path) -> list[Path]:
    """Return what was to replace *path*, and never did: those who wrote it were killed."""
    return sorted(path.parent.glob(f".{glob.escape(path.name)}.*.part"))


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* last: files made, renamed or removed. Raises ``OSError``."""
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Make the bytes of *path* last. Raises ``OSError``."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def not_written(path: Path, error: OSError) -> DiskError:
    """Return the error that says that *path* cannot be written, and why.

    It is a ``DiskFullError`` if that may pass with some room.
    """
    kind = DiskFullError if error.errno in _FULL else DiskError
    return kind(f"{path}: cannot be written: {error.strerror or error}")
