"""The visible lines of a page, whatever its markup: what the label engine and the fields read.

A line is the text between two breaks that a browser would make. Within it, ``SEAM`` stands where
one element's text ends and another's begins, and ``CELL`` between the cells of a table's row, so
that ``<b>大</b><b>小</b>:`` can be read as one word and ``<i>ID:1</i><i>大小:2 KB</i>`` as two.
"""

from __future__ import annotations

import re
from functools import cached_property, partial
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Final

from crawler.reading.vocabulary import is_related_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

SEAM: Final = "\0"
CELL: Final = "\t"

_UNREAD: Final = frozenset(
    "script style noscript template svg math textarea select object iframe audio video".split()
)
"""Elements whose text is not for reading."""
_CELLS: Final = frozenset({"td", "th"})
_CHROME: Final = frozenset({"nav", "footer"})
_BLOCKS: Final = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "legend li main menu nav ol option p pre search section summary table tbody tfoot thead tr "
    "ul".split()
)
_LISTS: Final = frozenset({"ul", "ol", "dl", "table"})
_MEANINGLESS: Final = frozenset({"div", "section"})
_PROSE: Final = frozenset({"p", "td", "li", "blockquote", "pre"})
_FOLDED: Final = tuple(zip("，：；（）！？－＞／", ",:;()!?->/", strict=True))
_INVISIBLE: Final = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_MORE: Final = re.compile(r"(?:(?:查看|显示)?更多|换一[换批组])?[\W_]*")
"""What may stand beside a heading that is not yet what it is the heading of."""
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_PREVIEW_LENGTH: Final = 200
"""Hidden text of so many characters is a preview that waits for a click; shorter is none."""


class Lines:
    """The visible lines of one page.

    ``texts`` are what a reader sees, white space folded. ``marked(i)`` is line *i* with ``SEAM``
    and ``CELL``.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._runs: list[list[int]] = []
        self._marked: dict[int, str] = {}
        self._nodes: list[LexborNode] = []

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def folded(self) -> list[str]:
        """The texts with half-width punctuation, each character in its place."""
        return fold("\n".join(self.texts)).split("\n")

    def marked(self, number: int) -> str:
        """Return line *number* with its seams and cells."""
        return self._marked.get(number) or self.texts[number]

    def tag(self, number: int) -> str:
        """Return the name of the innermost block that holds line *number*; empty on a text page."""
        return _block(self._nodes[number]).tag or "" if self._nodes else ""

    def add_text(self, text: str) -> None:
        """Add the lines of a plain text; a related list is taken to run to the text's end."""
        rows = text.replace(SEAM, "").splitlines()
        self.texts = [line for row in rows if (line := " ".join(row.split()))]
        heading = next((n for n, line in enumerate(self.texts) if is_related_heading(line)), None)
        if heading is not None:
            self._runs.append(list(range(heading, len(self.texts))))

    def add_html(self, tree: LexborHTMLParser, source: str) -> None:
        """Add the visible lines of *tree*, which was parsed from *source*.

        Elements that are hidden by their own style are taken out of *tree*.
        """
        body = tree.body
        if body is None:
            return
        if "display" in source or " hidden" in source:
            _strip_hidden(body)
        chrome = self._walk(body, captions="_第" in source)
        self._drop_invisible()
        for node, start in chrome:
            self._set_aside([node], start)
        for number, text in enumerate(self.texts):
            if is_related_heading(text) and not any(number in run for run in self._runs):
                self._set_related_aside(number)

    def _walk(self, body: LexborNode, *, captions: bool) -> list[tuple[LexborNode, int]]:  # noqa: C901, PLR0912, PLR0915
        """Add *body*'s lines; return the elements of the page's chrome and where their lines start.

        It is the reader's innermost loop, and so one function: calls would cost a third more.
        """
        chrome: list[tuple[LexborNode, int]] = []
        parts: list[str] = []
        home: LexborNode | None = None
        home_id = cells = unread_id = 0
        broken, spaced, seamed = True, False, False
        for node in body.traverse(include_text=True):
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if not text or text.isspace():
                    spaced = True
                    continue
                parent = node.parent
                if parent is None:
                    continue
                if unread_id:
                    if _is_inside(parent, {unread_id}):
                        continue
                    unread_id = 0
                parent_id = parent.mem_id
                if broken or (parent_id != home_id and home and not _same_block(parent, home)):
                    if parts and home:
                        self._add(parts, home)
                    parts = [text]
                    if cells > 0:
                        parts.insert(0, CELL * cells)
                    home, broken = parent, False
                else:
                    if cells > 0:
                        parts.append(CELL * cells)
                    elif seamed or parent_id != home_id:
                        parts.append(" " + SEAM if spaced else SEAM)
                    parts.append(text)
                home_id, spaced, seamed, cells = parent_id, False, False, 0
            elif tag in _BLOCKS:
                broken = True
                if tag == "tr":
                    cells = -1
                elif tag in _CHROME:
                    chrome.append((node, len(self.texts)))
            elif tag in _CELLS:
                cells += 1
            elif tag in _UNREAD:
                if not unread_id or not _is_inside(node, {unread_id}):
                    unread_id = node.mem_id
            elif captions and tag == "img" and (alt := _caption(node)):
                if parts and home:
                    self._add(parts, home)
                self._add([alt], node)
                parts, broken = [], True
            elif tag != "-comment":
                seamed = True
        if parts and home:
            self._add(parts, home)
        return chrome

    def _add(self, parts: list[str], node: LexborNode) -> None:
        if "\n" in parts[0] and _block(node).tag == "pre":
            rows = [row for row in "".join(parts).replace(SEAM, "").splitlines() if row.strip()]
            self.texts += [" ".join(row.split()) for row in rows]
            self._nodes += [node] * len(rows)
            return
        if len(parts) == 1:
            self.texts.append(" ".join(parts[0].split()))
        else:
            cells = "".join(parts).split(CELL)
            marked = CELL.join([" ".join(cell.split()) for cell in cells])
            self._marked[len(self.texts)] = marked
            self.texts.append(" ".join(marked.replace(SEAM, "").split()))
        self._nodes.append(node)

    def _drop_invisible(self) -> None:
        """Drop the characters of no width that stand between a label and its value."""
        whole = "".join(self.texts)
        for character in _INVISIBLE:
            if character in whole:
                self.texts = [text.replace(character, "") for text in self.texts]
                self._marked = {n: text.replace(character, "") for n, text in self._marked.items()}

    def _set_related_aside(self, heading: int) -> None:
        """Set a heading aside, and what it is the heading of."""
        node = self._nodes[heading]
        prose = _block(node).tag in _PROSE
        while node.tag != "body" and (parent := node.parent) is not None:
            if below := [one for one in _following(node) if one.tag in _BLOCKS]:
                is_list = below[0].tag in _LISTS and below[0].css_first("a[href]") is not None
                among = heading and _is_inside(self._nodes[heading - 1], {parent.mem_id})
                if not (prose and among) or is_list:
                    self._set_aside(
                        list(takewhile(partial(_is_like, below[0]), below)), heading + 1, heading
                    )
                return
            node = parent

    def _set_aside(self, nodes: list[LexborNode], start: int, heading: int | None = None) -> None:
        """Set the lines inside of *nodes* aside, with their *heading*: one run from *start* on."""
        roots = {node.mem_id for node in nodes}
        run = [] if heading is None else [heading]
        for number in range(start, len(self.texts)):
            if _is_inside(self._nodes[number], roots):
                run.append(number)
            elif number > start:
                break
        self._runs.append(run)

    @cached_property
    def aside(self) -> set[int]:
        """The numbers of the lines in blocks about other documents, and in the page's chrome."""
        return set(chain(*self._runs))


def fold(text: str) -> str:
    """Return *text* with half-width punctuation, each character in its place."""
    for wide, narrow in _FOLDED:
        text = text.replace(wide, narrow)
    return text


def _block(node: LexborNode) -> LexborNode:
    """Return the innermost block that is or holds *node*."""
    while node.tag not in _BLOCKS and node.tag not in _CELLS:
        if (parent := node.parent) is None:
            break
        node = parent
    return node


def _same_block(one: LexborNode, other: LexborNode) -> bool:
    """Tell whether the texts of two elements flow in one block, as cells of one row do."""
    return _flow(one).mem_id == _flow(other).mem_id


def _flow(node: LexborNode) -> LexborNode:
    while node.tag not in _BLOCKS and (parent := node.parent) is not None:
        node = parent
    return node


def _is_inside(node: LexborNode | None, roots: set[int]) -> bool:
    while node is not None:
        if node.mem_id in roots:
            return True
        node = node.parent
    return False


def _is_like(first: LexborNode, node: LexborNode) -> bool:
    """Tell whether *node* goes on with what *first* began: same element, same class.

    A ``<div>`` without a class says nothing, and goes on with nothing.
    """
    name = first.attributes.get("class")
    if node.tag != first.tag or node.attributes.get("class") != name:
        return False
    return bool(name) or node.tag not in _MEANINGLESS or node.mem_id == first.mem_id


def _following(node: LexborNode) -> Iterator[LexborNode]:
    following = node.next
    while following is not None:
        yield following
        following = following.next


def _caption(image: LexborNode) -> str:
    """Return an image's alternative text if it numbers a page of the preview: ``T_第3页``."""
    alt = image.attributes.get("alt") or ""
    return alt if "_第" in alt and alt.rstrip().endswith("页") else ""


def _strip_hidden(body: LexborNode) -> None:
    for node in body.css("[style], [hidden]"):
        attributes = node.attributes
        if ("hidden" in attributes or _HIDDEN.search(attributes.get("style") or "")) and (
            len(node.text(strip=True)) < _PREVIEW_LENGTH
        ):
            node.decompose()
