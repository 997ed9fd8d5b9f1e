"""The crawl's hold on its database and archive: what is asked is leased, what comes is kept.

Each page that is asked is a unit. What its answer brings (captures, documents, links, its own new
state) is gathered while Scrapy has it in hand, and kept in one transaction with others, after the
archive is synced; in the same transaction the next pages are leased. A failure stops the crawl, and
is in the stats, where the ``crawl`` command finds it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from crawler.errors import CrawlerError, ExitCode
from crawler.fetching import steady
from crawler.fetching.archiving import Archiving
from crawler.fetching.keeping import Keeping
from crawler.fetching.outcome import (
    BUG,
    KEPT,
    SILENT,
    STORE_CODE,
    STORE_FAILED,
    TOLD,
    TOO_COSTLY,
    close_reason,
    count_refused,
    count_rest,
    state_of,
)
from crawler.fetching.recovery import begin
from crawler.fetching.silence import Silence
from crawler.fetching.spider import asked_address
from crawler.fetching.units import UNIT, Expected, Unit, validators
from crawler.items import RawDocument
from crawler.storage.pages import Settled
from crawler.storage.tables import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.fetching.keeping import Kept, Rest
    from crawler.fetching.reading.pages import Taken
    from crawler.fetching.refusals import Later
    from crawler.fetching.spider import DocumentSpider
    from crawler.items import Document
    from crawler.storage import Counts
    from crawler.storage.pages import Found, Lease, Supply
    from crawler.storage.writer import Writer

logger = logging.getLogger(__name__)

_MOST_BYTES: Final = 64 * 1024 * 1024
"""About how much may wait to be kept before nothing more is asked."""
_REMEMBERED: Final = 100_000
"""How many pages are remembered as known, to spare the database the links of every menu."""


class Frontier:
    """An extension: what the scheduler, the spider and the pipelines share of a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._patience = timedelta(seconds=settings.getfloat("DOCSHELF_PATIENCE"))
        self._keeping: Keeping | None = None
        self._is_document: Callable[[str], bool] = lambda _url: False
        self._on_supply: Callable[[Supply], None] = lambda _supply: None
        self._on_end: Callable[[Unit], None] = lambda _unit: None
        self._open: dict[int, Unit] = {}
        self._expected = Expected()
        self._known: set[int] = set()
        self._bytes = 0
        self._has_more = True
        self._silence = Silence(settings.getfloat("DOCSHELF_RETRY_DELAY"))
        self._next_due: datetime | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._refused = ""
        self.is_closing = False
        self.is_nearest_first = False
        """Whether a limit on the depth makes the shortest way to a page count."""
        self.resumes_at: datetime | None = None
        """Before this moment the site is not asked."""
        self._is_told = True
        """Whether the site itself wants that; else it is silent."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of *crawler*; the scheduler opens it."""
        opened = cls(crawler)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(opened.end_item, signal)
        crawler.signals.connect(opened.check, signals.spider_opened)
        return opened

    def check(self) -> None:
        """Raise ``CloseSpider`` if the crawl could not begin."""
        if self._refused:
            raise CloseSpider(self._refused)

    def open(
        self,
        spider: DocumentSpider,
        on_supply: Callable[[Supply], None],
        on_end: Callable[[Unit], None],
    ) -> None:
        """Take the site, mend what a crash left behind, and begin to lease.

        If that cannot be, the crawl ends as soon as Scrapy has opened it.

        *on_supply* is told what is leased, *on_end* each unit that is kept.
        """
        self._on_supply, self._on_end = on_supply, on_end
        settings = self._crawler.settings
        archiving = self._crawler.get_extension(Archiving)
        try:
            begun = begin(spider, settings)
        except CrawlerError as error:
            self.is_closing = True
            self.fail(error)
            self._refused = close_reason(error)
            return
        if archiving is not None:
            archiving.open(self.put, self.fail)
        self.resumes_at = begun.crawl.resumes_at
        self.is_nearest_first = spider.arguments.depth is not None
        spider.frontier = self
        self._is_document = lambda url: spider.doc_id(url) is not None
        self._keeping = Keeping(
            settings,
            begun,
            archiving,
            nearest=self.is_nearest_first,
            on_kept=self._take_down,
            on_failure=self.fail,
        )
        self._keeping.writer.flush()

    @property
    def is_open(self) -> bool:
        """Whether there is a crawl."""
        return self._keeping is not None

    @property
    def is_busy(self) -> bool:
        """Whether something is asked or on its way into the database."""
        return bool(self._open) or (self._writer is not None and not self._writer.is_idle)

    @property
    def is_full(self) -> bool:
        """Whether enough waits to be kept: the database is slow, or away."""
        return self._bytes > _MOST_BYTES or (
            self._writer is not None and self._writer.failure is not None
        )

    def begin(self, lease: Lease) -> Unit:
        """Return the unit of the page that *lease* gives."""
        unit = self._open[lease.id] = Unit(lease)
        return unit

    def want_more(self, *, is_starved: bool) -> None:
        """Lease more pages, if there may be any; at once if nothing is in hand."""
        if self._writer is None or self._writer.failure is not None:
            return
        if self._has_more or (is_starved and self._writer.has_pending):
            self._has_more = False
            self._writer.flush()

    def flush(self) -> None:
        """Keep what is there, and look for what is due by now."""
        if self._writer is not None:
            self._writer.flush()

    def settle(self, request: Request, taken: Taken, response: Response | None = None) -> None:
        """Take down what the answer to *request* was taken for."""
        if response is not None:
            self._silence.heard()
        unit: Unit | None = request.meta.get(UNIT)
        if unit is None:
            return
        if taken.verdict != TOO_COSTLY:  # nobody read it: a larger machine may
            unit.take_for(taken)
        if unit.lease is None:
            return
        state = state_of(taken.verdict)
        lease = unit.lease
        etag, last_modified = lease.etag, lease.last_modified
        if response is not None and response.status == HTTPStatus.OK and state == State.DONE:
            etag, last_modified = validators(response.headers.get)
        reason = None if state == State.DONE else taken.verdict
        unit.settled = Settled(
            lease.id, state.value, reason, lease.attempts, None, etag, last_modified
        )

    def join(self, document: Document) -> None:
        """Have *document* kept with the unit of the page that it was read from."""
        if self._writer is None:
            return
        if (unit := self._expected.take(document)) is not None:
            unit.documents.append(document)
            self._bytes += len(document.preview or "")
            return
        alone = Unit()
        alone.documents.append(document)
        self.put(alone)

    def expect(self, unit: Unit, item: object) -> None:
        """Take down that *item*, read from the page of *unit*, is on its way to ``join``."""
        unit.awaited += 1
        if isinstance(item, RawDocument):
            self._expected.add(unit, item)

    def add(self, unit: Unit, found: Iterable[Found]) -> None:
        """Have what was *found* on the page of *unit* asked in its time."""
        if self.is_nearest_first:
            unit.found.extend(found)
            return
        new = [one for one in found if one.hash not in self._known]
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known.update(one.hash for one in new)
        unit.found.extend(new)

    def end(self, unit: Unit) -> None:
        """Take down that one of those who add to *unit* is over; keep it after the last."""
        unit.awaited -= 1
        if unit.awaited:
            return
        self._expected.forget(unit)
        if unit.lease is not None and unit.settled is None:
            unit.settled = Settled(unit.lease.id, State.FAILED.value, BUG)
        self.put(unit)

    def end_item(self, response: Response | None, failure: Failure | None = None) -> None:
        """Take down that an item read from *response* went through the pipelines, or failed."""
        request = response.request if response is not None else None
        unit: Unit | None = request.meta.get(UNIT) if request is not None else None
        if unit is not None and unit.awaited > 0:
            if failure is not None:
                unit.settled = None
            self.end(unit)

    def postpone(self, request: Request, why: Later | None) -> None:
        """Have *request* asked again: later, as *why* says; or as if it never had been."""
        unit: Unit | None = request.meta.get(UNIT)
        if unit is None:
            return
        self.give_back(request)
        if unit.settled is not None and why is not None:
            unit.settled = unit.settled._replace(
                reason=why.reason,
                attempts=unit.settled.attempts + why.counts,
                not_before=why.not_before,
            )
            if why.not_before - steady.now() > self._patience:
                count_refused(self._crawler.stats, why.reason, asked_address(request))
        self.end(unit)

    def give_back(self, request: Request) -> None:
        """Have *request* asked again, as if it never had been."""
        unit: Unit | None = request.meta.get(UNIT)
        if unit is not None and unit.lease is not None:
            unit.settled = unit.lease.given_back()

    def give_up(self, request: Request) -> None:
        """Take down that nothing comes of *request* any more."""
        unit: Unit | None = request.meta.get(UNIT)
        if unit is not None:
            self.end(unit)

    @property
    def _writer(self) -> Writer[Unit, Kept] | None:
        return None if self._keeping is None else self._keeping.writer

    def is_silent(self, reason: str) -> bool:
        """Take down that a request failed for *reason*; tell whether the whole site is silent.

        Then no page is at fault, and the site is asked less.
        """
        if not self._silence.missed(reason):
            return False
        now = steady.now()
        if self.resumes_at is None or self.resumes_at <= now:
            self.resumes_at = now + self._silence.pause()
            self._is_told = False
        return True

    def attempts(self, request: Request) -> int | None:
        """Return how often the page of *request* was asked before; ``None`` if it has no row."""
        unit: Unit | None = request.meta.get(UNIT)
        return None if unit is None or unit.lease is None else unit.lease.attempts

    def hold(self, until: datetime) -> None:
        """Ask the site nothing before *until*, as it told us."""
        if self.resumes_at is None or until > self.resumes_at:
            self.resumes_at = until
            self._is_told = True

    def resume(self) -> None:
        """Ask the site again."""
        self.resumes_at = None

    def put(self, unit: Unit) -> None:
        """Have *unit* kept, which is complete."""
        if self._writer is not None:
            self._writer.put(unit)

    def note_robots(self, url: str, reason: str) -> None:
        """Take down what became of the robots.txt at *url*."""
        if self._writer is None:
            return
        unit = Unit()
        state = state_of(reason)
        unit.robots = (url, Settled(0, state.value, None if state == State.DONE else reason))
        self.put(unit)

    def fail(self, failure: BaseException) -> None:
        """End the crawl for *failure*: what is asked from now on could not be kept."""
        stats = self._crawler.stats
        if stats.get_value(STORE_FAILED) is None:
            is_bug = not isinstance(failure, CrawlerError)
            stats.set_value(STORE_FAILED, str(failure))
            code = failure.exit_code if isinstance(failure, CrawlerError) else ExitCode.DATABASE
            stats.set_value(STORE_CODE, int(code))
            logger.error("%s", failure, exc_info=failure if is_bug else None)
        if not self.is_closing and self._stopping is None:
            stop = self._crawler.engine.close_spider_async(reason=close_reason(failure))
            self._stopping = asyncio.create_task(stop)

    async def close(self, *, is_over: bool, is_held: bool = False) -> None:
        """Keep all that came.

        *is_over* says that nothing was left to be asked, *is_held* that only the site's pause ended
        the crawl.
        """
        self.is_closing = True
        if self._keeping is None:
            return
        for unit in [*self._open.values()]:
            if unit.awaited > 0:  # it never came back: it stays leased, and the next run asks it
                unit.awaited = 0
                unit.settled = None
                self.put(unit)
        told = self.resumes_at if self._is_told else None
        try:
            rest = await self._keeping.close(self._is_document, is_over=is_over, resumes_at=told)
        except CrawlerError as error:
            self.fail(error)
            return
        self._say(rest, told, is_held=is_held)

    def _say(self, rest: Rest, told: datetime | None, *, is_held: bool) -> None:
        """Say in the stats how the crawl stands; the site wants to be asked when it *told*."""
        stats = self._crawler.stats
        if self._writer is not None and self._writer.failure is not None:
            stats.set_value(f"{KEPT}unstored", self._writer.unkept)
        moments = [self._next_due] if rest.waiting and self._next_due is not None else []
        if told is not None and told > steady.now():
            moments.append(told)
        count_rest(
            stats,
            waiting=rest.waiting,
            until=max(moments, default=None),
            has_read=rest.has_read,
            paused="" if not is_held else TOLD if self._is_told else SILENT,
        )

    def _take_down(self, units: Sequence[Unit], kept: Kept) -> None:
        for unit in units:
            self._bytes -= sum(len(document.preview or "") for document in unit.documents)
            if unit.lease is not None:
                self._open.pop(unit.lease.id, None)
            self._on_end(unit)
        self._count(kept.counts)
        self._has_more = kept.has_more
        self._next_due = kept.supply.next_due
        self._on_supply(kept.supply)

    def _count(self, counts: Counts) -> None:
        stats = self._crawler.stats
        for name in ("new", "changed", "unchanged", "refused"):
            if count := getattr(counts, name):
                stats.inc_value(KEPT + name, count)
        if counts.refused:
            stats.set_value(STORE_FAILED, "it refused documents; the log names them")
