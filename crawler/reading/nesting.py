"""Markup that is nested without end: parsers take a time that grows with the square of it."""

from __future__ import annotations

import re
from typing import Final

_HARMLESS: Final = 4_000
"""A page with fewer tags is parsed as it is."""
_DEEPEST: Final = 500
"""Elements inside of so many others are dissolved into their text; browsers stop at 512."""

_TAG: Final = re.compile(r"<(/?)([a-z][^\s/<>]*+)[^<>]*+>", re.IGNORECASE)
_VOID: Final = frozenset(
    "area base br col embed hr img input link meta param source track wbr li p td th tr dd dt "
    "option".split()
)
"""Elements that need no end, and so do not nest."""


def is_flat(source: bytes) -> bool:
    """Tell whether the markup *source* has too few tags for any to be nested too deeply."""
    return source.count(b"<") < _HARMLESS


def without_abyss(text: str) -> str:
    """Return the markup *text*, which is not flat, without the tags that are nested too deeply.

    >>> without_abyss("<p>高考</p>")
    '<p>高考</p>'
    """
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _VOID:
            return tag[0]
        if tag[1]:
            depth = max(depth - 1, 0)
            return tag[0] if depth < _DEEPEST else " "
        depth += 1
        return tag[0] if depth <= _DEEPEST else " "

    return _TAG.sub(kept, text)
