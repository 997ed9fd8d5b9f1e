from __future__ import annotations

import pytest

from crawler.errors import ExitCode
from crawler.fetching.outcome import NO_ANSWER, REFUSALS, UNREADABLE, Tally, outcome

TABLE = [
    ("nothing was due", Tally(), ExitCode.OK),
    ("nothing was due", Tally(read_before=True), ExitCode.OK),
    ("documents were read", Tally(read=1), ExitCode.OK),
    ("documents that did not change", Tally(unchanged=1, followed=1), ExitCode.OK),
    ("a site that fell silent", Tally(read=9, paused="silent"), ExitCode.NO_ANSWER),
    ("a pause that the site wants", Tally(read=9, paused="told"), ExitCode.OK),
    ("the same, before it is over", Tally(paused="told"), ExitCode.OK),
    (
        "the same, before anything was read",
        Tally(refused={"http_429": 1}, waiting=1, paused="told"),
        ExitCode.BLOCKED,
    ),
    (
        "pages that are to be asked again",
        Tally(followed=1, refused={"http_503": 2}, waiting=2),
        ExitCode.NO_DOCUMENT,
    ),
    (
        "another process",
        Tally(store_failed="x", store_code=ExitCode.ALREADY_RUNNING),
        ExitCode.ALREADY_RUNNING,
    ),
    (
        "single failed pages change nothing",
        Tally(read=1, refused={"timeout": 9, "blocked": 9, "layout_changed": 9}),
        ExitCode.OK,
    ),
    ("lists without documents", Tally(followed=3), ExitCode.NO_DOCUMENT),
    ("pages that are not there", Tally(refused={"http_404": 2}), ExitCode.NO_DOCUMENT),
    ("walls, and pages that nobody has", Tally(refused={"login": 2, "gone": 1}), ExitCode.BLOCKED),
    ("walls and lists", Tally(refused={"blocked": 2, "no_links": 1}), ExitCode.NO_DOCUMENT),
    (
        "a site, and no answer where its documents are",
        Tally(followed=1, refused={"timeout": 2}),
        ExitCode.NO_DOCUMENT,
    ),
    *(
        (f"only {reason}", Tally(refused={reason: 2}), ExitCode.BLOCKED)
        for reason in sorted(REFUSALS)
    ),
    ("a front page, then walls", Tally(followed=1, refused={"login": 2}), ExitCode.BLOCKED),
    (
        "walls wherever the site answered",
        Tally(refused={"http_403": 1, "timeout": 2}),
        ExitCode.BLOCKED,
    ),
    *(
        (f"only {reason}", Tally(refused={reason: 2}), ExitCode.NO_ANSWER)
        for reason in sorted(NO_ANSWER)
    ),
    *(
        (f"only {reason}", Tally(refused={reason: 2, "timeout": 1}), ExitCode.NO_ANSWER)
        for reason in ("robots_unavailable", "http_500", "http_503")
    ),
    ("walls and a broken server", Tally(refused={"http_403": 1, "http_500": 1}), ExitCode.BLOCKED),
    ("lists and a broken server", Tally(followed=1, refused={"http_500": 1}), ExitCode.NO_DOCUMENT),
    (
        "a full disk under the database",
        Tally(store_failed="x", store_code=ExitCode.DISK),
        ExitCode.DISK,
    ),
    *((f"a {why}", Tally(refused={why: 1}), ExitCode.LAYOUT_CHANGED) for why in sorted(UNREADABLE)),
    (
        "documents that cannot be read, and walls",
        Tally(followed=1, refused={"layout_changed": 1, "blocked": 9, "http_404": 9}),
        ExitCode.LAYOUT_CHANGED,
    ),
    ("a bug", Tally(read=9, refused={"bug": 1}), ExitCode.BUG),
    ("an interruption", Tally(read=9, interrupted=True), ExitCode.INTERRUPTED),
    ("one at once", Tally(interrupted=True), ExitCode.INTERRUPTED),
    ("a bug, interrupted", Tally(refused={"bug": 1}, interrupted=True), ExitCode.INTERRUPTED),
    ("a feed that failed", Tally(read=9, feed_failed="x"), ExitCode.DISK),
    ("a database that failed", Tally(read=9, store_failed="x"), ExitCode.DATABASE),
    (
        "all at once",
        Tally(store_failed="x", feed_failed="x", interrupted=True, refused={"bug": 1}),
        ExitCode.DATABASE,
    ),
]


@pytest.mark.parametrize(("tally", "code"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_exit_code(tally: Tally, code: ExitCode) -> None:
    ended = outcome(tally)
    assert ended.code == code
    assert ended.words
    assert "\n" not in ended.words


def test_the_words_of_a_failed_database_do_not_stutter() -> None:
    ended = outcome(Tally(store_failed="database /srv/docshelf.db: locked"))
    assert ended.words == "the database failed: /srv/docshelf.db: locked"


def test_a_tally_of_stats() -> None:
    tally = Tally.of(
        {
            "docshelf/read": 7,
            "docshelf/followed": 2,
            "docshelf/pages/gone": 1,
            "docshelf/example/gone": "http://a/",
            "docshelf/documents/new": 6,
            "docshelf/field/title": 7,
            "docshelf/store/exit_code": 22,
            "finish_reason": "finished",
            "downloader/request_count": 99,
        }
    )
    assert tally == Tally(
        read=7,
        followed=2,
        refused={"gone": 1},
        examples={"gone": "http://a/"},
        kept={"new": 6},
        fields={"title": 7},
        store_code=ExitCode.DISK,
    )
    assert tally.asked == 10


def test_a_crawl_that_was_forced_to_end_was_interrupted() -> None:
    assert Tally.of({}).interrupted
    assert Tally.of({"finish_reason": "shutdown"}).interrupted
    assert Tally.of({"finish_reason": "closespider_timeout"}).interrupted
    assert Tally.of({"finish_reason": "memusage_exceeded"}).interrupted
    assert not Tally.of({"finish_reason": "limit"}).interrupted
    assert not Tally.of({"finish_reason": "finished"}).interrupted


def test_scrapys_own_count_of_failed_feeds() -> None:
    stats = {"finish_reason": "finished", "feedexport/failed_count/S3FeedStorage": 1}
    assert outcome(Tally.of(stats)).code == ExitCode.DISK
