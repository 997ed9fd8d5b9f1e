"""Values written in JavaScript: read as literals, never run.

Pages state what they know in inline scripts: ``var fCount = 12;``, ``Viewer._pageCount=12``,
``aid: '123', // the ID``. What is JSON is parsed as JSON; what is nearly, with keys that are not
quoted, single quotes, comments or commas too many, by a parser of literals. An expression is no
value.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"
"""What JSON can say."""

_DEEPEST: Final = 60
_LONGEST: Final = 8 << 20
"""A literal has no more characters, nor has a JSON text."""
_MOST_TRIES: Final = 200
"""How many places of one name are looked at in one script."""
_LEAST_BUDGET: Final = 10_000
"""How much is read of what turns out to be no literal, in characters, however short a script."""

_SPACE: Final = re.compile(r"(?:[\s\ufeff]|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+")
_STRING: Final = re.compile(
    r"""
      "((?:[^"\\\n]|\\.)*+)"
    | '((?:[^'\\\n]|\\.)*+)'
    | `((?:[^`\\$]|\\.|\$(?!\{))*+)`
    """,
    re.DOTALL | re.VERBOSE,
)
_NUMBER: Final = re.compile(
    r"-?(?:0[xX][0-9a-fA-F]{1,16}|\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,3})?)(?![\w.])"
)
_OPERATORS: Final = frozenset("+-*/%")
_NAME: Final = re.compile(r"[\w$]++")
_WORDS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None, "undefined": None}
_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL
)
_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    "\n": "",
}
_WRAPPED: Final = re.compile(r"(?:JSON\.parse|parseInt|parseFloat|Number|String)\(\s*")
_COMMENTED: Final = re.compile(r"\s*(?://|\*(?!/))|.*\s//\s|.*/\*(?!.*\*/)")
_SHELLS: Final = (
    ("<!--", "-->"),
    ("/*<![CDATA[*/", "/*]]>*/"),
    ("//<![CDATA[", "//]]>"),
    ("<![CDATA[", "]]>"),
)
"""What JSON is hidden in from readers that know no scripts."""
_HIGH: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class _NotALiteralError(Exception):
    """What stands there is no literal."""


def parse_json(text: str) -> Value:
    """Return what a JSON *text* says; ``None`` if it is none, or cannot be told from nothing.

    It may stand in an HTML comment or a CDATA section, and end in a semicolon.

    >>> parse_json('<!-- {"a": [1]} -->'), parse_json("{broken")
    ({'a': [1]}, None)
    """
    text = text.strip(" \t\r\n\ufeff;")
    for start, end in _SHELLS:
        text = text.removeprefix(start).removesuffix(end).strip(" \t\r\n\ufeff;")
    if len(text) > _LONGEST or text[:1] not in {"{", "["}:
        return None
    try:
        value: Value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return parse_literal(text)
    return value


def parse_literal(text: str, start: int = 0) -> Value:
    r"""Return the literal that stands in *text* at *start*; ``None`` if none does.

    >>> parse_literal("{pages: 12, title: 'It\\'s', /* no */ tags: ['a', 'b',],}")
    {'pages': 12, 'title': "It's", 'tags': ['a', 'b']}
    >>> parse_literal("pages + 1") is None
    True
    """
    try:
        return _Parser(text).value(start, _DEEPEST)[0]
    except _NotALiteralError:
        return None


def named_values(script: str, name: str) -> Iterator[Value]:
    """Yield the literals that *name*, a variable, a property or a key, has in *script*.

    >>> list(named_values("var fCount = 12; // fCount = 9", "fCount"))
    [12]
    >>> list(named_values("page = {info: {title: 'T'}}; Viewer._pageCount=7", "page.info.title"))
    ['T']
    """
    if len(script) > _LONGEST:
        return
    yield from _assigned(script, name)
    head, dot, rest = name.rpartition(".")
    parts: list[str] = [rest] if dot else []
    while dot:
        for value in _assigned(script, head):
            found: Value = value
            for part in parts:
                found = found.get(part) if isinstance(found, dict) else None
            if found is not None:
                yield found
        head, dot, rest = head.rpartition(".")
        parts.insert(0, rest)


def _assigned(script: str, name: str) -> Iterator[Value]:
    if name not in script:
        return
    budget = 4 * len(script) + _LEAST_BUDGET
    for found in islice(_assignment(name).finditer(script), _MOST_TRIES):
        line = script.rfind("\n", max(0, found.start() - 300), found.start()) + 1
        if _COMMENTED.match(script[max(line, found.start() - 300) : found.start()]):
            continue
        start = found.end()
        if wrapped := _WRAPPED.match(script, start):
            start = wrapped.end()
        parser = _Parser(script)
        try:
            value = parser.value(start, _DEEPEST)[0]
        except _NotALiteralError:
            value = None
        budget -= max(parser.reached - start, 0)
        if budget < 0:
            return
        if wrapped and isinstance(value, str) and value[:1] in {"{", "["}:
            value = parse_json(value)
        if value is not None:
            yield value


@lru_cache(256)
def _assignment(name: str) -> re.Pattern[str]:
    """Return the pattern of what stands before a value of *name*."""
    return re.compile(rf"(?<![\w$]){re.escape(name)}[\"']?\s*+(?::|=(?![=>]))\s*+")


class _Parser:
    """The reading of one literal."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.reached = 0
        """How far it was read."""

    def value(self, start: int, depth: int) -> tuple[Value, int]:
        """Return the value at *start*, and where it ends."""
        text = self._text
        start = self._skip(start)
        opening = text[start : start + 1]
        if not depth or not opening:
            raise _NotALiteralError
        if opening == "{":
            return self._object(start + 1, depth - 1)
        if opening == "[":
            return self._array(start + 1, depth - 1)
        if opening in "\"'`":
            string, end = self._string(start)
            return string, self._alone(end)
        if number := _NUMBER.match(text, start):
            return _number(number[0]), self._alone(number.end())
        word = _NAME.match(text, start)
        if word and word[0] in _WORDS:
            return _WORDS[word[0]], word.end()
        if opening == "!" and text[start + 1 : start + 2] in {"0", "1"}:  # as minifiers write it
            return text[start + 1] == "0", start + 2
        raise _NotALiteralError

    def _alone(self, end: int) -> int:
        """Return *end*, where a string or a number ends that nothing is added to."""
        after = self._skip(end)
        if self._text[after : after + 1] in _OPERATORS:
            raise _NotALiteralError
        return end

    def _skip(self, start: int) -> int:
        self.reached = max(self.reached, start)
        found = _SPACE.match(self._text, start)
        return found.end() if found else start

    def _string(self, start: int) -> tuple[str, int]:
        found = _STRING.match(self._text, start)
        if not found:
            raise _NotALiteralError
        return _unescape(found[found.lastindex or 1]), found.end()

    def _array(self, start: int, depth: int) -> tuple[Value, int]:
        values: list[Value] = []
        start = self._skip(start)
        while self._text[start : start + 1] != "]":
            value, start = self._element(start, depth)
            values.append(value)
            start = self._behind(start, "]")
        return values, start + 1

    def _object(self, start: int, depth: int) -> tuple[Value, int]:
        values: dict[str, Value] = {}
        start = self._skip(start)
        while self._text[start : start + 1] != "}":
            if self._text[start : start + 1] in {'"', "'"}:
                key, start = self._string(start)
            elif name := _NAME.match(self._text, start):
                key, start = name[0], name.end()
            else:
                raise _NotALiteralError
            start = self._skip(start)
            if self._text[start : start + 1] != ":":
                raise _NotALiteralError
            value, start = self._element(start + 1, depth)
            values.setdefault(key, value)
            start = self._behind(start, "}")
        return values, start + 1

    def _element(self, start: int, depth: int) -> tuple[Value, int]:
        """Return the value at *start*; an expression of names, as ``None``, is passed over."""
        try:
            return self.value(start, depth)
        except _NotALiteralError:
            passed = _EXPRESSION.match(self._text, self._skip(start))
            end = passed.end() if passed else 0
            if not end or not depth or self._text[end : end + 1] not in {",", "}", "]"}:
                raise
            return None, end

    def _behind(self, start: int, closing: str) -> int:
        """Return where the next element begins, or the end is that *closing* marks."""
        start = self._skip(start)
        if self._text[start : start + 1] == ",":
            return self._skip(start + 1)
        if self._text[start : start + 1] != closing:
            raise _NotALiteralError
        return start


_EXPRESSION: Final = re.compile(r"[\w$.() ?!|&+*-]{1,200}+")


def _number(text: str) -> Value:
    if text[:3].lower().lstrip("-").startswith("0x"):
        return int(text, 16)
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text

    def character(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        if code is None:
            return _ESCAPES.get(found[4], found[4])
        return chr(number) if (number := int(code, 16)) <= _LAST_CHARACTER else ""

    text = _ESCAPE.sub(character, text)
    return _HIGH.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


_LAST_CHARACTER: Final = 0x10FFFF
