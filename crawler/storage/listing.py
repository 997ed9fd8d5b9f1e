"""The frontier, listed for people: what crawls have asked and have still to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from crawler.storage.tables import CRAWLS, PAGES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which pages are meant; ``None`` is any."""

    site: str | None = None
    state: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page of a crawl, and what became of it."""

    site: str
    kind: str
    state: str
    reason: str | None
    """What it was taken for, or why it was asked in vain; ``None`` if it was not asked yet."""
    attempts: int
    not_before: datetime | None
    """The moment from which it may be asked, if it waits for one."""
    depth: int
    url: str
    named_by: str | None
    """The address of the page that led to it, if one did."""
    pass_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCount:
    """How many pages of a site are in one state for one reason."""

    site: str
    state: str
    reason: str | None
    pages: int
    not_before: datetime | None
    """The moment from which the first of those that wait may be asked."""


def has_crawl(connection: Connection, site: str) -> bool:
    """Say whether a crawl of *site* was ever begun."""
    query = select(CRAWLS.c.id).where(CRAWLS.c.site == site).limit(1)
    return connection.execute(query).first() is not None


def list_pages(connection: Connection, chosen: Chosen) -> Generator[ListedPage, None, None]:
    """Yield the *chosen* pages in the order in which they were found, in constant memory."""
    naming = PAGES.alias("naming")
    named_by = naming.c.url.label("named_by")
    own = ("kind", "state", "reason", "attempts", "not_before", "depth", "url", "pass_number")
    query = (
        select(CRAWLS.c.site, *(PAGES.c[name] for name in own), named_by)
        .join_from(PAGES, CRAWLS, CRAWLS.c.id == PAGES.c.crawl)
        .outerjoin(naming, naming.c.id == PAGES.c.named_by)
        .where(*_conditions(chosen))
        .order_by(PAGES.c.id)
    )
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from (ListedPage(**row) for row in found.mappings())


def count_pages(connection: Connection, chosen: Chosen) -> list[PageCount]:
    """Return how many *chosen* pages there are by site, state and reason, in that order."""
    by = (CRAWLS.c.site, PAGES.c.state, PAGES.c.reason)
    query = (
        select(
            *by,
            func.count().label("pages"),
            func.min(PAGES.c.not_before).label("not_before"),
        )
        .join_from(PAGES, CRAWLS, CRAWLS.c.id == PAGES.c.crawl)
        .where(*_conditions(chosen))
        .group_by(*by)
        .order_by(CRAWLS.c.site, PAGES.c.state, PAGES.c.reason.nulls_first())
    )
    return [PageCount(**row) for row in connection.execute(query).mappings()]


def _conditions(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    columns = {"site": CRAWLS.c.site, "state": PAGES.c.state, "reason": PAGES.c.reason}
    for name, column in columns.items():
        if (value := getattr(chosen, name)) is not None:
            yield column == value
