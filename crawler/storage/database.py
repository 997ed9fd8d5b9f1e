"""Connections to the database: how they are made, and what to say when they fail.

The one module that knows how SQLite and PostgreSQL differ in opening, locking and failing.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from crawler.errors import StorageError, StorageFullError
from crawler.storage.address import shown
from crawler.storage.claims import claim_session, session_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg
    from sqlalchemy import URL, Connection, Dialect
    from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

# A server that goes away is told once, by us; psycopg warns of what it leaves undone, too.
logging.getLogger("psycopg").setLevel(logging.ERROR)

CONNECT_SECONDS: Final = 10
"""How long a PostgreSQL server may take to answer."""

LOCK_SECONDS: Final = 1.0
"""How long one attempt waits for a lock; ``Store`` makes as many as its patience allows."""

_LOCKED: Final = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40P01", "40001"})
"""A lock not had in time, a deadlock, or a conflict: SQLite's names, PostgreSQL's SQLSTATEs."""

_FULL: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR", "53100"})
"""The disk takes no more: SQLite tells a limit on the size of files as an I/O error."""

_AWAY: Final = frozenset({"57P01", "57P02", "57P03", "53300", "25006"})
"""A server that shuts down, crashed or starts, has no connection left, or became a standby."""

_CONNECTION: Final = "08"
"""What the SQLSTATEs of a broken connection begin with."""

_BUSY: Final = re.compile(
    r"FATAL:\s+(?:the database system is |sorry, too many clients|remaining connection slots)"
)
"""What a server says that takes nobody just now: before there is a connection, in words only."""

_FILE: Final = "docshelf_file"
"""Where a connection to SQLite has which file it opened."""

_LIVELINESS: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
"""So that it takes half a minute, and not hours, to find out that a server's host is gone."""


def connect(
    url: URL,
    *,
    read_only: bool = False,
    lock_seconds: float = LOCK_SECONDS,
    claim: str | None = None,
) -> Engine:
    """Return an engine for the database at *url*; nothing is opened yet.

    A connection that is *read_only* makes no file and changes none. One that writes takes
    SQLite's only write lock at the start of a transaction (``writing`` among its execution
    options): it then never fails in the middle.

    With the *claim* of a site there is one connection to PostgreSQL, and it holds the claim:
    also the one that is made when the last was lost. Connecting raises ``SiteTakenError`` then.
    """
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        opened = partial(_open_sqlite, path, read_only=read_only, lock_seconds=lock_seconds)
        return _sqlite_engine(url, path, opened)
    options: dict[str, Any] = _LIVELINESS | {"connect_timeout": CONNECT_SECONDS}
    if not read_only:
        options["target_session_attrs"] = "read-write"  # and no standby, after a failover
    engine = create_engine(
        url,
        connect_args={name: value for name, value in options.items() if name not in url.query}
        | {"application_name": session_name(claim), "client_encoding": "utf8"},
        pool_pre_ping=True,
        **({} if claim is None else {"pool_size": 1, "max_overflow": 0}),
        hide_parameters=True,
        json_serializer=_to_json,
    )
    event.listen(engine, "begin", partial(_begin_postgresql, lock_seconds, read_only=read_only))
    if not read_only:
        event.listen(engine, "handle_error", _throw_away)
    if claim is not None:
        event.listen(engine, "do_connect", partial(_connect_claimed, url, claim))
    return engine


def hold(connection: Connection, name: str) -> None:
    """Let nobody else hold *name* until the transaction's end; SQLite's write lock does already."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"docshelf/{name}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def is_locked(error: SQLAlchemyError) -> bool:
    """Say whether *error* is about a lock that was not had in time."""
    return isinstance(error, DBAPIError) and _code(error) in _LOCKED


def is_busy(error: SQLAlchemyError) -> bool:
    """Say whether *error* is about a server that answers, and takes nobody just now."""
    return isinstance(error, OperationalError) and bool(_BUSY.search(str(error.orig)))


def is_disconnected(error: SQLAlchemyError) -> bool:
    """Say whether *error* is about a server that went away, or does not answer."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or _is_away(_code(error)):
        return True
    # What fails before there is a connection has no SQLSTATE.
    return isinstance(error, OperationalError) and not _code(error)


def is_full(error: SQLAlchemyError) -> bool:
    """Say whether *error* is about a disk that takes no more, and may take more again."""
    if not isinstance(error, DBAPIError) or _code(error) not in _FULL:
        return False
    # A sync that failed is not to be tried again: the system may have forgotten the data.
    return not getattr(error.orig, "sqlite_errorname", "").endswith("FSYNC")


def require_unicode(connection: Connection) -> None:
    """Raise ``StorageError`` unless the database keeps any text."""
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise StorageError(
                f"database {shown(connection.engine.url)}: its encoding is {encoding}; make one"
                " WITH ENCODING 'UTF8'"
            )


@contextmanager
def reporting(url: URL) -> Iterator[None]:
    """Turn errors of the database at *url* into ``StorageError``: one line, no password.

    A disk that takes no more is a ``StorageFullError``.
    """
    try:
        yield
    except SQLAlchemyError as error:
        has_no_room = isinstance(error, DBAPIError) and _code(error) in _FULL
        kind = StorageFullError if has_no_room else StorageError
        raise kind(f"database {shown(url)}: {problem(error)}") from error


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sqlite_engine(url: URL, path: Path, opened: Callable[[], sqlite3.Connection]) -> Engine:
    def remember(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_FILE] = _identity(path)

    engine = create_engine(url, creator=opened, hide_parameters=True, json_serializer=_to_json)
    event.listen(engine, "connect", remember)
    event.listen(engine, "begin", partial(_begin_sqlite, url, path))
    return engine


def _begin_sqlite(url: URL, path: Path, connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    if writing and connection.info[_FILE] != _identity(path):
        # SQLite would go on to write to what has no name any more, and nobody ever read it.
        raise StorageError(f"database {shown(url)}: somebody removed or replaced its file")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at *path* from others; ``None`` if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin_postgresql(lock_seconds: float, connection: Connection, *, read_only: bool) -> None:
    milliseconds = max(1, round(lock_seconds * 1000))
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
    if read_only:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _throw_away(context: ExceptionContext) -> None:
    """Have a connection to a server that went away replaced, even where it still answers."""
    if _is_away(getattr(context.original_exception, "sqlstate", None) or ""):
        context.is_disconnect = True


def _is_away(code: str) -> bool:
    return code in _AWAY or code.startswith(_CONNECTION)


def _connect_claimed(
    url: URL,
    claim: str,
    dialect: Dialect,
    _record: ConnectionPoolEntry,
    arguments: list[Any],
    options: dict[str, Any],
) -> DBAPIConnection:
    connection = dialect.connect(*arguments, **options)
    try:
        claim_session(cast("psycopg.Connection[Any]", connection), url, claim)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_sqlite(path: Path, *, read_only: bool, lock_seconds: float) -> sqlite3.Connection:
    mode = _reading_mode(path) if read_only else "mode=rwc"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=lock_seconds,
        isolation_level=None,  # transactions begin where SQLAlchemy begins them
        check_same_thread=False,  # the pool lends it to one thread at a time
    )
    try:
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _reading_mode(path: Path) -> str:
    """Return how to read *path* so that no file is left beside it.

    In WAL mode even readers need two files beside the database. The last connection takes them
    away again, if it may write. Where it may not, and no writer has left them, nobody is writing.
    """
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "mode=rw"
    beside = path.with_name(f"{path.name}-wal")
    return "mode=ro" if beside.exists() else "mode=ro&immutable=1"


def _code(error: DBAPIError) -> str:
    """Return what the driver calls *error*: SQLite's primary name, PostgreSQL's SQLSTATE."""
    if isinstance(error.orig, sqlite3.Error):
        name: str = getattr(error.orig, "sqlite_errorname", "")
        return "_".join(name.split("_")[:2])
    return getattr(error.orig, "sqlstate", None) or ""


_PROBLEMS: Final = {
    "SQLITE_BUSY": "locked by another program; end it, or try again later",
    "SQLITE_LOCKED": "locked by another program; end it, or try again later",
    "SQLITE_READONLY": "cannot be written; make the file and its folder writable",
    "SQLITE_CANTOPEN": "cannot be opened; check that the file and its folder are there and may"
    " be read and written",
    "SQLITE_NOTADB": "not a SQLite database; name another file in DOCSHELF_DATABASE_URL",
    "SQLITE_CORRUPT": "damaged; restore it from a copy, or name another file",
    "SQLITE_FULL": "the disk is full; make room and run the same command again",
    "SQLITE_IOERR": "the disk fails or takes no more; check it and run the same command again",
    "55P03": "locked by another program; end it, or try again later",
}


def problem(error: Exception) -> str:
    """Return what is wrong in one line; PostgreSQL's further lines may quote a whole row."""
    if not isinstance(error, DBAPIError):
        return " ".join(str(error).split())
    known = _PROBLEMS.get(_code(error))
    return known or str(error.orig).partition("\n")[0]
