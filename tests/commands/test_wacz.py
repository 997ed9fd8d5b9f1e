"""``scrapy wacz``, as a process."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.containers import find_warcs
from tests.collection.shelf import exchange, page
from tests.commands.conftest import PROJECT, scrapy_command

if TYPE_CHECKING:
    from tests.collection.shelf import Shelf
    from tests.commands.conftest import Scrapy


def test_the_collection_in_a_file_that_the_judge_accepts(
    scrapy: Scrapy, shelf: Shelf, tmp_path: Path
) -> None:
    target = tmp_path / "a.wacz"
    target.write_bytes(b"before")
    keeper = shelf.keeper(2)
    growing = keeper.write(exchange(41, page(41))).file
    done = scrapy("wacz", "-o", target)
    keeper.close()
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        f"scrapy wacz: {growing}.open: left out: a crawl is writing it",
        f"{target}: 9 pages of documents in 2 files, {target.stat().st_size:,} bytes",
    ]
    wacz = Path(sys.executable).with_name("wacz")
    judged = subprocess.run([wacz, "validate", "-f", target], check=False, capture_output=True)
    assert judged.returncode == 0, judged.stdout
    assert len(find_warcs(target)) == 2


def test_it_is_called_by_the_day(shelf: Shelf, environment: dict[str, str], tmp_path: Path) -> None:
    outside = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": str(PROJECT)}
    before = datetime.now(UTC)
    subprocess.run(
        scrapy_command("wacz", "--site", "wenku365", "--since", "2026-11-24"),
        check=True,
        cwd=tmp_path,
        env=environment | outside,
        capture_output=True,
    )
    days = {before, datetime.now(UTC)}  # it may be midnight
    (made,) = tmp_path.glob("*.wacz")
    assert made.name in {f"docshelf-{day:%Y-%m-%d}.wacz" for day in days}
    assert len(find_warcs(made)) == len(shelf.files)


def test_nothing_to_pack(scrapy: Scrapy, shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.files
    done = scrapy("wacz", "-o", tmp_path / "a.wacz", "--since", "2030-01-01")
    assert done.returncode == 4
    assert done.stderr == "scrapy wacz: no closed file of the archive has such pages\n"
    assert not (tmp_path / "a.wacz").exists()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("-o", "-"), 2, "a WACZ cannot be written to standard output; name a file"),
        (("-o", "/tmp/a.wacz"), 23, "there is none; run a crawl first"),  # noqa: S108 - not made
    ],
)
def test_mistakes(scrapy: Scrapy, args: tuple[str, ...], code: int, words: str) -> None:
    done = scrapy("wacz", *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
