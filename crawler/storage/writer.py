"""What is to be kept, on its way into the store: in groups, by count and by age.

Only asyncio, no Scrapy.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_T = TypeVar("_T")
_R = TypeVar("_R")

BATCH_SECONDS: Final = 0.25
"""How old the first of a group may get before the group is kept."""


class Writer(Generic[_T, _R]):
    """Gathers what is put into groups, of which one at a time is kept.

    A group that fails ends it: the failure is told once, and nothing is kept any more.
    """

    def __init__(
        self,
        keep: Callable[[list[_T]], Awaitable[_R]],
        *,
        batch_size: int,
        batch_seconds: float = BATCH_SECONDS,
        on_kept: Callable[[list[_T], _R], None] = lambda _group, _result: None,
        on_failure: Callable[[BaseException], None] = lambda _failure: None,
    ) -> None:
        """*keep* makes a group durable, perhaps an empty one; *on_kept* hears what it returned."""
        self._keep = keep
        self._batch_size = batch_size
        self._batch_seconds = batch_seconds
        self._on_kept = on_kept
        self._on_failure = on_failure
        self._pending: list[_T] = []
        self._keeping: asyncio.Task[_R] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_wanted = False
        self.failure: BaseException | None = None
        """Why nothing is kept any more."""
        self.unkept = 0
        """How many were put and will not be kept."""

    def put(self, one: _T) -> None:
        """Take *one*, to be kept with its group: soon, and never before what was put earlier."""
        if self.failure is not None:
            self.unkept += 1
            return
        self._pending.append(one)
        if len(self._pending) >= self._batch_size:
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._batch_seconds, self._grow_old)

    def flush(self) -> None:
        """Keep what is there now, even if that is nothing; after the group under way, if any."""
        self._is_wanted = True
        if self._keeping is None and self.failure is None:
            self._begin()

    @property
    def is_idle(self) -> bool:
        """Whether everything is kept that ever will be."""
        return self._keeping is None and not self._pending

    @property
    def has_pending(self) -> bool:
        """Whether something waits for its group."""
        return bool(self._pending)

    async def close(self) -> None:
        """Return when all is kept, or it failed."""
        while not self.is_idle:
            if self._keeping is None:
                self._begin()
            else:
                await asyncio.wait({self._keeping})

    def _grow_old(self) -> None:
        self._timer = None
        self.flush()

    def _begin(self) -> None:
        self._is_wanted = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        group, self._pending = self._pending, []
        self._keeping = asyncio.ensure_future(self._run(group))
        self._keeping.add_done_callback(lambda keeping: self._end(group, keeping))

    async def _run(self, group: list[_T]) -> _R:
        return await self._keep(group)

    def _end(self, group: list[_T], keeping: asyncio.Task[_R]) -> None:
        self._keeping = None
        failure = keeping.exception()
        if failure is not None:
            self.failure = failure
            self.unkept += len(group) + len(self._pending)
            self._pending.clear()
            self._on_failure(failure)
            return
        self._on_kept(group, keeping.result())
        # What it brought about may have begun the next.
        if self._keeping is None and (self._is_wanted or len(self._pending) >= self._batch_size):
            self._begin()
