"""``scrapy read``: one saved page, as a record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.items import FIELDS

if TYPE_CHECKING:
    from tests.commands.conftest import Documents, Scrapy, Starter

URL = "http://m.wenku365.com/p-1000001.html"


@pytest.fixture
def page(tmp_path: Path, document: Documents) -> Path:
    path = tmp_path / "page.html"
    path.write_text(document(1000001))
    moment = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_a_page(scrapy: Scrapy, page: Path) -> None:
    done = scrapy("read", page, "--url", URL)
    assert (done.returncode, done.stderr) == (0, "")
    record = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert list(record) == list(FIELDS)
    assert record["url"] == "https://www.wenku365.com/p-1000001.html"
    assert record["title"] == "防汛工作总结1000001"
    assert record["fetched_at"] == "2020-02-03T04:05:06Z"


def test_standard_input_its_type_and_its_moment(scrapy: Scrapy, page: Path) -> None:
    text = page.read_text().replace('<meta charset="utf-8">', "")
    done = scrapy(
        *("read", "-", "--url", URL, "--fetched-at", "2021-01-01T08:00:00+08:00"),
        *("--content-type", "text/html; charset=gbk"),
        stdin=text.encode("gbk"),
    )
    record = json.loads(done.stdout)
    assert record["title"] == "防汛工作总结1000001"
    assert record["fetched_at"] == "2021-01-01T00:00:00Z"


def test_a_text_extract(scrapy: Scrapy, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(
        "ID:1000001\n大小:58.50 KB\n页数:11页\n时间:2018-11-19\n"
        "《防汛工作<总结>》由会员上传分享,免费在线阅读,更多相关内容在学术论文-天天文库。\n"
        "1、今年入汛以来,各村按照要求检查了堤防和泵站。\n"
    )
    record = json.loads(scrapy("read", path, "--url", URL).stdout)
    assert (record["title"], record["size_bytes"]) == ("防汛工作<总结>", 59904)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_a_document"),
        (b"\x7fELF" + bytes(5000), "not_a_document"),
        ("<title>安全验证</title>请完成验证后继续访问".encode(), "blocked"),
        ("<title>提示</title>您访问的文档已被删除,请返回首页".encode(), "gone"),
    ],
)
def test_what_is_no_document(scrapy: Scrapy, tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "page.html").write_bytes(content)
    done = scrapy("read", tmp_path / "page.html", "--url", URL)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith(f"scrapy read: {URL}: ")
    assert done.stderr.endswith(f" ({reason})\n")
    assert done.stderr.count("\n") == 1


def test_a_page_of_a_site_that_nobody_knows(scrapy: Scrapy, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html lang=de><title>Wartung von Heizkesseln | Papyria</title>"
        "<h1>Wartung von Heizkesseln</h1><dl><dt>Seiten</dt><dd>12</dd></dl>"
    )
    record = json.loads(
        scrapy("read", path, "--url", "https://papyria.example/d/777/kessel").stdout
    )
    assert (record["site"], record["doc_id"]) == ("papyria.example", "777")
    assert (record["page_count"], record["reader"]) == (12, "generic/1")


def test_another_documents_page(scrapy: Scrapy, page: Path) -> None:
    done = scrapy("read", page, "--url", "http://www.wenku365.com/p-1000002.html")
    assert (done.returncode, "(wrong_document)" in done.stderr) == (4, True)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("nowhere.html", "--url", URL), "nowhere.html: cannot be read: No such file"),
        (("/usr", "--url", URL), "/usr: cannot be read: Is a directory"),
        (("/dev/zero", "--url", URL, "-s", "DOCSHELF_MAX_FILE_BYTES=99"), "more than 99 bytes"),
        (("-", "--url", "p-1.html"), "'p-1.html' is no http or https address"),
        (("-", "--url", "http://[p-1.html"), "is no http or https address"),
        (("-",), "--url is missing"),
        (("--url", URL), "name one file"),
        (("-", "-", "--url", URL), "name one file"),
        (("-", "--url", URL, "--fetched-at", "noon"), "--fetched-at noon: not a day or moment"),
        (
            ("-", "--url", URL, "--fetched-at", "9999-12-31T23:59:59-12:00"),
            "--fetched-at 9999-12-31T23:59:59-12:00: not a day or moment",
        ),
        (
            ("-", "--url", URL, "--fetched-at", "0001-01-01T00:00:00+12:00"),
            "--fetched-at 0001-01-01T00:00:00+12:00: not a day or moment",
        ),
        (("-", "--url", URL, "--quick"), "unknown option --quick"),
        (("-", "--url", URL, "-s", "DOCSHELF_MAX_FILE_BYTES=big"), "'big' is not a whole number"),
    ],
)
def test_wrong_usage(scrapy: Scrapy, args: tuple[str, ...], words: str) -> None:
    done = scrapy("read", *args, stdin=b"")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("scrapy read: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_output_that_is_full(environment: dict[str, str], page: Path) -> None:
    command = f"python -m scrapy read {page} --url {URL} > /dev/full"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=Path(__file__).parents[2],
        env=environment | {"PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 22
    assert (
        done.stderr == b"scrapy read: standard output: cannot be written: No space left on device\n"
    )


def test_a_reader_that_went_away(start: Starter, page: Path) -> None:
    reading = start("read", page, "--url", URL)
    assert reading.stdout
    reading.stdout.close()
    assert reading.stderr
    assert reading.stderr.read() == ""
    assert reading.wait(60) == 0
