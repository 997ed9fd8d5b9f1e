from __future__ import annotations

from crawler.errors import ExitCode
from crawler.fetching.outcome import Outcome, Tally
from crawler.fetching.summary import summary

URL = "https://www.wenku365.com/" + "c-" * 40 + ".html"


def _lines(tally: Tally, width: int = 60) -> list[str]:
    ended = Outcome(ExitCode.OK, "done")
    places = {"database": "/srv/archive/" + "x" * 60 + "/docshelf.db"}
    return [line.plain for line in summary("wenku365", tally, ended, places, width)]


def test_addresses_and_paths_stay_whole_and_words_are_wrapped() -> None:
    tally = Tally(
        read=3,
        refused={"timeout": 1200, "gone": 1},
        examples={"timeout": URL, "gone": URL},
        fields={"site": 3, "title": 3, "size_bytes": 3},
    )
    lines = _lines(tally)
    assert f"  not read   timeout  1,200  such as {URL}" in lines
    assert f"             gone         1  such as {URL}" in lines
    assert all(len(line) <= 60 for line in lines if URL not in line and "/srv/" not in line)
    assert all(line == line.rstrip() for line in lines)


def test_what_was_lost_is_said_and_shares_are_of_what_was_not() -> None:
    tally = Tally(
        read=10,
        kept={"new": 4, "refused": 1, "unstored": 5},
        fields={"site": 4, "size_bytes": 3, "page_count": 4},
    )
    text = " ".join(" ".join(_lines(tally)).split())
    assert "10 read: 4 new, 1 refused by the database, 5 lost, as the database failed" in text
    assert "size_bytes 75 %, page_count 100 %" in text


def test_fields_that_nobody_counted_are_left_out() -> None:
    assert not any("never" in line for line in _lines(Tally(read=255)))
