"""The frontier, listed for people: what crawls have asked and have still to ask."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, literal_column, select

from crawler.storage.tables import CRAWLS, PAGES, Kind, State

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

_BATCH: Final = 500

WAITING: Final = "waiting"
"""What may be asked for like a state: pages that are due, and may not be asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which pages are wanted; what is ``None`` is any."""

    site: str | None = None
    state: str | None = None
    """A ``State``, or ``WAITING``."""
    reason: str | None = None
    kind: str | None = None


class ListedPage(NamedTuple):
    """A page of a crawl."""

    site: str
    kind: str
    state: str
    reason: str | None
    """Why it was asked in vain the last time."""
    attempts: int
    """How often it was, in this pass."""
    not_before: datetime | None
    depth: int
    url: str
    named_by: str | None
    """The address of the page that led to it."""
    pass_number: int
    """The pass of its crawl in which it was asked the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How many pages of a crawl are in one state for one reason."""

    state: str
    reason: str | None
    pages: int
    first: datetime | None = None
    last: datetime | None = None
    """When the first and the last of them may be asked, if they have to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCrawl:
    """A crawl, and what became of its pages."""

    id: int
    site: str
    arguments: Mapping[str, str]
    pass_number: int
    begun_at: datetime
    ended_at: datetime | None
    """When its last pass ended, ``None`` if one is under way."""
    resumes_at: datetime | None
    """Before this moment the site does not want to be asked."""
    to_come: int
    """How many pages of the pass before are still to become due in this one."""
    groups: list[Group]


def list_crawls(connection: Connection, site: str | None = None) -> Iterator[ListedCrawl]:
    """Yield each crawl, or each of *site*, by site and the oldest first."""
    query = select(CRAWLS).order_by(CRAWLS.c.site, CRAWLS.c.id)
    if site is not None:
        query = query.where(CRAWLS.c.site == site)
    crawls = connection.execute(query).mappings().all()
    groups = _groups(connection, [crawl["id"] for crawl in crawls])
    for crawl in crawls:
        yield ListedCrawl(
            groups=sorted(groups[crawl["id"]], key=_place),
            to_come=_to_come(connection, crawl),
            **{name: crawl[name] for name in _SHOWN},
        )


def list_pages(connection: Connection, chosen: Chosen) -> Generator[ListedPage]:
    """Yield the *chosen* pages in the order in which they were found, in constant memory."""
    query = (
        select(*_LISTED)
        .join(CRAWLS, PAGES.c.crawl == CRAWLS.c.id)
        .outerjoin(_NAMING, PAGES.c.named_by == _NAMING.c.id)
        .where(*_conditions(connection, chosen))
        .order_by(PAGES.c.id)
    )
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from (ListedPage(**row) for row in found.mappings())


def has_crawl(connection: Connection, site: str) -> bool:
    """Say whether *site* was ever crawled."""
    query = select(CRAWLS.c.id).where(CRAWLS.c.site == site).limit(1)
    return connection.execute(query).first() is not None


def _groups(connection: Connection, crawls: Sequence[int]) -> Mapping[int, list[Group]]:
    query = (
        select(*_GROUP, func.count(), func.min(PAGES.c.not_before), func.max(PAGES.c.not_before))
        .where(_CRAWL.in_(crawls))
        .group_by(*_GROUP, PAGES.c.not_before.is_not(None))
    )
    groups: dict[int, list[Group]] = defaultdict(list)
    for crawl, state, reason, count, first, last in connection.execute(query):
        group = Group(state=state, reason=reason, pages=count, first=first, last=last)
        groups[crawl].append(group)
    return groups


def _place(group: Group) -> tuple[int, bool, int, str]:
    """Return what *group* is sorted by: as states come, then what failed most."""
    return _STATES.index(group.state), group.reason is not None, -group.pages, group.reason or ""


def _to_come(connection: Connection, crawl: RowMapping) -> int:
    if crawl["reopened"] >= crawl["reopen_to"]:
        return 0
    query = select(func.count()).where(
        PAGES.c.id > crawl["reopened"],
        PAGES.c.id <= crawl["reopen_to"],
        PAGES.c.crawl == crawl["id"],
        PAGES.c.pass_number < crawl["pass_number"],
        PAGES.c.kind != Kind.ROBOTS.value,
        PAGES.c.state.not_in([State.DUE.value, State.LEASED.value]),
    )
    return connection.execute(query).scalar_one()


def _conditions(connection: Connection, chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    if chosen.site is not None:
        crawls = select(CRAWLS.c.id).where(CRAWLS.c.site == chosen.site)
        yield _CRAWL.in_(connection.execute(crawls).scalars().all())
    if chosen.state == WAITING:
        yield PAGES.c.state == State.DUE.value
        yield PAGES.c.not_before.is_not(None)
    elif chosen.state is not None:
        yield PAGES.c.state == chosen.state
    if chosen.reason is not None:
        yield PAGES.c.reason == chosen.reason
    if chosen.kind is not None:
        yield PAGES.c.kind == chosen.kind


_SHOWN: Final = (
    *("id", "site", "arguments", "pass_number"),
    *("begun_at", "ended_at", "resumes_at"),
)
_NAMING: Final = PAGES.alias("naming")
_LISTED: Final = (
    CRAWLS.c.site,
    *(PAGES.c[name] for name in ListedPage._fields[1:8]),
    _NAMING.c.url.label("named_by"),
    PAGES.c.pass_number,
)
# Of a sum there is no index: by one, ten million pages would be had one by one, not as they lie.
_CRAWL: Final = PAGES.c.crawl + literal_column("0")
_GROUP: Final = (_CRAWL, PAGES.c.state, PAGES.c.reason)
_STATES: Final = [state.value for state in State]
