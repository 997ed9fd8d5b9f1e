"""The members of a gzip file, one by one, past what is damaged (RFC 1952; WARC 1.1, annex D).

A WARC holds one record a member, so that each can be read by itself. Members are found again
after damage by their first bytes and by what they unpack to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Iterator

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
MAX_RECORD_BYTES: Final = 256 * 1024 * 1024
"""The largest record that is read, unpacked: far above any page, far below any memory."""

_LEVEL: Final = 2  # measured: as fast as 1, one per cent smaller; 3 is half as fast
_HEAD_BYTES: Final = 10
_RESERVED_FLAGS: Final = 0xE0
_BLOCK: Final = 64 * 1024
_PROBE: Final = 4 * 1024
_WARC: Final = b"WARC/"
_GZIP: Final = 31  # wbits: the gzip format
_GzipError = cast("type[Exception]", isal_zlib.error)


@dataclass(frozen=True, slots=True)
class Member:
    """A whole gzip member, or a whole record of a file that is not compressed."""

    offset: int
    """Where it begins in its file, in bytes."""
    length: int
    """How many bytes of its file it takes."""
    data: bytes
    """What it holds, unpacked."""
    head: bytes = b""
    """Its gzip header, without optional fields; empty if not compressed."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a file that belong to no whole record."""

    offset: int
    length: int
    what: str
    """What is wrong with them, for people."""
    is_whole: bool = False
    """Whether they are whole nevertheless, and only too large to be read."""


def pack(data: bytes) -> bytes:
    """Return *data* as one gzip member; the same bytes for the same data."""
    return isal_zlib.compress(data, _LEVEL, _GZIP)


def walk_members(
    file: BinaryIO, *, start: int = 0, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Member | Damage]:
    """Yield what *file* holds from *start* on: whole members, and what lies between them.

    Checks each member's CRC and length. Members of more than *max_bytes* unpacked are reported as
    damage, and take no memory.
    """
    offset = start
    file.seek(start)
    block = file.read(_BLOCK)
    while block:
        head = block[:_HEAD_BYTES]
        data, what, rest = _unpack(file, block, max_bytes)
        if rest is None:
            following = find_member(file, offset + 1)
            yield Damage(offset, following - offset, what)
            offset = following
            file.seek(offset)
            rest = b""
        else:
            length = file.tell() - len(rest) - offset
            if what:
                yield Damage(offset, length, what, is_whole=True)
            else:
                yield Member(offset, length, data, head)
            offset += length
        block = rest if len(rest) >= _HEAD_BYTES else rest + file.read(_BLOCK)


def _unpack(file: BinaryIO, block: bytes, max_bytes: int) -> tuple[bytes, str, bytes | None]:
    """Unpack the member that *block* begins with, reading on in *file*.

    Returns what it holds, what is wrong with it, and what was read beyond its end, ``None`` if
    its end is not known.
    """
    inflater = isal_zlib.decompressobj(_GZIP)
    pieces: list[bytes] = []
    size = 0
    try:
        while True:
            piece = inflater.decompress(block)
            size += len(piece)
            if size <= max_bytes:
                pieces.append(piece)
            else:
                pieces.clear()
            if inflater.eof:
                break
            block = file.read(_BLOCK)
            if not block:
                return b"", "the file ends within a gzip member", None
    except _GzipError as error:
        return b"", f"no whole gzip member: {error}", None
    what = f"more than {max_bytes} bytes, unpacked" if size > max_bytes else ""
    return pieces[0] if len(pieces) == 1 else b"".join(pieces), what, inflater.unused_data


def find_member(file: BinaryIO, start: int, stop: float = math.inf) -> int:
    """Return where the first member with a WARC record begins at or after *start*.

    The end of the file if there is none; some place behind *stop* if there is none before it.
    """
    file.seek(start)
    base, window = start, b""
    while base < stop and (block := file.read(_BLOCK)):
        window += block
        at = window.find(GZIP_MAGIC)
        while at >= 0:
            if _begins_record(file, base + at):
                return base + at
            at = window.find(GZIP_MAGIC, at + 1)
        kept = min(len(window), len(GZIP_MAGIC) - 1)
        base += len(window) - kept
        window = window[-kept:]
        file.seek(base + kept)
    return max(start, base + len(window))


def _begins_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    probe = file.read(_PROBE)
    if len(probe) <= _HEAD_BYTES or probe[3] & _RESERVED_FLAGS:
        return False
    try:
        return isal_zlib.decompressobj(_GZIP).decompress(probe, len(_WARC)) == _WARC
    except _GzipError:
        return False
