"""The truth, checked against the pages by means that share nothing with what writes them."""

import re
from html import unescape

import pytest

from crawler.demo.options import DemoOptions, Rates
from crawler.demo.site import DemoSite
from crawler.demo.sites import SITES
from crawler.items import Document

_FACTORS = {"KB": 1024, "MB": 1024**2}
_JUNK = re.compile(r"<script.*?</script>|<style.*?</style>|<!--.*?-->|<head>.*?</head>", re.DOTALL)


def documents_of(demo: DemoSite) -> list[tuple[Document, str]]:
    pages = []
    for number in range(demo.catalogue.count):
        if document := demo.catalogue.document(number):
            answer = demo.answer(demo.site.document_path(document.doc_id))
            pages.append((document, _JUNK.sub("", decoded(answer.body()))))
    return pages


def decoded(body: bytes) -> str:
    found = re.search(rb'<meta charset="([\w-]+)"', body)
    assert found is not None
    charset = found[1].decode().replace("gb2312", "gb18030")
    return body.decode(charset)


def flat(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def value(label: str, text: str) -> str | None:
    found = re.search(rf"(?<!\w){label}\s*[:：]\s*([\w.-]+( [KM]B)?)(?!\w*\s*[:：])", text)
    return found[1] if found else None


def size_of(text: str | None) -> int | None:
    found = re.fullmatch(r"([\d.]+) ?([KM]B)", text or "")
    return round(float(found[1]) * _FACTORS[found[2]]) if found else None


def pages_of(text: str | None) -> int | None:
    return int((text or "").removesuffix("页") or 0) or None


def lines_of(html: str) -> list[str]:
    return [
        line for line in flat(re.sub(r"</?(?:p|div|br)[^>]*>", "\n", html)).splitlines() if line
    ]


def split_title(shown: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"(.+)\.(docx?|pptx?|pdf|xls)", shown)
    return (found[1], found[2]) if found else (shown, None)


@pytest.fixture(scope="module", params=[0.0, 1.0], ids=["utf-8", "gbk"])
def rates(request: pytest.FixtureRequest) -> Rates:
    return Rates(gbk=request.param)


def test_wenku365_pages_say_what_the_truth_says(rates: Rates) -> None:
    for document, html in documents_of(DemoSite(SITES[1], DemoOptions(rates=rates))):
        head, _, rest = flat(html).partition("由会员上传分享")
        info = head[head.index("浏览记录") :]
        notice = info.splitlines()[-1].strip()
        shown = notice.removeprefix("《").removesuffix("》")
        assert notice == f"《{shown}》"
        assert value("ID", info) == document.doc_id
        assert split_title(shown) == (document.title, document.file_format)
        assert size_of(value("大小", info)) == document.size_bytes
        assert pages_of(value("页数", info)) == document.page_count
        day = value("时间", info)
        if document.uploaded_on is None:
            assert day in {None, "0000-00-00", "2019-02-30"}
        else:
            assert day == document.uploaded_on.isoformat()
        found = re.search(r"更多相关内容在\s*(\w+)\s*-天天文库", rest)
        assert found is not None
        assert found[1] == document.category
        between = html[html.index("由会员上传分享") : html.index("此文档下载收益归作者所有")]
        slices = lines_of(between)[1:]
        text = "".join(line.removeprefix(f"{at}、") for at, line in enumerate(slices, 1))
        assert (text or None) == document.preview
        assert all(len(line.partition("、")[2]) == 287 for line in slices[:-1])


def test_31ppt_pages_say_what_the_truth_says(rates: Rates) -> None:
    for document, html in documents_of(DemoSite(SITES[0], DemoOptions(rates=rates))):
        info = flat(html).partition("友情提示")[0]
        heads = re.findall(r"<h[12].*?>(.*?)</h[12]>", html)
        assert heads[0] == heads[1]
        title, extension = split_title(unescape(heads[0]))
        assert title == document.title
        assert value("资源ID", info) == document.doc_id
        assert size_of(value("资源大小", info)) == document.size_bytes
        assert pages_of(value("全文页数", info)) == document.page_count
        label = value("资源格式", info)
        assert (label.lower() if label else extension) == document.file_format
        assert value("下载积分", info) == document.price
        preview = html[html.index('<div class="preview">') : html.index("<h3>")]
        lines = lines_of(preview)
        texts = [line.removeprefix(f"{at}、") for at, line in enumerate(lines, 1)]
        sliced = len(texts) > 1 and all(len(text) == 300 for text in texts[:-1])
        assert ("".join(texts) if sliced else "\n".join(lines) or None) == document.preview


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_a_document_page_is_about_as_long_as_asked(site: object) -> None:
    demo = next(
        DemoSite(one, DemoOptions(documents=40, page_bytes=50_000)) for one in SITES if one is site
    )
    for number in range(demo.catalogue.count):
        if demo.catalogue.document(number):
            path = demo.site.document_path(demo.catalogue.doc_id(number))
            body = demo.answer(path).body()
            assert 49_800 <= len(body) <= 50_000
            assert body.count(b"<li") > 300


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_a_page_without_filler_is_whole(site: object) -> None:
    demo = next(
        DemoSite(one, DemoOptions(documents=2, page_bytes=0)) for one in SITES if one is site
    )
    body = demo.answer(demo.site.document_path(demo.catalogue.doc_id(0))).body()
    assert body.endswith(b"</html>\n")
