"""Run ``scrapy`` as it is, and end the process at an exact point of what it does to its files.

Usage: ``python -m tests.crash.launcher ARGUMENTS``, those of ``scrapy``. The environment says the
rest: ``CRASH_POINT=fsync:3:before`` is SIGKILL before the third time that something is synced,
``CRASH_TRACE=FILE`` takes down each point that is passed, ``CRASH_FILE_BYTES`` is the most that any
file may grow to, and ``CRASH_CLOCK`` how many seconds the clock is wrong: from SIGUSR1 on, as many
as a second number says.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import signal
import stat
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POINT: Final = "CRASH_POINT"
TRACE: Final = "CRASH_TRACE"
FILE_BYTES: Final = "CRASH_FILE_BYTES"
CLOCK: Final = "CRASH_CLOCK"

CALLS: Final = {
    "fsync": "fsync",
    "fdatasync": "fsync",
    "rename": "rename",
    "replace": "rename",
    "link": "link",
    "unlink": "unlink",
    "remove": "unlink",
    "truncate": "truncate",
    "ftruncate": "truncate",
    "open": "make",
    "write": "write",
}
"""The functions of ``os`` that are points, and the kind of each."""

_STREAMS: Final = 2


@dataclass(frozen=True, slots=True)
class Point:
    """The time, counted from one, that a thing of a *kind* is done in a process."""

    kind: str
    number: int
    side: str
    """``before`` it is done, ``after``, or half-way through a write: ``torn``."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}:{self.side}"

    @classmethod
    def parse(cls, text: str) -> Point:
        kind, number, side = text.split(":")
        return cls(kind, int(number), side)


def points(passed: Counter[str]) -> Iterator[Point]:
    """Yield every point of a process that passed so many of each kind."""
    for kind, count in sorted(passed.items()):
        sides = ("before", "torn", "after") if kind == "write" else ("before", "after")
        for number in range(1, count + 1):
            yield from (Point(kind, number, side) for side in sides)


class Faults:
    """What is to happen to this process."""

    def __init__(self, point: Point | None, trace: int | None) -> None:
        self._point = point
        self._trace = trace
        self._passed: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._write = os.write

    def install(self) -> None:
        """Watch all that this process does to its files and its database, from now on."""
        from sqlalchemy.engine.default import DefaultDialect  # noqa: PLC0415 - only where needed

        for name, kind in CALLS.items():
            setattr(os, name, self._watched(kind, getattr(os, name)))
        commit: Any = self._watched("commit", DefaultDialect.do_commit)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign]  # that is the point

    def _watched(self, kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it watches
            if not _counts(kind, args):
                return call(*args, **kwargs)
            side = self._side(kind)
            if side == "before":
                die()
            if side == "torn":
                call(args[0], args[1][: len(args[1]) // 2])
                die()
            result = call(*args, **kwargs)
            if side == "after":
                die()
            return result

        return watched

    def _side(self, kind: str) -> str | None:
        """Count a thing that is about to be done; return on which side of it to die, if any."""
        with self._lock:
            self._passed[kind] += 1
            number = self._passed[kind]
            if self._trace is not None:
                self._write(self._trace, f"{kind}\n".encode())
        point = self._point
        return point.side if point and (point.kind, point.number) == (kind, number) else None


def _counts(kind: str, args: tuple[Any, ...]) -> bool:
    """Tell whether a call changes a file: others open, and write, for quite other reasons."""
    if kind == "make":
        return len(args) > 1 and bool(args[1] & os.O_CREAT)
    if kind == "write":
        return args[0] > _STREAMS and stat.S_ISREG(os.fstat(args[0]).st_mode)
    return True


def shift_clock(told: str) -> None:
    """Let this process take the time to be later, as *told*; nothing may be imported before."""
    shifts = [float(seconds) for seconds in told.split(",")]
    true_time = time.time

    class Shifted(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return super().now(tz) + dt.timedelta(seconds=shifts[0])

        def __reduce_ex__(self, _protocol: object) -> tuple[object, ...]:
            return moment_of, (self.isoformat(),)  # for another process

    time.time = lambda: true_time() + shifts[0]
    dt.datetime = Shifted  # type: ignore[misc]  # for whoever imports it from now on
    signal.signal(signal.SIGUSR1, lambda *_: shifts.pop(0))


def moment_of(text: str) -> dt.datetime:
    """Return the moment that *text* names in ISO 8601."""
    return dt.datetime.fromisoformat(text)


def die() -> NoReturn:
    """End this process as the system does that is short of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody outlives SIGKILL")


def run(arguments: list[str]) -> NoReturn:
    """Run ``scrapy`` with *arguments* under the faults that the environment tells."""
    environ = os.environ
    if CLOCK in environ:
        shift_clock(environ[CLOCK])
    if FILE_BYTES in environ:
        most = int(environ[FILE_BYTES])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    if POINT in environ or TRACE in environ:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        trace = os.open(environ[TRACE], flags, 0o644) if TRACE in environ else None
        Faults(Point.parse(environ[POINT]) if POINT in environ else None, trace).install()
    from scrapy.cmdline import execute  # noqa: PLC0415 - after what it uses is watched

    sys.argv = ["scrapy", *arguments]
    execute()
    sys.exit(0)


if __name__ == "__main__":
    run(sys.argv[1:])
