from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive.cdxj import index_path
from crawler.archive.reader import Record, read_records
from crawler.archive.repair import recover, repair
from crawler.archive.verify import verify_folder
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.keeping import Capture
    from crawler.exchange import Exchange

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def said(folder: Path) -> list[str]:
    return [str(problem) for problem in verify_folder(folder)]


def ids(path: Path) -> list[str]:
    return [record.record_id for record in read_records(path) if isinstance(record, Record)]


def reopen(path: Path) -> Path:
    """Make *path* as a crawl would have left it, had it been killed."""
    opened = path.with_name(f"{path.name}.open")
    path.rename(opened)
    index_path(path).rename(index_path(path).with_name(f"{index_path(path).name}.open"))
    return opened


@pytest.fixture
def kept(
    keep: Callable[..., tuple[Path, list[Capture]]], make_exchange: Callable[..., Exchange]
) -> tuple[Path, list[Capture]]:
    path, captures = keep([make_exchange(number) for number in range(1, 5)])
    return path, captures


@SHARED
@given(st.data())
def test_cut_anywhere_all_whole_pairs_are_kept(
    kept: tuple[Path, list[Capture]], data: st.DataObject
) -> None:
    path, captures = kept
    before, index = path.read_bytes(), index_path(path).read_bytes()
    size = data.draw(
        st.integers(1, len(before)) | st.sampled_from([capture.end for capture in captures])
    )
    junk = data.draw(st.just(b"") | st.binary(max_size=20) | st.just(bytes(5000)))
    opened = reopen(path)
    torn = before[:size] + junk  # which may happen to be whole: a member ends in zeros
    opened.write_bytes(torn)
    try:
        (mended,) = recover(path.parent)
        starts = [captures[0].offset, *(capture.end for capture in captures)]
        ends = [capture.end for capture in captures if torn.startswith(before[: capture.end])]
        assert mended.cut_bytes == size + len(junk) - mended.whole_bytes
        if ends:
            assert mended.path == path
            assert mended.whole_bytes == ends[-1]
            assert path.read_bytes() == before[: ends[-1]]
            assert said(path.parent) == []
        else:
            assert mended.whole_bytes < starts[0]
        assert recover(path.parent) == []
    finally:
        for left in path.parent.iterdir():
            left.unlink()
        path.write_bytes(before)
        index_path(path).write_bytes(index)


def test_damage_in_the_middle_is_no_torn_tail(kept: tuple[Path, list[Capture]]) -> None:
    path, captures = kept
    data = bytearray(path.read_bytes())
    data[captures[1].offset + 50] ^= 0x40
    opened = reopen(path)
    opened.write_bytes(data + b"torn")
    (mended,) = recover(path.parent)
    assert (mended.whole_bytes, mended.cut_bytes) == (len(data), 4)
    assert path.read_bytes() == data
    assert len(ids(path)) == 8
    assert f"offset {captures[1].offset}:" in said(path.parent)[0]


def test_recovery_cuts_and_repair_keeps_aside(kept: tuple[Path, list[Capture]]) -> None:
    path, captures = kept
    before = path.read_bytes()
    path.write_bytes(before[:-10])
    assert recover(path.parent) == []
    assert said(path.parent) != []
    (mended,) = repair(path.parent)
    end = captures[2].end
    assert mended.whole_bytes == end
    torn = path.with_name(f"{path.name}.{end}.torn")
    assert torn.read_bytes() == before[end:-10]
    assert str(mended) == (
        f"{path.name}: {len(before) - 10 - end} bytes behind the last whole record cut off, "
        f"kept as {torn.name}, indexed anew"
    )
    assert path.read_bytes() == before[:end]
    assert said(path.parent) == []
    assert list(repair(path.parent)) == []


def test_nothing_whole_leaves_nothing_but_what_is_kept_aside(
    kept: tuple[Path, list[Capture]],
) -> None:
    path, _ = kept
    path.write_bytes(b"no archive at all")
    (mended,) = repair(path.parent)
    assert (mended.whole_bytes, mended.cut_bytes) == (0, 17)
    assert not path.exists()
    assert path.with_name(f"{path.name}.0.torn").read_bytes() == b"no archive at all"


def test_an_index_is_made_anew(kept: tuple[Path, list[Capture]]) -> None:
    path, _ = kept
    index = index_path(path).read_bytes()
    for broken in (b"", index[:-5], b"\xff"):
        index_path(path).write_bytes(broken)
        (mended,) = repair(path.parent)
        assert (mended.what, mended.cut_bytes) == ("indexed anew", 0)
        assert index_path(path).read_bytes() == index
    index_path(path).unlink()
    assert len(list(repair(path.parent))) == 1
    assert index_path(path).read_bytes() == index


def test_an_open_file_without_a_tail_is_closed(kept: tuple[Path, list[Capture]]) -> None:
    path, _ = kept
    before = path.read_bytes()
    reopen(path)
    (mended,) = recover(path.parent)
    assert (mended.path, mended.what) == (path, "closed, indexed anew")
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == sorted([path, index_path(path)])


def test_a_closed_file_is_never_replaced(kept: tuple[Path, list[Capture]]) -> None:
    path, _ = kept
    before = path.read_bytes()
    path.with_name(f"{path.name}.open").write_bytes(before)
    with pytest.raises(DiskError, match="is there already"):
        recover(path.parent)
    assert path.read_bytes() == before


def test_a_record_too_large_to_read_is_whole(
    kept: tuple[Path, list[Capture]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.archive import repair as module  # noqa: PLC0415

    path, _ = kept
    before = path.read_bytes()
    monkeypatch.setattr(module, "read_records", lambda path: read_records(path, max_bytes=600))
    list(repair(path.parent))
    assert path.read_bytes() == before


def test_a_file_of_no_byte_is_removed(kept: tuple[Path, list[Capture]]) -> None:
    path, _ = kept
    opened = path.with_name("other.warc.gz.open")
    for mend in (recover, repair):
        opened.touch()
        (mended,) = mend(path.parent)
        assert str(mended) == "other.warc.gz.open: removed: it is empty"
        assert said(path.parent) == []


def test_each_tail_is_kept(kept: tuple[Path, list[Capture]]) -> None:
    path, _ = kept
    before = path.read_bytes()
    for tail in (b"one", b"two"):
        path.write_bytes(before + tail)
        assert len(list(repair(path.parent))) == 1
    torn = sorted(path.parent.glob("*.torn"))
    assert {one.read_bytes() for one in torn} == {b"one", b"two"}
    assert path.read_bytes() == before
    assert said(path.parent) == []


def test_a_dry_run_only_says_what_it_would_do(kept: tuple[Path, list[Capture]]) -> None:
    path, _ = kept
    path.write_bytes(path.read_bytes()[:-10])
    reopen(path)
    before = {one.name: one.read_bytes() for one in path.parent.iterdir()}
    planned = list(repair(path.parent, dry_run=True))
    assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == before
    assert list(repair(path.parent)) == planned
    assert list(repair(path.parent, dry_run=True)) == []


def test_a_folder_without_an_archive(tmp_path: Path) -> None:
    assert recover(tmp_path / "none") == []
    (tmp_path / "notes.txt.open").write_bytes(b"mine")
    assert recover(tmp_path) == list(repair(tmp_path)) == []
    assert (tmp_path / "notes.txt.open").read_bytes() == b"mine"


KILLED = """
import sys
from datetime import datetime, UTC
from itertools import count
from pathlib import Path
import random

from crawler.archive.keeping import Keeper, Rotation
from crawler.archive.records import RunInfo
from crawler.exchange import Exchange

info = RunInfo(software="docshelf/0", run="r")
keeper = Keeper(Path(sys.argv[1]), info, rotation=Rotation(max_bytes=400_000))
noise = random.Random(1).randbytes
for number in count():
    keeper.write(Exchange(
        url=f"http://example.com/{number}", request=b"GET / HTTP/1.1\\r\\n\\r\\n",
        response=b"HTTP/1.1 200 OK\\r\\n\\r\\n" + noise(30_000),
        started_at=datetime.now(UTC), ip=None, truncated=None))
    keeper.sync()
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [0, 7, 30])
def test_what_was_synced_survives_a_kill(tmp_path: Path, after: int) -> None:
    crawl = subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert crawl.stdout is not None
    with crawl, crawl.stdout:
        for line in crawl.stdout:
            if int(line) == after:
                os.kill(crawl.pid, signal.SIGKILL)
                break
        synced = after + 1 + len(crawl.stdout.read().splitlines())
    recover(tmp_path)
    assert said(tmp_path) == []
    answers = [
        record
        for path in sorted(tmp_path.glob("*.warc.gz"))
        for record in read_records(path)
        if isinstance(record, Record) and record.kind == "response"
    ]
    assert len(answers) >= synced
