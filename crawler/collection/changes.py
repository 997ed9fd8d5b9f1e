"""What reading again makes of a document that is kept, and how to tell it. All pure."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from crawler.items import FIELDS
from crawler.storage.merge import merge
from crawler.storage.tables import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crawler.storage.merge import Row

_EXAMPLES: Final = 3
_SHOWN: Final = 40
_LEAD: Final = 8
_NOT_TOLD: Final = frozenset({"site", "doc_id", "missing", "fetched_at", "reader"})
TOLD: Final = tuple(name for name in FIELDS if name not in _NOT_TOLD)
"""The fields whose changes are told, in the record's order."""


def revise(
    kept: Mapping[str, Any], read: Mapping[str, Any], knows_all: Callable[[], bool]
) -> Row | None:
    """Return what *kept* becomes when its document was *read* again; ``None`` if it stays out.

    What has been read of all its pages replaces it; else nothing that it has is lost. *knows_all*
    is asked only where it matters, and tells which of both it is.
    """
    if kept["status"] == Status.REMOVED:
        return None
    row = merge(kept, read)
    has_seen_all = (
        read["first_seen_at"] <= kept["first_seen_at"]
        and read["last_seen_at"] >= kept["last_seen_at"]
    )
    if has_seen_all and any(row[name] != read[name] for name in FIELDS) and knows_all():
        row = {**read, "first_seen_at": row["first_seen_at"], "last_seen_at": row["last_seen_at"]}
    row["status"] = kept["status"]
    return row


@dataclass(slots=True)
class FieldChanges:
    """What became of one field of a site's documents."""

    filled: int = 0
    changed: int = 0
    lost: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)
    """Of the gravest first."""

    def __str__(self) -> str:
        return f"{self.filled:,} filled, {self.changed:,} changed, {self.lost:,} lost"

    def add(self, doc_id: str, old: object, new: object) -> None:
        """Count a change of the document *doc_id*."""
        if old is None:
            self.filled += 1
            gravity = 2
        elif new is None:
            self.lost += 1
            gravity = 0
        else:
            self.changed += 1
            gravity = 1
        if sum(one <= gravity for one, _ in self.examples) < _EXAMPLES:
            self.examples.append((gravity, f"{doc_id}: {contrast(old, new)}"))
            self.examples.sort(key=lambda example: example[0])
            del self.examples[_EXAMPLES:]


@dataclass(slots=True)
class Changes:
    """What reading again changes in the documents, or would change."""

    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    """Those that were removed for good; they are not filled again."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Those that are no documents any more."""
    refused: int = 0
    """Of which the database would not take a value."""
    fields: dict[tuple[str, str], FieldChanges] = field(default_factory=dict)
    verdicts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """How many captures of a site were taken for something, and are for something else now."""
    captures_new: int = 0
    captures_kept: int = 0
    """Rows whose records are not in what was read."""
    documents_kept: int = 0

    @property
    def sites(self) -> list[str]:
        """The sites of which there is something to tell."""
        counters = (self.new, self.changed, self.unchanged, self.left_out, self.dropped)
        return sorted({site for counter in counters for site in counter})

    def add(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        """Count what becomes of a document: *before* is ``None`` if it is new, *after* if none."""
        if before is None:
            if after is not None:
                self.new[after["site"]] += 1
            return
        site = before["site"]
        if after is None:
            self.left_out[site] += 1
            return
        names = [name for name in TOLD if before[name] != after[name]]
        (self.changed if names else self.unchanged)[site] += 1
        for name in names:
            told = self.fields.setdefault((site, name), FieldChanges())
            told.add(before["doc_id"], before[name], after[name])

    def of(self, site: str) -> Iterator[tuple[str, FieldChanges]]:
        """Yield the fields of the documents of *site* that change, in the record's order."""
        for name in TOLD:
            if (told := self.fields.get((site, name))) is not None:
                yield name, told


def contrast(old: object, new: object) -> str:
    """Return how two values differ, each shortened to where they do.

    >>> contrast(None, 59904), contrast("年报", "年度报告")
    ('null → 59904', '"年报" → "年度报告"')
    """
    start = 0
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _SHOWN:
        start = max(_first_difference(old, new) - _LEAD, 0)
    return f"{_shown(old, start)} → {_shown(new, start)}"


def _first_difference(one: str, other: str) -> int:
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def _shown(value: object, start: int) -> str:
    if isinstance(value, str):
        text = value[start : start + _SHOWN]
        before = "…" if start else ""
        after = "…" if start + _SHOWN < len(value) else ""
        return json.dumps(f"{before}{text}{after}", ensure_ascii=False)
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
