"""The frontier: what a crawl has asked and has still to ask, in the database.

A row of ``pages`` is an address of one crawl, however many addresses lead to it: it is told by the
hash of what it is known by. Only the process that holds the site's claim (see ``claims``) writes.
Every function works in the transaction of its connection, and none remembers anything: what was
rolled back is simply done again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crawler.storage.leasing import (
    LEASE,
    in_state,
    is_near,
    is_waiting,
    lease_due,
    lease_nearer,
    lease_ripe,
    outlook,
)
from crawler.storage.pages import Crawl, Found, Lease, Settled, Supply, page_hash
from crawler.storage.tables import CRAWLS, PAGES, Kind, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from crawler.storage.pages import Seeds

_SEEDS: Final = 500
"""How many places to start at become rows at once."""
_NO_ROOM: Final = timedelta(seconds=1)
"""How soon it is looked again for a page that is ripe, where enough are leased."""
_REOPENED: Final = 2_000
"""How many numbers of rows are looked through at once for pages of an earlier pass."""


def find_crawl(connection: Connection, site: str, key: str) -> Crawl | None:
    """Return the crawl of *site* that *key* tells from others, if it was ever begun."""
    query = select(*_CRAWL).where(CRAWLS.c.site == site, CRAWLS.c.key == key)
    row = connection.execute(query).mappings().first()
    return None if row is None else Crawl(**row)


def open_crawl(
    connection: Connection, site: str, key: str, arguments: Mapping[str, str], now: datetime
) -> Crawl:
    """Return the crawl of *site* that *key* tells from others, begun if it never was.

    What was left leased in any crawl of the site is due. A crawl to which nothing ever came
    begins at its places to start at once more.
    """
    release(connection, site)
    if (known := find_crawl(connection, site, key)) is not None:
        _retry_seeds(connection, known)
        return known
    told = {"pass_number": 1, "seeded": 0, "reopened": 0, "reopen_to": 0, "begun_at": now}
    connection.execute(insert(CRAWLS).values(site=site, key=key, arguments=dict(arguments), **told))
    begun = find_crawl(connection, site, key)
    if begun is None:
        raise RuntimeError("the row of a crawl vanished")
    return begun


def release(connection: Connection, site: str, kept: Collection[int] = ()) -> None:
    """Make due what is leased in the crawls of *site*, but for the rows *kept*."""
    of_site = select(CRAWLS.c.id).where(CRAWLS.c.site == site)
    leased = PAGES.c.crawl.in_(of_site) & in_state(State.LEASED)
    if kept:
        leased &= PAGES.c.id.not_in(kept)
    connection.execute(update(PAGES).where(leased).values(state=State.DUE.value))


def begin_pass(connection: Connection, crawl: Crawl, now: datetime) -> Crawl:
    """Return *crawl* begun anew: everything that it knows is to be asked again."""
    last = connection.execute(select(func.max(PAGES.c.id))).scalar() or 0
    begun = replace(
        crawl,
        pass_number=crawl.pass_number + 1,
        reopened=0,
        reopen_to=last,
        begun_at=now,
        ended_at=None,
    )
    _save(connection, begun)
    return begun


def end_pass(connection: Connection, crawl: Crawl, now: datetime) -> None:
    """Take down that nothing is left to be asked in this pass of *crawl*."""
    if crawl.ended_at is None:
        _save(connection, replace(crawl, ended_at=now))


def hold_back(connection: Connection, crawl: Crawl, until: datetime | None) -> Crawl:
    """Return *crawl*, whose site does not want to be asked before *until*."""
    held = replace(crawl, resumes_at=until)
    _save(connection, held)
    return held


def add(
    connection: Connection,
    crawl: Crawl,
    found: Iterable[tuple[Found, int | None]],
    *,
    nearest: bool = False,
) -> None:
    """Add what was *found*, each with the number of the page that named it; known pages stay.

    *nearest* has a known page that is still to be asked know of a shorter way to it.
    """
    rows = [
        {
            "crawl": crawl.id,
            "hash": one.hash,
            "url": one.url,
            "kind": one.kind,
            "priority": one.priority,
            "depth": one.depth,
            "named_by": named_by,
            "pass_number": crawl.pass_number,
        }
        for one, named_by in found
    ]
    if not rows:
        return
    statement = (_ADD_NEAREST if nearest else _ADD)[connection.dialect.name]
    connection.execute(statement, rows)


def settle(connection: Connection, settled: Iterable[Settled]) -> None:
    """Take down what became of leased pages."""
    rows = [
        {
            "row": one.id,
            "state": one.state,
            "reason": one.reason,
            "attempts": one.attempts,
            "not_before": one.not_before,
            "etag": one.etag,
            "last_modified": one.last_modified,
        }
        for one in settled
    ]
    if rows:
        connection.execute(_SETTLE, rows)


def note_robots(connection: Connection, crawl: Crawl, url: str, settled: Settled) -> None:
    """Take down what became of the robots.txt at *url*, which is asked whenever it is needed."""
    found = Found(url, page_hash(f"robots:{url}"), Kind.ROBOTS, 0, 0)
    add(connection, crawl, [(found, None)])
    where = (PAGES.c.crawl == crawl.id) & (PAGES.c.hash == found.hash)
    values = {"state": settled.state, "reason": settled.reason}
    connection.execute(update(PAGES).where(where).values(values))


def supply(  # noqa: PLR0913 - what, when and how many, each by name
    connection: Connection,
    crawl: Crawl,
    seeds: Seeds,
    now: datetime,
    count: int,
    *,
    nearest: bool = False,
) -> Supply:
    """Lease at most *count* pages of *crawl* that may be asked at *now*; those that waited first.

    Where too few are due, further places to start at become rows, then pages of an earlier pass
    become due again. Only with *nearest* it is looked how near the pages are that wait.
    """
    # Nothing further is leased while there are places to start at.
    while nearest and not is_near(connection, crawl, count):
        more = _seed(connection, crawl, seeds, nearest=nearest)
        if more is None:
            break
        crawl = more
    leases = lease_ripe(connection, crawl, count, now) if count else []
    if nearest and not count:
        leases = lease_nearer(connection, crawl, now)
    while len(leases) < count:
        leases += lease_due(connection, crawl, count - len(leases), now)
        if len(leases) >= count:
            break
        more = _seed(connection, crawl, seeds, nearest=nearest) or _reopen(connection, crawl)
        if more is None:
            break
        crawl = more
    next_due, floor = outlook(connection, crawl, nearest=nearest)
    if next_due is not None and next_due <= now:  # for want of room, which comes by itself
        next_due = now + _NO_ROOM
    return Supply(leases, crawl, next_due, floor)


def reopen(connection: Connection, site: str, numbers: Iterable[int]) -> None:
    """Make the pages with the hashes *numbers* due once more in every crawl of *site*.

    What they said is lost, so that it is no use to be told that it did not change.
    """
    rows = [{"number": number, "of": site} for number in numbers]
    if rows:
        connection.execute(_REOPEN, rows)


def done(connection: Connection, crawl: Crawl) -> Iterator[tuple[str, str]]:
    """Yield kind and address of the pages of *crawl* that are done in this pass: no lists."""
    kinds = [Kind.DOCUMENT.value, Kind.SEED.value]
    # Of a sum there is no index: by one, ten million pages would be had one by one.
    query = select(PAGES.c.kind, PAGES.c.url).where(
        PAGES.c.crawl + literal_column("0") == crawl.id,
        PAGES.c.pass_number == crawl.pass_number,
        PAGES.c.state == State.DONE.value,
        PAGES.c.kind.in_(kinds),
    )
    # Whoever has seen enough goes on no further, and leaves no cursor behind.
    with connection.execute(query.execution_options(yield_per=100)) as rows:
        for row in rows:
            yield row.kind, row.url


def leased(connection: Connection, crawl: Crawl, number: int) -> Lease | None:
    """Return the page of *crawl* with the hash *number*, if it is leased."""
    query = select(*LEASE).where(
        PAGES.c.crawl == crawl.id, PAGES.c.hash == number, in_state(State.LEASED)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else Lease(**row)


def waiting(connection: Connection, crawl: Crawl) -> int:
    """Return how many pages of *crawl* wait for their moment."""
    query = select(func.count()).where(PAGES.c.crawl == crawl.id, is_waiting())
    return connection.execute(query).scalar_one()


def _seed(connection: Connection, crawl: Crawl, seeds: Seeds, *, nearest: bool) -> Crawl | None:
    """Make rows of further places to start at; ``None`` if there are none."""
    found = seeds(crawl.seeded, _SEEDS)
    if not found:
        return None
    add(connection, crawl, [(one, None) for one in found], nearest=nearest)
    seeded = replace(crawl, seeded=crawl.seeded + len(found))
    _save(connection, seeded)
    return seeded


def _reopen(connection: Connection, crawl: Crawl) -> Crawl | None:
    """Make further pages of an earlier pass due; ``None`` if all were."""
    if crawl.reopened >= crawl.reopen_to:
        return None
    end = min(crawl.reopened + _REOPENED, crawl.reopen_to)
    earlier = (
        (PAGES.c.id > crawl.reopened)
        & (PAGES.c.id <= end)
        & (PAGES.c.crawl == crawl.id)
        & (PAGES.c.pass_number < crawl.pass_number)
        & (PAGES.c.kind != Kind.ROBOTS.value)
    )
    renewed = {"state": State.DUE.value, "attempts": 0, "pass_number": crawl.pass_number}
    connection.execute(update(PAGES).where(earlier).values(renewed))
    reopened = replace(crawl, reopened=end)
    _save(connection, reopened)
    return reopened


def _retry_seeds(connection: Connection, crawl: Crawl) -> None:
    """Make the places to start at due again if nothing ever came of them."""
    done = select(PAGES.c.id).where(
        PAGES.c.crawl == crawl.id,
        PAGES.c.state == State.DONE.value,
        PAGES.c.kind != Kind.ROBOTS.value,
    )
    if crawl.ended_at is None or connection.execute(done.limit(1)).first() is not None:
        return
    in_vain = (
        (PAGES.c.crawl == crawl.id)
        & (PAGES.c.kind == Kind.SEED.value)
        & PAGES.c.state.in_([State.FAILED.value, State.REFUSED.value, State.GONE.value])
    )
    connection.execute(update(PAGES).where(in_vain).values(state=State.DUE.value, attempts=0))


def _save(connection: Connection, crawl: Crawl) -> None:
    values = {name: getattr(crawl, name) for name in _CHANGING}
    connection.execute(update(CRAWLS).where(CRAWLS.c.id == crawl.id).values(values))


_CHANGING: Final = (
    "pass_number",
    "seeded",
    "reopened",
    "reopen_to",
    "begun_at",
    "ended_at",
    "resumes_at",
)
_CRAWL: Final = tuple(CRAWLS.c[name] for name in ("id", "site", *_CHANGING))
_NEW: Final = {
    **{name: bindparam(name) for name in ("crawl", "hash", "url", "kind", "priority", "depth")},
    **{name: bindparam(name) for name in ("named_by", "pass_number")},
    "state": State.DUE.value,
    "attempts": 0,
}
_KEY: Final = [PAGES.c.crawl, PAGES.c.hash]
_IS_OPEN: Final = in_state(State.DUE) | in_state(State.LEASED)
_DIALECTS: Final = ("sqlite", "postgresql")


def _inserting(dialect: str) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(PAGES) if dialect == "sqlite" else postgresql.insert(PAGES)


_ADD: Final = {
    name: _inserting(name).values(_NEW).on_conflict_do_nothing(index_elements=_KEY)
    for name in _DIALECTS
}
_ADD_NEAREST: Final = {
    name: (new := _inserting(name).values(_NEW)).on_conflict_do_update(
        index_elements=_KEY,
        set_={name: new.excluded[name] for name in ("kind", "priority", "depth")},
        where=(new.excluded.depth < PAGES.c.depth)
        & (_IS_OPEN | (PAGES.c.pass_number < new.excluded.pass_number)),
    )
    for name in _DIALECTS
}
_SETTLE: Final = (
    update(PAGES)
    .where(PAGES.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in Settled._fields if name != "id"})
)
_REOPEN: Final = (
    update(PAGES)
    .where(
        PAGES.c.hash == bindparam("number"),
        PAGES.c.crawl.in_(select(CRAWLS.c.id).where(CRAWLS.c.site == bindparam("of"))),
    )
    .values(state=State.DUE.value, attempts=0, not_before=None, etag=None, last_modified=None)
)
