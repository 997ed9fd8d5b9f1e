"""SlidesPlayer, https://slidesplayer.org: slides that members upload, transcribed."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_players import SlideplayerLayoutPage


class SlidesplayerPage(SlideplayerLayoutPage):
    """The page of one document."""

    site = "slidesplayer"
    url_template = UrlTemplate(
        "https://slidesplayer.org/slide/{doc_id}/", hosts=("www.slidesplayer.org",)
    )


class SlidesplayerSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = SlidesplayerPage
    name = page.site
    start_urls = ["https://slidesplayer.org/"]
