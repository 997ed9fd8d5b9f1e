from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from crawler.errors import StorageError
from crawler.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

NEVER = 3_600.0


class Groups:
    """What was kept, and how many groups were kept at once."""

    def __init__(self, fails_at: int = 0) -> None:
        self.kept: list[list[int]] = []
        self.most = 0
        self._at_once = 0
        self._fails_at = fails_at

    async def keep(self, group: list[int]) -> int:
        self._at_once += 1
        self.most = max(self.most, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        self.kept.append(group)
        if len(self.kept) == self._fails_at:
            raise StorageError("the disk is full")
        return len(group)


def run(work: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(work())


def test_groups_are_kept_by_count_and_in_order() -> None:
    groups = Groups()
    heard: list[tuple[list[int], int]] = []

    async def work() -> None:
        writer = Writer(
            groups.keep,
            batch_size=3,
            batch_seconds=NEVER,
            on_kept=lambda group, result: heard.append((group, result)),
        )
        for number in range(10):
            writer.put(number)
            await asyncio.sleep(0)
        assert not writer.is_idle
        await writer.close()
        assert writer.is_idle

    run(work)
    assert [number for group in groups.kept for number in group] == list(range(10))
    assert groups.most == 1
    assert heard == [(group, len(group)) for group in groups.kept]
    assert len(groups.kept[0]) == 3


def test_a_group_is_kept_when_it_is_old_enough() -> None:
    groups = Groups()

    async def work() -> None:
        kept = asyncio.Event()
        writer = Writer(
            groups.keep,
            batch_size=500,
            batch_seconds=0.001,
            on_kept=lambda _group, _result: kept.set(),
        )
        writer.put(1)
        assert writer.has_pending
        await asyncio.wait_for(kept.wait(), 10)
        assert not writer.has_pending

    run(work)
    assert groups.kept == [[1]]


def test_a_flush_keeps_what_is_there_even_nothing() -> None:
    groups = Groups()

    async def work() -> None:
        writer = Writer(groups.keep, batch_size=500, batch_seconds=NEVER)
        writer.flush()
        writer.put(1)
        writer.flush()
        writer.put(2)
        await writer.close()

    run(work)
    assert groups.kept[0] == []
    assert groups.kept[1:] == [[1, 2]]


def test_an_idle_writer_closes_at_once() -> None:
    groups = Groups()

    async def work() -> None:
        await Writer(groups.keep, batch_size=1).close()

    run(work)
    assert groups.kept == []


@pytest.mark.parametrize("after", [0, 5])
def test_a_failure_is_told_once_and_nothing_is_kept_any_more(after: int) -> None:
    groups = Groups(fails_at=1)
    told: list[BaseException] = []

    async def work() -> None:
        writer = Writer(groups.keep, batch_size=2, batch_seconds=NEVER, on_failure=told.append)
        for number in range(3):
            writer.put(number)
        await writer.close()
        for number in range(after):
            writer.put(number)
        writer.flush()
        await writer.close()
        assert writer.failure is told[0]
        assert writer.unkept == 3 + after

    run(work)
    assert groups.kept == [[0, 1]]
    assert [str(failure) for failure in told] == ["the disk is full"]
