"""The spider of any site: bound to the site of the address that it is told."""

from __future__ import annotations

import pytest
from scrapy.utils.project import get_project_settings

from crawler.errors import UsageError
from crawler.fetching.sites import reader, site, sites
from crawler.reading.generic import GenericPage
from spiders.generic import GenericSpider
from spiders.wenku365 import Wenku365Page

SETTINGS = get_project_settings()
URL = "https://www.papyria.example/document/12345/boilers"


def test_it_is_no_site_among_others() -> None:
    assert "generic" not in sites(SETTINGS)
    assert site("generic", SETTINGS) is GenericSpider


def test_it_is_bound_to_the_site_of_its_address() -> None:
    bound = GenericSpider.bound({"url": URL})
    assert (bound.name, bound.page.site) == ("papyria.example", "papyria.example")
    assert bound.start_urls == ["https://www.papyria.example/"]
    assert bound.told({"url": URL, "limit": "3"}).url == URL
    spider = bound(url=URL)
    assert spider.allowed_domains == ["papyria.example", "www.papyria.example"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "argument url: give the http"),
        ({"url": "papyria.example"}, "argument url: give the http"),
        ({"url": "http://["}, "argument url: give the http"),
        ({"url": URL, "ids": "1-3"}, "argument ids: the addresses"),
    ],
)
def test_what_names_no_site(given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        GenericSpider.told(given)


def test_another_sites_address_is_not_followed() -> None:
    bound = GenericSpider.bound({"url": URL})
    with pytest.raises(UsageError, match="is not on the site"):
        bound.told({"url": "https://other.example/"})


def test_a_page_is_read_by_its_site_or_by_the_generic_class() -> None:
    assert reader("http://m.wenku365.com/p-1.html", SETTINGS) is Wenku365Page
    kind = reader(URL, SETTINGS)
    assert issubclass(kind, GenericPage)
    assert kind is reader(URL, SETTINGS)
    with pytest.raises(UsageError, match="is no http or https address"):
        reader("file:///x", SETTINGS)
