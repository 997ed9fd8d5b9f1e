"""The demo site as a process beside what is measured, each on a core of its own."""

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
    """Serve the demo site on the last core; yield the address of its proxy."""
    command = [sys.executable, "-m", "scrapy", "demo", "--port", "0", "--no-faults"]
    server = subprocess.Popen(
        [*command, "--documents", str(documents), *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    pin(server.pid, -1)
    try:
        ready = server.stdout.readline() if server.stdout else ""
        yield next(word.rstrip(",") for word in ready.split() if word.startswith("http://"))
    finally:
        server.terminate()
        server.wait()


def pin(pid: int, core: int) -> None:
    """Run a process on one core, if there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(pid, {cores[core]})


def environment(proxy: str, folder: Path) -> dict[str, str]:
    """Return the environment of a crawl through *proxy* that keeps all in *folder*."""
    told = {"http_proxy": proxy, "no_proxy": "", "DOCSHELF_DATA": str(folder)}
    paths = {"DOCSHELF_DATABASE_URL": "", "PYTHONPATH": f"{PROJECT}:{PROJECT / 'bench'}"}
    return {**os.environ, **told, **paths}
