"""Exchanges on their way into the archive: composed, packed and written on a thread of their own.

Only asyncio. Many are written, then synced at once, and only then does a database learn of them:
so the archive is never behind it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from crawler.errors import ArchiveError, DiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.archive.keeping import Capture, Keeper
    from crawler.archive.records import Earlier
    from crawler.exchange import Exchange

_T = TypeVar("_T")

MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
"""How much may wait for the disk before ``Archive.append`` waits too."""


@dataclass(frozen=True, slots=True)
class _Task(Generic[_T]):
    """Something for the thread to do, and what tells of it."""

    work: Callable[[], _T]
    future: asyncio.Future[_T]
    size: int = 0
    """How much waits to be written with it, in bytes."""


class Archive:
    """The way from an event loop into a ``Keeper``, which it owns, in the order of the calls."""

    def __init__(
        self,
        keeper: Keeper,
        *,
        recall: Callable[[str], Sequence[Earlier]] = lambda _url: (),
        max_waiting_bytes: int = MAX_WAITING_BYTES,
    ) -> None:
        """*recall* returns the earlier captures of an address, the newest last.

        It is called on the archive's thread.
        """
        self._keeper = keeper
        self._recall = recall
        self._max_waiting_bytes = max_waiting_bytes
        self.waiting_bytes = 0
        """How much was appended and is not written yet, in bytes."""
        self._tasks: list[_Task[Any]] = []
        self._running: asyncio.Future[list[Any]] | None = None
        self._closed = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="docshelf-archive")

    async def append(self, exchange: Exchange) -> asyncio.Future[Capture]:
        """Take *exchange* to be written, waiting for room while much waits already.

        An answer that repeats an earlier one is kept as a revisit. The future tells where it is;
        it is done after the next ``sync`` at the latest, and may not be on the disk before. It
        fails with ``DiskError`` if the exchange cannot be written; then nothing of it stays.
        """
        self._raise_closed()
        while self.waiting_bytes >= self._max_waiting_bytes and self._running:
            await asyncio.wait({self._running})
        size = len(exchange.request) + len(exchange.response)
        return self._put(lambda: self._write(exchange), size)

    async def sync(self) -> None:
        """Return when all that was appended before is on the disk.

        Raises ``DiskError``; then what was written since the last sync is not to be relied on,
        and nothing more can be written.
        """
        self._raise_closed()
        await self._put(self._keeper.sync)

    def committed(self, counts: Mapping[str, int]) -> None:
        """Tell that a database knows so many more captures of each file now; see ``Keeper``."""
        self._raise_closed()
        told = dict(counts)
        self._put(lambda: self._keeper.committed(told))

    async def close(self, *, abandon: bool = False) -> None:
        """Write what waits, close the files, let the thread go. Raises ``DiskError``.

        To *abandon* the files is to leave them open, all of them, for a recovery to look into:
        a database did not take what it was told of.
        """
        self._closed = True
        while self._running:
            await asyncio.wait({self._running})
        end = self._keeper.abandon if abandon else self._keeper.close
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, end)
        finally:
            self._thread.shutdown()

    def _raise_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the archive is closed")

    def _put(self, work: Callable[[], _T], size: int = 0) -> asyncio.Future[_T]:
        future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._tasks.append(_Task(work, future, size))
        self.waiting_bytes += size
        if self._running is None:
            self._run()
        return future

    def _write(self, exchange: Exchange) -> Capture:
        return self._keeper.write(exchange, self._recall(exchange.url))

    def _run(self) -> None:
        """Have the thread do all that waits; the end of it sees to what came meanwhile."""
        tasks, self._tasks = self._tasks, []
        loop = asyncio.get_running_loop()
        self._running = loop.run_in_executor(self._thread, self._do, tasks)
        self._running.add_done_callback(lambda run: self._end(run, tasks))

    def _end(self, run: asyncio.Future[list[Any]], tasks: list[_Task[Any]]) -> None:
        self._running = None
        self.waiting_bytes -= sum(task.size for task in tasks)
        bug = run.exception()
        outcomes = [bug] * len(tasks) if bug is not None else run.result()
        for task, outcome in zip(tasks, outcomes, strict=True):
            if task.future.done():  # who waited for it was cancelled
                continue
            if isinstance(outcome, BaseException):
                task.future.set_exception(outcome)
            else:
                task.future.set_result(outcome)
        if self._tasks:
            self._run()

    def _do(self, tasks: list[_Task[Any]]) -> list[Any]:
        outcomes: list[Any] = []
        for task in tasks:
            try:
                outcomes.append(task.work())
            except (DiskError, ArchiveError) as error:
                outcomes.append(error)
        return outcomes
