"""What the commands that read the archive again have in common: options, settings, a plan."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crawler.archive.answer import MAX_BODY_BYTES
from crawler.archive.members import MAX_RECORD_BYTES
from crawler.collection.confining import page_limits
from crawler.collection.piecework import Job
from crawler.collection.records import Sites
from crawler.collection.rereading import staging_name
from crawler.collection.runs import Plan
from crawler.errors import ExitCode, UsageError
from crawler.fetching.sites import site, sites
from crawler.storage import archive_folder, data_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from scrapy.settings import BaseSettings

    from crawler.collection.changes import Changes
    from crawler.collection.tally import Tally

_MOST_WORKERS = 256
_COPIES = 4
"""How often a record is in memory, at most, while it is unpacked."""


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how many processes read."""
    parser.add_argument(
        "--workers",
        metavar="N",
        help="how many processes read pages; otherwise one for each processor",
    )


def check_workers(text: str | None) -> int:
    """Return how many processes are to read. Raise ``UsageError`` if *text* is no such number."""
    if text is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_WORKERS:
        raise UsageError(f"--workers {text}: not a whole number from 1 to {_MOST_WORKERS}")
    return int(text)


def make_plan(  # noqa: PLR0913 - what may be told, each by name
    settings: BaseSettings,
    *,
    workers: int,
    paths: Sequence[Path] = (),
    name: str | None = None,
    since: datetime | None = None,
    staging: Path | None = None,
    purpose: str = "",
) -> Plan:
    """Return the plan to read *paths*, or the whole archive, as *settings* say.

    *name* is the only site to be read. What was read so far is kept in the folder *staging*;
    otherwise under ``DOCSHELF_DATA``. Raise ``UsageError`` if there is no such site.
    """
    known = [site(name, settings)] if name is not None else sites(settings).values()
    of = Sites(spider.page for spider in known)
    limits = page_limits(settings)
    job = Job(
        sites=of,
        is_of_one=name is not None,
        since=since,
        max_body_bytes=settings.getint("DOWNLOAD_MAXSIZE") or MAX_BODY_BYTES,
        max_record_bytes=min(MAX_RECORD_BYTES, limits.memory_bytes // _COPIES or MAX_RECORD_BYTES),
    )
    whole = tuple(path.absolute() for path in paths)
    folder = archive_folder(settings)
    kept = staging_name(whole or (folder,), of, name, since, job.max_body_bytes, purpose)
    return Plan(
        paths=whole,
        folder=folder,
        staging=(staging or data_folder(settings) / "reparse") / kept,
        job=job,
        workers=workers,
        limits=limits,
    )


def exit_code(tally: Tally, changes: Changes | None) -> ExitCode:
    """Return how a run ends that met what *tally* says and changed what *changes* says."""
    if tally.refused or (changes is not None and changes.refused):
        return ExitCode.DATABASE
    return ExitCode.OK if tally.documents else ExitCode.NO_DOCUMENT
