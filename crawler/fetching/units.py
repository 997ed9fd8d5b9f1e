"""Units: what one answer brings, gathered while Scrapy has it in hand, and kept as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from crawler.collection.records import UNREAD
from crawler.storage import CaptureRow
from crawler.storage.units import UnitRows

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime

    from scrapy import Request

    from crawler.archive.keeping import Capture
    from crawler.fetching.reading.pages import Taken
    from crawler.items import Document, RawDocument
    from crawler.storage.pages import Found, Lease, Settled

_Key: TypeAlias = "tuple[str, str, datetime]"

UNIT: Final = "docshelf_unit"
"""What a request's unit is called in its ``meta``."""
_TELLING: Final = 1000
"""The longest ETag that is kept, in characters."""


class Pending:
    """An answer on its way into the archive, and what it was taken for."""

    def __init__(self, capture: asyncio.Future[Capture], site: str, verdict: str) -> None:
        self._capture = capture
        self._site = site
        self.verdict = verdict
        self.doc_id: str | None = None

    @property
    def file(self) -> str:
        """The name of the file that it was written to."""
        return self._capture.result().file

    def row(self) -> CaptureRow:
        """Return what the database keeps of it, once it is written. Raise its ``DiskError``."""
        capture = self._capture.result()
        return CaptureRow(
            record_id=capture.record_id,
            site=self._site,
            doc_id=self.doc_id,
            url=capture.url,
            captured_at=capture.captured_at,
            kind=capture.kind,
            status=capture.status,
            mime=capture.mime,
            digest=capture.digest,
            file=capture.file,
            offset=capture.offset,
            length=capture.length,
            verdict=self.verdict,
            refers_to=capture.refers_to,
        )


class Unit:
    """What one page that was asked brings: answers, documents, links, and its own new state."""

    __slots__ = ("awaited", "captures", "documents", "found", "key", "lease", "robots", "settled")

    def __init__(self, lease: Lease | None = None) -> None:
        self.lease = lease
        """The page's row; ``None`` for what is asked besides: robots.txt, a source's captures."""
        self.captures: list[Pending] = []
        self.documents: list[Document] = []
        self.found: list[Found] = []
        self.settled: Settled | None = None
        self.robots: tuple[str, Settled] | None = None
        self.key: _Key | None = None
        """What its document is told by on its way through the pipelines."""
        self.awaited = 1
        """Who still adds to it: the spider, and each item on its way through the pipelines."""

    def take_for(self, taken: Taken) -> None:
        """Take down what the answer of which nothing is known yet was *taken* for."""
        for pending in self.captures:
            if pending.verdict == UNREAD:
                pending.verdict = taken.verdict
                pending.doc_id = taken.document.doc_id if taken.document is not None else None

    def files(self) -> list[str]:
        """Return the file of each of its answers, once they are written."""
        return [pending.file for pending in self.captures]

    def rows(self) -> UnitRows:
        """Return what the database keeps of it. Raise the ``DiskError`` of an answer."""
        return UnitRows(
            captures=[pending.row() for pending in self.captures],
            documents=self.documents,
            found=self.found,
            settled=self.settled,
            robots=self.robots,
        )


class Expected:
    """The documents on their way through the pipelines, each with the unit that it belongs to.

    A document is told by its site, its ID and the second of its capture; of two alike, which a
    source may have, the first that set out is the first to arrive.
    """

    def __init__(self) -> None:
        self._units: dict[_Key, list[Unit]] = {}

    def add(self, unit: Unit, document: RawDocument) -> None:
        """Expect *document*, which belongs to *unit*."""
        unit.key = _key(document)
        self._units.setdefault(unit.key, []).append(unit)

    def take(self, document: Document) -> Unit | None:
        """Return the unit that *document* belongs to, if it is expected; it is no longer."""
        units = self._units.get(_key(document))
        return units.pop(0) if units else None

    def forget(self, unit: Unit) -> None:
        """Expect the document of *unit* no longer."""
        if unit.key is None:
            return
        units = [one for one in self._units.pop(unit.key, []) if one is not unit]
        if units:
            self._units[unit.key] = units


def _key(document: RawDocument | Document) -> _Key:
    return document.site, document.doc_id, document.fetched_at.replace(microsecond=0)


def unit_of(request: Request) -> Unit:
    """Return the unit of *request*, a new one if it has none: redirects share that of the first."""
    unit: Unit | None = request.meta.get(UNIT)
    if unit is None:
        unit = request.meta[UNIT] = Unit()
    return unit


def validators(header: Callable[[str], bytes | None]) -> tuple[str | None, str | None]:
    """Return the ETag and the Last-Modified of an answer, where they can be sent back.

    *header* gives the value of the header of a name.
    """
    values = []
    for name in ("ETag", "Last-Modified"):
        text = (header(name) or b"").decode("latin-1").strip()
        is_sane = text.isascii() and text.isprintable() and len(text) <= _TELLING
        values.append(text if text and is_sane else None)
    return values[0], values[1]
