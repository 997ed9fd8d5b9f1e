"""The frontier, listed: what is counted, and in which order pages come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from crawler.storage import database_url as parsed
from crawler.storage import open_store
from crawler.storage.frontier import add, begin_pass, end_pass, open_crawl, settle, supply
from crawler.storage.listing import WAITING, Chosen, Group, has_crawl, list_crawls, list_pages
from crawler.storage.pages import Found, Settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crawler.storage import Store

NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
SOON: Final = NOW + timedelta(minutes=5)
LATER: Final = NOW + timedelta(hours=2)
FRONT: Final = "https://www.wenku365.com/"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(parsed({"DOCSHELF_DATABASE_URL": database_url})) as store:
        yield store


def crawl_some(connection: Connection, key: str) -> None:
    """Have a crawl ask its front page and four documents, and know a fifth."""
    crawl = open_crawl(connection, "wenku365", key, {"depth": key}, NOW)
    seeds = [Found(FRONT, 0, "seed", 0, 0)]
    [front], crawl, *_ = supply(connection, crawl, lambda start, _: seeds[start:], NOW, 1)
    settle(connection, [Settled(front.id, "done")])
    # Hashes that fall, and addresses that rise: whoever goes by an index gives himself away.
    found = [Found(f"{FRONT}p-{10 + n}.html", 99 - n, "document", -1, 1) for n in range(5)]
    add(connection, crawl, [(one, front.id) for one in found])
    leases = supply(connection, crawl, lambda *_: [], NOW, 4).leases
    settle(
        connection,
        [
            Settled(leases[0].id, "due", "http_503", 1, LATER),
            Settled(leases[1].id, "gone", "http_404"),
            Settled(leases[2].id, "due", "http_503", 2, SOON),
            Settled(leases[3].id, "due", "timeout", 1, SOON),
        ],
    )


def test_each_crawl_is_counted(store: Store) -> None:
    for key in ("1", "2"):
        store.write(lambda connection, key=key: crawl_some(connection, key))  # type: ignore[misc]
    with store.reading() as connection:
        one, other = list_crawls(connection)
        assert list(list_crawls(connection, "docin")) == []
        assert (has_crawl(connection, "wenku365"), has_crawl(connection, "docin")) == (True, False)
    assert (one.site, one.arguments, other.arguments) == (
        "wenku365",
        {"depth": "1"},
        {"depth": "2"},
    )
    assert (one.pass_number, one.begun_at, one.ended_at, one.to_come) == (1, NOW, None, 0)
    assert (
        one.groups
        == other.groups
        == [
            Group(state="due", reason=None, pages=1),
            Group(state="due", reason="http_503", pages=2, first=SOON, last=LATER),
            Group(state="due", reason="timeout", pages=1, first=SOON, last=SOON),
            Group(state="done", reason=None, pages=1),
            Group(state="gone", reason="http_404", pages=1),
        ]
    )


def test_pages_come_as_they_were_found_and_say_by_which(store: Store) -> None:
    store.write(lambda connection: crawl_some(connection, "1"))
    with store.reading() as connection:
        pages = list(list_pages(connection, Chosen(site="wenku365")))
        assert pages == list(list_pages(connection, Chosen()))
        assert [page.url for page in pages] == [
            FRONT,
            *(f"{FRONT}p-{n}.html" for n in range(10, 15)),
        ]
        assert [page.named_by for page in pages] == [None, *[FRONT] * 5]
        waiting = list(list_pages(connection, Chosen(state=WAITING)))
        assert waiting == [page for page in pages if page.not_before is not None]
        assert len(waiting) == 3
        assert list(list_pages(connection, Chosen(reason="timeout"))) == waiting[2:]
        assert list(list_pages(connection, Chosen(kind="seed", state="done"))) == pages[:1]
        assert list(list_pages(connection, Chosen(site="docin"))) == []


def test_what_a_new_pass_has_still_to_ask(store: Store) -> None:
    def again(connection: Connection) -> None:
        crawl_some(connection, "1")
        crawl = open_crawl(connection, "wenku365", "1", {}, NOW)
        end_pass(connection, crawl, NOW)
        begin_pass(connection, crawl, LATER)

    store.write(again)
    with store.reading() as connection:
        [crawl] = list_crawls(connection)
    assert (crawl.pass_number, crawl.begun_at, crawl.to_come) == (2, LATER, 2)
