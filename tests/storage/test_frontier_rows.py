"""Single rows of the frontier, and the indexes by which they are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import event, func, insert, select, text

from crawler.storage import database_url as to_url
from crawler.storage import frontier, open_store
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import PAGES, Kind, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from crawler.storage import Store
    from crawler.storage.pages import Crawl, Lease, Seeds, Supply

SITE: Final = "wenku365"
NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
ROBOTS: Final = "https://www.wenku365.com/robots.txt"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as opened:
        yield opened


@pytest.fixture
def crawl(store: Store) -> Crawl:
    return begin(store)


def begin(store: Store, key: str = "k", site: str = SITE) -> Crawl:
    return store.write(lambda one: frontier.open_crawl(one, site, key, {}, NOW))


def page(number: int, kind: str = Kind.DOCUMENT, priority: int = 0, depth: int = 1) -> Found:
    url = f"https://www.wenku365.com/p-{number:08}.html"
    return Found(url, page_hash(url), kind, priority, depth)


def add(store: Store, crawl: Crawl, *found: Found) -> None:
    store.write(lambda one: frontier.add(one, crawl, [(each, None) for each in found]))


def places(found: list[Found]) -> Seeds:
    def some(start: int, count: int) -> list[Found]:
        return found[start : start + count]

    return some


def lease(store: Store, crawl: Crawl, count: int = 99, now: datetime = NOW) -> list[Lease]:
    return store.write(lambda one: frontier.supply(one, crawl, places([]), now, count)).leases


def settle(store: Store, *settled: Settled) -> None:
    store.write(lambda one: frontier.settle(one, settled))


def note_robots(store: Store, crawl: Crawl, noted: Settled) -> None:
    store.write(lambda one: frontier.note_robots(one, crawl, ROBOTS, noted))


def supply(store: Store, crawl: Crawl, seeds: Seeds, count: int, *, nearest: bool) -> Supply:
    return store.write(lambda one: frontier.supply(one, crawl, seeds, NOW, count, nearest=nearest))


def rows(store: Store) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [
            dict(row) for row in connection.execute(PAGES.select().order_by(PAGES.c.id)).mappings()
        ]


def test_who_named_a_page_is_known(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1))
    (first,) = lease(store, crawl)
    store.write(lambda one: frontier.add(one, crawl, [(page(2), first.id), (page(1), first.id)]))
    assert [row["named_by"] for row in rows(store)] == [None, first.id]


def test_what_is_lost_is_asked_again_for_what_it_says_in_every_crawl_of_its_site(
    store: Store, crawl: Crawl
) -> None:
    others = [begin(store, "another"), begin(store, site="docin")]
    for one in (crawl, *others):
        add(store, one, page(1), page(2))
        done, waits = lease(store, one)
        settle(
            store,
            Settled(done.id, State.DONE, etag='"a"', last_modified="Tue, 24 Nov 2026 08:00:00 GMT"),
            Settled(waits.id, State.DUE, "http_503", 3, NOW + HOUR),
        )
    numbers = {page(1).hash, page(2).hash, page(3).hash}
    store.write(lambda one: frontier.reopen(one, SITE, numbers))
    for one in (crawl, others[0]):
        leases = lease(store, one)
        assert [(each.attempts, each.etag, each.last_modified) for each in leases] == [
            (0, None, None)
        ] * 2
    assert lease(store, others[1]) == []
    store.write(lambda one: frontier.reopen(one, SITE, []))


def test_only_what_is_leased_is_found_as_such(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1), page(2))
    (first,) = lease(store, crawl, 1)
    with store.reading() as connection:
        assert frontier.leased(connection, crawl, page(1).hash) == first
        assert frontier.leased(connection, crawl, page(2).hash) is None
        assert frontier.leased(connection, crawl, page(3).hash) is None
    with store.reading() as connection:
        assert frontier.leased(connection, begin(store, "another"), page(1).hash) is None


def test_the_moment_from_which_a_site_may_be_asked_outlasts_the_process(
    store: Store, crawl: Crawl
) -> None:
    held = store.write(lambda one: frontier.hold_back(one, crawl, NOW + HOUR))
    assert held.resumes_at == NOW + HOUR
    assert begin(store) == held
    store.write(lambda one: frontier.hold_back(one, held, None))
    assert begin(store) == crawl


def test_what_waits_is_counted(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1), page(2), page(3))
    first, second, _third = lease(store, crawl)
    settle(
        store,
        Settled(first.id, State.DUE, "timeout", 1, NOW + HOUR),
        Settled(second.id, State.DUE, "timeout", 1, None),
    )
    with store.reading() as connection:
        assert frontier.waiting(connection, crawl) == 1
    add(store, begin(store, "another"), page(1))
    with store.reading() as connection:
        assert frontier.waiting(connection, begin(store, "another")) == 0


def test_robots_is_one_row_that_nobody_leases(store: Store, crawl: Crawl) -> None:
    for state, reason in ((State.FAILED, "timeout"), (State.DONE, None)):
        note_robots(store, crawl, Settled(0, state, reason))
        assert lease(store, crawl) == []
        (row,) = rows(store)
        assert (row["url"], row["kind"]) == (ROBOTS, Kind.ROBOTS)
        assert (row["state"], row["reason"]) == (state, reason)


def test_robots_that_is_asked_as_a_page_is_another_row(store: Store, crawl: Crawl) -> None:
    add(store, crawl, Found(ROBOTS, page_hash(f"p:{ROBOTS}"), Kind.SEED, 0, 0))
    note_robots(store, crawl, Settled(0, State.DONE))
    assert [each.kind for each in lease(store, crawl)] == [Kind.SEED]


def test_what_was_read_in_this_pass_is_told_but_no_list(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1), page(2, Kind.LIST), page(3, Kind.SEED), page(4), page(5))
    for each in lease(store, crawl)[:4]:
        state = State.GONE if each.url == page(4).url else State.DONE
        settle(store, Settled(each.id, state))
    with store.reading() as connection:
        assert sorted(frontier.done(connection, crawl)) == [
            (Kind.DOCUMENT, page(1).url),
            (Kind.SEED, page(3).url),
        ]
    store.write(lambda one: frontier.end_pass(one, crawl, NOW))
    ended = begin(store)
    again = store.write(lambda one: frontier.begin_pass(one, ended, NOW))
    with store.reading() as connection:
        assert list(frontier.done(connection, again)) == []


def test_a_pass_that_ended_stays_ended_when_it_was(store: Store, crawl: Crawl) -> None:
    store.write(lambda one: frontier.end_pass(one, crawl, NOW))
    ended = begin(store)
    store.write(lambda one: frontier.end_pass(one, ended, NOW + HOUR))
    assert begin(store).ended_at == NOW


def test_how_near_the_nearest_is_that_waits_is_told_if_it_matters(
    store: Store, crawl: Crawl
) -> None:
    add(store, crawl, page(1, depth=2), page(2, depth=1), page(3, depth=0))
    *far, near = sorted(lease(store, crawl), key=lambda each: -each.depth)
    settle(store, *(Settled(each.id, State.DUE, "timeout", 1, NOW + HOUR) for each in far))
    settle(store, Settled(near.id, State.DONE))
    for nearest, floor in ((True, 1), (False, None)):
        told = supply(store, crawl, places([]), 9, nearest=nearest)
        assert (told.floor, told.next_due) == (floor, NOW + HOUR)


def test_places_without_end_keep_nobody_waiting(store: Store, crawl: Crawl) -> None:
    """With a limit on the depth, too: none of what is further is leased before all of them."""
    found = [page(number, Kind.SEED, depth=0) for number in range(1_000)]
    further = page(5_000, priority=1)
    add(store, crawl, further)

    first = supply(store, crawl, places(found), 3, nearest=True)
    assert [each.url for each in first.leases] == [each.url for each in found[:3]]
    assert first.crawl.seeded < len(found)
    rest = supply(store, first.crawl, places(found), 2_000, nearest=True)
    assert [each.url for each in rest.leases] == [each.url for each in (*found[3:], further)]


def test_a_place_to_start_at_is_near_whatever_led_to_it_before(store: Store, crawl: Crawl) -> None:
    add(store, crawl, page(1, depth=2, priority=3))
    seed = page(1, Kind.SEED, depth=0)
    (found,) = supply(store, crawl, places([seed]), 9, nearest=True).leases
    assert (found.kind, found.depth, found.priority) == (Kind.SEED, 0, 0)


def test_leasing_looks_at_no_page_that_is_not_leased(store: Store, crawl: Crawl) -> None:
    """However many rows there are: what is due, waits or is leased has an index of its own."""
    fill(store, crawl)
    plans = plans_of(
        store,
        lambda one: frontier.supply(one, crawl, places([]), NOW, 100, nearest=True),
        lambda one: frontier.release(one, SITE),
        lambda one: frontier.waiting(one, crawl),
    )
    near, ripe, due, next_due, floor, release, waiting = plans
    for plan in (near, due):
        assert "ix_pages_due" in plan
    for plan in (ripe, next_due, floor, waiting):
        assert "ix_pages_waiting" in plan
    assert "ix_pages_leased" in release
    for plan in plans:
        assert "SCAN pages" not in plan
        assert "Seq Scan on pages" not in plan
    for plan in (near, ripe, due):
        assert "Sort" not in plan
        assert "ORDER BY" not in plan


def test_what_is_done_is_looked_for_as_the_rows_lie(store: Store, crawl: Crawl) -> None:
    """By an index on the crawl it takes half a minute where ten million wait and none is done."""
    fill(store, crawl)
    (plan,) = plans_of(store, lambda one: list(frontier.done(one, crawl)))
    assert "ix_pages" not in plan
    assert "SCAN pages" in plan or "Seq Scan on pages" in plan


def fill(store: Store, crawl: Crawl) -> None:
    """Add pages of every state: most are done, as they are in the end."""
    values = {"crawl": crawl.id, "kind": Kind.DOCUMENT, "depth": 1, "attempts": 0, "pass_number": 1}
    states = [State.DONE] * 37 + [State.LEASED, State.DUE, State.DUE]
    many = [
        values
        | {
            "hash": number,
            "url": f"https://www.wenku365.com/p-{number}.html",
            "priority": number % 3,
            "state": states[number % 40],
            "not_before": NOW + number % 7 * HOUR if number % 40 == 39 else None,
        }
        for number in range(24_000)
    ]

    def work(connection: Connection) -> None:
        connection.execute(insert(PAGES), many)
        connection.execute(text("ANALYZE"))

    store.write(work)
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(PAGES)).scalar() == len(many)


def plans_of(store: Store, *works: Callable[[Connection], object]) -> list[str]:
    """Return how the database goes about each statement on pages of *works*, in their order."""
    sent: list[tuple[str, Any]] = []

    def work(connection: Connection) -> list[str]:
        def note(*told: Any) -> None:  # noqa: ANN401 - as the event has them
            if "pages" in told[2]:
                sent.append((told[2], told[3]))

        event.listen(connection, "before_cursor_execute", note)
        with connection.begin_nested() as nested:
            for one in works:
                one(connection)
            nested.rollback()
        event.remove(connection, "before_cursor_execute", note)
        is_sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        return [
            "\n".join(
                str(row[-1])
                for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)
            )
            for statement, parameters in sent
        ]

    return store.write(work)
