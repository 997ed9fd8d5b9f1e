"""Counts the steps that a backtracking matcher takes: work without a clock.

``Matcher`` walks the tree that Python's own parser makes of a pattern, as its engine would, without
the engine's short cuts: what takes few steps here takes no more there. ``attacks`` makes of a
pattern the texts that are worst for it, each with one of its repetitions pumped up.
"""

# ruff: noqa: ANN401, PLR0911 - the nodes of the tree have no types of their own, and many kinds

from __future__ import annotations

import re
from re import _constants as ops  # type: ignore[attr-defined]  # no other way to a pattern's tree
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CATEGORIES: Final = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}
_SAMPLES: Final = "a1 一\t.-A/:,x0é\n\0"
_REPEATS: Final = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_ONE: Final = (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY)


class TooManyStepsError(Exception):
    """The matcher gave up."""


class Matcher:
    """Matches a pattern against whole texts, and counts how many steps that takes."""

    def __init__(self, pattern: re.Pattern[str], most_steps: int) -> None:
        self._tree = _parser.parse(pattern.pattern, pattern.flags)
        self._flags = pattern.flags
        self._most = most_steps
        self._text = ""
        self._groups: dict[int, tuple[int, int]] = {}
        self.steps = 0

    def steps_of(self, text: str) -> int:
        """Return how many steps it takes to find that the pattern is, or is not, all of *text*."""
        self.fits(text)
        return self.steps

    def fits(self, text: str) -> bool:
        """Tell whether the pattern is all of *text*."""
        self._text, self._groups, self.steps = text, {}, 0
        return self._sequence(list(self._tree), 0, 0, lambda end: end == len(text))

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self._most:
            raise TooManyStepsError

    def _sequence(self, nodes: list[Any], place: int, at: int, rest: Callable[[int], bool]) -> bool:
        self._step()
        if place == len(nodes):
            return rest(at)
        op, value = nodes[place]

        def go_on(end: int) -> bool:
            return self._sequence(nodes, place + 1, end, rest)

        if op in _ONE:
            return (
                at < len(self._text) and self._is_one(op, value, self._text[at]) and go_on(at + 1)
            )
        if op in _REPEATS:
            return self._repeat(op, value, at, go_on)
        if op is ops.BRANCH:
            return any(self._sequence(list(branch), 0, at, go_on) for branch in value[1])
        if op is ops.SUBPATTERN:
            return self._group(value, at, go_on)
        if op is ops.ATOMIC_GROUP:
            ends = self._first_end(list(value), at)
            return ends is not None and go_on(ends)
        if op in {ops.ASSERT, ops.ASSERT_NOT}:
            return self._look(op, value, at) and go_on(at)
        if op is ops.GROUPREF:
            start, end = self._groups.get(value, (0, 0))
            return self._text.startswith(self._text[start:end], at) and go_on(at + end - start)
        assert op is ops.AT, op
        return self._is_at(value, at) and go_on(at)

    def _group(self, value: Any, at: int, rest: Callable[[int], bool]) -> bool:
        number, more, fewer, nodes = value
        outside = self._flags

        def close(end: int) -> bool:
            before = self._groups.get(number)
            inside, self._flags = self._flags, outside
            self._groups[number] = (at, end)
            if rest(end):
                return True
            self._groups[number], self._flags = before or (0, 0), inside
            return False

        self._flags = (outside | more) & ~fewer
        found = self._sequence(list(nodes), 0, at, close)
        self._flags = outside
        return found

    def _repeat(self, op: Any, value: Any, at: int, rest: Callable[[int], bool]) -> bool:
        least, most, nodes = value
        nodes = list(nodes)
        if len(nodes) == 1 and nodes[0][0] in _ONE:
            return self._repeat_one(op, value, at, rest)

        def more(count: int, place: int) -> bool:
            self._step()
            if count < most and self._sequence(
                nodes, 0, place, lambda end: end > place and more(count + 1, end)
            ):
                return True
            return count >= least and rest(place)

        return more(0, at)

    def _repeat_one(self, op: Any, value: Any, at: int, rest: Callable[[int], bool]) -> bool:
        least, most, nodes = value
        kind, one = next(iter(nodes))
        end = at
        while (
            end < len(self._text) and end - at < most and self._is_one(kind, one, self._text[end])
        ):
            self._step()
            end += 1
        ends = range(end, at + least - 1, -1)
        if op is ops.POSSESSIVE_REPEAT:
            ends = range(end, max(end - 1, at + least - 1), -1)
        return any(rest(place) for place in ends)

    def _first_end(self, nodes: list[Any], at: int) -> int | None:
        found: list[int] = []
        self._sequence(nodes, 0, at, lambda end: not found.append(end))  # type: ignore[func-returns-value]
        return found[0] if found else None

    def _look(self, op: Any, value: Any, at: int) -> bool:
        direction, nodes = value
        if direction > 0:
            found = self._first_end(list(nodes), at) is not None
        else:
            low, high = nodes.getwidth()
            starts = range(max(at - high, 0), max(at - low, -1) + 1)
            found = any(
                self._sequence(list(nodes), 0, start, lambda end: end == at) for start in starts
            )
        return found is (op is ops.ASSERT)

    def _is_at(self, value: Any, at: int) -> bool:
        self._step()
        text = self._text
        if value in {ops.AT_BEGINNING, ops.AT_BEGINNING_STRING}:
            return at == 0 or bool(self._flags & re.MULTILINE and text[at - 1] == "\n")
        if value in {ops.AT_END, ops.AT_END_STRING}:
            return at == len(text) or (text[at] == "\n" and at == len(text) - 1)
        inside = [bool(re.match(r"\w", one)) for one in (text[at - 1 : at], text[at : at + 1])]
        return (inside[0] != inside[1]) is (value is ops.AT_BOUNDARY)

    def _is_one(self, op: Any, value: Any, one: str) -> bool:
        self._step()
        return is_one(op, value, one, self._flags)


def is_one(op: Any, value: Any, one: str, flags: int) -> bool:
    """Tell whether a node of a pattern's tree fits the character *one*."""
    if op is ops.ANY:
        return one != "\n" or bool(flags & re.DOTALL)
    forms = {one, one.lower(), one.upper()} if flags & re.IGNORECASE else {one}
    codes = {ord(form) for form in forms if len(form) == 1}
    if op is ops.LITERAL:
        return value in codes
    if op is ops.NOT_LITERAL:
        return value not in codes
    negated = bool(value) and value[0][0] is ops.NEGATE
    return any(_in(item, one, codes) for item in value[negated:]) is not negated


def _in(item: Any, one: str, codes: set[int]) -> bool:
    op, value = item
    if op is ops.LITERAL:
        return value in codes
    if op is ops.RANGE:
        return any(value[0] <= code <= value[1] for code in codes)
    return re.match(_CATEGORIES[value], one) is not None


def attacks(pattern: re.Pattern[str], times: int) -> Iterator[str]:
    """Yield texts that *pattern* nearly fits, each with one repetition *times* as long."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    count = sum(1 for _ in _repeats(tree))
    for pumped in range(count):
        text = _Sampler(pattern.flags, pumped, times).text(tree)
        yield text
        yield text + "\x01"
    for one in sorted(set(_Sampler(pattern.flags, -1, 1).text(tree)) | set(_SAMPLES))[:40]:
        yield one * times + "\x01"


def _repeats(nodes: Any) -> Iterator[Any]:
    for op, value in nodes:
        if op in _REPEATS:
            yield value
            yield from _repeats(value[2])
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch)
        elif op is ops.SUBPATTERN:
            yield from _repeats(value[3])
        elif op is ops.ATOMIC_GROUP:
            yield from _repeats(value)


class _Sampler:
    """Makes a text that fits a pattern, with one of its repetitions pumped up."""

    def __init__(self, flags: int, pumped: int, times: int) -> None:
        self._flags = flags
        self._pumped = pumped
        self._times = times
        self._seen = -1

    def text(self, nodes: Any) -> str:
        return "".join(self._one(op, value) for op, value in nodes)

    def _one(self, op: Any, value: Any) -> str:
        if op is ops.LITERAL:
            return chr(value)
        if op in _ONE:
            ranges = [item[1] for item in value if item[0] is ops.RANGE] if op is ops.IN else []
            first = [item[1] for item in value if item[0] is ops.LITERAL] if op is ops.IN else []
            likely = [*_SAMPLES, *map(chr, first), *(chr(low) for low, _ in ranges), "\u4e8c", "~"]
            return next((c for c in likely if is_one(op, value, c, self._flags)), "?")
        if op in _REPEATS:
            return self._repeated(value)
        if op is ops.BRANCH:
            return self._branch(value[1])
        if op is ops.SUBPATTERN:
            return self.text(value[3])
        return self.text(value) if op is ops.ATOMIC_GROUP else ""

    def _repeated(self, value: Any) -> str:
        least, most, nodes = value
        self._seen += 1
        mine = self._seen == self._pumped
        item = self.text(nodes)
        times = min(self._times, most) if mine else max(least, min(1, most))
        return item * times

    def _branch(self, branches: Any) -> str:
        """Return the text of the branch with the pumped repetition, or else of the first."""
        chosen = ""
        for number, branch in enumerate(branches):
            before = self._seen
            text = self.text(branch)
            if number == 0 or before < self._pumped <= self._seen:
                chosen = text
        return chosen
