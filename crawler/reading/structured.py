"""Where a value is written for machines: fields that read JSON-LD, microdata and scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.reading.fields import Field, TextField
from crawler.reading.literals import Value, named_values
from crawler.reading.metadata import values_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.reading.page import DocumentPage

_LISTED: Final = frozenset({"keywords", "keyword", "tags", "about"})
"""The properties that are lists: all their values are read."""
_ATTRIBUTE: Final = re.compile(r"(.+)@([A-Za-z][\w:-]*)")


def json_ld(*paths: str) -> TextField:
    """Read the first value at one of *paths* in the page's JSON-LD about the document.

    A path is dotted: ``author.name``; ``interactionStatistic.DownloadAction`` is a counter.
    """

    def read(page: DocumentPage) -> str | None:
        return _first(_values(page.linked_data, paths))

    return Field(read)


def microdata(*properties: str) -> TextField:
    """Read the first of *properties*, ``itemprop`` names, of the document.

    A dotted path leads into an item: ``author.name``; ``interactionCount.UserDownloads`` is 52
    where the page says ``UserDownloads:52``.
    """

    def read(page: DocumentPage) -> str | None:
        return _first(_values(page.microdata, properties))

    return Field(read)


def script_json(selector: str, *paths: str) -> TextField:
    """Read the first value at one of *paths* in the JSON of an element that *selector* finds.

    ``script#__NEXT_DATA__`` is the element's text, in an HTML comment or not;
    ``script#initial-data@data-json`` its attribute.
    """
    split = _ATTRIBUTE.fullmatch(selector)
    query, name = (split[1], split[2]) if split else (selector, "")

    def read(page: DocumentPage) -> str | None:
        data = page.script_data(query, name)
        return _first(_values(data, paths))

    return Field(read)


def script_value(*names: str) -> TextField:
    """Read the first of *names*, a variable, property or key of the page's inline JavaScript.

    It is read where its value is a literal: ``var fCount = 12;``, ``Viewer._pageCount=12``,
    ``aid: '123'``. ``pageConfig.access.title`` is found in an object literal too. Nothing is run.
    """

    def read(page: DocumentPage) -> str | None:
        found = (v for name in names for script in page.scripts for v in named_values(script, name))
        plain = (value for value in found if not isinstance(value, dict))
        return _first(text for value in plain for text in values_at(value))

    return Field(read)


def attribute(selector: str, name: str) -> TextField:
    """Read the attribute *name* of the first element with one that *selector* finds."""

    def read(page: DocumentPage) -> str | None:
        for node in page.whole_tree.css(selector):
            if value := (node.attributes.get(name) or "").strip():
                return value
        return None

    return Field(read)


def _values(data: Iterable[Value], paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        for one in data:
            if path.rpartition(".")[2] in _LISTED:
                yield ", ".join(dict.fromkeys(filter(None, values_at(one, path))))
            else:
                yield from values_at(one, path)


def _first(values: Iterable[str]) -> str | None:
    return next(filter(None, values), None)
