"""The sites outside China: which addresses are one document's, and what is read from its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from scrapy.settings import Settings

from crawler.errors import WrongPageError
from crawler.fetching.sites import sites
from crawler.reading import normalise
from crawler.reading.judging import DOCUMENT, read_answer
from crawler.reading.links import follow

if TYPE_CHECKING:
    from crawler.items import Document
    from crawler.reading import DocumentPage

SPIDERS: Final = sites(Settings({"SPIDER_MODULES": ["spiders"]}))
HEX: Final = "5af1b2c3d4e5f60718293a4b"

ADDRESSES: Final = [
    ("vdocuments", "http://vdocuments.net/dry-walls.html", "dry-walls"),
    ("vdocuments", "https://vdocument.in/dry-walls.html?utm_source=x", "dry-walls"),
    ("dokumen", "https://dokumen.tips/documents/dry-walls.html", "dry-walls"),
    ("document", "https://www.document.onl/documents/dry-walls.html", "dry-walls"),
    ("fdocuments", "https://fdocuments.net/document/dry-walls.html", "dry-walls"),
    ("fdocuments", "https://fdocumentos.com/amp/document/dry-walls.html", "dry-walls"),
    ("pdfslide", "https://pdfslide.tips/documents/dry-walls.html", "dry-walls"),
    ("docplayer", "https://docplayer.net/20481777-Dry-walls.html", "20481777"),
    ("docplayer", "http://docplayer.gr/20481777-%CE%A4%CE%BF.html", "20481777"),
    ("docplayer", "https://docplayer.biz.tr/amp/575907-0-1.html", "575907"),
    ("docplayer", "https://docsplayer.net/575907-0-1.html", "575907"),
    ("slideplayer", "https://slideplayer.com/slide/4410021", "4410021"),
    ("slideplayer", "http://slideplayer.hu./slide/4410021/", "4410021"),
    ("slidesplayer", "https://slidesplayer.org/slide/4410021/", "4410021"),
    ("studylib", "https://ws.studylibtr.com/doc/25104477/slug", "25104477"),
    ("studylib", "https://studylib.net/doc/25104477/", "25104477"),
    ("doczz", "http://doczz.fr/doc/774120/murs", "774120"),
    ("aprenderly", "https://aprenderly.com/doc/1022945/muros", "1022945"),
    ("docslib", "https://docslib.org/download/5012877/walls", "5012877"),
    ("kupdf", f"https://kupdf.net/download/dry-walls_{HEX}_pdf", HEX),
    ("docshare", f"https://docshare.tips/dry_walls-2_{HEX}.html", HEX),
    ("moam", f"https://moam.info/dry-walls_{HEX}.html", HEX),
    ("idoc", "https://idoc.pub/documents/dry-walls-vlr0g7w8zmlz", "vlr0g7w8zmlz"),
    ("pdfcoffee", "https://pdfcoffee.com/dry-walls-pdf-free.html", "dry-walls"),
    ("1library", "https://1library.net/document/qv8k2m1z-muro.html", "qv8k2m1z"),
    ("123dok", "https://text-id.123dok.com/document/ab12cd34-tembok-batu.html", "ab12cd34"),
    ("9lib", "https://9lib.org/document/z1n5p0wy-mur.html", "z1n5p0wy"),
    ("123doc", "https://text.123doc.org/document/4410387-tuong.htm", "4410387"),
    ("scribd", "https://id.scribd.com/doc/410022817/Dry-Walls", "410022817"),
    ("scribd", "https://www.scribd.com/presentation/410022817", "410022817"),
    ("slideshare", "https://es.slideshare.net/slideshow/dry-walls/770021", "770021"),
    ("slideshare", "https://www.slideshare.net/mwinter/dry-walls", "mwinter/dry-walls"),
    ("slideshare", "https://www.slideshare.net/mobile/mwinter/dry-walls", "mwinter/dry-walls"),
    ("issuu", "https://issuu.com./mwinter/docs/dry_walls", "mwinter/dry_walls"),
    ("speakerdeck", "https://speakerdeck.com/mwinter/dry-walls", "mwinter/dry-walls"),
    ("docswell", "https://www.docswell.com/s/ishi/5ABC12-2021-ishigaki", "5ABC12"),
    ("yumpu", "https://www.yumpu.com/de/document/view/10442087/mauern", "10442087"),
    ("pubhtml5", "https://pubhtml5.com/wall/ston/basic/", "wall/ston"),
    ("powershow", "https://www.powershow.com/view4/4d674-MjQyY/Walls_ppt", "4d674-MjQyY"),
    ("zenodo", "https://zenodo.org/record/4410077", "4410077"),
]

ONE_DOCUMENT: Final = [
    (
        "scribd",
        "https://www.scribd.com/document/410022817",
        "https://fr.scribd.com/document/410022817/Murs?language=fr",
        "http://scribd.com/doc/410022817/Walls",
    ),
    (
        "123doc",
        "https://123docz.net/document/4410387-tuong.htm",
        "http://www.123doc.org/document/4410387-tuong.htm",
        "https://toc.123doc.net/document/4410387-tuong.htm",
    ),
    (
        "fdocuments",
        "https://fdocuments.net/document/dry-walls.html",
        "https://fdocuments.net/amp/document/dry-walls.html",
    ),
    (
        "docplayer",
        "https://docplayer.pl/77-Mury.html",
        "https://docplayer.pl/amp/77-Mury.html",
        "http://www.docplayer.pl/77-Mury.html",
    ),
    (
        "yumpu",
        "https://www.yumpu.com/en/document/view/77/walls",
        "https://www.yumpu.com/fr/document/read/77/walls",
    ),
    ("zenodo", "https://zenodo.org/records/77", "https://zenodo.org/record/77"),
    (
        "powershow",
        "https://www.powershow.com/view/4d674-MjQyY/Walls",
        "https://www.powershow.com/view4/4d674-MjQyY/Walls",
    ),
]

NO_DOCUMENTS: Final = [
    ("pdfslide", "https://pdfslide.net/uname/mwinter.html"),
    ("vdocuments", "https://vdocuments.net/contact.html"),
    ("docplayer", "https://docplayer.net/docview/24/20481777/"),
    ("slideplayer", "https://slideplayer.com/user/4410021/"),
    ("studylib", "https://studylib.net/catalog/Science"),
    ("kupdf", "https://kupdf.net/download/dry-walls_5af1b2c3_pdf"),
    ("123dok", "https://123dok.com/article/pengertian-tembok.ab12cd34"),
    ("123doc", "https://123docz.net/doc-cat/77-khoa-hoc.htm"),
    ("scribd", "https://www.scribd.com/user/410022817/Mara"),
    ("scribd", "https://www.scribd.com/embeds/410022817/content"),
    ("slideshare", "https://www.slideshare.net/search/slideshow"),
    ("slideshare", "https://www.slideshare.net/featured/category/education"),
    ("slideshare", "https://www.slideshare.net/mwinter"),
    ("issuu", "https://issuu.com/mwinter/2"),
    ("speakerdeck", "https://speakerdeck.com/player/0123456789abcdef0123456789abcdef"),
    ("speakerdeck", "https://speakerdeck.com/c/technology"),
    ("powershow", "https://www.powershow.com/search/presentations"),
    ("zenodo", "https://zenodo.org/records/77/export/json"),
]


def kind(site: str) -> type[DocumentPage]:
    return SPIDERS[site].page


def read(url: str, text: str, *, site: str) -> Document:
    content_type = "text/html" if "<h1>" in text else "text/plain"
    return normalise(kind(site)(url, text.encode(), content_type=content_type).document())


@pytest.mark.parametrize(("site", "url", "doc_id"), ADDRESSES)
def test_an_address_of_a_document(site: str, url: str, doc_id: str) -> None:
    template = kind(site).url_template
    assert template.doc_id(url) == doc_id
    assert template.doc_id(template.canonical_url(url, doc_id)) == doc_id
    assert [name for name, one in SPIDERS.items() if one.page.url_template.on_site(url)] == [site]


@pytest.mark.parametrize("addresses", ONE_DOCUMENT, ids=lambda addresses: addresses[0])
def test_all_addresses_of_one_document_become_one(addresses: tuple[str, ...]) -> None:
    site, canonical, *others = addresses
    template = kind(site).url_template
    doc_id = template.doc_id(canonical)
    assert doc_id is not None
    assert {template.doc_id(url) for url in others} == {doc_id}
    assert {template.canonical_url(url, doc_id) for url in (canonical, *others)} == {canonical}


@pytest.mark.parametrize(("site", "url"), NO_DOCUMENTS)
def test_other_pages_are_no_documents(site: str, url: str) -> None:
    assert kind(site).url_template.on_site(url)
    assert kind(site).url_template.doc_id(url) is None


def test_an_address_within_an_address_is_not_followed() -> None:
    url = "https://www.scribd.com/document/77/https/www.scribd.com/document/78"
    assert follow(url, kind("scribd").url_template) is None


PLAIN: Final = {
    "docplayer": ("https://docplayer.net/77-Dry.html", "{t}\nSize: px\nTranscription\n1 Stone."),
    "slideplayer": (
        "https://slideplayer.com/slide/77/",
        'Similar presentations\nPresentation on theme: "{t}"— Presentation transcript:\n1 Stone.',
    ),
    "studylib": ("https://studylib.net/doc/77/dry", "{t}\nAdvertisement\n{t}\nStone."),
    "moam": (f"https://m.moam.info/dry_{HEX}.html", "{t}\nStone."),
    "vdocuments": (
        "https://vdocuments.net/dry.html",
        "{t}\n12\nStone.\nPost on 05-Mar-2016\nTRANSCRIPT\nPage 1: {t}\nStone.",
    ),
    "scribd": (
        "https://www.scribd.com/document/77",
        "41 views12 pages\n{t}\nUploaded by\nMara\nYou are on page 1/ 12\nStone.",
    ),
    "pubhtml5": (
        "https://pubhtml5.com/wall/ston/basic",
        "{t}\nPublished by Mara, 2021-03-08 09:10:11\nRead the Text Version\nStone.",
    ),
}


@pytest.mark.parametrize("site", PLAIN)
@pytest.mark.parametrize("title", ["Dry Walls", 'A "Wall" / a Gap: 2 of 3', "\u202eWalls\u202c 石"])
def test_a_plain_text_is_read(site: str, title: str) -> None:
    url, text = PLAIN[site]
    document = read(url, text.format(t=title), site=site)
    assert document.title == title.replace("\u202e", "").replace("\u202c", "")
    assert document.preview == "Stone."
    assert document.size_bytes is None


def test_a_cut_title_is_completed_from_the_marks_of_its_pages() -> None:
    text = (
        "Walls of the...\n12\nPost on 05-Mar-2016\nTRANSCRIPT\nPage 1: Walls of the valley\nStone."
    )
    document = read("https://vdocuments.net/walls.html", text, site="vdocuments")
    assert (document.title, document.page_count) == ("Walls of the valley", 12)


def test_a_number_at_the_title_below_that_of_a_page_is_no_number_of_pages() -> None:
    text = "Walls\n3\nTRANSCRIPT\nPage 1: Walls\nStone.\nPage 9: Walls\nGap."
    assert read("https://vdocuments.net/walls.html", text, site="vdocuments").page_count is None


def test_a_month_without_a_day_is_no_day() -> None:
    text = (
        "Walls\nPublished on March 2015 | Categories: Documents | Views: 3\nof 7\nContent\nStone."
    )
    document = read(f"https://docshare.tips/walls_{HEX}.html", text, site="docshare")
    assert document.uploaded_on is None
    assert document.missing["uploaded_on"] == "bad_value"


def test_an_empty_category_does_not_take_the_button() -> None:
    text = (
        "Walls\nMay 3, 2016 | Author: Mara | Category: | DOWNLOAD PDF - 2.4MB\nDescription\nStone."
    )
    document = read(f"https://kupdf.net/download/walls_{HEX}_pdf", text, site="kupdf")
    assert (document.category, document.size_bytes) == (None, 2516582)


def test_a_page_says_the_id_that_an_old_address_lacks() -> None:
    url = "https://www.slideshare.net/mwinter/dry-walls"
    head = '<meta name="twitter:app:url:iphone" value="slideshare-app://ss/3300412">'
    document = read(url, f"{head}<h1>Walls</h1><p>1 of 60</p>", site="slideshare")
    assert document.doc_id == "3300412"
    assert document.url == "https://www.slideshare.net/slideshow/dry-walls/3300412"


@pytest.mark.parametrize(
    ("slug", "doc_id"), [("walls-44100210", "44100210"), ("walls-2016", "mwinter/walls-2016")]
)
def test_an_old_address_may_end_in_the_id(slug: str, doc_id: str) -> None:
    url = f"https://www.slideshare.net/mwinter/{slug}"
    assert read(url, "<h1>Walls</h1><p>1 of 60</p>", site="slideshare").doc_id == doc_id


def test_a_redirect_to_the_address_with_the_id_is_the_same_document() -> None:
    reading = read_answer(
        kind("slideshare"),
        asked="https://www.slideshare.net/mwinter/dry-walls",
        landed="https://www.slideshare.net/slideshow/dry-walls/3300412",
        content_type="text/html",
        body=b"<h1>Walls</h1><p>1 of 60</p>",
        captured_at=kind("slideshare")("https://www.slideshare.net/", b"").fetched_at,
    )
    assert reading.verdict == DOCUMENT
    assert reading.document is not None
    assert reading.document.doc_id == "3300412"


def test_the_page_of_another_document_is_refused() -> None:
    page = '<h1>Walls</h1><span id="views_count" doc_id="78">9</span>'
    with pytest.raises(WrongPageError):
        read("https://docplayer.net/77-Walls.html", page, site="docplayer")


def test_what_is_around_related_documents_is_not_read() -> None:
    page = (
        "<h1>Walls</h1><p>Uploaded by</p><p>Mara</p><p>3,210 views</p><div>1</div><div>/ 48</div>"
        "<h3>More Related Content</h3><ul><li><a href='/a/b'>Roofs</a> 99 slides | 9,999 views"
        "</li></ul>"
    )
    document = read("https://www.slideshare.net/slideshow/walls/77", page, site="slideshare")
    assert (document.page_count, document.view_count, document.preview) == (48, 3210, None)


def test_the_numbers_of_pages_go_and_the_texts_own_stay() -> None:
    text = "Walls\nSize: px\nTranscription\n1 Stones\n1. one\n2. two\n2 Gaps of 3 kinds\n7 more"
    document = read("https://docplayer.net/77-Walls.html", text, site="docplayer")
    assert document.preview == "Stones\n1. one\n2. two\nGaps of 3 kinds\n7 more"
    assert document.page_count == 2


def test_comments_under_a_heading_are_none_of_the_text() -> None:
    page = (
        "<h1>Walls</h1><div>Advertisement</div><p>Stone.</p><p>Comments</p><p>are welcome.</p>"
        "<h3>Comments (2)</h3><p>Nice!</p>"
    )
    document = read("https://studylib.net/doc/77/walls", page, site="studylib")
    assert document.preview == "Stone.\nComments\nare welcome."


def test_markup_that_is_written_out_is_no_text() -> None:
    page = "<h1>Walls</h1><p>&lt;&lt;</p><p>&lt;p&gt;Stone &amp;amp; gap.&lt;/p&gt;</p>"
    document = read("https://docslib.org/download/77/walls", page, site="docslib")
    assert document.preview == "Stone & gap."


@pytest.mark.parametrize("title_tag", ["Walls - PDF Free Download", "Walls | PDF", "[PDF] Walls"])
def test_a_title_loses_what_the_site_put_around_it(title_tag: str) -> None:
    page = f"<title>{title_tag}</title><h1>DocPlayer</h1><p>Transcript</p><p>1 Stone.</p>"
    assert read("https://docplayer.net/77-W.html", page, site="docplayer").title == "Walls"
