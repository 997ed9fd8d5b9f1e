"""Scribd, https://www.scribd.com: documents of all kinds that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    absent,
    first,
    script_json,
)
from spiders.headings import heading, top_line
from spiders.spacing import spaced
from spiders.surroundings import line_below
from spiders.transcripts import transcript

_DATA = 'script[data-hypernova-key="doc_page"]'
_POSITION = (
    r"(?:you are on page|está en la página|você está na página|vous êtes sur la page|"
    r"sie sind auf seite|вы находитесь на странице:|anda di halaman|sunteți pe pagina|"
    r"ti trovi a pagina|sei a pagina) ?1 ?(?:of|de|sur|von|из|dari|din|di|/) ?"
)
_VIEWS = (
    r"(?:views?|vues?|vistas|visualizações|visualizaciones|aufrufe|ansichten|просмотр\w{0,3}|"
    r"tayangan|visualizzazioni|vizualizări|visualizări)"
)
_PAGES = r"(?:pages?|páginas?|seiten?|страниц\w?|halaman|pagine|pagina|pagini)"
_UPLOADED_BY = (
    "Uploaded by",
    "Transféré par",
    "Subido por",
    "Cargado por",
    "Enviado por",
    "Hochgeladen von",
    "Загружено",
    "Diunggah oleh",
    "Încărcat de",
    "Caricato da",
)


class ScribdPage(DocumentPage):
    """The page of one document."""

    site = "scribd"
    url_template = UrlTemplate(
        "https://www.scribd.com/document/{doc_id}",
        "/document/{doc_id}/{slug}",
        "/doc/{doc_id}",
        "/doc/{doc_id}/{slug}",
        "/presentation/{doc_id}",
        "/presentation/{doc_id}/{slug}",
        hosts=tuple(
            f"{name}.scribd.com" for name in "es pt fr de ru id ja ro tr ar it ko m".split()
        ),
    )

    file_format = spaced(
        r"(?i)\b(?:download|descarg|télécharge|baixe|baixar|herunter|scarica|unduh)\w{0,8} "
        r"(?:\w{1,12} ){0,2}(?:as ?)?(PDF|DOCX?|PPTX?|XLSX?|TXT|EPUB)\b"
    )
    size = absent()
    page_count = first(
        script_json(
            _DATA,
            "docInfo.page_count",
            "body_props.document.page_count",
            "bodyProps.document.page_count",
        ),
        spaced(rf"(?i)(?<![\d.,])\d[\d.,]{{0,12}}[km]? ?{_VIEWS} ?(\d{{1,6}}) ?{_PAGES}"),
        spaced(rf"(?i){_POSITION}(\d{{1,6}})"),
        spaced(rf"(?i)^(\d{{1,6}}) ?{_PAGES}$"),
    )
    date = absent()
    title = first(
        script_json(
            _DATA,
            "docInfo.title",
            "body_props.document.title",
            "bodyProps.document.title",
            "wordDocument.title",
            "sharing_buttons_props.title",
        ),
        heading(
            r"scribd(?:\.com)?",
            last=(
                top_line(
                    r"^\d{1,3}% ",
                    rf"^\d[\d.,]{{0,12}}[km]? ?{_VIEWS}",
                    r"skip to|open navigation",
                ),
            ),
        ),
    )
    uploader = first(
        script_json(
            _DATA,
            "body_props.document.publisher_info.name",
            "bodyProps.document.publisher_info.name",
        ),
        line_below(*_UPLOADED_BY),
    )
    view_count = spaced(rf"(?i)(?<![\d.,])(\d[\d.,]{{0,12}}[km]?) ?{_VIEWS}")
    preview = transcript(
        _POSITION,
        r"(?:download as|available formats|formats disponibles).*read online.*",
        chrome=r"/? ?\d{1,6}|search inside document|fullscreen|share this document",
    )


class ScribdSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = ScribdPage
    name = page.site
    start_urls = ["https://www.scribd.com/"]
