"""From what a source gives to an exchange as if it were just over, and on to Scrapy's response.

Nothing here asks or reads anything.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import responses as REASONS  # noqa: N812 - a table
from typing import TYPE_CHECKING, Final, cast, get_args

from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from crawler.archive.answer import read_answer
from crawler.archive.records import ASKED, REBUILT, head_length
from crawler.exchange import Exchange, Truncation
from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.captures import MEMENTO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from crawler.archive.answer import Answer
    from crawler.archive.reader import Record

TEXTS: Final = frozenset({"conversion", "resource"})
"""The types of records that hold a page without an HTTP head: text extracts, files."""
ANSWERS: Final = frozenset({"response", "revisit"}) | TEXTS

_FRAMING: Final = ("Content-Encoding", "Transfer-Encoding")
_OF_ORIGIN: Final = b"x-archive-orig-"
_KEPT: Final = frozenset(
    {
        b"content-type",
        b"content-language",
        b"content-disposition",
        b"content-encoding",
        b"location",
        b"set-cookie",
    }
)
"""The headers that a replay gives on under their own names."""
_NOT_KEPT: Final = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
"""The headers of the origin that no longer fit what the replay sends."""
_REPLAYED: Final = re.compile(rb"(?:.*?/)?\d{4,14}[a-z_]{0,4}/(https?:.*)", re.DOTALL)
_GZIP: Final = b"\x1f\x8b"


def recorded_exchange(
    record: Record, *, source: str, request: bytes = b"", original: Record | None = None
) -> Exchange:
    """Return the exchange that *record* is of, with the *request* that asked for it, if known.

    A revisit is answered with what it repeats, *original*. *source* says where it was found.
    Raise ``Refusal`` for a revisit without original, ``ArchiveError`` for a record without date.
    """
    head, body = _message(record, original)
    response = head + body
    return Exchange(
        url=record.url,
        request=request,
        response=response,
        started_at=record.captured_at,
        ip=record.fields.get("warc-ip-address"),
        truncated=_truncation(record),
        is_http=read_answer(response) is not None,
        asked=record.fields.get(ASKED.lower(), ""),
        source=source,
        is_rebuilt=REBUILT.lower() in record.fields or not record.block.startswith(head),
    )


def replayed_exchange(
    url: str, captured_at: datetime, response: Response, *, source: str
) -> Exchange | None:
    """Return the exchange that a replay's raw *response* tells of *url* at a moment.

    ``None`` if it is no capture, or one of another moment. Its head is put together from what
    the replay says: the original's headers, given on under their names or as X-Archive-Orig-….
    """
    if _memento_moment(response) != captured_at:
        return None
    status = response.status
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, '')}".encode(), *_origin_headers(response)]
    lines.append(b"Content-Length: %d" % len(response.body))
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    return Exchange(
        url=url,
        request=b"",
        response=head + response.body,
        started_at=captured_at,
        ip=None,
        truncated=None,
        source=source,
        is_rebuilt=True,
    )


def response_of(exchange: Exchange, request: Request) -> Response:
    """Return what Scrapy gets for *request*: the answer of *exchange*, its content encoding on.

    Raise ``Refusal`` if it is no HTTP.
    """
    answer = read_answer(exchange.response) if exchange.is_http else None
    if answer is None or answer.is_contradictory:
        raise Refusal("bad_answer")
    headers = Headers(answer.headers)
    body = answer.sent_body()
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return kind(
        url=request.url,
        status=answer.status,
        headers=headers,
        body=body,
        flags=["dataloss"] if exchange.truncated is not None else [],
        protocol=f"HTTP/{answer.version}",
    )


def _message(record: Record, original: Record | None) -> tuple[bytes, bytes]:
    """Return the HTTP head and the body that *record* tells of."""
    block = record.block
    if record.kind in TEXTS:
        kind = record.fields.get("content-type", "text/plain")
        if record.kind == "conversion" and "charset" not in kind.lower():
            kind += "; charset=utf-8"  # as WET files are, by their definition
        lines = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(block)}\r\n\r\n"
        return lines.encode("latin-1", "replace"), block
    if record.kind != "revisit":
        cut = head_length(block)
        return block[:cut], block[cut:]
    if original is None:
        raise Refusal("unresolved")
    own, known = record.answer(), original.answer()
    cut = head_length(original.block)
    is_own = own is not None and known is not None and _fits(own, known)
    head = block[: head_length(block)] if is_own else original.block[:cut]
    return head, original.block[cut:]


def _fits(own: Answer, known: Answer) -> bool:
    """Tell whether the body of *known* can stand behind the head of *own*."""
    if own.status == HTTPStatus.NOT_MODIFIED:
        return False
    return all(own.get_all(name) == known.get_all(name) for name in _FRAMING)


def _truncation(record: Record) -> Truncation | None:
    if not record.is_truncated:
        return None
    why = record.fields["warc-truncated"]
    return cast("Truncation", why) if why in get_args(Truncation) else "unspecified"


def _memento_moment(response: Response) -> datetime | None:
    said = response.headers.get(MEMENTO)
    try:
        return parsedate_to_datetime(said.decode("latin-1")) if said else None
    except ValueError:
        return None


def _origin_headers(response: Response) -> Iterator[bytes]:
    """Yield the lines of the origin's headers, as far as the replay tells them."""
    packed_by_origin = False
    has_coding = b"Content-Encoding" in response.headers
    for name, values in response.headers.items():
        low = name.lower()
        is_origin = low.startswith(_OF_ORIGIN)
        plain = name[len(_OF_ORIGIN) :] if is_origin else name
        if is_origin and plain.lower() in _NOT_KEPT:
            packed_by_origin |= plain.lower() == b"content-encoding" and b"gzip" in values
            continue
        if is_origin or low in _KEPT:
            for value in values:
                yield plain + b": " + (_unrewritten(value) if low == b"location" else value)
    if packed_by_origin and not has_coding and response.body.startswith(_GZIP):
        yield b"Content-Encoding: gzip"  # said of the original alone, and still true


def _unrewritten(location: bytes) -> bytes:
    """Return the address that a replay's *location* leads to a capture of."""
    found = _REPLAYED.fullmatch(location)
    return found[1] if found else location
