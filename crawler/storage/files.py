"""Files that appear whole or not at all."""

from __future__ import annotations

import gzip
import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open *path* to be written; it is there, or replaced, only when the block ended well.

    What ends in ``.gz`` is compressed, the same bytes to the same file every time. A device or a
    pipe is written as it is. Raises ``DiskError`` if anything cannot be written.
    """
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file, _packed(file, path) as packed:
                yield packed
            return
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("xb") as file:
                with _packed(file, path) as packed:
                    yield packed
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            _sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DiskError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _packed(file: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    if path.suffix != ".gz":
        yield file
        return
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
        yield cast("BinaryIO", packed)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
