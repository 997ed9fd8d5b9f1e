"""How a process that reads pages begins."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from crawler.fetching.reading.serving import command, serve

if TYPE_CHECKING:
    from typing import Protocol

    class Life(Protocol):
        """A process."""

        def wait(self) -> int:
            """Return its exit code when it is over; that of a signal is negative."""

        def kill(self) -> None:
            """End it at once."""


_MOST_FILES: Final = 1 << 16

_prepared: list[tuple[Life, socket.socket]] = []


def prepare() -> None:
    """Begin a process for a crawl that is to come, if this one has no other thread yet.

    It has all that was loaded here, and costs a tenth of one that loads it anew.
    """
    if sys.platform != "linux":  # elsewhere what the system's libraries do may not outlive it
        return
    ours, theirs = socket.socketpair()
    number = os.fork()
    if not number:
        _live(theirs)
    theirs.close()
    _prepared.append((_Forked(number), ours))


def begin() -> tuple[Life, socket.socket]:
    """Return a process that serves, and the way to it. Raise ``OSError`` if there can be none."""
    if _prepared:
        return _prepared.pop()
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                command(theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is not for it: it reads what is in hand
            )
        except OSError:
            ours.close()
            raise
    return process, ours


def give_back(life: Life, way: socket.socket) -> None:
    """Leave a process that serves to whoever begins the next."""
    _prepared.append((life, way))


class _Forked:
    """A process that was begun as a copy of this one."""

    def __init__(self, number: int) -> None:
        self._number = number

    def wait(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])

    def kill(self) -> None:
        os.kill(self._number, signal.SIGKILL)


def _live(connection: socket.socket) -> None:
    """Serve, in a copy of the process that was."""
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _let_go(connection.fileno())
        serve(connection)
        code = 0
    except OSError:  # the other end is gone
        code = 0
    finally:
        os._exit(code)


def _let_go(kept: int) -> None:
    """Close all files but *kept* and standard error, where errors are told."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.closerange(3, kept)
    os.closerange(kept + 1, _MOST_FILES)
