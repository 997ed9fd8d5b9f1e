"""The preview without what is not the document's: captions, notices, chrome, repeated titles.

Only whole lines go, and only such as no document has for its own. Within the text that is few:
it may hold a whole page of another site, and what it repeats itself stays.
"""

# ruff: noqa: E501 - a row a kind of line

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.reading.values import clean, split_extension

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST: Final = 300
"""No line of a site is longer, in characters."""
_CAPTION: Final = re.compile(r"(.{1,200})_第\s?\d{1,5}\s?页")
_POSITION: Final = re.compile(r"第\s?\d{1,5}\s?页\s?/\s?共\s?\d{1,6}\s?页")

_STAMPS: Final = re.compile(
    r"""[\s_*·•>.—-]*+(?:
      精选优质文档[-—]{1,12}倾情为你奉上 | 更多精品文档 | 学习\s?[-—]{1,12}\s?好资料 | 名师归纳总结
    | evaluation\s?only\.?\s?created\s?with\s?aspose.{0,120} | copyright\s\d{4}(?:-\d{4})?\saspose\spty\sltd\.?
    | (?:,?\[object\sobject\])+
    )[\s_*·•<。.—-]*""",
    re.VERBOSE | re.IGNORECASE,
)
"""What the tools of sites stamp on pages, wherever it stands."""

_NOTICES: Final = re.compile(
    r"""[\s_*·•>.—-]*+(?:
      第\s?\d{1,5}\s?页\s?/\s?共\s?\d{1,6}\s?页 | (?:点击|加载|展开)?查看更多
    | .{0,40}(?:到这儿已超出免费预览范围|全部预览完了|该文档总共\s?\d{1,6}\s?页).{0,60}
    | (?:免费)?预览已结束.{0,30} | 剩余\s?\d{1,6}\s?页可(?:下载)?查看.{0,20}
    | 已阅读\s?\d{1,6}\s?页[,，]\s?还剩\s?\d{1,6}\s?页未读.{0,20}
    | 《.{1,200}》由会员(?:上传)?分享[,，].{0,200} | 此文档下载收益归作者所有.{0,10}
    | 资源预览内容 | 继续免费阅读 | \[付费下载\] | 付费下载 | 展开阅读全文
    | presentation\sis\sloading\.?\splease\swait\.? | click\shere\sto\sload\sreader | loading
    | embed\ssize\s\(px\) | (?:size|größe|wielkość|dimensione|ebat|taille|tamaño):\spx
    | you\sare\son\spage\s?\d{1,5}\s?(?:of|/)\s?\d{1,6} | tải\sbản\sđầy\sđủ(?:\sngay)?
    )[\s_*·•>＞»。.…—-]*""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a site says above and below the text."""

_BUTTONS: Final = re.compile(
    r"""[\s_*·•>.—-]*+(?:
      advertisements? | anuncios? | propaganda | werbung | publicité | pubblicità | reklama? | реклама
    | quảng\scáo | iklan | 広告 | 광고 | 广告
    | transcript(?:ion)?(?:\sof\s.{1,200})? | citation\spreview | full\stext | read\sthe\stext\sversion
    | transkript | transkrypt | trascrizione | teks\spenuh
    | download(?:\s(?:as|pdf|txt|document)){0,2} | share | embed | report | print | save | like
    | 下载资源 | 合集下载 | 开通vip | 文档简介 | 资源描述 | 分享
    | (?:返回|下载|相关|举报|收藏|版权申诉)(?:\s(?:返回|下载|相关|举报|收藏|版权申诉)){0,4}
    | no\stext\sconcepts\sfound | document\srelated\sconcepts
    )[\s_:：*·•>＞»。.…—-]*""",
    re.VERBOSE | re.IGNORECASE,
)
"""What stands above the text; within it, the same words may be the document's."""


def clean_preview(text: str, title: str) -> str:
    r"""Return the preview *text*, one paragraph a line, without the lines that are the site's.

    *title* is the document's. Above the text it goes where it is a file's name or stands twice;
    once and plain, it is the heading that the document gives itself.

    >>> clean_preview("年报.doc\n年报_第1页\n第1页 / 共9页\n一、总则\n1、目的\n查看更多>>", "年报")
    '一、总则\n1、目的'
    """
    lines = [line for raw in text.splitlines() if (line := clean(raw))]
    return "\n".join(_between_edges(list(_without_stamps(lines, title)), title))


def _without_stamps(lines: Sequence[str], title: str) -> Iterator[str]:
    """Yield *lines* without stamps and without the captions of the document's own pages."""
    is_caption = False
    for line in lines:
        if is_caption and _POSITION.fullmatch(line):
            continue
        is_caption = _is_own_caption(line, title)
        if not is_caption and not _is(line, _STAMPS):
            yield line


def _between_edges(lines: Sequence[str], title: str) -> Sequence[str]:
    """Return *lines* without what stands above and below the text."""
    start, stop = 0, len(lines)
    while start < stop and _is_above(lines[start], title):
        start += 1
    while stop > start and _is(lines[stop - 1], _NOTICES):
        stop -= 1
    is_heading = start and lines[start - 1] == title and title not in lines[: start - 1]
    return lines[start - 1 if is_heading else start : stop]


def _is_above(line: str, title: str) -> bool:
    """Tell whether *line* is what stands above a text: its title, a notice or a button."""
    is_title = len(line) <= _LONGEST and split_extension(line)[0] == title
    return is_title or _is(line, _NOTICES) or _is(line, _BUTTONS)


def _is_own_caption(line: str, title: str) -> bool:
    found = _CAPTION.fullmatch(line) if "_第" in line and len(line) <= _LONGEST else None
    return found is not None and split_extension(found[1])[0] == title


def _is(line: str, kind: re.Pattern[str]) -> bool:
    return len(line) <= _LONGEST and kind.fullmatch(line) is not None
