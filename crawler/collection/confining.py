"""A process that reads pages, held to what one page may take.

A page that hangs, in whatever language, ends the process by a timer of the system's; one that takes
too much memory is refused it.
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WAITING: Final = 10
"""How much longer a page may take that leaves the processor to others: a busy machine is slow."""
_M_TOP_PAD: Final = -2  # from malloc.h
_TOP_PAD_BYTES: Final = 16 * 1024 * 1024
_TIME_IS_UP: Final = frozenset({-signal.SIGPROF, -signal.SIGALRM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one page may take; 0 is no limit."""

    seconds: float = 10.0
    """Of processor time; ten times as many if it only waits."""
    memory_bytes: int = 1024**3
    """Beyond what the process has when it begins."""

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Have the process ended if the block takes longer."""
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds * _WAITING)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def cause(self, exitcode: int) -> str:
        """Return why a process that read a page ended with *exitcode*, negative for a signal."""
        if is_time_up(exitcode):
            most = self.seconds * (1 if exitcode == -signal.SIGPROF else _WAITING)
            return f"reading it takes more than {most:g} seconds"
        return f"reading it ends the process ({how_ended(exitcode)})"


def page_limits(settings: Mapping[str, Any]) -> Limits:
    """Return what a page may take by ``DOCSHELF_PAGE_SECONDS`` and ``DOCSHELF_PAGE_MEMORY``."""
    return Limits(
        seconds=float(settings["DOCSHELF_PAGE_SECONDS"]),
        memory_bytes=int(settings["DOCSHELF_PAGE_MEMORY"]),
    )


def how_ended(exitcode: int) -> str:
    """Return *exitcode* in words.

    >>> how_ended(1), how_ended(-9)
    ('exit code 1', 'SIGKILL')
    """
    return signal.Signals(-exitcode).name if exitcode < 0 else f"exit code {exitcode}"


def is_time_up(exitcode: int) -> bool:
    """Tell whether *exitcode* is that of a process whose page took too long."""
    return exitcode in _TIME_IS_UP


def confine(limits: Limits) -> None:
    """Hold this process, which does nothing but read pages, to the memory of *limits*.

    It leaves to its parent when it ends: signals that are sent to all are not for it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for timer in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(timer, signal.SIG_DFL)  # ends the process, whatever it is in
    logging.disable(logging.WARNING)  # of values that make no sense the records tell
    _keep_memory()
    if limits.memory_bytes:
        _limit_memory(limits.memory_bytes)


def _keep_memory() -> None:
    """Let the C library keep the memory of a page for the next, if it is one that can.

    By default glibc's gives it back to the system and asks for it again: a tenth of the time.
    """
    if (set_option := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        set_option(_M_TOP_PAD, _TOP_PAD_BYTES)


def _limit_memory(more_bytes: int) -> None:
    """Let this process take *more_bytes* than it has now, where the system tells what it has."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return
    most = pages * os.sysconf("SC_PAGE_SIZE") + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
