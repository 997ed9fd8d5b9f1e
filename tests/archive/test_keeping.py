from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.cdxj import index_path
from crawler.archive.files import WarcFile, file_names, lock
from crawler.archive.keeping import Keeper, Rotation
from crawler.archive.reader import Record, read_records
from crawler.archive.repair import recover
from crawler.archive.verify import verify_folder
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.records import RunInfo
    from crawler.exchange import Exchange

MOMENT = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def blocks(folder: Path) -> list[bytes]:
    return [
        record.block
        for path in sorted(folder.glob("*.warc.gz*"))
        for record in read_records(path)
        if isinstance(record, Record) and record.kind == "response"
    ]


def test_a_file_is_open_until_it_is_closed(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    assert not (tmp_path / "warc").exists()
    capture = keeper.write(make_exchange())
    name = "docshelf-20261124080000123-00000-shelf.example"
    assert capture.file == f"{name}.warc.gz"
    assert names(tmp_path / "warc") == [f"{name}.cdxj.open", f"{name}.warc.gz.open"]
    keeper.close()
    assert names(tmp_path / "warc") == [f"{name}.cdxj", f"{name}.warc.gz"]


def test_the_same_exchanges_make_the_same_bytes(
    info: RunInfo, make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        ids = iter(range(100))
        keeper = Keeper(
            tmp_path / name,
            info,
            clock=lambda: MOMENT,
            new_id=lambda ids=ids: f"urn:uuid:{next(ids)}",  # type: ignore[misc]
        )
        keeper.write(make_exchange())
        keeper.close()
    one, two = (next((tmp_path / name).glob("*.warc.gz")) for name in ("one", "two"))
    assert (one.name, one.read_bytes()) == (two.name, two.read_bytes())


def test_a_full_file_is_followed_by_the_next(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper(Rotation(max_bytes=2000))
    captures = [keeper.write(make_exchange(number)) for number in range(8)]
    keeper.close()
    files = sorted((tmp_path / "warc").glob("*.warc.gz"))
    assert [int(file.name.split("-")[2]) for file in files] == [*range(len(files))]
    assert len(files) > 2
    assert [capture.file for capture in captures] == sorted(capture.file for capture in captures)
    assert {capture.file for capture in captures} == {file.name for file in files}
    assert all(2000 <= file.stat().st_size < 4000 for file in files[:-1])
    assert not list(verify_folder(tmp_path / "warc"))
    for file in files:
        first = next(read_records(file))
        assert isinstance(first, Record)
        assert (first.kind, first.fields["warc-filename"]) == ("warcinfo", file.name)


def test_an_old_file_is_followed_by_the_next(
    info: RunInfo, make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    moments = iter([MOMENT, MOMENT + timedelta(minutes=59), MOMENT + timedelta(hours=1)])
    rotation = Rotation(prefix="run 1/文", max_age=timedelta(hours=1))
    keeper = Keeper(tmp_path, info, rotation=rotation, clock=lambda: next(moments))
    files = [keeper.write(make_exchange(number)).file for number in range(3)]
    keeper.close()
    assert files[0] == files[1] != files[2]
    assert files[2] == "run_1_-20261124090000123-00001-shelf.example.warc.gz"


def test_a_name_that_is_taken_is_passed_over(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange]
) -> None:
    one, two = make_keeper(), make_keeper()
    first, second = one.write(make_exchange()), two.write(make_exchange())
    one.close()
    three = make_keeper()
    third = three.write(make_exchange())
    assert [capture.file.split("-")[2] for capture in (first, second, third)] == [
        "00000",
        "00001",
        "00002",
    ]
    two.close()
    three.close()


def test_without_lines_the_index_is_read_from_the_file(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    keeper.write(make_exchange(1))
    keeper.paused = True
    keeper.write(make_exchange(2))
    keeper.paused = False
    capture = keeper.write(make_exchange(3))
    keeper.close()
    index = index_path(tmp_path / "warc" / capture.file)
    assert len(index.read_text(encoding="utf-8").splitlines()) == 3
    assert not list(verify_folder(tmp_path / "warc"))


def test_an_open_file_is_held(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    keeper.write(make_exchange())
    folder = tmp_path / "warc"
    with next(folder.glob("*.warc.gz.open")).open("rb") as file:
        assert not lock(file.fileno())
    assert not recover(folder)
    assert not list(verify_folder(folder))
    keeper.close()


class TestDiskFull:
    """A real limit of the file system: of a process, as a full disk would be."""

    SCRIPT = """
import resource, sys
from datetime import datetime, UTC
from pathlib import Path
from crawler.archive.keeping import Keeper
from crawler.archive.records import RunInfo
from crawler.errors import DiskFullError
from crawler.exchange import Exchange
import random

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
keeper = Keeper(Path(sys.argv[1]), RunInfo(software="docshelf/0", run="r"))
noise = random.Random(1).randbytes

def write(size):
    return keeper.write(Exchange(
        url="http://example.com/", request=b"GET / HTTP/1.1\\r\\n\\r\\n",
        response=b"HTTP/1.1 200 OK\\r\\n\\r\\n" + noise(size),
        started_at=datetime.now(UTC), ip=None, truncated=None)).file

files = [write(3000) for _ in range(20)]
for _ in range(3):
    try:
        write(30_000)
    except DiskFullError as error:
        print(error)
files.append(write(0))
keeper.sync()
keeper.close()
print(*files)
"""

    def test_another_file_may_have_room_and_nothing_torn_is_left(self, tmp_path: Path) -> None:
        run = subprocess.run(
            [sys.executable, "-c", self.SCRIPT, tmp_path],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        *errors, files = run.stdout.splitlines()
        assert len(errors) == 3
        assert len(set(errors)) == 1  # no new file is tried again and again
        assert errors[0].endswith(".warc.gz.open: cannot be written: File too large")
        names = files.split()
        assert len(blocks(tmp_path)) == len(names) == 21
        assert {path.name for path in tmp_path.glob("*.gz")} == set(names)
        assert 3 < len(set(names)) < 7
        assert not list(verify_folder(tmp_path))

    def test_no_room_for_a_file_leaves_none(
        self,
        make_keeper: Callable[..., Keeper],
        make_exchange: Callable[..., Exchange],
        tmp_path: Path,
    ) -> None:
        keeper = make_keeper()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            with pytest.raises(DiskError, match="File too large"):
                keeper.write(make_exchange())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert names(tmp_path / "warc") == []
        keeper.write(make_exchange())
        keeper.close()
        assert len(blocks(tmp_path / "warc")) == 1


def test_a_sync_that_fails_ends_it(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper = make_keeper()
    keeper.write(make_exchange())

    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(DiskError, match="Input/output error"):
        keeper.sync()
    monkeypatch.undo()
    for again in (lambda: keeper.write(make_exchange()), keeper.sync, keeper.close):
        with pytest.raises(DiskError, match="Input/output error"):
            again()
    keeper.abandon()
    (mended,) = recover(tmp_path / "warc")
    assert mended.path.name.endswith(".warc.gz")
    assert len(blocks(tmp_path / "warc")) == 1


def test_a_file_that_somebody_removed_ends_it(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    keeper.write(make_exchange(1))
    keeper.sync()
    (file,) = tmp_path.rglob("*.warc.gz.open")
    file.unlink()
    keeper.sync()
    keeper.write(make_exchange(2))
    with pytest.raises(DiskError) as caught:
        keeper.sync()
    assert str(caught.value) == f"{file}: somebody removed it while it was written to"
    with pytest.raises(DiskError, match="somebody removed it"):
        keeper.write(make_exchange(3))
    keeper.abandon()


def test_a_tail_that_cannot_be_cut_off_ends_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = WarcFile(tmp_path, file_names("a", MOMENT, 0, "h"))
    file.append(b"whole")

    def fail(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fail)
    monkeypatch.setattr(os, "ftruncate", fail)
    with pytest.raises(DiskError, match="No space left"):
        file.append(b"torn")
    monkeypatch.undo()
    with pytest.raises(DiskError, match="its tail could not be cut off"):
        file.append(b"more")
    file.abandon()


def test_a_folder_that_cannot_be_made(
    info: RunInfo, make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    keeper = Keeper(tmp_path / "file" / "warc", info)
    with pytest.raises(DiskError, match="cannot be written: Not a directory"):
        keeper.write(make_exchange())
    keeper.close()
