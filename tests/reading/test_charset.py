from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.charset import decode

SIMPLE: Final = (
    "大小：58.50 KB，页数：11页。渡口的石阶一共有四十二级，下面的三级常年在水里，"
    "上面长着青苔，走的时候要扶着旁边的铁链。"
)
TRADITIONAL: Final = (
    "大小：58.50 KB，頁數：11頁。渡口的石階一共有四十二級，下面的三級常年在水裡，"
    "上面長著青苔，走的時候要扶著旁邊的鐵鏈。"
)
PAGE: Final = "<html><head>{declaration}<title>页</title></head><body><p>{text}</p></body></html>"
META: Final = '<meta charset="{}">'
HTTP_EQUIV: Final = '<meta http-equiv="Content-Type" content="text/html; charset={}">'


def read(text: str, encoding: str, declaration: str = "", content_type: str = "") -> str:
    page = PAGE.format(declaration=declaration, text=text).encode(encoding, "xmlcharrefreplace")
    return decode(page, content_type)


@pytest.mark.parametrize(
    "declared", ["", "utf-8", "UTF8", "gb2312", "gbk", "big5", "iso-8859-1", "x"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("place", ["header", "meta", "http-equiv"])
def test_simplified_whatever_is_declared(encoding: str, declared: str, place: str) -> None:
    """A right declaration, a wrong one and none give the same text."""
    if place == "header":
        kind = f"text/html; charset={declared}" if declared else "text/html"
        assert SIMPLE in read(SIMPLE, encoding, content_type=kind)
    else:
        form = META if place == "meta" else HTTP_EQUIV
        assert SIMPLE in read(SIMPLE, encoding, form.format(declared) if declared else "")


@pytest.mark.parametrize("declared", ["", "big5", "gb2312", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030"])
def test_traditional_whatever_is_declared(encoding: str, declared: str) -> None:
    kind = f"text/html; charset={declared}" if declared else ""
    assert TRADITIONAL.replace("裡", "") in read(
        TRADITIONAL.replace("裡", ""), encoding, content_type=kind
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marks_and_wide_encodings(encoding: str) -> None:
    text = read(SIMPLE, encoding, META.format("gbk"))
    assert SIMPLE in text
    assert not text.startswith("\ufeff")


def test_header_stands_above_the_page() -> None:
    body = SIMPLE.encode("gbk")
    assert decode(META.format("big5").encode() + body, "text/html; charset=gb2312").endswith(SIMPLE)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("declared", ["utf-8", "gbk", ""])
def test_one_broken_place_breaks_nothing_else(encoding: str, declared: str) -> None:
    broken = (SIMPLE * 3).encode(encoding) + b"\xff" + SIMPLE.encode(encoding)
    text = decode(broken, f"text/html; charset={declared}" if declared else "")
    assert text.startswith(SIMPLE * 3)
    assert text.endswith(SIMPLE)


def test_page_cut_within_a_character() -> None:
    text = decode((SIMPLE * 3).encode()[:-1], "text/html; charset=gbk")
    assert text[:-1] == (SIMPLE * 3)[:-1]


@pytest.mark.parametrize("declared", ["iso-2022-jp", "hz-gb-2312", "utf-16", "utf-32"])
def test_declarations_of_encodings_unlike_ascii_that_the_bytes_are_not_in(declared: str) -> None:
    assert decode(SIMPLE.encode(), f"text/html; charset={declared}") == SIMPLE
    assert decode(SIMPLE.encode("gbk"), f"text/html; charset={declared}") == SIMPLE


def test_western_pages() -> None:
    text = "<p>Première édition — déjà parue à l’été</p>"
    assert decode(text.encode("cp1252"), "text/html; charset=iso-8859-1") == text
    assert decode(text.encode("cp1252")) == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\ufeff")))
def test_valid_utf8_is_utf8_under_any_name(text: str) -> None:
    page = f"<p>{text}"
    for declared in ("", "text/html; charset=gbk", "text/html; charset=big5"):
        assert decode(page.encode(), declared) == page


@given(st.text(st.sampled_from(SIMPLE), min_size=8).map(lambda text: SIMPLE + text))
def test_chinese_text_in_each_of_its_encodings(text: str) -> None:
    for encoding in ("utf-8", "gbk", "gb18030", "utf-16"):
        assert decode(text.encode(encoding), "text/html; charset=gb2312") == text
        assert decode(text.encode(encoding)) == text


@given(st.binary(), st.sampled_from(["", "utf-8", "gb2312", "big5", "utf-16", "hz", "no-such"]))
def test_any_bytes_are_some_text(body: bytes, declared: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={declared}" if declared else ""), str)


@pytest.mark.parametrize("declared", ["", "text/html; charset=iso-8859-1"])
@pytest.mark.parametrize(
    "text", ["Liczenie ptaków: plan prób", "Größe der Teiche: groß", "Création, été, été à côté"]
)
def test_accents_are_no_hanzi(text: str, declared: str) -> None:
    assert decode(text.encode("cp1252"), declared) == text
