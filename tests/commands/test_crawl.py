"""``scrapy crawl`` as a process: what it reads, follows, keeps, and how it ends."""

from __future__ import annotations

import gzip
import json
import subprocess
import threading
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.items import FIELDS

if TYPE_CHECKING:
    from tests.commands.conftest import Answer, Documents, Listings, Scrapy, Web

FAST = ("-s", "DOWNLOAD_DELAY=0")
FRONT = "http://www.wenku365.com/"


def ids(path: Path) -> list[str]:
    return sorted(json.loads(line)["doc_id"] for line in path.read_text().splitlines())


def crawl_of(scrapy: Scrapy, tmp_path: Path, *args: str) -> list[str]:
    lines = tmp_path / "x.jsonl"
    done = scrapy("crawl", "wenku365", *FAST, "-O", lines, *args)
    assert done.returncode == 0, done.stderr
    return ids(lines)


def test_a_whole_site(
    web: Web, scrapy: Scrapy, document: Documents, listing: Listings, tmp_path: Path
) -> None:
    web.put(
        "/",
        listing("/c-00011.html", "/p-1000001.html", "//m.wenku365.com/p-1000001.html?from=m")
        + listing("/c-00011.html#top", "/login", "/s?keyword=x", "/logo.png", "/down/7")
        + listing("http://www.example.org/p-1.html", "/go?to=http%3A%2F%2Fexample.org", "?"),
    )
    web.put("/c-00011.html", listing("/p-1000001.html", "/p-1000002.html"))
    web.put("/p-1000001.html", document(1000001, '<a href="/p-1000003.html">相关</a>'))
    web.put("/p-1000002.html", document(1000002))
    web.put("/p-1000003.html", document(1000003))
    lines = tmp_path / "x.jsonl"
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}", "-O", lines)
    assert done.returncode == 0
    assert ids(lines) == ["1000001", "1000002", "1000003"]
    assert set(web.asked) == {
        FRONT,
        f"{FRONT}robots.txt",
        f"{FRONT}c-00011.html",
        f"{FRONT}p-1000001.html",
        f"{FRONT}p-1000002.html",
        f"{FRONT}p-1000003.html",
    }
    assert max(web.counts.values()) == 1
    assert done.stdout == ""
    assert "wenku365: done" in done.stderr
    assert "3 read: 3 new" in done.stderr
    assert str(tmp_path / "data/docshelf.db") in done.stderr
    assert "Next: DOCSHELF_DATA=" in done.stderr
    again = scrapy("export", "--site", "wenku365")
    assert again.stdout.splitlines() == sorted(
        lines.read_text().splitlines(), key=lambda line: json.loads(line)["doc_id"]
    )
    assert list(json.loads(again.stdout.splitlines()[0])) == list(FIELDS)


def test_links_are_asked_for_where_they_were_found(
    web: Web, scrapy: Scrapy, document: Documents, listing: Listings, tmp_path: Path
) -> None:
    web.put("/", listing("http://m.wenku365.com/p-1000001.html"))
    url = web.put("/p-1000001.html", document(1000001), site="http://m.wenku365.com")
    assert crawl_of(scrapy, tmp_path, "-a", f"url={FRONT}") == ["1000001"]
    assert url in web.asked
    record = json.loads((tmp_path / "x.jsonl").read_text())
    assert record["url"] == "https://www.wenku365.com/p-1000001.html"


def test_a_document_is_read_alone(
    web: Web, scrapy: Scrapy, document: Documents, tmp_path: Path
) -> None:
    url = web.put("/p-1000001.html", document(1000001, '<a href="/p-1000002.html">相关</a>'))
    assert crawl_of(scrapy, tmp_path, "-a", f"url={url}") == ["1000001"]
    assert set(web.asked) == {f"{FRONT}robots.txt", url}


def test_addresses_in_a_file(
    web: Web, scrapy: Scrapy, document: Documents, listing: Listings, tmp_path: Path
) -> None:
    web.put("/c-00011.html", listing("/p-1000001.html", "/p-1000002.html"))
    for doc_id in (1000001, 1000002):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    file = tmp_path / "urls.txt"
    file.write_text(f"\ufeff# lists\n\n{FRONT}c-00011.html\n  {FRONT}p-1000001.html\n")
    assert crawl_of(scrapy, tmp_path, "-a", f"urls={file}") == ["1000001", "1000002"]
    assert max(web.counts.values()) == 1


def test_ids_at_a_scheme_and_host(
    web: Web, scrapy: Scrapy, document: Documents, tmp_path: Path
) -> None:
    for doc_id in ("1000001", "1000002", "0007"):
        web.put(f"/p-{doc_id}.html", document(doc_id), site="http://m.wenku365.com")
    told = ("-a", "ids=1000001-1000002,0007,1000002", "-a", "url=http://m.wenku365.com/")
    assert crawl_of(scrapy, tmp_path, *told) == ["0007", "1000001", "1000002"]
    assert len(web.asked) == 4


def test_a_billion_ids_and_a_limit(
    web: Web, scrapy: Scrapy, document: Documents, tmp_path: Path
) -> None:
    for doc_id in range(1000000000, 1000000040):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    told = ("-a", "ids=1000000000-1999999999", "-a", f"url={FRONT}", "-a", "limit=5")
    assert len(crawl_of(scrapy, tmp_path, *told)) == 5
    assert len(web.asked) < 40


def test_depth(
    web: Web, scrapy: Scrapy, document: Documents, listing: Listings, tmp_path: Path
) -> None:
    web.put("/", listing("/p-1000001.html", "/c-1.html"))
    web.put("/c-1.html", listing("/p-1000002.html"))
    web.put("/p-1000001.html", document(1000001, '<a href="/p-1000003.html">相关</a>'))
    for doc_id in (1000002, 1000003):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    told = ("-a", f"url={FRONT}", "-a")
    assert crawl_of(scrapy, tmp_path, *told, "depth=1") == ["1000001"]
    assert crawl_of(scrapy, tmp_path, *told, "depth=2") == ["1000001", "1000002", "1000003"]
    none = scrapy("crawl", "wenku365", *FAST, *told, "depth=0")
    assert (none.returncode, "no document" in none.stderr) == (4, True)


def test_a_redirected_document(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents, tmp_path: Path
) -> None:
    url = web.put("/p-1000001.html", answer(status=301, headers={"Location": "/view/abc.html"}))
    web.put("/view/abc.html", document(1000001))
    assert crawl_of(scrapy, tmp_path, "-a", f"url={url}") == ["1000001"]


def test_an_alias_of_a_document_is_read_once(
    web: Web,
    scrapy: Scrapy,
    answer: type[Answer],
    document: Documents,
    listing: Listings,
    tmp_path: Path,
) -> None:
    web.put("/", listing("/old/1.html", "/old/2.html"))
    for path in ("/old/1.html", "/old/2.html"):
        web.put(path, answer(status=302, headers={"Location": "/p-1000001.html"}))
    web.put("/p-1000001.html", document(1000001))
    assert crawl_of(scrapy, tmp_path, "-a", f"url={FRONT}") == ["1000001"]


def test_every_reason_is_counted_and_none_decides_where_a_document_was_read(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents, tmp_path: Path
) -> None:
    wall = "<html><title>安全验证</title><body>请完成验证后继续访问"
    gone = "<html><title>提示</title><body><p>您访问的文档已被删除,请返回首页"
    login = "<html><title>用户登录</title><body><p>请先登录后查看"
    cut = gzip.compress(document(1).encode())[:40]
    pages = {
        "blocked": answer(body=wall.encode()),
        "gone": answer(body=gone.encode()),
        "login": answer(body=login.encode()),
        "wrong_document": answer(body=document(9999999).encode()),
        "empty": answer(),
        "not_html": answer(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}),
        "http_404": answer(status=404, body=b"<html>"),
        "http_500": answer(status=500, body=b"<html>"),
        "http_403": answer(status=403, body=b"<html>"),
        "connection_lost": answer(cut=True),
        "bad_encoding": answer(body=cut, headers={"Content-Encoding": "gzip"}),
        "too_large": answer(body=b"<p>" * 400_000),
        "redirect_loop": answer(status=302, headers={"Location": "?"}),
        "offsite": answer(status=302, headers={"Location": "http://www.example.org/"}),
        "http_503": answer(status=503, headers={"Retry-After": "99999"}),
        "robots": answer(),
        "not_a_document": answer(status=302, headers={"Location": "/"}),
    }
    web.put("/robots.txt", "User-agent: docshelf\nDisallow: /p-1000016.html\n")
    web.put("/", "<html><title>天天文库</title><body>首页")
    file = tmp_path / "urls.txt"
    urls = [web.put(f"/p-{1000001 + n}.html", page) for n, page in enumerate(pages.values())]
    urls.append(web.put("/p-1000099.html", document(1000099)))
    file.write_text("\n".join(urls))
    lines = tmp_path / "x.jsonl"
    done = scrapy(
        *("crawl", "wenku365", *FAST, "-a", f"urls={file}", "-O", lines),
        *("-s", "DOWNLOAD_MAXSIZE=1000000"),
    )
    assert done.returncode == 0, done.stderr
    assert ids(lines) == ["1000099"]
    for number, reason in enumerate(pages):
        assert f" {reason} " in done.stderr, reason
        row = next(line for line in done.stderr.splitlines() if f" {reason} " in line)
        assert row.split()[-4:] == ["1", "such", "as", f"{FRONT}p-{1000001 + number}.html"]
    assert "Traceback" not in done.stderr
    assert web.counts[urls[list(pages).index("http_500")]] == 5


def test_410_is_gone(web: Web, scrapy: Scrapy, answer: type[Answer]) -> None:
    url = web.put("/p-1000001.html", answer(status=HTTPStatus.GONE))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}")
    assert (done.returncode, " gone " in done.stderr) == (4, True)


def test_an_empty_list_is_no_success(web: Web, scrapy: Scrapy) -> None:
    web.put("/", "<html><title>天天文库</title><body><p>今天没有新的文档,请明天再来看看。</p>")
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}")
    assert (done.returncode, " no_links " in done.stderr) == (4, True)


def test_a_layout_that_changed(web: Web, scrapy: Scrapy) -> None:
    url = web.put("/p-1000001.html", f"<html><title></title><body>{'<p>新的版式</p>' * 300}")
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}")
    assert (done.returncode, "layout changed" in done.stderr) == (20, True)


def test_a_wall_before_the_front_page(web: Web, scrapy: Scrapy) -> None:
    web.put("/", "<html><title>安全验证</title><body>请完成验证后继续访问<a href='/'>返回</a>")
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}")
    assert (done.returncode, " blocked " in done.stderr) == (21, True)


def test_nobody_answers(web: Web, scrapy: Scrapy, answer: type[Answer]) -> None:
    url = web.put("/p-1000001.html", answer(cut=True))
    web.put("/robots.txt", answer(cut=True))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}")
    assert done.returncode == 24
    assert " connection_lost " in done.stderr
    assert "Traceback" not in done.stderr
    assert url not in web.asked


def test_nobody_is_there(scrapy: Scrapy) -> None:
    closed = "http://127.0.0.1:1"
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}", http_proxy=closed)
    assert (done.returncode, " connection_refused " in done.stderr) == (24, True)


def test_a_timeout(web: Web, scrapy: Scrapy, answer: type[Answer]) -> None:
    url = web.put("/p-1000001.html", answer(gate=threading.Event()))
    done = scrapy(
        *("crawl", "wenku365", *FAST, "-a", f"url={url}"),
        *("-s", "DOWNLOAD_TIMEOUT=0.5", "-s", "RETRY_TIMES=0"),
    )
    assert (done.returncode, " timeout " in done.stderr) == (24, True)


@pytest.mark.parametrize("name", ["jsonl", "jl", "jsonlines", "csv"])
def test_feeds_on_standard_output(web: Web, scrapy: Scrapy, document: Documents, name: str) -> None:
    url = web.put("/p-1000001.html", document(1000001))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", "-O", f"-:{name}")
    assert done.returncode == 0
    assert "防汛工作总结1000001" in done.stdout
    assert "standard output" in done.stderr
    assert "WARNING" not in done.stderr


def test_a_page_cut_short_does_not_replace_a_whole_one(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents
) -> None:
    packed = gzip.compress(document(1000001).encode())
    headers = {"Content-Encoding": "gzip"}
    url = web.put("/p-1000001.html", answer(body=packed, headers=headers))
    assert scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}").returncode == 0
    kept = scrapy("export").stdout
    web.put("/p-1000001.html", answer(body=packed[:-60], headers=headers))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", "-a", "again=1")
    assert (done.returncode, " bad_encoding " in done.stderr) == (4, True)
    assert scrapy("export").stdout == kept


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("DOCSHELF_DATABASE_URL", "sqlite:///{}/it's.db", "DOCSHELF_DATABASE_URL='sqlite:///"),
        ("DOCSHELF_DATA", "{}/a b", "DOCSHELF_DATA='"),
    ],
)
@pytest.mark.parametrize("way", ["environment", "setting"])
def test_the_hint_finds_what_was_kept(  # fixtures and parameters
    web: Web,
    scrapy: Scrapy,
    environment: dict[str, str],
    document: Documents,
    tmp_path: Path,
    name: str,
    value: str,
    shown: str,
    way: str,
) -> None:
    value = value.format(tmp_path)
    url = web.put("/p-1000001.html", document(1000001))
    crawl = ("crawl", "wenku365", *FAST, "-a", f"url={url}", "-O", f"{tmp_path}/%(name)s.jsonl")
    if way == "setting":
        done = scrapy(*crawl, "-s", f"{name}={value}")
    else:
        done = scrapy(*crawl, **{name: value})
    assert done.returncode == 0
    assert f"{tmp_path}/wenku365.jsonl\n" in done.stderr
    hint = done.stderr.splitlines()[-1]
    assert hint.startswith(f"Next: {shown}")
    command = hint.removeprefix("Next: ").replace("-o wenku365.jsonl", "-o -")
    told = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert told.stdout == (tmp_path / "wenku365.jsonl").read_bytes()
