"""Captures, found by what a person knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select

from crawler.storage.captures import CaptureRow
from crawler.storage.tables import CAPTURES, DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection


_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which captures are wanted; what is empty or ``None`` is any."""

    urls: tuple[str, ...] = ()
    """Addresses, one of which was asked for."""
    of_document: tuple[str, str] | None = None
    """Or the site and the ID of the document that it was read as."""
    record_id: str | None = None
    site: str | None = None
    doc_id: str | None = None
    verdict: str | None = None


def find(connection: Connection, wanted: Wanted) -> Iterator[CaptureRow]:
    """Yield the captures that are *wanted*, the oldest first."""
    query = select(CAPTURES).where(*_conditions(wanted))
    query = query.order_by(CAPTURES.c.captured_at, CAPTURES.c.record_id)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from (CaptureRow(**row) for row in found.mappings())


def find_newest(connection: Connection, wanted: Wanted) -> CaptureRow | None:
    """Return the newest capture that is *wanted*, if there is one."""
    query = select(CAPTURES).where(*_conditions(wanted)).limit(1)
    query = query.order_by(CAPTURES.c.captured_at.desc(), CAPTURES.c.record_id.desc())
    row = connection.execute(query).mappings().first()
    return None if row is None else CaptureRow(**row)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    either: list[ColumnElement[bool]] = []
    if wanted.urls:
        either.append(CAPTURES.c.url.in_(wanted.urls))
    if wanted.of_document is not None:
        site, doc_id = wanted.of_document
        either.append(and_(CAPTURES.c.site == site, CAPTURES.c.doc_id == doc_id))
    if either:
        yield or_(*either)
    for name in ("record_id", "site", "doc_id", "verdict"):
        if (value := getattr(wanted, name)) is not None:
            yield CAPTURES.c[name] == value


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """A capture of a document's page, with what is known of the document."""

    record_id: str
    offset: int
    """Where its record begins in its file, in bytes."""
    title: str
    preview: str | None


def files_of(
    connection: Connection, *, site: str | None = None, since: datetime | None = None
) -> set[str]:
    """Return the names of the files with captures of *site*, of that moment or later."""
    query = select(CAPTURES.c.file).where(*_of(site, since)).distinct()
    return set(connection.execute(query).scalars())


def pages_in_file(
    connection: Connection, file: str, *, site: str | None = None, since: datetime | None = None
) -> Iterator[FoundPage]:
    """Yield the captures of documents in *file*, in the order of their records."""
    of_same = and_(DOCUMENTS.c.site == CAPTURES.c.site, DOCUMENTS.c.doc_id == CAPTURES.c.doc_id)
    query = (
        select(CAPTURES.c.record_id, CAPTURES.c.offset, DOCUMENTS.c.title, DOCUMENTS.c.preview)
        .join(DOCUMENTS, of_same)
        .where(CAPTURES.c.file == file, CAPTURES.c.verdict == "document", *_of(site, since))
        .order_by(CAPTURES.c.offset)
    )
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from (FoundPage(**row) for row in found.mappings())


def _of(site: str | None, since: datetime | None) -> Iterator[ColumnElement[bool]]:
    if site is not None:
        yield CAPTURES.c.site == site
    if since is not None:
        yield CAPTURES.c.captured_at >= since
