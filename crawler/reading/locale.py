"""Numbers and days in the manner of a page's language: plain, or ``None`` where they may be two.

What comes out can be read in one way only: a day as ``2019-03-04``, a number with digits and a
decimal point. A language is a BCP 47 tag, such as ``de`` or ``en-GB``; empty if it is not known.
"""

# ruff: noqa: E501, RUF001 - rows of a table; the months of all languages, in their own letters

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final, Literal, TypeAlias

Order: TypeAlias = Literal["YMD", "DMY", "MDY", ""]

_DAY_FIRST: Final = frozenset("de fr es pt it pl ru uk tr vi id nl ro cs el ar hu".split()) - {"hu"}
_YEAR_FIRST: Final = frozenset("zh ja ko hu".split())
_MONTH_FIRST: Final = frozenset({"en-us", "en-ph", "es-us"})
_DAY_FIRST_ENGLISH: Final = frozenset("en-gb en-au en-nz en-ie en-in en-za en-sg en-hk".split())
_DECIMAL_COMMA: Final = frozenset("de fr es pt it pl ru uk tr vi id nl ro cs el".split())
_DECIMAL_POINT: Final = frozenset("en zh ja ko".split())
_POINT_REGIONS: Final = frozenset("es-mx es-us de-ch es-pr es-do es-pa es-gt".split())

_MONTHS: Final = """
en January February March April May June July August September October November December
en Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
en Jan Feb Mar Apr May June July Aug Sept Oct Nov Dec
de Januar Februar März April Mai Juni Juli August September Oktober November Dezember
de Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez
de Jänner Feber Mrz April Mai Juni Juli Aug Sept Okt Nov Dez
fr janvier février mars avril mai juin juillet août septembre octobre novembre décembre
fr janv févr mars avr mai juin juil août sept oct nov déc
fr janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
es enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
es ene feb mar abr may jun jul ago sept oct nov dic
es enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre
pt janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
pt jan fev mar abr mai jun jul ago set out nov dez
pt janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
it gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
it gen feb mar apr mag giu lug ago set ott nov dic
pl stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
pl styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
pl sty lut mar kwi maj cze lip sie wrz paź lis gru
ru января февраля марта апреля мая июня июля августа сентября октября ноября декабря
ru январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
ru янв фев мар апр май июн июл авг сен окт ноя дек
ru янв февр март апр мая июня июля авг сент окт нояб дек
uk січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
uk січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
uk січ лют бер кві тра чер лип сер вер жов лис гру
uk січ лют берез квіт трав черв лип серп верес жовт листоп груд
tr Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık
tr Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara
id Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember
id Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des
id Jan Feb Mar Apr Mei Jun Jul Agt Sept Okt Nop Des
"""
"""The names of the months: a language and twelve words a line."""

MONTHS: Final = {
    unicodedata.normalize("NFC", name.lower()): number
    for row in _MONTHS.split("\n")
    if row
    for number, name in enumerate(row.split()[1:], start=1)
}
"""Months by their names in lower case. No name is one of two months."""

_LONGEST: Final = 100
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_MOST_MONTHS: Final = 12
_CLOCK: Final = (
    r"(?:[T ,]{0,3}(?:um|à|at|alle|às|a las|о|в|kl\.?|lúc|pukul)? ?\d{1,2}[:h.時시]\d{2}(?:[:.]\d{2})?"
    r"(?:\.\d{1,9})?(?: ?(?:Uhr|AM|PM|WIB))?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?"
)
_TAIL: Final = r"(?:\s?(?:г\.?|р\.?|года|року|r\.|roku))?"
_FORMS: Final = tuple(
    re.compile(f"(?:{form}){_TAIL}{_CLOCK}", re.IGNORECASE)
    for form in (
        r"(?P<Y>\d{4})\s?(?P<s>[-/.])\s?(?P<M>\d{1,2})\s?(?P=s)\s?(?P<D>\d{1,2})\.?(?!\d)",
        r"(?P<Y>\d{4})\s?[年년]\s?(?P<M>\d{1,2})\s?[月월]\s?(?P<D>\d{1,2})\s?[日일号號]",
        r"(?P<Y>\d{4})(?P<M>0[1-9]|1[0-2])(?P<D>[0-2]\d|3[01])(?!\d)",
        r"(?:ngày )?(?P<D>\d{1,2}) tháng (?P<M>\d{1,2}),?(?: năm)? (?P<Y>\d{4})(?!\d)",
        (
            r"(?P<D>\d{1,2})(?:st|nd|rd|th|er|º|°|ª)?\.?[-/ ]? ?(?:de |of )?"
            r"(?P<N>[^\W\d_]{3,12})\.?,?[-/ ] ?(?:de |del |of )?(?P<Y>\d{4})(?!\d)"
        ),
        r"(?P<N>[^\W\d_]{3,12})\.? (?P<D>\d{1,2})(?:st|nd|rd|th)?(?:,|, | de | ) ?(?P<Y>\d{4})(?!\d)",
        r"(?P<Y>\d{4})[-/ .]{1,2}(?P<N>[^\W\d_]{3,12})\.?[-/ .]{1,2}(?P<D>\d{1,2})\.?(?!\d)",
        r"(?P<a>\d{1,2})\s?(?P<s>[-/.])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<Y>\d{4})(?!\d)",
    )
)
_SIZE: Final = re.compile(
    r"(?P<number>\d(?:[.,'’ ]?\d){0,30}) ?"
    r"(?:(?P<k>k|к|m|м|g|г|t|т)(?:i?[bo]|б|bytes?|байт)|(?P<byte>bytes?|b|octets?|字节|位元組|"
    r"байт|バイト|바이트|б|bayt))(?![A-Za-zА-я])",
    re.IGNORECASE,
)
_PREFIXES: Final = dict(zip("kкmмgгtт", "KKMMGGTT", strict=True))
_SCALES: Final = {
    **dict.fromkeys(("k", "тыс", "тис", "tys", "mil", "mille", "tsd", "bin", "rb", "ribu", "nghìn", "千", "천"), 3),
    **dict.fromkeys(("万", "萬", "만"), 4),
    **dict.fromkeys(("m", "mio", "млн", "mln", "jt", "juta", "triệu", "mi", "milhões", "mn"), 6),
}  # fmt: skip
"""Words behind a number, and how many zeros they stand for."""
_COUNT: Final = re.compile(
    r"(?P<number>\d(?:[.,'’ ]?\d){0,30}) ?(?:(?P<scale>"
    + "|".join(sorted(_SCALES, key=len, reverse=True))
    + r")\.?(?![^\W\d_])|(?P<cjk>[千천万萬만]))?(?P<rest>[^\d]*)",
    re.IGNORECASE,
)


def day_at(text: str) -> str | None:
    """Return the part of *text*, at its start, that has the form of a day; ``None`` if none has.

    >>> day_at("4. März 2019 | 12 Seiten"), day_at("12 Seiten")
    ('4. März 2019', None)
    """
    plain = plain_text(text)
    for form in _FORMS:
        if found := form.match(plain):
            name = found.groupdict().get("N")
            if name is None or name.lower() in MONTHS:
                return found[0].strip()
    return None


def plain_day(text: str, language: str = "") -> str | None:
    """Return the day that *text* is, as ``2019-03-04``; ``None`` if it is none, or may be two.

    >>> plain_day("4. März 2019"), plain_day("ngày 4 tháng 3 năm 2019"), plain_day("2019년 3월 4일")
    ('2019-03-04', '2019-03-04', '2019-03-04')
    >>> plain_day("04/03/2019", "fr"), plain_day("04/03/2019", "en"), plain_day("14/03/2019")
    ('2019-03-04', None, '2019-03-14')
    """
    plain = plain_text(text)
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found is None:
            continue
        parts = found.groupdict()
        if name := parts.get("N"):
            month, day = MONTHS.get(name.lower(), 0), int(parts["D"])
        elif parts.get("M"):
            month, day = int(parts["M"]), int(parts["D"])
        else:
            month, day = _month_and_day(int(parts["a"]), int(parts["b"]), parts["s"], language)
        return _iso(int(parts["Y"]), month, day)
    return None


def _month_and_day(first: int, second: int, separator: str, language: str) -> tuple[int, int]:
    if first > _MOST_MONTHS or first == second:
        return second, first
    if second > _MOST_MONTHS:
        return first, second
    order = day_order(language)
    if order == "DMY" or (separator == "." and order != "MDY"):
        return second, first
    return (first, second) if order == "MDY" else (0, 0)


def _iso(year: int, month: int, day: int) -> str | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def day_order(language: str) -> Order:
    """Return the order in which *language* writes a day that is all digits; empty if several.

    >>> day_order("fr"), day_order("en-US"), day_order("en"), day_order("zh-CN")
    ('DMY', 'MDY', '', 'YMD')
    """
    tag = language.lower().replace("_", "-")
    main = tag.partition("-")[0]
    if tag in _MONTH_FIRST:
        return "MDY"
    if main in _DAY_FIRST or tag in _DAY_FIRST_ENGLISH:
        return "DMY"
    return "YMD" if main in _YEAR_FIRST else ""


def decimal_mark(language: str) -> str:
    """Return the decimal mark of *language*; empty if it is not known.

    >>> decimal_mark("de"), decimal_mark("zh-TW"), decimal_mark("es-MX"), decimal_mark("")
    (',', '.', '.', '')
    """
    tag = language.lower().replace("_", "-")
    main = tag.partition("-")[0]
    if tag in _POINT_REGIONS or main in _DECIMAL_POINT:
        return "."
    return "," if main in _DECIMAL_COMMA else ""


def plain_number(text: str, language: str = "") -> str | None:  # noqa: PLR0911 - a case each
    """Return the number that *text* is, with digits and a decimal point; ``None`` if unsure.

    >>> plain_number("1.234,5"), plain_number("1 234"), plain_number("1,48")
    ('1234.5', '1234', '1.48')
    >>> plain_number("1.234", "de"), plain_number("1.234", "en"), plain_number("1.234")
    ('1234', '1.234', None)
    """
    digits = re.sub(r"(?<=\d)['’ ](?=\d{3}(?:\D|$))", "", plain_text(text).strip(" ,."))
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", digits):
        return None
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return digits
    *groups, last = re.split(r"[.,]", digits)
    if len(set(marks)) == 1 and len(marks) > 1:
        return _grouped(digits, groups, last)
    if len(set(marks)) > 1:
        whole = "".join(groups)
        is_plain = marks.count(marks[-1]) == 1 and all(len(one) == _GROUP for one in groups[1:])
        return f"{whole}.{last}" if is_plain else None
    if len(last) != _GROUP or len(groups[0]) > _GROUP or groups[0] == "0":
        return f"{groups[0]}.{last}"
    mark = decimal_mark(language)
    if not mark:
        return None
    return f"{groups[0]}.{last}" if mark == marks[0] else groups[0] + last


def _grouped(digits: str, groups: list[str], last: str) -> str | None:
    is_grouped = all(len(one) == _GROUP for one in [*groups[1:], last])
    return re.sub(r"[.,]", "", digits) if is_grouped else None


_GROUP: Final = 3


def size_at(text: str) -> re.Match[str] | None:
    """Return the size that *text* begins with: a number and a unit of bytes."""
    return _SIZE.match(plain_text(text).lstrip("约約~≈ca. "))


def plain_size(text: str, language: str = "") -> str | None:
    """Return the size that *text* begins with, as ``1.48 MB``; ``None`` if it is none.

    >>> plain_size("1,48 Mo", "fr"), plain_size("2.5 МБ"), plain_size("48 562 octets")
    ('1.48 MB', '2.5 MB', '48562 bytes')
    >>> plain_size("1.234 KB", "de"), plain_size("1.234 KB"), plain_size("600 px")
    ('1234 KB', None, None)
    """
    found = size_at(text)
    if found is None:
        return None
    number = plain_number(found["number"], language)
    if number is None:
        return None
    if found["k"]:
        return f"{number} {_PREFIXES[found['k'].lower()]}B"
    return f"{number} bytes" if "." not in number else _whole(number)


def _whole(number: str) -> str | None:
    """Return a number of bytes that has been taken for a fraction."""
    head, _, tail = number.partition(".")
    return f"{head}{tail} bytes" if len(tail) == _GROUP else None


def plain_count(text: str, language: str = "") -> str | None:
    """Return the whole number that *text* begins with; ``None`` if it is none, or may be two.

    >>> plain_count("1.234 Aufrufe", "de"), plain_count("1,2 тыс."), plain_count("3.4万")
    ('1234', '1200', '34000')
    >>> plain_count("1,234"), plain_count("12-34"), plain_count("4.5/5")
    ('1234', None, None)
    """
    found = _COUNT.match(plain_text(text))
    if found is None or re.match(r"\s*[-–—/%:]", found["rest"]):
        return None
    scale = (
        _SCALES[(found["scale"] or found["cjk"] or "").lower()]
        if (found["scale"] or found["cjk"])
        else 0
    )
    number = plain_number(found["number"], language)
    if number is None and not scale:  # a counter has no fractions: three digits are thousands
        number = re.sub(r"[.,]", "", found["number"])
    elif not scale and number is not None and "." in number:
        _, _, last = number.partition(".")
        number = number.replace(".", "") if len(last) == _GROUP else None
    if number is None:
        return None
    whole, _, fraction = number.partition(".")
    if len(fraction) > scale:
        return None
    return (whole + fraction.ljust(scale, "0")).lstrip("0") or "0"


def plain_text(text: str) -> str:
    """Return *text*, or its beginning, with plain letters, digits, punctuation and spaces."""
    return " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split())
