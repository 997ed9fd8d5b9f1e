"""What is asked next, and when nothing is for now."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from scrapy import Request, Spider
from scrapy.settings import Settings

from crawler.fetching.scheduler import Scheduler, is_crawl
from crawler.fetching.units import UNIT, Unit
from crawler.storage.pages import Crawl, Lease, Supply
from crawler.storage.tables import Kind
from spiders.wenku365 import Wenku365Spider
from tests.fetching.crawling import SITE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from scrapy.crawler import Crawler

SECOND: Final = timedelta(seconds=1)
CRAWL: Final = Crawl(
    id=1,
    site="wenku365",
    pass_number=1,
    seeded=0,
    reopened=0,
    reopen_to=0,
    begun_at=datetime(2026, 11, 24, tzinfo=UTC),
    ended_at=None,
    resumes_at=None,
)


class Frontier:
    """As much of a frontier as the scheduler sees."""

    def __init__(self, *, nearest: bool = False) -> None:
        self.is_open = True
        self.is_busy = self.is_full = self.is_closing = False
        self.is_nearest_first = nearest
        self.resumes_at: datetime | None = None
        self.begun: list[Unit] = []
        self.wanted: list[bool] = []
        self.flushed = asyncio.Event()
        self.closed: list[tuple[bool, bool]] = []

    def open(self, _spider: object, **told: Callable[..., None]) -> None:
        self.give, self.end = told["on_supply"], told["on_end"]

    def begin(self, lease: Lease) -> Unit:
        self.begun.append(Unit(lease))
        return self.begun[-1]

    def want_more(self, *, is_starved: bool) -> None:
        self.wanted.append(is_starved)

    def resume(self) -> None:
        self.resumes_at = None

    def flush(self) -> None:
        self.flushed.set()

    async def close(self, *, is_over: bool, is_held: bool) -> None:
        self.closed.append((is_over, is_held))


class Slot:
    """Scrapy's, which counts how often it is woken."""

    def __init__(self) -> None:
        self.nextcall = self
        self.woken = 0

    def schedule(self) -> None:
        self.woken += 1


class Table:
    """A scheduler between a frontier and an engine."""

    def __init__(self, spider: Spider | None = None, *, nearest: bool = False) -> None:
        self.frontier = Frontier(nearest=nearest)
        self.slot = Slot()
        crawler = SimpleNamespace(
            settings=Settings({"DOCSHELF_PATIENCE": 60}),
            engine=SimpleNamespace(_slot=self.slot),
            get_extension=lambda _kind: self.frontier,
        )
        self.scheduler = Scheduler.from_crawler(cast("Crawler", crawler))
        if spider is None:
            spider = Wenku365Spider()
            spider.settings = Settings()
        self.scheduler.open(spider)

    def supply(
        self, *leases: Lease, next_due: datetime | None = None, floor: int | None = None
    ) -> None:
        self.frontier.give(Supply(list(leases), CRAWL, next_due, floor))

    def next(self) -> str | None:
        """Return the path of what is asked next."""
        request = self.scheduler.next_request()
        return None if request is None else request.url.removeprefix(SITE)

    def all(self) -> list[str]:
        return list(iter(self.next, None))


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


def lease(number: int, *, depth: int = 0, path: str = "", **changes: Any) -> Lease:  # noqa: ANN401
    told: dict[str, Any] = {
        "id": number,
        "url": f"{SITE}{path or f'/c-{number}.html'}",
        "kind": Kind.LIST,
        "priority": 2 * depth,
        "depth": depth,
        "attempts": 0,
        "reason": None,
        "etag": None,
        "last_modified": None,
    }
    return Lease(**(told | changes))


def soon(seconds: float = 30) -> datetime:
    return datetime.now(UTC) + seconds * SECOND


def test_a_page_is_asked_with_its_unit_and_how_far_it_is() -> None:
    async def main() -> None:
        table = Table()
        found = lease(7, depth=3)
        table.supply(found)
        request = table.scheduler.next_request()
        assert request is not None
        assert (request.url, request.meta["depth"]) == (found.url, 3)
        assert request.meta[UNIT] is table.frontier.begun[0]
        assert table.frontier.begun[0].lease is found
        assert request.cb_kwargs == {}
        assert "If-None-Match" not in request.headers

    run(main)


def test_what_did_not_change_need_not_be_sent_again() -> None:
    async def main() -> None:
        table = Table()
        told: dict[str, Any] = {"etag": '"a"', "last_modified": "Tue, 24 Nov 2026 08:00:00 GMT"}
        table.supply(lease(1, **told), lease(2, etag='"b"'))
        first, second = (table.scheduler.next_request() for _ in range(2))
        assert first is not None
        assert second is not None
        assert first.headers["If-None-Match"] == b'"a"'
        assert first.headers["If-Modified-Since"] == b"Tue, 24 Nov 2026 08:00:00 GMT"
        assert second.headers["If-None-Match"] == b'"b"'
        assert "If-Modified-Since" not in second.headers

    run(main)


@pytest.mark.parametrize(
    ("kind", "path", "alone"),
    [
        (Kind.SEED, "/p-1000001.html", True),
        (Kind.DOCUMENT, "/p-1000001.html", False),
        (Kind.SEED, "/c-1.html", False),
    ],
)
def test_a_document_to_start_at_is_read_alone(kind: Kind, path: str, *, alone: bool) -> None:
    async def main() -> None:
        table = Table()
        table.supply(lease(1, kind=kind, path=path))
        request = table.scheduler.next_request()
        assert request is not None
        assert request.cb_kwargs.get("alone", False) is alone

    run(main)


def test_a_redirect_comes_before_all_else() -> None:
    async def main() -> None:
        table = Table()
        table.supply(lease(1), lease(2))
        assert table.next() == "/c-1.html"
        assert table.scheduler.enqueue_request(Request(f"{SITE}/moved"))
        assert len(table.scheduler) == 2
        assert table.all() == ["/moved", "/c-2.html"]

    run(main)


def test_more_is_wanted_before_nothing_is_left() -> None:
    async def main() -> None:
        table = Table()
        assert table.next() is None
        assert table.frontier.wanted == [True]
        table.supply(*map(lease, range(40)))
        assert table.slot.woken == 1
        for number in range(40):
            table.next()
            assert len(table.frontier.wanted) == 1 + max(number - 24, 0)
        assert not any(table.frontier.wanted[1:])
        table.frontier.is_closing = True
        assert table.next() is None
        assert len(table.frontier.wanted) == 16

    run(main)


def test_nothing_is_asked_while_much_waits_to_be_kept() -> None:
    async def main() -> None:
        table = Table()
        table.supply(lease(1))
        table.frontier.is_full = table.frontier.is_busy = True
        assert table.next() is None
        assert table.scheduler.has_pending_requests()
        table.frontier.is_full = False
        assert table.next() == "/c-1.html"

    run(main)


def test_a_site_that_does_not_want_to_be_asked_is_not() -> None:
    async def main() -> None:
        table = Table()
        table.supply(lease(1), lease(2))
        table.frontier.resumes_at = soon(0.02)
        assert table.next() is None
        assert table.scheduler.has_pending_requests()
        await asyncio.wait_for(table.frontier.flushed.wait(), 30)
        assert table.slot.woken == 2
        assert table.all() == ["/c-1.html", "/c-2.html"]
        assert table.frontier.resumes_at is None

    run(main)


@pytest.mark.parametrize(("seconds", "is_soon"), [(30, True), (90, False), (-1, True)])
@pytest.mark.parametrize("has_leases", [False, True])
def test_a_crawl_ends_rather_than_wait_too_long(
    seconds: int, *, is_soon: bool, has_leases: bool
) -> None:
    async def main() -> None:
        table = Table()
        if has_leases:
            table.frontier.resumes_at = soon(seconds)
            table.supply(lease(1), next_due=soon(1))
        else:
            table.supply(next_due=soon(seconds))
        assert table.scheduler.has_pending_requests() is is_soon
        table.scheduler.close("finished")

    run(main)


def test_a_crawl_goes_on_while_something_is_under_way_or_in_hand() -> None:
    async def main() -> None:
        table = Table()
        assert not table.scheduler.has_pending_requests()
        table.frontier.is_busy = True
        assert table.scheduler.has_pending_requests()
        table.frontier.is_busy = False
        table.supply(lease(1))
        assert table.scheduler.has_pending_requests()
        table.next()
        assert not table.scheduler.has_pending_requests()

    run(main)


def test_a_page_that_waits_is_looked_for_when_it_is_ripe() -> None:
    async def main() -> None:
        table = Table()
        table.supply(next_due=soon(0.01))
        await asyncio.wait_for(table.frontier.flushed.wait(), 30)
        assert table.slot.woken == 2

    run(main)


def test_with_a_depth_nothing_further_is_asked_before_what_is_nearer_is_kept() -> None:
    async def main() -> None:
        table = Table(nearest=True)
        table.supply(lease(1), lease(2), lease(3, depth=1), lease(4, depth=1))
        assert table.all() == ["/c-1.html", "/c-2.html"]
        first, second = table.frontier.begun
        table.frontier.end(first)
        assert table.next() is None
        table.frontier.end(second)
        assert table.all() == ["/c-3.html", "/c-4.html"]

    run(main)


def test_without_one_it_is() -> None:
    async def main() -> None:
        table = Table()
        table.supply(lease(1), lease(3, depth=1))
        assert table.all() == ["/c-1.html", "/c-3.html"]

    run(main)


def test_with_a_depth_what_is_nearer_and_soon_ripe_is_waited_for() -> None:
    async def main() -> None:
        table = Table(nearest=True)
        table.supply(lease(3, depth=2), next_due=soon(), floor=1)
        assert table.next() is None
        assert table.scheduler.has_pending_requests()
        table.supply(lease(1, depth=1))  # it is ripe
        assert table.all() == ["/c-1.html"]
        table.frontier.end(table.frontier.begun[0])
        assert table.all() == ["/c-3.html"]
        table.scheduler.close("finished")

    run(main)


@pytest.mark.parametrize(("floor", "seconds"), [(2, 30), (1, 90)])
def test_what_waits_for_long_or_is_no_nearer_holds_nothing_up(floor: int, seconds: int) -> None:
    async def main() -> None:
        table = Table(nearest=True)
        table.supply(lease(3, depth=2), next_due=soon(seconds), floor=floor)
        assert table.next() == "/c-3.html"
        table.scheduler.close("finished")

    run(main)


@pytest.mark.parametrize(
    ("reason", "left", "closed"),
    [
        ("finished", 0, (True, False)),
        ("finished", 1, (False, True)),
        ("limit", 1, (False, False)),
        ("shutdown", 0, (False, False)),
    ],
)
def test_a_pass_is_over_if_nothing_is_left_to_be_asked(
    reason: str, left: int, closed: tuple[bool, bool]
) -> None:
    async def main() -> None:
        table = Table()
        table.supply(*map(lease, range(left)))
        closing = table.scheduler.close(reason)
        assert closing is not None
        await closing.asFuture(asyncio.get_running_loop())
        assert table.frontier.closed == [closed]

    run(main)


def test_without_a_frontier_requests_pass_as_they_come() -> None:
    async def main() -> None:
        table = Table(Spider("other"))
        assert table.next() is None
        assert not table.scheduler.has_pending_requests()
        for path in ("/1", "/2"):
            table.scheduler.enqueue_request(Request(SITE + path))
        assert table.scheduler.has_pending_requests()
        assert table.all() == ["/1", "/2"]
        assert table.scheduler.close("finished") is None

    run(main)


def test_a_shell_is_no_crawl() -> None:
    spider = Wenku365Spider()
    for value in (True, False):
        spider.settings = Settings({"KEEP_ALIVE": value})
        assert is_crawl(spider) is not value
