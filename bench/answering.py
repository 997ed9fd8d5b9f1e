"""Serve the demo's sites without faults from memory, so that the site costs next to nothing.

Run as ``python answering.py DOCUMENTS``; it prints where its proxy is. A page is written once,
when it is first asked for: a crawl that is not measured has to come first.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.demo.options import parse_options
from crawler.demo.server import Demo

if TYPE_CHECKING:
    from crawler.demo.site import DemoSite

END = b"\r\n\r\n"


class Pages:
    """The answers of the demo's sites, as they are sent."""

    def __init__(self, documents: int) -> None:
        demo = Demo(parse_options({"documents": str(documents)}, faults=False))
        self._sites: dict[str, DemoSite] = {one.site.host: one for one in demo.sites}
        self._written: dict[bytes, bytes] = {}

    def answer(self, head: bytes) -> bytes:
        """Return the answer to the request with *head*, whose line has the whole address."""
        address = head.split(b" ", 2)[1]
        written = self._written.get(address)
        if written is None:
            written = self._written[address] = self._write(address.decode())
        return written

    def _write(self, address: str) -> bytes:
        parts = urlsplit(address)
        answer = self._sites[parts.netloc].answer(parts._replace(scheme="", netloc="").geturl())
        body = answer.body()
        lines = [f"HTTP/1.1 {answer.status} Said", f"Content-Length: {len(body)}"]
        lines.append(f"Content-Type: {answer.content_type}")
        if answer.location is not None:
            lines.append(f"Location: {answer.location}")
        return "\r\n".join(lines).encode() + END + body


class Server(asyncio.Protocol):
    """One connection: requests without bodies, one after another."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        *heads, self._came = (self._came + data).split(END)
        for head in heads:
            self._transport.write(self._pages.answer(head))


async def main(documents: int) -> None:
    """Serve until the process is ended."""
    pages = Pages(documents)
    server = await asyncio.get_running_loop().create_server(lambda: Server(pages), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"Ready at http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
