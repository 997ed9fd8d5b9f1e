"""Units into a real database, each group with the next leases."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from scrapy.settings import Settings
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from crawler.errors import DiskError, StorageError
from crawler.fetching import keeping as keeping_module
from crawler.fetching.keeping import Keeping, Kept
from crawler.fetching.recovery import Begun
from crawler.fetching.units import Pending, Unit
from crawler.storage import database_url as to_url
from crawler.storage import frontier, open_store
from crawler.storage.pages import Found, Settled, page_hash
from crawler.storage.tables import CRAWLS, PAGES, Kind, State

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from crawler.fetching.archiving import Archiving
    from crawler.items import Document
    from crawler.storage import Store
    from crawler.storage.pages import Lease

NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
FEWEST: Final = 64


class Archive:
    """As much of an archive as is seen of it here."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.failure: Exception | None = None

    async def sync(self) -> None:
        self.log.append("sync")
        if self.failure is not None:
            raise self.failure

    def committed(self, units: Sequence[Unit]) -> None:
        self.log.append(f"committed {len(units)}")

    async def close(self, *, abandon: bool) -> None:
        self.log.append("abandon" if abandon else "close")


class Crawl:
    """A crawl of as many documents as one likes, and all that is told of it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.archive = Archive()
        self.kept: list[Kept] = []
        self.units: list[Unit] = []
        self.failures: list[BaseException] = []
        crawl = store.write(lambda one: frontier.open_crawl(one, "wenku365", "k", {}, NOW))
        settings = Settings()
        settings.setmodule("crawler.settings")
        told = {
            "DOCSHELF_DATA": str(folder),
            "DOCSHELF_DATABASE_URL": "",
            "DOCSHELF_BATCH_SECONDS": 3600,
            "DOCSHELF_DISK_PATIENCE": 0.02,
            "CONCURRENT_REQUESTS": 1,
        }
        settings.update(told, priority="cmdline")
        self._told = (settings, Begun(store, crawl, places), cast("Archiving", self.archive))

    def begin(self) -> Keeping:
        settings, begun, archiving = self._told
        return Keeping(
            settings,
            begun,
            archiving,
            nearest=False,
            on_kept=self.hear,
            on_failure=self.failures.append,
        )

    def hear(self, units: Sequence[Unit], kept: Kept) -> None:
        self.units += units
        self.kept.append(kept)

    @property
    def leases(self) -> list[Lease]:
        return [lease for kept in self.kept for lease in kept.supply.leases]

    def states(self) -> dict[str, str]:
        query = select(PAGES.c.url, PAGES.c.state)
        with self.store.reading() as connection:
            return {row.url: row.state for row in connection.execute(query)}

    def leased(self) -> set[str]:
        return {url for url, state in self.states().items() if state == State.LEASED}

    def row(self) -> Any:  # noqa: ANN401 - a row
        with self.store.reading() as connection:
            return connection.execute(CRAWLS.select()).mappings().one()


def places(start: int, count: int) -> list[Found]:
    urls = [
        f"https://www.wenku365.com/p-{number:08}.html" for number in range(start, start + count)
    ]
    return [Found(url, page_hash(url), Kind.SEED, 0, 0) for url in urls]


@pytest.fixture
def crawl(database_url: str, tmp_path: Path) -> Iterator[Crawl]:
    with open_store(to_url({"DOCSHELF_DATABASE_URL": database_url}), wait_seconds=30) as store:
        yield Crawl(store, tmp_path / "data")


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(main(), 60))


async def flush(keeping: Keeping) -> None:
    """Return when all that was put is kept, or it failed."""
    keeping.writer.flush()
    await keeping.writer.close()  # which may be given more


async def close(keeping: Keeping, *, is_over: bool = False) -> keeping_module.Rest:
    return await keeping.close(lambda _url: False, is_over=is_over, resumes_at=None)


def done(lease: Lease) -> Unit:
    unit = Unit(lease)
    unit.settled = Settled(lease.id, State.DONE)
    return unit


def test_pages_are_leased_with_each_group(crawl: Crawl) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        (first,) = crawl.kept
        assert len(first.supply.leases) == FEWEST
        assert first.has_more
        assert crawl.leased() == {lease.url for lease in first.supply.leases}
        for lease in first.supply.leases[:10]:
            keeping.writer.put(done(lease))
        await flush(keeping)
        assert len(crawl.kept[1].supply.leases) == 10
        assert [unit.lease for unit in crawl.units] == first.supply.leases[:10]
        assert len({lease.id for lease in crawl.leases}) == FEWEST + 10
        await close(keeping)

    run(main)


def test_a_quick_crawl_leases_more_and_a_slow_one_less_again(crawl: Crawl) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        counts = [len(crawl.leased())]
        for count in (64, 200, 800, 900, 0, 0, 0, 0, 0):
            for lease in list(crawl.leases)[len(crawl.units) :][:count]:
                keeping.writer.put(done(lease))
            await flush(keeping)
            counts.append(len(crawl.leased()))
        assert max(counts) == 1024
        assert counts[:3] == [64, 256, 800]
        await close(keeping)

    run(main)


def test_what_is_leased_while_an_answer_is_lost_is_no_orphan(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction was over, and the server went away before it could say so."""

    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        attempt, losses = crawl.store._attempt, [1]  # noqa: SLF001 - where the answer is lost

        def lose(work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - as it has it
            result = attempt(work)
            if losses:
                losses.pop()
                error = sqlite3.OperationalError("lost")
                error.sqlite_errorname = "SQLITE_BUSY"
                raise OperationalError("COMMIT", None, error)
            return result

        monkeypatch.setattr(crawl.store, "_attempt", lose)
        first = crawl.leases
        for lease in first[:10]:
            keeping.writer.put(done(lease))
        await flush(keeping)
        assert not losses
        assert not crawl.failures
        in_hand = {lease.url for lease in crawl.leases} - {lease.url for lease in first[:10]}
        assert crawl.leased() == in_hand
        assert len(in_hand) == FEWEST
        assert {crawl.states()[lease.url] for lease in first[:10]} == {State.DONE}
        await close(keeping)
        assert crawl.leased() == set()

    run(main)


def test_the_archive_is_synced_before_and_told_after(crawl: Crawl) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        keeping.writer.put(done(crawl.leases[0]))
        await close(keeping)

    run(main)
    assert crawl.archive.log == ["sync", "committed 0", "sync", "committed 1", "close"]


def test_nothing_is_committed_that_could_not_be_synced(
    crawl: Crawl, make_document: Callable[..., Document]
) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        crawl.archive.failure = DiskError("the disk is full")
        unit = done(crawl.leases[0])
        unit.documents.append(make_document())
        keeping.writer.put(unit)
        assert await close(keeping, is_over=True) == (0, False)

    run(main)
    assert crawl.failures == [crawl.archive.failure]
    assert list(crawl.store.documents()) == []
    assert len(crawl.leased()) == FEWEST  # the next run makes them due
    assert crawl.row()["ended_at"] is None
    assert crawl.archive.log[-1] == "abandon"


def test_nothing_is_committed_of_an_answer_that_was_not_written(
    crawl: Crawl, make_document: Callable[..., Document]
) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        capture: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        capture.set_exception(DiskError("the disk is full"))
        bad, good = map(done, crawl.leases[:2])
        bad.captures.append(Pending(capture, "wenku365", "document"))
        good.documents.append(make_document())
        keeping.writer.put(good)
        keeping.writer.put(bad)
        await close(keeping)

    run(main)
    assert [str(failure) for failure in crawl.failures] == ["the disk is full"]
    assert list(crawl.store.documents()) == []


class Disk:
    """A disk without room, for so many looks at it."""

    def __init__(self, looks: float) -> None:
        self._looks = looks

    def problem(self) -> str | None:
        self._looks -= 1
        return "the disk of data has 1 byte left" if self._looks >= 0 else None


def test_room_is_waited_for_and_it_is_said_once(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        monkeypatch.setattr(keeping, "_room", Disk(3))
        monkeypatch.setattr(keeping, "_disk_seconds", 60)
        monkeypatch.setattr(keeping_module, "_ROOM_SECONDS", 0.001)
        await flush(keeping)
        await close(keeping)

    run(main)
    assert len(crawl.leases) == FEWEST
    assert caplog.messages == [
        "waiting for room, up to 60 seconds: the disk of data has 1 byte left",
        "there is room again: going on",
    ]


def test_no_room_ends_the_crawl(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        monkeypatch.setattr(keeping, "_room", Disk(float("inf")))
        await flush(keeping)
        await close(keeping)

    run(main)
    (failure,) = crawl.failures
    assert isinstance(failure, DiskError)
    assert str(failure) == "the disk of data has 1 byte left"
    assert crawl.states() == {}


def test_the_end_leaves_nothing_leased_and_leases_nothing(crawl: Crawl) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        keeping.writer.put(done(crawl.leases[0]))
        waits = Unit(crawl.leases[1])
        waits.settled = Settled(crawl.leases[1].id, State.DUE, "http_503", 1, NOW + HOUR)
        keeping.writer.put(waits)
        rest = await keeping.close(
            lambda url: url == crawl.leases[0].url, is_over=True, resumes_at=NOW + HOUR
        )
        assert rest == (1, True)

    run(main)
    assert crawl.kept[-1].supply.leases == []
    assert crawl.leased() == set()
    row = crawl.row()
    assert row["ended_at"] is not None
    assert row["resumes_at"] == NOW + HOUR


def test_a_pass_that_is_not_over_has_no_end(crawl: Crawl) -> None:
    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        assert await close(keeping) == (0, False)

    run(main)
    assert crawl.row()["ended_at"] is None


def test_a_database_that_fails_at_the_end_is_told(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageError("gone")

    async def main() -> None:
        keeping = crawl.begin()
        await flush(keeping)
        monkeypatch.setattr(frontier, "hold_back", fail)
        with pytest.raises(StorageError, match="gone"):
            await close(keeping, is_over=True)
        monkeypatch.undo()

    run(main)
    assert crawl.archive.log[-1] == "close"  # all that it knows is in the database
    assert len(crawl.leased()) == FEWEST
