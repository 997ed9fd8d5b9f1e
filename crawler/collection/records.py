"""From a record of the archive to what the database keeps of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from crawler.archive.answer import MAX_BODY_BYTES
from crawler.archive.cdxj import media_type
from crawler.archive.records import ASKED
from crawler.reading.codings import CodingError, decode_body, names_of
from crawler.reading.generic import GenericPage
from crawler.reading.judging import Reading, head_verdict, read_answer
from crawler.reading.normalise import normalise
from crawler.storage import CaptureRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crawler.archive.answer import Answer
    from crawler.archive.reader import Record
    from crawler.items import Document, RawDocument
    from crawler.reading.page import DocumentPage

ROBOTS: Final = "robots"
UNREAD: Final = "unread"
"""The verdict of an answer that nobody has read yet, or of an address that no site owns."""

_ANSWERS: Final = frozenset({"response", "revisit"})
_TEXTS: Final = frozenset({"conversion", "resource"})
_SAME_PAYLOAD: Final = "/revisit/identical-payload-digest"
"""What this profile ends in, in every version of the format."""
_HOSTS: Final = 4096


class Sites:
    """The sites that are known, each by the class of its documents' pages.

    Each other host is a site too, of which nothing is known, unless *any_other* is off.
    """

    def __init__(self, kinds: Iterable[type[DocumentPage]], *, any_other: bool = True) -> None:
        self.kinds = tuple(kinds)
        self._any_other = any_other
        self._owner = lru_cache(_HOSTS)(self._find)

    def __reduce__(self) -> tuple[type[Sites], tuple[tuple[type[DocumentPage], ...]]]:
        return Sites, (self.kinds,)

    def owner(self, url: str) -> type[DocumentPage] | None:
        """Return the class of the site that *url* is on, ``None`` if it is on none."""
        try:
            parts = urlsplit(url)
            return self._owner(f"{parts.scheme}://{parts.netloc}")
        except ValueError:  # no address at all, or of no name: whoever archived it did not look
            return None

    def _find(self, origin: str) -> type[DocumentPage] | None:
        found = next((kind for kind in self.kinds if kind.url_template.on_site(origin)), None)
        if found is None and self._any_other and urlsplit(origin).hostname:
            return GenericPage.at(f"{origin}/")
        return found


class Read(NamedTuple):
    """What a record is to the database."""

    capture: CaptureRow
    document: Document | None


class Told(Protocol):
    """What is told of an answer."""

    @property
    def verdict(self) -> str:
        """What it was taken for."""

    @property
    def document(self) -> RawDocument | None:
        """The document that it is about."""


class Reads(Protocol):
    """Reads an answer as ``read_answer`` does."""

    def __call__(  # noqa: PLR0913 - what an answer consists of
        self,
        kind: type[DocumentPage],
        *,
        asked: str,
        landed: str,
        content_type: str,
        body: bytes,
        captured_at: datetime,
    ) -> Told:
        """Return what it is taken for."""


def is_robots(url: str) -> bool:
    """Return whether *url* is that of a host's robots.txt."""
    try:
        return urlsplit(url).path == "/robots.txt"
    except ValueError:  # no address at all
        return False


def read_record(
    record: Record,
    sites: Sites,
    original: Record | None = None,
    *,
    max_bytes: int = MAX_BODY_BYTES,
) -> Read | None:
    """Read *record* with the class of the site that owns its address.

    *original* is the record that a revisit repeats, without which its verdict is ``unread``.
    ``None`` if it is no capture but a request, say. A body that unpacks to more than *max_bytes*
    is ``too_large``. Raises ``ArchiveError`` if it has no date.
    """
    told = interpret(record, sites, original, max_bytes=max_bytes)
    return None if told is None else told[0]


def interpret(
    record: Record,
    sites: Sites,
    original: Record | None = None,
    *,
    max_bytes: int = MAX_BODY_BYTES,
    read: Reads = read_answer,
) -> tuple[Read, Told] | None:
    """Return what ``read_record`` does, and what was told of the page. Raise as it does.

    *read* tells what a whole answer of status 200 is; what it raises is raised.
    """
    if not is_capture(record):
        return None
    kind = _owner(record, sites)
    answer = record.answer()
    reading = _read(record, answer, kind, original, max_bytes=max_bytes, read=read)
    document = normalise(reading.document) if reading.document is not None else None
    capture = replace(
        _row(record, answer),
        site=kind.site if kind is not None else "",
        doc_id=document.doc_id if document is not None else None,
        verdict=reading.verdict,
    )
    return Read(capture, document), reading


def take_down(record: Record, sites: Sites) -> Read:
    """Return what *record* is to the database as long as nobody reads what it holds.

    Raises ``ArchiveError`` if it has no date.
    """
    kind = _owner(record, sites)
    return Read(replace(describe(record), site=kind.site if kind is not None else ""), None)


def is_capture(record: Record) -> bool:
    """Return whether *record* is one that the database has a row of."""
    return record.kind in _ANSWERS | _TEXTS


def describe(record: Record) -> CaptureRow:
    """Return the row of *record* as far as it can be told without reading what it holds.

    Raises ``ArchiveError`` if it has no date.
    """
    return _row(record, record.answer())


def _row(record: Record, answer: Answer | None) -> CaptureRow:
    mime = answer.get("Content-Type") if answer is not None else None
    return CaptureRow(
        record_id=record.record_id,
        site="",
        doc_id=None,
        url=record.url,
        captured_at=record.captured_at,
        kind=record.kind,
        status=answer.status if answer is not None else None,
        mime=media_type(mime) if record.kind in _ANSWERS else media_type(_own_type(record)),
        digest=record.payload_digest,
        file=record.file,
        offset=record.offset,
        length=record.length,
        verdict=UNREAD,
        refers_to=record.refers_to_id if record.kind == "revisit" else None,
    )


def _read(  # noqa: PLR0913 - what it takes, the last two by name
    record: Record,
    answer: Answer | None,
    kind: type[DocumentPage] | None,
    original: Record | None,
    *,
    max_bytes: int,
    read: Reads,
) -> Told:
    if _has_no_head(record):
        if original is None:
            return Reading(verdict=UNREAD)
        answer = original.answer()
    if record.kind in _ANSWERS:
        status = answer.status if answer is not None else None
        if answer is not None and answer.is_contradictory:
            status = None
        verdict = head_verdict(status, truncated=record.is_truncated)
        if verdict is None and is_robots(asked_of(record)):
            verdict = ROBOTS
        if verdict is not None:
            return Reading(verdict=verdict)
    if kind is None:
        return Reading(verdict=UNREAD)
    source = record if record.kind != "revisit" else original
    if source is None:
        return Reading(verdict=UNREAD)
    try:
        body = _body(source, answer if source is record else source.answer(), max_bytes)
    except CodingError as error:
        return Reading(verdict=error.reason)
    content_type = answer.get("Content-Type") or b"" if answer is not None else _own_type(record)
    return read(
        kind,
        asked=asked_of(record),
        landed=record.url,
        content_type=content_type.decode("latin-1"),
        body=body,
        captured_at=record.captured_at,
    )


def _has_no_head(record: Record) -> bool:
    """Return whether *record* is a revisit that leaves its head too to what it repeats."""
    return not record.block and record.fields.get("warc-profile", "").endswith(_SAME_PAYLOAD)


def asked_of(record: Record) -> str:
    """Return the address that was asked first, before redirects, for the answer in *record*."""
    return record.fields.get(ASKED.lower(), record.url)


def _owner(record: Record, sites: Sites) -> type[DocumentPage] | None:
    return sites.owner(asked_of(record)) or sites.owner(record.url)


def _body(record: Record, answer: Answer | None, max_bytes: int) -> bytes:
    if answer is None:
        return record.block
    return decode_body(answer.sent_body(), names_of(answer.get_all("Content-Encoding")), max_bytes)[
        0
    ]


def _own_type(record: Record) -> bytes:
    return record.fields.get("content-type", "").encode("latin-1", "replace")
