"""``scrapy demo``: serve a document-sharing site that we know the truth of."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy.commands import ScrapyCommand

from crawler.demo.options import (
    NUMBERS,
    RATES,
    DemoOptions,
    Rates,
    flag,
    parse_number,
    parse_options,
)
from crawler.demo.truth import write_truth
from crawler.errors import UsageError
from crawler.fetching.checks import check_file, check_leftovers, check_pairs, ending_in_one_line
from crawler.fetching.streams import write_out

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_PORT: Final = 8765
_MOST_PORT: Final = 65_535


class Command(ScrapyCommand):
    """Serves the demo until it is interrupted."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Serve a demo of two document-sharing sites, to be crawled through http_proxy"

    def add_options(self, parser: ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        group = parser.add_argument_group(title="Demo")
        group.add_argument("--host", default="127.0.0.1", help="listen there (%(default)s)")
        group.add_argument(
            "--port", metavar="P", default=str(_PORT), help="0: any free one (%(default)s)"
        )
        group.add_argument(
            "--truth",
            metavar="FILE",
            help="first write there, as JSON lines, what a perfect crawl of both sites exports",
        )
        for name, what in NUMBERS.items():
            text = f"{what} ({getattr(DemoOptions(), name)})"
            group.add_argument(flag(name), metavar="N", help=text)
        group = parser.add_argument_group(title="Faults")
        group.add_argument("--no-faults", action="store_true", help="0 for each share not given")
        for name, what in RATES.items():
            text = f"{what} ({getattr(Rates(), name)})"
            group.add_argument(flag(f"rate_{name}"), metavar="SHARE", help=text)

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """Check every option, and end the process where one makes no sense."""
        with ending_in_one_line("demo"):
            check_leftovers(args, "demo")
            check_pairs(opts.set, "-s")
            super().process_options(args, opts)
            if args:
                raise UsageError(f"{args[0]}: the demo takes options only")
            if opts.truth == "-":
                raise UsageError("--truth -: name a file; standard output says where the demo is")
            if opts.truth is not None:
                check_file(opts.truth, "--truth")
            opts.port = parse_number("port", opts.port, 0, _MOST_PORT)
            opts.demo = parse_options(vars(opts), faults=not opts.no_faults)

    def run(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # Scrapy's signature
        """Write the truth, then serve."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        from crawler.demo.server import Demo, serve  # noqa: PLC0415 - for every command, 90 ms

        with ending_in_one_line("demo"):
            demo = Demo(opts.demo)
            if opts.truth is not None:
                write_truth(Path(opts.truth), [site.catalogue for site in demo.sites])
            asyncio.run(serve(demo, opts.host, opts.port, _ready))


def _ready(proxy: str) -> None:
    command = "scrapy crawl wenku365 -a url=http://www.wenku365.com/ -s DOWNLOAD_DELAY=0"
    write_out([f"Demo ready at {proxy}, try: http_proxy={proxy} {command}\n".encode()])
