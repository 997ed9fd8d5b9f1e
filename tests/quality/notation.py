"""The notation of a page's content in the case files, and the blocks that it stands for.

Each line is one thing, told by its first character::

    # the title as a heading          ## a smaller heading
    = 大小: 58.50 KB | 页数: 11        a row of cells; ``Label := value`` has no colon
    > a paragraph of the text         ! the heading of a list of other documents
    - an entry of such a list | 9页    + an entry of any other list
    @ <p>markup as it is</p>          anything else is a line of its own
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Final


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell of a row says: a label with a value, or a text alone."""

    label: str
    colon: str
    value: str

    def __str__(self) -> str:
        joint = self.colon if self.colon or not self.label else " "
        return f"{self.label}{joint}{self.value}"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page: its kind, and its lines or the cells of its rows."""

    kind: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


_KINDS: Final = {
    "# ": "title", "## ": "heading", "= ": "rows", "> ": "prose", "! ": "others", "- ": "items",
    "+ ": "list", "@ ": "raw",
}  # fmt: skip
_CELL: Final = re.compile(r"(?P<label>[^:]{1,40}?)\s*(?P<joint>:=|:(?!//))\s*(?P<value>.*)")
_CJK: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def parse(text: str, colon: str) -> list[Block]:
    """Return the blocks of *text*; *colon* stands behind labels."""
    lines = [_kind(line) for raw in text.splitlines() if (line := raw.strip())]
    blocks: list[Block] = []
    for kind, group in groupby(lines, key=lambda pair: pair[0]):
        texts = tuple(line for _, line in group)
        if kind == "rows":
            rows = tuple(tuple(_cell(cell, colon) for cell in _split(line)) for line in texts)
            blocks.append(Block(kind, rows=rows))
        elif kind in {"prose", "items", "list"}:
            blocks.append(Block(kind, texts))
        else:
            blocks.extend(Block(kind, (line,)) for line in texts)
    return blocks


def _kind(line: str) -> tuple[str, str]:
    mark = line.partition(" ")[0] + " "
    return (_KINDS[mark], line[len(mark) :].strip()) if mark in _KINDS else ("line", line)


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(" | ")]


def _cell(text: str, colon: str) -> Cell:
    found = _CELL.fullmatch(text)
    if not found:
        return Cell("", "", text)
    if found["joint"] == ":=":
        return Cell(found["label"], "", found["value"])
    is_cjk = _CJK.search(found["label"]) is not None
    return Cell(found["label"], colon if is_cjk else ": ", found["value"])
