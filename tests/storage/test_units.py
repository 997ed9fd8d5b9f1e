"""What one answer brings is kept as one, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select

from crawler.errors import StorageError
from crawler.storage import Counts, frontier, open_store
from crawler.storage import database_url as to_url
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import CAPTURES, DOCUMENTS, PAGES, Kind, State
from crawler.storage.units import UnitRows, keep_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Table

    from crawler.items import Document
    from crawler.storage import CaptureRow, Store
    from crawler.storage.pages import Crawl

NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as opened:
        yield opened


@pytest.fixture
def crawl(store: Store) -> Crawl:
    """Begin a crawl, with one page that is leased."""

    def begin(connection: Connection) -> Crawl:
        crawl = frontier.open_crawl(connection, "wenku365", "k", {}, NOW)
        frontier.add(connection, crawl, [(found(0), None)])
        return frontier.supply(connection, crawl, lambda _start, _count: [], NOW, 9).crawl

    return store.write(begin)


def found(number: int, depth: int = 1) -> Found:
    url = f"https://www.wenku365.com/p-{number:08}.html"
    return Found(url, page_hash(url), Kind.DOCUMENT, depth, depth)


def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    with store.reading() as connection:
        query = table.select().order_by(*table.primary_key)
        return [dict(row) for row in connection.execute(query).mappings()]


def keep(store: Store, crawl: Crawl, *units: UnitRows, nearest: bool = False) -> Counts:
    return store.write(lambda one: keep_units(one, crawl, units, nearest=nearest))


def test_all_that_an_answer_brings_is_there(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
) -> None:
    (page,) = rows(store, PAGES)
    unit = UnitRows(
        captures=[make_capture(1), make_capture(2, doc_id=None, verdict="redirect")],
        documents=[make_document(1)],
        found=[found(7), found(8), found(0)],
        settled=Settled(page["id"], State.DONE, etag='"a"'),
    )
    assert keep(store, crawl, unit) == Counts(new=1)
    assert [row["capture_id"] for row in rows(store, DOCUMENTS)] == [make_capture(1).record_id]
    assert len(rows(store, CAPTURES)) == 2
    settled, *new = rows(store, PAGES)
    assert (settled["state"], settled["etag"], settled["named_by"]) == (State.DONE, '"a"', None)
    assert [(row["url"], row["state"], row["named_by"]) for row in new] == [
        (found(7).url, State.DUE, page["id"]),
        (found(8).url, State.DUE, page["id"]),
    ]


def test_once_more_changes_nothing(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
) -> None:
    (page,) = rows(store, PAGES)
    unit = UnitRows(
        captures=[make_capture(1)],
        documents=[make_document(1)],
        found=[found(7)],
        settled=Settled(page["id"], State.DONE),
        robots=("https://www.wenku365.com/robots.txt", Settled(0, State.GONE, "http_404")),
    )
    tables = (DOCUMENTS, CAPTURES, PAGES)
    keep(store, crawl, unit)
    before = [rows(store, table) for table in tables]
    assert keep(store, crawl, unit) == Counts(unchanged=1)
    assert [rows(store, table) for table in tables] == before


def test_an_empty_group_is_nothing(store: Store, crawl: Crawl) -> None:
    assert keep(store, crawl) == keep(store, crawl, UnitRows()) == Counts()
    assert [row["state"] for row in rows(store, PAGES)] == [State.LEASED]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_each_document_is_kept_with_its_own_capture(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
    order: tuple[int, ...],
) -> None:
    """Of one document, two captures may come in one group."""
    units = [
        UnitRows(
            captures=[make_capture(number, doc_id="00000001")],
            documents=[make_document(1, fetched_at=NOW.replace(hour=number), page_count=number)],
        )
        for number in order
    ]
    keep(store, crawl, *units)
    (document,) = rows(store, DOCUMENTS)
    assert document["page_count"] == 2
    assert document["capture_id"] == make_capture(2).record_id


def test_what_answers_now_wins_whatever_the_clock_said(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
) -> None:
    """An earlier pass was run while the clock was ahead."""
    (page,) = rows(store, PAGES)
    ahead = make_document(1, fetched_at=NOW.replace(year=2036), page_count=3)
    keep(store, crawl, UnitRows(captures=[make_capture(1)], documents=[ahead]))
    before = NOW - timedelta(hours=1)
    older = UnitRows(documents=[make_document(1, fetched_at=before, page_count=1)])
    now = UnitRows(
        captures=[make_capture(2, doc_id="00000001")],
        documents=[make_document(1, fetched_at=NOW, page_count=4)],
        settled=Settled(page["id"], State.DONE),
    )
    assert keep(store, crawl, older, now, older) == Counts(changed=1, unchanged=2)
    (document,) = rows(store, DOCUMENTS)
    assert (document["page_count"], document["fetched_at"]) == (4, NOW)
    assert document["capture_id"] == make_capture(2).record_id


def test_a_document_that_repeats_an_earlier_answer_is_kept_with_that(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
) -> None:
    first = make_capture(1)
    again = make_capture(2, doc_id="00000001", kind="revisit", refers_to=first.record_id)
    keep(store, crawl, UnitRows(captures=[first, again], documents=[make_document(1)]))
    (document,) = rows(store, DOCUMENTS)
    assert document["capture_id"] == first.record_id


def test_a_refused_document_keeps_nothing_else_back(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
) -> None:
    (page,) = rows(store, PAGES)
    bad = UnitRows(
        captures=[make_capture(1)],
        documents=[make_document(1, size_bytes=2**63)],
        found=[found(7)],
        settled=Settled(page["id"], State.DONE),
    )
    good = UnitRows(captures=[make_capture(2)], documents=[make_document(2)])
    assert keep(store, crawl, bad, good) == Counts(new=1, refused=1)
    assert len(rows(store, CAPTURES)) == 2
    assert [row["state"] for row in rows(store, PAGES)] == [State.DONE, State.DUE]


@pytest.mark.parametrize(("nearest", "depth"), [(False, 5), (True, 2)])
def test_a_shorter_way_counts_if_it_matters(
    store: Store, crawl: Crawl, depth: int, *, nearest: bool
) -> None:
    keep(store, crawl, UnitRows(found=[found(7, 5)]), nearest=nearest)
    keep(store, crawl, UnitRows(found=[found(7, 2)]), nearest=nearest)
    assert rows(store, PAGES)[-1]["depth"] == depth


@pytest.mark.parametrize("step", ["add", "settle", "note_robots"])
def test_what_fails_half_way_leaves_nothing(
    store: Store,
    crawl: Crawl,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StorageError("gone")

    (page,) = rows(store, PAGES)
    unit = UnitRows(
        captures=[make_capture(1)],
        documents=[make_document(1)],
        found=[found(7)],
        settled=Settled(page["id"], State.DONE),
        robots=("https://www.wenku365.com/robots.txt", Settled(0, State.DONE)),
    )
    monkeypatch.setattr(frontier, step, fail)
    with pytest.raises(StorageError, match="gone"):
        keep(store, crawl, unit)
    monkeypatch.undo()
    with store.reading() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (DOCUMENTS, CAPTURES, PAGES)
        ]
    assert counts == [0, 0, 1]
    assert rows(store, PAGES) == [page]
