"""What was read again, held against the database and, unless it is only asked, put into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update

from crawler.collection.changes import Changes, revise
from crawler.collection.records import UNREAD
from crawler.reading.judging import DOCUMENT
from crawler.storage import CaptureRow, Counts, auditing
from crawler.storage.captures import in_order, keep
from crawler.storage.database import hold
from crawler.storage.store import BATCH, kept_rows, spare
from crawler.storage.tables import CAPTURES, DOCUMENTS, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy import Row as Found

    from crawler.storage.merge import Row

_UPDATE: Final = update(DOCUMENTS).where(
    DOCUMENTS.c.site == bindparam("key_site"), DOCUMENTS.c.doc_id == bindparam("key_doc_id")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How far what was read reaches."""

    is_whole: bool
    """Whether all captures of the archive were read, of the sites that were read at all."""
    since: datetime | None = None
    """Captures before that moment were not read."""
    own_files: frozenset[str] = frozenset()
    """The names of those files that were read which the database is about."""
    is_rebuild: bool = False
    """Whether the database is to say what the archive says, and nothing else."""


class Applying:
    """One comparison of what was read with one database."""

    def __init__(
        self, staged: Connection, target: Connection, scope: Scope, *, only_look: bool = False
    ) -> None:
        """Compare *staged* with *target*, and change that unless told to *only_look*."""
        self._staged = staged
        self._target = target
        self._scope = scope
        self._only_look = only_look
        self.changes = Changes()

    def run(self) -> Changes:
        """Return what changed, or would change."""
        self._hold_sites()
        self._documents()
        if self._scope.is_rebuild:
            self._rest()
        self._captures()
        return self.changes

    def _hold_sites(self) -> None:
        """Let no crawl change the same documents meanwhile."""
        if not self._only_look:
            query = select(DOCUMENTS.c.site).distinct().order_by(DOCUMENTS.c.site)
            for site in self._staged.execute(query).scalars():
                hold(self._target, site)

    def _documents(self) -> None:
        query = select(DOCUMENTS).order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
        found = self._staged.execute(query.execution_options(yield_per=BATCH)).mappings()
        while batch := [dict(row) for row in islice(found, BATCH)]:
            if not self._scope.is_whole:
                self._settle_records(batch)
            keys = [(row["site"], row["doc_id"]) for row in batch]
            kept = kept_rows(self._target, keys)
            moved = [row for read in batch if (row := self._revised(kept, read)) is not None]
            if moved and not self._only_look:
                put = partial(self._put, frozenset(kept))
                self.changes.refused += spare(self._target, moved, put).refused

    def _settle_records(self, batch: list[Row]) -> None:
        """Let no row of *batch* name a record that the database is not about."""
        ids = [row["capture_id"] for row in batch]
        read = auditing.by_id(self._staged, ids)
        known = auditing.by_id(self._target, ids)
        for row in batch:
            capture = read.get(row["capture_id"])
            is_ours = capture is not None and capture.file in self._scope.own_files
            if not is_ours and row["capture_id"] not in known:
                row["capture_id"] = None

    def _revised(self, kept: dict[tuple[str, str], Row], read: Row) -> Row | None:
        """Return the row that is to be put in the place of a kept one; ``None`` if it stays."""
        before = kept.get((read["site"], read["doc_id"]))
        if before is None:
            self.changes.add(None, read)
            return read
        after = revise(before, read, lambda: self._knows_all(read["site"], read["doc_id"]))
        self.changes.add(before, after)
        return after if after != before else None

    def _put(self, kept: frozenset[tuple[str, str]], rows: list[Row]) -> Counts:
        is_kept = [(row["site"], row["doc_id"]) in kept for row in rows]
        if new := [row for row, known in zip(rows, is_kept, strict=True) if not known]:
            self._target.execute(insert(DOCUMENTS), new)
        if moved := [row for row, known in zip(rows, is_kept, strict=True) if known]:
            named = [{**row, "key_site": row["site"], "key_doc_id": row["doc_id"]} for row in moved]
            self._target.execute(_UPDATE, named)
        return Counts()

    def _knows_all(self, site: str, doc_id: str) -> bool:
        """Tell whether every capture that the database has of a document was read."""
        if not self._scope.is_whole:
            return False
        query = select(CAPTURES.c.record_id).where(
            CAPTURES.c.site == site, CAPTURES.c.doc_id == doc_id
        )
        ids = list(self._target.execute(query).scalars())
        read = auditing.by_id(self._staged, ids)
        return all(one in read and read[one].verdict != UNREAD for one in ids)

    # --- what is not among the documents that were read ------------------------------------------

    def _rest(self) -> None:
        """Drop documents whose pages are all here and none; count those that cannot be known."""
        for batch in self._kept_documents():
            keys = [(row.site, row.doc_id) for row in batch]
            read = kept_rows(self._staged, keys)
            for row in batch:
                if (row.site, row.doc_id) in read:
                    continue
                if row.status != Status.REMOVED and self._is_disproved(row):
                    self.changes.dropped[row.site] += 1
                    of_it = (DOCUMENTS.c.site == row.site, DOCUMENTS.c.doc_id == row.doc_id)
                    self._target.execute(delete(DOCUMENTS).where(*of_it))
                else:
                    self.changes.documents_kept += 1

    def _kept_documents(self) -> Iterator[Sequence[Found[*tuple[Any, ...]]]]:
        key = tuple_(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
        query = (
            select(
                DOCUMENTS.c.site, DOCUMENTS.c.doc_id, DOCUMENTS.c.status, DOCUMENTS.c.first_seen_at
            )
            .order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id)
            .limit(BATCH)
        )
        after = query
        while batch := self._target.execute(after).all():
            yield batch
            last = batch[-1].site, batch[-1].doc_id
            after = query.where(key > last)

    def _is_disproved(self, row: Found[*tuple[Any, ...]]) -> bool:
        """Tell whether all that a document was ever read from is here, and is no document."""
        query = select(func.min(CAPTURES.c.captured_at)).where(
            CAPTURES.c.site == row.site, CAPTURES.c.doc_id == row.doc_id
        )
        first = self._target.execute(query).scalar()
        if first is None or first.replace(microsecond=0) > row.first_seen_at:
            return False
        return self._knows_all(row.site, row.doc_id)

    # --- the captures ----------------------------------------------------------------------------

    def _captures(self) -> None:
        met = 0
        rows = in_order(self._staged)
        while batch := list(islice(rows, BATCH)):
            known = auditing.by_id(self._target, [row.record_id for row in batch])
            met += len(known)
            new = [row for row in batch if row.record_id not in known and self._is_ours(row)]
            self.changes.captures_new += len(new)
            moved = [
                after
                for row in batch
                if (before := known.get(row.record_id)) is not None
                and (after := self._corrected(before, row)) != before
            ]
            if not self._only_look:
                keep(self._target, new)
                auditing.correct(self._target, moved)
        if self._scope.is_rebuild:
            count = self._target.execute(select(func.count()).select_from(CAPTURES)).scalar_one()
            self.changes.captures_kept = count - met - self.changes.captures_new

    def _is_ours(self, row: CaptureRow) -> bool:
        return row.file in self._scope.own_files and self._is_read(row)

    def _is_read(self, row: CaptureRow) -> bool:
        return self._scope.since is None or row.captured_at >= self._scope.since

    def _corrected(self, before: CaptureRow, read: CaptureRow) -> CaptureRow:
        """Return the row that is to be in the place of *before*."""
        told = read if read.verdict != UNREAD and self._is_read(read) else before
        if told.verdict != before.verdict and DOCUMENT in {told.verdict, before.verdict}:
            self.changes.verdicts[told.site, before.verdict, told.verdict] += 1
        base = read if self._scope.is_rebuild else before
        return replace(base, site=told.site, doc_id=told.doc_id, verdict=told.verdict)
