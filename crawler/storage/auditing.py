"""What a check of the archive asks the database, and what a repair changes in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, and_, bindparam, func, or_, select, update

from crawler.storage.captures import CaptureRow
from crawler.storage.tables import CAPTURES, DOCUMENTS, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_BATCH: Final = 500
_DOCUMENT: Final = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """Which document it is, and which record it was read from."""

    site: str
    doc_id: str
    url: str
    capture_id: str | None


def files(connection: Connection) -> dict[str, int]:
    """Return how many captures each file has, by its name."""
    query = select(CAPTURES.c.file, func.count()).group_by(CAPTURES.c.file)
    return dict(connection.execute(query).all())


def in_file(connection: Connection, file: str) -> Iterator[CaptureRow]:
    """Yield the captures of *file*, in the order of their records."""
    query = select(CAPTURES).where(CAPTURES.c.file == file).order_by(CAPTURES.c.offset)
    return _captures(connection, query)


def by_id(connection: Connection, record_ids: Sequence[str]) -> dict[str, CaptureRow]:
    """Return those captures of *record_ids* that are known, by their IDs."""
    found: dict[str, CaptureRow] = {}
    for start in range(0, len(record_ids), _BATCH):
        some = record_ids[start : start + _BATCH]
        query = select(CAPTURES).where(CAPTURES.c.record_id.in_(some))
        found.update({row.record_id: row for row in _captures(connection, query)})
    return found


def at_moment(connection: Connection, url: str, moment: datetime) -> CaptureRow | None:
    """Return the capture of *url* at *moment* that holds its body, if it is known."""
    query = select(CAPTURES).where(
        CAPTURES.c.url == url, CAPTURES.c.captured_at == moment, CAPTURES.c.kind != "revisit"
    )
    return _first(connection, query)


def without_document(connection: Connection) -> Iterator[CaptureRow]:
    """Yield the captures of documents that are not among the documents, the oldest first."""
    of_same = and_(DOCUMENTS.c.site == CAPTURES.c.site, DOCUMENTS.c.doc_id == CAPTURES.c.doc_id)
    query = (
        select(CAPTURES)
        .outerjoin(DOCUMENTS, of_same)
        .where(CAPTURES.c.verdict == _DOCUMENT, DOCUMENTS.c.site.is_(None))
        .order_by(CAPTURES.c.captured_at)
    )
    return _captures(connection, query)


def without_capture(connection: Connection) -> Iterator[DocumentRow]:
    """Yield the documents whose record no capture is, or the capture of another document."""
    of_another = or_(
        CAPTURES.c.record_id.is_(None),
        CAPTURES.c.site != DOCUMENTS.c.site,
        CAPTURES.c.doc_id != DOCUMENTS.c.doc_id,
    )
    query = (
        select(DOCUMENTS.c.site, DOCUMENTS.c.doc_id, DOCUMENTS.c.url, DOCUMENTS.c.capture_id)
        .outerjoin(CAPTURES, CAPTURES.c.record_id == DOCUMENTS.c.capture_id)
        .where(of_another, DOCUMENTS.c.status != Status.REMOVED.value)
        .order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
    )
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from (DocumentRow(**row) for row in found.mappings())


def newest_of(connection: Connection, site: str, doc_id: str) -> CaptureRow | None:
    """Return the newest capture that was read as the document *doc_id* of *site*."""
    query = (
        select(CAPTURES)
        .where(
            CAPTURES.c.site == site, CAPTURES.c.doc_id == doc_id, CAPTURES.c.verdict == _DOCUMENT
        )
        .order_by(CAPTURES.c.captured_at.desc())
    )
    return _first(connection, query)


def document_count(connection: Connection) -> int:
    """Return how many documents there are."""
    count: int = connection.execute(select(func.count()).select_from(DOCUMENTS)).scalar_one()
    return count


def correct(connection: Connection, captures: Sequence[CaptureRow]) -> None:
    """Make the rows of *captures* say what these say."""
    if captures:
        named = [{**asdict(row), "key": row.record_id} for row in captures]
        connection.execute(_CORRECT, named)


def refer(connection: Connection, document: DocumentRow, capture_id: str) -> None:
    """Make the row of *document* name the record *capture_id*."""
    connection.execute(
        _REFER, {"key_site": document.site, "key_doc_id": document.doc_id, "capture_id": capture_id}
    )


def _first(connection: Connection, query: Select[Any]) -> CaptureRow | None:
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else CaptureRow(**row)


def _captures(connection: Connection, query: Select[Any]) -> Iterator[CaptureRow]:
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from (CaptureRow(**row) for row in found.mappings())


_CORRECT: Final = update(CAPTURES).where(CAPTURES.c.record_id == bindparam("key"))
_REFER: Final = update(DOCUMENTS).where(
    DOCUMENTS.c.site == bindparam("key_site"), DOCUMENTS.c.doc_id == bindparam("key_doc_id")
)
