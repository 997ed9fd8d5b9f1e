"""How a crawl begins where the clock was wrong, and where files are not what they were."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from tests.commands.conftest import Answer, document_page
from tests.fetching.crawling import SITE, listing, new_requests, put_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.conftest import Web
    from tests.fetching.crawling import Crawled, Place

FRONT: Final = f"{SITE}/"


def test_what_the_file_does_not_hold_is_asked_again(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    """As when a disk lied, or the folder was copied while it was written to."""
    put_site(web)
    break_off(3, url=FRONT)
    (file,) = (place.data / "warc").glob("*.warc.gz.open")
    known = sorted(place.captures(), key=lambda one: one.offset)
    lost = known[-2:]
    with file.open("r+b") as warc:
        warc.truncate(lost[0].offset)
    asked = new_requests(place, web, url=FRONT)
    assert {one.url.removeprefix(SITE) for one in lost} <= set(asked)
    assert not {one.url.removeprefix(SITE) for one in known[:-2]} & set(asked)
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]
    captures = {one.record_id for one in place.captures()}
    assert not captures & {one.record_id for one in lost}
    assert captures >= {one.record_id for one in known[:-2]}


def test_what_a_redirect_led_to_is_asked_again_by_the_address_that_was_asked(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    web.put("/", Answer(status=302, headers={"Location": "/c-1.html"}))
    web.put("/c-1.html", listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    break_off(1, url=FRONT)
    (lost,) = [one for one in place.captures() if one.url == f"{SITE}/c-1.html"]
    with (place.data / "warc" / f"{lost.file}.open").open("r+b") as warc:
        warc.truncate(lost.offset)
    rest = new_requests(place, web, url=FRONT)
    assert sorted(rest) == ["/", "/c-1.html", "/p-1000001.html"]
    assert f"{SITE}/c-1.html" in {one.url for one in place.captures()}


def test_a_file_that_was_closed_after_its_database_was_copied_is_taken_in(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    put_site(web)
    break_off(2, url=FRONT)
    (file,) = (place.data / "warc").glob("*.warc.gz.open")
    file.rename(file.with_suffix(""))
    asked = {url.removeprefix(SITE) for url in web.asked}
    assert not asked & set(new_requests(place, web, url=FRONT))
    captures = place.captures()
    assert len(captures) == len({one.record_id for one in captures}) == len(web.asked)
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]


def test_files_that_a_copy_did_not_get_are_asked_again(
    place: Place, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder was copied while it was written to, its database last."""
    put_site(web)
    place.crawl({"DOCSHELF_WARC_BYTES": 1}, url=FRONT)
    folder = place.data / "warc"
    files = sorted({one.file for one in place.captures()})
    assert len(files) == 6
    (folder / files[2]).rename(folder / f"{files[2]}.open")
    for name in files[3:]:
        (folder / name).unlink()
    lost = {one for one in place.captures() if one.file in files[3:]}
    asked = new_requests(place, web, url=FRONT)
    assert sorted(asked) == sorted(one.url.removeprefix(SITE) for one in lost)
    assert sum("not there; 1 records lost" in line for line in caplog.messages) == 3
    captures = place.captures()
    assert not lost & set(captures)
    assert len(captures) == 6 + 1  # and robots.txt once more
    assert len({one.url for one in captures}) == 6
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]


@pytest.mark.parametrize("is_older", [False, True])
@pytest.mark.parametrize("again", ["0", "1"])
def test_an_open_file_that_somebody_deleted_is_asked_again(
    place: Place,
    web: Web,
    break_off: Callable[..., Crawled],
    caplog: pytest.LogCaptureFixture,
    again: str,
    *,
    is_older: bool,
) -> None:
    """Also where a clock that was ahead gave another one a later name."""
    put_site(web)
    break_off(3, url=FRONT)
    (file,) = (place.data / "warc").glob("*.warc.gz.open")
    known = [one for one in place.captures() if f"{one.file}.open" == file.name]
    assert len(known) >= 3
    if is_older:
        file.with_name("wenku365-29990101000000000-00000-shelf.warc.gz").touch()
    file.unlink()
    asked = new_requests(place, web, url=FRONT, again=again)
    lost = {one.url.removeprefix(SITE) for one in known}
    assert lost <= {"/robots.txt", *asked}
    assert f"{known[0].file}: not there; {len(known)} records lost" in caplog.text
    assert place.doc_ids() == ["1000001", "1000002", "1000003"]
    assert {(place.data / "warc" / one.file).exists() for one in place.captures()} == {True}
    assert not list((place.data / "warc").glob("*.cdxj.open"))
    assert new_requests(place, web, url=FRONT) == []


def test_what_was_closed_may_be_moved_away(place: Place, web: Web) -> None:
    put_site(web)
    place.crawl({"DOCSHELF_WARC_BYTES": 1}, url=FRONT)
    for name in place.warcs:
        (place.data / "warc" / name).unlink()
    before = place.captures()
    assert new_requests(place, web, url=FRONT) == []
    assert set(before) <= set(place.captures())
    assert [crawl["open_files"] for crawl in place.crawls()] == [None]


def test_a_folder_that_is_gone_is_as_good_as_its_open_files(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    put_site(web)
    break_off(2, url=FRONT)
    shutil.rmtree(place.data / "warc")
    rest = new_requests(place, web, url=FRONT)
    assert sorted(rest) == [
        *("/", "/c-1.html", "/p-1000001.html", "/p-1000002.html", "/p-1000003.html")
    ]
    assert {(place.data / "warc" / one.file).exists() for one in place.captures()} == {True}


def test_what_a_clock_ahead_put_off_is_asked(place: Place, web: Web) -> None:
    late = Answer(status=503, headers={"Retry-After": "3600"})
    web.put("/", listing("/c-1.html"))
    web.put("/c-1.html", late, listing("/p-1000001.html"))
    web.put("/p-1000001.html", document_page(1000001))
    place.crawl(url=FRONT)
    assert new_requests(place, web, url=FRONT) == []
    place.change("UPDATE crawls SET noted_at = '2999-01-01 00:00:00.000000'")
    assert new_requests(place, web, url=FRONT) == ["/c-1.html", "/p-1000001.html"]


def test_what_is_adopted_wins_whatever_the_clock_said(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    """A pass was run while the clock was ahead; the next one broke off."""
    put_site(web)
    place.crawl(url=FRONT)
    place.change("UPDATE documents SET fetched_at = '2999-01-01 00:00:00.000000'")
    web.put("/p-1000001.html", document_page(1000001).replace("58.50 KB", "59.50 KB"))
    break_off(1, url=FRONT, again="1")
    new_requests(place, web, url=FRONT, again="1")
    sizes = {one.doc_id: one.size_bytes for one in place.documents()}
    assert sizes == {"1000001": 60928, "1000002": 59904, "1000003": 59904}


def test_what_was_left_long_ago_takes_back_nothing(
    place: Place, web: Web, break_off: Callable[..., Crawled]
) -> None:
    """Nobody took in what a crawl left before another one was through."""
    put_site(web)
    break_off(1, url=FRONT)
    (left,) = (place.data / "warc").glob("*.warc.gz.open")
    assert f"{SITE}/p-1000001.html" in web.asked
    aside = left.rename(place.data / left.name)
    web.put("/p-1000001.html", document_page(1000001).replace("58.50 KB", "59.50 KB"))
    new_requests(place, web, url=FRONT)
    place.change("UPDATE documents SET fetched_at = '2999-01-01 00:00:00.000000'")
    aside.rename(left)
    assert new_requests(place, web, url=FRONT) == []
    assert {one.doc_id: one.size_bytes for one in place.documents()}["1000001"] == 60928
