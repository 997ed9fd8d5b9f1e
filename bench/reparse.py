"""Measure the reading of an archive: from gzipped WARC to rows in SQLite, beside a bare loop.

The bare loop reads the same WARC with fastwarc and parses each page with lxml, and does nothing
with it. What a process takes to start is measured with an archive of one page, and taken off.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.archive.keeping import Keeper
from crawler.archive.records import RunInfo
from crawler.demo.documents import Fate
from crawler.demo.options import NO_FAULTS, DemoOptions
from crawler.demo.site import DemoSite
from crawler.demo.sites import SITES
from crawler.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = 5000
ROUNDS: Final = 3
BEGUN_AT: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
HEAD: Final = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n"
)
BARE: Final = """
import sys
from fastwarc.warc import ArchiveIterator, WarcRecordType
from lxml import etree
with open(sys.argv[1], "rb") as file:
    for record in ArchiveIterator(file, record_types=WarcRecordType.response):
        etree.HTML(record.reader.read())
"""


def report(pages: int = PAGES, rounds: int = ROUNDS) -> list[str]:
    """Return what was measured, as lines of Markdown."""
    cores = sorted(os.sched_getaffinity(0))
    both = set(cores[:2])
    with tempfile.TemporaryDirectory() as name:
        many, one = Path(name, "many"), Path(name, "one")
        size = _fill(many, pages)
        _fill(one, 1)
        ways = {
            "bare loop: fastwarc and lxml, one core": lambda data: _bare(data, {cores[0]}),
            "`scrapy rebuild --workers 1`, one core": lambda data: _rebuild(data, 1, {cores[0]}),
            "`scrapy rebuild --workers 2`, two cores": lambda data: _rebuild(data, 2, both),
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, work in ways.items():
                taken[way].append((work(many) - work(one)) / (pages - 1))
    per_page = [statistics.median(seconds) for seconds in taken.values()]
    table = [f"| reading an archive, {size / 1000:.0f} kB a page | pages/s | ÷ bare | ÷ one core |"]
    table.append("|-|-:|-:|-:|")
    for way, seconds in zip(ways, per_page, strict=True):
        ratios = " | ".join(f"{base / seconds:.2f}" for base in per_page[:2])
        table.append(f"| {way} | {1 / seconds:.0f} | {ratios} |")
    return table


def _bare(data: Path, cores: set[int]) -> float:
    (path,) = (data / "warc").glob("*.warc.gz")
    return _timed([sys.executable, "-c", BARE, str(path)], {}, cores)


def _rebuild(data: Path, workers: int, cores: set[int]) -> float:
    command = [sys.executable, "-m", "scrapy", "rebuild", "--workers", str(workers)]
    env = {"DOCSHELF_DATA": str(data), "DOCSHELF_DATABASE_URL": ""}
    try:
        return _timed(command, env, cores)
    finally:
        for path in data.glob("docshelf.db*"):
            path.unlink()


def _timed(command: list[str], env: dict[str, str], cores: set[int]) -> float:
    begun = time.monotonic()
    process = subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, **env}, stderr=subprocess.DEVNULL
    )
    os.sched_setaffinity(process.pid, cores)
    if process.wait():
        raise SystemExit(f"{command}: exit code {process.returncode}")
    return time.monotonic() - begun


def _fill(folder: Path, pages: int) -> float:
    """Keep *pages* in an archive in *folder*; return their mean size in bytes."""
    keeper = Keeper(folder / "warc", RunInfo(software="bench", run="bench"))
    sizes = []
    for exchange, size in _exchanges(pages):
        keeper.write(exchange)
        sizes.append(size)
    keeper.close()
    return statistics.mean(sizes)


def _exchanges(pages: int) -> Iterator[tuple[Exchange, int]]:
    (site,) = (one for one in SITES if one.name == "wenku365")
    demo = DemoSite(site, DemoOptions(documents=pages * 3 + 10, rates=NO_FAULTS))
    numbers = range(pages * 3)
    good = (number for number in numbers if demo.catalogue.fate(number) is Fate.SHOWN)
    for number in [next(good) for _ in range(pages)]:
        path = demo.site.document_path(demo.catalogue.doc_id(number))
        body = demo.answer(path).body()
        exchange = Exchange(
            url=f"http://www.wenku365.com{path}",
            request=f"GET {path} HTTP/1.1\r\nHost: www.wenku365.com\r\n\r\n".encode(),
            response=HEAD.format(len(body)).encode() + body,
            started_at=BEGUN_AT + timedelta(seconds=number),
            ip="192.0.2.7",
            truncated=None,
        )
        yield exchange, len(body)


if __name__ == "__main__":
    print("\n".join(report()))
