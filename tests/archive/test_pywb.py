"""The archive replayed by pywb, which lives in an environment of its own.

It cannot share ours: it wants an old cryptography, and a brotli that replaces the right one.
``pywb.lock`` pins it: ``python3 -m venv .venv/pywb`` and ``.venv/pywb/bin/pip install
--require-hashes -r tests/archive/pywb.lock``.
"""

from __future__ import annotations

import http.client
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from crawler.archive.answer import read_answer
from crawler.archive.records import Earlier
from tests.archive.replay import collect, served, wayback

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPMessage
    from pathlib import Path

    from crawler.archive.keeping import Capture, Keeper
    from crawler.exchange import Exchange


pytestmark = pytest.mark.skipif(wayback() is None, reason="pywb is not installed")


def get(port: int, path: str) -> tuple[int, HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with closing(connection):
        headers = {"Accept-Encoding": "gzip"}  # pywb unpacks for who does not ask
        connection.request("GET", quote(path, safe="/:?=&%*"), headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def replayed(port: int, capture: Capture) -> tuple[int, HTTPMessage, bytes]:
    moment = capture.captured_at.strftime("%Y%m%d%H%M%S")
    return get(port, f"/kept/{moment}id_/{capture.url}")


@pytest.fixture
def sent(make_exchange: Callable[..., Exchange], hostile: list[Exchange]) -> list[Exchange]:
    """Give what pywb can replay: it knows no trailers, and counts no cut answer as whole."""
    whole = [e for e in hostile if not e.truncated and b"Trailer" not in e.response]
    chunks = b"5;name=value\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [*whole, make_exchange(98, response=head + chunks)]


def test_it_replays_what_the_server_sent(
    make_keeper: Callable[..., Keeper],
    make_exchange: Callable[..., Exchange],
    sent: list[Exchange],
    tmp_path: Path,
) -> None:
    keeper = make_keeper()
    captures = [keeper.write(exchange) for exchange in sent]
    first = captures[0]
    again = make_exchange(99, url=first.url, response=sent[0].response.replace(b"a=1", b"a=2"))
    known = Earlier(url=first.url, captured_at=first.captured_at, payload_digest=first.digest)
    revisit = keeper.write(again, (known,))
    keeper.close()
    collect(tmp_path / "warc" / first.file, tmp_path / "served" / "collections" / "kept")

    with served(tmp_path / "served") as port:
        for exchange, capture in zip(sent, captures, strict=True):
            status, headers, body = replayed(port, capture)
            answer = read_answer(exchange.response)
            assert answer is not None
            assert (status, body) == (answer.status, answer.sent_body()), capture.url
            cookies = [value.encode() for value in headers.get_all("Set-Cookie") or []]
            assert cookies == answer.get_all("Set-Cookie")
        status, headers, body = replayed(port, revisit)
        assert (status, headers.get_all("Set-Cookie"), body) == (200, ["a=2", "b=2"], b"page")
        _, _, listed = get(port, "/kept/cdx?url=www.example.com/*&output=json")
        assert listed.count(b"\n") == len(captures) + 1
