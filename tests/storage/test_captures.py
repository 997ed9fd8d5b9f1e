"""What the database knows of the archive's files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.storage import database_url as to_url
from crawler.storage import open_store
from crawler.storage.captures import (
    end_of_file,
    files_of,
    ids_of_file,
    in_order,
    tail_of_file,
    take_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.items import Document
    from crawler.storage import CaptureRow, Store

FILE = "wenku365-20261124080000000-00000-shelf.warc.gz"


@pytest.fixture
def store(database_url: str, make_capture: Callable[..., CaptureRow]) -> Iterator[Store]:
    """Give a store that knows five captures in one file, 9,000 bytes each 10,000."""
    with open_store(to_url({"DOCSHELF_DATABASE_URL": database_url})) as opened:
        opened.upsert([], [make_capture(number) for number in range(5)])
        yield opened


def test_where_the_last_ones_begin_and_end(store: Store) -> None:
    with store.reading() as connection:
        assert [tail_of_file(connection, FILE, count) for count in (0, 1, 4, 5)] == [
            *(40_000, 30_000, 0, 0)
        ]
        assert end_of_file(connection, FILE) == 49_000
        assert tail_of_file(connection, "another", 1) == end_of_file(connection, "another") == 0


def test_which_are_known_from_an_offset_on(
    store: Store, make_capture: Callable[..., CaptureRow]
) -> None:
    store.upsert([], [make_capture(9, file="another")])
    with store.reading() as connection:
        for first in range(6):
            ids = {make_capture(number).record_id for number in range(first, 5)}
            assert ids_of_file(connection, FILE, first * 10_000) == ids


@pytest.mark.parametrize(("end", "left"), [(49_000, 5), (48_999, 4), (10_000, 1), (0, 0)])
def test_what_a_file_does_not_hold_is_taken_back(
    store: Store, make_capture: Callable[..., CaptureRow], end: int, left: int
) -> None:
    other = make_capture(9, file="another")
    store.upsert([], [other])
    urls = store.write(lambda connection: take_back(connection, FILE, end))
    assert sorted(urls) == [make_capture(number).url for number in range(left, 5)]
    with store.reading() as connection:
        rest = [make_capture(number) for number in range(left)]
        assert list(in_order(connection)) == [other, *rest]
    assert store.write(lambda connection: take_back(connection, FILE, end)) == []


def test_files_come_newest_first_and_only_those_of_the_site(
    store: Store, make_capture: Callable[..., CaptureRow]
) -> None:
    names = ["wenku365-2027-1", "wenku365-2025-1", "wenku365.b-2028", "wenku", "wenku365-"]
    store.upsert([], [make_capture(10 + number, file=name) for number, name in enumerate(names)])
    with store.reading() as connection:
        assert list(files_of(connection, "wenku365-")) == [
            *("wenku365-2027-1", FILE, "wenku365-2025-1", "wenku365-")
        ]
        assert list(files_of(connection, "docin-")) == []


def test_what_the_document_was_last_read_from_is_the_newest(
    store: Store, make_capture: Callable[..., CaptureRow], make_document: Callable[..., Document]
) -> None:
    """A pass was run while the clock was ahead: to this, a site says that nothing changed."""
    url = make_capture(7).url
    ahead = make_capture(8, doc_id="00000007", url=url)
    read = make_capture(7, captured_at=ahead.captured_at - timedelta(days=1))
    store.upsert([], [ahead])
    store.upsert([make_document(7)], [read])
    assert store.captures_of(url) == [ahead, read]
