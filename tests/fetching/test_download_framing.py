from __future__ import annotations

import re
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.download.framing import HEAD_LIMIT, Answer, parse_head

if TYPE_CHECKING:
    from collections.abc import Iterable

BODY = b"body\r\n\r\nand more\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKED = (
    CHUNKED_HEAD
    + b'4;name="a;b"\r\nbody\r\n00D \r\n\r\n\r\nand more\n\r\n0;end\r\nX-Sum: 1\r\n\r\n'
)
UNENDING = b"HTTP/1.0 200 OK\r\n\r\n" + BODY


def read(
    wire: bytes | Iterable[bytes], *, method: str = "GET", ends: bool = True, cleanly: bool = True
) -> Answer:
    answer = Answer(method)
    for part in [wire] if isinstance(wire, bytes) else wire:
        if not answer.is_complete and answer.fault is None:
            answer.feed(part)
    if ends:
        answer.end(cleanly=cleanly)
    return answer


def parts(wire: bytes, cuts: Iterable[int]) -> list[bytes]:
    places = sorted({cut % (len(wire) + 1) for cut in cuts} | {0, len(wire)})
    return [wire[a:b] for a, b in pairwise(places)]


@st.composite
def chunked_bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Draw a body, and its chunks as odd servers write them."""
    pieces = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
    wire = b""
    for piece in pieces:
        size = draw(st.sampled_from([b"%x", b"%X", b"00%x", b"%x ", b" %x"])) % len(piece)
        end = draw(st.sampled_from([b"\r\n", b"\n"]))
        extension = draw(st.sampled_from([b"", b";a", b' ; a="b;c"', b";\xe9=\xff"]))
        wire += size + extension + end + piece + end
    trailer = draw(st.sampled_from([b"", b"X: 1\r\n", b"X: \xe9\r\nno colon\r\n"]))
    return b"".join(pieces), wire + b"0\r\n" + trailer + b"\r\n"


CUTS = st.lists(st.integers(0, 10_000), max_size=12)


@given(chunked_bodies(), st.binary(max_size=20), CUTS)
def test_any_chunks_in_any_segments(
    drawn: tuple[bytes, bytes], stray: bytes, cuts: list[int]
) -> None:
    body, chunks = drawn
    wire = CHUNKED_HEAD + chunks
    answer = read(parts(wire, cuts), ends=False)
    assert answer.is_complete
    assert bytes(answer.raw) == wire
    assert answer.body_from(0) == body
    assert answer.body_size == len(body)
    assert answer.is_reusable
    answer = read(wire + stray, ends=False)
    assert bytes(answer.raw) == wire
    assert answer.stray == len(stray)
    assert answer.is_reusable == (not stray)


@given(st.binary(max_size=300), st.sampled_from([b"\r\n", b"\n"]), CUTS)
def test_any_body_in_any_segments(body: bytes, end: bytes, cuts: list[int]) -> None:
    head = b"HTTP/1.1 200 OK" + end + b"X: \xff" + end
    for wire in (head + b"Content-Length: %d" % len(body) + end * 2 + body, head + end + body):
        answer = read(parts(wire, cuts))
        assert answer.is_complete
        assert (bytes(answer.raw), answer.body_from(0)) == (wire, body)
        for start in (0, len(body) // 2, len(body)):
            assert answer.body_from(start) == body[start:]


@given(st.binary(max_size=400), CUTS)
def test_nothing_breaks_it(wire: bytes, cuts: list[int]) -> None:
    for prefix in (b"", b"HTTP/1.1 200 OK\r\n", CHUNKED_HEAD):
        answer = read(parts(prefix + wire, cuts))
        kept = bytes(answer.raw)
        assert (prefix + wire).endswith(kept) or answer.stray or kept in prefix + wire
        assert answer.body_size == len(answer.body_from(0)) or answer.is_foreign


@given(st.sampled_from([SIZED, CHUNKED]), st.integers(0, 10_000))
def test_an_answer_cut_anywhere_is_not_complete(wire: bytes, cut: int) -> None:
    cut %= len(wire)
    answer = read(wire[:cut])
    assert not answer.is_complete
    assert bytes(answer.raw) == wire[:cut]
    assert BODY.startswith(answer.body_from(0)) or answer.head is None
    assert answer.is_foreign == (0 < cut < len(b"HTTP/1.1 200 OK\r\n"))


@pytest.mark.parametrize("wire", [SIZED, CHUNKED])
def test_a_byte_at_a_time(wire: bytes) -> None:
    answer = read((wire[at : at + 1] for at in range(len(wire))), ends=False)
    assert (bytes(answer.raw), answer.body_from(0)) == (wire, BODY)


def test_the_end_of_the_connection_ends_a_body() -> None:
    answer = read(UNENDING)
    assert answer.is_complete
    assert answer.is_unending
    assert not answer.is_reusable
    assert answer.body_from(0) == BODY
    assert not read(UNENDING, cleanly=False).is_complete


def test_heads_1xx_are_passed_over() -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    for cuts in (range(0), range(0, 200, 7), range(200)):
        answer = read(parts(early + SIZED, cuts), ends=False)
        assert (bytes(answer.raw), answer.body_from(0)) == (SIZED, BODY)
    assert not read(early).raw


def test_blank_lines_before_an_answer_are_none_of_it() -> None:
    answer = read(parts(b"\r\n\n" + SIZED, range(30)), ends=False)
    assert bytes(answer.raw) == SIZED


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304), ("CONNECT", 200)]
)
def test_answers_without_a_body(method: str, status: int) -> None:
    wire = b"HTTP/1.1 %d X\r\nContent-Length: 100000000\r\n\r\n" % status
    answer = read(wire, method=method, ends=False)
    assert answer.is_complete
    assert answer.body_from(0) == b""
    answer = read(wire + b"body", method=method, ends=False)
    assert (bytes(answer.raw), answer.stray) == (wire, 4)
    assert not answer.is_reusable


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 2\r\nContent-Length: 2\r\n", b"ab"),
        (b"Content-Length: 2, 2\r\n", b"ab"),
        (b"content-length:2\r\n", b"ab"),
        (b"CONTENT-LENGTH :\t2 \r\n", b"ab"),
        (b"Content-Length:\r\n 2\r\n", b"ab"),
        (b"Content-Length: 000000000000000000002\r\n", b"ab"),
        (b"Content-Length: -1\r\n", b"abXYZ"),
        (b"Content-Length: two\r\n", b"abXYZ"),
        (b"no colon\r\nContent-Length: 2\r\n: nameless\r\n", b"ab"),
        (b" a fold of nothing\r\nContent-Length: 2\r\n", b"ab"),
        (b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n", b"ab"),
        (b"Transfer-Encoding: gzip\r\nContent-Length: 2\r\n", b"abXYZ"),
    ],
)
def test_lengths(head: bytes, body: bytes) -> None:
    answer = read(b"HTTP/1.1 200 OK\r\n" + head + b"\r\nabXYZ")
    assert answer.is_complete
    assert answer.fault is None
    assert answer.body_from(0) == body


def test_chunks_go_before_a_length() -> None:
    wire = CHUNKED.replace(b"\r\n", b"\r\nContent-Length: 3\r\n", 1)
    answer = read(wire, ends=False)
    assert (bytes(answer.raw), answer.body_from(0)) == (wire, BODY)
    assert not answer.is_reusable  # it may be an attempt to smuggle (RFC 9112 §6.3)


def test_lengths_that_differ_are_read_on_and_told() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nabcde"
    for answer in (read(wire + b"f", ends=False), read(wire[:-1])):
        assert bytes(answer.raw) in {wire, wire[:-1]}
        assert answer.fault == "several lengths, and they differ"
        assert not answer.is_reusable


@pytest.mark.parametrize(
    "chunks", [b"x\r\n", b"-1\r\na", b"0x1\r\na", b"\r\n", b"1\r\nab\r\n", b"11111111111111111\r\n"]
)
def test_chunks_that_are_none(chunks: bytes) -> None:
    answer = read(CHUNKED_HEAD + chunks, ends=False)
    assert not answer.is_complete
    assert answer.fault
    assert bytes(answer.raw) == CHUNKED_HEAD + chunks


@pytest.mark.parametrize(
    "wire",
    [
        b"<html>old</html>",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 2",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/x 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_not_http(wire: bytes) -> None:
    for cuts in (range(0), range(0, 50, 7), range(50)):
        answer = read(parts(wire, cuts))
        assert answer.is_foreign
        assert answer.fault == "not HTTP"
        assert bytes(answer.raw) == wire


@pytest.mark.parametrize(
    ("line", "version", "status", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n", "1.1", 200, b"OK"),
        (b"HTTP/1.0 404\r\n", "1.0", 404, b""),
        (b"http/1.1  500   Not  Good \r\n", "1.1", 500, b"Not  Good"),
        (b"HTTP/1.1 999 \xe9\xff\n", "1.1", 999, b"\xe9\xff"),
        (b"HTTP/2 200\r\n", "2", 200, b""),
    ],
)
def test_status_lines(line: bytes, version: str, status: int, reason: bytes) -> None:
    head = parse_head(line + b"\r\n")
    assert head is not None
    assert (head.version, head.status, head.reason) == (version, status, reason)


@pytest.mark.parametrize(
    ("version", "headers", "is_reusable"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: close\r\n", False),
        (b"1.1", b"Connection: x, Close\r\n", False),
        (b"1.1", b"Connection: x\r\nconnection: close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: Keep-Alive\r\n", True),
    ],
)
def test_connections_kept_alive(version: bytes, headers: bytes, *, is_reusable: bool) -> None:
    answer = read(b"HTTP/%s 200 OK\r\nContent-Length: 0\r\n%s\r\n" % (version, headers), ends=False)
    assert answer.is_reusable == is_reusable


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
def test_a_head_without_end_is_cut(end: bytes) -> None:
    wire = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (HEAD_LIMIT // 6) + end
    answer = read(parts(wire, range(0, len(wire), 65536)), ends=False)
    assert answer.is_over_limit
    assert "a head of more than" in (answer.fault or "")
    assert not answer.is_foreign


def test_heads_1xx_without_end_are_cut() -> None:
    answer = read([b"HTTP/1.1 100 Continue\r\n\r\n" * 1000] * 20, ends=False)
    assert answer.is_over_limit
    assert len(answer.raw) < HEAD_LIMIT


@pytest.mark.parametrize(
    "chunks",
    [
        b"1" * 20_000,
        b"1;" + b"x" * 10_000 + b"\r\na\r\n",
        b"0\r\n" + b"X: y\r\n" * HEAD_LIMIT,
    ],
)
def test_chunks_that_carry_next_to_nothing_are_cut(chunks: bytes) -> None:
    answer = Answer("GET")
    answer.feed(CHUNKED_HEAD)
    for _ in range(100):
        if answer.fault is None:
            answer.feed(chunks)
    assert answer.is_over_limit
    assert answer.fault
    assert len(answer.raw) < 2_000_000


def test_the_shortest_chunks_are_read() -> None:
    wire = CHUNKED_HEAD + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n"
    answer = read(wire, ends=False)
    assert answer.is_complete
    assert answer.body_from(0) == b"a" * 100_000


def test_time_grows_with_size_only() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (HEAD_LIMIT // 6 - 10)
    begun = perf_counter()
    answer = read(parts(head, range(0, len(head), 7)), ends=False)
    assert answer.fault is None
    assert perf_counter() - begun < 2


def test_folded_headers_are_joined() -> None:
    head = parse_head(b"HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n  d \r\nE:\r\n f\r\n\r\n")
    assert head is not None
    assert head.headers == ((b"A", b"b c d"), (b"E", b"f"))


def test_every_header_is_kept_as_it_came() -> None:
    wire = b"HTTP/1.1 200 OK\r\nx-B: \xe9\r\nSet-Cookie: a\r\nset-cookie: b, c\r\nX-A:\r\n\r\n"
    head = parse_head(wire)
    assert head is not None
    names = re.findall(rb"^([\w-]+):", wire, re.MULTILINE)
    assert [name for name, _ in head.headers] == names
    assert [value for _, value in head.headers] == [b"\xe9", b"a", b"b, c", b""]
