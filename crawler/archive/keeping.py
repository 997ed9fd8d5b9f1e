"""Exchanges kept in a folder of WARC files, which follow one another by size and by age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.archive.answer import read_answer
from crawler.archive.cdxj import capture_line, media_type
from crawler.archive.files import file_names
from crawler.archive.members import pack
from crawler.archive.records import (
    Kind,
    Record,
    clean_url,
    exchange_records,
    format_date,
    head_length,
    new_record_id,
    warcinfo_record,
)
from crawler.archive.volumes import Volume
from crawler.errors import ArchiveError, DiskError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from crawler.archive.records import Earlier, RunInfo
    from crawler.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An exchange that was kept, and where: the record of its answer, or of its request alone."""

    url: str
    captured_at: datetime
    kind: Kind
    """``response``, ``revisit``, or ``request`` if nothing came."""
    status: int | None
    """Of HTTP; ``None`` if nothing came that was HTTP."""
    mime: str | None
    """The media type that the answer claims, without parameters."""
    digest: str | None
    """Of the payload, such as ``sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ``."""
    record_id: str
    refers_to: str | None
    """The record ID of the capture that a revisit repeats, if it is known."""
    file: str
    """The name of the file, once it is closed."""
    offset: int
    """Where the record begins in the file, in bytes."""
    length: int
    """How many bytes of the file it takes."""
    end: int
    """How long the file is with it, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """How the files of an archive are called, and when a new one is begun."""

    prefix: str = "docshelf"
    max_bytes: int = 1024**3
    """A file of this size gets no more; it is larger by one exchange at most."""
    max_age: timedelta = timedelta(days=1)


USUAL: Final = Rotation()

MAX_FULL: Final = 64
"""How many full files may wait to be closed; beyond that the newest one grows on."""


class Keeper:
    """Writes exchanges into the files of a folder. Not for several threads at once.

    A file is made when there is something to write, so an idle crawl leaves none. Its index is
    written as it grows; ``paused`` leaves lines out, and closing it then reads the file again.

    One that *holds* serves a database: a file that is full stays open until ``committed`` told of
    all its captures. So what does not end in ``.open`` is wholly known to the database.
    """

    def __init__(  # noqa: PLR0913 - where, what and when, each by name
        self,
        folder: Path,
        info: RunInfo,
        *,
        rotation: Rotation = USUAL,
        holds: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = new_record_id,
    ) -> None:
        self.paused = False
        self._folder = folder
        self._info = info
        self._rotation = rotation
        self._holds = holds
        self._clock = clock
        self._new_id = new_id
        self._serial = 0
        self._volume: Volume | None = None
        self._full: dict[str, Volume] = {}
        """Those that get no more and are not closed yet, by name."""
        self._opened_at = datetime.min.replace(tzinfo=UTC)
        self._failure: DiskError | None = None

    def write(self, exchange: Exchange, earlier: Sequence[Earlier] = ()) -> Capture:
        """Write *exchange* and return where it is; it may not be on the disk before ``sync``.

        Raises ``DiskError`` if it cannot be written; then nothing of it stays.
        """
        volume = self._ready()
        records = exchange_records(exchange, earlier, new_id=self._new_id)
        members = [pack(record.data) for record in records]
        data = b"".join(members)
        try:
            start = volume.append(data)
        except DiskFullError:
            if not volume.is_spent:
                raise
            volume = self._ready()
            start = volume.append(data)
        volume.unknown += self._holds
        capture = _capture(exchange, records[-1], volume.name, start, members)
        if self.paused:
            volume.index.skip()
        elif capture.kind != "request":
            volume.index.add(_line(capture))
        return capture

    def sync(self) -> None:
        """Return when all that was written is on the disk.

        Raises ``DiskError``; then what was written since the last sync is not to be relied on,
        and nothing more can be written.
        """
        self._raise_failure()
        if self._volume is not None:
            self._lasting(self._volume.sync)

    def committed(self, counts: Mapping[str, int]) -> None:
        """Take note that a database knows so many more captures of each file now.

        A full file that it wholly knows is closed; where that fails, it is tried again later.
        """
        known = []
        for name, count in counts.items():
            volume = self._full.get(name, self._volume)
            if volume is not None and volume.name == name:
                volume.unknown -= count
                known.append(volume)
        self._close_known(known)

    def close(self) -> None:
        """Close all files and their indexes, whether a database knows them or not.

        Raises ``DiskError`` or ``ArchiveError``; what is not closed then stays open, to be closed
        by another call or to be abandoned.
        """
        self._raise_failure()
        if self._volume is not None:
            self._retire(self._volume)
        if problems := self._close_all([*self._full.values()]):
            raise problems[0]

    def abandon(self) -> None:
        """Let go of all files that are open, as they are; a recovery will close them."""
        if self._volume is not None:
            self._volume.abandon()
        for volume in self._full.values():
            volume.abandon()
        self._volume = None
        self._full.clear()

    def _ready(self) -> Volume:
        """Return the file to write to, a new one if the last is full or old."""
        self._raise_failure()
        now = self._clock()
        if self._volume is not None and self._is_over(self._volume, now):
            self._retire(self._volume)
            self._close_known([*self._full.values()])
        if self._volume is None:
            self._volume = self._open(now)
            self._opened_at = now
        return self._volume

    def _is_over(self, volume: Volume, now: datetime) -> bool:
        if volume.is_bare:  # another one would have no more room
            return False
        is_full = volume.size >= self._rotation.max_bytes
        is_old = now - self._opened_at >= self._rotation.max_age
        return volume.is_spent or ((is_full or is_old) and len(self._full) < MAX_FULL)

    def _open(self, now: datetime) -> Volume:
        def head(name: str) -> bytes:
            record_id = self._new_id()
            info = warcinfo_record(self._info, filename=name, created_at=now, record_id=record_id)
            return pack(info.data)

        names = file_names(self._rotation.prefix, now, self._serial, self._info.host)
        volume = Volume(self._folder, names, head)
        self._serial += 1
        return volume

    def _retire(self, volume: Volume) -> None:
        """Write no more to *volume*, all of which is on the disk then. Raises ``DiskError``."""
        self._lasting(volume.end)
        self._full[volume.name] = volume
        self._volume = None

    def _close_known(self, volumes: Sequence[Volume]) -> None:
        """Close those of *volumes* that are full and known, as far as they can be."""
        # They are on the disk: that one is not called so costs a recovery at the worst.
        self._close_all([one for one in volumes if one.name in self._full and one.unknown <= 0])

    def _close_all(self, volumes: Sequence[Volume]) -> list[DiskError | ArchiveError]:
        """Close those of *volumes* that can be closed, and return what is wrong with the others."""
        problems: list[DiskError | ArchiveError] = []
        for volume in volumes:
            try:
                volume.close()
            except (DiskError, ArchiveError) as error:
                problems.append(error)
            else:
                del self._full[volume.name]
        return problems

    def _lasting(self, sync: Callable[[], None]) -> None:
        """Call *sync*; once it failed, nothing is relied on any more."""
        try:
            sync()
        except DiskError as error:
            self._failure = error
            raise

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise DiskError(str(self._failure)) from self._failure


def _capture(
    exchange: Exchange, record: Record, file: str, start: int, members: list[bytes]
) -> Capture:
    response = exchange.response
    answer = read_answer(response[: head_length(response)]) if exchange.is_http else None
    end = start + sum(map(len, members))
    return Capture(
        url=clean_url(exchange.url),
        captured_at=exchange.started_at,
        kind=record.kind,
        status=answer.status if answer is not None else None,
        mime=media_type(answer.get("Content-Type")) if answer is not None else None,
        digest=record.payload_digest,
        record_id=record.record_id,
        refers_to=record.refers_to,
        file=file,
        offset=end - len(members[-1]),
        length=len(members[-1]),
        end=end,
    )


def _line(capture: Capture) -> str:
    return str(
        capture_line(
            capture.url,
            format_date(capture.captured_at),
            mime="warc/revisit" if capture.kind == "revisit" else capture.mime,
            status=capture.status,
            digest=capture.digest,
            length=capture.length,
            offset=capture.offset,
            filename=capture.file,
        )
    )
