"""pywb as a process that serves an archive of ours, if it is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.cdxj import index_path

if TYPE_CHECKING:
    from collections.abc import Iterator


def wayback() -> str | None:
    """Return where pywb's server is: ``DOCSHELF_TEST_PYWB``, beside our Python, or on the path."""
    beside = Path(sys.prefix, "pywb", "bin", "wayback")
    told = os.environ.get("DOCSHELF_TEST_PYWB")
    return told or (str(beside) if beside.exists() else shutil.which("wayback"))


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve the collections of *folder* on loopback, and give the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(wayback()), "-b", "127.0.0.1", "-p", str(port), "-d", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        said = ""
        try:
            for line in server.stdout:
                said += line
                if "Starting Gevent Server" in line:
                    break
            else:
                pytest.fail(said)
            while server.poll() is None:  # it says so a moment before it does
                with suppress(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", port), timeout=10).close()
                    break
            yield port
        finally:
            server.terminate()


def collect(warc: Path, collection: Path) -> None:
    """Make a collection of pywb's, with the index that we wrote."""
    (collection / "archive").mkdir(parents=True)
    (collection / "indexes").mkdir()
    shutil.copyfile(warc, collection / "archive" / warc.name)
    shutil.copyfile(index_path(warc), collection / "indexes" / "index.cdxj")
