"""Units: what one answer brings, gathered while Scrapy has it in hand, and kept as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.storage import CaptureRow
from crawler.storage.units import UnitRows

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from crawler.archive.keeping import Capture
    from crawler.items import Document
    from crawler.storage.pages import Found, Lease, Settled

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
        self.key: tuple[str, str, datetime] | None = None
        """What its document is told by on its way through the pipelines."""
        self.awaited = 1
        """Who still adds to it: the spider, and each item on its way through the pipelines."""

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


def unit_of(request: Request) -> Unit:
    """Return the unit of *request*, a new one if it has none: redirects share that of the first."""
    unit: Unit | None = request.meta.get(UNIT)
    if unit is None:
        unit = request.meta[UNIT] = Unit()
    return unit


def validators(response: Response) -> tuple[str | None, str | None]:
    """Return the ETag and the Last-Modified of *response*, where they can be sent back."""
    values = []
    for name in ("ETag", "Last-Modified"):
        text = (response.headers.get(name) or b"").decode("latin-1").strip()
        is_sane = text.isascii() and text.isprintable() and len(text) <= _TELLING
        values.append(text if text and is_sane else None)
    return values[0], values[1]
