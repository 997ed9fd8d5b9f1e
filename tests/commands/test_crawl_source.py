"""Pages from a source: by every form the same documents, with the moments of their capture."""

from __future__ import annotations

import gzip
import json
import socket
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from crawler.archive.containers import find_warcs
from crawler.archive.reader import Record
from crawler.exchange import Exchange
from crawler.storage import database_url, open_store
from tests.archive.replay import collect, served, wayback
from tests.commands.test_crawl_archive import read_all_again, rows
from tests.fetching.sources.web_archive import CRAWLS, WebArchive, at, keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.commands.conftest import Documents, Scrapy, Starter

FAST = ("-s", "DOWNLOAD_DELAY=0")
FORMS = ("warc", "wacz", "replayed", "ranged", "filed", "commoncrawl", "wayback")


HTML = "Content-Type: text/html; charset=utf-8"
PACKED = "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nSet-Cookie: b=2\r\nX-Own: yes"


def exchange(number: int, place: str, status: str, body: bytes = b"", *more: str) -> Exchange:
    """Return what was asked and answered in the moment *number*; *more* are headers."""
    host, _, path = place.partition("/")
    head = "\r\n".join([f"HTTP/1.1 {status}", HTML, *more])
    return Exchange(
        url=f"http://{place}",
        request=f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        response=f"{head}\r\n\r\n".encode() + body,
        started_at=at(number),
        ip="192.0.2.7",
        truncated=None,
    )


def a_collection(document: Documents) -> list[Exchange]:
    """Return captures of documents, one of them twice, of other answers, and of other pages."""
    site = "www.wenku365.com"
    zipped = gzip.compress(document(1000001).encode(), mtime=0)
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(zipped), zipped)
    two, six, seven = (document(number).encode() for number in (1000002, 1000006, 1000007))
    elsewhere = f"Location: http://{site}/p-1000002.html"
    return [
        exchange(0, f"{site}/", "200 OK", b"<title>home</title>"),
        exchange(1, f"{site}/p-1000001.html", "200 OK", chunks, "Set-Cookie: a=1", PACKED),
        exchange(2, f"{site}/p-1000001.html", "200 OK", chunks, "Set-Cookie: a=3", PACKED),
        exchange(3, f"{site}/p-1000002.html?from=list", "200 OK", two),
        exchange(4, f"{site}/p-1000003.html", "302 Found", b"", elsewhere),
        exchange(5, f"{site}/p-1000004.html", "503 Busy", b"later", "Retry-After: 3600"),
        exchange(6, f"{site}/p-1000005.html", "404 Not Found", b"no"),
        exchange(7, "m.wenku365.com/p-1000006.html", "200 OK", six),
        exchange(8, "other.example/p-1000007.html", "200 OK", seven),
    ]


DOCUMENTS = {
    ("1000001", "2020-01-03T03:04:05Z"),
    ("1000001", "2020-01-04T03:04:05Z"),
    ("1000002", "2020-01-05T03:04:05Z"),
    ("1000006", "2020-01-09T03:04:05Z"),
}


@pytest.fixture
def archive(document: Documents, tmp_path: Path) -> Iterator[WebArchive]:
    with WebArchive(keep(tmp_path / "elsewhere", a_collection(document))) as archive:
        yield archive


def told(form: str, archive: WebArchive) -> tuple[str, dict[str, str]]:
    """Return the source of *form* that has what *archive* has, and the settings it needs."""
    cdx, folder = f"cdx:{archive.address}/kept/cdx", archive.warc.parent
    settings = {
        "no_proxy": "127.0.0.1",
        "DOCSHELF_COMMONCRAWL_INDEX": archive.address,
        "DOCSHELF_COMMONCRAWL_BASE": f"{archive.address}/files/",
        "DOCSHELF_WAYBACK_INDEX": f"{archive.address}/cdx/search/cdx",
        "DOCSHELF_WAYBACK_REPLAY": f"{archive.address}/web",
    }
    return {
        "warc": (f"warc:{folder}", {}),
        "wacz": (f"wacz:{folder.parent}/elsewhere.wacz", {}),
        "replayed": (cdx, settings),
        "ranged": (cdx, settings | {"DOCSHELF_CDX_BASE": f"{archive.address}/files"}),
        "filed": (cdx, settings | {"DOCSHELF_CDX_BASE": str(folder)}),
    }.get(form, (form, settings))


def records_of(data: Path) -> list[Record]:
    warcs = find_warcs(data / "warc")
    return [one for warc in warcs for one in warc.records() if isinstance(one, Record)]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same(
    archive: WebArchive, scrapy: Scrapy, tmp_path: Path, form: str
) -> None:
    source, settings = told(form, archive)
    if form == "wacz":
        pack(archive.warc, tmp_path / "elsewhere.wacz")
    out = tmp_path / "out.jsonl"
    crawl = ("crawl", "wenku365", *FAST, "-a", f"source={source}")

    done = scrapy(*crawl, "-O", out, **settings)

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    found = lines_of(out)
    assert {(line["doc_id"], line["fetched_at"]) for line in found} == DOCUMENTS
    assert len(found) == len(DOCUMENTS)
    words = " ".join(done.stderr.split())
    for said in (f"source {source}", "3 read: 3 new", "http_404 1", "http_503 1", "redirect 1"):
        assert said in words
    assert "6 asked for" in words  # a second capture of a document is the same document
    kept = [one for one in records_of(tmp_path / "data") if one.kind in {"response", "revisit"}]
    moments = {f"{one.captured_at:%d %H:%M:%S.%f}" for one in kept}
    assert moments == {f"{day:02} 03:04:05.000000" for day in (3, 4, 5, 6, 7, 8, 9)}
    assert len(kept) == len(moments)
    is_rebuilt = form in {"replayed", "wayback"}
    for one in kept:
        assert one.fields["warc-source-uri"]
        assert ("docshelf-rebuilt" in one.fields) == is_rebuilt
    first = next(one for one in kept if one.captured_at == at(1)).answer()
    assert first is not None
    assert first.get_all("Set-Cookie") == [b"a=1", b"b=2"]
    assert (first.get_all("X-Own"), first.get_all("Content-Encoding")) == ([b"yes"], [b"gzip"])
    assert not first.get_all("X-App-Server")
    has_requests = form in {"warc", "wacz"}
    asked = [one for one in records_of(tmp_path / "data") if one.kind == "request"]
    assert len(asked) == (len(kept) if has_requests else 0)

    archive.asked.clear()
    done = scrapy(*crawl, **settings)
    assert (done.returncode, "7 more held already" in done.stderr) == (0, True), done.stderr
    assert not [path for path, _ in archive.asked if "id_/" in path or "/files/" in path]


def pack(warc: Path, target: Path) -> None:
    """Pack *warc* as a WACZ: what a reader of ours needs of it."""
    with zipfile.ZipFile(target, "w") as packed:
        packed.write(warc, f"archive/{warc.name}")


def test_what_is_kept_is_what_the_database_says(
    archive: WebArchive, scrapy: Scrapy, tmp_path: Path
) -> None:
    source, settings = told("replayed", archive)
    assert scrapy("crawl", "wenku365", *FAST, "-a", f"source={source}", **settings).returncode == 0
    done = scrapy("verify")
    assert done.returncode == 0, done.stderr
    kept, again = (f"sqlite:///{tmp_path}/{name}" for name in ("data/docshelf.db", "again.db"))
    with open_store(database_url({"DOCSHELF_DATABASE_URL": again})) as store:
        reads = read_all_again(tmp_path / "data")
        for capture, found in sorted(reads, key=lambda read: read.capture.captured_at):
            store.upsert([found] if found else [], [capture])
    assert rows(again) == rows(kept)


def test_ids_say_which_documents(archive: WebArchive, scrapy: Scrapy, tmp_path: Path) -> None:
    source, settings = told("commoncrawl", archive)
    crawl = ("crawl", "wenku365", *FAST, "-a", f"source={source}:{CRAWLS[1]}")
    done = scrapy(*crawl, "-a", "ids=1000002,1000009", "-O", tmp_path / "out.jsonl", **settings)
    assert done.returncode == 0, done.stderr
    assert [line["doc_id"] for line in lines_of(tmp_path / "out.jsonl")] == ["1000002"]
    assert len(archive.asked_of("/files/")) == 1
    assert not archive.asked_of("/collinfo.json")


def test_a_limit_counts_documents(archive: WebArchive, scrapy: Scrapy, tmp_path: Path) -> None:
    source, _ = told("warc", archive)
    crawl = ("crawl", "wenku365", "-a", f"source={source}", "-a", "limit=2")
    done = scrapy(*crawl, "-O", tmp_path / "out.jsonl")
    assert (done.returncode, "2 read" in done.stderr) == (0, True), done.stderr
    assert {line["doc_id"] for line in lines_of(tmp_path / "out.jsonl")} == {"1000001", "1000002"}


def test_a_source_is_obeyed_and_retried(
    archive: WebArchive, scrapy: Scrapy, tmp_path: Path
) -> None:
    source, settings = told("wayback", archive)
    archive.refusals += [
        ("/cdx/", 503, {}),
        ("/web/", 429, {"Retry-After": "1"}),
        ("/web/20200105", 500, {}),
    ]
    # What waits for its turn when the 429 comes waits for the pause, too.
    crawl = ("crawl", "wenku365", "-s", "DOWNLOAD_DELAY=0.05", "-a", f"source={source}")
    done = scrapy(*crawl, "-O", tmp_path / "out.jsonl", **settings)
    assert done.returncode == 0, done.stderr
    found = {(line["doc_id"], line["fetched_at"]) for line in lines_of(tmp_path / "out.jsonl")}
    assert found == DOCUMENTS
    assert not archive.refusals
    assert not archive.asked_of("/robots.txt")
    # Each capture once, the answers that are themselves refusals too, but for those two.
    assert len(archive.asked_of("/web/")) == 7 + 2


def test_what_is_damaged_is_counted_and_gone_past(
    archive: WebArchive, scrapy: Scrapy, tmp_path: Path
) -> None:
    data = bytearray(archive.warc.read_bytes())
    line = next(line for line in archive.lines if "1000002" in line.key)
    data[line.offset + line.length // 2] ^= 0xFF
    archive.warc.write_bytes(data)
    for form in ("warc", "ranged"):
        source, settings = told(form, archive)
        crawl = ("crawl", "wenku365", *FAST, "-a", f"source={source}")
        out = tmp_path / f"{form}.jsonl"
        done = scrapy(*crawl, "-O", out, DOCSHELF_DATA=str(tmp_path / form), **settings)
        assert (done.returncode, "damaged" in done.stderr) == (0, True), done.stderr
        assert {line["doc_id"] for line in lines_of(out)} == {"1000001", "1000006"}


@pytest.mark.skipif(wayback() is None, reason="pywb is not installed")
def test_pywb_gives_back_what_a_crawl_of_the_demo_kept(
    start: Starter, scrapy: Scrapy, tmp_path: Path
) -> None:
    demo = start("demo", "--port", "0", "--documents", "40")
    assert demo.stdout is not None
    address = next(word for word in demo.stdout.readline().split() if word.startswith("http:"))
    crawl = ("crawl", "wenku365", *FAST, "-a")
    front = "url=http://www.wenku365.com/"
    live = scrapy(*crawl, front, http_proxy=address.rstrip(","))
    assert live.returncode == 0, live.stderr
    exported = scrapy("export").stdout
    [warc] = (tmp_path / "data/warc").glob("*.warc.gz")
    collect(warc, tmp_path / "served/collections/kept")

    with served(tmp_path / "served") as port:
        source = f"source=cdx:http://127.0.0.1:{port}/kept/cdx"
        for way, base in (("replayed", ""), ("filed", str(warc.parent))):
            env = {"DOCSHELF_DATA": str(tmp_path / way), "no_proxy": "127.0.0.1"}
            done = scrapy(*crawl, source, DOCSHELF_CDX_BASE=base, **env)
            assert done.returncode == 0, done.stderr
            assert scrapy("export", **env).stdout == exported
            rebuilt = [
                one for one in records_of(tmp_path / way) if "docshelf-rebuilt" in one.fields
            ]
            assert bool(rebuilt) == (way == "replayed")


def test_text_extracts_are_read(scrapy: Scrapy, tmp_path: Path) -> None:
    text = "\n".join(line.strip() for line in TEXT.splitlines()).encode()
    block = b"\r\n".join(
        [
            b"WARC/1.0",
            b"WARC-Type: conversion",
            b"WARC-Target-URI: http://www.wenku365.com/p-1000001.html",
            b"WARC-Date: 2020-01-03T03:04:05Z",
            b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
            b"Content-Type: text/plain",
            b"Content-Length: %d" % len(text),
            b"",
            text,
            b"",
            b"",
        ]
    )
    wet = tmp_path / "CC-MAIN-1.warc.wet.gz"
    wet.write_bytes(gzip.compress(block))
    crawl = ("crawl", "wenku365", "-a", f"source=warc:{wet}", "-O", tmp_path / "out.jsonl")
    done = scrapy(*crawl)
    assert done.returncode == 0, done.stderr
    [line] = lines_of(tmp_path / "out.jsonl")
    assert (line["doc_id"], line["fetched_at"]) == ("1000001", "2020-01-03T03:04:05Z")
    assert (line["title"], line["size_bytes"]) == ("防汛工作总结", 59904)


TEXT = """防汛工作总结-天天文库
ID:1000001
大小:58.50 KB
页数:11页
时间:2018-11-19
《防汛工作总结》由会员上传分享,免费在线阅读,更多相关内容在学术论文-天天文库。
1、今年入汛以来,各村按照要求检查了堤防和泵站。
此文档下载收益归作者所有
"""


def test_a_source_that_does_not_answer(scrapy: Scrapy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    source = f"cdx:http://127.0.0.1:{port}/kept/cdx"
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"source={source}", no_proxy="127.0.0.1")
    assert done.returncode == 24
    assert f"no answer from {source} at all" in done.stderr


@pytest.mark.parametrize(("path", "reason"), [("/nothing/cdx", "http_404"), ("/", "http_404")])
def test_what_is_no_index(archive: WebArchive, scrapy: Scrapy, path: str, reason: str) -> None:
    source = f"cdx:{archive.address}{path}"
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"source={source}", no_proxy="127.0.0.1")
    assert (done.returncode, reason in done.stderr) == (4, True), done.stderr


def test_a_source_without_the_site_is_no_success(archive: WebArchive, scrapy: Scrapy) -> None:
    source, settings = told("commoncrawl", archive)
    crawl = ("crawl", "wenku365", *FAST, "-a", f"source={source}:{CRAWLS[0]}")
    done = scrapy(*crawl, **settings)
    assert (done.returncode, "no_captures" in done.stderr) == (4, True), done.stderr


def test_a_wrong_source_is_one_line(scrapy: Scrapy) -> None:
    done = scrapy("crawl", "wenku365", "-a", "source=warc:nowhere.warc")
    assert (done.returncode, done.stderr) == (
        2,
        "scrapy crawl: argument source: nowhere.warc: no such file\n",
    )
