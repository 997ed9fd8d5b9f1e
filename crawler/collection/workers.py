"""Processes that read pieces of the archive, and are put an end to when a page is too much.

A page that hangs, in whatever language, ends its process by a timer of the system's; one that
takes too much memory is refused it. Another process goes on, and leaves that page out.
"""

from __future__ import annotations

import multiprocessing
import struct
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final, Self

from crawler.collection.confining import confine
from crawler.collection.piecework import Outcome, Trouble
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from ctypes import Array, c_char
    from multiprocessing.context import ForkServerProcess
    from types import TracebackType

    from crawler.collection.confining import Limits
    from crawler.collection.piecework import Job, Key, Task

_AHEAD: Final = 2
"""How many tasks a worker has: one under way, and one to go on with."""
_WINDOW: Final = 8
"""How many tasks a worker may be ahead of the first that is not done."""
_TRIES: Final = 3
"""How many workers may die over a task, none of them over a page."""
_SLOT: Final = struct.Struct("<BqqHH")
_SLOT_BYTES: Final = 4096
_TICK: Final = 0.25


@dataclass(slots=True)
class Assignment:
    """A task on its way."""

    task: Task
    outcome: Outcome | None = None
    skipped: set[Key] = field(default_factory=set)
    cut_off: list[Trouble] = field(default_factory=list)
    deaths: int = 0


class Pool:
    """Workers, as many as asked for; they end with the block."""

    def __init__(
        self, job: Job, workers: int, limits: Limits, on_tick: Callable[[], None] = lambda: None
    ) -> None:
        self._context = multiprocessing.get_context("forkserver")
        modules = [kind.__module__ for kind in job.sites.kinds]
        self._context.set_forkserver_preload([__name__, *modules])
        self._job = job
        self._limits = limits
        self._count = workers
        self._on_tick = on_tick
        self._workers: list[_Worker] = []
        self._back: deque[Assignment] = deque()

    def __enter__(self) -> Self:
        self._workers = [self._worker() for _ in range(self._count)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.end()

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Yield what becomes of *tasks*, in their order.

        Raises ``ArchiveError`` if a file cannot be read at all.
        """
        waiting = iter(tasks)
        under_way: deque[Assignment] = deque()
        while True:
            self._hand_out(waiting, under_way)
            if not under_way:
                return
            if (outcome := under_way[0].outcome) is not None:
                yield under_way.popleft().task, outcome
            else:
                self._listen()

    def repeat(self, task: Task) -> Outcome:
        """Return what becomes of *task*, before anything that waits."""
        assignment = Assignment(task)
        self._back.append(assignment)
        while assignment.outcome is None:
            self._hand_out(iter(()), deque())
            self._listen()
        return assignment.outcome

    def _hand_out(self, waiting: Iterator[Task], under_way: deque[Assignment]) -> None:
        """Give the workers what was given back, then what is *waiting*, as far as may be."""
        while (worker := min(self._workers, key=lambda one: len(one.tasks))).has_room:
            if self._back:
                worker.give(self._back.popleft())
                continue
            if len(under_way) >= _WINDOW * self._count:
                return
            task = next(waiting, None)
            if task is None:
                return
            under_way.append(Assignment(task))
            worker.give(under_way[-1])

    def _listen(self) -> None:
        """Wait until a worker says something, or a little while."""
        by_connection = {worker.connection: worker for worker in self._workers}
        for ready in wait(list(by_connection), _TICK):
            worker = by_connection[ready]  # type: ignore[index]  # wait() gives back what it gets
            if not worker.hear():
                self._workers[self._workers.index(worker)] = self._worker()
                self._back.extendleft(reversed(worker.bury()))
        self._on_tick()

    def _worker(self) -> _Worker:
        return _Worker(self._context, self._job, self._limits)


class _Worker:
    """A worker, seen from outside."""

    def __init__(
        self, context: multiprocessing.context.ForkServerContext, job: Job, limits: Limits
    ) -> None:
        self._limits = limits
        self._slot = context.RawArray("c", _SLOT_BYTES)
        self.connection, theirs = context.Pipe()
        self.tasks: deque[Assignment] = deque()
        self._process: ForkServerProcess = context.Process(
            target=_serve, args=(theirs, self._slot, job, limits), daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def has_room(self) -> bool:
        return len(self.tasks) < _AHEAD

    def give(self, assignment: Assignment) -> None:
        self.tasks.append(assignment)
        try:
            self.connection.send((assignment.task, frozenset(assignment.skipped)))
        except OSError:  # it is dead: its last words are heard next
            return

    def hear(self) -> bool:
        """Take what it says; ``False`` if it is dead. Raises ``ArchiveError`` if it says so."""
        try:
            said = self.connection.recv()
        except (EOFError, OSError):
            return False
        if isinstance(said, ArchiveError):
            raise said
        assignment = self.tasks.popleft()
        said.cut_off[:0] = assignment.cut_off
        assignment.outcome = said
        return True

    def bury(self) -> list[Assignment]:
        """Return the tasks that it leaves; the page that it died over is left out of them."""
        self.connection.close()
        self._process.join()
        if self.tasks:
            first = self.tasks[0]
            told = _read_slot(self._slot)
            if told is None:
                first.deaths += 1
                if first.deaths >= _TRIES:
                    raise ArchiveError(f"{first.task}: cannot be read: {self._cause()}")
            else:
                (file, offset, number), url = told
                first.skipped.add((file, offset, number))
                first.cut_off.append(Trouble(file=file, offset=offset, url=url, what=self._cause()))
        return list(self.tasks)

    def end(self) -> None:
        self.connection.close()
        self._process.kill()
        self._process.join()

    def _cause(self) -> str:
        return self._limits.cause(self._process.exitcode or 0)


def _serve(connection: Connection, slot: Array[c_char], job: Job, limits: Limits) -> None:
    """Do tasks until nobody asks for more."""
    confine(limits)
    watch = _Watch(slot, limits)
    while True:
        try:
            task, skipped = connection.recv()
            try:
                said: Any = task.run(job, watch, skipped)
            except ArchiveError as error:
                said = error
            connection.send(said)
        except (EOFError, OSError):
            return


class _Watch:
    """Writes down which record is being read, and has the process ended when that lasts."""

    def __init__(self, slot: Array[c_char], limits: Limits) -> None:
        self._slot = memoryview(slot).cast("B")
        self._limits = limits

    @contextmanager
    def __call__(self, key: Key, url: str) -> Iterator[None]:
        file, offset, number = key
        texts = file.encode()[:1024], url.encode("utf-8", "replace")[:2048]
        end = _SLOT.size
        for text in texts:
            self._slot[end : end + len(text)] = text
            end += len(text)
        _SLOT.pack_into(self._slot, 0, 1, offset, number, *map(len, texts))
        try:
            with self._limits.timed():
                yield
        finally:
            self._slot[0] = 0


def _read_slot(slot: Array[c_char]) -> tuple[Key, str] | None:
    data = bytes(memoryview(slot).cast("B"))
    is_reading, offset, number, file_length, url_length = _SLOT.unpack_from(data)
    if not is_reading:
        return None
    at = _SLOT.size
    file = data[at : at + file_length].decode("utf-8", "replace")
    url = data[at + file_length : at + file_length + url_length].decode("utf-8", "replace")
    return (file, offset, number), url
