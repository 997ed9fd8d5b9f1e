import asyncio
import gzip
import re
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

import pytest
from aiohttp import web

from crawler.demo.options import NO_FAULTS, DemoOptions, Rates
from crawler.demo.server import Demo

HOST = "www.wenku365.com"
Exchanged = tuple[int, Message, bytes]


def exchange(demo: Demo, *requests: str) -> list[Exchanged]:
    """Return what each request is answered, one after the other."""

    async def all_of_them() -> list[Exchanged]:
        runner = web.ServerRunner(web.Server(demo.handle, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            return [await one(runner.addresses[0][1], request) for request in requests]
        finally:
            await runner.cleanup()

    async def one(port: int, request: str) -> Exchanged:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        line, *headers = request.split("\n")
        if not any(header.startswith("Host:") for header in headers):
            headers.append(f"Host: {HOST}")
        lines = [f"{line} HTTP/1.1", *headers, "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        status, _, fields = head.partition(b"\r\n")
        return int(status.split()[1]), BytesParser().parsebytes(fields), body

    return asyncio.run(all_of_them())


def demo_with(**rates: float) -> Demo:
    values = {name: getattr(NO_FAULTS, name) for name in Rates.__slots__} | rates
    return Demo(DemoOptions(documents=40, rates=Rates(**values)))


def document_path(demo: Demo, number: int = 0) -> str:
    wenku365 = demo.sites[1]
    return wenku365.site.document_path(wenku365.catalogue.doc_id(number))


def test_a_whole_address_and_a_path_with_a_host_are_answered_alike() -> None:
    demo = demo_with()
    path = document_path(demo)
    whole, bare, port, dot, head = exchange(
        demo,
        f"GET http://{HOST}{path}\nHost: elsewhere.example",
        f"GET {path}",
        f"GET {path}\nHost: WWW.Wenku365.com:80",
        f"GET http://{HOST}.{path}",
        f"HEAD http://{HOST}{path}",
    )
    assert whole[0] == 200
    assert whole[1]["Content-Type"] == "text/html; charset=utf-8"
    assert whole[2] == bare[2] == port[2] == dot[2]
    assert demo.sites[1].catalogue.doc_id(0) in whole[2].decode()
    assert head[0] == 200
    assert head[2] == b""
    assert head[1]["Content-Length"] == str(len(whole[2]))


def test_only_the_two_sites_are_answered_for() -> None:
    foreign, origin, tunnel, post = exchange(
        demo_with(),
        "GET http://www.kejian.example/p-10000001.html",
        "GET /\nHost: 127.0.0.1",
        f"CONNECT {HOST}:443",
        "POST /login.html\nContent-Length: 0",
    )
    for status, _, body in (foreign, origin, tunnel):
        assert status == 502
        assert b"http://www.31ppt.com/ and http://www.wenku365.com/" in body
    assert post[0] == 405
    assert post[1]["Allow"] == "GET, HEAD"


def test_robots_txt_asks_for_a_delay_only_if_told_to() -> None:
    for seconds in (0, 5):
        demo = Demo(DemoOptions(documents=1, crawl_delay_seconds=seconds))
        [(status, headers, body)] = exchange(demo, "GET /robots.txt")
        assert status == 200
        assert headers["Content-Type"].startswith("text/plain")
        assert {b"Disallow: /login", b"Disallow: /search", b"Disallow: /download"} <= set(
            body.splitlines(),
        )
        assert (b"Crawl-delay: 5\n" in body) == bool(seconds)
        assert body.count(b"Crawl-delay") == bool(seconds)


def test_gbk_pages_are_gbk_whatever_they_declare() -> None:
    demo = demo_with(gbk=1)
    declared = set()
    for _, headers, body in exchange(demo, *(f"GET {document_path(demo, n)}" for n in range(20))):
        meta = re.search(rb'<meta charset="(\w+)"', body)
        assert meta is not None
        declared.add((headers["Content-Type"], meta[1]))
        assert "由会员上传分享" in body.decode("gbk")
    assert declared == {
        ("text/html; charset=gbk", b"gbk"),
        ("text/html; charset=gb2312", b"gb2312"),
        ("text/html", b"gb2312"),
    }


def test_gzip_is_for_those_who_take_it() -> None:
    demo = demo_with(gzip=1)
    path = document_path(demo)
    packed, plain = exchange(demo, f"GET {path}\nAccept-Encoding: gzip, deflate", f"GET {path}")
    assert packed[1]["Content-Encoding"] == "gzip"
    assert plain[1]["Content-Encoding"] is None
    assert packed[1]["Vary"] == plain[1]["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed[2]) == plain[2]


def test_an_unchanged_page_is_304() -> None:
    demo = demo_with(validators=1)
    for path in (document_path(demo), "/list-11.html"):
        [(_, headers, _)] = exchange(demo, f"GET {path}")
        etag, changed = headers["ETag"], headers["Last-Modified"]
        before = parsedate_to_datetime(changed).replace(year=2001)
        answers = exchange(
            demo,
            f"GET {path}\nIf-None-Match: {etag}",
            f'GET {path}\nIf-None-Match: "other", {etag.removeprefix("W/")}',
            f"GET {path}\nIf-Modified-Since: {changed}",
            f'GET {path}\nIf-None-Match: "other"\nIf-Modified-Since: {changed}',
            f"GET {path}\nIf-Modified-Since: {before:%a, %d %b %Y %H:%M:%S GMT}",
        )
        assert [status for status, _, _ in answers] == [304, 304, 304, 200, 200]
        assert all(body == b"" for status, _, body in answers if status == 304)


def test_another_site_has_other_etags() -> None:
    one, other = (Demo(DemoOptions(seed=s, rates=Rates(validators=1))) for s in (1, 2))
    tags = {exchange(demo, "GET /list-11.html")[0][1]["ETag"] for demo in (one, other)}
    assert len(tags) == 2


def test_redirects_lead_to_the_documents_page() -> None:
    demo = demo_with()
    path = document_path(demo)
    doc_id = demo.sites[1].catalogue.doc_id(0)
    moved, alias, nowhere, login = exchange(
        demo,
        f"GET {path}?from=list",
        f"GET /View.aspx?id={doc_id}",
        "GET /view.aspx?id=1",
        f"GET /download/{doc_id}.html",
    )
    assert (moved[0], moved[1]["Location"]) == (301, f"http://{HOST}{path}")
    assert (alias[0], alias[1]["Location"]) == (302, f"http://{HOST}{path}")
    assert nowhere[0] == 404
    assert (login[0], login[1]["Location"]) == (302, f"http://{HOST}/login.html")


@pytest.mark.parametrize(("rate", "title"), [("deleted", "提示"), ("captcha", "安全验证")])
def test_walls_and_deletions_are_200_and_show_no_field(rate: str, title: str) -> None:
    demo = demo_with(**{rate: 1})
    [(status, _, body)] = exchange(demo, f"GET {document_path(demo)}")
    assert status == 200
    assert f"<title>{title}</title>" in body.decode()
    assert "由会员上传分享" not in body.decode()
    assert list(map(demo.sites[1].catalogue.document, range(20))) == [None] * 20


def test_an_address_is_unavailable_once() -> None:
    demo = demo_with(unavailable=1)
    paths = [document_path(demo), "/list-11.html"]
    first = exchange(demo, *(f"GET {path}" for path in paths))
    second = exchange(demo, *(f"GET {path}" for path in paths))
    assert [(status, headers["Retry-After"]) for status, headers, _ in first] == [(503, "1")] * 2
    assert [status for status, _, _ in second] == [200, 200]


def test_slow_answers_take_a_part_of_a_second() -> None:
    for rate in (0, 1):
        wenku365 = demo_with(slow=rate).sites[1]
        for number in range(20):
            path = wenku365.site.document_path(wenku365.catalogue.doc_id(number))
            delay = wenku365.answer(path).delay_seconds
            assert 0.2 <= delay <= 1 if rate else delay == 0


def test_without_faults_there_are_none() -> None:
    demo = demo_with()
    for site in demo.sites:
        for number in range(site.catalogue.count):
            answer = site.answer(site.site.document_path(site.catalogue.doc_id(number)))
            assert (answer.status, answer.content_type) == (200, "text/html; charset=utf-8")
            assert (answer.etag, answer.last_modified) == (None, None)
            assert (answer.gzip, answer.unavailable_first) == (False, False)


def test_equal_options_make_equal_answers() -> None:
    ones, others = (Demo(DemoOptions(documents=60)).sites for _ in range(2))
    for one, other in zip(ones, others, strict=True):
        for number in range(one.catalogue.count):
            path = one.site.document_path(one.catalogue.doc_id(number))
            here, there = one.answer(path), other.answer(path)
            assert here.body() == there.body()
            assert (here.etag, here.last_modified) == (there.etag, there.last_modified)
