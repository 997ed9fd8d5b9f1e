"""``scrapy reparse``: archived pages, read again with today's page classes."""

from __future__ import annotations

import signal
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.collection.runs import reread
from crawler.collection.telling import Telling, report
from crawler.errors import UsageError
from crawler.fetching.again import add_workers, check_workers, exit_code, make_plan
from crawler.fetching.checks import (
    check_file,
    ending_in_one_line,
    parse_moment,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.streams import check_output, write_out
from crawler.storage import database_url, find_store, open_store, shown
from crawler.storage.files import whole_file

if TYPE_CHECKING:
    import argparse

    from crawler.collection.changes import Changes
    from crawler.collection.runs import Plan, Reread
    from crawler.storage import Store


class Command(ProjectCommand):
    """Reads what the archive holds, without asking any site for anything."""

    def syntax(self) -> str:
        """Return the form of its arguments and options."""
        return "[WARC|WACZ|FOLDER ...] [options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Read archived pages again with today's page classes"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Read the pages of WARC files, WACZ files or folders of them, or of the whole archive,"
            " with the page class of the site that owns each address, and bring the database up to"
            " date. Nothing is asked of any site. What is damaged is gone past, and a page that"
            " hangs or takes too much memory is cut off; both are named. Interrupted, the same"
            " command goes on where it stopped."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "--site", metavar="SITE", help="only pages of this site, such as wenku365"
        )
        parser.add_argument(
            "--since",
            metavar="MOMENT",
            help="only pages captured at this moment or later: a day such as 2026-11-24, or"
            " 2026-11-24T08:00:00Z; UTC unless it says otherwise",
        )
        add_workers(parser)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="change nothing; say what would change, site by site and field by field, with"
            " examples",
        )
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            help="only write the documents as JSON lines, by site and ID, and leave the database"
            " as it is; - for standard output; FILE.gz is compressed",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before anything is read."""
        opts.since = None if opts.since is None else parse_moment(opts.since, "--since")
        opts.workers = check_workers(opts.workers)
        for path in args:
            if not Path(path).exists():
                raise UsageError(f"{path}: no such file or folder")
        if opts.output == "-":
            check_output()
        elif opts.output is not None:
            check_file(opts.output, "-o")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read, and keep, compare or write what was read."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        again = "interrupted; run the same command to go on where it stopped"
        with ending_in_one_line("reparse", again), ExitStack() as stack:
            url = database_url(self.settings)
            store = find_store(url)
            stack.enter_context(store or nullcontext())
            if store is None and opts.output is None and not opts.dry_run:
                raise UsageError(
                    f"there is no database {shown(url)} to bring up to date; give -o FILE, or make"
                    " one with scrapy rebuild"
                )
            plan = self._plan(args, opts, store, stack)
            telling = Telling("scrapy reparse")
            with telling, reread(plan, telling, store) as done:
                changes = self._use(done, opts, store)
            telling.print(report("reparse", done.tally, changes, is_dry=opts.dry_run))
            self.exitcode = exit_code(done.tally, changes)

    def _plan(
        self, args: list[str], opts: argparse.Namespace, store: Store | None, stack: ExitStack
    ) -> Plan:
        staging = None
        if store is None and opts.output not in {None, "-"}:
            output = Path(opts.output).absolute()
            staging = output.with_name(f".{output.name}.reparse")
        elif store is None:
            staging = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docshelf-")))
        return make_plan(
            self.settings,
            workers=opts.workers,
            paths=[Path(path) for path in args],
            name=opts.site,
            since=opts.since,
            staging=staging,
        )

    def _use(self, done: Reread, opts: argparse.Namespace, store: Store | None) -> Changes | None:
        """Write the lines, or compare, or change the database; return what changes in it."""
        if opts.output == "-":
            write_out(done.lines(store))
        elif opts.output is not None:
            with whole_file(Path(opts.output)) as file:
                file.writelines(done.lines(store))
        if store is None or (opts.output is not None and not opts.dry_run):
            return None
        if opts.dry_run:
            return done.look(store)
        wait = self.settings.getfloat("DOCSHELF_DATABASE_WAIT")
        with open_store(database_url(self.settings), wait_seconds=wait) as target:
            return done.apply(target)
