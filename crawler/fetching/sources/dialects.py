r"""The dialects of CDX servers: what to ask, and what their answers mean.

There are two. pywb and Common Crawl's index give a JSON object a line and, where their index is
compressed in blocks, number their pages. The Wayback Machine gives one JSON array of rows, the
first with the names of the columns, and behind an empty row the key to go on with.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from crawler.archive.surt import surt
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RESUMED_ROWS: Final = 5000
"""How many captures are asked for at once where a key says how to go on."""

_NAMES: Final = {"original": "url", "mimetype": "mime", "statuscode": "status"}
"""The Wayback Machine's names of columns, and ours."""
_TIMESTAMP: Final = re.compile(r"\d{14}")
_RAW_KEY: Final = re.compile(r"[)(,/ ]")
_API_END: Final = re.compile(r"(?:/cdx|-cdx|-index|/index)/?\Z")
_WAYBACK_END: Final = re.compile(r"/cdx(?:/search)?(?:/cdx)?/?\Z")
_REVISIT: Final = "warc/revisit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One capture, as an index lists it."""

    url: str
    captured_at: datetime
    """Aware, UTC, to the second."""
    mime: str = ""
    digest: str = ""
    """Of the payload, without the name of its algorithm."""
    file: str = ""
    """The WARC file that holds the record; empty if the index does not say."""
    offset: int = 0
    length: int = 0

    @property
    def is_revisit(self) -> bool:
        """Whether it only repeats another capture."""
        return self.mime == _REVISIT


@dataclass(frozen=True, slots=True)
class Listing:
    """What an index answered."""

    entries: tuple[Entry, ...] = ()
    damaged: int = 0
    """How many rows of it make no sense."""
    resume_key: str = ""
    """What to go on with; empty at the end."""


def query(index: str, **parameters: str) -> str:
    """Return the address to ask *index* at; what its own query says holds for each question.

    >>> query("https://index.example/cdx?from=2020", url="a.example/p-", matchType="prefix")
    'https://index.example/cdx?from=2020&url=a.example%2Fp-&matchType=prefix&output=json'
    """
    parts = urlsplit(index)
    own = parse_qsl(parts.query, keep_blank_values=True)
    asked = [*own, *parameters.items(), ("output", "json")]
    return parts._replace(query=urlencode(asked), fragment="").geturl()


def read_listing(text: str) -> Listing:
    r"""Return what the *text* of an index's answer lists.

    Raise ``ArchiveError`` if it is no listing.

    >>> read_listing('{"message": "No Captures found for: a.example/*"}')
    Listing(entries=(), damaged=0, resume_key='')
    """
    text = text.strip()
    try:
        if text.startswith("["):
            return _read_table(json.loads(text))
        return _listing([json.loads(line) for line in text.splitlines()])
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveError(f"not a listing of captures: {text[:_SHOWN]!r}") from error


def read_page_count(text: str) -> int | None:
    """Return how many pages an index says that there are; ``None`` if it does not number them.

    >>> read_page_count('{"pages": 4, "pageSize": 5, "blocks": 20}'), read_page_count("3")
    (4, 3)
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):  # a line for each capture: it knows no pages
        return None
    if isinstance(said, dict):
        said = 0 if _says_none(said) else said.get("pages")
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def newest_crawl(text: str) -> str:
    """Return the newest of the crawls that *text*, Common Crawl's list of them, names.

    Raise ``ArchiveError`` if it names none.
    """
    try:
        return max(str(one["id"]) for one in json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ArchiveError(f"not a list of crawls: {text[:_SHOWN]!r}") from error


def replay_of(index: str) -> str:
    """Return where the captures of *index* are replayed, if nobody says otherwise: beside it.

    >>> replay_of("http://localhost:8080/kept/cdx"), replay_of("https://web.example/cdx/search/cdx")
    ('http://localhost:8080/kept/', 'https://web.example/web/')
    """
    parts = urlsplit(index)
    path = parts.path
    if path.rstrip("/").endswith("/cdx/search/cdx"):
        path = _WAYBACK_END.sub("/web", path)
    path = _API_END.sub("", path).rstrip("/") + "/"
    return parts._replace(path=path, query="", fragment="").geturl()


def distinct(prefixes: Iterable[str]) -> list[str]:
    """Return those of *prefixes*, addresses without a scheme, that no other one covers.

    An index knows no difference between ``www.`` and none.

    >>> distinct(["m.a.example/p-", "a.example/p-", "www.a.example/p-", "a.example/p-x/"])
    ['a.example/p-', 'm.a.example/p-']
    """
    keys = {_key(prefix): prefix for prefix in sorted(prefixes, key=len, reverse=True)}
    kept: list[str] = []
    for key in sorted(keys):
        if not kept or not key.startswith(kept[-1]):
            kept.append(key)
    return [keys[key] for key in kept]


def without_algorithm(digest: str) -> str:
    """Return a payload's *digest* as an index may write it.

    >>> without_algorithm("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    '3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return digest.rpartition(":")[2]


def _key(prefix: str) -> str:
    key = surt(f"http://{prefix}")
    return f"{key}/" if prefix.endswith("/") and not key.endswith("/") else key


def _read_table(rows: Sequence[Any]) -> Listing:
    """Return what a JSON array of *rows* lists, the first of which names the columns."""
    if not rows:
        return Listing()
    names = [_NAMES.get(name, name) for name in rows[0]]
    key = ""
    last = rows[-1]
    if len(rows) > 2 and not rows[-2] and isinstance(last, list) and len(last) == 1:  # noqa: PLR2004 - a blank, a key
        key = _resume_key(str(last[0]))
        rows = rows[:-2]
    found = _listing([dict(zip(names, row, strict=False)) for row in rows[1:]])
    return Listing(found.entries, found.damaged, key)


def _resume_key(text: str) -> str:
    """Return the key that *text* is, which some servers give ready to stand in an address."""
    return text if _RAW_KEY.search(text) else unquote_plus(text)


def _listing(rows: Sequence[dict[str, Any]]) -> Listing:
    found = [_entry(row) for row in rows if not _says_none(row)]
    entries = tuple(entry for entry in found if entry is not None)
    return Listing(entries, len(found) - len(entries))


def _says_none(row: dict[str, Any]) -> bool:
    """Tell whether *row* is what an index says that has no capture."""
    return bool(row) and row.keys() <= {"message", "error"}


def _entry(row: dict[str, Any]) -> Entry | None:
    """Return the capture of *row*; ``None`` if it names no address or no moment."""
    url, moment = str(row.get("url") or ""), str(row.get("timestamp") or "")
    if not url or not _TIMESTAMP.fullmatch(moment):
        return None
    try:
        captured_at = datetime.strptime(moment, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    file = str(row.get("filename") or "")
    offset, length = _number(row.get("offset")), _number(row.get("length"))
    is_placed = file not in {"", "-"} and offset is not None and length
    return Entry(
        url=url,
        captured_at=captured_at,
        mime=str(row.get("mime") or ""),
        digest=without_algorithm(str(row.get("digest") or "")),
        file=file if is_placed else "",
        offset=offset or 0 if is_placed else 0,
        length=length or 0 if is_placed else 0,
    )


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


_SHOWN: Final = 80
_DIGITS: Final = 18
