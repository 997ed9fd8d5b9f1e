"""``scrapy export``, as a process."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.items import to_line
from crawler.storage import database_url as address_of
from crawler.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.items import Document
    from tests.crash.processes import Nursery


PROJECT = Path(__file__).parents[2]
DAY = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Export:
    """Runs the command with a database of its own."""

    def __init__(self, url: str, nursery: Nursery) -> None:
        self.url = url
        self.nursery = nursery
        self.environment = {**os.environ, "DOCSHELF_DATABASE_URL": url}
        self.command = [sys.executable, "-m", "scrapy", "export"]

    def keep(self, *documents: Document) -> None:
        with open_store(address_of({"DOCSHELF_DATABASE_URL": self.url})) as store:
            store.upsert(documents)

    def __call__(self, *options: str, **changes: object) -> subprocess.CompletedProcess[str]:
        if not changes:
            return self.nursery.complete(["export", *options], self.environment)
        arguments: dict[str, Any] = {"timeout": 60} | changes
        return subprocess.run(
            [*self.command, *options],
            check=False,
            cwd=PROJECT,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
            **arguments,
        )

    def fails(self, code: int, *options: str, **changes: object) -> str:
        done = self(*options, **changes)
        assert (done.returncode, done.stdout or "") == (code, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith("scrapy export: ")
        return line.removeprefix("scrapy export: ")


@pytest.fixture
def export(database_url: str, nursery: Nursery) -> Export:
    return Export(database_url, nursery)


@pytest.fixture
def filled(tmp_path: Path, make_document: Callable[..., Document], nursery: Nursery) -> Export:
    """Give the command on a SQLite file with three documents of two sites."""
    export = Export(f"sqlite:///{tmp_path}/docshelf.db", nursery)
    later = DAY + timedelta(days=1)
    export.keep(
        make_document(2, fetched_at=later), make_document(1), make_document(3, site="bdocx")
    )
    return export


def _lines(*documents: Document) -> str:
    return "".join(f"{to_line(document)}\n" for document in documents)


def test_all_documents_in_order(export: Export, make_document: Callable[..., Document]) -> None:
    documents = [make_document(number) for number in range(1200)]
    export.keep(*documents)
    done = export()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == _lines(*documents)


def test_a_choice_of_documents(filled: Export, make_document: Callable[..., Document]) -> None:
    one, other = make_document(1), make_document(3, site="bdocx")
    later = make_document(2, fetched_at=DAY + timedelta(days=1))
    assert filled("--site", "bdocx").stdout == _lines(other)
    assert filled("--since", "2026-11-25").stdout == _lines(later)
    assert filled("--since", "2026-11-24T16:00:00+08:00").stdout == _lines(other, one, later)
    assert filled("--since", "2026-11-24T08:00:01Z").stdout == _lines(later)
    assert filled("--since", "2026-11-26", "-o", "-").stdout == ""


def test_a_site_without_documents_is_known(filled: Export) -> None:
    done = filled("--site", "renrendoc")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_file_and_a_compressed_one(filled: Export, tmp_path: Path) -> None:
    expected = filled().stdout.encode()
    plain, packed = tmp_path / "x.jsonl", tmp_path / "x.jsonl.gz"
    plain.write_text("old")
    assert filled("-o", str(plain)).stderr == ""
    assert filled("--output", str(packed)).stderr == ""
    assert plain.read_bytes() == expected
    assert gzip.decompress(packed.read_bytes()) == expected
    first = packed.read_bytes()
    filled("-o", str(packed))
    assert packed.read_bytes() == first
    assert sorted(found.name for found in tmp_path.iterdir()) == [
        "docshelf.db",
        "x.jsonl",
        "x.jsonl.gz",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sitee", "wenku365"], "unknown option --sitee"),
        (["wenku365"], "unexpected argument wenku365"),
        (["--site", "nowhere"], "unknown site 'nowhere'"),
        (["--since", "yesterday"], "--since yesterday: not a day or moment"),
        (["-o", "."], "-o .: is a folder"),
        (["-s", "nonsense"], "write -s NAME=VALUE"),
        (["-s", "DOCSHELF_DATABASE_URL=nonsense"], "DOCSHELF_DATABASE_URL is not an address"),
    ],
)
def test_wrong_usage(options: list[str], words: str, filled: Export) -> None:
    assert words in filled.fails(2, *options)


def test_what_cannot_be_written(filled: Export, tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "x.jsonl"
    assert "folder" in filled.fails(2, "-o", str(missing))
    assert "No space left" in filled.fails(22, "-o", "/dev/full")
    with Path("/dev/full").open("w") as full:
        assert "No space left" in filled.fails(22, stdout=full)


def test_a_missing_database_is_not_made(tmp_path: Path, nursery: Nursery) -> None:
    export = Export(f"sqlite:///{tmp_path}/none/docshelf.db", nursery)
    output = tmp_path / "x.jsonl"
    assert "there is none; run a crawl first" in export.fails(23, "-o", str(output))
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away(filled: Export, make_document: Callable[..., Document]) -> None:
    filled.keep(*(make_document(number, preview="长" * 1000) for number in range(500)))
    with subprocess.Popen(
        filled.command,
        cwd=PROJECT,
        env=filled.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"site": "bdocx"')
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_no_part(
    number: signal.Signals, filled: Export, tmp_path: Path, make_document: Callable[..., Document]
) -> None:
    filled.keep(*(make_document(number, preview="长" * 1000) for number in range(500)))
    output = tmp_path / "out" / "x.jsonl"
    output.parent.mkdir()
    # It says when it is in the middle of its work, and stays there.
    script = (
        "import sys, crawler.commands.export as export\n"
        "def line(document):\n"
        "    print(document.doc_id, flush=True)\n"
        "    sys.stdin.read()\n"
        "export.to_line = line\n"
        "from scrapy.cmdline import execute\n"
        f"execute(['scrapy', 'export', '-o', {str(output)!r}])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=filled.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"00000003\n"
        assert [found.suffix for found in output.parent.iterdir()] == [".part"]
        process.send_signal(number)
        assert process.wait(60) == 11
        assert process.stderr.read() == b"scrapy export: interrupted\n"
    assert list(output.parent.iterdir()) == []
