"""A server that sends exactly the bytes it is told, also wrong ones, and keeps what it gets.

And the client that is tried on it: the download handler, outside of a crawl.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from scrapy import Request
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from crawler.fetching.download import DownloadHandler, exchange_done

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy.http import Response

    from crawler.exchange import Exchange


class Client:
    """A download handler under *settings*, and the exchanges that it told of."""

    def __init__(self, **settings: object) -> None:
        self._crawler = SimpleNamespace(settings=Settings(settings), spider=None)
        self.signals = self._crawler.signals = SignalManager(self._crawler)
        self.exchanges: list[Exchange] = []
        self.requests: list[Request] = []

    async def __aenter__(self) -> Self:
        self.handler = DownloadHandler(self._crawler)  # type: ignore[arg-type]
        self.signals.connect(self._take, exchange_done)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.handler.close()

    def _take(self, exchange: Exchange, request: Request) -> None:
        self.exchanges.append(exchange)
        self.requests.append(request)

    async def get(
        self,
        url: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        **meta: object,
    ) -> Response:
        request = Request(url, method=method, headers=headers, body=body, meta=dict(meta))
        return await self.handler.download_request(request)


@dataclass(frozen=True)
class Act:
    """What the server does when it is asked: send *data*, and what comes *then*."""

    data: bytes = b""
    then: Literal["keep", "close", "reset", "hang", "flood", "drip"] = "keep"
    """Waits for the next request, ends the connection, breaks it, does nothing any more, or sends
    *more* again and again, fast or slowly."""
    more: bytes = b"x"


@dataclass
class HostileServer:
    """Plays the acts of the asked path, one a request, the last again and again."""

    acts: dict[str, list[Act]]
    tls: ssl.SSLContext | None = None
    received: list[bytes] = field(default_factory=list)
    """The requests, as they came."""
    peers: list[str] = field(default_factory=list)
    """Who came, a connection each."""
    asked: threading.Event = field(default_factory=threading.Event)
    """Set as soon as a request came."""

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._listen)]
        self._counts: dict[str, int] = {}
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._socket.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        return len(self.peers)

    def say(self, data: bytes) -> None:
        """Send *data* to whoever is there, asked or not."""
        for connection in list(self._open):
            with suppress(OSError):  # it left meanwhile
                connection.sendall(data)

    def _listen(self) -> None:
        while True:
            try:
                connection, peer = self._socket.accept()
            except OSError:
                return
            self.peers.append(peer[0])
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        self._open.add(plain)
        connection = plain
        with suppress(OSError):
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.tls.wrap_socket(plain, server_side=True)
                self._open.add(connection)
            self.talk(connection)
        self._open -= {plain, connection}
        connection.close()
        plain.close()

    def talk(self, connection: socket.socket) -> None:
        while request := read_request(connection):
            self.received.append(request)
            self.asked.set()
            path = request_path(request)
            turn = self._counts[path] = self._counts.get(path, 0) + 1
            acts = self.acts[path]
            act = acts[min(turn, len(acts)) - 1]
            connection.sendall(act.data)
            if act.then != "keep":
                _finish(connection, act)
                return


class TunnelProxy(HostileServer):
    """Opens tunnels; refuses those for which an act is told."""

    def talk(self, connection: socket.socket) -> None:
        request = read_request(connection)
        self.received.append(request)
        place = request.split(b" ")[1].decode()
        if place in self.acts:
            connection.sendall(self.acts[place][0].data)
            return
        host, _, port = place.rpartition(":")
        with socket.create_connection((host, int(port))) as site:
            self._open.add(site)
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(site, connection))
            back.start()
            _pump(connection, site)
            back.join(10)
            self._open.discard(site)


def _finish(connection: socket.socket, act: Act) -> None:
    if act.then == "hang":
        while connection.recv(65536):
            pass
    while act.then == "flood":
        connection.sendall(act.more * 1000)
    connection.settimeout(0.01)
    while act.then == "drip":
        with suppress(TimeoutError):
            if not connection.recv(65536):
                return
        connection.sendall(act.more)
    if act.then == "reset":
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def read_request(connection: socket.socket) -> bytes:
    """Return the next request with its body, or nothing at the connection's end."""
    got = b""
    while b"\r\n\r\n" not in got:
        data = connection.recv(65536)
        if not data:
            return b""
        got += data
    head, _, body = got.partition(b"\r\n\r\n")
    fields = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
    length = sum(int(value) for name, _, value in fields if name.lower() == b"content-length")
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def request_path(request: bytes) -> str:
    """Return the path of a request line, also of one in absolute form."""
    target = request.split(b" ", 2)[1].decode()
    return urlsplit(target).path if "://" in target else target.partition("?")[0]


def make_tls(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """Return how a server called *name* speaks TLS, and the file of the authority to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), False)  # noqa: FBT003
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)  # noqa: FBT003
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "certificate.pem", folder / "key.pem"
    trusted.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return context, trusted
