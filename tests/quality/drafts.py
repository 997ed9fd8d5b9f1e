"""Invented documents: what a page of the corpus says, and the values that it is to be read to.

Everything is drawn from the case's name: the same name gives the same document, on every machine.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

WORDS: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)
GLUED: Final = frozenset({"zh", "zh-Hant", "ja"})
"""The languages that write no spaces between sentences."""

_DIGITS: Final = "0123456789"
_HEX: Final = f"{_DIGITS}abcdef"
_ALNUM: Final = f"{_DIGITS}abcdefghijkmnpqrstuvwxyz"
_SLUG: Final = "pond lock weir heron ditch willow gate ledger spade barrow orchard mill".split()
_CYRILLIC: Final = str.maketrans(
    {"\N{CYRILLIC CAPITAL LETTER KA}": "K", "\N{CYRILLIC CAPITAL LETTER EM}": "M"}
)
_POWERS: Final = {"B": 0, "K": 1, "M": 2, "G": 3}
_RANGES: Final = {0: (2000, 900_000), 1: (12, 990), 2: (1, 48), 3: (1, 3)}
_ENGLISH: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_FIRST_DAY: Final = date(2009, 1, 13)
_DAYS: Final = 5400
_SLICES: Final = re.compile(r"\{slices(\d+)\}")


@dataclass(frozen=True, slots=True)
class Draft:
    """One invented document."""

    words: dict[str, str]
    """What stands for each ``{name}`` in a case's page."""
    truth: dict[str, object]
    """The values of the record's fields."""
    paragraphs: list[str]
    rng: random.Random


def draw(name: str, language: str, spec: dict[str, Any]) -> Draft:
    """Return the document of the case *name*, its values written as *spec* says."""
    rng = random.Random(name)  # noqa: S311 - drawn alike each time, on purpose
    words = WORDS[language]
    title, *others = rng.sample(words["titles"], 3)
    day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    drawn = {
        **_numbers(rng, spec),
        **_texts(rng, words, spec),
        "title": _same(rng.choice(spec.get("titles", [title]))),
        "uploaded_on": (_date(rng, day, spec.get("date", "%Y-%m-%d"), words), day.isoformat()),
    }
    pages, shown = (drawn[name][1] for name in ("page_count", "preview_page_count"))
    paragraphs = _paragraphs(rng, language, int(spec.get("paragraphs", 7)))
    placed = {
        **{short: drawn[field][0] for short, field in SHORT.items()},
        **_parts(day),
        "F": drawn["file_format"][0].upper(),
        "left": str(pages - shown),
        "o1": others[0],
        "o2": others[1],
        "slug": "-".join(rng.sample(_SLUG, 3)),
        "hex24": f"{_seconds(day):08x}{_identifier(rng, 'x' * 16)}",
        "iso": day.isoformat(),
    }
    truth: dict[str, object] = {field: value for field, (_, value) in drawn.items()}
    return Draft(placed, truth | {"language": language}, paragraphs, rng)


def _numbers(rng: random.Random, spec: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return numbers and the ID by field: as the page writes them, and as they are."""
    return {
        "doc_id": _same(_identifier(rng, spec.get("id", "9999999"))),
        "size_bytes": _size(rng, spec.get("size", "0.00KB / 0.00MB / 0KB")),
        "view_count": _count(rng, spec.get("views", "0")),
        "download_count": _count(rng, spec.get("downloads", "0")),
        "page_count": _plain(rng.randint(6, 240)),
        "preview_page_count": _plain(rng.randint(2, 5)),
    }


def _texts(
    rng: random.Random, words: dict[str, Any], spec: dict[str, Any]
) -> dict[str, tuple[str, Any]]:
    """Return words by field: as the page writes them, and as they are."""
    tags = rng.sample(words["categories"], 2)
    return {
        "file_format": _same(rng.choice(spec.get("formats", "doc docx pdf ppt pptx xls").split())),
        "uploader": _same(rng.choice(spec.get("uploaders") or words["names"])),
        "category": _same(rng.choice(words["categories"])),
        "price": _same(f"{rng.randint(2, 19)}{spec.get('currency', '金币')}"),
        "tags": (spec.get("tag_joint", ",").join(tags), tags),
    }


def _same(text: str) -> tuple[str, str]:
    return text, text


def _plain(number: int) -> tuple[str, int]:
    return str(number), number


def _seconds(day: date) -> int:
    """Return the moment at which *day* begins, in seconds since 1970."""
    return (day - date(1970, 1, 1)).days * 86_400


SHORT: Final = {
    "id": "doc_id",
    "T": "title",
    "f": "file_format",
    "size": "size_bytes",
    "pages": "page_count",
    "shown": "preview_page_count",
    "date": "uploaded_on",
    "U": "uploader",
    "C": "category",
    "K": "tags",
    "price": "price",
    "views": "view_count",
    "downloads": "download_count",
}
"""What the fields are called in the text of a case."""


def slices(text: str, paragraphs: list[str]) -> str:
    """Return *text* with ``{slices300}`` replaced by the numbered slices of *paragraphs*."""
    found = _SLICES.search(text)
    if not found:
        return text
    whole, length = "".join(paragraphs), int(found[1])
    cut = [whole[at : at + length] for at in range(0, len(whole), length)]
    lines = [f"{number}、{part}" for number, part in enumerate(cut, start=1)]
    return text.replace(found[0], "\n> ".join(lines))


@cache
def _months(language: str) -> tuple[str, ...]:
    return tuple(WORDS[language]["months"])


def _paragraphs(rng: random.Random, language: str, count: int) -> list[str]:
    """Return *count* paragraphs, no two alike."""
    joint = "" if language in GLUED else " "
    sentences = WORDS[language]["sentences"]
    found: dict[str, None] = {}
    last = ""
    while len(found) < count:
        chosen = rng.sample([one for one in sentences if one != last], rng.randint(2, 4))
        found[joint.join(chosen)] = None
        last = chosen[-1]
    return list(found)


def _identifier(rng: random.Random, pattern: str) -> str:
    if pattern == "slug":
        return f"{'-'.join(rng.sample(_SLUG, 3))}-{rng.choice('abcdef')}"
    kinds = {"9": _DIGITS, "x": _HEX, "a": _ALNUM}
    drawn = "".join(rng.choice(kinds.get(sign, sign)) for sign in pattern)
    if pattern[0] == "9":
        return rng.choice(_DIGITS[1:]) + drawn[1:]
    return f"{drawn[:-2]}b7" if pattern[0] in "xa" else drawn


def _size(rng: random.Random, spec: str) -> tuple[str, int]:
    form = re.fullmatch(r"0(?:([.,])(0+))?(\s?)(.+)", rng.choice(spec.split(" / ")).strip())
    if not form:
        raise ValueError(f"{spec!r} is no form of a size")
    power = _POWERS[form[4][0].upper().translate(_CYRILLIC)] if form[4] != "bytes" else 0
    number = str(rng.randint(*_RANGES[power]))
    if form[1]:
        number += "." + "".join(rng.choice(_DIGITS[1:]) for _ in form[2])
    value = round(Decimal(number) * Decimal(1024) ** power)
    return f"{number.replace('.', form[1] or '.')}{form[3]}{form[4]}", value


def _count(rng: random.Random, spec: str) -> tuple[str, int]:
    if found := re.fullmatch(r"0(.)000", spec):
        number = rng.randint(1001, 98_000)
        return f"{number:,}".replace(",", found[1]), number
    if found := re.fullmatch(r"0([.,])0(\s?[^\d]+)", spec):
        tenths = rng.randint(11, 97)
        scale = 10_000 if "万" in spec or "萬" in spec or "만" in spec else 1000
        return f"{tenths // 10}{found[1]}{tenths % 10}{found[2]}", tenths * scale // 10
    number = rng.randint(1, 999)
    return str(number), number


def _date(rng: random.Random, day: date, spec: str, words: dict[str, Any]) -> str:
    values = {
        "%Y": f"{day.year}",
        "%m": f"{day.month:02}",
        "%d": f"{day.day:02}",
        "%-m": f"{day.month}",
        "%-d": f"{day.day}",
        "%B": words["months"][day.month - 1],
        "%b": _ENGLISH[day.month - 1],
        "%T": f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}",
    }
    return re.sub(r"%-?[a-zA-Z]", lambda found: values[found[0]], spec)


def _parts(day: date) -> dict[str, str]:
    return {"Y": f"{day.year}", "MD": f"{day.month:02}{day.day:02}", "year": f"{day.year}"}
