from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, text, update

from crawler.collection.runs import reread
from crawler.collection.telling import Telling, report
from crawler.errors import StorageError
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.again import plan
from tests.collection.shelf import START, exchange, page

if TYPE_CHECKING:
    from crawler.collection.changes import Changes
    from tests.collection.shelf import Shelf


def rebuild(shelf: Shelf) -> Changes:
    """Make the database of *shelf* anew."""
    staging = shelf.folder / "staging" / "run.db"
    with (
        Telling("test") as telling,
        reread(plan(shelf.warc, staging), telling, None, is_rebuild=True) as done,
        shelf.open() as store,
    ):
        changes = done.apply(store)
        assert "rebuild: 26 records read" in "\n".join(report("rebuild", done.tally, changes)) or (
            done.tally.records != 26
        )
    return changes


def of(number: int) -> Any:  # noqa: ANN401 - a clause of a statement
    return DOCUMENTS.c.doc_id == f"{number:08}"


def test_from_nothing_it_is_as_the_crawl_left_it(any_shelf: Shelf) -> None:
    before = any_shelf.rows()
    any_shelf.change(delete(DOCUMENTS), delete(CAPTURES))
    changes = rebuild(any_shelf)
    assert any_shelf.rows() == before
    assert (changes.new, changes.captures_new) == ({"wenku365": 6}, 12)


def test_what_servers_may_send_fits_into_any_database(any_shelf: Shelf) -> None:
    odd = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\0;x\r\n\r\n<p>"
    long = exchange(42, "<p>", path="/p-00000042.html?" + random.Random(1).randbytes(4000).hex())  # noqa: S311 - no secret
    keeper = any_shelf.keeper(2)
    keeper.write(replace(exchange(41, ""), response=odd))
    keeper.write(long)
    keeper.close()
    any_shelf.learn()
    before = any_shelf.rows()
    assert {"text/html"} == {
        row["mime"] for row in before[1] if row["file"] > any_shelf.files[1].name
    }
    any_shelf.change(delete(DOCUMENTS), delete(CAPTURES))
    rebuild(any_shelf)
    assert any_shelf.rows() == before
    assert any_shelf.said() == []
    with any_shelf.open() as store:
        assert [row.url for row in store.captures_of(long.url)] == [long.url]


def test_the_database_that_fails_is_the_one_that_is_named(any_shelf: Shelf) -> None:
    staging = any_shelf.folder / "staging" / "run.db"
    with (
        Telling("test") as telling,
        reread(plan(any_shelf.warc, staging), telling, None, is_rebuild=True) as done,
        any_shelf.open() as store,
    ):
        any_shelf.change(text("DROP TABLE captures"))
        with pytest.raises(StorageError, match=r"docshelf(_\w+|\.db)[:?]"):
            done.apply(store)


def test_whatever_became_of_it_it_is_as_the_crawl_left_it(any_shelf: Shelf) -> None:
    before = any_shelf.rows()
    one = any_shelf.captures[4]
    any_shelf.change(
        update(DOCUMENTS).where(of(3)).values(title="旧题", price="6金币", tags=["一"]),
        update(DOCUMENTS).where(of(4)).values(capture_id="urn:uuid:0"),
        delete(DOCUMENTS).where(of(5)),
        update(CAPTURES)
        .where(CAPTURES.c.record_id == one.record_id)
        .values(offset=7, file="elsewhere.warc.gz", verdict="blocked", doc_id=None),
        delete(CAPTURES).where(CAPTURES.c.record_id == any_shelf.captures[0].record_id),
    )
    rebuild(any_shelf)
    assert any_shelf.rows() == before


def test_what_no_page_says_any_more_is_dropped(any_shelf: Shelf) -> None:
    before = any_shelf.rows()
    documents, _ = before
    gone = any_shelf.captures[8]
    seen = START.replace(microsecond=0) + timedelta(seconds=9)
    moments = {"fetched_at": seen, "first_seen_at": seen, "last_seen_at": seen}
    any_shelf.change(
        insert(DOCUMENTS).values(
            documents[0] | moments | {"doc_id": "00000009", "capture_id": gone.record_id}
        ),
        update(CAPTURES)
        .where(CAPTURES.c.record_id == gone.record_id)
        .values(verdict="document", doc_id="00000009"),
    )
    changes = rebuild(any_shelf)
    assert any_shelf.rows() == before
    assert changes.dropped == {"wenku365": 1}


def test_what_it_cannot_make_again_is_kept_and_counted(any_shelf: Shelf) -> None:
    keeper = any_shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.close()
    any_shelf.learn()
    documents, _ = any_shelf.rows()
    any_shelf.change(
        insert(DOCUMENTS).values(documents[0] | {"doc_id": "00000077", "capture_id": None}),
        update(DOCUMENTS).where(of(8)).values(title="", status="removed"),
    )
    any_shelf.files[2].unlink()
    before = any_shelf.rows()
    changes = rebuild(any_shelf)
    assert any_shelf.rows() == before
    assert (changes.documents_kept, changes.captures_kept) == (2, 1)
    assert changes.left_out == {"wenku365": 1}


@pytest.mark.parametrize("verdict", ["document", "blocked"])
def test_a_page_that_cannot_be_read_stays_what_it_was_taken_for(shelf: Shelf, verdict: str) -> None:
    """The original of a revisit is damaged."""
    again = shelf.captures[10]
    shelf.change(
        update(CAPTURES).where(CAPTURES.c.record_id == again.record_id).values(verdict=verdict)
    )
    original, path = shelf.captures[4], shelf.files[0]
    data = bytearray(path.read_bytes())
    data[original.offset + original.length // 2] ^= 1
    path.write_bytes(data)
    before = shelf.rows()
    changes = rebuild(shelf)
    assert shelf.rows() == before
    assert (changes.documents_kept, changes.captures_kept) == (1, 1)
