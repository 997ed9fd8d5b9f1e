"""Groups on their way into the store."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import DiskError, StorageError
from crawler.storage import Counts, open_store
from crawler.storage import database_url as to_url
from crawler.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from crawler.items import Document

NEVER = 3600.0
SOON = 30

Numbers: TypeAlias = "Writer[int, int]"


class Keeper:
    """Keeps numbers in memory, each group in its own time, or fails as it is told to."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.told: list[tuple[list[int], int]] = []
        self.failures: list[BaseException] = []
        self.failure: Exception | None = None
        self.has_begun = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self._is_keeping = False

    def writer(self, *, batch_size: int = 100, batch_seconds: float = NEVER) -> Numbers:
        return Writer(
            self.keep,
            batch_size=batch_size,
            batch_seconds=batch_seconds,
            on_kept=lambda group, result: self.told.append((group, result)),
            on_failure=self.failures.append,
        )

    async def keep(self, group: list[int]) -> int:
        assert not self._is_keeping  # one at a time
        self._is_keeping = True
        self.has_begun.set()
        await self.may_go_on.wait()
        self._is_keeping = False
        if self.failure is not None:
            raise self.failure
        self.groups.append(group)
        return len(self.groups)

    def fail(self) -> None:
        self.failure = self.failure or StorageError("gone")


async def turns() -> None:
    """Let all go on that waits for nothing else."""
    for _ in range(10):
        await asyncio.sleep(0)


def run(main: Callable[[Keeper], Awaitable[None]]) -> Keeper:
    """Run *main* with a keeper to its end."""

    async def begin() -> Keeper:
        keeper = Keeper()
        await asyncio.wait_for(main(keeper), SOON)
        return keeper

    return asyncio.run(begin())


def test_groups_are_kept_by_count() -> None:
    async def main(keeper: Keeper) -> None:
        writer = keeper.writer(batch_size=3)
        for number in range(8):
            writer.put(number)
            await asyncio.sleep(0)
        assert len(keeper.groups) == 2
        assert writer.has_pending
        await writer.close()

    assert run(main).groups == [[0, 1, 2], [3, 4, 5], [6, 7]]


def test_groups_are_kept_by_age() -> None:
    async def main(keeper: Keeper) -> None:
        writer = keeper.writer(batch_seconds=0.001)
        writer.put(1)
        writer.put(2)
        assert not keeper.has_begun.is_set()
        await keeper.has_begun.wait()
        await writer.close()

    assert run(main).groups == [[1, 2]]


def test_what_is_kept_is_told_with_what_came_of_it() -> None:
    async def main(keeper: Keeper) -> None:
        writer = keeper.writer(batch_size=2)
        for number in range(4):
            writer.put(number)
        await writer.close()

    keeper = run(main)
    assert keeper.told == [([0, 1], 1), ([2, 3], 2)]
    assert keeper.failures == []


def test_nothing_at_all_can_be_kept_too() -> None:
    """With a group, even an empty one, further pages are leased."""

    async def main(keeper: Keeper) -> None:
        writer = keeper.writer()
        writer.flush()
        assert not writer.is_idle
        assert not writer.has_pending
        await writer.close()
        assert writer.is_idle

    assert run(main).groups == [[]]


def test_a_writer_that_was_given_nothing_closes() -> None:
    async def main(keeper: Keeper) -> None:
        await keeper.writer().close()

    assert run(main).groups == []


def test_what_comes_meanwhile_is_the_next_group() -> None:
    async def main(keeper: Keeper) -> None:
        keeper.may_go_on.clear()
        writer = keeper.writer(batch_size=2)
        for number in range(7):
            writer.put(number)
        await keeper.has_begun.wait()
        assert writer.has_pending
        keeper.may_go_on.set()
        await turns()
        assert writer.is_idle  # nobody has to ask for it

    assert run(main).groups == [[0, 1], [2, 3, 4, 5, 6]]


def test_who_wants_more_meanwhile_has_it_afterwards() -> None:
    async def main(keeper: Keeper) -> None:
        keeper.may_go_on.clear()
        writer = keeper.writer()
        writer.flush()
        await keeper.has_begun.wait()
        writer.put(1)
        writer.flush()
        writer.flush()
        keeper.may_go_on.set()
        await turns()
        assert writer.is_idle

    assert run(main).groups == [[], [1]]


def test_who_is_told_may_put_and_flush() -> None:
    kept: list[list[int]] = []

    async def keep(group: list[int]) -> None:
        kept.append(group)

    async def main() -> None:
        def go_on(_group: list[int], _result: None) -> None:
            if len(kept) < 4:
                writer.put(len(kept))
                writer.flush()

        writer = Writer(keep, batch_size=100, batch_seconds=NEVER, on_kept=go_on)
        writer.flush()
        await writer.close()

    asyncio.run(main())
    assert kept == [[], [1], [2], [3]]


def test_what_is_put_while_it_closes_is_kept() -> None:
    async def main(keeper: Keeper) -> None:
        keeper.may_go_on.clear()
        writer = keeper.writer()
        writer.put(1)
        closing = asyncio.create_task(writer.close())
        await keeper.has_begun.wait()
        writer.put(2)
        keeper.may_go_on.set()
        await closing

    assert run(main).groups == [[1], [2]]


@pytest.mark.parametrize("failure", [StorageError("gone"), DiskError("full"), KeyError("a bug")])
def test_a_failure_ends_it_and_is_told_once(failure: Exception) -> None:
    async def main(keeper: Keeper) -> None:
        keeper.failure = failure
        keeper.may_go_on.clear()
        writer = keeper.writer(batch_size=2)
        for number in range(5):  # two on their way, three behind them
            writer.put(number)
        await keeper.has_begun.wait()
        keeper.may_go_on.set()
        await writer.close()
        keeper.failure = None
        writer.put(5)
        writer.put(6)
        writer.flush()
        await writer.close()
        assert writer.failure is failure
        assert writer.unkept == 7
        assert writer.is_idle

    keeper = run(main)
    assert keeper.failures == [failure]
    assert keeper.groups == []
    assert keeper.told == []


STEPS = st.lists(st.sampled_from(["put", "put", "put", "flush", "turn", "hold", "go on", "fail"]))


@given(STEPS, st.integers(1, 4))
def test_all_is_kept_once_and_in_order_or_counted_as_lost(steps: list[str], size: int) -> None:
    async def main(keeper: Keeper) -> None:
        writer = keeper.writer(batch_size=size)
        numbers = count()
        do: dict[str, Callable[[], object]] = {
            "put": lambda: writer.put(next(numbers)),
            "flush": writer.flush,
            "hold": keeper.may_go_on.clear,
            "go on": keeper.may_go_on.set,
            "fail": keeper.fail,
            "turn": lambda: None,
        }
        for step in steps:
            do[step]()
            if step == "turn":
                await turns()
        keeper.may_go_on.set()
        await writer.close()
        kept = [number for group in keeper.groups for number in group]
        assert kept == list(range(len(kept)))
        assert len(kept) + writer.unkept == next(numbers)
        assert [group for group, _ in keeper.told] == keeper.groups
        assert keeper.failures == ([] if writer.failure is None else [keeper.failure])
        assert not writer.unkept or keeper.failures

    run(main)


def test_a_real_store_is_filled(database_url: str, make_document: Callable[..., Document]) -> None:
    url = to_url({"DOCSHELF_DATABASE_URL": database_url})
    documents = [make_document(number) for number in range(250)]
    counted = Counts()

    def add(_group: list[Document], counts: Counts) -> None:
        nonlocal counted
        counted += counts

    async def main() -> None:
        with open_store(url) as store:

            async def keep(group: list[Document]) -> Counts:
                return await asyncio.to_thread(store.upsert, group)

            writer = Writer(keep, batch_size=20, on_kept=add)
            for document in documents:
                writer.put(document)
                await asyncio.sleep(0)
            await writer.close()

    asyncio.run(main())
    assert counted == Counts(new=250)
    with open_store(url, read_only=True) as store:
        assert list(store.documents()) == documents
