"""Processes that have imported everything already: a crawl that is killed in its first instants.

Usage: ``python -m tests.crash.nursery FD``. A process imports the crawler once, and is forked for
each command line that the socket FD brings, together with its standard streams, or with one file
for all its output. Each child is a process of its own, as if ``scrapy`` had been started, but for
most of a second.
"""

from __future__ import annotations

import array
import gc
import json
import os
import random
import socket
import sys
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Final

from tests.crash.launcher import run

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_BYTES: Final = 1 << 20
_STREAMS: Final = 3
_PACKAGES: Final = ("crawler", "spiders", "pipelines")
_OTHERS: Final = (
    "psycopg",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers",
    "scrapy.crawler",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "twisted.internet.asyncioreactor",
)
_READ_ANEW: Final = "crawler.settings"
"""It reads the environment when it is imported."""


def main(descriptor: int) -> None:
    """Serve until the socket is closed."""
    _import_all()
    gc.freeze()
    with socket.socket(fileno=descriptor) as control:
        while True:
            text, descriptors = _receive(control)
            if not text:
                return
            request = json.loads(text)
            if "reap" in request:
                _, status = os.waitpid(request["reap"], 0)
                answer = os.waitstatus_to_exitcode(status)
            else:
                answer = os.fork()
                if answer == 0:
                    control.detach()
                    os.close(descriptor)
                    _become(request["environment"], request["folder"], descriptors)
                    run(request["arguments"])
            for one in descriptors:
                os.close(one)
            control.send(json.dumps(answer).encode())


def _import_all() -> None:
    for name in _OTHERS:
        import_module(name)
    for package in _PACKAGES:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if module.name != _READ_ANEW:
                import_module(module.name)
    sys.modules.pop(_READ_ANEW, None)


def _receive(control: socket.socket) -> tuple[bytes, Sequence[int]]:
    """Return a message, and the files that came with it."""
    room = socket.CMSG_SPACE(_STREAMS * array.array("i").itemsize)
    text, ancillary, _, _ = control.recvmsg(_MOST_BYTES, room)
    descriptors = array.array("i")
    for _, _, data in ancillary:
        descriptors.frombytes(data)
    return text, descriptors


def _become(environment: dict[str, str], folder: str, descriptors: Sequence[int]) -> None:
    files = [*descriptors]
    if len(files) == 1:
        files = [os.open(os.devnull, os.O_RDONLY), *files, *files]
    for stream, file in enumerate(files):
        os.dup2(file, stream)
    for file in set(files):
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    random.seed()


if __name__ == "__main__":
    main(int(sys.argv[1]))
