"""Bodies as they were before they were compressed for the way (content codings, RFC 9110 §8.4).

A body that is broken, or has no end, is refused: half a page must not replace a whole one. One
that is not compressed at all, but markup, is taken as it is: archives that others made have such,
unpacked under the head that it was sent with.
"""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Final, cast

import brotli
from isal import isal_zlib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PIECE: Final = 1 << 16
_ANY_HEAD: Final = zlib.MAX_WBITS | 32
"""Gzip or zlib, whatever the header calls it: servers mix the two up."""
_GZIP: Final = zlib.MAX_WBITS | 16
_GZIP_MAGIC: Final = b"\x1f\x8b"
_MOST_AT_ONCE: Final = 1 << 20
_GzipError = cast("type[Exception]", isal_zlib.error)


class CodingError(ValueError):
    """A body cannot be decompressed; *reason* is ``bad_encoding`` or ``too_large``."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


def names_of(values: Iterable[bytes]) -> list[str]:
    """Return the codings that the *values* of Content-Encoding name, in the order of their use."""
    joined = b",".join(values).decode("latin-1")
    return [name for part in joined.split(",") if (name := part.strip().lower())]


def decode_body(body: bytes, codings: Iterable[str], max_bytes: int) -> tuple[bytes, list[str]]:
    """Return *body* with its *codings* undone, the last first, and those that nobody knows.

    Raise ``CodingError`` if it is broken or incomplete, or unpacks to more than *max_bytes*
    (0: no limit).

    >>> decode_body(zlib.compress(b"text"), ["deflate"], 100)
    (b'text', [])
    >>> decode_body(b"text", ["rot13"], 100), decode_body(b"<p>text", ["gzip"], 100)
    ((b'text', ['rot13']), (b'<p>text', []))
    """
    rest = list(codings)
    while body and rest and (decode := _DECODERS.get(rest[-1])) is not None:
        try:
            body = decode(body, max_bytes)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            if body.lstrip()[:1] != b"<":
                raise CodingError("bad_encoding", f"not {rest[-1]}: {error}") from error
        rest.pop()
    return body, rest


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    try:
        inflater = isal_zlib.decompressobj(_GZIP)
        found = inflater.decompress(body, min(max_bytes or _MOST_AT_ONCE, _MOST_AT_ONCE))
    except _GzipError:
        return _inflate_as(_ANY_HEAD, body, max_bytes)
    if inflater.eof and not inflater.unused_data:
        return found
    return _inflate_as(_ANY_HEAD, body, max_bytes)  # cut short, several members, or large


def _inflate(body: bytes, max_bytes: int) -> bytes:
    try:
        return _inflate_as(_ANY_HEAD, body, max_bytes)
    except zlib.error:
        # Old Microsoft servers send deflate without a head.
        return _inflate_as(-zlib.MAX_WBITS, body, max_bytes)


def _inflate_as(form: int, body: bytes, max_bytes: int) -> bytes:
    found = bytearray()
    is_first = True
    # A gzip file may have several members; what else follows the first is rubbish.
    while is_first or body.startswith(_GZIP_MAGIC):
        is_first = False
        stream = zlib.decompressobj(form)
        while not stream.eof:
            found += stream.decompress(body, _PIECE)
            _check_size(found, max_bytes)
            if not stream.eof and not stream.unconsumed_tail:
                found += stream.flush()
                break
            body = stream.unconsumed_tail
        if not stream.eof:
            raise _cut_short()
        body = stream.unused_data
    return bytes(found)


def _unbrotli(body: bytes, max_bytes: int) -> bytes:
    stream = brotli.Decompressor()
    found = bytearray(stream.process(body, output_buffer_limit=_PIECE))
    while not stream.is_finished():
        _check_size(found, max_bytes)
        more = stream.process(b"", output_buffer_limit=_PIECE)
        if not more:
            raise _cut_short()
        found += more
    return bytes(found)


def _unzstd(body: bytes, max_bytes: int) -> bytes:
    found = bytearray()
    while body:
        stream = zstd.ZstdDecompressor()
        while not stream.eof:
            if stream.needs_input and not body:
                raise _cut_short()
            found += stream.decompress(body, _PIECE)
            body = b""
            _check_size(found, max_bytes)
        body = stream.unused_data
    return bytes(found)


def _check_size(found: bytearray, max_bytes: int) -> None:
    if 0 < max_bytes < len(found):
        raise CodingError("too_large", f"it unpacks to more than {max_bytes} bytes")


def _cut_short() -> CodingError:
    return CodingError("bad_encoding", "it is cut short")


_DECODERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
