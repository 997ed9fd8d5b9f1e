"""The generic page: what any site says of a document, read without knowledge of the site.

It reads what a careful person would: labelled values in many languages, what the page says for
machines, its address, its title and its main text. Where two values are possible, it reads none.
A page is a document's only if something on it says that there is a file: precision goes before
recall.
"""

# ruff: noqa: RUF001 - words of all languages, in their own letters

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from crawler.errors import MissingFieldError, NotADocumentError
from crawler.items import RawDocument
from crawler.reading import facts, notices
from crawler.reading.anyaddress import AnyAddress, address_day, address_id, is_no_document, is_slug
from crawler.reading.factvalues import FORMATS
from crawler.reading.headings import is_list_title, is_preview
from crawler.reading.headline import titles
from crawler.reading.locale import plain_size
from crawler.reading.metadata import KINDS, values_at
from crawler.reading.ownfacts import MOST_LINES, OwnFacts, kinds_of
from crawler.reading.page import DocumentPage
from crawler.reading.statements import plain_value, stated, vagueness
from crawler.reading.values import clean, split_extension

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.reading.address import UrlTemplate
    from crawler.reading.facts import Fact
    from crawler.reading.maintext import MainText

NAME: Final = "generic"
VERSION: Final = 1
READER: Final = f"{NAME}/{VERSION}"

_HOSTS: Final = 4096
"""How many hosts have their classes kept."""
_FEW: Final = 4
_TOP_LEVEL: Final = {
    "uk": "en-GB", "au": "en-AU", "nz": "en-NZ", "ie": "en-IE", "in": "en-IN", "za": "en-ZA",
}  # fmt: skip
"""How English is written on the hosts of a country."""
_OTHER_KINDS: Final = frozenset(
    "newsarticle blogposting product recipe videoobject jobposting".split()
)
_DOCUMENT_KINDS: Final = frozenset(KINDS[0]) | {"mediaobject", "document"}
_MEDIA: Final = frozenset("jpg jpeg png gif bmp tif tiff swf mp3 mp4 avi flv wmv html htm".split())
"""Formats of files that are no documents."""
_FILES: Final = FORMATS - {"zip", "rar", "7z"}
"""Formats that nothing but documents has."""
_SOFTWARE: Final = re.compile(
    r"(?:^|[\s\0\t])(?:apk|exe|dmg|msi|iso|freeware|shareware|duration|dauer|durée|duración|"
    r"operating system|os version|android version|requires android|betriebssystem|"
    r"系统要求|системные требования|时长|运行环境|操作系统|支持系统|软件大小|"
    r"isbn(?:-1[03])?|sku|add to (?:cart|basket|bag)|加入购物车|加入購物車|"
    r"in den warenkorb|ajouter au panier|añadir (?:al carrito|a la cesta)|aggiungi al carrello|"
    r"adicionar ao carrinho|do koszyka|dodaj do koszyka|в корзину|у кошик|до кошика|sepete ekle|"
    r"thêm vào giỏ(?: hàng)?|tambah ke keranjang|カートに入れる|장바구니(?:에 담기)?)(?:[\s:：]|$)",
    re.IGNORECASE,
)
_BUTTON: Final = re.compile(
    r"(?:download|下载|下載|herunterladen|télécharger|descargar|baixar|scarica|pobierz|скачать|"
    r"завантажити|indir|tải|unduh|ダウンロード|다운로드|^files? )",
    re.IGNORECASE,
)
_BUTTON_SIZE: Final = re.compile(
    r"[(（\-–|:：,\s]\s?(\d(?:[.,]?\d){0,10}\s?(?:[kмmgкг](?:i?[bo]|б)|bytes))\s?[)）]?\s*$",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(r"max|máx|limit|at most|up to|bis zu|最大|上限|не более", re.IGNORECASE)
_FILE_NAME: Final = re.compile(
    r"[^/|:：<>]{3,120}\.(?:docx?|pdf|pptx?|xlsx?|txt|rtf|wps|odt|epub)", re.IGNORECASE
)
_LONGEST_TITLE: Final = 300
_PATH: Final = re.compile(r"[>›»:：]|首页|^home$", re.IGNORECASE)
"""What no title has, but the way to a page does."""
_LEAST_TEXT: Final = 200
_MANY_FACTS: Final = 3
_DOCUMENT_PATH: Final = re.compile(
    r"/(?:docs?|documents?|document-view|doc-view|slides?|presentations?|slideshow|papers?|p-|d-|"
    r"dokument\w*|documento?s?|belge\w*|dokuman\w*|tai-lieu|dokumen|wenku|wendang)[/_-]?",
    re.IGNORECASE,
)


class GenericPage(DocumentPage):
    """A page of a site of which nothing is known; ``at`` makes the class for an address."""

    site = NAME
    url_template: ClassVar[UrlTemplate] = AnyAddress("https://host.invalid/")
    version = VERSION

    owns_address: ClassVar[bool] = False
    """Its address is a document's for sure: that of a site whose layout was not recognised."""

    @staticmethod
    @lru_cache(_HOSTS)
    def at(origin: str) -> type[GenericPage]:
        """Return the class of the pages of the host in *origin*, an address."""
        address = AnyAddress(origin)
        names = {"site": address.domain, "url_template": address}
        return type("GenericPage", (GenericPage,), names)

    @staticmethod
    def under(kind: type[DocumentPage]) -> type[GenericPage]:
        """Return the class that reads pages of the site of *kind* whose layout is not known."""
        names = {
            "site": kind.site,
            "url_template": kind.url_template,
            "owns_address": True,
            "date_order": kind.date_order,
        }
        return type("GenericPage", (GenericPage,), names)

    def document(self) -> RawDocument:
        """Return the document that the page is about.

        Raise a ``PageError`` if it is about none, or if nothing shows that it is.
        """
        notices.check_body(self)
        address = self.url_template.doc_id(self.url)
        if address is None:
            raise NotADocumentError(self.url, "no document's address")
        if not self.owns_address:
            self._check_kind()
        if not self.document_signs:
            notices.check(self)
            raise NotADocumentError(self.url, "nothing says that there is a document")
        if self._is_thin:
            notices.check_thin(self, self.preview_text or "")
        title = next(iter(self.titles), "")
        if not title:
            notices.check(self)
            raise MissingFieldError(self.url, "title")
        doc_id = address if self.owns_address else self._doc_id(address)
        values = {name: self.value(name) for name in _READ}
        return RawDocument(
            site=self.site,
            doc_id=doc_id,
            url=self.url_template.canonical_url(self.url, doc_id),
            title=title,
            preview=self.preview_text,
            date_order="YMD",
            published=frozenset(),
            fetched_at=self.fetched_at,
            reader=READER,
            **values,
        )

    @property
    def _is_thin(self) -> bool:
        """Whether so little is said of a document that the page may be a notice."""
        text = sum(len(self.lines[number]) for number in self.found.main_text.numbers)
        return text < _LEAST_TEXT and len(kinds_of(self.found.own)) < _MANY_FACTS

    def _check_kind(self) -> None:
        """Raise a ``PageError`` if the page lists documents, or its address is no document's."""
        if is_no_document(self.url):
            raise NotADocumentError(self.url, "the address of a front page, a search or a list")
        title = next(iter(self.titles), "")
        if is_list_title(title) or self.found.is_list:
            raise NotADocumentError(self.url, "a list of documents")
        is_other = any(_SOFTWARE.search(self.lines.marked(n)) for n in self.found.short)
        file_format = self.value("file_format")
        if file_format in _MEDIA or (is_other and file_format not in _FILES):
            raise NotADocumentError(self.url, "something that is no document")

    # --- what the page says ---------------------------------------------------------------------

    @cached_property
    def found(self) -> OwnFacts:
        """The facts on the page, and which of them are the document's."""
        return OwnFacts(self.lines, self._title_line)

    @property
    def facts(self) -> list[Fact]:
        """The facts that are the document's."""
        return self.found.own

    @property
    def main_text(self) -> MainText:
        """Where the document's own text stands."""
        return self.found.main_text

    @cached_property
    def titles(self) -> list[str]:
        """What may be the title, the likeliest first."""
        found = dict.fromkeys(title[:_LONGEST_TITLE] for title in titles(self) if title)
        labelled = [fact.value for fact in self.found.all if fact.field == "title"]
        if found or labelled:
            return [*found, *labelled]
        if not self.is_html and (above := self._lines_above()):
            return above
        lines = (self.lines[number] for number in self.found.main)
        return list(islice(filter(_FILE_NAME.fullmatch, lines), 1))

    def _lines_above(self) -> list[str]:
        """Return the lines of a plain text that may be its title: above its facts, the nearest."""
        first = min((fact.line for fact in self.found.box), default=0)
        above = [self.lines[n] for n in self.found.main if max(0, first - _FEW) <= n < first]
        plain = [line for line in reversed(above) if not _PATH.search(line)]
        return [line for line in plain if len(line) <= _LONGEST_TITLE and not is_preview(line)]

    @cached_property
    def _title_line(self) -> int | None:
        names = {clean(title) for title in islice(titles(self), _FEW)}
        numbers = islice(self.lines, MOST_LINES)
        found = [n for n in numbers if self.lines[n] in names and n not in self.lines.aside]
        return next(
            (n for n in found if self.lines.tag(n) in {"h1", "h2"}), next(iter(found), None)
        )

    @cached_property
    def page_language(self) -> str:
        """The language of the page's labels, as a BCP 47 tag; empty if it is not known."""
        node = self.tree.css_first("html[lang]")
        declared = ((node.attributes.get("lang") or "") if node else "").strip()
        declared = (
            declared
            or self.metadata.get("og:locale", "")
            or self.metadata.get("content-language", "")
        )
        declared = declared.replace("_", "-")
        votes = facts.languages(self.found.box or self.found.all)
        main = declared.lower().partition("-")[0]
        top = max(votes.values(), default=0)
        likely = [tag for tag, count in votes.items() if count == top and top]
        if any(tag.partition("-")[0] == main for tag in likely) or not likely:
            return self._regional(declared)
        return likely[0] if len(likely) == 1 else (_shared(likely) or declared)

    def _regional(self, tag: str) -> str:
        """Return *tag*, or what English is on the hosts of a country."""
        host = (urlsplit(self.url).hostname or "").rpartition(".")[2]
        return _TOP_LEVEL.get(host, tag) if tag.lower() in {"", "en"} else tag

    # --- values ---------------------------------------------------------------------------------

    def value(self, name: str) -> str | None:
        """Return the value of the field *name*, plain; ``None`` if there is none or several."""
        if name not in self._values:
            self._values[name] = self._value(name)
        return self._values[name]

    @cached_property
    def _values(self) -> dict[str, str | None]:
        return {}

    def _value(self, name: str) -> str | None:
        labelled = [fact for fact in self.found.own if fact.field == name]
        box = {fact.line for fact in self.found.box}
        together = [fact for fact in labelled if fact.line in box]
        for found in (together, labelled):
            if found:
                values = {plain_value(name, f.value, self.page_language): None for f in found}
                return self._one(name, list(values), found)
        for text in stated(self, name):
            if value := plain_value(name, text, self.page_language):
                return value
        if name == "size":
            return self._button_size()
        if name == "date":
            return address_day(self.url)
        return self._linked_format() if name == "file_format" else None

    def _one(self, name: str, values: list[str | None], found: Sequence[Fact]) -> str | None:
        """Return the one of *values* that is meant: the only one, or that of the clearest label."""
        if len(values) == 1:
            return values[0]
        if name in _FIRST or len({fact.label for fact in found}) > 1:
            ranked = sorted(found, key=lambda fact: (vagueness(name, fact.label), fact.line))
            clearest = vagueness(name, ranked[0].label)
            best = [fact for fact in ranked if vagueness(name, fact.label) == clearest]
            clear = {plain_value(name, fact.value, self.page_language) for fact in best}
            if len(clear) == 1 or name in _FIRST:
                return plain_value(name, ranked[0].value, self.page_language)
        return None

    def _button_size(self) -> str | None:
        """Return the size on the page's download button, if all of them say the same."""
        text = self.found.main_text
        behind = min(text.numbers, default=MOST_LINES)
        found = {
            plain_size(size[1], self.page_language)
            for number in self.found.short
            if (number < behind or (text.is_marked and number not in text.numbers))
            and _BUTTON.search(self.lines[number])
            and not _LIMIT.search(self.lines[number])
            and (size := _BUTTON_SIZE.search(self.lines[number]))
        }
        return found.pop() if len(found) == 1 else None

    def _linked_format(self) -> str | None:
        """Return the format in another form of the title, or of the one file that is linked."""
        for title in self.titles:
            if extension := split_extension(title)[1]:
                return extension
        if url := self.metadata.get("citation_pdf_url"):
            return "pdf" if "pdf" in url.lower() else None
        return None

    def _doc_id(self, address: str) -> str:
        """Return the ID of the address, or what the page says if that has only words."""
        printed = [fact.value for fact in self.found.own if fact.field == "doc_id"]
        in_address = [one for one in printed if one in self.url]
        if in_address:
            return in_address[0]
        if not is_slug(address):
            return address
        if len(set(printed)) == 1:
            return printed[0]
        ids = (text for text in stated(self, "doc_id") if re.fullmatch(r"[\w-]{1,64}", text))
        return next((text for text in ids if any(map(str.isdigit, text))), address)

    @cached_property
    def preview_text(self) -> str | None:
        """The document's own text, one paragraph a line."""
        names = {name for title in self.titles[:3] for name in (title, split_extension(title)[0])}
        texts = [self.lines[number] for number in self.found.main_text.numbers]
        while texts and (texts[0] in names or is_preview(texts[0])):
            texts.pop(0)
        return "\n".join(texts) or None

    # --- whether it is a document ---------------------------------------------------------------

    @cached_property
    def document_signs(self) -> list[str]:
        """What says that the page is about a document, by name; empty if nothing does."""
        return [name for name, holds in _SIGNS.items() if holds(self)]

    @property
    def has_facts(self) -> bool:
        """Whether the page says the size, the pages, the day or the format of a document."""
        return any(map(self.value, ("size", "page_count", "date", "file_format")))

    @property
    def kinds(self) -> set[str]:
        """The types, in lower case, of what JSON-LD and microdata are about."""
        found = [*self.linked_data, *self.microdata]
        return {name.lower() for name in values_at(found, "@type")}


def _is_shown(page: GenericPage) -> bool:
    """Tell whether the page shows a text under a heading for it, at an address of documents."""
    text = sum(len(page.lines[number]) for number in page.found.main_text.numbers)
    is_path = _DOCUMENT_PATH.search(urlsplit(page.url).path) is not None
    is_told = page.found.main_text.is_marked or (
        not is_slug(address_id(page.url) or "x-x")
        and page.metadata.get("og:type", "").lower() not in {"article", "video", "product"}
        and not page.kinds & _OTHER_KINDS
    )
    return is_told and text >= _LEAST_TEXT and is_path


_SIGNS: Final[dict[str, Callable[[GenericPage], bool]]] = {
    "size": lambda page: page.value("size") is not None,
    "pages": lambda page: page.value("page_count") is not None,
    "format": lambda page: page.value("file_format") is not None,
    "id": lambda page: any(fact.field == "doc_id" for fact in page.found.own),
    "citation": lambda page: (
        "citation_title" in page.metadata or "citation_pdf_url" in page.metadata
    ),
    "type": lambda page: page.metadata.get("og:type", "").lower() in {"document", "book"},
    "kind": lambda page: bool(page.kinds & _DOCUMENT_KINDS),
    "downloads": lambda page: (
        page.value("download_count") is not None
        and (page.value("uploader") or page.value("date")) is not None
    ),
    "text": _is_shown,
    "known address": lambda page: (
        page.owns_address and (page.preview_text is not None or bool(page.found.own))
    ),
}
"""The signs of a document. One is enough."""

_READ: Final = (
    "file_format", "size", "page_count", "date", "uploader", "category", "tags", "price",
    "view_count", "download_count", "language",
)  # fmt: skip
_FIRST: Final = frozenset({"uploader", "category", "tags", "price", "language"})
"""The fields of which the first of several values is read."""


def _shared(tags: Sequence[str]) -> str:
    """Return a language that writes numbers and days as all of *tags* do; empty if they differ."""
    return "fr" if all(tag.partition("-")[0] in _ALIKE for tag in tags) else ""


_ALIKE: Final = frozenset("de fr es pt it pl ru uk tr vi id".split())
