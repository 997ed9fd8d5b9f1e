"""What is wrong with a command line is said in one line, before anything is asked or made."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Scrapy, Web

WRONG = {
    "no site": ((), 2, "name a site: there are "),
    "an unknown site": (("wenku36",), 2, "did you mean wenku365?"),
    "two sites": (("wenku365", "31ppt"), 2, "one site at a time"),
    "an unknown argument": (("wenku365", "-a", "limits=1"), 2, "did you mean limit?"),
    "an argument without value": (("wenku365", "-a", "limit"), 2, "-a NAME=VALUE"),
    "a bad limit": (("wenku365", "-a", "limit=0"), 2, "limit: '0'"),
    "a bad range": (("wenku365", "-a", "ids=9-1"), 2, "runs backwards"),
    "another site": (("wenku365", "-a", "url=http://a.example/"), 2, "is not on the site"),
    "no such file": (("wenku365", "-a", "urls=/nowhere"), 2, "cannot read /nowhere"),
    "an unknown option": (("wenku365", "--limit", "1"), 2, "unknown option --limit"),
    "an unknown setting": (
        ("wenku365", "-s", "DOWNLOD_DELAY=1"),
        2,
        "did you mean DOWNLOAD_DELAY?",
    ),
    "a bad setting": (("wenku365", "-s", "DOWNLOAD_DELAY=slow"), 2, "DOWNLOAD_DELAY: 'slow'"),
    "a setting without value": (("wenku365", "-s", "X"), 2, "-s NAME=VALUE"),
    "a bad level": (("wenku365", "-L", "LOUD"), 2, "LOG_LEVEL: 'LOUD'"),
    "a folder for a feed": (("wenku365", "-O", "/usr"), 2, "is a folder"),
    "a feed in no folder": (
        ("wenku365", "-O", "/nowhere/x.jsonl"),
        2,
        "there is no folder /nowhere",
    ),
    "a feed without format": (("wenku365", "-O", "x.doc"), 2, "format 'doc'"),
    "a feed that Scrapy could not write": (("wenku365", "-O", "x.marshal"), 2, "format 'marshal'"),
    "a feed that is compressed": (
        ("wenku365", "-O", "x.jsonl.gz"),
        2,
        "'scrapy export -o x.jsonl.gz' does",
    ),
    "a feed far away": (("wenku365", "-O", "s3://b/x.jsonl"), 2, "cannot write to s3"),
    "a feed nowhere": (("wenku365", "-O", "http://h/x.jsonl"), 2, "cannot write to http"),
    "a feed elsewhere": (("wenku365", "-o", "ftp://h/x.jsonl"), 2, "cannot write to ftp"),
    "a feed in a cloud": (("wenku365", "-o", "gs://h/x.jsonl"), 2, "cannot write to gs"),
    "a feed's bad name": (("wenku365", "-O", "%(bad)s.jsonl"), 2, "filled in ('bad')"),
    "a feed's bad kind": (("wenku365", "-O", "%(name)d.jsonl"), 2, "filled in (%d format"),
    "a feed in no folder of a name": (
        ("wenku365", "-O", "/nowhere/%(name)s.jsonl"),
        2,
        "there is no folder /nowhere",
    ),
    "a feed setting without format": (
        ("wenku365", "-s", 'FEEDS={"x.jsonl": {}}'),
        2,
        "unknown format None",
    ),
    "a feed setting that is none": (("wenku365", "-s", 'FEEDS={"x": 1}'), 2, "setting FEEDS: x"),
    "batches without numbers": (
        ("wenku365", "-O", "x.jsonl", "-s", "FEED_EXPORT_BATCH_ITEM_COUNT=2"),
        2,
        "add %(batch_id)d",
    ),
    "two kinds of feed": (("wenku365", "-O", "a.jsonl", "-o", "b.jsonl"), 2, "only one of"),
    "a log in no folder": (("wenku365", "--logfile", "/nowhere/x"), 2, "there is no folder"),
    "no such database": (
        ("wenku365", "-s", "DOCSHELF_DATABASE_URL=mysql://x"),
        2,
        "mysql is not supported",
    ),
    "a dead database": (
        ("wenku365", "-s", "DOCSHELF_DATABASE_URL=postgresql://u:secret@127.0.0.1:1/x"),
        23,
        "127.0.0.1:1",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_clear_line(web: Web, scrapy: Scrapy, tmp_path: Path, case: str) -> None:
    args, code, words = WRONG[case]
    done = scrapy("crawl", *args)
    assert done.returncode == code
    assert done.stderr.startswith("scrapy crawl: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr
    assert (done.stdout, web.asked) == ("", [])
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-o", "/nowhere/x.jsonl"), "-o /nowhere/x.jsonl: there is no folder /nowhere"),
        (("-o", "/usr"), "-o /usr: is a folder"),
        (("--since", "0001-01-01T00:00:00+23:59"), "--since 0001-01-01T00:00:00+23:59: not a day"),
    ],
)
def test_a_wrong_export(scrapy: Scrapy, args: tuple[str, ...], words: str) -> None:
    done = scrapy("export", *args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"scrapy export: {words}")


def test_a_wrong_environment(scrapy: Scrapy) -> None:
    done = scrapy("crawl", "wenku365", DOCSHELF_MAX_WAIT="long")
    assert (done.returncode, done.stderr) == (
        2,
        "scrapy crawl: setting DOCSHELF_MAX_WAIT: 'long' is not a number\n",
    )


def test_a_database_that_is_none(scrapy: Scrapy, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/docshelf.db").write_text("A letter, not a database." * 99)
    done = scrapy("crawl", "wenku365")
    assert (done.returncode, done.stderr.count("\n")) == (23, 1)
    assert str(tmp_path / "data/docshelf.db") in done.stderr


def test_a_database_that_is_locked(scrapy: Scrapy, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    holder = sqlite3.connect(tmp_path / "data/docshelf.db")
    holder.execute("BEGIN EXCLUSIVE")
    done = scrapy("crawl", "wenku365", "-s", "DOCSHELF_DATABASE_WAIT=0.1")
    holder.close()
    assert done.returncode == 23
    assert "locked" in done.stderr


def test_help_lists_what_a_crawl_may_be_told(scrapy: Scrapy) -> None:
    shown = scrapy("crawl", "--help").stdout
    for name in ("url=ADDRESS", "urls=FILE", "ids=IDS", "limit=NUMBER", "depth=NUMBER"):
        assert f"\n  {name}" in shown
