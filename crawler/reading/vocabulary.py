"""The words of document-sharing sites: labels, units, headings, endings. One table each."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crawler.reading import headings

EXTENSIONS: Final = frozenset(
    "doc docx docm dot dotx wps wpt rtf odt txt md pages xls xlsx xlsm csv et ett ods numbers "
    "ppt pptx pptm pps ppsx pot potx dps dpt odp key pdf ps xps ofd epub mobi azw3 caj djvu chm "
    "vsd vsdx dwg dxf zip rar 7z gz tar mpp xmind mmap htm html xml jpg jpeg png gif bmp tif tiff "
    "psd ai cdr swf mp3 mp4 avi flv wmv".split()
)
"""The endings of file names that are formats: a title ends in one, or it is no extension."""

COMMON_LABELS: Final = {
    "doc_id": ("文档编号", "文档ID", "资源编号", "资源ID"),
    "file_format": ("文件格式", "文档格式", "资源格式", "格式"),
    "size": ("文件大小", "文档大小", "资源大小", "大小"),
    "page_count": ("全文页数", "文档页数", "总页数", "页数"),
    "date": ("上传时间", "上传日期", "发布时间", "发布日期"),
    "uploader": ("上传人(卖家)", "上传人", "上传者"),
    "category": ("所属分类", "文档分类", "资源分类"),
    "tags": ("关键词", "关键字", "文档标签", "标签"),
    "price": ("下载积分", "下载价格", "售价"),
    "view_count": ("浏览次数", "阅读次数", "浏览量", "阅读量"),
    "download_count": ("下载次数", "下载量"),
    "language": ("文档语言", "语言"),
}
"""The labels that a page class reads unless it names its own. Words that mean a field only on
some sites (``时间``, ``ID``) are not among them: their sites name them."""

_THINGS: Final = (
    "文档|文章|文件|文库|资源|资料|内容|课件|模板|作品|范文|论文|试题|专题|主题|素材|推荐|阅读|下载"
)
_RELATED: Final = re.compile(
    rf"""[\W_]*(?:
      (?:与.{{1,12}})?(?:相关|相似|类似|同类|关联)的?(?:{_THINGS}|搜索|标签|PPT)+.{{0,4}}
    | (?:热门|热点|最新|最热|推荐|精选|精品|优质|人气|更多|其他|其它)的?(?:{_THINGS})+.{{0,4}}
    | (?:热门|热点|最新|推荐)(?:标签|搜索|关键[词字]|分类|栏目|频道)
    | (?:{_THINGS})(?:推荐|排行榜?|精选)
    | 为?[您你](?:推荐|可能).{{0,8}}
    | 猜[您你].{{0,6}}
    | 大家(?:都|还|也|正)?在?.{{1,6}}
    | (?:看|浏览|阅读|下载)[了过].{{0,8}}(?:还|又|也).{{1,6}}
    | (?:该|此|本|上传)?(?:用户|会员|作者|店铺|卖家|上传者|上传人)的?
      (?:其他|其它|更多|热门|最新).{{0,6}}
    | (?:下载|阅读|浏览|点击|热门|本周|本月)*排行榜?
    )[\W_]*(?:更多|换一[换批])?[\W_]*""",
    re.VERBOSE,
)
_LONGEST_HEADING: Final = 24
_KNOWN: Final = 1 << 13
"""How many short lines are remembered for what they are: navigation comes on every page."""


def is_related_heading(line: str) -> bool:
    """Tell whether *line* is the heading of a list of other documents.

    >>> is_related_heading("相关文档"), is_related_heading("猜你喜欢"), is_related_heading("相关")
    (True, True, False)
    """
    return len(line) <= headings.LONGEST and _is_related(line)


@lru_cache(_KNOWN)
def _is_related(line: str) -> bool:
    is_chinese = len(line) <= _LONGEST_HEADING and _RELATED.fullmatch(line) is not None
    return is_chinese or headings.is_related(line)


_PAGE_END: Final = re.compile(
    r"""(?:
      (?:点击|立即|免费|付费)?(?:下载|阅读|展开|查看)(?:本|该|此|全|更多|原)?(?:文档|文|资源|全文|原文|更多)[>》\W]*
    | 展开阅读全文.* | 关于本文 | 本文标题[:：].* | 链接地址[:：].* | 版权(?:所有|声明|说明|申诉).*
    | (?:提示[:：]?\s?)?本文[(（].+[)）]为本站会员.*
    | (?:关于我们|联系我们|网站地图|友情链接|网站声明|网站客服|客服|免责声明|帮助中心|意见反馈)
      (?:\W.*)?
    | (?:copyright|©).* | .{0,40}ICP[备证].* | .{0,20}公网安备.*
    | (?:上|下)一篇(?:[:：].*)? | (?:返回|回到)顶部 | 温馨提示.* | 发表评论
    | .{0,6}评论[(（].*[)）]
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_END: Final = 200


def is_page_end(line: str) -> bool:
    """Tell whether *line* is where a document's text is over and its page goes on.

    >>> is_page_end("关于我们 | 联系我们"), is_page_end("下载本文档"), is_page_end("下载速度的测量")
    (True, True, False)
    """
    return len(line) <= _LONGEST_END and _PAGE_END.fullmatch(line) is not None


MONTHS: Final = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
"""Months by the first three letters of their English names."""

PLACEHOLDERS: Final = frozenset(
    ["", "-", "--", "—", "——", "/", "n/a", "none", "null", "undefined", "others", "无", "暂无"]
)
"""What sites print where they have nothing to say, in lower case."""
