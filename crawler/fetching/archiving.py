"""Every answer into the archive, and what it was taken for into the database.

The download handler hands over each exchange before Scrapy sees its response, so that nothing
downstream can lose it. What an answer was taken for is known later: its status says it, or the
spider does, or nobody, and then it is ``unread``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured

from crawler import SOFTWARE
from crawler.archive.answer import status_of
from crawler.archive.durable import make_folder
from crawler.archive.keeping import Keeper, Rotation
from crawler.archive.records import Earlier, RunInfo
from crawler.archive.repair import recover
from crawler.archive.writer import Archive
from crawler.collection.records import ROBOTS, UNREAD, is_robots
from crawler.errors import DiskError, ExitCode, StorageError
from crawler.fetching.download import exchange_done
from crawler.fetching.outcome import STORE_CODE, STORE_FAILED
from crawler.fetching.sources.captures import OF_SOURCE
from crawler.fetching.spider import DocumentSpider
from crawler.reading.judging import Reading, head_verdict
from crawler.storage import CaptureRow, archive_folder, database_url, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.archive.keeping import Capture
    from crawler.exchange import Exchange
    from crawler.items import Document, RawDocument
    from crawler.storage import Store

logger = logging.getLogger(__name__)

CLOSE_REASON: Final = "disk"


class Pending:
    """An answer on its way into the archive, and what it was taken for."""

    def __init__(self, capture: asyncio.Future[Capture], site: str, verdict: str) -> None:
        self._capture = capture
        self._site = site
        self.verdict = verdict
        self.doc_id: str | None = None

    def row(self) -> CaptureRow:
        """Return what the database keeps of it, once it is written. Raise its ``DiskError``."""
        capture = self._capture.result()
        return CaptureRow(
            record_id=capture.record_id,
            site=self._site,
            doc_id=self.doc_id,
            url=capture.url,
            captured_at=capture.captured_at,
            kind=capture.kind,
            status=capture.status,
            mime=capture.mime,
            digest=capture.digest,
            file=capture.file,
            offset=capture.offset,
            length=capture.length,
            verdict=self.verdict,
            refers_to=capture.refers_to,
        )


class Archiving:
    """Keeps all that is asked and answered in WARC files, under ``DOCSHELF_DATA``.

    ``note`` is told each capture once it is known what it is; but those of documents wait until
    they are claimed, so that both become durable together. Nobody waits for the disk here: it is
    waited for before the database learns of anything.
    """

    def __init__(self, crawler: Crawler, archive: Archive, recall: Recall) -> None:
        self._crawler = crawler
        self._archive = archive
        self._recall = recall
        self._unread: dict[Request, Pending] = {}
        self._documents: dict[tuple[str, str, datetime], Pending] = {}
        self._stopping: asyncio.Task[None] | None = None
        self.note: Callable[[Callable[[], CaptureRow]], None] = lambda _capture: None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of *crawler*, unless ``DOCSHELF_ARCHIVE`` is off."""
        settings = crawler.settings
        if not settings.getbool("DOCSHELF_ARCHIVE"):
            raise NotConfigured
        rotation = Rotation(
            prefix=crawler.spidercls.name,
            max_bytes=settings.getint("DOCSHELF_WARC_BYTES"),
            max_age=timedelta(seconds=settings.getfloat("DOCSHELF_WARC_SECONDS")),
        )
        info = run_info(crawler.spidercls.name, settings)
        keeper = Keeper(archive_folder(settings), info, rotation=rotation)
        recall = Recall(settings)
        archiving = cls(crawler, Archive(keeper, recall=recall), recall)
        crawler.signals.connect(archiving.listen, signals.spider_opened)
        crawler.signals.connect(archiving.keep, exchange_done)
        crawler.signals.connect(archiving.close, signals.spider_closed)
        return archiving

    def listen(self, spider: object) -> None:
        """Have *spider* tell what it takes answers for."""
        if isinstance(spider, DocumentSpider):
            spider.on_read = self.settle

    async def keep(self, exchange: Exchange, request: Request) -> None:
        """Keep *exchange*, which answers *request*, unless a source only told of a page."""
        if OF_SOURCE in request.meta:
            return
        capture = await self._archive.append(exchange)
        capture.add_done_callback(self._check)
        pending = Pending(capture, self._site_of(exchange), _verdict(exchange))
        if pending.verdict == UNREAD:
            self._unread[request] = pending
        else:
            self.note(pending.row)

    def settle(self, request: Request, reading: Reading) -> None:
        """Take down what the answer to *request* was taken for."""
        pending = self._unread.pop(request, None)
        if pending is None:
            return
        pending.verdict = reading.verdict
        if reading.document is None:
            self.note(pending.row)
            return
        pending.doc_id = reading.document.doc_id
        key = _key(reading.document)
        if (known := self._documents.pop(key, None)) is not None:
            self.note(known.row)
        self._documents[key] = pending

    def claim(self, document: Document) -> Callable[[], CaptureRow] | None:
        """Return what tells the capture that *document* was read from, and forget it."""
        pending = self._documents.pop(_key(document), None)
        return pending.row if pending is not None else None

    async def sync(self) -> None:
        """Return when all that was kept is on the disk. Raise ``DiskError``."""
        await self._archive.sync()

    def settle_rest(self) -> None:
        """Tell of the captures that nobody asked for: unread ones, and documents that were lost."""
        for pending in (*self._unread.values(), *self._documents.values()):
            self.note(pending.row)
        self._unread.clear()
        self._documents.clear()

    async def close(self) -> None:
        """Close the files."""
        try:
            await self._archive.close()
        except DiskError as error:
            self._tell(error)
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

    def _fail(self, error: BaseException) -> None:
        """End the crawl: what is asked from now on could not be kept."""
        if self._stopping is None:
            self._tell(error)
            stop = self._crawler.engine.close_spider_async(reason=CLOSE_REASON)
            self._stopping = asyncio.create_task(stop)

    def _tell(self, error: BaseException) -> None:
        stats = self._crawler.stats
        if stats.get_value(STORE_FAILED) is None:
            logger.error("%s", error)
            stats.set_value(STORE_FAILED, str(error))
            stats.set_value(STORE_CODE, int(ExitCode.DISK))


def _verdict(exchange: Exchange) -> str:
    """Return what the status of *exchange* says, ``unread`` if that says nothing."""
    status = status_of(exchange.response) if exchange.is_http else None
    verdict = head_verdict(status, truncated=exchange.truncated is not None)
    if verdict is None:
        return ROBOTS if is_robots(exchange.asked or exchange.url) else UNREAD
    return verdict


def _key(document: RawDocument | Document) -> tuple[str, str, datetime]:
    """Return what tells the page of a document from another of the same, from a source."""
    return document.site, document.doc_id, document.fetched_at.replace(microsecond=0)


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


def prepare_archive(settings: BaseSettings) -> None:
    """Make the archive's folder, and close the files that an earlier crawl left open.

    Raise ``DiskError`` or ``ArchiveError`` if the archive cannot be written.
    """
    folder = archive_folder(settings)
    make_folder(folder)
    for mended in recover(folder):
        logger.warning("%s", mended)
