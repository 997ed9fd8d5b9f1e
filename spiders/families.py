"""Page layouts that several sites share, because they run the same software."""

from typing import ClassVar, Final

from crawler.fetching.spider import DocumentSpider
from crawler.reading import (
    DocumentPage,
    Layout,
    absent,
    below_second_title,
    between,
    caption_title,
    caption_total,
    captions,
    css,
    first,
    label,
    line_above,
    matching,
    meta,
    paragraphs,
    script_value,
    title_above,
)
from spiders.titles import confirmed, if_any, named, named_in_head, named_in_title_tag, without_icon

ALIASES: Final = (
    "/p-{doc_id}.html",
    "/d-{doc_id}.html",
    "/i-{doc_id}.html",
    "/view.aspx?id={doc_id}",
    "/view_list.aspx?id={doc_id}",
    "/download.aspx?id={doc_id}",
)
"""The addresses under which the engine of these sites shows one document."""


class BianhaoLayout(Layout):
    """The view page, which gives a document a 文档编号."""

    signs = ("文档编号", "_第1页")

    doc_id = label("文档编号")
    file_format = label("格式")
    size = label("大小")
    page_count = first(
        label("页数"),
        caption_total(),
        matching(r"[(](\d+)页珍藏版[)]》"),
        matching(r"该文档总共\s?(\d+)\s?页"),
        matching(r"(?:版权申诉|举报)\s?/\s?(\d+)$"),
        script_value("fCount"),
    )
    preview_page_count = captions()
    date = label("上传时间")
    title = without_icon(
        first(
            between("《", "》由会员分享"),
            caption_title(),
            confirmed(
                line_above("上传人(卖家)", "文档编号", "上传人", "上传时间"),
                css("h1"),
                meta("og:title"),
            ),
            named_in_title_tag(),
        )
    )
    uploader = label("上传人", "上传人(卖家)")
    preview = paragraphs("》由会员分享", "资源描述", length=300)


class WholeBianhaoLayout(BianhaoLayout):
    """The same on sites that do not cut the preview into slices."""

    preview = paragraphs("》由会员分享", "资源描述")


class PositionLayout(Layout):
    """The short view page, which says of a document only where its pages are."""

    signs = ("资源预览内容",)

    size = absent()
    page_count = first(caption_total(), matching(r"该文档总共\s?(\d+)\s?页"))
    preview_page_count = captions()
    date = absent()
    title = named_in_head()
    preview = paragraphs("资源描述", length=300)


class PhoneDownloadLayout(Layout):
    """The download page for phones, which names the document and its uploader in a sentence."""

    signs = ("为本站会员",)

    doc_id = label("资源ID")
    file_format = label("格式")
    size = label("大小")
    page_count = label("页数")
    title = between("本文(", ")为本站会员")
    uploader = between(")为本站会员(", ")主动上传")
    price = label("下载积分")


class ZiyuanLayout(Layout):
    """The download page, which calls a document 资源."""

    signs = ("资源ID", "资源大小", "全文页数")

    doc_id = label("资源ID")
    file_format = label("资源格式")
    size = label("资源大小")
    page_count = label("全文页数")
    title = title_above(*signs)
    price = label("下载积分")
    preview = below_second_title(*signs, length=300)


class ViewerLayout(Layout):
    """A page that shows pictures of a document, and describes it in its head and its scripts."""

    file_format = meta("og:document:type")
    page_count = first(
        meta("og:document:page"), script_value("fCount", "Viewer._pageCount"), caption_total()
    )
    preview_page_count = first(script_value("ForceFreepage", "mtp"), captions())
    title = if_any(
        first(named_in_head(), named(css("h1"))),
        meta("og:document:type", "og:document:page", "og:release_date"),
        script_value("fCount", "Viewer._pageCount"),
    )
    preview = paragraphs("资源描述", length=300)


class WenkuPage(DocumentPage):
    """A site of one widespread engine: 三一办公, 冰豆网, 淘文阁, 冰点文库, 163文库 and more."""

    layouts: ClassVar[tuple[type[Layout], ...]] = (
        BianhaoLayout,
        PhoneDownloadLayout,
        ZiyuanLayout,
        ViewerLayout,
    )


class WenkuSpider(DocumentSpider):
    """A site of the same engine, from its front page."""

    category_url: ClassVar[str] = "/c-{category}.html"
