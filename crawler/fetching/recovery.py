"""How a crawl begins: the site is taken, and what a crash left behind is mended.

Killed at any instant, it is simply done again: records are adopted before their file is closed, and
nothing new is asked before both are over.
"""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crawler.archive.checks import place, record_faults
from crawler.archive.durable import make_folder
from crawler.archive.files import name_start
from crawler.archive.reader import OPEN, Record, file_name, read_records
from crawler.archive.repair import drop_orphans, left_open
from crawler.collection.adopt import Adopter
from crawler.collection.confining import page_limits
from crawler.collection.records import Sites, asked_of, interpret, is_capture, take_down
from crawler.errors import ArchiveError, NoReaderError
from crawler.fetching import steady
from crawler.fetching.outcome import TOO_COSTLY, state_of
from crawler.fetching.reading.blocking import BlockingReader
from crawler.fetching.reading.pages import RawPage
from crawler.fetching.units import validators
from crawler.reading.judging import read_answer
from crawler.reading.links import redirect_target
from crawler.storage import archive_folder, database_url, frontier, open_store, traces
from crawler.storage.captures import (
    end_of_file,
    files_of,
    ids_of_file,
    led_to,
    tail_of_file,
    take_back,
)
from crawler.storage.pages import Settled
from crawler.storage.tables import Kind, State
from crawler.storage.units import UnitRows, keep_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from scrapy.settings import BaseSettings
    from sqlalchemy import Connection

    from crawler.collection.records import Told
    from crawler.fetching.reading.pages import Taken
    from crawler.fetching.spider import DocumentSpider
    from crawler.reading.page import DocumentPage
    from crawler.storage import Store
    from crawler.storage.pages import Crawl, Found, Lease, Seeds

    Reads: TypeAlias = Callable[[RawPage], Taken]
    """Reads a page of the site."""

logger = logging.getLogger(__name__)

_BATCH: Final = 200
_PATIENCE_SECONDS: Final = 1.0
"""How long a file is waited for that a process which was just killed may still hold."""
_MOST_FILES: Final = 64
"""A crawl leaves at most so many files open."""
_UNSETTLED: Final = 4_096
"""A record that the database does not know has at most so many behind it which it does know."""
_UNDER_WAY: Final = 64
"""So many records may lie between a redirect and the answer that it led to."""
_READ: Final = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})


class Begun(NamedTuple):
    """A crawl that is under way."""

    store: Store
    crawl: Crawl
    seeds: Seeds


class Starts:
    """The places to start at, of which any part is had again: they come in one order."""

    def __init__(self, spider: DocumentSpider) -> None:
        self._spider = spider
        self._rest: Iterator[Found] = iter(())
        self._at = -1

    def __call__(self, start: int, count: int) -> Sequence[Found]:
        """Return *count* places from number *start* on, or as many as there are."""
        if start != self._at:
            self._rest = islice(self._spider.starts(), start, None)
        found = list(islice(self._rest, count))
        self._at = start + len(found)
        return found


def begin(spider: DocumentSpider, settings: BaseSettings) -> Begun:
    """Return the crawl that *spider* is told, begun or gone on with.

    Raise ``SiteTakenError`` if another process crawls the site, ``StorageError``, ``DiskError`` or
    ``ArchiveError`` if what is kept cannot be used.
    """
    store = open_store(
        database_url(settings),
        wait_seconds=settings.getfloat("DOCSHELF_DATABASE_WAIT"),
        disk_seconds=settings.getfloat("DOCSHELF_DISK_PATIENCE"),
        claim=spider.name,
    )
    try:
        if settings.getbool("DOCSHELF_ARCHIVE"):
            folder = archive_folder(settings)
            make_folder(folder)
            with _reading(spider, settings) as read:
                _mend(store, spider, folder, read)
        return Begun(store, store.write(lambda one: _open(one, spider)), Starts(spider))
    except BaseException:
        store.close()
        raise


def kept_in(settings: BaseSettings) -> list[Path]:
    """Return the folders whose disks a crawl writes to, as far as they are this machine's."""
    url = database_url(settings)
    database = [Path(url.database or "").parent] if url.get_backend_name() == "sqlite" else []
    archive = [archive_folder(settings)] if settings.getbool("DOCSHELF_ARCHIVE") else []
    return [*archive, *database]


def crawl_key(spider: DocumentSpider) -> str:
    """Return what tells a crawl of the site from others: all that it is told but for its limit."""
    told = {name: value.strip() for name, value in _told(spider).items()}
    if "ids" in told:
        told["ids"] = "".join(told["ids"].split())
    if spider.arguments.urls is not None:
        told["urls"] = "\n".join(spider.arguments.urls)  # not the name of their file
    return hashlib.sha256(json.dumps(sorted(told.items())).encode()).hexdigest()[:32]


_OF_A_RUN: Final = frozenset({"limit", "again"})


def _told(spider: DocumentSpider) -> dict[str, str]:
    return {name: value for name, value in spider.given.items() if name not in _OF_A_RUN}


def _open(connection: Connection, spider: DocumentSpider) -> Crawl:
    now = steady.now()
    crawl = frontier.open_crawl(connection, spider.name, crawl_key(spider), _told(spider), now)
    crawl = traces.turn_back(connection, crawl, now)
    if spider.arguments.again and crawl.ended_at is not None:
        return frontier.begin_pass(connection, crawl, now)
    return crawl


@contextmanager
def _reading(spider: DocumentSpider, settings: BaseSettings) -> Iterator[Reads]:
    """Give what reads pages of *spider*: beside this process if the crawl's are read so."""
    if not settings.getint("DOCSHELF_READERS"):
        yield spider.reader.read
        return
    with BlockingReader(spider.reader, page_limits(settings)) as reader:
        yield reader.read


def _mend(store: Store, spider: DocumentSpider, folder: Path, read: Reads) -> None:
    """Adopt what files that were left open hold and *store* does not know, then close them.

    What the database knows and no file holds, as when the disk lied or the folder was copied while
    it was written to, is asked again.
    """

    def trusted_bytes(name: str) -> int:
        with store.reading() as connection:
            return end_of_file(connection, name)

    was_open = False
    for left in left_open(
        folder, spider.name, patience_seconds=_PATIENCE_SECONDS, trusted_bytes=trusted_bytes
    ):
        was_open = True
        lost = _take_back(store, spider, file_name(left.path), left.whole_bytes)
        adopted = _Adoption(store, spider, folder, read).adopt(left.path)
        mended = left.close()
        told = [f"{adopted} records adopted"] if adopted else []
        told += [f"{lost} records lost, to be asked again"] if lost else []
        logger.warning("%s", "; ".join([str(mended), *told]))
    _adopt_closed(store, spider, folder, read)
    for name in _missing(store, spider.name, folder, was_open=was_open):
        if lost := _take_back(store, spider, name, 0):
            logger.warning("%s: not there; %d records lost, to be asked again", name, lost)
    store.write(lambda connection: traces.forget_files(connection, spider.name))
    drop_orphans(folder, spider.name)


def _adopt_closed(store: Store, spider: DocumentSpider, folder: Path, read: Reads) -> None:
    """Adopt what is in files that were open, by what *store* knows, and are closed.

    It may know no end of them: a folder was copied, its database first.
    """
    with store.reading() as connection:
        names = traces.open_files(connection, spider.name)
    for path in (folder / name for name in names):
        if path.exists() and (adopted := _Adoption(store, spider, folder, read).adopt(path)):
            logger.warning("%s: %d records adopted", path.name, adopted)


def _missing(store: Store, site: str, folder: Path, *, was_open: bool) -> list[str]:
    """Return the files of *site* that were open, by what the database knows, and are not there.

    Of a folder in which one *was_open*, the newest that the database knows may be missing too.
    """

    def is_lost(name: str) -> bool:
        return not any((folder / there).exists() for there in (name, f"{name}{OPEN}"))

    with store.reading() as connection:
        left = list(filter(is_lost, traces.open_files(connection, site)))
        newest = islice(files_of(connection, name_start(site)), _MOST_FILES) if was_open else ()
        return sorted({*left, *takewhile(is_lost, newest)})


def _take_back(store: Store, spider: DocumentSpider, file: str, end: int) -> int:
    """Have asked again what *file* does not hold before offset *end*; count the records."""

    def work(connection: Connection) -> int:
        urls = take_back(connection, file, end)
        led = led_to(connection, file, _UNDER_WAY) if urls else []
        numbers = {spider.discovery.seed(url).hash for url in (*urls, *led)}
        frontier.reopen(connection, spider.name, numbers)
        return len(urls)

    return store.write(work)


class _Adoption:
    """Takes in records as the crawl that wrote them would have."""

    def __init__(self, store: Store, spider: DocumentSpider, folder: Path, read: Reads) -> None:
        self._read = read
        self._store = store
        self._spider = spider
        self._sites = Sites([spider.page])
        self._adopter = Adopter(store, self._sites, folder)
        with store.reading() as connection:
            self._crawl = frontier.find_crawl(connection, spider.name, crawl_key(spider))

    def adopt(self, path: Path) -> int:
        """Take in what the file at *path* holds and the database does not know; count it."""
        name = file_name(path)
        with self._store.reading() as connection:
            start = tail_of_file(connection, name, _UNSETTLED)
            known = ids_of_file(connection, name, start)
        count = 0
        waiting: list[UnitRows] = []
        for record in read_records(path, start=start):
            if not isinstance(record, Record) or not is_capture(record):
                continue
            if record.record_id in known:
                continue
            if record.kind == "revisit" or len(waiting) >= _BATCH:
                self._keep(waiting)  # what it repeats may be among them
                waiting = []
            if (unit := self._unit(record)) is not None:
                waiting.append(unit)
                count += 1
        self._keep(waiting)
        return count

    def _keep(self, units: Sequence[UnitRows]) -> None:
        """Keep *units* in one transaction."""
        crawl = self._crawl
        if not units:
            return
        if crawl is None:
            captures = [row for unit in units for row in unit.captures]
            self._store.upsert([one for unit in units for one in unit.documents], captures)
        else:
            nearest = self._spider.arguments.depth is not None
            self._store.write(lambda one: keep_units(one, crawl, units, nearest=nearest))

    def _unit(self, record: Record) -> UnitRows | None:
        if any(record_faults(record)):
            return None
        original = self._adopter.original(record) if record.kind == "revisit" else None
        lease = self._lease(record)
        found: list[Found] = []
        try:
            told = interpret(
                record, self._sites, original, read=partial(self._read_page, lease, found)
            )
        except (ArchiveError, NoReaderError):
            raise
        except Exception as error:  # noqa: BLE001 - a page class may do anything
            where = place(record.file, record.offset, record.url)
            logger.warning("%s: not read: %s: %s", where, type(error).__name__, error)
            return UnitRows(captures=[take_down(record, self._sites).capture])
        if told is None:
            return None
        read, taken = told
        capture = read.capture
        if taken.verdict == TOO_COSTLY:
            capture = take_down(record, self._sites).capture
        documents = [read.document] if read.document is not None else []
        if lease is None:
            return UnitRows(captures=[capture], documents=documents)
        settled, found = self._settled(record, taken.verdict, found, lease)
        return UnitRows(captures=[capture], documents=documents, found=found, settled=settled)

    def _read_page(
        self,
        lease: Lease | None,
        found: list[Found],
        kind: type[DocumentPage],
        **page: Any,  # noqa: ANN401 - what ``read_answer`` takes
    ) -> Told:
        """Read a page, and take down what it leads to among what is *found*."""
        if kind is not self._spider.page:
            return read_answer(kind, **page)
        alone = lease is None or (
            lease.kind == Kind.SEED and self._spider.doc_id(lease.url) is not None
        )
        depth = 0 if lease is None else lease.depth
        taken = self._read(RawPage(**page, depth=depth, alone=alone))
        found.extend(taken.found)
        return taken

    def _lease(self, record: Record) -> Lease | None:
        if self._crawl is None:
            return None
        number = self._spider.discovery.seed(asked_of(record)).hash
        with self._store.reading() as connection:
            return frontier.leased(connection, self._crawl, number)

    def _settled(
        self, record: Record, verdict: str, found: list[Found], lease: Lease
    ) -> tuple[Settled | None, list[Found]]:
        """Return what becomes of the page of *lease*; nothing, if it is to be asked again.

        Its answer, in *record*, was taken for what *verdict* says, and leads to what was *found*.
        """
        answer = record.answer()
        status = answer.status if answer is not None else 0
        asked = asked_of(record)
        etag, last_modified = lease.etag, lease.last_modified
        if answer is not None and status == HTTPStatus.OK:
            etag, last_modified = validators(answer.get)
        done = Settled(lease.id, State.DONE.value, etag=etag, last_modified=last_modified)
        location = answer.get("Location") if answer is not None else None
        target = redirect_target(record.url, status, location)
        if target is not None and self._spider.is_link(asked, target):
            return done, self._spider.discovery.target(target, lease.depth)
        state = state_of(verdict)
        if record.is_truncated or (status not in _READ and state != State.GONE):
            return None, []
        if state == State.DONE:
            return done, found
        return done._replace(state=state.value, reason=verdict), found
