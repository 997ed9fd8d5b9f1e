"""What stands around every page of a site: head, scripts, navigation, filler, footer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crawler.demo.sites import Site


@dataclass(frozen=True, slots=True)
class Charset:
    """How a page is encoded, and what it says of that."""

    codec: str
    meta: str
    header: str | None

    @property
    def content_type(self) -> str:
        """The Content-Type of such a page."""
        return f"text/html; charset={self.header}" if self.header else "text/html"

    def encode(self, text: str) -> bytes:
        """Return *text* in this charset, what it lacks as character references."""
        return text.encode(self.codec, "xmlcharrefreplace")


UTF_8: Final = Charset("utf-8", "utf-8", "utf-8")
GBKS: Final = (
    Charset("gbk", "gbk", "gbk"),
    Charset("gbk", "gb2312", "gb2312"),
    Charset("gbk", "gb2312", None),
)
"""Chinese sites declare ``gb2312`` and mean GBK."""


class Chrome:
    """A site's frame in one charset, encoded once: a page costs little more than its text."""

    def __init__(self, site: Site, charset: Charset, page_bytes: int) -> None:
        self._encode = charset.encode
        self._page_bytes = page_bytes
        self._start = charset.encode(f"<!DOCTYPE html>\n{_HEAD.format(charset=charset.meta)}")
        self._top = charset.encode(_top(site))
        self._bottom = charset.encode(_bottom(site))
        self._before_tags = charset.encode('<div class="tag-cloud"><h4>热门标签</h4><ul>\n')
        # Tags are of one length each, so that filling a page is one slice of bytes.
        self._tags = [charset.encode(_TAG.format(at % 7, word)) for at, word in enumerate(_WORDS)]
        self._tag_bytes = len(self._tags[0])
        ring = islice(cycle(self._tags), page_bytes // self._tag_bytes + len(self._tags))
        self._ring = b"".join(ring)

    def short_page(self, title: str, main: str) -> bytes:
        """Return a page that is as long as its content."""
        head = self._encode(f"<title>{escape(title)}</title>\n")
        return b"".join((self._start, head, self._top, self._encode(main), self._bottom))

    def long_page(self, title: str, description: str, main: str, variant: int) -> bytes:
        """Return a page filled up to its usual length, in one of many *variants*."""
        head = self._encode(
            f"<title>{escape(title)}</title>\n"
            f'<meta name="description" content="{escape(description)}">\n',
        )
        start = b"".join((self._start, head, self._top, self._encode(main), self._before_tags))
        room = self._page_bytes - len(start) - len(_AFTER_TAGS) - len(self._bottom)
        size = self._tag_bytes
        first = variant % len(self._tags) * size
        tags = self._ring[first : first + max(0, room) // size * size]
        return b"".join((start, tags, _AFTER_TAGS, self._bottom))


def links(site: Site) -> str:
    """Return the navigation's links to every category."""
    return "".join(
        f'<li class="nav-item"><a class="nav-link" href="/{top.stem}.html">{top.name}</a><ul>'
        + "".join(
            f'<li><a href="/{leaf.stem}.html">{leaf.name}</a></li>' for leaf in site.children(top)
        )
        + "</ul></li>\n"
        for top in site.tops
    )


def _top(site: Site) -> str:
    return _TOP.format(site=site.title, host=site.host, links=links(site))


def _bottom(site: Site) -> str:
    return _BOTTOM.format(site=site.title, host=site.host)


_HEAD: Final = '<html lang="zh-CN">\n<head>\n<meta charset="{charset}">\n'

_TOP: Final = """\
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/site.css">
<link rel="shortcut icon" href="/favicon.ico">
<style>
.mr-3 {{ margin-right: 1rem }} .mb-0 {{ margin-bottom: 0 }} .font-12 {{ font-size: 12px }}
.d-none {{ display: none }}
@media (min-width: 992px) {{ .d-lg-inline-block {{ display: inline-block }} }}
.tip:before {{ content: "大小:8.88 MB 页数:888页" }}
.tag-cloud li {{ float: left; width: 25% }} .related li {{ line-height: 2 }}
</style>
<script>
var site = {{ host: "{host}", unit: "元", uid: 0 }};
var tip = "ID:99999999 大小:9.99 MB 页数:999页 时间:2000-01-01";
function remember(id) {{
  var past = (document.cookie.match(/HistoryRecord=([^;]*)/) || [])[1] || "";
  if (past.split(",").length < 20) document.cookie = "HistoryRecord=" + past + "," + id;
}}
function check(form) {{ return form.code.value.length == 4 || (alert("验证码错误"), false); }}
</script>
</head>
<body>
<!-- 大小:1.00 MB 页数:1页 时间:1999-12-31 -->
<div class="top-bar"><div class="container"><span>欢迎来到{site}</span>
<a href="/login.html" rel="nofollow">登录</a> | <a href="javascript:;">注册</a>
 | <a href="/help.html">帮助中心</a>
<form action="/search.html" onsubmit="return this.q.value != ''">
<input name="q" placeholder="搜索文档"><button>搜索</button></form></div></div>
<div id="cd-nav"><a href="#cd-nav" class="cd-nav-trigger">浏览记录</a>
<div id="recentBrowse"></div></div>
<nav class="navbar"><ul class="navbar-nav">
{links}</ul></nav>
"""

_BOTTOM: Final = """\
<footer class="footer"><div class="container">
<p><a href="/news-1.html">网站公告</a> | <a href="/help.html">帮助中心</a>
 | <a href="#top">返回顶部</a></p>
<p>本站文档由用户上传，版权归原作者所有。如有侵权，请联系我们，核实后立即删除。</p>
<p>联系邮箱：<a href="mailto:service@{host}">service@{host}</a> 工作时间：9:00-18:00</p>
<p>Copyright 2015-2024 {site} {host}</p>
</div></footer>
<script>/* 时间:2024-01-01 */
if (window.jQuery) jQuery("img").lazyload({{ threshold: 200 }});</script>
<noscript><img src="/static/count.gif" alt="统计"></noscript>
</body>
</html>
"""

_AFTER_TAGS: Final = b"</ul></div>\n"
_TAG: Final = '<li class="tag tag-{}"><i class="ico"></i><span>{}</span><em>推荐</em></li>\n'
_WORDS: Final = (
    *(
        "课件",
        "教案",
        "试题",
        "作文",
        "合同",
        "简历",
        "报表",
        "图纸",
        "方案",
        "论文",
        "讲稿",
        "表格",
    ),
    *(
        "计划",
        "总结",
        "制度",
        "流程",
        "规范",
        "清单",
        "手册",
        "笔记",
        "素材",
        "模板",
        "海报",
        "封面",
    ),
    *("目录", "附录", "习题", "答案", "导学", "微课", "说课", "家访"),
)
