"""The proxy of the environment, looked up once a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.utils.httpobj import urlparse_cached

from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request, Spider

_NOTES: Final = ("proxy", "_scheme_proxy", "_auth_proxy")
_LOGIN: Final = "Proxy-Authorization"


def check_proxies(names: Iterable[str]) -> None:
    """Raise ``UsageError`` if one of the environment's variables, called *names*, is no proxy.

    The error names the variable, and not its value: that may hold a password.
    """
    proxies = getproxies_environment()
    # As Python does, the lower-case name first.
    known = {name.lower(): name for name in sorted(names)}
    for scheme in ("http", "https"):
        if scheme in proxies and not _is_proxy(proxies[scheme]):
            name = known.get(f"{scheme}_proxy", f"{scheme}_proxy")
            raise UsageError(
                f"{name} in the environment is not the address of a proxy, such as"
                " http://127.0.0.1:3128"
            )


def _is_proxy(text: str) -> bool:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        is_port = parts.port != 0  # which also raises for what is no number up to 65535
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_port


class ProxyMiddleware(HttpProxyMiddleware):
    """Scrapy's own, which goes through the whole environment for every request."""

    def __init__(self, auth_encoding: str | None = "latin-1") -> None:
        super().__init__(auth_encoding)
        self._known: dict[tuple[str, str | None], tuple[dict[str, Any], bytes | None]] = {}

    def process_request(self, request: Request, spider: Spider | None = None) -> None:  # noqa: ARG002  # Scrapy's signature
        """Send *request* through the proxy that the environment names for its host, if any."""
        if "proxy" in request.meta or _LOGIN in request.headers:
            super().process_request(request)
            return
        parts = urlparse_cached(request)
        host = (parts.scheme, parts.hostname)
        if host not in self._known:
            super().process_request(request)
            notes: dict[str, Any] = {
                name: request.meta[name] for name in _NOTES if name in request.meta
            }
            self._known[host] = notes, request.headers.get(_LOGIN)
            return
        notes, login = self._known[host]
        request.meta.update(notes)
        if login is not None:
            request.headers[_LOGIN] = login
