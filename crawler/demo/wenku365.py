"""A document's page on wenku365, in four markups that say the same."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.demo.documents import Facts

Field = tuple[str, str]


def main(facts: Facts, slices: Iterable[str], related: str) -> str:
    """Return the body of a document's page; *slices* are the lines of its preview."""
    colon = facts.colon
    printed = {
        "ID": facts.doc_id,
        "大小": facts.size.text,
        "页数": facts.page_count.text,
        "时间": facts.date.text,
    }
    fields = [(name, text) for name, text in printed.items() if text is not None]
    comma = "，" if colon == "：" else ","
    title, category = escape(facts.shown_title), facts.category
    open_title, close_title = _TITLES[facts.style]
    lines = "".join(f"<p>{escape(line)}</p>\n" for line in slices)
    return (
        f'<div class="container" id="box1"><div class="detail-con">\n'
        f"{open_title.format(title=title)}{_FIELDS[facts.style](fields, colon)}{close_title}"
        f'<p class="notice">《{title}》由会员上传分享{comma}免费在线阅读{comma}'
        f'更多相关内容在<a href="javascript:;">{category}</a>-天天文库。</p>\n'
        f'<div class="detail-text" id="text">\n{lines}</div>\n'
        f'<p class="earn">此文档下载收益归作者所有</p>\n'
        f'<a class="btn" href="/download/{facts.doc_id}.html" rel="nofollow">下载文档</a>\n'
        f"</div></div>\n{related}"
    )


def _paragraphs(fields: list[Field], colon: str) -> str:
    look = "font-12 text-secondary mb-0 mr-3 d-none d-lg-inline-block"
    items = "".join(f'<p class="{look}">{name}{colon}{text}</p>\n' for name, text in fields)
    return f'<div class="detail-con-info d-flex">\n{items}</div>\n'


def _spans(fields: list[Field], colon: str) -> str:
    items = "".join(
        f'<li><span class="k">{name}</span><span>{colon}</span><span class="v">{text}</span></li>\n'
        for name, text in fields
    )
    return f'<ul class="info">\n{items}</ul>\n'


def _table(fields: list[Field], colon: str) -> str:
    rows = "".join(f"<tr><th>{name}{colon}</th><td>{text}</td></tr>\n" for name, text in fields)
    return f"<table class=info>\n{rows}</table>\n"


def _definitions(fields: list[Field], colon: str) -> str:
    items = "".join(f"<dt>{name}{colon}<dd>{text}\n" for name, text in fields)
    return f"<dl>\n{items}</dl>\n"


_FIELDS: Final = (_paragraphs, _spans, _table, _definitions)
_TITLES: Final = (
    ("<h1>{title}</h1>\n", ""),
    ("", ""),
    ('<div class="card"><h1 title="{title}">{title}</h1>\n', "</div>\n"),
    ("", '<hr class="line">\n'),
)
