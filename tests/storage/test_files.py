from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from crawler.errors import DiskError, ExitCode
from crawler.storage.files import whole_file


def _names(folder: Path) -> list[str]:
    return sorted(found.name for found in folder.iterdir())


def test_a_file_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"old")
    with whole_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert _names(tmp_path) == ["x.jsonl"]


def _fail(path: Path, failure: type[BaseException]) -> None:
    with whole_file(path) as file:
        file.write(b"new")
        raise failure


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_what_fails_leaves_the_old_file_alone(failure: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(b"old")
    with pytest.raises(failure):
        _fail(path, failure)
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["x.jsonl.gz"]


def test_compression_is_the_same_every_time(tmp_path: Path) -> None:
    packed = []
    for name in ("a.gz", "b.gz"):
        with whole_file(tmp_path / name) as file:
            file.writelines([b"line\n"] * 1000)
        packed.append((tmp_path / name).read_bytes())
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]) == b"line\n" * 1000


def test_the_mode_is_the_users(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "x") as file:
            file.write(b"")
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "x").symlink_to(tmp_path / "kept" / "y")
    with whole_file(tmp_path / "x") as file:
        file.write(b"new")
    assert (tmp_path / "x").is_symlink()
    assert (tmp_path / "kept" / "y").read_bytes() == b"new"


def test_a_device_is_not_replaced() -> None:
    with whole_file(Path(os.devnull)) as file:
        file.write(b"new")
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize("path", ["missing/x", "file/x", f"{'n' * 300}"])
def test_what_cannot_be_made(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiskError, match="cannot be written") as caught, whole_file(tmp_path / path):
        pytest.fail("opened")
    assert caught.value.exit_code is ExitCode.DISK
    assert str(tmp_path / path) in str(caught.value)


def test_a_full_disk() -> None:
    with pytest.raises(DiskError, match="No space left"), whole_file(Path("/dev/full")) as file:
        file.write(b"x" * 100_000)
