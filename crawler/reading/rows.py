"""From a tree to rows of text, as a browser would break them: one walk, taken as far as needed.

Within a row, ``SEAM`` stands where one element's text ends and another's begins, and ``CELL``
between the cells of a table's row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

SEAM: Final = "\0"
CELL: Final = "\t"

BLOCKS: Final = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "legend li main menu nav ol option p pre search section summary table tbody tfoot thead tr "
    "ul".split()
)
"""Elements before and behind which a browser breaks the line."""
CELLS: Final = frozenset({"td", "th"})
_CHROME: Final = frozenset({"nav", "footer"})
_UNREAD: Final = frozenset(
    "script style noscript template svg math textarea select datalist object iframe canvas audio "
    "video".split()
)
"""Elements whose text is not for reading."""
_NUMBERED: Final = "_第"
_HIDING: Final = (b"display", b"Display", b"DISPLAY", b" hidden")
_STYLED: Final = re.compile(rb"style\s*=")
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_PREVIEW_LENGTH: Final = 200
"""Hidden text of so many characters is a preview that waits for a click; shorter is none."""


Row: TypeAlias = "tuple[str, LexborNode, int]"
"""The text between two breaks, with seams and cells, and with white space as it is; the element
that its first text stands in; and the ID of the part of the page's own chrome that this is in, if
no other part was entered since: 0 if it is in none."""


def hides(source: bytes) -> bool:
    """Tell whether the markup *source* may hide some of its elements by their own style."""
    if not any(word in source for word in _HIDING):
        return False
    plain = source.lower()
    return b"hidden" in plain or _STYLED.search(plain) is not None


def strip_hidden(body: LexborNode) -> None:
    """Take the elements out of *body* that their own style hides."""
    hidden = [
        node
        for node in body.css("[style], [hidden]")
        if ("hidden" in node.attributes or _HIDDEN.search(node.attributes.get("style") or ""))
        and len(node.text(strip=True)) < _PREVIEW_LENGTH
    ]
    found = {node.mem_id for node in hidden}
    for node in [node for node in hidden if not is_inside(node.parent, found)]:
        node.decompose()  # and with it what is hidden inside of it


_BLOCK, _TABLE_ROW, _OWN, _TEXT, _CELL, _SILENT, _IMAGE, _COMMENT = range(8)
_LAST_BLOCK: Final = _OWN


def _kinds() -> dict[int, int]:
    """Return what the walk does at a node, by the number that the parser gives its name."""
    document = LexborHTMLParser("<p><!-- -->-")
    met = {
        node.tag: node.tag_id for p in document.css("p") for node in p.traverse(include_text=True)
    }
    named = {
        _BLOCK: BLOCKS - _CHROME - {"tr"},
        _TABLE_ROW: {"tr"},
        _OWN: _CHROME,
        _CELL: CELLS,
        _SILENT: _UNREAD,
        _IMAGE: {"img"},
    }
    numbers = {
        document.create_node(name).tag_id: kind for kind, names in named.items() for name in names
    }
    return numbers | {met["-comment"]: _COMMENT, met["-text"]: _TEXT}


_KINDS: Final = _kinds()


def rows(body: LexborNode, source: str) -> Iterator[Row]:  # noqa: C901, PLR0912, PLR0915
    """Yield the rows of *body*, which was parsed from *source*, and its images' captions.

    It is the reader's innermost loop, and so one function: calls would cost a third more.
    """
    parts: list[str] = []
    home: LexborNode = body
    home_id = home_flow = cells = unread_id = own_end = 0
    flows: dict[int, int] = {}
    own = home_own = 0
    broken, spaced, seamed = True, False, False
    kind_of = _KINDS.get
    for node in body.traverse(include_text=True):
        if own and node.mem_id == own_end:
            own = 0
        kind = kind_of(node.tag_id)
        if kind == _TEXT:
            text = node.text_content
            if not text or text.isspace():
                spaced = True
                continue
            parent = node.parent or body
            if unread_id:
                if is_inside(parent, {unread_id}):
                    continue
                unread_id = 0
            parent_id = parent.mem_id
            if not broken and parent_id != home_id:
                home_flow = home_flow or _flow(home, flows)
                broken = _flow(parent, flows) != home_flow
            if broken:
                if parts:
                    yield "".join(parts), home, home_own
                parts = [CELL * cells, text] if cells > 0 else [text]
                home, home_flow, home_own, broken = parent, 0, own, False
            else:
                if cells > 0:
                    parts.append(CELL * cells)
                elif seamed or parent_id != home_id:
                    parts.append(" " + SEAM if spaced else SEAM)
                parts.append(text)
            home_id, spaced, seamed, cells = parent_id, False, False, 0
        elif kind is None:
            seamed = True
        elif kind == _BLOCK:
            broken = True
        elif kind == _TABLE_ROW:
            broken = True
            cells = -1
        elif kind == _OWN:
            broken = True
            if parts:  # what stands before it is not in it
                yield "".join(parts), home, home_own
                parts = []
            own, own_end = node.mem_id, _behind(node)
        elif kind == _CELL:
            cells += 1
        elif kind == _SILENT:
            if not unread_id or not is_inside(node, {unread_id}):
                unread_id = node.mem_id
        elif kind == _IMAGE:
            if (alt := _caption(node)) and _NUMBERED in source:
                if parts:
                    yield "".join(parts), home, home_own
                yield alt, node, own
                parts, broken = [], True
            else:
                seamed = True
    if parts:
        yield "".join(parts), home, home_own


def _behind(node: LexborNode | None) -> int:
    """Return the ID of the first node behind *node* and all that is in it; 0 if there is none."""
    while node is not None:
        if (following := node.next) is not None:
            return following.mem_id
        node = node.parent
    return 0


def block_of(node: LexborNode) -> LexborNode:
    """Return the innermost block or cell that is or holds *node*."""
    while (tag := node.tag) not in BLOCKS and tag not in CELLS:
        if (parent := node.parent) is None:
            break
        node = parent
    return node


def is_inside(node: LexborNode | None, roots: set[int]) -> bool:
    """Tell whether *node* is, or is inside of, one of the elements with the IDs *roots*."""
    while node is not None:
        if node.mem_id in roots:
            return True
        node = node.parent
    return False


def _flow(node: LexborNode, known: dict[int, int]) -> int:
    """Return the ID of the block that *node*'s text flows in, as cells of one row do."""
    passed: list[int] = []
    while (flow := known.get(number := node.mem_id)) is None:
        if _KINDS.get(node.tag_id, _TEXT) <= _LAST_BLOCK or (parent := node.parent) is None:
            flow = number
            break
        passed.append(number)
        node = parent
    for number in passed:
        known[number] = flow
    return flow


def _caption(image: LexborNode) -> str:
    """Return an image's alternative text if it numbers a page of the preview: ``T_第3页``."""
    alt = image.attributes.get("alt") or ""
    return alt if _NUMBERED in alt and alt.rstrip().endswith("页") else ""
