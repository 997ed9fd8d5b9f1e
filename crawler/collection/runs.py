"""Reading the archive again, from its files to the database or to lines of JSON."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from crawler.collection.applying import Applying, Scope
from crawler.collection.inputs import find_inputs
from crawler.collection.rereading import Originals, Rereading, own_files
from crawler.collection.staging import staged
from crawler.collection.workers import Pool
from crawler.items import to_line
from crawler.storage.tables import DOCUMENTS, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from crawler.collection.changes import Changes
    from crawler.collection.confining import Limits
    from crawler.collection.piecework import Job
    from crawler.collection.staging import Staging
    from crawler.collection.tally import Tally
    from crawler.collection.telling import Telling
    from crawler.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be read, and how."""

    paths: tuple[Path, ...]
    """Files and folders; none: the whole archive."""
    folder: Path
    """The archive's."""
    staging: Path
    """Where to keep what was read so far."""
    job: Job
    workers: int
    limits: Limits


class Reread:
    """What was read again."""

    def __init__(self, staging: Staging, scope: Scope) -> None:
        self._staging = staging
        self._scope = scope

    @property
    def tally(self) -> Tally:
        """What was met."""
        return self._staging.tally

    def look(self, store: Store) -> Changes:
        """Return what it would change in *store*. Raises ``StorageError``."""
        with self._staging.store.reading() as staged_, store.reading() as target:
            return Applying(staged_, target, self._scope, only_look=True).run()

    def apply(self, store: Store) -> Changes:
        """Change *store*, in one transaction, and return what was changed. ``StorageError``."""

        def work(target: Connection) -> Changes:
            return Applying(staged_, target, self._scope).run()

        with self._staging.store.reading() as staged_:
            return store.write(work)

    def lines(self, store: Store | None) -> Iterator[bytes]:
        """Yield the lines of its documents, by site and ID, without those removed from *store*."""
        removed = _removed(store) if store is not None else frozenset()
        for document in self._staging.store.documents():
            if (document.site, document.doc_id) not in removed:
                yield f"{to_line(document)}\n".encode()


@contextmanager
def reread(
    plan: Plan, telling: Telling, store: Store | None, *, is_rebuild: bool = False
) -> Iterator[Reread]:
    """Read what *plan* says, and give what was read; it is kept until the block ends well.

    *store* is the database that is about the archive, if there is one: captures that revisits
    repeat are looked for in it too. Raises ``ArchiveError``, ``DiskError``, ``StorageError``, or
    ``UsageError`` if another process does just this.
    """
    inputs = find_inputs(plan.paths or (plan.folder,))
    with staged(plan.staging) as staging:
        rereading: Rereading | None = None

        def show() -> None:
            if rereading is not None:
                telling.show(rereading.done, rereading.size, staging.tally)

        with Pool(plan.job, plan.workers, plan.limits, show) as pool:
            rereading = Rereading(
                inputs,
                staging,
                pool,
                since=plan.job.since,
                originals=Originals(inputs, staging, store, plan.folder),
                on_trouble=telling.trouble,
            )
            rereading.run()
        telling.say("comparing")
        scope = Scope(
            is_whole=not plan.paths and plan.job.since is None,
            since=plan.job.since,
            own_files=own_files(inputs, plan.folder),
            is_rebuild=is_rebuild,
        )
        yield Reread(staging, scope)


def _removed(store: Store) -> frozenset[tuple[str, str]]:
    query = select(DOCUMENTS.c.site, DOCUMENTS.c.doc_id).where(
        DOCUMENTS.c.status == Status.REMOVED.value
    )
    with store.reading() as connection:
        return frozenset((row.site, row.doc_id) for row in connection.execute(query))
