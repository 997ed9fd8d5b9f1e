"""The two shapes a document takes: as its page states it, and as we keep it.

``RawDocument`` is in the page's words, ``Document`` in ours. ``to_line`` is the one place that
writes a record as a line of JSON; ``docs/reference/record.md`` is its contract.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

DateOrder: TypeAlias = Literal["YMD", "DMY", "MDY"]
Reason: TypeAlias = Literal["not_published", "not_found", "bad_value"]
"""Why a field is null: its page class names no place for it, the page lacks it, or it makes no
sense."""

TextQuality: TypeAlias = Literal["ok", "doubled", "garbled", "random", "scattered"]
"""How good the text of a preview is: ``docs/explanation/text-quality.md`` says how it is told."""

EXPLAINED: Final = (
    "file_format",
    "size_bytes",
    "page_count",
    "preview_page_count",
    "uploaded_on",
    "preview",
)
"""The fields of which ``missing`` says why they are null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """A document in its page's own words. Spiders yield these."""

    site: str
    doc_id: str
    url: str
    title: str
    file_format: str | None = None
    size: str | None = None
    page_count: str | None = None
    preview_page_count: str | None = None
    date: str | None = None
    preview: str | None = None
    uploader: str | None = None
    category: str | None = None
    tags: str | None = None
    price: str | None = None
    view_count: str | None = None
    download_count: str | None = None
    language: str | None = None
    date_order: DateOrder = "YMD"
    """The order in which the site writes the parts of a day."""
    published: frozenset[str] = frozenset()
    """The names of the fields, as in this class, that its page class names a place for."""
    fetched_at: datetime
    """When the page was captured; aware, UTC."""
    reader: str
    """The page class and its version, such as ``wenku365/1``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in ours. Pipelines keep these; the order of the fields is the record's."""

    site: str
    """The spider's name, such as ``wenku365``."""
    doc_id: str
    """What the site calls the document; unique within the site; leading zeros kept."""
    url: str
    """The canonical address of the document's page."""
    title: str
    """The title, without the site's decoration and without a file extension."""
    file_format: str | None = None
    """Lower case, from a label, the title's extension or a meta tag: ``docx``."""
    size_bytes: int | None = None
    """The file's size in bytes. Sites round it, so it is close, not exact."""
    page_count: int | None = None
    """The number of pages in the file, as declared."""
    preview_page_count: int | None = None
    """The number of pages that the site lets everybody see."""
    uploaded_on: date | None = None
    """The day of upload, in the site's own time zone."""
    preview: str | None = None
    """The free preview text, one paragraph a line."""
    uploader: str | None = None
    """Who uploaded it, masked where the site masks it."""
    category: str | None = None
    """The site's own category."""
    tags: tuple[str, ...] | None = None
    """The site's own tags or keywords."""
    price: str | None = None
    """The price in the site's own words, such as ``6.99金币``."""
    view_count: int | None = None
    """How often the page was seen, as the site counts."""
    download_count: int | None = None
    """How often the file was fetched, as the site counts."""
    language: str | None = None
    """The document's language as a BCP 47 tag: as published, or else as its preview shows it."""
    text_quality: TextQuality | None = None
    """How good the text of the preview is: ``ok``, or what is wrong with it; null without one."""
    missing: Mapping[str, Reason]
    """Why each field of ``EXPLAINED`` that is null is null."""
    fetched_at: datetime
    """When the page was captured; aware, UTC, whole seconds."""
    reader: str
    """The page class that read it and its version, such as ``wenku365/1``."""


FIELDS: Final = tuple(field.name for field in fields(Document))
"""The record's keys, in order."""


def to_record(document: Document) -> dict[str, object]:
    """Return *document* as the JSON object of its line: keys in order, days and moments as text."""
    record: dict[str, object] = {name: getattr(document, name) for name in FIELDS}
    if document.uploaded_on is not None:
        record["uploaded_on"] = document.uploaded_on.isoformat()
    record["missing"] = {
        name: document.missing[name] for name in EXPLAINED if name in document.missing
    }
    record["fetched_at"] = format_moment(document.fetched_at)
    return record


def to_line(document: Document) -> str:
    """Return *document* as one line of JSON, without the line's end; non-ASCII text as it is."""
    return json.dumps(to_record(document), ensure_ascii=False)


def format_moment(moment: datetime) -> str:
    """Return an aware *moment* as ISO 8601 in UTC and whole seconds.

    >>> format_moment(datetime(2026, 11, 24, 8, 0, 0, 999, tzinfo=UTC))
    '2026-11-24T08:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
