"""Captures that a CDX server lists: their records by a range of a file, or by a replay."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from crawler.archive.reader import Record, read_stream
from crawler.errors import ArchiveError
from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.answers import ANSWERS, recorded_exchange, replayed_exchange
from crawler.fetching.sources.captures import Lost, timestamp
from crawler.fetching.sources.dialects import (
    RESUMED_ROWS,
    Entry,
    Listing,
    distinct,
    newest_crawl,
    query,
    read_listing,
    read_page_count,
    without_algorithm,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from crawler.exchange import Exchange
    from crawler.fetching.sources.asking import Asker
    from crawler.fetching.sources.captures import Capture, Wanted

logger = logging.getLogger(__name__)

Dialect: TypeAlias = Literal["pages", "resumed"]

FEW: Final = 100
"""Up to how many documents are each asked for by their addresses; more, and all are listed."""
_UNPAGED_ROWS: Final = 100_000
"""At how many captures pywb ends a listing that has no pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A web archive: its index, and where the records are that it lists."""

    index: str = ""
    """The address of its CDX server; empty: that of the newest crawl of *crawls*."""
    crawls: str = ""
    """The address of Common Crawl's indexes."""
    files: str = ""
    """The address or the folder of the WARC files that the index names; empty: none."""
    replay: str = ""
    """Where captures are replayed; empty: nowhere."""
    dialect: Dialect = "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A capture that an index lists."""

    archive: IndexedArchive
    entry: Entry
    asked: str = ""

    @property
    def url(self) -> str:
        """The address that answered."""
        return self.entry.url

    @property
    def captured_at(self) -> datetime:
        """When, to the second."""
        return self.entry.captured_at

    async def exchange(self) -> Exchange:
        """Fetch it. Raise ``Refusal`` if it is not there, or damaged."""
        return await self.archive.fetch(self.entry)


class IndexedArchive:
    """The captures of a site's documents in the web archive of *server*."""

    def __init__(self, server: Server, wanted: Wanted, asker: Asker) -> None:
        self._server = server
        self._wanted = wanted
        self._asker = asker
        self._index = server.index

    async def captures(self) -> AsyncIterator[Capture | Lost]:
        """Yield the captures, document by document, and what is lost of the index."""
        try:
            if not self._index:
                self._index = await self._newest()
        except Refusal as refusal:
            yield Lost(refusal.reason, self._server.crawls)
            return
        last: tuple[str, datetime] | None = None
        for prefix in self._prefixes():
            async for found in self._listed(prefix):
                if isinstance(found, Lost):
                    yield found
                    continue
                here = found.url, found.captured_at
                if here != last and self._wanted.has(found.url):
                    yield Indexed(archive=self, entry=found)
                last = here

    async def fetch(self, entry: Entry) -> Exchange:
        """Return the exchange of *entry*. Raise ``Refusal`` if it cannot be had."""
        if not (entry.file and self._server.files):
            return await self._replayed(entry)
        try:
            record, source = await self._record(entry)
            is_revisit = record.kind == "revisit"
            original = await self._original(record) if is_revisit else None
            return recorded_exchange(record, source=source, original=original)
        except ArchiveError as error:
            raise Refusal("damaged") from error

    # --- the index ----------------------------------------------------------------------------

    def _prefixes(self) -> list[str]:
        """Return what to list: what begins the documents' addresses, or those that are few."""
        template, doc_ids = self._wanted.template, self._wanted.doc_ids
        if doc_ids is None or len(few := list(islice(doc_ids, FEW + 1))) > FEW:
            return distinct(template.prefixes())
        return distinct(prefix for doc_id in few for prefix in template.prefixes(doc_id))

    async def _newest(self) -> str:
        url = f"{self._server.crawls}/collinfo.json"
        response = await self._asker.ask(url)
        if response.status != HTTPStatus.OK:
            raise Refusal(f"http_{response.status}")
        try:
            return f"{self._server.crawls}/{newest_crawl(response.text)}-index"
        except (ArchiveError, AttributeError) as error:
            raise Refusal("bad_index") from error

    async def _listed(self, prefix: str) -> AsyncIterator[Entry | Lost]:
        """Yield what the index lists of the addresses that begin with *prefix*."""
        asked = {"url": prefix, "matchType": "prefix"}
        where = query(self._index, **asked)
        try:
            async for listing in self._pages(asked):
                for entry in listing.entries:
                    yield entry
                for _ in range(listing.damaged):
                    yield Lost("bad_index", where)
        except Refusal as refusal:
            yield Lost(refusal.reason, where)

    async def _pages(self, asked: dict[str, str]) -> AsyncIterator[Listing]:
        if self._server.dialect == "resumed":
            async for listing in self._resumed(asked):
                yield listing
            return
        count = read_page_count(await self._text(showNumPages="true", **asked))
        if count is not None:
            for page in range(count):
                yield await self._list(page=str(page), **asked)
            return
        listing = await self._list(**asked)
        if len(listing.entries) >= _UNPAGED_ROWS:
            logger.warning(
                "%s lists no more than %d captures at once: there may be more of %s",
                *(self._index, _UNPAGED_ROWS, asked["url"]),
            )
        yield listing

    async def _resumed(self, asked: dict[str, str]) -> AsyncIterator[Listing]:
        more = {"limit": str(RESUMED_ROWS), "showResumeKey": "true"}
        while True:
            listing = await self._list(**asked, **more)
            yield listing
            if listing.resume_key in {"", more.get("resumeKey")}:
                return
            more["resumeKey"] = listing.resume_key

    async def _list(self, **asked: str) -> Listing:
        try:
            return read_listing(await self._text(**asked))
        except ArchiveError as error:
            logger.info("%s: %s", query(self._index, **asked), error)
            raise Refusal("bad_index") from error

    async def _text(self, **asked: str) -> str:
        """Return what the index says; nothing at all where it has no capture."""
        response = await self._asker.ask(query(self._index, **asked))
        text = response.body.decode("utf-8", "replace")
        if response.status == HTTPStatus.OK:
            return text
        if response.status == HTTPStatus.NOT_FOUND and _says_none(text):
            return text
        raise Refusal(f"http_{response.status}")

    # --- the records --------------------------------------------------------------------------

    async def _record(self, entry: Entry) -> tuple[Record, str]:
        """Return the record of *entry*, and where it was found. Raise ``Refusal``."""
        base = self._server.files
        # How long a record is that is not compressed, some indexes say without its line breaks.
        length = entry.length + (0 if entry.file.endswith(".gz") else 4)
        if base.startswith(("http://", "https://")):
            source = f"{base.rstrip('/')}/{entry.file.lstrip('/')}"
            data = await self._range(source, entry.offset, length)
        else:
            source = entry.file
            data = await asyncio.to_thread(_read, Path(base), entry.file, entry.offset, length)
        found = next(read_stream(BytesIO(data), entry.file), None)
        if not isinstance(found, Record) or found.kind not in ANSWERS:
            raise Refusal("damaged")
        doc_id = self._wanted.template.doc_id
        if doc_id(found.url) != doc_id(entry.url):
            raise Refusal("damaged")
        return found, source

    async def _range(self, url: str, offset: int, length: int) -> bytes:
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "identity"}
        response = await self._asker.ask(url, headers=headers, as_it_came=True)
        if response.status == HTTPStatus.PARTIAL_CONTENT:
            return response.body
        if response.status == HTTPStatus.OK:  # it knows no ranges, and the file is small
            return response.body[offset : offset + length]
        raise Refusal(f"http_{response.status}")

    async def _original(self, revisit: Record) -> Record:
        """Return the record that *revisit* repeats. Raise ``Refusal`` if the index knows none."""
        url, moment = revisit.refers_to or (revisit.url, None)
        digest = without_algorithm(revisit.fields.get("warc-payload-digest", ""))
        listing = await self._list(url=url, matchType="exact")
        placed = [one for one in listing.entries if one.file and not one.is_revisit]
        for one in placed:
            if one.digest == digest or (
                moment is not None and timestamp(one.captured_at) == timestamp(moment)
            ):
                return (await self._record(one))[0]
        raise Refusal("unresolved")

    async def _replayed(self, entry: Entry) -> Exchange:
        if not self._server.replay:
            raise Refusal("not_archived")
        url = f"{self._server.replay}{timestamp(entry.captured_at)}id_/{entry.url}"
        headers = {"Accept-Encoding": "gzip, deflate, br"}  # as it came: most do not unpack then
        response = await self._asker.ask(url, headers=headers, as_it_came=True)
        exchange = replayed_exchange(entry.url, entry.captured_at, response, source=url)
        if exchange is None:
            is_error = response.status >= HTTPStatus.BAD_REQUEST
            raise Refusal(f"http_{response.status}" if is_error else "not_archived")
        return exchange


def _says_none(text: str) -> bool:
    """Tell whether *text*, behind status 404, comes from an index that has no such capture."""
    try:
        return not read_listing(text).entries
    except ArchiveError:
        return False


def _read(folder: Path, name: str, offset: int, length: int) -> bytes:
    """Return a part of a file in *folder*. Raise ``Refusal`` if there is none."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Refusal("damaged")  # an index has no say over other folders
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)
    except OSError as error:
        raise Refusal("damaged") from error
