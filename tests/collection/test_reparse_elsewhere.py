"""Records as other programs write them, read again."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from crawler.archive.members import pack
from crawler.archive.records import digest
from tests.collection.again import read_again
from tests.collection.shelf import page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    return tmp_path / "staging" / "run.db"


PAGE = page(41).encode()
PACKED = gzip.compress(PAGE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def elsewhere(block: bytes, *more: str, kind: str = "response", day: int = 1) -> bytes:
    """Return a record as another program might write it, with the fields *more*."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{day}>",
        "WARC-Date": f"2026-10-{day:02}T08:00:00Z",
        "WARC-Target-URI": "http://www.wenku365.com/p-00000041.html",
        "Content-Type": "application/http; msgtype=response",
        **dict(field.split(": ", 1) for field in more),
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize(
    "record",
    [
        elsewhere(HEAD + b"\r\n" + PAGE, "WARC-Block-Digest: blake3:00"),
        elsewhere(HEAD + b"\r\n" + PAGE, "WARC-Payload-Digest: JZIEMQ4PAZBXA6OVK2OQDI2FHUWZ6GEB"),
        elsewhere(HEAD + b"\r\n" + PAGE, "WARC-Record-ID: "),
        elsewhere(
            HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED,
            f"WARC-Payload-Digest: {digest(PAGE)}",
        ),
    ],
    ids=["unknown digest", "unnamed digest", "no ID", "digest of what was unpacked"],
)
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_records_of_others_are_read_packed_or_plain(
    staging: Path, tmp_path: Path, record: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(record) if name.endswith(".gz") else record)
    met = read_again(path, staging)
    assert ([row["doc_id"] for row in met.documents], met.troubles) == (["00000041"], [])


@pytest.mark.parametrize(
    "url",
    ["http://[::1/p-1.html", "http://a\u2100b.example/", "http://[::1]/", "http://.../"],
)
def test_what_is_no_address_is_of_no_site(staging: Path, tmp_path: Path, url: str) -> None:
    path = tmp_path / "a.warc.gz"
    first = elsewhere(HEAD + b"\r\n", f"WARC-Target-URI: {url}")
    path.write_bytes(pack(first) + pack(elsewhere(HEAD + b"\r\n" + PAGE, day=2)))
    met = read_again(path, staging)
    assert (met.tally.documents, met.troubles) == (1, [])
    assert (met.captures[0]["url"], met.captures[0]["verdict"]) == (url, "unread")


def test_a_revisit_may_leave_its_head_to_what_it_repeats(staging: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    profile = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    repeat = elsewhere(b"", profile, "WARC-Refers-To: <urn:uuid:1>", kind="revisit", day=2)
    path.write_bytes(pack(elsewhere(HEAD + b"\r\n" + PAGE)) + pack(repeat))
    met = read_again(path, staging)
    assert [row["verdict"] for row in met.captures] == ["document", "document"]
    assert met.documents[0]["last_seen_at"].day == 2


def test_a_capture_of_the_last_day_that_can_be_told(staging: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    date = "WARC-Date: 9999-12-31T23:59:59Z"
    path.write_bytes(pack(elsewhere(HEAD + b"\r\n" + PAGE, date)))
    met = read_again(path, staging)
    assert (met.tally.documents, met.troubles) == (1, [])
