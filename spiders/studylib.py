"""StudyLib, https://studylib.net: papers and exercises that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_numbered import NumberedPage


class StudylibPage(NumberedPage):
    """The page of one document."""

    site = "studylib"
    url_template = UrlTemplate(
        "https://studylib.net/doc/{doc_id}/{slug}",
        "/doc/{doc_id}",
        hosts=(
            "www.studylib.net",
            "studylib.es",
            "www.studylib.es",
            "studylibpt.com",
            "studylibde.com",
            "studylibtr.com",
            "ws.studylibtr.com",
        ),
        keeps_host=True,
    )


class StudylibSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = StudylibPage
    name = page.site
    start_urls = ["https://studylib.net/"]
