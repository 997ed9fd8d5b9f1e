"""The processes that read the pages of a crawl, seen from the crawl."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final, cast

from crawler.collection.confining import how_ended, is_time_up
from crawler.errors import NoReaderError
from crawler.fetching.outcome import TOO_COSTLY
from crawler.fetching.reading.lives import begin
from crawler.fetching.reading.pages import Taken
from crawler.fetching.reading.serving import READY, Bug, Costly, Frames, pack

if TYPE_CHECKING:
    from typing import Protocol

    from crawler.collection.confining import Limits
    from crawler.fetching.reading.pages import PageReader, RawPage

    class Heard(Protocol):
        """Is told that a process said something."""

        def __call__(self, *, has_read: bool) -> None:
            """Take in whether it read a page."""


logger = logging.getLogger(__name__)

_AHEAD: Final = 16
"""How many pages a process has: one that it reads, and what it does until it is given more."""
TRIES: Final = 2
"""How many processes may die over a page before the page is at fault."""
_MOST_DEATHS: Final = 16
"""After so many deaths with not a page read in between, it is no page that is at fault."""
_MOST_STILLBORN: Final = 3
"""Nor is it after so many that were dead before they were given one."""


class PageBugError(Exception):
    """The code that reads a page failed; the text is its traceback."""


class _Errand:
    """A page on its way, and who waits for it."""

    __slots__ = ("answer", "deaths", "page")

    def __init__(self, page: RawPage) -> None:
        self.page = page
        self.answer: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self.deaths = 0

    def end(self, said: object) -> None:
        """Tell what was *said* of the page."""
        if self.answer.done():  # who waited was cancelled
            return
        try:
            self.answer.set_result(understand(self.page, said))
        except (PageBugError, NoReaderError) as error:
            self.answer.set_exception(error)


def understand(page: RawPage, said: object) -> Taken:
    """Return what *page* is taken for, by what was *said* of it.

    Raise ``PageBugError`` if its code failed, and what is an error itself.
    """
    if isinstance(said, Exception):
        raise said
    if isinstance(said, Bug):
        raise PageBugError(said)
    if isinstance(said, Costly):
        logger.warning("%s: not read: %s", page.landed, said)
        return Taken(TOO_COSTLY, problem=f"{page.landed}: {said}")
    return cast("Taken", said)


class Readers:
    """Reads pages with *reader* in *count* processes; one that dies over a page is replaced."""

    def __init__(self, reader: PageReader, count: int, limits: Limits) -> None:
        self._reader = reader
        self._limits = limits
        self._waiting: deque[_Errand] = deque()
        self._failure: NoReaderError | None = None
        self._is_closed = False
        self._deaths = 0
        self._stillborn = 0
        self._processes = [_Process(self._heard) for _ in range(count)]
        self._lives = [asyncio.ensure_future(self._replace(one)) for one in self._processes]

    async def read(self, page: RawPage) -> Taken:
        """Return what *page* is taken for: ``too_costly`` if it takes more than it may.

        Raise ``PageBugError`` if the code fails that reads it, ``NoReaderError`` if none runs.
        """
        if self._failure is not None:
            raise self._failure
        errand = _Errand(page)
        self._waiting.append(errand)
        self._hand_out()
        return await errand.answer

    async def close(self) -> None:
        """End the processes; nobody waits for a page any more."""
        self._is_closed = True
        for process in self._processes:
            process.close()
        await asyncio.gather(*self._lives)

    def _hand_out(self) -> None:
        while self._waiting:
            process = min(self._processes, key=lambda one: len(one.errands))
            if len(process.errands) >= _AHEAD:
                return
            process.give(self._waiting.popleft())

    def _heard(self, *, has_read: bool) -> None:
        self._stillborn = 0
        if has_read:
            self._deaths = 0
        self._hand_out()

    async def _replace(self, process: _Process) -> None:
        """Have *process* run, and another in its place when it dies, to the end of the crawl."""
        while not self._is_closed and self._failure is None:
            try:
                exitcode = await process.run(self._reader, self._limits)
            except OSError as error:
                self._stillborn += 1
                ended = str(error)
            else:
                self._deaths += not is_time_up(exitcode)
                self._stillborn += not process.is_ready
                self._blame(process, exitcode)
                ended = f"the last one ended with {how_ended(exitcode)}"
            self._waiting.extendleft(reversed(process.errands))
            process.errands.clear()
            if not self._is_closed:
                self._go_on_or_give_up(ended)

    def _blame(self, process: _Process, exitcode: int) -> None:
        """Give up the page that *process* died over, if it is that which ended it."""
        if not process.is_ready or not process.errands:
            return
        first = process.errands[0]
        first.deaths += 1
        if is_time_up(exitcode) or first.deaths >= TRIES:
            process.errands.popleft().end(Costly(self._limits.cause(exitcode)))

    def _go_on_or_give_up(self, ended: str) -> None:
        if self._deaths < _MOST_DEATHS and self._stillborn < _MOST_STILLBORN:
            self._hand_out()
            return
        self._failure = NoReaderError(f"no process can be had that reads pages: {ended}")
        while self._waiting:
            self._waiting.popleft().end(self._failure)


class _Process(asyncio.Protocol):
    """A process that reads, and those that take its place."""

    def __init__(self, on_heard: Heard) -> None:
        """*on_heard* is called each time it said something, with whether it read a page."""
        self.errands: deque[_Errand] = deque()
        """What it was given and has not read yet."""
        self.is_ready = False
        """Whether it came so far as to read."""
        self._on_heard = on_heard
        self._is_closed = False
        self._frames = Frames()
        self._order = b""
        self._transport: asyncio.Transport | None = None
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def give(self, errand: _Errand) -> None:
        """Have the page of *errand* read."""
        self.errands.append(errand)
        if self._transport is not None:
            self._transport.write(pack(errand.page))

    def close(self) -> None:
        """End it, whatever it is in."""
        self._is_closed = True
        if self._transport is not None:
            self._transport.abort()

    async def run(self, reader: PageReader, limits: Limits) -> int:
        """Run one process with *reader*; return its exit code when it is over.

        Raise ``OSError`` if there can be none.
        """
        loop = asyncio.get_running_loop()
        self._frames, self.is_ready, self._over = Frames(), False, loop.create_future()
        self._order = pack((reader, limits))
        life, way = begin()
        await loop.connect_accepted_socket(lambda: self, way)
        await self._over
        if self._is_closed:
            life.kill()
        return await asyncio.to_thread(life.wait)

    # --- what asyncio calls -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say how to read, and what was given meanwhile."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._order)
        for errand in self.errands:
            self._transport.write(pack(errand.page))
        if self._is_closed:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take in what it says."""
        all_said = self._frames.feed(data)
        for said in all_said:
            if said == READY:
                self.is_ready = True
            else:
                self.errands.popleft().end(said)
        if all_said:
            self._on_heard(has_read=all_said[-1] != READY)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Take in that it is over."""
        self._transport = None
        self._over.set_result(None)
