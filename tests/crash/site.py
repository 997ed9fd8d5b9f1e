"""The demo site in this process: it counts what it answers, and can act on it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web

from crawler.demo.options import NO_FAULTS, DemoOptions
from crawler.demo.server import Demo
from crawler.demo.truth import records

if TYPE_CHECKING:
    from collections.abc import Callable

SITE: Final = "wenku365"
FRONT: Final = "http://www.wenku365.com/"
DOCUMENTS: Final = 120
"""Over both sites of the demo, of which one is crawled."""

RATES: Final = replace(
    NO_FAULTS,
    gzip=0.3,
    validators=0.5,
    redirect=0.1,
    not_found=0.05,
    deleted=0.05,
    captcha=0.03,
    unavailable=0.03,
)
FAULTS: Final = DemoOptions(documents=DOCUMENTS, page_bytes=6_000, rates=RATES)

_DOCUMENT: Final = re.compile(r".*/(?:p-|view\.aspx\?id=)([0-9]+)(?:\.html.*)?")
_REDIRECTS: Final = {301, 302}
_ROBOTS: Final = "/robots.txt"


def key_of(url: str) -> str:
    """Return the same for all addresses of one document, and other addresses as they are."""
    found = _DOCUMENT.fullmatch(url)
    return found[1] if found else url


class Site(Demo):
    """Serves both sites as a proxy, on a thread of its own."""

    def __init__(self, options: DemoOptions = FAULTS) -> None:
        super().__init__(options)
        self.proxy = ""
        self.answers: Counter[str] = Counter()
        """How often each address was answered, other than by a redirect, and but for robots.txt:
        each process asks for it."""
        self.conditional = 0
        """How many requests asked only for what changed."""
        self.not_modified = 0
        self.total = 0
        """How many answers were given, of all kinds."""
        self._acts: list[tuple[int, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._held = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on()
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    @property
    def truth(self) -> list[dict[str, object]]:
        """What an export of a perfect crawl holds, but for what the crawl itself adds."""
        catalogue = next(demo.catalogue for demo in self.sites if demo.site.name == SITE)
        return list(records(catalogue))

    def after(
        self, count: int, act: Callable[[], object] = lambda: None, *, delay_seconds: float = 0
    ) -> threading.Event:
        """Have *act* called when *count* more answers were made; the event tells of it.

        Without a delay it is called before the last of them is sent.
        """
        done = threading.Event()

        def do() -> None:
            act()
            done.set()

        def run() -> None:
            if delay_seconds:
                self._loop.call_later(delay_seconds, do)
            else:
                do()

        with self._lock:
            self._acts.append((self.total + count, run))
        return done

    def hold_after(self, count: int) -> threading.Event:
        """Let *count* more answers pass and hold the next ones; the event tells of the first."""
        self._held.clear()
        self.after(count, self._gate.clear)
        return self._held

    def go_on(self) -> None:
        """Give the answers that were held, and all that follow."""
        self._loop.call_soon_threadsafe(self._gate.set)

    def forget_acts(self) -> None:
        """Call none of what waits to be called."""
        with self._lock:
            self._acts.clear()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if not self._gate.is_set():
            self._held.set()
            await self._gate.wait()
        response = await super().handle(request)
        self.conditional += "If-None-Match" in request.headers
        self.not_modified += response.status == web.HTTPNotModified.status_code
        with self._lock:
            self.total += 1
            if response.status not in _REDIRECTS and not request.raw_path.endswith(_ROBOTS):
                self.answers[key_of(request.raw_path)] += 1
            due = [act for count, act in self._acts if count <= self.total]
            self._acts = [one for one in self._acts if one[0] > self.total]
        for act in due:
            act()
        return response

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped, self._gate = asyncio.Event(), asyncio.Event()
        self._gate.set()
        runner = web.ServerRunner(web.Server(self.handle, access_log=None), shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        self.proxy = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        await self._stopped.wait()
        await runner.cleanup()
