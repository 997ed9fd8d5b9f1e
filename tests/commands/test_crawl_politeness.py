"""``scrapy crawl`` as a guest: robots.txt, Retry-After, its pace and its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Answer, Documents, Listings, Scrapy, Web

FRONT = "http://www.wenku365.com/"
FAST = ("-s", "DOWNLOAD_DELAY=0")


def test_what_robots_forbids_is_not_asked(web: Web, scrapy: Scrapy, listing: Listings) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    web.put("/", listing("/p-1000001.html"))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}")
    assert (done.returncode, " robots " in done.stderr) == (21, True)
    assert web.asked == [f"{FRONT}robots.txt"]
    lifted = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}", "-s", "ROBOTSTXT_OBEY=False")
    assert lifted.returncode == 4
    assert f"{FRONT}p-1000001.html" in web.asked


@pytest.mark.parametrize("status", [500, 503])
def test_a_robots_file_that_cannot_be_had_forbids_all(
    web: Web, scrapy: Scrapy, answer: type[Answer], status: int
) -> None:
    web.put("/robots.txt", answer(status=status))
    # With this delay also a busy machine is through before it may be asked once more.
    told = {"DOCSHELF_RETRY_DELAY": "0.2"}
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}", **told)
    assert (done.returncode, " robots_unavailable " in done.stderr) == (24, True)
    assert web.asked == [f"{FRONT}robots.txt"] * 3


def test_a_robots_file_that_fails_in_passing_is_asked_again(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents
) -> None:
    web.put("/robots.txt", answer(status=503, headers={"Retry-After": "0"}), "User-agent: *\n")
    url = web.put("/p-1000001.html", document(1000001))
    assert scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}").returncode == 0


def test_a_robots_file_may_be_kept_elsewhere(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents
) -> None:
    there = web.put("/robots.txt", "User-agent: *\nDisallow: /p-", site="http://cdn.example")
    web.put("/robots.txt", answer(status=301, headers={"Location": there}))
    url = web.put("/p-1000001.html", document(1000001))
    assert scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}").returncode == 21
    assert url not in web.asked


def test_a_robots_file_that_redirects_to_itself_is_none(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents
) -> None:
    web.put("/robots.txt", answer(status=302, headers={"Location": "/robots.txt"}))
    url = web.put("/p-1000001.html", document(1000001))
    assert scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}").returncode == 0


@pytest.mark.parametrize("status", [503, 429])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_out(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents, form: str, status: int
) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=3)
    told = "1" if form == "seconds" else format_datetime(moment, usegmt=True)
    url = web.put(
        "/p-1000001.html", answer(status=status, headers={"Retry-After": told}), document(1000001)
    )
    # Did it not wait, it would wait for as long as the test may take.
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", DOCSHELF_RETRY_DELAY="110")
    assert (done.returncode, web.counts[url]) == (0, 2)


def test_a_page_that_waits_holds_up_no_other(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents, listing: Listings
) -> None:
    busy = [f"/p-{1000001 + number}.html" for number in range(20)]
    for path in busy:
        web.put(path, answer(status=503, headers={"Retry-After": "2"}), document(path[3:-5]))
    last = web.put("/p-1000099.html", document(1000099))
    web.put("/", listing(*busy, "/p-1000099.html"))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={FRONT}")
    assert done.returncode == 0
    assert "21 read" in done.stderr
    again = [url for number, url in enumerate(web.asked) if url in web.asked[:number]]
    assert len(again) == 20
    assert web.asked.index(last) < len(web.asked) - 20


def test_too_many_requests_pause_the_host(
    web: Web, scrapy: Scrapy, answer: type[Answer], document: Documents
) -> None:
    for number in range(20):
        web.put(f"/p-{1000001 + number}.html", document(1000001 + number))
    first = web.put(
        "/p-1000001.html", answer(status=429, headers={"Retry-After": "1"}), document(1000001)
    )
    done = scrapy(
        *("crawl", "wenku365", "-a", "ids=1000001-1000020", "-a", f"url={FRONT}"),
        *("-s", "DOWNLOAD_DELAY=0.02", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1"),
    )
    assert done.returncode == 0
    assert "20 read" in done.stderr
    assert web.counts[first] == 2


def test_a_host_that_says_come_back_tomorrow_is_left_alone(
    web: Web, scrapy: Scrapy, answer: type[Answer]
) -> None:
    for number in range(20):
        tomorrow = answer(status=429, headers={"Retry-After": "86400"})
        web.put(f"/p-{1000001 + number}.html", tomorrow)
    done = scrapy(
        *("crawl", "wenku365", "-a", "ids=1000001-1000020", "-a", f"url={FRONT}"),
        *("-s", "DOWNLOAD_DELAY=0.02", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1"),
    )
    assert done.returncode == 21
    assert " http_429  1 " in done.stderr
    assert "1 page to be asked again from " in done.stderr
    assert len(web.asked) == 2  # robots.txt and one page


def test_crawl_delay_is_obeyed(web: Web, scrapy: Scrapy, document: Documents) -> None:
    web.put("/robots.txt", "User-agent: docshelf\nCrawl-delay: 86400\n")
    web.put("/p-1000001.html", document(1000001))
    web.put("/p-1000002.html", document(1000002))
    done = scrapy(
        *("crawl", "wenku365", *FAST, "-a", "ids=1000001-1000002", "-a", f"url={FRONT}"),
        *("-s", "CLOSESPIDER_TIMEOUT=2", "-L", "INFO", "-s", "DOCSHELF_MAX_WAIT=86400"),
    )
    assert "asks for 86400 s between two pages" in done.stderr
    assert len(web.asked) == 1  # robots.txt itself was the first request


def test_a_host_that_wants_an_endless_delay_is_left_alone(
    web: Web, scrapy: Scrapy, document: Documents
) -> None:
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 99999999999\n")
    url = web.put("/p-1000001.html", document(1000001))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}")
    assert (done.returncode, " crawl_delay " in done.stderr) == (21, True)
    assert url not in web.asked


def test_an_honest_name(web: Web, scrapy: Scrapy, document: Documents) -> None:
    url = web.put("/p-1000001.html", document(1000001))
    scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}")
    for headers in web.headers:
        assert headers["User-Agent"].startswith("docshelf/")
        assert headers["User-Agent"].endswith(" (+https://archive.example/bot)")
        assert not {"Cookie", "Referer"} & headers.keys()


def test_a_missing_contact_is_said_once(web: Web, scrapy: Scrapy, document: Documents) -> None:
    url = web.put("/p-1000001.html", document(1000001))
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", DOCSHELF_CONTACT="")
    assert done.stderr.count("DOCSHELF_CONTACT") == 1
    assert "(" not in web.headers[-1]["User-Agent"]
    chosen = ("-s", "USER_AGENT=archive/1")
    done = scrapy("crawl", "wenku365", *FAST, "-a", f"url={url}", "-a", "again=1", *chosen)
    assert web.headers[-1]["User-Agent"] == "archive/1"


def test_a_proxy_that_asks_for_a_name(web: Web, scrapy: Scrapy, document: Documents) -> None:
    for doc_id in (1000001, 1000002):
        web.put(f"/p-{doc_id}.html", document(doc_id))
    done = scrapy(
        *("crawl", "wenku365", *FAST, "-a", "ids=1000001-1000002", "-a", f"url={FRONT}"),
        http_proxy=web.proxy.replace("//", "//ann:secret@"),
    )
    assert done.returncode == 0
    assert len(web.headers) == 3
    assert all(
        headers["Proxy-Authorization"] == "Basic YW5uOnNlY3JldA==" for headers in web.headers
    )
