"""A database of what was read so far, beside the one that it is for: a run can be gone on with.

What was read and how far it came are committed together. It is a cache: a run that ended removes
it, and without it the run begins anew.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite

from crawler.archive.durable import make_folder, not_written
from crawler.archive.files import lock
from crawler.collection.piecework import REVISIT
from crawler.collection.records import UNREAD
from crawler.collection.tally import Tally
from crawler.errors import UsageError
from crawler.storage import CaptureRow, open_store
from crawler.storage.store import keep_rows
from crawler.storage.tables import CAPTURES, DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Executable

    from crawler.collection.piecework import Found
    from crawler.storage import Store
    from crawler.storage.merge import Row

_OWN: Final = MetaData()
_INPUTS: Final = Table(
    "inputs",
    _OWN,
    Column("name", Text, primary_key=True),
    Column("mark", Text, nullable=False),
    Column("reached", BigInteger, nullable=False),
)
_TALLY: Final = Table("tally", _OWN, Column("said", Text, nullable=False))
_KEEP: Final = sqlite.insert(CAPTURES).on_conflict_do_nothing()
_SETTLE: Final = update(CAPTURES).where(CAPTURES.c.record_id == bindparam("key"))


class Staging:
    """What was read so far."""

    def __init__(self, store: Store) -> None:
        """Go on with *store*, which may be new."""
        self.store = store
        store.write(_OWN.create_all)
        with store.reading() as connection:
            said = connection.execute(select(_TALLY.c.said)).scalar()
            rows = connection.execute(select(_INPUTS)).mappings().all()
        self.tally = Tally.load(said) if said else Tally()
        self.inputs: dict[str, tuple[str, int]] = {
            row["name"]: (row["mark"], row["reached"]) for row in rows
        }
        """How far each input was read, by its name: the mark that it had, and an offset."""

    def clear(self) -> None:
        """Begin anew. Raises ``StorageError``."""

        def empty(connection: Connection) -> None:
            for table in (DOCUMENTS, CAPTURES, _INPUTS, _TALLY):
                connection.execute(delete(table))

        self.store.write(empty)
        self.tally = Tally()
        self.inputs.clear()

    def fold(self, found: Sequence[Found], reached: Mapping[str, tuple[str, int]]) -> None:
        """Keep what was *found*, in its order, and how far inputs were *reached*.

        Raises ``StorageError``.
        """
        rows = [one.capture for one in found if one.capture["record_id"]]
        self._commit(found, reached, _KEEP, rows)

    def settle(self, found: Sequence[Found]) -> None:
        """Keep what revisits turned out to be. Raises ``StorageError``."""
        rows = [{**one.capture, "key": one.capture["record_id"]} for one in found]
        self._commit(found, {}, _SETTLE, rows)

    def pending(self, count: int) -> Iterator[list[CaptureRow]]:
        """Yield the revisits that lack what they repeat, the oldest first, so many at a time."""
        place = tuple_(CAPTURES.c.captured_at, CAPTURES.c.record_id)
        query = (
            select(CAPTURES)
            .where(CAPTURES.c.kind == REVISIT, CAPTURES.c.verdict == UNREAD, CAPTURES.c.site != "")
            .order_by(CAPTURES.c.captured_at, CAPTURES.c.record_id)
            .limit(count)
        )
        after = query
        while True:
            with self.store.reading() as connection:
                rows = [CaptureRow(**row) for row in connection.execute(after).mappings()]
            if not rows:
                return
            yield rows
            after = query.where(place > (rows[-1].captured_at, rows[-1].record_id))

    def _commit(
        self,
        found: Sequence[Found],
        reached: Mapping[str, tuple[str, int]],
        statement: Executable,
        captures: list[Row],
    ) -> None:
        rows = [one.document for one in found if one.document is not None]

        def fold(connection: Connection) -> None:
            if captures:
                connection.execute(statement, captures)
            self.tally.refused += keep_rows(connection, rows).refused if rows else 0
            _move(connection, reached)
            connection.execute(delete(_TALLY))
            connection.execute(insert(_TALLY), {"said": self.tally.dump()})

        self.store.write(fold)


@contextmanager
def staged(path: Path) -> Iterator[Staging]:
    """Give the staging at *path*, made if it is missing; nobody else has it meanwhile.

    It is removed when the block ends well, and stays when it does not. Raises ``UsageError`` if
    somebody else has it, ``DiskError`` or ``StorageError`` if it cannot be used.
    """
    make_folder(path.parent)
    guard = path.with_suffix(".lock")
    try:
        descriptor = os.open(guard, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise not_written(guard, error) from error
    try:
        if not lock(descriptor):
            raise UsageError("another process is doing just this; wait for it, or end it")
        with open_store(URL.create("sqlite", database=str(path))) as store:
            yield Staging(store)
        for end in (".db", ".db-wal", ".db-shm", ".lock"):
            path.with_suffix(end).unlink(missing_ok=True)
        with suppress(OSError):  # others are in it
            path.parent.rmdir()
    finally:
        os.close(descriptor)


def _move(connection: Connection, reached: Mapping[str, tuple[str, int]]) -> None:
    if not reached:
        return
    connection.execute(delete(_INPUTS).where(_INPUTS.c.name.in_(reached)))
    rows = [
        {"name": name, "mark": mark, "reached": offset} for name, (mark, offset) in reached.items()
    ]
    connection.execute(insert(_INPUTS), rows)
