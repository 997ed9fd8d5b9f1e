"""Whole crawls with pages that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.storage.tables import State
from tests.commands.conftest import Answer, document_page
from tests.fetching.crawling import SITE, listing

if TYPE_CHECKING:
    from tests.commands.conftest import Web
    from tests.fetching.crawling import Place

SECOND: Final = timedelta(seconds=1)


def test_a_nearer_page_that_fails_in_passing_is_waited_for(place: Place, web: Web) -> None:
    """And its links are then nearer than if others had led there."""
    web.put("/", listing("/c-1.html", "/c-2.html"))
    web.put("/c-1.html", listing("/c-3.html"))
    web.put("/c-2.html", Answer(status=503), Answer(status=503), listing("/c-4.html"))
    web.put("/c-3.html", listing("/c-4.html"))
    web.put("/c-4.html", listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    crawled = place.crawl({"DOCSHELF_RETRY_DELAY": 0.1}, url=f"{SITE}/", depth="3")
    assert crawled.ended == "finished"
    assert place.doc_ids() == ["1000001"]
    assert {path: row["depth"] for path, row in place.pages().items() if "robots" not in path} == {
        "/": 0,
        "/c-1.html": 1,
        "/c-2.html": 1,
        "/c-3.html": 2,
        "/c-4.html": 2,
        "/p-1000001.html": 3,
    }
    (crawl,) = place.crawls()
    assert crawl["ended_at"] is not None


def test_a_nearer_page_is_had_however_many_wait_for_it(place: Place, web: Web) -> None:
    """As many are leased as may be, and all of them wait."""
    documents = [f"/p-{number}.html" for number in range(1000001, 1000101)]
    web.put("/", listing("/c-1.html", "/c-2.html"))
    web.put("/c-1.html", listing(*documents[:90]))
    web.put("/c-2.html", Answer(status=503), listing(*documents[80:]))
    for path in documents:
        web.put(path, document_page(path[3:10]))
    told = {"DOCSHELF_RETRY_DELAY": 0.3, "CLOSESPIDER_TIMEOUT": 30}
    crawled = place.crawl(told, url=f"{SITE}/", depth="2")
    assert crawled.ended == "finished"
    assert len(place.doc_ids()) == len(documents)


def test_what_waits_for_too_long_is_left_to_the_next_run(place: Place, web: Web) -> None:
    web.put("/", listing("/p-1000001.html", "/p-1000002.html"))
    web.put("/p-1000001.html", document_page(1000001))
    late = Answer(status=503, headers={"Retry-After": "3600"})
    web.put("/p-1000002.html", late, document_page(1000002))
    start = datetime.now(UTC)
    crawled = place.crawl(url=f"{SITE}/")
    assert crawled.ended == "finished"
    assert crawled.count("waiting") == 1
    page = place.pages()["/p-1000002.html"]
    assert (page["state"], page["reason"], page["attempts"]) == (State.DUE, "http_503", 1)
    assert start + 3599 * SECOND < page["not_before"] < datetime.now(UTC) + 3600 * SECOND
    assert crawled.stats["docshelf/waiting_until"] == f"{ceiling(page['not_before']):%FT%TZ}"
    asked = len(web.asked)
    assert place.crawl(url=f"{SITE}/").count("waiting") == 1
    assert len(web.asked) == asked
    place.change("UPDATE pages SET not_before = '2026-01-01 00:00:00.000000' WHERE attempts = 1")
    assert place.crawl(url=f"{SITE}/").count("documents/new") == 1
    assert web.asked[asked:] == [f"{SITE}/robots.txt", f"{SITE}/p-1000002.html"]


def ceiling(moment: datetime) -> datetime:
    return moment.replace(microsecond=0) + SECOND
