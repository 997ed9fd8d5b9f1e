"""Pages that are ripe while enough are leased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from crawler.storage import database_url as to_url
from crawler.storage import frontier, open_store
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crawler.storage.pages import Crawl, Lease, Supply

NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with (
        open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as store,
        store.reading() as opened,
    ):
        yield opened


@pytest.fixture
def crawl(connection: Connection) -> Crawl:
    return frontier.open_crawl(connection, "wenku365", "k", {}, NOW)


def add(connection: Connection, crawl: Crawl, *depths: int) -> None:
    for number, depth in enumerate(depths):
        url = f"https://www.wenku365.com/c-{depth}-{number}.html"
        found = Found(url, page_hash(url), Kind.LIST, depth, depth)
        frontier.add(connection, crawl, [(found, None)])


def supply(
    connection: Connection, crawl: Crawl, count: int, now: datetime = NOW, *, nearest: bool = True
) -> Supply:
    return frontier.supply(
        connection, crawl, lambda _start, _count: [], now, count, nearest=nearest
    )


def put_off(connection: Connection, lease: Lease, until: datetime) -> None:
    frontier.settle(connection, [Settled(lease.id, State.DUE, "http_503", 1, until)])


def test_what_is_nearer_than_all_that_is_leased_needs_no_room(
    connection: Connection, crawl: Crawl
) -> None:
    add(connection, crawl, 1, 1, 2, 2)
    for lease in supply(connection, crawl, 2).leases:
        put_off(connection, lease, NOW + SECOND)
    assert [lease.depth for lease in supply(connection, crawl, 2).leases] == [2, 2]
    assert supply(connection, crawl, 0).leases == []
    (lease,) = supply(connection, crawl, 0, NOW + SECOND).leases
    assert lease.depth == 1
    # The other is no nearer than that.
    assert supply(connection, crawl, 0, NOW + SECOND).leases == []
    frontier.settle(connection, [Settled(lease.id, State.DONE)])
    assert [one.depth for one in supply(connection, crawl, 0, NOW + SECOND).leases] == [1]


def test_without_a_depth_there_is_no_hurry(connection: Connection, crawl: Crawl) -> None:
    add(connection, crawl, 1, 2)
    (lease,) = supply(connection, crawl, 1, nearest=False).leases
    put_off(connection, lease, NOW)
    (other,) = supply(connection, crawl, 1, NOW - SECOND, nearest=False).leases
    assert other.depth == 2
    assert supply(connection, crawl, 0, nearest=False).leases == []


def test_where_there_is_no_room_it_is_not_looked_again_at_once(
    connection: Connection, crawl: Crawl
) -> None:
    add(connection, crawl, 1, 1)
    (lease,) = supply(connection, crawl, 1).leases
    put_off(connection, lease, NOW)
    assert supply(connection, crawl, 0).next_due == NOW + SECOND
    assert supply(connection, crawl, 0, NOW - SECOND).next_due == NOW
    assert supply(connection, crawl, 1).next_due is None
