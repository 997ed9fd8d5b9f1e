"""SlideShare, https://www.slideshare.net: slides and documents that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    absent,
    attribute,
    css,
    first,
    json_ld,
    meta,
    microdata,
    script_json,
)
from crawler.reading.fields import Field
from spiders.headings import heading, line_behind, line_matching, top_line
from spiders.spacing import spaced
from spiders.surroundings import line_below, part_of, position_below
from spiders.transcripts import transcript

_DATA = "script#__NEXT_DATA__"
_SHOW = "props.pageProps.slideshow"
_URL_END = r"//[^/]{1,100}/[^/]{1,200}/[^/?#]{0,300}-(\d{6,12})/?(?:[?#]|$)"
_APP = r"slideshare-app://ss/(\d{1,12})"


class SlidesharePage(DocumentPage):
    """The page of one document. Its address does not always have its ID."""

    site = "slideshare"
    url_template = UrlTemplate(
        "https://www.slideshare.net/slideshow/{slug}/{doc_id}",
        "/mobile/{user}/{slug}",
        "/{user}/{slug}",
        hosts=("es.slideshare.net", "fr.slideshare.net", "pt.slideshare.net", "de.slideshare.net"),
        reserved=tuple(
            "about api browse business category cookies embed explore featured help jobs learn "
            "login oembed privacy public rss search signup sitemap tag terms topic upload".split()
        ),
    )

    doc_id = first(
        part_of(meta("al:android:url", "al:ios:url"), _APP),
        part_of(meta("twitter:app:url:googleplay", "twitter:app:url:iphone"), _APP),
        part_of(attribute('link[href*="slideshare-app"]', "href"), r"slideshare-app/ss/(\d{1,12})"),
        script_json(_DATA, f"{_SHOW}.id"),
        part_of(Field(lambda page: page.url), _URL_END),
    )
    size = absent()
    page_count = first(
        script_json(_DATA, f"{_SHOW}.totalSlides"),
        css("#total-slides"),
        spaced(r"^1 ?(?:/|of|de|sur|von) ?(\d{1,5})$"),
        position_below(),
    )
    date = first(
        script_json(_DATA, f"{_SHOW}.createdAt"),
        meta("slideshare:published", "slideshare:created_at"),
        microdata("datePublished"),
        json_ld("datePublished", "uploadDate"),
    )
    title = first(
        script_json(_DATA, f"{_SHOW}.title"),
        css(".slideshow-title-text"),
        heading(
            r"slideshare(?:\.net)?",
            line_matching(r"(.{1,250}) - Presentation Transcript$"),
            last=(
                line_behind(r"\d[\d.,]{0,12}[KM]? views$"),
                top_line(r"slideshare|scribd company|uploaded by|^\d|^submit"),
            ),
        ),
    )
    uploader = first(
        meta("slideshare:author"),
        css(".j-author-name"),
        line_below("Uploaded by"),
        microdata("author.name"),
        script_json(_DATA, f"{_SHOW}.username"),
    )
    category = meta("slideshare:category")
    view_count = first(
        script_json(_DATA, f"{_SHOW}.views"),
        meta("slideshare:view_count"),
        microdata("interactionCount.UserPageVisits"),
        spaced(r"(?i)^(\d[\d.,]{0,12}[km]?) views?\b"),
    )
    download_count = first(
        meta("slideshare:download_count"),
        microdata("interactionCount.UserDownloads"),
        spaced(r"(?i)^Downloaded (\d[\d.,]{0,12}[km]?) times?$"),
        spaced(r"(?i)^(\d[\d.,]{0,12}[km]?) downloads?$"),
    )
    preview = transcript(
        r"(?:.{0,250} - )?(?:presentation )?transcript\W*$",
        r"downloaded \d[\d.,]{0,12}[km]? times?$",
        r"1 ?(?:/|of) ?\d{1,5}$",
        page_mark=r"(\d{1,4})\.(?: |$)",
        chrome=r"\d{1,5}|/ ?\d{1,5}|\d{1,5} ?(?:/|of) ?\d{1,5}|download now.{0,40}|"
        r"download to read offline|,?\[object object\]|recommended|more related content",
        within="ol.j-transcripts",
        end=r"more related content|recommended$|what's hot",
    )


class SlideshareSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = SlidesharePage
    name = page.site
    start_urls = ["https://www.slideshare.net/"]
    search_url = "/search/slideshow?q={query}"
