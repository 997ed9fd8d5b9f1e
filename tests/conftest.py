"""What tests share: a database of each kind, and documents to keep in it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from sqlalchemy.engine import make_url

from crawler.items import Document
from crawler.storage import CaptureRow
from tests.crash.processes import Nursery
from tests.postgresql import running_server, server_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# How long an example takes is no matter of the suite: it may share its machine.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


class DocumentFactory(Protocol):
    """Makes a document; *changes* are its fields that matter to a test."""

    def __call__(self, number: int = 1, **changes: object) -> Document: ...


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Give the address of a PostgreSQL server: ``DOCSHELF_TEST_DATABASE_URL``, or our own."""
    if url := os.environ.get("DOCSHELF_TEST_DATABASE_URL"):
        yield url
        return
    with server_folder() as folder, running_server(folder) as server:
        yield server.get_uri()


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[str]:
    """Give the address of a new, empty PostgreSQL database."""
    server = make_url(postgresql_url).set(drivername="postgresql")
    name = f"docshelf_{uuid4().hex}"
    address = server.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a new database, of each kind in turn, for ``DOCSHELF_DATABASE_URL``."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/docshelf.db"
    url: str = request.getfixturevalue("postgresql_database")
    return url


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Start ``scrapy`` in processes that need not import it first."""
    with Nursery() as nursery:
        yield nursery


class CaptureFactory(Protocol):
    """Makes the capture of a document; *changes* are its fields that matter to a test."""

    def __call__(self, number: int = 1, **changes: object) -> CaptureRow: ...


@pytest.fixture(scope="session")
def make_capture() -> CaptureFactory:
    """Return a function that makes the capture of the document of a number."""

    def make(number: int = 1, **changes: object) -> CaptureRow:
        fields: dict[str, object] = {
            "record_id": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            "site": "wenku365",
            "doc_id": f"{number:08}",
            "url": f"https://www.wenku365.com/p-{number:08}.html",
            "captured_at": datetime(2026, 11, 24, 8, 0, 0, number, tzinfo=UTC),
            "kind": "response",
            "status": 200,
            "mime": "text/html",
            "digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            "file": "wenku365-20261124080000000-00000-shelf.warc.gz",
            "offset": number * 10_000,
            "length": 9_000,
            "verdict": "document",
        }
        return CaptureRow(**(fields | changes))  # type: ignore[arg-type]  # as the test says

    return make


@pytest.fixture(scope="session")
def make_document() -> DocumentFactory:
    """Return a function that makes the document of a number."""

    def make(number: int = 1, **changes: object) -> Document:
        fields: dict[str, object] = {
            "site": "wenku365",
            "doc_id": f"{number:08}",
            "url": f"https://www.wenku365.com/p-{number:08}.html",
            "title": f"第{number}号年度工作报告",
            "size_bytes": 59904,
            "page_count": 11,
            "uploaded_on": date(2018, 11, 19),
            "preview": "本年度各项工作稳步推进。\n附表见后。",
            "tags": ("报告", "年度"),
            "missing": {"file_format": "not_found", "preview_page_count": "not_published"},
            "fetched_at": datetime(2026, 11, 24, 8, tzinfo=UTC),
            "reader": "wenku365/1",
        }
        return Document(**(fields | changes))  # type: ignore[arg-type]  # as the test says

    return make
