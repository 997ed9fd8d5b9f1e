"""Documents on their way into the store: in groups, on a thread of their own.

Only asyncio, no Scrapy. All but the commits happens on the event loop's thread.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from crawler.errors import StorageError
from crawler.storage.store import BATCH, Counts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from crawler.items import Document
    from crawler.storage.captures import CaptureRow
    from crawler.storage.store import Store

BATCH_SECONDS: Final = 0.25
"""How old the first document of a group may get before the group is committed."""


class Writer:
    """A bounded way into a store, which it owns: groups are committed by count and by age.

    A commit that fails ends it: the failure is told to *on_failure* once and raised by every
    later ``put`` and by ``close``; ``unstored`` counts what was put and not kept.
    """

    def __init__(  # noqa: PLR0913 - what happens beside, each by name
        self,
        store: Store,
        *,
        batch_size: int = BATCH,
        batch_seconds: float = BATCH_SECONDS,
        on_commit: Callable[[Counts], None] = lambda _counts: None,
        on_failure: Callable[[BaseException], None] = lambda _failure: None,
        before_commit: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.unstored = 0
        self._store = store
        self._batch_size = batch_size
        self._batch_seconds = batch_seconds
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._before_commit = before_commit
        self._pending: list[Document] = []
        self._captures: list[Callable[[], CaptureRow]] = []
        self._committing: asyncio.Future[Counts] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._failure: BaseException | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="docshelf-writer")

    def note(self, capture: Callable[[], CaptureRow]) -> None:
        """Take a capture, to be kept with the next group of documents, or soon without one.

        It is asked for when *before_commit* is over; what it raises fails the commit.
        """
        if self._failure is None:
            self._captures.append(capture)
            self._wait_for_company()

    async def put(
        self, document: Document, capture: Callable[[], CaptureRow] | None = None
    ) -> None:
        """Take *document*, waiting for room while a whole group waits behind a commit.

        It is kept with the *capture* that it was read from. Raises the ``StorageError`` of a
        commit that failed.
        """
        while self._committing and len(self._pending) >= self._batch_size:
            await asyncio.wait({self._committing})
        if self._failure is not None:
            self.unstored += 1
            raise StorageError(str(self._failure)) from self._failure
        self._pending.append(document)
        if capture is not None:
            self._captures.append(capture)
        self._wait_for_company()

    async def close(self) -> None:
        """Commit what is left and close the store. Raises as ``put`` does."""
        self._commit()
        while self._committing:
            await asyncio.wait({self._committing})
            self._commit()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._store.close)
        self._thread.shutdown()
        if self._failure is not None:
            raise StorageError(str(self._failure)) from self._failure

    def _wait_for_company(self) -> None:
        if max(len(self._pending), len(self._captures)) >= self._batch_size:
            self._commit()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._batch_seconds, self._grow_old)

    def _grow_old(self) -> None:
        self._timer = None
        self._commit()

    def _commit(self) -> None:
        """Commit what is pending, unless a commit is under way: its end sees to the next."""
        if self._committing or not (self._pending or self._captures):
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        group, self._pending = self._pending, []
        captures, self._captures = self._captures, []
        self._committing = asyncio.ensure_future(self._keep(group, captures))
        self._committing.add_done_callback(lambda commit: self._end(commit, len(group)))

    async def _keep(
        self, group: list[Document], captures: list[Callable[[], CaptureRow]]
    ) -> Counts:
        if self._before_commit is not None:
            await self._before_commit()
        return await asyncio.get_running_loop().run_in_executor(
            self._thread,
            lambda: self._store.upsert(group, [capture() for capture in captures]),
        )

    def _end(self, commit: asyncio.Future[Counts], size: int) -> None:
        self._committing = None
        failure = commit.exception()
        if failure is None:
            self._on_commit(commit.result())
            if self._timer is None or len(self._pending) >= self._batch_size:
                self._commit()
            return
        self.unstored += size + len(self._pending)
        self._pending.clear()
        self._captures.clear()
        self._failure = failure
        self._on_failure(failure)
