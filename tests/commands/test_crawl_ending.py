"""How ``scrapy crawl`` ends when something or somebody ends it."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Answer, Documents, Scrapy, Starter, Web

FRONT = "http://www.wenku365.com/"
FAST = ("-s", "DOWNLOAD_DELAY=0")
SOON = 60


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_crawl_keeps_what_is_under_way(
    web: Web,
    start: Starter,
    scrapy: Scrapy,
    answer: type[Answer],
    document: Documents,
    number: signal.Signals,
    tmp_path: Path,
) -> None:
    gate = threading.Event()
    web.put("/p-1000001.html", answer(body=document(1000001).encode(), gate=gate))
    for doc_id in range(1000002, 1000030):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    lines = tmp_path / "x.jsonl"
    crawl = start(
        *("crawl", "wenku365", "-a", "ids=1000001-1000029", "-a", f"url={FRONT}"),
        # One is under way; the seven that wait for their turn would take longer than SOON.
        *("-s", "DOWNLOAD_DELAY=30", "-s", "ROBOTSTXT_OBEY=False", "-O", str(lines)),
    )
    assert web.when_asked(f"{FRONT}p-1000001.html").wait(SOON)
    crawl.send_signal(number)
    gate.set()
    _, errors = crawl.communicate(timeout=SOON)
    assert crawl.returncode == 11
    assert "interrupted: run the same command to go on" in errors
    assert "1 read: 1 new" in errors
    assert json.loads(lines.read_text())["doc_id"] == "1000001"
    assert scrapy("export").stdout == lines.read_text()


def test_an_interrupted_wait_ends_at_once(web: Web, start: Starter, answer: type[Answer]) -> None:
    url = web.put("/p-1000001.html", answer(status=503, headers={"Retry-After": "86000"}))
    crawl = start(
        *("crawl", "wenku365", *FAST, "-a", f"url={url}", "-L", "DEBUG"),
        *("-s", "DOCSHELF_PATIENCE=86400"),
    )
    assert crawl.stderr
    assert any("Retrying" in line for line in crawl.stderr)
    crawl.send_signal(signal.SIGTERM)
    crawl.communicate(timeout=SOON)
    assert crawl.returncode == 11


def test_an_interrupted_pause_ends_at_once(web: Web, start: Starter, answer: type[Answer]) -> None:
    web.put("/p-1000001.html", answer(status=429, headers={"Retry-After": "86000"}))
    crawl = start(
        *("crawl", "wenku365", *FAST, "-a", "ids=1000001-1000099", "-a", f"url={FRONT}"),
        *("-L", "DEBUG", "-s", "DOCSHELF_PATIENCE=86400", "-s", "CONCURRENT_REQUESTS=1"),
    )
    assert crawl.stderr
    assert any("Retrying" in line for line in crawl.stderr)
    crawl.send_signal(signal.SIGINT)
    crawl.communicate(timeout=SOON)
    assert crawl.returncode == 11


def test_the_outcome_stands_whatever_signal_comes(
    web: Web, start: Starter, answer: type[Answer], document: Documents, tmp_path: Path
) -> None:
    # A process that is slow to exit: it says that it is at its end, and waits for its input.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, threading\n"
        "def wait():\n"
        "    print('ending', flush=True)\n"
        "    sys.stdin.read()\n"
        "threading._register_atexit(wait)\n"
    )
    gate = threading.Event()
    url = web.put("/p-1000001.html", answer(body=document(1000001).encode(), gate=gate))
    crawl = start("crawl", "wenku365", *FAST, "-a", f"url={url}", PYTHONPATH=str(tmp_path))
    assert web.when_asked(url).wait(SOON)
    crawl.send_signal(signal.SIGTERM)
    gate.set()
    assert crawl.stdout
    assert crawl.stdout.readline() == "ending\n"
    crawl.send_signal(signal.SIGTERM)
    crawl.send_signal(signal.SIGINT)
    crawl.communicate(timeout=SOON)
    assert crawl.returncode == 11


def test_a_limit_does_not_wait_for_what_was_not_sent(
    web: Web, scrapy: Scrapy, document: Documents
) -> None:
    for doc_id in (1000001, 1000002):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    done = scrapy(
        *("crawl", "wenku365", "-a", "ids=1000001-1999999", "-a", f"url={FRONT}"),
        *("-a", "limit=1", "-s", "DOWNLOAD_DELAY=30", "-s", "ROBOTSTXT_OBEY=False"),
    )
    assert done.returncode == 0
    assert "1 read" in done.stderr
    assert len(web.asked) == 1


def test_a_bug_is_told(web: Web, start: Starter, document: Documents, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(
        "from spiders import wenku365\n"
        "class BrokenPage(wenku365.Wenku365Page):\n"
        "    def document(self):\n"
        "        if '1000001' in self.url:\n"
        "            raise ZeroDivisionError\n"
        "        return super().document()\n"
        "class BrokenSpider(wenku365.Wenku365Spider):\n"
        "    page = BrokenPage\n"
        "    name = 'broken'\n"
    )
    for doc_id in (1000001, 1000002):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    crawl = start(
        *("crawl", "broken", *FAST, "-a", "ids=1000001-1000002", "-a", f"url={FRONT}"),
        *("-s", "SPIDER_MODULES=broken"),
        PYTHONPATH=str(tmp_path),
    )
    _, said = crawl.communicate(timeout=SOON)
    assert crawl.returncode == 1
    assert "1 read" in said
    assert f"bug  1  such as {FRONT}p-1000001.html" in said
    assert "ZeroDivisionError" in said


def test_a_database_that_fails_while_crawling(
    web: Web, start: Starter, answer: type[Answer], document: Documents, tmp_path: Path
) -> None:
    gate = threading.Event()
    url = web.put("/p-1000001.html", answer(body=document(1000001).encode(), gate=gate))
    crawl = start("crawl", "wenku365", *FAST, "-a", f"url={url}")
    assert web.when_asked(url).wait(SOON)
    database = sqlite3.connect(tmp_path / "data/docshelf.db")
    database.execute("ALTER TABLE documents RENAME TO elsewhere")
    database.commit()
    database.close()
    gate.set()
    _, errors = crawl.communicate(timeout=SOON)
    assert crawl.returncode == 23
    assert "the database failed" in errors
    assert "Traceback" not in errors


def test_a_full_disk(web: Web, scrapy: Scrapy, document: Documents) -> None:
    for doc_id in range(1000001, 1000100):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    done = scrapy(
        *("crawl", "wenku365", *FAST, "-a", "ids=1000001-1000099", "-a", f"url={FRONT}"),
        *("-O", "/dev/full:jsonl"),
    )
    assert done.returncode == 22
    assert "not all was written: /dev/full: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away(web: Web, start: Starter, document: Documents) -> None:
    for doc_id in range(1000001, 1000100):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    crawl = start(
        *("crawl", "wenku365", *FAST, "-a", "ids=1000001-1000099", "-a", f"url={FRONT}"),
        *("-O", "-:jsonl"),
    )
    assert crawl.stdout
    crawl.stdout.close()
    assert crawl.stderr
    errors = crawl.stderr.read()
    assert crawl.wait(SOON) == 0
    assert "Broken pipe" not in errors
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors


def test_a_line_that_lives_on_a_terminal(
    web: Web, environment: dict[str, str], answer: type[Answer], document: Documents
) -> None:
    gate = threading.Event()
    url = web.put("/p-1000001.html", answer(body=document(1000001).encode(), gate=gate))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "wenku365", *FAST, "-a", f"url={url}"],
        cwd=Path(__file__).parents[2],
        env=environment | {"TERM": "xterm", "COLUMNS": "100", "DOCSHELF_CONTACT": ""},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as crawl:
        os.close(theirs)
        shown = _read(ours, until="1 waiting")
        gate.set()
        shown += _read(ours, until=None)
    os.close(ours)
    assert crawl.returncode == 0
    assert "0 documents · 0.0 pages/s · 0 errors · 1 waiting" in shown
    assert "1 read: 1 new" in shown


def test_plain_lines_elsewhere(
    web: Web, start: Starter, answer: type[Answer], document: Documents
) -> None:
    gate = threading.Event()
    url = web.put("/p-1000001.html", answer(body=document(1000001).encode(), gate=gate))
    crawl = start("crawl", "wenku365", *FAST, "-a", f"url={url}", "-s", "LOGSTATS_INTERVAL=0.1")
    assert crawl.stderr
    line = next(line for line in crawl.stderr if "waiting" in line)
    gate.set()
    crawl.communicate(timeout=SOON)
    assert re.match(r"[\d-]{10} [\d:]{8} 0 documents · ", line)


def _read(terminal: int, until: str | None) -> str:
    """Return what comes out of *terminal*, to its end or until *until* is in it."""
    shown = b""
    while until is None or until.encode() not in shown:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # how Linux tells the end
            break
        if not chunk:
            break
        shown += chunk
    return shown.decode(errors="replace")
