"""One process a site and database, whoever is killed, and whatever the server does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from crawler.errors import ExitCode, SiteTakenError, StorageError
from crawler.storage import claims, database_url, open_store
from crawler.storage.claims import claim_file, lock_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

    from crawler.items import Document
    from crawler.storage import Store

SITE = "wenku365"
ROOT = Path(__file__).parents[2]

HOLDER = """
import sys
from crawler.storage import database_url, open_store
store = open_store(database_url({"DOCSHELF_DATABASE_URL": sys.argv[1]}), claim=sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def url(database_url: str) -> URL:
    """Give the address of a database of each kind in turn."""
    return to_url(database_url)


@pytest.fixture
def file_url(tmp_path: Path) -> URL:
    return to_url(f"sqlite:///{tmp_path}/docshelf.db")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "CLAIM_SECONDS", 0.0)


def to_url(address: str) -> URL:
    return database_url({"DOCSHELF_DATABASE_URL": address})


def test_a_site_has_one_crawl(
    url: URL, make_document: Callable[..., Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(url, claim=SITE) as store:
        with monkeypatch.context() as patched:
            patched.setattr(claims, "CLAIM_SECONDS", 0.0)
            with pytest.raises(SiteTakenError) as caught:
                open_store(url, claim=SITE)
        said = str(caught.value)
        assert said.startswith(f"{SITE} is being crawled into ")
        assert said.endswith(f" by another process (pid {os.getpid()}): wait for it, or end it")
        assert "\n" not in said
        assert caught.value.exit_code is ExitCode.ALREADY_RUNNING
        with open_store(url, claim="docin") as other, open_store(url) as third:
            for each in (store, other, third):
                each.upsert([make_document()])
    # A server comes to know of a session's end in its own time, and nobody waits for that.
    monkeypatch.setattr(claims, "CLAIM_SECONDS", 30.0)
    with open_store(url, claim=SITE):
        pass


def test_the_claim_ends_with_the_process(
    url: URL, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database_url, SITE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with monkeypatch.context() as patched:
            patched.setattr(claims, "CLAIM_SECONDS", 0.0)
            with pytest.raises(SiteTakenError, match=rf"\(pid {holder.pid}\)"):
                open_store(url, claim=SITE)
        os.kill(holder.pid, signal.SIGKILL)
        monkeypatch.setattr(claims, "CLAIM_SECONDS", 30.0)
        open_store(url, claim=SITE).close()


def test_an_instant_is_waited_for(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = open_store(url, claim=SITE)
    waited = threading.Event()

    def wait(_seconds: float) -> None:
        if not waited.is_set():
            waited.set()
            holder.close()

    monkeypatch.setattr("crawler.storage.claims.time.sleep", wait)
    with open_store(url, claim=SITE):
        assert waited.is_set()


class TestFile:
    """The claim beside a SQLite database."""

    def test_nothing_is_left_of_it(self, tmp_path: Path, file_url: URL) -> None:
        with open_store(file_url, claim="wenku/so"):
            assert lock_path(file_url, "wenku/so").read_text() == f"{os.getpid()}@{os.uname()[1]}\n"
        assert [path.name for path in tmp_path.iterdir()] == ["docshelf.db"]

    @pytest.mark.usefixtures("impatient")
    def test_what_a_dead_process_left_is_no_claim(self, file_url: URL) -> None:
        lock_path(file_url, SITE).write_text("1@elsewhere\n")
        with open_store(file_url, claim=SITE):
            assert str(os.getpid()) in lock_path(file_url, SITE).read_text()

    @pytest.mark.usefixtures("impatient")
    def test_a_process_elsewhere_is_named(self, file_url: URL) -> None:
        with open_store(file_url, claim=SITE):
            lock_path(file_url, SITE).write_text("12@elsewhere\n")
            with pytest.raises(SiteTakenError, match=r"\(pid 12 on elsewhere\)"):
                open_store(file_url, claim=SITE)

    @pytest.mark.usefixtures("impatient")
    def test_links_lead_to_the_same_claim(self, tmp_path: Path, file_url: URL) -> None:
        (tmp_path / "linked").mkdir()
        linked = tmp_path / "linked" / "other.db"
        linked.symlink_to(tmp_path / "docshelf.db")
        with open_store(file_url, claim=SITE), pytest.raises(SiteTakenError):
            open_store(to_url(f"sqlite:///{linked}"), claim=SITE)

    def test_where_nothing_can_be_locked(self, file_url: URL) -> None:
        path = lock_path(file_url, SITE)
        path.mkdir()
        with pytest.raises(StorageError) as caught:
            open_store(file_url, claim=SITE)
        database = file_url.database
        assert str(caught.value) == f"database {database}: {path} cannot be locked: Is a directory"

    def test_a_store_that_cannot_be_opened_keeps_no_claim(
        self, tmp_path: Path, file_url: URL
    ) -> None:
        (tmp_path / "docshelf.db").write_bytes(b"just some words, no database at all\n" * 100)
        for _ in range(2):
            with pytest.raises(StorageError, match="not a SQLite database"):
                open_store(file_url, claim=SITE)
        assert not lock_path(file_url, SITE).exists()

    def test_however_many_ask_at_once_one_has_it(
        self, file_url: URL, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(claims, "CLAIM_SECONDS", 60.0)
        monkeypatch.setattr(claims, "_PAUSE_SECONDS", 0.0)
        alone = threading.Lock()

        def take_turns(_number: int) -> bool:
            claim = claim_file(file_url, SITE)
            assert claim is not None
            is_alone = alone.acquire(blocking=False)
            os.sched_yield()
            if is_alone:
                alone.release()
            claim.release()
            return is_alone

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(take_turns, range(200)))


class TestSession:
    """The claim of a session of PostgreSQL."""

    @pytest.fixture
    def server(self, postgresql_database: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(postgresql_database, autocommit=True) as connection:
            yield connection

    @pytest.fixture
    def store(self, postgresql_database: str) -> Iterator[Store]:
        with open_store(to_url(postgresql_database), claim=SITE, wait_seconds=30) as store:
            yield store

    def holders(self, server: psycopg.Connection) -> list[tuple[int, str]]:
        return server.execute(
            "SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND datname = current_database() AND granted"
        ).fetchall()

    def writer(self, store: Store) -> int:
        pid: int = store.write(
            lambda connection: connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        )
        return pid

    def test_it_belongs_to_the_session_that_writes(
        self, store: Store, server: psycopg.Connection
    ) -> None:
        ((pid, name),) = self.holders(server)
        assert pid == self.writer(store)
        assert name == f"docshelf {os.getpid()}@{os.uname()[1]} {SITE}"[:63]

    def test_it_is_taken_again_by_the_next_session(
        self, store: Store, server: psycopg.Connection
    ) -> None:
        first = self.writer(store)
        server.execute("SELECT pg_terminate_backend(%s)", [first])
        second = self.writer(store)
        assert [pid for pid, _ in self.holders(server)] == [second] != [first]

    @pytest.mark.usefixtures("impatient")
    def test_who_comes_by_it_meanwhile_is_waited_for(
        self, store: Store, server: psycopg.Connection, postgresql_database: str
    ) -> None:
        first = self.writer(store)
        with psycopg.connect(postgresql_database, autocommit=True) as other:
            lock = "SELECT pg_advisory_lock(hashtextextended('docshelf/crawl/wenku365', 0))"
            waiting = threading.Thread(target=lambda: other.execute(lock))
            waiting.start()
            server.execute("SELECT pg_terminate_backend(%s)", [first])
            waiting.join(30)
            with (
                ThreadPoolExecutor(1) as pool,
                pytest.MonkeyPatch.context() as patched,
            ):
                patched.setattr("crawler.storage.patience.time.sleep", lambda _: asked.set())
                asked = threading.Event()
                writing = pool.submit(self.writer, store)
                assert asked.wait(30)
                other.execute("SELECT pg_advisory_unlock_all()")
                assert writing.result(30) != first

    @pytest.mark.usefixtures("impatient")
    def test_who_keeps_it_too_long_has_it(
        self, server: psycopg.Connection, postgresql_database: str
    ) -> None:
        with open_store(to_url(postgresql_database), claim=SITE, wait_seconds=0.0) as store:
            server.execute("SELECT pg_terminate_backend(%s)", [self.writer(store)])
            lock = "SELECT pg_advisory_lock(hashtextextended('docshelf/crawl/wenku365', 0))"
            server.execute(lock)
            with pytest.raises(SiteTakenError, match=r"another process: wait for it, or end it"):
                self.writer(store)
