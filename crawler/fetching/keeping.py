"""Units into the database: in groups, on a thread of their own, each with the next leases.

The archive is synced before, so that the database never says what the disk does not have.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from crawler.archive.room import RoomWatch
from crawler.errors import DiskError, StorageError
from crawler.fetching import steady
from crawler.fetching.recovery import kept_in
from crawler.storage import archive_folder, frontier, traces
from crawler.storage.tables import Kind
from crawler.storage.units import keep_units
from crawler.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from scrapy.settings import BaseSettings
    from sqlalchemy import Connection

    from crawler.fetching.archiving import Archiving
    from crawler.fetching.recovery import Begun
    from crawler.fetching.units import Unit
    from crawler.storage import Counts
    from crawler.storage.pages import Supply
    from crawler.storage.units import UnitRows

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_FEWEST: Final = 64
_MOST: Final = 1024
"""How many pages may be leased at once, at least and at most; a slow crawl needs few."""
_ROOM_SECONDS: Final = 1.0


class Kept(NamedTuple):
    """What became of a group of units, and what is to be asked next."""

    counts: Counts
    supply: Supply
    has_more: bool
    """Whether more may be due."""


class Rest(NamedTuple):
    """How a crawl stands when a run ends."""

    waiting: int
    """Pages that wait for their moment."""
    has_read: bool
    """Whether a document was read in this pass."""


class Keeping:
    """Keeps the units of a crawl, and leases its pages; both in one transaction."""

    def __init__(  # noqa: PLR0913 - what it stands on, and whom it tells, each by name
        self,
        settings: BaseSettings,
        begun: Begun,
        archiving: Archiving | None,
        *,
        nearest: bool,
        on_kept: Callable[[Sequence[Unit], Kept], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        """*nearest* has the shortest way to a page count."""
        self._begun = begun
        self._archiving = archiving
        self._nearest = nearest
        self._on_kept = on_kept
        self._disk_seconds = settings.getfloat("DOCSHELF_DISK_PATIENCE")
        self._room = RoomWatch(kept_in(settings), settings.getint("DOCSHELF_MIN_FREE"))
        self._fewest = max(_FEWEST, 4 * settings.getint("CONCURRENT_REQUESTS"))
        self._capacity = self._fewest
        self._leased: set[int] = set()
        self._folder = archive_folder(settings)
        self._files: set[str] = set()
        """The files with captures that the database knows, as long as they are open."""
        self._is_closing = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="docshelf-writer")
        self.writer: Writer[Unit, Kept] = Writer(
            self._keep,
            batch_size=settings.getint("DOCSHELF_BATCH_SIZE"),
            batch_seconds=settings.getfloat("DOCSHELF_BATCH_SECONDS"),
            on_kept=self._take_down,
            on_failure=on_failure,
        )

    async def close(
        self, is_document: Callable[[str], bool], *, is_over: bool, resumes_at: datetime | None
    ) -> Rest:
        """Keep what is left, let the site go, and say how the crawl stands.

        *is_document* tells an address, *is_over* that nothing is left to be asked in this pass,
        *resumes_at* when the site wants to be asked again. Raise ``StorageError`` if that cannot
        be kept.
        """
        self._is_closing = True
        await self.writer.close()
        try:
            if self.writer.failure is not None:
                return Rest(0, has_read=False)
            return await self._run(lambda: self._conclude(is_document, resumes_at, is_over=is_over))
        finally:
            if self._archiving is not None:
                await self._archiving.close(abandon=self.writer.failure is not None)
            await self._run(self._leave)
            self._thread.shutdown()

    async def _keep(self, units: Sequence[Unit]) -> Kept:
        if self._archiving is not None:
            await self._archiving.sync()
        rows = [unit.rows() for unit in units]
        leased = self._leased - {unit.lease.id for unit in units if unit.lease is not None}
        # Enough for a few groups like this one.
        self._capacity = max(min(4 * len(units), _MOST), self._capacity // 2, self._fewest)
        count = 0 if self._is_closing else max(self._capacity - len(leased), 0)
        return await self._run(lambda: self._commit(rows, leased, count))

    def _wait_for_room(self) -> None:
        """Wait until the disks have as much room as they shall. Raise ``DiskError``."""
        deadline = time.monotonic() + self._disk_seconds
        is_told = False
        while (problem := self._room.problem()) is not None:
            if time.monotonic() >= deadline:
                raise DiskError(problem)
            if not is_told:
                is_told = True
                logger.warning(
                    "waiting for room, up to %g seconds: %s", self._disk_seconds, problem
                )
            time.sleep(min(_ROOM_SECONDS, self._disk_seconds))
        if is_told:
            logger.warning("there is room again: going on")

    def _commit(self, units: Sequence[UnitRows], leased: set[int], count: int) -> Kept:
        begun = self._begun
        self._wait_for_room()
        self._note_files(one.file for unit in units for one in unit.captures)
        is_retry = False

        def work(connection: Connection) -> Kept:
            nonlocal is_retry
            if is_retry:  # the last transaction may have been over, and its answer lost
                frontier.release(connection, begun.crawl.site, leased)
            is_retry = True
            counts = keep_units(connection, begun.crawl, units, nearest=self._nearest)
            now = steady.now()
            traces.note(connection, begun.crawl, now, self._files)
            supply = frontier.supply(
                connection,
                begun.crawl,
                begun.seeds,
                now,
                count,
                nearest=self._nearest,
            )
            return Kept(counts, supply, has_more=len(supply.leases) == count)

        return begun.store.write(work)

    def _take_down(self, units: Sequence[Unit], kept: Kept) -> None:
        self._begun = self._begun._replace(crawl=kept.supply.crawl)
        self._leased.difference_update(unit.lease.id for unit in units if unit.lease is not None)
        self._leased.update(lease.id for lease in kept.supply.leases)
        if self._archiving is not None:
            self._archiving.committed(units)
        self._on_kept(units, kept)

    def _conclude(
        self, is_document: Callable[[str], bool], resumes_at: datetime | None, *, is_over: bool
    ) -> Rest:
        begun, now = self._begun, steady.now()

        def work(connection: Connection) -> Rest:
            frontier.release(connection, begun.crawl.site)
            crawl = frontier.hold_back(connection, begun.crawl, resumes_at)
            if is_over:
                frontier.end_pass(connection, crawl, now)
            done = frontier.done(connection, crawl)
            has_read = any(kind == Kind.DOCUMENT or is_document(url) for kind, url in done)
            return Rest(frontier.waiting(connection, crawl), has_read)

        return begun.store.write(work)

    def _note_files(self, names: Iterable[str]) -> None:
        """Take down that there are *names* among the files, and that some may be closed."""
        self._files = {
            name for name in self._files.union(names) if not (self._folder / name).exists()
        }

    def _leave(self) -> None:
        """Tell the next run what files are still open, and let the database go."""
        begun, was_open = self._begun, bool(self._files)
        self._note_files(())
        try:
            if was_open and self.writer.failure is None:
                begun.store.write(
                    lambda one: traces.note(one, begun.crawl, steady.now(), self._files)
                )
        except StorageError as error:  # all is kept: the next run finds that they are closed
            logger.warning("%s", error)
        finally:
            begun.store.close()

    async def _run(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
