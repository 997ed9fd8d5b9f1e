"""A run through files of the archive: all that they hold, read with today's page classes."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.archive.containers import WarcSource
from crawler.collection.inputs import is_within
from crawler.collection.piecework import REVISIT, Piece, Place, Repeats, Trouble
from crawler.errors import ArchiveError
from crawler.storage import auditing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection

    from crawler.collection.inputs import Input
    from crawler.collection.piecework import Found, Outcome
    from crawler.collection.records import Sites
    from crawler.collection.staging import Staging
    from crawler.collection.workers import Pool
    from crawler.storage import CaptureRow, Store

_BATCH: Final = 1000
"""How many captures are committed at once, at least."""
_READERS: Final = ("crawler.archive.", "crawler.collection.", "crawler.reading.")
_REPEATS: Final = 100
"""How many revisits a worker is given at a time."""


class Rereading:
    """A run, which goes on where *staging* stopped."""

    def __init__(  # noqa: PLR0913 - what it reads, with what, into what; each by name
        self,
        inputs: Sequence[Input],
        staging: Staging,
        pool: Pool,
        *,
        since: datetime | None = None,
        originals: Originals,
        on_trouble: Callable[[Trouble], None] = lambda _trouble: None,
    ) -> None:
        """*originals* finds what revisits repeat; *on_trouble* is told what cannot be read."""
        self._inputs = inputs
        self._by_source = {one.source: one for one in inputs}
        self._staging = staging
        self._pool = pool
        self._since = since
        self._originals = originals
        self._on_trouble = on_trouble
        self._found: list[Found] = []
        is_fewer = not staging.inputs.keys() <= {one.name for one in inputs}
        if is_fewer or any(_has_changed(one, staging) for one in inputs):
            staging.clear()
        self._reached = {one.source: staging.inputs.get(one.name, ("", 0))[1] for one in inputs}
        self.size = sum(one.size for one in inputs)
        """How long the files are, in bytes."""

    @property
    def done(self) -> int:
        """How much of the files was read, in bytes."""
        return sum(self._reached.values())

    def run(self) -> None:
        """Read everything. Raises ``ArchiveError`` or ``StorageError``."""
        pieces = (piece for one in self._inputs for piece in one.pieces(self._reached[one.source]))
        for piece, outcome in self._pool.run(pieces):
            if isinstance(piece, Piece):
                self._fold(piece, outcome)
        self._commit()
        self._staging.tally.missing = 0
        for _, outcome in self._pool.run(self._repeats()):
            self._tell(outcome)
            self._staging.settle(outcome.found)

    def _fold(self, piece: Piece, outcome: Outcome) -> None:
        """Take in *outcome*, if *piece* begins where the one before it ended.

        A record within a record, or one that is longer than a piece, makes a false beginning.
        """
        reached = self._reached[piece.source]
        if reached >= piece.stop:
            return
        if outcome.first != reached:
            again = self._by_source[piece.source].piece(reached, piece.stop, is_exact=True)
            outcome = self._pool.repeat(again)
        self._reached[piece.source] = outcome.end if outcome.end is not None else reached
        self._tell(outcome)
        self._found += outcome.found
        if len(self._found) >= _BATCH:
            self._commit()

    def _tell(self, outcome: Outcome) -> None:
        self._staging.tally.add(outcome)
        for trouble in (*outcome.damaged, *outcome.cut_off, *outcome.missing):
            self._on_trouble(trouble)

    def _commit(self) -> None:
        found, self._found = self._found, []
        reached = {one.name: (one.mark, self._reached[one.source]) for one in self._inputs}
        before = self._staging.inputs
        moved = {name: at for name, at in reached.items() if before.get(name) != at and at[1]}
        self._staging.fold(found, moved)
        before.update(moved)

    def _repeats(self) -> Iterator[Repeats]:
        """Yield the revisits with what they repeat; tell of those whose original is not known."""
        for rows in self._staging.pending(_REPEATS):
            wanted = [row for row in rows if self._since is None or row.captured_at >= self._since]
            pairs = []
            for row, original in zip(wanted, self._originals.find(wanted), strict=True):
                place = self._originals.place(row)
                if place is None or original is None:
                    what = "what it repeats is not to be found"
                    self._staging.tally.missing += 1
                    self._on_trouble(
                        Trouble(file=row.file, offset=row.offset, url=row.url, what=what)
                    )
                else:
                    pairs.append((place, original))
            if pairs:
                yield Repeats(tuple(pairs))


class Originals:
    """Finds the records that revisits repeat: in what was read, or else in the archive."""

    def __init__(
        self, inputs: Iterable[Input], staging: Staging, store: Store | None, folder: Path
    ) -> None:
        """*store*, if there is one, is about the archive in *folder*."""
        self._staging = staging
        self._store = store
        self._folder = folder
        self._sources: dict[str, WarcSource] = {one.source.name: one.source for one in inputs}

    def find(self, rows: Sequence[CaptureRow]) -> list[Place | None]:
        """Return where the originals of *rows* are, ``None`` for those not to be found."""
        found = self._search(self._staging.store.reading(), rows)
        if self._store is not None and None in found:
            archived = self._search(self._store.reading(), rows)
            found = [one or other for one, other in zip(found, archived, strict=True)]
        return [None if one is None else self.place(one) for one in found]

    def place(self, row: CaptureRow) -> Place | None:
        """Return where the record of *row* is, if its file is known."""
        source = self._sources.get(row.file)
        if source is None:
            path = self._folder / row.file
            if not path.exists():
                return None
            source = self._sources.setdefault(row.file, WarcSource(path))
        return Place(source=source, offset=row.offset, record_id=row.record_id)

    def _search(
        self, reading: AbstractContextManager[Connection], rows: Sequence[CaptureRow]
    ) -> list[CaptureRow | None]:
        with reading as connection:
            ids = [row.refers_to for row in rows if row.refers_to is not None]
            known = auditing.by_id(connection, ids)
            return [self._original(connection, row, known) for row in rows]

    def _original(
        self, connection: Connection, row: CaptureRow, known: dict[str, CaptureRow]
    ) -> CaptureRow | None:
        original = known.get(row.refers_to or "")
        if original is None and (named := self._named(row)) is not None:
            original = auditing.at_moment(connection, *named)
        return None if original is None or original.kind == REVISIT else original

    def _named(self, row: CaptureRow) -> tuple[str, datetime] | None:
        """Return the address and the moment that the record of *row* says it repeats."""
        place = self.place(row)
        try:
            return place.record().refers_to if place is not None else None
        except ArchiveError:
            return None


def staging_name(
    paths: Iterable[Path], sites: Sites, site: str | None, since: datetime | None, *more: object
) -> str:
    """Return the name of the staging for what is asked; another if what reads is another."""
    modules = {
        one.__module__
        for kind in sites.kinds
        for layout in (kind, *kind.layouts)
        for one in layout.__mro__
    }
    modules.update(name for name in sys.modules if name.startswith(_READERS))
    files = sorted(file for name in modules if (file := getattr(sys.modules[name], "__file__", "")))
    asked = [sorted(map(str, paths)), site, str(since), *map(str, more)]
    said = hashlib.sha256(json.dumps(asked).encode())
    for file in files:
        said.update(Path(file).read_bytes())
    return f"{said.hexdigest()[:16]}.db"


def own_files(inputs: Iterable[Input], folder: Path) -> frozenset[str]:
    """Return the names of those *inputs* that are files of the archive in *folder*."""
    return frozenset(one.source.name for one in inputs if is_within(one.source, folder))


def _has_changed(one: Input, staging: Staging) -> bool:
    """Tell whether *one* holds something else than when it was read."""
    mark, reached = staging.inputs.get(one.name, ("", 0))
    return reached > one.size or bool(mark and one.mark and mark != one.mark)
