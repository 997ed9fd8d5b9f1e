"""``scrapy captures``, as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.collection.shelf import exchange, page
from tests.commands.conftest import PROJECT, scrapy_command

if TYPE_CHECKING:
    from tests.collection.shelf import Shelf
    from tests.commands.conftest import Scrapy

ADDRESS = "https://m.wenku365.com/p-00000005.html?from=search"
"""One that was never asked, of a document that was read at others."""


def test_all_of_them_aligned(scrapy: Scrapy, shelf: Shelf) -> None:
    done = scrapy("captures")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 12
    one = shelf.captures[0]
    assert lines[0].split() == [
        *("2026-11-24T08:00:01Z", "200", "robots", f"{one.file}:{one.offset}"),
        "http://www.wenku365.com/robots.txt",
    ]
    assert len({line.index("http://") for line in lines}) == 1


def test_those_of_an_address_a_document_a_verdict(scrapy: Scrapy, shelf: Shelf) -> None:
    of_address = scrapy("captures", ADDRESS, "--json").stdout.splitlines()
    assert of_address == scrapy("captures", "--doc-id", "00000005", "--json").stdout.splitlines()
    first, second = map(json.loads, of_address)
    assert first == {
        "record_id": shelf.captures[4].record_id,
        "site": "wenku365",
        "doc_id": "00000005",
        "url": "http://www.wenku365.com/p-00000005.html",
        "captured_at": "2026-11-24T08:00:05.123456Z",
        "kind": "response",
        "status": 200,
        "mime": "text/html",
        "digest": shelf.captures[4].digest,
        "file": shelf.captures[4].file,
        "offset": shelf.captures[4].offset,
        "length": shelf.captures[4].length,
        "verdict": "document",
        "refers_to": None,
    }
    assert (second["kind"], second["refers_to"]) == ("revisit", first["record_id"])
    of_list = scrapy("captures", "https://www.wenku365.com/list-1.html", "--site", "wenku365")
    assert of_list.stdout.count("\n") == 1
    assert scrapy("captures", "--verdict", "http_404").stdout.count("\n") == 1


def test_one_of_them_is_written_out(
    scrapy: Scrapy, shelf: Shelf, environment: dict[str, str], tmp_path: Path
) -> None:
    assert scrapy("captures", ADDRESS, "--extract", "body").stdout == page(5)
    first = shelf.captures[4].record_id
    answer = scrapy("captures", first, "--extract", "answer").stdout
    assert answer.encode() == exchange(5, page(5)).response
    warc = tmp_path / "one.warc.gz"
    with warc.open("wb") as file:
        command = scrapy_command("captures", first, "--extract", "record")
        subprocess.run(command, check=True, cwd=PROJECT, env=environment, stdout=file)
    warcio = Path(sys.executable).with_name("warcio")
    subprocess.run([warcio, "check", warc], check=True, capture_output=True)


def test_a_record_that_is_not_there(scrapy: Scrapy, shelf: Shelf) -> None:
    for path in shelf.files:
        path.unlink()
    done = scrapy("captures", ADDRESS, "--extract", "body")
    assert (done.returncode, done.stdout) == (22, "")
    assert done.stderr.startswith("scrapy captures: ")
    assert shelf.captures[10].file in done.stderr
    assert done.stderr.count("\n") == 1


def test_none(scrapy: Scrapy, shelf: Shelf) -> None:
    assert shelf.files
    done = scrapy("captures", "http://www.example.com/")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "scrapy captures: none found\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("ftp://www.wenku365.com/",), "is no http or https address, and no ID such as urn:uuid:…"),
        (("--json", "--extract", "body"), "leave --json out"),
    ],
)
def test_mistakes(scrapy: Scrapy, args: tuple[str, ...], words: str) -> None:
    done = scrapy("captures", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
