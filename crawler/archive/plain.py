"""The records of a WARC that is not compressed, one by one, past what is damaged."""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING, BinaryIO, Final

from crawler.archive.members import MAX_RECORD_BYTES, Damage, Member

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_HEAD_BYTES: Final = 64 * 1024
"""The longest head of a record, in bytes."""

_FIRST_READ: Final = 4 * 1024
_BLOCK: Final = 64 * 1024
_HEAD: Final = re.compile(rb"WARC/\d+\.\d+\r?\n(?:.*\n)*?\r?\n")
_LENGTH: Final = re.compile(
    rb"^Content-Length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_END: Final = b"\r\n\r\n"
_NEXT: Final = re.compile(rb"(?<=\n)WARC/\d+\.\d+\r?\n")
_KEPT: Final = 32


def walk_plain(
    file: BinaryIO, *, start: int = 0, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Member | Damage]:
    """Yield what *file* holds from *start* on: whole records, and what lies between them.

    Records of more than *max_bytes* are reported as damage, and take no memory.
    """
    size = file.seek(0, os.SEEK_END)
    offset = start
    while offset < size:
        length, what = _measure(file, offset)
        if not what and offset + length > size:
            what = "the file ends within a record"
        if not what and length > max_bytes:
            yield Damage(offset, length, f"more than {max_bytes} bytes", is_whole=True)
        elif not what and (data := _read(file, offset, length)).endswith(_END):
            yield Member(offset, length, data)
        else:
            length = find_record(file, offset + 1) - offset
            what = what or "the record is not as long as its Content-Length says"
            yield Damage(offset, length, what)
        offset += length


def _measure(file: BinaryIO, offset: int) -> tuple[int, str]:
    """Return how long the record at *offset* is by its own words, or what is wrong with it."""
    for limit in (_FIRST_READ, MAX_HEAD_BYTES):
        data = _read(file, offset, limit)
        if (head := _HEAD.match(data)) is not None:
            length = _LENGTH.search(head[0])
            if length is None:
                return 0, "the record has no Content-Length"
            return head.end() + int(length[1]) + len(_END), ""
    return 0, "no record of WARC" if data[:5] != b"WARC/" else "the head of the record does not end"


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def find_record(file: BinaryIO, start: int, stop: float = math.inf) -> int:
    """Return where the first line that begins a record is, at or after *start*, which is above 0.

    The end of the file if there is none; some place behind *stop* if there is none before it.
    """
    base = start - 1  # the line before may end there
    window = b""
    file.seek(base)
    while base < stop and (block := file.read(_BLOCK)):
        window += block
        if (found := _NEXT.search(window)) is not None:
            return base + found.start()
        kept = window[-_KEPT:]
        base += len(window) - len(kept)
        window = kept
    return base + len(window)
