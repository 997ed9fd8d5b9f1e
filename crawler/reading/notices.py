"""Pages that are no documents: walls, notices of deletion, error pages, nothing at all.

No phrase alone decides: words of captchas, logins and complaints stand on good pages too. A page
is asked only if it shows no document, and then its title and the little text it has are looked at.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.errors import (
    BlockedPageError,
    GonePageError,
    LoginPageError,
    NotADocumentError,
    PageError,
)

if TYPE_CHECKING:
    from crawler.reading.page import Page

_SHORT: Final = 1500
"""A notice's page has fewer visible characters; a document's preview has more."""
_SITE_NAME: Final = re.compile(r"(?<=\S)\s*[-_|—–].*")
_MORE_WORDS: Final = 5
"""How many characters a notice's title has beside what makes it one."""
_SAMPLE: Final = 4096
_LEAST: Final = 10
"""A page with fewer characters says nothing."""


class Rule(NamedTuple):
    """One kind of page that is no document."""

    name: str
    error: type[PageError]
    title: re.Pattern[str]
    """The page's title, with a word or two more."""
    text: re.Pattern[str]
    """Found in the text of a page that has little."""


RULES: Final = (
    Rule(
        "captcha",
        BlockedPageError,
        re.compile(
            r"安全验证|人机验证|验证码|滑动验证|身份验证|访问验证|"
            r"访问(?:过于)?频繁|访问受限|拒绝访问|"
            r"just a moment|attention required|captcha|access denied|security check|"
            r"are you (?:a )?human",
            re.IGNORECASE,
        ),
        re.compile(
            r"安全验证|人机验证|完成验证|通过验证|滑动(?:下方|滑块|拼图)|拖动滑块|输入(?:图中|图片|下图|右图|上图)?.{0,6}验证码|"
            r"访问(?:过于|太过?|异常)频繁|请求(?:过于|太)频繁|异常(?:流量|访问|请求)|IP.{0,6}(?:被|已|受)(?:限制|封|禁)|"
            r"不是机器人|checking your browser|"
            r"verify (?:that )?you are (?:a )?human|unusual traffic|"
            r"enable javascript and cookies|captcha",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "deleted",
        GonePageError,
        re.compile(
            r"(?:文档|资源|文件|内容|页面|网页).{0,6}(?:不存在|已?被?(?:删除|下架|屏蔽)|已?失效|找不到)|已删除|已下架"
        ),
        re.compile(
            r"(?:文档|资源|文件|内容|资料|文章|页面).{0,12}(?:已?经?被?.{0,8}(?:删除|下架|屏蔽|移除|冻结)|不存在|已?失效|"
            r"不?可?(?:正在)?审核(?:中|未通过))|(?:已|被)(?:删除|下架|屏蔽).{0,10}(?:文档|资源|文件|内容)|"
            r"(?:document|page|file).{0,30}(?:deleted|removed|no longer available|does not exist)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "login",
        LoginPageError,
        re.compile(r"登[录陆]|请先登|\b(?:log|sign) ?in\b", re.IGNORECASE),
        re.compile(
            r"(?:请|需要?|您(?:还|尚)?[没未]).{0,6}登[录陆]|登[录陆]后.{0,8}(?:查看|阅读|浏览|访问|继续)|"
            r"(?:please|must) (?:log|sign) ?in|(?:log|sign) ?in to (?:continue|view)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "error",
        NotADocumentError,
        re.compile(
            r"^(?:http\s)?(?:40[0-9]|50[0-9])(?:\s|$)|not found|server error|bad gateway|"
            r"出错|错误|系统繁忙|维护",
            re.IGNORECASE,
        ),
        re.compile(
            r"(?:页面|网页|服务器).{0,6}(?:出错|错误|不存在|找不到)|系统(?:繁忙|维护|错误)|(?:正在|网站)维护|"
            r"(?<![\d.])404(?![\d.]|\s?[KMG]?B)|not found|internal server error|"
            r"bad gateway|service unavailable",
            re.IGNORECASE,
        ),
    ),
)


def check_body(page: Page) -> None:
    """Raise ``NotADocumentError`` if there is nothing on *page* that could be read."""
    body = page.body[:_SAMPLE]
    if not body.strip():
        raise NotADocumentError(page.url, "an empty page")
    if problem := _binary(body):
        raise NotADocumentError(page.url, problem)
    if sum(len(page.lines[number]) for number in islice(page.lines, _LEAST)) < _LEAST:
        check(page)
        raise NotADocumentError(page.url, "a page without text")


def check(page: Page) -> None:
    """Raise the ``PageError`` that fits a *page* that shows no document, if one does."""
    lines = page.lines.texts
    text = "\n".join(lines) if sum(map(len, lines)) < _SHORT else ""
    title = _SITE_NAME.sub("", page.title_tag)
    for rule in RULES:
        found = rule.title.search(title)
        is_title = found is not None and len(title) - len(found[0]) <= _MORE_WORDS
        if is_title or rule.text.search(text):
            raise rule.error(page.url, f"a page of the kind «{rule.name}»")


def _binary(body: bytes) -> str:
    """Return what *body* is if it is no text; empty if it may be."""
    for start, name in _STARTS.items():
        if body.startswith(start):
            return name
    if body.startswith((b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")):
        return ""
    controls = len(body) - len(body.translate(None, _CONTROLS))
    return "not a text" if controls > len(body) // 50 else ""


_STARTS: Final = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an Office file",
}
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\r\f\x1b"))
