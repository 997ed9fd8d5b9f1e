"""Page layouts that several sites share, because they run the same software."""

from crawler.reading import (
    DocumentPage,
    Layout,
    below_second_title,
    between,
    caption_title,
    caption_total,
    captions,
    first,
    label,
    line_above,
    matching,
    paragraphs,
    title_above,
)


class BianhaoLayout(Layout):
    """The view page, which gives a document a 文档编号."""

    signs = ("文档编号", "_第1页")

    doc_id = label("文档编号")
    file_format = label("格式")
    size = label("大小")
    page_count = first(label("页数"), caption_total(), matching(r"[(](\d+)页珍藏版[)]》"))
    preview_page_count = captions()
    date = label("上传时间")
    title = first(
        between("《", "》由会员分享"), caption_title(), line_above("文档编号", "上传人", "上传时间")
    )
    uploader = label("上传人", "上传人(卖家)")
    preview = paragraphs("》由会员分享", "资源描述", length=300)


class WholeBianhaoLayout(BianhaoLayout):
    """The same on sites that do not cut the preview into slices."""

    preview = paragraphs("》由会员分享", "资源描述")


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


class WenkuPage(DocumentPage):
    """A site of one widespread engine: 三一办公, 冰豆网, 淘文阁, 冰点文库, 163文库 and more."""

    layouts = (BianhaoLayout, PhoneDownloadLayout, ZiyuanLayout)
