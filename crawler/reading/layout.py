"""A layout: a data sheet that says where each value stands on a page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final

from crawler.reading.fields import AbsentField, Field, TextField, first, label, meta
from crawler.reading.labels import Vocabulary
from crawler.reading.preview import PreviewField
from crawler.reading.vocabulary import COMMON_LABELS

if TYPE_CHECKING:
    from crawler.reading.labels import Kind
    from crawler.reading.page import DocumentPage

_NOWHERE: Final[TextField] = Field(lambda _: None)


class Layout:
    """Where the values stand: one line a field, always in this order.

    Every layout reads the common labels and tags below, behind those that it names itself, since
    sites change their pages; ``absent()`` excludes a field.
    """

    signs: ClassVar[tuple[str, ...]] = ()
    """Words of which a page of this layout shows one before its preview."""

    doc_id: TextField = label(*COMMON_LABELS["doc_id"])
    file_format: TextField = first(label(*COMMON_LABELS["file_format"]), meta("og:document:type"))
    size: TextField = label(*COMMON_LABELS["size"])
    page_count: TextField = first(label(*COMMON_LABELS["page_count"]), meta("og:document:page"))
    preview_page_count: TextField = _NOWHERE
    date: TextField = first(label(*COMMON_LABELS["date"]), meta("og:release_date"))
    title: TextField = _NOWHERE
    uploader: TextField = label(*COMMON_LABELS["uploader"])
    category: TextField = label(*COMMON_LABELS["category"])
    tags: TextField = label(*COMMON_LABELS["tags"])
    price: TextField = first(label(*COMMON_LABELS["price"]), meta("og:document:cost"))
    view_count: TextField = label(*COMMON_LABELS["view_count"])
    download_count: TextField = label(*COMMON_LABELS["download_count"])
    language: TextField = label(*COMMON_LABELS["language"])
    preview: PreviewField = PreviewField()

    @classmethod
    @cache
    def vocabulary(cls) -> Vocabulary:
        """Return all the labels that the layout reads."""
        kinds: dict[str, Kind] = {}
        for sheet in (Layout, cls):
            for name in FIELD_NAMES:
                kinds.update(getattr(sheet, name).labels(name))
        return Vocabulary(kinds)

    @classmethod
    @cache
    def published(cls) -> frozenset[str]:
        """Return the names of the fields that the layout names a place for."""
        own = {name: getattr(cls, name) for name in FIELD_NAMES}
        return frozenset(
            name
            for name, field in own.items()
            if field is not getattr(Layout, name) and not isinstance(field, AbsentField)
        )

    @classmethod
    def read(cls, page: DocumentPage, name: str) -> str | None:
        """Return the value of the field *name* on *page*.

        It stands where the layout says, or else beside a common label.
        """
        for field in cls._places()[name]:
            if (value := field.read(page)) is not None:
                return value
        return None

    @classmethod
    @cache
    def _places(cls) -> dict[str, tuple[TextField, ...]]:
        """Return the fields that each value is read from: the layout's own, then the common one."""
        places: dict[str, tuple[TextField, ...]] = {}
        for name in FIELD_NAMES:
            own, common = getattr(cls, name), getattr(Layout, name)
            is_alone = own is common or isinstance(own, AbsentField)
            places[name] = (own,) if is_alone else (own, common)
        return places


FIELD_NAMES: Final = tuple(name for name, value in vars(Layout).items() if isinstance(value, Field))
"""The names of all fields, in order."""
