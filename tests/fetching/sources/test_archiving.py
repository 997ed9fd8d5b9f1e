"""What is answered belongs to the unit of its request, and each record is told from the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.collection.records import ROBOTS, UNREAD
from crawler.fetching.archiving import Archiving
from crawler.fetching.reading.pages import Taken
from crawler.fetching.sources.captures import OF_SOURCE
from crawler.fetching.units import Unit, unit_of
from crawler.reading.judging import DOCUMENT
from spiders.wenku365 import Wenku365Page, Wenku365Spider
from tests.commands.conftest import document_page
from tests.fetching.sources.web_archive import at, keep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from crawler.exchange import Exchange
    from crawler.storage import CaptureRow
    from tests.archive.conftest import ExchangeFactory
    from tests.fetching.crawling import Place

URL: Final = "http://www.wenku365.com/p-1000001.html"
PLAIN: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx"


class Kept:
    """An archive that is open, and what belongs to no page."""

    def __init__(self, folder: Path) -> None:
        told = {"DOCSHELF_ARCHIVE": True, "DOCSHELF_DATA": str(folder), "DOCSHELF_CONTACT": ""}
        self.archiving = Archiving.from_crawler(get_crawler(Wenku365Spider, told))
        self.alone: list[Unit] = []
        self.failures: list[BaseException] = []

    def run(self, work: Callable[[Archiving], Awaitable[None]]) -> None:
        """Do *work* with the archive open; what it kept is then on the disk."""

        async def opened() -> None:
            self.archiving.open(self.alone.append, self.failures.append)
            await work(self.archiving)
            await self.archiving.close(abandon=False)

        asyncio.run(opened())
        assert not self.failures


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def captures_of(*units: Unit) -> list[CaptureRow]:
    return [row for unit in units for row in unit.rows().captures]


def test_captures_of_one_document_are_told_apart(
    make_exchange: ExchangeFactory, kept: Kept
) -> None:
    requests = [Request(URL), Request(URL)]
    units = [unit_of(request) for request in requests]

    async def keep_both(archiving: Archiving) -> None:
        for number, request in enumerate(requests, 1):
            await archiving.keep(make_exchange(number, url=URL, started_at=at(number)), request)
        for number, request in reversed(list(enumerate(requests, 1))):
            page = Wenku365Page(URL, document_page(1000001).encode(), fetched_at=at(number))
            unit_of(request).take_for(Taken(DOCUMENT, page.document()))

    kept.run(keep_both)
    rows = captures_of(*units)
    assert [row.captured_at for row in rows] == [at(1), at(2)]
    assert {(row.site, row.doc_id, row.verdict) for row in rows} == {
        ("wenku365", "1000001", DOCUMENT)
    }
    assert len({row.record_id for row in rows}) == len(rows)
    assert not kept.alone


def test_a_redirect_joins_the_page_that_it_began_with(
    make_exchange: ExchangeFactory, kept: Kept
) -> None:
    first = Request(URL)
    unit = unit_of(first)
    second = first.replace(url=f"{URL}?2")
    moved = b"HTTP/1.1 302 Found\r\nLocation: ?2\r\nContent-Length: 0\r\n\r\n"

    async def keep_both(archiving: Archiving) -> None:
        await archiving.keep(make_exchange(url=URL, response=moved), first)
        await archiving.keep(make_exchange(url=second.url), second)
        unit_of(second).take_for(Taken("list"))

    kept.run(keep_both)
    rows = captures_of(unit)
    assert [(row.url, row.verdict) for row in rows] == [(URL, "redirect"), (second.url, "list")]


def test_what_is_of_no_page_is_a_unit_by_itself(make_exchange: ExchangeFactory, kept: Kept) -> None:
    url = "http://www.wenku365.com/robots.txt"

    async def keep(archiving: Archiving) -> None:
        await archiving.keep(make_exchange(url=url, response=PLAIN), Request(url))

    kept.run(keep)
    (unit,) = kept.alone
    assert unit.lease is None
    assert [(row.url, row.verdict, row.site) for row in captures_of(unit)] == [
        (url, ROBOTS, "wenku365")
    ]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (PLAIN, UNREAD),
        (b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n", "http_404"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "http_503"),
    ],
)
def test_what_nobody_read_is_taken_for_what_its_status_says(
    make_exchange: ExchangeFactory, kept: Kept, answer: bytes, verdict: str
) -> None:
    request = Request(URL)
    unit = unit_of(request)

    async def keep(archiving: Archiving) -> None:
        await archiving.keep(make_exchange(url=URL, response=answer), request)

    kept.run(keep)
    assert [(row.verdict, row.doc_id) for row in captures_of(unit)] == [(verdict, None)]


def test_what_a_source_only_tells_of_is_not_kept(
    make_exchange: ExchangeFactory, kept: Kept
) -> None:
    request = Request(URL, meta={OF_SOURCE: True})
    unit = unit_of(request)

    async def keep(archiving: Archiving) -> None:
        await archiving.keep(make_exchange(url=URL), request)

    kept.run(keep)
    assert not unit.captures
    assert not kept.alone
    assert unit.rows().captures == []


def test_an_answer_to_another_site_is_of_no_site(
    make_exchange: ExchangeFactory, kept: Kept
) -> None:
    exchanges: list[Exchange] = [
        make_exchange(1, url="http://www.example.org/a"),
        make_exchange(2, url="http://www.example.org/b", asked=URL),
    ]
    request = Request(URL)
    unit = unit_of(request)

    async def keep(archiving: Archiving) -> None:
        for exchange in exchanges:
            await archiving.keep(exchange, request)

    kept.run(keep)
    assert [row.site for row in captures_of(unit)] == ["", "wenku365"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_a_document_is_kept_with_the_newest_of_its_captures(
    make_exchange: ExchangeFactory, place: Place, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Whatever their order, what is kept of it is the newest, and its capture is that one's."""
    exchanges = []
    for number in order:
        body = document_page(1000001).replace("11页", f"{number}页").encode()
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (
            len(body),
            body,
        )
        exchanges.append(make_exchange(number, url=URL, response=answer, started_at=at(number)))
    warc = keep(tmp_path / "source", exchanges)
    place.crawl({"DOCSHELF_BATCH_SECONDS": 60}, source=f"warc:{warc}")
    (document,) = place.documents()
    captures = {capture.captured_at: capture for capture in place.captures()}
    assert {capture.verdict for capture in captures.values()} == {"document"}
    assert sorted(captures) == [at(1), at(2), at(3)]
    assert document.page_count == 3
    assert document.fetched_at == at(3).replace(microsecond=0)
    assert place.kept_from() == {"1000001": captures[at(3)].record_id}
