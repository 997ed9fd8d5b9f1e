"""Archived records, read again: all of a file, past what is damaged, or one of them at will."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from crawler.archive.answer import Answer, read_answer
from crawler.archive.members import (
    GZIP_MAGIC,
    MAX_RECORD_BYTES,
    Damage,
    Member,
    walk_members,
)
from crawler.archive.plain import walk_plain
from crawler.archive.records import digest, head_length
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OPEN: Final = ".open"
"""What the name of a file ends in while it is written."""

_VERSION: Final = re.compile(rb"WARC/(\d+\.\d+)\r?\n")
_LENGTH: Final = re.compile(r"\d{1,15}\Z")
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z)?)?)?\Z"
)
_MAGIC_PLAIN: Final = b"WARC/"
_HTTP: Final = "application/http"
_RECORD_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it stands in its file."""

    file: str
    """The name of its file, without the folder and without ``.open``."""
    offset: int
    """Where it begins in its file, in bytes."""
    length: int
    """How many bytes of its file it takes, compressed as it is there."""
    version: str
    """Of the format: ``1.1``."""
    fields: Mapping[str, str]
    """Its named fields, names in lower case; values of a repeated one are joined by ``", "``.

    Without NUL, which no field may have, and no database takes."""
    is_packed: bool
    """Whether it is a gzip member, and not plain."""
    block: bytes
    """What it holds: an HTTP message with its head, or whatever its Content-Type says."""

    @property
    def kind(self) -> str:
        """Its WARC-Type, such as ``response``."""
        return self.fields.get("warc-type", "")

    @property
    def url(self) -> str:
        """The address it is of; empty if it is of none."""
        url = self.fields.get("warc-target-uri", "")
        return url[1:-1] if url.startswith("<") and url.endswith(">") else url

    @property
    def record_id(self) -> str:
        """Its WARC-Record-ID without the angle brackets."""
        return bare_id(self.fields.get("warc-record-id", ""))

    @property
    def captured_at(self) -> datetime:
        """Its WARC-Date; aware, UTC, microseconds. Raises ``ArchiveError`` if it has none."""
        return self._date("warc-date")

    @property
    def refers_to(self) -> tuple[str, datetime] | None:
        """The address and the moment of the capture that a revisit repeats, if it names both."""
        if not (url := self.fields.get("warc-refers-to-target-uri")):
            return None
        return (url, self._date("warc-refers-to-date")) if self._has_refers_to_date() else None

    @property
    def refers_to_id(self) -> str | None:
        """The record ID of the record that a revisit or a conversion refers to, if it names it."""
        return bare_id(self.fields.get("warc-refers-to", "")) or None

    @property
    def is_truncated(self) -> bool:
        """Whether it says that it is not whole."""
        return "warc-truncated" in self.fields

    @property
    def is_http(self) -> bool:
        """Whether its block is an HTTP message."""
        return self.fields.get("content-type", "").lower().startswith(_HTTP)

    @property
    def payload(self) -> bytes:
        """Its block without the head of an HTTP message; of a revisit what its block has."""
        return self.block[head_length(self.block) :] if self.is_http else self.block

    @property
    def payload_digest(self) -> str:
        """The digest of its payload, as it says itself, or as it is."""
        return self.fields.get("warc-payload-digest") or digest(self.payload)

    def answer(self) -> Answer | None:
        """Return the HTTP answer that a response or a revisit holds, ``None`` if it has none."""
        return read_answer(self.block) if self.is_http and self.kind != "request" else None

    def _has_refers_to_date(self) -> bool:
        return "warc-refers-to-date" in self.fields

    def _date(self, name: str) -> datetime:
        moment = parse_date(self.fields.get(name, ""))
        if moment is None:
            value = self.fields.get(name)
            raise ArchiveError(f"{self.file}: offset {self.offset}: {name} is {value!r}")
        return moment


def read_records(
    path: Path, *, start: int = 0, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Record | Damage]:
    """Yield the records of the WARC file *path* that begin at or after *start*, and its damage.

    Compressed or not is seen by its first bytes. A record of more than *max_bytes*, unpacked, is
    reported as damage. Raises ``ArchiveError`` if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from read_stream(file, file_name(path), start=start, max_bytes=max_bytes)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_stream(
    file: BinaryIO, name: str, *, start: int = 0, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Record | Damage]:
    """Do as ``read_records`` does with a seekable *file* of that *name*."""
    for member in walk(file, name, start=start, max_bytes=max_bytes):
        if isinstance(member, Damage):
            yield member
        else:
            yield from parse_member(member, name)


def walk(
    file: BinaryIO, name: str, *, start: int = 0, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Member | Damage]:
    """Yield the members of a WARC, or its records if it is not compressed, and its damage.

    Its *name* decides if its first bytes do not.
    """
    file.seek(start)
    first = file.read(len(_MAGIC_PLAIN))
    compressed = first.startswith(GZIP_MAGIC) or name.endswith(".gz")
    if compressed and first != _MAGIC_PLAIN:
        return walk_members(file, start=start, max_bytes=max_bytes)
    return walk_plain(file, start=start, max_bytes=max_bytes)


def read_record(path: Path, offset: int) -> Record:
    """Return the record that begins at *offset* of the WARC file *path*, with one seek.

    The file may still be open. Raises ``ArchiveError`` if there is no whole record.
    """
    try:
        with open_either(path) as file:
            found = next(read_stream(file, file_name(path), start=offset), None)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from error
    if isinstance(found, Record):
        return found
    what = found.what if found is not None else "the file ends before"
    raise ArchiveError(f"{path}: offset {offset}: no record: {what}")


def parse_member(member: Member, name: str) -> Iterator[Record | Damage]:
    """Yield the record of *member*; more than one if its file was compressed as a whole."""
    at = 0
    while at < len(member.data):
        record = _parse_record(member, at, name)
        if isinstance(record, str):
            yield Damage(member.offset, member.length, record)
            return
        found, at = record
        yield found


def parse_date(text: str) -> datetime | None:
    """Return the moment of a WARC-Date, of any precision (WARC 1.1 §5.4); ``None`` if it is none.

    >>> parse_date("2026-11-24T08:00:00.5Z")
    datetime.datetime(2026, 11, 24, 8, 0, 0, 500000, tzinfo=datetime.timezone.utc)
    """
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction = found.groups()
    try:
        return datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def file_name(path: Path) -> str:
    """Return the name that the file *path* has, or will have when it is closed."""
    return path.name.removesuffix(OPEN)


def bare_id(text: str) -> str:
    """Return a record's ID without its angle brackets."""
    return text.strip().removeprefix("<").removesuffix(">")


def _parse_record(member: Member, at: int, name: str) -> tuple[Record, int] | str:
    """Return the record at *at* of what *member* holds and where it ends, or what is wrong."""
    data = member.data
    version = _VERSION.match(data, at)
    if version is None:
        return "no record of WARC"
    start = data.find(_RECORD_END, version.end() - 2)
    if start < 0:
        return "the head of the record does not end"
    fields = _parse_fields(data[version.end() : start])
    size = fields.get("content-length", "")
    if not _LENGTH.match(size):
        return f"Content-Length is {size!r}"
    start += len(_RECORD_END)
    end = start + int(size)
    following = end
    while data[following : following + 1] in {b"\r", b"\n"}:
        following += 1
    if end > len(data) or not (following == len(data) or data.startswith(_MAGIC_PLAIN, following)):
        return "the record is not as long as its Content-Length says"
    record = Record(
        file=name,
        offset=member.offset,
        length=member.length,
        version=version[1].decode("ascii"),
        is_packed=bool(member.head),
        fields=fields,
        block=data[start:end],
    )
    return record, following


def _parse_fields(head: bytes) -> dict[str, str]:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    fields: dict[str, str] = {}
    name = ""
    for line in text.replace("\0", "").split("\r\n"):
        if line[:1] in {" ", "\t"} and name:
            fields[name] += f" {line.strip()}"
            continue
        name, _, value = line.partition(":")
        name = name.rstrip().lower()
        value = value.strip()
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def open_either(path: Path) -> BinaryIO:
    """Open *path*, closed or open: a crawl may have renamed it since. Raises ``OSError``."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        if path.name.endswith(OPEN):
            return path.with_name(file_name(path)).open("rb")
        return path.with_name(path.name + OPEN).open("rb")
