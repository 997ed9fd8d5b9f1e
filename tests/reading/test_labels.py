"""The same labels in any markup give the same values, and nothing else does."""

from __future__ import annotations

from typing import Final, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading import DocumentPage, UrlTemplate, label, slices

Pairs: TypeAlias = list[tuple[str, str]]


class BookPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/b-{doc_id}.html")

    doc_id = label("ID", "资源ID")
    file_format = label("格式", "资源格式")
    size = label("大小", "资源大小")
    page_count = label("页数", "全文页数")
    date = label("时间", "上传时间")
    uploader = label("上传人", "上传人(卖家)")
    tags = label("关键词")
    preview = slices("内容预览", length=300)


SHORT: Final = [("ID", "20000001"), ("大小", "73.25 KB"), ("页数", "9页"), ("时间", "2019-03-04")]
LONG: Final = [
    ("资源ID", "20000001"),
    ("资源大小", "73.25 KB"),
    ("全文页数", "9页"),
    ("上传时间", "2019-03-04"),
]
VALUES: Final = {
    "doc_id": "20000001",
    "size": "73.25 KB",
    "page_count": "9页",
    "date": "2019-03-04",
}
NONE: Final = dict.fromkeys(VALUES)


def read(markup: str, content_type: str = "text/html; charset=utf-8") -> dict[str, str | None]:
    page = BookPage(
        "https://books.example/b-20000001.html", markup.encode(), content_type=content_type
    )
    return {name: getattr(page, name) for name in VALUES}


def join(pairs: Pairs, form: str, between: str = "") -> str:
    return between.join(form.format(k=label, v=value) for label, value in pairs)


MARKUPS: Final = {
    "a line each": ("<p>{k}:{v}</p>", ""),
    "wide colon": ("<p>{k}：{v}</p>", ""),
    "spaces": ("<p>  {k} : {v}  </p>", ""),
    "hard spaces": ("{k}&nbsp;：&nbsp;{v}", "&nbsp;&nbsp;&nbsp;"),
    "ideographic spaces": ("{k}\u3000：\u3000{v}", "\u3000\u3000"),
    "one line": ("{k}:{v}", " "),
    "commas": ("{k}：{v}", "，"),
    "bars": ("{k}：{v}", " | "),
    "glued": ("{k}:{v}", ""),
    "breaks": ("{k}：{v}", "<br>"),
    "bullets": ("<li>• {k}：{v}</li>", ""),
    "dashes": ("- {k}:{v}", "<br>"),
    "brackets": ("<p>【{k}】{v}</p>", ""),
    "siblings": ("<div><span>{k}：</span><span>{v}</span></div>", ""),
    "glued siblings": ("<span>{k}：</span><span>{v}</span>", ""),
    "glued spans": ("<span>{k}：{v}</span>", ""),
    "strong": ("<div><strong>{k}</strong>：{v}</div>", ""),
    "the colon's own element": ("<li><i>{k}</i><i>：</i><i>{v}</i></li>", ""),
    "rows": ("<tr><th>{k}：</th><td>{v}</td></tr>", ""),
    "rows without colons": ("<tr><th>{k}</th><td>{v}</td></tr>", ""),
    "cells": ("<td>{k}：{v}</td>", ""),
    "cells of one row": ("<td>{k}：</td><td>{v}</td>", ""),
    "unclosed cells": ("<tr><td>{k}：<td>{v}", ""),
    "a cell for the colon": ("<tr><td>{k}</td><td>：</td><td>{v}</td></tr>", ""),
    "definitions": ("<dt>{k}：</dt><dd>{v}</dd>", ""),
    "definitions without colons": ("<dt>{k}</dt><dd>{v}</dd>", ""),
    "blocks": ("<div>{k}：</div>\n<div>{v}</div>", ""),
    "deep": ("<div><div><i><b>{k}</b></i>：<a href=#><b>{v}</b></a></div></div>", ""),
    "comments": ("<p>{k}<!-- 大小:9 MB -->：<!-- x -->{v}</p>", ""),
    "entities": ("<p>{k}&#xFF1A;{v}</p>", ""),
    "zero width": ("<p>{k}&#8203;：&#8203;{v}</p>", ""),
    "indented": ("<p>\n    {k}：\n    {v}\n  </p>\n", ""),
    "an icon": ("<span><svg><text>页数：1</text></svg>{k}：<img alt='大小：1'>{v}</span> ", ""),
    "old font": ("<p>• {k}：<font face=Tahoma>{v}</font></p>", ""),
    "custom elements": ("<x-field><x-key>{k}：</x-key><x-value>{v}</x-value></x-field>", ""),
    "a form": ("<p><label for=a>{k}:</label> <output>{v}</output></p>", ""),
    "text lines": ("{k}：{v}\r\n", ""),
}
WRAPPERS: Final = {"<tr": "table", "<td": "table", "<dt": "dl", "<li": "ul", "<x-": "div"}


@pytest.mark.parametrize("pairs", [SHORT, LONG, LONG[::-1]], ids=["short", "long", "reversed"])
@pytest.mark.parametrize("markup", MARKUPS)
def test_any_markup(markup: str, pairs: Pairs) -> None:
    form, between = MARKUPS[markup]
    wrapper = "pre" if markup == "text lines" else WRAPPERS.get(form[:3], "div")
    assert read(f"<body><{wrapper}>{join(pairs, form, between)}</{wrapper}>") == VALUES


@pytest.mark.parametrize("pairs", [SHORT, LONG])
def test_a_row_of_labels_above_a_row_of_values(pairs: Pairs) -> None:
    head, body = join(pairs, "<th>{k}</th>"), join(pairs, "<td>{v}</td>")
    assert read(f"<table><tr>{head}</tr><tr>{body}</tr></table>") == VALUES


@pytest.mark.parametrize("between", ["\n", " ", ",", "       ", "\t"])
def test_a_text(between: str) -> None:
    text = join(LONG, "{k}:{v}", between)
    assert read(text, "text/plain; charset=utf-8") == VALUES


def test_characters_of_a_label_in_elements_of_their_own() -> None:
    def split(text: str) -> str:
        return "".join(f"<b>{character}</b>" for character in text)

    rows = "".join(f"<p>{split(label)}：<span>{value}</span></p>" for label, value in LONG)
    assert read(rows) == VALUES


# --- what is no value, and no label -------------------------------------------------------------


@pytest.mark.parametrize(
    "markup", ["a line each", "one line", "siblings", "rows", "definitions", "blocks"]
)
@pytest.mark.parametrize("empty", range(4))
def test_an_empty_value_takes_nothing_from_the_next_label(markup: str, empty: int) -> None:
    pairs = [(label, "" if n == empty else value) for n, (label, value) in enumerate(SHORT)]
    form, between = MARKUPS[markup]
    wrapper = WRAPPERS.get(form[:3], "div")
    found = read(f"<{wrapper}>{join(pairs, form, between)}</{wrapper}><p>内容预览</p><p>正文</p>")
    assert found == VALUES | {list(VALUES)[empty]: None}


@pytest.mark.parametrize(
    "decoy", ["用户ID", "图片大小", "预览页数", "更新时间", "总大小", "大小写"]
)
@pytest.mark.parametrize("markup", ["a line each", "one line", "siblings", "rows", "glued spans"])
def test_a_label_within_another_word_is_none(decoy: str, markup: str) -> None:
    form, between = MARKUPS[markup]
    wrapper = WRAPPERS.get(form[:3], "div")
    alone = join([(decoy, "5")], form, between)
    assert read(f"<{wrapper}>{alone}</{wrapper}>") == NONE
    before = join([(decoy, "5"), *SHORT], form, between)
    assert read(f"<{wrapper}>{before}</{wrapper}>") == VALUES


BLOCK: Final = "<p>ID：99999999</p><p>大小：9.99 MB</p><p>页数：999页</p><p>时间：2001-01-01</p>"


@pytest.mark.parametrize(
    "elsewhere",
    [
        f"<p>内容预览</p><div>{BLOCK}</div>",
        f"<aside><h3>相关文档</h3><div>{BLOCK}</div></aside>",
        f"<div><div><h3>猜你喜欢</h3><a href='/m'>更多</a></div><ul><li>{BLOCK}</li></ul></div>",
        "<script>\n大小：9.99 MB\n页数：999页\n</script>",
        "<script>document.write('<p>大小：9.99 MB</p>')</script>",
        "<style>\n大小：9.99 MB\n</style>",
        f"<!-- {BLOCK} -->",
        f"<template>{BLOCK}</template>",
        f"<noscript>{BLOCK}</noscript>",
        "<textarea>大小：9.99 MB</textarea>",
        f"<footer>{BLOCK}</footer>",
        f"<div style='display:none'>{BLOCK}</div>",
        "<p title='大小：9.99 MB'></p><input placeholder='页数：999页' value='时间：2001-01-01'>",
        "<img alt='大小：9.99 MB'>",
    ],
)
def test_labels_elsewhere_are_none(elsewhere: str) -> None:
    assert read(f"<body><p>ID：20000001</p>{elsewhere}") == NONE | {"doc_id": "20000001"}


def test_what_looks_like_a_value_is_preferred() -> None:
    assert read("<p>大小：不限</p><p>大小：73.25 KB</p>")["size"] == "73.25 KB"
    assert read("<p>大小：不限</p>")["size"] == "不限"


def test_the_first_of_two_is_read() -> None:
    assert read("<p>大小：1 KB</p><p>大小：2 KB</p>")["size"] == "1 KB"


def test_values_may_hold_colons_and_spaces() -> None:
    page = BookPage(
        "https://books.example/b-1.html",
        "<p>时间：2019-03-04 10:30:15 上传人：a****6 关键词：水利:泵站 值守</p>".encode(),
    )
    assert page.date == "2019-03-04 10:30:15"
    assert page.uploader == "a****6"
    assert page.tags == "水利:泵站 值守"


@pytest.mark.parametrize("colon", [":", "："])
@pytest.mark.parametrize("brackets", ["()", "（）"])
def test_brackets_of_a_label_in_either_width(brackets: str, colon: str) -> None:
    markup = f"<p>上传人{brackets[0]}卖家{brackets[1]}{colon}示例 文档编号：1</p>"
    page = BookPage("https://books.example/b-1.html", markup.encode())
    assert page.uploader == "示例"


def test_common_labels_are_read_without_being_named() -> None:
    page = BookPage("https://books.example/b-1.html", "<p>浏览次数：1.2万 语言：zh</p>".encode())
    assert page.view_count == "1.2万"
    assert page.language == "zh"


@given(
    st.lists(
        st.sampled_from(
            [":", "：", " ", "\n", "大小", "页数", "ID", "【", "9", "KB", "<td>", "<b>"]
        )
    )
)
def test_any_line_of_labels_can_be_read(parts: list[str]) -> None:
    found = read(f"<p>{''.join(parts)}")
    assert all(value is None or value.strip() for value in found.values())


@pytest.mark.parametrize(
    "entry",
    [
        "<li><a href='/b-7.html'>别的</a> 大小:9 MB 页数:99页 时间:2001-01-01</li>",
        "<li><p><a href='/b-7.html'>别的</a></p><p>大小:9 MB</p><p>页数:99页</p></li>",
        "<tr><td><a href='https://books.example/b-7.html'>别的</a></td><td>大小:9 MB</td></tr>",
    ],
)
def test_the_entry_of_another_document_is_not_read(entry: str) -> None:
    own = "<p>ID:20000001 大小:73.25 KB 页数:9页 时间:2019-03-04</p>"
    box = f"<table>{entry}</table>" if entry.startswith("<tr") else f"<ul>{entry}</ul>"
    assert read(f"<body>{box}{own}") == VALUES
    assert read(f"<body>{box}<p>ID:20000001</p>") == NONE | {"doc_id": "20000001"}


def test_a_list_that_links_to_the_document_itself_is_read() -> None:
    row = "<li><a href='/b-20000001.html'>本页</a> ID:20000001 大小:73.25 KB</li>"
    assert read(f"<ul>{row}</ul>")["size"] == VALUES["size"]


def test_the_fallback_text_of_a_canvas_is_not_seen() -> None:
    assert read("<canvas>大小:9 MB</canvas><p>大小:73.25 KB</p>")["size"] == VALUES["size"]


@pytest.mark.parametrize(
    ("markup", "uploader"),
    [
        ("<li>上传人：<b>小 明</b></li>", "小 明"),
        ("<span>上传人</span><span>：</span><span>小 明</span> <a>下载</a>", "小 明"),
        ("<p>上传人：小 下载</p>", "小"),
        ("<li>上传人：<b></b></li><li>大小：1 KB</li>", None),
    ],
)
def test_a_word_ends_where_its_element_does(markup: str, uploader: str | None) -> None:
    page = BookPage("https://books.example/b-1.html", f"<body>{markup}".encode())
    assert page.uploader == uploader


def test_a_label_with_an_empty_element_beside_it_has_no_value() -> None:
    row = "<li><span>{}</span><span>：</span><span>{}</span></li>"
    markup = "".join(row.format(*pair) for pair in [("大小", ""), ("页数", "9页"), ("时间", "")])
    assert read(f"<ul>{markup}</ul>") == NONE | {"page_count": "9页"}


@pytest.mark.parametrize(
    "hidden", ["&#8203;", "&#8203;<b>&#8203;</b>", "<b></b>&#65279;<i>&#8203;</i>"]
)
def test_a_row_in_which_nothing_is_seen_is_no_line(hidden: str) -> None:
    found = read(f"<p>{hidden}</p><p>大小：73.25 KB</p><p>{hidden}</p><p>页数：9页</p>")
    assert (found["size"], found["page_count"]) == ("73.25 KB", "9页")
