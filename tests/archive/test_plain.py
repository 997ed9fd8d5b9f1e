from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.members import Damage, Member
from crawler.archive.plain import walk_plain


def record(block: bytes) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def walk(data: bytes, **options: int) -> list[Member | Damage]:
    return list(walk_plain(io.BytesIO(data), **options))


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_records_are_found_where_they_are(blocks: list[bytes]) -> None:
    records = [record(block) for block in blocks]
    found = walk(b"".join(records))
    assert [member.data for member in found if isinstance(member, Member)] == records


def test_a_block_that_looks_like_a_record_is_none() -> None:
    outer = record(record(b"inner"))
    assert walk(outer) == [Member(0, len(outer), outer)]


def test_long_heads_and_large_blocks() -> None:
    data = b"WARC/1.1\r\nX: " + b"x" * 20_000 + b"\r\nContent-Length: 300000\r\n\r\n"
    data += b"b" * 300_000 + b"\r\n\r\n"
    assert walk(data) == [Member(0, len(data), data)]
    assert walk(data, max_bytes=1000) == [
        Damage(0, len(data), "more than 1000 bytes", is_whole=True)
    ]


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (b"XARC/1.1" + record(b"two")[8:], "no record of WARC"),
        (b"WARC/1.1\r\nX: y\r\n\r\n\r\n\r\n", "the record has no Content-Length"),
        (record(b"twotwo")[:-7] + b"\r\n\r\n", "not as long as its Content-Length says"),
    ],
    ids=["version", "no length", "length"],
)
def test_goes_past_what_is_damaged(broken: bytes, what: str) -> None:
    one, three = record(b"one"), record(b"three" * 30_000)
    first, damage, last = walk(one + broken + three)
    assert [first, last] == [
        Member(0, len(one), one),
        Member(len(one) + len(broken), len(three), three),
    ]
    assert isinstance(damage, Damage)
    assert (damage.offset, damage.length) == (len(one), len(broken))
    assert what in damage.what


def test_a_tail_that_is_cut_off() -> None:
    one, two = record(b"one"), record(b"two")
    for cut in range(1, len(two)):
        found = walk(one + two[:cut])
        assert [type(part) for part in found] == [Member, Damage]
        assert found[1].length == cut
