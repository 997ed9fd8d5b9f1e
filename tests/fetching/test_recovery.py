"""How a crawl begins: what one that broke off left behind is taken in, and not asked again."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pytest
from scrapy.utils.test import get_crawler

from crawler.archive.repair import LeftOpen
from crawler.fetching.recovery import Starts, crawl_key
from crawler.storage.tables import State
from spiders.wenku365 import Wenku365Page, Wenku365Spider
from tests.commands.conftest import Answer, document_page
from tests.fetching.crawling import SITE, listing, new_requests, put_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.conftest import Web
    from tests.fetching.crawling import Crawled, Place

FRONT: Final = f"{SITE}/"
DONE: Final = (State.DONE, None)


@pytest.mark.parametrize("groups", range(5))
def test_what_the_database_did_not_take_is_adopted(
    place: Place, web: Web, break_off: Callable[..., Crawled], groups: int
) -> None:
    put_site(web)
    break_off(groups, url=FRONT)
    asked = {url.removeprefix(SITE) for url in web.asked}
    rest = new_requests(place, web, url=FRONT)
    assert not asked & set(rest)
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]
    pages = place.pages()
    assert {row["state"] for path, row in pages.items() if path != "/robots.txt"} == {State.DONE}
    assert {path: row["depth"] for path, row in pages.items() if path != "/robots.txt"} == {
        "/": 0,
        "/c-1.html": 1,
        "/p-1000001.html": 1,
        "/p-1000002.html": 1,
        "/p-1000003.html": 2,
    }
    assert pages["/p-1000003.html"]["named_by"] == pages["/c-1.html"]["id"]
    captures = place.captures()
    assert len(captures) == len({one.record_id for one in captures}) == len(web.asked)
    kept = {one.doc_id: one.record_id for one in captures if one.doc_id}
    assert place.kept_from() == kept
    (crawl,) = place.crawls()
    assert crawl["ended_at"] is not None


def test_what_is_adopted_has_the_state_that_it_would_have(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", listing("/c-1.html"))
    break_off(0, url=FRONT)  # in flight is one page only: the next begins with it
    for state, answers in (
        ((State.GONE, "http_404"), [Answer(status=404)]),
        ((State.GONE, "gone"), [Answer(status=410)]),
    ):
        web.put("/c-1.html", *answers)
        place.change("DELETE FROM pages WHERE url LIKE '%/c-1.html'")
        place.change("UPDATE pages SET state = 'due' WHERE url LIKE '%.com/'")
        break_off(1, url=FRONT)
        assert place.states()["/c-1.html"] == (State.LEASED, None)
        assert new_requests(place, web, url=FRONT) == []
        assert place.states()["/c-1.html"] == state


def test_what_is_adopted_is_asked_for_its_changes_in_the_next_pass(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", Answer(body=listing("/c-1.html").encode(), headers={"ETag": '"1"'}))
    web.put("/c-1.html", listing("/p-1000001.html"))
    break_off(0, url=FRONT)
    place.crawl(url=FRONT)
    assert place.pages()["/"]["etag"] == '"1"'


@pytest.mark.parametrize(
    "answer",
    [Answer(status=503), Answer(status=429), Answer(status=403), Answer(status=500)],
    ids=["503", "429", "403", "500"],
)
def test_what_may_pass_is_asked_again(
    place: Place, web: Web, break_off: Callable[..., Crawled], answer: Answer
) -> None:
    web.put("/", answer, listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    break_off(0, url=FRONT)
    assert new_requests(place, web, url=FRONT) == ["/", "/p-1000001.html"]
    assert place.states()["/"] == DONE
    verdicts = [one.verdict for one in place.captures() if one.url == FRONT]
    assert sorted(verdicts) == sorted([f"http_{answer.status}", "list"])


def test_a_redirect_belongs_to_the_page_that_it_began_with(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", Answer(status=302, headers={"Location": "/c-1.html"}))
    web.put("/c-1.html", listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    break_off(0, url=FRONT)
    assert new_requests(place, web, url=FRONT) == ["/p-1000001.html"]
    assert {path: state for path, state in place.states().items() if path != "/robots.txt"} == {
        "/": DONE,
        "/p-1000001.html": DONE,
    }


def test_a_redirect_to_a_document_is_a_link(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", Answer(status=302, headers={"Location": "/p-1000001.html"}))
    web.put("/p-1000001.html", document_page(1000001))
    break_off(0, url=FRONT)
    assert new_requests(place, web, url=FRONT) == ["/p-1000001.html"]
    assert (place.states()["/"], place.doc_ids()) == (DONE, ["1000001"])


def test_a_redirect_that_leads_to_no_answer_is_asked_again(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", Answer(status=302, headers={"Location": "/c-1.html"}))
    web.put("/c-1.html", Answer(status=503), listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    break_off(0, url=FRONT)
    assert new_requests(place, web, url=FRONT) == ["/", "/c-1.html", "/p-1000001.html"]


def test_a_document_to_start_at_is_adopted_alone(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/p-1000001.html", document_page(1000001, '<a href="/p-1000002.html">x</a>'))
    given = {"ids": "1000001", "url": FRONT}
    break_off(0, **given)
    assert new_requests(place, web, **given) == []
    assert place.doc_ids() == ["1000001"]


def test_a_page_whose_class_fails_is_kept_unread_and_asked_again(
    place: Place,
    web: Web,
    break_off: Callable[..., Crawled],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    put_site(web)
    break_off(1, url=FRONT)
    document, fails = Wenku365Page.document, [True]

    def fail_once(page: Wenku365Page) -> Any:  # noqa: ANN401 - as it has it
        if fails:
            fails.pop()
            raise ZeroDivisionError
        return document(page)

    monkeypatch.setattr(Wenku365Page, "document", fail_once)
    before = {url.removeprefix(SITE) for url in web.asked}
    again = before & set(new_requests(place, web, url=FRONT))
    assert "not read: ZeroDivisionError" in caplog.text
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]
    (unread,) = [one for one in place.captures() if one.verdict == "unread"]
    assert again == {unread.url.removeprefix(SITE)}
    verdicts = [one.verdict for one in place.captures() if one.url == unread.url]
    assert sorted(verdicts) == ["document", "unread"]


@pytest.mark.parametrize("instant", ["before", "after"])
def test_a_recovery_that_broke_off_is_done_again(
    place: Place,
    web: Web,
    break_off: Callable[..., Crawled],
    monkeypatch: pytest.MonkeyPatch,
    instant: str,
) -> None:
    put_site(web)
    break_off(2, url=FRONT)
    close = LeftOpen.close

    def die(left: LeftOpen) -> Any:  # noqa: ANN401 - as it has it
        if instant == "after":
            close(left)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LeftOpen, "close", die)
        with pytest.raises(KeyboardInterrupt):
            place.crawl(url=FRONT)
    before = len(place.captures())
    asked = {url.removeprefix(SITE) for url in web.asked}
    assert not asked & set(new_requests(place, web, url=FRONT))
    captures = place.captures()
    assert len(captures) == len({one.record_id for one in captures}) == len(web.asked) > before
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]


def test_a_site_that_is_being_crawled_is_left_alone(place: Place, web: Web) -> None:
    put_site(web)
    place.crawl(url=FRONT)
    asked = len(web.asked)
    with place.store(claim="wenku365"):
        crawled = place.crawl(url=FRONT, again="1")
    assert crawled.ended == "taken"
    assert "is being crawled into" in crawled.stats["docshelf/store/failed"]
    assert len(web.asked) == asked


def test_a_new_pass_begins_if_the_last_one_ended(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    put_site(web)
    break_off(2, url=FRONT, again="1")
    asked = {url.removeprefix(SITE) for url in web.asked}
    assert not asked & set(new_requests(place, web, url=FRONT, again="1"))  # it goes on
    assert [crawl["pass_number"] for crawl in place.crawls()] == [1]
    assert sorted(new_requests(place, web, url=FRONT, again="1")) == [
        *("/", "/c-1.html", "/p-1000001.html", "/p-1000002.html", "/p-1000003.html")
    ]
    assert [crawl["pass_number"] for crawl in place.crawls()] == [2]


def spider(**given: str) -> Wenku365Spider:
    return Wenku365Spider.from_crawler(get_crawler(Wenku365Spider), **given)


def test_a_crawl_is_told_by_what_makes_it(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{FRONT}c-1.html\n{FRONT}c-2.html\n")
    same: list[list[dict[str, str]]] = [
        [{}, {"limit": "3"}, {"again": "1"}],
        [{"url": FRONT}, {"url": FRONT, "limit": "1", "again": "0"}],
        [{"urls": str(tmp_path / "a.txt")}, {"urls": str(tmp_path / "b.txt")}],
        [{"ids": "1-3", "url": FRONT}, {"url": f" {FRONT}", "ids": "1 - 3"}],
        [{"ids": "1-4"}],
        [{"depth": "1"}],
        [{"depth": "2"}],
    ]
    keys = [{crawl_key(spider(**given)) for given in group} for group in same]
    assert [len(group) for group in keys] == [1] * len(same)
    assert len(set[str]().union(*keys)) == len(same)


def test_places_to_start_at_are_had_from_any_number_on() -> None:
    starts = Starts(spider(ids="1000001-1000050"))
    every = [found.url for found in spider(ids="1000001-1000050").starts()]
    for start, number in ((0, 7), (7, 7), (7, 7), (3, 2), (5, 100), (50, 5), (0, 1)):
        assert [found.url for found in starts(start, number)] == every[start : start + number]
    endless = Starts(spider(ids="1-999999999999999999"))
    assert len(list(islice(endless(0, 3), 9))) == 3


def test_with_a_depth_what_is_adopted_shows_shorter_ways(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", listing("/c-1.html", "/c-2.html"))
    web.put("/c-1.html", listing("/c-3.html"))
    late = Answer(status=503, headers={"Retry-After": "3600"})
    web.put("/c-2.html", late, listing("/c-4.html"))
    web.put("/c-3.html", listing("/c-4.html"))
    web.put("/c-4.html", late, listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    given = {"url": FRONT, "depth": "3"}
    place.crawl(**given)
    assert place.pages()["/c-4.html"]["depth"] == 3
    place.change("UPDATE pages SET not_before = NULL WHERE not_before IS NOT NULL")
    break_off(0, **given)
    assert place.pages()["/c-4.html"]["depth"] == 3
    assert new_requests(place, web, **given) == ["/c-4.html", "/p-1000001.html"]
    assert place.pages()["/c-4.html"]["depth"] == 2
    assert place.doc_ids() == ["1000001"]
