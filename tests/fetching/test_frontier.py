"""What a crawl keeps, and what becomes of its pages: whole crawls of a small web."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from crawler.storage.tables import Kind, State
from pipelines.normalise import NormalisePipeline
from spiders.wenku365 import Wenku365Page
from tests.commands.conftest import Answer, document_page
from tests.fetching.crawling import SITE, listing

if TYPE_CHECKING:
    from tests.commands.conftest import Web
    from tests.fetching.crawling import Place

FRONT: Final = f"{SITE}/"
DONE: Final = (State.DONE, None)
ROBOTS: Final = "/robots.txt"
SECOND: Final = timedelta(seconds=1)


def put_documents(web: Web, count: int) -> dict[str, str]:
    """Put as many documents into *web*; return what tells a crawl to read them."""
    for number in range(count):
        web.put(f"/p-{1000001 + number}.html", document_page(1000001 + number))
    return documents(f"1000001-{1000000 + count}")


def documents(ids: str) -> dict[str, str]:
    return {"ids": ids, "url": f"{SITE}/"}


def test_all_is_kept_and_counted(any_place: Place, web: Web) -> None:
    told = put_documents(web, 60)
    crawled = any_place.crawl({"DOCSHELF_BATCH_SIZE": 7}, **told)
    assert crawled.ended == "finished"
    assert crawled.count("documents/new") == crawled.count("read") == 60
    assert "docshelf/store/failed" not in crawled.stats
    assert len(any_place.doc_ids()) == 60
    asked = len(web.asked)
    crawled = any_place.crawl(**told)
    assert crawled.ended == "finished"
    assert len(web.asked) == asked  # nothing was due
    crawled = any_place.crawl(**told, again="1")
    assert crawled.count("documents/unchanged") == 60
    assert len(any_place.doc_ids()) == 60


def test_a_database_that_cannot_be_opened_ends_the_crawl(
    place: Place, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    place.data.mkdir()
    (place.data / "docshelf.db").write_bytes(b"just some words, long enough to be looked at\n" * 99)
    crawled = place.crawl(**put_documents(web, 3))
    assert crawled.ended == "database"
    assert "not a SQLite database" in crawled.stats["docshelf/store/failed"]
    assert web.asked == []
    assert lines_of(caplog) == [crawled.stats["docshelf/store/failed"]]


@pytest.mark.parametrize("size", [1, 500])
def test_a_failed_commit_ends_the_crawl(
    any_place: Place, web: Web, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    told = put_documents(web, 20)
    any_place.crawl(**documents("9"))
    any_place.change("ALTER TABLE documents RENAME COLUMN url TO address")
    groups = {"DOCSHELF_BATCH_SIZE": size, "DOCSHELF_BATCH_SECONDS": 9999}
    crawled = any_place.crawl(groups, **told)
    # With 500 it is the last group that fails, when Scrapy has long decided how to end.
    assert crawled.ended == "database"
    assert "documents" in crawled.stats["docshelf/store/failed"]
    assert min(size, 20) <= crawled.count("documents/unstored") <= 22
    assert crawled.count("documents/new") == 0
    assert lines_of(caplog) == [crawled.stats["docshelf/store/failed"]]
    assert any(name.endswith(".open") for name in any_place.warcs)
    any_place.change("ALTER TABLE documents RENAME COLUMN address TO url")
    asked = web.counts
    crawled = any_place.crawl(**told)
    assert crawled.ended == "finished"
    assert len(any_place.doc_ids()) == 20
    assert all((web.counts - asked)[url] == 0 for url in asked if "/p-" in url)  # adopted
    assert not any(name.endswith(".open") for name in any_place.warcs)


def test_refused_documents_are_a_failure(
    any_place: Place, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    any_place.crawl(**documents("9"))
    any_place.change("CREATE UNIQUE INDEX one_size_only ON documents (page_count)")
    crawled = any_place.crawl(**put_documents(web, 10))
    assert crawled.count("documents/new") == 1
    assert crawled.count("documents/refused") == 9
    assert "refused documents" in crawled.stats["docshelf/store/failed"]
    assert sum("not kept, the database refuses it" in line for line in lines_of(caplog)) == 9
    assert len(any_place.doc_ids()) == 1


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as errors: each in one line, without a traceback."""
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert all(record.exc_info is None for record in records)
    assert all("\n" not in record.getMessage() for record in records)
    return [record.getMessage() for record in records]


def paths(web: Web) -> list[str]:
    """Return what was asked, but for robots.txt."""
    asked = [url.removeprefix(SITE) for url in web.asked]
    return [path for path in asked if path != ROBOTS]


def test_each_page_has_its_state_and_its_reason(any_place: Place, web: Web) -> None:
    elsewhere = Answer(status=302, headers={"Location": "https://elsewhere.example/"})
    answers: dict[str, tuple[Answer | str, tuple[str, str | None]]] = {
        "/": (listing("/p-1000001.html", *(f"/c-{number}.html" for number in range(1, 8))), DONE),
        "/p-1000001.html": (document_page(1000001), DONE),
        "/c-1.html": (Answer(status=404), (State.GONE, "http_404")),
        "/c-2.html": (Answer(status=410), (State.GONE, "gone")),
        "/c-3.html": (Answer(status=403), (State.REFUSED, "http_403")),
        "/c-4.html": (elsewhere, (State.REFUSED, "offsite")),
        "/c-5.html": (Answer(status=400), (State.FAILED, "http_400")),
        "/c-6.html": ("", (State.FAILED, "empty")),
        "/c-7.html": ("<html>nothing here", (State.REFUSED, "robots")),
        ROBOTS: (Answer(body=b"User-agent: *\nDisallow: /c-7.html"), DONE),
    }
    for path, (answer, _) in answers.items():
        web.put(path, answer)
    crawled = any_place.crawl(url=FRONT)
    assert any_place.states() == {path: state for path, (_, state) in answers.items()}
    assert "/c-7.html" not in paths(web)
    assert sum(crawled.count(f"pages/{reason}") for _, (_, reason) in answers.values()) == 7
    pages = any_place.pages()
    kinds = {path: row["kind"] for path, row in pages.items()}
    assert (kinds.pop("/"), kinds.pop("/p-1000001.html")) == (Kind.SEED, Kind.DOCUMENT)
    assert (kinds.pop(ROBOTS), *set(kinds.values())) == (Kind.ROBOTS, Kind.LIST)
    assert {row["named_by"] for path, row in pages.items() if path not in {"/", ROBOTS}} == {
        pages["/"]["id"]
    }
    assert {(row["url"], row["depth"]) for row in pages.values() if row["depth"] != 1} == {
        (FRONT, 0),
        (SITE + ROBOTS, 0),
    }


def test_a_page_is_asked_once_whatever_leads_to_it(place: Place, web: Web) -> None:
    links = ["/p-1000001.html", "http://wenku365.com/p-1000001.html?from=menu", "/c-1.html"]
    web.put("/", listing(*links))
    web.put("/c-1.html", listing(*links, "/"))
    web.put(
        "/p-1000001.html", document_page(1000001, "".join(f"<a href={link}>" for link in links))
    )
    place.crawl(url=FRONT)
    assert sorted(paths(web)) == ["/", "/c-1.html", "/p-1000001.html"]


def test_a_redirect_belongs_to_the_page_that_it_began_with(place: Place, web: Web) -> None:
    web.put("/", listing("/c-1.html"))
    web.put("/c-1.html", Answer(status=302, headers={"Location": "/c-2.html"}))
    web.put("/c-2.html", listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    place.crawl(url=FRONT)
    states = place.states()
    states.pop(ROBOTS)
    assert states == {"/": DONE, "/c-1.html": DONE, "/p-1000001.html": DONE}
    pages = place.pages()
    assert pages["/p-1000001.html"]["named_by"] == pages["/c-1.html"]["id"]


@pytest.mark.parametrize(("most", "answers"), [(4, 5), (1, 2), (0, 1)])
def test_what_fails_in_passing_is_asked_as_often_as_may_be(
    place: Place, web: Web, most: int, answers: int
) -> None:
    web.put("/", Answer(status=503))
    crawled = place.crawl({"RETRY_TIMES": most}, url=FRONT)
    assert paths(web) == ["/"] * answers
    assert place.states()["/"] == (State.FAILED, "http_503")
    assert crawled.count("pages/http_503") == 1


def test_attempts_are_counted_over_all_runs(place: Place, web: Web) -> None:
    put_documents(web, 1)
    web.put("/", listing("/p-1000001.html", "/c-1.html"))
    late = Answer(status=503, headers={"Retry-After": "86400"})
    web.put("/c-1.html", late)
    for attempts in (1, 2, 2):
        place.crawl({"RETRY_TIMES": 2}, url=FRONT)
        assert place.pages()["/c-1.html"]["attempts"] == attempts
        place.change("UPDATE pages SET not_before = NULL")
    assert paths(web).count("/c-1.html") == 3
    assert place.states()["/c-1.html"] == (State.FAILED, "http_503")


def test_a_site_that_asks_for_a_pause_has_it_also_in_the_next_run(place: Place, web: Web) -> None:
    told = put_documents(web, 3)
    busy = Answer(status=429, headers={"Retry-After": "3600"})
    web.put("/p-1000001.html", busy, document_page(1000001))
    start = datetime.now(UTC)
    crawled = place.crawl({"CONCURRENT_REQUESTS": 1}, **told)
    assert paths(web) == ["/p-1000001.html"]
    (crawl,) = place.crawls()
    assert start + 3599 * SECOND < crawl["resumes_at"] < datetime.now(UTC) + 3600 * SECOND
    assert crawl["ended_at"] is None
    assert crawled.stats["docshelf/waiting_until"] > f"{crawl['resumes_at']:%FT%TZ}"
    assert {state for state, _ in place.states().values()} == {State.DUE, State.GONE}
    place.crawl(**told)
    assert paths(web) == ["/p-1000001.html"]
    place.change("UPDATE crawls SET resumes_at = NULL")
    place.change("UPDATE pages SET not_before = NULL")
    place.crawl(**told)
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]


def test_a_site_that_is_silent_is_left_alone_and_no_page_is_at_fault(
    place: Place, web: Web
) -> None:
    told = put_documents(web, 20)
    for number in range(20):
        path = f"/p-{1000001 + number}.html"
        web.put(path, Answer(cut=True), *web.pages[SITE + path])
    settings = {"CONCURRENT_REQUESTS": 1, "DOCSHELF_RETRY_DELAY": 3600, "ROBOTSTXT_OBEY": False}
    crawled = place.crawl(settings, **told)
    assert crawled.stats["docshelf/paused"] == "silent"
    asked = len(paths(web))
    assert asked in {17, 18}  # by then it is clear that nobody answers, and one may be under way
    pages = sorted(place.pages().values(), key=lambda page: -page["attempts"])
    assert [page["attempts"] for page in pages] == [1] * 16 + [0] * 4
    assert {page["state"] for page in pages} == {State.DUE}
    assert [page["reason"] for page in pages if page["not_before"]] == ["connection_lost"] * asked
    (crawl,) = place.crawls()
    # It told us nothing: whoever mended the network need not wait.
    assert (crawl["resumes_at"], crawl["ended_at"]) == (None, None)
    place.change("UPDATE pages SET not_before = NULL")
    place.crawl({**settings, "DOCSHELF_RETRY_DELAY": 0.01}, **told)
    assert len(place.doc_ids()) == 20


def test_a_bug_in_a_page_class_is_a_failed_page(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_page: Wenku365Page) -> Any:  # noqa: ANN401 - it never returns
        raise ZeroDivisionError

    told = put_documents(web, 2)
    with monkeypatch.context() as patched:
        patched.setattr(Wenku365Page, "document", fail)
        crawled = place.crawl(**told)
    assert crawled.count("pages/bug") == 2
    assert place.states()["/p-1000001.html"] == (State.FAILED, "bug")
    assert {one.verdict for one in place.captures() if one.url != SITE + ROBOTS} == {"unread"}
    asked = len(paths(web))
    place.crawl(**told, again="1")
    assert len(paths(web)) == asked + 2
    assert place.doc_ids() == ["1000001", "1000002"]


def test_a_bug_on_the_way_to_the_database_is_a_failed_page(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = NormalisePipeline.process_item

    def fail(pipeline: NormalisePipeline, item: Any) -> object:  # noqa: ANN401 - as it has it
        if item.doc_id == "1000001":
            raise ZeroDivisionError
        return process(pipeline, item)

    monkeypatch.setattr(NormalisePipeline, "process_item", fail)
    crawled = place.crawl(**put_documents(web, 2))
    assert crawled.count("pages/bug") == 1
    states = place.states()
    assert (states["/p-1000001.html"], states["/p-1000002.html"]) == ((State.FAILED, "bug"), DONE)
    assert place.doc_ids() == ["1000002"]


def test_a_limit_leaves_the_rest_to_the_next_run(place: Place, web: Web) -> None:
    told = put_documents(web, 20)
    for read in (7, 14, 20, 20):
        place.crawl(**told, limit="7")
        assert len(place.doc_ids()) == read
    assert sorted(paths(web)) == sorted({f"/p-{1000001 + number}.html" for number in range(20)})
    assert {state for state, _ in place.states().values()} == {State.DONE, State.GONE}


def test_what_did_not_change_is_not_sent_again(place: Place, web: Web) -> None:
    body = document_page(1000001, '<a href="/p-1000002.html">x</a>').encode()
    headers = {"ETag": '"a"', "Last-Modified": "Tue, 24 Nov 2026 08:00:00 GMT"}
    page = Answer(body=body, headers=headers)
    web.put("/", listing("/p-1000001.html"))
    web.put("/p-1000001.html", page, Answer(status=304), page)
    web.put("/p-1000002.html", document_page(1000002))
    place.crawl(url=FRONT)
    crawled = place.crawl(url=FRONT, again="1")
    sent = dict(zip(web.asked, web.headers, strict=True))[f"{SITE}/p-1000001.html"]
    assert sent["If-None-Match"] == '"a"'
    assert sent["If-Modified-Since"] == headers["Last-Modified"]
    assert crawled.count("unchanged") == 1
    assert place.states()["/p-1000001.html"] == DONE
    row = place.pages()["/p-1000001.html"]
    assert (row["etag"], row["last_modified"]) == ('"a"', headers["Last-Modified"])
    assert place.doc_ids() == ["1000001", "1000002"]
    assert [one.kind for one in place.captures() if "1000001" in one.url] == ["response", "revisit"]


@pytest.mark.parametrize("tag", ["", "x" * 1001, '"\u00fc"'])
def test_a_tag_that_could_not_be_sent_back_is_not_kept(place: Place, web: Web, tag: str) -> None:
    told = put_documents(web, 1)
    body = document_page(1000001).encode()
    web.put("/p-1000001.html", Answer(body=body, headers={"ETag": tag}))
    place.crawl(**told)
    assert place.pages()["/p-1000001.html"]["etag"] is None


def test_a_limit_counts_documents_that_did_not_change(place: Place, web: Web) -> None:
    told = documents("1000001-1000005")
    for number in range(1, 6):
        page = Answer(
            body=document_page(1000000 + number).encode(), headers={"ETag": f'"{number}"'}
        )
        web.put(f"/p-{1000000 + number}.html", page, Answer(status=304))
    place.crawl(**told)
    asked = len(paths(web))
    crawled = place.crawl(**told, again="1", limit="2")
    assert (crawled.ended, crawled.count("unchanged")) == ("limit", 2)
    assert len(paths(web)) == asked + 2


def test_no_page_is_given_up_while_its_site_is_silent(place: Place, web: Web) -> None:
    told = put_documents(web, 17)
    for number in range(17):
        path = f"/p-{1000001 + number}.html"
        web.put(path, Answer(cut=True), *web.pages[SITE + path])
    settings = {"CONCURRENT_REQUESTS": 1, "ROBOTSTXT_OBEY": False, "RETRY_TIMES": 0}
    place.crawl({**settings, "DOCSHELF_RETRY_DELAY": 3600}, **told)
    states = [state for state, _ in place.states().values()]
    assert sorted(states) == [State.DUE] + [State.FAILED] * 16


def test_to_be_asked_again_at_once_is_no_wait(place: Place, web: Web) -> None:
    busy = Answer(status=503, headers={"Retry-After": "0"})
    web.put("/p-1000001.html", busy, document_page(1000001))
    told = documents("1000001")
    place.crawl({"DOCSHELF_RETRY_DELAY": 3600}, **told)
    assert place.pages()["/p-1000001.html"]["not_before"] > datetime.now(UTC) + 3000 * SECOND
    assert paths(web) == ["/p-1000001.html"]
