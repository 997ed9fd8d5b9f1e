"""What a crawl keeps, and where: read without the crawler, as a dead process left it."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastwarc.warc import ArchiveIterator
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

Row = dict[str, Any]
OPEN: Final = ".open"

_ANSWERS: Final = (b"WARC-Type: response\r\n", b"WARC-Type: revisit\r\n")
_GZIP: Final = 31


@dataclass(frozen=True, slots=True)
class Place:
    """The folder and the database of a crawl."""

    data: Path
    database: str
    """As ``DOCSHELF_DATABASE_URL`` takes it."""

    @classmethod
    def with_sqlite(cls, data: Path) -> Place:
        return cls(data, f"sqlite:///{data}/docshelf.db")

    @property
    def environment(self) -> dict[str, str]:
        return {"DOCSHELF_DATA": str(self.data), "DOCSHELF_DATABASE_URL": self.database}

    @property
    def warcs(self) -> list[Path]:
        """The WARC files, closed and open."""
        return sorted(self.data.glob("warc/*.warc.gz*"))

    def path_of(self, file: str) -> Path | None:
        """Return where the WARC *file* is now, ``None`` if it is nowhere."""
        paths = (self.data / "warc" / name for name in (file, file + OPEN))
        return next((path for path in paths if path.exists()), None)

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Give a view of the database, which is not touched; ``None`` if there is none yet.

        To open a SQLite database is to recover it: that is for the crawl to do.
        """
        with tempfile.TemporaryDirectory() as folder:
            database = self.database
            url = make_url(database)
            if url.get_backend_name() == "sqlite":
                path = Path(url.database or "")
                if not path.exists():
                    yield None
                    return
                for name in (path.name, f"{path.name}-wal"):
                    if path.with_name(name).exists():
                        shutil.copy(path.with_name(name), folder)
                database = f"sqlite:///{folder}/{path.name}"
            else:
                database = url.set(drivername="postgresql+psycopg").render_as_string(
                    hide_password=False
                )
            engine = create_engine(database, poolclass=NullPool)
            with engine.connect() as connection:
                yield connection

    def rows(self, *tables: str) -> list[list[Row]]:
        """Return all rows of each table, from one view; none of one that is not there."""
        with self.reading() as connection:
            if connection is None:
                return [[] for _ in tables]
            there = set(inspect(connection).get_table_names())
            return [_rows(connection, name) if name in there else [] for name in tables]


def _rows(connection: Connection, table: str) -> list[Row]:
    found = connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - a name of ours
    return [dict(row) for row in found.mappings()]


def torn_rows(place: Place) -> Iterator[str]:
    """Yield what is wrong with the captures that the database knows: each has its whole record."""
    by_file: defaultdict[str, list[Row]] = defaultdict(list)
    for row in place.rows("captures")[0]:
        by_file[row["file"]].append(row)
    for file, rows in by_file.items():
        path = place.path_of(file)
        if path is None:
            yield f"{file}: {len(rows)} captures are in it, and it is gone"
            continue
        data = path.read_bytes()
        for row in rows:
            if fault := _fault(data, row):
                yield f"{path.name} at {row['offset']}, {row['url']}: {fault}"
        places = [row["offset"] for row in rows]
        if len(set(places)) < len(places):
            yield f"{path.name}: several captures have one record"


def _fault(data: bytes, row: Mapping[str, Any]) -> str | None:
    end = row["offset"] + row["length"]
    if end > len(data):
        return f"the database is ahead of the archive, by {end - len(data)} bytes"
    unpacked = zlib.decompressobj(_GZIP)
    try:
        record = unpacked.decompress(data[row["offset"] : end])
    except zlib.error as error:
        return f"its record is damaged: {error}"
    if not unpacked.eof or unpacked.unused_data:
        return "its record has another length"
    return None if f"<{row['record_id']}>".encode() in record else "there is another record"


def unknown_records(place: Place) -> Iterator[str]:
    """Yield what the database does not know of the closed files: of a whole file, nothing."""
    known = {row["record_id"] for row in place.rows("captures")[0]}
    for path in place.warcs:
        if path.name.endswith(OPEN):
            continue
        answers, end = whole_answers(path.read_bytes())
        if end < path.stat().st_size:
            yield f"{path.name} at {end}: there is no whole record"
        if unknown := [url for record_id, url in answers if record_id not in known]:
            yield f"{path.name}: {len(unknown)} answers are in no capture, such as {unknown[0]}"


def whole_answers(data: bytes) -> tuple[list[tuple[str, str]], int]:
    """Return the IDs and the addresses of the answers that *data* begins with, and their end."""
    answers = []
    end = 0
    while end < len(data):
        unpacked = zlib.decompressobj(_GZIP)
        try:
            record = unpacked.decompress(data[end:])
        except zlib.error:
            break
        if not unpacked.eof:
            break
        if any(kind in record for kind in _ANSWERS):
            answers.append((_field(record, b"WARC-Record-ID"), _field(record, b"WARC-Target-URI")))
        end = len(data) - len(unpacked.unused_data)
    return answers, end


def _field(record: bytes, name: bytes) -> str:
    return record.partition(name + b": ")[2].partition(b"\r\n")[0].decode().strip("<>")


def damaged_files(place: Place) -> Iterator[str]:
    """Yield what is wrong with the files of an archive whose crawl has ended."""
    for path in place.data.rglob(f"*{OPEN}"):
        yield f"{path.name} is left"
    for path in place.warcs:
        try:
            with path.open("rb") as file:
                bad = sum(
                    not one.verify_block_digest() for one in ArchiveIterator(file, parse_http=False)
                )
        except OSError as error:
            yield f"{path.name}: fastwarc cannot read it: {error}"
        else:
            if bad:
                yield f"{path.name}: {bad} records have other digests than they say"
