"""The addresses that a page links to, as a browser would resolve them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_LINKS: Final = frozenset({"a", "area"})
_NOWHERE: Final = ("javascript:", "mailto:")
_BESIDE: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*(?:\?[\w=&%.-]+)?", re.ASCII)
"""An address in the folder of the page itself: there is nothing in it to resolve."""


class Hrefs:
    """The addresses in the tree of the page at *url*."""

    def __init__(self, tree: LexborHTMLParser, url: str) -> None:
        self._url = url
        self._written = [(node.tag, node.attrs.get("href") or "") for node in tree.css("[href]")]

    def links(self) -> list[str]:
        """Return the absolute addresses of all links, in order, each once, without fragments."""
        split = urlsplit(self._base)
        origin = f"{split.scheme}://{split.netloc}"
        found: dict[str, None] = {}
        for name, written in self._written:
            if name not in _LINKS:
                continue
            href = written.strip()
            if "#" in href:
                href = href.partition("#")[0]
            if href[:1] == "/" and href[1:2] != "/":
                found[origin + href] = None
            elif href[:4] == "http" and "://" in href[:8]:
                found[href] = None
            elif not href or href.startswith(_NOWHERE):
                continue
            elif _BESIDE.fullmatch(href) and self._folder:
                found[self._folder + href] = None
            elif joined := self.joined(href):
                found[joined] = None
        return list(found)

    def joined(self, href: str) -> str | None:
        """Return *href* seen from the page, without fragment; ``None`` if no page can be there."""
        return _joined(self._base, href)

    @cached_property
    def _base(self) -> str:
        href = next((href for name, href in self._written if name == "base"), "")
        return _joined(self._url, href) or self._url if href else self._url

    @cached_property
    def _folder(self) -> str:
        """What the addresses beside the page's own begin with; empty if there are none."""
        beside = self.joined("x")
        return beside.removesuffix("x") if beside else ""


def _joined(base: str, href: str) -> str | None:
    try:
        url = urlsplit(urljoin(base, href))
    except ValueError:
        return None
    is_page = url.scheme in {"http", "https"} and url.netloc
    return url._replace(fragment="").geturl() if is_page else None
