"""Runs through an archive, without a command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crawler.archive.members import MAX_RECORD_BYTES
from crawler.collection.confining import Limits
from crawler.collection.inputs import find_inputs
from crawler.collection.piecework import Job
from crawler.collection.rereading import Originals, Rereading
from crawler.collection.runs import Plan
from crawler.collection.staging import staged
from crawler.collection.workers import Pool
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.shelf import SITES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from crawler.collection.piecework import Trouble
    from crawler.collection.records import Sites
    from crawler.collection.tally import Tally
    from crawler.storage import Store


@dataclass
class Met:
    """What a run read, and what it met."""

    documents: list[dict[str, Any]]
    captures: list[dict[str, Any]]
    tally: Tally
    troubles: list[Trouble] = field(default_factory=list)


def job(sites: Sites = SITES, since: datetime | None = None) -> Job:
    return Job(sites=sites, since=since, max_body_bytes=2**24, max_record_bytes=MAX_RECORD_BYTES)


def plan(shelf_warc: Path, staging: Path, *paths: Path, since: datetime | None = None) -> Plan:
    return Plan(
        paths=paths,
        folder=shelf_warc,
        staging=staging,
        job=job(since=since),
        workers=1,
        limits=Limits(),
    )


def read_again(
    path: Path,
    staging: Path,
    *,
    sites: Sites = SITES,
    since: datetime | None = None,
    store: Store | None = None,
    workers: int = 1,
    limits: Limits | None = None,
    on_trouble: Callable[[Trouble], None] = lambda _: None,
) -> Met:
    """Read what *path* holds; if it does not come to its end, it can be called again."""
    troubles: list[Trouble] = []

    def note(trouble: Trouble) -> None:
        troubles.append(trouble)
        on_trouble(trouble)

    inputs = find_inputs([path])
    with (
        staged(staging) as staging_,
        Pool(job(sites, since), workers, limits or Limits()) as pool,
    ):
        Rereading(
            inputs,
            staging_,
            pool,
            since=since,
            originals=Originals(inputs, staging_, store, path),
            on_trouble=note,
        ).run()
        with staging_.store.reading() as connection:
            documents, captures = (
                [dict(row) for row in connection.execute(query).mappings()]
                for query in (
                    select(DOCUMENTS).order_by(DOCUMENTS.c.site, DOCUMENTS.c.doc_id),
                    select(CAPTURES).order_by(CAPTURES.c.record_id),
                )
            )
        return Met(documents, captures, staging_.tally, troubles)
