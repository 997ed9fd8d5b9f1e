"""What the value of a field looks like beside its label, on a page of any site."""

# ruff: noqa: RUF001 - words of all languages, in their own letters

from __future__ import annotations

import re
from typing import Final

from crawler.reading.locale import day_at, plain_count, plain_text, size_at
from crawler.reading.rows import CELL, SEAM
from crawler.reading.vocabulary import EXTENSIONS, PLACEHOLDERS

EDGES: Final = " \u3000\xa0•·▪●■◆★※-–—>»›*【】[]|｜,，;；.。:：∶︰\t\0"
_MARKS: Final = EDGES.replace("*", "").replace("]", "").replace("】", "")
"""The same around words, which may be masked with asterisks or end in a bracket."""
_LONGEST_WORDS: Final = 200
WORDS: Final = frozenset({"uploader", "category", "tags", "price", "language", "title"})
"""The fields whose values are words, and look like nothing."""
FORMATS: Final = frozenset(
    "pdf doc docx ppt pptx pps ppsx xls xlsx txt rtf epub odt odp ods wps zip rar djvu mobi caj "
    "csv dwg vsd ps azw3 chm 7z dps et tex".split()
) - {"et", "ps", "tex"}
"""The formats that are words of no language, and so need no label."""
_TOKEN: Final = re.compile(r"[a-z0-9]{2,5}")
BY: Final = re.compile(
    r"[\s,]+(?:by|von|par|por|da|przez|oleh|bởi|от|від|tarafından)\s+([^|•·;:]{2,60})$",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"\d+\s?[-–—]\s?\d")
_POSITION: Final = re.compile(
    r"\d{1,6}\s?(?:/|of|von|sur|de|di|из|din|z|з|dari|trên)\s?(\d{1,6})(?!\d|[-/.]\d)"
)


def value_of(field: str, text: str, *, whole: bool = False, alone: bool = False) -> str:
    """Return the value of *field* that *text* begins with; empty if it does not look like one.

    With *whole* it is all of the text. A label that stands *alone* on its line has all of it.

    >>> value_of("size", "1.2 MB Pages"), value_of("size", "600 px")
    ('1.2 MB', '')
    >>> value_of("page_count", "12"), value_of("page_count", "12-34")
    ('12', '')
    """
    plain = plain_text(text.replace(SEAM, " ").replace(CELL, " ")).lstrip(EDGES)
    if not plain or plain.lower() in PLACEHOLDERS:
        return ""
    if field in WORDS:
        return _words(field, text, alone=alone)
    if field == "doc_id":
        found = re.match(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}(?![\w@])", plain)
        return found[0] if found and any(map(str.isdigit, found[0])) else ""
    first = plain_text(text.strip(EDGES).split(SEAM)[0]).lstrip(EDGES)
    own = _TYPED[field](first) if first and field != "size" and SEAM in text else ""
    value = own or _TYPED[field](plain)
    if whole and value and not _is_whole(value, plain):
        return ""
    return value


def _is_whole(value: str, plain: str) -> bool:
    rest = plain[plain.find(value) + len(value) :] if value in plain else plain
    return len(rest.strip(EDGES)) <= _LONGEST_REST or BY.fullmatch(rest) is not None


_LONGEST_REST: Final = 12
"""What may stand behind a value on its line: a unit, a bracket, in characters."""


def _size(plain: str) -> str:
    found = size_at(plain)
    if found is None or _GOES_ON.match(plain[plain.find(found[0]) + len(found[0]) :]):
        return ""
    return found[0]


_GOES_ON: Final = re.compile(r"\s[a-zà-öø-ÿа-я]{1,20}\s[a-zà-öø-ÿа-я]")
"""Words behind a size, which make it a part of a sentence."""


def _page_count(plain: str) -> str:
    if position := _POSITION.match(plain):
        return position[1]
    if _RANGE.match(plain) or size_at(plain) or day_at(plain):
        return ""
    plain = re.sub(r"^(?:共|约|全|ca\.?|total:?)\s?", "", plain)
    found = re.match(r"\d(?:[.,' ]?\d){0,8}", plain)
    if not found:
        return ""
    rest = plain[found.end() :].lstrip()
    return (
        ""
        if re.match(r"[%x×:]|[^\W\d_]*(?:min|sek|sec|cm|mm|字|词)|(?:px|h)\b", rest)
        else found[0]
    )


def _count(plain: str) -> str:
    if size_at(plain) or day_at(plain) or plain_count(plain) is None:
        return ""
    found = re.match(r"\d(?:[.,' ]?\d)*\s?[^\W\d_]{0,12}\.?", plain)
    return found[0] if found else ""


def _format(plain: str) -> str:
    tokens = {token for token in _TOKEN.findall(plain.lower()[:60]) if token in FORMATS}
    if len(tokens) > 1:
        return ""
    first = re.split(r"[,;|]", plain.lower())[0].strip(" .")
    if first in EXTENSIONS:
        return first if len(plain.split()) <= _FEW_WORDS else ""
    return next(iter(tokens), "") if len(plain) <= _LONGEST_FORMAT else ""


_FEW_WORDS: Final = 12
_LONGEST_FORMAT: Final = 90


def _day(plain: str) -> str:
    return (
        day_at(plain)
        or day_at(re.sub(r"^(?:am|le|el|em|il|on|dnia|ngày|pada|vom|du|в)\s", "", plain))
        or ""
    )


_TYPED: Final = {
    "size": _size,
    "page_count": _page_count,
    "view_count": _count,
    "download_count": _count,
    "file_format": _format,
    "date": _day,
}


def _words(field: str, text: str, *, alone: bool) -> str:
    """Return the words of a value that looks like nothing: up to what may be the next."""
    text = text.strip(_MARKS)
    first = text.split(SEAM)[0] if field in {"uploader", "language", "price"} else text
    if not first.strip(_MARKS):
        first = text
    first = first.replace(SEAM, " ").replace(CELL, " ")
    if field not in {"tags", "category", "title"}:
        first = re.split(r"[|｜•·;；\t]|\s[-–—]\s|\s{2,}|[，。]", first)[0]
    elif field == "category":
        first = re.split(r"[|｜•;；\t]", first)[0]
    elif field == "title" and not alone:
        return ""
    if field == "uploader":
        first = re.split(r"[,，]\s*(?=\d[\d.,]*\s?[^\W\d_]{2})", first)[0]
    first = " ".join(first.split()).strip(" ,，")
    if len(first) > _LONGEST_WORDS or first.lower() in PLACEHOLDERS:
        return ""
    return first
