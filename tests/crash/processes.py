"""Processes to be killed: started, listened to, signalled, waited for."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROJECT: Final = Path(__file__).parents[2]
SOON: Final = 60.0
"""Longer, in seconds, than anything here takes, unless it hangs."""

KILLED: Final = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    code: int
    """Its exit code; negative, the signal that ended it."""
    said: str
    """All that it wrote, to standard output and error."""


class Process:
    """A process that runs, or is dead and not buried."""

    def __init__(self, pid: int, output: int, reap: Callable[[], int]) -> None:
        """*output* is where its words can be read; *reap* buries it and says how it ended."""
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._reap = reap
        self._ended: Ended | None = None
        self._burial = threading.Lock()
        self._words = bytearray()
        self._is_silent = False
        self._news = threading.Condition()
        self._listener = threading.Thread(target=self._listen, args=(output,))
        self._listener.start()

    def kill(self) -> None:
        """End it with SIGKILL, if it has not ended; see how it ended to know."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it has not ended."""
        with self._burial, suppress(ProcessLookupError):
            if self._ended is None:
                signal.pidfd_send_signal(self._descriptor, number)

    def has_ended(self, within: float = 0) -> bool:
        """Tell whether it ended, at the latest *within* so many seconds."""
        return self._ended is not None or bool(select.select([self._descriptor], [], [], within)[0])

    def says(self, words: str, within: float = SOON) -> bool:
        """Tell whether it says *words*, or has said them, *within* so many seconds."""
        said = words.encode()
        with self._news:
            self._news.wait_for(lambda: said in self._words or self._is_silent, within)
            return said in self._words

    def wait(self, within: float = SOON) -> Ended:
        """Return how it ended. Raise ``AssertionError``, and end it, if it runs on."""
        if self._ended is None:
            in_time = self.has_ended(within)
            if not in_time:
                self.kill()
            code = self._reap()
            self._listener.join()
            with self._burial:
                os.close(self._descriptor)
                self._ended = Ended(code, self._words.decode(errors="replace"))
            if not in_time:
                raise AssertionError(f"it runs on and on:\n{self._ended.said}")
        return self._ended

    def _listen(self, output: int) -> None:
        with open(output, "rb", buffering=0) as pipe:
            while data := pipe.read(65536):
                with self._news:
                    self._words += data
                    self._news.notify_all()
        with self._news:
            self._is_silent = True
            self._news.notify_all()


class Starter(Protocol):
    """Starts ``scrapy``."""

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Process: ...


def start(arguments: Sequence[str], environment: Mapping[str, str]) -> Process:
    """Start ``scrapy`` as anybody does, or under faults if *environment* tells some."""
    is_plain = not any(name.startswith("CRASH_") for name in environment)
    module = "scrapy" if is_plain else "tests.crash.launcher"
    return begin([sys.executable, "-m", module, *arguments], PROJECT, environment)


def begin(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Process:
    """Start *command* in *folder*."""
    mouth, ear = os.pipe()[::-1]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=mouth,
        stderr=mouth,
    )
    os.close(mouth)
    return Process(process.pid, ear, process.wait)


class Nursery:
    """Starts ``scrapy`` in processes that have imported everything. For several threads at once."""

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.crash.nursery", str(theirs.fileno())]
            self._process = subprocess.Popen(command, cwd=PROJECT, pass_fds=[theirs.fileno()])
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._process.wait(SOON)

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Process:
        mouth, ear = os.pipe()[::-1]
        process = self._fork(arguments, environment, ear, mouth)
        os.close(mouth)
        return process

    def complete(
        self, arguments: Sequence[str], environment: Mapping[str, str], given: bytes = b""
    ) -> subprocess.CompletedProcess[str]:
        """Return what ``scrapy`` does and says that is *given* something to read."""
        (inlet, mouth), (ear, outlet) = os.pipe(), os.pipe()
        with tempfile.TemporaryFile() as errors:
            process = self._fork(arguments, environment, ear, inlet, outlet, errors.fileno())
            os.close(inlet)
            os.close(outlet)
            with suppress(BrokenPipeError), os.fdopen(mouth, "wb") as giving:
                giving.write(given)
            ended = process.wait(2 * SOON)
            errors.seek(0)
            told = errors.read().decode()
        return subprocess.CompletedProcess(list(arguments), ended.code, ended.said, told)

    def _fork(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        ear: int,
        *streams: int,
    ) -> Process:
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(PROJECT),
        }
        pid = self._ask(request, *streams)
        return Process(pid, ear, lambda: self._ask({"reap": pid}))

    def _ask(self, request: object, *descriptors: int) -> int:
        with self._lock:
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            answer: int = json.loads(self._control.recv(65536))
        return answer
