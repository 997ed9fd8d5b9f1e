"""What a crawl takes from its source: the captures that the archive does not hold yet."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy import signals

from crawler.archive.records import clean_url
from crawler.errors import StorageError
from crawler.fetching.outcome import HELD, SOURCE, count_refused
from crawler.fetching.sources.asking import Asker
from crawler.fetching.sources.captures import Lost
from crawler.fetching.sources.dialects import replay_of
from crawler.fetching.sources.indexes import IndexedArchive, Server
from crawler.fetching.sources.warcs import WarcFiles
from crawler.fetching.stopping import winding_down
from crawler.storage import database_url, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from sqlalchemy import URL

    from crawler.fetching.sources.captures import Capture, Source, Wanted
    from crawler.fetching.sources.forms import SourceForm
    from crawler.storage import Store

NO_CAPTURES: Final = "no_captures"
"""The reason of a source that has nothing that is wanted."""


class Listing:
    """The captures of a source that are to be fetched; those held already are counted."""

    def __init__(self, crawler: Crawler, form: SourceForm, wanted: Wanted) -> None:
        self._stats = crawler.stats
        self._form = form
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="docshelf-source")
        self._source = _source(crawler, form, wanted, self._thread)
        self._held = Held(database_url(crawler.settings))
        self._is_ending = False
        self._stats.set_value(SOURCE, str(form))
        crawler.signals.connect(self._wind_down, winding_down)
        crawler.signals.connect(self.close, signals.spider_closed)

    async def captures(self) -> AsyncIterator[Capture]:
        """Yield the captures, until the crawl winds down."""
        is_empty = True
        async for found in self._source.captures():
            if self._is_ending:
                return
            is_empty = False
            if isinstance(found, Lost):
                count_refused(self._stats, found.reason, found.where)
            elif await self._is_held(found):
                self._stats.inc_value(HELD)
            else:
                yield found
        if is_empty:
            count_refused(self._stats, NO_CAPTURES, str(self._form))

    def close(self) -> None:
        """Let the thread and the database go."""
        self._thread.shutdown()
        self._held.close()

    async def _is_held(self, capture: Capture) -> bool:
        loop = asyncio.get_running_loop()
        url = clean_url(capture.url)
        return await loop.run_in_executor(self._thread, self._held, url, capture.captured_at)

    def _wind_down(self) -> None:
        self._is_ending = True


class Held:
    """Whether the archive has a capture, as the database knows it; for one thread."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._store: Store | None = None
        self._is_idle = False

    def __call__(self, url: str, moment: datetime) -> bool:
        """Tell whether it has one of *url* in the second of *moment*.

        None, from then on, if the database fails: its writer will tell.
        """
        if self._is_idle:
            return False
        try:
            if self._store is None:
                self._store = open_store(self._url, read_only=True)
                # What this crawl adds is no news to it.
                self._is_idle = not self._store.has_captures()
            return self._store.has_capture(url, moment)
        except StorageError:
            self._is_idle = True
            return False

    def close(self) -> None:
        """Let the database go."""
        if self._store is not None:
            self._store.close()


def _source(
    crawler: Crawler, form: SourceForm, wanted: Wanted, thread: ThreadPoolExecutor
) -> Source:
    if form.kind in {"warc", "wacz"}:
        return WarcFiles(Path(form.place), wanted, thread)
    return IndexedArchive(server_of(form, crawler.settings), wanted, Asker(crawler))


def server_of(form: SourceForm, settings: BaseSettings) -> Server:
    """Return the web archive that *form* names, where *settings* say that it is."""
    if form.kind == "commoncrawl":
        crawls = settings["DOCSHELF_COMMONCRAWL_INDEX"].rstrip("/")
        index = f"{crawls}/{form.place}-index" if form.place else ""
        return Server(index=index, crawls=crawls, files=settings["DOCSHELF_COMMONCRAWL_BASE"])
    if form.kind == "wayback":
        return Server(
            index=settings["DOCSHELF_WAYBACK_INDEX"],
            replay=settings["DOCSHELF_WAYBACK_REPLAY"].rstrip("/") + "/",
            dialect="resumed",
        )
    replay = settings["DOCSHELF_CDX_REPLAY"] or replay_of(form.place)
    files = settings["DOCSHELF_CDX_BASE"]
    return Server(index=form.place, files=files, replay=replay.rstrip("/") + "/")
