"""Which of a page's facts are its document's: those together, before the text, in no list.

A page of a site that nobody knows shows other documents' facts too: in lists of related ones, in
the readers' comments, in the text itself, which may hold a whole page of another site.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final

from crawler.reading import facts, maintext
from crawler.reading.chrome import Parts
from crawler.reading.headings import is_comments, is_preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.reading.facts import Fact
    from crawler.reading.lines import Lines

LONGEST_SHORT: Final = 80
"""A line of facts has so many characters, or is looked at more closely."""
_NEAR: Final = 8
"""Facts with so few lines between them stand together."""
_MANY: Final = 3
"""A value that stands so often on a page is one of a list's."""
_MOST_PROSE: Final = 3
MOST_LINES: Final = 20_000
"""No more lines of a page are looked at."""
_CHECKED: Final = frozenset(
    {"doc_id", "size", "page_count", "date", "file_format", "view_count", "download_count"}
)
_MOST_BESIDE: Final = 2.5
"""A line of facts has at most so many times the characters of their labels and values."""


class OwnFacts:
    """The facts of one page, whose title stands in line *title*."""

    def __init__(self, lines: Lines, title: int | None) -> None:
        self.lines = lines
        self._title = title

    @cached_property
    def main(self) -> list[int]:
        """The numbers of the lines that are about the document: no lists of others, no comments."""
        found: list[int] = []
        for number in self.lines:
            if number in self.lines.aside:
                continue
            if self._begins_comments(number):
                break
            if not self.parts.is_of_others(number):
                found.append(number)
            if len(found) >= MOST_LINES:
                break
        return found

    def _begins_comments(self, number: int) -> bool:
        """Tell whether line *number* is the heading of comments, and no link or tab to them."""
        is_heading = is_comments(self.lines[number]) and number > (self._title or 0)
        is_tab = self.lines.tag(number) in {"li", "td"} or self.lines.heading_links(number)
        return is_heading and not is_tab

    @cached_property
    def parts(self) -> Parts:
        """The parts of the page that are not about the document."""
        return Parts(self.lines, self._title)

    @cached_property
    def all(self) -> list[Fact]:
        """All the facts on the page that may be the document's, in order."""
        return facts.find(self.lines, self.main)

    @cached_property
    def clusters(self) -> list[list[Fact]]:
        """The facts by where they stand, together or apart, but for those in sentences."""
        return self._by_place([f for f in self.all if self._is_own(f)])

    def _is_own(self, fact: Fact) -> bool:
        """Tell whether a fact may be the document's: in no sentence, and in no list's entry."""
        if fact.line in self.entries or self.parts.is_entry(fact.line):
            return False
        return not self._is_prose_fact(fact)

    @cached_property
    def _breaks(self) -> list[int]:
        """The numbers of the lines that are headings of the document's text."""
        return [n for n in self.short if is_preview(self.lines[n])]

    @cached_property
    def box(self) -> list[Fact]:
        """The facts that stand together and are the document's: the first of several fields."""
        text = self.finder.apart
        inside = set(text.numbers)
        best: list[Fact] = []
        seen = prose = 0
        for cluster in self.clusters:
            own = [fact for fact in cluster if fact.line not in inside]
            kinds = kinds_of(own)
            if not text.is_apart:
                between = self._between(seen, cluster[0].line)
                prose += sum(maintext.is_prose(self.lines, number) for number in between)
                seen = cluster[0].line
                if prose > _MOST_PROSE:
                    break
            if len(kinds) > 1:
                return own
            best = best or (own if kinds else [])
        return best

    def _between(self, start: int, stop: int) -> Iterator[int]:
        return (number for number in self.main if start <= number < stop)

    @cached_property
    def finder(self) -> maintext.TextFinder:
        """What finds the document's text."""
        return maintext.TextFinder(self.lines, self.main, self._title)

    @cached_property
    def main_text(self) -> maintext.MainText:
        """Where the document's own text stands."""
        apart = self.finder.apart
        return apart if apart.numbers else self.finder.behind({fact.line for fact in self.box})

    @cached_property
    def own(self) -> list[Fact]:
        """The facts that are the document's: those together first, then those that stand apart."""
        text = set(self.main_text.numbers)
        box = [fact for fact in self.box if fact.line not in text]
        apart = (f for f in self.all if f.line not in text and self._is_own(f))
        return box + [fact for fact in apart if fact not in box]

    def _by_place(self, found: Sequence[Fact]) -> list[list[Fact]]:
        clusters: list[list[Fact]] = []
        for fact in found:
            last = clusters[-1][-1].line if clusters else -_NEAR - 1
            is_near = fact.line - last <= _NEAR
            if is_near and not any(last < n < fact.line for n in self._breaks):
                clusters[-1].append(fact)
            else:
                clusters.append([fact])
        return clusters

    def _is_prose_fact(self, fact: Fact) -> bool:
        """Tell whether a fact stands in a line that says much else."""
        text = self.lines[fact.line]
        own = self._said.get(fact.line, 0)
        return maintext.is_prose(self.lines, fact.line) and len(text) > _MOST_BESIDE * own

    @cached_property
    def _said(self) -> Counter[int]:
        """How many characters the facts of a line have, by its number."""
        said: Counter[int] = Counter()
        for fact in self.all:
            said[fact.line] += len(fact.value) + len(fact.label)
        return said

    @cached_property
    def entries(self) -> frozenset[int]:
        """The numbers of the lines that are entries of a list: the same facts, again and again."""
        text = set(self.finder.apart.numbers)
        alike: dict[tuple[str, str, str], list[Fact]] = {}
        for fact in self.all:
            if fact.field in _CHECKED and fact.line not in text:
                key = (fact.field, fact.label, self.lines.shape(fact.line))
                alike.setdefault(key, []).append(fact)
        lists = [found for found in alike.values() if len({fact.value for fact in found}) >= _MANY]
        shapes = {self.lines.shape(found[0].line) for found in lists}
        return frozenset(f.line for f in self.all if self.lines.shape(f.line) in shapes)

    @cached_property
    def is_list(self) -> bool:
        """Whether the page is a list: no facts stand before those of its entries."""
        first = min(self.entries, default=None)
        return first is not None and not any(kinds_of(cluster) for cluster in self.clusters)

    @cached_property
    def short(self) -> list[int]:
        """The numbers of the lines that may hold facts."""
        return [n for n in self.main if len(self.lines[n]) <= LONGEST_SHORT]


def kinds_of(cluster: Iterable[Fact]) -> set[str]:
    """Return the fields of the facts of *cluster* whose values are checked."""
    return {fact.field for fact in cluster if fact.field in _CHECKED}
