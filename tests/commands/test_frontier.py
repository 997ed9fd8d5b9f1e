"""``scrapy frontier``, as a process."""

from __future__ import annotations

import gzip
import json
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from crawler.storage import database_url, open_store
from crawler.storage.frontier import add, open_crawl, settle, supply
from crawler.storage.pages import Found, Settled
from tests.commands.conftest import PROJECT, scrapy_command

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from tests.commands.conftest import Scrapy

NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATER: Final = NOW.replace(hour=9)
FRONT: Final = "https://www.wenku365.com/"
MANY: Final = 3_000
"""Pages whose lines are more than a pipe holds."""


def document(number: int) -> Found:
    return Found(f"{FRONT}p-{number:08}.html", number, "document", -1, 1)


def begin(connection: Connection) -> None:
    """Have a crawl ask its front page, a document, and one in vain, and find many more."""
    crawl = open_crawl(connection, "wenku365", "k", {"url": FRONT}, NOW)
    seeds = [Found(FRONT, 0, "seed", 0, 0)]
    leases, crawl, *_ = supply(connection, crawl, lambda start, _: seeds[start:], NOW, 1)
    settle(connection, [Settled(leases[0].id, "done")])
    add(connection, crawl, [(document(number), leases[0].id) for number in range(1, MANY + 1)])
    first, second, _ = supply(connection, crawl, lambda *_: [], NOW, 3).leases
    settle(
        connection,
        [
            Settled(first.id, "done"),
            Settled(second.id, "due", "timeout", attempts=2, not_before=LATER),
        ],
    )


@pytest.fixture
def crawled(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/docshelf.db"
    (tmp_path / "data").mkdir()
    with open_store(database_url({"DOCSHELF_DATABASE_URL": url})) as store:
        store.write(begin)


@pytest.mark.usefixtures("crawled")
def test_counts_and_pages(scrapy: Scrapy, tmp_path: Path) -> None:
    done = scrapy("frontier", "wenku365")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"wenku365 -a url={FRONT}: pass 1, begun 2026-11-24T08:00:00Z, not ended",
        "  due     -        2,997",
        "  due     timeout      1  from 2026-11-24T09:00:00Z",
        "  leased  -            1",
        "  done    -            2",
    ]
    line = (
        f"wenku365  document  due  timeout  2  2026-11-24T09:00:00Z  1  1  {document(2).url}"
        f"  {FRONT}\n"
    )
    assert scrapy("frontier", "--state", "due", "--reason", "timeout").stdout == line
    assert scrapy("frontier", "--state", "waiting", "--kind", "document").stdout == line
    assert scrapy("frontier", "--list").stdout.count("\n") == MANY + 1
    file = tmp_path / "pages.jsonl.gz"
    assert scrapy("frontier", "-o", file).returncode == 0
    pages = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    assert [page["url"] for page in pages[1:]] == [document(n).url for n in range(1, MANY + 1)]
    assert (pages[0]["named_by"], pages[0]["kind"], pages[0]["not_before"]) == (None, "seed", None)
    assert pages[2] == {
        "site": "wenku365",
        "kind": "document",
        "state": "due",
        "reason": "timeout",
        "attempts": 2,
        "not_before": "2026-11-24T09:00:00Z",
        "depth": 1,
        "url": document(2).url,
        "named_by": FRONT,
        "pass_number": 1,
    }


@pytest.mark.usefixtures("crawled")
def test_nobody_reads_on(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        scrapy_command("frontier", "-o", "-"),
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["url"] == FRONT
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.usefixtures("crawled")
def test_none_found_leaves_the_file_as_it_is(scrapy: Scrapy, tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text("before\n", encoding="utf-8")
    done = scrapy("frontier", "31ppt", "-o", file)
    assert (done.returncode, done.stderr) == (4, "scrapy frontier: none found\n")
    assert file.read_text(encoding="utf-8") == "before\n"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--state", "leasd"), 2, "did you mean leased?"),
        (("--kind", "page"), 2, "unknown kind 'page': there are seed, list, document, robots"),
        (("wenku365",), 23, "docshelf.db"),
    ],
)
def test_mistakes(scrapy: Scrapy, args: tuple[str, ...], code: int, words: str) -> None:
    done = scrapy("frontier", *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
