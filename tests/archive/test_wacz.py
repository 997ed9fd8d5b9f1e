from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.cdxj import index_path, parse_line
from crawler.archive.containers import find_warcs
from crawler.archive.wacz import CollectionInfo, PackedPage, pack_wacz
from crawler.errors import ArchiveError, DiskError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.keeping import Capture
    from crawler.archive.reader import Record
    from crawler.exchange import Exchange

INFO = CollectionInfo(
    title="文库",
    software="docshelf/0.1.0",
    created_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    main_url="http://www.example.com/p-1.html?from=search",
)


def page_of(record: Record) -> PackedPage | None:
    answer = record.answer()
    if record.kind != "response" or answer is None or answer.status != 200:
        return None
    return PackedPage(title=f"年度报告 {record.offset}", text="正文\n第二段")


@pytest.fixture
def warcs(
    keep: Callable[..., tuple[Path, list[Capture]]], make_exchange: Callable[..., Exchange]
) -> list[Path]:
    found = []
    for start in (0, 400):
        path, _ = keep([make_exchange(number) for number in range(start, start + 400)])
        found.append(path)
    return found


def judged(target: Path) -> subprocess.CompletedProcess[str]:
    wacz = Path(sys.executable).with_name("wacz")
    return subprocess.run(
        [wacz, "validate", "-f", target], check=False, capture_output=True, text=True
    )


def test_the_judge_accepts_it(warcs: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "a.wacz"
    assert pack_wacz(target, warcs, INFO, page_of) == 800
    run = judged(target)
    assert run.returncode == 0, run.stdout
    assert "the passed WACZ is valid" in run.stdout
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None


def test_what_is_in_it(warcs: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "a.wacz"
    pack_wacz(target, warcs, INFO, page_of)
    with zipfile.ZipFile(target) as archive:
        stored = {entry.filename for entry in archive.infolist() if not entry.compress_type}
        assert stored == {*(f"archive/{warc.name}" for warc in warcs), "indexes/index.cdx.gz"}
        for warc in warcs:
            assert archive.read(f"archive/{warc.name}") == warc.read_bytes()
        head, *pages = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
        package = json.loads(archive.read("datapackage.json"))
        for resource in package["resources"]:
            data = archive.read(resource["path"])
            assert resource["bytes"] == len(data)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        listed = {resource["path"] for resource in package["resources"]}
        assert {*archive.namelist()} - listed == {"datapackage.json", "datapackage-digest.json"}
    assert head == {
        "format": "json-pages-1.0",
        "id": "pages",
        "title": "All Pages",
        "hasText": True,
    }
    assert (pages[1]["url"], pages[1]["ts"], pages[1]["text"]) == (
        "http://www.example.com/p-1.html?from=search",
        "2026-11-24T08:00:01Z",
        "正文\n第二段",
    )
    assert len({page["id"] for page in pages}) == len(pages) == 800
    assert package["wacz_version"] == "1.1.1"
    assert (package["title"], package["mainPageUrl"]) == (INFO.title, INFO.main_url)


@pytest.mark.parametrize("indexed", [True, False])
def test_its_index_leads_to_every_record(
    warcs: list[Path], tmp_path: Path, *, indexed: bool
) -> None:
    if not indexed:
        index_path(warcs[1]).unlink()
    target = tmp_path / "a.wacz"
    pack_wacz(target, warcs, INFO)
    with zipfile.ZipFile(target) as archive:
        packed = archive.read("indexes/index.cdx.gz")
        meta, *blocks = archive.read("indexes/index.idx").decode().splitlines()
    assert meta.startswith("!meta 0 {")
    lines: list[str] = []
    for block in blocks:
        first, _, place = block.partition("{")
        where = json.loads("{" + place)
        data = packed[where["offset"] : where["offset"] + where["length"]]
        assert where["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        found = gzip.decompress(data).decode().splitlines()
        assert found[0].startswith(first)
        lines += found
    assert len(blocks) == 3
    assert len(lines) == 800
    assert lines == sorted(lines)
    sources = {source.name: source for source in find_warcs(target)}
    for line in map(parse_line, lines[::50]):
        assert sources[line.fields["filename"]].record(line.offset).url == line.fields["url"]


def test_the_same_files_make_the_same_bytes(warcs: list[Path], tmp_path: Path) -> None:
    for name in ("a.wacz", "b.wacz"):
        pack_wacz(tmp_path / name, warcs, INFO, page_of)
    assert (tmp_path / "a.wacz").read_bytes() == (tmp_path / "b.wacz").read_bytes()


def test_text_that_is_no_text(
    keep: Callable[..., tuple[Path, list[Capture]]],
    make_exchange: Callable[..., Exchange],
    tmp_path: Path,
) -> None:
    path, _ = keep([make_exchange()])
    target = tmp_path / "a.wacz"
    pack_wacz(target, [path], INFO, lambda _record: PackedPage(title=None, text="\ud800"))
    with zipfile.ZipFile(target) as archive:
        _, page, *_ = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
    assert page["text"] == "?"
    assert judged(target).returncode == 0


class TestErrors:
    def test_two_files_of_one_name(self, warcs: list[Path], tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="two files of this name"):
            pack_wacz(tmp_path / "a.wacz", [warcs[0], warcs[0]], INFO)

    def test_a_file_that_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ArchiveError, match=r"none\.warc\.gz: cannot be read"):
            pack_wacz(tmp_path / "a.wacz", [tmp_path / "none.warc.gz"], INFO)
        assert list(tmp_path.iterdir()) == []

    def test_what_cannot_be_written(self, warcs: list[Path], tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"a\.wacz: cannot be written: No such file"):
            pack_wacz(tmp_path / "none" / "a.wacz", warcs, INFO)

    def test_an_error_leaves_what_was_there(self, warcs: list[Path], tmp_path: Path) -> None:
        target = tmp_path / "a.wacz"
        target.write_bytes(b"before")

        def fail(_record: Record) -> PackedPage:
            raise ValueError("a page")

        with pytest.raises(ValueError, match="a page"):
            pack_wacz(target, warcs, INFO, fail)
        assert target.read_bytes() == b"before"
        assert not list(tmp_path.glob(".*"))
