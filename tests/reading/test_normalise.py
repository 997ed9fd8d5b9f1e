from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import EXPLAINED, RawDocument, to_line
from crawler.reading import normalise

URL = "https://books.example/b-0042.html"
MOMENT = datetime(2026, 11, 24, 8, 30, 15, 999, tzinfo=UTC)
GOOD = {
    "file_format": "DOCX",
    "size": "58.50 KB",
    "page_count": "11页",
    "preview_page_count": "3",
    "date": "2018-11-19",
    "preview": "一\n二",
    "view_count": "1.2万",
    "download_count": "0",
}
NAMES = {"size": "size_bytes", "date": "uploaded_on"}


def raw(title: str = "年报", **changes: Any) -> RawDocument:  # noqa: ANN401 - a value of each kind
    own = {"site": "books", "doc_id": "0042", "url": URL, "reader": "books/1"}
    return RawDocument(title=title, **({"fetched_at": MOMENT} | own | changes))


def test_every_value_gets_its_type() -> None:
    document = normalise(raw(**GOOD, uploader=" 甲 ", price="12金币", published=frozenset(GOOD)))
    assert document.file_format == "docx"
    assert document.size_bytes == 59904
    assert document.page_count == 11
    assert document.preview_page_count == 3
    assert document.uploaded_on == date(2018, 11, 19)
    assert document.preview == "一\n二"
    assert document.view_count == 12000
    assert document.download_count == 0
    assert document.uploader == "甲"
    assert document.price == "12金币"
    assert document.missing == {}


def test_what_identifies_it_is_as_it_was() -> None:
    document = normalise(raw())
    assert (document.site, document.doc_id, document.url) == ("books", "0042", URL)
    assert document.reader == "books/1"


@pytest.mark.parametrize("value", [None, "", " ", "-", "N/A", "无", "暂无", "others", "None"])
def test_reasons_of_what_is_absent(value: str | None) -> None:
    absent = dict.fromkeys(GOOD, value) | {"preview": None}
    assert normalise(raw(**absent)).missing == dict.fromkeys(EXPLAINED, "not_published")
    published = frozenset({"size", "date", "preview"})
    assert normalise(raw(**absent, published=published)).missing == {
        "file_format": "not_published",
        "size_bytes": "not_found",
        "page_count": "not_published",
        "preview_page_count": "not_published",
        "uploaded_on": "not_found",
        "preview": "not_found",
    }


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"preview"}))
def test_a_bad_value_costs_itself_only(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        document = normalise(raw(**(GOOD | {name: "不可\n说"})))
    field = NAMES.get(name, name)
    assert getattr(document, field) is None
    assert document.missing == ({field: "bad_value"} if field in EXPLAINED else {})
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(f"{URL}: {field}: ")
    assert "\n" not in record.getMessage()


def test_good_values_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        normalise(raw(**GOOD))
        normalise(raw())
    assert not caplog.records


@pytest.mark.parametrize(
    ("days", "is_good"), [(-1, True), (0, True), (1, True), (2, False), (400, False)]
)
def test_a_day_to_come_is_none(days: int, is_good: bool) -> None:  # noqa: FBT001 - a table
    day = (MOMENT + timedelta(days=days)).date()
    document = normalise(raw(date=day.isoformat()))
    assert document.uploaded_on == (day if is_good else None)
    assert document.missing.get("uploaded_on") == (None if is_good else "bad_value")


def test_order_of_the_parts_of_a_day() -> None:
    assert normalise(raw(date="03-04-2019", date_order="DMY")).uploaded_on == date(2019, 4, 3)
    assert normalise(raw(date="03-04-2019", date_order="MDY")).uploaded_on == date(2019, 3, 4)
    assert normalise(raw(date="03-04-2019")).missing["uploaded_on"] == "bad_value"


@pytest.mark.parametrize(
    ("title", "label", "shown", "file_format"),
    [
        ("年报.pdf", None, "年报", "pdf"),
        ("年报.pdf", "DOC", "年报", "doc"),
        ("年报.pdf", "未知", "年报", "pdf"),
        ("年报", "DOC", "年报", "doc"),
        ("《《论语》选读》.docx", None, "《《论语》选读》", "docx"),
        (" 年\u3000报 \n(修订) .doc", None, "年 报 (修订)", "doc"),
        ("年报2019.3", None, "年报2019.3", None),
    ],
)
def test_titles(title: str, label: str | None, shown: str, file_format: str | None) -> None:
    document = normalise(raw(title=title, file_format=label))
    assert (document.title, document.file_format) == (shown, file_format)
    assert ("file_format" in document.missing) == (file_format is None)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (
            "水利,泵站，值守、夜班;手册；汇编|甲｜乙",
            ("水利", "泵站", "值守", "夜班", "手册", "汇编", "甲", "乙"),
        ),
        ("水利 泵站\u3000值守", ("水利", "泵站", "值守")),
        ("水利 工程,泵站", ("水利 工程", "泵站")),
        ("水利,水利,,-, 泵站 ", ("水利", "泵站")),
        ("长" * 100, None),
        ("", None),
        (None, None),
    ],
)
def test_tags(text: str | None, tags: tuple[str, ...] | None) -> None:
    assert normalise(raw(tags=text)).tags == tags


def test_moments_are_whole_seconds_of_utc() -> None:
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))
    assert normalise(raw(fetched_at=beijing)).fetched_at == MOMENT.replace(microsecond=0)
    assert '"fetched_at": "2026-11-24T08:30:15Z"' in to_line(normalise(raw(fetched_at=beijing)))


WORDS = st.none() | st.text()


@given(
    st.fixed_dictionaries(
        dict.fromkeys([*GOOD, "uploader", "category", "tags", "price", "language"], WORDS)
    ),
    st.text(min_size=1),
)
def test_any_words_make_a_record(words: dict[str, str | None], title: str) -> None:
    document = normalise(raw(**words, title=title))
    assert "\n" not in to_line(document)
    to_line(document).encode()
    for name in EXPLAINED:
        assert (getattr(document, name) is None) == (name in document.missing)
    for name in (*EXPLAINED, "uploader", "category", "tags", "price", "language"):
        assert getattr(document, name) not in ("", (), 0)
