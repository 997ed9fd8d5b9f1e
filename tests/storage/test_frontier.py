"""The frontier in each database: what is leased, in which order, and what becomes of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import event, select

from crawler.storage import database_url as to_url
from crawler.storage import frontier, open_store
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import CRAWLS, PAGES, Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from crawler.storage import Store
    from crawler.storage.pages import Crawl, Lease, Supply

SITE: Final = "wenku365"
NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as opened:
        yield opened


@pytest.fixture
def crawl(store: Store) -> Crawl:
    """Begin a crawl that has nothing to ask."""
    return begin(store)


def begin(store: Store, key: str = "k", site: str = SITE) -> Crawl:
    return store.write(lambda connection: frontier.open_crawl(connection, site, key, {}, NOW))


def page(number: int, priority: int = 0, depth: int = 1, kind: str = Kind.DOCUMENT) -> Found:
    url = f"https://www.wenku365.com/p-{number:08}.html"
    return Found(url, page_hash(url), kind, priority, depth)


def add(store: Store, crawl: Crawl, *found: Found, nearest: bool = False) -> None:
    named = [(one, None) for one in found]
    store.write(lambda connection: frontier.add(connection, crawl, named, nearest=nearest))


def no_seeds(start: int, count: int) -> list[Found]:  # noqa: ARG001 - as ``Seeds`` has them
    return []


def supply(store: Store, crawl: Crawl, count: int, now: datetime = NOW) -> Supply:
    return store.write(lambda connection: frontier.supply(connection, crawl, no_seeds, now, count))


def settle(store: Store, *settled: Settled) -> None:
    store.write(lambda connection: frontier.settle(connection, settled))


def rows(store: Store) -> list[tuple[str, str, int]]:
    """Return address, state and pass of every row, in the order in which they were added."""
    query = select(PAGES.c.url, PAGES.c.state, PAGES.c.pass_number).order_by(PAGES.c.id)
    with store.reading() as connection:
        return [(row.url, row.state, row.pass_number) for row in connection.execute(query)]


def states(store: Store) -> list[str]:
    return [state for _, state, _ in rows(store)]


def urls(leases: list[Lease]) -> list[str]:
    return [lease.url for lease in leases]


def test_the_lowest_priority_is_leased_first_and_then_the_oldest(
    store: Store, crawl: Crawl
) -> None:
    found = [page(1, 5), page(2, -1), page(3, 5), page(4, 0), page(5, -1)]
    add(store, crawl, *found)
    first = supply(store, crawl, 3)
    rest = supply(store, crawl, 9)
    order = [found[number].url for number in (1, 4, 3, 0, 2)]
    assert urls(first.leases) == order[:3]
    assert urls(rest.leases) == order[3:]
    assert states(store) == [State.LEASED] * 5
    assert supply(store, crawl, 9).leases == []


def test_a_page_that_waits_is_leased_when_it_is_ripe_and_before_others(
    store: Store, crawl: Crawl
) -> None:
    add(store, crawl, page(1), page(2))
    first, second = supply(store, crawl, 2).leases
    later, latest = NOW + HOUR, NOW + 2 * HOUR
    settle(
        store,
        Settled(first.id, State.DUE, "timeout", attempts=2, not_before=latest),
        Settled(second.id, State.DUE, "timeout", attempts=1, not_before=later),
    )
    early = supply(store, crawl, 9, later - timedelta(seconds=1))
    assert early.leases == []
    assert early.next_due == later
    add(store, crawl, page(3, -9))
    ripe = supply(store, crawl, 1, later)
    assert [(lease.url, lease.attempts, lease.reason) for lease in ripe.leases] == [
        (page(2).url, 1, "timeout")
    ]
    assert ripe.next_due == latest
    rest = supply(store, crawl, 9, latest)
    assert sorted(urls(rest.leases)) == [page(1).url, page(3).url]
    assert rest.next_due is None


def test_places_to_start_at_become_rows_by_the_batch(store: Store, crawl: Crawl) -> None:
    places = [page(number, kind=Kind.SEED) for number in range(1_200)]
    asked: list[int] = []

    def seeds(start: int, count: int) -> list[Found]:
        asked.append(start)
        return places[start : start + count]

    def work(connection: Connection) -> Supply:
        return frontier.supply(connection, crawl, seeds, NOW, 1)

    first = store.write(work)
    assert urls(first.leases) == [places[0].url]
    batch = len(rows(store))
    assert 0 < batch < len(places)
    assert first.crawl.seeded == batch
    rest = store.write(
        lambda connection: frontier.supply(connection, first.crawl, seeds, NOW, 2_000)
    )
    assert urls(rest.leases) == [one.url for one in places[1:]]
    assert asked == sorted(set(asked))
    assert begin(store).seeded == len(places)


def test_a_new_pass_opens_everything_but_robots(store: Store, crawl: Crawl) -> None:
    other = begin(store, "another")
    add(store, crawl, page(1), page(2))
    add(store, other, page(1))
    robots = "https://www.wenku365.com/robots.txt"
    noted = Settled(0, State.DONE)
    store.write(lambda connection: frontier.note_robots(connection, crawl, robots, noted))
    done, failed = supply(store, crawl, 2).leases
    settle(
        store,
        Settled(done.id, State.DONE, etag='"a"', last_modified="Tue, 24 Nov 2026 08:00:00 GMT"),
        Settled(failed.id, State.FAILED, "timeout", attempts=5),
        Settled(supply(store, other, 1).leases[0].id, State.DONE),
    )
    store.write(lambda connection: frontier.end_pass(connection, crawl, NOW))
    assert supply(store, crawl, 9).leases == []

    again = store.write(lambda connection: frontier.begin_pass(connection, crawl, NOW + HOUR))
    assert (again.pass_number, again.begun_at, again.ended_at) == (2, NOW + HOUR, None)
    assert again == begin(store)
    leases = supply(store, again, 9).leases
    assert urls(leases) == [page(1).url, page(2).url]
    assert [lease.attempts for lease in leases] == [0, 0]
    assert [lease.etag for lease in leases] == ['"a"', None]
    assert leases[0].last_modified == "Tue, 24 Nov 2026 08:00:00 GMT"
    assert rows(store) == [
        (page(1).url, State.LEASED, 2),
        (page(2).url, State.LEASED, 2),
        (page(1).url, State.DONE, 1),
        (robots, State.DONE, 1),
    ]


def test_what_is_found_in_a_new_pass_is_asked_once_in_it(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1))
    settle(store, Settled(supply(store, crawl, 1).leases[0].id, State.DONE))
    again = store.write(lambda connection: frontier.begin_pass(connection, crawl, NOW))
    add(store, again, page(1), page(2))
    given = supply(store, again, 9)
    assert sorted(urls(given.leases)) == [page(1).url, page(2).url]
    assert supply(store, given.crawl, 9).leases == []


def test_what_is_leased_is_released_in_its_site_alone_but_for_what_is_kept(
    store: Store, crawl: Crawl
) -> None:
    other = begin(store, site="docin")
    add(store, crawl, page(1), page(2), page(3))
    add(store, other, page(4))
    leases = supply(store, crawl, 2).leases
    supply(store, other, 1)
    store.write(lambda connection: frontier.release(connection, SITE, [leases[1].id]))
    assert states(store) == [State.DUE, State.LEASED, State.DUE, State.LEASED]
    begin(store)
    assert states(store) == [State.DUE, State.DUE, State.DUE, State.LEASED]


def test_what_became_of_a_page_is_its_row(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1), page(2))
    settled = Settled(
        supply(store, crawl, 1).leases[0].id,
        State.REFUSED,
        "forbidden",
        3,
        NOW + HOUR,
        '"a"',
        "Tue, 24 Nov 2026 08:00:00 GMT",
    )
    settle(store, settled)
    query = select(*(PAGES.c[name] for name in Settled._fields)).order_by(PAGES.c.id)
    with store.reading() as connection:
        found, untouched = (Settled(*row) for row in connection.execute(query))
    assert found == settled
    assert untouched == Settled(settled.id + 1, State.DUE)
    settle(store)


def test_a_page_that_is_added_twice_is_there_once_in_each_crawl(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1, 4), page(1, 2))
    settle(store, Settled(supply(store, crawl, 1).leases[0].id, State.DONE))
    add(store, crawl, page(1, -5))
    assert rows(store) == [(page(1).url, State.DONE, 1)]
    add(store, begin(store, "another"), page(1))
    assert len(rows(store)) == 2


@pytest.mark.parametrize(("nearest", "depth"), [(False, 5), (True, 2)])
def test_a_shorter_way_to_a_page_that_is_due_counts_if_it_matters(
    store: Store, crawl: Crawl, depth: int, *, nearest: bool
) -> None:
    for far in (5, 2, 4):
        add(store, crawl, page(1, far, far), nearest=nearest)
    (lease,) = supply(store, crawl, 9).leases
    assert (lease.depth, lease.priority) == (depth, depth)


def test_a_crawl_is_told_by_its_site_and_key(store: Store, crawl: Crawl) -> None:
    assert begin(store) == crawl
    others = [begin(store, "another"), begin(store, site="docin")]
    assert len({crawl.id, *(other.id for other in others)}) == 3
    with store.reading() as connection:
        assert frontier.find_crawl(connection, SITE, "k") == crawl
        assert frontier.find_crawl(connection, SITE, "nobody's") is None
        assert len(connection.execute(select(CRAWLS.c.id)).all()) == 3


@pytest.mark.parametrize(("state", "due"), [(State.FAILED, State.DUE), (State.DONE, State.DONE)])
def test_places_to_start_at_are_due_again_if_nothing_ever_came(
    store: Store, crawl: Crawl, state: State, due: State
) -> None:
    add(store, crawl, page(1, kind=Kind.SEED))
    settle(store, Settled(supply(store, crawl, 1).leases[0].id, state, attempts=5))
    begin(store)
    assert states(store) == [state]
    store.write(lambda connection: frontier.end_pass(connection, crawl, NOW))
    begin(store)
    assert states(store) == [due]


def test_sqlite_leases_by_the_indexes_made_for_it(tmp_path: Path) -> None:
    file = tmp_path / "docshelf.db"
    sent: list[tuple[str, Sequence[object]]] = []

    def lease(connection: Connection) -> None:
        crawl = frontier.open_crawl(connection, SITE, "k", {}, NOW)
        frontier.add(connection, crawl, [(page(1), None)])

        @event.listens_for(connection, "before_cursor_execute")
        def note(*told: Any) -> None:  # noqa: ANN401 - as the event has them
            sent.append((told[2], told[3]))

        frontier.supply(connection, crawl, no_seeds, NOW, 1)

    with open_store(to_url({"DOCSHELF_DATABASE_URL": f"sqlite:///{file}"})) as store:
        store.write(lease)
    with closing(sqlite3.connect(file)) as database:
        plans = [
            " / ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}", told))
            for statement, told in sent
            if statement.startswith("UPDATE pages")
        ]
    ripe, due = plans
    assert "ix_pages_waiting (crawl=? AND not_before>? AND not_before<?)" in ripe
    assert "ix_pages_due (crawl=?)" in due
    assert not any("SCAN pages" in plan or "TEMP B-TREE FOR ORDER" in plan for plan in plans)
