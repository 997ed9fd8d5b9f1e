"""Captures: answers that a source has, each of an address and a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from crawler.exchange import Exchange
    from crawler.fetching.arguments import Ids
    from crawler.reading.address import UrlTemplate

CAPTURE: Final = "docshelf_capture"
"""What the capture that answers a request is called in its ``meta``."""

OF_SOURCE: Final = "docshelf_of_source"
"""Marks, in ``meta``, what is asked of a source itself: no page, and nothing to be kept."""

AS_IT_CAME: Final = "docshelf_as_it_came"
"""Marks, in ``meta``, what is asked of a source and must not be unpacked on the way."""

MEMENTO: Final = "Memento-Datetime"
"""Says that an answer is an archived one, with its status, and of when (RFC 7089 §2.1.1)."""


class Capture(Protocol):
    """An answer that a source has."""

    @property
    def url(self) -> str:
        """The address that answered."""

    @property
    def asked(self) -> str:
        """The address that was asked first; empty if that is the same."""

    @property
    def captured_at(self) -> datetime:
        """When; aware, UTC. Whole seconds if the source says no more."""

    async def exchange(self) -> Exchange:
        """Return the answer. Raise ``Refusal`` if it cannot be had."""


class Lost(NamedTuple):
    """What a source has and cannot give."""

    reason: str
    """The name under which it is counted."""
    where: str


class Source(Protocol):
    """Where captures come from."""

    def captures(self) -> AsyncIterator[Capture | Lost]:
        """Yield the captures that are wanted, and what is lost of them."""


class Wanted(NamedTuple):
    """Which captures of a site are wanted: those of its documents, or of some of them."""

    template: UrlTemplate
    doc_ids: Ids | None = None
    """The IDs of the documents; ``None``: all."""

    def has(self, *urls: str) -> bool:
        """Tell whether one of *urls* is a wanted document's address."""
        found = (self.template.doc_id(url) for url in urls)
        return any(
            doc_id is not None and (self.doc_ids is None or doc_id in self.doc_ids)
            for doc_id in found
        )


def is_captured(request: Request, response: Response) -> bool:
    """Tell whether *response* is an archived answer, that says nothing of who gave it."""
    if CAPTURE in request.meta:
        return True
    return OF_SOURCE in request.meta and MEMENTO in response.headers


def timestamp(moment: datetime) -> str:
    """Return *moment* as indexes write it: 14 digits, in UTC."""
    return f"{moment:%Y%m%d%H%M%S}"
