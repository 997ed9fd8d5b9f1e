"""What a crawl is doing, on standard error, while it works."""

from __future__ import annotations

import asyncio
import io
import logging
from collections import Counter, deque
from collections.abc import Sized
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text
from scrapy import signals
from scrapy.utils.log import get_scrapy_root_handler

from crawler.fetching.outcome import FIELD, Tally
from crawler.items import FIELDS, Document

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

_TICK: Final = 0.25
"""Seconds between two looks of the line on a terminal."""
_WINDOW: Final = 10.0
"""Seconds over which the speed is taken."""


class Progress:
    """Shows a line that lives, on a terminal; elsewhere a line every ``LOGSTATS_INTERVAL`` seconds.

    It also counts, in the stats, in how many records each field is filled.
    """

    def __init__(self, crawler: Crawler, console: Console) -> None:
        self._crawler = crawler
        self._console = console
        self._is_ascii = console.options.ascii_only
        self._interval = crawler.settings.getfloat("LOGSTATS_INTERVAL")
        self._marks: deque[tuple[float, int]] = deque()
        self._filled: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the progress of *crawler*."""
        progress = cls(crawler, Console(stderr=True))
        crawler.signals.connect(progress.start, signals.spider_opened)
        crawler.signals.connect(progress.note, signals.item_scraped)
        crawler.signals.connect(progress.stop, signals.spider_closed)
        return progress

    def start(self) -> None:
        """Begin to show."""
        show = self._show_live if self._console.is_terminal else self._show_lines
        self._task = asyncio.ensure_future(show())

    def note(self, item: object) -> None:
        """Count the filled fields of *item*."""
        if isinstance(item, Document):
            self._filled.update([name for name in FIELDS if getattr(item, name) is not None])

    async def stop(self) -> None:
        """Show no longer."""
        for name, count in self._filled.items():
            self._crawler.stats.set_value(FIELD + name, count)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _show_live(self) -> None:
        spinner = Spinner("line" if self._is_ascii else "dots")
        live = Live(spinner, console=self._console, auto_refresh=False, transient=True)
        handler = get_scrapy_root_handler()
        with live:
            if type(handler) is logging.StreamHandler:
                # The log goes through the console, or it would be written into the line.
                handler.setStream(_AboveTheLine(live.console))
            try:
                while True:
                    spinner.update(text=self._line())
                    live.refresh()
                    await asyncio.sleep(_TICK)
            finally:
                if type(handler) is logging.StreamHandler:
                    handler.setStream(self._console.file)

    async def _show_lines(self) -> None:
        while self._interval > 0:
            await asyncio.sleep(self._interval)
            moment = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"  # as the log has it
            self._console.print(f"{moment} {self._line()}", highlight=False, soft_wrap=True)

    def _line(self) -> str:
        tally = Tally.of(self._crawler.stats.get_stats())
        parts = (
            f"{tally.read:,} documents",
            f"{self._speed(tally.asked):,.1f} pages/s",
            f"{sum(tally.refused.values()):,} errors",
            f"{self._waiting():,} waiting",
        )
        return (" | " if self._is_ascii else " · ").join(parts)

    def _speed(self, asked: int) -> float:
        now = monotonic()
        self._marks.append((now, asked))
        while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW:  # noqa: PLR2004  # two ends
            self._marks.popleft()
        since, before = self._marks[0]
        return (asked - before) / (now - since) if now > since else 0.0

    def _waiting(self) -> int:
        engine = self._crawler.engine
        scheduler = engine.scheduler
        queued = len(scheduler) if isinstance(scheduler, Sized) else 0
        return queued + len(engine.downloader.active)


class _AboveTheLine(io.TextIOBase):
    """A stream that prints whole lines above the line that lives, and breaks none of them."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str, /) -> int:
        """Print *text*, the lines of one record."""
        self._console.print(Text(text.removesuffix("\n")), soft_wrap=True)
        return len(text)
