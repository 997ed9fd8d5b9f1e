"""Exchanges to keep, and an archive that holds them."""

from __future__ import annotations

import gzip
import itertools
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pytest

from crawler.archive.keeping import Keeper, Rotation
from crawler.archive.records import RunInfo
from crawler.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from crawler.archive.keeping import Capture

START = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
PAGE = "<html><title>年度报告</title><p>大小：58.50 KB</p>".encode() + b"<p>text</p>" * 40
PACKED = gzip.compress(PAGE, mtime=0)


class ExchangeFactory(Protocol):
    """Makes the exchange of a number; *changes* are its fields that matter to a test."""

    def __call__(self, number: int = 1, **changes: object) -> Exchange: ...


@pytest.fixture(scope="session")
def make_exchange() -> ExchangeFactory:
    def make(number: int = 1, **changes: object) -> Exchange:
        target = f"/p-{number}.html?from=search"
        fields: dict[str, object] = {
            "url": f"http://www.example.com{target}",
            "request": f"GET {target} HTTP/1.1\r\nHost: www.example.com\r\n\r\n".encode(),
            "response": page_answer(number),
            "started_at": START + timedelta(seconds=number),
            "ip": "192.0.2.7",
            "truncated": None,
        }
        return Exchange(**(fields | changes))  # type: ignore[arg-type]  # as the test says

    return make


def page_answer(number: int, copies: int = 1) -> bytes:
    body = PAGE * copies + f"<p>{number}</p>".encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}"
    )
    return head.encode() + b"\r\n\r\n" + body


@pytest.fixture(scope="session")
def hostile(make_exchange: ExchangeFactory) -> list[Exchange]:
    """Answers as servers give them, the good and the odd."""
    html = b"Content-Type: text/html\r\n"
    chunks = b"5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
    packed = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED
    wire = [
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 4\r\n\r\npage",
        b"HTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nX: \xc4\xea\xb6\xc8\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n" + html + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
        b"HTTP/1.1 200 Fine\r\n" + html + packed,
        b"HTTP/1.0 302 Found\r\nLocation: /p-1.html\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nNo colon here\r\nFolded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Type: text/plain\n\nbare line feeds",
    ]
    whole = [make_exchange(number, response=answer) for number, answer in enumerate(wire, 1)]
    return [
        *whole,
        make_exchange(
            20,
            response=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nonly",
            truncated="disconnect",
        ),
        make_exchange(21, response=b"HTTP/1.1 200 OK\r\nContent-Ty", truncated="time"),
        make_exchange(22, url="https://example.com/文档?q=年度", ip=None),
        make_exchange(
            23, request=b"POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nq=1", ip="::1"
        ),
        make_exchange(24, response=page_answer(24, copies=500)),
    ]


@pytest.fixture(scope="session")
def garbage(make_exchange: ExchangeFactory) -> Exchange:
    """Return an answer that was not HTTP."""
    return make_exchange(30, response=b"\x00\x01 SSH-2.0\r\n\r\nhello", is_http=False)


@pytest.fixture
def info() -> RunInfo:
    return RunInfo(
        software="docshelf/0.1.0",
        run="demo-1",
        operator="https://operator.example",
        user_agent="docshelf/0.1.0 (+https://operator.example)",
        host="shelf.example",
    )


def numbered_ids() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: f"urn:uuid:00000000-0000-4000-8000-{next(numbers):012}"


@pytest.fixture
def make_keeper(tmp_path: Path, info: RunInfo) -> Callable[..., Keeper]:
    """Return a function that makes a keeper of ``tmp_path/warc`` with a clock that stands."""

    def make(rotation: Rotation | None = None, *, holds: bool = False) -> Keeper:
        return Keeper(
            tmp_path / "warc",
            info,
            rotation=rotation or Rotation(),
            holds=holds,
            clock=lambda: START,
            new_id=numbered_ids(),
        )

    return make


@pytest.fixture
def keep(
    make_keeper: Callable[..., Keeper], tmp_path: Path
) -> Callable[[Iterable[Exchange]], tuple[Path, list[Capture]]]:
    """Return a function that keeps exchanges in one closed file, and says where they are."""

    def run(exchanges: Iterable[Exchange]) -> tuple[Path, list[Capture]]:
        keeper = make_keeper()
        captures = [keeper.write(exchange) for exchange in exchanges]
        keeper.close()
        return tmp_path / "warc" / captures[0].file, captures

    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of its own, of a megabyte, where such may be mounted."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nobody may mount a disk here")
    yield folder
    subprocess.run(["umount", folder], check=True)  # noqa: S607 - where mount is
