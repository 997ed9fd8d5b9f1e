"""The generic page: what any site says of a document, and what it is not fooled by."""

# ruff: noqa: E501, RUF001 - rows of tables, in the letters of all languages

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from crawler.errors import NotADocumentError, PageError
from crawler.reading import DocumentPage, UrlTemplate, css, label
from crawler.reading.generic import GenericPage
from crawler.reading.judging import read_answer, read_document
from crawler.reading.normalise import normalise

if TYPE_CHECKING:
    from crawler.items import Document

URL: Final = "https://papyria.example/document/12345/kessel"
TITLE: Final = "Boilers on small farms"
TEXT: Final = (
    "<p>A boiler burns well only where its flue is swept and its door shuts tight, as the "
    "old stokers knew.</p><p>Before any work begins, the fire is let out and the valve is closed, "
    "so that nobody is scalded.</p>"
)


def page_of(
    facts: str, *, text: str = TEXT, lang: str = "", head: str = "", after: str = ""
) -> str:
    language = f' lang="{lang}"' if lang else ""
    return (
        f"<html{language}><head><title>{TITLE} - Papyria</title>{head}</head><body><nav>"
        f'<a href="/">Papyria</a></nav><main><h1>{TITLE}</h1><div class="box">{facts}</div>'
        f'<div class="body">{text}</div></main>{after}<footer>Papyria</footer></body></html>'
    )


def read(markup: str, url: str = URL) -> Document:
    kind = GenericPage.at("/".join(url.split("/")[:3]) + "/")
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return normalise(kind(url, markup.encode(), fetched_at=moment).document())


def values(facts: str, lang: str = "") -> tuple[int | None, int | None, str | None, str | None]:
    found = read(page_of(facts, lang=lang))
    day = found.uploaded_on.isoformat() if found.uploaded_on else None
    return found.size_bytes, found.page_count, day, found.file_format


# --- languages and markups ----------------------------------------------------------------------

LANGUAGES: Final = {
    "zh-CN": ("文件大小", "1.5 MB", "页数", "上传时间", "2019年3月4日", "格式"),
    "zh-TW": ("檔案大小", "1.5MB", "頁數", "上傳日期", "2019/03/04", "檔案格式"),
    "en-GB": ("File size", "1.5 MB", "Pages", "Uploaded", "04/03/2019", "Format"),
    "de": ("Dateigröße", "1,5 MB", "Seitenzahl", "Hochgeladen am", "4. März 2019", "Dateityp"),
    "fr": ("Taille", "1,5 Mo", "Nombre de pages", "Mis en ligne le", "04/03/2019", "Format"),
    "es": ("Tamaño", "1,5 MB", "Páginas", "Subido el", "4 de marzo de 2019", "Formato"),
    "pt": ("Tamanho", "1,5 MB", "Nº de páginas", "Enviado em", "4 de março de 2019", "Formato"),
    "it": ("Dimensione", "1,5 MB", "Pagine", "Caricato il", "4 marzo 2019", "Tipo file"),
    "pl": ("Rozmiar", "1,5 MB", "Liczba stron", "Dodano", "4 marca 2019 r.", "Format pliku"),
    "ru": ("Размер файла", "1,5 МБ", "Страниц", "Дата загрузки", "4 марта 2019 г.", "Формат"),
    "uk": ("Розмір файлу", "1,5 МБ", "Сторінок", "Додано", "4 березня 2019", "Формат"),
    "tr": ("Dosya boyutu", "1,5 MB", "Sayfa sayısı", "Yüklenme tarihi", "04.03.2019", "Dosya türü"),
    "vi": ("Dung lượng", "1,5 MB", "Số trang", "Ngày đăng", "04/03/2019", "Định dạng"),
    "id": ("Ukuran", "1,5 MB", "Jumlah halaman", "Diunggah pada", "4 Maret 2019", "Format"),
    "ja": ("ファイルサイズ", "1.5MB", "ページ数", "公開日", "2019年3月4日", "ファイル形式"),
    "ko": ("파일 크기", "1.5MB", "페이지 수", "등록일", "2019.03.04", "파일 형식"),
}
MARKUPS: Final = {
    "dl": ("<dl>{}</dl>", "<dt>{}</dt><dd>{}</dd>"),
    "table": ("<table>{}</table>", "<tr><th>{}</th><td>{}</td></tr>"),
    "ul": ("<ul>{}</ul>", "<li>{}: {}</li>"),
    "bold": ("<p>{}</p>", "<b>{}：</b>{}<br>"),
    "glued": ("<div>{}</div>", "<span>{}:</span><i>{}</i>"),
    "divs": ("{}", "<div><div>{}</div><div>{}</div></div>"),
    "one line": ("<p>{}</p>", "{}: {} | "),
}


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_in_every_language_and_markup(lang: str, markup: str) -> None:
    size_label, size, pages_label, day_label, day, format_label = LANGUAGES[lang]
    pairs = [(format_label, "PDF"), (pages_label, "12"), (size_label, size), (day_label, day)]
    whole, one = MARKUPS[markup]
    facts = whole.format("".join(one.format(*pair) for pair in pairs))
    for declared in (lang, ""):
        expected_day = None if (lang, declared) == ("en-GB", "") else "2019-03-04"
        assert values(facts, declared) == (1572864, 12, expected_day, "pdf")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("<p>PDF &bull; 12 pages &bull; 1.5 MB &bull; March 4, 2019</p>", (1572864, 12, "2019-03-04", "pdf")),
        ("<p>大小：1.5MB页数：12页格式：PDF上传时间：2019-03-04</p>", (1572864, 12, "2019-03-04", "pdf")),
        ("<p>May 4, 2019 | Author: U | Category: | DOWNLOAD PDF - 1.5MB</p>", (1572864, None, "2019-05-04", None)),
        ("<p>Umfang: 12 Seiten</p><p>Eingestellt am 04.03.2019 von karl</p>", (None, 12, "2019-03-04", None)),
        ("<p>全12ページ　1.5MB</p><p>2019年3月4日 公開</p>", (1572864, 12, "2019-03-04", None)),
        ("<table><tr><th>Name</th><th>Size</th><th>Type</th></tr><tr><td>a.pdf</td><td>1.5 MB</td><td>PDF</td></tr></table>", (1572864, None, None, "pdf")),
        ("<p>File type: application/pdf</p><p>Size: 1.5 MB (1,572,864 bytes)</p>", (1572864, None, None, "pdf")),
        ("<p>Original file size: 1.5 MB</p>", (1572864, None, None, None)),
    ],
)  # fmt: skip
def test_other_layouts(facts: str, expected: tuple[object, ...]) -> None:
    assert values(facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("<p>Size: 600 px</p>", (None, 3, None, None)),
        ("<p>Maximum file size: 50 MB</p>", (None, 3, None, None)),
        ("<p>Date: 03/04/2019</p>", (None, 3, None, None)),
        ("<p>Last updated: 2019-04-03</p>", (None, 3, None, None)),
        ("<p>Due date: 2019-04-03</p>", (None, 3, None, None)),
        ("<p>Uploaded: 3 years ago</p>", (None, 3, None, None)),
        ("<p>Published: March 2019</p>", (None, 3, None, None)),
        ("<p>Format: PDF, TXT or DOCX</p>", (None, 3, None, None)),
    ],
)
def test_what_may_mean_two_things_is_null(facts: str, expected: tuple[object, ...]) -> None:
    assert values(facts + "<p>No. of pages: 3</p>") == expected


def test_a_range_of_pages_is_no_number_of_them() -> None:
    assert values("<p>Pages: 12-34</p><p>File size: 1 MB</p>") == (1048576, None, None, None)


def test_people_and_counters() -> None:
    found = read(
        page_of(
            "<p>Uploaded by <a href='/u/1'>Holly Field</a> on Mar 4, 2019</p>"
            "<p>1,234 views</p><p>Downloads: 1.2K</p><p>Tags: fire, iron</p><p>Pages: 3</p>"
        )
    )
    assert (found.uploader, found.view_count, found.download_count) == ("Holly Field", 1234, 1200)
    assert (found.tags, str(found.uploaded_on)) == (("fire", "iron"), "2019-03-04")


# --- decoys -------------------------------------------------------------------------------------

CARD: Final = '<div class="c"><a href="/document/{0}/x"><h4>Other {0}</h4></a><p>{0} pages</p><p>{0} MB</p></div>'


@pytest.mark.parametrize(
    "after",
    [
        "<h3>Related documents</h3><ul><li><a href='/document/8'>O</a> Pages: 8, Size: 8 MB</li></ul>",
        "<h3>Ähnliche Dokumente</h3><div>Seiten: 8</div>",
        "<div class='similar-list'><p>Pages: 8</p><p>Size: 8 MB</p></div>",
        "".join(CARD.format(number) for number in (7, 8)),
        "<aside><ul><li><a href='/document/8/x'>Other</a> <span>Size: 8 MB</span></li></ul></aside>",
        "<section><h3>3 Comments</h3><p>Date: 2024-01-02</p><p>Size: 8 MB</p></section>",
    ],
)
def test_other_documents_and_comments(after: str) -> None:
    found = read(page_of("<p>Pages: 3</p>", after=after))
    assert (found.page_count, found.size_bytes, found.uploaded_on) == (3, None, None)


def test_a_preview_that_holds_a_page_of_another_site() -> None:
    other = "<p>Other.pdf</p><p>File size: 9 MB</p><p>Pages: 99</p><p>Uploaded: 2011-01-01</p>"
    facts = "<p>Pages: 3</p><p>Format: DOC</p>"
    for lang in ("", "en"):
        found = read(page_of(facts, text=TEXT + other + TEXT, lang=lang))
        assert (found.page_count, found.size_bytes, found.uploaded_on) == (3, None, None)
        assert found.preview is not None
        assert "Pages: 99" in found.preview


def test_labels_in_sentences() -> None:
    text = f"<p>The paper says: file size: 9 MB, and format: DOC, which nobody believes.</p>{TEXT}"
    found = read(page_of("<p>Pages: 3</p>", text=text))
    assert (found.size_bytes, found.file_format, found.page_count) == (None, None, 3)


# --- metadata -----------------------------------------------------------------------------------


def test_meta_tags() -> None:
    head = (
        '<meta property="og:type" content="document"><meta property="og:document:type" content="doc">'
        '<meta property="og:document:page" content="7"><meta name="dc.date" content="2019-03-04">'
        '<meta name="citation_keywords" content="fire"><meta name="DC.language" content="en">'
    )
    found = read(page_of("", head=head))
    assert (found.file_format, found.page_count, str(found.uploaded_on)) == ("doc", 7, "2019-03-04")
    assert (found.tags, found.language) == (("fire",), "en")


def test_json_ld_and_microdata() -> None:
    linked = (
        '<script type="application/ld+json">{"@type": "Report", "numberOfPages": 7, "author": '
        '{"name": "Li"}, "encodingFormat": "application/pdf", "datePublished": "2019-03-04"}</script>'
    )
    items = (
        "<div itemscope itemtype='http://schema.org/MediaObject'>"
        "<meta itemprop='interactionCount' content='UserDownloads:52'></div>"
    )
    found = read(page_of(items, head=linked))
    assert (found.page_count, found.file_format, found.uploader) == (7, "pdf", "Li")
    assert (str(found.uploaded_on), found.download_count) == ("2019-03-04", 52)


# --- titles, texts, addresses -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (f"<title>{TITLE} | Papyria</title>", TITLE),
        (f"<title>{TITLE} - Part 2 - Papyria</title>", f"{TITLE} - Part 2"),
        (f"<title>{TITLE} | PDF | Fire | Iron</title>", TITLE),
        (f"<title>{TITLE} - PDF Free Download</title>", TITLE),
        ("<title>锅炉检修手册-学海文库</title>", "锅炉检修手册"),
        ("<title>锅炉检修手册.pdf_123文库</title>", "锅炉检修手册"),
        (f"<title>Papyria</title><meta property='og:title' content='{TITLE}'>", TITLE),
        (f"<title>{TITLE} - Papyria</title><h1>Boilers on sm...</h1>", TITLE),
        (f"<title>Papyria</title><h1>Papyria</h1><h1>{TITLE}</h1>", TITLE),
        (f"<title>x</title><meta name='citation_title' content='{TITLE}'><h1>x</h1>", TITLE),
    ],
)
def test_the_title_without_its_decoration(head: str, title: str) -> None:
    assert read(f"<html>{head}<p>Pages: 3</p>{TEXT}").title == title


def test_the_text_without_the_pages_own_words() -> None:
    cookies = (
        "<div class='cookie'><p>We use cookies to serve you better, as every site does.</p></div>"
    )
    found = read(page_of("<p>Pages: 3</p>").replace("<nav>", cookies + "<nav>"))
    assert found.preview is not None
    assert found.preview.splitlines() == re.findall("<p>(.*?)</p>", TEXT)


def test_the_text_behind_its_heading() -> None:
    text = f"<h2>Vorschau</h2><div>{TEXT}</div><h2>Kommentare</h2><p>gut</p>"
    found = read(page_of("<p>Seiten: 3</p>", text=text))
    assert found.preview is not None
    assert found.preview.splitlines() == re.findall("<p>(.*?)</p>", TEXT)


@pytest.mark.parametrize(
    ("url", "doc_id"),
    [
        ("https://a.example/document/12345/steel", "12345"),
        ("https://a.example/p-00123.html", "00123"),
        ("https://a.example/get.php?id=77", "77"),
        ("https://a.example/777-steel.html", "777"),
        ("https://a.example/doc/00a7c25e91.html", "00a7c25e91"),
        ("https://a.example/steel-rails.html", "888"),
    ],
)
def test_the_id_of_the_address_or_of_the_page(url: str, doc_id: str) -> None:
    found = read(page_of("<p>Document ID: 888</p><p>Pages: 3</p>"), url)
    assert (found.site, found.doc_id, found.url) == ("a.example", doc_id, url)


def test_the_day_in_the_address() -> None:
    found = read(page_of("<p>Pages: 3</p>"), "https://a.example/html/2019/0304/800123.html")
    assert str(found.uploaded_on) == "2019-03-04"


# --- what is no document ------------------------------------------------------------------------

ITEM: Final = (
    "<li><a href='/document/{0}/x'>Doc {0}</a><span>Pages: {0}</span><span>{0} KB</span></li>"
)
ITEMS: Final = "<ul>" + "".join(ITEM.format(number) for number in range(20, 26)) + "</ul>"


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://a.example/", "<h1>Papyria</h1><p>Pages: 3</p>"),
        ("https://a.example/search?q=fire", f"<h1>fire</h1>{ITEMS}"),
        ("https://a.example/farming", f"<h1>Farming</h1>{ITEMS}"),
        ("https://a.example/farming", "<h1>Farming</h1>" + CARD.format(7) + CARD.format(8)),
        ("https://a.example/x/12345", f"<h1>Search results</h1>{ITEMS}"),
        ("https://a.example/news/12345", f"<h1>News</h1><p>Published: 2019-03-04</p>{TEXT}"),
        ("https://a.example/blog/1", f"<h1>Blog</h1><p>Author: Li</p><p>Views: 12</p>{TEXT}"),
        ("https://a.example/app/1", "<h1>App</h1><p>Size: 3 MB</p><p>Operating system: any</p>"),
        ("https://a.example/p/1", "<h1>Book</h1><p>Pages: 320</p><p>ISBN: 978-3-16-148410-0</p>"),
        ("https://a.example/photo/1", "<h1>Bee</h1><p>Size: 3 MB</p><p>Format: JPG</p>"),
        ("https://a.example/document/1", "<h1>Removed</h1><p>It was deleted.</p>"),
        ("https://a.example/document/1", ""),
    ],
)
def test_pages_that_are_no_documents(url: str, body: str) -> None:
    with pytest.raises(PageError):
        read(f"<html><title>Papyria</title><body>{body}</body></html>", url)


# --- a known site's unknown layout --------------------------------------------------------------


class KnownPage(DocumentPage):
    site = "known"
    url_template = UrlTemplate("https://known.example/p-{doc_id}.html")

    size = label("大小")
    title = css(".doc-title")


def answer(markup: str, url: str = "https://known.example/p-7.html") -> KnownPage:
    return KnownPage(url, markup.encode())


def test_an_unknown_layout_is_read_generally_under_the_sites_own_address() -> None:
    page = answer(page_of("<p>Pages: 3</p>"))
    document = read_document(page)
    assert (document.site, document.doc_id, document.reader) == ("known", "7", "generic/1")
    assert (document.url, document.page_count) == ("https://known.example/p-7.html", "3")


def test_a_known_layout_is_not() -> None:
    document = read_document(answer("<b class='doc-title'>T</b><p>大小：3 KB</p><p>Seiten: 4</p>"))
    assert (document.reader, document.size, document.page_count) == ("known/1", "3 KB", None)


def test_a_title_alone_is_kept_where_the_page_says_nothing_else() -> None:
    assert read_document(answer("<p class='doc-title'>Title alone</p>")).reader == "known/1"


def test_a_list_of_a_known_site_is_no_document() -> None:
    with pytest.raises(NotADocumentError):
        read_document(answer(page_of("<p>Pages: 3</p>"), "https://known.example/c-1.html"))


def test_an_answer_says_that_its_layout_is_unknown() -> None:
    def reading(markup: str) -> bool:
        return read_answer(
            KnownPage,
            asked="https://known.example/p-7.html",
            landed="https://known.example/p-7.html",
            content_type="text/html",
            body=markup.encode(),
            captured_at=datetime(2026, 11, 24, tzinfo=UTC),
        ).is_unknown_layout

    assert reading(page_of("<p>Pages: 3</p>"))
    assert not reading("<b class='doc-title'>T</b><p>大小：3 KB</p>")


# --- hostile ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        "<p>" + "Pages: " * 20_000,
        "<p>" + "a:" * 20_000,
        "<h1>" + "a - " * 20_000,
        "<p>" + "| " * 20_000,
        "<div>" * 20_000,
        "<b>Pages</b><i>3</i>" * 5_000,
        "<h2>Preview</h2><p>A sentence that goes on for a while, and on and on it goes.</p>"
        * 2_000,
        "\0\u202e" * 5_000,
    ],
)
def test_hostile_pages_end(markup: str) -> None:
    with pytest.raises(PageError):
        read(f"<html><body>{markup}</body></html>")
