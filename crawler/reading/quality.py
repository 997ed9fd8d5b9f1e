"""How good the text of a preview is: measured, flagged, never repaired.

``docs/explanation/text-quality.md`` says what each flag means and how it is measured.
"""

# ruff: noqa: RUF001 - a letter of Turkish

from __future__ import annotations

import re
import unicodedata
from itertools import compress, islice
from math import ceil
from operator import eq
from typing import TYPE_CHECKING, Final

from crawler.reading.charset import COMMON_HANZI

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.items import TextQuality

_SAMPLE: Final = 4000
"""How many characters are measured; more change no verdict."""
_LEAST: Final = 40
"""A text with fewer letters is too short for what is measured in shares."""

_BROKEN: Final = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\ufff0-\ufff8]")
_BULLET: Final = re.compile(
    "(?:^|(?<=\\s))[\ue000-\uf8ff](?=\\s?[^\\s\ue000-\uf8ff])", re.MULTILINE
)
"""A private-use character where a bullet stands: symbol fonts have theirs there."""
_MOST_BROKEN: Final = 0.02
_LEAST_BROKEN: Final = 4

_TWICE_ENCODED: Final = re.compile(
    "[\u00c2-\u00f4](?:[\u0080-\u00aa\u00ac-\u00ba\u00bc-\u00bf]|[\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6"
    "\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122])"
)
"""The first two bytes of a UTF-8 character, read as Latin-1 or Windows-1252."""
_LATIN_RUN: Final = re.compile("[\u00a1-\u00ff]{4,}")
"""Chinese bytes, read as Latin-1."""
_IN_A_WORD: Final = re.compile("(?<=[A-Za-z])[\u00a1-\u00b6\u00b8-\u00bf\u00d7\u00f7](?=[A-Za-z])")
"""The letters of a legacy font (TCVN3, VNI), read as Latin-1."""
_MISREAD: Final = re.compile("[锛銆鐨涓鍦鏄浜浠鍙绗鍚鏈鎴澶骞闂鎬璁鍒鍏鐢瀹鏁鎹鐞嶉幇锟斤拷烫屯]")
"""What the bytes of Chinese UTF-8 read as in GBK, and of broken text in GBK and in memory."""
_GARBLED_SHARE: Final = 0.05

_UNUSUAL: Final = re.compile(
    f"[{_MISREAD.pattern[1:-1]}"
    "\x80-\u200f\u2028-\u218f\u2300-\u2fff\u3003-\u3007\u301c-\u4dff\ua000-\uff00\uff21-\uff3a"
    "\uff41-\uff5a\uff61-\U0010ffff]"
)
"""What is none of ASCII, the usual Hanzi and punctuation. A text without it is plain: its letters
are those of ``_PLAIN_WORD``, none is broken and none was misread. One search tells that of most."""
_PLAIN_WORD: Final = re.compile("[A-Za-z\u4e00-\u9fff]+")
_WORD: Final = re.compile(r"(?:[A-Za-z\u4e00-\u9fff]++|[^\W\d_]++)++")
"""A run of letters. The usual ones stand first: telling that any other is a letter takes thrice
as long."""
_RAISED: Final = re.compile(
    "[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2071\u2074-\u2079\u207f-\u2089]"
)
"""Digits that pass for letters."""
_PAIR: Final = re.compile(r"(.)(?=\1)", re.DOTALL)
_PAIR_APART: Final = re.compile(r"(.)\1", re.DOTALL)
_LATIN_1: Final = re.compile("[\u00a1-\u00ff]")
_DOUBLED_SHARE: Final = 0.2
_SENTENCE_ENDS: Final = "!?。！？\n"
"""And the full stop."""

_HAN: Final = re.compile("[\u3400-\u9fff]+")
_KANA: Final = re.compile("[\u3041-\u30fa\uac00-\ud7a3]")
_LEAST_COMMON: Final = 0.12
"""Of the Hanzi of a Chinese text, a third are among the common ones; of random ones, a tenth."""
_MANY_HANZI: Final = 500
_ENOUGH_COMMON: Final = ceil(_LEAST_COMMON * _MANY_HANZI)
_LATIN: Final = re.compile("[a-z]")
_CONSONANTS: Final = re.compile("[b-df-hj-np-tv-xz]{5,}")
_MOST_CONSONANTS: Final = 0.12
"""Of the letters of a text, fewer stand in rows of five consonants or more."""
_FREQUENT_LATIN: Final = frozenset("eationrsl")
_CYRILLIC: Final = re.compile("[\u0430-\u044f\u0456\u0457\u0454]")
_FREQUENT_CYRILLIC: Final = frozenset("оеаинтсрві")
_LEAST_FREQUENT: Final = 0.46
"""Of a text's letters, six of ten are among the nine most frequent; of random ones, a third."""
_LEAST_LETTERS: Final = 120
_MANY_LINES: Final = 20
_SCATTERED_SHARE: Final = 0.7
_FEW: Final = 2
"""A line with so few characters says nothing by itself."""


def text_quality(text: str) -> TextQuality:
    """Return how good *text* is, as far as its beginning shows.

    >>> text_quality("库房每月清点一次，清点的人不能是保管的人。")
    'ok'
    >>> text_quality("质质点点的的机机械械振振动动与与波波的的传传播播" * 3)
    'doubled'
    >>> text_quality("\ue012\ue034\ue0a1\ue0b2\ue0c3" * 9)
    'garbled'
    """
    sample = text[:_SAMPLE]
    is_plain = _UNUSUAL.search(sample) is None
    words = (_PLAIN_WORD if is_plain else _WORD).findall(sample)
    letters = sum(map(len, words)) - (0 if is_plain else len(_RAISED.findall(sample)))
    is_long = letters >= _LEAST
    if not is_plain and (
        _is_broken(sample, letters) or (is_long and _is_mojibake(sample, letters))
    ):
        return "garbled"
    if not is_long:
        return "ok"
    if _is_scattered(sample):
        return "scattered"
    if sum(_doubled(sample, words)) >= _DOUBLED_SHARE * letters:
        return "doubled"
    is_good = is_plain and _is_surely_chinese("".join(words))
    return "random" if not is_good and _is_random(sample, letters) else "ok"


def _is_broken(text: str, letters: int) -> bool:
    """Tell whether *text* has many characters that stand for none."""
    if _BROKEN.search(text) is None:
        return False
    broken = len(_BROKEN.findall(_BULLET.sub("", text)))
    return broken >= _LEAST_BROKEN and broken > _MOST_BROKEN * (letters + broken)


def _is_mojibake(text: str, letters: int) -> bool:
    """Tell whether *text* was read in another encoding than it was written in."""
    if _LATIN_1.search(text) is not None:
        twice = 2 * len(_TWICE_ENCODED.findall(text))
        runs = sum(map(len, _LATIN_RUN.findall(text)))
        legacy = 2 * len(_IN_A_WORD.findall(text))
        if max(twice, runs, legacy) > _GARBLED_SHARE * letters:
            return True
    misread = len(_MISREAD.findall(text))
    return misread > _LEAST_BROKEN and misread > _LEAST_COMMON * sum(map(len, _HAN.findall(text)))


def _is_scattered(text: str) -> bool:
    """Tell whether *text* has a line for each letter or two."""
    lines = text.split("\n")
    short = sum(len(line) <= _FEW and line.isalpha() for line in lines)
    return len(lines) >= _MANY_LINES and short > _SCATTERED_SHARE * len(lines)


def _doubled(text: str, words: Sequence[str]) -> Iterator[int]:
    """Yield the lengths of the words that stand twice: letter by letter, or one behind another.

    *words* are those of *text*, in order.
    """
    words = [word for word in words if len(word) > 1]
    yield from _doubled_within(text, words)
    yield from (2 * len(word) for word in _repeated(words))
    for line in text.split("\n"):
        half = len(line) // 2
        if half >= _LONG and line[:half] == line[len(line) - half :]:
            yield sum(map(str.isalpha, line))
    if " " not in text:
        return
    for end in _SENTENCE_ENDS:
        text = text.replace(end, ".")
    sentences = list(filter(None, map(str.strip, text.split("."))))
    yield from (2 * len(sentence) for sentence in _repeated(sentences) if " " in sentence)


def _doubled_within(text: str, words: Sequence[str]) -> Iterator[int]:
    """Yield the lengths of the *words* of *text* that stand twice in themselves."""
    may_be_paired = _has_many_pairs(text)
    if not may_be_paired:
        words = [
            word
            for word in words
            if not (size := len(word)) % 2
            and size >= _LEAST_TWICE
            and word[0] in (word[1], word[size // 2])
        ]
    for word in words:
        half, odd = divmod(len(word), 2)
        is_twice = word[::2] == word[1::2] or word[:half] == word[half:]
        if (half > 1 and not odd and is_twice) or (
            may_be_paired and len(word) > _LONG and _is_paired(word)
        ):
            yield len(word)


def _has_many_pairs(text: str) -> bool:
    """Tell whether many characters of *text* stand in pairs of equal ones."""
    many = _FEW_PAIRED * len(text)
    # Pairs that share no character are half of all or more, and found in two thirds of the time.
    return 4 * len(_PAIR_APART.findall(text)) > many and 2 * len(_PAIR.findall(text)) > many


def _repeated(texts: Sequence[str]) -> Iterator[str]:
    """Yield those of *texts* that the next one equals."""
    return compress(texts, map(eq, texts, texts[1:]))


def _is_paired(word: str) -> bool:
    """Tell whether most letters of *word* stand in pairs of equal ones."""
    least = _PAIRED * len(word)
    if 2 * sum(map(eq, word, word[1:])) <= least:  # nearly all words: in one pass
        return False
    place = found = 0
    while place < len(word) - 1:
        if word[place] == word[place + 1]:
            found, place = found + 2, place + 2
        else:
            place += 1
    return found > least


def _is_surely_chinese(letters: str) -> bool:
    """Tell whether *letters*, those of a plain text, are Hanzi for the most part, and common ones.

    It is what ``_is_random`` would find, told by the first of them.
    """
    hanzi = len(letters) - len(letters.encode("ascii", "ignore"))
    if hanzi < _LEAST or hanzi <= len(letters) / 2:
        return False
    return _count_common(letters[:_MANY_HANZI], _ENOUGH_COMMON) == _ENOUGH_COMMON


def _count_common(letters: str, most: int) -> int:
    """Return how many of *letters* are common Hanzi, counted up to *most*."""
    return len(list(islice(filter(COMMON_HANZI.__contains__, letters), most)))


def _is_random(text: str, letters: int) -> bool:
    """Tell whether the characters of *text* are drawn at random, or mapped to others."""
    han = "".join(_HAN.findall(text))
    if len(han) >= _LEAST and len(han) > letters / 2 and not _KANA.search(text):
        han = han[:_MANY_HANZI]
        least = ceil(_LEAST_COMMON * len(han))
        return _count_common(han, least) < least
    plain = unicodedata.normalize("NFD", text).lower().replace("ı", "i")
    for script, frequent in (_LATIN, _FREQUENT_LATIN), (_CYRILLIC, _FREQUENT_CYRILLIC):
        found = script.findall(plain)
        if len(found) >= _LEAST_LETTERS and len(found) > letters / 2:
            rows = sum(map(len, _CONSONANTS.findall(plain)))
            frequently = sum(one in frequent for one in found)
            return frequently < _LEAST_FREQUENT * len(found) or rows > _MOST_CONSONANTS * len(found)
    return False


_LONG: Final = 6
"""Letters that stand in pairs, or words that stand twice, are so many or more."""
_LEAST_TWICE: Final = 4
"""A word that stands twice in itself has so many letters or more."""
_PAIRED: Final = 0.7
_FEW_PAIRED: Final = 0.04
"""A text with fewer letters in pairs has too few words of them to matter."""
