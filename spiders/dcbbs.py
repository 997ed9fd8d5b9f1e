"""dcbbs, https://www.dcbbs.com: documents that members upload."""

from crawler.reading import (
    UrlTemplate,
    between,
    caption_title,
    css,
    field,
    first,
    inside,
    label,
    meta,
)
from spiders.families import ALIASES, BianhaoLayout, WenkuPage, WenkuSpider
from spiders.titles import if_any, named_in_title_tag, started


class DcbbsPage(BianhaoLayout, WenkuPage):
    """The page of one document."""

    site = "dcbbs"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.dcbbs.com/p-{doc_id}.html", *ALIASES, hosts=("m.dcbbs.com",)
    )
    layouts = ()

    title = if_any(
        first(
            between("《", "》由会员分享"),
            meta("og:title"),
            caption_title(),
            css("h1"),
            named_in_title_tag(),
        ),
        meta("og:release_date", "og:document:type", "og:document:page"),
        label("文档编号", "上传时间", "页数"),
        caption_title(),
        started(),
    )

    @field
    def uploader(self) -> str | None:
        """Return the one member that the page links to."""
        nodes = self.tree.css('a[href^="/u-"]')[:50]
        names = {text for node in nodes if (text := node.text(deep=True).strip())}
        return names.pop() if len(names) == 1 else None

    preview = inside(".detail-article.prolistshowimg p", "》由会员分享", "资源描述", length=300)


class DcbbsSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = DcbbsPage
    name = page.site
    start_urls = ["https://www.dcbbs.com/"]
