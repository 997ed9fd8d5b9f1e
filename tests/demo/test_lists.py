import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from crawler.demo.lists import PER_PAGE, numbered_pages
from crawler.demo.options import NO_FAULTS, DemoOptions, Rates
from crawler.demo.site import DemoSite
from crawler.demo.sites import SITES, Site

every_site = pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)


def walk(demo: DemoSite) -> dict[str, int]:
    """Return the status of every address that the front page and the lists lead to."""
    front = f"http://{demo.site.host}/"
    statuses: dict[str, int] = {}
    waiting = deque([front])
    while waiting:
        address = waiting.popleft()
        parts = urlsplit(address)
        if address in statuses or parts.netloc != demo.site.host:
            continue
        answer = demo.answer(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        statuses[address] = answer.status
        if answer.location:
            waiting.append(answer.location)
        elif f"/{demo.site.document_stem}-" not in address:
            hrefs = re.findall(r'<a [^>]*?href="([^"]+)"', answer.body().decode())
            waiting.extend(urldefrag(urljoin(address, unescape(href))).url for href in hrefs)
    return statuses


def documents_in(demo: DemoSite, statuses: dict[str, int]) -> set[int | None]:
    pattern = re.compile(rf"/{demo.site.document_stem}-(\d+)\.html$")
    found = (pattern.search(address) for address, status in statuses.items() if status == 200)
    return {demo.catalogue.number(match[1]) for match in found if match}


@every_site
@pytest.mark.parametrize("documents", [1, 2, 300, 2_500])
def test_lists_lead_to_every_document(site: Site, documents: int) -> None:
    demo = DemoSite(site, DemoOptions(documents=documents, page_bytes=0, rates=NO_FAULTS))
    statuses = walk(demo)
    assert documents_in(demo, statuses) == set(range(demo.catalogue.count))
    assert set(statuses.values()) == {200}


@every_site
def test_redirects_and_dead_links_hide_no_document(site: Site) -> None:
    demo = DemoSite(site, DemoOptions(page_bytes=0, rates=Rates(redirect=1, not_found=1)))
    statuses = walk(demo)
    assert documents_in(demo, statuses) == set(range(demo.catalogue.count))
    assert sum(status == 404 for status in statuses.values()) == demo.catalogue.count
    assert {301, 302} < set(statuses.values())


def test_no_page_of_a_long_list_is_far_from_the_first() -> None:
    last = 2_500_000 // 3 // PER_PAGE
    clicks = {1: 0}
    waiting = deque([1])
    while waiting:
        page = waiting.popleft()
        for other in numbered_pages(page, last):
            if other not in clicks:
                clicks[other] = clicks[page] + 1
                waiting.append(other)
    assert set(clicks) == set(range(1, last + 1))
    assert max(clicks.values()) <= 20


@every_site
def test_a_list_prints_short_titles_and_keeps_the_full_one(site: Site) -> None:
    demo = DemoSite(site, DemoOptions(rates=NO_FAULTS))
    listing = site.tops[0]
    titles = {demo.catalogue.facts(n).shown_title for n in range(0, PER_PAGE * 3, 3)}
    for page in (1, 2):
        path = f"/{listing.stem}.html" if page == 1 else f"/{listing.stem}-{page}.html"
        html = demo.answer(path).body().decode()
        if page == 1:
            assert titles <= {unescape(title) for title in re.findall(r'title="(.*?)"', html)}
            assert "下一页" in html
        assert re.search(r">[^<]{12}\.\.\.<", html)


@every_site
def test_the_front_page_has_links_that_no_crawl_may_follow(site: Site) -> None:
    html = DemoSite(site, DemoOptions()).answer("/").body().decode()
    hosts = {urlsplit(href).netloc for href in re.findall(r'href="(http[^"]+)"', html)}
    assert hosts - {site.host}
    assert all(host.endswith(".example") for host in hosts - {site.host})
    assert 'href="/login.html"' in html


@every_site
@pytest.mark.parametrize("path", ["/list-99.html", "/c-00011-999.html", "/list-11-0.html", "/nil"])
def test_what_is_not_there_is_404(site: Site, path: str) -> None:
    assert DemoSite(site, DemoOptions()).answer(path).status == 404
