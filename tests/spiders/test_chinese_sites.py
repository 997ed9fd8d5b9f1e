"""Each Chinese site knows its documents' addresses, and reads their ID and title."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from scrapy.settings import Settings

from crawler.errors import PageError
from crawler.fetching.sites import sites

if TYPE_CHECKING:
    from crawler.items import RawDocument

SPIDERS: Final = sites(Settings({"SPIDER_MODULES": ["spiders"]}))
TITLE: Final = "河堤植草（第二期）记录"
HEX: Final = "0a1b2c3d4e5f6a7b8c9d0e1f"


class Site(NamedTuple):
    """What is known of a site's addresses."""

    key: str
    doc_id: str
    canonical: str
    others: tuple[str, ...] = ()


SITES: Final = [
    Site(
        "wenku365",
        "00480153",
        "https://www.wenku365.com/p-00480153.html",
        ("http://m.wenku365.com/p-00480153.html", "https://pay.wenku365.com/p-00480153.html"),
    ),
    Site(
        "31ppt",
        "1000001",
        "https://www.31ppt.com/d-1000001.html",
        ("https://m.31ppt.com/p-1000001.html", "https://www.31ppt.com/view.aspx?id=1000001"),
    ),
    Site("31doc", "1000001", "https://www.31doc.com/d-1000001.html"),
    Site(
        "taowenge",
        "10000017",
        "https://www.taowenge.com/d-10000017.html",
        ("https://taowenge.com/d-10000017.html", "https://m.taowenge.com/p-10000017.html"),
    ),
    Site(
        "bingdoc",
        "100001",
        "https://www.bingdoc.com/d-100001.html",
        ("https://bingdoc.com/d-100001.html", "https://m.bingdoc.com/p-100001.html"),
    ),
    Site(
        "bdocx",
        "10000017",
        "https://www.bdocx.com/doc/10000017.html",
        ("https://m.bdocx.com/down/10000017.html", "https://bdocx.com/doc/10000017.html"),
    ),
    Site(
        "163wenku",
        "1000001",
        "https://163wenku.com/p-1000001.html",
        ("https://m.163wenku.com/p-1000001.html",),
    ),
    Site(
        "zhuangpeitu",
        "100000001",
        "https://www.zhuangpeitu.com/article/100000001.html",
        (
            "https://m.zhuangpeitu.com/article/100000001.html",
            "https://www.zhuangpeitu.com/d-100000001.html",
        ),
    ),
    Site(
        "jinchutou",
        "100000001",
        "https://m.jinchutou.com/shtml/view-100000001.html",
        (
            "https://mip.jinchutou.com/shtml/view-100000001.html",
            "https://www.jinchutou.com/p-100000001.html",
            "https://www.jinchutou.com/d-100000001.html",
        ),
    ),
    *(
        Site(
            key, "2000003", f"https://www.{key}.{'cn' if key == 'lddoc' else 'com'}/p-2000003.html"
        )
        for key in (
            "mayiwenku dcbbs deliwenku 7cxk dugen weizhuannet chochina goldhoe wenkunet docduoduo "
            "desk33 lddoc"
        ).split()
    ),
    Site(
        "renrendoc",
        "200000003",
        "https://www.renrendoc.com/paper/200000003.html",
        (
            "https://m.renrendoc.com/paper/200000003.html",
            "https://www.renrendoc.com/p-200000003.html",
            "https://www.renrendoc.com/view_list.aspx?id=200000003",
        ),
    ),
    Site(
        "doczj",
        HEX,
        f"https://www.doczj.com/doc/{HEX}.html",
        (f"http://m.doczj.com/doc/{HEX}.html",),
    ),
    Site("wendangku", HEX, f"https://www.wendangku.net/doc/{HEX}.html"),
    Site("sodocs", "012345678", "https://www.sodocs.net/doc/012345678.html"),
    Site(
        "360docs",
        HEX,
        f"https://www.360docs.net/doc/{HEX}.html",
        (f"https://360docs.net/doc/info-{HEX}.html",),
    ),
    Site(
        "ishare.iask",
        "aB3dE5fG7hI",
        "https://ishare.iask.sina.com.cn/f/aB3dE5fG7hI.html",
        ("https://ishare.iask.com/f/aB3dE5fG7hI.html",),
    ),
    Site(
        "docin",
        "2000000003",
        "https://www.docin.com/p-2000000003.html",
        ("https://jz.docin.com/touch_new/preview_new.do?id=2000000003",),
    ),
    Site(
        "book118",
        "2000000300000003",
        "https://max.book118.com/html/2019/0307/2000000300000003.shtm",
        ("http://m.book118.com/html/2019/0307/2000000300000003.shtm?from=a",),
    ),
    Site(
        "wenku.baidu",
        HEX + "0123456789abcdef",
        f"https://wenku.baidu.com/view/{HEX}0123456789abcdef.html",
        (f"https://wenku.baidu.com/tfview/{HEX}0123456789abcdef.html",),
    ),
    Site("wenku.so", HEX + "01234567", f"https://wenku.so.com/d/{HEX}01234567"),
    Site("mbalib", "20aB3", "https://doc.mbalib.com/view/20aB3"),
]


def every_site() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)


@every_site()
def test_addresses_of_a_document_are_one(site: Site) -> None:
    template = SPIDERS[site.key].page.url_template
    for url in (site.canonical, *site.others):
        assert template.doc_id(url) == site.doc_id
        assert template.canonical_url(url, site.doc_id) == site.canonical


@every_site()
def test_other_addresses_are_none(site: Site) -> None:
    template = SPIDERS[site.key].page.url_template
    origin = "/".join(site.canonical.split("/")[:3])
    for path in ("/", "/c-00011.html", "/u-7.html", "/search.html?q=a", "/list.html", "/n-3.html"):
        assert template.doc_id(origin + path) is None
    assert template.doc_id(site.canonical.replace(origin, "https://www.example.org")) is None


BODIES: Final = {
    "wenku.baidu": f"""
        <script>pageData = {{"viewBiz": {{"docInfo": {{"aiQueryTitle": "{TITLE}"}}}}}}</script>""",
    "wenku.so": f"<script>asyncData = {{DocInfo: {{Title: '{TITLE}', DocType: 'pdf'}}}};</script>",
    "mbalib": f"<script>var wgDocTitle = '{TITLE}';</script>",
    "wenku365": f"<p>《{TITLE}》由会员上传分享，免费在线阅读，更多相关内容在论文-天天文库。</p>",
    "ishare.iask": f"<h1>{TITLE}</h1><p>举报</p><p>开通vip</p><h2>{TITLE}</h2><p>堤上种草。</p>",
    "360docs": f"<h1>{TITLE}</h1><p>合集下载</p><p>{TITLE}</p><p>堤上种草。</p>",
    "renrendoc": f"<p>{TITLE}_第1页</p><p>已阅读1页，还剩4页未读</p>",
    **dict.fromkeys(
        ("doczj", "wendangku", "sodocs"),
        f"<p>当前位置：某站 › {TITLE}</p><p>{TITLE}</p><p>堤上种草。</p>",
    ),
}
VIEWER: Final = f"<h1>{TITLE}</h1><script>var fCount = 3; Viewer._pageCount = 3;</script>"
"""The body of a plain page of any other site."""


def document(site: Site, url: str, title_tag: str, body: str) -> RawDocument:
    head = f'<title>{title_tag}</title><meta property="og:title" content="{title_tag}">'
    page = SPIDERS[site.key].page(
        url,
        f"<!DOCTYPE html><head>{head}</head><body>{body}</body>".encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    return page.document()


@every_site()
def test_id_and_title_are_read(site: Site) -> None:
    extra = '<meta property="og:document:page" content="3">'
    for url in (site.canonical, *site.others):
        read = document(site, url, TITLE, extra + BODIES.get(site.key, VIEWER))
        assert (read.site, read.doc_id, read.title) == (site.key, site.doc_id, TITLE)
        assert read.url == site.canonical


@every_site()
def test_a_front_page_in_the_place_of_a_document_is_none(site: Site) -> None:
    links = "".join(f"<li><a href='/c-{n:05}.html'>分类{n}</a></li>" for n in range(60))
    body = f"<h1>某某网</h1><p>首页 登录 注册</p><ul>{links}</ul><p>关于我们 | 帮助中心</p>"
    with pytest.raises(PageError):
        document(site, site.canonical, "某某网", body)


def test_what_each_site_is_known_from() -> None:
    by_evidence = {key: SPIDERS[key].page.evidence for key, *_ in SITES}
    code = {key for key, evidence in by_evidence.items() if evidence == "code"}
    assert code == set(
        "mayiwenku dcbbs deliwenku 7cxk dugen weizhuannet chochina goldhoe lddoc docin wenku.baidu "
        "wenku.so mbalib".split()
    )
    assert {key for key, *_ in SITES if SPIDERS[key].page.closed} == {
        "deliwenku", "dugen", "weizhuannet", "ishare.iask"
    }  # fmt: skip
