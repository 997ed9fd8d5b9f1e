"""An archive and its database, as a crawl leaves them, without a crawl."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crawler.archive.keeping import Keeper
from crawler.archive.reader import Record, read_records
from crawler.archive.records import Earlier, RunInfo
from crawler.collection.records import Sites, read_record
from crawler.collection.verify import Verification
from crawler.exchange import Exchange
from crawler.storage import database_url, open_store
from crawler.storage.tables import CAPTURES, DOCUMENTS
from spiders.wenku365 import Wenku365Page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import Connection, Executable

    from crawler.archive.keeping import Capture
    from crawler.storage import Store

START = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
SITES = Sites([Wenku365Page])
ANSWER = "HTTP/1.1 {} OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n"


def exchange(number: int, body: str, *, path: str = "", status: int = 200) -> Exchange:
    """Return what was asked and answered in the second *number*."""
    target = path or f"/p-{number:08}.html"
    data = body.encode()
    return Exchange(
        url=f"http://www.wenku365.com{target}",
        request=f"GET {target} HTTP/1.1\r\nHost: www.wenku365.com\r\n\r\n".encode(),
        response=ANSWER.format(status, len(data)).encode() + data,
        started_at=START + timedelta(seconds=number),
        ip="192.0.2.7",
        truncated=None,
    )


def page(number: int, pages: int = 11) -> str:
    """Return the page of the document *number*."""
    return f"""<!doctype html><title>防汛工作总结{number}-天天文库</title>
    <p>ID:{number:08}</p><p>大小:58.50 KB</p><p>页数:{pages}页</p><p>时间:2018-11-19</p>
    <p>《防汛工作总结{number}》由会员上传分享,免费在线阅读,更多相关内容在学术论文-天天文库。</p>
    <p>1、今年入汛以来,各村按照要求检查了堤防和泵站。</p>
    <p>此文档下载收益归作者所有</p>"""


def a_crawl() -> list[Exchange]:
    """Return a robots.txt, a list, six documents, one of them twice, and a page that is gone."""
    links = "".join(f'<p><a href="/p-{number:08}.html">第{number}篇</a>' for number in range(3, 9))
    return [
        exchange(1, "User-agent: *\nAllow: /\n", path="/robots.txt"),
        exchange(2, f"<title>文档列表</title>{links}", path="/list-1.html"),
        *(exchange(number, page(number)) for number in range(3, 9)),
        exchange(9, "<title>404</title>", status=404),
        exchange(10, page(4, pages=12), path="/p-00000004.html"),
    ]


@dataclass
class Shelf:
    """An archive in ``warc`` of a folder, and the database that belongs to it."""

    folder: Path
    url: str
    """The address of the database, as ``DOCSHELF_DATABASE_URL`` takes it."""
    captures: list[Capture] = field(default_factory=list)

    @property
    def warc(self) -> Path:
        return self.folder / "warc"

    @property
    def files(self) -> list[Path]:
        return sorted(self.warc.glob("*.warc.gz"))

    def open(self) -> Store:
        return open_store(database_url({"DOCSHELF_DATABASE_URL": self.url}))

    def keeper(self, serial: int = 0) -> Keeper:
        """Return a keeper whose files are called by *serial*."""
        info = RunInfo(software="docshelf/0", run="r", host="shelf.example")
        return Keeper(self.warc, info, clock=lambda: START + timedelta(days=serial))

    def fill(self) -> None:
        """Keep a crawl, and a second one that finds two pages as they were."""
        first = self.keeper()
        captures = [first.write(one) for one in a_crawl()]
        first.close()
        second = self.keeper(1)
        for number, known in ((5, captures[4]), (6, captures[5])):
            again = exchange(20 + number, page(number), path=f"/p-{number:08}.html")
            captures.append(second.write(again, [_earlier(known)]))
        second.close()
        self.captures = captures
        self.learn()

    def learn(self) -> None:
        """Keep in the database what the records of the closed files are."""
        records = [one for path in self.files for one in read_records(path)]
        known = {one.record_id: one for one in records if isinstance(one, Record)}
        with self.open() as store:
            for record in known.values():
                read = read_record(record, SITES, known.get(record.refers_to_id or ""))
                if read is not None:
                    store.upsert([read.document] if read.document else [], [read.capture])

    def rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return all documents and all captures."""
        queries = (
            select(DOCUMENTS).order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id),
            select(CAPTURES).order_by(CAPTURES.c.record_id),
        )
        with self.open() as store, store.reading() as connection:
            documents, captures = (
                [dict(row) for row in connection.execute(query).mappings()] for query in queries
            )
        return documents, captures

    def change(self, *statements: Executable) -> None:
        """Change the database behind everybody's back."""

        def work(connection: Connection) -> None:
            for statement in statements:
                connection.execute(statement)

        with self.open() as store:
            store.write(work)

    def said(self) -> list[str]:
        """Return what is wrong, as it is told."""
        with self.open() as store:
            return list(map(str, Verification.of_archive(self.warc, store).run()))


def contents(folder: Path) -> dict[str, bytes]:
    """Return what each file of *folder* holds."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put_back(folder: Path, before: dict[str, bytes]) -> None:
    """Make *folder* hold what it held."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in before.items():
        (folder / name).write_bytes(data)


def responses(path: Path) -> Iterable[Record]:
    """Return the records of *path* that are answers."""
    return (
        record
        for record in read_records(path)
        if isinstance(record, Record) and record.kind in {"response", "revisit"}
    )


def _earlier(capture: Capture) -> Earlier:
    return Earlier(
        url=capture.url,
        captured_at=capture.captured_at,
        payload_digest=capture.digest,
        record_id=capture.record_id,
    )
