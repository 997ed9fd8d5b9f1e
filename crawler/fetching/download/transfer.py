"""One request on its way: what Scrapy is told while its answer comes, and what comes of it."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

from scrapy import signals
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes
from twisted.python.failure import Failure

from crawler.exchange import Exchange
from crawler.fetching.download.framing import Answer

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.exchange import Truncation
    from crawler.fetching.download.asking import Asked
    from crawler.fetching.download.connection import Connection

logger = logging.getLogger(__name__)

_FOREIGN_BYTES: Final = 1024 * 1024
_FOREIGN_SECONDS: Final = 2.0
"""How much of what is not HTTP is kept, and how long it is waited for."""
_SHOWN: Final = 60


CAPTURED_AT: Final = "captured_at"
"""What the moment when a request was sent is called in its ``meta``; aware, UTC."""


class BadAnswerError(DownloadFailedError):
    """What came is not HTTP, or contradicts itself. As Scrapy sees it, a failed download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request is allowed, as Scrapy's settings and its meta say."""

    timeout: float
    """Seconds, from its start to the last byte."""
    maxsize: int
    """Bytes of the body, as sent; 0: any."""
    warnsize: int
    fail_on_data_loss: bool

    def of(self, request: Request) -> Limits:
        """Return these, unless *request* has its own."""
        meta = request.meta
        return Limits(
            timeout=meta.get("download_timeout") or self.timeout,
            maxsize=meta.get("download_maxsize", self.maxsize),
            warnsize=meta.get("download_warnsize", self.warnsize),
            fail_on_data_loss=meta.get("download_fail_on_dataloss", self.fail_on_data_loss),
        )


class Transfer:
    """One request of *crawler*'s and its answer."""

    def __init__(self, crawler: Crawler, request: Request, asked: Asked, limits: Limits) -> None:
        self._crawler = crawler
        self._request = request
        self._asked = asked
        self._limits = limits
        self._begun = monotonic()
        self._until: asyncio.Timeout | None = None
        self._start()

    def _start(self) -> None:
        self.answer = Answer(self._asked.method)
        self._headers: Headers | None = None
        self._seen = 0
        self._has_warned = False
        self._started_at = datetime.now(UTC)
        self._stop: StopDownload | None = None
        self._problem: Exception | None = None
        self._truncated: Truncation | None = None
        self._ip: str | None = None
        self._certificate: bytes | None = None

    async def run(self, connection: Connection, until: asyncio.Timeout | None) -> None:
        """Ask over *connection*; what was asked and came before is forgotten.

        The time *until* which is waited is shortened for what is not HTTP; ``None``: it is not
        waited for at all.
        """
        self._start()
        self._until = until
        if self._asked.route.proxy is None:
            self._ip = connection.ip
        self._certificate = connection.certificate
        await connection.ask(self._asked.sent, self.answer, self._watch)

    @property
    def is_stale(self) -> bool:
        """Whether nothing came that can be an answer to this request."""
        return not self.answer.raw or (self.answer.is_foreign and not self.answer.is_over_limit)

    def expire(self) -> None:
        """End it: its time is over."""
        self._truncated = "time"
        url, seconds = self._asked.url, self._limits.timeout
        self._problem = DownloadTimeoutError(f"Getting {url} took longer than {seconds} seconds.")

    def exchange(self) -> Exchange | None:
        """Return what was on the wire, or ``None`` if nothing came."""
        answer = self.answer
        if not answer.raw:
            return None
        self._request.meta[CAPTURED_AT] = self._started_at
        return Exchange(
            url=self._asked.url,
            request=self._asked.plain,
            response=bytes(answer.raw),
            started_at=self._started_at,
            ip=self._ip,
            truncated=self._truncation(),
            is_http=not answer.is_foreign,
            asked=next(iter(self._request.meta.get("redirect_urls", ())), ""),
        )

    def response(self) -> Response:
        """Return the response, or raise what Scrapy raises where there is none."""
        answer = self.answer
        if self._stop is not None:
            return self._stopped(self._stop)
        if problem := self._bad_answer() or self._problem:
            raise problem
        if self._headers is None:
            part = "within its answer's head" if answer.raw else "without an answer"
            raise DownloadFailedError(f"{self._asked.url}: the connection ended {part}")
        if answer.is_complete:
            # Named as Scrapy names it: nobody can tell whether more was to come.
            flags = ["partial"] if answer.is_unending else []
            return self._response(flags, answer.body_from(0))
        if self._limits.fail_on_data_loss:
            why = answer.fault or "the connection ended early"
            raise ResponseDataLossError(f"{self._asked.url}: {why}")
        return self._response(["dataloss"], answer.body_from(0))

    def _bad_answer(self) -> BadAnswerError | None:
        answer = self.answer
        if answer.is_foreign:
            why = f"not HTTP: {bytes(answer.raw[:_SHOWN])!r}"
        elif answer.fault is not None and (answer.head is None or answer.is_complete):
            why = answer.fault
        else:
            return None
        return BadAnswerError(f"{self._asked.url}: {why}")

    def _truncation(self) -> Truncation | None:
        answer = self.answer
        if answer.is_complete:
            return None
        if self._truncated is not None:
            return self._truncated
        if answer.fault is None or answer.is_broken:
            return "disconnect"
        if answer.is_over_limit:
            return "length"
        return None if answer.is_foreign else "unspecified"

    def _stopped(self, stop: StopDownload) -> Response:
        body = self.answer.body_from(0)[: self._seen]  # what a receiver saw
        response = self._response(["download_stopped"], body)
        if stop.fail:
            stop.response = response
            raise stop
        return response

    def _response(self, flags: list[str], body: bytes) -> Response:
        head, headers = self.answer.head, self._headers
        if head is None or headers is None:
            raise DownloadFailedError(f"{self._asked.url}: no head")
        url = self._asked.url
        kind = responsetypes.from_args(headers=headers, url=url, body=body)
        return kind(
            url=url,
            status=head.status,
            headers=headers,
            body=body,
            flags=flags,
            certificate=self._certificate,
            ip_address=ipaddress.ip_address(self._ip) if self._ip else None,
            protocol=f"HTTP/{head.version}",
        )

    # --- while it comes -----------------------------------------------------------------------

    def _watch(self, answer: Answer) -> bool:
        if answer.is_foreign:
            return self._watch_foreign(answer)
        if answer.head is None:
            return True
        return (self._headers is not None or self._head_came(answer)) and self._body_came(answer)

    def _watch_foreign(self, answer: Answer) -> bool:
        until = self._until
        if until is None:
            return False
        if not self._seen:
            soon = asyncio.get_running_loop().time() + _FOREIGN_SECONDS
            until.reschedule(min(soon, until.when() or soon))
        self._seen = answer.body_size
        if self._seen > _FOREIGN_BYTES:
            self._truncated = "length"
            return False
        return True

    def _head_came(self, answer: Answer) -> bool:
        if answer.head is None:
            return True
        self._request.meta["download_latency"] = monotonic() - self._begun
        self._headers = Headers(answer.head.headers)
        expected = answer.expected
        if not self._tell(signals.headers_received, headers=self._headers, body_length=expected):
            return False
        return self._check_size(expected or 0, "Expected to receive")

    def _body_came(self, answer: Answer) -> bool:
        if answer.body_size == self._seen:
            return True
        data = answer.body_from(self._seen)
        self._seen = answer.body_size
        if not self._tell(signals.bytes_received, data=data):
            return False
        return self._check_size(self._seen, "Received")

    def _tell(self, signal: object, **told: object) -> bool:
        """Send *signal*; return whether nobody wants to stop the download."""
        results = self._crawler.signals.send_catch_log(
            signal, request=self._request, spider=self._crawler.spider, **told
        )
        for _, result in results:
            if isinstance(result, Failure) and isinstance(result.value, StopDownload):
                self._stop = result.value
                self._truncated = "unspecified"
                return False
        return True

    def _check_size(self, size: int, what: str) -> bool:
        most, many = self._limits.maxsize, self._limits.warnsize
        if most and size > most:
            self._truncated = "length"
            self._problem = DownloadCancelledError(
                f"{what} {size} bytes which is larger than download max size ({most})"
                f" in request {self._request}."
            )
            return False
        if many and size > many and not self._has_warned:
            self._has_warned = True
            logger.warning(
                "%s %d bytes which is larger than download warn size (%d) in request %s.",
                *(what, size, many, self._request),
            )
        return True
