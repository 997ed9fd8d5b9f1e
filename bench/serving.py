"""The demo site as a process beside what is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT: Final = Path(__file__).resolve().parent.parent
FRONT_PAGE: Final = "http://www.wenku365.com/"


@contextmanager
def demo(documents: int, *options: str) -> Iterator[str]:
    """Serve the demo site without faults; yield the address of its proxy."""
    command = ("-m", "scrapy", "demo", "--port", "0", "--no-faults", "--documents")
    with _served(*command, str(documents), *options) as proxy:
        yield proxy


@contextmanager
def site(documents: int) -> Iterator[str]:
    """Serve the same from memory; yield the address of its proxy."""
    with _served(str(PROJECT / "bench" / "answering.py"), str(documents)) as proxy:
        yield proxy


@contextmanager
def _served(*arguments: str) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        ready = server.stdout.readline() if server.stdout else ""
        yield next(word.rstrip(",") for word in ready.split() if word.startswith("http://"))
    finally:
        server.terminate()
        server.wait()


def environment(proxy: str, folder: Path) -> dict[str, str]:
    """Return the environment of a crawl through *proxy* that keeps all in *folder*."""
    told = {"http_proxy": proxy, "no_proxy": "", "DOCSHELF_DATA": str(folder)}
    paths = {"DOCSHELF_DATABASE_URL": "", "PYTHONPATH": f"{PROJECT}:{PROJECT / 'bench'}"}
    return {**os.environ, **told, **paths}
