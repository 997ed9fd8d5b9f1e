"""Pages: what one answer of a site says, read without asking the site again."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, ClassVar, Final, Literal
from unicodedata import normalize

from parsel import Selector
from selectolax.lexbor import LexborHTMLParser

from crawler.errors import MissingFieldError, NotADocumentError, WrongPageError
from crawler.items import RawDocument
from crawler.reading import labels, metadata, notices
from crawler.reading.charset import Decoded, decoded
from crawler.reading.hrefs import Hrefs
from crawler.reading.layout import FIELD_NAMES, Layout
from crawler.reading.lines import Lines
from crawler.reading.nesting import is_flat, without_abyss
from crawler.reading.preview import repeated_title
from crawler.reading.rows import hides, strip_hidden
from crawler.reading.values import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.items import DateOrder
    from crawler.reading.address import UrlTemplate
    from crawler.reading.literals import Value
    from crawler.reading.preview import PreviewField

_MOST_SCRIPTS: Final = 20
_MOST_ENTRIES: Final = 500
_EVIDENCE: Final = ("file_format", "size", "page_count", "date")
"""What no page says but a document's, wherever it is written."""
_TEXT_TYPES: Final = ("text/plain", "text/markdown")
_MARKUP: Final = re.compile(
    r"<(?:!doctype|html|head|body|div|p|table|meta|title|span)\b", re.IGNORECASE
)


class Page:
    """One page: an address and bytes. Reading it asks nobody anything.

    *content_type* is the answer's ``Content-Type``; *fetched_at* the moment of capture, aware.
    """

    def __init__(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str = "",
        fetched_at: datetime | None = None,
    ) -> None:
        self.url = url
        self.body = body
        self.content_type = content_type
        self.fetched_at = fetched_at or datetime.now(UTC)

    @cached_property
    def text(self) -> str:
        """The whole page as text, markup included."""
        return self._decoded.text

    @cached_property
    def _decoded(self) -> Decoded:
        return decoded(self.body, self.content_type)

    @cached_property
    def is_html(self) -> bool:
        """Whether the page is marked up; a web archive's text extract is not."""
        if self.content_type.lower().startswith(_TEXT_TYPES):
            return False
        return "html" in self.content_type.lower() or _MARKUP.search(self.text) is not None

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The page as a tree, without what its own style hides."""
        if not hides(self._decoded.utf_8):
            return self.whole_tree
        tree = self._parse()
        if tree.body is not None:
            strip_hidden(tree.body)
        return tree

    @cached_property
    def whole_tree(self) -> LexborHTMLParser:
        """The page as a tree, with what its own style hides."""
        return self._parse()

    def _parse(self) -> LexborHTMLParser:
        source = self._decoded.utf_8 if self.is_html else b""
        return LexborHTMLParser(source if is_flat(source) else without_abyss(self.text))

    @cached_property
    def selector(self) -> Selector:
        """The page as a selector, for odd fields: XPath, CSS, regular expressions."""
        return Selector(text=self.text if self.is_html else "<html></html>", base_url=self.url)

    @cached_property
    def lines(self) -> Lines:
        """The page's visible lines."""
        return Lines.of_html(self.tree, self.text) if self.is_html else Lines.of_text(self.text)

    @cached_property
    def title_tag(self) -> str:
        """The text of ``<title>``, empty if there is none."""
        node = self.tree.css_first("title")
        return " ".join(node.text(deep=True).split()) if node else ""

    @cached_property
    def metadata(self) -> dict[str, str]:
        """The content of the page's ``<meta>`` tags, the first of a name, by it in lower case."""
        return {name: contents[0] for name, contents in self.meta_tags.items()}

    @cached_property
    def meta_tags(self) -> dict[str, list[str]]:
        """The contents of the page's ``<meta>`` tags, in order, by name in lower case."""
        return metadata.meta_tags(self.tree)

    @cached_property
    def linked_data(self) -> list[Value]:
        """The objects of the page's JSON-LD that may be its document, the likeliest first."""
        return metadata.json_ld(self.whole_tree, self.url) if "ld+json" in self.text else []

    @cached_property
    def microdata(self) -> list[Value]:
        """The items of the page's microdata that may be its document, the likeliest first."""
        return metadata.microdata(self.whole_tree, self.url) if "itemprop" in self.text else []

    @cached_property
    def scripts(self) -> list[str]:
        """The page's inline scripts."""
        return metadata.scripts(self.whole_tree)

    def script_data(self, selector: str, attribute: str = "") -> list[Value]:
        """Return the JSON in the elements, or in an *attribute* of them, that *selector* finds."""
        if (selector, attribute) not in self._script_data:
            nodes = self.whole_tree.css(selector)
            texts = (
                node.attributes.get(attribute) or "" if attribute else node.text(deep=True)
                for node in nodes[:_MOST_SCRIPTS]
            )
            found = [metadata.script_data(text) for text in texts if text]
            self._script_data[selector, attribute] = [data for data in found if data is not None]
        return self._script_data[selector, attribute]

    @cached_property
    def _script_data(self) -> dict[tuple[str, str], list[Value]]:
        return {}

    @property
    def says_its_title(self) -> bool:
        """Whether it gives a document's title, wherever that is written."""
        return False

    def links(self) -> list[str]:
        """Return the absolute addresses that the page links to, in order, without fragments."""
        return self._links

    @cached_property
    def _links(self) -> list[str]:
        return self._hrefs.links()

    @cached_property
    def _hrefs(self) -> Hrefs:
        return Hrefs(self.tree, self.url)


class DocumentPage(Layout, Page):
    """The page of one document. Each site has a subclass that says where its values are.

    A site with several layouts names them in ``layouts``; the first that the page shows is read,
    or else the last. A site with one layout is its own.
    """

    site: ClassVar[str]
    """The site's name: its spider's, and its folder's in the fixtures."""
    url_template: ClassVar[UrlTemplate]
    """The addresses of its documents."""
    version: ClassVar[int] = 1
    """Raised when the class would read stored pages to other values."""
    layouts: ClassVar[tuple[type[Layout], ...]] = ()
    date_order: ClassVar[DateOrder] = "YMD"
    evidence: ClassVar[Literal["page", "code", "seen", "guess"]] = "page"
    """What the class was written from: pages, code that reads them, or less."""
    closed: ClassVar[bool] = False
    """The site answers no more; archives still hold its pages."""

    def __init_subclass__(cls) -> None:
        own = [name for name in FIELD_NAMES if name in vars(cls)]
        if cls.layouts and own:
            raise TypeError(f"{cls.__name__}: its layouts are read, and its own {own} are not")

    @cached_property
    def layout(self) -> type[Layout]:
        """The layout that the page shows.

        Of the layouts whose signs stand before the preview, as the one whose sign is met first
        finds it, it is the first that the class names.
        """
        if not self.layouts:
            return type(self)
        met = next(self._signs(self.layouts), None)
        if met is None:
            begun = (layout for layout in self.layouts if self.start_of(layout.preview) is not None)
            return next(begun, self.layouts[-1])
        if not met:
            return self.layouts[0]
        start = self.start_of(self.layouts[met].preview)
        return self.layouts[min(self._signs(self.layouts[:met], start), default=met)]

    def _signs(self, layouts: tuple[type[Layout], ...], stop: int | None = None) -> Iterator[int]:
        """Yield the places, in *layouts*, of those whose signs stand before line *stop*."""
        signs = [(sign, at) for at, layout in enumerate(layouts) for sign in layout.signs]
        for number in self.main_numbers(stop=stop):
            text = self.lines[number]
            for sign, place in signs:
                if sign in text:
                    yield place

    @property
    def says_its_title(self) -> bool:
        """Whether it gives a document's title: in its scripts, if it has no text."""
        return self.url_template.doc_id(self.url) is not None and bool(
            self.layout.read(self, "title")
        )

    def start_of(self, preview: PreviewField) -> int | None:
        """Return the number of the line where *preview* begins; ``None`` if the page has none."""
        if preview not in self._starts:
            self._starts[preview] = preview.start(self)
        return self._starts[preview]

    @cached_property
    def _starts(self) -> dict[PreviewField, int | None]:
        return {}

    def title_above(self, signs: tuple[str, ...]) -> tuple[int, int | None] | None:
        """Return the lines where a title stands above *signs*, as ``repeated_title`` does."""
        if signs not in self._titles:
            self._titles[signs] = repeated_title(self, signs)
        return self._titles[signs]

    @cached_property
    def _titles(self) -> dict[tuple[str, ...], tuple[int, int | None] | None]:
        return {}

    @cached_property
    def header(self) -> list[int]:
        """The numbers of the lines before the preview that are not about other documents."""
        return list(self.main_numbers(stop=self.start_of(self.layout.preview)))

    def main_numbers(self, start: int = 0, stop: int | None = None) -> Iterator[int]:
        """Yield the numbers of the lines, between two, that are not about other documents."""
        aside = self.lines.aside
        for number in self.lines.since(start):
            if stop is not None and number >= stop:
                return
            if number not in aside:
                yield number

    @cached_property
    def labelled(self) -> dict[str, list[labels.Labelled]]:
        """What stands beside the layout's labels, in page order, by label."""
        found: dict[str, list[labels.Labelled]] = {}
        for labelled in labels.find(self.lines, self.header, self.layout.vocabulary()):
            if not self._is_of_another(labelled.line):
                found.setdefault(labelled.label, []).append(labelled)
        return found

    def _is_of_another(self, line: int) -> bool:
        """Tell whether a line stands in the entry of one other document, which it links to."""
        hrefs = self.lines.heading_links(line)
        if not hrefs:
            return False
        urls = map(self._hrefs.joined, hrefs)
        linked = {self.url_template.doc_id(url) for url in urls if url} - {None}
        return len(linked) == 1 and self.url_template.doc_id(self.url) not in linked

    def document(self) -> RawDocument:
        """Return the document that the page is about.

        Raise a ``PageError`` if it is about none: ``WrongPageError`` if it is about another than
        its address, ``MissingFieldError`` if it lacks a title, or what ``notices`` says of it.
        """
        doc_id = self._identify()
        layout = self.layout

        def read(name: str) -> str | None:
            return layout.read(self, name)

        title = clean(read("title") or "")
        is_evident = title and (self._is_signed or layout.preview.is_marked(self))
        if not (is_evident or self.labelled or (title and any(map(read, _EVIDENCE)))):
            notices.check(self)
            notices.check_list(self, self._others)
        if not title:
            raise MissingFieldError(self.url, "title")
        return RawDocument(
            site=self.site,
            doc_id=doc_id,
            url=self.url_template.canonical_url(self.url, doc_id),
            title=title,
            file_format=read("file_format"),
            size=read("size"),
            page_count=read("page_count"),
            preview_page_count=read("preview_page_count"),
            date=read("date"),
            preview=read("preview"),
            uploader=read("uploader"),
            category=read("category"),
            tags=read("tags"),
            price=read("price"),
            view_count=read("view_count"),
            download_count=read("download_count"),
            language=read("language"),
            date_order=self.date_order,
            published=layout.published(),
            fetched_at=self.fetched_at,
            reader=f"{self.site}/{self.version}",
        )

    @property
    def _others(self) -> set[str]:
        """The IDs of other documents that entries of the page, not set aside, link to."""
        numbers = islice(self.main_numbers(), _MOST_ENTRIES)
        found = (href for number in numbers for href in self.lines.heading_links(number))
        urls = filter(None, map(self._hrefs.joined, found))
        return {doc_id for url in urls if (doc_id := self.url_template.doc_id(url))} - {
            self.url_template.doc_id(self.url) or ""
        }

    @property
    def _own_addresses(self) -> list[str]:
        """The addresses that the page gives itself."""
        node = self.tree.css_first('link[rel="canonical"]')
        said = [node.attributes.get("href") if node else None, self.metadata.get("og:url")]
        return [url for href in said if href and (url := self._hrefs.joined(href))]

    @property
    def _is_signed(self) -> bool:
        """Whether a sign of the page's layout stands before its preview."""
        header = [self.lines[number] for number in self.header]
        return any(sign in text for sign in self.layout.signs for text in header)

    def _identify(self) -> str:
        """Return the ID of the document that both address and page are about."""
        expected = self.url_template.doc_id(self.url)
        if expected is None:
            raise NotADocumentError(self.url, "no document's address")
        notices.check_body(self)
        found = chain(self.layout.doc_id.read_all(self), Layout.doc_id.read_all(self))
        printed = [normalize("NFKC", doc_id) for doc_id in found if doc_id]
        if printed and self.url_template.stands_in(expected, self.url):
            return printed[0]
        if printed and expected not in printed:
            raise WrongPageError(self.url, f"about document {printed[0]}, not {expected}")
        if not printed:
            said = map(self.url_template.doc_id, self._own_addresses)
            notices.check_address(self, expected, said)
        return expected
