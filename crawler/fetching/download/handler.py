"""The download handler: a request in, a response out, and the exchange to whom it concerns."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import is_asyncio_available
from twisted.python.failure import Failure

from crawler.fetching.download.asking import ask
from crawler.fetching.download.dialling import Dialler
from crawler.fetching.download.pool import Pool
from crawler.fetching.download.transfer import Limits, Transfer

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.signalmanager import SignalManager

    from crawler.exchange import Exchange
    from crawler.fetching.download.asking import Asked, Route
    from crawler.fetching.download.connection import Connection

exchange_done: Final = object()
"""The signal of an exchange that is over, with ``exchange`` and ``request``.

It is sent for each answer of which at least one byte came, whatever becomes of it: documents,
redirects, errors, robots.txt, answers cut or refused; and before Scrapy gets the response. What
a receiver returns is awaited if it can be; what it raises is raised in place of the response.
"""

_UNLIMITED: Final = 100


class DownloadHandler:
    """HTTP/1.1 over TCP and TLS, on asyncio, keeping the bytes."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        if not is_asyncio_available():
            raise NotConfigured("the download handler needs asyncio's reactor, or none")
        settings = crawler.settings
        self._crawler = crawler
        self._bind = settings.get("DOWNLOAD_BIND_ADDRESS")
        self._limits = Limits(
            timeout=settings.getfloat("DOWNLOAD_TIMEOUT"),
            maxsize=settings.getint("DOWNLOAD_MAXSIZE"),
            warnsize=settings.getint("DOWNLOAD_WARNSIZE"),
            fail_on_data_loss=settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS"),
        )
        self._pool = Pool(
            per_route=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") or _UNLIMITED,
            total=settings.getint("CONCURRENT_REQUESTS") or _UNLIMITED,
        )
        self._dialler = Dialler.from_settings(settings, self._pool.lost)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the handler of *crawler*."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Return the answer to *request*, or raise as Scrapy's own handlers do.

        ``BadAnswerError`` where what came is not HTTP.
        """
        asked = ask(request, self._bind)
        limits = self._limits.of(request)
        transfer = Transfer(self._crawler, request, asked, limits)
        try:
            async with asyncio.timeout(limits.timeout) as until:
                await self._carry(transfer, asked, until)
        except TimeoutError:
            transfer.expire()
        await self._hand_over(transfer, request)
        return transfer.response()

    async def close(self) -> None:
        """End all connections."""
        await self._pool.close()

    async def _carry(self, transfer: Transfer, asked: Asked, until: asyncio.Timeout) -> None:
        kept = self._pool.take(asked.route)
        if kept is not None:
            # The server may be ending the connection just then, and never see the request; or
            # what comes may be the rest of an answer that was longer than it said.
            await self._run(transfer, kept, None if asked.is_idempotent else until)
            if not (transfer.is_stale and asked.is_idempotent):
                return
        await self._run(transfer, await self._connect(asked.route), until)

    async def _connect(self, route: Route) -> Connection:
        connection = await self._dialler.connect(route)
        self._pool.add(connection)
        return connection

    async def _run(
        self, transfer: Transfer, connection: Connection, until: asyncio.Timeout | None
    ) -> None:
        try:
            await transfer.run(connection, until)
        finally:
            if transfer.answer.is_reusable and connection.is_drained:
                self._pool.put(connection)
            else:
                connection.abort()

    async def _hand_over(self, transfer: Transfer, request: Request) -> None:
        exchange = transfer.exchange()
        if exchange is not None:
            await hand_over(self._crawler.signals, exchange, request)


async def hand_over(signals: SignalManager, exchange: Exchange, request: Request) -> None:
    """Send ``exchange_done`` of the *exchange* that answers *request*, as the signal says."""
    results = signals.send_catch_log(
        exchange_done, dont_log=Exception, exchange=exchange, request=request
    )
    for _, result in results:
        if inspect.isawaitable(result):
            await result
    for _, result in results:
        if isinstance(result, Failure):
            result.raiseException()
