from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crawler.archive.containers import WarcSource, find_warcs
from crawler.archive.members import pack
from crawler.archive.reader import Record
from crawler.archive.records import conversion_record
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.archive.keeping import Capture
    from crawler.exchange import Exchange


def test_a_folder_of_everything(
    keep: Callable[..., tuple[Path, list[Capture]]],
    make_exchange: Callable[..., Exchange],
    tmp_path: Path,
) -> None:
    path, _ = keep([make_exchange()])
    (tmp_path / "a.txt").write_bytes(b"")
    extract = conversion_record(
        "年度报告",
        url=make_exchange().url,
        created_at=make_exchange().started_at,
        refers_to="urn:uuid:1",
        record_id="urn:uuid:2",
    )
    (tmp_path / "b.warc.wet.gz").write_bytes(pack(extract.data))
    (tmp_path / "c.warc").write_bytes(extract.data)
    with zipfile.ZipFile(tmp_path / "d.wacz", "w") as archive:
        archive.write(path, f"archive/{path.name}")
        archive.write(path, "archive/packed.warc.gz", zipfile.ZIP_DEFLATED)
        archive.writestr("datapackage.json", "{}")
    sources = find_warcs(tmp_path)
    assert [source.name for source in sources] == [
        "b.warc.wet.gz",
        "c.warc",
        path.name,
        "packed.warc.gz",
        path.name,
    ]
    kinds = [[getattr(found, "kind", found) for found in source.records()] for source in sources]
    assert kinds[:2] == [["conversion"]] * 2
    assert kinds[2:] == [["warcinfo", "request", "response"]] * 3


def test_one_record_of_a_wacz(
    keep: Callable[..., tuple[Path, list[Capture]]],
    make_exchange: Callable[..., Exchange],
    tmp_path: Path,
) -> None:
    path, captures = keep([make_exchange(number) for number in range(3)])
    target = tmp_path / "a.wacz"
    with zipfile.ZipFile(target, "w") as archive:
        archive.write(path, f"archive/{path.name}")
    (source,) = find_warcs(target)
    record = source.record(captures[1].offset)
    assert (record.block, record.file) == (make_exchange(1).response, path.name)
    assert str(source) == f"{target}: archive/{path.name}"
    assert next(source.records(start=captures[1].offset)).offset == captures[1].offset
    with pytest.raises(ArchiveError, match=r"a\.wacz: archive/.*: offset 5: no record"):
        source.record(5)


def test_a_file_of_any_name_is_taken_for_a_warc(
    keep: Callable[..., tuple[Path, list[Capture]]],
    make_exchange: Callable[..., Exchange],
    tmp_path: Path,
) -> None:
    path, _ = keep([make_exchange()])
    copy = tmp_path / "copy"
    shutil.copyfile(path, copy)
    (source,) = find_warcs(copy)
    assert len(list(source.records())) == 3


def test_a_bomb_in_a_wacz_takes_no_memory(tmp_path: Path) -> None:
    target = tmp_path / "a.wacz"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        head = b"WARC/1.1\r\nContent-Length: 50000000\r\n\r\n"
        archive.writestr("archive/a.warc.gz", pack(head + bytes(50_000_000) + b"\r\n\r\n"))
    (source,) = find_warcs(target)
    (damage,) = source.records(max_bytes=1_000_000)
    assert not isinstance(damage, Record)
    assert damage.what == "more than 1000000 bytes, unpacked"


@pytest.mark.parametrize(
    "how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_any_flipped_bit_of_a_wacz_is_damage_or_changes_nothing(
    tmp_path: Path, how: int, name: str
) -> None:
    path = tmp_path / "a.wacz"
    extract = conversion_record(
        "年度报告",
        url="http://example.com/",
        created_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        refers_to="urn:uuid:1",
        record_id="urn:uuid:2",
    )
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr(f"archive/{name}", pack(extract.data) if ".gz" in name else extract.data)
    data = path.read_bytes()
    for bit in range(0, 8 * len(data), 3):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            found = [one for source in find_warcs(path) for one in source.records()]
        except ArchiveError as error:
            assert str(path) in str(error)  # noqa: PT017 - it need not be raised
        else:
            assert len(found) <= 2


def test_a_wacz_that_says_it_is_longer_than_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/a.warc", "rubbish")
        archive.infolist()[0].file_size = 2**32 - 2
    (source,) = find_warcs(path)
    assert [one.offset for one in source.records()] == [0]


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.wacz").write_bytes(b"no zip")
    with pytest.raises(ArchiveError, match=r"a\.wacz: cannot be read: File is not a zip file"):
        find_warcs(tmp_path / "a.wacz")
    with pytest.raises(ArchiveError, match="no such file"):
        find_warcs(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArchiveError, match="no WARC in it"):
        find_warcs(tmp_path / "empty")
    with pytest.raises(ArchiveError, match="cannot be read"):
        list(WarcSource(tmp_path / "none").records())
