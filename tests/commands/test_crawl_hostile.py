"""A crawl of a server that does all that servers do: what it sent is what the archive holds."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.archive.cdxj import index_path
from crawler.archive.reader import Record, read_records
from crawler.archive.verify import verify_folder
from tests.fetching.hostile import Act, HostileServer

if TYPE_CHECKING:
    from tests.commands.conftest import Documents

PROJECT = Path(__file__).parents[2]
SITE = "http://www.wenku365.com"
BIN = Path(sys.executable).parent
LIST = b'<title>list</title><a href="/p-1000001.html">one</a>'
NOT_HTTP = "com,wenku365)/p-1000008.html"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def sized(body: bytes, head: bytes = OK) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes, head: bytes = OK) -> bytes:
    half = len(body) // 2
    chunks = [b"%X;ext=1\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])]
    return head + b"transfer-encoding: chunked\r\n\r\n" + b"".join(chunks) + b"0\r\nT: x\r\n\r\n"


def answers(document: Documents) -> dict[str, tuple[Act, str, str | None]]:
    """Return what the server does at each path, the verdict on it, and why it is cut."""

    def page(number: int) -> bytes:
        return document(1_000_000 + number).encode()

    twice = OK.replace(
        b"\r\n", b"\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Name: \xd6\xd0\r\n", 1
    )
    odd = OK.replace(b"200 OK", b"200 \xba\xc3 Very   Fine")
    zipped = chunked(gzip.compress(page(3), mtime=0), OK + b"Content-Encoding: GZIP\r\n")
    deflated = sized(zlib.compress(page(7)), OK + b"Content-Encoding: deflate\r\n")
    torn = OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"
    unchanged = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    acts = (
        (Act(sized(page(1), twice)), "document", None),
        (Act(chunked(page(2), odd)), "document", None),
        (Act(zipped, "close"), "document", None),
        (Act(OK.replace(b"1.1", b"1.0") + b"\r\n" + page(4), "close"), "document", None),
        (Act(sized(page(5))[:-20], "close"), "truncated", "disconnect"),
        (Act(sized(b"x" * 20_000_000), "close"), "truncated", "length"),
        (Act(deflated), "document", None),
        (Act(b"<p>no head at all</p>", "close"), "bad_answer", None),
        (Act(sized(b"", b"HTTP/1.1 404 \r\n")), "http_404", None),
        (Act(unchanged), "unchanged", None),
        (Act(torn, "close"), "bad_answer", None),
        (Act(sized(page(12)), "close"), "document", None),
    )
    told = {f"/p-{1_000_000 + number}.html": act for number, act in enumerate(acts, start=1)}
    return {**told, "/list-1.html?from=search&x=%E4%B8%AD": (Act(sized(LIST)), "list", None)}


def test_the_archive_holds_what_was_on_the_wire(document: Documents, tmp_path: Path) -> None:
    told = answers(document)
    robots = Act(sized(b"User-agent: *\nDisallow:", b"HTTP/1.1 200 OK\r\n"))
    acts = {path.partition("?")[0]: [act] for path, (act, _, _) in told.items()}
    acts["/robots.txt"] = [robots]
    urls = tmp_path / "urls.txt"
    urls.write_text("".join(f"{SITE}{path}\n" for path in told))
    with HostileServer(acts) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "scrapy", "crawl", "wenku365", "-a", f"urls={urls}"),
                *("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0"),
            ],
            cwd=PROJECT,
            env={
                **os.environ,
                "DOCSHELF_DATA": str(tmp_path),
                "DOCSHELF_DATABASE_URL": f"sqlite:///{tmp_path}/d.db",
                "http_proxy": server.url,
                "no_proxy": "",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    (path,) = (tmp_path / "warc").glob("*.warc.gz")
    records = [record for record in read_records(path) if isinstance(record, Record)]
    sent = {
        record.url.removeprefix(SITE): record for record in records if record.kind == "response"
    }
    for target, (act, verdict, truncated) in told.items():
        record = sent.pop(target)
        assert act.data.startswith(record.block), target
        assert (truncated == "length") == (len(record.block) < len(act.data)), target
        assert record.fields.get("warc-truncated") == truncated, target
        assert "warc-ip-address" not in record.fields
        assert captured(tmp_path, record) == verdict, target
    assert sent.pop("/robots.txt").block == robots.data
    assert not sent
    asked = {record.block.split(b" ")[1].decode() for record in records if record.kind == "request"}
    assert asked == {*told, "/robots.txt"}  # in origin form, though it went to a proxy
    judge(path)


def captured(folder: Path, record: Record) -> str:
    """Return the verdict of the database on *record*."""
    with sqlite3.connect(folder / "d.db") as connection:
        query = "SELECT verdict FROM captures WHERE record_id = ? AND file = ? AND offset = ?"
        row = connection.execute(query, (record.record_id, record.file, record.offset)).fetchone()
    return str(row[0])


def judge(path: Path) -> None:
    """Let others say that the archive is as the standards have it."""
    assert list(verify_folder(path.parent)) == []
    for command in (["gzip", "-t"], [BIN / "warcio", "check"], [BIN / "fastwarc", "check"]):
        subprocess.run([*command, path], check=True, capture_output=True)
    indexed = subprocess.run(
        [BIN / "cdxj-indexer", "--sort", path], check=True, capture_output=True, text=True
    )
    ours = index_path(path).read_text(encoding="utf-8").splitlines()
    # It takes the first words of what is not HTTP for a status.
    pairs = zip(ours, indexed.stdout.splitlines(), strict=True)
    assert {mine.split(" ")[0] for mine, theirs in pairs if mine != theirs} <= {NOT_HTTP}
