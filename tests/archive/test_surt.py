from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.surt import surt

if TYPE_CHECKING:
    from collections.abc import Callable

SESSION = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def judge() -> Callable[[str], str]:
    """Return what pywb and cdxj-indexer make their keys with; its source has old escapes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        import warnings  # noqa: PLC0415

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import surt as library  # noqa: PLC0415
    return library.surt


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.com",
        "example.com/x",
        "https://www2.example.com:8443/a/../b//c/./d/?b=1&a=2",
        "HTTP://A.com:80/",
        "https://a.com:80/",
        "http://a.com:/",
        "ftp://a.com:21/x",
        "http://user:password@a.com/",
        "http://a.com/?",
        "http://a.com/x?#f",
        "http://a.com/p?a&b=&c",
        "http://A.com./",
        "http://a..com/",
        "http://www.www.com",
        "http://1.2.3.4/",
        "http://127.1/x",
        "http://2130706433/",
        "http://010.1.1.1/",
        "http://[::1]:80/x",
        "http://例え.jp/パス?q=値",
        "http://a.com/%E4%B8%AD%E6%96%87?%e4=1",
        "http://a.com/%2525",
        "http://a.com/a%2Fb",
        " http://a.com/ b\n",
        "http://a.com/../..",
        "http://a.com/a/..",
        "http://a.com//",
        "http:////c.com/x",
        "http://http://b.com/x",
        "urn:uuid:123",
        "dns:www.example.com",
        "mailto:a@b.c",
        "metadata://gnu.org/software",
        f"http://a.com/?jsessionid={SESSION}",
        f"http://a.com/?sid={SESSION}&x=1",
        "http://a.com/?x=1&cfid=1&cftoken=2",
        "http://a.com/(a(0123456789abcdef01234567))/b.aspx",
    ],
)
def test_keys_are_those_of_the_library(judge: Callable[[str], str], url: str) -> None:
    assert surt(url) == judge(url)


WORD = st.text(st.sampled_from("abXY09-._~%25/:;=+'()文档 é"), max_size=12)
LABEL = st.text(st.sampled_from("abwWz-"), min_size=1, max_size=5)


@given(
    st.sampled_from(("http", "https", "HTTP")),
    st.lists(LABEL, min_size=1, max_size=4),
    st.sampled_from(("", ":80", ":443", ":8080")),
    st.lists(WORD, max_size=4),
    st.none() | st.lists(WORD, max_size=3),
)
def test_any_address_has_the_key_of_the_library(
    judge: Callable[[str], str],
    scheme: str,
    labels: list[str],
    port: str,
    path: list[str],
    query: list[str] | None,
) -> None:
    url = f"{scheme}://{'.'.join(labels)}{port}/{'/'.join(path)}"
    url += "" if query is None else f"?{'&'.join(query)}"
    assert surt(url) == judge(url)


@given(st.text(max_size=60))
def test_any_text_has_a_key_that_fits_a_line(url: str) -> None:
    assert not set(surt(url)) & set(" \r\n")


@pytest.mark.parametrize("url", ["http://[::1/", "http://a:port/", "http://\udcff/", "http://\0/"])
def test_what_the_library_refuses_has_a_key(url: str) -> None:
    assert surt(url)
