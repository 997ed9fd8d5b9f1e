"""The proxy of the environment, looked up once a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy import Request, Spider

_NOTES: Final = ("proxy", "_scheme_proxy", "_auth_proxy")
_LOGIN: Final = "Proxy-Authorization"


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
