"""Measure the crawl and the reading, side by side, and write ``bench/results.md``.

The crawls run in turns, each alone but for its site, which answers from memory; all have all
processors. Read the ratios: they hold from machine to machine, pages a second do not.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import archiving
import frontier
import reading
import reparse
from serving import FRONT_PAGE, PROJECT, environment, site

if TYPE_CHECKING:
    from collections.abc import Mapping

BENCH: Final = Path(__file__).resolve().parent
PLAIN: Final = str(BENCH / "plain.py")


@dataclass(frozen=True)
class Case:
    """One way to crawl the site."""

    what: str
    arguments: tuple[str, ...]
    folder: Path | None = None
    """Where it runs; ``None``: in a folder of its own."""


CASES: Final[Mapping[str, Case]] = {
    "a": Case("plain Scrapy: parsel, JSON lines, default settings", (PLAIN, "plain")),
    "b": Case("the same under our settings", (PLAIN, "plain", "ours")),
    "c": Case("the same, one SQLite commit an item", (PLAIN, "plain", "ours", "commits")),
    "d": Case(
        "Docshelf, complete: every answer in WARC, typed records in SQLite",
        (
            *("-m", "scrapy", "crawl", "wenku365", "-a", f"url={FRONT_PAGE}"),
            *("-s", "DOWNLOAD_DELAY=0", "-L", "INFO", "--logfile"),
        ),
        PROJECT,
    ),
    "a*": Case("a with our tree, selectolax", (PLAIN, "plain_fast")),
    "b*": Case("b with our tree, selectolax", (PLAIN, "plain_fast", "ours")),
}
STATS: Final = {
    "pages": re.compile(r"'response_received_count': (\d+)"),
    "documents": re.compile(r"'item_scraped_count': (\d+)"),
    "seconds": re.compile(r"'elapsed_time_seconds': ([\d.]+)"),
}


@dataclass(frozen=True)
class Run:
    """What one crawl took."""

    documents: int
    rate: float
    """Pages a second, from the spider's start to its end."""
    cpu: float
    """CPU seconds per 1,000 pages, those of the process's start included."""
    peak: float
    """The most memory, in MB."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=6000, help="of the demo, on two sites")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=frontier.ROWS, help="of the large frontier")
    told = parser.parse_args()
    crawls = _crawls(told.documents, told.rounds)
    lines = [*_head(told), *crawls, "", *reading.report(), "", *reparse.report(told.documents)]
    lines += ["", *archiving.report(), "", *frontier.report(told.rows, told.rounds)]
    print("\n".join(lines))
    (BENCH / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _head(told: argparse.Namespace) -> list[str]:
    names = ("scrapy", "twisted", "parsel", "lxml", "selectolax", "sqlalchemy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    machine = f"{os.cpu_count()} cores: Python {platform.python_version()}, {versions}"
    what = f"The demo site without faults, {told.documents:,} documents on two sites, 30 kB a page"
    turns = (
        f"answered from memory; all processors for all; medians of {told.rounds} rounds in turns"
    )
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return [
        "# What was measured",
        "",
        f"`make bench`, {day}, {machine}.",
        "",
        f"{what}; {turns}.",
        "",
    ]


def _crawls(documents: int, rounds: int) -> list[str]:
    runs: dict[str, list[Run]] = {name: [] for name in CASES}
    with site(documents) as proxy:
        _crawl(CASES["b*"], proxy)  # the site writes its pages when they are first asked for
        for number in range(rounds):
            for name, case in CASES.items():
                run = _crawl(case, proxy)
                runs[name].append(run)
                print(f"round {number + 1}: {name:2} {run.rate:7.0f} pages/s", file=sys.stderr)
    counts = {run.documents for of_case in runs.values() for run in of_case}
    if len(counts) != 1:
        raise SystemExit(f"the crawls did not read the same documents: {counts}")
    table = [
        "| | crawl | pages/s | CPU s/1,000 pages | peak MB | ÷ a | ÷ b |",
        "|-|-|-:|-:|-:|-:|-:|",
    ]
    middle = {name: _middle(of_case) for name, of_case in runs.items()}
    for name, case in CASES.items():
        rate, cpu, peak = middle[name]
        ratios = " | ".join(f"{rate / middle[base][0]:.2f}" for base in "ab")
        table.append(f"| {name} | {case.what} | {rate:.0f} | {cpu:.2f} | {peak:.0f} | {ratios} |")
    ratios = {base: f"{middle['d'][0] / middle[base][0]:.2f}" for base in ("a", "b", "a*", "b*")}
    of_all = f"d ÷ a = {ratios['a']}, d ÷ b = {ratios['b']}."
    beside = f"With one parser on both sides: d ÷ a* = {ratios['a*']}, d ÷ b* = {ratios['b*']}."
    table += ["", f"{of_all} {beside}"]
    return table


def _middle(runs: list[Run]) -> tuple[float, float, float]:
    return (
        statistics.median(run.rate for run in runs),
        statistics.median(run.cpu for run in runs),
        statistics.median(run.peak for run in runs),
    )


def _crawl(case: Case, proxy: str) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        arguments = [sys.executable, *case.arguments, *([str(log)] if case.folder else [])]
        process = subprocess.Popen(
            arguments,
            cwd=case.folder or folder,
            env=environment(proxy, Path(folder)),
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text = log.read_text(encoding="utf-8")
    if process.returncode:
        raise SystemExit(f"{arguments}: exit code {process.returncode}\n{text[-2000:]}")
    stats = {name: float(found[1]) for name, p in STATS.items() if (found := p.search(text))}
    return Run(
        documents=int(stats["documents"]),
        rate=stats["pages"] / stats["seconds"],
        cpu=1000 * (usage.ru_utime + usage.ru_stime) / stats["pages"],
        peak=usage.ru_maxrss / 1024,
    )


if __name__ == "__main__":
    main()
