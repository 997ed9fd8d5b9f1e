from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.members import Damage, Member
from crawler.archive.reader import Record, parse_date, parse_member, read_record, read_records
from crawler.archive.records import exchange_records
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.archive.keeping import Capture, Keeper
    from crawler.exchange import Exchange


def test_every_record_can_be_read_by_itself(
    keep: Callable[..., tuple[Path, list[Capture]]], hostile: list[Exchange]
) -> None:
    path, captures = keep(hostile)
    for exchange, capture in zip(hostile, captures, strict=True):
        record = read_record(path, capture.offset)
        assert record.block == exchange.response
        assert (record.offset, record.length) == (capture.offset, capture.length)
        assert (record.record_id, record.url) == (capture.record_id, capture.url)
        assert record.captured_at == capture.captured_at == exchange.started_at
        assert record.payload_digest == capture.digest
        assert record.kind == capture.kind == "response"
        answer = record.answer()
        assert answer is not None
        assert answer.status == capture.status


def test_records_come_in_order_and_fill_the_file(
    keep: Callable[..., tuple[Path, list[Capture]]], hostile: list[Exchange]
) -> None:
    path, _ = keep(hostile)
    records = [record for record in read_records(path) if isinstance(record, Record)]
    assert [record.kind for record in records] == ["warcinfo"] + ["request", "response"] * len(
        hostile
    )
    assert [record.block for record in records[1::2]] == [exchange.request for exchange in hostile]
    assert {record.file for record in records} == {path.name}
    assert sum(record.length for record in records) == path.stat().st_size
    assert [*read_records(path, start=records[5].offset)] == records[5:]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_plain_and_packed_are_told_by_their_bytes(
    make_exchange: Callable[..., Exchange], tmp_path: Path, name: str
) -> None:
    records = exchange_records(make_exchange())
    path = tmp_path / name
    path.write_bytes(b"".join(record.data for record in records))
    found = [record.block for record in read_records(path) if isinstance(record, Record)]
    assert found == [make_exchange().request, make_exchange().response]
    assert read_record(path, len(records[0].data)).block == make_exchange().response


def test_a_file_that_was_compressed_as_a_whole(
    make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join(r.data for r in exchange_records(make_exchange()))))
    found = [record.block for record in read_records(path) if isinstance(record, Record)]
    assert found == [make_exchange().request, make_exchange().response]


@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")  # warcio's
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_records_that_others_wrote(version: str) -> None:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=False, warc_version=version)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    record = writer.create_warc_record(
        "http://example.com/", "response", payload=io.BytesIO(b"body"), http_headers=head
    )
    writer.write_record(record)
    data = stream.getvalue()
    (found,) = parse_member(Member(0, len(data), data), "a.warc")
    assert isinstance(found, Record)
    assert (found.version, found.payload) == (version.removeprefix("WARC/"), b"body")
    assert found.payload_digest == record.rec_headers.get_header("WARC-Payload-Digest")


def test_fields_as_old_writers_left_them() -> None:
    data = (
        b"WARC/0.18\r\nwarc-type:resource\r\nWARC-Target-URI: <http://example.com/>\r\n"
        b"X-Folded: one\r\n  two\r\nX-Title: caf\xe9\r\nWARC-Date: 2026\r\n"
        b"WARC-Concurrent-To: <urn:uuid:1>\r\nWARC-Concurrent-To: <urn:uuid:2>\r\n"
        b"content-length: 2\r\n\r\nok\r\n"
    )
    (found,) = parse_member(Member(0, len(data), data), "a.warc")
    assert isinstance(found, Record)
    assert found.url == "http://example.com/"
    assert found.fields["x-folded"] == "one two"
    assert found.fields["x-title"] == "café"
    assert found.fields["warc-concurrent-to"] == "<urn:uuid:1>, <urn:uuid:2>"
    assert found.captured_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.refers_to is None
    assert not found.is_http


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "no record of WARC"),
        (b"WARC/1.1\r\nContent-Length: 0\r\n", "does not end"),
        (b"WARC/1.1\r\nWARC-Type: response\r\n\r\n", "Content-Length is ''"),
        (b"WARC/1.1\r\nContent-Length: -1\r\n\r\n", "Content-Length is '-1'"),
        (b"WARC/1.1\r\nContent-Length: 9\r\n\r\nshort", "not as long as"),
        (b"WARC/1.1\r\nContent-Length: 2\r\n\r\nlonger", "not as long as"),
    ],
)
def test_what_is_no_record(data: bytes, what: str) -> None:
    (found,) = parse_member(Member(7, 70, data), "a.warc")
    assert isinstance(found, Damage)
    assert (found.offset, found.length) == (7, 70)
    assert what in found.what


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T08:00:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00:00.123456789Z", datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-24T08:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-13-01T00:00:00Z", None),
        ("24 November 2026", None),
        ("", None),
    ],
)
def test_dates_of_any_precision(text: str, moment: datetime | None) -> None:
    assert parse_date(text) == moment


class TestErrors:
    def test_a_place_where_no_record_is(
        self,
        keep: Callable[..., tuple[Path, list[Capture]]],
        make_exchange: Callable[..., Exchange],
    ) -> None:
        path, (capture,) = keep([make_exchange()])
        with pytest.raises(ArchiveError, match=rf"{path.name}: offset 1: no record"):
            read_record(path, 1)
        with pytest.raises(ArchiveError, match="the file ends before"):
            read_record(path, capture.end)

    def test_a_record_that_is_cut_short(
        self,
        keep: Callable[..., tuple[Path, list[Capture]]],
        make_exchange: Callable[..., Exchange],
    ) -> None:
        path, (capture,) = keep([make_exchange()])
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(ArchiveError, match="the file ends within a gzip member"):
            read_record(path, capture.offset)

    def test_a_file_that_is_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "none.warc.gz"
        with pytest.raises(ArchiveError, match="No such file"):
            read_record(path, 0)
        with pytest.raises(ArchiveError, match="No such file"):
            next(read_records(path))

    def test_a_date_that_is_none(self) -> None:
        data = b"WARC/1.1\r\nWARC-Date: today\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
        (found,) = parse_member(Member(0, len(data), data), "a.warc")
        assert isinstance(found, Record)
        with pytest.raises(ArchiveError, match=r"a\.warc: offset 0: warc-date is 'today'"):
            _ = found.captured_at


def test_a_record_is_read_while_its_file_is_open(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    capture = keeper.write(make_exchange())
    path = tmp_path / "warc" / capture.file
    assert read_record(path, capture.offset).block == make_exchange().response
    keeper.close()
    assert read_record(path, capture.offset).block == make_exchange().response
    assert read_record(path.with_name(f"{path.name}.open"), capture.offset).kind == "response"
