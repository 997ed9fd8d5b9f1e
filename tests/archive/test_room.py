from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from crawler.archive.room import RoomWatch, free_bytes
from crawler.errors import DiskError

if TYPE_CHECKING:
    from pathlib import Path

ALL = 1 << 62


def test_what_is_not_made_yet_has_the_room_of_where_it_will_be(tmp_path: Path) -> None:
    status = os.statvfs(tmp_path)
    for path in (tmp_path, tmp_path / "data" / "warc"):
        assert 0 < free_bytes(path) <= status.f_blocks * status.f_frsize
    assert list(tmp_path.iterdir()) == []


def test_too_little_is_told_in_a_line(tmp_path: Path) -> None:
    assert RoomWatch([tmp_path], 0).problem() is None
    said = RoomWatch([tmp_path, tmp_path], ALL).problem()
    assert said is not None
    assert said.startswith(f"{tmp_path}: the disk has ")
    assert said.endswith(f" bytes free, and DOCSHELF_MIN_FREE is {ALL:,}")


def test_each_disk_counts(tmp_path: Path, small_disk: Path) -> None:
    watch = RoomWatch([tmp_path, small_disk], 100_000)
    assert watch.problem() is None
    (small_disk / "ballast").write_bytes(bytes(free_bytes(small_disk) - 50_000))
    said = watch.problem()
    assert said is not None
    assert said.startswith(f"{small_disk}: ")


def test_what_cannot_be_told_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "statvfs", fail)
    with pytest.raises(DiskError, match="Input/output error"):
        free_bytes(tmp_path)
    said = f"{tmp_path}: its free space is not known: Input/output error"
    assert RoomWatch([tmp_path], 0).problem() == said
