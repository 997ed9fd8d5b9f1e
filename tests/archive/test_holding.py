"""A file of the archive that is closed is wholly known to the database."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive.cdxj import index_path
from crawler.archive.files import lock
from crawler.archive.keeping import MAX_FULL, Keeper, Rotation
from crawler.archive.repair import recover
from crawler.archive.verify import verify_folder
from crawler.archive.writer import Archive
from crawler.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.keeping import Capture
    from crawler.archive.records import RunInfo
    from crawler.exchange import Exchange

EACH_ITS_OWN = Rotation(max_bytes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warc"


def closed(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.warc.gz")}


def opened(folder: Path) -> set[str]:
    return {path.name.removesuffix(".open") for path in folder.glob("*.warc.gz.open")}


def is_held(folder: Path, name: str) -> bool:
    with (folder / f"{name}.open").open("rb") as file:
        return not lock(file.fileno())


def test_a_full_file_stays_open_until_all_of_it_is_known(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], folder: Path
) -> None:
    keeper = make_keeper(Rotation(max_bytes=2000), holds=True)
    captures = [keeper.write(make_exchange(number)) for number in range(5)]
    files = Counter(capture.file for capture in captures)
    first, count = captures[0].file, files[captures[0].file]
    assert len(files) > 1
    assert count > 1
    assert (closed(folder), opened(folder)) == (set(), set(files))
    keeper.committed({first: count - 1})
    assert closed(folder) == set()
    assert is_held(folder, first)
    keeper.committed({first: 1, "of another run": 7})
    assert closed(folder) == {first}
    keeper.close()
    assert closed(folder) == set(files)
    assert not list(verify_folder(folder))


def test_what_is_known_before_a_file_is_full_counts(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], folder: Path
) -> None:
    keeper = make_keeper(EACH_ITS_OWN, holds=True)
    first = keeper.write(make_exchange(1)).file
    keeper.committed({first: 1})
    assert closed(folder) == set()
    keeper.write(make_exchange(2))
    assert closed(folder) == {first}
    keeper.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.integers(0, 4), max_size=40), st.integers(1, 4000))
def test_whatever_the_order(
    tmp_path_factory: pytest.TempPathFactory,
    info: RunInfo,
    make_exchange: Callable[..., Exchange],
    groups: list[int],
    max_bytes: int,
) -> None:
    """After each write, so many of the waiting captures are committed, the newest first."""
    folder = tmp_path_factory.mktemp("warc")
    keeper = Keeper(folder, info, rotation=Rotation(max_bytes=max_bytes), holds=True)
    waiting: list[str] = []
    for number, group in enumerate(groups):
        waiting.append(keeper.write(make_exchange(number)).file)
        told = [waiting.pop() for _ in range(min(group, len(waiting)))]
        keeper.committed(Counter(told))
        assert not closed(folder) & set(waiting)
        assert all(is_held(folder, name) for name in opened(folder))
        # Only the file that is written to may be known and open.
        assert len(opened(folder) - set(waiting)) <= 1
    keeper.abandon()
    assert set(waiting) <= opened(folder)


def test_very_many_full_files_do_not_use_up_the_descriptors(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], folder: Path
) -> None:
    keeper = make_keeper(EACH_ITS_OWN, holds=True)
    before = psutil.Process().num_fds()
    captures = [keeper.write(make_exchange(number)) for number in range(3 * MAX_FULL)]
    assert psutil.Process().num_fds() <= before + MAX_FULL + 2
    assert len(opened(folder)) == MAX_FULL + 1
    keeper.sync()
    keeper.committed(Counter(capture.file for capture in captures))
    assert len(closed(folder)) == MAX_FULL
    keeper.write(make_exchange(0))
    assert len(closed(folder)) == MAX_FULL + 1
    keeper.close()
    assert not list(verify_folder(folder))
    assert psutil.Process().num_fds() == before


def test_one_that_holds_nothing_is_not_told_anything(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], folder: Path
) -> None:
    keeper = make_keeper(EACH_ITS_OWN)
    files = [keeper.write(make_exchange(number)).file for number in range(3)]
    assert closed(folder) == set(files[:2])
    keeper.committed(Counter(files))
    keeper.close()
    assert closed(folder) == set(files)


def test_what_cannot_be_closed_is_closed_later(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], folder: Path
) -> None:
    keeper = make_keeper(EACH_ITS_OWN, holds=True)
    files = [keeper.write(make_exchange(number)).file for number in range(3)]
    in_the_way = index_path(folder / files[0])
    in_the_way.mkdir()
    keeper.committed(Counter(files))
    assert closed(folder) == {files[1]}
    in_the_way.rmdir()
    keeper.write(make_exchange(3))
    assert closed(folder) == set(files)
    keeper.close()
    assert not list(verify_folder(folder))


def test_what_cannot_be_closed_at_the_end_is_left_and_told(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], folder: Path
) -> None:
    keeper = make_keeper(EACH_ITS_OWN, holds=True)
    files = [keeper.write(make_exchange(number)).file for number in range(3)]
    in_the_way = index_path(folder / files[1])
    in_the_way.mkdir()
    with pytest.raises(DiskError, match="Is a directory"):
        keeper.close()
    assert is_held(folder, files[1])
    keeper.abandon()
    assert opened(folder) == {files[1]}
    in_the_way.rmdir()
    (mended,) = recover(folder)
    assert mended.path.name == files[1]
    assert not list(verify_folder(folder))


@pytest.mark.parametrize("step", ["replace", "unlink", "rename"])
def test_the_name_is_the_last_thing_to_change(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """Wherever closing it ends, a recovery finds the file and does the rest."""
    keeper = make_keeper()
    file = keeper.write(make_exchange()).file

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, step, fail)
        with pytest.raises(DiskError, match="Input/output error"):
            keeper.close()
    keeper.abandon()
    assert opened(folder) == {file}
    assert [mended.path.name for mended in recover(folder)] == [file]
    assert sorted(path.name for path in folder.iterdir()) == [
        index_path(folder / file).name,
        file,
    ]
    assert not list(verify_folder(folder))


def test_a_full_file_that_does_not_reach_the_disk_ends_it(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper = make_keeper(EACH_ITS_OWN, holds=True)
    file = keeper.write(make_exchange(1)).file

    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(DiskError, match="Input/output error"):
        keeper.write(make_exchange(2))
    monkeypatch.undo()
    keeper.committed({file: 1})
    with pytest.raises(DiskError, match="Input/output error"):
        keeper.close()
    keeper.abandon()
    assert (closed(folder), opened(folder)) == (set(), {file})


@pytest.mark.parametrize("abandon", [False, True])
def test_the_archive_passes_it_on(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    folder: Path,
    *,
    abandon: bool,
) -> None:
    async def run() -> list[Capture]:
        archive = Archive(make_keeper(EACH_ITS_OWN, holds=True))
        futures = [await archive.append(make_exchange(number)) for number in range(4)]
        await archive.sync()
        captures = [future.result() for future in futures]
        archive.committed({captures[0].file: 1, captures[2].file: 1})
        await archive.sync()
        assert closed(folder) == {captures[0].file, captures[2].file}
        await archive.close(abandon=abandon)
        return captures

    files = [capture.file for capture in asyncio.run(run())]
    left = {files[1], files[3]} if abandon else set()
    assert opened(folder) == left
    assert all(not is_held(folder, name) for name in left)
    assert [mended.path.name for mended in recover(folder)] == sorted(left)
    assert all(one < two for one, two in pairwise(files))
    assert not list(verify_folder(folder))
