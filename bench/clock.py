"""A Scrapy add-on that times a crawl from its engine's start; its figures go into the stats."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from scrapy import signals

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


class Clock:
    """Begins before the engine does, so that all that opening takes is counted."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._begun = time.perf_counter()
        self._begun_cpu = _used()
        self._first: float | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the clock of *crawler*, running."""
        clock = cls(crawler)
        crawler.signals.connect(clock.answer, signals.response_received)
        crawler.signals.connect(clock.stop, signals.spider_closed)
        return clock

    def answer(self) -> None:
        """Take down when the first answer came."""
        if self._first is None:
            self._first = time.perf_counter()
            self._stats.set_value("clock/first_answer", self._first - self._begun)

    def stop(self) -> None:
        """Take down what was used until the crawl was closed."""
        self._stats.set_value("clock/seconds", time.perf_counter() - self._begun)
        self._stats.set_value("clock/cpu", _used() - self._begun_cpu)
        # What getrusage tells is no less than the memory of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        kilobytes = next(line.split()[1] for line in status.splitlines() if "VmHWM" in line)
        self._stats.set_value("clock/peak", int(kilobytes) / 1024)


def _used() -> float:
    """Return the seconds of processor time of this process, and of those that read pages for it."""
    own = os.times()
    living = [one.cpu_times() for one in psutil.Process().children(recursive=True)]
    return sum(own[:4]) + sum(one.user + one.system for one in living)


class AddOn:
    """Has a clock in the crawl; named in ``ADDONS``."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Add the clock, the last of the extensions: the engine is begun right after."""
        settings["EXTENSIONS"][Clock] = 1_000_000
