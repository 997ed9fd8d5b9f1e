"""What a crawl did, for people, when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crawler.errors import ExitCode
from crawler.items import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.fetching.outcome import Outcome, Tally

_PLAIN_WIDTH: Final = 160
"""Columns where there is no terminal, so that addresses stay whole."""
_ALWAYS: Final = frozenset({"site", "doc_id", "url", "title", "missing", "fetched_at", "reader"})
_KEPT: Final = ("new", "changed", "unchanged")


def print_summary(
    site: str, tally: Tally, ended: Outcome, places: Mapping[str, str], hint: str
) -> None:
    """Print on standard error what the crawl of *site* did.

    *places* says where what was kept is, by kind; *hint* is the next command to try.
    """
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    with console.capture() as printed:
        console.print(summary(site, tally, ended, places))
        if hint:
            console.print(f"Next: [cyan]{escape(hint)}[/]", soft_wrap=True)
    # A grid fills its last column with blanks.
    console.file.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def summary(site: str, tally: Tally, ended: Outcome, places: Mapping[str, str]) -> RenderableType:
    """Return what the crawl of *site* did, to be printed."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_row("documents", _documents(tally))
    rows.add_row("pages", f"{tally.asked:,} asked for, {tally.followed:,} followed for their links")
    if tally.refused:
        rows.add_row("not read", _refused(tally))
    if tally.read:
        rows.add_row("fields", _fields(tally))
    for kind, place in places.items():
        rows.add_row(kind, Text(place))
    style = "green" if ended.code is ExitCode.OK else "yellow"
    heading = Text.assemble((site, "bold"), ": ", (ended.words, style))
    return Group(heading, Padding(rows, (0, 0, 0, 2), expand=False))


def _documents(tally: Tally) -> str:
    kept = [f"{tally.kept[name]:,} {name}" for name in _KEPT if tally.kept.get(name)]
    return f"{tally.read:,} read" + (f": {', '.join(kept)}" if kept else "")


def _refused(tally: Tally) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(overflow="fold", style="dim")
    for reason, count in sorted(tally.refused.items(), key=lambda pair: (-pair[1], pair[0])):
        example = tally.examples.get(reason, "")
        table.add_row(reason, f"{count:,}", Text(f"such as {example}" if example else ""))
    return table


def _fields(tally: Tally) -> str:
    names = [name for name in FIELDS if name not in _ALWAYS]
    filled = [f"{name} {_percent(tally, name)}" for name in names if tally.fields.get(name)]
    never = [name for name in names if not tally.fields.get(name)]
    words = [", ".join(filled)] if filled else []
    return "; ".join([*words, f"never: {', '.join(never)}"] if never else words)


def _percent(tally: Tally, name: str) -> str:
    """Return the share of records that have the field: 100 % only if all have it."""
    return f"{100 * tally.fields[name] // max(tally.read, 1)} %"


def places_of(database: str, feeds: Sequence[str]) -> dict[str, str]:
    """Return where what was kept is, by kind, for the summary.

    >>> places_of("/srv/data/docshelf.db", ["x.jsonl"])
    {'database': '/srv/data/docshelf.db', 'lines': 'x.jsonl'}
    """
    return {"database": database} | ({"lines": ", ".join(feeds)} if feeds else {})
