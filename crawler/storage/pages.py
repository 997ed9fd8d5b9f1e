"""What the frontier gives and takes: pages found, leased and settled, and the crawl they are of."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, Protocol

from crawler.storage.tables import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Found(NamedTuple):
    """An address worth asking for."""

    url: str
    hash: int
    """Of what it is known by, as ``page_hash`` gives it."""
    kind: str
    priority: int
    """The lowest is asked first."""
    depth: int
    """How many links it is away from a place to start at."""


class Settled(NamedTuple):
    """What became of a leased page; the values of its row."""

    id: int
    state: str
    reason: str | None = None
    attempts: int = 0
    not_before: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


class Lease(NamedTuple):
    """A page that is to be asked now."""

    id: int
    url: str
    kind: str
    priority: int
    depth: int
    attempts: int
    """How often it was asked in vain in this pass."""
    reason: str | None
    """Why it was."""
    etag: str | None
    last_modified: str | None
    """What the site told of its last answer, to ask whether it changed."""

    def given_back(self) -> Settled:
        """Return what becomes of it if it is as if it never had been asked."""
        return Settled(
            self.id,
            State.DUE.value,
            self.reason,
            self.attempts,
            None,
            self.etag,
            self.last_modified,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """A crawl: a site, and what makes one crawl of it another than the next."""

    id: int
    site: str
    pass_number: int
    """How often the whole was begun, this time included."""
    seeded: int
    """How many of the places to start at are rows."""
    reopened: int
    reopen_to: int
    """Rows with numbers up to the second are asked again in this pass; up to the first, are due."""
    begun_at: datetime
    ended_at: datetime | None
    """When its last pass ended, ``None`` if one is under way."""
    resumes_at: datetime | None
    """Before this moment the site does not want to be asked."""


class Seeds(Protocol):
    """The places to start at, in an order that never changes."""

    def __call__(self, start: int, count: int) -> Sequence[Found]:
        """Return *count* of them from number *start* on, or as many as there are."""


class Supply(NamedTuple):
    """What is to be asked next."""

    leases: list[Lease]
    crawl: Crawl
    """The crawl, with what was done to find them."""
    next_due: datetime | None
    """When the first page that waits may be asked."""
    floor: int | None
    """The depth of the nearest page that waits."""


def page_hash(key: str) -> int:
    """Return the hash of what a page is known by: 8 bytes of BLAKE2b, as a signed number.

    Among ten million pages, two have the same hash in one of 370,000 crawls.

    >>> page_hash("p:wenku365.com/")
    3550649676074417322
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
