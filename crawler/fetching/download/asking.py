"""From a request of Scrapy's to the bytes that are sent, and the way they go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from scrapy.exceptions import UnsupportedURLSchemeError
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from urllib.parse import ParseResult, SplitResult

    from scrapy import Request

_PORTS: Final = {"http": 80, "https": 443}
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_OURS: Final = frozenset({b"Proxy-Authorization", b"Content-Length", b"Transfer-Encoding"})
"""Headers that are not sent as a request has them: a secret of the proxy's, and the framing."""
_BREAK: Final = re.compile(rb"[\r\n\0]+[ \t]*")
_UNSAFE: Final = re.compile(r"[^\x21-\x7e]")


class Proxy(NamedTuple):
    """An HTTP proxy."""

    is_tls: bool
    host: str
    port: int
    authorization: bytes | None
    """The value of Proxy-Authorization."""


class Route(NamedTuple):
    """What a connection is good for: requests of one route can share it."""

    is_tls: bool
    host: str
    port: int
    proxy: Proxy | None
    bind: tuple[str, int] | None
    """The local address."""

    @property
    def tunnel(self) -> Proxy | None:
        """The proxy to be asked for a tunnel (RFC 9110 §9.3.6): where TLS goes to the site."""
        return self.proxy if self.is_tls else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, of whom."""

    url: str
    """The address, without its fragment."""
    method: str
    route: Route
    sent: bytes
    """What is sent."""
    plain: bytes
    """The same as it would be sent without a proxy: what the archive keeps."""

    @property
    def is_idempotent(self) -> bool:
        """Whether it may be sent again where nobody knows if it came (RFC 9110 §9.2.2)."""
        return self.method in _IDEMPOTENT


def ask(request: Request, bind: str | tuple[str, int] | None = None) -> Asked:
    """Return what *request* asks, from the local address *bind* unless it names one itself.

    Raise ``UnsupportedURLSchemeError`` if its address or its proxy's cannot be asked.
    """
    url = request.url.partition("#")[0]
    parts = urlparse_cached(request)
    is_tls, host, port = _place(url, parts.scheme, parts.hostname, _port(url, parts))
    if _UNSAFE.search(url):
        raise UnsupportedURLSchemeError(f"{url!r}: blanks or control characters in an address")
    bind = request.meta.get("bindaddress") or bind
    proxy = _proxy(request)
    route = Route(is_tls, host, port, proxy, (bind, 0) if isinstance(bind, str) else bind)
    name = f"[{host}]" if ":" in host else host
    netloc = name if port == _PORTS[parts.scheme] else f"{name}:{port}"
    target = _target(url)
    rest = _headers(request, netloc) + request.body
    plain = sent = f"{request.method} {target} HTTP/1.1\r\n".encode() + rest
    if proxy is not None and not is_tls:
        line = f"{request.method} http://{netloc}{target} HTTP/1.1\r\n".encode()
        sent = line + _authorization(proxy) + rest
    return Asked(url=url, method=request.method, route=route, sent=sent, plain=plain)


def ask_for_tunnel(route: Route) -> bytes:
    r"""Return the CONNECT request that opens the way to *route*, for its proxy.

    >>> proxy = Proxy(False, "proxy", 3128, b"Basic eDp5")
    >>> ask_for_tunnel(Route(True, "a.test", 443, proxy, None)).split(b"\r\n")[0::2]
    [b'CONNECT a.test:443 HTTP/1.1', b'Proxy-Authorization: Basic eDp5', b'']
    """
    name = f"[{route.host}]" if ":" in route.host else route.host
    place = f"{name}:{route.port}"
    secret = _authorization(route.proxy) if route.proxy else b""
    return f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n".encode() + secret + b"\r\n"


def _proxy(request: Request) -> Proxy | None:
    address: str | None = request.meta.get("proxy")
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    place = _place(address, parts.scheme, parts.hostname, _port(address, parts))
    return Proxy(*place, request.headers.get(b"Proxy-Authorization"))


def _place(url: str, scheme: str, host: str | None, port: int | None) -> tuple[bool, str, int]:
    if scheme not in _PORTS or not host:
        raise UnsupportedURLSchemeError(f"{url}: not the address of an HTTP server")
    return scheme == "https", host, _PORTS[scheme] if port is None else port


def _port(url: str, parts: SplitResult | ParseResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise UnsupportedURLSchemeError(f"{url}: {error}") from error


def _target(url: str) -> str:
    """Return the address's path and query, as they stand in it.

    >>> _target("http://a.test"), _target("http://a.test?q"), _target("http://u:p@a.test/b?c=/")
    ('/', '/?q', '/b?c=/')
    """
    rest = url.partition("://")[2]
    starts = [at for mark in "/?" if (at := rest.find(mark)) >= 0]
    if not starts:
        return "/"
    target = rest[min(starts) :]
    return target if target.startswith("/") else f"/{target}"


def _headers(request: Request, netloc: str) -> bytes:
    """Return the headers and the blank line: Host, then those of *request* in their order."""
    lines = [
        b"%s: %s" % (name, value)
        for name, values in request.headers.items()
        if name not in _OURS
        for value in values
    ]
    if b"Host" not in request.headers:
        lines.insert(0, b"Host: " + netloc.encode())
    if request.body or request.method in _WITH_BODY:
        lines.append(b"Content-Length: %d" % len(request.body))
    block = b"\r\n".join(lines)
    if block.count(b"\n") >= len(lines) or block.count(b"\r") >= len(lines) or b"\0" in block:
        block = b"\r\n".join(_BREAK.sub(b" ", line) for line in lines)
    return block + b"\r\n\r\n"


def _authorization(proxy: Proxy) -> bytes:
    if proxy.authorization is None:
        return b""
    return b"Proxy-Authorization: %s\r\n" % _BREAK.sub(b" ", proxy.authorization)
