"""Units: what one answer brings, which becomes durable together or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from crawler.storage import captures, frontier
from crawler.storage.store import Counts, keep_read, read_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.items import Document
    from crawler.storage.captures import CaptureRow
    from crawler.storage.pages import Crawl, Found, Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRows:
    """What one answer brings to the database; any of it may be missing."""

    captures: Sequence[CaptureRow] = field(default=())
    documents: Sequence[Document] = field(default=())
    found: Sequence[Found] = field(default=())
    settled: Settled | None = None
    """What became of the page that was asked."""
    robots: tuple[str, Settled] | None = None
    """The address of a robots.txt, and what became of it."""


def keep_units(
    connection: Connection, crawl: Crawl, units: Sequence[UnitRows], *, nearest: bool = False
) -> Counts:
    """Keep *units* of *crawl* in the transaction of *connection*; count the documents.

    *nearest* has known pages know of a shorter way to them.
    """
    captures.keep(connection, (row for unit in units for row in unit.captures))
    counts = _keep_documents(connection, [unit for unit in units if unit.documents])
    named = [
        (one, None if unit.settled is None else unit.settled.id)
        for unit in units
        for one in unit.found
    ]
    frontier.add(connection, crawl, named, nearest=nearest)
    frontier.settle(connection, [unit.settled for unit in units if unit.settled is not None])
    for unit in units:
        if unit.robots is not None:
            frontier.note_robots(connection, crawl, *unit.robots)
    return counts


def _keep_documents(connection: Connection, units: Sequence[UnitRows]) -> Counts:
    """Keep the documents of *units*, in their order, and count them."""
    counts = Counts()
    # Who answers for a page that was asked for says how it is now. Whatever else there is, such as
    # a source's captures, is as old as it says.
    for is_news, some in groupby(units, key=lambda unit: unit.settled is not None):
        # Unit by unit: of one document there may be several captures.
        read = (pair for unit in some for pair in read_from(unit.documents, unit.captures))
        counts += keep_read(connection, read, is_news=is_news)
    return counts
