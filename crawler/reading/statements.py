"""What a page says of a field for machines, and how its words are made plain.

Tables: the meta tags and the properties that say a field, and what a value of it is.
"""

# ruff: noqa: E501, RUF001 - rows of tables; words of all languages, in their own letters

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.reading.locale import plain_count, plain_day, plain_size, plain_text
from crawler.reading.metadata import values_at
from crawler.reading.values import clean
from crawler.reading.vocabulary import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.reading.page import Page

_MIME: Final = {
    "pdf": "pdf", "msword": "doc", "vnd.ms-powerpoint": "ppt", "vnd.ms-excel": "xls", "rtf": "rtf",
    "vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "epub+zip": "epub", "vnd.oasis.opendocument.text": "odt", "postscript": "ps", "zip": "zip",
    "plain": "txt", "x-pdf": "pdf", "x-mobipocket-ebook": "mobi", "csv": "csv", "vnd.djvu": "djvu",
}  # fmt: skip
_TAGGED: Final = {
    "file_format": ("og:document:type", "dc.format", "dcterms.format", "dc:format"),
    "page_count": ("og:document:page", "dc.extent", "dcterms.extent", "dc:extent", "dc.format.extent", "dcterms.format.extent"),
    "size": ("dc.extent", "dcterms.extent", "dc:extent", "dc.format.extent"),
    "date": (
        "og:release_date", "citation_online_date", "citation_publication_date", "citation_date",
        "dcterms.issued", "dc.date.issued", "dc.date", "dcterms.date", "dc:date",
        "article:published_time", "og:article:published_time", "dcterms.created", "eprints.datestamp",
        "datepublished", "publishdate", "pubdate", "prism.publicationdate", "og:published_time",
        "book:release_date",
    ),
    "price": ("og:document:cost",),
    "tags": ("citation_keywords", "dc.subject", "keywords", "article:tag", "dcterms.subject"),
    "language": ("citation_language", "dc.language", "dcterms.language", "dc:language"),
    "doc_id": ("dc.identifier", "dcterms.identifier", "dc:identifier", "document_id", "docid"),
}  # fmt: skip
"""The meta tags that say a field."""
_LINKED: Final = {
    "file_format": ("encodingFormat", "fileFormat", "encoding.encodingFormat", "associatedMedia.encodingFormat"),
    "page_count": ("numberOfPages",),
    "size": ("contentSize", "fileSize", "encoding.contentSize", "associatedMedia.contentSize"),
    "date": ("uploadDate", "datePublished", "dateCreated"),
    "uploader": ("author.name", "creator.name", "provider.name"),
    "category": ("genre", "articleSection", "learningResourceType"),
    "tags": ("keywords",),
    "language": ("inLanguage",),
    "view_count": ("interactionStatistic.ViewAction", "interactionStatistic.WatchAction", "interactionStatistic.ReadAction", "interactionCount.UserPageVisits", "interactionCount.Views"),
    "download_count": ("interactionStatistic.DownloadAction", "interactionCount.UserDownloads", "interactionCount.Downloads"),
    "doc_id": ("identifier.value", "identifier"),
}  # fmt: skip
"""The properties of JSON-LD and microdata that say a field."""


def stated(page: Page, name: str) -> Iterator[str]:
    """Yield what the page says of the field *name* for machines."""
    for tag in _TAGGED.get(name, ()):
        if name == "tags" and tag in page.meta_tags:
            yield ", ".join(page.meta_tags[tag])
        elif tag in page.metadata:
            yield page.metadata[tag]
    for path in _LINKED.get(name, ()):
        for data in (page.linked_data, page.microdata):
            found = [text for text in values_at(data[:1], path) if text]
            yield from [", ".join(found)] if name == "tags" and found else found
    if name == "date":
        yield from _times(page)


def _times(page: Page) -> Iterator[str]:
    """Yield the page's moments that are marked as that of its publication."""
    for node in page.tree.css("time[pubdate], time[itemprop='datePublished']")[:1]:
        yield node.attributes.get("datetime") or node.text(deep=True)


_CLEAR: Final = {
    "date": re.compile(
        r"上传|上傳|上架|upload|hochgelad|ligne|transféré|subid|cargad|enviad|carregad|caricat|"
        r"dodan|dodani|przesł|wgran|загру|добав|завантаж|додан|yükle|eklen|tải lên|đăng|unggah|アップ|"
        r"投稿|등록|업로드|eingestellt|posted|added|hinzugefügt|ajouté|agregad|añadid"
    ),
    "size": re.compile(
        r"文|资源|檔|file|datei|fichier|archivo|arquivo|plik|файл|dosya|tệp|berkas|ファイル|파일"
    ),
    "page_count": re.compile(
        r"全|总|總|total|number|anzahl|nombre|número|numero|liczba|колич|кільк|sayısı|tổng|jumlah|総|총"
    ),
}
"""Labels that can mean nothing else."""


def vagueness(name: str, label: str) -> int:
    """Return how little *label* says that it is the field *name* of the document: 0 is clear."""
    clear = _CLEAR.get(name)
    return int(not label) + int(clear is None or not clear.search(label))


def _words(text: str, language: str) -> str | None:  # noqa: ARG001 - as the others
    return clean(text) or None


def _page_count(text: str, language: str) -> str | None:
    if re.search(r"[KMG]i?B", text):
        return None
    return plain_count(re.sub(r"^\D{0,12}", "", plain_text(text)), language)


def _format(text: str, language: str) -> str | None:  # noqa: ARG001 - as the others
    plain = text.strip().lower().lstrip(".")
    if plain in EXTENSIONS:
        return plain
    return _MIME.get(plain.partition(";")[0].rpartition("/")[2])


_PARSERS: Final[dict[str, Callable[[str, str], str | None]]] = {
    "size": plain_size,
    "date": plain_day,
    "page_count": _page_count,
    "view_count": plain_count,
    "download_count": plain_count,
    "file_format": _format,
}
"""What makes a field's words plain."""


def plain_value(name: str, text: str, language: str) -> str | None:
    """Return *text*, a value of the field *name*, made plain; ``None`` if it is none, or unsure.

    >>> plain_value("size", "1,48 Mo", "fr"), plain_value("file_format", "application/pdf", "")
    ('1.48 MB', 'pdf')
    """
    return _PARSERS.get(name, _words)(text, language)
