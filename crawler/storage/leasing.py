"""Which pages of a crawl are asked next: those that waited and are ripe, then others that are due.

Like the frontier, it works in the transaction of a connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, case, func, literal_column, select, update

from crawler.storage.pages import Lease
from crawler.storage.tables import PAGES, State

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.dml import ReturningUpdate

    from crawler.storage.pages import Crawl


def lease_ripe(connection: Connection, crawl: Crawl, count: int, now: datetime) -> list[Lease]:
    """Lease at most *count* pages that waited for a moment which is over."""
    return _lease(connection, _LEASE_RIPE, crawl, count, now)


def lease_due(connection: Connection, crawl: Crawl, count: int, now: datetime) -> list[Lease]:
    """Lease at most *count* pages that never waited."""
    return _lease(connection, _LEASE_DUE, crawl, count, now)


def lease_nearer(connection: Connection, crawl: Crawl, now: datetime) -> list[Lease]:
    """Lease the nearest page that is ripe, if it is nearer than all that is leased.

    These wait for it, so that there would never be room.
    """
    told = {"of": crawl.id, "now": now}
    ripe = connection.execute(_RIPE_DEPTH, told).scalar()
    leased = connection.execute(_LEASED_DEPTH, {"of": crawl.id}).scalar()
    if ripe is None or leased is None or leased <= ripe:
        return []
    return _lease(connection, _LEASE_NEAREST, crawl, 1, now)


def outlook(
    connection: Connection, crawl: Crawl, *, nearest: bool
) -> tuple[datetime | None, int | None]:
    """Return when the first page that waits may be asked, and how near the nearest of them is.

    The latter is only looked for with *nearest*.
    """
    told = {"of": crawl.id}
    next_due = connection.execute(_NEXT_DUE, told).scalar()
    floor = connection.execute(_FLOOR, told).scalar() if nearest and next_due else None
    return next_due, floor


def is_near(connection: Connection, crawl: Crawl, count: int) -> bool:
    """Tell whether *count* pages are due that are no link away from a place to start at."""
    told = {"of": crawl.id, "rest": count - 1}
    return count == 0 or connection.execute(_NEAR, told).first() is not None


def in_state(state: State) -> ColumnElement[bool]:
    """Tell whether a page is in *state*.

    Written out, for an index that holds such rows only is not used for a parameter.
    """
    return PAGES.c.state == literal_column(f"'{state.value}'")


def is_waiting() -> ColumnElement[bool]:
    """Tell whether a page waits for its moment."""
    return in_state(State.DUE) & PAGES.c.not_before.is_not(None)


def _lease(
    connection: Connection,
    statement: ReturningUpdate[tuple[object, ...]],
    crawl: Crawl,
    count: int,
    now: datetime,
) -> list[Lease]:
    told = {"of": crawl.id, "count": count, "now": now, "pass": crawl.pass_number}
    rows = connection.execute(statement, told).mappings()
    leases = [Lease(**row) for row in rows]
    return sorted(leases, key=lambda lease: (lease.priority, lease.id))


LEASE: Final = tuple(PAGES.c[name] for name in Lease._fields)
_OF_CRAWL: Final = PAGES.c.crawl == bindparam("of")
_DUE: Final = (
    select(PAGES.c.id)
    .where(_OF_CRAWL, in_state(State.DUE), PAGES.c.not_before.is_(None))
    .order_by(PAGES.c.priority, PAGES.c.id)
    .limit(bindparam("count"))
)
_NEAR: Final = (
    select(PAGES.c.id)
    .where(_OF_CRAWL, in_state(State.DUE), PAGES.c.not_before.is_(None), PAGES.c.priority <= 0)
    .order_by(PAGES.c.priority, PAGES.c.id)
    .limit(1)
    .offset(bindparam("rest"))
)
"""With a limit on the depth, what is a link away has a higher number: see ``Discovery``."""
_IS_RIPE: Final = is_waiting() & (PAGES.c.not_before <= bindparam("now"))
_RIPE, _NEAREST = (
    select(PAGES.c.id).where(_OF_CRAWL, _IS_RIPE).order_by(first).limit(bindparam("count"))
    for first in (PAGES.c.not_before, PAGES.c.depth)
)
_LEASE_DUE, _LEASE_RIPE, _LEASE_NEAREST = (
    update(PAGES)
    .where(PAGES.c.id.in_(chosen))
    .values(
        state=State.LEASED.value,
        attempts=case((PAGES.c.pass_number < bindparam("pass"), 0), else_=PAGES.c.attempts),
        not_before=None,
        pass_number=bindparam("pass"),
    )
    .returning(*LEASE)
    for chosen in (_DUE, _RIPE, _NEAREST)
)
_NEXT_DUE: Final = select(func.min(PAGES.c.not_before)).where(_OF_CRAWL, is_waiting())
_FLOOR, _RIPE_DEPTH, _LEASED_DEPTH = (
    select(func.min(PAGES.c.depth)).where(_OF_CRAWL, which)
    for which in (is_waiting(), _IS_RIPE, in_state(State.LEASED))
)
