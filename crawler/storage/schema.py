"""The schema's version: brought up to date before writing, only looked at before reading."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from crawler.errors import StorageError
from crawler.storage.address import shown
from crawler.storage.database import hold, require_unicode
from crawler.storage.tables import METADATA

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_STEPS: Final = Path(__file__).with_name("migrations")


def migrate(connection: Connection, url: URL) -> None:
    """Bring the schema up to date, all in the transaction that *connection* is in.

    Of two processes that start at once, the second waits and finds it done. Raises
    ``StorageError`` if the schema is newer than this program or not ours at all.
    """
    hold(connection, "schema")
    context = MigrationContext.configure(connection)
    current = _current(context, url)
    steps = _steps()
    if current == steps.get_current_head():
        return
    if current is None:
        require_unicode(connection)
        _require_room(connection, url)
    with Operations.context(context):
        for step in reversed(list(steps.iterate_revisions("head", current or "base"))):
            step.module.upgrade()
    context.stamp(steps, "head")


def require_current(connection: Connection, url: URL) -> None:
    """Raise ``StorageError`` unless the schema is the one that this program reads."""
    current = _current(MigrationContext.configure(connection), url)
    if current is None:
        raise StorageError(f"database {shown(url)}: holds no documents yet; run a crawl first")
    if current != _steps().get_current_head():
        raise StorageError(
            f"database {shown(url)}: its schema {current} is older than this docshelf; any crawl"
            " brings it up to date"
        )


@cache
def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(_STEPS))


def _current(context: MigrationContext, url: URL) -> str | None:
    current = context.get_current_revision()
    known = {step.revision for step in _steps().walk_revisions()}
    if current is not None and current not in known:
        raise StorageError(
            f"database {shown(url)}: its schema {current} is newer than this docshelf; update"
            " docshelf, or name another database"
        )
    return current


def _require_room(connection: Connection, url: URL) -> None:
    taken = sorted(METADATA.tables.keys() & set(inspect(connection).get_table_names()))
    if taken:
        raise StorageError(
            f"database {shown(url)}: another program's table {taken[0]} is in it; name another"
            " database in DOCSHELF_DATABASE_URL"
        )
