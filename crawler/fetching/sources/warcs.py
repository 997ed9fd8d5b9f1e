"""Captures in WARC, WET and WACZ files, read off the event loop's thread."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.archive.containers import find_warcs
from crawler.archive.reader import Record, bare_id
from crawler.archive.records import ASKED
from crawler.errors import ArchiveError
from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.answers import ANSWERS, recorded_exchange
from crawler.fetching.sources.captures import Lost
from crawler.fetching.sources.places import Place, Places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from concurrent.futures import Executor
    from datetime import datetime
    from pathlib import Path

    from crawler.archive.containers import WarcSource
    from crawler.archive.members import Damage
    from crawler.exchange import Exchange
    from crawler.fetching.sources.captures import Capture, Wanted

_AT_ONCE: Final = 200
"""How many records are walked through before the event loop has a say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A capture in a WARC file."""

    files: WarcFiles
    url: str
    asked: str
    captured_at: datetime
    place: Place
    request: Place | None
    """Where the request is that it answers."""
    original: Place | None
    """Where what it repeats is, if it is a revisit."""

    async def exchange(self) -> Exchange:
        """Read it. Raise ``Refusal`` if it is damaged, or repeats what is not there."""
        return await self.files.read(self)


class WarcFiles:
    """The WARC, WET and WACZ files of a path.

    A revisit comes when what it repeats has been met, or last of all. Of two records with one
    address and second, the first counts.
    """

    def __init__(self, path: Path, wanted: Wanted, thread: Executor) -> None:
        self._path = path
        self._wanted = wanted
        self._thread = thread
        self._warcs: list[WarcSource] = []

    async def captures(self) -> AsyncIterator[Capture | Lost]:
        """Yield the captures in the order of the files, and what is damaged in between."""
        loop = asyncio.get_running_loop()
        walk = self._walk()
        while found := await loop.run_in_executor(self._thread, _some, walk):
            for one in found:
                if one is not None:
                    yield one

    async def read(self, capture: Recorded) -> Exchange:
        """Return the exchange of *capture*. Raise ``Refusal`` if it cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._read, capture)
        except ArchiveError as error:
            raise Refusal("damaged") from error

    def _walk(self) -> Iterator[Recorded | Lost | None]:
        """Yield one for each record, ``None`` if it is nothing that is wanted."""
        try:
            found = find_warcs(self._path)
        except ArchiveError:
            yield Lost("damaged", str(self._path))
            return
        # A page itself is better than its text.
        self._warcs = sorted(found, key=lambda warc: ".wet" in warc.name)
        waiting: list[tuple[Recorded, Record]] = []
        with closing(Places()) as places:
            for number in range(len(self._warcs)):
                yield from self._walk_file(number, places, waiting)
            for capture, revisit in waiting:
                original = _original(revisit, places)
                if original is None:
                    yield Lost("unresolved", capture.url)
                else:
                    yield replace(capture, original=original)

    def _walk_file(
        self, number: int, places: Places, waiting: list[tuple[Recorded, Record]]
    ) -> Iterator[Recorded | Lost | None]:
        warc = self._warcs[number]
        try:
            for before, found, after in _with_neighbours(warc.records()):
                where = f"{warc}: offset {found.offset}"
                if not isinstance(found, Record):
                    yield Lost("damaged", where)
                    continue
                try:
                    capture = self._capture(number, found, (before, after), places)
                    original = _original(found, places) if capture is not None else None
                except ArchiveError:
                    yield Lost("damaged", where)
                    continue
                if capture is None or found.kind != "revisit":
                    yield capture
                elif original is not None:
                    yield replace(capture, original=original)
                else:
                    waiting.append((capture, found))
                    yield None
        except ArchiveError:
            yield Lost("damaged", str(warc))

    def _capture(
        self,
        number: int,
        record: Record,
        neighbours: Iterable[Record | Damage | None],
        places: Places,
    ) -> Recorded | None:
        """Return the capture that *record* is, if it is wanted, and note where it is."""
        if record.kind not in ANSWERS or not self._wanted.template.on_site(record.url):
            return None
        place = Place(number, record.offset, record.record_id)
        moment = record.captured_at
        digest = record.payload_digest if record.kind == "response" else ""
        is_new = places.add(record.url, moment, digest, place)
        asked = record.fields.get(ASKED.lower(), "")
        if not is_new or not self._wanted.has(asked or record.url):
            return None
        return Recorded(
            files=self,
            url=record.url,
            asked=asked,
            captured_at=moment,
            place=place,
            request=_request_of(record, number, neighbours),
            original=None,
        )

    def _read(self, capture: Recorded) -> Exchange:
        record = self._record(capture.place)
        request = self._record(capture.request).block if capture.request else b""
        original = self._record(capture.original) if capture.original else None
        source = str(self._warcs[capture.place.file])
        return recorded_exchange(record, source=source, request=request, original=original)

    def _record(self, place: Place) -> Record:
        warc = self._warcs[place.file]
        for found in warc.records(start=place.offset):
            if found.offset != place.offset or not isinstance(found, Record):
                break
            if found.record_id == place.record_id:
                return found
        raise ArchiveError(f"{warc}: offset {place.offset}: no record {place.record_id}")


def _some(walk: Iterator[Recorded | Lost | None]) -> list[Recorded | Lost | None]:
    return list(islice(walk, _AT_ONCE))


def _with_neighbours(
    found: Iterable[Record | Damage],
) -> Iterator[tuple[Record | Damage | None, Record | Damage, Record | Damage | None]]:
    """Yield each with the one before it and the one behind it."""
    before: Record | Damage | None = None
    here: Record | Damage | None = None
    for after in found:
        if here is not None:
            yield before, here, after
        before, here = here, after
    if here is not None:
        yield before, here, None


def _request_of(
    record: Record, number: int, neighbours: Iterable[Record | Damage | None]
) -> Place | None:
    """Return where the request is that *record* answers: beside it, and one of them says so."""
    for other in neighbours:
        if isinstance(other, Record) and other.kind == "request" and _are_concurrent(record, other):
            return Place(number, other.offset, other.record_id)
    return None


def _are_concurrent(one: Record, other: Record) -> bool:
    return _names(one, other) or _names(other, one)


def _names(one: Record, other: Record) -> bool:
    named = one.fields.get("warc-concurrent-to", "").split(",")
    return bool(other.record_id) and other.record_id in map(bare_id, named)


def _original(revisit: Record, places: Places) -> Place | None:
    """Return where what *revisit* repeats is: by its address and moment, or by its payload.

    ``None`` if it is not known, or *revisit* is none.
    """
    if revisit.kind != "revisit":
        return None
    named = revisit.refers_to
    found = places.at(*named) if named else None
    if found is None and (digest := revisit.fields.get("warc-payload-digest")):
        found = places.like(digest)
    return found
