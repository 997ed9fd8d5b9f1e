"""The documents that are kept: merged in by batches, streamed out in order."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

from sqlalchemy import bindparam, false, insert, select, update
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)

from crawler.errors import SiteTakenError, StorageError
from crawler.items import FIELDS
from crawler.storage.address import shown
from crawler.storage.captures import has, keep, of_address
from crawler.storage.claims import claim_file
from crawler.storage.database import (
    LOCK_SECONDS,
    connect,
    hold,
    problem,
    reporting,
)
from crawler.storage.merge import differs, merge, to_document, to_row
from crawler.storage.patience import Patience
from crawler.storage.schema import migrate, require_current
from crawler.storage.tables import CAPTURES, DOCUMENTS, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from types import TracebackType

    from sqlalchemy import URL, Connection, Engine

    from crawler.items import Document
    from crawler.storage.captures import CaptureRow
    from crawler.storage.claims import FileClaim
    from crawler.storage.merge import Row

_T = TypeVar("_T")

logger = logging.getLogger(__name__)

BATCH: Final = 500
"""Rows a statement, written or read: beyond it nothing gets faster."""

WAIT_SECONDS: Final = 60.0
"""How long a database that is locked, or went away, is waited for."""

_RECORD: Final = tuple(DOCUMENTS.c[name] for name in FIELDS)
_UPDATE: Final = update(DOCUMENTS).where(
    DOCUMENTS.c.site == bindparam("key_site"), DOCUMENTS.c.doc_id == bindparam("key_doc_id")
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the documents that were to be kept."""

    new: int = 0
    changed: int = 0
    """Known, and now with another value; only seen again is unchanged."""
    unchanged: int = 0
    refused: int = 0
    """The database would not take a value of theirs; logged with their addresses."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )


class Store:
    """The database of documents. ``open_store`` makes it; one thread at a time uses it."""

    def __init__(
        self,
        engine: Engine,
        *,
        wait_seconds: float = WAIT_SECONDS,
        disk_seconds: float = 0.0,
        claim: FileClaim | None = None,
    ) -> None:
        """Use *engine*, and release *claim* when it is closed."""
        self._engine = engine
        self._patience = Patience(engine.url, wait_seconds, disk_seconds)
        self._claim = claim

    def upsert(self, documents: Sequence[Document], captures: Sequence[CaptureRow] = ()) -> Counts:
        """Keep *documents* and *captures* in one transaction, and say what became of the first.

        A document was read from the capture with its site and ID, if there is one.

        Keeping again what is kept changes nothing. A document whose values the database refuses
        is logged and counted, and the others are kept. Raises ``StorageError``, and keeps
        nothing, when the database fails or stays locked.
        """
        return self.write(lambda connection: upsert(connection, documents, captures))

    def documents(
        self, site: str | None = None, since: datetime | None = None
    ) -> Iterator[Document]:
        """Yield the documents by site and ID, in constant memory, from one view of the database.

        Those that were taken down are left out.

        *since* leaves out what was fetched before that moment. Raises ``StorageError``.
        """
        query = (
            select(*_RECORD)
            .where(DOCUMENTS.c.status != Status.REMOVED.value)
            .order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
        )
        if site is not None:
            query = query.where(DOCUMENTS.c.site == site)
        if since is not None:
            query = query.where(DOCUMENTS.c.fetched_at >= since)
        with reporting(self._engine.url), self._engine.connect() as connection:
            for row in connection.execute(query.execution_options(yield_per=BATCH)):
                yield to_document(row)

    def captures_of(self, url: str) -> list[CaptureRow]:
        """Return the captures of *url* that hold its body, the newest last.

        Raises ``StorageError``.
        """
        with reporting(self._engine.url), self._engine.connect() as connection:
            return of_address(connection, url)

    def has_capture(self, url: str, moment: datetime) -> bool:
        """Say whether there is a capture of *url* in the second of *moment*.

        Raises ``StorageError``.
        """
        with reporting(self._engine.url), self._engine.connect() as connection:
            return has(connection, url, moment)

    def has_captures(self) -> bool:
        """Say whether there is a capture at all."""
        with reporting(self._engine.url), self._engine.connect() as connection:
            return connection.execute(select(CAPTURES.c.record_id).limit(1)).first() is not None

    def has_site(self, site: str) -> bool:
        """Say whether a document of *site* is kept."""
        query = select(DOCUMENTS.c.doc_id).where(DOCUMENTS.c.site == site).limit(1)
        with reporting(self._engine.url), self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read from. Raises ``StorageError`` for whatever fails with it."""
        with reporting(self._engine.url), self._engine.connect() as connection:
            yield connection

    def write(self, work: Callable[[Connection], _T]) -> _T:
        """Return *work* done in one transaction, waiting for a lock or a server that went away.

        *work* may be called again after it was rolled back. Raises ``StorageError``, or
        ``SiteTakenError`` if another process came by the claim while the server was away.
        """
        with reporting(self._engine.url):
            while True:
                try:
                    result = self._attempt(work)
                except (SQLAlchemyError, SiteTakenError) as error:
                    if not self._patience.wait(error):
                        raise
                else:
                    self._patience.end()
                    return result

    def close(self) -> None:
        """Close the connections; what SQLite keeps beside its file goes into it."""
        self._engine.dispose()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _attempt(self, work: Callable[[Connection], _T]) -> _T:
        with self._engine.connect() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                return work(connection)


def open_store(
    url: URL,
    *,
    read_only: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    disk_seconds: float = 0.0,
    claim: str | None = None,
) -> Store:
    """Return the store in the database at *url*, as ``database_url`` gives it.

    To write, a missing SQLite file is made with its folder and an older schema brought up to
    date. *read_only* makes and changes nothing. With the *claim* of a site, nobody else has that
    until the store is closed. Raises ``StorageError`` for a database that is missing, cannot be
    used (or written, to write), or has another schema, ``SiteTakenError`` if another process has
    the claim.
    """
    lock_seconds = min(LOCK_SECONDS, wait_seconds / 4)
    engine = connect(url, read_only=read_only, lock_seconds=lock_seconds, claim=claim)
    if not read_only:
        _make_folder(url)
    held = claim_file(url, claim) if claim is not None else None
    store = Store(engine, wait_seconds=wait_seconds, disk_seconds=disk_seconds, claim=held)
    try:
        if read_only:
            _require_file(url)
            with reporting(url), engine.connect() as connection:
                require_current(connection, url)
        else:
            store.write(lambda connection: _prepare(connection, url))
    except BaseException:
        store.close()
        raise
    return store


def find_store(url: URL) -> Store | None:
    """Return the store in the database at *url* to read from; ``None`` if there is none yet.

    Raises ``StorageError`` for one that cannot be used.
    """
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    return open_store(url, read_only=True)


def _prepare(connection: Connection, url: URL) -> None:
    migrate(connection, url)
    # SQLite opens a file that it may not write to be read, and says so at the first write only.
    connection.execute(update(DOCUMENTS).where(false()).values(title=DOCUMENTS.c.title))


def upsert(
    connection: Connection, documents: Iterable[Document], captures: Sequence[CaptureRow] = ()
) -> Counts:
    """Keep *documents* and *captures* in the transaction of *connection*; count the documents."""
    keep(connection, captures)
    return keep_read(connection, read_from(documents, captures))


def read_from(
    documents: Iterable[Document], captures: Iterable[CaptureRow]
) -> Iterator[tuple[Document, str | None]]:
    """Yield each of *documents* with the record of that of *captures* which it was read from."""
    records = {(one.site, one.doc_id): one.body_id for one in captures if one.doc_id}
    return ((one, records.get((one.site, one.doc_id))) for one in documents)


def keep_read(
    connection: Connection, read: Iterable[tuple[Document, str | None]], *, is_news: bool = False
) -> Counts:
    """Keep documents, each with the record that it was *read* from, and count them.

    What *is_news* is later than all that is kept: see ``merge``.
    """
    counts = Counts()
    rest = iter(read)
    while batch := list(islice(rest, BATCH)):
        rows = [to_row(document, record_id) for document, record_id in batch]
        # In order, so that two processes with the same sites never wait for each other.
        for site in sorted({row["site"] for row in rows}):
            hold(connection, site)
        counts += keep_rows(connection, rows, is_news=is_news)
    return counts


def keep_rows(connection: Connection, rows: list[Row], *, is_news: bool = False) -> Counts:
    """Merge *rows*, in their order, into those that are kept; a few hundred at a time.

    What the database refuses is logged and counted, and the others are kept.
    """
    return spare(connection, rows, lambda some: _keep_all(connection, some, is_news=is_news))


def spare(connection: Connection, rows: list[Row], work: Callable[[list[Row]], Counts]) -> Counts:
    """Return *work* done with *rows*; where the database refuses one, halve until it is found.

    That row is logged and counted, and the others are worked with.
    """
    try:
        with connection.begin_nested():
            return work(rows)
    except (SQLAlchemyError, ValueError, OverflowError) as error:
        if not _is_refusal(error):
            raise
        if len(rows) == 1:
            logger.error(  # noqa: TRY400 - a value is at fault, no line of code
                "%s: not kept, the database refuses it: %s", rows[0]["url"], problem(error)
            )
            return Counts(refused=1)
    middle = len(rows) // 2
    return spare(connection, rows[:middle], work) + spare(connection, rows[middle:], work)


def _is_refusal(error: Exception) -> bool:
    """Say whether *error* is about a value, not about the database."""
    if isinstance(error, DBAPIError):
        return isinstance(error, (DataError, IntegrityError))
    return isinstance(error, (StatementError, ValueError, OverflowError))


def _keep_all(connection: Connection, rows: Iterable[Row], *, is_news: bool) -> Counts:
    keys = sorted({(row["site"], row["doc_id"]) for row in rows})
    kept = kept_rows(connection, keys)
    merged: dict[tuple[str, str], Row] = dict(kept)
    new = changed = unchanged = 0
    for row in rows:
        key = (row["site"], row["doc_id"])
        if key not in merged:
            merged[key] = row
            new += 1
            continue
        before, merged[key] = merged[key], merge(merged[key], row, is_news=is_news)
        if differs(before, merged[key]):
            changed += 1
        else:
            unchanged += 1
    if inserted := [merged[key] for key in keys if key not in kept]:
        connection.execute(insert(DOCUMENTS), inserted)
    if moved := [merged[key] for key in keys if key in kept and merged[key] != kept[key]]:
        named = [{**row, "key_site": row["site"], "key_doc_id": row["doc_id"]} for row in moved]
        connection.execute(_UPDATE, named)
    return Counts(new, changed, unchanged)


def kept_rows(connection: Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """Return the rows that are kept under *keys*, sites and IDs in order, by these."""
    kept = {}
    # A query a site: SQLite has no index for a list of pairs, and would look at every row.
    for site, group in groupby(keys, key=itemgetter(0)):
        doc_ids = [doc_id for _, doc_id in group]
        query = select(DOCUMENTS).where(DOCUMENTS.c.site == site, DOCUMENTS.c.doc_id.in_(doc_ids))
        for row in connection.execute(query).mappings():
            kept[site, row["doc_id"]] = dict(row)
    return kept


def _require_file(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise StorageError(f"database {shown(url)}: there is none; run a crawl first")


def _make_folder(url: URL) -> None:
    if url.get_backend_name() != "sqlite":
        return
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"database {shown(url)}: its folder cannot be made: {error.strerror}"
        ) from error
