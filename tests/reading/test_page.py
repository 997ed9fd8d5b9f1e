from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.errors import (
    BlockedPageError,
    GonePageError,
    MissingFieldError,
    NotADocumentError,
    PageError,
    WrongPageError,
)
from crawler.reading import (
    DocumentPage,
    Layout,
    Page,
    UrlTemplate,
    absent,
    between,
    label,
    slices,
)

URL: Final = "https://m.books.example/b-0042.html?from=list"
GOOD: Final = """<title>年报-图书馆</title>
<p>ID：0042 大小：58.50 KB 页数：11页</p><p>上传时间：2018-11-19</p>
<p>《年报.docx》由会员分享，可在线阅读</p><p>正文。</p>"""


class BookPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/b-{doc_id}.html", hosts=("m.books.example",))
    version = 3
    date_order = "DMY"

    doc_id = label("ID")
    size = label("大小")
    page_count = label("页数")
    title = between("《", "》由会员分享")
    uploader = absent()
    preview = slices("》由会员分享", length=300)


def page(body: str, url: str = URL) -> BookPage:
    return BookPage(url, body.encode(), content_type="text/html; charset=utf-8")


def test_document() -> None:
    moment = datetime(2026, 11, 24, 8, tzinfo=UTC)
    document = BookPage(URL, GOOD.encode(), fetched_at=moment).document()
    assert document.site == "books"
    assert document.doc_id == "0042"
    assert document.url == "https://books.example/b-0042.html"
    assert document.title == "年报.docx"
    assert document.size == "58.50 KB"
    assert document.page_count == "11页"
    assert document.date == "2018-11-19"
    assert document.preview == "正文。"
    assert document.date_order == "DMY"
    assert document.fetched_at == moment
    assert document.reader == "books/3"
    assert document.published == {"doc_id", "size", "page_count", "title", "preview"}


def test_a_page_without_a_moment_was_captured_now() -> None:
    before = datetime.now(UTC)
    assert before <= page(GOOD).fetched_at <= datetime.now(UTC)


def test_reading_twice_reads_the_same() -> None:
    read = page(GOOD)
    assert read.document() == read.document()


def test_an_excluded_field_is_read_from_no_common_label() -> None:
    assert page(GOOD.replace("大小", "上传人：甲 大小")).document().uploader is None


# --- which document -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed", ["ID：0042", "ID：００\uff14\uff12", "ID：99 ID：0042", "文档编号：0042", ""]
)
def test_its_own_id_or_none(printed: str) -> None:
    assert page(GOOD.replace("ID：0042", printed)).document().doc_id == "0042"


@pytest.mark.parametrize(
    "printed", ["ID：0043", "ID：42", "ID：00420", "文档编号：0043", "资源ID：1"]
)
def test_another_documents_page(printed: str) -> None:
    with pytest.raises(WrongPageError, match=r"about document \w+, not 0042"):
        page(GOOD.replace("ID：0042", printed)).document()


def test_an_id_of_a_related_document_is_none() -> None:
    aside = "<aside><h3>相关文档</h3><ul><li><a href='/b-7.html'>别的</a> ID：7</li></ul></aside>"
    assert page(aside + GOOD).document().doc_id == "0042"


@pytest.mark.parametrize(
    "url", ["", "https://books.example/", "https://other.example/b-0042.html", "b-0042.html"]
)
def test_no_documents_address(url: str) -> None:
    with pytest.raises(NotADocumentError, match="no document's address"):
        page(GOOD, url).document()


# --- what it lacks ------------------------------------------------------------------------------


@pytest.mark.parametrize("notice", ["《年报》由用户分享", "《》由会员分享", ""])
def test_a_missing_title_means_a_changed_layout(notice: str) -> None:
    changed = GOOD.replace("《年报.docx》由会员分享", notice)
    with pytest.raises(MissingFieldError, match="no title found") as caught:
        page(changed).document()
    assert caught.value.name == "title"
    assert caught.value.reason == "layout_changed"


def test_no_labels_at_all() -> None:
    document = page("<p>《年报》由会员分享</p><p>正文一段，说明来历。</p>").document()
    assert (document.doc_id, document.title) == ("0042", "年报")
    assert document.size is document.page_count is document.date is None


def test_notices_decide_before_the_title_does() -> None:
    with pytest.raises(GonePageError):
        page("<p>该文档已被删除，请看别的</p>").document()
    with pytest.raises(BlockedPageError):
        page("<title>安全验证</title><p>请完成验证后继续</p>").document()


@given(st.binary())
def test_any_bytes_are_a_document_or_a_page_error(body: bytes) -> None:
    for content_type in ("text/html", "text/plain", ""):
        with pytest.raises(PageError):
            BookPage(URL, body, content_type=content_type).document()


@given(st.binary(max_size=30), st.integers(0, len(GOOD.encode())))
def test_a_damaged_page_is_read_or_refused(noise: bytes, place: int) -> None:
    body = GOOD.encode()
    try:
        document = BookPage(URL, body[:place] + noise + body[place:]).document()
    except PageError as error:
        assert error.reason  # noqa: PT017 - either outcome is right
    else:
        assert document.doc_id == "0042"
        assert document.title


# --- layouts ------------------------------------------------------------------------------------


class OldLayout(Layout):
    signs = ("资源大小",)

    size = label("资源大小")
    title = between("下载《", "》")


class NewLayout(Layout):
    signs = ("文档大小",)

    size = label("文档大小")
    title = between("阅读《", "》")
    preview = slices("资源描述", length=300)


class TwoLayoutsPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/b-{doc_id}.html")
    layouts = (NewLayout, OldLayout)


@pytest.mark.parametrize(
    ("markup", "layout"),
    [
        ("<p>阅读《年报》</p><p>文档大小：1 KB</p><p>资源描述</p><p>资源大小：2 KB</p>", NewLayout),
        ("<p>下载《年报》</p><p>资源大小：1 KB</p>", OldLayout),
        (
            "<nav>文档大小：9 KB</nav><p>下载《年报》</p><p>资源大小：1 KB</p>",
            OldLayout,
        ),
        ("<script>文档大小</script><p>下载《年报》</p><p>资源大小：1 KB</p>", OldLayout),
    ],
)
def test_a_page_shows_its_layout(markup: str, layout: type[Layout]) -> None:
    read = TwoLayoutsPage("https://books.example/b-1.html", f"<body>{markup}".encode())
    assert read.layout is layout
    assert read.document().title == "年报"
    assert read.document().size == "1 KB"


def test_a_page_without_a_sign_has_the_layout_whose_preview_it_has_or_the_last() -> None:
    begun = "<p>阅读《年报》</p><p>资源描述</p><p>正文。</p>".encode()
    assert TwoLayoutsPage("https://books.example/b-1.html", begun).layout is NewLayout
    bare = "<p>年报</p>".encode()
    assert TwoLayoutsPage("https://books.example/b-1.html", bare).layout is OldLayout


def test_what_is_published_is_of_the_layout() -> None:
    old = TwoLayoutsPage("https://books.example/b-1.html", "下载《年报》\n资源大小:1 KB".encode())
    assert old.document().published == {"size", "title"}


# --- the page itself ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type", "is_html"),
    [
        ("<p>年报", "", True),
        ("年报", "text/html", True),
        ("<p>年报", "text/plain; charset=utf-8", False),
        ("年报 <1 KB>", "", False),
        ("年报", "application/xhtml+xml", True),
        ("\n\n<!DOCTYPE html>年报", "application/octet-stream", True),
    ],
)
def test_markup_or_text(body: str, content_type: str, is_html: bool) -> None:  # noqa: FBT001 - a table
    assert Page(URL, body.encode(), content_type=content_type).is_html == is_html


def test_a_text_has_no_elements() -> None:
    text = Page(URL, b"<a href='/x'>x</a>", content_type="text/plain")
    assert text.links() == []
    assert text.title_tag == ""
    assert text.metadata == {}
    assert text.lines.texts == ["<a href='/x'>x</a>"]


def test_selector_for_odd_fields() -> None:
    assert page("<p class=a>一<b>二</b></p>").selector.css(".a b::text").get() == "二"


LINKS: Final = """<base href="/list/">
<a href="/b-1.html#p2">绝对路径</a> <a href="b-2.html">相对</a> <a href="b-2.html#again">再次</a>
<a href=" https://other.example/x?y=1&amp;z=2 ">别处</a> <a href="//cdn.example/y">无协议</a>
<area href="../up.html"> <a href="?page=2">下一页</a> <a href="HTTP://Books.example/Z">大写</a>
<a href="#top">顶部</a> <a href="">空</a> <a>无</a> <a href="javascript:go()">脚本</a>
<a href="mailto:a@books.example">信</a> <a href="tel:1">电话</a> <a href="//[bad/">坏</a>
<link href="/style.css"><img src="/i.png"><!-- <a href="/comment">注释</a> -->"""


def test_links() -> None:
    assert page(LINKS).links() == [
        "https://m.books.example/b-1.html",
        "https://m.books.example/list/b-2.html",
        "https://other.example/x?y=1&z=2",
        "https://cdn.example/y",
        "https://m.books.example/up.html",
        "https://m.books.example/list/?page=2",
        "http://Books.example/Z",
    ]


@pytest.mark.parametrize(
    "base",
    ["", "<base>", "<base href=''>", "<base href='http://[bad/'>", "<base href='javascript:x'>"],
)
def test_links_without_a_good_base(base: str) -> None:
    assert page(f"{base}<a href='c-1.html'>x</a>").links() == ["https://m.books.example/c-1.html"]


@given(st.text(st.sampled_from("aB0-_.%=&?/;"), min_size=1, max_size=9))
def test_a_relative_link_leads_where_a_browser_goes(href: str) -> None:
    assume(not href.startswith("/"))
    base = "https://m.books.example/list/1;v?page=2"
    markup = f"<base href='{escape(base)}'><a href='{escape(href)}'>x</a>"
    assert page(markup).links() == [urlsplit(urljoin(base, href)).geturl()]


@given(st.lists(st.text(st.sampled_from("ahttps:/.?#&%@[]\\ \n0"), max_size=20)))
def test_any_links_can_be_read(hrefs: list[str]) -> None:
    markup = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    for url in page(markup).links():
        assert url.startswith(("http://", "https://"))
        assert "#" not in url
