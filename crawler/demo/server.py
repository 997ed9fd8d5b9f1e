"""The demo's server: an HTTP proxy that knows two sites, and no other."""

from __future__ import annotations

import asyncio
import os
import signal
from email.utils import format_datetime
from gzip import compress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import web

from crawler.demo import notices
from crawler.demo.site import PLAIN, Answer, DemoSite
from crawler.demo.sites import SITES
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.demo.options import DemoOptions

_METHODS: Final = {"GET", "HEAD"}
_BACKLOG: Final = 1024


class Demo:
    """Both sites behind one address; it remembers only whom it once answered 503."""

    def __init__(self, options: DemoOptions) -> None:
        self.sites = tuple(DemoSite(site, options) for site in SITES)
        self._by_host = {demo.site.host: demo for demo in self.sites}
        self._refused: set[tuple[str, str]] = set()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer one request, whether its line has the whole address or only a path."""
        address = request.raw_path
        host, target = _split(address) or (request.headers.get("Host", ""), address)
        demo = self._by_host.get(_bare(host))
        if demo is None:
            known = " and ".join(f"http://{name}/" for name in self._by_host)
            text = f"{host or address}: this demo answers, as an HTTP proxy, for {known} only\n"
            return web.Response(status=502, body=text.encode(), headers={"Content-Type": PLAIN})
        if request.method not in _METHODS:
            return web.Response(status=405, headers={"Allow": ", ".join(sorted(_METHODS))})
        answer = demo.answer(target)
        if answer.unavailable_first and (host, target) not in self._refused:
            self._refused.add((host, target))
            return _response(request, demo.notice(notices.BUSY, status=503), {"Retry-After": "1"})
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        return _response(request, answer, {})


async def serve(demo: Demo, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until the process is interrupted or terminated; *ready* gets the proxy's address.

    Port 0 is any free one. Raise ``UsageError`` where it cannot listen.
    """
    runner = web.ServerRunner(web.Server(demo.handle, access_log=None), shutdown_timeout=1)
    await runner.setup()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await web.TCPSite(runner, host, port, backlog=_BACKLOG).start()
        name = f"[{host}]" if ":" in host else host
        ready(f"http://{name}:{runner.addresses[0][1]}")
        await stopped.wait()
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {host} port {port}: {_problem(error)}") from error
    finally:
        await runner.cleanup()


def _problem(error: OSError | UnicodeError) -> str:
    """Return what the system says; for a port in use, asyncio would say it at length."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(error)


def _response(request: web.BaseRequest, answer: Answer, headers: dict[str, str]) -> web.Response:
    if answer.location is not None:
        headers["Location"] = answer.location
    if answer.etag is not None and answer.last_modified is not None:
        headers["ETag"] = f'W/"{answer.etag}"'
        headers["Last-Modified"] = format_datetime(answer.last_modified, usegmt=True)
        if _unchanged(request, answer):
            return web.Response(status=304, headers=headers)
    body = answer.body()
    headers["Content-Type"] = answer.content_type
    if answer.gzip:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = compress(body, compresslevel=1, mtime=0)
    return web.Response(status=answer.status, body=body, headers=headers)


def _unchanged(request: web.BaseRequest, answer: Answer) -> bool:
    if (tags := request.if_none_match) is not None:
        return any(tag.value in {answer.etag, "*"} for tag in tags)
    since, changed = request.if_modified_since, answer.last_modified
    return since is not None and changed is not None and changed <= since


def _split(address: str) -> tuple[str, str] | None:
    """Return the host and the target of an absolute address, ``None`` for a bare path."""
    if address.startswith("/"):
        return None
    parts = urlsplit(address)
    target = parts.path or "/"
    return parts.netloc, f"{target}?{parts.query}" if parts.query else target


def _bare(host: str) -> str:
    """Return *host* without its port and a closing dot, in lower case."""
    return host.partition(":")[0].rstrip(".").lower()
