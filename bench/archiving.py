"""Measure the archive alone: what a page costs that is written, and one that is read back."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastwarc import ArchiveIterator
from reading import sample
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.keeping import Keeper
from crawler.archive.reader import read_records
from crawler.archive.records import RunInfo
from crawler.demo.options import NO_FAULTS, DemoOptions
from crawler.demo.site import DemoSite
from crawler.demo.sites import SITES
from crawler.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 5
COPIES: Final = 5
INFO: Final = RunInfo(software="docshelf", run="bench")
REQUEST: Final = (
    b"GET %s HTTP/1.1\r\nHost: www.wenku365.com\r\nAccept: text/html\r\n"
    b"User-Agent: docshelf\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
)
HEADERS: Final = (("Content-Type", "text/html; charset=utf-8"), ("Server", "demo"))


def report() -> list[str]:
    """Return what was measured, as lines of Markdown."""
    demo = DemoSite(SITES[0], DemoOptions(documents=600, rates=NO_FAULTS))
    exchanges = [_exchange(url, body) for url, body in sample(demo)] * COPIES
    size = statistics.mean(len(exchange.response) for exchange in exchanges) / 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write, naive = _times(
            (lambda: _write(folder, exchanges), lambda: _write_naively(exchanges)), len(exchanges)
        )
        (path, *_) = folder.glob("*.warc.gz")
        read, fast = _times((lambda: _read(path), lambda: _read_fast(path)), len(exchanges))
    rows = (
        (
            "written, indexed, synced",
            write,
            f"{naive:.2f} with warcio, which only writes each pair",
        ),
        ("read back", read, f"{fast:.2f} with fastwarc"),
    )
    return [
        "| archive alone: request and answer | kB a page | ms CPU a page | beside it |",
        "|-|-:|-:|-|",
        *(f"| {what} | {size:.0f} | **{ours:.2f}** | {beside} |" for what, ours, beside in rows),
    ]


def _exchange(url: str, body: bytes) -> Exchange:
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS)
    return Exchange(
        url=url,
        request=REQUEST % url.encode(),
        response=f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body,
        started_at=datetime.now(UTC),
        ip="192.0.2.7",
        truncated=None,
    )


def _write(folder: Path, exchanges: list[Exchange]) -> None:
    keeper = Keeper(folder, INFO)
    for exchange in exchanges:
        keeper.write(exchange)
    keeper.close()


def _write_naively(exchanges: list[Exchange]) -> None:
    with tempfile.TemporaryFile() as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for exchange in exchanges:
            body = exchange.response.partition(b"\r\n\r\n")[2]
            head = StatusAndHeaders("200 OK", list(HEADERS), protocol="HTTP/1.1")
            answer = writer.create_warc_record(
                exchange.url, "response", payload=BytesIO(body), http_headers=head
            )
            asked = StatusAndHeaders(f"GET {exchange.url} HTTP/1.1", [], is_http_request=True)
            request = writer.create_warc_record(exchange.url, "request", http_headers=asked)
            writer.write_request_response_pair(request, answer)


def _read(path: Path) -> None:
    for _ in read_records(path):
        pass


def _read_fast(path: Path) -> None:
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            record.reader.read()


def _times(works: tuple[Callable[[], None], ...], pages: int) -> list[float]:
    """Return the CPU milliseconds a page of each of *works*, medians of rounds in turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, times in zip(works, taken, strict=True):
            begun = time.process_time()
            work()
            times.append((time.process_time() - begun) * 1000 / pages)
    return [statistics.median(times) for times in taken]
