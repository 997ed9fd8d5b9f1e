"""From a route to a connection: the name's addresses, TCP, a proxy's tunnel, TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from crawler.fetching.download.asking import ask_for_tunnel
from crawler.fetching.download.connection import Connection
from crawler.fetching.download.framing import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from scrapy.settings import BaseSettings

    from crawler.fetching.download.asking import Proxy, Route


class TunnelError(DownloadFailedError):
    """A proxy gives no way to a site. Scrapy's own comes with its handler, slow to import."""


_ATTEMPT_SECONDS: Final = 5.0
"""How long an address is tried while the name has others: one may lead nowhere."""
_CACHE_SECONDS: Final = 300.0
_LEGACY_SERVER_CONNECT: Final = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, as Scrapy sets it: old servers renegotiate so."""
_TLS_VERSIONS: Final = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


class Resolver:
    """The addresses of names, remembered for five minutes.

    At most *size* names are remembered, and a name is asked for *timeout* seconds.
    """

    def __init__(self, *, size: int, timeout: float) -> None:
        self._size = size
        self._timeout = timeout
        self._known: dict[str, tuple[float, list[str]]] = {}

    async def resolve(self, host: str) -> list[str]:
        """Return the addresses of *host*, the best first.

        Raise ``CannotResolveHostError`` if there are none.
        """
        loop = asyncio.get_running_loop()
        until, addresses = self._known.get(host, (0.0, []))
        if until > loop.time():
            return addresses
        try:
            async with asyncio.timeout(self._timeout):
                # Bytes, since a name that IDNA forbids, such as one with a long label, may exist.
                found = await loop.getaddrinfo(host.encode(), None, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise CannotResolveHostError(f"{host}: no answer in {self._timeout:g} s") from error
        except (OSError, UnicodeError) as error:
            raise CannotResolveHostError(f"{host}: {_words(error)}") from error
        addresses = [str(place[0]) for *_, place in found]
        self._known.pop(host, None)
        while self._known and len(self._known) >= self._size:
            del self._known[next(iter(self._known))]
        if self._size:
            self._known[host] = (loop.time() + _CACHE_SECONDS, addresses)
        return addresses


class Dialler:
    """Makes connections, which call *lost* when they are over."""

    def __init__(
        self, resolver: Resolver, context: ssl.SSLContext, lost: Callable[[Connection], None]
    ) -> None:
        self._resolver = resolver
        self._context = context
        self._lost = lost

    @classmethod
    def from_settings(cls, settings: BaseSettings, lost: Callable[[Connection], None]) -> Self:
        """Return a dialler that does as Scrapy's *settings* of DNS and TLS say."""
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        resolver = Resolver(size=size, timeout=settings.getfloat("DNS_TIMEOUT"))
        return cls(resolver, tls_context(settings), lost)

    async def connect(self, route: Route) -> Connection:
        """Return a new connection of *route*.

        Raise ``CannotResolveHostError``, ``DownloadConnectionRefusedError``,
        ``DownloadTimeoutError``, ``DownloadFailedError`` (TLS) or ``TunnelError``.
        """
        proxy = route.proxy
        if proxy is None:
            return await self._dial(route, route.host, route.port, is_tls=route.is_tls)
        connection = await self._dial(route, proxy.host, proxy.port, is_tls=proxy.is_tls)
        if route.tunnel is not None:
            try:
                await self._open_tunnel(connection, route, route.tunnel)
            except BaseException:
                connection.abort()
                raise
        return connection

    async def _dial(self, route: Route, host: str, port: int, *, is_tls: bool) -> Connection:
        addresses = await self._resolver.resolve(host)
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(_ATTEMPT_SECONDS):
                    return await self._reach(route, host, address, port, is_tls=is_tls)
            except (TimeoutError, DownloadTimeoutError, DownloadConnectionRefusedError):
                continue
        return await self._reach(route, host, addresses[-1], port, is_tls=is_tls)

    async def _reach(
        self, route: Route, host: str, address: str, port: int, *, is_tls: bool
    ) -> Connection:
        place = f"{host} port {port}" if host == address else f"{host} ({address}) port {port}"
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(route, self._lost),
                address,
                port,
                ssl=self._context if is_tls else None,
                server_hostname=host.rstrip(".") if is_tls else None,
                local_addr=route.bind,
            )
        except (ssl.SSLError, ssl.CertificateError, ConnectionError, UnicodeError) as error:
            if isinstance(error, ConnectionRefusedError):
                raise DownloadConnectionRefusedError(f"{place}: {_words(error)}") from error
            raise DownloadFailedError(f"{place}: {_words(error)}") from error
        except TimeoutError as error:  # the system's own
            raise DownloadTimeoutError(f"{place}: {_words(error)}") from error
        except OSError as error:
            raise DownloadConnectionRefusedError(f"{place}: {_words(error)}") from error
        return connection

    async def _open_tunnel(self, connection: Connection, route: Route, proxy: Proxy) -> None:
        answer = Answer("CONNECT")
        await connection.ask(ask_for_tunnel(route), answer, lambda _: True)
        way = f"{proxy.host} port {proxy.port} to {route.host} port {route.port}"
        head = answer.head
        if head is None or answer.stray or head.status // 100 != HTTPStatus.OK // 100:
            said = bytes(answer.raw[:80]) if head is None else f"{head.status} {head.reason!r}"
            raise TunnelError(f"no tunnel by {way}: {said!r}")
        try:
            await connection.start_tls(self._context, route.host.rstrip("."))
        except (OSError, UnicodeError) as error:
            raise DownloadFailedError(f"{way}: {_words(error)}") from error


def tls_context(settings: BaseSettings) -> ssl.SSLContext:
    """Return how TLS is spoken under Scrapy's *settings*.

    Raise ``ValueError`` for a TLS version that there is not.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
        context.load_default_certs()
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.options |= _LEGACY_SERVER_CONNECT
    if lowest := _tls_version(settings, "DOWNLOAD_TLS_MIN_VERSION"):
        context.minimum_version = lowest
    if highest := _tls_version(settings, "DOWNLOAD_TLS_MAX_VERSION"):
        context.maximum_version = highest
    if ciphers := settings["DOWNLOADER_CLIENT_TLS_CIPHERS"]:
        context.set_ciphers(ciphers)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _tls_version(settings: BaseSettings, name: str) -> ssl.TLSVersion | None:
    told = settings[name]
    if told is None:
        return None
    try:
        return _TLS_VERSIONS[told]
    except KeyError:
        raise ValueError(f"{name} is {told!r}, not one of {', '.join(_TLS_VERSIONS)}") from None


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
