"""What a crawl did, for people, when it is over."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Console
from rich.text import Text

from crawler.errors import ExitCode
from crawler.items import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.fetching.outcome import Outcome, Tally

_PLAIN_WIDTH: Final = 160
"""Columns where there is no terminal."""
_NARROWEST: Final = 30
"""Columns that words always have."""
_ALWAYS: Final = frozenset({"site", "doc_id", "url", "title", "missing", "fetched_at", "reader"})
_KEPT: Final = {
    "new": "new",
    "changed": "changed",
    "unchanged": "unchanged",
    "refused": "refused by the database",
    "unstored": "lost, as the database failed",
}
"""What became of the documents, and how it is said."""


class _Row(NamedTuple):
    label: str
    lines: Sequence[Text]


def print_summary(
    site: str, tally: Tally, ended: Outcome, places: Mapping[str, str], hint: str
) -> None:
    """Print on standard error what the crawl of *site* did.

    *places* says where what was kept is, by kind; *hint* is the next command to try. Addresses,
    paths and commands stay whole on any terminal, to be copied.
    """
    console = Console(stderr=True, highlight=False)
    width = console.width if console.is_terminal else _PLAIN_WIDTH
    for line in summary(site, tally, ended, places, width):
        console.print(line, soft_wrap=True)
    if hint:
        console.print(Text.assemble("Next: ", (hint, "cyan")), soft_wrap=True)


def summary(
    site: str, tally: Tally, ended: Outcome, places: Mapping[str, str], width: int
) -> Iterator[Text]:
    """Yield the lines that say what the crawl of *site* did; words fit into *width* columns."""
    style = "green" if ended.code is ExitCode.OK else "yellow"
    yield Text.assemble((site, "bold"), ": ", (ended.words, style))
    pages = f"{tally.asked:,} asked for, {tally.followed:,} followed for their links"
    if tally.unchanged:
        pages += f", {tally.unchanged:,} unchanged"
    if tally.held:
        pages += f", {tally.held:,} more held already"
    wordy = {"documents": _documents(tally), "pages": pages}
    if tally.waiting or tally.waiting_until:
        wordy["waiting"] = _waiting(tally)
    fields = {"fields": _fields(tally)} if tally.fields else {}
    refused = [_Row("not read", _refused(tally))] if tally.refused else []
    margin = 4 + max(map(len, [*wordy, *fields, *places, *(row.label for row in refused)]))
    room = max(width - margin, _NARROWEST)
    rows = [
        *(_Row(label, _wrapped(words, room)) for label, words in wordy.items()),
        *refused,
        *(_Row(label, _wrapped(words, room)) for label, words in fields.items()),
        *(_Row(label, [Text(place)]) for label, place in places.items()),
    ]
    for label, lines in rows:
        for number, line in enumerate(lines):
            start = label if number == 0 else ""
            yield Text.assemble("  ", (start.ljust(margin - 2), "bold"), line)


def _wrapped(words: str, room: int) -> list[Text]:
    return [Text(line) for line in wrap(words, room, break_long_words=False)]


def _documents(tally: Tally) -> str:
    kept = [f"{tally.kept[name]:,} {said}" for name, said in _KEPT.items() if tally.kept.get(name)]
    read = f"{tally.read:,} read"
    if tally.unknown_layout:
        read += f" ({tally.unknown_layout:,} of an unknown layout)"
    return read + (f": {', '.join(kept)}" if kept else "")


def _waiting(tally: Tally) -> str:
    until = f" from {tally.waiting_until}" if tally.waiting_until else " later"
    if not tally.waiting:
        return f"the site wants to be asked again{until}: run the same command then"
    pages = "1 page" if tally.waiting == 1 else f"{tally.waiting:,} pages"
    return f"{pages} to be asked again{until}: run the same command then"


def _refused(tally: Tally) -> list[Text]:
    """Return a line a reason, the most frequent first."""
    pairs = sorted(tally.refused.items(), key=lambda pair: (-pair[1], pair[0]))
    reasons = max(len(reason) for reason, _ in pairs)
    counts = max(len(f"{count:,}") for _, count in pairs)
    lines = []
    for reason, count in pairs:
        example = tally.examples.get(reason)
        such = (f"  such as {example}", "dim") if example else ""
        lines.append(Text.assemble(f"{reason:{reasons}}  {count:{counts},}", such))
    return lines


def _fields(tally: Tally) -> str:
    names = [name for name in FIELDS if name not in _ALWAYS]
    filled = [f"{name} {_percent(tally, name)}" for name in names if tally.fields.get(name)]
    never = [name for name in names if not tally.fields.get(name)]
    words = [", ".join(filled)] if filled else []
    return "; ".join([*words, f"never: {', '.join(never)}"] if never else words)


def _percent(tally: Tally, name: str) -> str:
    """Return the share of records that have the field: 100 % only if all have it."""
    # Not of the documents read: those that were lost are not counted. Every record has a site.
    return f"{100 * tally.fields[name] // max(tally.fields.values())} %"


def places_of(database: str, feeds: Sequence[str]) -> dict[str, str]:
    """Return where what was kept is, by kind, for the summary.

    >>> places_of("/srv/data/docshelf.db", ["x.jsonl"])
    {'database': '/srv/data/docshelf.db', 'lines': 'x.jsonl'}
    """
    return {"database": database} | ({"lines": ", ".join(feeds)} if feeds else {})
