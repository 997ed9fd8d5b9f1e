"""``scrapy frontier``: what crawls have asked, and what they have still to ask."""

from __future__ import annotations

import difflib
import json
import shlex
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
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
from crawler.storage.listing import WAITING, Chosen, has_crawl, list_crawls, list_pages
from crawler.storage.tables import Kind, State

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from crawler.storage.listing import Group, ListedCrawl, ListedPage

_BATCH: Final = 500
_STATES: Final = (*State, WAITING)


class Command(ProjectCommand):
    """Counts the pages of the frontier, or lists them."""

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[SITE] [--list] [--state STATE] [--reason REASON] [--kind KIND] [-o FILE]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Count or list the pages that crawls asked, or have still to ask"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Count the pages that each crawl of a site, or of all sites, knows, by state and"
            " reason, and say from when on those may be asked that have to wait. With any option"
            " of its own the pages themselves are listed, in the order in which they were found:"
            " site, kind, state, reason, attempts, the moment before which it is not asked, depth,"
            " pass, address, and the address of the page that named it. With -o they are JSON"
            " objects, one a line. It may run beside a crawl."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument("--list", action="store_true", help="list pages, whatever they are")
        parser.add_argument(
            "--state",
            metavar="STATE",
            help=f"list pages in this state: {', '.join(State)}; or {WAITING}, those of them that"
            " are due and may not be asked yet",
        )
        parser.add_argument(
            "--reason",
            metavar="REASON",
            help="list pages that were last asked in vain for this reason, such as robots or"
            " http_503",
        )
        parser.add_argument(
            "--kind", metavar="KIND", help=f"list pages of this kind: {', '.join(Kind)}"
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
        _check_one_of("state", opts.state, _STATES)
        _check_one_of("kind", opts.kind, list(Kind))
        if opts.output in {None, "-"}:
            check_output()
        else:
            check_file(opts.output, "-o")
        name = args[0] if args else None
        opts.chosen = Chosen(site=name, state=opts.state, reason=opts.reason, kind=opts.kind)

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
            if opts.output or opts.list or opts.chosen != Chosen(site=name):
                done = _list(connection, opts.chosen, opts.output)
            else:
                done = _count(connection, name)
            if not done:
                sys.stderr.write("scrapy frontier: none found\n")
            self.exitcode = ExitCode.OK if done else ExitCode.NO_DOCUMENT


def _check_one_of(what: str, text: str | None, known: Collection[str]) -> None:
    if text is None or text in known:
        return
    close = difflib.get_close_matches(text, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise UsageError(f"unknown {what} {text!r}: there are {', '.join(known)}{hint}")


def _count(connection: Connection, name: str | None) -> bool:
    """Write how many pages the crawls of *name* know, and say whether there are any crawls."""
    crawls = list(list_crawls(connection, name))
    write_out(line for crawl in crawls for line in _crawl_lines(crawl))
    return bool(crawls)


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
    said = page._asdict() | {"not_before": None if moment is None else format_moment(moment)}
    return f"{json.dumps(said, ensure_ascii=False)}\n".encode()


def _aligned(pages: Iterator[ListedPage]) -> Iterator[bytes]:
    while some := list(islice(pages, _BATCH)):
        yield from aligned(map(_page_cells, some))


def _page_cells(page: ListedPage) -> Iterator[str]:
    yield from (page.site, page.kind, page.state, page.reason or "-", str(page.attempts))
    yield from (_shown(page.not_before), str(page.depth), str(page.pass_number))
    yield from (page.url, page.named_by or "-")


def _crawl_lines(crawl: ListedCrawl) -> Iterator[bytes]:
    """Yield what is known of *crawl* and its pages, for people."""
    given = [f"-a {shlex.quote(f'{name}={value}')}" for name, value in crawl.arguments.items()]
    ended = "not ended" if crawl.ended_at is None else f"ended {_shown(crawl.ended_at)}"
    begun = f"pass {crawl.pass_number}, begun {_shown(crawl.begun_at)}, {ended}"
    yield f"{' '.join([crawl.site, *given])}: {begun}\n".encode()
    rows = [(one.state, one.reason or "-", f"{one.pages:,}", _since(one)) for one in crawl.groups]
    if crawl.to_come:
        rows.append(("to come", "-", f"{crawl.to_come:,}", "known from the pass before"))
    width = max((len(count) for _, _, count, _ in rows), default=0)
    yield from aligned(
        ("", state, why, count.rjust(width), *rest) for state, why, count, *rest in rows
    )
    if crawl.resumes_at is not None and crawl.resumes_at > datetime.now(UTC):
        yield f"  the site wants to be asked from {_shown(crawl.resumes_at)}\n".encode()


def _since(group: Group) -> str:
    """Return from when on the pages of *group* may be asked, if they have to wait."""
    first, last = _shown(group.first), _shown(group.last)
    if group.first is None:
        return ""
    return f"from {first}" if first == last else f"from {first}, the last from {last}"


def _shown(moment: datetime | None) -> str:
    return "-" if moment is None else format_moment(moment)
