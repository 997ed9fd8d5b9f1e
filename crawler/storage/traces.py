"""What a run leaves for the next one: what its clock said, and the files that it has open.

A run that ended by itself leaves no files.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from crawler.storage.tables import CRAWLS, PAGES, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from crawler.storage.pages import Crawl

_TOLERATED: Final = timedelta(minutes=1)
"""By how much clocks may differ, as those of two hosts do."""


def note(connection: Connection, crawl: Crawl, now: datetime, files: Iterable[str]) -> None:
    """Take down what time it is for *crawl*, and the names of the *files* that it has open."""
    values = {"noted_at": now, "open_files": sorted(files) or None}
    connection.execute(update(CRAWLS).where(CRAWLS.c.id == crawl.id).values(values))


def open_files(connection: Connection, site: str) -> list[str]:
    """Return the names of the files that crawls of *site* had open when they were last heard of."""
    query = select(CRAWLS.c.open_files).where(
        CRAWLS.c.site == site, CRAWLS.c.open_files.is_not(None)
    )
    return sorted({name for names in connection.execute(query).scalars() for name in names})


def forget_files(connection: Connection, site: str) -> None:
    """Take down that no crawl of *site* has a file open."""
    connection.execute(update(CRAWLS).where(CRAWLS.c.site == site).values(open_files=None))


def turn_back(connection: Connection, crawl: Crawl, now: datetime) -> Crawl:
    """Return *crawl*, which waits for nothing that an earlier run put off by a clock ahead of ours.

    Nobody knows how long that was to be waited for: it is asked once more.
    """
    noted_at = connection.execute(select(CRAWLS.c.noted_at).where(CRAWLS.c.id == crawl.id)).scalar()
    if noted_at is None or noted_at - now <= _TOLERATED:
        return crawl
    waiting = (
        (PAGES.c.crawl == crawl.id)
        & (PAGES.c.state == State.DUE.value)
        & (PAGES.c.not_before > now)
    )
    connection.execute(update(PAGES).where(waiting).values(not_before=now))
    if crawl.resumes_at is None:
        return crawl
    # The site itself is left alone for as long as it told.
    resumes_at = crawl.resumes_at - (noted_at - now)
    connection.execute(update(CRAWLS).where(CRAWLS.c.id == crawl.id).values(resumes_at=resumes_at))
    return replace(crawl, resumes_at=resumes_at)
