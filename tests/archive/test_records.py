from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from crawler.archive.members import Member, pack
from crawler.archive.reader import Record as ReadRecord
from crawler.archive.reader import parse_member, read_stream
from crawler.archive.records import (
    NOT_MODIFIED,
    SAME_PAYLOAD,
    Earlier,
    RunInfo,
    conversion_record,
    digest,
    exchange_records,
    new_record_id,
    warcinfo_record,
)
from crawler.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.archive.records import Record

DATE = datetime(2026, 11, 24, 8, tzinfo=UTC)


def read(record: Record) -> ReadRecord:
    (found,) = parse_member(Member(0, len(record.data), record.data), "a.warc")
    assert isinstance(found, ReadRecord)
    return found


def packed(records: Iterable[Record]) -> io.BytesIO:
    return io.BytesIO(b"".join(pack(record.data) for record in records))


def exchanges() -> st.SearchStrategy[Exchange]:
    return st.builds(
        Exchange,
        url=st.text(max_size=40).map("http://example.com/".__add__),
        request=st.binary(min_size=1, max_size=200),
        response=st.binary(min_size=1, max_size=2000)
        | st.binary(max_size=500).map(b"HTTP/1.1 200 OK\r\nA: \xff\r\n\r\n".__add__),
        started_at=st.datetimes(timezones=st.just(UTC)),
        ip=st.none() | st.ip_addresses().map(str),
        truncated=st.sampled_from((None, "length", "time", "disconnect", "unspecified")),
        is_http=st.booleans(),
    )


@given(exchanges())
def test_what_was_on_the_wire_comes_back(exchange: Exchange) -> None:
    request, answer = exchange_records(exchange)
    found = [read(request), read(answer)]
    assert [record.block for record in found] == [exchange.request, exchange.response]
    assert {record.captured_at for record in found} == {exchange.started_at}
    assert found[0].fields["warc-concurrent-to"] == f"<{found[1].record_id}>"
    assert found[1].fields["warc-concurrent-to"] == f"<{found[0].record_id}>"
    assert found[1].fields.get("warc-ip-address") == exchange.ip
    assert found[1].fields.get("warc-truncated") == exchange.truncated
    assert found[1].is_http == exchange.is_http


@given(exchanges())
def test_fastwarc_reads_the_same_bytes(exchange: Exchange) -> None:
    stream = packed(exchange_records(exchange))
    blocks = [
        record.reader.read() if record.verify_block_digest() else None
        for record in ArchiveIterator(stream, parse_http=False)
    ]
    assert blocks == [exchange.request, exchange.response]


def test_an_answer_without_its_request(make_exchange: Callable[..., Exchange]) -> None:
    (answer,) = exchange_records(
        make_exchange(
            request=b"", source="file:a b.warc", asked="http://a.example/文", is_rebuilt=True
        )
    )
    fields = read(answer).fields
    assert answer.kind == "response"
    assert "warc-concurrent-to" not in fields
    assert fields["warc-source-uri"] == "file:a%20b.warc"
    assert fields["docshelf-asked-uri"] == "http://a.example/%E6%96%87"
    assert fields["docshelf-rebuilt"] == "head"


def test_judges_agree_on_every_digest(hostile: list[Exchange], garbage: Exchange) -> None:
    records = [record for exchange in (*hostile, garbage) for record in exchange_records(exchange)]
    with_payload = 0
    for record in ArchiveIterator(packed(records)):
        if "WARC-Payload-Digest" in record.headers:
            assert record.verify_payload_digest(), record.headers["WARC-Target-URI"]
            with_payload += 1
    # All answers but the garbage and the one with bare line feeds, and the request with a body.
    assert with_payload == len(hostile)
    for record in WarcioIterator(packed(records), check_digests="raise"):
        record.raw_stream.read()
        assert record.digest_checker.passed


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\nA: b\n\n", b"HTTP/1.1 200 OK\r\n \r\nA: b\r\n\r\n"], ids=repr
)
def test_no_payload_digest_where_readers_disagree(
    make_exchange: Callable[..., Exchange], head: bytes
) -> None:
    _, answer = exchange_records(make_exchange(response=head + b"body"))
    assert "warc-payload-digest" not in read(answer).fields
    assert read(answer).payload_digest == answer.payload_digest == digest(b"body")


def test_fields_are_in_order(make_exchange: Callable[..., Exchange]) -> None:
    _, answer = exchange_records(make_exchange(truncated="length"))
    head = answer.data.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert [line.partition(":")[0] for line in head] == [
        "WARC/1.1",
        "WARC-Type",
        "WARC-Target-URI",
        "WARC-Date",
        "WARC-Record-ID",
        "WARC-Concurrent-To",
        "WARC-IP-Address",
        "WARC-Truncated",
        "WARC-Block-Digest",
        "WARC-Payload-Digest",
        "Content-Type",
        "Content-Length",
    ]
    assert "WARC-Date: 2026-11-24T08:00:01.123456Z" in head
    assert "Content-Type: application/http; msgtype=response" in head


def test_a_moment_of_another_zone_is_written_in_utc(make_exchange: Callable[..., Exchange]) -> None:
    china = datetime(2026, 11, 24, 16, tzinfo=timezone(timedelta(hours=8)))
    request, _ = exchange_records(make_exchange(started_at=china))
    assert read(request).fields["warc-date"] == "2026-11-24T08:00:00.000000Z"


def test_an_address_cannot_forge_fields(make_exchange: Callable[..., Exchange]) -> None:
    url = "http://example.com/文\r\nWARC-Type: warcinfo\r\n\r\n"
    for record in exchange_records(make_exchange(url=url)):
        assert read(record).url == (
            "http://example.com/%E6%96%87%0D%0AWARC-Type:%20warcinfo%0D%0A%0D%0A"
        )


def test_nothing_that_came_leaves_a_request_alone(make_exchange: Callable[..., Exchange]) -> None:
    (request,) = exchange_records(make_exchange(response=b""))
    assert request.kind == "request"
    assert "warc-concurrent-to" not in read(request).fields


def test_what_is_not_http_is_kept_as_it_came(garbage: Exchange) -> None:
    _, answer = exchange_records(garbage)
    found = read(answer)
    assert found.fields["content-type"] == "application/octet-stream"
    assert found.answer() is None
    assert found.payload == garbage.response
    assert found.payload_digest == answer.payload_digest


class TestRevisit:
    def earlier(self, exchange: Exchange) -> Earlier:
        _, answer = exchange_records(exchange)
        return Earlier(
            url=exchange.url,
            captured_at=exchange.started_at,
            payload_digest=answer.payload_digest,
            record_id=answer.record_id,
        )

    def test_the_same_payload(self, make_exchange: Callable[..., Exchange]) -> None:
        known = self.earlier(make_exchange())
        head = b"HTTP/1.1 200 OK\r\nDate: tomorrow\r\n\r\n"
        body = make_exchange().response.partition(b"\r\n\r\n")[2]
        again = make_exchange(response=head + body, started_at=DATE)
        _, answer = exchange_records(again, (known,))
        found = read(answer)
        assert (answer.kind, found.block) == ("revisit", head)
        assert found.fields["warc-profile"] == SAME_PAYLOAD
        assert found.fields["warc-refers-to"] == f"<{known.record_id}>"
        assert found.refers_to == (known.url, known.captured_at)
        assert found.fields["warc-payload-digest"] == answer.payload_digest == known.payload_digest

    def test_not_modified(self, make_exchange: Callable[..., Exchange]) -> None:
        older, newer = self.earlier(make_exchange(1)), self.earlier(make_exchange(2))
        block = b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'
        _, answer = exchange_records(make_exchange(response=block), (older, newer))
        found = read(answer)
        assert (answer.kind, found.block) == ("revisit", block)
        assert found.fields["warc-profile"] == NOT_MODIFIED
        assert found.refers_to == (newer.url, newer.captured_at)
        assert answer.payload_digest == newer.payload_digest

    def test_which_capture_is_repeated_is_found_by_its_digest(
        self, make_exchange: Callable[..., Exchange]
    ) -> None:
        known = [self.earlier(make_exchange(number)) for number in (1, 2, 3)]
        _, answer = exchange_records(make_exchange(2), known)
        assert read(answer).refers_to == (known[1].url, known[1].captured_at)

    @pytest.mark.parametrize(
        "changes",
        [
            {"truncated": "length"},
            {"is_http": False},
            {"response": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
        ],
        ids=str,
    )
    def test_what_is_kept_whole(
        self, make_exchange: Callable[..., Exchange], changes: dict[str, object]
    ) -> None:
        exchange = replace(make_exchange(), **changes)
        _, answer = exchange_records(exchange, (self.earlier(exchange),))
        assert (answer.kind, read(answer).block) == ("response", exchange.response)

    def test_a_304_without_an_earlier_capture_is_a_response(
        self, make_exchange: Callable[..., Exchange]
    ) -> None:
        block = b"HTTP/1.1 304 Not Modified\r\n\r\n"
        _, answer = exchange_records(make_exchange(response=block))
        assert answer.kind == "response"


def test_warcinfo_says_who_crawled(info: RunInfo) -> None:
    odd = replace(info, description="two\r\nlines")
    record = warcinfo_record(odd, filename="a.warc.gz", created_at=DATE, record_id="urn:uuid:1")
    found = next(iter(WarcioIterator(packed([record]))))
    assert found.rec_type == "warcinfo"
    assert found.rec_headers.get_header("WARC-Filename") == "a.warc.gz"
    assert found.content_stream().read().decode() == (
        "software: docshelf/0.1.0\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/"
        "warc-1.1/\r\n"
        "isPartOf: demo-1\r\n"
        "description: two lines\r\n"
        "operator: https://operator.example\r\n"
        "hostname: shelf.example\r\n"
        "http-header-user-agent: docshelf/0.1.0 (+https://operator.example)\r\n"
        "robots: obey\r\n"
    )


def test_text_is_kept_as_a_conversion() -> None:
    record = conversion_record(
        "年度报告",
        url="http://example.com/",
        created_at=DATE,
        refers_to="urn:uuid:1",
        record_id=new_record_id(),
    )
    found = next(iter(ArchiveIterator(packed([record]))))
    assert found.record_type == WarcRecordType.conversion
    assert found.headers["WARC-Refers-To"] == "<urn:uuid:1>"
    assert found.verify_block_digest()
    assert found.reader.read().decode() == "年度报告"
    (ours,) = read_stream(packed([record]), "a.wet.gz")
    assert isinstance(ours, ReadRecord)
    assert ours.payload.decode() == "年度报告"
