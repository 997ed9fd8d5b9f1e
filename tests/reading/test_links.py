from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.address import UrlTemplate
from crawler.reading.links import Link, follow, is_login, result_page

SITE = UrlTemplate(
    "https://www.wenku365.com/p-{doc_id}.html", "/down/{doc_id}", hosts=("m.wenku365.com",)
)
HOME = "http://www.wenku365.com"


@pytest.mark.parametrize(
    "url",
    [
        f"{HOME}/p-1.html",
        "https://M.wenku365.com/p-1.html?from=search",
        "http://wenku365.com:80/p-1.html#page-2",
        "http://m.wenku365.com/down/1",
    ],
)
def test_a_document_is_known_by_its_id(url: str) -> None:
    assert follow(url, SITE) == Link("1", is_document=True)


@pytest.mark.parametrize(
    "path", ["/", "", "/c-00011.html", "/list.html?page=2", "/blog/login-tips.html", "/u-3.html"]
)
def test_pages_are_followed(path: str) -> None:
    link = follow(HOME + path, SITE)
    assert link
    assert not link.is_document


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/Login.aspx?back=/p-1.html",
        "/user/userlogin.html",
        "/sign-up/",
        "/signup",
        "/register.html",
        "/logout",
        "/search.html?q=x",
        "/s?keyword=x",
        "/so/x",
        "/download.aspx?id=1",
        "/download/x",
        "/logo.PNG",
        "/style.css",
        "/a/report.docx",
        "/feed.xml",
        "/go?to=http://www.example.org/",
        "/go?to=https%3a%2f%2fwww.example.org%2f",
        "/https/www.example.org/p-1.html",
        "/p-1.html?back=http://www.wenku365.com/",
        "/" + "x" * 3000,
        "/n-12.html",
        "/news-1.html",
        "/info-0-1.html",
        "/task-0-1.html",
        "/FlexPaper/x.html",
        "/calendar/2031/07",
        "/events/list/2031-07",
        "/archive?month=7",
        "/list.html?date=2031-07-01",
        "/list/a/list/a/list/a/",
        "/list?" + "&".join(f"p{number}=1" for number in range(20)),
    ],
)
def test_what_is_not_followed(path: str) -> None:
    assert follow(HOME + path, SITE) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.org/p-1.html",
        "http://www.wenku365.com.example/",
        "http://www.wenku365.com:8080/",
        "http://user@www.wenku365.com/",
        "mailto:a@wenku365.com",
        "javascript:void(0)",
        "http://[/",
    ],
)
def test_only_the_site_is_followed(url: str) -> None:
    assert follow(url, SITE) is None


def test_one_page_has_one_key() -> None:
    urls = [f"{HOME}/list.html?b=2&a=1", f"{HOME}/list.html?a=1&b=2#top"]
    assert len({link.key for url in urls if (link := follow(url, SITE))}) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/u-3.html?PHPSESSID=abc",
        "/u-3.html;jsessionid=0A1B",
        "/u-3.html?utm_source=a&spm=1.2",
        "/(S(x0y1))/u-3.html",
        "/u-3.html?sid=0123456789abcdef",
    ],
)
def test_what_counts_visits_makes_no_other_page(path: str) -> None:
    assert follow(HOME + path, SITE) == follow(f"{HOME}/u-3.html", SITE)


@pytest.mark.parametrize("path", ["/list?sid=3", "/2019/05/", "/a/a/", "/list?year=2019&page=2"])
def test_what_only_looks_like_a_trap(path: str) -> None:
    assert follow(HOME + path, SITE)


@pytest.mark.parametrize("name", ["download.aspx", "Download.aspx", "down\tload.aspx"])
def test_the_engines_download_page_is_not_followed(name: str) -> None:
    site = UrlTemplate("https://books.example/d-{doc_id}.html", "/download.aspx?id={doc_id}")
    assert follow(f"https://books.example/{name}?id=1", site) is None
    assert follow("https://books.example/d-1.html?from=download.aspx", site)


def test_the_other_addresses_of_the_engine() -> None:
    site = UrlTemplate(
        "https://www.wenku365.com/p-{doc_id}.html",
        "/view.aspx?id={doc_id}",
        "/download.aspx?id={doc_id}",
    )
    assert follow(f"{HOME}/View.aspx?a=b&ID=7", site) == Link("7", is_document=True)
    assert follow(f"{HOME}/download.aspx?id=7", site) is None
    assert site.doc_id(f"{HOME}/download.aspx?id=7") == "7"


def test_result_pages() -> None:
    search = f"{HOME}/search.html?p=0&q={{query}}"
    assert result_page(f"{HOME}/search.html?p=2&q=a+b", search, "a b", SITE)
    assert result_page(f"{HOME}/search.html?p=2&q=a", search, "b", SITE) is None
    assert result_page(f"{HOME}/p-1.html?q=a", search, "a", SITE) is None
    assert result_page("http://www.example.org/search.html?q=a", search, "a", SITE) is None


def test_logins() -> None:
    assert is_login(f"{HOME}/passport/index.html")
    assert not is_login(f"{HOME}/p-1.html?from=/login")


@given(st.text())
def test_no_address_breaks_it(tail: str) -> None:
    link = follow(f"{HOME}/{tail}", SITE)
    assert link is None or link.key
