from __future__ import annotations

from pathlib import Path

from crawler.fetching.feeds import FeedFile


def test_what_is_written_arrives(tmp_path: Path) -> None:
    failures: list[OSError] = []
    path = tmp_path / "x"
    file = FeedFile(path.open("wb"), failures.append)
    assert file.write(b"one\n") == 4
    file.flush()
    file.write(b"two\n")
    file.close_file()
    assert (path.read_bytes(), failures) == (b"one\ntwo\n", [])


def test_a_failure_is_told_once() -> None:
    failures: list[OSError] = []
    for buffering in (0, -1):
        with Path("/dev/full").open("wb", buffering=buffering) as full:
            file = FeedFile(full, failures.append)
            assert file.write(b"one\n") == 4
            assert file.write(b"two\n") == 4
            file.close_file()
            assert full.closed
        assert [failure.strerror for failure in failures] == ["No space left on device"]
        failures.clear()
