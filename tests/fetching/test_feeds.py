from __future__ import annotations

from pathlib import Path

from scrapy import Spider
from scrapy.utils.project import get_project_settings

from crawler.fetching.feeds import FeedFile, settle_feeds


class _Spider(Spider):
    name = "wenku365"


def test_feeds_are_settled(tmp_path: Path) -> None:
    plain, lines = {"format": "csv"}, {"format": "jsonl", "overwrite": True}
    batch = {"format": "jsonl", "batch_item_count": 2}
    path = tmp_path / "x y%20.jsonl"
    settings = get_project_settings()
    settings["FEEDS"] = {
        str(path): plain,
        path.as_uri(): lines,
        "stdout:": lines,
        f"{tmp_path}/%(name)s.jsonl": lines,
        f"{tmp_path}/%(name)s-%(batch_id)03d.jsonl": batch,
    }
    feeds, places = settle_feeds(settings, _Spider)
    assert feeds == {
        str(path): plain,
        path.as_uri(): lines,
        "stdout:": lines,
        f"{tmp_path}/wenku365.jsonl": lines,
        f"{tmp_path}/%(name)s-%(batch_id)03d.jsonl": batch,
    }
    assert places == [
        *[str(path)] * 2,
        "standard output",
        f"{tmp_path}/wenku365.jsonl",
        f"{tmp_path}/%(name)s-%(batch_id)03d.jsonl",
    ]


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
