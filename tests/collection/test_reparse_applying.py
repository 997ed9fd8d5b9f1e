from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update

from crawler.collection.runs import reread
from crawler.collection.tally import Tally
from crawler.collection.telling import Telling, report
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.again import plan
from tests.collection.shelf import START, exchange, page

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from crawler.collection.changes import Changes
    from tests.collection.shelf import Shelf


def reparse(
    shelf: Shelf, *paths: Path, dry: bool = False, since: datetime | None = None
) -> Changes:
    """Read *paths*, or the whole archive, into the database of *shelf*."""
    staging = shelf.folder / "staging" / "run.db"
    with (
        shelf.open() as store,
        Telling("test") as telling,
        reread(plan(shelf.warc, staging, *paths, since=since), telling, store) as done,
    ):
        return done.look(store) if dry else done.apply(store)


def of(number: int) -> Any:  # noqa: ANN401 - a clause of a statement
    return DOCUMENTS.c.doc_id == f"{number:08}"


def test_what_a_crawl_kept_stays_as_it_is(any_shelf: Shelf) -> None:
    before = any_shelf.rows()
    changes = reparse(any_shelf)
    assert any_shelf.rows() == before
    assert changes.unchanged == {"wenku365": 6}
    assert (changes.captures_new, changes.fields, changes.verdicts) == (0, {}, {})


def test_what_is_read_today_replaces_what_was_read_before(any_shelf: Shelf) -> None:
    before = any_shelf.rows()
    captures = any_shelf.captures
    any_shelf.change(
        update(DOCUMENTS).where(of(3)).values(title="旧题", size_bytes=None, price="6金币"),
        update(DOCUMENTS).where(of(5)).values(reader="wenku365/0"),
        delete(DOCUMENTS).where(of(7)),
        delete(CAPTURES).where(CAPTURES.c.record_id == captures[6].record_id),
        update(CAPTURES)
        .where(CAPTURES.c.record_id == captures[8].record_id)
        .values(verdict="document", doc_id="00000009"),
    )
    wrong = any_shelf.rows()
    told = reparse(any_shelf, dry=True)
    assert any_shelf.rows() == wrong
    done = reparse(any_shelf)
    assert any_shelf.rows() == before
    assert told == done
    assert (told.new, told.changed, told.unchanged) == (
        {"wenku365": 1},
        {"wenku365": 1},
        {"wenku365": 4},
    )
    assert list(report("reparse", Tally(), told, is_dry=True))[1:] == [
        "what would change in the database:",
        "  wenku365: documents: 1 new, 1 changed, 4 unchanged",
        "    title: 0 filled, 1 changed, 0 lost",
        '      00000003: "旧题" → "防汛工作总结3"',
        "    size_bytes: 1 filled, 0 changed, 0 lost",
        "      00000003: null → 59904",
        "    price: 0 filled, 0 changed, 1 lost",
        '      00000003: "6金币" → null',
        "    1 pages: document before, http_404 now",
    ]


def test_a_part_of_the_archive_takes_nothing_away(any_shelf: Shelf) -> None:
    before, _ = any_shelf.rows()
    any_shelf.change(
        update(DOCUMENTS).where(of(3)).values(title="旧题", price="6金币"),
        update(DOCUMENTS).where(of(5)).values(page_count=99, view_count=7),
    )
    changes = reparse(any_shelf, any_shelf.files[0])
    after, _ = any_shelf.rows()
    assert (after[0]["title"], after[0]["price"]) == (before[0]["title"], "6金币")
    # The first file has an older page of this one than the database.
    assert (after[2]["page_count"], after[2]["view_count"]) == (99, 7)
    assert changes.fields["wenku365", "title"].lost == 0


def test_only_captures_since_a_moment_are_applied(shelf: Shelf) -> None:
    shelf.change(
        update(DOCUMENTS).where(of(3)).values(title="旧题"),
        update(DOCUMENTS).where(of(5)).values(title="旧题"),
        delete(CAPTURES).where(CAPTURES.c.record_id == shelf.captures[2].record_id),
    )
    reparse(shelf, since=START + timedelta(seconds=20))
    documents, captures = shelf.rows()
    assert [row["title"] for row in documents[:3]] == ["旧题", "防汛工作总结4", "防汛工作总结5"]
    assert len(captures) == 11


def test_what_a_lost_capture_may_have_given_is_not_taken_away(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(4, pages=13), path="/p-00000004.html"))
    keeper.close()
    shelf.learn()
    shelf.change(update(DOCUMENTS).where(of(4)).values(price="6金币"))
    before, _ = shelf.rows()
    one, path = shelf.captures[9], shelf.files[0]  # the second of its three captures
    data = bytearray(path.read_bytes())
    data[one.offset + one.length // 2] ^= 1
    path.write_bytes(data)
    changes = reparse(shelf)
    assert shelf.rows()[0] == before
    assert changes.unchanged == {"wenku365": 6}


@pytest.mark.parametrize("column", ["title", "price"])
def test_what_is_removed_is_not_filled_again(any_shelf: Shelf, column: str) -> None:
    any_shelf.change(update(DOCUMENTS).where(of(4)).values({column: "", "status": "removed"}))
    before, _ = any_shelf.rows()
    changes = reparse(any_shelf)
    assert any_shelf.rows()[0] == before
    assert changes.left_out == {"wenku365": 1}


def test_pages_from_elsewhere_are_kept_without_records_of_the_archive(any_shelf: Shelf) -> None:
    keeper = any_shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.write(exchange(42, page(3, pages=12), path="/p-00000003.html"))
    keeper.close()
    away = any_shelf.folder / "away.warc.gz"
    any_shelf.files[2].rename(away)
    before, captures = any_shelf.rows()
    reparse(any_shelf, away)
    after, captures_after = any_shelf.rows()
    assert captures_after == captures
    assert (after[-1]["doc_id"], after[-1]["capture_id"]) == ("00000041", None)
    assert (after[0]["page_count"], after[0]["capture_id"]) == (12, before[0]["capture_id"])


def test_the_lines_leave_out_what_is_removed(shelf: Shelf) -> None:
    shelf.change(update(DOCUMENTS).where(of(4)).values(status="removed"))
    staging = shelf.folder / "staging" / "run.db"
    with (
        shelf.open() as store,
        Telling("test") as telling,
        reread(plan(shelf.warc, staging), telling, store) as done,
    ):
        assert len(list(done.lines(None))) == 6
        lines = b"".join(done.lines(store)).decode()
    assert lines.count("\n") == 5
    assert "00000004" not in lines
