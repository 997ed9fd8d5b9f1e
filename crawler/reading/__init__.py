"""From a page to a record: pure, with no Scrapy, no network and no database."""

from crawler.reading.address import UrlTemplate
from crawler.reading.fields import (
    absent,
    between,
    caption_title,
    caption_total,
    captions,
    css,
    field,
    first,
    label,
    line_above,
    matching,
    meta,
    page_title,
)
from crawler.reading.layout import Layout
from crawler.reading.normalise import normalise
from crawler.reading.page import DocumentPage, Page
from crawler.reading.preview import below_second_title, paragraphs, slices, title_above

__all__ = [
    "DocumentPage",
    "Layout",
    "Page",
    "UrlTemplate",
    "absent",
    "below_second_title",
    "between",
    "caption_title",
    "caption_total",
    "captions",
    "css",
    "field",
    "first",
    "label",
    "line_above",
    "matching",
    "meta",
    "normalise",
    "page_title",
    "paragraphs",
    "slices",
    "title_above",
]
