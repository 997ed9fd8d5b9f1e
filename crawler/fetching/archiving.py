"""Every answer into the archive, and what it was taken for into the database.

The download handler hands over each exchange before Scrapy sees its response, so that nothing
downstream can lose it. What an answer was taken for is known later: its status says it, or the
spider does, or nobody, and then it is ``unread``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from crawler import SOFTWARE
from crawler.archive.answer import status_of
from crawler.archive.keeping import Keeper, Rotation
from crawler.archive.records import Earlier, RunInfo
from crawler.archive.writer import Archive
from crawler.collection.records import ROBOTS, UNREAD, is_robots
from crawler.errors import DiskError, StorageError
from crawler.fetching.download import exchange_done
from crawler.fetching.sources.captures import OF_SOURCE
from crawler.fetching.spider import DocumentSpider
from crawler.fetching.units import UNIT, Pending, Unit
from crawler.reading.judging import head_verdict
from crawler.storage import archive_folder, database_url, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.archive.keeping import Capture
    from crawler.exchange import Exchange
    from crawler.storage import Store

logger = logging.getLogger(__name__)


class Archiving:
    """Keeps all that is asked and answered in WARC files, under ``DOCSHELF_DATA``.

    Each answer joins the unit of its request. It is written before another is asked in its place;
    the disk is only waited for before the database learns of anything.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._archive: Archive | None = None
        self._recall: Recall | None = None
        self._fail: Callable[[BaseException], None] = lambda _failure: None
        self._put: Callable[[Unit], None] = lambda _unit: None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of *crawler*, unless ``DOCSHELF_ARCHIVE`` is off."""
        if not crawler.settings.getbool("DOCSHELF_ARCHIVE"):
            raise NotConfigured
        archiving = cls(crawler)
        crawler.signals.connect(archiving.keep, exchange_done)
        return archiving

    def open(self, put: Callable[[Unit], None], fail: Callable[[BaseException], None]) -> None:
        """Begin to keep; *put* takes what belongs to no page, *fail* is told what is not kept."""
        settings, name = self._crawler.settings, self._crawler.spidercls.name
        rotation = Rotation(
            prefix=name,
            max_bytes=settings.getint("DOCSHELF_WARC_BYTES"),
            max_age=timedelta(seconds=settings.getfloat("DOCSHELF_WARC_SECONDS")),
        )
        info = run_info(name, settings)
        keeper = Keeper(archive_folder(settings), info, rotation=rotation, holds=True)
        self._recall = Recall(settings)
        self._archive = Archive(
            keeper,
            recall=self._recall,
            patience_seconds=settings.getfloat("DOCSHELF_DISK_PATIENCE"),
            on_pause=lambda reason: logger.warning("waiting for room: %s", reason),
            on_resume=lambda: logger.warning("there is room again: going on"),
        )
        self._put, self._fail = put, fail

    async def keep(self, exchange: Exchange, request: Request) -> None:
        """Keep *exchange*, which answers *request*, unless a source only told of a page."""
        if self._archive is None or OF_SOURCE in request.meta:
            return
        capture = await self._archive.append(exchange)
        capture.add_done_callback(self._check)
        pending = Pending(capture, self._site_of(exchange), _verdict(exchange))
        unit: Unit | None = request.meta.get(UNIT)
        if unit is not None:
            unit.captures.append(pending)
        else:
            unit = Unit()
            unit.captures.append(pending)
            self._put(unit)
        # What is written outlives the process: so none but the pages in flight are asked again.
        await asyncio.wait({capture})

    def committed(self, units: Iterable[Unit]) -> None:
        """Take down that the database knows all that *units* brought."""
        counts = Counter(name for unit in units for name in unit.files())
        if counts and self._archive is not None:
            self._archive.committed(counts)

    async def sync(self) -> None:
        """Return when all that was kept is on the disk. Raise ``DiskError``."""
        if self._archive is not None:
            await self._archive.sync()

    async def close(self, *, abandon: bool) -> None:
        """Close the files; those with answers that the database does not know stay open."""
        if self._archive is None or self._recall is None:
            return
        try:
            await self._archive.close(abandon=abandon)
        except DiskError as error:
            self._fail(error)
        self._recall.close()

    def _site_of(self, exchange: Exchange) -> str:
        spider = self._crawler.spidercls
        if not issubclass(spider, DocumentSpider):
            return ""
        on_site = spider.page.url_template.on_site
        is_ours = on_site(exchange.asked or exchange.url) or on_site(exchange.url)
        return spider.name if is_ours else ""

    def _check(self, capture: asyncio.Future[Capture]) -> None:
        error = None if capture.cancelled() else capture.exception()
        if error is not None:
            self._fail(error)


def _verdict(exchange: Exchange) -> str:
    """Return what the status of *exchange* says, ``unread`` if that says nothing."""
    status = status_of(exchange.response) if exchange.is_http else None
    verdict = head_verdict(status, truncated=exchange.truncated is not None)
    if verdict is None:
        return ROBOTS if is_robots(exchange.asked or exchange.url) else UNREAD
    return verdict


class Recall:
    """The earlier captures of an address, as the database knows them; for one thread."""

    def __init__(self, settings: BaseSettings) -> None:
        self._url = database_url(settings)
        self._store: Store | None = None
        self._is_idle = False

    def __call__(self, url: str) -> Sequence[Earlier]:
        """Return the captures of *url* that hold its body, the newest last.

        None, from then on, if the database fails: its writer will tell.
        """
        if self._is_idle:
            return ()
        try:
            if self._store is None:
                self._store = open_store(self._url, read_only=True)
                # What this crawl adds is no news to it.
                self._is_idle = not self._store.has_captures()
            rows = self._store.captures_of(url)
        except StorageError:
            self._is_idle = True
            return ()
        return [
            Earlier(
                url=row.url,
                captured_at=row.captured_at,
                payload_digest=row.digest,
                record_id=row.record_id,
            )
            for row in rows
        ]

    def close(self) -> None:
        """Let the database go."""
        if self._store is not None:
            self._store.close()


def run_info(site: str, settings: BaseSettings) -> RunInfo:
    """Return what the archive's files say of a crawl of *site* that begins now."""
    return RunInfo(
        software=SOFTWARE,
        run=f"{site}-{datetime.now(UTC):%Y%m%d%H%M%S}",
        operator=settings["DOCSHELF_CONTACT"] or "",
        user_agent=settings["USER_AGENT"],
        robots="obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        host=socket.gethostname(),
    )
