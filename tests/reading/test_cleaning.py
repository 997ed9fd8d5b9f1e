from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.cleaning import clean_preview

BODY: Final = [
    "一、总则",
    "1、目的",
    "2、范围",
    "广告",
    "下载",
    "第1页，共9页",
    "同一句话。",
    "同一句话。",
]


def cleaned(*lines: str, title: str = "年报") -> list[str]:
    return clean_preview("\n".join(lines), title).split("\n")


@pytest.mark.parametrize(
    "above",
    [
        ["年报.doc"],
        ["年报", "年报"],
        ["年报.doc_第1页", "第1页 / 共18页", "年报_第2页", "第2页/共18页", "点击查看更多>>"],
        ["返回 下载 相关 举报", "资源描述"],
        ["《年报.doc》由会员分享，可在线阅读，更多相关《年报（18页珍藏版）》请在某站上搜索"],
        ["Advertisement", "Transcript"],
        ["Size: px", "Transcription"],
        ["Presentation is loading. Please wait."],
        ["到这儿已超出免费预览范围，该文档总共18页"],
    ],
)
def test_what_a_site_says_above_the_text_goes(above: list[str]) -> None:
    assert cleaned(*above, *BODY) == BODY


@pytest.mark.parametrize(
    "below",
    [
        "点击查看更多>>",
        "已阅读5页，还剩40页未读，继续免费阅读",
        "此文档下载收益归作者所有",
        "Loading...",
    ],
)
def test_what_a_site_says_below_the_text_goes(below: str) -> None:
    assert cleaned(*BODY, below) == BODY


@pytest.mark.parametrize(
    "stamp",
    [
        "精选优质文档-----倾情为你奉上",
        "更多精品文档",
        "学习 - 好资料",
        "Evaluation only.Created with Aspose.Words. Copyright 2003-2016 Aspose Pty Ltd.",
        ",[object Object]",
        "年报.doc_第3页",
    ],
)
def test_stamps_go_wherever_they_stand(stamp: str) -> None:
    assert cleaned(*BODY[:3], stamp, *BODY[3:]) == BODY


@pytest.mark.parametrize(
    "line",
    [
        "年报",
        "年报.doc",
        "别家的课件.xls_第1页",
        "第1页 / 共888页",
        "已阅读99页，还剩1页未读",
        "资源描述",
        "Advertisement",
        "更多精品文档的收集",
        "打印",
    ],
)
def test_the_documents_own_lines_stay(line: str) -> None:
    text = [*BODY[:3], line, *BODY[3:]]
    assert cleaned(*text) == text


def test_a_documents_own_heading_stays() -> None:
    assert cleaned("年报", *BODY) == ["年报", *BODY]
    assert cleaned("下载", "年报", *BODY) == ["年报", *BODY]


@given(st.text(), st.text())
def test_nothing_is_added_and_cleaning_ends(text: str, title: str) -> None:
    once = clean_preview(text, title)
    assert len(once) <= len(text)
    assert "\n\n" not in once


@pytest.mark.parametrize("text", ["", "\n \n", "年报\n年报", "\u200b"])
def test_nothing_is_left(text: str) -> None:
    assert not clean_preview(text, "年报")
