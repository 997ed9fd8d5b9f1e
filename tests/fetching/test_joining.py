"""What one answer brings is kept as one, with the frontier on a real database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from scrapy import Request, Spider
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from crawler import settings as project
from crawler.fetching.discovery import Links
from crawler.fetching.frontier import Frontier
from crawler.fetching.joining import JoiningMiddleware
from crawler.fetching.outcome import BUG
from crawler.fetching.refusals import Later
from crawler.fetching.units import UNIT, Unit, unit_of
from crawler.storage.tables import State
from spiders.wenku365 import Wenku365Spider
from tests.commands.conftest import document_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from crawler.storage.pages import Lease, Supply

HOME: Final = "https://www.wenku365.com"
FRONTIER: Final = "crawler.fetching.frontier.Frontier"


class Open:
    """A frontier that has begun a crawl from the front page of its site."""

    def __init__(self, folder: Path) -> None:
        told = {
            **{name: value for name, value in vars(project).items() if name.isupper()},
            "DOCSHELF_DATA": str(folder),
            "DOCSHELF_DATABASE_URL": "",
            "DOCSHELF_ARCHIVE": False,
            "DOCSHELF_CONTACT": "",
            "EXTENSIONS": {FRONTIER: 60},
        }
        self.crawler = get_crawler(Wenku365Spider, told)
        self.spider = Wenku365Spider.from_crawler(self.crawler)
        frontier = self.crawler.get_extension(Frontier)
        assert frontier is not None
        self.frontier = frontier
        self.middleware = JoiningMiddleware(self.crawler)
        self._supplies: asyncio.Queue[Supply] = asyncio.Queue()

    def begin(self) -> None:
        self.frontier.open(self.spider, self._supplies.put_nowait, lambda _unit: None)

    async def leased(self) -> list[Lease]:
        """Return what is leased next, once there is something."""
        while True:
            supply = await asyncio.wait_for(self._supplies.get(), 5)
            if supply.leases:
                return list(supply.leases)

    def answer(self, lease: Lease, body: bytes) -> HtmlResponse:
        """Return the answer to the page of *lease*."""
        meta = {UNIT: self.frontier.begin(lease), "depth": lease.depth}
        headers = {"Content-Type": "text/html; charset=utf-8"}
        request = Request(lease.url, meta=meta)
        return HtmlResponse(lease.url, headers=headers, body=body, request=request)

    async def pass_on(self, response: HtmlResponse, *result: object) -> list[Any]:
        """Return what goes on of *result*, or else of what the spider reads in *response*."""
        given = one_by_one(*result) if result else self.spider.parse(response)
        return [one async for one in self.middleware.process_spider_output(response, given)]


async def one_by_one(*results: object) -> AsyncIterator[Any]:
    for one in results:
        yield one


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[[Callable[[Open], Coroutine[Any, Any, None]]], None]:
    def run(work: Callable[[Open], Coroutine[Any, Any, None]]) -> None:
        async def opened() -> None:
            one = Open(tmp_path)
            one.begin()
            try:
                await work(one)
            finally:
                await one.frontier.close(is_over=False)

        asyncio.run(opened())

    return run


def unit_in(response: HtmlResponse) -> Unit:
    assert response.request
    return unit_of(response.request)


def page_with(*links: str) -> bytes:
    return ("<p>" + "".join(f"<a href='{link}'>x</a>" for link in links)).encode()


def test_links_are_kept_with_their_page_and_asked_next(crawl: Any) -> None:  # noqa: ANN401
    async def work(one: Open) -> None:
        (seed,) = await one.leased()
        front = one.answer(seed, page_with("/p-1000001.html", "/p-1000002.html"))
        assert await one.pass_on(front) == []
        unit = unit_in(front)
        assert unit.settled is not None
        assert (unit.awaited, unit.settled.id, unit.settled.state) == (0, seed.id, State.DONE)
        one.frontier.flush()
        urls = {lease.url for lease in await one.leased()}
        assert urls == {f"{HOME}/p-1000001.html", f"{HOME}/p-1000002.html"}

    crawl(work)


def test_a_page_waits_for_its_document(crawl: Any) -> None:  # noqa: ANN401
    async def work(one: Open) -> None:
        (seed,) = await one.leased()
        await one.pass_on(one.answer(seed, page_with("/p-1000001.html")))
        one.frontier.flush()
        (lease,) = await one.leased()
        response = one.answer(lease, document_page(1000001).encode())
        (document,) = await one.pass_on(response)
        assert document.doc_id == "1000001"
        assert unit_in(response).awaited == 1
        one.frontier.end_item(response)
        assert unit_in(response).awaited == 0

    crawl(work)


def test_a_request_is_refused_and_its_page_has_failed(crawl: Any) -> None:  # noqa: ANN401
    async def work(one: Open) -> None:
        (seed,) = await one.leased()
        response = one.answer(seed, b"")
        with pytest.raises(TypeError, match="a spider yields Links"):
            await one.pass_on(response, Request(HOME))
        settled = unit_in(response).settled
        assert settled is not None
        assert (settled.state, settled.reason) == (State.FAILED, BUG)

    crawl(work)


@pytest.mark.parametrize("reason", [None, "timeout"])
def test_a_page_that_is_postponed_is_due_again(crawl: Any, reason: str | None) -> None:  # noqa: ANN401
    async def work(one: Open) -> None:
        (seed,) = await one.leased()
        response = one.answer(seed, b"")
        moment = datetime.now(UTC) + timedelta(days=1)
        why = None if reason is None else Later(reason, moment)
        assert response.request
        one.frontier.postpone(response.request, why)
        settled = unit_in(response).settled
        assert settled is not None
        told = (settled.state, settled.attempts, settled.reason, settled.not_before)
        expected = (0, None, None) if reason is None else (1, reason, moment)
        assert told == (State.DUE, *expected)

    crawl(work)


@pytest.mark.parametrize(
    ("enabled", "passed"), [(60, ["request"]), (None, ["links", "request"])], ids=["idle", "none"]
)
def test_without_a_crawl_requests_pass(enabled: int | None, passed: list[str]) -> None:
    middleware = JoiningMiddleware(get_crawler(Spider, {"EXTENSIONS": {FRONTIER: enabled}}))
    given = {"links": Links([]), "request": Request(HOME)}
    response = HtmlResponse(HOME, request=Request(HOME))

    async def collected() -> list[Any]:
        results = one_by_one(*given.values())
        return [one async for one in middleware.process_spider_output(response, results)]

    assert asyncio.run(collected()) == [given[name] for name in passed]
