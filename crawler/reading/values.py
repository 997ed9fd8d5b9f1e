"""From a page's words to values: one function a kind.

Each returns the value or raises ``BadValueError``. The forms are those that sites were seen to
write.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from crawler.errors import BadValueError
from crawler.reading.vocabulary import EXTENSIONS, MONTHS

if TYPE_CHECKING:
    from crawler.items import DateOrder

_LONGEST: Final = 200
"""No size, count or day is longer, in characters."""
_LARGEST_SIZE: Final = 1024**5
_MOST_PAGES: Final = 1_000_000
_LARGEST_COUNT: Final = 10**12
_FIRST_YEAR: Final = 1990

_UNITS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE: Final = re.compile(
    r"(?:约|大约|~)?\s?(?P<number>\d[\d., ]*?)\s?"
    r"(?:(?P<prefix>[kmgt])(?:i?[bo])?|(?P<bytes>b|bytes?|字节))(?:\s?\(.*\))?",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"(?:[共约全总计第]|总共|total:?){0,2}\s?"
    r"(?P<number>\d[\d., ]*?)\s?(?P<scale>[k千万m亿]?)[余多+]?\s?"
    r"(?:[页頁张張次人个份]|p(?:ages?|p?\.)?|slides?|views?|downloads?)?",
    re.IGNORECASE,
)
_THOUSANDS: Final = re.compile(r"(?<=\d)\.(?=\d{3}(?:\D|$))")
_POSITION: Final = re.compile(r"(?:第?\s?\d+\s?[页頁]?\s?/\s?)(共?\s?\d+\s?[页頁]?)")
_SCALES: Final = {
    "": 1, "k": 1000, "千": 1000, "万": 10_000, "m": 1_000_000, "亿": 100_000_000
}  # fmt: skip

_CLOCK: Final = re.compile(
    r"[T ,]{0,2}\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_YEAR_FIRST: Final = re.compile(
    r"(?P<Y>\d{4})\s?[-/.年]\s?(?P<M>\d{1,2})\s?[-/.月]\s?(?P<D>\d{1,2})\s?[日号]?"
)
_COMPACT: Final = re.compile(r"/?(?P<Y>\d{4})/?(?P<M>\d{2})(?P<D>\d{2})/?")
_NAMED: Final = re.compile(
    r"(?P<D>\d{1,2})(?:st|nd|rd|th)?[-/. ](?P<M>[^\W\d_]{3,12})\.?[-/., ]{1,2}(?P<Y>\d{4})"
    r"|(?P<M2>[^\W\d_]{3,12})\.? (?P<D2>\d{1,2})(?:st|nd|rd|th)?,? (?P<Y2>\d{4})"
)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](?P<Y>\d{4})")

_INVISIBLE: Final = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def parse_size(text: str) -> int:
    """Return the number of bytes in a size such as ``58.50 KB``; a kilobyte is 1,024 bytes.

    A comma before one or two digits is a decimal point, before three a separator.

    >>> parse_size("58.50 KB"), parse_size("1.96MB"), parse_size("1,48 Mo"), parse_size("900字节")
    (59904, 2055209, 1551892, 900)
    """
    found = _SIZE.fullmatch(_plain(text))
    if not found:
        raise BadValueError(text, "a size")
    power = 0 if found["bytes"] else _UNITS[found["prefix"].lower()]
    size = round(_number(found["number"], text, "a size") * Decimal(1024) ** power)
    if not 0 < size <= _LARGEST_SIZE:
        raise BadValueError(text, "a size of a file")
    return size


def parse_count(text: str) -> int:
    """Return the number in a count such as ``1.2万`` or ``3,210 views``.

    >>> parse_count("1.2万"), parse_count("3,210 views"), parse_count("6.9K"), parse_count("0")
    (12000, 3210, 6900, 0)
    """
    found = _COUNT.fullmatch(_plain(text))
    if not found:
        raise BadValueError(text, "a count")
    scale = found["scale"].lower()
    digits = found["number"] if scale else _THOUSANDS.sub("", found["number"])
    number = _number(digits, text, "a count") * _SCALES[scale]
    if number != int(number) or number > _LARGEST_COUNT:
        raise BadValueError(text, "a count")
    return int(number)


def parse_page_count(text: str) -> int:
    """Return the number of pages in a text such as ``共 3 页``: at least one.

    >>> parse_page_count("11页"), parse_page_count("共 3 页"), parse_page_count("第1页 / 共18页")
    (11, 3, 18)
    """
    position = _POSITION.fullmatch(_plain(text))
    count = parse_count(position[1] if position else text)
    if not 0 < count <= _MOST_PAGES:
        raise BadValueError(text, "a number of pages")
    return count


def parse_date(text: str, order: DateOrder = "YMD") -> date:
    """Return the day in a date; *order* says how the site writes one that is all digits.

    A time of day and its zone are passed over: the day is the one that is written. A month alone
    is no day, and neither is what is relative, such as ``9 years ago``.

    >>> parse_date("2018年11月19日 10:30"), parse_date("19-04-2022", "DMY")
    (datetime.date(2018, 11, 19), datetime.date(2022, 4, 19))
    >>> parse_date("05-Mar-2016"), parse_date("May 3, 2016"), parse_date("2019-05-06T07:08:09Z")
    (datetime.date(2016, 3, 5), datetime.date(2016, 5, 3), datetime.date(2019, 5, 6))
    """
    plain = _CLOCK.sub("", _plain(text)).strip()
    year, month, day = _day_parts(plain, order) or (0, 0, 0)
    if year < _FIRST_YEAR:
        raise BadValueError(text, f"a day, in the order {order}")
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValueError(text, "a day of the calendar") from None


def parse_format(text: str) -> str:
    """Return a file format in lower case and without a dot.

    >>> parse_format("DOCX"), parse_format(".Ppt"), parse_format("PDF文档")
    ('docx', 'ppt', 'pdf')
    """
    name = re.sub(r"(?:文档|文件|格式|files?|documents?)$", "", _plain(text).lower()).strip(" .")
    if name not in EXTENSIONS:
        raise BadValueError(text, "a file format")
    return name


def split_extension(title: str) -> tuple[str, str | None]:
    """Return a title without its file extension, and the extension in lower case.

    It is cut off once, at the last dot, and only if it is known: titles have dots of their own.

    >>> split_extension("893.真题.DOC"), split_extension("docx.docx"), split_extension("第2.3节")
    (('893.真题', 'doc'), ('docx', 'docx'), ('第2.3节', None))
    """
    name, dot, extension = title.rstrip().rpartition(".")
    if dot and name.strip() and extension.lower() in EXTENSIONS:
        return name.rstrip(), extension.lower()
    return title.strip(), None


def clean(text: str) -> str:
    """Return *text* on one line: without characters that nobody sees, white space folded.

    >>> clean(" 高考  真题 ")
    '高考 真题'
    """
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    elif "  " not in text:  # nor has it any white space but single spaces
        return text.strip(" ")
    return " ".join(text.split())


def clean_text(text: str) -> str:
    """Return *text* with one paragraph a line, none of them empty."""
    return "\n".join(line for raw in text.splitlines() if (line := clean(raw)))


def _plain(text: str) -> str:
    """Return *text* with full-width letters, digits and punctuation made plain."""
    if len(text) > _LONGEST:
        return ""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _number(text: str, whole: str, wanted: str) -> Decimal:
    """Return the number in *text*, whatever separates its thousands and its decimals."""
    digits = text.strip().rstrip(".,").replace(" ", "")
    comma, point = digits.rfind(","), digits.rfind(".")
    if (
        comma > point
        and (digits.count(",") > 1 or len(digits) - comma - 1 == _THOUSAND)
        and (point < 0)
    ):
        digits = digits.replace(",", "")
    elif comma > point:
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    if digits.count(".") > 1 or not digits.isascii():
        raise BadValueError(whole, wanted)
    return Decimal(digits)


def _day_parts(text: str, order: DateOrder) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(found["Y"]), int(found["M"]), int(found["D"])
    if found := _NAMED.fullmatch(text):
        month = MONTHS.get((found["M"] or found["M2"]).lower()[:3], 0)
        return int(found["Y"] or found["Y2"]), month, int(found["D"] or found["D2"])
    if order != "YMD" and (found := _YEAR_LAST.fullmatch(text)):
        first, second = int(found[1]), int(found[2])
        month, day = (second, first) if order == "DMY" else (first, second)
        return int(found["Y"]), month, day
    return None


_THOUSAND: Final = 3
