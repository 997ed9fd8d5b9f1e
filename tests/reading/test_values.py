from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import BadValueError
from crawler.reading.values import (
    clean,
    clean_text,
    parse_count,
    parse_date,
    parse_format,
    parse_page_count,
    parse_size,
    split_extension,
)
from crawler.reading.vocabulary import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from crawler.items import DateOrder


def wide(text: str) -> str:
    """Return an ASCII *text* in full-width characters."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


PARSERS = [parse_size, parse_count, parse_page_count, parse_date, parse_format]
NEARLY = st.text(
    st.sampled_from("0123456789０.,， KMGTBkbo万千亿页共第/年月日-:TZ字节docpx²٣\u00a0\u3000+")
)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text() | NEARLY)
def test_any_text_is_a_value_or_a_bad_one(parse: Callable[[str], Any], text: str) -> None:
    try:
        value = parse(text)
    except BadValueError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(value, int | date | str)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "text", ["", " ", "-", "未知", "x" * 10_000, "9" * 10_000, "9" * 180 + "GB"]
)
def test_no_values(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        parse(text)
    assert len(str(caught.value)) < 200


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("58.50 KB", 59904),
        ("73.25KB", 75008),
        ("85KB", 87040),
        ("1.25MB", 1310720),
        ("1.2 GB", 1288490189),
        ("1TB", 1024**4),
        ("1,48 MB", 1551892),
        ("1,048 KB", 1073152),
        ("1,048.5 KB", 1073664),
        ("1.048,5 KB", 1073664),
        ("1,234,567 B", 1234567),
        ("900字节", 900),
        ("900 bytes", 900),
        ("64b", 64),
        ("2.4 Mo", 2516582),
        ("2.4Mb", 2516582),
        ("96 kB", 98304),
        ("96K", 98304),
        ("96 KiB", 98304),
        (wide("96KB"), 98304),
        ("9\u00a0MB", 9437184),
        ("约 2 MB", 2097152),
        ("2 MB (2,097,152 bytes)", 2097152),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    ["58.50", "1024px", "0 KB", "0B", "-5 KB", "KB", "1.2.3 MB", "9999999 TB", "5 KB/s", "1e3 KB"],
)
def test_bad_sizes(text: str) -> None:
    with pytest.raises(BadValueError, match="is not a size"):
        parse_size(text)


@given(st.integers(1, 10**15))
def test_sizes_in_bytes_are_exact(size: int) -> None:
    for text in (f"{size}B", f"{size} 字节", f"{size:,} bytes"):
        assert parse_size(text) == size


@given(st.decimals("0.01", "1023.99", places=2), st.sampled_from("KMG"), st.sampled_from(["", " "]))
def test_sizes_are_rounded_from_what_is_written(number: Decimal, unit: str, space: str) -> None:
    power = " KMG".index(unit)
    assert parse_size(f"{number}{space}{unit}B") == round(number * 1024**power)


# --- counts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("0 views", 0),
        ("3,210", 3210),
        ("3.210", 3210),
        ("1,234,567", 1234567),
        ("1.2万", 12000),
        ("1.2 万次", 12000),
        ("3亿", 300_000_000),
        ("5千", 5000),
        ("6.9K", 6900),
        ("1,2K", 1200),
        ("2M", 2_000_000),
        ("1万+", 10000),
        ("100余次", 100),
        ("12人", 12),
        (wide("321"), 321),
        ("共 5 个", 5),
        ("23 slides", 23),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["-1", "1.5", "1.23456万", "12 34 x", "万", "很多", "1/2"])
def test_bad_counts(text: str) -> None:
    with pytest.raises(BadValueError, match="is not a count"):
        parse_count(text)


@given(st.integers(0, 10**12))
def test_counts_round_trip(count: int) -> None:
    for text in (str(count), f"{count:,}", f"{count}次", f"{count:,} views"):
        assert parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("11页", 11),
        ("共 3 页", 3),
        ("共3頁", 3),
        ("第1页 / 共18页", 18),
        ("1 / 48", 48),
        ("12p", 12),
        ("40 pages", 40),
        ("1,024页", 1024),
        ("9", 9),
        ("约20页", 20),
    ],
)
def test_page_counts(text: str, count: int) -> None:
    assert parse_page_count(text) == count


@pytest.mark.parametrize("text", ["0页", "0", "页", "-3页", "3-5页", "1000001页", "100万页以上"])
def test_bad_page_counts(text: str) -> None:
    with pytest.raises(BadValueError):
        parse_page_count(text)


# --- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2018-11-19", "YMD", date(2018, 11, 19)),
        ("2018-1-9", "YMD", date(2018, 1, 9)),
        ("2018/11/19", "YMD", date(2018, 11, 19)),
        ("2018.11.19", "YMD", date(2018, 11, 19)),
        ("2018年11月19日", "YMD", date(2018, 11, 19)),
        ("2018 年 1 月 9 日", "YMD", date(2018, 1, 9)),
        (wide("2018-11-19"), "YMD", date(2018, 11, 19)),
        ("20181119", "YMD", date(2018, 11, 19)),
        ("/2018/1119/", "YMD", date(2018, 11, 19)),
        ("2017-9/30", "YMD", date(2017, 9, 30)),
        ("2018-11-19 23:59", "YMD", date(2018, 11, 19)),
        ("2018-11-19 23:59:59 UTC", "YMD", date(2018, 11, 19)),
        ("2018-11-19T23:59:59.123Z", "YMD", date(2018, 11, 19)),
        ("2018-11-19T23:59:59+08:00", "YMD", date(2018, 11, 19)),
        ("2018年11月19日 10:30", "YMD", date(2018, 11, 19)),
        ("05-Mar-2016", "YMD", date(2016, 3, 5)),
        ("May 3, 2016", "YMD", date(2016, 5, 3)),
        ("3 May 2016", "YMD", date(2016, 5, 3)),
        ("September 30, 2016", "YMD", date(2016, 9, 30)),
        ("19-04-2022", "DMY", date(2022, 4, 19)),
        ("19/04/2022 08:00", "DMY", date(2022, 4, 19)),
        ("04/19/2022", "MDY", date(2022, 4, 19)),
        ("2022-04-19", "DMY", date(2022, 4, 19)),
        ("2020-02-29", "YMD", date(2020, 2, 29)),
    ],
)
def test_days(text: str, order: DateOrder, day: date) -> None:
    assert parse_date(text, order) == day


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2018-13-01",
        "2018-00-10",
        "2018-11",
        "2018",
        "0001-01-01",
        "1970-01-01",
        "19-04-2022",
        "2022/9/222",
        "3天前",
        "over 2 years ago",
        "Academic year: 2022",
        "2018-11-19 2018-11-20",
        "32 May 2016",
        "3 May 2016 or so",
        "3 Floréal 2016",
    ],
)
def test_bad_days(text: str) -> None:
    with pytest.raises(BadValueError):
        parse_date(text)


@given(DAYS, st.times())
def test_days_round_trip(day: date, clock: time) -> None:
    forms = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y"]
    for form in forms:
        assert parse_date(day.strftime(form)) == day
    assert parse_date(f"{day.year}-{day.month}-{day.day}") == day
    assert parse_date(f"{day} {clock:%H:%M:%S}") == day
    assert parse_date(f"{day}T{clock:%H:%M}Z") == day
    assert parse_date(day.strftime("%d.%m.%Y"), "DMY") == day
    assert parse_date(day.strftime("%m/%d/%Y"), "MDY") == day


# --- formats, titles, texts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DOCX", "docx"),
        (".Ppt", "ppt"),
        ("PDF文档", "pdf"),
        (wide("doc"), "doc"),
        ("xls格式", "xls"),
        ("pdf file", "pdf"),
    ],
)
def test_formats(text: str, name: str) -> None:
    assert parse_format(text) == name


@pytest.mark.parametrize("text", ["Word", "未知", "doc,pdf", "doc x", "其他"])
def test_bad_formats(text: str) -> None:
    with pytest.raises(BadValueError, match="is not a file format"):
        parse_format(text)


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("年报.docx", ("年报", "docx")),
        ("年报.DOC", ("年报", "doc")),
        ("893.年报.doc", ("893.年报", "doc")),
        ("docx.docx", ("docx", "docx")),
        ("年报.docx.docx", ("年报.docx", "docx")),
        ("年报docx.docx", ("年报docx", "docx")),
        ("第2.3节", ("第2.3节", None)),
        ("工作要点2019.3", ("工作要点2019.3", None)),
        (".docx", (".docx", None)),
        ("年报 .pdf ", ("年报", "pdf")),
        ("《年报》", ("《年报》", None)),
        ("CAD/CAM.rar", ("CAD/CAM", "rar")),
        ("年报.", ("年报.", None)),
    ],
)
def test_extensions(title: str, parts: tuple[str, str | None]) -> None:
    assert split_extension(title) == parts


@given(st.text().map(str.strip).filter(bool), st.sampled_from(sorted(EXTENSIONS)))
def test_an_extension_comes_off_once(title: str, extension: str) -> None:
    for written in (extension, extension.upper()):
        assert split_extension(f"{title}.{written}") == (title, extension)


@given(st.text())
def test_texts_are_clean(text: str) -> None:
    for line in clean_text(text).split("\n"):
        assert line == clean(line)
    assert clean_text(clean_text(text)) == clean_text(text)


def test_what_nobody_sees_is_taken_out() -> None:
    assert clean("\ufeff高\u200b考\xad \u202e真题\x00\ud800") == "高考 真题"
    assert clean_text(" 一 \r\n\n\u3000二\u2028三 ") == "一\n二\n三"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05-Mar-2016", date(2016, 3, 5)),
        ("9-apr-2019", date(2019, 4, 9)),
        ("June 4, 2017", date(2017, 6, 4)),
        ("2016-05-06 07:08:09 UTC", date(2016, 5, 6)),
        ("2019-05-06T07:08:09.000Z", date(2019, 5, 6)),
        ("2021/05/02", date(2021, 5, 2)),
    ],
)
def test_days_as_sites_of_the_west_write_them(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["March 2015", "over 9 years ago", "Academic year: 2022", "2022"])
def test_what_is_no_single_day_is_none(text: str) -> None:
    with pytest.raises(BadValueError):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("6.9K", 6900),
        ("1,2K", 1200),
        ("5.2K", 5200),
        ("3,210", 3210),
        ("3.210", 3210),
        ("1,4k", 1400),
    ],
)
def test_counts_with_points_and_commas(text: str, count: int) -> None:
    assert parse_count(text) == count
