from __future__ import annotations

import gzip
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.archive.reader import Record
from crawler.archive.records import digest
from crawler.exchange import Exchange
from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.answers import recorded_exchange, replayed_exchange, response_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = "http://www.wenku365.com/p-1.html"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PACKED = gzip.compress(b"page", mtime=0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: 1\r\n\r\n"


def record(kind: str, block: bytes, **fields: str) -> Record:
    usual = {
        "warc-type": kind,
        "warc-target-uri": PAGE,
        "warc-date": "2026-01-02T03:04:05.000006Z",
        "content-type": "application/http; msgtype=response",
    }
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return Record(
        file="a.warc.gz",
        offset=0,
        length=1,
        version="1.1",
        is_packed=True,
        fields=usual | named,
        block=block,
    )


def replay(
    headers: Mapping[str, str | list[str]],
    body: bytes = b"page",
    *,
    status: int = 200,
    moment: datetime = MOMENT,
) -> Exchange | None:
    said: dict[str, Any] = {"Memento-Datetime": format_datetime(moment, usegmt=True), **headers}
    response = Response("http://replay.example/", status=status, headers=said, body=body)
    return replayed_exchange(PAGE, MOMENT, response, source="http://replay.example/")


def test_a_response_is_as_it_was() -> None:
    kept = record("response", HEAD + b"page", warc_ip_address="192.0.2.7", warc_truncated="length")
    exchange = recorded_exchange(kept, source="a.warc.gz", request=b"GET / HTTP/1.1\r\n\r\n")
    assert exchange == Exchange(
        url=PAGE,
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=HEAD + b"page",
        started_at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        ip="192.0.2.7",
        truncated="length",
        source="a.warc.gz",
    )


def test_what_was_rebuilt_stays_so() -> None:
    kept = record("response", HEAD, docshelf_rebuilt="head", docshelf_asked_uri="http://a.example/")
    exchange = recorded_exchange(kept, source="a")
    assert (exchange.is_rebuilt, exchange.asked) == (True, "http://a.example/")
    odd = recorded_exchange(record("response", HEAD, warc_truncated="odd"), source="a")
    assert odd.truncated == "unspecified"


@pytest.mark.parametrize(
    ("own", "head", "is_rebuilt"),
    [
        (HEAD.replace(b"1\r\n", b"2\r\n"), HEAD.replace(b"1\r\n", b"2\r\n"), False),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", HEAD, True),
        (HEAD.replace(b"X: 1", b"Transfer-Encoding: chunked"), HEAD, True),
        (HEAD.replace(b"X: 1", b"Content-Encoding: gzip"), HEAD, True),
        (b"", HEAD, True),
    ],
)
def test_a_revisit_has_the_body_that_it_repeats(own: bytes, head: bytes, is_rebuilt: bool) -> None:  # noqa: FBT001
    original = record("response", HEAD + b"page")
    exchange = recorded_exchange(record("revisit", own), source="a", original=original)
    assert (exchange.response, exchange.is_rebuilt) == (head + b"page", is_rebuilt)
    with pytest.raises(Refusal, match="unresolved"):
        recorded_exchange(record("revisit", own), source="a")


@pytest.mark.parametrize(
    ("kind", "told", "said"),
    [
        ("conversion", "text/plain", "text/plain; charset=utf-8"),
        ("conversion", "text/plain;charset=gbk", "text/plain;charset=gbk"),
        ("resource", "text/html", "text/html"),
    ],
)
def test_what_has_no_head_gets_one(kind: str, told: str, said: str) -> None:
    text = record(kind, "文档".encode(), content_type=told)
    exchange = recorded_exchange(text, source="a")
    response = response_of(exchange, Request(PAGE))
    assert (exchange.is_http, exchange.is_rebuilt) == (True, True)
    assert (response.status, response.body) == (200, "文档".encode())
    assert response.headers[b"Content-Type"] == said.encode()


def test_scrapy_gets_the_body_without_its_chunks() -> None:
    head = HEAD.replace(
        b"X: 1", b"Set-Cookie: a=1\r\nset-cookie: b=2\r\nTransfer-Encoding: chunked"
    )
    exchange = recorded_exchange(record("response", head + b"4\r\npage\r\n0\r\n\r\n"), source="a")
    response = response_of(exchange, Request(PAGE))
    assert (response.body, response.url, response.flags) == (b"page", PAGE, [])
    assert response.headers.getlist("Set-Cookie") == [b"a=1", b"b=2"]


def test_what_is_cut_says_so() -> None:
    kept = record("response", HEAD, warc_truncated="time")
    assert response_of(recorded_exchange(kept, source="a"), Request(PAGE)).flags == ["dataloss"]


@pytest.mark.parametrize(
    "block",
    [
        b"SSH-2.0\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\npage",
    ],
)
def test_what_is_no_answer(block: bytes) -> None:
    exchange = recorded_exchange(record("response", block), source="a")
    with pytest.raises(Refusal, match="bad_answer"):
        response_of(exchange, Request(PAGE))


def test_a_replay_tells_the_head() -> None:
    exchange = replay(
        {
            "Content-Type": "text/html; charset=gbk",
            "Server": "replay",
            "Date": "Tue, 24 Nov 2026 08:00:00 GMT",
            "Link": "<http://a>; rel=original",
            "Set-Cookie": ["a=1", "b=2"],
            "X-Archive-Orig-Server": "nginx",
            "X-Archive-Orig-Content-Length": "9999",
            "X-Archive-Orig-Transfer-Encoding": "chunked",
            "X-Archive-Src": "a.warc.gz",
        }
    )
    assert exchange is not None
    assert exchange.response == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nSet-Cookie: a=1\r\n"
        b"Set-Cookie: b=2\r\nServer: nginx\r\nContent-Length: 4\r\n\r\npage"
    )
    assert (exchange.started_at, exchange.is_rebuilt, exchange.request) == (MOMENT, True, b"")
    assert exchange.source == "http://replay.example/"


@pytest.mark.parametrize(
    ("headers", "body", "coding"),
    [
        ({"Content-Encoding": "gzip"}, PACKED, [b"gzip"]),
        ({"X-Archive-Orig-Content-Encoding": "gzip"}, PACKED, [b"gzip"]),
        ({"X-Archive-Orig-Content-Encoding": "gzip"}, b"page", []),
        ({"X-Archive-Orig-Content-Encoding": "br"}, b"page", []),
        (
            {"Content-Encoding": "gzip", "X-Archive-Orig-Content-Encoding": "gzip"},
            PACKED,
            [b"gzip"],
        ),
    ],
)
def test_the_encoding_is_that_of_what_came(
    headers: dict[str, str], body: bytes, coding: list[bytes]
) -> None:
    exchange = replay(headers, body)
    assert exchange is not None
    response = response_of(exchange, Request(PAGE))
    assert (response.headers.getlist("Content-Encoding"), response.body) == (coding, body)


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("http://r.example/web/20260102030405id_/http://a.example/b?c=1", "http://a.example/b?c=1"),
        ("/kept/20260102030405id_/https://a.example/", "https://a.example/"),
        ("http://a.example/2026/b", "http://a.example/2026/b"),
    ],
)
def test_a_captured_redirect_leads_where_it_led(location: str, wanted: str) -> None:
    exchange = replay({"Location": location}, b"", status=302)
    assert exchange is not None
    response = response_of(exchange, Request(PAGE))
    assert (response.status, response.headers[b"Location"]) == (302, wanted.encode())
    assert exchange.response.startswith(b"HTTP/1.1 302 Found\r\n")


def test_what_a_replay_does_not_have() -> None:
    assert replay({}, moment=MOMENT.replace(second=6)) is None
    for said in ("yesterday", ""):
        assert replay({"Memento-Datetime": said}) is None
    bare = Response("http://replay.example/", body=b"page")
    assert replayed_exchange(PAGE, MOMENT, bare, source="a") is None


def test_the_payload_is_that_of_the_original() -> None:
    exchange = replay({}, b"page")
    assert exchange is not None
    assert digest(exchange.response.partition(b"\r\n\r\n")[2]) == digest(b"page")
