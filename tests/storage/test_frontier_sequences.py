"""Whatever is done to a frontier, in whatever order, no page is lost and none is asked twice.

It is held against a model that keeps its pages in a dictionary.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from crawler.storage import database_url as to_url
from crawler.storage import frontier, open_store
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import PAGES, Kind, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from crawler.storage import Store
    from crawler.storage.pages import Crawl, Lease, Supply

_T = TypeVar("_T")

START: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
FINAL: Final = (State.DONE, State.FAILED, State.REFUSED, State.GONE)
SITES: Final = count()

NUMBERS: Final = st.integers(0, 14)
SECONDS: Final = st.integers(1, 9)
FOUND: Final = st.lists(st.tuples(NUMBERS, st.integers(-1, 2), st.integers(0, 3)), max_size=6)


@dataclass
class Page:
    """What the model knows of a page."""

    number: int
    kind: str
    priority: int
    depth: int
    age: int
    state: str = State.DUE
    attempts: int = 0
    ripe_at: datetime | None = None
    asked: int = 0
    """How often it was leased and settled for good in this pass."""


def address(number: int) -> str:
    return f"https://www.wenku365.com/p-{number:08}.html"


def found(number: int, kind: str, priority: int, depth: int) -> Found:
    return Found(address(number), page_hash(address(number)), kind, priority, depth)


class AbortedError(Exception):
    """A transaction that was to be rolled back."""


class Frontier(RuleBasedStateMachine):
    """One crawl, among those of earlier runs of the machine."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.site = f"site{next(SITES)}"
        self.now = START
        self.pages: dict[int, Page] = {}
        self.leases: dict[int, Lease] = {}
        self.ages = count()
        self.has_ended = False
        self.crawl: Crawl

    @initialize(seeds=st.lists(NUMBERS, unique=True, max_size=7), nearest=st.booleans())
    def begin(self, seeds: list[int], *, nearest: bool) -> None:
        self.seeds = seeds
        self.seeded = 0
        self.nearest = nearest
        self.open_crawl()

    def starts(self, start: int, count: int) -> list[Found]:
        return [found(one, Kind.SEED, 0, 0) for one in self.seeds[start : start + count]]

    def write(self, work: Callable[[Connection], _T], *, aborts: bool = False) -> _T:
        """Return *work* done, perhaps once more after it was rolled back."""

        def abort(connection: Connection) -> None:
            work(connection)
            raise AbortedError

        if aborts:
            with suppress(AbortedError):
                self.store.write(abort)
        return self.store.write(work)

    def open_crawl(self) -> None:
        self.crawl = self.write(lambda one: frontier.open_crawl(one, self.site, "k", {}, START))

    @rule(pages=FOUND, aborts=st.booleans())
    def add(self, pages: list[tuple[int, int, int]], *, aborts: bool) -> None:
        # With a limit on the depth, what is nearer has the lower priority.
        told = [
            found(number, Kind.LIST, depth if self.nearest else priority, depth)
            for number, priority, depth in pages
        ]
        named = [(one, None) for one in told]
        self.write(
            lambda one: frontier.add(one, self.crawl, named, nearest=self.nearest), aborts=aborts
        )
        for (number, _, _), one in zip(pages, told, strict=True):
            self.note(number, one)

    def note(self, number: int, one: Found) -> None:
        known = self.pages.get(number)
        if known is None:
            self.pages[number] = Page(number, one.kind, one.priority, one.depth, next(self.ages))
        elif self.nearest and known.state not in FINAL and one.depth < known.depth:
            known.kind, known.priority, known.depth = one.kind, one.priority, one.depth

    @rule(wanted=st.integers(0, 6), aborts=st.booleans())
    def supply(self, wanted: int, *, aborts: bool) -> None:
        supply = self.write(
            lambda one: frontier.supply(
                one, self.crawl, self.starts, self.now, wanted, nearest=self.nearest
            ),
            aborts=aborts,
        )
        for number in self.seeds[self.seeded : supply.crawl.seeded]:
            self.note(number, found(number, Kind.SEED, 0, 0))
        self.seeded, self.crawl = supply.crawl.seeded, supply.crawl
        self.take(supply, wanted)

    def take(self, supply: Supply, wanted: int) -> None:
        leased = [self.pages[self.number(lease.url)] for lease in supply.leases]
        if leased and not wanted:  # nearer than all in hand, which wait for it
            assert self.nearest
            assert len(leased) == 1
            assert all(leased[0].depth < self.pages[number].depth for number in self.leases)
        else:
            assert len(leased) <= wanted
        assert len({page.number for page in leased}) == len(leased)
        for page, lease in zip(leased, supply.leases, strict=True):
            assert page.state == State.DUE
            assert page.ripe_at is None or page.ripe_at <= self.now
            assert (page.priority, page.depth) == (lease.priority, lease.depth)
            assert page.attempts == lease.attempts
            if self.nearest and page.depth > 0 and page.ripe_at is None:
                assert self.seeded == len(self.seeds)
            page.state, page.ripe_at = State.LEASED, None
            self.leases[page.number] = lease
        due = [page for page in self.pages.values() if page.state == State.DUE]
        if len(leased) < wanted:  # then there is no more to be had
            assert self.seeded == len(self.seeds)
            assert all(page.ripe_at is not None and page.ripe_at > self.now for page in due)
        waiting = [page.ripe_at for page in due if page.ripe_at is not None]
        soonest = min(waiting, default=None)
        if soonest is not None and soonest <= self.now:  # there was no room for it
            soonest = self.now + SECOND
        assert supply.next_due == soonest

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), state=st.sampled_from(FINAL))
    def settle(self, data: st.DataObject, state: State) -> None:
        page, lease = self.one_leased(data)
        self.write(lambda one: frontier.settle(one, [Settled(lease.id, state)]))
        page.state, page.attempts = state, 0
        page.asked += 1
        assert page.asked == 1  # in this pass

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), wait=st.none() | SECONDS)
    def postpone(self, data: st.DataObject, wait: int | None) -> None:
        page, lease = self.one_leased(data)
        page.ripe_at = None if wait is None else self.now + wait * SECOND
        page.attempts = lease.attempts + (wait is not None)
        page.state = State.DUE
        again = Settled(lease.id, State.DUE, None, page.attempts, page.ripe_at)
        self.write(lambda one: frontier.settle(one, [again]))

    def one_leased(self, data: st.DataObject) -> tuple[Page, Lease]:
        number = data.draw(st.sampled_from(sorted(self.leases)))
        return self.pages[number], self.leases.pop(number)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule()
    def die_and_go_on(self) -> None:
        """Begin anew: what was leased is due; so are the seeds, if nothing ever came of them."""
        self.leases.clear()
        pages = self.pages.values()
        for page in pages:
            if page.state == State.LEASED:
                page.state = State.DUE
        if self.has_ended and not any(page.state == State.DONE for page in pages):
            for page in pages:
                if page.kind == Kind.SEED and page.state in FINAL:
                    page.state, page.attempts, page.asked = State.DUE, 0, 0
        self.open_crawl()

    @rule(data=st.data())
    def lose_an_answer(self, data: st.DataObject) -> None:
        """Have what was leased due again, as if the transaction was over and nobody had heard."""
        kept = data.draw(st.sets(st.sampled_from(sorted(self.leases)))) if self.leases else set()
        ids = {self.leases[number].id for number in kept}
        self.write(lambda one: frontier.release(one, self.site, ids))
        for number in set(self.leases) - kept:
            self.pages[number].state = State.DUE
            del self.leases[number]

    @rule(number=NUMBERS)
    def lose_a_record(self, number: int) -> None:
        """Have a page asked again of which the archive has nothing any more."""
        page = self.pages.get(number)
        if page is None or page.state == State.LEASED:
            return
        number_of = page_hash(address(number))
        self.write(lambda one: frontier.reopen(one, self.site, [number_of]))
        page.state, page.attempts, page.ripe_at, page.asked = State.DUE, 0, None, 0

    @precondition(lambda self: not self.leases)
    @rule(until=st.none() | SECONDS)
    def end(self, until: int | None) -> None:
        moment = None if until is None else self.now + until * SECOND

        def work(connection: Connection) -> Crawl:
            held = frontier.hold_back(connection, self.crawl, moment)
            frontier.end_pass(connection, held, self.now)
            return held

        self.write(work)
        self.has_ended = True
        self.die_and_go_on()
        assert self.crawl.resumes_at == moment
        assert self.crawl.ended_at is not None

    @precondition(lambda self: self.has_ended)
    @rule(aborts=st.booleans())
    def begin_again(self, *, aborts: bool) -> None:
        self.die_and_go_on()
        self.crawl = self.write(
            lambda one: frontier.begin_pass(one, self.crawl, self.now), aborts=aborts
        )
        self.has_ended = False
        for page in self.pages.values():
            page.state, page.attempts, page.asked = State.DUE, 0, 0

    @staticmethod
    def number(url: str) -> int:
        return int(url.removeprefix(address(0)[:-13]).removesuffix(".html"))

    @invariant()
    def every_page_is_a_row_and_none_is_two(self) -> None:
        query = select(PAGES).where(PAGES.c.crawl == self.crawl.id).order_by(PAGES.c.id)
        with self.store.reading() as connection:
            rows = list(connection.execute(query).mappings())
        pages = sorted(self.pages.values(), key=lambda page: page.age)
        assert [self.number(row["url"]) for row in rows] == [page.number for page in pages]
        assert [self.told(row) for row in rows] == [
            (page.state, page.attempts, page.ripe_at, page.kind, page.priority, page.depth)
            for page in pages
        ]

    def told(self, row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row's values
        """Return how a page stands: one that is still to be reopened is due."""
        is_old = row["pass_number"] < self.crawl.pass_number
        is_left = is_old and self.crawl.reopened < row["id"] <= self.crawl.reopen_to
        state, attempts = (State.DUE, 0) if is_left else (row["state"], row["attempts"])
        return state, attempts, *(row[name] for name in ("not_before", "kind", "priority", "depth"))


@pytest.fixture
def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Give a store in which seeds and pages of an earlier pass come by the few."""
    monkeypatch.setattr(frontier, "_SEEDS", 2)
    monkeypatch.setattr(frontier, "_REOPENED", 8)
    with open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as opened:
        yield opened


def test_no_page_is_lost_and_none_is_asked_twice(store: Store) -> None:
    machine = type("OneFrontier", (Frontier,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
