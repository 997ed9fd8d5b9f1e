from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from crawler.archive.records import Earlier
from crawler.collection.adopt import adopt, record_of
from crawler.collection.records import Sites
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.hostile_pages import FAILS, HostilePage
from tests.collection.shelf import SITES, Shelf, exchange, page

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.collection.records import Read


def take_in(shelf: Shelf, *starts: tuple[Path, int], batch: int = 500) -> list[Read]:
    with shelf.open() as store:
        return list(adopt(store, SITES, starts, batch=batch))


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_what_a_crawl_would_have_kept(any_shelf: Shelf, batch: int) -> None:
    rows = any_shelf.rows()
    any_shelf.change(delete(CAPTURES), delete(DOCUMENTS))
    found = take_in(any_shelf, *((path, 0) for path in any_shelf.files), batch=batch)
    assert any_shelf.rows() == rows
    assert [read.capture.record_id for read in found] == [
        capture.record_id for capture in any_shelf.captures
    ]


def test_only_what_is_behind_the_offset_and_unknown(shelf: Shelf) -> None:
    rows = shelf.rows()
    one, two, three = (shelf.captures[number] for number in (2, 4, 6))
    ids = [one.record_id, two.record_id, three.record_id]
    shelf.change(delete(CAPTURES).where(CAPTURES.c.record_id.in_(ids)))
    found = take_in(shelf, (shelf.files[0], two.offset))
    assert [read.capture.record_id for read in found] == ids[1:]
    assert take_in(shelf, (shelf.files[0], two.offset)) == []
    take_in(shelf, (shelf.files[0], 0))
    assert shelf.rows() == rows


def test_a_revisit_that_names_only_address_and_moment(shelf: Shelf) -> None:
    original = shelf.captures[2]
    known = Earlier(
        url=original.url, captured_at=original.captured_at, payload_digest=original.digest
    )
    keeper = shelf.keeper(2)
    keeper.write(exchange(61, page(3), path="/p-00000003.html"), [known])
    keeper.close()
    (read,) = take_in(shelf, (shelf.files[2], 0))
    assert (read.capture.kind, read.capture.verdict) == ("revisit", "document")
    assert read.document is not None


def test_a_revisit_of_what_is_lost(shelf: Shelf) -> None:
    original = shelf.captures[4]
    is_later = CAPTURES.c.file == shelf.files[1].name
    shelf.change(delete(CAPTURES).where(is_later))
    data = bytearray(shelf.files[0].read_bytes())
    data[original.offset + 60] ^= 4
    shelf.files[0].write_bytes(data)
    first, second = take_in(shelf, (shelf.files[1], 0))
    assert (first.capture.verdict, first.document) == ("unread", None)
    assert second.capture.verdict == "document"


def test_the_record_of_a_row(shelf: Shelf) -> None:
    documents, captures = shelf.rows()
    assert documents
    with shelf.open() as store:
        one, other = store.captures_of("http://www.wenku365.com/p-00000004.html")
    record = record_of(one, shelf.warc)
    assert record is not None
    assert (record.record_id, record.url) == (one.record_id, one.url)
    elsewhere = type(one)(**{**captures[0], "offset": other.offset, "file": other.file})
    assert record_of(elsewhere, shelf.warc) is None or elsewhere.record_id == other.record_id


def test_a_page_that_its_class_fails_at_is_taken_in_unread(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41) + FAILS))
    keeper.write(exchange(42, page(42)))
    keeper.close()
    with shelf.open() as store:
        found = list(adopt(store, Sites([HostilePage]), [(shelf.files[2], 0)]))
    assert [(read.capture.site, read.capture.verdict) for read in found] == [
        ("wenku365", "unread"),
        ("wenku365", "document"),
    ]
    assert f"p-00000041.html: not read: KeyError: '{FAILS}'" in caplog.text
