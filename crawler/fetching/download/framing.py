"""Where an HTTP/1 answer's head, body and end are, in the bytes as they come (RFC 9112).

The bytes are kept and never rewritten; what is told about them is only where they part. What
browsers put up with is put up with here: lines ended by LF alone, header lines without a colon
(skipped), folded lines, bytes of any encoding, equal lengths said twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_LIMIT: Final = 256 * 1024
"""The longest head, in bytes; also of heads 1xx together, and of trailers. As browsers have it."""

_SPARE_BYTES: Final = 64 * 1024
_SPARE_RATIO: Final = 8
"""What chunks may add to a body: as many bytes, and this many times its size. A chunk of one byte
takes six, so that only an attack is longer."""

_CHUNK_LINE_LIMIT: Final = 16 * 1024
_DIGITS: Final = 18
_HUGE: Final = 10**_DIGITS
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_STATUS_LINE: Final = re.compile(
    rb"HTTP/(\d(?:\.\d)?)[ \t]+(\d{3})(?:[ \t]+([^\r\n]*?))?[ \t\r]*\n", re.IGNORECASE
)
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?", re.DOTALL)
_LINE_END: Final = b"\r\n"
_BLANKS: Final = b" \t\r\n"
_BODILESS: Final = frozenset({101, 204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of an answer, read."""

    version: str
    """Such as ``1.1``."""
    status: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    """Names and values in their order, spelt as they came, folded lines joined by a space."""

    def values(self, name: bytes) -> list[bytes]:
        """Return the comma-separated values of all headers called *name* (in lower case)."""
        return [
            part.strip(b" \t")
            for key, value in self.headers
            if key.lower() == name
            for part in value.split(b",")
        ]

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection may be used again (RFC 9112 §9.3)."""
        options = {option.lower() for option in self.values(b"connection")}
        if self.version in {"1.0", "1", "0.9"}:
            return b"keep-alive" in options and b"close" not in options
        return b"close" not in options


def parse_head(block: bytes) -> Head | None:
    r"""Return the head that *block* begins with, or ``None`` if it has no status line.

    >>> head = parse_head(b"HTTP/1.1 200 \r\nServer : a\r\nno colon\r\nX: 1\r\n  2\r\n\r\n")
    >>> head.status, head.reason, head.headers
    (200, b'', ((b'Server', b'a'), (b'X', b'1 2')))
    """
    line = _STATUS_LINE.match(block)
    if line is None:
        return None
    headers: list[tuple[bytes, bytes]] = []
    is_header = False
    for text in block[line.end() :].split(b"\n"):
        if text[:1] in {b" ", b"\t"}:
            if is_header and (more := text.strip(_BLANKS)):
                name, value = headers[-1]
                headers[-1] = (name, value + b" " + more if value else more)
            continue
        name, colon, value = text.partition(b":")
        name = name.rstrip(b" \t")
        is_header = bool(colon and name)
        if is_header:
            headers.append((name, value.strip(_BLANKS)))
    return Head(
        version=line[1].decode(),
        status=int(line[2]),
        reason=line[3] or b"",
        headers=tuple(headers),
    )


class Answer:
    """The answer to one request of *method*, taken in as it comes."""

    __slots__ = (
        "_body",
        "_head_size",
        "_is_contradictory",
        "_left",
        "_method",
        "_passed",
        "_pos",
        "_searched",
        "_step",
        "body_size",
        "expected",
        "fault",
        "head",
        "is_broken",
        "is_complete",
        "is_foreign",
        "is_over_limit",
        "is_unending",
        "raw",
        "stray",
    )

    def __init__(self, method: str) -> None:
        self._method = method
        self._step: Callable[[Answer], bool] | None = Answer._read_head  # unbound: no cycle
        self._body: bytearray | None = None
        self._head_size = 0
        self._is_contradictory = False
        self._left = 0
        self._passed = 0
        self._pos = 0
        self._searched = 0
        self.raw = bytearray()
        """What came, but for heads 1xx and stray bytes."""
        self.head: Head | None = None
        self.body_size = 0
        """Bytes of the body so far, without its chunks."""
        self.expected: int | None = None
        """Bytes of the body, where its head tells."""
        self.is_complete = False
        self.is_foreign = False
        """Whether it is not HTTP; it ends where the connection does."""
        self.is_over_limit = False
        """Whether the fault is a length."""
        self.is_broken = False
        """Whether its connection broke."""
        self.is_unending = False
        """Whether only the end of the connection tells the end of the body."""
        self.fault: str | None = None
        """Why it cannot be read on, in words."""
        self.stray = 0
        """How many bytes came behind its end."""

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take in *data*, once it is neither complete nor at fault."""
        self.raw += data
        while self._step is not None and self._step(self):
            pass

    def end(self, *, cleanly: bool = True) -> None:
        """Take in that the connection has ended; not *cleanly*: it broke."""
        self.is_broken = not cleanly
        if self.is_complete or self.fault is not None:
            return
        if self.head is None:
            self._end_without_head()
        elif cleanly and (self.is_unending or self._is_contradictory):
            self._complete()

    def body_from(self, start: int) -> bytes:
        """Return the body so far, from its byte *start*, without its chunks."""
        if self._body is not None:
            return bytes(memoryview(self._body)[start:])
        begin = self._head_size
        return bytes(memoryview(self.raw)[begin + start : begin + self.body_size])

    @property
    def is_reusable(self) -> bool:
        """Whether the connection may carry another request."""
        head = self.head
        return (
            self.is_complete
            and self.fault is None
            and not self.stray
            and head is not None
            and head.keeps_alive
            and head.status not in {101, 408}
            and self._method != "HEAD"  # some servers send its body all the same
            and not (self._body is not None and head.values(b"content-length"))
            and (self.expected is not None or self._body is not None)
        )

    # --- the head ---------------------------------------------------------------------------

    def _read_head(self) -> bool:
        raw = self.raw
        if raw and raw[0] in _LINE_END:  # blank lines before it are no part of it (RFC 9112 §2.2)
            self._pass(len(raw) - len(raw.lstrip(_LINE_END)))
        if raw and raw[:5].upper() != b"HTTP/"[: len(raw)]:
            return self._go(Answer._read_foreign)
        found = _BLANK_LINE.search(raw, max(self._searched - 2, 0))
        if found is None:
            self._searched = len(raw)
            return self._passed + len(raw) > HEAD_LIMIT and self._head_too_long()
        if self._passed + found.end() > HEAD_LIMIT:
            return self._head_too_long()
        head = parse_head(bytes(memoryview(raw)[: found.end()]))
        if head is None:
            return self._go(Answer._read_foreign)
        if 100 <= head.status < 200 and head.status != 101:  # noqa: PLR2004  # RFC 9110 §15.2
            self._pass(found.end())
            return bool(raw)
        self.head = head
        self._head_size = self._pos = found.end()
        return self._begin_body(head)

    def _pass(self, size: int) -> None:
        """Drop the first *size* bytes, which belong to no final answer."""
        del self.raw[:size]
        self._passed += size
        self._searched = 0

    def _head_too_long(self) -> bool:
        self.is_foreign = parse_head(bytes(self.raw)) is None
        self.is_over_limit = True
        return self._fail(f"a head of more than {HEAD_LIMIT} bytes")

    def _end_without_head(self) -> None:
        if self.raw and parse_head(bytes(self.raw)) is None:
            self.is_foreign = True
            self._fail("not HTTP")

    def _begin_body(self, head: Head) -> bool:
        if head.status in _BODILESS or self._method in {"HEAD", "CONNECT"}:
            self.expected = 0
            return self._complete()
        codings = [coding.lower() for coding in head.values(b"transfer-encoding") if coding]
        if b"chunked" in codings:
            self._body = bytearray()
            return self._go(Answer._read_chunk_line)
        lengths = _lengths(head)
        if not lengths or any(coding != b"identity" for coding in codings):
            self.is_unending = True
            return self._go(Answer._read_to_the_end)
        self._is_contradictory = len(lengths) > 1
        self._left = self.expected = max(lengths)
        return self._go(Answer._read_sized)

    # --- the body -----------------------------------------------------------------------------

    def _read_sized(self) -> bool:
        size = min(len(self.raw) - self._pos, self._left)
        self._take(size)
        return not self._left and self._complete()

    def _read_to_the_end(self) -> bool:
        size = len(self.raw) - self._pos
        self._pos += size
        self.body_size += size
        return False

    def _read_foreign(self) -> bool:
        self.is_foreign = True
        self._pos = len(self.raw)
        self.body_size = len(self.raw)
        return False

    def _read_chunk_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            return self._fail(f"a chunk's size is {line[:20]!r}")
        self._left = int(found[1], 16)
        return self._go(Answer._read_chunk if self._left else Answer._read_trailer)

    def _read_chunk(self) -> bool:
        size = min(len(self.raw) - self._pos, self._left)
        if self._body is not None and size:
            self._body += memoryview(self.raw)[self._pos : self._pos + size]
        self._take(size)
        return not self._left and self._go(Answer._read_chunk_end)

    def _read_chunk_end(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if line:
            return self._fail(f"{line[:20]!r} behind a chunk")
        if self._pos - self._head_size > _SPARE_BYTES + (1 + _SPARE_RATIO) * self.body_size:
            self.is_over_limit = True
            return self._fail("chunks far longer than what they carry")
        return self._go(Answer._read_chunk_line)

    def _read_trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._left += len(line) + 1
        if self._left > HEAD_LIMIT:
            self.is_over_limit = True
            return self._fail(f"trailers of more than {HEAD_LIMIT} bytes")
        return bool(line) or self._complete()

    def _line(self) -> bytes | None:
        """Return the next line without its end, or ``None`` if it is not whole yet."""
        raw = self.raw
        end = raw.find(b"\n", max(self._pos, self._searched))
        if end < 0:
            self._searched = len(raw)
            if len(raw) - self._pos > _CHUNK_LINE_LIMIT:
                self.is_over_limit = True
                self._fail(f"a line of more than {_CHUNK_LINE_LIMIT} bytes between chunks")
            return None
        line = bytes(memoryview(raw)[self._pos : end])
        self._pos = end + 1
        return line.removesuffix(b"\r")

    def _take(self, size: int) -> None:
        self._pos += size
        self._left -= size
        self.body_size += size

    # --- the end ------------------------------------------------------------------------------

    def _go(self, step: Callable[[Answer], bool]) -> bool:
        self._step = step
        return True

    def _complete(self) -> bool:
        self._step = None
        self.is_complete = True
        self.stray = len(self.raw) - self._pos
        if self.stray:
            del self.raw[self._pos :]
        if self._is_contradictory:
            self.fault = "several lengths, and they differ"
        return False

    def _fail(self, why: str) -> bool:
        self._step = None
        self.fault = why
        return False


def _lengths(head: Head) -> set[int]:
    """Return the lengths that *head* tells; what is no number is none, as browsers have it."""
    texts = (text.lstrip(b"0") or b"0" for text in head.values(b"content-length") if text.isdigit())
    return {int(text) if len(text) <= _DIGITS else _HUGE for text in texts}
