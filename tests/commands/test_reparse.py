"""``scrapy reparse``, as people run it."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.collection.shelf import Shelf, exchange, page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Scrapy, Starter


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return what two crawls kept where the command looks for it."""
    found = Shelf(tmp_path / "data", f"sqlite:///{tmp_path}/data/docshelf.db")
    found.fill()
    return found


def test_an_archive_alone_is_read_into_lines(shelf: Shelf, scrapy: Scrapy, tmp_path: Path) -> None:
    exported = scrapy("export")
    elsewhere = tmp_path / "elsewhere"
    shelf.warc.rename(elsewhere)
    out = tmp_path / "out.jsonl"
    for path in shelf.folder.iterdir():
        path.unlink()
    done = scrapy("reparse", elsewhere, "--workers", "2", "-o", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "reparse: 26 records read, 9 of them as documents",
        "  wenku365: 9 document, 1 http_404, 1 list, 1 robots",
    ]
    assert out.read_text(encoding="utf-8") == exported.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "elsewhere", "out.jsonl"]
    assert list(shelf.folder.iterdir()) == []
    piped = scrapy("reparse", elsewhere, "--workers", "1", "-o", "-")
    assert piped.stdout == exported.stdout


def test_a_dry_run_tells_and_a_run_changes(shelf: Shelf, scrapy: Scrapy) -> None:
    exported = scrapy("export").stdout
    with closing(sqlite3.connect(shelf.folder / "docshelf.db")) as connection, connection:
        connection.execute("UPDATE documents SET size_bytes = NULL WHERE doc_id < '00000005'")
    wrong = scrapy("export").stdout
    told = scrapy("reparse", "--dry-run", "--workers", "1")
    assert told.returncode == 0
    assert told.stderr.splitlines()[2:] == [
        "what would change in the database:",
        "  wenku365: documents: 2 changed, 4 unchanged",
        "    size_bytes: 2 filled, 0 changed, 0 lost",
        "      00000003: null → 59904",
        "      00000004: null → 59904",
    ]
    assert scrapy("export").stdout == wrong != exported
    done = scrapy("reparse", "--workers", "1", "--site", "wenku365")
    assert done.returncode == 0
    assert "what changed in the database:" in done.stderr
    assert scrapy("export").stdout == exported
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["docshelf.db", "warc"]


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["nowhere.warc"], "nowhere.warc: no such file or folder", 2),
        (["--workers", "0"], "--workers 0: not a whole number from 1 to 256", 2),
        ([], "there is no database ", 2),
        (["--dry-run"], "no such file", 22),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    scrapy: Scrapy, arguments: list[str], said: str, code: int
) -> None:
    done = scrapy("reparse", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_pages_of_sites_that_nobody_knows_are_read(scrapy: Scrapy, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "")
    keeper = shelf.keeper()
    one = exchange(1, page(1))
    object.__setattr__(one, "url", "http://nobody.example/p-1.html")
    keeper.write(one)
    keeper.close()
    done = scrapy("reparse", shelf.warc, "--dry-run", "--workers", "1")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "reparse: 3 records read, 1 of them as documents",
        "  nobody.example: 1 document",
    ]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_it_goes_on_where_it_stopped(
    scrapy: Scrapy, start: Starter, tmp_path: Path, how: signal.Signals
) -> None:
    shelf = Shelf(tmp_path / "data", f"sqlite:///{tmp_path}/data/docshelf.db")
    keeper = shelf.keeper()
    for number in range(1, 2501):
        keeper.write(exchange(number, page(number)))
    keeper.close()
    command = ("rebuild", "--workers", "1")
    process = start(*command)
    staging = shelf.folder / "reparse"
    while _reached(staging) == 0:
        assert process.poll() is None, "it ended before it was stopped"
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    if how is signal.SIGINT:
        assert process.returncode == 11
        assert said == (
            "scrapy rebuild: interrupted; run the same command to go on where it stopped\n"
        )
    (path,) = shelf.files
    before = _reached(staging)
    assert 0 < before < path.stat().st_size
    # What was read is not read again: it is not there any more.
    told = path.stat()
    data = path.read_bytes()
    path.write_bytes(bytes(before) + data[before:])
    os.utime(path, ns=(told.st_mtime_ns, told.st_mtime_ns))
    again = start(*command)  # a process with other modules would read all of it again
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert said.splitlines()[0] == ("rebuild: 5,001 records read, 2,500 of them as documents")
    assert len(scrapy("export").stdout.splitlines()) == 2500
    assert not staging.exists()


def _reached(staging: Path) -> int:
    """Return how far the run came that keeps what it read in *staging*."""
    found = list(staging.glob("*.db"))
    if not found:
        return 0
    try:
        with closing(sqlite3.connect(f"{found[0].as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT reached FROM inputs").fetchone()
    except sqlite3.OperationalError:  # it is just being made
        return 0
    return int(row[0]) if row else 0
