"""The connections that are kept alive, until they are wanted again or have waited too long."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crawler.fetching.download.asking import Route
    from crawler.fetching.download.connection import Connection

IDLE_SECONDS: Final = 60.0
"""How long a connection waits for its next request; most servers wait no longer."""

_CLOSE_SECONDS: Final = 1.0


class Pool:
    """Idle connections: *per_route* of each route and *total* in all, at most."""

    def __init__(self, *, per_route: int, total: int, idle_seconds: float = IDLE_SECONDS) -> None:
        self._per_route = per_route
        self._total = total
        self._idle_seconds = idle_seconds
        self._open: set[Connection] = set()
        self._idle: dict[Connection, None] = {}  # the longest idle first
        self._by_route: dict[Route, list[Connection]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._emptied = asyncio.Event()

    def __len__(self) -> int:
        return len(self._idle)

    def add(self, connection: Connection) -> None:
        """Take note of a new *connection*, which is in use."""
        if not connection.is_over:
            self._open.add(connection)

    def take(self, route: Route) -> Connection | None:
        """Return an idle connection of *route*, the last one used, if there is one."""
        idle = self._by_route.get(route)
        while idle:
            connection = idle[-1]
            self._remove(connection)
            if connection.is_quiet:
                return connection
            connection.abort()
        return None

    def put(self, connection: Connection) -> None:
        """Keep *connection* for later, in place of the longest idle one if there are too many."""
        loop = asyncio.get_running_loop()
        idle = self._by_route.setdefault(connection.route, [])
        idle.append(connection)
        self._idle[connection] = None
        connection.idle_since = loop.time()
        if len(idle) > self._per_route:
            self._drop(idle[0])
        elif len(self._idle) > self._total:
            self._drop(next(iter(self._idle)))
        if self._timer is None and self._idle:
            self._timer = loop.call_later(self._idle_seconds, self._sweep)

    def lost(self, connection: Connection) -> None:
        """Forget *connection*, which is over."""
        self._remove(connection)
        self._open.discard(connection)
        if not self._open:
            self._emptied.set()

    async def close(self) -> None:
        """End all connections, those in use too."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._emptied.clear()
        for connection in list(self._open):
            connection.abort()
        if self._open:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), _CLOSE_SECONDS)

    def _sweep(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        while self._idle:
            connection = next(iter(self._idle))
            due = connection.idle_since + self._idle_seconds
            if due > loop.time():
                self._timer = loop.call_at(due, self._sweep)
                return
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        self._remove(connection)
        connection.abort()

    def _remove(self, connection: Connection) -> None:
        if connection not in self._idle:
            return
        del self._idle[connection]
        idle = self._by_route[connection.route]
        idle.remove(connection)
        if not idle:
            del self._by_route[connection.route]
