"""One process a site and database: who crawls it holds a claim, which ends with the process.

Beside a SQLite database it is a lock on a file. In PostgreSQL it belongs to the session that
writes, so a dead process loses it only when its last transaction is over.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from crawler.errors import SiteTakenError, StorageError, StorageFullError
from crawler.storage.address import shown

if TYPE_CHECKING:
    from psycopg import Connection
    from sqlalchemy import URL

CLAIM_SECONDS: Final = 1.0
"""How long a claim is asked for: a process that was killed may hold it for an instant."""

_PAUSE_SECONDS: Final = 0.05
_SHOWN_BYTES: Final = 200
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_TAKE: Final = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_HOLDER: Final = """
    SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND database = datid
        AND datname = current_database()
        AND (classid::bigint << 32 | objid::bigint) = hashtextextended(%s, 0)
"""
# The server then finds out in half a minute that a host is gone, and not in two hours.
_KEEP_ALIVE: Final = (
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4;"
    "SET tcp_user_timeout = 30000"
)


class FileClaim:
    """The claim on a site beside a SQLite database. ``claim_file`` makes it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Let another process have the site."""
        # While it is locked: who opened it before sees that its name is gone, and asks again.
        with suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


def claim_file(url: URL, site: str) -> FileClaim | None:
    """Claim *site* for the SQLite database at *url*, whose folder is there.

    ``None`` for PostgreSQL, where a session does it. Raises ``SiteTakenError`` if another process
    has it, ``StorageError`` if nothing can be locked there.
    """
    if url.get_backend_name() != "sqlite":
        return None
    path = lock_path(url, site)
    deadline = time.monotonic() + CLAIM_SECONDS
    try:
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if _lock(path, descriptor):
                return FileClaim(path, descriptor)
            holder = os.pread(descriptor, _SHOWN_BYTES, 0).decode(errors="replace")
            os.close(descriptor)
            if time.monotonic() >= deadline:
                raise _taken(url, site, holder)
            time.sleep(_PAUSE_SECONDS)
    except OSError as error:
        kind = StorageFullError if error.errno in _FULL else StorageError
        what = f"{path} cannot be locked: {error.strerror}"
        raise kind(f"database {shown(url)}: {what}") from error


def lock_path(url: URL, site: str) -> Path:
    """Return the file that is locked for *site*, wherever links lead to the database from.

    >>> from sqlalchemy import make_url
    >>> lock_path(make_url("sqlite:////srv/docshelf.db"), "wenku.so").name
    '.docshelf.db.wenku.so.lock'
    """
    database = Path(os.path.realpath(url.database or ""))
    return database.with_name(f".{database.name}.{quote(site, safe='')}.lock")


def claim_session(connection: Connection[Any], url: URL, site: str) -> None:
    """Claim *site* for as long as *connection*, to the database at *url*, is there.

    Raises ``SiteTakenError`` if another process has it, or an error of the driver.
    """
    key = [f"docshelf/crawl/{site}"]
    deadline = time.monotonic() + CLAIM_SECONDS
    connection.execute(_KEEP_ALIVE)
    while connection.execute(_TAKE, key).fetchone() != (True,):
        if time.monotonic() >= deadline:
            holder = connection.execute(_HOLDER, key).fetchone()
            raise _taken(url, site, "" if holder is None else str(holder[0]))
        time.sleep(_PAUSE_SECONDS)
    connection.commit()


def session_name(site: str | None) -> str:
    """Return what a server is told of a connection: who it is, and which *site* it crawls.

    A server keeps 63 bytes of it.
    """
    return "docshelf" if site is None else f"docshelf {_ourselves()} {site}"


def _lock(path: Path, descriptor: int) -> bool:
    """Lock the file of *descriptor*, and say who did; return whether that is still *path*."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    try:
        if not os.path.samestat(path.stat(), os.fstat(descriptor)):
            return False
    except FileNotFoundError:
        return False
    with suppress(OSError):  # for people only
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{_ourselves()}\n".encode(), 0)
    return True


def _ourselves() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"


def _taken(url: URL, site: str, holder: str) -> SiteTakenError:
    """Return what to say when *holder* has *site*: its process and host, somewhere in it."""
    who = next((word for word in holder.split() if "@" in word), "")
    pid, _, host = who.partition("@")
    where = "" if host == socket.gethostname() else f" on {host}"
    which = f" (pid {pid}{where})" if pid else ""
    return SiteTakenError(
        f"{site} is being crawled into {shown(url)} by another process{which}:"
        " wait for it, or end it"
    )
