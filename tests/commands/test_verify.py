"""``scrapy verify``, as a process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collection.shelf import Shelf
    from tests.commands.conftest import Documents, Listings, Scrapy, Web


def test_what_is_whole(scrapy: Scrapy, shelf: Shelf) -> None:
    done = scrapy("verify")
    assert (done.returncode, done.stdout) == (0, "")
    size = sum(path.stat().st_size for path in shelf.files)
    assert done.stderr.splitlines() == [
        "verify: whole",
        f"  archive    2 files, 26 records, {size:,} bytes",
        f"  database   12 captures, 6 documents in {shelf.folder}/docshelf.db",
    ]


def test_what_is_wrong_is_a_line_and_the_exit_code(scrapy: Scrapy, shelf: Shelf) -> None:
    path, one = shelf.files[0], shelf.captures[9]
    path.write_bytes(path.read_bytes()[:-1])
    done = scrapy("verify")
    assert done.returncode == 22
    assert done.stdout.splitlines() == shelf.said()
    assert done.stderr.startswith("verify: 3 problems\n")
    first = json.loads(scrapy("verify", "--json").stdout.splitlines()[0])
    assert first == {
        "file": path.name,
        "offset": one.offset,
        "url": one.url,
        "what": "the file ends within a gzip member",
    }


def test_files_and_folders_alone(scrapy: Scrapy, shelf: Shelf, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shelf.warc.rename(elsewhere)
    path = next(elsewhere.glob("*.warc.gz"))
    done = scrapy("verify", elsewhere)
    assert (done.returncode, done.stdout) == (0, "")
    assert "database" not in done.stderr
    path.write_bytes(path.read_bytes()[:-1])
    done = scrapy("verify", path)
    assert done.returncode == 22
    assert done.stdout.startswith(f"{path.name}: offset ")


def test_without_a_database_the_files_are_looked_at(scrapy: Scrapy, shelf: Shelf) -> None:
    database = shelf.folder / "docshelf.db"
    database.unlink()
    done = scrapy("verify")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"  database   none at {database}; only the files were looked at\n" in done.stderr
    assert not database.exists()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "warc: there is no archive; run a crawl first"),
        (("nowhere.warc.gz",), 2, "nowhere.warc.gz: there is no such file or folder"),
        (("-s", "DOCSHELF_DATABASE_URL=sqlite:///scrapy.cfg"), 23, "not a SQLite database"),
    ],
)
def test_mistakes(scrapy: Scrapy, args: tuple[str, ...], code: int, words: str) -> None:
    done = scrapy("verify", *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("scrapy verify: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_a_wacz_has_its_own_judge(scrapy: Scrapy, tmp_path: Path) -> None:
    (tmp_path / "a.wacz").write_bytes(b"")
    done = scrapy("verify", tmp_path / "a.wacz")
    assert (done.returncode, "wacz validate -f" in done.stderr) == (2, True)


def test_nothing_is_wrong_after_a_crawl_that_stopped_early(
    scrapy: Scrapy, web: Web, document: Documents, listing: Listings
) -> None:
    web.put("/robots.txt", "")
    paths = [f"/p-{number}.html" for number in range(1000001, 1000021)]
    for path in paths:
        web.put(path, document(path[3:-5]))
    web.put("/", listing(*paths))
    options = ("-a", "url=http://www.wenku365.com/", "-a", "limit=3", "-s", "DOWNLOAD_DELAY=0")
    assert scrapy("crawl", "wenku365", *options).returncode == 0
    done = scrapy("verify")
    assert (done.returncode, done.stdout) == (0, "")
