"""Every pattern takes steps in proportion to its text, however hostile that is: counted, not timed.

Of each compiled pattern of the readers and the sites, each repetition is pumped up, once and twice
as far. A pattern that backtracks takes four times the steps for twice the text, or far more.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Final

import pytest

import crawler.reading
import spiders

from .regex_steps import Matcher, TooManyStepsError, attacks

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMES: Final = 16
BEYOND: Final = 250
"""No bound of a pattern is larger, but those of whole lines."""
MOST: Final = 60_000
"""Steps: no pattern needs as many for so short a text."""
RATIO: Final = 2.6
"""Twice the text is twice the steps, and what is the same for both."""


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the patterns that the modules hold, each once, in tables too."""
    seen: set[str] = set()
    for package in (crawler.reading, spiders):
        for info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            for name, value in vars(module).items():
                for found in _in(value):
                    if found.pattern not in seen:
                        seen.add(found.pattern)
                        yield f"{info.name}.{name}", found


def _in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, (tuple, list, frozenset)):
        for one in value:
            yield from _in(one)
    elif isinstance(value, dict):
        yield from _in(list(value.values()))


PATTERNS: Final = list(_patterns())


@pytest.fixture(autouse=True)
def _deep() -> Iterator[None]:
    """Let the matcher call itself for each step."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    yield
    sys.setrecursionlimit(before)


def steps(pattern: re.Pattern[str], text: str) -> int:
    try:
        return Matcher(pattern, MOST).steps_of(text)
    except TooManyStepsError:
        return MOST


def growth(pattern: re.Pattern[str], number: int, times: int) -> float:
    """Return how many times the steps grow where an attack on *pattern* is twice as long."""
    short, long = (
        next(islice(attacks(pattern, size), number, None)) for size in (times, 2 * times)
    )
    more = steps(pattern, long)
    return more / steps(pattern, short) if more < MOST else inf


def worst(pattern: re.Pattern[str]) -> float:
    """Return how many times the steps grow, at worst, where the text is twice as long.

    What grows so only up to a bound of the pattern's own is measured again beyond that.
    """
    pairs = zip(attacks(pattern, TIMES), attacks(pattern, 2 * TIMES), strict=True)
    counts = [(steps(pattern, short), steps(pattern, long)) for short, long in pairs]
    ratios = [more / fewer if more < MOST else inf for fewer, more in counts]
    suspects = [number for number, ratio in enumerate(ratios) if ratio > RATIO]
    return max((growth(pattern, number, BEYOND) for number in suspects), default=max(ratios))


@pytest.mark.parametrize("pattern", [p for _, p in PATTERNS], ids=[name for name, _ in PATTERNS])
def test_a_pattern_is_linear(pattern: re.Pattern[str]) -> None:
    assert worst(pattern) <= RATIO


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+b", r"(a|a)*b", r"(?:\w+\s?)+:", r"\s*\s*x", r"(.*)(.*)c", r"a*a*b", r"(\d+,?)+x"],
)
def test_what_is_not_linear_is_found(pattern: str) -> None:
    assert worst(re.compile(pattern)) > RATIO


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?:ab|c)*d", "abcabd"), (r"a{2,3}?b", "aab"), (r"(?i:x)[^y]\d+", "Xz12"),
        (r"(a)(?=b)b\1", "aba"), (r"(?<!x)a*+b", "aab"), (r"^\bA.\b$", "Ab"), (r"(?>a|ab)c", "abc"),
    ],
)  # fmt: skip
def test_the_counting_matcher_agrees_with_the_engine(pattern: str, text: str) -> None:
    compiled = re.compile(pattern)
    assert Matcher(compiled, MOST).fits(text) is (compiled.fullmatch(text) is not None)
    assert Matcher(compiled, MOST).fits(f"{text}!") is (compiled.fullmatch(f"{text}!") is not None)
