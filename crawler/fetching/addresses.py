"""Addresses that a user gives: whether anybody could be asked there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.errors import UsageError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_BLANK: Final = re.compile(r"[\s\x00-\x20]")
_SHOWN: Final = 100


def require_address(url: str, where: str) -> None:
    """Raise a ``UsageError`` that begins with *where* unless *url* is an http or https address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc or _BLANK.search(url):
        raise UsageError(f"{where}: {shown(url)} is no http or https address")
    if not _has_port(parts):
        raise UsageError(f"{where}: {shown(url)} has a port that is no number up to 65535")


def shown(text: str) -> str:
    """Return *text* in quotes, cut where it is long, for an error's line."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False
