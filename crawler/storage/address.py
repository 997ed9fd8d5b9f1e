"""Where things are kept: the data folder and the database's address, from the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.utils.conf import closest_scrapy_cfg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_POSTGRESQL: Final = frozenset({"postgres", "postgresql", "postgres+psycopg", "postgresql+psycopg"})
_SQLITE: Final = frozenset({"sqlite", "sqlite+pysqlite"})
_EXAMPLES: Final = "such as sqlite:///data/docshelf.db or postgresql://user@host/name"


def project_folder() -> Path:
    """Return the folder of ``scrapy.cfg``, or the working folder where there is none above it."""
    config = closest_scrapy_cfg()
    return Path(config).parent if config else Path.cwd()


def data_folder(settings: Mapping[str, object]) -> Path:
    """Return the folder of all that is kept (``DOCSHELF_DATA``) as an absolute path."""
    return project_folder() / str(settings.get("DOCSHELF_DATA") or "data")


def archive_folder(settings: Mapping[str, object]) -> Path:
    """Return the folder of the WARC files, in that of all that is kept."""
    return data_folder(settings) / "warc"


def database_url(settings: Mapping[str, object]) -> URL:
    """Return the database's address (``DOCSHELF_DATABASE_URL``), complete and absolute.

    Raises ``UsageError`` for what is not the address of a SQLite or PostgreSQL database.
    """
    text = str(settings.get("DOCSHELF_DATABASE_URL") or "").strip()
    if not text:
        return _sqlite(data_folder(settings) / "docshelf.db")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        # The text is not shown: it may hold a password that nobody can find and hide.
        raise UsageError(f"DOCSHELF_DATABASE_URL is not an address {_EXAMPLES}") from error
    if url.drivername in _POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in _SQLITE:
        raise UsageError(
            f"DOCSHELF_DATABASE_URL: {url.drivername} is not supported; give an address {_EXAMPLES}"
        )
    if url.query:
        raise UsageError(
            f"DOCSHELF_DATABASE_URL: {shown(url)} is a file, which takes no options after a ?"
        )
    if url.host or not url.database or url.database.startswith((":memory:", "file:")):
        raise UsageError(
            f"DOCSHELF_DATABASE_URL: {shown(url)} does not name a file; give an address {_EXAMPLES}"
        )
    return _sqlite(project_folder() / url.database)


def shown(url: URL) -> str:
    """Return *url* for a message: a file's path, or the address without its password.

    >>> shown(make_url("postgresql://ann:secret@db.example/docshelf"))
    'postgresql://ann:***@db.example/docshelf'
    """
    if url.get_backend_name() == "sqlite" and url.database and not url.host:
        return url.database
    if "password" in url.query:
        url = url.update_query_dict({"password": "***"})
    return url.render_as_string(hide_password=True)


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))
