"""What a crawl leaves in the archive, and that it reads again as the crawl read it."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.archive.reader import Record, read_record, read_records
from crawler.collection.records import Read, Sites
from crawler.collection.records import read_record as read_again
from crawler.storage import database_url, open_store
from crawler.storage.tables import CAPTURES, DOCUMENTS
from spiders.wenku365 import Wenku365Page

if TYPE_CHECKING:
    from sqlalchemy import URL

    from tests.commands.conftest import Answer, Documents, Scrapy, Web

FAST = ("-s", "DOWNLOAD_DELAY=0")
CAPTCHA = "<html><title>安全验证</title><p>请完成验证后继续访问</p></html>"
HOME = '<title>天天文库</title><a href="/list-1.html">列表</a><a href="/index.html">首页</a>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def rows(url: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return all rows of documents and captures."""
    with open_store(_url(url)) as store:
        return store.write(
            lambda connection: (
                [dict(row) for row in connection.execute(_ALL_DOCUMENTS).mappings()],
                [dict(row) for row in connection.execute(_ALL_CAPTURES).mappings()],
            )
        )


_ALL_DOCUMENTS = select(DOCUMENTS).order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
_ALL_CAPTURES = select(CAPTURES).order_by(CAPTURES.c.record_id)


def read_all_again(folder: Path) -> list[Read]:
    """Read every record of the archive in *folder* as if its database were lost."""
    records = [
        record
        for path in sorted((folder / "warc").glob("*.warc.gz"))
        for record in read_records(path)
        if isinstance(record, Record)
    ]
    by_id = {record.record_id: record for record in records}
    sites = Sites([Wenku365Page])
    found = (read_again(record, sites, by_id.get(record.refers_to_id or "")) for record in records)
    return [read for read in found if read is not None]


def put_site(web: Web, answer: type[Answer], document: Documents) -> None:
    """Put a small site with every kind of answer on *web*."""
    linked = [f"/p-{number}.html" for number in range(1000001, 1000012)]
    web.put("/robots.txt", answer(body=b"User-agent: *\nDisallow: /no", headers=TEXT))
    web.put("/", HOME)
    web.put("/list-1.html", "".join(f'<a href="{path}">x</a>' for path in linked))
    web.put("/index.html", answer(status=301, headers={"Location": "/"}))
    for path in linked[:3]:
        web.put(path, document(int(path[3:-5])))
    packed = gzip.compress(document(1000004).encode())
    zipped = {"Content-Encoding": "gzip"}
    web.put(linked[3], answer(body=packed, headers=zipped))
    web.put(linked[4], answer(body=packed[:-60], headers=zipped))
    web.put(linked[5], CAPTCHA)
    web.put(linked[6], answer(status=410))
    web.put(linked[7], answer(status=503), document(1000008))
    web.put(linked[8], answer(status=302, headers={"Location": "/view/9"}))
    web.put("/view/9", document(1000009))
    web.put(linked[9], answer(body=b"", headers={}))
    web.put(linked[10], answer(cut=True))


TEXT = {"Content-Type": "text/plain"}


@pytest.mark.parametrize("turns", [1, 2])
def test_what_is_archived_reads_again_as_it_was_read(
    web: Web,
    scrapy: Scrapy,
    answer: type[Answer],
    document: Documents,
    folder: Path,
    turns: int,
    database_url: str,
    tmp_path: Path,
) -> None:
    for turn in range(turns):
        put_site(web, answer, document)
        done = scrapy(
            *("crawl", "wenku365", *FAST, "-a", "url=http://www.wenku365.com/"),
            *("-a", f"again={turn}"),
            DOCSHELF_DATABASE_URL=database_url,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    documents, captures = rows(database_url)
    verdicts = {
        "document", "list", "robots", "redirect", "blocked", "gone", "http_503", "bad_encoding",
        "empty",
    }  # fmt: skip
    assert {row["verdict"] for row in captures} == verdicts
    assert {row["kind"] for row in captures} == ({"response"} if turns == 1 else {*KINDS})
    reads = read_all_again(folder)
    again = f"sqlite:///{tmp_path}/again.db"
    with open_store(_url(again)) as store:
        for capture, found in sorted(reads, key=lambda read: read.capture.captured_at):
            store.upsert([found] if found else [], [capture])
    assert rows(again) == (documents, captures)
    assert len(documents) == 6
    for row in documents:
        capture = next(one for one in captures if one["record_id"] == row["capture_id"])
        record = read_record(folder / "warc" / capture["file"], capture["offset"])
        assert record.record_id == row["capture_id"]
        assert row["title"] in record.answer().body().decode()


KINDS = ("response", "revisit")


def _url(text: str) -> URL:
    return database_url({"DOCSHELF_DATABASE_URL": text})


def test_without_an_archive(web: Web, scrapy: Scrapy, document: Documents, folder: Path) -> None:
    url = web.put("/p-1000001.html", document(1000001))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", DOCSHELF_ARCHIVE="0")
    assert done.returncode == 0
    assert not (folder / "warc").exists()
    with sqlite3.connect(folder / "docshelf.db") as connection:
        assert connection.execute("SELECT capture_id FROM documents").fetchall() == [(None,)]
        assert connection.execute("SELECT * FROM captures").fetchall() == []


def test_an_archive_that_cannot_be_written_ends_the_crawl_before_it_begins(
    web: Web, scrapy: Scrapy, document: Documents, folder: Path
) -> None:
    url = web.put("/p-1000001.html", document(1000001))
    folder.mkdir()
    (folder / "warc").write_text("not a folder")
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}")
    assert done.returncode == 22
    assert done.stderr == f"scrapy crawl: {folder}/warc: cannot be written: File exists\n"
    assert web.asked == []


def test_a_disk_that_fills_up_ends_the_crawl(
    web: Web, document: Documents, folder: Path, environment: dict[str, str]
) -> None:
    url = web.put("/", "".join(f'<a href="/p-{n}.html">x</a>' for n in range(1000001, 1000021)))
    for number in range(1000001, 1000021):
        web.put(f"/p-{number}.html", document(number))
    # The archive's file may not grow beyond this; the database's is smaller by far before.
    crawl = f"-m scrapy crawl wenku365 -a url={url} -s DOWNLOAD_DELAY=0"
    command = f"ulimit -f 16; exec {sys.executable} {crawl}"
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=Path(__file__).parents[2],
        env=environment | {"DOCSHELF_DATABASE_URL": f"sqlite:///{folder}/../none.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (22, False), done.stderr


def test_a_limit_asks_for_no_page_that_it_does_not_read(
    web: Web, scrapy: Scrapy, document: Documents, folder: Path, answer: type[Answer]
) -> None:
    paths = [f"/p-{number}.html" for number in range(1000001, 1000031)]
    url = web.put("/", "".join(f'<a href="{path}">x</a>' for path in paths))
    for number, path in enumerate(paths):
        # Some are none, and others are asked for in their place.
        web.put(path, answer(status=404) if number % 3 else document(path[3:-5]))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", "-a", "limit=7")
    assert done.returncode == 0
    with sqlite3.connect(folder / "docshelf.db") as connection:
        verdicts = "SELECT verdict, count(*) FROM captures WHERE url LIKE '%/p-%' GROUP BY 1"
        counted = dict(connection.execute(verdicts).fetchall())
    assert counted["document"] == 7
    assert set(counted) == {"document", "http_404"}
