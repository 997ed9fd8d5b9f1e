from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.fetching.decoding import DecodingMiddleware, decode
from crawler.fetching.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "http://www.wenku365.com/p-1000001.html"
PAGE = "".join(f"<p>第{number}条:检查堤防和泵站。</p>" for number in range(200)).encode()


def _bare_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("gzip", zlib.compress),
    ("deflate", zlib.compress),
    ("deflate", _bare_deflate),
    ("br", brotli.compress),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
@given(body=st.binary(max_size=300_000))
def test_what_was_packed_comes_out(
    encoding: str, pack: Callable[[bytes], bytes], body: bytes
) -> None:
    assert decode(pack(body), encoding, 0) == body
    assert decode(pack(body * 9), encoding, 9 * len(body)) == body * 9


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_no_part_of_a_body_passes_for_the_whole(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(PAGE)
    for length in range(1, len(packed)):
        with pytest.raises(Refusal, match="bad_encoding"):
            decode(packed[:length], encoding, 0)


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_bomb(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Refusal, match="too_large"):
        decode(pack(bytes(10**7)), encoding, 10**6)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_is_not_packed_at_all(encoding: str) -> None:
    with pytest.raises(Refusal, match="bad_encoding"):
        decode(PAGE, encoding, 0)


def test_members_and_rubbish_behind_them() -> None:
    assert decode(gzip.compress(b"one") + gzip.compress(b"two"), "gzip", 0) == b"onetwo"
    assert decode(gzip.compress(b"one") + b"\r\n", "gzip", 0) == b"one"


def _answered(body: bytes, *encodings: str) -> Response:
    headers = {"Content-Type": "text/html", "Content-Encoding": list(encodings)}
    return DecodingMiddleware(10**6).process_response(
        Request(URL), Response(URL, headers=headers, body=body)
    )


@pytest.mark.parametrize("encodings", [("gzip, br",), ("GZIP ", "br")])
def test_encodings_one_over_the_other(encodings: tuple[str, ...]) -> None:
    response = _answered(brotli.compress(gzip.compress(PAGE)), *encodings)
    assert isinstance(response, HtmlResponse)
    assert response.body == PAGE
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("encoding", ["utf-8", "compress", "identity"])
def test_what_is_no_encoding_of_ours_is_left(encoding: str) -> None:
    assert _answered(PAGE, encoding).body == PAGE


def test_an_empty_body_is_empty() -> None:
    assert _answered(b"", "gzip").body == b""
