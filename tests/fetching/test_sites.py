from __future__ import annotations

import pytest
from scrapy.utils.project import get_project_settings

from crawler.errors import UsageError
from crawler.fetching.sites import owner, site, sites

SETTINGS = get_project_settings()


def test_every_site_by_its_name() -> None:
    known = sites(SETTINGS)
    assert {"31ppt", "bdocx", "renrendoc", "wenku365"} <= known.keys()
    assert all(spider.name == spider.page.site == name for name, spider in known.items())


def test_every_front_page_is_on_its_site() -> None:
    for spider in sites(SETTINGS).values():
        for url in spider.start_urls:
            assert owner(url, SETTINGS) is spider


def test_a_site_by_its_name() -> None:
    assert site("wenku365", SETTINGS).name == "wenku365"


def test_an_owner_that_nobody_is() -> None:
    with pytest.raises(UsageError, match="no site owns http://www"):
        owner("http://www.example.org/p-1.html", SETTINGS)


@pytest.mark.parametrize("url", ["", "wenku365.com", "file:///p-1.html", "http://[", "http:///x"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(UsageError, match="is no http or https address"):
        owner(url, SETTINGS)
