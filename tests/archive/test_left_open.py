"""Files that a crawl left open: ours, cut, looked into, closed; and killed at any of these."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.cdxj import index_path
from crawler.archive.files import lock, name_start
from crawler.archive.keeping import Keeper, Rotation
from crawler.archive.reader import Record, read_records
from crawler.archive.repair import drop_orphans, left_open, recover, repair
from crawler.archive.verify import verify_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.records import RunInfo
    from crawler.exchange import Exchange

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warc"


@pytest.fixture
def leave(
    folder: Path, info: RunInfo, make_exchange: Callable[..., Exchange]
) -> Callable[..., list[Path]]:
    """Return a function that leaves files of two exchanges open, of a prefix."""

    def make(prefix: str = "docshelf", files: int = 1) -> list[Path]:
        keeper = Keeper(folder, info, rotation=Rotation(prefix=prefix, max_bytes=1500), holds=True)
        captures = [keeper.write(make_exchange(number)) for number in range(files * 2)]
        keeper.abandon()
        names = sorted({capture.file for capture in captures})
        assert len(names) == files
        return [folder / f"{name}.open" for name in names]

    return make


def answers(path: Path, start: int = 0) -> list[Record]:
    return [
        found
        for found in read_records(path, start=start)
        if isinstance(found, Record) and found.kind == "response"
    ]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_is_cut_read_and_closed_in_turn(
    leave: Callable[..., list[Path]], folder: Path
) -> None:
    paths = leave(files=3)
    whole = [path.read_bytes() for path in paths]
    paths[1].write_bytes(whole[1] + b"torn")
    seen = []
    for left in left_open(folder):
        assert left.path.read_bytes() == whole[len(seen)]
        assert left.whole_bytes == len(whole[len(seen)])
        with left.path.open("rb") as file:
            assert not lock(file.fileno())
        found = answers(left.path)
        assert len(found) == 2
        assert {record.file for record in found} == {left.path.name.removesuffix(".open")}
        assert len(answers(left.path, start=found[1].offset)) == 1
        assert not answers(left.path, start=left.whole_bytes)
        mended = left.close()
        assert not left.path.exists()
        assert mended.path.read_bytes() == whole[len(seen)]
        seen.append((left.path, left.cut_bytes))
    assert seen == [(paths[0], 0), (paths[1], 4), (paths[2], 0)]
    assert not list(left_open(folder))
    assert not list(verify_folder(folder))


def test_what_is_not_closed_is_found_again(leave: Callable[..., list[Path]], folder: Path) -> None:
    paths = leave(files=2)
    paths[0].write_bytes(paths[0].read_bytes() + b"torn")
    assert [(left.path, left.cut_bytes) for left in left_open(folder)] == [
        (paths[0], 4),
        (paths[1], 0),
    ]
    assert [(left.path, left.cut_bytes) for left in left_open(folder)] == [
        (paths[0], 0),
        (paths[1], 0),
    ]


def test_damage_behind_what_is_trusted_is_a_torn_tail(
    leave: Callable[..., list[Path]], folder: Path
) -> None:
    (path,) = leave()
    first, last = answers(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: first.offset] + bytes(first.length) + whole[last.offset :])

    def cut_at(trusted: int) -> int:
        before = path.read_bytes()
        (left,) = left_open(folder, trusted_bytes=lambda _: trusted)
        path.write_bytes(before)
        return left.whole_bytes

    assert cut_at(first.offset + 1) == path.stat().st_size
    assert cut_at(first.offset) < first.offset


@pytest.mark.parametrize("rest", [b"", b"no archive at all", b"\x1f\x8b\x08\x00\x00\x00\x00"])
def test_what_holds_nothing_whole_yields_nothing_and_goes(
    leave: Callable[..., list[Path]], folder: Path, rest: bytes
) -> None:
    (path,) = leave()
    path.write_bytes(rest)
    for left in left_open(folder):
        assert (left.whole_bytes, left.cut_bytes) == (0, len(rest))
        assert not list(read_records(left.path))
        left.close()
    assert names(folder) == []


def test_a_request_without_its_answer_is_not_seen(
    leave: Callable[..., list[Path]], folder: Path
) -> None:
    (path,) = leave()
    last = answers(path)[-1]
    path.write_bytes(path.read_bytes()[: last.offset])
    (left,) = left_open(folder)
    assert [found.kind for found in read_records(left.path) if isinstance(found, Record)] == [
        "warcinfo",
        "request",
        "response",
    ]


def test_only_those_of_a_prefix(leave: Callable[..., list[Path]], folder: Path) -> None:
    of = {prefix: leave(prefix) for prefix in ("wenku", "wenku.so", "文库-1")}
    for prefix, paths in of.items():
        assert all(path.name.startswith(name_start(prefix)) for path in paths)
        assert [left.path for left in left_open(folder, prefix)] == paths
    assert len(list(left_open(folder))) == 3


def test_what_another_has_is_waited_for_and_passed_over(
    leave: Callable[..., list[Path]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = leave(files=2)
    with held.open("rb") as file:
        assert lock(file.fileno())
        assert [left.path for left in left_open(folder)] == [free]
        waits = iter([None, None, None])

        def wait(_seconds: float) -> None:
            if next(waits, file) is file:
                file.close()

        monkeypatch.setattr("time.sleep", wait)
        assert [left.path for left in left_open(folder, patience_seconds=60)] == [held, free]


def test_what_another_closed_meanwhile_is_passed_over(
    leave: Callable[..., list[Path]], folder: Path
) -> None:
    paths = leave(files=3)
    found = left_open(folder)
    assert next(found).path == paths[0]
    (closed,) = recover_only(folder, paths[1])
    assert [left.path for left in found] == [paths[2]]
    assert names(folder).count(closed.name) == 1


def recover_only(folder: Path, path: Path) -> list[Path]:
    return [left.close().path for left in left_open(folder) if left.path == path]


def test_what_a_kill_left_of_an_index_goes(leave: Callable[..., list[Path]], folder: Path) -> None:
    paths = leave(files=2)
    leavings = [index_path(path).with_name(f".{index_path(path).name}.0a.part") for path in paths]
    for part in leavings:
        part.write_bytes(b"half a li")
    recover(folder)
    assert not list(verify_folder(folder))
    leavings[0].write_bytes(b"half a li")
    (mended,) = repair(folder)
    assert mended.what == "what was left of its index removed"
    assert not list(verify_folder(folder))


KILLS = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path

from crawler.archive.reader import read_records
from crawler.archive.repair import left_open, recover
from crawler.archive.verify import verify_folder

source, target = Path(sys.argv[1]), Path(sys.argv[2])


def killed_at(point, calls=count()):
    def wrapped(call):
        def do(*arguments, **options):
            if next(calls) == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)
        return do

    for name in ("open", "fsync", "ftruncate", "rename", "replace", "unlink", "close"):
        setattr(os, name, wrapped(getattr(os, name)))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def again():
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


again()
recover(target)
wanted = contents(target)
for point in count():
    again()
    if not (child := os.fork()):
        killed_at(point)
        for left in left_open(target):
            list(read_records(left.path))
            left.close()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    recover(target)
    assert contents(target) == wanted, (point, set(contents(target)) ^ set(wanted))
    assert not list(verify_folder(target)), point
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        break
print(point)
"""


def test_it_may_be_killed_at_any_instant(
    leave: Callable[..., list[Path]], folder: Path, tmp_path: Path
) -> None:
    paths = leave(files=3)
    paths[1].write_bytes(paths[1].read_bytes()[:-10])
    paths[2].write_bytes(b"nothing whole")
    done = subprocess.run(
        [sys.executable, "-c", KILLS, folder, tmp_path / "again"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_what_grew_beside_a_file_that_is_gone_is_removed(tmp_path: Path) -> None:
    kept = [
        "docin-1.cdxj.open",
        *("wenku365-1.warc.gz.open", "wenku365-1.cdxj.open"),
        *("wenku365-2.warc.gz", "wenku365-2.cdxj.open"),
        "wenku365-3.cdxj",
    ]
    for name in (*kept, "wenku365-4.cdxj.open"):
        (tmp_path / name).touch()
    drop_orphans(tmp_path, "wenku365")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    drop_orphans(tmp_path / "none", "wenku365")
