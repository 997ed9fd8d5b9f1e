"""What a run leaves for the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import select

from crawler.storage import database_url as to_url
from crawler.storage import frontier, open_store
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import PAGES, Kind, State
from crawler.storage.traces import forget_files, note, open_files, turn_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crawler.storage.pages import Crawl

NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SITE: Final = "wenku365"
AHEAD: Final = timedelta(days=365)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with (
        open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as store,
        store.reading() as opened,
    ):
        yield opened


def begun(connection: Connection, key: str = "k", site: str = SITE) -> Crawl:
    return frontier.open_crawl(connection, site, key, {}, NOW)


def put_off(connection: Connection, crawl: Crawl, until: datetime) -> None:
    """Have a page of *crawl* wait."""
    url = f"https://www.wenku365.com/{until}"
    frontier.add(connection, crawl, [(Found(url, page_hash(url), Kind.LIST, 0, 0), None)])
    ((lease,), *_) = frontier.supply(connection, crawl, lambda _start, _count: [], NOW, 1)
    frontier.settle(connection, [Settled(lease.id, State.DUE, "http_503", 1, until)])


def waits(connection: Connection) -> list[tuple[datetime | None, str, int]]:
    query = select(PAGES.c.not_before, PAGES.c.reason, PAGES.c.attempts).order_by(PAGES.c.id)
    return [tuple(row) for row in connection.execute(query)]


def test_the_files_of_all_crawls_of_a_site_are_known(connection: Connection) -> None:
    one, other = begun(connection), begun(connection, "other")
    elsewhere = begun(connection, site="docin")
    assert open_files(connection, SITE) == []
    note(connection, one, NOW, ["b", "c"])
    note(connection, other, NOW, {"a", "b"})
    note(connection, elsewhere, NOW, ["d"])
    assert open_files(connection, SITE) == ["a", "b", "c"]
    note(connection, one, NOW, [])
    assert open_files(connection, SITE) == ["a", "b"]
    forget_files(connection, SITE)
    assert (open_files(connection, SITE), open_files(connection, "docin")) == ([], ["d"])


@pytest.mark.parametrize("noted_at", [None, NOW - AHEAD, NOW, NOW + timedelta(minutes=1)])
def test_what_was_put_off_waits(connection: Connection, noted_at: datetime | None) -> None:
    crawl = begun(connection)
    put_off(connection, crawl, NOW + HOUR)
    crawl = frontier.hold_back(connection, crawl, NOW + HOUR)
    if noted_at is not None:
        note(connection, crawl, noted_at, [])
    before = waits(connection)
    assert turn_back(connection, crawl, NOW) == crawl
    assert waits(connection) == before == [(NOW + HOUR, "http_503", 1)]


def test_what_a_clock_ahead_put_off_does_not(connection: Connection) -> None:
    crawl, other = begun(connection), begun(connection, "other")
    put_off(connection, crawl, NOW + AHEAD + HOUR)
    put_off(connection, crawl, NOW - HOUR)
    put_off(connection, other, NOW + HOUR)
    crawl = frontier.hold_back(connection, crawl, NOW + AHEAD + HOUR)
    note(connection, crawl, NOW + AHEAD, [])
    turned = turn_back(connection, crawl, NOW)
    assert turned.resumes_at == NOW + HOUR
    assert turned == frontier.find_crawl(connection, SITE, "k")
    assert [moment for moment, *_ in waits(connection)] == [NOW, NOW - HOUR, NOW + HOUR]
    assert turn_back(connection, other, NOW) == other
