"""Databases that cannot be used, and what is said of them."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from crawler.errors import ExitCode, StorageError
from crawler.storage import Counts, database_url, open_store
from crawler.storage.database import is_full

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from crawler.items import Document


def _url(address: str) -> URL:
    return database_url({"DOCSHELF_DATABASE_URL": address})


@pytest.fixture
def file(tmp_path: Path, make_document: Callable[..., Document]) -> Path:
    """Make a SQLite database with one document, closed."""
    path = tmp_path / "shelf" / "docshelf.db"
    with open_store(_url(f"sqlite:///{path}")) as store:
        store.upsert([make_document()])
    return path


@pytest.fixture
def told() -> Iterator[threading.Event]:
    """Give what is set when the store says that it waits."""
    event = threading.Event()
    handler = logging.Handler()
    handler.emit = lambda record: event.set()  # type: ignore[method-assign]  # noqa: ARG005
    log = logging.getLogger("crawler.storage.patience")
    log.addHandler(handler)
    yield event
    log.removeHandler(handler)


def _failure(address: str, *, read_only: bool = False) -> str:
    with pytest.raises(StorageError) as caught:
        open_store(_url(address), read_only=read_only)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_code is ExitCode.DATABASE
    return message


def _names(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def test_writing_makes_the_folder_and_reading_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "docshelf.db"
    message = _failure(f"sqlite:///{path}", read_only=True)
    assert message == f"database {path}: there is none; run a crawl first"
    assert list(tmp_path.iterdir()) == []
    open_store(_url(f"sqlite:///{path}")).close()
    assert _names(path) == ["docshelf.db"]


def test_reading_leaves_no_file_behind(file: Path, make_document: Callable[..., Document]) -> None:
    before = file.read_bytes()
    with open_store(_url(f"sqlite:///{file}"), read_only=True) as store:
        assert list(store.documents()) == [make_document()]
    assert _names(file) == ["docshelf.db"]
    assert file.read_bytes() == before


def test_reading_where_nothing_may_be_written(
    file: Path, make_document: Callable[..., Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, so what the system would say is said for it.
    monkeypatch.setattr("os.access", lambda *_: False)
    with open_store(_url(f"sqlite:///{file}"), read_only=True) as store:
        assert list(store.documents()) == [make_document()]
        assert _names(file) == ["docshelf.db"]


def test_reading_beside_a_writer(
    file: Path, make_document: Callable[..., Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(_url(f"sqlite:///{file}")) as writer:
        writer.upsert([make_document(2)])
        monkeypatch.setattr("os.access", lambda *_: False)
        with open_store(_url(f"sqlite:///{file}"), read_only=True) as reader:
            assert list(reader.documents()) == [make_document(1), make_document(2)]


def test_a_reader_cannot_write(file: Path, make_document: Callable[..., Document]) -> None:
    with (
        open_store(_url(f"sqlite:///{file}"), read_only=True) as store,
        pytest.raises(StorageError, match="cannot be written; make the file and its folder"),
    ):
        store.upsert([make_document(2)])


@pytest.fixture
def frozen(file: Path) -> Iterator[Path]:
    """Make a database that may not be written."""
    if os.geteuid() != 0:
        file.chmod(0o444)
        yield file
        return
    chattr = shutil.which("chattr")
    if not chattr or subprocess.run([chattr, "+i", file], check=False).returncode:
        pytest.skip("nothing keeps root from writing here")
    yield file
    subprocess.run([chattr, "-i", file], check=True)


def test_a_file_that_may_not_be_written_is_noticed_at_once(frozen: Path) -> None:
    assert "cannot be written" in _failure(f"sqlite:///{frozen}")


FILL = """
import resource, sys
from datetime import UTC, datetime
from crawler.errors import StorageError
from crawler.items import Document
from crawler.storage import database_url, open_store
with open_store(database_url({"DOCSHELF_DATABASE_URL": sys.argv[1]})) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19))
    try:
        for number in range(99):
            store.upsert([Document(site="wenku365", doc_id=str(number), url="http://a/",
                title="x" * 99999, missing={}, fetched_at=datetime.now(UTC), reader="x/1")])
    except StorageError as error:
        print(error)
        sys.exit(error.exit_code)
"""


def test_a_full_disk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, f"sqlite:///{tmp_path}/x.db"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == ExitCode.DISK, done.stderr
    assert done.stdout.startswith(f"database {tmp_path}/x.db: the disk ")
    assert done.stdout.count("\n") == 1


ROOM_AGAIN = """
import resource, sys
from datetime import UTC, datetime
from sqlalchemy.exc import DBAPIError
from crawler.items import Document
from crawler.storage import database_url, open_store
from crawler.storage.database import is_full
from crawler.storage.store import upsert

def document(number):
    return Document(site="wenku365", doc_id=str(number), url="http://a/", title="x" * 99999,
        missing={}, fetched_at=datetime.now(UTC), reader="x/1")

def keep(connection):
    try:
        upsert(connection, [document(number) for number in range(kept, kept + 3)])
    except DBAPIError as error:
        print(is_full(error))
        raise

with open_store(database_url({"DOCSHELF_DATABASE_URL": sys.argv[1]})) as store:
    kept = failures = 0
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    while kept < 60:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
        try:
            store.write(keep)
        except Exception as error:
            failures += 1
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            store.write(keep)
        kept += 3
    assert failures > 2
    assert len(list(store.documents())) == kept
"""


def test_a_disk_that_has_room_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ROOM_AGAIN, f"sqlite:///{tmp_path}/x.db"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"True"}
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("name", "may_pass"),
    [
        ("SQLITE_FULL", True),
        ("SQLITE_IOERR_WRITE", True),
        ("SQLITE_IOERR_FSYNC", False),
        ("SQLITE_IOERR_DIR_FSYNC", False),
        ("SQLITE_BUSY", False),
    ],
)
def test_a_sync_that_failed_is_not_tried_again(name: str, *, may_pass: bool) -> None:
    failure = sqlite3.OperationalError("disk I/O error")
    failure.sqlite_errorname = name
    assert is_full(OperationalError("COMMIT", None, failure)) is may_pass


def test_a_postgresql_reader_cannot_write(
    postgresql_database: str, make_document: Callable[..., Document]
) -> None:
    open_store(_url(postgresql_database)).close()
    with (
        open_store(_url(postgresql_database), read_only=True) as store,
        pytest.raises(StorageError, match="read-only transaction"),
    ):
        store.upsert([make_document(2)])


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database(tmp_path: Path, *, read_only: bool) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"just some words, long enough to be looked at\n" * 100)
    before = path.read_bytes()
    assert "not a SQLite database" in _failure(f"sqlite:///{path}", read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_for_a_file(tmp_path: Path, *, read_only: bool) -> None:
    assert "cannot be opened" in _failure(f"sqlite:///{tmp_path}", read_only=read_only)


def test_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    message = _failure(f"sqlite:///{tmp_path}/data/docshelf.db")
    assert "its folder cannot be made" in message


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_file_that_somebody_took_away(
    file: Path, make_document: Callable[..., Document], *, is_replaced: bool
) -> None:
    """SQLite itself would go on, and all would be lost that is written."""
    with open_store(_url(f"sqlite:///{file}")) as store:
        store.upsert([make_document(1)])
        other = file.with_name("other.db")
        shutil.copy(file, other)
        file.unlink()
        if is_replaced:
            other.rename(file)
        with pytest.raises(StorageError) as caught:
            store.upsert([make_document(2)])
    said = str(caught.value)
    assert said == f"database {file}: somebody removed or replaced its file"


def test_a_damaged_file(file: Path) -> None:
    page = bytearray(file.read_bytes())
    page[100:8192] = b"\xff" * 8092
    file.write_bytes(page)
    assert "damaged" in _failure(f"sqlite:///{file}", read_only=True)


def test_locked_for_too_long(
    file: Path, make_document: Callable[..., Document], caplog: pytest.LogCaptureFixture
) -> None:
    url = _url(f"sqlite:///{file}")
    with open_store(url, wait_seconds=0.2) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked by another program"):
            store.upsert([make_document(2)])
        other.rollback()
        assert list(store.documents()) == [make_document(1)]
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"database {file} is locked or went away: waiting up to 0.2 seconds"]


def test_a_lock_is_waited_for(
    file: Path, make_document: Callable[..., Document], told: threading.Event
) -> None:
    counts: list[Counts] = []
    with open_store(_url(f"sqlite:///{file}")) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=lambda: counts.append(store.upsert([make_document(2)])))
        thread.start()
        assert told.wait(30)
        other.rollback()
        thread.join(30)
    assert counts == [Counts(new=1)]


def test_a_server_that_does_not_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening
        port = taken.getsockname()[1]
        for read_only in (False, True):
            message = _failure(f"postgresql://ann:secret@127.0.0.1:{port}/x", read_only=read_only)
            assert f"ann:***@127.0.0.1:{port}" in message
            assert "refused" in message
            assert "secret" not in message


def test_a_database_that_is_not_there(postgresql_database: str) -> None:
    message = _failure(postgresql_database.replace("docshelf_", "nowhere_"))
    assert "does not exist" in message


def test_a_database_that_cannot_keep_chinese(postgresql_url: str, postgresql_database: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(postgresql_database)["dbname"]
    latin = f"latin_{name}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        )
        message = _failure(postgresql_database.replace(str(name), latin))
        connection.execute(f"DROP DATABASE {latin} WITH (FORCE)")
    assert "its encoding is LATIN1; make one WITH ENCODING 'UTF8'" in message


def test_a_server_that_went_away_is_waited_for(
    postgresql_url: str,
    postgresql_database: str,
    make_document: Callable[..., Document],
    told: threading.Event,
) -> None:
    name = str(psycopg.conninfo.conninfo_to_dict(postgresql_database)["dbname"])
    counts: list[Counts] = []
    with (
        psycopg.connect(postgresql_url, autocommit=True) as server,
        open_store(_url(postgresql_database)) as store,
    ):
        store.upsert([make_document(1)])
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        group = [make_document(1), make_document(2)]
        thread = threading.Thread(target=lambda: counts.append(store.upsert(group)))
        thread.start()
        assert told.wait(30)
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        thread.join(30)
    assert counts == [Counts(new=1, unchanged=1)]
