from __future__ import annotations

import gzip
import os
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.archive.members import pack
from crawler.archive.reader import OPEN, Record, read_records
from crawler.archive.records import conversion_record, exchange_records
from crawler.collection import inputs, rereading
from crawler.collection.confining import Limits
from crawler.collection.inputs import find_inputs
from crawler.collection.records import Sites
from crawler.collection.staging import staged
from crawler.collection.workers import Pool
from crawler.errors import ArchiveError, UsageError
from tests.collection import hostile_pages
from tests.collection.again import job, read_again
from tests.collection.hostile_pages import DeadlyTask, HostilePage
from tests.collection.shelf import START, exchange, page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collection.shelf import Shelf


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    return tmp_path / "staging" / "run.db"


def plain(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def as_members(files: list[Path], folder: Path) -> Path:
    for path in files:
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def as_plain(files: list[Path], folder: Path) -> Path:
    for path in files:
        (folder / path.name.removesuffix(".gz")).write_bytes(plain(path))
    return folder


def as_one_member(files: list[Path], folder: Path) -> Path:
    for path in files:
        (folder / path.name).write_bytes(gzip.compress(plain(path)))
    return folder


def as_wacz(files: list[Path], folder: Path, how: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(folder / "a.wacz", "w", how) as archive:
        for path in files:
            archive.write(path, f"archive/{path.name}")
    return folder / "a.wacz"


def as_packed_wacz(files: list[Path], folder: Path) -> Path:
    return as_wacz(files, folder, zipfile.ZIP_DEFLATED)


FORMS = (as_members, as_plain, as_one_member, as_wacz, as_packed_wacz)
PLACES = {"file", "offset", "length"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [300, 2**20])
def test_every_record_is_read_once_however_files_are_cut(
    shelf: Shelf,
    staging: Path,
    tmp_path: Path,
    form: object,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inputs, "PIECE_BYTES", size)
    folder = tmp_path / "form"
    folder.mkdir()
    met = read_again(form(shelf.files, folder), staging, workers=2)  # type: ignore[operator]
    documents, captures = shelf.rows()
    assert met.documents == documents
    assert [without(row, PLACES) for row in met.captures] == [
        without(row, PLACES) for row in captures
    ]
    assert (met.tally.records, met.tally.documents, met.troubles) == (26, 9, [])
    assert not staging.parent.exists()


def without(row: dict[str, object], names: set[str]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in names}


def test_a_warc_within_a_page_is_no_part_of_the_archive(
    shelf: Shelf, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = b"".join(path.read_bytes() for path in shelf.files) * 3
    one = exchange(41, "", path="/41.warc.gz")
    holding = exchange_records(replace(one, response=b"HTTP/1.1 200 OK\r\n\r\n" + within))
    # Stored as it is in its member, it looks as if members began there.
    data = b"".join(gzip.compress(record.data, 0) for record in holding)
    assert within[:500] in data
    path = shelf.files[0]
    path.write_bytes(data + path.read_bytes() + data)
    ids = [row["record_id"] for row in shelf.rows()[1]]
    for size in (500, 1000, 5000):
        monkeypatch.setattr(inputs, "PIECE_BYTES", size)
        met = read_again(shelf.warc, staging, workers=2)
        assert [row["record_id"] for row in met.captures] == sorted([*ids, holding[-1].record_id])
        assert (met.tally.records, met.troubles) == (30, [])


@pytest.mark.parametrize("size", [300, 2**20])
def test_what_is_damaged_is_gone_past_and_named(
    shelf: Shelf, staging: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "PIECE_BYTES", size)
    one = shelf.captures[4]
    path = shelf.files[0]
    data = bytearray(path.read_bytes())
    data[one.offset + one.length // 2] ^= 0x10
    path.write_bytes(data)
    met = read_again(shelf.warc, staging)
    assert [(trouble.file, trouble.offset) for trouble in met.troubles] == [
        (one.file, one.offset),
        (shelf.captures[10].file, shelf.captures[10].offset),
    ]
    assert "no whole gzip member" in met.troubles[0].what
    assert met.troubles[1].what == "what it repeats is not to be found"
    assert (met.tally.damaged, met.tally.missing) == (1, 1)
    assert {row["doc_id"] for row in met.documents} == {f"{n:08}" for n in (3, 4, 6, 7, 8)}


def test_a_flipped_byte_of_a_plain_file_is_found(
    shelf: Shelf, staging: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    as_plain(shelf.files[:1], folder)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes().replace("总结5》".encode(), "总结6》".encode()))
    met = read_again(folder, staging)
    assert [trouble.what for trouble in met.troubles] == [
        "its block is not what its WARC-Block-Digest says"
    ]
    assert len(met.documents) == 5


HOSTILE = {
    hostile_pages.HANGS: "reading it takes more than 0.3 seconds",
    hostile_pages.HANGS_IN_C: "reading it takes more than 0.3 seconds",
    hostile_pages.SLEEPS: "reading it takes more than 3 seconds",
    hostile_pages.EATS: "reading it takes more memory than it may",
    hostile_pages.CRASHES: "reading it ends the process (SIGABRT)",
    hostile_pages.FAILS: f"a bug in hostile_pages.py, line …: KeyError: '{hostile_pages.FAILS}'",
}


def test_pages_that_hang_eat_crash_or_fail_are_cut_off_and_named(
    shelf: Shelf, staging: Path
) -> None:
    keeper = shelf.keeper(2)
    captures = []
    for number, text in enumerate(HOSTILE, 41):
        captures.append(keeper.write(exchange(number, page(number) + f"<p>{text}")))
        keeper.write(exchange(number + 10, page(number + 10)))
    keeper.close()
    limits = Limits(seconds=0.3, memory_bytes=2**29)
    met = read_again(shelf.warc, staging, sites=Sites([HostilePage]), workers=2, limits=limits)
    told = {
        (one.file, one.offset, one.url, re.sub(r"line \d+", "line …", one.what))
        for one in met.troubles
    }
    assert told == {
        (one.file, one.offset, one.url, what)
        for one, what in zip(captures, HOSTILE.values(), strict=True)
    }
    assert met.tally.cut_off == 6
    assert len(met.documents) == 6 + 6
    cut = {one.record_id for one in captures}
    verdicts = {row["verdict"] for row in met.captures if row["record_id"] in cut}
    assert (len(met.captures), verdicts) == (12 + 12, {"unread"})


def test_a_piece_that_no_process_survives_ends_the_run() -> None:
    said = r"^a\.warc: offset 0 to 7: cannot be read: reading it ends the process \(SIGABRT\)$"
    with Pool(job(), 2, Limits()) as pool, pytest.raises(ArchiveError, match=said):
        list(pool.run([DeadlyTask()]))


def test_a_file_that_cannot_be_read_ends_the_run(shelf: Shelf, staging: Path) -> None:
    def lose(_: object) -> None:
        for path in shelf.files:
            path.unlink(missing_ok=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rereading.Rereading, "__init__", _losing(lose))
        with pytest.raises(ArchiveError, match=r"cannot be read: .*No such file"):
            read_again(shelf.warc, staging)


def _losing(lose: object) -> object:
    begin = rereading.Rereading.__init__

    def init(self: object, *args: object, **kwargs: object) -> None:
        begin(self, *args, **kwargs)  # type: ignore[arg-type]
        lose(None)  # type: ignore[operator]

    return init


# --- revisits -----------------------------------------------------------------------------------


def test_a_revisit_that_names_address_and_moment_only(
    shelf: Shelf, staging: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "nameless"
    folder.mkdir()
    for path in shelf.files:
        data = plain(path)
        lines = [line for line in data.split(b"\r\n") if not line.startswith(b"WARC-Refers-To:")]
        (folder / path.name.removesuffix(".gz")).write_bytes(b"\r\n".join(lines))
    met = read_again(folder, staging)
    documents, _ = shelf.rows()
    assert [without(row, {"capture_id"}) for row in met.documents] == [
        without(row, {"capture_id"}) for row in documents
    ]
    assert met.troubles == []


def test_a_revisit_of_a_record_that_only_the_database_knows(shelf: Shelf, staging: Path) -> None:
    alone = shelf.files[1]
    with shelf.open() as store:
        met = read_again(alone, staging, store=store)
        assert met.troubles != []  # the file is not in the archive's folder that it was told
    with shelf.open() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.collection.again.Originals", _with_folder(shelf.warc))
        met = read_again(alone, staging, store=store)
    assert (met.troubles, [row["doc_id"] for row in met.documents]) == (
        [],
        ["00000005", "00000006"],
    )


def _with_folder(folder: Path) -> object:
    return lambda some, staging, store, _: rereading.Originals(some, staging, store, folder)


def test_captures_before_a_moment_are_only_known_as_originals(shelf: Shelf, staging: Path) -> None:
    met = read_again(shelf.warc, staging, since=START + timedelta(seconds=20))
    assert [row["doc_id"] for row in met.documents] == ["00000005", "00000006"]
    assert met.troubles == []
    assert met.tally.documents == 2


# --- a run that does not come to its end --------------------------------------------------------


class Stopped(Exception):  # noqa: N818 - no error
    pass


def test_a_run_goes_on_where_it_stopped(
    shelf: Shelf, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "PIECE_BYTES", 500)
    monkeypatch.setattr(rereading, "_BATCH", 2)
    damaged = shelf.captures[6]
    path = shelf.files[0]
    data = path.read_bytes()
    path.write_bytes(data[: damaged.offset + 40] + bytes(8) + data[damaged.offset + 48 :])

    def stop(_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_again(shelf.warc, staging, on_trouble=stop)
    # What was read already is not read again: it is not there any more to be read.
    path.write_bytes(
        bytes(shelf.captures[2].offset) + path.read_bytes()[shelf.captures[2].offset :]
    )
    os.utime(path, ns=(0, 0))
    monkeypatch.setattr(rereading, "_has_changed", lambda *_: False)
    met = read_again(shelf.warc, staging)
    assert {row["doc_id"] for row in met.documents} == {f"{n:08}" for n in (3, 4, 5, 6, 8)}
    assert (met.tally.records, met.tally.damaged, len(met.captures)) == (25, 1, 11)


def test_a_run_begins_anew_if_a_file_became_another(
    shelf: Shelf, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "_BATCH", 1)
    first, second = shelf.files
    second.write_bytes(second.read_bytes() + b"rubbish at its end")

    def stop(_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_again(shelf.warc, staging, on_trouble=stop)
    first.write_bytes(second.read_bytes())
    met = read_again(shelf.warc, staging)
    assert (met.documents, len(met.captures), met.tally.missing) == ([], 2, 2)


def test_two_runs_of_the_same_do_not_mix(staging: Path) -> None:
    with (
        staged(staging),
        pytest.raises(UsageError, match="another process is doing just this"),
        staged(staging),
    ):
        pass


# --- which files, and in which order ------------------------------------------------------------


def test_what_a_crawl_is_writing_is_read_as_far_as_it_is_whole(shelf: Shelf, staging: Path) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.sync()
    (growing,) = shelf.warc.glob(f"*.gz{OPEN}")
    with growing.open("ab") as file:
        file.write(pack(b"WARC/1.1\r\n")[:12])
    met = read_again(shelf.warc, staging)
    assert (len(met.documents), met.troubles) == (7, [])
    keeper.close()


def test_files_are_read_in_the_order_in_which_they_were_written(
    shelf: Shelf, tmp_path: Path
) -> None:
    extract = conversion_record(
        "年度报告",
        url="http://www.wenku365.com/p-00000003.html",
        created_at=START - timedelta(days=1),
        refers_to="urn:uuid:1",
        record_id="urn:uuid:2",
    )
    early, late = tmp_path / "z.warc.wet.gz", tmp_path / "a-20261224080000.warc.gz"
    early.write_bytes(pack(extract.data))
    late.write_bytes(pack(extract.data))
    found = find_inputs([late, shelf.warc, early, shelf.files[0]])
    assert [one.source.path for one in found] == [early, *shelf.files, late]


def test_the_page_of_later_wins_whatever_the_order(shelf: Shelf, staging: Path) -> None:
    first, second = (
        [one for one in read_records(path) if isinstance(one, Record)] for path in shelf.files
    )
    assert first[0].captured_at < second[0].captured_at
    met = read_again(shelf.warc, staging)
    by_id = {row["doc_id"]: row for row in met.documents}
    assert by_id["00000004"]["page_count"] == 12
    assert by_id["00000005"]["last_seen_at"] > by_id["00000005"]["first_seen_at"]
