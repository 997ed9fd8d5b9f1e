"""From a page's words to ours: the one place where text becomes values."""

from __future__ import annotations

import logging
import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from crawler.errors import BadValueError
from crawler.items import EXPLAINED, Document
from crawler.reading.cleaning import clean_preview
from crawler.reading.language import detect_language, parse_language
from crawler.reading.quality import text_quality
from crawler.reading.values import (
    clean,
    parse_count,
    parse_date,
    parse_format,
    parse_page_count,
    parse_size,
    split_extension,
)
from crawler.reading.vocabulary import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from crawler.items import RawDocument, Reason, TextQuality

T = TypeVar("T")

_logger = logging.getLogger(__name__)
_RAW_NAMES: Final = {"size_bytes": "size", "uploaded_on": "date"}
"""The fields that the page's words have another name for."""
_LONGEST_TAG: Final = 100
_LEGIBLE: Final = frozenset({"ok", "doubled"})
"""The qualities of a text whose language can be told."""


def normalise(raw: RawDocument) -> Document:
    """Return *raw* with its values typed.

    A value that makes no sense is ``None`` with the reason ``bad_value``, and is logged with the
    address; it never costs the record.
    """
    return _Reader(raw).document()


class _Reader:
    """The reading of one document's words."""

    def __init__(self, raw: RawDocument) -> None:
        self._raw = raw
        self._bad: set[str] = set()

    def document(self) -> Document:
        raw = self._raw
        title, extension = split_extension(clean(raw.title))
        preview = clean_preview(raw.preview or "", title) or None
        quality = text_quality(raw.preview or "") if preview else None
        values: dict[str, object] = {
            "file_format": self._value("file_format", raw.file_format, parse_format) or extension,
            "size_bytes": self._value("size_bytes", raw.size, parse_size),
            "page_count": self._value("page_count", raw.page_count, parse_page_count),
            "preview_page_count": self._value(
                "preview_page_count", raw.preview_page_count, parse_page_count
            ),
            "uploaded_on": self._value("uploaded_on", raw.date, self._day),
            "preview": preview,
        }
        return Document(
            site=raw.site,
            doc_id=raw.doc_id,
            url=raw.url,
            title=title,
            uploader=_words(raw.uploader),
            category=_words(raw.category),
            tags=_tags(raw.tags),
            price=_words(raw.price),
            view_count=self._value("view_count", raw.view_count, parse_count),
            download_count=self._value("download_count", raw.download_count, parse_count),
            language=(raw.language and parse_language(raw.language))
            or self._detected(preview, quality),
            text_quality=quality,
            missing={name: self._reason(name) for name in EXPLAINED if values[name] is None},
            fetched_at=raw.fetched_at.astimezone(UTC).replace(microsecond=0),
            reader=raw.reader,
            **values,  # type: ignore[arg-type]  # each has the type of its parser
        )

    def _detected(self, preview: str | None, quality: TextQuality | None) -> str | None:
        """Return the language that the *preview* is in, if its text is good enough to tell."""
        return detect_language(preview) if preview and quality in _LEGIBLE else None

    def _value(self, name: str, text: str | None, parse: Callable[[str], T]) -> T | None:
        if text is None or text.strip().lower() in PLACEHOLDERS:
            return None
        try:
            return parse(text)
        except BadValueError as error:
            self._bad.add(name)
            _logger.warning("%s: %s: %s", self._raw.url, name, error)
            return None

    def _day(self, text: str) -> date:
        day = parse_date(text, self._raw.date_order)
        if day - timedelta(days=1) > self._raw.fetched_at.date():
            raise BadValueError(text, "a day before the page was captured")
        return day

    def _reason(self, name: str) -> Reason:
        if name in self._bad:
            return "bad_value"
        published = _RAW_NAMES.get(name, name) in self._raw.published
        return "not_found" if published else "not_published"


def _words(text: str | None) -> str | None:
    if not text:
        return None
    words = clean(text)
    return None if words.lower() in PLACEHOLDERS else words


def _tags(text: str | None) -> tuple[str, ...] | None:
    """Return the tags in a list whose parts are separated by punctuation or else by spaces."""
    if not text:
        return None
    parts = re.split(r"[,，、;；|｜/]", text)
    if len(parts) == 1:
        parts = parts[0].split()
    tags = dict.fromkeys(tag for part in parts if (tag := _words(part)) and len(tag) < _LONGEST_TAG)
    return tuple(tags) or None
