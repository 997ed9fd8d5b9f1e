"""What the archive holds, as the database knows it: each answer, and what it was taken for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from crawler.storage.tables import CAPTURES, DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """One answer in the archive."""

    record_id: str
    """The WARC-Record-ID of its record, without angle brackets."""
    site: str
    """The name of the site whose address it is; empty if it is no site's."""
    doc_id: str | None
    """The document that it is the page of, if it was read as one."""
    url: str
    """The address that was asked."""
    captured_at: datetime
    """When; aware, UTC, with microseconds."""
    kind: str
    """``response``, ``revisit``, or ``request`` if nothing came."""
    status: int | None
    """Of HTTP; ``None`` if what came was not HTTP."""
    mime: str | None
    """The media type that it claims."""
    digest: str | None
    """Of its payload, such as ``sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ``."""
    file: str
    """The name of its file in the archive's folder."""
    offset: int
    """Where its record begins in the file, in bytes."""
    length: int
    """How many bytes of the file it takes."""
    verdict: str
    """What it was taken for: ``document``, ``list``, ``robots``, ``redirect``, or the reason for
    which it is none of them."""
    refers_to: str | None = None
    """The record ID of the capture that a revisit repeats."""

    @property
    def body_id(self) -> str:
        """The record ID of the record that holds its body."""
        return self.refers_to or self.record_id


def capture_values(capture: CaptureRow) -> dict[str, Any]:
    """Return *capture* as a row of ``captures``."""
    return {name: getattr(capture, name) for name in _NAMES}


def keep(connection: Connection, captures: Iterable[CaptureRow]) -> None:
    """Keep *captures*; those that are kept already stay as they are."""
    rows = [capture_values(capture) for capture in captures]
    if rows:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(CAPTURES).on_conflict_do_nothing(), rows)


def of_address(connection: Connection, url: str) -> list[CaptureRow]:
    """Return the captures of an address that hold its body, the newest last.

    What its document was last read from is the newest, whatever the clock said of others.
    """
    found = connection.execute(_OF_ADDRESS, {"url": url}).mappings()
    return [CaptureRow(**row) for row in found]


def has(connection: Connection, url: str, moment: datetime) -> bool:
    """Say whether there is a capture of an address in the second of *moment*."""
    second = moment.replace(microsecond=0)
    told = {"url": url, "second": second, "end": second + timedelta(seconds=1)}
    return connection.execute(_AT, told).first() is not None


def in_order(connection: Connection) -> Iterator[CaptureRow]:
    """Yield all captures as they stand in the archive's files."""
    query = select(CAPTURES).order_by(CAPTURES.c.file, CAPTURES.c.offset)
    for row in connection.execute(query.execution_options(yield_per=500)).mappings():
        yield CaptureRow(**row)


def tail_of_file(connection: Connection, file: str, count: int) -> int:
    """Return where the last *count* captures that are known of *file* begin; 0 if it has fewer."""
    query = (
        select(CAPTURES.c.offset)
        .where(CAPTURES.c.file == file)
        .order_by(CAPTURES.c.offset.desc())
        .limit(1)
        .offset(count)
    )
    return connection.execute(query).scalar() or 0


def ids_of_file(connection: Connection, file: str, start: int = 0) -> set[str]:
    """Return the record IDs of the captures that are known of *file* from offset *start* on."""
    query = select(CAPTURES.c.record_id).where(CAPTURES.c.file == file, CAPTURES.c.offset >= start)
    return set(connection.execute(query).scalars())


def files_of(connection: Connection, start: str) -> Iterator[str]:
    """Yield the names of the files that captures are in and that begin with *start*; last first."""
    last = f"{start}\U0010ffff"
    newest = select(func.max(CAPTURES.c.file))
    while (name := connection.execute(newest.where(CAPTURES.c.file < last)).scalar()) is not None:
        if not name.startswith(start):
            return
        yield name
        last = name


def end_of_file(connection: Connection, file: str) -> int:
    """Return where the last capture in *file* ends; 0 if there is none in it."""
    ends = select(func.max(CAPTURES.c.offset + CAPTURES.c.length)).where(CAPTURES.c.file == file)
    return connection.execute(ends).scalar() or 0


def take_back(connection: Connection, file: str, end: int) -> list[str]:
    """Forget the captures that *file* does not hold before offset *end*; return their addresses."""
    lost = (CAPTURES.c.file == file) & (CAPTURES.c.offset + CAPTURES.c.length > end)
    return list(
        connection.execute(delete(CAPTURES).where(lost).returning(CAPTURES.c.url)).scalars()
    )


def led_to(connection: Connection, file: str, count: int) -> list[str]:
    """Return the addresses of redirects among the last *count* captures that are known of *file*.

    A page is that of the address which was asked, and may have been answered at another.
    """
    query = select(CAPTURES.c.url, CAPTURES.c.verdict).where(CAPTURES.c.file == file)
    last = connection.execute(query.order_by(CAPTURES.c.offset.desc()).limit(count))
    return [row.url for row in last if row.verdict == "redirect"]


_NAMES: Final = tuple(column.name for column in CAPTURES.columns)
_AT: Final = (
    select(CAPTURES.c.record_id)
    .where(
        CAPTURES.c.url == bindparam("url"),
        CAPTURES.c.captured_at >= bindparam("second"),
        CAPTURES.c.captured_at < bindparam("end"),
        CAPTURES.c.kind != "request",
    )
    .limit(1)
)
_IS_READ: Final = exists().where(
    DOCUMENTS.c.site == CAPTURES.c.site,
    DOCUMENTS.c.doc_id == CAPTURES.c.doc_id,
    DOCUMENTS.c.capture_id == CAPTURES.c.record_id,
)
_OF_ADDRESS: Final = (
    select(CAPTURES)
    .where(CAPTURES.c.url == bindparam("url"), CAPTURES.c.kind == "response")
    .order_by(_IS_READ, CAPTURES.c.captured_at)
)
