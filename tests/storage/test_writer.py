from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from crawler.errors import DiskError, StorageError
from crawler.storage import CaptureRow, Counts, Store, database_url, open_store
from crawler.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import URL

    from crawler.items import Document

NEVER = 3600.0


class FakeStore(Store):
    """Keeps what it is given in memory, in its own time, or fails as it is told to."""

    def __init__(self) -> None:
        self.groups: list[list[Document]] = []
        self.captures: list[CaptureRow] = []
        self.threads: set[int] = set()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.failure: Exception | None = None
        self.is_closed = False

    def upsert(self, documents: Sequence[Document], captures: Sequence[CaptureRow] = ()) -> Counts:
        assert self.may_go_on.wait(30)
        self.threads.add(threading.get_ident())
        if self.failure is not None:
            raise self.failure
        self.groups.append(list(documents))
        self.captures += captures
        return Counts(new=len(documents))

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.is_closed = True


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def test_groups_are_committed_by_count(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    counted: list[Counts] = []

    async def main() -> None:
        writer = Writer(store, batch_size=3, batch_seconds=NEVER, on_commit=counted.append)
        for number in range(8):
            await writer.put(make_document(number))
        await writer.close()

    asyncio.run(main())
    assert [found for group in store.groups for found in group] == list(
        map(make_document, range(8))
    )
    assert sum(count.new for count in counted) == 8
    assert max(map(len, store.groups)) == 3
    assert store.is_closed


def test_groups_are_committed_by_age(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    async def main() -> None:
        committed = asyncio.Event()
        writer = Writer(store, batch_seconds=0.01, on_commit=lambda _: committed.set())
        await writer.put(make_document())
        await asyncio.wait_for(committed.wait(), 30)
        assert store.groups == [[make_document()]]
        await writer.close()

    asyncio.run(main())
    assert len(store.groups) == 1


def test_one_thread_that_is_not_the_loops_does_it_all(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    async def main() -> None:
        writer = Writer(store, batch_size=2, batch_seconds=NEVER)
        for number in range(9):
            await writer.put(make_document(number))
        await writer.close()

    asyncio.run(main())
    assert len(store.threads) == 1
    assert threading.get_ident() not in store.threads


def test_no_more_is_taken_than_there_is_room_for(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    async def main() -> None:
        store.may_go_on.clear()
        writer = Writer(store, batch_size=2, batch_seconds=NEVER)
        puts = [asyncio.create_task(writer.put(make_document(number))) for number in range(9)]
        for _ in range(10):
            await asyncio.sleep(0)
        # One group is being committed, one waits behind it.
        assert [put.done() for put in puts] == [True] * 4 + [False] * 5
        store.may_go_on.set()
        await asyncio.gather(*puts)
        await writer.close()

    asyncio.run(main())
    assert sum(map(len, store.groups)) == 9


def test_an_empty_writer_closes(store: FakeStore) -> None:
    async def main() -> None:
        await Writer(store).close()

    asyncio.run(main())
    assert store.groups == []
    assert store.is_closed


@pytest.mark.parametrize("failure", [StorageError("the disk is full"), KeyError("a bug")])
def test_a_failure_is_told_once_and_counted(
    failure: Exception, store: FakeStore, make_document: Callable[..., Document]
) -> None:
    told: list[BaseException] = []

    async def main() -> None:
        store.may_go_on.clear()
        store.failure = failure
        writer = Writer(store, batch_size=2, batch_seconds=NEVER, on_failure=told.append)
        puts = [asyncio.create_task(writer.put(make_document(number))) for number in range(7)]
        await asyncio.wait({puts[3]})
        store.may_go_on.set()
        results = await asyncio.gather(*puts, return_exceptions=True)
        assert results[:4] == [None] * 4
        assert all(isinstance(result, StorageError) for result in results[4:])
        with pytest.raises(StorageError, match=r"the disk is full|a bug"):
            await writer.close()
        assert writer.unstored == 7

    asyncio.run(main())
    assert told == [failure]
    assert store.is_closed


def test_a_failure_of_the_last_group_is_raised(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    async def main() -> None:
        store.failure = StorageError("gone")
        writer = Writer(store, batch_seconds=NEVER)
        await writer.put(make_document())
        with pytest.raises(StorageError, match="gone"):
            await writer.close()
        assert writer.unstored == 1

    asyncio.run(main())


def test_a_real_store_is_filled(database_url: str, make_document: Callable[..., Document]) -> None:
    url = _url(database_url)
    documents = [make_document(number) for number in range(250)]

    async def main() -> None:
        writer = Writer(open_store(url), batch_size=20)
        await asyncio.gather(*map(writer.put, documents))
        await writer.close()

    asyncio.run(main())
    with open_store(url, read_only=True) as store:
        assert list(store.documents()) == documents


def _url(address: str) -> URL:
    return database_url({"DOCSHELF_DATABASE_URL": address})


def test_a_capture_goes_with_its_document_and_others_by_themselves(
    store: FakeStore,
    make_document: Callable[..., Document],
    make_capture: Callable[..., CaptureRow],
) -> None:
    calls: list[int] = []

    async def sync() -> None:
        calls.append(len(store.captures))

    async def main() -> None:
        writer = Writer(store, batch_size=2, batch_seconds=NEVER, before_commit=sync)
        writer.note(lambda: make_capture(1))
        await writer.put(make_document(2), lambda: make_capture(2))
        await writer.close()

    asyncio.run(main())
    assert store.captures == [make_capture(1), make_capture(2)]
    assert calls == [0]  # what lies in the archive's files was on the disk before


def test_captures_alone_grow_old_too(
    store: FakeStore, make_capture: Callable[..., CaptureRow]
) -> None:
    committed = asyncio.Event()

    async def main() -> None:
        writer = Writer(store, batch_seconds=0.001, on_commit=lambda _counts: committed.set())
        writer.note(lambda: make_capture(1))
        await asyncio.wait_for(committed.wait(), 30)
        await writer.close()

    asyncio.run(main())
    assert store.captures == [make_capture(1)]


def test_nothing_is_committed_of_a_capture_that_was_not_written(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    def capture() -> CaptureRow:
        raise DiskError("the disk is full")

    async def main() -> None:
        writer = Writer(store)
        await writer.put(make_document(1), capture)
        with pytest.raises(StorageError, match="the disk is full"):
            await writer.close()

    asyncio.run(main())
    assert store.groups == []


def test_nothing_is_committed_that_could_not_be_synced(
    store: FakeStore, make_document: Callable[..., Document]
) -> None:
    async def sync() -> None:
        raise DiskError("the disk is full")

    async def main() -> None:
        writer = Writer(store, before_commit=sync)
        await writer.put(make_document(1))
        with pytest.raises(StorageError, match="the disk is full"):
            await writer.close()

    asyncio.run(main())
    assert store.groups == []
