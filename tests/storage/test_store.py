from __future__ import annotations

import logging
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from crawler.items import EXPLAINED, Document
from crawler.storage import Counts, Store, database_url, open_store
from crawler.storage.database import connect
from crawler.storage.tables import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

DAY = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def url(database_url: str) -> URL:
    return _url(database_url)


@pytest.fixture
def store(url: URL) -> Iterator[Store]:
    with open_store(url) as store:
        yield store


def _url(address: str) -> URL:
    return database_url({"DOCSHELF_DATABASE_URL": address})


def _rows(url: URL) -> list[dict[str, Any]]:
    engine = connect(url, read_only=True)
    with engine.connect() as connection:
        query = DOCUMENTS.select().order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
        rows = [dict(row) for row in connection.execute(query).mappings()]
    engine.dispose()
    return rows


def test_what_is_kept_comes_back(store: Store, make_document: Callable[..., Document]) -> None:
    documents = [make_document(1), make_document(2, tags=None, uploaded_on=None, preview=None)]
    assert store.upsert(documents) == Counts(new=2)
    assert list(store.documents()) == documents


def test_keeping_again_changes_nothing(
    store: Store, url: URL, make_document: Callable[..., Document]
) -> None:
    documents = [make_document(number) for number in range(1200)]
    assert store.upsert(documents) == Counts(new=1200)
    before = _rows(url)
    assert store.upsert(documents) == Counts(unchanged=1200)
    assert _rows(url) == before


def test_a_later_page_fills_and_replaces_and_never_empties(
    store: Store, url: URL, make_document: Callable[..., Document]
) -> None:
    later = DAY + timedelta(days=1)
    store.upsert(
        [
            make_document(
                page_count=None,
                preview=None,
                missing={"page_count": "not_found", "preview": "bad_value"},
            )
        ]
    )
    counts = store.upsert(
        [
            make_document(
                title="改",
                page_count=12,
                size_bytes=None,
                preview=None,
                missing={"size_bytes": "not_found", "preview": "not_found"},
                fetched_at=later,
            )
        ]
    )
    assert counts == Counts(changed=1)
    (row,) = _rows(url)
    assert (row["title"], row["page_count"], row["size_bytes"]) == ("改", 12, 59904)
    assert row["missing"] == {"preview": "not_found"}
    assert (row["first_seen_at"], row["last_seen_at"], row["fetched_at"]) == (DAY, later, later)
    assert row["status"] == "available"


def test_a_page_that_was_overtaken_only_fills(
    store: Store, url: URL, make_document: Callable[..., Document]
) -> None:
    store.upsert([make_document(title="新", category=None)])
    store.upsert([make_document(title="旧", category="公文", fetched_at=DAY - timedelta(days=9))])
    (row,) = _rows(url)
    assert (row["title"], row["category"], row["fetched_at"]) == ("新", "公文", DAY)
    assert (row["first_seen_at"], row["last_seen_at"]) == (DAY - timedelta(days=9), DAY)


def test_only_seen_again_is_unchanged(
    store: Store, url: URL, make_document: Callable[..., Document]
) -> None:
    store.upsert([make_document()])
    assert store.upsert([make_document(fetched_at=DAY + timedelta(1))]) == Counts(unchanged=1)
    assert _rows(url)[0]["last_seen_at"] == DAY + timedelta(1)


def test_one_document_twice_in_a_group_counts_as_one_after_the_other(
    store: Store, make_document: Callable[..., Document]
) -> None:
    group = [make_document(page_count=None), make_document(page_count=7), make_document()]
    assert store.upsert([*group, group[-1]]) == Counts(new=1, changed=2, unchanged=1)
    assert [document.page_count for document in store.documents()] == [11]


def test_nothing_is_kept_of_nothing(store: Store) -> None:
    assert store.upsert([]) == Counts()
    assert list(store.documents()) == []


def test_the_order_is_the_same_everywhere(
    store: Store, make_document: Callable[..., Document]
) -> None:
    keys = [("b", "9"), ("B", "1"), ("b", "10"), ("a", "é"), ("a", "z"), ("a", "档"), ("a", "_")]
    store.upsert([make_document(site=site, doc_id=doc_id) for site, doc_id in keys])
    assert [(found.site, found.doc_id) for found in store.documents()] == sorted(keys)


def test_documents_of_a_site_since_a_moment(
    store: Store, make_document: Callable[..., Document]
) -> None:
    old, new = make_document(1), make_document(2, fetched_at=DAY + timedelta(seconds=1))
    other = make_document(3, site="bdocx")
    store.upsert([old, new, other])
    assert list(store.documents(site="wenku365")) == [old, new]
    assert list(store.documents(since=new.fetched_at)) == [new]
    assert list(store.documents(site="bdocx", since=new.fetched_at)) == []
    assert store.has_site("bdocx")
    assert not store.has_site("renrendoc")


@pytest.mark.parametrize(
    "bad",
    [
        {"title": "\ud800"},
        {"size_bytes": 2**63},
        {"title": None},
        {"fetched_at": DAY.replace(tzinfo=None)},
    ],
    ids=["lone surrogate", "too large", "no title", "no zone"],
)
def test_a_bad_record_loses_no_other(
    bad: dict[str, Any],
    store: Store,
    make_document: Callable[..., Document],
    caplog: pytest.LogCaptureFixture,
) -> None:
    group = [make_document(number) for number in range(7)]
    group[4] = make_document(4, **bad)
    assert store.upsert(group) == Counts(new=6, refused=1)
    assert list(store.documents()) == [*group[:4], *group[5:]]
    # psycopg may warn, too, that it gave its pipeline up.
    (record,) = [found for found in caplog.records if found.name == "crawler.storage.store"]
    assert record.levelno == logging.ERROR
    assert "p-00000004.html" in record.getMessage()


def test_postgresql_refuses_a_nul_alone(
    postgresql_database: str, make_document: Callable[..., Document]
) -> None:
    with open_store(_url(postgresql_database)) as store:
        group = [make_document(1, preview="a\0b"), make_document(2)]
        assert store.upsert(group) == Counts(new=1, refused=1)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
COUNT = st.none() | st.integers(0, 2**63 - 1)
DOCUMENTS_OF_ANY_KIND = st.builds(
    Document,
    site=TEXT,
    doc_id=TEXT,
    url=TEXT,
    title=TEXT,
    file_format=st.none() | TEXT,
    size_bytes=COUNT,
    page_count=COUNT,
    preview_page_count=COUNT,
    uploaded_on=st.none() | st.dates(date(1, 1, 1)),
    preview=st.none() | TEXT,
    uploader=st.none() | TEXT,
    category=st.none() | TEXT,
    tags=st.none() | st.lists(TEXT, max_size=3).map(tuple),
    price=st.none() | TEXT,
    view_count=COUNT,
    download_count=COUNT,
    language=st.none() | TEXT,
    text_quality=st.none() | st.just("ok"),
    missing=st.just({}),
    fetched_at=st.integers(0, 2**37).map(lambda second: datetime.fromtimestamp(second, UTC)),
    reader=TEXT,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(DOCUMENTS_OF_ANY_KIND, min_size=1, max_size=5, unique_by=lambda d: (d.site, d.doc_id))
)
def test_any_document_comes_back(store: Store, documents: list[Document]) -> None:
    store.write(lambda connection: connection.execute(DOCUMENTS.delete()))
    documents = [_with_reasons(document) for document in documents]
    assert store.upsert(documents) == Counts(new=len(documents))
    assert list(store.documents()) == sorted(
        documents, key=lambda found: (found.site, found.doc_id)
    )


def _with_reasons(document: Document) -> Document:
    fields = {name: getattr(document, name) for name in Document.__dataclass_fields__}
    reasons = {name: "not_found" for name in EXPLAINED if fields[name] is None}
    return Document(**(fields | {"missing": reasons}))


def test_reading_is_by_portions(url: URL, make_document: Callable[..., Document]) -> None:
    preview = "长" * 20_000
    with open_store(url) as store:
        for first in range(0, 2000, 500):
            store.upsert(
                [make_document(number, preview=preview) for number in range(first, first + 500)]
            )
    whole = 2000 * len(preview) * 2
    with open_store(url, read_only=True) as store:
        tracemalloc.start()
        count = sum(1 for _ in store.documents())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 2000
    assert peak < whole / 2


def test_no_row_is_looked_at_in_vain(
    tmp_path: Path, make_document: Callable[..., Document]
) -> None:
    url = _url(f"sqlite:///{tmp_path}/docshelf.db")
    engine = connect(url)
    asked: list[tuple[str, Any]] = []

    def listen(*call: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        asked.append((call[2], call[3]))

    with Store(engine) as store:
        open_store(url).close()
        event.listen(engine, "before_cursor_execute", listen)
        store.upsert([make_document(1), make_document(2), make_document(1, site="bdocx")])
        queries = [query for query in asked if query[0].startswith("SELECT")]
        with engine.connect() as connection:
            for statement, parameters in queries:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                assert ["SEARCH" in row.detail for row in plan] == [True]
    assert len(queries) == 2
