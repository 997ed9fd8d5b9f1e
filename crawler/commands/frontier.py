"""``scrapy frontier``: what crawls have asked, and what they have still to ask."""

from __future__ import annotations

import difflib
import json
import signal
import sys
from contextlib import closing
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.errors import ExitCode, UsageError
from crawler.fetching.checks import check_file, ending_in_one_line
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import site
from crawler.fetching.streams import aligned, check_output, write_out
from crawler.items import format_moment
from crawler.storage import database_url, open_store
from crawler.storage.files import whole_file
from crawler.storage.listing import Chosen, count_pages, has_crawl, list_pages
from crawler.storage.tables import State

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from crawler.storage.listing import ListedPage, PageCount

_BATCH: Final = 500


class Command(ProjectCommand):
    """Counts the pages of the frontier, or lists them."""

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[SITE] [--state STATE] [--reason REASON] [-o FILE]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Count or list the pages that crawls asked, or have still to ask"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Count the pages that the crawls of a site, or of all, know: by site, state and reason,"
            " and from when on the first of those that wait may be asked. With --state or --reason"
            " the pages themselves are listed, in the order in which they were found: site, state,"
            " reason, attempts, the moment before which it is not asked, and the address. With -o"
            " they are JSON objects, one a line. It may run beside a crawl."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "--state", metavar="STATE", help=f"list pages in this state: {', '.join(State)}"
        )
        parser.add_argument(
            "--reason",
            metavar="REASON",
            help="list pages that were taken for this, such as document, or failed for it, such as"
            " timeout",
        )
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            help="write a JSON object a page to this file, - for standard output; one that exists"
            " is replaced once all is written; FILE.gz is compressed",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the database is opened."""
        if len(args) > 1:
            raise UsageError(f"one site at a time, not {' and '.join(args)}")
        _check_state(opts.state)
        if opts.output in {None, "-"}:
            check_output()
        else:
            check_file(opts.output, "-o")
        opts.chosen = Chosen(site=args[0] if args else None, state=opts.state, reason=opts.reason)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's
        """Count them, or list them."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with (
            ending_in_one_line("frontier"),
            open_store(database_url(self.settings), read_only=True) as store,
            store.reading() as connection,
        ):
            name = opts.chosen.site
            if name is not None and not has_crawl(connection, name):
                site(name, self.settings)
            if opts.output or opts.state is not None or opts.reason is not None:
                done = _list(connection, opts.chosen, opts.output)
            else:
                done = _count(connection, opts.chosen)
            if not done:
                sys.stderr.write("scrapy frontier: none found\n")
            self.exitcode = ExitCode.OK if done else ExitCode.NO_DOCUMENT


def _check_state(state: str | None) -> None:
    if state is None or state in list(State):
        return
    close = difflib.get_close_matches(state, list(State), n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise UsageError(f"unknown state {state!r}: there are {', '.join(State)}{hint}")


def _count(connection: Connection, chosen: Chosen) -> bool:
    """Write how many *chosen* pages there are, and say whether there are any."""
    counts = count_pages(connection, chosen)
    width = max((len(f"{count.pages:,}") for count in counts), default=0)
    write_out(aligned(_count_cells(count, width) for count in counts))
    return bool(counts)


def _list(connection: Connection, chosen: Chosen, output: str | None) -> bool:
    """Write the *chosen* pages, and say whether there are any; if not, *output* stays as it is."""
    with closing(list_pages(connection, chosen)) as found:
        first = next(found, None)
        if first is None:
            return False
        pages = chain([first], found)
        if output is None:
            write_out(_aligned(pages))
        elif output == "-":
            write_out(map(_json_line, pages))
        else:
            with whole_file(Path(output)) as file:
                file.writelines(map(_json_line, pages))
    return True


def _json_line(page: ListedPage) -> bytes:
    moment = page.not_before
    said = asdict(page) | {"not_before": None if moment is None else format_moment(moment)}
    return f"{json.dumps(said, ensure_ascii=False)}\n".encode()


def _aligned(pages: Iterator[ListedPage]) -> Iterator[bytes]:
    while some := list(islice(pages, _BATCH)):
        yield from aligned(map(_page_cells, some))


def _page_cells(page: ListedPage) -> Sequence[str]:
    moment = _shown(page.not_before)
    return page.site, page.state, page.reason or "-", str(page.attempts), moment, page.url


def _count_cells(count: PageCount, width: int) -> Sequence[str]:
    since = f"from {_shown(count.not_before)}" if count.not_before else ""
    return count.site, count.state, count.reason or "-", f"{count.pages:{width},}", since


def _shown(moment: datetime | None) -> str:
    return "-" if moment is None else format_moment(moment)
