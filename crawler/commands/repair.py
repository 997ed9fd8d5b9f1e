"""``scrapy repair``: what a crash or a bad disk left behind, mended."""

from __future__ import annotations

import signal
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from crawler.collection.records import Sites
from crawler.collection.repair import Deed, Repair
from crawler.errors import ExitCode
from crawler.fetching.checks import (
    ending_in_one_line,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import sites
from crawler.fetching.streams import check_output, write_out
from crawler.storage import archive_folder, database_url, find_store, open_store, shown

if TYPE_CHECKING:
    import argparse

    from crawler.storage import Store


class Command(ProjectCommand):
    """Mends files and rows; nothing that is whole is ever lost by it."""

    takes_arguments = False

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[--dry-run]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Mend what a crash or a bad disk left of the archive and of its rows"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Cut torn tails back to the last whole record and keep them aside, close the files that"
            " a crawl left open, write indexes anew, take in whole records that the database"
            " lacks, and put its rows right. What was done is on standard output, a line each,"
            " and then what cannot be mended; the exit code is 22 if there is such a thing. What is"
            " whole is never deleted, and a row whose record is lost stays. Files that a crawl is"
            " writing are left alone."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be done; change nothing"
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - as others
        """Check everything that can be checked before anything is changed."""
        check_output()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's
        """Mend, and say what was done and what is left."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with ending_in_one_line("repair"):
            done = left = 0
            store = self._store(dry_run=opts.dry_run)
            with store or nullcontext():
                known = Sites(spider.page for spider in sites(self.settings).values())
                folder = archive_folder(self.settings)
                for found in Repair(folder, known, store, dry_run=opts.dry_run).run():
                    done += isinstance(found, Deed)
                    left += not isinstance(found, Deed)
                    is_left = "" if isinstance(found, Deed) else "left: "
                    write_out([f"{is_left}{found}\n".encode()])
            _summarise(done, left, dry_run=opts.dry_run)
            if store is None:
                where = shown(database_url(self.settings))
                sys.stderr.write(f"  database   none at {where}; scrapy rebuild makes one\n")
            self.exitcode = ExitCode.DISK if left else ExitCode.OK

    def _store(self, *, dry_run: bool) -> Store | None:
        url = database_url(self.settings)
        store = find_store(url)
        if store is None or dry_run:
            return store
        store.close()
        return open_store(url, wait_seconds=self.settings.getfloat("DOCSHELF_DATABASE_WAIT"))


def _summarise(done: int, left: int, *, dry_run: bool) -> None:
    if dry_run:
        said = f"{done:,} to mend; nothing was changed" if done else "nothing to mend"
    else:
        said = f"{done:,} mended" if done else "nothing to mend"
    if left:
        said += f", {left:,} left that cannot be"
    sys.stderr.write(f"repair: {said}\n")
