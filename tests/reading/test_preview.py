from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    below_second_title,
    between,
    label,
    paragraphs,
    slices,
    title_above,
)
from crawler.reading.preview import join_slices

LENGTH: Final = 40
HANZI: Final = "渡口的石阶一共有四十二级，下面常年在水里。"


def cut(text: str, length: int = LENGTH) -> list[str]:
    """Cut *text* as sites do, into numbered slices."""
    pieces = [text[place : place + length] for place in range(0, len(text), length)]
    return [f"{number}、{piece}" for number, piece in enumerate(pieces, 1)]


# --- slices -------------------------------------------------------------------------------------


@given(st.text(st.sampled_from(HANZI + "0123456789、.qz&;《》"), min_size=1, max_size=900))
def test_a_cut_text_is_whole_again(text: str) -> None:
    assert join_slices(cut(text), LENGTH) == [text]


@given(
    st.text(st.sampled_from(HANZI), min_size=2 * 287, max_size=1500),
    st.sampled_from([286, 287, 288, 285]),
)
def test_sites_do_not_count_exactly(text: str, length: int) -> None:
    assert join_slices(cut(text, length), 287) == [text]


@given(st.text(st.sampled_from(HANZI + " "), min_size=1, max_size=900))
def test_white_space_at_a_cut_costs_no_slice(text: str) -> None:
    lines = [" ".join(line.split()) for line in cut(" ".join(text.split()))]
    joined = join_slices(lines, LENGTH)
    assert "".join("".join(joined).split()) == "".join(text.split())


@given(st.lists(st.text(st.sampled_from(HANZI), min_size=1, max_size=20), min_size=2, max_size=9))
def test_a_documents_own_numbers_stay(points: list[str]) -> None:
    lines = [f"{number}、{point}" for number, point in enumerate(points, 1)]
    assert join_slices(lines, 300) == lines


@given(st.lists(st.text(), max_size=9), st.integers(1, 300))
def test_any_lines_can_be_joined(lines: list[str], length: int) -> None:
    kept = "".join(join_slices(lines, length))
    if not any(line.startswith("1、") for line in lines[:1]):
        assert kept == "".join(lines)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["没有编号的一段", "1、核对", "2、抽查"],
        ["2、" + "长" * LENGTH, "3、短"],
        ["1、" + "长" * LENGTH, "3、短", "2、短"][1:],
        ["1、核对", "2、抽查", "4、汇总"],
        ["1、" + "长" * (LENGTH * 2), "2、短"],
    ],
)
def test_what_is_not_sliced_is_left_alone(lines: list[str]) -> None:
    assert join_slices(lines, LENGTH) == lines


def test_numbers_within_slices_stay() -> None:
    text = "一、总则1、目的2、范围" * 9
    assert join_slices(cut(text), LENGTH) == [text]


def test_a_lone_slice_loses_its_mark() -> None:
    assert join_slices(["1、只有一段的说明"], LENGTH) == ["只有一段的说明"]


def test_paragraphs_within_slices_keep_their_lines() -> None:
    lines = ["1、" + "甲" * 20, "乙" * 19, "2、丙"]
    assert join_slices(lines, LENGTH) == ["甲" * 20, "乙" * 19 + "丙"]


def test_a_cut_within_an_entity() -> None:
    text = "甲" * (LENGTH - 3) + "a&gt;b，R&amp;D" + "乙" * LENGTH
    assert cut(text)[0].endswith("a&g")
    assert join_slices(cut(text), LENGTH) == [text.replace("&gt;", ">").replace("&amp;", "&")]


def test_entities_of_the_text_itself_stay() -> None:
    text = "写作 &gt; 的实体" + "甲" * LENGTH
    assert join_slices(cut(text), LENGTH) == [text]


# --- where it stands on a page ------------------------------------------------------------------


class SlicedPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/b-{doc_id}.html")

    size = label("大小")
    title = between("《", "》由会员分享")
    preview = slices("》由会员分享", before="收益归作者所有", length=LENGTH)


class DescribedPage(SlicedPage):
    size = label("大小")
    preview = paragraphs("》由会员分享", "资源描述")


class TwicePage(SlicedPage):
    size = label("大小")
    title = title_above("大小")
    preview = below_second_title("大小", length=LENGTH)


def preview(page: type[DocumentPage], *blocks: str) -> str | None:
    markup = "".join(block if block.startswith("<") else f"<p>{block}</p>" for block in blocks)
    return page("https://books.example/b-1.html", f"<body>{markup}".encode()).preview


NOTICE: Final = "《年报.doc》由会员分享，可在线阅读"
RELATED: Final = "<div><h3>相关文档</h3><ul><li><a href='/b-2.html'>别的</a></li></ul></div>"


@pytest.mark.parametrize(
    "end",
    [
        "用户评论",
        "Comments (3)",
        "收益归作者所有",
        "收益归作者所有。",
        RELATED,
        "关于我们 | 联系我们",
        "下载本文档",
        "版权声明",
        "某ICP备00000000号",
    ],
)
def test_a_preview_ends_where_the_page_goes_on(end: str) -> None:
    assert (
        preview(SlicedPage, "大小：1 KB", NOTICE, "一段。", "二段。", end, "大小：2 KB")
        == "一段。\n二段。"
    )


@pytest.mark.parametrize(
    "line", ["下载速度的测量", "关于我们的几点认识如下", "相关文档", "版权所有者的权利"]
)
def test_words_of_an_end_within_the_text_are_no_end(line: str) -> None:
    assert (
        preview(SlicedPage, NOTICE, "一段。", line, "二段。", "收益归作者所有")
        == f"一段。\n{line}\n二段。"
    )


def test_slices_of_a_page_are_joined() -> None:
    text = HANZI * 6
    assert preview(SlicedPage, NOTICE, *cut(text), "收益归作者所有") == text
    assert (
        preview(SlicedPage, NOTICE, f"<div>{'<br>'.join(cut(text))}</div>", "收益归作者所有")
        == text
    )


@pytest.mark.parametrize(
    "blocks",
    [
        ["资源描述", NOTICE, "年报.doc", "一段。"],
        ["资源描述：", NOTICE, "年报", "年报.doc", "一段。"],
        ["资源描述", "年报.doc", NOTICE, "年报", "一段。"],
        [NOTICE, "资源描述", "一段。"],
        ["资源描述", "一段。"],
        [NOTICE, "一段。"],
    ],
)
def test_titles_above_the_text_are_no_paragraphs(blocks: list[str]) -> None:
    assert (
        preview(DescribedPage, "大小：1 KB", *blocks, "年报的第二段。") == "一段。\n年报的第二段。"
    )


def test_a_mark_is_a_line_of_its_own() -> None:
    assert (
        preview(DescribedPage, "资源描述框架入门", "大小：1 KB", "资源描述", "一段。") == "一段。"
    )


def test_a_preview_below_the_second_title() -> None:
    blocks = [
        "年报.doc",
        "大小：1 KB",
        "2、站内说明。",
        "3、站内说明。",
        "年报.doc",
        "一段。",
        "二段。",
    ]
    assert preview(TwicePage, *blocks) == "一段。\n二段。"
    assert preview(TwicePage, *blocks[:2]) is None


@pytest.mark.parametrize("page", [SlicedPage, DescribedPage, TwicePage])
def test_no_preview(page: type[DocumentPage]) -> None:
    assert preview(page, "大小：1 KB") is None
    assert preview(page, NOTICE) is None
