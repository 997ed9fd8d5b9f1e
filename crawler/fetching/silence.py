"""A site that answers to nobody: then no page is at fault, and the site is asked less."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from crawler.fetching.outcome import NO_ANSWER

_MOST: Final = 16
"""A site that answers to none of so many requests in a row is away."""
_LONGEST: Final = timedelta(hours=1)


class Silence:
    """Counts the requests in a row that nobody answered.

    >>> silence = Silence(1.0)
    >>> [silence.missed("timeout") for _ in range(17)][-2:], silence.pause().total_seconds()
    ([False, True], 1.0)
    >>> silence.pause().total_seconds(), silence.missed("http_503"), silence.missed("timeout")
    (2.0, False, False)
    """

    def __init__(self, delay_seconds: float) -> None:
        self._first = timedelta(seconds=delay_seconds)
        self._next = self._first
        self._missed = 0

    def heard(self) -> None:
        """Take down that an answer came."""
        self._missed = 0
        self._next = self._first

    def missed(self, reason: str) -> bool:
        """Take down that a request failed for *reason*; return whether the site is away."""
        if reason not in NO_ANSWER:
            self.heard()
            return False
        self._missed += 1
        return self._missed > _MOST

    def pause(self) -> timedelta:
        """Return how long the site is left alone now; the next time, twice as long."""
        now, self._next = self._next, min(2 * self._next, _LONGEST)
        return now
