"""A web archive that speaks every dialect: its indexes, its files and its replays on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote_plus

from aiohttp import web

from crawler.archive.answer import read_answer
from crawler.archive.cdxj import IndexLine, index_path, parse_line
from crawler.archive.keeping import Keeper
from crawler.archive.reader import Record, read_record
from crawler.archive.records import Earlier, RunInfo
from crawler.archive.surt import surt

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from pathlib import Path

    from crawler.archive.answer import Answer
    from crawler.exchange import Exchange

CRAWLS = ("CC-MAIN-2026-26", "CC-MAIN-2026-30")
PAGE_ROWS = 2
WAYBACK_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}
WAYBACK_FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length")


def keep(folder: Path, exchanges: Iterable[Exchange]) -> Path:
    """Keep *exchanges* in one WARC, what repeats an address's payload as a revisit of it."""
    info = RunInfo(software="test/1", run="test-1")
    keeper = Keeper(folder, info, clock=lambda: datetime(2020, 1, 1, tzinfo=UTC))
    known: dict[str, list[Earlier]] = {}
    for exchange in exchanges:
        earlier = known.setdefault(exchange.url, [])
        capture = keeper.write(exchange, earlier)
        earlier.append(
            Earlier(
                url=exchange.url,
                captured_at=capture.captured_at,
                payload_digest=capture.digest,
                record_id=capture.record_id,
            )
        )
    keeper.close()
    return folder / capture.file


@dataclass
class WebArchive:
    """The captures of *warc*; it runs in a thread of its own."""

    warc: Path
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The path and query of every request, and its headers."""
    refusals: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    """What is said, once each and first, to who asks for a path that begins so."""

    def __post_init__(self) -> None:
        text = index_path(self.warc).read_text(encoding="utf-8")
        self.lines = [parse_line(line) for line in text.splitlines()]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._serve())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    def _call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked_of(self, part: str) -> list[str]:
        """Return the requests whose path begins with *part*."""
        return [path for path, _ in self.asked if path.startswith(part)]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path
        self.asked.append((path, dict(request.headers)))
        for refusal in self.refusals:
            begin, status, headers = refusal
            if path.startswith(begin):
                self.refusals.remove(refusal)
                return web.Response(status=status, headers=headers)
        for begin, answer in self._ways().items():
            if found := re.match(begin, path):
                return answer(request, *found.groups())
        return web.Response(status=404, text="<h1>Not Found</h1>", content_type="text/html")

    def _ways(self) -> dict[str, Callable[..., web.Response]]:
        return {
            r"/kept/cdx\?": self._plain,
            r"/collinfo\.json": self._crawls,
            r"/(CC-MAIN-[0-9-]+)-index\?": self._paged,
            r"/cdx/search/cdx\?": self._resumed,
            r"/files/(.+)": self._file,
            r"/(kept|web)/(\d{14})id_/(.+)": self._replay,
        }

    # --- indexes ------------------------------------------------------------------------------

    def _found(self, request: web.BaseRequest) -> list[dict[str, str]]:
        asked = request.query
        assert asked["output"] == "json"
        key = surt(f"http://{asked['url'].removeprefix('http://')}")
        exact = asked.get("matchType") == "exact"
        return [
            {"urlkey": line.key, "timestamp": line.timestamp, **line.fields}
            for line in self.lines
            if (line.key == key if exact else line.key.startswith(key))
        ]

    def _plain(self, request: web.BaseRequest) -> web.Response:
        """Answer as pywb does where the index is not compressed: it knows no pages."""
        return _lines(self._found(request))

    def _crawls(self, _request: web.BaseRequest) -> web.Response:
        # As Common Crawl does, the newest first; but nothing promises it.
        return web.json_response([{"id": name, "name": name} for name in CRAWLS])

    def _paged(self, request: web.BaseRequest, crawl: str) -> web.Response:
        """Answer as Common Crawl's index does."""
        found = self._found(request)
        digests = [one | {"digest": one["digest"].removeprefix("sha1:")} for one in found]
        pages = [digests[at : at + PAGE_ROWS] for at in range(0, len(digests), PAGE_ROWS)]
        if crawl != CRAWLS[-1]:
            pages = []
        if "showNumPages" in request.query:
            return web.json_response({"pages": len(pages), "pageSize": 5, "blocks": len(pages)})
        if not pages:
            message = f"No Captures found for: {request.query['url']}"
            return web.json_response({"message": message}, status=404)
        if "page" in request.query:
            return _lines(pages[int(request.query["page"])])
        return _lines(digests)

    def _resumed(self, request: web.BaseRequest) -> web.Response:
        """Answer as the Wayback Machine does: it names no files."""
        found = self._found(request)
        begin = request.query.get("resumeKey", "")
        rest = [one for one in found if _resume_key(one) > begin]
        rows: list[list[str]] = [[WAYBACK_NAMES.get(name, name) for name in WAYBACK_FIELDS]]
        rows += [[one.get(name, "-") for name in WAYBACK_FIELDS] for one in rest[:PAGE_ROWS]]
        if len(rest) > PAGE_ROWS:
            rows += [[], [quote_plus(_resume_key(rest[PAGE_ROWS - 1]))]]
        return web.json_response(rows if rest else [])

    # --- records ------------------------------------------------------------------------------

    def _file(self, request: web.BaseRequest, name: str) -> web.Response:
        data = (self.warc.parent / name).read_bytes()
        first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers["Range"]).groups()  # type: ignore[union-attr]  # or the test fails
        part = data[int(first) : int(last) + 1]
        # Some servers call the files' own compression one of the way.
        return web.Response(status=206, body=part, headers={"Content-Encoding": "gzip"})

    def _replay(
        self, request: web.BaseRequest, collection: str, moment: str, url: str
    ) -> web.Response:
        line = next(
            (one for one in self.lines if one.timestamp == moment and one.fields["url"] == url),
            None,
        )
        if line is None:
            return web.Response(status=404, text="no such capture")
        answer, body = self._answer(line)
        when = datetime.strptime(moment, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        response = web.Response(status=answer.status, body=body)
        response.headers["Memento-Datetime"] = format_datetime(when, usegmt=True)
        response.headers["X-App-Server"] = "replay-1"
        plain = {"content-type", "set-cookie", "location", "content-encoding"}
        for raw, told in answer.headers:
            name, value = raw.decode(), told.decode()
            if name.lower() in {"content-length", "transfer-encoding"}:
                continue
            if name.lower() == "location":
                value = f"http://{request.host}/{collection}/{moment}id_/{value}"
            kept = name.lower() in plain
            response.headers.add(name if kept else f"X-Archive-Orig-{name}", value)
        return response

    def _answer(self, line: IndexLine) -> tuple[Answer, bytes]:
        record = self._record(line)
        answer = read_answer(record.block)
        assert answer is not None
        if record.kind != "revisit":
            return answer, answer.sent_body()
        assert record.refers_to is not None
        url, moment = record.refers_to
        original = next(
            one
            for one in self.lines
            if one.fields["url"] == url and one.timestamp == f"{moment:%Y%m%d%H%M%S}"
        )
        return answer, self._answer(original)[1]

    def _record(self, line: IndexLine) -> Record:
        return read_record(self.warc, line.offset)


def _lines(found: Iterable[dict[str, str]]) -> web.Response:
    text = "".join(f"{json.dumps(one)}\n" for one in found)
    return web.Response(text=text, content_type="text/x-ndjson")


def _resume_key(one: dict[str, str]) -> str:
    return f"{one['urlkey']} {one['timestamp']}!"


def at(number: int) -> datetime:
    """Return the moment of the capture *number*."""
    return datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC) + timedelta(days=number)
