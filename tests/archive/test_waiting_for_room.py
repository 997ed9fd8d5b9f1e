"""A full disk: the archive waits for room, says so once, and goes on; or it gives up."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import TYPE_CHECKING, cast

import pytest

from crawler.archive import writer
from crawler.archive.keeping import Rotation
from crawler.archive.reader import Record, read_records
from crawler.archive.room import free_bytes
from crawler.archive.verify import verify_folder
from crawler.archive.writer import Archive
from crawler.errors import DiskError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.archive.keeping import Capture, Keeper
    from crawler.archive.records import RunInfo
    from crawler.exchange import Exchange

LONG = 600.0
FULL = DiskFullError("a.warc.gz.open: cannot be written: No space left on device")


class FullKeeper:
    """Has no room until so many attempts failed."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.calls: list[str] = []

    def write(self, exchange: Exchange, _earlier: object = ()) -> Exchange:
        self._try(exchange.url)
        return exchange

    def sync(self) -> None:
        self.calls.append("sync")

    def close(self) -> None:
        self._try("close")

    def abandon(self) -> None:
        self.calls.append("abandon")

    def _try(self, call: str) -> None:
        self.calls.append(call)
        if self.failures:
            self.failures -= 1
            raise FULL


class Listener:
    """Takes down what is told, and does something when it is told of a pause."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.told: list[str] = []
        self.then = then

    def pause(self, reason: str) -> None:
        self.told.append(reason)
        self.then()

    def resume(self) -> None:
        self.told.append("resumed")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.001)


def patient(
    keeper: FullKeeper | Keeper, listener: Listener, patience_seconds: float = LONG, **more: int
) -> Archive:
    return Archive(
        cast("Keeper", keeper),
        patience_seconds=patience_seconds,
        on_pause=listener.pause,
        on_resume=listener.resume,
        **more,
    )


async def append(archive: Archive, exchange: Exchange) -> Capture:
    return await (await archive.append(exchange))


def test_it_is_tried_again_until_there_is_room(make_exchange: Callable[..., Exchange]) -> None:
    keeper, listener = FullKeeper(failures=3), Listener()

    async def run() -> None:
        archive = patient(keeper, listener)
        first = await archive.append(make_exchange(url="1"))
        second = await archive.append(make_exchange(url="2"))
        await archive.sync()
        assert first.done()
        assert second.done()
        keeper.failures = 2
        await append(archive, make_exchange(url="3"))
        await archive.close()

    asyncio.run(run())
    assert keeper.calls == ["1", "1", "1", "1", "2", "sync", "3", "3", "3", "close", "abandon"]
    assert listener.told == [str(FULL), "resumed"] * 2


def test_patience_ends_for_all(make_exchange: Callable[..., Exchange]) -> None:
    keeper, listener = FullKeeper(failures=10**9), Listener()

    async def run() -> None:
        archive = patient(keeper, listener, patience_seconds=0.01)
        with pytest.raises(DiskFullError, match="No space left"):
            await append(archive, make_exchange())
        keeper.calls.clear()
        for number in (2, 3):
            with pytest.raises(DiskFullError, match="No space left"):
                await append(archive, make_exchange(url=str(number)))
        assert keeper.calls == ["2", "3"]
        with pytest.raises(DiskFullError, match="No space left"):
            await archive.close()

    asyncio.run(run())
    assert keeper.calls == ["2", "3", "close", "abandon"]
    assert listener.told == [str(FULL)]


def test_without_patience_it_fails_at_once(make_exchange: Callable[..., Exchange]) -> None:
    keeper, listener = FullKeeper(failures=1), Listener()

    async def run() -> None:
        archive = patient(keeper, listener, patience_seconds=0)
        with pytest.raises(DiskFullError):
            await append(archive, make_exchange(url="1"))
        await archive.close()

    asyncio.run(run())
    assert keeper.calls == ["1", "close", "abandon"]
    assert listener.told == []


def test_who_is_in_a_hurry_waits_no_more(make_exchange: Callable[..., Exchange]) -> None:
    keeper, listener = FullKeeper(failures=10**9), Listener()

    async def run() -> None:
        archive = patient(keeper, listener)
        listener.then = archive.hurry
        with pytest.raises(DiskFullError):
            await append(archive, make_exchange())
        await archive.close(abandon=True)

    asyncio.run(run())
    assert keeper.calls[-1] == "abandon"
    assert "close" not in keeper.calls


def test_to_abandon_it_ends_the_waiting(make_exchange: Callable[..., Exchange]) -> None:
    async def run() -> None:
        paused = asyncio.Event()
        archive = patient(FullKeeper(failures=10**9), Listener(paused.set))
        capture = await archive.append(make_exchange())
        await paused.wait()
        await archive.close(abandon=True)
        assert isinstance(capture.exception(), DiskFullError)

    asyncio.run(run())


def test_the_end_waits_for_room_too(make_exchange: Callable[..., Exchange]) -> None:
    keeper, listener = FullKeeper(), Listener()

    async def run() -> None:
        archive = patient(keeper, listener)
        await append(archive, make_exchange(url="1"))
        keeper.failures = 2
        await archive.close()

    asyncio.run(run())
    assert keeper.calls == ["1", "close", "close", "close", "abandon"]
    assert listener.told == [str(FULL), "resumed"]


def test_meanwhile_who_appends_much_waits(make_exchange: Callable[..., Exchange]) -> None:
    async def run() -> None:
        paused = asyncio.Event()
        keeper = FullKeeper(failures=10**9)
        archive = patient(keeper, Listener(paused.set), max_waiting_bytes=1)
        first = asyncio.create_task(append(archive, make_exchange(url="1")))
        await paused.wait()
        second = asyncio.create_task(append(archive, make_exchange(url="2")))
        for _ in range(5):
            await asyncio.sleep(0)
        assert archive.waiting_bytes == len(make_exchange().request + make_exchange().response)
        keeper.failures = 0
        await asyncio.gather(first, second)
        await archive.close()

    asyncio.run(run())


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EACCES])
def test_nothing_else_is_waited_for(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    monkeypatch: pytest.MonkeyPatch,
    code: int,
) -> None:
    listener = Listener()

    def fail(*_arguments: object) -> int:
        raise OSError(code, os.strerror(code))

    async def run() -> None:
        archive = patient(make_keeper(), listener)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", fail)
            with pytest.raises(DiskError, match=os.strerror(code)):
                await append(archive, make_exchange())
        await archive.close()

    asyncio.run(run())
    assert listener.told == []


def test_a_sync_is_never_tried_again(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the system could not write for want of room, it may have forgotten."""
    syncs = []
    listener = Listener()

    def fail(descriptor: int) -> None:
        syncs.append(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    async def run() -> None:
        archive = patient(make_keeper(), listener)
        await append(archive, make_exchange())
        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", fail)
            with pytest.raises(DiskError, match="No space left"):
                await archive.sync()
        with pytest.raises(DiskError, match="No space left"):
            await append(archive, make_exchange())
        with pytest.raises(DiskError, match="No space left"):
            await archive.close()

    asyncio.run(run())
    assert len(syncs) == 1
    assert listener.told == []


@pytest.mark.parametrize("max_bytes", [10**9, 1])
def test_on_a_real_disk_that_is_full(
    info: RunInfo,
    make_exchange: Callable[..., Exchange],
    small_disk: Path,
    max_bytes: int,
) -> None:
    """Files and indexes are made, grow and are closed while it is full again and again."""
    from crawler.archive.keeping import Keeper  # noqa: PLC0415 - its name is a type's elsewhere

    folder = small_disk / "warc"
    folder.mkdir()
    ballast = small_disk / "ballast"
    page = 4096

    def fill(but: int) -> None:
        ballast.write_bytes(bytes(max(free_bytes(small_disk) - but, 0)))

    async def run() -> list[Capture]:
        rotation = Rotation(max_bytes=max_bytes)
        listener = Listener(ballast.unlink)
        archive = patient(Keeper(folder, info, rotation=rotation), listener)
        captures = []
        for number in range(20):
            fill(page * (number % 4))
            noise = os.urandom(3000)
            captures.append(await append(archive, make_exchange(response=noise, is_http=False)))
            await archive.sync()
            ballast.unlink(missing_ok=True)
        fill(0)
        await archive.close()
        assert listener.told[::2]
        assert set(listener.told[1::2]) == {"resumed"}
        return captures

    captures = asyncio.run(run())
    files = {capture.file for capture in captures}
    found = [
        (record.file, record.offset)
        for name in sorted(files)
        for record in read_records(folder / name)
        if isinstance(record, Record) and record.kind in {"response", "resource"}
    ]
    assert found == [(capture.file, capture.offset) for capture in captures]
    assert {path.name for path in folder.glob("*.warc.gz*")} == files
    assert not list(verify_folder(folder))
