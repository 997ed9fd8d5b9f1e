"""The title of a document on a page of any site, without the site's name and its decoration."""

# ruff: noqa: E501 - rows of words of all languages, in their own letters

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.reading.metadata import values_at
from crawler.reading.values import clean, split_extension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.reading.page import Page

_JOINT: Final = re.compile(
    r"\s[-–—|·•»›:]{1,2}\s|\s?[|｜_]\s?|\s?[—–]{1,2}\s?|(?<=[\u3040-\u9fff\uac00-\ud7af》）)])-(?=[\u3040-\u9fff\uac00-\ud7afA-Za-z])|(?<=[a-z])-(?=[\u4e00-\u9fff])"
)
_DECORATION: Final = re.compile(
    r"(?:(?:\s[-–|]\s?|\s|\s?[-–|]\s)(?:\(pdf\)|\[pdf\]|pdf free download|free download|free pdf|"
    r"pdf download|pdf|document|powerpoint (?:ppt )?presentation|ppt download|presentation transcript)"
    r"|[\s_-]?(?:在线阅读|免费下载|免费阅读|全文免费在线看|文档下载|全文阅读|在线预览|免费在线阅读))$",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"\s?[-_|]\s?[\w·]{1,16}(?:文库|文档|文档网|文庫|图书馆|资料库|资料网|文档之家|下载站|分享网|知识库|学习网|文库网)$"
)
_NO_TITLE: Final = frozenset(
    "下载 首页 预览 文档 登录 注册 搜索 上传 download preview home document documents login upload "
    "search menu details information share error untitled 详情 详细信息 文档信息 资源信息 相关文档 下載 "
    "vorschau aperçu anteprima 미리보기 プレビュー ダウンロード 다운로드 скачать".split()
)
_PREFIX: Final = re.compile(r"^(?:\(pdf\)|\[pdf\]|pdf [-–]|ppt [-–])\s", re.IGNORECASE)
_SITE_WORDS: Final = re.compile(
    r"(?:文库|文档库|文档|文檔|文件庫|网|網|图书馆|资料库|下载|分享|平台|中心|网站)$|\.(?:com|net|org|cn|de|fr|es|it|pl|ru|br|pt|ua|vn|id|jp|kr|tr|io|co)\b",
    re.IGNORECASE,
)
_CUT: Final = re.compile(r"\s*(?:\.{3}|…)$")
_LONGEST: Final = 500
_LONGEST_SITE: Final = 40


def titles(page: Page) -> Iterator[str]:
    """Yield what may be the title of *page*'s document, the likeliest first."""
    named = site_names(page)
    tags = page.metadata
    head = clean(page.title_tag)[:_LONGEST]
    social = clean(tags.get("og:title") or tags.get("twitter:title") or "")[:_LONGEST]
    headings = [heading for heading in _headings(page) if not _is_site(heading, named)]
    for name in ("citation_title", "dc.title", "dcterms.title", "dc:title", "eprints.title"):
        if value := tags.get(name):
            yield clean(value)
    agreed = [one for one in headings if agrees(one, head) or agrees(one, social)]
    yield from (_whole(one, (head, social), named) for one in agreed)
    for path in ("headline", "name"):
        for value in values_at([*page.linked_data[:1], *page.microdata[:1]], path):
            plain = without_site(clean(value), named)
            if plain and not _is_site(plain, named):
                yield plain
    for text in (social, head):
        plain = without_site(text, named, known=headings)
        if plain and not _is_site(plain, named) and plain.lower() not in _NO_TITLE:
            yield plain
    yield from headings


def without_site(text: str, named: frozenset[str], known: list[str] | None = None) -> str:
    """Return a page's title *text* without the name of its site.

    >>> without_site("Steel rails - part 2 | DocSpot", frozenset({"docspot"}))
    'Steel rails - part 2'
    >>> without_site("钢轨焊接技术-学海文库", frozenset())
    '钢轨焊接技术'
    """
    for heading in known or ():
        if text.startswith(heading) and _JOINT.match(text[len(heading) :]):
            return heading
    text = _NAMED.sub("", text)
    while True:
        joints = list(_JOINT.finditer(text))
        if not joints:
            break
        tail, first = text[joints[-1].end() :], text[: joints[0].start()]
        if _is_site(tail, named) or (
            len(tail) <= _LONGEST_SITE
            and (_SITE_WORDS.search(tail) or "|" in joints[-1][0] or "_" in joints[-1][0])
        ):
            text = text[: joints[-1].start()]
        elif _is_site(first, named):
            text = text[joints[0].end() :]
        else:
            break
    text = text.strip()
    shorter = _PREFIX.sub("", _DECORATION.sub("", text)).strip()
    return shorter or text


def site_names(page: Page) -> frozenset[str]:
    """Return what *page*'s site is called, in letters and digits alone."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    names = {host, *(label for label in labels[:-1] if len(label) > _LEAST)}
    names.update(
        page.metadata.get(name, "")
        for name in ("og:site_name", "application-name", "apple-mobile-web-app-title")
    )
    return frozenset(filter(None, map(_letters, names)))


_LEAST: Final = 3


def _headings(page: Page) -> list[str]:
    found = []
    for query in ("h1", "h2"):
        for node in page.tree.css(query)[:5]:
            text = clean(node.text(deep=True))
            if 1 < len(text) <= _LONGEST and text.lower() not in _NO_TITLE:
                found.append(text)
        if found and query == "h1":
            break
    return found


def _whole(heading: str, others: tuple[str, ...], named: frozenset[str]) -> str:
    """Return *heading*, or the longer title that begins with it if it was cut."""
    cut = _CUT.sub("", heading)
    if cut == heading:
        return heading
    longer = (without_site(text, named) for text in others if text.startswith(cut))
    return next(
        (text for text in longer if len(text) > len(cut) and not _CUT.search(text)), heading
    )


def agrees(heading: str, title: str) -> bool:
    """Tell whether *heading* and *title* are one's words, a part of the other's."""
    name, other = _letters(split_extension(_CUT.sub("", heading))[0]), _letters(title)
    return bool(name) and bool(other) and (name in other or (len(other) > _LEAST and other in name))


def _is_site(text: str, named: frozenset[str]) -> bool:
    letters = _letters(text)
    return not letters or any(
        letters == name
        or (len(name) > _LEAST and letters.startswith(name) and len(text) <= _LONGEST_SITE)
        for name in named
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
