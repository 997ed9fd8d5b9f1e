"""From documents to rows and back, and from two rows of one document to one. All pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from crawler.items import FIELDS, Document
from crawler.storage.tables import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row: TypeAlias = dict[str, Any]
"""A row of ``documents``: a value for each of its columns."""

MOMENTS: Final = frozenset({"fetched_at", "first_seen_at", "last_seen_at"})
VISITED: Final = MOMENTS | {"capture_id"}
"""The columns that every visit moves."""


def to_row(document: Document, capture_id: str | None = None) -> Row:
    """Return *document* as it is first kept; *capture_id* is the record that it was read from."""
    row: Row = {name: getattr(document, name) for name in FIELDS}
    row["tags"] = None if document.tags is None else list(document.tags)
    row["missing"] = dict(document.missing)
    row["first_seen_at"] = row["last_seen_at"] = document.fetched_at
    row["status"] = Status.AVAILABLE.value
    row["capture_id"] = capture_id
    return row


def to_document(values: Sequence[Any]) -> Document:
    """Return the document whose columns, in the record's order, hold *values*."""
    row = dict(zip(FIELDS, values, strict=True))
    if row["tags"] is not None:
        row["tags"] = tuple(row["tags"])
    return Document(**row)


def merge(kept: Mapping[str, Any], arrived: Mapping[str, Any], *, is_news: bool = False) -> Row:
    """Return *kept* after *arrived*: the later page wins where it has a value.

    What *is_news*, as it was asked for just now, is later than all that is kept, whatever the
    clock says now or said then. Else later is what was fetched later, then what arrived later; so
    a page from an archive fills gaps of a later one and replaces nothing. So with the reasons for
    gaps; but that a poorer layout does not publish a value says nothing of the richer one.

    >>> from datetime import UTC, datetime
    >>> same = dict.fromkeys(MOMENTS, datetime(2026, 11, 24, tzinfo=UTC)) | {"status": "available"}
    >>> kept = {"title": "年报", "page_count": 3, "missing": {"preview": "not_found"}, **same}
    >>> arrived = {"title": "年度报告", "page_count": None, "missing": {}, **same}
    >>> row = merge(kept, arrived)
    >>> row["title"], row["page_count"]
    ('年度报告', 3)
    """
    if is_news or arrived["fetched_at"] >= kept["fetched_at"]:
        earlier, later = kept, arrived
    else:
        earlier, later = arrived, kept
    row = {name: earlier[name] if value is None else value for name, value in later.items()}
    reasons = [*earlier["missing"].items(), *later["missing"].items()]
    reasons.sort(key=lambda reason: reason[1] != "not_published")
    row["missing"] = {name: why for name, why in reasons if row.get(name) is None}
    row["status"] = kept["status"]  # what was taken down is not put up again by a visit
    row["first_seen_at"] = min(kept["first_seen_at"], arrived["first_seen_at"])
    row["last_seen_at"] = max(kept["last_seen_at"], arrived["last_seen_at"])
    return row


def differs(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two rows differ in more than when their pages were seen."""
    return any(value != other[name] for name, value in one.items() if name not in VISITED)
