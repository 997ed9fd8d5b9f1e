"""From a page to a record: pure, with no Scrapy, no network and no database."""

from crawler.reading.address import UrlTemplate
from crawler.reading.elements import inside
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
from crawler.reading.structured import attribute, json_ld, microdata, script_json, script_value

__all__ = [
    "DocumentPage",
    "Layout",
    "Page",
    "UrlTemplate",
    "absent",
    "attribute",
    "below_second_title",
    "between",
    "caption_title",
    "caption_total",
    "captions",
    "css",
    "field",
    "first",
    "inside",
    "json_ld",
    "label",
    "line_above",
    "matching",
    "meta",
    "microdata",
    "normalise",
    "page_title",
    "paragraphs",
    "script_json",
    "script_value",
    "slices",
    "title_above",
]
