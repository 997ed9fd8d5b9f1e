"""Exchanges kept in a folder of WARC files, which follow one another by size and by age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.archive.answer import read_answer
from crawler.archive.cdxj import capture_line, media_type
from crawler.archive.files import WarcFile, file_names
from crawler.archive.indexing import IndexFile
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
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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


class Keeper:
    """Writes exchanges into the files of a folder. Not for several threads at once.

    A file is made when there is something to write, so an idle crawl leaves none. Its index is
    written as it grows; ``paused`` leaves lines out, and closing it then reads the file again.
    """

    def __init__(
        self,
        folder: Path,
        info: RunInfo,
        *,
        rotation: Rotation = USUAL,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = new_record_id,
    ) -> None:
        self.paused = False
        self._folder = folder
        self._info = info
        self._rotation = rotation
        self._clock = clock
        self._new_id = new_id
        self._serial = 0
        self._file: WarcFile | None = None
        self._index: IndexFile | None = None
        self._opened_at = datetime.min.replace(tzinfo=UTC)
        self._failure: DiskError | None = None

    def write(self, exchange: Exchange, earlier: Sequence[Earlier] = ()) -> Capture:
        """Write *exchange* and return where it is; it may not be on the disk before ``sync``.

        Raises ``DiskError`` if it cannot be written; then nothing of it stays.
        """
        file, index = self._ready()
        records = exchange_records(exchange, earlier, new_id=self._new_id)
        members = [pack(record.data) for record in records]
        start = file.append(b"".join(members))
        capture = _capture(exchange, records[-1], file, start, members)
        if self.paused:
            index.skip()
        elif capture.kind != "request":
            index.add(_line(capture))
        return capture

    def sync(self) -> None:
        """Return when all that was written is on the disk.

        Raises ``DiskError``; then what was written since the last sync is not to be relied on,
        and nothing more can be written.
        """
        self._raise_failure()
        if self._file is None or self._index is None:
            return
        try:
            self._file.sync()
        except DiskError as error:
            self._failure = error
            raise
        self._index.flush()

    def close(self) -> None:
        """Close the file and its index, if there is one. Raises ``DiskError``."""
        file, index = self._file, self._index
        self._file = self._index = None
        if file is None or index is None:
            return
        if self._failure is not None:
            file.abandon()
            index.abandon()
            raise DiskError(str(self._failure)) from self._failure
        try:
            index.close(file.close())
        finally:
            index.abandon()

    def _ready(self) -> tuple[WarcFile, IndexFile]:
        """Return the file to write to, a new one if the last is full or old."""
        self._raise_failure()
        now = self._clock()
        if self._file is not None and (
            self._file.size >= self._rotation.max_bytes
            or now - self._opened_at >= self._rotation.max_age
        ):
            self.close()
        if self._file is None or self._index is None:
            self._file, self._index = self._open(now)
            self._opened_at = now
        return self._file, self._index

    def _open(self, now: datetime) -> tuple[WarcFile, IndexFile]:
        names = file_names(self._rotation.prefix, now, self._serial, self._info.host)
        file = WarcFile(self._folder, names)
        info = warcinfo_record(
            self._info, filename=file.name, created_at=now, record_id=self._new_id()
        )
        try:
            file.append(pack(info.data))
            index = IndexFile(file.path)
        except DiskError:
            file.abandon()
            raise
        self._serial += 1
        return file, index

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise DiskError(str(self._failure)) from self._failure


def _capture(
    exchange: Exchange, record: Record, file: WarcFile, start: int, members: list[bytes]
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
        file=file.name,
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
