"""One request and its answer, as they were on the wire: what the archive keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

Truncation: TypeAlias = Literal["length", "time", "disconnect", "unspecified"]
"""Why an answer is not whole, in the words of WARC-Truncated (WARC 1.1 §5.13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came back, as they were on the wire."""

    url: str
    """The address asked for, absolute."""
    request: bytes
    """Request line in origin form, headers, blank line, body: what was sent. To a proxy the line
    was sent in absolute form, and with what the proxy asks for (Proxy-Authorization). Empty if
    the answer comes from a source that does not know it."""
    response: bytes
    """Status line, headers, blank line, body as sent, chunks and content encoding included;
    without heads of status 1xx; empty if nothing came."""
    started_at: datetime
    """When the request was sent; aware, UTC, with microseconds."""
    ip: str | None
    """The site's address; ``None`` through a proxy."""
    truncated: Truncation | None
    """Why the answer is not whole; ``None`` if it is."""
    is_http: bool = True
    """Whether the answer has a head that can be read as HTTP's."""
    asked: str = ""
    """The address that was asked first, where a redirect led from it to ``url``."""
    source: str = ""
    """Where the answer was taken from, if not from the site: an address or a file."""
    is_rebuilt: bool = False
    """Whether its head was put together from what a source says of it."""
