from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive.cdxj import index_path, write_index
from crawler.archive.members import pack
from crawler.archive.reader import Record, read_records
from crawler.archive.records import digest, exchange_records
from crawler.archive.verify import verify_file, verify_folder
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.archive.keeping import Capture, Keeper
    from crawler.exchange import Exchange

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def said(folder: Path) -> list[str]:
    return [str(problem) for problem in verify_folder(folder)]


def contents(path: Path) -> list[tuple[object, ...]]:
    return [
        (record.offset, dict(record.fields), record.block)
        for record in read_records(path)
        if isinstance(record, Record)
    ]


@pytest.fixture
def whole(
    keep: Callable[..., tuple[Path, list[Capture]]], make_exchange: Callable[..., Exchange]
) -> Path:
    path, _ = keep([make_exchange(number) for number in range(1, 4)])
    return path


def test_what_is_whole_is_praised(
    keep: Callable[..., tuple[Path, list[Capture]]], hostile: list[Exchange], garbage: Exchange
) -> None:
    path, _ = keep([*hostile, garbage])
    assert said(path.parent) == []


@SHARED
@given(st.data())
def test_any_flipped_byte_is_found_or_changes_nothing(whole: Path, data: st.DataObject) -> None:
    before, expected = whole.read_bytes(), contents(whole)
    at = data.draw(st.integers(0, len(before) - 1))
    bits = data.draw(st.integers(1, 255))
    whole.write_bytes(before[:at] + bytes([before[at] ^ bits]) + before[at + 1 :])
    try:
        assert said(whole.parent) or contents(whole) == expected
    finally:
        whole.write_bytes(before)


def test_every_byte_of_every_gzip_header_matters(whole: Path) -> None:
    before = whole.read_bytes()
    starts = [record[0] for record in contents(whole)]
    for start in starts:
        for at in range(int(str(start)), int(str(start)) + 10):
            whole.write_bytes(before[:at] + bytes([before[at] ^ 0x20]) + before[at + 1 :])
            assert said(whole.parent), at


@SHARED
@given(st.data())
def test_any_cut_is_found(whole: Path, data: st.DataObject) -> None:
    before = whole.read_bytes()
    whole.write_bytes(before[: data.draw(st.integers(0, len(before) - 1))])
    try:
        assert said(whole.parent)
    finally:
        whole.write_bytes(before)


@SHARED
@given(st.data())
def test_any_flipped_byte_of_the_index_is_found(whole: Path, data: st.DataObject) -> None:
    index = index_path(whole)
    before = index.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    index.write_bytes(
        before[:at] + bytes([before[at] ^ data.draw(st.integers(1, 255))]) + before[at + 1 :]
    )
    try:
        assert said(whole.parent)
    finally:
        index.write_bytes(before)


def test_file_offset_and_address_are_named(
    whole: Path, make_exchange: Callable[..., Exchange]
) -> None:
    _, _, _, request, answer, *_ = (record for record in read_records(whole))
    data = bytearray(whole.read_bytes())
    data[answer.offset + answer.length // 2] ^= 0x40
    whole.write_bytes(data)
    damaged, unanswered = verify_folder(whole.parent)
    assert (damaged.file, damaged.offset) == (whole.name, answer.offset)
    assert damaged.url == unanswered.url == make_exchange(2).url
    assert "no whole gzip member" in damaged.what
    assert str(unanswered) == (
        f"{whole.name}: offset {request.offset}: {make_exchange(2).url}: "
        "the answer to this request is missing"
    )


def test_a_tail_that_is_cut_off(whole: Path, make_exchange: Callable[..., Exchange]) -> None:
    whole.write_bytes(whole.read_bytes()[:-1])
    first, *_ = verify_folder(whole.parent)
    assert first.what == "the file ends within a gzip member"
    assert first.url == make_exchange(3).url


def test_foreign_and_missing_files(whole: Path) -> None:
    folder = whole.parent
    (folder / "notes.txt").write_bytes(b"")
    (folder / "folder").mkdir()
    (folder / "other.cdxj").write_bytes(b"")
    (folder / f"{whole.name}.99.torn").write_bytes(b"torn")
    opened = folder / "other-open.warc.gz.open"
    opened.write_bytes(whole.read_bytes())
    assert said(folder) == [
        "folder: no file of an archive",
        "notes.txt: no file of an archive",
        "other-open.warc.gz.open: left open by a crawl that did not end",
        "other-open.cdxj: the file has no index",
        "other.cdxj: the file that it is the index of is missing",
    ]
    whole.unlink()
    opened.unlink()
    assert f"{index_path(whole).name}: the file that it is the index of is missing" in said(folder)


def test_an_index_that_disagrees(whole: Path, make_exchange: Callable[..., Exchange]) -> None:
    index = index_path(whole)
    one, two, three = index.read_text(encoding="utf-8").splitlines()
    index.write_text(f"{two}\n{one}\nno line\n", encoding="utf-8")
    missing, foreign, unsorted = said(whole.parent)
    assert missing.startswith(f"{whole.name}: offset ")
    assert missing.endswith(f": {make_exchange(3).url}: not in the index")
    assert foreign == f"{index.name}: not a line of an index: 'no line\\n'"
    assert unsorted == f"{index.name}: the index is not sorted"
    index.write_text(f"{one}\n{two}\n{three}\n{three.replace('2026', '2025')}\n", encoding="utf-8")
    assert any("where no such record is" in problem for problem in said(whole.parent))
    beyond = three.replace('"offset": "2', '"offset": "92')
    index.write_text(f"{one}\n{two}\n{three}\n{beyond}\n", encoding="utf-8")
    assert any("offset 92" in problem for problem in said(whole.parent))
    index.write_text(f"{one}\n{two}\n{three}", encoding="utf-8")
    assert said(whole.parent)[-1] == f"{index.name}: the last line of the index does not end"
    index.write_bytes(b"\xff\n")
    assert f"{index.name}: a line of the index is not UTF-8: b'\\xff\\n'" in said(whole.parent)
    index.unlink()
    assert said(whole.parent) == [f"{index.name}: the file has no index"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"WARC-Type: response", b"WARC-Tipe: response", "record: it has no WARC-Type"),
        (b"WARC-Record-ID: <", b"WARC-Record-Id2: <", "response: it has no WARC-Record-ID"),
        (b"WARC-Date: 2", b"WARC-Date: x", "response: it has no WARC-Date"),
        (b"WARC-Target-URI: ", b"X-Target-URI: ", "response: it has no WARC-Target-URI"),
        (b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: sha1:A", "its block is not what"),
        (b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: crc:", "its block is not what"),
        (b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:1", "its payload is not what"),
    ],
)
def test_faults_of_a_record(
    tmp_path: Path, make_exchange: Callable[..., Exchange], old: bytes, new: bytes, what: str
) -> None:
    request, answer = exchange_records(make_exchange())
    path = tmp_path / "a.warc.gz"
    assert old in answer.data
    path.write_bytes(pack(request.data) + pack(answer.data.replace(old, new)))
    assert any(what in str(problem) for problem in verify_file(path))


def test_digests_in_any_spelling_and_of_what_others_hash(
    tmp_path: Path, make_exchange: Callable[..., Exchange]
) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    _, answer = exchange_records(make_exchange(response=chunked))
    sent = answer.payload_digest
    assert sent
    path = tmp_path / "a.warc.gz"
    for said_digest in (
        digest(b"ok"),
        f"SHA-256:{hashlib.sha256(b'ok').hexdigest().upper()}",
        f"md5:{hashlib.md5(b'ok', usedforsecurity=False).hexdigest()}",
        sent.lower(),
    ):
        path.write_bytes(pack(answer.data.replace(sent.encode(), said_digest.encode())))
        assert not any("payload" in problem.what for problem in verify_file(path)), said_digest


def test_how_a_file_must_be_packed(tmp_path: Path, make_exchange: Callable[..., Exchange]) -> None:
    records = exchange_records(make_exchange())
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join(record.data for record in records), mtime=0))
    write_index(path)
    assert [problem.what for problem in verify_folder(tmp_path)] == [
        "it does not begin with a warcinfo record",
        "several records in one gzip member",
    ]
    path.write_bytes(b"".join(pack(record.data.removesuffix(b"\r\n")) for record in records))
    assert "the record does not end in two line breaks" in [p.what for p in verify_file(path)]
    path.write_bytes(b"")
    assert "there is no record in it" in [problem.what for problem in verify_file(path)]


def test_a_plain_file_is_checked_too(
    tmp_path: Path, make_exchange: Callable[..., Exchange]
) -> None:
    request, answer = exchange_records(make_exchange())
    path = tmp_path / "a.warc"
    path.write_bytes(request.data + answer.data.replace(b"</p>", b"</q>", 1))
    write_index(path)
    assert [problem.what for problem in verify_folder(tmp_path)] == [
        "it does not begin with a warcinfo record",
        "response: its block is not what its WARC-Block-Digest says",
        "response: its payload is not what its WARC-Payload-Digest says",
    ]


def test_what_another_is_writing_may_end_anywhere(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    keeper.write(make_exchange(1))
    keeper.write(make_exchange(2))
    path = next((tmp_path / "warc").glob("*.warc.gz.open"))
    before = path.read_bytes()
    for size in range(len(before) - 1500, len(before), 50):
        with path.open("rb+") as file:
            file.truncate(size)
        assert said(tmp_path / "warc") == []
        path.write_bytes(before)
    data = bytearray(before)
    data[300] ^= 1
    path.write_bytes(data)
    assert said(tmp_path / "warc") != []
    keeper.close()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be read: No such file"):
        list(verify_folder(tmp_path / "none"))
    with pytest.raises(ArchiveError, match="cannot be read: No such file"):
        list(verify_file(tmp_path / "none.warc.gz"))
