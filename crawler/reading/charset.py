"""From bytes to text: the declared encoding where it holds, the likely one where it does not.

w3lib knows the declarations (byte-order mark, ``Content-Type``, ``<meta>``) and the encodings
that browsers mean by a name. Here is what it leaves open: declarations that are missing or wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

_SAMPLE: Final = 20_000
"""How many characters are judged; more change no verdict."""

COMMON_HANZI: Final = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
    "面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本"
    "去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
    "或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总"
    "次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做"
    "這個們為來時會國說過學後對動開問進發還無與關實現點業體機當從經電長門見種於話實書讀頁數題檔載網頁類"
    "位小時間頁下載文檔資料內容標題上傳會員首頁登錄搜索返回頂部格式編號免費閱讀預覽全文分享"
)
"""Hanzi that make up a good third of any Chinese text, simplified and traditional."""

_TOLERANCE: Final = 20
"""How many characters must be read for each broken one, for the text to be called UTF-8."""

_ENCODINGS: Final = frozenset(
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be gb18030 gbk gb2312 hz big5 "
    "big5hkscs cp950 euc_jp shift_jis cp932 iso2022_jp euc_kr cp949 iso2022_kr koi8-r koi8-u "
    "mac-roman mac-cyrillic cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 "
    "cp1258 iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 "
    "iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16".split()
)
"""Encodings of text, by Python's names: it has others by which pages could be misread."""

_PASSED_OVER: Final = ("utf-8", "cp1252")
"""Declarations that say nothing: the bytes are not UTF-8, and servers send the other unasked."""

_FEW: Final = 64
"""How many declarations are remembered: a site has one or two."""
_WIDE_STARTS: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_SIGNS: Final = {"utf-16": b"\0", "utf-32": b"\0", "iso2022": b"\x1b", "hz": b"~{"}
"""Encodings unlike ASCII, each with a byte that its text holds, or the declaration is wrong."""

_HIGH: Final = bytes(range(0x80, 0x100))
_LONE: Final = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_MOST_LONE: Final = 0.4
"""Of the bytes beyond ASCII, a tenth stand alone in Chinese text, and nearly all in French."""

_RIVALS: Final = {"gb18030": "big5hkscs", "big5hkscs": "gb18030", "big5": "gb18030"}
_WIDE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff]")


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of *body*, as ``decoded`` does."""
    return decoded(body, content_type).text


class Decoded(NamedTuple):
    """The text of a page, and the same as UTF-8."""

    text: str
    utf_8: bytes


def decoded(body: bytes, content_type: str = "") -> Decoded:
    """Return the text of *body*, as a page with that ``Content-Type`` means it.

    Bytes that fit no encoding become U+FFFD. A declaration that the bytes contradict is passed
    over: text that is valid UTF-8 is UTF-8, and what reads as rare characters in one Chinese
    encoding and as common ones in another is in the other.

    >>> decoded("大小：58.50 KB".encode("gbk"), "text/html; charset=gb2312").text
    '大小：58.50 KB'
    >>> decoded("大小：58.50 KB".encode("utf-8"), "text/html; charset=gbk").text
    '大小：58.50 KB'
    """
    marked, mark = read_bom(body)
    if marked and mark:
        text = body[len(mark) :].decode(marked, "replace")
    else:
        declared = _declared(body, content_type)
        if unlike_ascii := _unlike_ascii(body, declared):
            text = body.decode(unlike_ascii, "replace")
        else:
            try:
                return Decoded(body.decode("utf-8"), body)
            except UnicodeDecodeError:
                text = _decode_broken(body, declared)
    return Decoded(text, text.encode("utf-8", "replace"))


def _decode_broken(body: bytes, declared: str | None) -> str:
    """Return the text of *body*, which is not UTF-8, or not all of it."""
    text = body.decode("utf-8", "replace")
    if _is_slightly_broken(text):
        return text
    if declared is None or declared in _PASSED_OVER or declared.startswith(tuple(_SIGNS)):
        return _decode_guessed(body)
    return _decode_declared(body, declared)


def _declared(body: bytes, content_type: str) -> str | None:
    return _encoding(_in_header(content_type) or html_body_declared_encoding(body))


@lru_cache(_FEW)
def _in_header(content_type: str) -> str | None:
    return http_content_type_encoding(content_type)


@lru_cache(_FEW)
def _encoding(name: str | None) -> str | None:
    encoding = resolve_encoding(name) if name else None
    return encoding if encoding in _ENCODINGS else None


def _unlike_ascii(body: bytes, declared: str | None) -> str | None:
    """Return the encoding if it is one in which ASCII bytes do not mean ASCII characters."""
    if (wide := _WIDE_STARTS.get(body[:2])) is not None:
        return wide
    for name, sign in _SIGNS.items():
        if declared and declared.startswith(name) and sign in body:
            return declared
    return None


def _is_slightly_broken(text: str) -> bool:
    """Tell whether *text*, read as UTF-8, is that, with a broken place here and there."""
    sample = text[:_SAMPLE]
    broken = sample.count("\ufffd")
    read = sum(character > "\x7f" for character in sample) - broken
    return read > _TOLERANCE * broken


def _decode_declared(body: bytes, declared: str) -> str:
    text = body.decode(declared, "replace")
    rival = _RIVALS.get(declared)
    if rival is None:
        return text
    other = body.decode(rival, "replace")
    return other if _commonness(other) > _commonness(text) + 0.1 else text


def _decode_guessed(body: bytes) -> str:
    sample = body[:_SAMPLE]
    accented = len(sample) - len(sample.translate(None, _HIGH))
    if len(_LONE.findall(sample)) > _MOST_LONE * accented:
        return body.decode("cp1252", "replace")
    texts = [body.decode(encoding, "replace") for encoding in ("gb18030", "big5hkscs", "cp1252")]
    return max(texts, key=_commonness)


def _commonness(text: str) -> float:
    """Return the share of common Hanzi among the wide characters, broken ones counted against."""
    wide = _WIDE.findall(text[:_SAMPLE])
    broken = text[:_SAMPLE].count("\ufffd")
    if not wide:
        return 0.05 if not broken else 0.0
    return sum(character in COMMON_HANZI for character in wide) / (len(wide) + 5 * broken)
