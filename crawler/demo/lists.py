"""A site's front page and its lists, which lead to every document."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from crawler.demo.chrome import links

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.demo.documents import Catalogue, Facts
    from crawler.demo.sites import Listing

PER_PAGE: Final = 40
_STEPS: Final = (1, 2, 3, 10, 50, 100, 500, 1_000, 5_000)
"""How far from a list's page its numbered links reach, so that no page is far from the first."""
_SHORT: Final = 12
_NEWEST: Final = 12


def page_count(catalogue: Catalogue, listing: Listing) -> int:
    """Return the number of pages of a list, at least one."""
    return max(1, -(-len(_numbers(catalogue, listing)) // PER_PAGE))


def list_main(catalogue: Catalogue, listing: Listing, page: int) -> str:
    """Return the body of a list's page, counted from one."""
    numbers = _numbers(catalogue, listing)[(page - 1) * PER_PAGE : page * PER_PAGE]
    children = "".join(
        f'<dd><a href="/{leaf.stem}.html">{leaf.name}</a></dd>\n'
        for leaf in catalogue.site.children(listing)
    )
    return (
        f'<dl class="category-title"><dt>{listing.name}</dt>\n{children}</dl>\n'
        f"{_items(catalogue, numbers, page % len(_MARKUPS))}"
        f'<div class="pager">{_pager(listing, page, page_count(catalogue, listing))}</div>\n'
    )


def front_main(catalogue: Catalogue) -> str:
    """Return the body of the front page: categories, the newest documents, friends."""
    newest = range(max(0, catalogue.count - _NEWEST), catalogue.count)
    return (
        f'<div class="all-categories"><h3>全部分类</h3><ul>\n{links(catalogue.site)}</ul></div>\n'
        f"<h3>最新上传</h3>\n{_items(catalogue, newest, 0)}"
        f'<p><a href="/news-1.html" title="关于文档审核的公告">关于文档...</a></p>\n'
        f"{_FRIENDS}"
    )


def related(catalogue: Catalogue, facts: Facts) -> str:
    """Return a block of other documents, with their values beside the labels of this one."""
    if catalogue.count == 1:
        return ""
    colon = facts.colon
    others = (catalogue.facts((facts.number + at) % catalogue.count) for at in _NEIGHBOURS)
    items = "".join(
        f'<li><a href="{catalogue.site.document_path(other.doc_id)}" '
        f'title="{escape(other.shown_title)}">{escape(_short(other.shown_title))}</a>'
        f"<span>大小{colon}{other.size.text or '1.00 MB'}</span> "
        f"<span>页数{colon}{other.page_count.text or '1页'}</span> "
        f"<span>时间{colon}{other.day}</span></li>\n"
        for other in others
        if other.number != facts.number
    )
    heading = _HEADINGS[facts.number % len(_HEADINGS)]
    return f'<div class="related"><h3>{heading}</h3><ul>\n{items}</ul></div>\n'


def numbered_pages(page: int, last: int) -> list[int]:
    """Return the numbers that stand below *page* of a list's *last* pages, its own among them.

    >>> numbered_pages(4, 20)
    [1, 2, 3, 4, 5, 6, 7, 14, 20]
    """
    pages = {1, last, page, *(page + step for step in _STEPS), *(page - step for step in _STEPS)}
    return sorted(at for at in pages if 1 <= at <= last)


def list_path(listing: Listing, page: int) -> str:
    """Return the path of a list's page, counted from one."""
    return f"/{listing.stem}.html" if page == 1 else f"/{listing.stem}-{page}.html"


def _numbers(catalogue: Catalogue, listing: Listing) -> range:
    return range(listing.start, catalogue.count, listing.step)


def _items(catalogue: Catalogue, numbers: Iterable[int], markup: int) -> str:
    before, item, after = _MARKUPS[markup]
    lines = "".join(_item(catalogue, number, item) for number in numbers)
    return f"{before}\n{lines}{after}\n"


def _item(catalogue: Catalogue, number: int, item: str) -> str:
    facts = catalogue.facts(number)
    site, doc_id = catalogue.site, facts.doc_id
    path = site.document_path(doc_id)
    draws, rates = catalogue.draws(number, "links"), catalogue.options.rates
    shown = {
        "host": site.host,
        "title": escape(facts.shown_title),
        "short": escape(_short(facts.shown_title)),
        "format": (facts.file_format.text or "DOC").lower(),
        "size": facts.size.text or "",
        "pages": facts.page_count.value or "",
        "day": facts.day,
    }
    picture = path
    if draws.chance(rates.redirect):
        if draws.chance(0.5):
            path = picture = f"{path}?from=list"
        else:
            picture = f"/view.aspx?id={doc_id}"
    line = item.format_map(shown | {"path": path[1:], "picture": picture[1:]})
    if draws.chance(rates.not_found):
        nowhere = site.document_path(catalogue.doc_id(number + catalogue.count))[1:]
        line += item.format_map(shown | {"path": nowhere, "picture": nowhere})
    return line


def _short(title: str) -> str:
    return title if len(title) <= _SHORT else f"{title[:_SHORT]}..."


def _pager(listing: Listing, page: int, last: int) -> str:
    numbered = " ".join(
        f"<b>{at}</b>" if at == page else f'<a href="{list_path(listing, at)}">{at}</a>'
        for at in numbered_pages(page, last)
    )
    before = f'<a href="{list_path(listing, page - 1)}">上一页</a> ' if page > 1 else ""
    after = f' <a href="{list_path(listing, page + 1)}">下一页</a>' if page < last else ""
    return before + numbered + after


_PICTURES: Final = """\
<li><a href="{picture}"><img alt="{title}" src="/static/{format}.gif"/>\
<span class="p">{pages}</span></a><a title="{title}" href="{path}">{short}</a></li>
"""
_ROW: Final = """\
<tr><td><a href="/{picture}"><span class="{format}"></span></a>\
<a href="/{path}" title="{title}">{short}</a></td><td>{size}</td><td>{day}</td></tr>
"""
_CARD: Final = """\
<div class="card"><a href="/{picture}"><img src="/static/{format}.gif" alt="{title}"></a>
<h3><a href="http://{host}/{path}" target="_blank" title="{title}">{short}</a></h3>
<p>{format} | {pages}页 | {size} | {day}</p></div>
"""
_MARKUPS: Final = (
    ('<ul class="pictures">', _PICTURES, "</ul>"),
    ("<table><tr><th>标题</th><th>大小</th><th>时间</th></tr>", _ROW, "</table>"),
    ('<div class="cards">', _CARD, "</div>"),
)
_HEADINGS: Final = ("相关文档", "猜你喜欢", "相关资源")
_NEIGHBOURS: Final = (3, 6, 9, 15, 24, 39, 63, 102)
"""How far the related documents are away: in the same list, so that their facts are at hand."""
_FRIENDS: Final = """\
<div class="friends"><h4>友情链接</h4>
<a href="http://www.shuxiang.example/" target="_blank">书香文库</a>
<a href="http://www.kejian.example/p-10000001.html">课件之家</a>
<a href="//static.example/app.html">手机客户端</a>
<a href="javascript:void(0)">申请友链</a></div>
"""
