"""What is sent, and which way."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import UnsupportedURLSchemeError

from crawler.fetching.download.asking import Proxy, Route, ask, ask_for_tunnel


@pytest.mark.parametrize(
    ("url", "line", "host"),
    [
        ("http://a.test", "/", "a.test"),
        ("http://A.test:80/b?c=/d#e", "/b?c=/d", "a.test"),
        ("http://a.test:8080?q=1", "/?q=1", "a.test:8080"),
        ("https://a.test:443/%E5%AD%97;x?y", "/%E5%AD%97;x?y", "a.test"),
        ("https://u:p@a.test:80/", "/", "a.test:80"),
        ("http://[::1]:81/", "/", "[::1]:81"),
        ("http://字.test/字", "/%E5%AD%97", "xn--p8s.test"),
    ],
)
def test_the_request_line_and_the_host(url: str, line: str, host: str) -> None:
    asked = ask(Request(url))
    assert asked.sent == asked.plain == f"GET {line} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    assert asked.url == Request(url).url.partition("#")[0]
    through = ask(Request(url, meta={"proxy": "http://proxy:3128"}))
    assert through.plain == asked.plain
    if url.startswith("http:"):
        start = f"GET http://{host}{line} HTTP/1.1\r\nHost: {host}\r\n"
        assert through.sent == f"{start}\r\n".encode()
    else:
        assert through.sent == asked.sent


def test_headers_keep_their_order_and_repeats() -> None:
    headers = {"X-b": ["2", "1"], "host": "other", "a": "\u5b57", "Cookie": "c=d"}
    asked = ask(Request("http://a.test/", headers=headers))
    assert asked.sent == (
        b"GET / HTTP/1.1\r\nX-B: 2\r\nX-B: 1\r\nHost: other\r\nA: \xe5\xad\x97\r\n"
        b"Cookie: c=d\r\n\r\n"
    )


def test_no_header_makes_another() -> None:
    headers = {"A": "b\r\nX: y\r\n\r\nGET /", "C\nD": "e\0f", "Proxy-Authorization": "g\nH: i"}
    meta = {"proxy": "proxy"}
    asked = ask(Request("http://a.test/", headers=headers, meta=meta))
    assert asked.plain.split(b"\r\n") == [
        b"GET / HTTP/1.1",
        b"Host: a.test",
        b"A: b X: y GET /",
        b"C D: e f",
        b"",
        b"",
    ]
    assert b"\r\nProxy-Authorization: g H: i\r\n" in asked.sent


@pytest.mark.parametrize(
    "url", ["http://a.test/b c", "http://a.test/\r\nX:y", "http://a.test/\u5b57"]
)
def test_an_address_taken_as_it_is_must_be_one(url: str) -> None:
    with pytest.raises(UnsupportedURLSchemeError, match="blanks or control characters"):
        ask(Request(url, meta={"verbatim_url": True}))


def test_who_may_share_a_connection() -> None:
    def route(
        url: str = "http://a.test/", authorization: str | None = None, **meta: object
    ) -> Route:
        headers = {"Proxy-Authorization": authorization} if authorization else {}
        return ask(Request(url, headers=headers, meta=dict(meta))).route

    same = [route(), route("http://A.TEST:80/b"), route(bindaddress=None, proxy=None)]
    assert len(set(same)) == 1
    other = [
        route(),
        route("http://a.test:81/"),
        route("https://a.test:80/"),
        route("http://b.test/"),
        route(bindaddress="127.0.0.2"),
        route(proxy="http://proxy:3128"),
        route(proxy="https://proxy:3128"),
        route(proxy="http://proxy:3128", authorization="Basic eDp5"),
    ]
    assert len(set(other)) == len(other)


def test_the_tunnel_of_a_numeric_address() -> None:
    route = Route(True, "::1", 443, Proxy(False, "proxy", 3128, None), None)  # noqa: FBT003
    assert ask_for_tunnel(route) == b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"
