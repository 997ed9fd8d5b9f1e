"""Where WARCs are found: single files, folders of them, and WACZ files, which need no unpacking."""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from crawler.archive.members import MAX_RECORD_BYTES
from crawler.archive.reader import Record, file_name, open_either, read_stream
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

    from crawler.archive.members import Damage

_WARCS: Final = (".warc", ".warc.gz", ".wet", ".wet.gz")
_WACZ: Final = ".wacz"
_LOCAL_HEAD: Final = struct.Struct("<26xHH")
"""How long the name and the extra field are, in what stands before a ZIP's member."""

_UNREADABLE: Final = (
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    UnicodeDecodeError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a ZIP that is damaged, or of another kind, may raise."""


@dataclass(frozen=True, slots=True)
class WarcSource:
    """A WARC file, by itself or in a WACZ."""

    path: Path
    """The file, or the WACZ that it is in."""
    member: str | None = None
    """What it is called in the WACZ."""

    @property
    def name(self) -> str:
        """The name of the WARC file, without a folder."""
        return file_name(Path(self.member)) if self.member else file_name(self.path)

    def __str__(self) -> str:
        return f"{self.path}: {self.member}" if self.member else str(self.path)

    def records(
        self, *, start: int = 0, max_bytes: int = MAX_RECORD_BYTES
    ) -> Iterator[Record | Damage]:
        """Yield what it holds from *start* on, as ``read_records`` does. Raises as that does."""
        with self.opened() as file:
            yield from read_stream(file, self.name, start=start, max_bytes=max_bytes)

    def record(self, offset: int) -> Record:
        """Return the record that begins at *offset*. Raises ``ArchiveError`` if none does."""
        found = next(self.records(start=offset), None)
        if not isinstance(found, Record):
            raise ArchiveError(f"{self}: offset {offset}: no record")
        return found

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Give it to be read; seeking costs nothing unless it is compressed in its WACZ.

        Raises ``ArchiveError`` if it cannot be read.
        """
        try:
            with open_either(self.path) as file:
                if self.member is None:
                    yield file
                    return
                with zipfile.ZipFile(file) as archive:
                    entry = archive.getinfo(self.member)
                    if entry.compress_type == zipfile.ZIP_STORED:
                        yield cast("BinaryIO", io.BufferedReader(_Window(file, entry)))
                        return
                    with _unpacked(archive, entry) as member:
                        yield cast("BinaryIO", member)
        except _UNREADABLE as error:
            raise ArchiveError(f"{self}: cannot be read: {error}") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(entry)
    except RuntimeError as error:  # it wants a password
        raise zipfile.BadZipFile(str(error)) from error


class _Window(io.RawIOBase):
    """A member of a ZIP that is not compressed, as a file: zipfile reads all that it seeks past."""

    def __init__(self, file: BinaryIO, entry: zipfile.ZipInfo) -> None:
        self._file = file
        file.seek(entry.header_offset)
        lengths = _LOCAL_HEAD.unpack(file.read(_LOCAL_HEAD.size))
        self._start = entry.header_offset + _LOCAL_HEAD.size + sum(lengths)
        end = file.seek(0, os.SEEK_END)
        self._size = min(entry.file_size, max(end - self._start, 0))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to *offset*, as any file does."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill *buffer* as far as the member reaches, and return how far."""
        view = memoryview(buffer)[: max(self._size - self._at, 0)]
        self._file.seek(self._start + self._at)
        data = self._file.read(len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def find_warcs(path: Path) -> list[WarcSource]:
    """Return the WARCs that *path* is or holds, sorted by name: a file, a WACZ, or a folder.

    A single file is taken for what its name says, and for a WARC otherwise; in a folder other
    files are passed over. Raises ``ArchiveError`` if there is no such file or no WARC in it.
    """
    if path.is_dir():
        found = [
            source
            for child in sorted(path.rglob("*"))
            if child.is_file() and file_name(child).endswith((*_WARCS, _WACZ))
            for source in _in_file(child)
        ]
    elif path.exists():
        found = _in_file(path)
    else:
        raise ArchiveError(f"{path}: no such file")
    if not found:
        raise ArchiveError(f"{path}: no WARC in it")
    return found


def _in_file(path: Path) -> list[WarcSource]:
    if path.suffix != _WACZ:
        return [WarcSource(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except _UNREADABLE as error:
        raise ArchiveError(f"{path}: cannot be read: {error}") from error
    return [WarcSource(path, name) for name in sorted(names) if name.endswith(_WARCS)]
