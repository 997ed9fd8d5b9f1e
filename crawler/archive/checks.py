"""What must hold of a record, of the records of an exchange, and of an index."""

from __future__ import annotations

import binascii
import hashlib
import sys
from base64 import b32decode
from bisect import bisect_left
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from crawler.archive.answer import read_answer
from crawler.archive.cdxj import IndexLine, index_path, parse_line
from crawler.archive.reader import bare_id, parse_date
from crawler.archive.records import digest
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack
    from pathlib import Path

    from crawler.archive.reader import Record

_RECENT: Final = 1000
_PLACE_BITS: Final = 44
"""How many bits the place of a line in an index takes: no index has sixteen terabytes."""
_WITH_ADDRESS: Final = frozenset({"request", "response", "revisit", "resource", "conversion"})
_ALGORITHMS: Final = frozenset({"md5", "sha1", "sha256", "sha512"})


def place(file: str, offset: int | None, url: str | None) -> str:
    """Return where something is, for people: file, offset and address, as far as they are known.

    >>> place("a.warc.gz", 0, None), place("", None, "http://example.com/")
    ('a.warc.gz: offset 0', 'http://example.com/')
    """
    parts = (file, "" if offset is None else f"offset {offset}", url)
    return ": ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with an archive."""

    file: str
    """Its name; empty if it is in no file."""
    what: str
    offset: int | None = None
    """Where in the file, in bytes; ``None`` if it is about all of it."""
    url: str | None = None
    """The address that it costs, where it is known."""

    def __str__(self) -> str:
        return f"{place(self.file, self.offset, self.url)}: {self.what}"


def record_faults(record: Record) -> Iterator[str]:
    """Yield what is wrong with *record* by itself: its fields and its digests."""
    if not record.kind:
        yield "it has no WARC-Type"
    if not record.record_id:
        yield "it has no WARC-Record-ID"
    if parse_date(record.fields.get("warc-date", "")) is None:
        yield "it has no WARC-Date"
    if record.kind in _WITH_ADDRESS and not record.url:
        yield "it has no WARC-Target-URI"
    block_digest = record.fields.get("warc-block-digest")
    if block_digest is not None and not _fits(block_digest, record.block):
        yield "its block is not what its WARC-Block-Digest says"
    payload_digest = record.fields.get("warc-payload-digest")
    if payload_digest is None or record.kind == "revisit":
        return  # a revisit's digest is of what it refers to
    if "warc-segment-number" not in record.fields and not _fits_payload(payload_digest, record):
        yield "its payload is not what its WARC-Payload-Digest says"


def contradiction(record: Record) -> str | None:
    """Return how *record* shows that it is not what was written; ``None`` if it does not.

    It asks for nothing that reading can do without, as ``record_faults`` does: others name
    algorithms of their own, or take the digest of a payload that they unpacked.
    """
    block_digest = record.fields.get("warc-block-digest", "")
    if _algorithm(block_digest) is not None:
        fits = _fits(block_digest, record.block)
        return None if fits else "its block is not what its WARC-Block-Digest says"
    payload_digest = record.fields.get("warc-payload-digest", "")
    if _algorithm(payload_digest) is None or record.kind == "revisit":
        return None
    if "warc-segment-number" in record.fields or _fits_payload(payload_digest, record):
        return None
    if (answer := record.answer()) is not None:
        with suppress(ArchiveError):
            if _fits(payload_digest, answer.body()):
                return None
    return "its payload is not what its WARC-Payload-Digest says"


class Pairs:
    """Which records of a file have found the other one of their exchange."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._waiting: dict[str, tuple[str, int, str, str]] = {}
        """By the ID that is waited for: file, offset, address and kind of who waits."""

    def add(self, record: Record) -> None:
        """Take note of the next *record*."""
        self._waiting.pop(record.record_id, None)
        self._recent[record.record_id] = None
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        for other in record.fields.get("warc-concurrent-to", "").split(","):
            name = bare_id(other)
            if name and name not in self._recent:
                self._waiting[name] = (record.file, record.offset, record.url, record.kind)

    def broken(self) -> Iterator[Problem]:
        """Yield those whose other one never came."""
        for file, offset, url, kind in self._waiting.values():
            other = "answer" if kind == "request" else "request"
            what = f"the {other} to this {kind} is missing"
            yield Problem(file=file, offset=offset, url=url or None, what=what)


class Index:
    """The index beside a WARC, held against the records of the WARC in the order of its file.

    Of its lines only their places are in memory.
    """

    def __init__(self, warc: Path, stack: ExitStack) -> None:
        """Look through it, and keep it open as long as *stack*."""
        self._warc = warc
        self._path = index_path(warc)
        self._entries: list[int] = []
        self._next = 0
        self._at = -1
        self._here: set[str] = set()
        """The lines about the place that was reached and were not asked for yet."""
        self._damaged: list[range] = []
        self.faults: list[Problem] = []
        """What is wrong with it by itself."""
        self._file: BinaryIO | None = None
        try:
            self._file = stack.enter_context(self._path.open("rb"))
        except FileNotFoundError:
            return
        self._entries = sorted(self._survey(self._file))

    @property
    def is_there(self) -> bool:
        """Whether there is one, or is by now: a crawl writes it when it closes the file."""
        return self._file is not None or self._path.exists()

    def url_at(self, place: range) -> str | None:
        """Return the address of the first capture whose record begins in *place* or at its end.

        For a request that is the address of its answer, which follows it.
        """
        at = bisect_left(self._entries, place.start << _PLACE_BITS)
        if at == len(self._entries) or self._entries[at] >> _PLACE_BITS > place.stop:
            return None
        return _url(parse_line(self._line(self._entries[at])))

    def lose(self, damage: range) -> None:
        """Take note that nothing is to be found in *damage*: that the index has it is no news."""
        self._damaged.append(damage)

    def meet(self, line: IndexLine) -> Iterator[Problem]:
        """Yield where it differs from the file up to the record that *line* is of."""
        if self._file is None:
            return
        yield from self._advance(line.offset)
        text = str(line)
        if text in self._here:
            self._here.discard(text)
        else:
            what = "not in the index"
            yield Problem(file=self._warc.name, offset=line.offset, url=_url(line), what=what)

    def finish(self) -> Iterator[Problem]:
        """Yield where it differs from the rest of the file, and what is wrong with it by itself."""
        yield from self._advance(sys.maxsize)
        yield from self.faults

    def _survey(self, file: BinaryIO) -> Iterator[int]:
        """Yield where the lines are and what places they name, both in one number."""
        previous, place = b"", 0
        is_sorted = True
        for line in file:
            if not line.endswith(b"\n"):
                self._fault("the last line of the index does not end")
            is_sorted = is_sorted and previous <= line
            try:
                yield parse_line(line.decode()).offset << _PLACE_BITS | place
            except UnicodeDecodeError:
                self._fault(f"a line of the index is not UTF-8: {line[:60]!r}")
            except (ArchiveError, KeyError, ValueError):
                self._fault(f"not a line of an index: {line[:60].decode()!r}")
            previous, place = line, place + len(line)
        if not is_sorted:
            self._fault("the index is not sorted")

    def _fault(self, what: str) -> None:
        self.faults.append(Problem(file=self._path.name, what=what))

    def _line(self, entry: int) -> str:
        if self._file is None:
            return ""
        self._file.seek(entry & (1 << _PLACE_BITS) - 1)
        return self._file.readline().decode().rstrip("\n")

    def _advance(self, offset: int) -> Iterator[Problem]:
        """Go to *offset*, and yield what the index says of places before it without a record."""
        if offset == self._at:
            return
        for text in sorted(self._here):
            yield from self._surplus(text)
        while self._next < len(self._entries):
            entry = self._entries[self._next]
            if entry >> _PLACE_BITS >= offset:
                break
            self._next += 1
            yield from self._surplus(self._line(entry))
        self._here = set(self._take(offset))
        self._at = offset
        self._damaged.clear()

    def _take(self, offset: int) -> Iterator[str]:
        while self._next < len(self._entries):
            entry = self._entries[self._next]
            if entry >> _PLACE_BITS != offset:
                return
            self._next += 1
            yield self._line(entry)

    def _surplus(self, text: str) -> Iterator[Problem]:
        line = parse_line(text)
        if not any(line.offset in place for place in self._damaged):
            what = f"the index names offset {line.offset}, where no such record is"
            yield Problem(file=self._path.name, url=_url(line), what=what)


def _fits(said: str, data: bytes) -> bool:
    """Return whether *said* is a digest of *data*, in base 32 or hexadecimal."""
    if said.startswith("sha1:") and said == digest(data):  # as nearly all of them are spelt
        return True
    name = _algorithm(said)
    if name is None:
        return False
    value = said.partition(":")[2]
    found = hashlib.new(name, data, usedforsecurity=False).digest()
    try:
        if len(value) == 2 * len(found):
            return binascii.unhexlify(value) == found
        return b32decode(value.upper() + "=" * (-len(value) % 8)) == found
    except ValueError:
        return False


def _algorithm(said: str) -> str | None:
    """Return the name of the algorithm that the digest *said* is by, if it can be computed."""
    name, colon, _ = said.partition(":")
    name = name.lower().replace("-", "")
    return name if colon and name in _ALGORITHMS else None


def _fits_payload(said: str, record: Record) -> bool:
    """Return whether *said* is a digest of the payload, as sent or, as some write, unchunked."""
    if _fits(said, record.payload):
        return True
    answer = read_answer(record.block) if record.is_http else None
    return answer is not None and _fits(said, answer.sent_body())


def _url(entry: IndexLine) -> str | None:
    return entry.fields.get("url")
