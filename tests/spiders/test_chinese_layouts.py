"""The layouts of the Chinese sites are read whatever markup their lines stand in."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from scrapy.settings import Settings

from crawler.fetching.sites import sites
from crawler.reading import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.items import Document

SPIDERS: Final = sites(Settings({"SPIDER_MODULES": ["spiders"]}))

T: Final = "渔港码头（二期）照明说明"
BODY: Final = (
    "灯杆的间距是二十五米，转弯处加一根。",
    "电缆穿管埋在路面以下半米，过车的地方再深二十厘米。",
    "时间：每晚六点半到次日五点。大小：每盏六十瓦。",
    "更换灯具要两个人，一个扶梯，一个上去。",
)
TEXT: Final = "".join(BODY) * 9
SLICED: Final = [f"{n + 1}、{TEXT[n * 300 : n * 300 + 300]}" for n in range(3)]
RELATED: Final = (
    "<div class='rel'><h3>相关文档</h3><ul>"
    "<li><a href='/p-7.html'>木船.doc</a> 大小：9.99MB 页数：300 上传时间：2011-01-01</li>"
    "<li><a href='/p-8.html'>铁锚.doc</a> 大小：8.88MB 页数：200 上传时间：2012-01-01</li>"
    "</ul></div><footer>关于我们 | 帮助中心</footer>"
)


class Case(NamedTuple):
    """The lines of a page, and what they say."""

    name: str
    site: str
    url: str
    lines: Sequence[str]
    says: Mapping[str, object]
    title_tag: str = ""


def row(tag: str) -> Callable[[Sequence[str]], str]:
    return lambda lines: "\n".join(f"<{tag}>{html.escape(line)}</{tag}>" for line in lines)


MARKUPS: Final[dict[str, Callable[[Sequence[str]], str]]] = {
    "div": row("div"),
    "p": row("p"),
    "li": lambda lines: f"<ul>{row('li')(lines)}</ul>",
    "table": lambda lines: (
        "<table>" + "".join(f"<tr><td>{x}</td></tr>" for x in lines) + "</table>"
    ),
    "br": lambda lines: "<div>" + "<br>".join(map(html.escape, lines)) + "</div>",
    "pre": lambda lines: "<pre>" + "\n".join(map(html.escape, lines)) + "</pre>",
    "nested": lambda lines: "".join(f"<div><p><b>{html.escape(x)}</b></p></div>" for x in lines),
    "words": lambda lines: "".join(
        "<div>" + " ".join(f"<span>{html.escape(word)}</span>" for word in x.split(" ")) + "</div>"
        for x in lines
    ),
    "nbsp": lambda lines: row("div")([x.replace(" ", "\xa0") for x in lines]),
    "wide": lambda lines: row("div")([x.replace(":", "：") for x in lines]),
}

WHOLE: Final = "\n".join(BODY)
JOINED: Final = TEXT[:900]
VIEW: Final = (
    f"{T}.docx",
    "上传人:x****0 文档编号:20000002 上传时间:2023-05-06 格式:DOCX 页数:18 大小:47.30KB",
    "返回 下载 相关 举报",
    *(line for n in (1, 2, 3) for line in (f"{T}.docx_第{n}页", f"第{n}页 / 共18页")),
    "点击查看更多>>",
    "资源描述",
    f"《{T}.docx》由会员分享,可在线阅读,更多相关《{T}.docx(18页珍藏版)》请在某|文_库上搜索。",
)
VIEWED: Final = {
    "title": T,
    "file_format": "docx",
    "size_bytes": 48435,
    "page_count": 18,
    "preview_page_count": 3,
    "uploader": "x****0",
}
CASES: Final = [
    Case(
        "download page",
        "31doc",
        "https://www.31doc.com/d-1000001.html",
        [
            "欢迎来到三一文库! | 帮助中心",
            "全部分类",
            "ImageVerifierCode 换一换",
            "首页 三一文库 > 资源分类 > DOCX文档下载",
            f"{T}.docx",
            "• 资源ID:1000001       资源大小:96KB        全文页数:7页",
            "• 资源格式: DOCX        下载积分:4",
            "下载资源需要4",
            "友情提示",
            "2、有的浏览器会直接显示文件，换一个即可保存。",
            "5、标题里没有写明附答案的练习，按没有处理。",
            f"{T}.docx",
            *SLICED,
        ],
        {"title": T, "size_bytes": 98304, "page_count": 7, "price": "4", "preview": JOINED},
    ),
    Case(
        "view page, sliced",
        "taowenge",
        "https://m.taowenge.com/p-20000002.html",
        [*VIEW, *SLICED],
        {**VIEWED, "preview": JOINED},
    ),
    Case(
        "view page, whole",
        "bingdoc",
        "https://m.bingdoc.com/p-20000002.html",
        [*VIEW, f"{T}.docx", *BODY],
        {**VIEWED, "preview": WHOLE},
    ),
    Case(
        "view page that begins at its mark",
        "zhuangpeitu",
        "https://m.zhuangpeitu.com/article/20000002.html",
        ["资源描述", *BODY],
        {"title": T, "size_bytes": None, "preview": WHOLE},
        f"{T}-装配图网",
    ),
    Case(
        "view page with bullets",
        "163wenku",
        "https://163wenku.com/p-3000003.html",
        [
            "书签 分享 收藏 举报 版权申诉 / 40",
            "上传文档赚钱",
            f"类型{T}.ppt",
            "• 上传人(卖家):示例",
            "• 文档编号:3000003",
            "• 上传时间:2022-07-08",
            "• 格式:PPT",
            "• 页数:40",
            "• 大小:2.75MB",
            "• 【下载声明】",
            "1. 练习是否附答案，以标题为准；",
            f"2. 本页资料《{T}.ppt》由示例上传，所得归上传的人；",
            "关 键  词:",
            "照明 码头",
            "资源描述:",
            *SLICED,
        ],
        {
            "title": T,
            "size_bytes": 2883584,
            "page_count": 40,
            "uploader": "示例",
            "tags": ("照明", "码头"),
            "preview": JOINED,
        },
    ),
    Case(
        "download page for phones",
        "bingdoc",
        "https://m.bingdoc.com/d-20000003.html",
        [
            "格式:DOCX , 页数:14 ,大小:96.40KB ,",
            "资源ID:20000003      下载积分:4 金币",
            "验证码: 换一换",
            "【https://www.bingdoc.com/down/20000003.html】",
            f"本文({T}.docx)为本站会员(k****2)主动上传,冰点文库仅提供信息存储空间",
        ],
        {"title": T, "size_bytes": 98714, "page_count": 14, "uploader": "k****2", "preview": None},
    ),
    Case(
        "positions",
        "jinchutou",
        "https://mip.jinchutou.com/shtml/view-200000003.html",
        [
            "资源预览内容",
            *(f"第{n}页 / 共57页" for n in range(1, 11)),
            "该文档总共57页，到这儿已超出免费预览范围",
            "资源描述",
            *BODY,
        ],
        {"title": T, "page_count": 57, "preview_page_count": 10, "preview": WHOLE},
        f"{T}-金锄头文库",
    ),
    *(
        Case(
            f"crumbs of {site}",
            site,
            f"https://www.{site}.{ending}/doc/0a1b2c3d4.html",
            [f"当前位置:{name} {T}", *[T] * times, *BODY],
            {"title": T, "size_bytes": None, "uploaded_on": None, "preview": WHOLE},
        )
        for site, ending, name, times in (
            ("doczj", "com", "文档之家›", 3),
            ("wendangku", "net", "文档库 ›", 1),
            ("sodocs", "net", "搜档网 ›", 2),
        )
    ),
    Case(
        "collection with notices",
        "360docs",
        "https://www.360docs.net/doc/info-0a1b2c3d4e5f6a7b8c9d0e1f.html",
        [
            T,
            "合集下载",
            "1、是否完整请看预览",
            "2、这里只有一部分",
            "3、发现侵权请投诉",
            T,
            T,
            *BODY,
        ],
        {"title": T, "preview": WHOLE},
    ),
    Case(
        "summary",
        "ishare.iask",
        "https://ishare.iask.com/f/aB3dE5fG7hI.html",
        [f"首页 {T}", T, "举报", "开通vip", f"{T}{BODY[0][:9]}...", T, *BODY],
        {"title": T, "size_bytes": None, "preview": WHOLE},
    ),
    Case(
        "heading",
        "book118",
        "https://max.book118.com/html/2018/1201/512345678.shtm",
        [f"{T}.pdfVIP", *BODY],
        {"title": T, "file_format": "pdf", "preview": WHOLE},
        f"{T}.pdf-原创力文档",
    ),
]


@cache
def read(case: int, markup: str) -> Document:
    _, site, url, lines, _, title_tag = CASES[case]
    if markup == "text":
        body, content_type = "\n".join(lines), "text/plain; charset=utf-8"
    else:
        head = f"<title>{title_tag}</title>" if title_tag else ""
        content = f"<body>{MARKUPS[markup](lines)}{RELATED}</body>"
        body, content_type = f"<!DOCTYPE html><head>{head}</head>{content}", "text/html"
    captured = datetime(2026, 11, 24, tzinfo=UTC)
    page = SPIDERS[site].page(url, body.encode(), content_type=content_type, fetched_at=captured)
    return normalise(page.document())


@pytest.mark.parametrize(
    ("case", "markup"),
    [
        (case, markup)
        for case, markup in product(range(len(CASES)), [*MARKUPS, "text"])
        if markup != "text" or not CASES[case].title_tag
    ],
    ids=lambda value: CASES[value].name if isinstance(value, int) else value,
)
def test_every_markup_is_read_alike(case: int, markup: str) -> None:
    document = read(case, markup)
    says = CASES[case].says
    assert {name: getattr(document, name) for name in says} == says
