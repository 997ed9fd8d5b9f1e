"""PDFCoffee, https://pdfcoffee.com: PDF files that members share."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_shares import SharePage


class PdfcoffeePage(SharePage):
    """The page of one document."""

    site = "pdfcoffee"
    evidence = "code"
    url_template = UrlTemplate(
        "https://pdfcoffee.com/{doc_id}-pdf-free.html",
        "/download/{doc_id}-pdf-free.html",
        hosts=("www.pdfcoffee.com",),
        doc_id="[^/?#]+",
    )


class PdfcoffeeSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = PdfcoffeePage
    name = page.site
    start_urls = ["https://pdfcoffee.com/"]
