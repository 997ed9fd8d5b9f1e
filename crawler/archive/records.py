"""WARC/1.1 records (ISO 28500:2017), composed: from an exchange to the bytes of its records.

Of one exchange the request comes first, so that a file that was cut short between the two lacks
nothing but a question. Nothing of an exchange is changed: a block is what was on the wire.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import quote
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.exchange import Exchange

Kind: TypeAlias = Literal["warcinfo", "request", "response", "revisit", "conversion"]
Fields: TypeAlias = "list[tuple[str, str]]"

SAME_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
"""The profiles of a revisit (WARC 1.1 §6.7)."""

ASKED: Final = "Docshelf-Asked-URI"
"""Our own field: the address that was asked first, where a redirect led to the record's."""
REBUILT: Final = "Docshelf-Rebuilt"
"""Our own field: what of the block was put together from what a source says, not taken over."""

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_BLANK: Final = re.compile(rb"\n[ \t]+\r?\n")
_NOT_MODIFIED_LINE: Final = re.compile(rb"HTTP/\d\.\d 304\b")
_URL_SAFE: Final = "%!#$&'()*+,/:;=?@[]~|^`{}\"<>\\"
_BREAKS: Final = re.compile(r"[\r\n]+\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is ready to be written."""

    kind: Kind
    record_id: str
    """Its WARC-Record-ID, without the angle brackets: ``urn:uuid:…``."""
    payload_digest: str | None
    """Of what it answers with or refers to, such as ``sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ``."""
    data: bytes
    """All of it, as in a file that is not compressed."""
    refers_to: str | None = None
    """The record ID of the capture that a revisit repeats, if it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier capture of the same address, which a new answer may turn out to repeat."""

    url: str
    captured_at: datetime
    payload_digest: str | None
    record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What the first record of each file says about the crawl that made it (WARC 1.1 §6.2)."""

    software: str
    """Name and version, such as ``docshelf/0.1.0``."""
    run: str
    """The crawl's own name: ``isPartOf``."""
    operator: str = ""
    """How to reach who crawls: a web or mail address."""
    user_agent: str = ""
    robots: str = "obey"
    """How robots.txt was treated."""
    host: str = ""
    """The machine that crawled."""
    description: str = ""


def new_record_id() -> str:
    """Return a new, random record ID, without the angle brackets."""
    return f"urn:uuid:{uuid4()}"


def warcinfo_record(
    info: RunInfo, *, filename: str, created_at: datetime, record_id: str
) -> Record:
    """Return the record that a file named *filename* begins with (WARC 1.1 §6.2)."""
    said = [
        ("software", info.software),
        ("format", "WARC File Format 1.1"),
        (
            "conformsTo",
            "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        ),
        ("isPartOf", info.run),
        ("description", info.description),
        ("operator", info.operator),
        ("hostname", info.host),
        ("http-header-user-agent", info.user_agent),
        ("robots", info.robots),
    ]
    block = _fields_block((name, value) for name, value in said if value)
    head = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", format_date(created_at)),
        ("WARC-Filename", filename),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", "application/warc-fields"),
    ]
    return Record("warcinfo", record_id, None, _record(head, block))


def exchange_records(
    exchange: Exchange,
    earlier: Sequence[Earlier] = (),
    *,
    new_id: Callable[[], str] = new_record_id,
) -> tuple[Record, ...]:
    """Return the records of *exchange*: its request, if it is known, and what came, if it did.

    The answer is a revisit without body if it says that nothing changed (304), or if its payload
    is that of a capture in *earlier* (the newest last), and is a response otherwise.
    """
    request_id = new_id() if exchange.request else None
    if request_id and not exchange.response:
        return (_request(exchange, request_id, None),)
    answer_id = new_id()
    answer = _answer(exchange, earlier, answer_id, request_id)
    return (_request(exchange, request_id, answer_id), answer) if request_id else (answer,)


def conversion_record(
    text: str, *, url: str, created_at: datetime, refers_to: str, record_id: str
) -> Record:
    """Return the plain *text* of the record *refers_to* as a conversion (WARC 1.1 §6.8)."""
    block = text.encode("utf-8", "surrogatepass")
    block_digest = digest(block)
    head = [
        ("WARC-Type", "conversion"),
        ("WARC-Target-URI", clean_url(url)),
        ("WARC-Date", format_date(created_at)),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Refers-To", f"<{refers_to}>"),
        ("WARC-Block-Digest", block_digest),
        ("WARC-Payload-Digest", block_digest),
        ("Content-Type", "text/plain"),
    ]
    return Record("conversion", record_id, block_digest, _record(head, block))


def head_length(message: bytes) -> int:
    r"""Return how long the HTTP head of *message* is, its blank line included.

    All of it if the head does not end.

    >>> head_length(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody")
    25
    """
    found = _HEAD_END.search(message)
    return found.end() if found else len(message)


def digest(data: bytes | memoryview) -> str:
    """Return the SHA-1 of *data* as WARC writes it, in base 32.

    >>> digest(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")


def format_date(moment: datetime) -> str:
    """Return an aware *moment* as a WARC-Date, in UTC and microseconds (WARC 1.1 §5.4).

    >>> format_date(datetime(2026, 11, 24, 8, tzinfo=UTC))
    '2026-11-24T08:00:00.000000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def clean_url(url: str) -> str:
    r"""Return *url* as a header may hold it: what is not printable ASCII is percent-encoded.

    >>> clean_url("http://example.com/文\r\nX: y")
    'http://example.com/%E6%96%87%0D%0AX:%20y'
    """
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return quote(url, safe=_URL_SAFE, errors="surrogatepass")


def _request(exchange: Exchange, record_id: str, answer_id: str | None) -> Record:
    block = exchange.request
    body = memoryview(block)[head_length(block) :]
    payload_digest = digest(body) if body else None
    head = _head("request", exchange, record_id, answer_id)
    head.append(("WARC-Block-Digest", digest(block)))
    if payload_digest is not None:
        head.append(("WARC-Payload-Digest", payload_digest))
    head.append(("Content-Type", "application/http; msgtype=request"))
    return Record("request", record_id, payload_digest, _record(head, block))


def _answer(
    exchange: Exchange, earlier: Sequence[Earlier], record_id: str, request_id: str | None
) -> Record:
    block, payload_digest = exchange.response, None
    kind: Kind = "response"
    refers: Fields = []
    original_id = None
    if exchange.is_http:
        cut = head_length(block)
        # What warcio and fastwarc hash: the body as sent, its chunks and its encoding included.
        payload_digest = digest(memoryview(block)[cut:])
        if earlier and (found := _repeated(exchange, earlier, payload_digest, cut)):
            kind, (profile, original) = "revisit", found
            refers = _refers_to(profile, original)
            payload_digest = original.payload_digest or payload_digest
            original_id = original.record_id
            block = block[:cut] if profile == SAME_PAYLOAD else block
    head = _head(kind, exchange, record_id, request_id)
    head += refers
    if exchange.truncated is not None:
        head.append(("WARC-Truncated", exchange.truncated))
    block_digest = digest(block)
    head.append(("WARC-Block-Digest", block_digest))
    if payload_digest is not None and (kind == "revisit" or _begins_clearly(block)):
        head.append(("WARC-Payload-Digest", payload_digest))
    is_http = exchange.is_http
    content = "application/http; msgtype=response" if is_http else "application/octet-stream"
    head.append(("Content-Type", content))
    known_by = payload_digest or block_digest
    return Record(kind, record_id, known_by, _record(head, block), original_id)


def _begins_clearly(block: bytes) -> bool:
    """Return whether all readers agree on where the payload of *block* begins.

    They do not where the head has bare line feeds at its end, or a line of spaces.
    """
    head = block[: head_length(block)]
    if head.endswith((b"\n\n", b"\n\r\n")) and not head.endswith(b"\r\n\r\n"):
        return False
    return _BLANK.search(head) is None


def _repeated(
    exchange: Exchange, earlier: Sequence[Earlier], payload_digest: str, cut: int
) -> tuple[str, Earlier] | None:
    """Return which capture a whole answer repeats, and the profile that says how."""
    if exchange.truncated is not None:
        return None
    if _NOT_MODIFIED_LINE.match(exchange.response):
        return NOT_MODIFIED, earlier[-1]
    if len(exchange.response) == cut:  # there is no body to spare
        return None
    for known in reversed(earlier):
        if known.payload_digest == payload_digest:
            return SAME_PAYLOAD, known
    return None


def _refers_to(profile: str, original: Earlier) -> Fields:
    fields = [
        ("WARC-Profile", profile),
        ("WARC-Refers-To-Target-URI", clean_url(original.url)),
        ("WARC-Refers-To-Date", format_date(original.captured_at)),
    ]
    if original.record_id is not None:
        fields.append(("WARC-Refers-To", f"<{original.record_id}>"))
    return fields


def _head(kind: Kind, exchange: Exchange, record_id: str, concurrent_to: str | None) -> Fields:
    head = [
        ("WARC-Type", kind),
        ("WARC-Target-URI", clean_url(exchange.url)),
        ("WARC-Date", format_date(exchange.started_at)),
        ("WARC-Record-ID", f"<{record_id}>"),
    ]
    if concurrent_to is not None:
        head.append(("WARC-Concurrent-To", f"<{concurrent_to}>"))
    if exchange.ip is not None:
        head.append(("WARC-IP-Address", exchange.ip))
    if exchange.source:
        head.append(("WARC-Source-URI", clean_url(exchange.source)))
    if exchange.asked:
        head.append((ASKED, clean_url(exchange.asked)))
    if exchange.is_rebuilt and kind != "request":
        head.append((REBUILT, "head"))
    return head


def _record(head: Fields, block: bytes) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in head])
    start = f"WARC/1.1\r\n{lines}Content-Length: {len(block)}\r\n\r\n"
    return b"".join((start.encode(), block, b"\r\n\r\n"))


def _fields_block(fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join([f"{name}: {_BREAKS.sub(' ', value)}\r\n" for name, value in fields]).encode()
