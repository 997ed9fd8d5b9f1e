"""Exchanges on their way into the archive: composed, packed and written on a thread of their own.

Only asyncio. Many are written, then synced at once, and only then does a database learn of them:
so the archive is never behind it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from crawler.errors import ArchiveError, DiskError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.archive.keeping import Capture, Keeper
    from crawler.archive.records import Earlier
    from crawler.exchange import Exchange

_T = TypeVar("_T")

MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
"""How much may wait for the disk before ``Archive.append`` waits too."""

RETRY_SECONDS: Final = 1.0
"""How long room on the disk is waited for before it is tried again."""


@dataclass(frozen=True, slots=True)
class _Task(Generic[_T]):
    """Something for the thread to do, and what tells of it."""

    work: Callable[[], _T]
    future: asyncio.Future[_T]
    size: int = 0
    """How much waits to be written with it, in bytes."""


class Archive:
    """The way from an event loop into a ``Keeper``, which it owns, in the order of the calls."""

    def __init__(  # noqa: PLR0913 - how it waits, each by name
        self,
        keeper: Keeper,
        *,
        recall: Callable[[str], Sequence[Earlier]] = lambda _url: (),
        max_waiting_bytes: int = MAX_WAITING_BYTES,
        patience_seconds: float = 0.0,
        on_pause: Callable[[str], None] = lambda _reason: None,
        on_resume: Callable[[], None] = lambda: None,
    ) -> None:
        """*recall* returns the earlier captures of an address, the newest last.

        It is called on the archive's thread. While there is no room on the disk all waits, and
        what was to be written is tried again and again for *patience_seconds*; *on_pause* is told
        why, once, and *on_resume* when it goes on. Then what cannot be written fails at once.
        """
        self._keeper = keeper
        self._recall = recall
        self._patience_seconds = patience_seconds
        self._on_pause = on_pause
        self._on_resume = on_resume
        self._is_paused = False
        self._hurry = threading.Event()
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
        a database did not take what it was told of. Room is then waited for no more.
        """
        self._closed = True
        if abandon:
            self.hurry()
        while self._running:
            await asyncio.wait({self._running})
        loop = asyncio.get_running_loop()
        try:
            if not abandon:
                close = partial(self._patiently, loop, self._keeper.close)
                await loop.run_in_executor(self._thread, close)
        finally:
            await loop.run_in_executor(self._thread, self._keeper.abandon)
            self._thread.shutdown()

    def hurry(self) -> None:
        """Wait for room no more: from now on, what cannot be written fails at once."""
        self._hurry.set()

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
        self._running = loop.run_in_executor(self._thread, self._do, loop, tasks)
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

    def _do(self, loop: asyncio.AbstractEventLoop, tasks: list[_Task[Any]]) -> list[Any]:
        outcomes: list[Any] = []
        for task in tasks:
            try:
                outcomes.append(self._patiently(loop, task.work))
            except (DiskError, ArchiveError) as error:
                outcomes.append(error)
        return outcomes

    def _patiently(self, loop: asyncio.AbstractEventLoop, work: Callable[[], _T]) -> _T:
        """Return *work* done, if need be when there is room again; the thread waits for that."""
        deadline: float | None = None
        while True:
            try:
                outcome = work()
            except DiskFullError as error:
                now = time.monotonic()
                deadline = deadline or now + self._patience_seconds
                if self._hurry.is_set() or now >= deadline:
                    self._hurry.set()
                    raise
                if not self._is_paused:
                    self._is_paused = True
                    loop.call_soon_threadsafe(self._on_pause, str(error))
                self._hurry.wait(min(RETRY_SECONDS, self._patience_seconds))
            else:
                if self._is_paused:
                    self._is_paused = False
                    loop.call_soon_threadsafe(self._on_resume)
                return outcome
