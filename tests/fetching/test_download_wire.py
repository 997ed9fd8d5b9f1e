"""What is kept of an exchange, byte for byte beside what the server got and sent."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.fetching.download.connection import Connection
from tests.fetching.hostile import Act, Client, HostileServer, TunnelProxy, make_tls

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.exchange import Exchange

COMPRESSED = zlib.compress(b"text" * 100)
ANSWERS = {
    "/plain": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "/repeated": b"HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nX: y\r\nSet-Cookie: b=2\r\n"
    b"Content-Length: 1\r\n\r\nx",
    "/reason": b"HTTP/1.1 404 N\xf6pe,  nothing \r\nContent-Length: 1\r\n\r\nx",
    "/no-reason": b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
    "/latin": b"HTTP/1.1 200 OK\r\nX-Title: \xe9t\xe9 \xff\xfe\r\nContent-Length: 1\r\n\r\nx",
    "/folded": b"HTTP/1.1 200 OK\r\nX: a\r\n\tb\r\nContent-Length: 1\r\n\r\nx",
    "/no-colon": b"HTTP/1.1 200 OK\r\nwhat is this\r\nContent-Length: 1\r\n\r\nx",
    "/lines": b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx",
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'04;a="b"\r\nbo\r\n\r\n1\r\nd\r\n0\r\nX-Sum: \xff\r\n\r\n',
    "/encoded": b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %d\r\n\r\n%s"
    % (len(COMPRESSED), COMPRESSED),
    "/equal-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "/204": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "/304": b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 999\r\n\r\n',
    "/301": b"HTTP/1.1 301 Moved\r\nLocation: /plain\r\nContent-Length: 1\r\n\r\nx",
    "/503": b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 1\r\n\r\nx",
    "/robots.txt": b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx",
}
ENDING = {
    "/1.0": b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nbody\r\n",
    "/unending": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000,
    "/closing": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
}
BODIES = {
    "/plain": b"body",
    "/chunked": b"bo\r\nd",
    "/encoded": COMPRESSED,
    "/204": b"",
    "/304": b"",
    "/1.0": b"body\r\n",
    "/unending": b"x" * 100_000,
}
ACTS = {
    **{path: [Act(data)] for path, data in ANSWERS.items()},
    **{path: [Act(data, "close")] for path, data in ENDING.items()},
}


@pytest.fixture(params=[None, 7, 1])
def segments(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no more bytes come at once than this."""
    if not request.param:
        return
    whole = Connection.data_received

    def piecemeal(self: Connection, data: bytes) -> None:
        for start in range(0, len(data), request.param):
            whole(self, data[start : start + request.param])

    monkeypatch.setattr(Connection, "data_received", piecemeal)


async def _ask_all(url: str, client: Client, **meta: object) -> None:
    for path, data in (ANSWERS | ENDING).items():
        response = await client.get(f"{url}{path}?q=%E5%AD%97&r=/", **meta)
        assert response.status == int(data[9:12])
        assert response.body == BODIES.get(
            path, b"x" if data.endswith(b"\r\n\r\nx") else response.body
        )
        assert response.url == f"{url}{path}?q=%E5%AD%97&r=/"


def _check(exchanges: list[Exchange], server: HostileServer, *, ip: str | None) -> None:
    wire = (ANSWERS | ENDING).items()
    now = datetime.now(UTC)
    for exchange, (path, data), received in zip(exchanges, wire, server.received, strict=True):
        assert exchange.url == f"{server.url}{path}?q=%E5%AD%97&r=/"
        assert exchange.response == data
        assert exchange.request == received
        assert exchange.ip == ip
        assert exchange.is_http
        assert exchange.truncated is None
        assert timedelta(0) <= now - exchange.started_at < timedelta(minutes=1)


@pytest.mark.usefixtures("segments")
@pytest.mark.parametrize("is_secure", [False, True])
def test_what_is_kept_is_what_was_on_the_wire(tmp_path: Path, *, is_secure: bool) -> None:
    tls = make_tls(tmp_path)[0] if is_secure else None

    async def run() -> list[Exchange]:
        async with Client() as client:
            await _ask_all(server.url, client)
            return client.exchanges

    with HostileServer(ACTS, tls) as server:
        _check(asyncio.run(run()), server, ip="127.0.0.1")
    assert server.connections == len(ENDING)


@pytest.mark.usefixtures("segments")
def test_through_a_proxy_the_request_is_kept_as_without_it() -> None:
    async def run() -> list[Exchange]:
        async with Client() as client:
            headers = {"Proxy-Authorization": "Basic c2VjcmV0"}
            for path in ANSWERS:
                await client.get(f"http://a.test{path}?q", headers=headers, proxy=proxy.url)
            return client.exchanges

    with HostileServer(ACTS) as proxy:
        exchanges = asyncio.run(run())
    wire = ANSWERS.items()
    for exchange, (path, data), received in zip(exchanges, wire, proxy.received, strict=True):
        assert received.startswith(
            b"GET http://a.test%s?q HTTP/1.1\r\nProxy-Authorization: Basic c2VjcmV0\r\n"
            b"Host: a.test\r\n" % path.encode()
        )
        assert exchange.request == b"GET %s?q HTTP/1.1\r\nHost: a.test\r\n\r\n" % path.encode()
        assert exchange.response == data
        assert exchange.ip is None
    assert proxy.connections == 1


@pytest.mark.usefixtures("segments")
def test_through_a_tunnel(tmp_path: Path) -> None:
    async def run() -> list[Exchange]:
        async with Client() as client:
            # Without user and password; those go into the tunnel's request only.
            await _ask_all(site.url, client, proxy=proxy.url.removeprefix("http://"))
            return client.exchanges

    with HostileServer(ACTS, make_tls(tmp_path)[0]) as site, TunnelProxy({}) as proxy:
        _check(asyncio.run(run()), site, ip=None)
        place = f"127.0.0.1:{site.port}".encode()
    assert proxy.connections == len(ENDING)
    assert set(proxy.received) == {b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (place, place)}


def test_a_secret_is_for_the_proxy_only(tmp_path: Path) -> None:
    async def run() -> Exchange:
        async with Client() as client:
            headers = {"Proxy-Authorization": "Basic c2VjcmV0"}
            await client.get(f"{site.url}/plain", headers=headers, proxy=proxy.url)
            return client.exchanges[0]

    with HostileServer(ACTS, make_tls(tmp_path)[0]) as site, TunnelProxy({}) as proxy:
        exchange = asyncio.run(run())
    assert b"Proxy-Authorization: Basic c2VjcmV0\r\n" in proxy.received[0]
    assert b"Proxy" not in site.received[0]
    assert b"Proxy" not in exchange.request


def test_a_proxy_that_speaks_tls(tmp_path: Path) -> None:
    tls = make_tls(tmp_path)[0]

    async def run() -> None:
        async with Client() as client:
            assert (await client.get("http://a.test/plain", proxy=proxy.url)).body == b"body"
            tunnelled = await client.get(f"{site.url}/plain", proxy=secure_tunnel.url)
            assert tunnelled.body == b"body"

    with (
        HostileServer(ACTS, tls) as proxy,
        HostileServer(ACTS, tls) as site,
        TunnelProxy({}, tls) as secure_tunnel,
    ):
        asyncio.run(run())


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_requests_of_any_method(method: str) -> None:
    body = b"a=b\r\n\r\n\xff" if method in {"POST", "PUT", "PATCH"} else b""
    empty_head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    act = Act(empty_head + (b"" if method == "HEAD" else b"x" * 100))

    async def run() -> Exchange:
        async with Client() as client:
            headers = {"x-lower": "1", "Content-Length": "77", "Transfer-Encoding": "chunked"}
            response = await client.get(f"{server.url}/", method, headers, body)
            assert response.body == (b"" if method == "HEAD" else b"x" * 100)
            return client.exchanges[0]

    with HostileServer({"/": [act]}) as server:
        exchange = asyncio.run(run())
    assert exchange.request == server.received[0]
    assert exchange.response == act.data
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    assert exchange.request == (
        b"%s / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Lower: 1\r\n%s\r\n%s"
        % (method.encode(), server.port, length, body)
    )


def test_twenty_million_bytes() -> None:
    body = bytes(range(256)) * 80_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def run() -> None:
        async with Client() as client:
            response = await client.get(f"{server.url}/")
            assert response.body == body
            assert client.exchanges[0].response == head + body

    with HostileServer({"/": [Act(head + body)]}) as server:
        asyncio.run(run())


def test_heads_1xx_are_no_part_of_the_record() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

    async def run() -> bytes:
        async with Client() as client:
            assert (await client.get(f"{server.url}/")).body == b"body"
            return client.exchanges[0].response

    with HostileServer({"/": [Act(early * 2 + ANSWERS["/plain"])]}) as server:
        assert asyncio.run(run()) == ANSWERS["/plain"]


def test_what_scrapy_gets(tmp_path: Path) -> None:
    act = Act(
        b"HTTP/1.0 404 Gone\r\nContent-Type: text/html; charset=gbk\r\nX: 1\r\nX: \xe9\r\n\r\n"
        b"<p>\xd6\xd0</p>",
        "close",
    )

    async def run() -> None:
        async with Client() as client:
            response = await client.get(f"{server.url}/#fragment")
            assert type(response).__name__ == "HtmlResponse"
            assert response.css("p::text").get() == "中"
            assert response.headers.getlist("X") == [b"1", b"\xe9"]
            assert response.protocol == "HTTP/1.0"
            assert response.flags == ["partial"]
            assert str(response.ip_address) == "127.0.0.1"
            assert response.certificate[:1] == b"\x30"
            assert response.url == f"{server.url}/"
            latency = client.requests[0].meta["download_latency"]
            assert 0 < latency < 10

    with HostileServer({"/": [act]}, make_tls(tmp_path)[0]) as server:
        asyncio.run(run())


@pytest.mark.parametrize("trusts", [True, False])
def test_certificates_are_verified_where_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusts: bool
) -> None:
    tls, authority = make_tls(tmp_path)
    if trusts:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    async def run() -> None:
        async with Client(DOWNLOAD_VERIFY_CERTIFICATES=True) as client:
            refused = pytest.raises(Exception, match="certificate verify failed")
            with nullcontext() if trusts else refused:
                assert (await client.get(f"{server.url}/plain")).body == b"body"

    with HostileServer(ACTS, tls) as server:
        asyncio.run(run())


def test_versions_of_tls(tmp_path: Path) -> None:
    async def run(**settings: object) -> bytes:
        async with Client(**settings) as client:
            return (await client.get(f"{server.url}/plain")).body

    tls = make_tls(tmp_path)[0]
    tls.minimum_version = tls.maximum_version = tls.minimum_version.TLSv1_2
    with HostileServer(ACTS, tls) as server:
        assert asyncio.run(run(DOWNLOAD_TLS_MAX_VERSION="TLSv1.2")) == b"body"
        with pytest.raises(Exception, match=r"(?i)version|alert"):
            asyncio.run(run(DOWNLOAD_TLS_MIN_VERSION="TLSv1.3"))
    with pytest.raises(ValueError, match="DOWNLOAD_TLS_MIN_VERSION is 'TLSv9'"):
        asyncio.run(run(DOWNLOAD_TLS_MIN_VERSION="TLSv9"))
