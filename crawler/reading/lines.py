"""The visible lines of a page, whatever its markup: what the label engine and the fields read.

A line is the text between two breaks that a browser would make. With its seams and cells,
``<b>大</b><b>小</b>:`` can be read as one word and ``<i>ID:1</i><i>大小:2 KB</i>`` as two.
"""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from crawler.reading.rows import (
    BLOCKS,
    CELL,
    SEAM,
    Row,
    block_of,
    is_inside,
    rows,
)
from crawler.reading.vocabulary import is_related_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

_LISTS: Final = frozenset({"ul", "ol", "dl", "table"})
_PROSE: Final = frozenset({"p", "td", "li", "blockquote", "pre"})
_ITEMS: Final = frozenset({"li", "tr", "article"})
_ITEM_DEPTH: Final = 5
_LONGEST_ITEM: Final = 400
"""A document's entry in a list has fewer characters."""
_OUTERMOST: Final = frozenset({"body", "html", "-document"})
_MOST_BLOCKS: Final = 60
_SHAPE_DEPTH: Final = 4
_MEANINGLESS: Final = frozenset({"div", "section"})
_NEAR: Final = 200
"""How many elements behind a heading may be what it is the heading of."""
_MORE: Final = re.compile(r"(?:(?:查看)?更多|换一[换批])?[\W_]*")
_FOLDED: Final = tuple(zip("，：；（）！？－＞／", ",:;()!?->/", strict=True))
_WIDE: Final = re.compile(f"[{''.join(wide for wide, _ in _FOLDED)}]")
_NARROW: Final = re.compile(f"[{re.escape(''.join(narrow for _, narrow in _FOLDED))}]")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))


class Lines:
    """The visible lines of one page, numbered from 0.

    They are found as they are asked for: who has read enough of a page spares the rest.
    ``aside`` holds the numbers, of the lines found so far, that stand in blocks about other
    documents or in the page's own chrome.
    """

    def __init__(self, found: Iterator[Row]) -> None:
        self.aside: set[int] = set()
        self._found = found
        self._texts: list[str] = []
        self._folded: dict[int, str] = {}
        self._marked: dict[int, str] = {}
        self._nodes: list[LexborNode] = []
        self._links: dict[int, list[str]] = {}
        self._roots: set[int] = set()
        self._since = 0

    @classmethod
    def of_html(cls, tree: LexborHTMLParser, source: str) -> Lines:
        """Return the lines of *tree*, which was parsed from *source*."""
        body = tree.body
        if body is None:
            return cls(iter(()))
        return cls(rows(body, source))

    @classmethod
    def of_text(cls, text: str) -> Lines:
        """Return the lines of a plain text; a related list is taken to run to the text's end."""
        lines = cls(iter(()))
        is_aside = False
        for row in text.replace(SEAM, "").splitlines():
            if line := " ".join(row.split()):
                is_aside = is_aside or is_related_heading(line)
                if is_aside:
                    lines.aside.add(len(lines._texts))
                lines._texts.append(line)
        return lines

    def __iter__(self) -> Iterator[int]:
        return self.since(0)

    def since(self, number: int) -> Iterator[int]:
        """Yield the lines' numbers from *number* on, in order."""
        texts = self._texts
        if number < (known := len(texts)):
            yield from range(number, known)
            number = known
        while number < len(texts) or self._advance():
            yield number
            number += 1

    def __getitem__(self, number: int) -> str:
        """Return line *number* as a reader sees it, white space folded."""
        return self._texts[number]

    @property
    def texts(self) -> list[str]:
        """All lines: the whole page is read to its end."""
        return [self._texts[number] for number in self]

    def folded(self, number: int) -> str:
        """Return line *number* with half-width punctuation, each character in its place."""
        folded = self._folded.get(number)
        if folded is None:
            folded = self._folded[number] = fold(self._texts[number])
        return folded

    def marked(self, number: int) -> str:
        """Return line *number* with its seams and cells."""
        return self._marked.get(number) or self._texts[number]

    def tag(self, number: int) -> str:
        """Return the name of the innermost block that holds line *number*; empty in plain text."""
        return block_of(self._nodes[number]).tag or "" if self._nodes else ""

    def is_inside(self, number: int, roots: set[int]) -> bool:
        """Tell whether line *number* stands in one of the elements with the IDs *roots*."""
        return bool(self._nodes) and is_inside(self._nodes[number], roots)

    def blocks(self, number: int) -> list[LexborNode]:
        """Return the blocks that hold line *number*, the innermost first, without the body."""
        found: list[LexborNode] = []
        node: LexborNode | None = block_of(self._nodes[number]) if self._nodes else None
        while node is not None and node.tag not in _OUTERMOST and len(found) < _MOST_BLOCKS:
            found.append(node)
            node = node.parent
        return found

    def shape(self, number: int) -> str:
        """Return what the blocks around line *number* are: names and classes, the innermost first.

        Entries of one list have one shape. A plain text has none.
        """
        blocks = self.blocks(number)[:_SHAPE_DEPTH]
        return " ".join(f"{node.tag}.{node.attributes.get('class') or ''}" for node in blocks)

    def heading_links(self, number: int) -> list[str]:
        """Return the addresses, as written, in the list item of line *number* if a link heads it.

        The item is the line's entry in a list or a table, or else the block of the line. What is
        too large to be one has none, nor has one that begins with other words than a link's.
        """
        if not self._nodes:
            return []
        item = block = block_of(self._nodes[number])
        for _ in range(_ITEM_DEPTH):
            if item.tag in _ITEMS or (parent := item.parent) is None:
                break
            item = parent
        if item.tag not in _ITEMS:
            item = block
        if item.mem_id not in self._links:
            first = item.css_first("a[href]")
            text = item.text(strip=True) if first else ""
            is_headed = (
                first and len(text) <= _LONGEST_ITEM and text.startswith(first.text(strip=True))
            )
            links = item.css("a[href]") if is_headed else []
            self._links[item.mem_id] = [node.attributes.get("href") or "" for node in links]
        return self._links[item.mem_id]

    def _advance(self) -> bool:
        """Find some more lines; tell whether there are any."""
        for text, node, chrome in self._found:
            if "\n" in text and block_of(node).tag == "pre":
                lines = text.replace(SEAM, "").splitlines()
                added = [self._add(line, node, chrome) for line in lines]
                if any(added):
                    return True
            elif self._add(text, node, chrome):
                return True
        return False

    def _add(self, text: str, node: LexborNode, chrome: int) -> bool:
        """Add the line *text*; tell whether there is anything to see in it."""
        number = len(self._texts)
        if SEAM in text or CELL in text:
            cells = text.split(CELL)
            self._marked[number] = CELL.join([" ".join(cell.split()) for cell in cells])
            text = text.replace(SEAM, "")
        if text.isprintable() and "  " not in text:  # nor has it other white space
            text = text.strip(" ")
        else:
            text = " ".join(text.split())
            if not text.isprintable():
                text = text.translate(_INVISIBLE)
                if number in self._marked:
                    self._marked[number] = self._marked[number].translate(_INVISIBLE)
        if not text:
            self._marked.pop(number, None)  # or the next line would be taken for it
            return False
        self._texts.append(text)
        self._nodes.append(node)
        if chrome:
            self.aside.add(number)
            if chrome not in self._roots:
                self._roots, self._since = {chrome}, number
        elif self._roots or is_related_heading(text):
            self._set_aside(number, node)
        return True

    def _set_aside(self, number: int, node: LexborNode) -> None:
        """Set the line aside if it is in, or begins, a block about other documents."""
        if self._roots:
            if is_inside(node, self._roots):
                self.aside.add(number)
                return
            if number > self._since:
                self._roots = set()
        if is_related_heading(self._texts[number]) and (below := self._below(number)):
            self.aside.add(number)
            self._roots, self._since = {node.mem_id for node in below}, number + 1

    def _below(self, heading: int) -> list[LexborNode]:
        """Return the elements that a heading is the heading of."""
        node = self._nodes[heading]
        prose = block_of(node).tag in _PROSE
        while node.tag != "body" and (parent := node.parent) is not None:
            near = islice(_following(node), _NEAR)
            below = (sibling for sibling in near if _is_content(sibling))
            if first := next(below, None):
                is_list = first.tag in _LISTS and first.css_first("a[href]") is not None
                among = heading and is_inside(self._nodes[heading - 1], {parent.mem_id})
                if prose and among and not is_list:
                    return []  # a paragraph among others: the document's own words
                return [first, *takewhile(lambda node: _goes_on(first, node), below)]
            node = parent
        return []


def fold(text: str) -> str:
    """Return *text* with half-width punctuation, each character in its place."""
    if not _WIDE.search(text):
        return text
    for wide, narrow in _FOLDED:
        text = text.replace(wide, narrow)
    return text


def unfolded(mark: str) -> str:
    """Return the longest part of *mark*, a folded text, that is the same in a line as it stands.

    A line without it need not be folded to be seen to lack the mark.

    >>> unfolded("-天天文库"), unfolded(")")
    ('天天文库', '')
    """
    return max(_NARROW.split(mark), key=len)


def _following(node: LexborNode) -> Iterator[LexborNode]:
    following = node.next
    while following is not None:
        yield following
        following = following.next


def _is_content(node: LexborNode) -> bool:
    """Tell whether *node* is a block that more stands in than a heading's own link."""
    return node.tag in BLOCKS and not _MORE.fullmatch(node.text(strip=True))


def _goes_on(first: LexborNode, node: LexborNode) -> bool:
    """Tell whether *node* goes on with what *first* began: same element, same class.

    A ``<div>`` without a class says nothing, and goes on with nothing.
    """
    name = first.attributes.get("class")
    if node.tag != first.tag or node.attributes.get("class") != name:
        return False
    return bool(name) or node.tag not in _MEANINGLESS
