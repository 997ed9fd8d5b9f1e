"""Whole crawls whose pages are read beside them, some of which take too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from crawler.errors import StorageError
from crawler.fetching import keeping
from crawler.fetching.reading import lives
from crawler.storage.tables import State
from crawler.storage.units import keep_units
from tests.fetching.crawling import Place, listing
from tests.fetching.reading.hostile_site import HOME, MEMORY, HostileSpider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Web

BESIDE: Final = {
    "DOCSHELF_READERS": 1,
    "DOCSHELF_PAGE_SECONDS": 0.3,
    "DOCSHELF_PAGE_MEMORY": MEMORY,
    "DOCSHELF_BATCH_SECONDS": 0.01,
}
PAGE: Final = "<title>a</title><h1>a</h1><p>Size: 2 MB"


@pytest.fixture
def hostile(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return a place for crawls of a site with a page that takes too much, and a broken one."""
    monkeypatch.setenv("http_proxy", web.proxy)
    names = ["1", "hang", "2", "raise", "3"]
    web.put("/", listing(*(f"/d/{name}" for name in names)), site=HOME)
    for name in names:
        web.put(f"/d/{name}", PAGE, site=HOME)
    return Place(tmp_path / "data", f"sqlite:///{tmp_path}/data/docshelf.db", HostileSpider)


def test_a_page_that_takes_too_much_costs_no_other(hostile: Place, web: Web) -> None:
    crawled = hostile.crawl(BESIDE)
    assert crawled.ended == "finished"
    assert hostile.doc_ids() == ["1", "2", "3"]
    states = {url.removeprefix(HOME): state for url, state in hostile.states().items()}
    assert states["/d/hang"] == (State.FAILED, "too_costly")
    assert states["/d/raise"] == (State.FAILED, "bug")
    assert (crawled.count("pages/too_costly"), crawled.count("pages/bug")) == (1, 1)
    verdicts = {one.url.removeprefix(HOME): one.verdict for one in hostile.captures()}
    assert (verdicts["/d/hang"], verdicts["/d/raise"]) == ("unread", "unread")
    asked = len(web.asked)
    assert hostile.crawl(BESIDE).ended == "finished"
    assert len(web.asked) == asked


def test_where_no_process_can_be_had_the_crawl_ends_and_loses_nothing(
    hostile: Place, monkeypatch: pytest.MonkeyPatch, web: Web
) -> None:
    web.put("/", listing("/d/1", "/d/2"), site=HOME)
    with monkeypatch.context() as broken:
        broken.setattr(lives, "command", lambda *_told: ["false"])
        crawled = hostile.crawl(BESIDE)
    assert "no process can be had that reads pages" in crawled.stats["docshelf/store/failed"]
    assert crawled.stats["docshelf/store/exit_code"] == 1
    states = {url.removeprefix(HOME): state for url, (state, _) in hostile.states().items()}
    assert (states["/"], "/d/1" in states) == (State.DUE, False)
    assert hostile.crawl(BESIDE).ended == "finished"
    assert hostile.doc_ids() == ["1", "2"]


def test_what_a_crash_left_is_read_within_the_same_bounds(
    hostile: Place, monkeypatch: pytest.MonkeyPatch, web: Web
) -> None:
    def keep(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it has them
        if any(unit.settled for unit in args[2]):
            raise StorageError("the database went away")
        return keep_units(*args, **kwargs)

    told = {"ids": "1,hang,raise,2"}
    with monkeypatch.context() as broken:
        broken.setattr(keeping, "keep_units", keep)
        assert hostile.crawl(BESIDE, **told).ended == "database"
    assert hostile.doc_ids() == []
    asked = web.counts
    assert hostile.crawl(BESIDE, **told).ended == "finished"
    assert hostile.doc_ids() == ["1", "2"]
    again = web.counts - asked
    # What a bug keeps from being read is asked once more: the code may be mended.
    assert set(again) == {f"{HOME}/robots.txt", f"{HOME}/d/raise"}
    states = {url.removeprefix(HOME): state for url, state in hostile.states().items()}
    assert states["/d/hang"] == (State.FAILED, "too_costly")
    verdicts = {one.url.removeprefix(HOME): one.verdict for one in hostile.captures()}
    assert verdicts["/d/hang"] == "unread"
