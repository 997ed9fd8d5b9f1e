"""Connections: kept alive, found dead, shared by whom they may be, and ended."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, Literal

import pytest
from scrapy.exceptions import DownloadFailedError

from crawler.fetching.download.asking import Route
from crawler.fetching.download.connection import Connection
from crawler.fetching.download.dialling import Resolver
from crawler.fetching.download.pool import Pool
from tests.fetching.hostile import Act, Client, HostileServer

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"


def ask(
    acts: dict[str, list[Act]],
    *paths: str,
    between: Callable[[HostileServer], None] = lambda _: None,
    method: str = "GET",
    meta: list[dict[str, Any]] | None = None,
) -> HostileServer:
    """Ask *paths*, one after another; return the server."""

    async def run() -> None:
        async with Client() as client:
            for number, path in enumerate(paths):
                told = meta[number] if meta else {}
                response = await client.get(f"{server.url}{path}", method, **told)
                assert response.body == b"body"
                between(server)
            assert len(client.exchanges) == len(paths)

    with HostileServer(acts) as server:
        asyncio.run(run())
    return server


def test_a_connection_is_kept() -> None:
    assert ask({"/": [Act(ANSWER)]}, *["/"] * 5).connections == 1


@pytest.mark.parametrize(
    "act",
    [
        Act(LAST, "close"),
        Act(LAST, "hang"),
        Act(ANSWER + b"stray", "hang"),
        Act(ANSWER.replace(b"1.1", b"1.0"), "hang"),
        Act(ANSWER.replace(b"200 OK", b"408 Slow"), "hang"),
    ],
)
def test_a_connection_is_not_kept(act: Act) -> None:
    assert ask({"/": [act]}, "/", "/").connections == 2


def test_an_http_1_0_connection_is_kept_where_told() -> None:
    act = Act(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody")
    assert ask({"/": [act]}, "/", "/").connections == 1


@pytest.mark.parametrize("data", [b"", b"rest of a longer body\r\n"])
@pytest.mark.parametrize("then", ["close", "reset"])
def test_a_kept_connection_that_ends_is_asked_anew(
    data: bytes, then: Literal["close", "reset"]
) -> None:
    acts = {"/": [Act(ANSWER)], "/b": [Act(data, then), Act(ANSWER)]}
    server = ask(acts, "/", "/b")
    assert server.connections == 2
    assert [request[:6] for request in server.received] == [b"GET / ", b"GET /b", b"GET /b"]


def test_what_is_no_answer_on_a_kept_connection_is_not_waited_for() -> None:
    acts = {"/": [Act(ANSWER)], "/b": [Act(b"rest of a longer body", "hang"), Act(ANSWER)]}
    assert ask(acts, "/", "/b").connections == 2


def test_it_is_asked_anew_once() -> None:
    acts = {"/": [Act(ANSWER)], "/b": [Act(b"", "close")]}
    with pytest.raises(DownloadFailedError, match="ended without an answer"):
        ask(acts, "/", "/b")


def test_what_may_have_been_done_is_not_asked_anew() -> None:
    acts = {"/": [Act(ANSWER), Act(b"", "close"), Act(ANSWER)]}
    with pytest.raises(DownloadFailedError, match="ended without an answer"):
        ask(acts, "/", "/", method="POST")


def test_parting_words_are_no_answer() -> None:
    words = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"
    server = ask({"/": [Act(ANSWER)]}, "/", "/", between=lambda server: server.say(words))
    assert server.connections == 2


def test_connections_are_not_shared_between_local_addresses() -> None:
    meta: list[dict[str, Any]] = [
        {"bindaddress": "127.0.0.2"},
        {},
        {"bindaddress": ("127.0.0.2", 0)},
    ]
    server = ask({"/": [Act(ANSWER)]}, "/", "/", "/", meta=meta)
    assert server.peers == ["127.0.0.2", "127.0.0.1"]


def test_the_local_address_of_the_settings() -> None:
    async def run() -> None:
        async with Client(DOWNLOAD_BIND_ADDRESS="127.0.0.3") as client:
            await client.get(f"{server.url}/")

    with HostileServer({"/": [Act(ANSWER)]}) as server:
        asyncio.run(run())
    assert server.peers == ["127.0.0.3"]


def test_a_name_whose_first_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_: Resolver, host: str) -> list[str]:
        assert host == "a.test"
        return ["127.0.0.9", "127.0.0.1"]

    async def run() -> None:
        async with Client() as client:
            assert (await client.get(f"http://a.test:{server.port}/")).body == b"body"
            assert client.exchanges[0].ip == "127.0.0.1"

    monkeypatch.setattr(Resolver, "resolve", resolve)
    with HostileServer({"/": [Act(ANSWER)]}) as server:
        asyncio.run(run())


@pytest.mark.parametrize(("size", "lookups"), [(10, 2), (1, 3), (0, 4)])
def test_names_are_remembered(monkeypatch: pytest.MonkeyPatch, size: int, lookups: int) -> None:
    asked = []

    def look_up(host: bytes, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]

    async def run() -> None:
        resolver = Resolver(size=size, timeout=10)
        for host in ("a.test", "b.test", "b.test", "a.test"):
            assert await resolver.resolve(host) == ["192.0.2.1"]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    asyncio.run(run())
    assert len(asked) == lookups


def test_a_cancelled_download_ends_its_connection() -> None:
    async def run() -> None:
        async with Client() as client:
            task = asyncio.ensure_future(client.get(f"{server.url}/hang"))
            await asyncio.to_thread(server.asked.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.get(f"{server.url}/")).body == b"body"
            assert [exchange.url for exchange in client.exchanges] == [f"{server.url}/"]

    with HostileServer({"/": [Act(ANSWER)], "/hang": [Act(ANSWER[:-1], "hang")]}) as server:
        asyncio.run(run())
    assert server.connections == 2


def test_closing_ends_a_download_under_way() -> None:
    async def run() -> None:
        async with Client() as client:
            task = asyncio.ensure_future(client.get(f"{server.url}/"))
            await asyncio.to_thread(server.asked.wait, 10)
            await client.handler.close()
            with pytest.raises(DownloadFailedError):
                await task

    with HostileServer({"/": [Act(b"", "hang")]}) as server:
        asyncio.run(run())


# --- the pool -------------------------------------------------------------------------------------


class Stub(Connection):
    def __init__(self, host: str, pool: Pool, *, is_quiet: bool = True) -> None:
        super().__init__(Route(False, host, 80, None, None), pool.lost)  # noqa: FBT003
        self.quiet = is_quiet
        self.aborted = asyncio.Event()
        pool.add(self)

    @property
    def is_quiet(self) -> bool:
        return self.quiet

    def abort(self) -> None:
        self.aborted.set()
        asyncio.get_running_loop().call_soon(self.connection_lost, None)


def test_no_more_are_kept_than_told() -> None:
    async def run() -> None:
        pool = Pool(per_route=2, total=3)
        kept = [Stub(host, pool) for host in ("a", "a", "a", "b", "b")]
        for connection in kept:
            pool.put(connection)
        assert [stub.aborted.is_set() for stub in kept] == [True, True, False, False, False]
        assert len(pool) == 3
        assert pool.take(kept[4].route) is kept[4]
        assert pool.take(kept[4].route) is kept[3]
        assert pool.take(kept[4].route) is None
        await pool.close()
        assert all(stub.aborted.is_set() for stub in kept)
        assert len(pool) == 0

    asyncio.run(run())


def test_the_dead_are_passed_over() -> None:
    async def run() -> None:
        pool = Pool(per_route=5, total=5)
        alive, dead, lost = Stub("a", pool), Stub("a", pool, is_quiet=False), Stub("a", pool)
        for connection in (alive, dead, lost):
            pool.put(connection)
        lost.connection_lost(None)
        assert pool.take(alive.route) is alive
        assert dead.aborted.is_set()
        assert pool.take(alive.route) is None
        await pool.close()

    asyncio.run(run())


def test_none_waits_too_long() -> None:
    async def run() -> None:
        pool = Pool(per_route=5, total=5, idle_seconds=0.02)
        first, second = Stub("a", pool), Stub("b", pool)
        pool.put(first)
        pool.put(second)
        await asyncio.wait_for(first.aborted.wait(), 10)
        await asyncio.wait_for(second.aborted.wait(), 10)
        assert len(pool) == 0
        await pool.close()

    asyncio.run(run())
