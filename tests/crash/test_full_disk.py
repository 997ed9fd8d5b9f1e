"""A disk that takes no more: the crawl pauses and says so, goes on, or ends; nothing is torn."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from tests.crash.crawl import Crawl
from tests.crash.launcher import FILE_BYTES
from tests.crash.place import Place, torn_rows
from tests.crash.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Nursery

DISK: Final = 22
PATIENCE: Final = "DOCSHELF_DISK_PATIENCE"
MIN_FREE: Final = "DOCSHELF_MIN_FREE"
DISK_BYTES: Final = 4 << 20
ROOM_BYTES: Final = 200 << 10
"""Enough for a database with nothing in it, and not for a crawl."""
PAUSES: Final = "wait"
"""What is said of a pause, whether it is for the archive or the database."""


@pytest.mark.parametrize(
    ("backend", "most"), [("sqlite", 40_000), ("sqlite", 220_000), ("postgresql", 40_000)]
)
def test_files_that_may_not_grow(
    backend: str, most: int, crawls: Crawls, usual: Undisturbed
) -> None:
    crawl = crawls(backend)
    ended = crawl.run(**{FILE_BYTES: str(most), PATIENCE: "0.5", MIN_FREE: "0"})
    assert ended.code in ({DISK} if backend == "sqlite" else {0, DISK}), ended.said
    assert "Traceback" not in ended.said
    assert list(torn_rows(crawl.place)) == []
    ended = crawl.run()
    assert ended.code == 0, ended.said
    assert crawl.faults(usual.kept) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small disk, and a file on it that leaves a little room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={DISK_BYTES}"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    filler = folder / "filler"
    filler.write_bytes(bytes(DISK_BYTES - ROOM_BYTES))
    yield filler
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - wherever it is


def test_a_crawl_goes_on_when_there_is_room(
    disk: Path, nursery: Nursery, usual: Undisturbed
) -> None:
    with Site() as site:
        crawl = Crawl(site, Place.with_sqlite(disk.parent / "data"), nursery)
        process = crawl.begin(**{MIN_FREE: "0"})
        assert process.says(PAUSES), process.wait(0).said
        disk.unlink()
        ended = process.wait()
        assert ended.code == 0, ended.said
        assert sum(PAUSES in line for line in ended.said.splitlines()) == 1
        assert crawl.faults(usual.kept) == []


def test_a_crawl_without_room_ends(disk: Path, nursery: Nursery, usual: Undisturbed) -> None:
    with Site() as site:
        crawl = Crawl(site, Place.with_sqlite(disk.parent / "data"), nursery)
        ended = crawl.run(**{PATIENCE: "0.5", MIN_FREE: "0"})
        assert ended.code == DISK, ended.said
        assert "Traceback" not in ended.said
        assert list(torn_rows(crawl.place)) == []
        disk.unlink()
        ended = crawl.run(**{MIN_FREE: "0"})
        assert ended.code == 0, ended.said
        assert crawl.faults(usual.kept) == []


def test_free_space_is_kept(crawls: Crawls, usual: Undisturbed, tmp_path: Path) -> None:
    crawl = crawls()
    free = os.statvfs(tmp_path)
    more = str(2 * free.f_bavail * free.f_frsize)
    ended = crawl.run(**{PATIENCE: "0.5", MIN_FREE: more})
    assert ended.code == DISK, ended.said
    assert crawl.site.total == 0
    assert crawl.run().code == 0
    assert crawl.faults(usual.kept) == []
