"""Pages that are no documents are told apart, and documents with their words are read."""

from __future__ import annotations

from typing import Final

import pytest

from crawler.errors import (
    BlockedPageError,
    GonePageError,
    LoginPageError,
    MissingFieldError,
    NotADocumentError,
    PageError,
)
from crawler.reading import DocumentPage, UrlTemplate, between, label, slices

URL: Final = "https://books.example/b-20000001.html"


class BookPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/b-{doc_id}.html")

    signs = ("》由会员分享",)

    doc_id = label("ID")
    size = label("大小")
    title = between("《", "》由会员分享")
    preview = slices("》由会员分享", before="收益归作者所有", length=300)


def page(
    body: str, title: str = "图书馆", content_type: str = "text/html; charset=utf-8"
) -> BookPage:
    head = f"<head><title>{title}</title></head>" if "html" in content_type else ""
    return BookPage(URL, f"{head}{body}".encode(), content_type=content_type)


CHROME: Final = "<div><a href='/'>首页</a> <a href='/login'>登录</a> <a href='/reg'>注册</a></div>"
PROSE: Final = "<p>" + "库房每月清点一次，清点的人不能是保管的人。" * 100 + "</p>"

REFUSED: Final = [
    (BlockedPageError, "安全验证", "<p>请完成验证后继续访问</p>"),
    (BlockedPageError, "", "<p>请输入图中的验证码</p><input>"),
    (BlockedPageError, "", "<p>您的访问过于频繁，请稍后再试</p>"),
    (BlockedPageError, "", "<p>检测到异常流量</p>"),
    (BlockedPageError, "", "<p>您的IP已被限制</p>"),
    (BlockedPageError, "", "<p>拖动滑块完成拼图</p>"),
    (BlockedPageError, "Just a moment...", "<noscript>x</noscript><p>Checking your browser</p>"),
    (BlockedPageError, "Access denied", "<h1>Access denied</h1>"),
    (BlockedPageError, "Just a moment...", "<script>challenge()</script>"),
    (GonePageError, "", "<h1>文档不存在</h1><p>您访问的文档不存在或已被删除</p>"),
    (GonePageError, "", "<p>该文档已被作者删除</p>"),
    (GonePageError, "", "<p>此资源因侵权被下架</p>"),
    (GonePageError, "", "<p>该文件正在审核中</p>"),
    (GonePageError, "文档已删除", f"{PROSE}"),
    (GonePageError, "", "<p>This document has been removed by its owner.</p>"),
    (LoginPageError, "", "<p>请先登录</p><form><input name=u></form>"),
    (LoginPageError, "会员登录", "<form>账号 <input> 密码 <input></form>"),
    (LoginPageError, "", "<p>登录后可查看全文</p>"),
    (LoginPageError, "Log in", "<p>Please sign in to continue</p>"),
    (NotADocumentError, "404 Not Found", "<h1>404 Not Found</h1><hr><center>nginx</center>"),
    (NotADocumentError, "502 Bad Gateway", "<h1>502 Bad Gateway</h1>"),
    (NotADocumentError, "", "<p>系统繁忙，请稍后再试</p>"),
    (NotADocumentError, "", "<p>网站正在维护，敬请谅解</p>"),
    (MissingFieldError, "图书馆", f"{PROSE}"),
    (
        MissingFieldError,
        "",
        "<ul><li><a href='/b-1.html'>别的</a></li></ul><p>共三百册，分两页</p>",
    ),
]


@pytest.mark.parametrize(("error", "title", "body"), REFUSED)
@pytest.mark.parametrize("chrome", ["", CHROME], ids=["bare", "chrome"])
def test_refused(error: type[PageError], title: str, body: str, chrome: str) -> None:
    with pytest.raises(PageError) as caught:
        page(f"<body>{chrome}{body}</body>", title).document()
    assert type(caught.value) is error
    assert caught.value.url == URL
    assert str(caught.value).startswith(f"{URL}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n\t ",
        b"\x00" * 5000,
        bytes(range(256)) * 20,
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04" + b"word/document.xml" * 9,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"\x1f\x8b\x08\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        b"ok",
    ],
)
@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "", "application/pdf"])
def test_nothing_to_read(body: bytes, content_type: str) -> None:
    with pytest.raises(NotADocumentError):
        BookPage(URL, body, content_type=content_type).document()


@pytest.mark.parametrize(
    "body", ["", "<script>document.title = 1</script>", "<p> &nbsp; </p>", "<img src=/a.png>", "好"]
)
def test_nothing_to_see(body: str) -> None:
    with pytest.raises(NotADocumentError, match="a page without text"):
        page(f"<body>{body}</body>").document()


# --- documents, whatever words they hold --------------------------------------------------------

LABELS: Final = "<p>ID：20000001</p><p>大小：58.50 KB</p>"
NOTICE: Final = "<p>《{title}》由会员分享，可在线阅读</p><p>正文一段。</p><p>收益归作者所有</p>"
ALARMS: Final = [
    "<div><img alt=ImageVerifierCode> 验证码 换一换 账号 密码 微信登录</div>",
    "<p>请先登录</p><p>付费下载</p><p>开通vip</p>",
    "<p>版权申诉 举报</p><p>若内容侵权，请立即通知我们，我们立即给予删除！</p>",
    "<p>到这儿已超出免费预览范围</p><p>该文档总共18页</p>",
    "<p>没有找到相关的结果，页面不存在</p><p>系统维护</p>",
    "<p>Presentation is loading. Please wait.</p><p>Loading...</p>",
    "<noscript>Please enable JavaScript and cookies</noscript>",
]


@pytest.mark.parametrize("alarm", ALARMS)
@pytest.mark.parametrize("place", ["before", "after"])
def test_alarming_words_on_a_good_page(alarm: str, place: str) -> None:
    document = LABELS + NOTICE.format(title="年报")
    body = f"{alarm}{document}" if place == "before" else f"{document}{alarm}"
    found = page(f"<body>{CHROME}{body}</body>").document()
    assert (found.title, found.size) == ("年报", "58.50 KB")


@pytest.mark.parametrize(
    "title",
    [
        "验证码的识别方法",
        "人机验证与安全验证",
        "文档已被删除怎么办",
        "404错误的处理",
        "网站登录模块设计",
        "请先登录",
        "服务器维护手册",
        "Access Denied: a novel",
        "系统维护",
    ],
)
@pytest.mark.parametrize("labels", [LABELS, ""], ids=["labels", "no labels"])
def test_alarming_titles(title: str, labels: str) -> None:
    body = f"<body><h1>{title}</h1>{labels}{NOTICE.format(title=title)}</body>"
    assert page(body, f"{title}-图书馆").document().title == title


def test_alarming_text_extract() -> None:
    text = "验证码 登录\nID:20000001\n《年报》由会员分享,可在线阅读\n该文档已被删除\n"
    assert page(text, content_type="text/plain; charset=utf-8").document().title == "年报"
