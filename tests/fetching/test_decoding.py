from __future__ import annotations

import gzip

import brotli
import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.fetching.decoding import DecodingMiddleware
from crawler.fetching.refusals import Refusal

URL = "http://www.wenku365.com/p-1000001.html"
PAGE = "".join(f"<p>第{number}条:检查堤防和泵站。</p>" for number in range(200)).encode()


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


@pytest.mark.parametrize(
    ("body", "reason"),
    [(gzip.compress(PAGE)[:-9], "bad_encoding"), (gzip.compress(bytes(10**7)), "too_large")],
)
def test_what_cannot_be_had_whole_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        _answered(body, "gzip")
    assert caught.value.reason == reason
