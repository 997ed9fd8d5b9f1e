"""All that may go wrong: what Scrapy is told, what it is counted as, and what is kept."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import exceptions, signals

from crawler.errors import DiskError
from crawler.fetching.download import BadAnswerError, TunnelError, exchange_done, transfer
from crawler.fetching.refusals import reason_of
from tests.fetching.hostile import Act, Client, HostileServer, TunnelProxy, make_tls

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy import Request
    from scrapy.http import Headers, Response

    from crawler.exchange import Exchange

SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
UNENDING = b"HTTP/1.1 200 OK\r\n\r\n"
LOST = exceptions.ResponseDataLossError
FAILED = exceptions.DownloadFailedError
CANCELLED = exceptions.DownloadCancelledError
TIMEOUT = exceptions.DownloadTimeoutError


def ask(act: Act, *, settings: dict[str, object] | None = None, **meta: object) -> tuple[Any, Any]:
    """Return the response or what was raised, and the exchange if there was one."""

    async def run() -> tuple[object, Exchange | None]:
        async with Client(**settings or {}) as client:
            result: object
            try:
                result = await client.get(f"{server.url}/", **meta)
            except Exception as error:  # noqa: BLE001  # it is what is asked for
                result = error
            assert len(client.exchanges) <= 1
            return result, client.exchanges[0] if client.exchanges else None

    with HostileServer({"/": [act]}) as server:
        result = asyncio.run(run())
        assert len(server.received) == 1
        return result


@pytest.mark.parametrize(
    ("act", "kind", "reason", "truncated"),
    [
        (Act(SIZED + b"abc", "close"), LOST, "connection_lost", "disconnect"),
        (Act(SIZED + b"abc", "reset"), LOST, "connection_lost", "disconnect"),
        (Act(SIZED, "close"), LOST, "connection_lost", "disconnect"),
        (Act(CHUNKED + b"3\r\nab", "close"), LOST, "connection_lost", "disconnect"),
        (Act(CHUNKED + b"2\r\nab\r\n", "close"), LOST, "connection_lost", "disconnect"),
        (Act(CHUNKED + b"x\r\nab\r\n", "hang"), LOST, "connection_lost", "unspecified"),
        (Act(UNENDING + b"ab", "reset"), LOST, "connection_lost", "disconnect"),
        (Act(SIZED[:30], "close"), FAILED, "connection_lost", "disconnect"),
        (Act(b"HTTP/1.1 200 OK\r\n", "reset"), FAILED, "connection_lost", "disconnect"),
        (Act(SIZED + b"abc", "hang"), TIMEOUT, "timeout", "time"),
        (Act(SIZED[:30], "hang"), TIMEOUT, "timeout", "time"),
        (Act(UNENDING, "drip"), TIMEOUT, "timeout", "time"),
        (Act(b"HTTP/1.1 200 OK\r\n", "drip"), TIMEOUT, "timeout", "time"),
        (Act(b"<p>old</p>", "close"), BadAnswerError, "bad_answer", None),
        (Act(b"<p>old</p>", "reset"), BadAnswerError, "bad_answer", "disconnect"),
        (Act(b"<p>old</p>", "hang"), BadAnswerError, "bad_answer", "time"),
        (Act(b"SSH-2.0", "flood"), BadAnswerError, "bad_answer", "length"),
        (Act(UNENDING[:-2], "flood", b"X: y\r\n"), BadAnswerError, "bad_answer", "length"),
        (
            Act(CHUNKED, "flood", b"1;" + b"e" * 999 + b"\r\na\r\n"),
            LOST,
            "connection_lost",
            "length",
        ),
        (Act(UNENDING, "flood"), CANCELLED, "too_large", "length"),
        (Act(CHUNKED, "flood", b"5\r\nabcde\r\n"), CANCELLED, "too_large", "length"),
    ],
)
def test_failures(
    act: Act,
    kind: type[Exception],
    reason: str,
    truncated: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transfer, "_FOREIGN_SECONDS", 0.05)
    seconds = 0.3 if kind is TIMEOUT else 30
    error, exchange = ask(act, settings={"DOWNLOAD_MAXSIZE": 500_000}, download_timeout=seconds)
    assert type(error) is kind
    assert reason_of(error) == reason
    assert exchange.truncated == truncated
    assert exchange.is_http == (not act.data.startswith((b"<", b"SSH")))
    kept = len(exchange.response)
    assert kept < 2_000_000
    more = act.more * (kept // len(act.more) + 1) if act.then in {"flood", "drip"} else b""
    assert exchange.response == (act.data + more)[:kept]
    assert kept >= len(act.data)


def test_the_time_is_told() -> None:
    error, _ = ask(Act(SIZED, "hang"), download_timeout=0.05)
    assert str(error).endswith("/ took longer than 0.05 seconds.")


@pytest.mark.parametrize(
    ("act", "kind"),
    [(Act(b"", "close"), FAILED), (Act(b"", "reset"), FAILED), (Act(b"", "hang"), TIMEOUT)],
)
def test_no_exchange_of_which_no_byte_came(act: Act, kind: type[Exception]) -> None:
    error, exchange = ask(act, download_timeout=0.1)
    assert type(error) is kind
    assert exchange is None


@pytest.mark.parametrize(
    ("act", "body"),
    [
        (Act(SIZED + b"abc", "close"), b"abc"),
        (Act(CHUNKED + b"3\r\nab", "close"), b"ab"),
        (Act(CHUNKED + b"2\r\nab\r\nx\r\n", "hang"), b"ab"),
    ],
)
@pytest.mark.parametrize("is_set", [True, False])
def test_data_loss_that_is_put_up_with(
    act: Act, body: bytes, *, is_set: bool, caplog: pytest.LogCaptureFixture
) -> None:
    settings: dict[str, object] = {"DOWNLOAD_FAIL_ON_DATALOSS": False} if is_set else {}
    meta = {} if is_set else {"download_fail_on_dataloss": False}
    response, exchange = ask(act, settings=settings, **meta)
    assert (response.body, response.flags) == (body, ["dataloss"])
    assert exchange.response == act.data
    assert exchange.truncated
    assert not caplog.records


def test_lengths_that_differ() -> None:
    act = Act(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 3\r\n\r\nabc")
    error, exchange = ask(act)
    assert type(error) is BadAnswerError
    assert str(error).endswith("/: several lengths, and they differ")
    assert (exchange.response, exchange.truncated, exchange.is_http) == (act.data, None, True)


@pytest.mark.parametrize("meta", [{}, {"download_maxsize": 99}])
def test_a_length_that_is_too_large_is_not_waited_for(meta: dict[str, int]) -> None:
    act = Act(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "hang")
    error, exchange = ask(act, settings={} if meta else {"DOWNLOAD_MAXSIZE": 99}, **meta)
    assert type(error) is CANCELLED
    assert str(error).startswith("Expected to receive 100 bytes which is larger")
    assert (exchange.response, exchange.truncated) == (act.data, "length")


def test_a_size_to_warn_of(caplog: pytest.LogCaptureFixture) -> None:
    response, _ = ask(Act(SIZED + b"0123456789"), settings={"DOWNLOAD_WARNSIZE": 9})
    assert len(response.body) == 10
    assert [record.message[:28] for record in caplog.records] == ["Expected to receive 10 bytes"]


# --- where no server answers ----------------------------------------------------------------------


async def _get(url: str, settings: dict[str, object] | None = None, **meta: object) -> Response:
    async with Client(**settings or {}) as client:
        return await client.get(url, **meta)


def test_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(exceptions.DownloadConnectionRefusedError, match=r"127.0.0.1 port \d+: "):
        asyncio.run(_get(f"http://127.0.0.1:{port}/"))


@pytest.mark.parametrize(
    "url", ["http://nowhere.invalid/", f"http://{'a' * 70}.invalid/", "http://a..b/"]
)
def test_a_name_without_an_address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(exceptions.CannotResolveHostError, match="not known"):
        asyncio.run(_get(url))


def test_a_name_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(10))

    async def run() -> None:
        try:
            await _get("http://a.test/", {"DNS_TIMEOUT": 0.05})
        finally:
            answered.set()

    with pytest.raises(exceptions.CannotResolveHostError, match=r"a\.test: no answer in 0\.05 s"):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("ftp://a.test/", None),
        ("http://a.test/", "socks5://127.0.0.1:1080"),
        ("http://a.test/", "http://:1080"),
        ("http://a.test/", "http://a.test:x"),
    ],
)
def test_addresses_that_cannot_be_asked(url: str, proxy: str | None) -> None:
    with pytest.raises(exceptions.UnsupportedURLSchemeError):
        asyncio.run(_get(url, proxy=proxy))


class MailServer(HostileServer):
    def talk(self, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"500 What?\r\n")


def test_tls_with_who_does_not_speak_it() -> None:
    with (
        MailServer({}) as server,
        pytest.raises(FAILED, match=r"127\.0\.0\.1 port \d+"),
    ):
        asyncio.run(_get(server.url.replace("http", "https")))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nabc",
            "407 b'Proxy",
        ),
        (b"nonsense", "nonsense"),
        (b"HTTP/1.1 200 OK\r\n\r\nearly bytes", "200 b'OK'"),
        (b"", "b''"),
    ],
)
def test_a_tunnel_that_is_refused(answer: bytes, said: str) -> None:
    async def run() -> None:
        async with Client() as client:
            with pytest.raises(TunnelError, match=said) as caught:
                await client.get("https://a.test/", proxy=proxy.url)
            assert reason_of(caught.value) == "proxy"
            assert not client.exchanges

    with TunnelProxy({"a.test:443": [Act(answer)]}) as proxy:
        asyncio.run(run())


def test_a_tunnel_to_who_does_not_speak_tls() -> None:
    with (
        MailServer({}) as site,
        TunnelProxy({}) as proxy,
        pytest.raises(FAILED, match=r"to 127\.0\.0\.1 port \d+"),
    ):
        asyncio.run(_get(f"https://127.0.0.1:{site.port}/", proxy=proxy.url))


# --- who listens ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize(
    ("signal", "body"), [(signals.headers_received, b""), (signals.bytes_received, b"abc")]
)
def test_a_download_that_somebody_stops(signal: object, body: bytes, *, fails: bool) -> None:
    seen: list[bytes] = []

    def stop(data: bytes = b"") -> None:
        seen.append(data)
        raise exceptions.StopDownload(fail=fails)

    async def run() -> None:
        async with Client() as client:
            client.signals.connect(stop, signal)
            response: Response | None
            if fails:
                with pytest.raises(exceptions.StopDownload) as stopped:
                    await client.get(f"{server.url}/")
                response = stopped.value.response
            else:
                response = await client.get(f"{server.url}/")
            assert response is not None
            assert response.flags == ["download_stopped"]
            assert response.body == body
            assert client.exchanges[0].truncated == "unspecified"

    with HostileServer({"/": [Act(SIZED + b"abc", "hang")]}) as server:
        asyncio.run(run())
    assert seen == [body]


def test_what_scrapy_is_told_while_it_comes() -> None:
    told: list[object] = []

    def headers(headers: Headers, body_length: int, request: Request) -> None:
        told.append((headers["X"], body_length, request.url))

    def data(data: bytes) -> None:
        told.append(data)

    async def run() -> None:
        async with Client() as client:
            client.signals.connect(headers, signals.headers_received)
            client.signals.connect(data, signals.bytes_received)
            await client.get(f"{server.url}/")

    answer = b"HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 3\r\n\r\nabc"
    with HostileServer({"/": [Act(answer)]}) as server:
        asyncio.run(run())
    assert told == [(b"y", 3, f"{server.url}/"), b"abc"]


def test_a_receiver_that_cannot_keep_an_exchange_fails_the_page() -> None:
    def full(exchange: Exchange) -> None:
        raise DiskError(f"{exchange.url}: no space left")

    async def run() -> None:
        async with Client() as client:
            client.signals.connect(full, exchange_done)
            with pytest.raises(DiskError, match="no space left"):
                await client.get(f"{server.url}/")

    with HostileServer({"/": [Act(SIZED + b"0123456789")]}) as server:
        asyncio.run(run())


def test_a_receiver_is_waited_for() -> None:
    steps: list[str] = []

    async def keep() -> None:
        await asyncio.get_running_loop().run_in_executor(None, steps.append, "kept")

    def receive() -> asyncio.Task[None]:
        return asyncio.ensure_future(keep())

    async def run() -> None:
        async with Client() as client:
            client.signals.connect(receive, exchange_done)
            await client.get(f"{server.url}/")
            steps.append("answered")

    with HostileServer({"/": [Act(SIZED + b"0123456789")]}) as server:
        asyncio.run(run())
    assert steps == ["kept", "answered"]


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, authority = make_tls(tmp_path, "127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with (
        HostileServer({"/": [Act(SIZED)]}, tls) as server,
        pytest.raises(FAILED, match="IP address mismatch"),
    ):
        asyncio.run(_get(f"{server.url}/", {"DOWNLOAD_VERIFY_CERTIFICATES": True}))
