"""Crawls that somebody ends: what is under way is kept, and what is not over is asked again."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import signals

from crawler.storage.tables import State
from pipelines.store import StorePipeline
from tests.commands.conftest import Answer, document_page
from tests.fetching.crawling import SITE, listing

if TYPE_CHECKING:
    from crawler.items import Document
    from tests.commands.conftest import Web
    from tests.fetching.crawling import Place

FRONT = f"{SITE}/"


@pytest.fixture
def gate(web: Web) -> threading.Event:
    """Return what lets the answer of a page through, which others lead to."""
    gate = threading.Event()
    web.put("/", listing("/c-1.html", "/p-1000001.html"))
    web.put("/c-1.html", Answer(body=listing("/p-1000002.html").encode(), gate=gate))
    for doc_id in (1000001, 1000002):
        web.put(f"/p-{doc_id}.html", document_page(doc_id))
    return gate


def crawl_until(place: Place, asked: threading.Event, gate: threading.Event) -> None:
    """Crawl until something is *asked*, then stop; open *gate* while it ends."""

    async def main() -> None:
        crawler = place.crawler()
        crawling = asyncio.create_task(crawler.crawl_async(url=FRONT))
        assert await asyncio.to_thread(asked.wait, 30)
        closing = asyncio.ensure_future(crawler.signals.wait_for(signals.spider_closed))
        stopping = asyncio.create_task(crawler.stop_async())
        await asyncio.sleep(0)  # the engine takes note
        await asyncio.sleep(0)
        gate.set()
        await asyncio.wait_for(asyncio.gather(crawling, stopping, closing), 60)

    asyncio.run(main())


def states(place: Place) -> dict[str, str]:
    return {path: state for path, (state, _) in place.states().items() if path != "/robots.txt"}


def test_an_answer_under_way_is_kept(place: Place, web: Web, gate: threading.Event) -> None:
    crawl_until(place, web.when_asked(f"{SITE}/c-1.html"), gate)
    assert states(place)["/c-1.html"] == State.DONE
    assert states(place)["/p-1000002.html"] == State.DUE
    place.crawl(url=FRONT)
    assert web.counts[f"{SITE}/c-1.html"] == 1
    assert place.doc_ids() == ["1000001", "1000002"]


def test_a_redirect_under_way_is_asked_again(place: Place, web: Web, gate: threading.Event) -> None:
    web.put("/c-2.html", *web.pages[f"{SITE}/c-1.html"])
    web.put("/c-1.html", Answer(status=302, headers={"Location": "/c-2.html"}, gate=gate))
    crawl_until(place, web.when_asked(f"{SITE}/c-1.html"), gate)
    assert f"{SITE}/c-2.html" not in web.asked
    assert place.states()["/c-1.html"] == (State.DUE, None)
    assert [one.verdict for one in place.captures() if "c-1" in one.url] == ["redirect"]
    place.crawl(url=FRONT)
    assert place.doc_ids() == ["1000001", "1000002"]
    assert set(states(place).values()) == {State.DONE}


def test_a_document_that_never_came_to_the_database_is_asked_again(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it was lost on its way: that its page was read is not the end of it."""
    url = web.put("/p-1000001.html", document_page(1000001))
    hangs = threading.Event()

    async def hang(_pipeline: StorePipeline, item: Document) -> Any:  # noqa: ANN401 - an item
        hangs.set()
        await asyncio.Event().wait()
        return item

    async def main() -> None:
        crawler = place.crawler()
        crawling = asyncio.create_task(crawler.crawl_async(url=url))
        assert await asyncio.to_thread(hangs.wait, 30)
        scheduler = crawler.engine._slot.scheduler  # type: ignore[union-attr]  # noqa: SLF001
        closed = scheduler.close("shutdown")
        await closed.asFuture(asyncio.get_running_loop())
        crawling.cancel()

    with monkeypatch.context() as patched:
        patched.setattr(StorePipeline, "process_item", hang)
        asyncio.run(main())
    assert states(place)["/p-1000001.html"] == State.DUE
    place.crawl(url=url)
    assert place.doc_ids() == ["1000001"]
