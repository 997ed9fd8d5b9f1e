"""Titles that a page states more than once, or only in its head."""

import re
from typing import Final

from crawler.reading import DocumentPage, meta
from crawler.reading.fields import Field, TextField
from crawler.reading.values import split_extension

_ICON: Final = "类型"
_LONGEST: Final = 500
_JOINT: Final = re.compile(r"\s?[-_|–—]+\s?")
_SITE: Final = re.compile(
    r"文库|文阁|豆丁|网站|(?<!联)网$|三一办公|七彩学科|原创力|360文档|\.(?:com|cn|net)\b"
)
_SITE_END: Final = re.compile(r"(?:文库|文档|(?<!联)网|阁|豆丁)$")
_LONGEST_SITE: Final = 40


def confirmed(*fields: TextField) -> TextField:
    """Read the first of *fields* that the page's ``<title>`` begins with, or the first of all."""

    def read(page: DocumentPage) -> str | None:
        found = [value for one in fields if (value := one.read(page))]
        begun = (one for one in found if page.title_tag.startswith(split_extension(one)[0]))
        return next(begun, None) or next(iter(found), None)

    return Field(read)


def named(*fields: TextField) -> TextField:
    """Read the first of *fields* that has more than the name of a site, without that."""

    def read(page: DocumentPage) -> str | None:
        texts = ((one.read(page) or "")[:_LONGEST] for one in fields)
        return next(filter(None, map(without_site, texts)), None)

    return Field(read)


def named_in_title_tag() -> TextField:
    """Read the document's title in ``<title>``, without what follows: a joint and a site's name.

    A title ends with its file's extension, if it has one.
    """
    return named(Field(lambda page: page.title_tag))


def named_in_head() -> TextField:
    """Read the document's title in ``og:title``, or else in ``<title>``, without a site's name."""
    return named(meta("og:title"), Field(lambda page: page.title_tag))


def without_icon(title: TextField) -> TextField:
    """Read *title* without the name of the icon that stands before it in a page's plain text."""

    def read(page: DocumentPage) -> str | None:
        text = title.read(page)
        if text and text.startswith(_ICON) and not page.title_tag.startswith(_ICON):
            return text.removeprefix(_ICON).strip()
        return text

    return Field(read)


def without_end(words: str, title: TextField) -> TextField:
    """Read *title* without *words* at its end."""

    def read(page: DocumentPage) -> str | None:
        return (title.read(page) or "").removesuffix(words).strip() or None

    return Field(read)


def if_any(title: TextField, *signs: TextField) -> TextField:
    """Read *title* if the page has one of *signs*; else it is no document's page."""

    def read(page: DocumentPage) -> str | None:
        return title.read(page) if any(sign.read(page) for sign in signs) else None

    return Field(read)


def started() -> TextField:
    """Read a sign of a document: the mark behind which its preview begins."""

    def read(page: DocumentPage) -> str | None:
        start = page.start_of(page.layout.preview)
        return None if start is None else str(start)

    return Field(read)


def without_site(text: str) -> str | None:
    """Return *text* without the name of a site at its end; ``None`` if it is nothing else.

    >>> without_site("机械图纸.dwg - 某某网 - 分享资料"), without_site("计划_第二版_蚂蚁文库")
    ('机械图纸.dwg', '计划_第二版')
    >>> without_site("三段式-例题"), without_site("蚂蚁文库")
    ('三段式-例题', None)
    """
    joints = list(_JOINT.finditer(text))
    for found in joints:
        if split_extension(text[: found.start()])[1]:
            return text[: found.start()].strip()
    end = len(text)
    for found in reversed(joints):
        name = text[found.end() : end]
        pattern = _SITE if end == len(text) else _SITE_END
        if len(name) > _LONGEST_SITE or not pattern.search(name):
            break
        end = found.start()
    head = text[:end].strip()
    is_site = end == len(text) and len(head) < _SHORT and _SITE_END.search(head)
    return None if is_site else head or None


_SHORT: Final = 8
"""The name of a site that stands alone has fewer characters."""
