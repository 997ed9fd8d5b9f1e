"""Standard output and standard error, which may be closed, full, or read by nobody."""

from __future__ import annotations

import io
import os
import sys
from typing import IO, TYPE_CHECKING

from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Buffer

_LAST = 2
"""The descriptor of standard error, the last of the three standard ones."""


def secure_streams() -> None:
    """Let nothing that is said on standard error change how the process ends.

    What cannot be said is lost. Descriptors of closed streams are taken, so that no file gets them.
    """
    if sys.stderr is not sys.__stderr__:  # done, or somebody reads it in this process
        return
    _take_closed_descriptors()
    was = sys.stderr
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(_Tolerant(_LAST, "w", closefd=False)),
        encoding=was.encoding if was else "utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )


def check_output() -> None:
    """Raise ``DiskError`` if standard output is closed."""
    if sys.stdout is None:
        raise DiskError("standard output is closed; name a file instead")


def write_out(lines: Iterable[bytes]) -> None:
    """Write *lines* to standard output, until all are written or nobody reads on.

    Raise ``DiskError`` if it is closed or full.
    """
    check_output()
    try:
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
    except OSError as error:
        discard(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            message = f"standard output: cannot be written: {error.strerror}"
            raise DiskError(message) from error


def aligned(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    r"""Yield a line of each of *rows*, whose cells stand below each other.

    >>> list(aligned([("due", "12"), ("leased", "")]))
    [b'due     12\n', b'leased\n']
    """
    lines = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        yield f"{'  '.join(cells).rstrip()}\n".encode()


def discard(stream: IO[str] | io.FileIO) -> None:
    """Let all that is still written to *stream* go nowhere.

    What is left in a buffer would fail once more when Python exits.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class _Tolerant(io.FileIO):
    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            discard(self)
            return memoryview(data).nbytes


def _take_closed_descriptors() -> None:
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        pass
    os.close(descriptor)
