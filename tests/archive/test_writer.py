from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from crawler.archive.reader import Record, read_record, read_records
from crawler.archive.verify import verify_folder
from crawler.archive.writer import Archive
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.archive.keeping import Capture, Keeper
    from crawler.exchange import Exchange


class SlowKeeper:
    """Keeps nothing, and waits before that until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.calls: list[str] = []
        self.error: Exception | None = None

    def write(self, exchange: Exchange, _earlier: object = ()) -> Exchange:
        self.go.wait(10)
        self.calls.append(exchange.url[-1])
        if self.error is not None:
            raise self.error
        return exchange

    def sync(self) -> None:
        self.calls.append("sync")

    def close(self) -> None:
        self.calls.append("close")

    def abandon(self) -> None:
        """Nothing is open."""


async def append(archive: Archive, exchange: Exchange) -> Capture:
    return await (await archive.append(exchange))


def test_many_at_once_are_kept_in_order(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    async def run() -> list[Capture]:
        archive = Archive(make_keeper())
        exchanges = (make_exchange(number) for number in range(50))
        captures = await asyncio.gather(*(append(archive, exchange) for exchange in exchanges))
        await archive.sync()
        await archive.close()
        return captures

    captures = asyncio.run(run())
    path = tmp_path / "warc" / captures[0].file
    records = [record for record in read_records(path) if isinstance(record, Record)]
    answers = [record for record in records if record.kind == "response"]
    assert [record.offset for record in answers] == [capture.offset for capture in captures]
    assert read_record(path, captures[7].offset).block == make_exchange(7).response
    assert not list(verify_folder(path.parent))


def test_the_loop_goes_on_while_the_disk_is_slow(make_exchange: Callable[..., Exchange]) -> None:
    async def run() -> list[str]:
        keeper = SlowKeeper()
        archive = Archive(keeper)  # type: ignore[arg-type]
        writing = asyncio.create_task(append(archive, make_exchange(url="http://a/1")))
        await asyncio.sleep(0)
        assert not writing.done()
        syncing = asyncio.create_task(archive.sync())
        await asyncio.sleep(0)
        keeper.go.set()
        await syncing
        assert writing.done()
        await archive.close()
        return keeper.calls

    assert asyncio.run(run()) == ["1", "sync", "close"]


def test_too_much_that_waits_is_waited_for(make_exchange: Callable[..., Exchange]) -> None:
    async def run() -> None:
        keeper = SlowKeeper()
        archive = Archive(keeper, max_waiting_bytes=1)  # type: ignore[arg-type]
        first = asyncio.create_task(append(archive, make_exchange(url="http://a/1")))
        await asyncio.sleep(0)
        second = asyncio.create_task(append(archive, make_exchange(url="http://a/2")))
        for _ in range(5):
            await asyncio.sleep(0)
        assert archive.waiting_bytes == len(make_exchange().request + make_exchange().response)
        keeper.go.set()
        await asyncio.gather(first, second)
        await archive.close()
        assert keeper.calls == ["1", "2", "close"]

    asyncio.run(run())


def test_what_waits_for_room_is_kept_before_the_end(
    make_exchange: Callable[..., Exchange],
) -> None:
    async def run() -> list[str]:
        keeper = SlowKeeper()
        archive = Archive(keeper, max_waiting_bytes=1)  # type: ignore[arg-type]
        appending = [
            asyncio.create_task(append(archive, make_exchange(url=f"http://a/{number}")))
            for number in range(1, 5)
        ]
        await asyncio.sleep(0)
        closing = asyncio.create_task(archive.close())
        await asyncio.sleep(0)
        keeper.go.set()
        await asyncio.gather(*appending, closing)
        return keeper.calls

    assert asyncio.run(run()) == ["1", "2", "3", "4", "close"]


@pytest.mark.parametrize("error", [DiskError("a.warc.gz.open: cannot be written"), ValueError("x")])
def test_what_fails_is_told_to_who_asked(
    make_exchange: Callable[..., Exchange], error: Exception
) -> None:
    async def run() -> None:
        keeper = SlowKeeper()
        keeper.go.set()
        keeper.error = error
        archive = Archive(keeper)  # type: ignore[arg-type]
        with pytest.raises(type(error), match=str(error)):
            await append(archive, make_exchange())
        keeper.error = None
        await append(archive, make_exchange())
        await archive.close()

    asyncio.run(run())


def test_who_stops_waiting_disturbs_nobody(make_exchange: Callable[..., Exchange]) -> None:
    async def run() -> list[str]:
        keeper = SlowKeeper()
        archive = Archive(keeper)  # type: ignore[arg-type]
        first = asyncio.create_task(append(archive, make_exchange(url="http://a/1")))
        await asyncio.sleep(0)
        first.cancel()
        second = asyncio.create_task(append(archive, make_exchange(url="http://a/2")))
        await asyncio.sleep(0)
        keeper.go.set()
        await second
        await archive.close()
        return keeper.calls

    assert asyncio.run(run()) == ["1", "2", "close"]


def test_nothing_is_taken_after_the_end(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange]
) -> None:
    async def run() -> None:
        archive = Archive(make_keeper())
        await archive.close()
        with pytest.raises(RuntimeError, match="the archive is closed"):
            await append(archive, make_exchange())

    asyncio.run(run())
