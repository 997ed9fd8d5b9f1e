"""Speaker Deck, https://speakerdeck.com: slides of talks."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, absent
from spiders.headings import heading, repeated_line
from spiders.spacing import spaced
from spiders.surroundings import line_above_match
from spiders.transcripts import highest_page, transcript

_DAY = r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}$"


class SpeakerdeckPage(DocumentPage):
    """The page of one talk's slides."""

    site = "speakerdeck"
    url_template = UrlTemplate(
        "https://speakerdeck.com/{user}/{slug}",
        hosts=("www.speakerdeck.com",),
        reserved=tuple(
            "about api c categories embed features help oembed p player policies pro search "
            "session sessions signin signup sign-up stars terms u users".split()
        ),
    )

    size = absent()
    page_count = highest_page()
    date = spaced(rf"^({_DAY})")
    title = heading(r"speaker ?deck", repeated_line())
    uploader = line_above_match(_DAY)
    preview = transcript(
        _DAY,
        page_mark=r"(\d{1,4})[.):]?(?: |$)",
        chrome=r"no content|slide \d{1,4}|\d{1,6}|\d[\d.,]{0,6}[kKmM]?|share|embed|star",
    )


class SpeakerdeckSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = SpeakerdeckPage
    name = page.site
    start_urls = ["https://speakerdeck.com/"]
