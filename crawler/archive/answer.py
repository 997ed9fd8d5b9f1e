"""An answer, read from its bytes on the wire: status, headers, body (RFC 9112)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crawler.archive.records import head_length
from crawler.errors import ArchiveError
from crawler.reading.codings import CodingError, decode_body, names_of

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
"""The largest body that is decoded, in bytes of what it unpacks to."""

_STATUS: Final = re.compile(rb"HTTP/(\d(?:\.\d)?)[ \t]+(\d{3})(?:[ \t]+(.*))?\Z", re.DOTALL)
_STATUS_LINE: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?=[ \t\r\n]|\Z)")
_LINE_END: Final = re.compile(rb"\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as it came."""

    version: str
    """Of HTTP: ``1.1``."""
    status: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    """Names as spelt and values, in the order in which they came; folded lines are joined."""
    wire_body: bytes
    """All that came behind the head, chunks and content encoding included."""

    def get(self, name: str) -> bytes | None:
        """Return the first value of the header *name*, in any letter case."""
        values = self.get_all(name)
        return values[0] if values else None

    def get_all(self, name: str) -> list[bytes]:
        """Return all values of the header *name*, in any letter case."""
        wanted = name.lower().encode("latin-1")
        return [value for name, value in self.headers if name.lower() == wanted]

    @property
    def is_contradictory(self) -> bool:
        """Whether it gives several lengths, and they differ (RFC 9112 §6.3)."""
        texts = [text for text in self.get_all("Content-Length") if text.isdigit()]
        return len({text.lstrip(b"0") for text in texts}) > 1 and not self._is_chunked

    @property
    def _is_chunked(self) -> bool:
        codings = b",".join(self.get_all("Transfer-Encoding")).lower()
        return codings.rpartition(b",")[2].strip() == b"chunked"

    def sent_body(self) -> bytes:
        """Return the body without its chunks, as far as it came; its content encoding stays."""
        return dechunk(self.wire_body) if self._is_chunked else self.wire_body

    def body(self, max_bytes: int = MAX_BODY_BYTES) -> bytes:
        """Return the body without its chunks and its content encoding.

        Raises ``ArchiveError`` if it unpacks to more than *max_bytes*, or not as a whole.
        """
        codings = names_of(self.get_all("Content-Encoding"))
        try:
            return decode_body(self.sent_body(), codings, max_bytes)[0]
        except CodingError as error:
            raise ArchiveError(f"the body cannot be unpacked: {error}") from error


def status_of(block: bytes) -> int | None:
    r"""Return the status of the answer that *block* holds; ``None`` if it has no HTTP head.

    >>> status_of(b"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\ngone")
    404
    """
    found = _STATUS_LINE.match(block)
    return int(found[1]) if found else None


def read_answer(block: bytes) -> Answer | None:
    r"""Return the answer that *block* holds; ``None`` if it has no HTTP head.

    >>> read_answer(b"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\ngone").wire_body
    b'gone'
    """
    length = head_length(block)
    first, *lines = _LINE_END.split(block[:length])
    status = _STATUS.match(first)
    if status is None:
        return None
    return Answer(
        version=status[1].decode("ascii"),
        status=int(status[2]),
        reason=status[3] or b"",
        headers=_read_headers(lines),
        wire_body=block[length:],
    )


def dechunk(body: bytes) -> bytes:
    r"""Return the data of a chunked *body* (RFC 9112 §7.1), as far as it can be read.

    All of it if it does not even begin with a chunk: whoever archived it joined them.

    >>> dechunk(b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    b'abcde'
    """
    if _CHUNK_SIZE.match(body) is None:
        return body
    data: list[bytes] = []
    at = 0
    while (size := _CHUNK_SIZE.match(body, at)) is not None:
        length = int(size[1], 16)
        if length == 0:
            break
        start = size.end()
        data.append(body[start : start + length])
        at = start + length
        if body[at : at + 2] == b"\r\n":
            at += 2
        elif body[at : at + 1] == b"\n":
            at += 1
    return b"".join(data)


def _read_headers(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and headers:
            name, value = headers[-1]
            headers[-1] = name, b" ".join((value, line.strip(b" \t"))).strip(b" \t")
            continue
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.rstrip(b" \t"), value.strip(b" \t")))
    return tuple(headers)
