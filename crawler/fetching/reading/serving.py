"""The process that reads: pages in, what they were taken for out, in their order."""

from __future__ import annotations

import gc
import pickle
import socket
import struct
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from crawler.collection.confining import Limits, confine
from crawler.fetching.reading.pages import RawPage

if TYPE_CHECKING:
    from crawler.fetching.reading.pages import PageReader

_LENGTH: Final = struct.Struct("!Q")
CHUNK: Final = 1 << 18
"""How many bytes are taken in at once, at most."""

COLLECTING: Final = (20_000, 20, 50)
"""When garbage is looked for: a page makes many objects and few cycles, so it spares 4 %."""
READY: Final = "ready"
"""What it says first."""


class Costly(str):
    """Says that a page took more than it may, and what."""

    __slots__ = ()


class Bug(str):
    """Says that the code of a page class failed: a traceback."""

    __slots__ = ()


class Frames:
    """Takes a stream of bytes apart into what was packed.

    >>> frames, sent = Frames(), pack("a") + pack(["b", 1])
    >>> frames.feed(sent[:11]), frames.feed(sent[11:])
    ([], ['a', ['b', 1]])
    """

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes | memoryview) -> list[Any]:
        """Return what is complete with *data*."""
        rest, found, start = self._rest, [], 0
        rest += data
        with memoryview(rest) as view:
            while len(rest) - start >= _LENGTH.size:
                end = start + _LENGTH.size + _LENGTH.unpack_from(rest, start)[0]
                if len(rest) < end:
                    break
                found.append(pickle.loads(view[start + _LENGTH.size : end]))  # noqa: S301 - our own
                start = end
        del rest[:start]
        return found


def pack(value: object) -> bytes:
    """Return *value* as ``Frames`` takes it apart."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def command(descriptor: int) -> list[str]:
    """Return the command that serves at the socket *descriptor*."""
    code = f"import sys; sys.path[:] = {sys.path!r}; import {__name__} as it; it.main()"
    return [sys.executable, "-c", code, str(descriptor)]


def main() -> None:
    """Serve as ``command`` says."""
    with socket.socket(fileno=int(sys.argv[1])) as connection, suppress(OSError):
        serve(connection)


def serve(connection: socket.socket) -> None:
    """Read the pages that come over *connection*, until its other end is closed.

    A reader comes first, with its limits. Raise ``OSError`` if the other end is gone.
    """
    gc.freeze()  # what is loaded by now stays, and what is shared stays shared
    gc.set_threshold(*COLLECTING)
    frames, room = Frames(), memoryview(bytearray(CHUNK))
    reader: PageReader | None = None
    limits = Limits()
    while count := connection.recv_into(room):
        for said in frames.feed(room[:count]):
            if isinstance(said, RawPage) and reader is not None:
                with limits.timed():
                    answer = _read(reader, said)
                connection.sendall(answer)
            else:
                reader, limits = said
                confine(limits)
                connection.sendall(pack(READY))


def _read(reader: PageReader, page: RawPage) -> bytes:
    try:
        return pack(reader.read(page))
    except MemoryError:
        return pack(Costly("reading it takes more memory than it may"))
    except Exception:  # noqa: BLE001 - a page class may do anything; others can be read
        return pack(Bug(traceback.format_exc()))
