from __future__ import annotations

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.members import Damage, Member, pack, walk_members

RECORD = b"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


def walk(data: bytes, **options: int) -> list[Member | Damage]:
    return list(walk_members(io.BytesIO(data), **options))


def places(found: list[Member | Damage]) -> list[tuple[str, int, int]]:
    return [(type(part).__name__, part.offset, part.length) for part in found]


@given(st.lists(st.binary(max_size=300).map(RECORD.__add__), max_size=5))
def test_members_are_found_where_they_are(contents: list[bytes]) -> None:
    packed = [pack(content) for content in contents]
    found = walk(b"".join(packed))
    assert [member.data for member in found if isinstance(member, Member)] == contents
    assert [member.length for member in found] == [len(member) for member in packed]
    assert sum(member.length for member in found) == sum(map(len, packed))


def test_packed_as_any_gzip_reads_it() -> None:
    data = bytes(range(256)) * 1000
    assert pack(data) == pack(data)
    assert gzip.decompress(pack(data)) == zlib.decompress(pack(data), 31) == data


def test_members_larger_than_what_is_read_at_once() -> None:
    large = RECORD + bytes(range(251)) * 4000 + b"".join(n.to_bytes(4, "big") for n in range(60000))
    packed = pack(large)
    assert len(packed) > 128 * 1024
    found = walk(packed + pack(RECORD))
    assert [member.data for member in found if isinstance(member, Member)] == [large, RECORD]


def test_starts_where_it_is_told() -> None:
    first = pack(RECORD)
    assert places(walk(first * 3, start=len(first))) == places(walk(first * 3))[1:]


def test_goes_past_what_is_damaged() -> None:
    one, two, three = (pack(RECORD + bytes([n]) * 500) for n in range(3))
    broken = two[:20] + bytes([two[20] ^ 0xFF]) + two[21:]
    assert places(walk(one + broken + three)) == [
        ("Member", 0, len(one)),
        ("Damage", len(one), len(two)),
        ("Member", len(one) + len(two), len(three)),
    ]


@pytest.mark.parametrize("junk", [b"\0" * 70_000, b"\x1f\x8b\x08\0" * 30_000, b"\x1f", b"text"])
def test_goes_past_junk(junk: bytes) -> None:
    one = pack(RECORD)
    assert places(walk(one + junk + one)) == [
        ("Member", 0, len(one)),
        ("Damage", len(one), len(junk)),
        ("Member", len(one) + len(junk), len(one)),
    ]
    assert places(walk(one + junk)) == [("Member", 0, len(one)), ("Damage", len(one), len(junk))]


def test_a_member_within_a_member_is_none() -> None:
    inner = pack(RECORD)
    outer = pack(RECORD + inner)
    assert [member.data for member in walk(outer) if isinstance(member, Member)] == [RECORD + inner]


def test_a_bomb_is_passed_over() -> None:
    bomb, one = pack(RECORD + bytes(50_000_000)), pack(RECORD)
    assert walk(bomb + one, max_bytes=1_000_000) == [
        Damage(0, len(bomb), "more than 1000000 bytes, unpacked", is_whole=True),
        Member(len(bomb), len(one), RECORD, one[:10]),
    ]


@given(st.data())
def test_cut_anywhere_the_tail_is_damage(data: st.DataObject) -> None:
    packed = [pack(RECORD + bytes([n]) * 50) for n in range(3)]
    whole = b"".join(packed)
    cut = data.draw(st.integers(0, len(whole)))
    found = walk(whole[:cut])
    ends = [sum(map(len, packed[:n])) for n in range(4)]
    assert sum(isinstance(part, Member) for part in found) == sum(end <= cut for end in ends) - 1
    assert sum(part.length for part in found) == cut
