"""How long it is waited for a database, and what is said meanwhile."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from crawler.errors import SiteTakenError
from crawler.storage.address import shown
from crawler.storage.database import is_busy, is_disconnected, is_full, is_locked

if TYPE_CHECKING:
    from sqlalchemy import URL

logger = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 0.2


class Patience:
    """Waits for a database that is locked, away or full; says so once, and when it goes on."""

    def __init__(self, url: URL, wait_seconds: float, disk_seconds: float) -> None:
        """*wait_seconds* is for one that is locked or away, *disk_seconds* for a full disk."""
        self._url = url
        self._wait_seconds = wait_seconds
        self._disk_seconds = disk_seconds
        self._has_worked = False
        self._since: float | None = None

    def wait(self, error: SQLAlchemyError | SiteTakenError) -> bool:
        """Wait a moment for what *error* tells to pass; return whether that is of any use."""
        now = time.monotonic()
        longest = self._longest(error)
        if longest <= 0 or (self._since is not None and now - self._since >= longest):
            return False
        if self._since is None:
            self._since = now
            is_disk = isinstance(error, SQLAlchemyError) and is_full(error)
            what = "on a full disk" if is_disk else "locked or went away"
            logger.warning(
                "database %s is %s: waiting up to %g seconds", shown(self._url), what, longest
            )
        time.sleep(_PAUSE_SECONDS)
        return True

    def end(self) -> None:
        """Take down that it works."""
        self._has_worked = True
        if self._since is not None:
            self._since = None
            logger.warning("database %s works again", shown(self._url))

    def _longest(self, error: SQLAlchemyError | SiteTakenError) -> float:
        # A server that never answered is a wrong address: nothing to wait for. That of a claim
        # which was lost may still keep it for the session that broke off.
        if isinstance(error, SiteTakenError):
            return self._wait_seconds if self._has_worked else 0.0
        if is_full(error):
            return self._disk_seconds
        is_away = self._has_worked and is_disconnected(error)
        return self._wait_seconds if is_locked(error) or is_busy(error) or is_away else 0.0
