from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.codings import CodingError, decode_body, names_of, zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = "".join(f"<p>第{number}条:检查堤防和泵站。</p>" for number in range(200)).encode()


def _bare_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(CodingError) as caught:
        yield
    assert caught.value.reason == reason


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("gzip", zlib.compress),
    ("deflate", zlib.compress),
    ("deflate", _bare_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
@given(body=st.binary(max_size=300_000))
def test_what_was_packed_comes_out(
    encoding: str, pack: Callable[[bytes], bytes], body: bytes
) -> None:
    assert decode_body(pack(body), [encoding], 0)[0] == body
    assert decode_body(pack(body * 9), [encoding], 9 * len(body))[0] == body * 9


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_no_part_of_a_body_passes_for_the_whole(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(PAGE)
    for length in range(1, len(packed)):
        with refused("bad_encoding"):
            decode_body(packed[:length], [encoding], 0)[0]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_bomb(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    with refused("too_large"):
        decode_body(pack(bytes(10**7)), [encoding], 10**6)[0]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_packed_at_all(encoding: str) -> None:
    with refused("bad_encoding"):
        decode_body(b"not packed at all", [encoding], 0)[0]


def test_members_and_rubbish_behind_them() -> None:
    assert decode_body(gzip.compress(b"one") + gzip.compress(b"two"), ["gzip"], 0)[0] == b"onetwo"
    assert decode_body(gzip.compress(b"one") + b"\r\n", ["gzip"], 0)[0] == b"one"


def test_several_are_undone_from_the_last() -> None:
    packed = gzip.compress(zlib.compress(PAGE))
    assert decode_body(packed, names_of([b"deflate, GZIP "]), 0) == (PAGE, [])
    assert decode_body(packed, names_of([b"deflate", b"gzip"]), 0) == (PAGE, [])
    assert decode_body(packed, ["compress", "gzip"], 0) == (zlib.compress(PAGE), ["compress"])


@given(st.sampled_from(PACKERS), st.integers(0, 60), st.binary(max_size=8))
def test_damage_never_surprises(
    packer: tuple[str, Callable[[bytes], bytes]], at: int, change: bytes
) -> None:
    packed = packer[1](PAGE)
    packed = packed[:at] + change + packed[at + len(change) :]
    with suppress(CodingError):
        assert len(decode_body(packed, [packer[0]], 2 * len(PAGE))[0]) <= 2 * len(PAGE)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_markup_that_somebody_unpacked_is_taken_as_it_is(encoding: str) -> None:
    assert decode_body(b"\r\n" + PAGE, [encoding], 0) == (b"\r\n" + PAGE, [])
