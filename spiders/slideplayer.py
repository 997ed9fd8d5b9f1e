"""SlidePlayer, https://slideplayer.com: slides that members upload, transcribed."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_players import SlideplayerLayoutPage

_ENDINGS = "com org pl hu biz.tr es fr it com.br nl cz gr in info dk fi se".split()
_HOSTS = tuple(f"{www}slideplayer.{ending}" for ending in _ENDINGS for www in ("", "www."))


class SlideplayerPage(SlideplayerLayoutPage):
    """The page of one document."""

    site = "slideplayer"
    url_template = UrlTemplate(
        "https://slideplayer.com/slide/{doc_id}/",
        "/amp/{doc_id}/",
        hosts=_HOSTS,
        keeps_host=True,
    )


class SlideplayerSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = SlideplayerPage
    name = page.site
    start_urls = ["https://slideplayer.com/"]
