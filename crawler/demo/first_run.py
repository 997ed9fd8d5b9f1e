"""What ``make run`` does: a first crawl, of the demo site or of a real address.

Run as ``python -m crawler.demo.first_run [URL]``. Invented documents go into ``data/demo/``, real
ones into ``data/``; JSON lines lie beside the database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from scrapy.utils.project import get_project_settings

from crawler.errors import CrawlerError, ExitCode
from crawler.fetching.sites import owner
from crawler.storage import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rich.console import JustifyMethod

_SITE: Final = "wenku365"
_FRONT_PAGE: Final = "http://www.wenku365.com/"
_EXAMPLE: Final = "https://www.wenku365.com/p-25324311.html"
_SHOWN: Final = 8
_COLUMNS: Final[Mapping[str, tuple[str, int]]] = {
    "doc_id": ("doc_id", 8),
    "title": ("title", 22),
    "file_format": ("format", 6),
    "size_bytes": ("bytes", 9),
    "page_count": ("pages", 5),
    "uploaded_on": ("uploaded", 10),
}
"""The fields that are shown, each with its heading and its width: together, 80 columns."""
_UNHURRIED: Final = ("-s", "DOWNLOAD_DELAY=0")
"""Politeness is for sites that are not ours."""
_AT_HOME: Final = {"DOCSHELF_CONTACT": "http://localhost/"}


def main(argv: list[str]) -> int:
    """Crawl the address in *argv*, or else the demo site; return the crawl's exit code."""
    if len(argv) > 1:
        print("make run: one address, please: make run URL=https://…", file=sys.stderr)
        return ExitCode.USAGE
    settings = get_project_settings()
    data = data_folder(settings)
    if not argv:
        print(f"A first crawl: {_SITE}, from the bundled demo site. The documents are invented.\n")
        with _demo() as proxy:
            env = {**_AT_HOME, "http_proxy": proxy, "no_proxy": "", "DOCSHELF_DATABASE_URL": ""}
            log = ("--logfile", str(data / "demo" / "crawl.log"))
            return _crawl(_SITE, _FRONT_PAGE, data / "demo", env, *_UNHURRIED, *log)
    try:
        site = owner(argv[0], settings).name
    except CrawlerError as error:
        print(f"make run: {error}", file=sys.stderr)
        return error.exit_code
    return _crawl(site, argv[0], data, {})


def _crawl(site: str, url: str, data: Path, env: Mapping[str, str], *options: str) -> int:
    data.mkdir(parents=True, exist_ok=True)
    lines = data / f"{site}.jsonl"
    # Again, or a second time there would be nothing to do, and nothing to see.
    given = ("-a", f"url={url}", "-a", "again=1")
    command = _scrapy("crawl", site, *given, "-O", str(lines), *options)
    shown = os.path.relpath(data)
    place = str(data) if shown.startswith("..") else shown
    told = {**os.environ, **env, "DOCSHELF_DATA": place}
    code = subprocess.run(command, check=False, env=told).returncode
    if code == ExitCode.OK:
        _show(lines)
    return code


def _show(lines: Path) -> None:
    """Print some of the records in the file *lines*, and what to try next."""
    with lines.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in islice(file, _SHOWN)]
    if not records:
        print("\nNo document changed since it was read.")
        return
    table = Table(box=SIMPLE)
    for heading, width in _COLUMNS.values():
        justify: JustifyMethod = "right" if heading in {"bytes", "pages"} else "left"
        table.add_column(heading, no_wrap=True, justify=justify, width=width)
    for record in records:
        table.add_row(*(_cell(record[name]) for name in _COLUMNS))
    console = Console(highlight=False)
    console.print(f"\nThe first {len(records)} of them:", table, sep="\n", end="")
    console.print(f"A real document, politely: [cyan]make run URL={_EXAMPLE}[/]", soft_wrap=True)


def _cell(value: object) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


@contextmanager
def _demo() -> Iterator[str]:
    """Serve the demo site; yield the address of its proxy."""
    server = subprocess.Popen(
        _scrapy("demo", "--port", "0"), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        ready = server.stdout.readline() if server.stdout else ""
        yield next(word.rstrip(",") for word in ready.split() if word.startswith("http://"))
    finally:
        server.terminate()
        server.wait()


def _scrapy(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
