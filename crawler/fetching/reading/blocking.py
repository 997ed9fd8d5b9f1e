"""Pages read one by one beside a process that waits for each: before a crawl begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from crawler.collection.confining import how_ended, is_time_up
from crawler.errors import NoReaderError
from crawler.fetching.reading.lives import begin, give_back
from crawler.fetching.reading.readers import TRIES, understand
from crawler.fetching.reading.serving import CHUNK, READY, Costly, Frames, pack

if TYPE_CHECKING:
    import socket
    from types import TracebackType
    from typing import Self

    from crawler.collection.confining import Limits
    from crawler.fetching.reading.lives import Life
    from crawler.fetching.reading.pages import PageReader, RawPage, Taken


class BlockingReader:
    """Reads pages with *reader*, each within *limits*; its process is left to the crawl."""

    def __init__(self, reader: PageReader, limits: Limits) -> None:
        self._reader = reader
        self._limits = limits
        self._running: tuple[Life, socket.socket] | None = None
        self._frames = Frames()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._running is not None:
            give_back(*self._running)

    def read(self, page: RawPage) -> Taken:
        """Return what *page* is taken for: ``too_costly`` if it takes more than it may.

        Raise ``PageBugError`` if the code fails that reads it, ``NoReaderError`` if none runs.
        """
        deaths = 0
        while True:
            said = self._ask(page)
            if said is not None:
                return understand(page, said)
            exitcode, deaths = self._bury(), deaths + 1
            if is_time_up(exitcode) or deaths >= TRIES:
                return understand(page, Costly(self._limits.cause(exitcode)))

    def _ask(self, page: RawPage) -> object:
        """Return what is said of *page*; nothing, if that ends the process."""
        way = self._way()
        try:
            way.sendall(pack(page))
        except OSError:
            return None
        return self._hear(way)

    def _way(self) -> socket.socket:
        """Return the way to a process that is ready."""
        if self._running is None:
            try:
                self._running = begin()
            except OSError as error:
                raise NoReaderError(f"no process can be had that reads pages: {error}") from error
            self._frames = Frames()
            way = self._running[1]
            way.sendall(pack((self._reader, self._limits)))
            if self._hear(way) != READY:
                how = how_ended(self._bury())
                raise NoReaderError(f"no process can be had that reads pages: it ended with {how}")
        return self._running[1]

    def _hear(self, way: socket.socket) -> object:
        while data := _received(way):
            for said in self._frames.feed(data):
                return cast("object", said)
        return None

    def _bury(self) -> int:
        """Return the exit code of the process that died."""
        if self._running is None:
            raise RuntimeError("no process runs")
        life, way = self._running
        self._running = None
        way.close()
        return life.wait()


def _received(way: socket.socket) -> bytes:
    try:
        return way.recv(CHUNK)
    except OSError:  # it died with something unread
        return b""
