"""A connection to a server, that carries one request and answer after another."""

from __future__ import annotations

import asyncio
import select
import ssl
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.fetching.download.asking import Route
    from crawler.fetching.download.framing import Answer

    Watch = Callable[[Answer], bool]
    """Sees an answer each time that more of it came; returns whether to go on."""


class Connection(asyncio.Protocol):
    """One connection; *lost* is called once, when it is over."""

    def __init__(self, route: Route, lost: Callable[[Connection], None]) -> None:
        self.route = route
        self.ip: str | None = None
        """The other end's address."""
        self.certificate: bytes | None = None
        """The site's certificate, as DER."""
        self.idle_since = 0.0
        """On the loop's clock."""
        self.is_over = False
        self._lost = lost
        self._poll = select.poll()
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self._watch: Watch | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def ask(self, request: bytes, answer: Answer, watch: Watch) -> None:
        """Send *request*, and return when *answer* is complete, at fault, cut or not *watched*."""
        if self._transport is None or self._transport.is_closing():
            return
        self._answer, self._watch = answer, watch
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            await self._waiter
        finally:
            self._answer = self._watch = self._waiter = None

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        """Go on under TLS with the server called *name*."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection ended before TLS")
        transport = await loop.start_tls(self._transport, self, context, server_hostname=name)
        if transport is None:
            raise ConnectionResetError("the connection ended within TLS")
        self._adopt(transport)

    def abort(self) -> None:
        """End it now."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def is_drained(self) -> bool:
        """Whether it is open, and all that was to be sent is sent."""
        transport = self._transport
        return (
            transport is not None
            and not transport.is_closing()
            and not transport.get_write_buffer_size()
        )

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came that nobody asked for: an end, or a server's parting words."""
        return self.is_drained and not self._poll.poll(0)

    # --- what asyncio calls -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._adopt(cast("asyncio.Transport", transport))  # uvloop's is not one by its class

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        answer, watch = self._answer, self._watch
        if answer is None or watch is None:
            self.abort()
            return
        answer.feed(data)
        if not watch(answer) or answer.is_complete or answer.fault is not None:
            self._finish()

    def eof_received(self) -> None:
        """Take in that no more will come; asyncio closes the transport then."""
        self._end(cleanly=True)
        self.abort()  # whatever is still to be sent

    def connection_lost(self, exc: Exception | None) -> None:
        """Take in that it is over."""
        self._end(cleanly=exc is None)
        self.is_over = True
        self._lost(self)

    def _end(self, *, cleanly: bool) -> None:
        if self._answer is not None:
            self._answer.end(cleanly=cleanly)
        self._finish()

    def _finish(self) -> None:
        waiter, self._waiter, self._answer, self._watch = self._waiter, None, None, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _adopt(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.ip = peer[0].partition("%")[0] if peer else None
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            self._poll.register(sock.fileno(), select.POLLIN)
        secured = transport.get_extra_info("ssl_object")
        if isinstance(secured, (ssl.SSLObject, ssl.SSLSocket)):
            self.certificate = secured.getpeercert(binary_form=True)
