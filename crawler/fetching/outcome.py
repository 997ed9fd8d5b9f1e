"""What became of a crawl: what was counted, and the one place that decides its exit code.

``docs/reference/exit-codes.md`` explains the codes. The counts are in Scrapy's stats:

``docshelf/read``               documents read
``docshelf/unknown_layout``     documents of them that the site's class did not recognise, and the
                                generic page read
``docshelf/followed``           front, list and category pages, followed for their links
``docshelf/pages/<reason>``     pages asked for in vain
``docshelf/example/<reason>``   the address of one of them
``docshelf/unchanged``          documents that the site says did not change since they were read
``docshelf/read_before``        whether earlier runs of the same pass read documents
``docshelf/paused``             why a crawl ended with pages due: ``told`` to wait by the site, or
                                that is ``silent``
``docshelf/waiting``            pages that wait, to be asked by a later run
``docshelf/waiting_until``      when the first of them may be asked
``docshelf/source``             where pages are taken from, if not from the site
``docshelf/held``               its captures that the archive has already
``docshelf/field/<name>``       records in which the field is filled
``docshelf/documents/<what>``   records by what the database made of them: new, changed, unchanged,
                                refused (it would not take them), unstored (it failed before)
``docshelf/store/failed``       why the database did not keep all, in one line
``docshelf/store/exit_code``    the exit code of that
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from crawler.errors import (
    BlockedPageError,
    CrawlerError,
    ExitCode,
    GonePageError,
    LoginPageError,
    MissingFieldError,
    TooLargePageError,
    WrongPageError,
)
from crawler.reading.judging import DOCUMENT, LIST, NOT_MODIFIED
from crawler.storage.tables import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scrapy.statscollectors import StatsCollector

READ: Final = "docshelf/read"
UNKNOWN_LAYOUT: Final = "docshelf/unknown_layout"
FOLLOWED: Final = "docshelf/followed"
UNCHANGED: Final = "docshelf/unchanged"
READ_BEFORE: Final = "docshelf/read_before"
PAUSED: Final = "docshelf/paused"
TOLD: Final = "told"
SILENT: Final = "silent"
WAITING: Final = "docshelf/waiting"
WAITING_UNTIL: Final = "docshelf/waiting_until"
_PAGES: Final = "docshelf/pages/"
_EXAMPLE: Final = "docshelf/example/"
SOURCE: Final = "docshelf/source"
HELD: Final = "docshelf/held"
KEPT: Final = "docshelf/documents/"
FIELD: Final = "docshelf/field/"
FEED_FAILED: Final = "docshelf/feed/failed"
STORE_FAILED: Final = "docshelf/store/failed"
STORE_CODE: Final = "docshelf/store/exit_code"

BUG: Final = "bug"
TOO_COSTLY: Final = "too_costly"
"""The reason of a page that takes more time or memory to read than it may."""
ROBOTS: Final = "robots.txt"
"""The verdict of a robots.txt that tells what may be asked."""
NO_ANSWER: Final = frozenset({"timeout", "dns", "connection_refused", "connection_lost", "proxy"})
"""The reasons of pages to which nobody answered."""
_SERVER_ERRORS: Final = ("robots_unavailable", "http_5")
"""How the reasons begin of pages for which the site's server failed."""
REFUSALS: Final = frozenset(
    {
        BlockedPageError.reason,
        LoginPageError.reason,
        "robots",
        "crawl_delay",
        "http_401",
        "http_403",
        "http_407",
        "http_429",
        "http_451",
    }
)
"""The reasons of pages that a site keeps from us."""
ABSENT: Final = frozenset({GonePageError.reason, "http_404"})
"""The reasons of pages that are not there, for us as for everybody."""
UNREADABLE: Final = frozenset({MissingFieldError.reason, WrongPageError.reason})
"""The reasons of documents' pages that came and could not be read."""


_DONE: Final = frozenset({DOCUMENT, LIST, "redirect", NOT_MODIFIED, ROBOTS})
"""The verdicts of pages that told what there is to tell."""
_NOT_OURS: Final = frozenset({"offsite", "redirect_loop", TooLargePageError.reason})
"""The reasons of pages that lead beyond what is asked for."""

_ENDS: Final = frozenset({"finished", "limit", "database", "disk", "feed", "taken"})
"""Scrapy's reasons for the end of a crawl that nobody has to go on with, or that failed."""


def state_of(reason: str) -> State:
    """Return what becomes of a page whose answer was taken for *reason*, and is not asked again.

    >>> state_of("document"), state_of("http_404"), state_of("login"), state_of("timeout")
    (<State.DONE: 'done'>, <State.GONE: 'gone'>, <State.REFUSED: ...>, <State.FAILED: ...>)
    """
    if reason in _DONE:
        return State.DONE
    if reason in ABSENT:
        return State.GONE
    return State.REFUSED if reason in REFUSALS | _NOT_OURS else State.FAILED


def close_reason(failure: BaseException) -> str:
    """Return Scrapy's reason for the end of a crawl that *failure* ends."""
    code = failure.exit_code if isinstance(failure, CrawlerError) else ExitCode.DATABASE
    return {ExitCode.DISK: "disk", ExitCode.ALREADY_RUNNING: "taken"}.get(code, "database")


def count_refused(stats: StatsCollector, reason: str, url: str) -> None:
    """Count in *stats* that *url* yielded nothing, for *reason*."""
    stats.inc_value(_PAGES + reason)
    if stats.get_value(_EXAMPLE + reason) is None:
        stats.set_value(_EXAMPLE + reason, url)


def count_rest(
    stats: StatsCollector, *, waiting: int, until: datetime | None, has_read: bool, paused: str
) -> None:
    """Take down in *stats* how a crawl stands when a run ends.

    *waiting* pages wait, until *until* or later; *has_read* says whether a document was read in
    this pass, *paused* why pages that are due were not asked.
    """
    stats.set_value(READ_BEFORE, int(has_read))
    stats.set_value(WAITING, waiting)
    if until is not None:
        moment = until.replace(microsecond=0) + timedelta(seconds=1)
        stats.set_value(WAITING_UNTIL, f"{moment:%Y-%m-%dT%H:%M:%SZ}")
    if paused:
        stats.set_value(PAUSED, paused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted in a crawl."""

    read: int = 0
    """Documents read."""
    unknown_layout: int = 0
    """Documents whose page's layout was not recognised."""
    followed: int = 0
    """Pages followed for their links."""
    unchanged: int = 0
    """Documents that did not change since they were read."""
    read_before: bool = False
    """Whether earlier runs, with which this one went on, read documents."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Pages asked for in vain, by reason."""
    examples: Mapping[str, str] = field(default_factory=dict)
    """The address of one page, by reason."""
    kept: Mapping[str, int] = field(default_factory=dict)
    """Records, by what the database made of them: new, changed, unchanged."""
    fields: Mapping[str, int] = field(default_factory=dict)
    """Records in which a field is filled, by the field's name."""
    source: str = ""
    """Where pages were taken from; empty: from the site."""
    held: int = 0
    """Captures of the source that the archive had already."""
    waiting: int = 0
    """Pages that a later run is to ask."""
    waiting_until: str = ""
    """The moment from which it may."""
    paused: str = ""
    """Why the crawl ended with pages due: ``told`` to wait by the site, or that is ``silent``."""
    interrupted: bool = False
    """Whether somebody ended the crawl."""
    store_failed: str | None = None
    """Why the database did not keep all, in one line."""
    store_code: ExitCode = ExitCode.DATABASE
    """The exit code of that."""
    feed_failed: str | None = None
    """Why the feed's file is not complete, in one line."""

    @classmethod
    def of(cls, stats: Mapping[str, object]) -> Self:
        """Return what Scrapy's *stats* count."""
        refused = _numbers(stats, _PAGES)
        return cls(
            read=_number(stats, READ),
            unknown_layout=_number(stats, UNKNOWN_LAYOUT),
            followed=_number(stats, FOLLOWED),
            unchanged=_number(stats, UNCHANGED),
            read_before=bool(stats.get(READ_BEFORE)),
            paused=_words(stats, PAUSED) or "",
            waiting=_number(stats, WAITING),
            waiting_until=_words(stats, WAITING_UNTIL) or "",
            refused=refused,
            examples={reason: str(stats.get(_EXAMPLE + reason, "")) for reason in refused},
            kept=_numbers(stats, KEPT),
            fields=_numbers(stats, FIELD),
            source=_words(stats, SOURCE) or "",
            held=_number(stats, HELD),
            # A crawl that was forced to end has no reason at all; limits on time or memory have
            # reasons of their own.
            interrupted=stats.get("finish_reason") not in _ENDS,
            store_failed=_words(stats, STORE_FAILED),
            store_code=ExitCode(_number(stats, STORE_CODE) or ExitCode.DATABASE),
            feed_failed=_words(stats, FEED_FAILED) or _scrapy_feed_failed(stats),
        )

    @property
    def asked(self) -> int:
        """How many pages were asked for, in vain or not."""
        return self.read + self.followed + self.unchanged + sum(self.refused.values())


class Outcome(NamedTuple):
    """How a crawl ended: its exit code, and the same in words."""

    code: ExitCode
    words: str


def outcome(tally: Tally) -> Outcome:
    """Return how the crawl that *tally* counts ended.

    >>> outcome(Tally(read=3, refused={"timeout": 1})).code
    <ExitCode.OK: 0>
    >>> outcome(Tally(followed=1, refused={"login": 7})).words
    'blocked: the site showed only walls and refusals; wait, or ask its owner'
    """
    return _broken(tally) or _ended_early(tally) or _read_nothing(tally)


def _broken(tally: Tally) -> Outcome | None:
    if tally.store_failed and tally.store_code is ExitCode.ALREADY_RUNNING:
        return Outcome(tally.store_code, f"not begun: {tally.store_failed}")
    if tally.store_failed and tally.store_code is ExitCode.BUG:
        return Outcome(tally.store_code, tally.store_failed)
    if tally.store_failed:
        is_disk = tally.store_code is ExitCode.DISK
        begin = "not all was written" if is_disk else "the database failed"
        return Outcome(tally.store_code, f"{begin}: {tally.store_failed.removeprefix('database ')}")
    if tally.feed_failed:
        return Outcome(ExitCode.DISK, f"not all was written: {tally.feed_failed}")
    return None


def _ended_early(tally: Tally) -> Outcome | None:
    if tally.interrupted:
        return Outcome(ExitCode.INTERRUPTED, "interrupted: run the same command to go on")
    if tally.refused.get(BUG):
        return Outcome(ExitCode.BUG, "a bug: the log says where; please report it")
    if tally.paused == SILENT:
        return Outcome(
            ExitCode.NO_ANSWER, "the site answers no more: run the same command to go on"
        )
    has_read = bool(tally.read or tally.unchanged or tally.read_before)
    if tally.paused and (has_read or not tally.asked):
        return Outcome(ExitCode.OK, "not over: the site wants to be asked later")
    if not tally.asked:
        return Outcome(ExitCode.OK, "done: nothing was due")
    return Outcome(ExitCode.OK, "done") if has_read else None


def _read_nothing(tally: Tally) -> Outcome:
    """Say why a crawl that asked read no document."""
    reasons = {reason for reason, count in tally.refused.items() if count}
    failed = {reason for reason in reasons if reason.startswith(_SERVER_ERRORS)}
    answers = reasons - NO_ANSWER - failed
    withheld = answers - ABSENT
    who = tally.source or "the site"
    if reasons & UNREADABLE:
        return Outcome(
            ExitCode.LAYOUT_CHANGED,
            "layout changed: documents' pages came and none could be read",
        )
    if withheld and withheld <= REFUSALS:
        return Outcome(
            ExitCode.BLOCKED,
            f"blocked: {who} showed only walls and refusals; wait, or ask its owner",
        )
    if reasons and not answers and not tally.followed:
        return Outcome(
            ExitCode.NO_ANSWER,
            f"no answer from {who} but errors of its server: try again later"
            if failed
            else f"no answer from {who} at all: check the address, the network and the proxy",
        )
    if tally.waiting:
        return Outcome(
            ExitCode.NO_DOCUMENT, "no document yet: pages are to be asked again, and none was read"
        )
    return Outcome(
        ExitCode.NO_DOCUMENT, "no document: none of the pages asked for was a document's"
    )


def _number(stats: Mapping[str, object], name: str) -> int:
    value = stats.get(name, 0)
    return value if isinstance(value, int) else 0


def _numbers(stats: Mapping[str, object], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): value
        for name, value in stats.items()
        if name.startswith(prefix) and isinstance(value, int)
    }


def _words(stats: Mapping[str, object], name: str) -> str | None:
    value = stats.get(name)
    return None if value is None else str(value)


def _scrapy_feed_failed(stats: Mapping[str, object]) -> str | None:
    """Scrapy only counts the feeds that it could not store elsewhere than in a file."""
    failed = [name for name in stats if name.startswith("feedexport/failed_count/")]
    return f"a feed could not be stored ({failed[0].rpartition('/')[2]})" if failed else None
