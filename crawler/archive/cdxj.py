"""CDXJ: an index of a WARC, one line a capture, as pywb and cdxj-indexer write it.

A line is a key to sort by (``surt``), the moment in 14 digits and an object: address, media type,
status, payload digest, and where the record is. Lines are sorted byte by byte.
"""

from __future__ import annotations

import heapq
import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.archive.durable import replace_file
from crawler.archive.reader import Record, file_name, read_records
from crawler.archive.surt import surt
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from crawler.archive.answer import Answer
    from crawler.archive.members import Damage

SUFFIX: Final = ".cdxj"
_KINDS: Final = frozenset({"response", "revisit", "resource", "metadata"})
_WARC_ENDS: Final = re.compile(r"\.warc(\.gz)?\Z")
_DIGITS: Final = re.compile(r"\D")
_MIME_END: Final = re.compile(r"[;\s\0]")
_LINE: Final = re.compile(r"(\S+) (\d{1,17}) (\{.*\})\s*\Z", re.DOTALL)
_LINE_BREAKS: Final = 4  # behind a record; cdxj-indexer counts them where they are compressed
_FIELDS: Final = "application/warc-fields"


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One capture, as an index has it."""

    key: str
    timestamp: str
    """In UTC, 14 digits from the year to the second."""
    fields: Mapping[str, str]
    """``url``, ``mime``, ``status``, ``digest``, ``length``, ``offset``, ``filename``; those that
    the record has, and whatever else another indexer added."""

    @property
    def offset(self) -> int:
        """Where the record begins in its file, in bytes."""
        return int(self.fields["offset"])

    @property
    def length(self) -> int:
        """How many bytes of its file the record takes."""
        return int(self.fields["length"])

    def __str__(self) -> str:
        return f"{self.key} {self.timestamp} {json.dumps(dict(self.fields))}"


def index_line(record: Record) -> IndexLine | None:
    """Return the line for *record*; ``None`` for what an index leaves out, such as a request."""
    content_type = record.fields.get("content-type", "")
    if record.kind not in _KINDS or not record.url:
        return None
    if record.kind in {"resource", "metadata"} and content_type == _FIELDS:
        return None
    answer = record.answer() if record.kind in {"response", "revisit"} else None
    return capture_line(
        record.url,
        record.fields.get("warc-date", ""),
        mime="warc/revisit" if record.kind == "revisit" else _mime(record, answer, content_type),
        status=answer.status if answer is not None else None,
        digest=record.payload_digest,
        length=record.length if record.is_packed else record.length - _LINE_BREAKS,
        offset=record.offset,
        filename=record.file,
    )


def capture_line(url: str, date: str, **fields: str | int | None) -> IndexLine:
    """Return the line of one capture: *date* is its WARC-Date, *fields* are those after ``url``.

    A field that is ``None`` is left out.
    """
    known = {name: str(value) for name, value in fields.items() if value is not None}
    return IndexLine(surt(url), _DIGITS.sub("", date)[:14], {"url": url, **known})


def media_type(content_type: bytes | None) -> str | None:
    """Return what an index says of a Content-Type: all before its parameters.

    >>> media_type(b"text/html; charset=utf-8")
    'text/html'
    """
    if content_type is None:
        return None
    try:
        text = content_type.decode()
    except UnicodeDecodeError:
        text = content_type.decode("latin-1")
    return _MIME_END.split(text, maxsplit=1)[0]


def parse_line(line: str) -> IndexLine:
    """Return what *line* of an index says. Raises ``ArchiveError`` if it is none."""
    found = _LINE.match(line)
    try:
        fields = json.loads(found[3]) if found else None
    except ValueError:
        fields = None
    if found is None or not isinstance(fields, dict):
        shown = line.strip()
        raise ArchiveError(f"not a line of CDXJ: {shown[:_SHOWN]!r}")
    return IndexLine(found[1], found[2], {name: str(value) for name, value in fields.items()})


def index_path(warc: Path) -> Path:
    """Return where the index of the file *warc* is: beside it.

    >>> from pathlib import PurePath
    >>> index_path(PurePath("warc/a.warc.gz")).name
    'a.cdxj'
    """
    return warc.with_name(_WARC_ENDS.sub("", file_name(warc)) + SUFFIX)


def index_records(records: Iterable[Record | Damage]) -> list[str]:
    """Return the sorted lines for *records*; what is damaged has none."""
    lines = (index_line(record) for record in records if isinstance(record, Record))
    return sorted(str(line) for line in lines if line is not None)


def write_index(warc: Path) -> Path:
    """Index the file *warc* anew and return where. Raises ``ArchiveError`` or ``DiskError``."""
    target = index_path(warc)
    write_lines(target, index_records(read_records(warc)))
    return target


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write *lines* to *path*, which is replaced as a whole. Raises ``DiskError``."""
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())


def merge_indexes(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the lines of sorted indexes in order, without their ends; memory stays flat.

    Raises ``ArchiveError`` if one cannot be read.
    """
    with ExitStack() as stack:
        files = []
        for path in paths:
            try:
                files.append(stack.enter_context(path.open(encoding="utf-8", newline="\n")))
            except OSError as error:
                raise ArchiveError(f"{path}: cannot be read: {error.strerror}") from error
        for line in heapq.merge(*files):
            yield line.rstrip("\n")


def _mime(record: Record, answer: Answer | None, content_type: str) -> str | None:
    if record.kind == "response":
        return media_type(answer.get("Content-Type")) if answer is not None else None
    return media_type(content_type.encode())


_SHOWN: Final = 80
