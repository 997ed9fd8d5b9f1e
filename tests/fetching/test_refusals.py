from __future__ import annotations

import pytest
from scrapy import exceptions
from twisted.internet import error as twisted_error

from crawler.fetching.outcome import NO_ANSWER
from crawler.fetching.refusals import CAUSES, FETCH_ERRORS, Refusal, reason_of


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (exceptions.DownloadTimeoutError("x"), "timeout"),
        (exceptions.CannotResolveHostError("x"), "dns"),
        (exceptions.DownloadConnectionRefusedError("x"), "connection_refused"),
        (exceptions.DownloadFailedError("x"), "connection_lost"),
        (exceptions.ResponseDataLossError("x"), "connection_lost"),
        (exceptions.DownloadCancelledError("x"), "too_large"),
        (twisted_error.ConnectionLost("x"), "connection_lost"),
        (twisted_error.ConnectError("x"), "connection_refused"),  # type: ignore[no-untyped-call]
        (Refusal("robots"), "robots"),
        (ZeroDivisionError("x"), "fetch_failed"),
    ],
)
def test_reason(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason
    assert isinstance(error, FETCH_ERRORS) == (reason != "fetch_failed")


def test_reasons_without_an_answer_are_reasons() -> None:
    assert {reason for _, reason in CAUSES} >= NO_ANSWER
