from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from crawler.errors import StorageError
from crawler.storage import database_url, open_store
from crawler.storage.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

    from crawler.items import Document


OPEN = """
import sys
from crawler.storage import database_url, open_store
sys.stdin.read()
with open_store(database_url({"DOCSHELF_DATABASE_URL": sys.argv[1]})):
    print("open")
"""


@pytest.fixture
def url(database_url: str) -> URL:
    return _url(database_url)


def _url(address: str) -> URL:
    return database_url({"DOCSHELF_DATABASE_URL": address})


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_sees(url: URL) -> None:
    open_store(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_opening_twice_changes_nothing(url: URL, make_document: Callable[..., Document]) -> None:
    with open_store(url) as store:
        store.upsert([make_document()])
    with open_store(url) as store:
        assert list(store.documents()) == [make_document()]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_schema_is_left_alone(url: URL, *, read_only: bool) -> None:
    open_store(url).close()
    _execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match=r"schema 9999 is newer .* update docshelf"):
        open_store(url, read_only=read_only)


def test_an_older_schema_is_not_read(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(url).close()
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda _self: "9000")
    with pytest.raises(StorageError, match=r"older than this docshelf; any crawl"):
        open_store(url, read_only=True)


def test_another_programs_table_is_left_alone(url: URL) -> None:
    open_store(url).close()
    _execute(url, "DROP TABLE alembic_version")
    with pytest.raises(StorageError, match="another program's table captures"):
        open_store(url)


def test_an_empty_database_has_nothing_to_read(postgresql_database: str) -> None:
    with pytest.raises(StorageError, match="holds no documents yet; run a crawl first"):
        open_store(_url(postgresql_database), read_only=True)


def test_processes_that_start_at_once_all_get_in(database_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, "open\n", "")


def test_a_migration_that_fails_leaves_nothing(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("alembic.migration.MigrationContext.stamp", fail)
        with pytest.raises(RuntimeError):
            open_store(url)
    with open_store(url) as store:
        assert list(store.documents()) == []
