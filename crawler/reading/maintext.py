"""Where the document's own text stands on a page of any site.

A heading says so, or else the text is where most prose stands: in one element that holds little
else, or, on a page that is all one run, from its first line of prose on.
"""

# ruff: noqa: E501, RUF001 - rows of words of all languages, in their own letters

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from crawler.reading.chrome import Parts
from crawler.reading.headings import is_end, is_preview
from crawler.reading.vocabulary import is_page_end

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from selectolax.lexbor import LexborNode

    from crawler.reading.lines import Lines

_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE: Final = re.compile(r"[.!?。！？…;；:：,，、]\s*[\"”»’)）]?$")
_LONG: Final = 80
_LONG_SENTENCE: Final = 40
_DENSE: Final = 2
"""A Chinese, Japanese or Korean text says as much in half the characters."""
_MOST_LINES: Final = 20_000
_SHARE: Final = 0.7
"""An element that is the text's has at least this share of prose."""
_NEAR: Final = 25
"""Behind a heading, the text begins within so many lines."""
_LEAST: Final = 40
"""A text is longer, in characters."""


@dataclass(frozen=True, slots=True)
class MainText:
    """The lines of a document's text."""

    numbers: tuple[int, ...] = ()
    is_marked: bool = False
    """A heading delimits it."""
    is_apart: bool = False
    """It has an element of its own: what stands in it is not about the document."""


def is_prose(lines: Lines, number: int) -> bool:
    """Tell whether line *number* is a sentence or more, and no entry of a list of links."""
    text = lines[number]
    weight = len(text) * (_DENSE if _CJK.search(text) else 1)
    is_long = weight >= _LONG or (weight >= _LONG_SENTENCE and _SENTENCE.search(text) is not None)
    return is_long and not _OF_SITE.search(text) and not lines.heading_links(number)


_OF_SITE: Final = re.compile(
    r"\bcookies?\b|terms of (?:use|service)|all rights reserved|privacy policy|本站|版权归|版權|侵权|"
    r"登录之?后|登錄後|下载提示|温馨提示|友情提示|https?://\S+/down|免责声明|用户上传|会员上传|"
    r"Datenschutzerklärung|droits réservés|derechos reservados|direitos reservados|"
    r"diritti riservati|prawa zastrzeżone|все права защищены|усі права захищені|hakları saklıdır|"
    r"无法预览|下载积分",
    re.IGNORECASE,
)
"""Words of sites about themselves: no sentence with them is a document's."""


class TextFinder:
    """The search for the text of one page, in the lines of *numbers*; *title* is the title's."""

    def __init__(self, lines: Lines, numbers: Sequence[int], title: int | None) -> None:
        self._lines = lines
        self._numbers = numbers[:_MOST_LINES]
        self._title = title
        parts = Parts(lines, title)
        begun = title if title is not None else -1
        self._prose = [
            number
            for number in self._numbers
            if number > begun and is_prose(lines, number) and not parts.is_chrome(number)
        ]

    @cached_property
    def apart(self) -> MainText:
        """The text that a heading or an element of its own delimits; without lines if none does."""
        marked = self._behind_heading()
        if marked:
            return MainText(tuple(marked), is_marked=True, is_apart=True)
        root = self._root()
        if not root:
            return MainText()
        inside = [number for number in self._numbers if self._lines.is_inside(number, {root})]
        prose = set(self._prose)
        begun = next((place for place, number in enumerate(inside) if number in prose), 0)
        while begun and self._is_of_text(inside[begun - 1]):
            begun -= 1
        return MainText(tuple(self._trimmed(inside[begun:])), is_apart=True)

    def behind(self, facts: Collection[int]) -> MainText:
        """Return the text of a page that is one run: the prose behind the lines of *facts*."""
        last = max(facts, default=-1)
        behind = [number for number in self._prose if number > last] or self._prose
        if not behind:
            return MainText()
        run = [n for n in self._numbers if behind[0] <= n <= behind[-1] and n not in facts]
        return MainText(tuple(self._trimmed(run)))

    def _is_of_text(self, number: int) -> bool:
        """Tell whether a line before the first prose may be the text's: a heading of its own."""
        return self._lines.tag(number) in _HEADINGS

    def _behind_heading(self) -> list[int]:
        lines, numbers = self._lines, self._numbers
        for place, number in enumerate(numbers):
            if not is_preview(lines[number]) or lines.heading_links(number):
                continue
            near = numbers[place + 1 : place + 1 + _NEAR]
            if not any(is_prose(lines, one) for one in near):
                continue
            text = list(self._below(number, numbers[place + 1 :]))
            text = list(self._up_to_end(text))
            if sum(len(lines[one]) for one in text) >= _LEAST:
                return text
        return []

    def _below(self, heading: int, numbers: Sequence[int]) -> Iterator[int]:
        """Yield the lines of what *heading* is the heading of.

        That is the element behind it and those that are alike; or, in a run of paragraphs, all up
        to an element that is a part of the page by itself.
        """
        above = {node.mem_id for node in self._lines.blocks(heading)}
        first: LexborNode | None = None
        for number in numbers:
            branch: LexborNode | None = None
            for node in self._lines.blocks(number):
                if node.mem_id in above:
                    break
                branch = node
            else:
                if above and branch is not None and self._lines.blocks(heading)[1:]:
                    return  # it stands outside of what holds the heading
            if branch is not None:
                first = first or branch
                is_run = first.tag in _PARAGRAPHS
                alike = branch.mem_id == first.mem_id or (
                    branch.tag == first.tag and _class(branch) == _class(first)
                )
                if not alike and (not is_run or branch.tag in _PARTS):
                    return
            yield number

    def _up_to_end(self, numbers: Sequence[int]) -> Iterator[int]:
        before = None
        for number in numbers:
            aside = self._lines.aside
            if before is not None and any(one in aside for one in range(before + 1, number)):
                return
            if is_end(self._lines[number]) or is_page_end(self._lines[number]):
                return
            yield number
            before = number

    def _trimmed(self, numbers: Sequence[int]) -> list[int]:
        kept = list(self._up_to_end(numbers))
        return kept if sum(len(self._lines[one]) for one in kept) >= _LEAST else []

    def _root(self) -> int:
        """Return the ID of the element that is the text's; 0 if no element is that alone."""
        total: Counter[int] = Counter()
        own: Counter[int] = Counter()
        prose = set(self._prose)
        above: dict[int, list[int]] = {}
        for number in self._numbers:
            blocks = self._lines.blocks(number)
            above[number] = [node.mem_id for node in blocks if node.tag not in _LINES]
            for one in above[number]:
                total[one] += len(self._lines[number])
                own[one] += len(self._lines[number]) if number in prose else 0
        titled = set(above.get(self._title, ())) if self._title is not None else set()
        holders = Counter[int]()
        for number in self._prose:
            for one in [one for one in above[number] if one not in titled][:_HOLDERS]:
                holders[one] += len(self._lines[number])
        if not holders:
            return 0
        most = max(holders.values())
        best = next(one for one, size in holders.items() if size == most)
        chain = next(ids for ids in above.values() if best in ids)
        for one in chain[chain.index(best) + 1 :]:
            if one in titled or own[one] < _SHARE * total[one]:
                break
            best = one
        whole = sum(len(self._lines[number]) for number in self._prose)
        is_text = own[best] >= _OWN_SHARE * total[best] and own[best] >= _OWN_SHARE * whole
        return best if is_text else 0


def _class(node: LexborNode) -> str:
    return node.attributes.get("class") or ""


_HOLDERS: Final = 3
_LINES: Final = frozenset("p li pre blockquote dd dt h1 h2 h3 h4 h5 h6".split())
"""Elements that hold one paragraph, and no text of many."""
_OWN_SHARE: Final = 0.4
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS: Final = frozenset("p pre blockquote ul ol table h2 h3 h4 h5 h6 center".split())
_PARTS: Final = frozenset("section aside footer form nav dl article h1 h2".split())
