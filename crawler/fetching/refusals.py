"""Why a request ends without a page: each cause under one name, by which it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy import exceptions
from twisted.internet import error as twisted_error

from crawler.fetching.download import BadAnswerError, TunnelError

if TYPE_CHECKING:
    from datetime import datetime


class Refusal(exceptions.IgnoreRequest):
    """A request ends without a page; *reason* is the name under which it is counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unavailable(Refusal):
    """A host cannot be asked for now: it may be had later."""


class Postponed(exceptions.IgnoreRequest):
    """A request ends for now: it is asked again later, or by the next run. Nothing to count."""


class Later(Postponed):
    """A page failed in passing, for *reason*: it is asked again, and *not_before* a moment."""

    def __init__(self, reason: str, not_before: datetime, *, counts: bool = True) -> None:
        """With *counts* the page is at fault, and is not asked for ever."""
        super().__init__(reason)
        self.reason = reason
        self.not_before = not_before
        self.counts = counts


class Withdrawn(Exception):  # noqa: N818  # not an error: it was never sent
    """A request is taken back before it was sent."""


CAUSES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (exceptions.DownloadTimeoutError, "timeout"),
    (exceptions.CannotResolveHostError, "dns"),
    (exceptions.DownloadConnectionRefusedError, "connection_refused"),
    (BadAnswerError, "bad_answer"),
    (TunnelError, "proxy"),
    (exceptions.DownloadFailedError, "connection_lost"),
    (exceptions.ResponseDataLossError, "connection_lost"),
    (exceptions.DownloadCancelledError, "too_large"),
    (twisted_error.ConnectError, "connection_refused"),
    (twisted_error.ConnectionClosed, "connection_lost"),
)
"""What may go wrong while a page is fetched, the first that fits, and its name."""

UNKNOWN: Final = "fetch_failed"
"""The reason of a failure that none of the causes fits."""

FETCH_ERRORS: Final[tuple[type[Exception], ...]] = (Refusal, *(kind for kind, _ in CAUSES))


def reason_of(error: BaseException) -> str:
    """Return the name under which *error*, met while a page was fetched, is counted.

    >>> reason_of(exceptions.DownloadTimeoutError("took longer")), reason_of(Refusal("robots"))
    ('timeout', 'robots')
    """
    if isinstance(error, Refusal):
        return error.reason
    return next((reason for kind, reason in CAUSES if isinstance(error, kind)), UNKNOWN)
