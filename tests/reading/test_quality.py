# ruff: noqa: E501, RUF001 - garbled texts as they are
from __future__ import annotations

import random
import re
import sys
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import RawDocument
from crawler.reading import normalise, quality
from crawler.reading.quality import text_quality

from .test_language import TEXTS

CHINESE: Final = TEXTS["zh"]
ENGLISH: Final = TEXTS["en"]


def twice(text: str) -> str:
    return "".join(one * 2 if one.isalpha() else one for one in text)


def mapped(text: str) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return text.lower().translate(str.maketrans(letters, "qwxrtpzsdfghjklmnbvcyuioae"))


def drawn(low: int, high: int, count: int = 300) -> str:
    draw = random.Random(7)  # noqa: S311 - a text, no secret
    return "".join(chr(draw.randrange(low, high)) for _ in range(count))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_good_texts(text: str) -> None:
    assert text_quality(text) == "ok"
    assert text_quality(f"1、{text}\n2、{text}") == "ok"


@pytest.mark.parametrize(
    "text",
    [
        twice(CHINESE),
        twice(ENGLISH),
        "\n".join(f"{line}{line}" for line in CHINESE.split("，")),
        "\n".join(f"{line}:{line}:" for line in CHINESE.split("，")),
        "\n".join(f"{line}.\n{line}." for line in ENGLISH.split(". ")),
    ],
)
def test_doubled_layers(text: str) -> None:
    assert text_quality(text) == "doubled"


@pytest.mark.parametrize(
    "text",
    [
        CHINESE.encode().decode("latin-1"),
        CHINESE.encode().decode("cp1252", "replace"),
        CHINESE.encode().decode("gbk", "replace"),
        CHINESE.encode("gbk").decode("latin-1"),
        TEXTS["ru"].encode().decode("latin-1"),
        TEXTS["vi"].encode().decode("cp1252", "replace"),
        "锟斤拷" * 30 + CHINESE,
        "\ufffd" * 9 + CHINESE,
        "\ue012\ue034\ue0a1" * 9,
        "C«ng nghÖ th«ng tin vµ truyÒn th«ng lµ mét ngµnh kinh tÕ mòi nhän cña ®Êt n\xad­íc ph¸t triÓn",
    ],
)
def test_garbled_texts(text: str) -> None:
    assert text_quality(text) == "garbled"


@pytest.mark.parametrize(
    "text",
    [
        drawn(0x4E00, 0x9FA5),
        drawn(ord("a"), ord("z") + 1),
        mapped(ENGLISH),
        drawn(0x430, 0x450),
    ],
)
def test_random_texts(text: str) -> None:
    assert text_quality(text) == "random"


def test_scattered_letters() -> None:
    assert text_quality("\n".join(CHINESE)) == "scattered"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "短",
        "\uf0b7 " + "\n\uf0b7 ".join(CHINESE.split("，")),
        "哈哈哈哈，谢谢，天天向上。" + CHINESE,
        "0x1F 1010 1100 " * 20 + CHINESE,
        "\n".join(f"{number}\t{number * 7}" for number in range(60)),
        "f(x) = x² + 2x ± 1 ÷ 3 × 4 " * 9,
        "«Été» – «hiver» : l'été à Noël, ça dépend où l'on était né, et « l'an passé » a été gelé.",
    ],
)
def test_what_only_looks_bad(text: str) -> None:
    assert text_quality(text) == "ok"


@given(st.text())
def test_any_text_has_a_quality(text: str) -> None:
    assert text_quality(text) in {"ok", "doubled", "garbled", "random", "scattered"}


def raw(preview: str | None, language: str | None = None) -> RawDocument:
    from datetime import UTC, datetime  # noqa: PLC0415

    return RawDocument(
        site="books",
        doc_id="1",
        url="https://books.example/b-1.html",
        title="年报",
        preview=preview,
        language=language,
        fetched_at=datetime(2026, 11, 24, tzinfo=UTC),
        reader="books/1",
    )


def test_a_record_says_how_good_its_preview_is() -> None:
    assert normalise(raw(None)).text_quality is None
    assert normalise(raw(CHINESE)).text_quality == "ok"
    doubled = normalise(raw(twice(CHINESE)))
    assert (doubled.text_quality, doubled.preview) == ("doubled", twice(CHINESE))


def test_the_language_is_the_pages_word_or_else_the_texts() -> None:
    assert normalise(raw(CHINESE)).language == "zh"
    assert normalise(raw(CHINESE, "英文")).language == "en"
    assert normalise(raw(CHINESE, "未知")).language == "zh"
    assert normalise(raw(None, "中文")).language == "zh"
    assert normalise(raw(None)).language is None
    assert normalise(raw(drawn(0x4E00, 0x9FA5))).language is None


def test_plain_letters_are_all_there_are_in_plain_texts() -> None:
    patterns: dict[str, re.Pattern[str]] = vars(quality)
    usual = "".join(map(chr, range(sys.maxunicode + 1)))
    usual = patterns["_UNUSUAL"].sub("", usual)
    assert len(usual) > 0x5000
    assert patterns["_PLAIN_WORD"].findall(usual) == patterns["_WORD"].findall(usual)
    for name in ("_RAISED", "_BROKEN", "_LATIN_1", "_MISREAD", "_KANA"):
        assert not patterns[name].search(usual)
    hanzi = "".join(patterns["_HAN"].findall(usual))
    assert [hanzi] == [word for word in patterns["_WORD"].findall(usual) if not word.isascii()]


@given(
    st.text(
        st.sampled_from("\u8d28\u7684\u70b9\u6742 aB.\n\uff0c\u00e9\u953b\u304b"), max_size=400
    ),
    st.sampled_from(["", CHINESE, ENGLISH, twice(CHINESE), drawn(0x4E00, 0x9FA5)]),
)
def test_plain_texts_are_judged_as_all_others(text: str, more: str) -> None:
    text += more
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(quality, "_UNUSUAL", re.compile(""))
        as_others = text_quality(text)
    assert text_quality(text) == as_others
