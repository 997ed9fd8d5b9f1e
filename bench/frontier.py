"""Measure a crawl whose frontier is large: ten million addresses that wait cost no more than few.

The demo serves what is asked; behind that wait addresses which are never reached. What the pages
lead to is new in part, and goes into the indexes of all the others, anywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from serving import FRONT_PAGE, PROJECT, demo, environment
from sqlalchemy import delete, make_url, update

from crawler.fetching.recovery import crawl_key
from crawler.storage import frontier, open_store
from crawler.storage.tables import CAPTURES, CRAWLS, DOCUMENTS, PAGES, State
from spiders.wenku365 import Wenku365Spider

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from crawler.storage.pages import Found

ROWS: Final = 10_000_000
FEW: Final = 100_000
PAGES_ASKED: Final = 2_000
_SHARE: Final = 3
"""Of the site's documents, one in so many waits at the beginning, and is asked."""
_BATCH: Final = 100_000
_LIST_EVERY: Final = 10
"""One address in so many is a list's."""
_COLUMNS: Final = (
    *("frontier: addresses that wait", "pages/s", "CPU ms a page", "first answer, s"),
    *("after a kill, s", "peak MB", "`scrapy frontier`, s", "bytes a row"),
)
_INSERT: Final = (
    "INSERT INTO pages (id, crawl, hash, url, kind, state, priority, depth, attempts, named_by,"
    " pass_number) VALUES (?, ?, ?, ?, ?, 'due', ?, ?, 0, ?, 1)"
)
_STATS: Final = {
    "pages": re.compile(r"'response_received_count': (\d+)"),
    "first": re.compile(r"'clock/first_answer': ([\d.]+)"),
    "seconds": re.compile(r"'clock/seconds': ([\d.]+)"),
    "peak": re.compile(r"'clock/peak': ([\d.]+)"),
    "cpu": re.compile(r"'clock/cpu': ([\d.]+)"),
}
_CRAWL: Final = (
    *(sys.executable, "-m", "scrapy", "crawl", "wenku365", "-a", f"url={FRONT_PAGE}"),
    *("-s", "DOWNLOAD_DELAY=0", "-s", 'ADDONS={"clock.AddOn": 1}', "-L", "INFO"),
)
_DEADLINE_SECONDS: Final = 60.0
_FULL_COURSE: Final = 1_500_000
"""Bytes in the archive."""


@dataclass(frozen=True)
class Run:
    """What one crawl took."""

    rate: float
    """Pages a second, from the engine's start to its end."""
    cpu: float
    """Milliseconds a page, without the process's start."""
    first: float
    """Seconds from the engine's start to the first answer."""
    peak: float
    """The most memory, in MB."""


@dataclass(frozen=True)
class Waiting:
    """A crawl that has much to ask, in a folder of its own."""

    folder: Path
    asked: Sequence[Found]
    """What it asks; the first rows."""
    rows: int

    @property
    def database(self) -> Path:
        """The file."""
        return self.folder / "docshelf.db"

    def make(self) -> None:
        """Write the database as such a crawl leaves it."""
        self.folder.mkdir()
        with open_store(make_url(f"sqlite:///{self.database}")) as store:
            crawl = store.write(self._begin)
        generator = random.Random(self.rows)  # noqa: S311 - no secret
        with closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -1000000")
            # In the order of their numbers, so that the indexes have the gaps of a real crawl's.
            for start in range(len(self.asked) + 1, self.rows + 1, _BATCH):
                numbers = range(start, min(start + _BATCH, self.rows + 1))
                connection.execute("BEGIN")
                connection.executemany(_INSERT, _others(crawl, numbers, generator))
                connection.execute("COMMIT")

    def reset(self) -> None:
        """Undo what a crawl did."""
        shutil.rmtree(self.folder / "warc", ignore_errors=True)
        with open_store(make_url(f"sqlite:///{self.database}")) as store:
            store.write(self._undo)

    def _begin(self, connection: Connection) -> int:
        spider = Wenku365Spider(url=FRONT_PAGE)
        key, now = crawl_key(spider), datetime.now(UTC)
        crawl = frontier.open_crawl(connection, spider.name, key, spider.given, now)
        connection.execute(update(CRAWLS).values(seeded=1))
        frontier.add(connection, crawl, [(one, None) for one in self.asked])
        return crawl.id

    def _undo(self, connection: Connection) -> None:
        for table in (DOCUMENTS, CAPTURES):
            connection.execute(delete(table))
        connection.execute(delete(PAGES).where(PAGES.c.id > self.rows))
        is_touched = (PAGES.c.id <= len(self.asked)) | (PAGES.c.state == State.LEASED.value)
        again = {"state": State.DUE.value, "reason": None, "etag": None, "last_modified": None}
        connection.execute(update(PAGES).where(is_touched).values(again))


def report(rows: int = ROWS, rounds: int = 3, asked: int = PAGES_ASKED) -> list[str]:
    """Return the table's lines: *rows* beside few of them, in turns."""
    with tempfile.TemporaryDirectory() as name, _site(Path(name), asked) as (proxy, found):
        sizes = sorted({min(FEW, rows), rows})
        frontiers = [Waiting(Path(name) / str(size), found, size) for size in sizes]
        for one in frontiers:
            one.make()
            _crawl(one, proxy, asked)  # the first finds nothing in the system's cache
        runs: dict[int, list[Run]] = {size: [] for size in sizes}
        for number in range(rounds):
            for one in frontiers:
                one.reset()
                run = _crawl(one, proxy, asked)
                runs[one.rows].append(run)
                print(f"round {number + 1}: {one.rows:,} rows: {run}", file=sys.stderr)
        return _lines([(one, _middle(runs[one.rows]), *_beside(one, proxy)) for one in frontiers])


def _lines(measured: list[tuple[Waiting, Run, float, float]]) -> list[str]:
    table = [
        f"| {' | '.join(_COLUMNS)} |",
        f"|{'-:|' * len(_COLUMNS)}",
    ]
    for one, run, killed, listed in measured:
        size = one.database.stat().st_size / one.rows
        table.append(
            f"| {one.rows:,} | {run.rate:.0f} | {run.cpu:.2f} | {run.first:.2f} | {killed:.2f}"
            f" | {run.peak:.0f} | {listed:.1f} | {size:.0f} |"
        )
    first, last = measured[0][1], measured[-1][1]
    ratios = f"{last.cpu / first.cpu:.2f} in CPU, {first.rate / last.rate:.2f} in time"
    return [*table, "", f"A page with the most ÷ a page with the fewest: {ratios}."]


@contextmanager
def _site(folder: Path, asked: int) -> Iterator[tuple[str, list[Found]]]:
    """Serve the demo; yield its proxy and the documents to ask."""
    truth = folder / "truth.jsonl"
    with demo(2 * _SHARE * asked, "--truth", str(truth)) as proxy:
        records = map(json.loads, truth.read_text(encoding="utf-8").splitlines())
        urls = [one["url"] for one in records if one["site"] == Wenku365Spider.name]
        chosen = random.Random(asked).sample(urls, asked)  # noqa: S311 - no secret
        own = [url.replace("https:", "http:") for url in chosen]
        yield proxy, Wenku365Spider(url=FRONT_PAGE).discovery.found(own, 0)


def _others(crawl: int, numbers: range, generator: random.Random) -> Iterator[tuple[object, ...]]:
    """Yield rows that are never reached, each named by one of the last thousand."""
    for number in numbers:
        hashed = generator.getrandbits(64) - 2**63
        named_by = max(1, number - 1 - int(1_000 * generator.random()))
        is_list = number % _LIST_EVERY == 0
        path, kind = ("list-", "list") if is_list else ("p-", "document")
        url = f"{FRONT_PAGE}{path}{10**9 + number}.html"
        yield number, crawl, hashed, url, kind, int(is_list) - 1, 2 + number % 20, named_by


def _crawl(one: Waiting, proxy: str, documents: int) -> Run:
    """Let *one* read so many *documents*, no more than wait there and can be read."""
    log = one.folder / "log"
    log.unlink(missing_ok=True)
    process = _start([*_CRAWL, "-a", f"limit={documents}", "--logfile", str(log)], one, proxy)
    process.wait()
    text = log.read_text(encoding="utf-8")
    if process.returncode:
        raise SystemExit(f"{process.args}: exit code {process.returncode}\n{text[-2000:]}")
    stats = {name: float(found[1]) for name, p in _STATS.items() if (found := p.search(text))}
    return Run(
        rate=stats["pages"] / stats["seconds"],
        cpu=1000 * stats["cpu"] / stats["pages"],
        first=stats["first"],
        peak=stats["peak"],
    )


def _beside(one: Waiting, proxy: str) -> tuple[float, float]:
    """Return the seconds to a first answer after a SIGKILL, and those of ``scrapy frontier``."""
    one.reset()
    process = _start([*_CRAWL, "--logfile", os.devnull], one, proxy)
    deadline = time.monotonic() + _DEADLINE_SECONDS
    # In full course there are several commits behind it, and pages leased and in flight.
    while sum(file.stat().st_size for file in one.folder.glob("warc/**/*.warc*")) < _FULL_COURSE:
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{process.args}: it did not crawl")
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = _crawl(one, proxy, len(one.asked) // 4).first
    begun = time.perf_counter()
    process = _start([sys.executable, "-m", "scrapy", "frontier", "wenku365"], one, proxy)
    if process.wait():
        raise SystemExit(f"{process.args}: exit code {process.returncode}")
    return killed, time.perf_counter() - begun


def _start(command: Sequence[str], one: Waiting, proxy: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(proxy, one.folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _middle(runs: list[Run]) -> Run:
    names = ("rate", "cpu", "first", "peak")
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in names))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=3)
    print("\n".join(report(**vars(parser.parse_args()))))
