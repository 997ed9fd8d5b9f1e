"""Where the captures of WARC files are, and which are one and the same."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.fetching.sources.captures import timestamp

if TYPE_CHECKING:
    from datetime import datetime

_MAKE: Final = """
CREATE TABLE places (
    url TEXT, moment TEXT, digest TEXT, file INTEGER, place INTEGER, record_id TEXT,
    PRIMARY KEY (url, moment)
) WITHOUT ROWID;
CREATE INDEX by_digest ON places (digest);
"""
_ADD: Final = "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?, ?)"
_AT: Final = (
    "SELECT file, place, record_id FROM places WHERE url = ? AND moment = ? AND digest <> ''"
)
_LIKE: Final = "SELECT file, place, record_id FROM places WHERE digest = ? LIMIT 1"


class Place(NamedTuple):
    """Where a record begins."""

    file: int
    """The number of its file."""
    offset: int
    record_id: str
    """What tells it from others in one gzip member."""


class Places:
    """The places of captures, by address and second, and by payload; for one thread.

    They are in a database that is nobody's: what outgrows its cache is on the disk, until it is
    closed.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_MAKE)

    def add(self, url: str, moment: datetime, digest: str, place: Place) -> bool:
        """Note where a capture is; return ``False`` if there is one of that address and second.

        *digest* is empty if it has no payload of its own.
        """
        added = self._database.execute(_ADD, (url, timestamp(moment), digest, *place))
        return added.rowcount == 1

    def at(self, url: str, moment: datetime) -> Place | None:
        """Return the place of the capture of *url* at that second, if it has a payload."""
        return self._first(_AT, url, timestamp(moment))

    def like(self, digest: str) -> Place | None:
        """Return the place of a capture whose payload has that digest."""
        return self._first(_LIKE, digest)

    def close(self) -> None:
        """Forget them."""
        self._database.close()

    def _first(self, query: str, *values: str) -> Place | None:
        row = self._database.execute(query, values).fetchone()
        return None if row is None else Place(*row)
