"""DocPlayer, https://docplayer.net: documents found on the web, transcribed page by page."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_players import DocplayerLayoutPage

_ENDINGS = "net org pl it gr biz.tr es fr com.br ru nl hu cz dk se fi me".split()
_HOSTS = tuple(f"{www}docplayer.{ending}" for ending in _ENDINGS for www in ("", "www."))


class DocplayerPage(DocplayerLayoutPage):
    """The page of one document."""

    site = "docplayer"
    url_template = UrlTemplate(
        "https://docplayer.net/{doc_id}-{slug}.html",
        "/amp/{doc_id}-{slug}.html",
        hosts=("docsplayer.net", "www.docsplayer.net", *_HOSTS),
        keeps_host=True,
    )


class DocplayerSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DocplayerPage
    name = page.site
    start_urls = ["https://docplayer.net/"]
