from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.answer import dechunk, read_answer, status_of
from crawler.errors import ArchiveError


def test_a_head_as_it_came() -> None:
    answer = read_answer(
        b"HTTP/1.0 404 \xb2\xbb\xb4\xe6\xd4\xda\r\nset-cookie: a\r\nNo colon\r\n"
        b"Set-Cookie:b \r\nFolded: one\r\n two\r\n\r\nbody\r\n\r\nmore"
    )
    assert answer is not None
    assert (answer.version, answer.status) == ("1.0", 404)
    assert answer.reason == b"\xb2\xbb\xb4\xe6\xd4\xda"
    assert answer.headers == (
        (b"set-cookie", b"a"),
        (b"Set-Cookie", b"b"),
        (b"Folded", b"one two"),
    )
    assert answer.get_all("SET-COOKIE") == [b"a", b"b"]
    assert answer.get("folded") == b"one two"
    assert answer.get("none") is None
    assert answer.body() == b"body\r\n\r\nmore"


@pytest.mark.parametrize(
    "block", [b"", b"garbage", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 20 OK\r\n\r\n", b"GET / HTTP/1.1"]
)
def test_what_is_no_answer(block: bytes) -> None:
    assert read_answer(block) is None


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=6), st.sampled_from((b"", b";a=b")))
def test_chunks_are_joined(pieces: list[bytes], extension: bytes) -> None:
    body = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    assert dechunk(body + b"0\r\nTrailer: x\r\n\r\n") == b"".join(pieces)


@given(st.binary(max_size=100))
def test_chunks_may_be_anything(body: bytes) -> None:
    assert len(dechunk(body)) <= len(body)


def test_a_chunk_that_is_cut_gives_what_came() -> None:
    answer = read_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\nhalf")
    assert answer is not None
    assert answer.body() == b"half"


def test_what_is_packed_is_unpacked_as_a_whole_or_not() -> None:
    packed = gzip.compress(b"page" * 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    answer = read_answer(head + packed)
    assert answer is not None
    assert answer.body() == b"page" * 1000
    with pytest.raises(ArchiveError, match="unpacks to more than 3000 bytes"):
        answer.body(3000)
    cut = read_answer(head + packed[:-9])
    assert cut is not None
    with pytest.raises(ArchiveError, match="it is cut short"):
        cut.body()


def test_chunks_that_somebody_joined_are_taken_as_they_are() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    answer = read_answer(head + b"<p>page</p>")
    assert answer is not None
    assert answer.body() == b"<p>page</p>"


@pytest.mark.parametrize(
    "line", [b"HTTP/2 200", b"HTTP/2.0 200 OK", b"HTTP/1.1 200", b"HTTP/3 200 "]
)
def test_status_lines_of_later_versions(line: bytes) -> None:
    answer = read_answer(line + b"\r\nA: b\r\n\r\nbody")
    assert answer is not None
    assert (answer.status, answer.body()) == (200, b"body")
    assert status_of(line + b"\r\n\r\n") == 200
