"""Pages are read in other processes, which a page may end, and the crawl goes on."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import psutil
import pytest

from crawler.collection.confining import Limits
from crawler.errors import NoReaderError
from crawler.fetching.reading import lives, readers
from crawler.fetching.reading.pages import RawPage, Taken
from crawler.fetching.reading.readers import PageBugError, Readers
from spiders.generic import GenericSpider
from spiders.wenku365 import Wenku365Spider
from tests.commands.conftest import document_page
from tests.fetching.reading.hostile_site import HOME, MEMORY, HostileSpider

if TYPE_CHECKING:
    from crawler.fetching.spider import DocumentSpider

LIMITS: Final = Limits(seconds=0.3, memory_bytes=MEMORY)
MOMENT: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)


def page(url: str, body: bytes = b"<title>a</title><h1>a</h1><p>Size: 2 MB") -> RawPage:
    return RawPage(url, url, "text/html; charset=utf-8", body, MOMENT, 0, alone=False)


def hostile(*names: str) -> list[RawPage]:
    return [page(f"{HOME}/d/{name}") for name in names]


def read_all(
    pages: list[RawPage],
    spider: DocumentSpider | None = None,
    *,
    count: int = 1,
    limits: Limits = LIMITS,
) -> list[Taken | BaseException]:
    """Return what *pages*, all given at once, are taken for."""

    async def collected() -> list[Taken | BaseException]:
        opened = Readers((spider or HostileSpider()).reader, count, limits)
        try:
            asked = (opened.read(one) for one in pages)
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await opened.close()

    return asyncio.run(collected())


def verdicts(taken: list[Taken | BaseException]) -> list[str]:
    return [one.verdict if isinstance(one, Taken) else type(one).__name__ for one in taken]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_is_read_there_as_it_is_here(count: int) -> None:
    spider = Wenku365Spider()
    links = b'<a href="/p-1000002.html">x</a><a href="/list-3.html">y</a>'
    pages = [
        *(
            page(f"https://www.wenku365.com/p-{number}.html", document_page(number).encode())
            for number in range(1000001, 1000031)
        ),
        page("https://www.wenku365.com/", links),
        page("https://www.wenku365.com/p-1000099.html", document_page(1000098).encode()),
        page("https://www.wenku365.com/p-1000099.html", b""),
        page("https://www.wenku365.com/", b"<p>x" * 300_000),
    ]
    here = [spider.reader.read(one) for one in pages]
    assert read_all(pages, spider, count=count, limits=Limits()) == here


def test_the_pages_of_a_host_that_was_told_are_read_there_too() -> None:
    given = {"url": "https://docs.example.org/a/report-17.html"}
    spider = GenericSpider.bound(given)(**given)
    body = (
        b"<title>Report</title><h1>Report</h1><p>Size: 2 MB<p>Pages: 12<a href='/b/c-18.html'>x</a>"
    )
    asked = page(given["url"], body)
    (taken,) = read_all([asked], spider)
    assert taken == spider.reader.read(asked)
    assert isinstance(taken, Taken)
    assert taken.document is not None
    assert taken.document.site == "docs.example.org"


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ("hang", "more than 0.3 seconds"),
        ("wait", "more than 3 seconds"),
        ("eat", "more memory than it may"),
        ("die", "SIGKILL"),
    ],
)
def test_a_page_that_takes_too_much_is_left_out(
    what: str, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    taken = read_all(hostile("1", "2", what, "3", "4", "5", "6"))
    expected = ["document"] * 2 + ["too_costly"] + ["document"] * 4
    assert verdicts(taken) == expected
    (message,) = [record.message for record in caplog.records if "not read" in record.message]
    assert message.startswith(f"{HOME}/d/{what}: not read: ")
    assert cause in message


def test_pages_that_take_too_much_may_follow_one_another() -> None:
    names = ["die", "hang", "eat", "1", "die", "2", "hang"]
    taken = read_all(hostile(*names), count=2)
    expected = ["document" if name.isdigit() else "too_costly" for name in names]
    assert verdicts(taken) == expected


def test_a_bug_is_raised_where_it_can_be_told() -> None:
    bug, read = read_all(hostile("raise", "1"))
    assert isinstance(bug, PageBugError)
    assert "hostile_site.py" in str(bug)
    assert "ZeroDivisionError: on purpose" in str(bug)
    assert isinstance(read, Taken)


def test_a_process_that_somebody_ends_costs_no_page() -> None:
    before = set(psutil.Process().children())

    async def collected() -> list[Taken]:
        opened = Readers(HostileSpider().reader, 1, Limits(seconds=0, memory_bytes=0))
        try:
            (first,) = hostile("1")
            await opened.read(first)
            (running,) = set(psutil.Process().children()) - before
            running.kill()
            return await asyncio.gather(*map(opened.read, hostile("2", "3", "4")))
        finally:
            await opened.close()

    assert verdicts([*asyncio.run(collected())]) == ["document"] * 3


def test_where_no_process_can_begin_nothing_is_taken_for_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ending = [sys.executable, "-c", "raise SystemExit(7)"]
    monkeypatch.setattr(lives, "command", lambda *_told: ending)
    taken = read_all(hostile("1", "2"))
    assert verdicts(taken) == ["NoReaderError"] * 2
    assert "exit code 7" in str(taken[0])


def test_where_every_page_ends_its_process_it_is_no_page_that_is_at_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readers, "_MOST_DEATHS", 3)
    taken = read_all(hostile("die", "die", "1"))
    assert verdicts(taken) == ["too_costly", *[NoReaderError.__name__] * 2]
    assert "SIGKILL" in str(taken[-1])


def test_what_was_prepared_is_used_first(monkeypatch: pytest.MonkeyPatch) -> None:
    lives.prepare()
    with monkeypatch.context() as broken:
        broken.setattr(lives, "command", lambda *_told: ["false"])
        assert verdicts(read_all(hostile("1", "raise"))) == ["document", "PageBugError"]
    assert verdicts(read_all(hostile("2"))) == ["document"]
