"""A collection in one file: WACZ 1.1.1 (specs.webrecorder.net), which is a ZIP.

WARCs lie in it as they are, so that each record is found by its offset; the index is compressed
in blocks with an index of its own (ZipNum), as pywb and ReplayWeb.page read it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

from crawler.archive.cdxj import index_path, index_records, merge_indexes
from crawler.archive.durable import not_written, part_of, sync_file, sync_folder
from crawler.archive.reader import Record, read_records
from crawler.archive.records import digest
from crawler.errors import ArchiveError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.archive.members import Damage

WACZ_VERSION: Final = "1.1.1"
_BLOCK_LINES: Final = 300
_COPY_BYTES: Final = 1024 * 1024
_GZIP: Final = 31  # wbits: the gzip format


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPage:
    """A page that the collection lists, for people to begin at and to search in."""

    title: str | None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionInfo:
    """What a collection says about itself."""

    title: str
    software: str
    """Name and version, such as ``docshelf/0.1.0``."""
    created_at: datetime
    description: str = ""
    main_url: str | None = None
    """The address to show first."""


def pack_wacz(
    target: Path,
    warcs: Sequence[Path],
    info: CollectionInfo,
    page_of: Callable[[Record], PackedPage | None] = lambda _record: None,
    on_damage: Callable[[Path, Damage], None] = lambda _warc, _damage: None,
) -> int:
    """Pack the closed WARC files *warcs* into *target*, and return how many pages it lists.

    *page_of* is asked of every record; what it returns is listed, with the record's address and
    moment. Damage is packed as it is, and told to *on_damage*. The same files and answers make the
    same bytes. *target* is there, or replaced, only
    when all went well. Raises ``UsageError`` if two files have one name, ``ArchiveError`` if one
    cannot be read, ``DiskError`` if *target* cannot be written.
    """
    names = [warc.name for warc in warcs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"{twice}: two files of this name cannot be in one WACZ")
    part = part_of(target)
    try:
        try:
            with zipfile.ZipFile(part, "x", allowZip64=True) as archive:
                pages = _pages(warcs, page_of, on_damage)
                count = _Packing(archive, info).run(warcs, pages)
            sync_file(part)
            part.replace(target)
            sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(target, error) from error
    return count


class _Packing:
    """A ZIP while it is filled, and the list of what is in it."""

    def __init__(self, archive: zipfile.ZipFile, info: CollectionInfo) -> None:
        self._archive = archive
        self._info = info
        self._resources: list[dict[str, object]] = []

    def run(self, warcs: Sequence[Path], pages: Iterable[tuple[Record, PackedPage]]) -> int:
        for warc in warcs:
            self._add_warc(warc)
        self._add_index(warcs)
        count = self._add_pages(pages)
        self._add_package()
        return count

    def _add_warc(self, warc: Path) -> None:
        with self._member(f"archive/{warc.name}") as write, _opened(warc) as file:
            while piece := file.read(_COPY_BYTES):
                write(piece)

    def _add_index(self, warcs: Sequence[Path]) -> None:
        lines = merge_indexes([index_path(warc) for warc in warcs if index_path(warc).exists()])
        missing = [warc for warc in warcs if not index_path(warc).exists()]
        if missing:
            found = (line for warc in missing for line in index_records(read_records(warc)))
            lines = iter(sorted((*lines, *found)))
        described = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
        blocks = [f"!meta 0 {json.dumps(described)}\n"]
        with self._member("indexes/index.cdx.gz") as write:
            offset = 0
            while block := list(islice(lines, _BLOCK_LINES)):
                packed = _gzip("".join(f"{line}\n" for line in block).encode())
                write(packed)
                place = {
                    "offset": offset,
                    "length": len(packed),
                    "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
                }
                blocks.append(f"{block[0].partition('{')[0].strip()} {json.dumps(place)}\n")
                offset += len(packed)
        with self._member("indexes/index.idx", packed=True) as write:
            write("".join(blocks).encode())

    def _add_pages(self, pages: Iterable[tuple[Record, PackedPage]]) -> int:
        head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
        count = 0
        with self._member("pages/pages.jsonl", packed=True) as write:
            write(_json_line(head))
            for record, page in pages:
                write(_json_line(_page_entry(record, page)))
                count += 1
        return count

    def _add_package(self) -> None:
        package: dict[str, object] = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "title": self._info.title,
            "description": self._info.description,
            "created": self._info.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "software": self._info.software,
            "mainPageUrl": self._info.main_url,
            "resources": self._resources,
        }
        said = {name: value for name, value in package.items() if value}
        data = json.dumps(said, ensure_ascii=False, indent=2).encode()
        package_digest = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        }
        with self._member("datapackage.json", packed=True) as write:
            write(data)
        with self._member("datapackage-digest.json", packed=True) as write:
            write(json.dumps(package_digest).encode())

    @contextmanager
    def _member(self, path: str, *, packed: bool = False) -> Iterator[Callable[[bytes], None]]:
        """Give what writes the member *path*; it is listed with its size and digest at the end."""
        entry = zipfile.ZipInfo(path, self._info.created_at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        summed, size = hashlib.sha256(), 0

        with self._archive.open(entry, "w", force_zip64=True) as member:

            def write(data: bytes) -> None:
                nonlocal size
                member.write(data)
                summed.update(data)
                size += len(data)

            yield write
        resource: dict[str, object] = {
            "name": path.rpartition("/")[2].lower(),
            "path": path,
            "hash": f"sha256:{summed.hexdigest()}",
            "bytes": size,
        }
        self._resources.append(resource)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from error
    with file:
        yield file


def _pages(
    warcs: Iterable[Path],
    page_of: Callable[[Record], PackedPage | None],
    on_damage: Callable[[Path, Damage], None],
) -> Iterator[tuple[Record, PackedPage]]:
    for warc in warcs:
        for found in read_records(warc):
            if not isinstance(found, Record):
                on_damage(warc, found)
            elif (page := page_of(found)) is not None:
                yield found, page


def _page_entry(record: Record, page: PackedPage) -> dict[str, str]:
    moment = record.captured_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = {
        "id": digest(f"{moment} {record.url}".encode()).removeprefix("sha1:").lower(),
        "url": record.url,
        "ts": moment,
        "title": page.title or record.url,
    }
    return entry if page.text is None else entry | {"text": page.text}


def _json_line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _gzip(data: bytes) -> bytes:
    return zlib.compress(data, wbits=_GZIP)
