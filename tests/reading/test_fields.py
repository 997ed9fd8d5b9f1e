from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    absent,
    between,
    caption_title,
    caption_total,
    captions,
    css,
    field,
    first,
    label,
    line_above,
    matching,
    meta,
    page_title,
)

if TYPE_CHECKING:
    from crawler.reading.fields import Field

URL = "https://books.example/b-1.html"
CAPTIONS = "<img alt='年报_第1页.doc_第{0}页'><p>第{0}页 / 共18页</p>"


def read(one: Field[Any], markup: str) -> str | None:
    """Return what *one*, as the uploader, is on a page of that *markup*."""

    class BookPage(DocumentPage):
        site = "books"
        url_template = UrlTemplate("https://books.example/b-{doc_id}.html")
        date = label("时间")
        uploader = one

    page = BookPage(URL, markup.encode(), content_type="text/html")
    return BookPage.read(page, "uploader")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("《年报》由会员上传分享", "年报"),
        ("首页 >《年报》由会员上传分享,免费阅读", "年报"),
        ("《《论语》选读》由会员上传分享", "《论语》选读"),
        ("《读《夏天》》由会员上传分享", "读《夏天》"),
        ("读《甲》有感:《乙》由会员上传分享", "乙"),
        ("《<b>年</b>报》由会员上传分享", "年报"),
        ("《》由会员上传分享", None),
        ("《年报》由会员分享", None),
        ("年报》由会员上传分享", None),
    ],
)
def test_between(line: str, title: str | None) -> None:
    assert read(between("《", "》由会员上传"), f"<p>前</p><p>{line}</p>") == title


@pytest.mark.parametrize("line", ["本文(甲(乙).doc)为会员上传", "本文（甲(乙).doc）为会员上传"])
def test_between_in_either_width(line: str) -> None:
    assert read(between("本文(", ")为会员"), f"<p>{line}</p>") == "甲(乙).doc"
    assert read(between("本文（", "）为会员"), f"<p>{line}</p>") == "甲(乙).doc"


def test_matching_sees_half_width_punctuation() -> None:
    assert read(matching(r"\((\d+)页\)"), "<p>年报（18页）</p>") == "18"
    assert read(matching(r"\((\d+)页\)"), "<p>年报</p>") is None


def test_first_takes_what_the_page_has() -> None:
    place = first(label("作者"), css("h1"), absent())
    assert read(place, "<h1>甲</h1><p>作者：乙</p>") == "乙"
    assert read(place, "<h1>甲</h1>") == "甲"
    assert read(place, "<h1></h1>") is None


def test_absent_is_read_from_no_common_label() -> None:
    assert read(absent(), "<p>上传人：甲</p>") is None
    assert read(label("作者"), "<p>上传人：甲</p>") == "甲"


@pytest.mark.parametrize(
    "tag",
    [
        "<meta name='author' content=' 甲 '>",
        "<meta property='og:author' content='甲'>",
        "<META NAME='Author' CONTENT='甲'><meta name='author' content='乙'>",
        "<meta name='author' content=''><meta name='author' content='甲'>",
    ],
)
def test_meta(tag: str) -> None:
    assert read(meta("author", "og:author"), f"<head>{tag}</head>") == "甲"


def test_css_folds_white_space() -> None:
    assert read(css(".who b"), "<p class=who><b>甲\n <i>乙</i></b><b>丙</b>") == "甲 乙"


@pytest.mark.parametrize(
    "title", ["年报_天天文库", "年报 - 天天文库", "年报-天天文库-免费在线", "年报—天天文库", "年报"]
)
def test_page_title(title: str) -> None:
    assert read(page_title("天天文库"), f"<title>{title}</title>") == "年报"


def test_line_above_passes_over_related_lists() -> None:
    aside = "<aside><h3>相关文档</h3><p>别的</p></aside>"
    markup = f"<h1>年报.doc</h1>{aside}<p>时间：2019-03-04</p>"
    assert read(line_above("页数", "时间"), markup) == "年报.doc"
    two = "<h1>年报.doc</h1><p>上传时间：2019-03-04</p><p>简介</p><p>时间：2019-03-04</p>"
    assert read(line_above("时间", "上传时间"), two) == "年报.doc"
    assert read(line_above("时间"), "<p>时间：2019-03-04</p>") is None
    assert read(line_above("时间"), "<p>年报.doc</p>") is None


def test_captions() -> None:
    markup = "".join(CAPTIONS.format(number) for number in (1, 2, 3, 3))
    assert read(captions(), markup) == "3"
    assert read(caption_title(), markup) == "年报_第1页.doc"
    assert read(caption_total(), markup) == "18"


def test_no_captions() -> None:
    for place in (captions(), caption_title(), caption_total()):
        assert read(place, "<p>见第3页</p><img alt='封面'>") is None


def test_a_method_may_be_a_field() -> None:
    @field
    def shout(page: DocumentPage) -> str:
        return page.title_tag * 2

    assert read(shout, "<title>甲</title>") == "甲甲"


def test_a_field_of_a_class_is_the_field() -> None:
    assert DocumentPage.size.name == "size"
