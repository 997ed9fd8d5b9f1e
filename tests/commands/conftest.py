"""A web that tests make up, and the commands as processes that ask it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import pytest

from tests.collection.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.crash.processes import Nursery

PROJECT = Path(__file__).parents[2]
SITE = "http://www.wenku365.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the web says; *gate* is waited for first, and *cut* drops the connection instead."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None
    cut: bool = False


class Web:
    """Pages by their address, behind an HTTP proxy; one that is not there answers 404.

    An address may have several answers: each is given once, the last for ever.
    """

    def __init__(self) -> None:
        self.pages: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self._signs: dict[str, threading.Event] = {}
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for answers in self.pages.values():
            for answer in answers:
                if answer.gate:
                    answer.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.asked)

    def put(self, path: str, *answers: Answer | str, site: str = SITE) -> str:
        """Put *answers* at *path*; return its address."""
        self.pages[site + path] = [
            Answer(body=answer.encode()) if isinstance(answer, str) else answer
            for answer in answers
        ]
        return site + path

    def when_asked(self, url: str) -> threading.Event:
        """Return an event that is set once *url* is asked for."""
        return self._signs.setdefault(url, threading.Event())

    def _answer(self, url: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(url)
        self.headers.append(headers)
        self.when_asked(url).set()
        answers = self.pages.get(url, [Answer(status=404)])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer = web._answer(self.path, dict(self.headers))
                if answer.gate:
                    answer.gate.wait(60)
                if answer.cut:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                usual = {"Content-Type": "text/html", "Content-Length": str(len(answer.body))}
                for name, value in {**usual, **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a crawler may hang up."""


class Scrapy(Protocol):
    """Runs ``scrapy`` to its end."""

    def __call__(
        self, *args: str | Path, stdin: bytes = b"", **env: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def environment(web: Web, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a command that asks *web* and keeps what it reads in *tmp_path*."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DOCSHELF_") and not name.lower().endswith("_proxy")
    }
    return kept | {
        "http_proxy": web.proxy,
        "DOCSHELF_DATA": str(tmp_path / "data"),
        "DOCSHELF_CONTACT": "https://archive.example/bot",
        "DOCSHELF_RETRY_DELAY": "0.01",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def scrapy(environment: dict[str, str], nursery: Nursery) -> Scrapy:
    def run(*args: str | Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
        return nursery.complete([str(one) for one in args], environment | env, stdin)

    return run


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Starter]:
    """Start ``scrapy``, and end it with the test."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*args: str | Path, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            scrapy_command(*args),
            cwd=PROJECT,
            env=environment | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


class Starter(Protocol):
    def __call__(self, *args: str | Path, **env: str) -> subprocess.Popen[str]: ...


def scrapy_command(*args: str | Path) -> list[str]:
    return [sys.executable, "-m", "scrapy", *map(str, args)]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return an archive and its database, as two crawls left them where the commands look."""
    shelf = Shelf(tmp_path / "data", f"sqlite:///{tmp_path}/data/docshelf.db")
    shelf.fill()
    return shelf


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


@pytest.fixture
def document() -> Documents:
    """Return what makes pages of documents of wenku365, in words of our own."""
    return document_page


class Documents(Protocol):
    def __call__(self, doc_id: int | str, links: str = "") -> str: ...


def document_page(doc_id: int | str, links: str = "") -> str:
    return f"""<!doctype html><html><head><meta charset="utf-8">
    <title>防汛工作总结{doc_id}-天天文库</title></head><body><a href="/">首页</a>
    <p>ID:{doc_id}</p><p>大小:58.50 KB</p><p>页数:11页</p><p>时间:2018-11-19</p>
    <p>《防汛工作总结{doc_id}》由会员上传分享,免费在线阅读,更多相关内容在学术论文-天天文库。</p>
    <p>1、今年入汛以来,各村按照要求检查了堤防和泵站。</p>
    <p>此文档下载收益归作者所有</p>{links}</body></html>"""


@pytest.fixture
def listing() -> Listings:
    """Return what makes pages that link to paths."""
    return lambda *paths: (
        "<html><title>文档列表</title><body>"
        + "".join(f'<p><a href="{path}">第{number}篇</a></p>' for number, path in enumerate(paths))
    )


class Listings(Protocol):
    def __call__(self, *paths: str) -> str: ...
