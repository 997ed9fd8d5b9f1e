"""From a row of a capture to its record, and to what the record holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from crawler.archive.reader import open_either, read_record
from crawler.errors import ArchiveError
from crawler.storage import auditing

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.archive.reader import Record
    from crawler.storage import CaptureRow, Store

Part: TypeAlias = Literal["body", "answer", "record"]
"""What of a capture is wanted: its page, its bytes on the wire, or its record as it is kept."""


def extract(row: CaptureRow, part: Part, folder: Path, store: Store) -> bytes:
    """Return *part* of the capture of *row* in the archive's *folder*.

    The body is without chunks and content encoding, and that of a revisit is of what it repeats,
    which *store* finds. Raises ``ArchiveError`` if it is not there or not whole.
    """
    record = _record(row, folder)
    if part == "answer":
        return record.block
    if part == "record":
        with open_either(folder / row.file) as file:
            file.seek(row.offset)
            return file.read(record.length)
    if row.refers_to is not None:
        with store.reading() as connection:
            original = auditing.by_id(connection, [row.refers_to]).get(row.refers_to)
        if original is None:
            raise ArchiveError(f"{row.url}: what it repeats, {row.refers_to}, is no capture")
        record = _record(original, folder)
    answer = record.answer()
    return answer.body() if answer is not None else record.block


def _record(row: CaptureRow, folder: Path) -> Record:
    record = read_record(folder / row.file, row.offset)
    if record.record_id != row.record_id:
        raise ArchiveError(
            f"{row.file}: offset {row.offset}: another record than that of {row.url}; run scrapy"
            " verify"
        )
    return record
