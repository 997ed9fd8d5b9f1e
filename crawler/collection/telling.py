"""What a run through the archive says to people: how far it is, and what it found."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from crawler.collection.changes import Changes
    from crawler.collection.piecework import Trouble
    from crawler.collection.tally import Tally

_TROUBLES: Final = 20
"""How many records that could not be read are named; the others are counted."""
_SECONDS: Final = 60.0
"""Between two lines, where no line can live."""
_TICK: Final = 0.25


class Telling:
    """The line that lives while a run works, and the lines above it."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._console = Console(stderr=True)
        self._is_ascii = self._console.options.ascii_only
        self._spinner = Spinner("line" if self._is_ascii else "dots")
        self._live = Live(self._spinner, console=self._console, auto_refresh=False, transient=True)
        self._begun = self._told = monotonic()
        self._troubles = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()
        if (more := self._troubles - _TROUBLES) > 0:
            self._print(f"{self._command}: {more:,} more like these")

    def trouble(self, trouble: Trouble) -> None:
        """Name a record that could not be read."""
        self._troubles += 1
        if self._troubles <= _TROUBLES:
            self._print(f"{self._command}: {trouble}")

    def show(self, done: int, size: int, tally: Tally) -> None:
        """Show how far the run is: *done* of *size* bytes."""
        now = monotonic()
        is_live = self._console.is_terminal
        if now - self._told < (_TICK if is_live else _SECONDS):
            return
        self._told = now
        percent = 100 * done // size if size else 100
        parts = (
            f"{percent} %",
            f"{tally.records:,} records",
            f"{tally.documents:,} documents",
            f"{now - self._begun:,.0f} s",
        )
        line = (" | " if self._is_ascii else " · ").join(parts)
        if is_live:
            self.say(line)
        else:
            self._print(line)

    def say(self, text: str) -> None:
        """Show *text* as what is being done, where a line can live."""
        if self._console.is_terminal:
            self._spinner.update(text=text)
            self._live.refresh()

    def print(self, lines: Iterable[str]) -> None:
        """Print *lines*."""
        for line in lines:
            self._print(line)

    def _print(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


def report(
    command: str, tally: Tally, changes: Changes | None, *, is_dry: bool = False
) -> Iterator[str]:
    """Yield what a run met and what it changes; with examples if it changes nothing, being dry."""
    yield f"{command}: {tally.records:,} records read, {tally.documents:,} of them as documents"
    by_site: dict[str, Counter[str]] = {}
    for (site, verdict), count in tally.verdicts.items():
        by_site.setdefault(site, Counter())[verdict] += count
    nobodys = sum(by_site.pop("", Counter()).values())
    for site, verdicts in sorted(by_site.items()):
        yield f"  {site}: {_counted(verdicts)}"
    said = {
        "of no known site": nobodys,
        "damaged": tally.damaged,
        "cut off": tally.cut_off,
        "repeating what is not to be found": tally.missing,
        "refused by the database": tally.refused,
    }
    if any(said.values()):
        yield f"  {_counted(Counter(said))}"
    if changes is not None:
        yield "what would change in the database:" if is_dry else "what changed in the database:"
        yield from (f"  {line}" for line in _differences(changes, examples=is_dry))


def _differences(changes: Changes, *, examples: bool) -> Iterator[str]:
    for site in changes.sites:
        counts = {
            "new": changes.new[site],
            "changed": changes.changed[site],
            "unchanged": changes.unchanged[site],
            "left out, being removed": changes.left_out[site],
            "dropped, being none any more": changes.dropped[site],
        }
        yield f"{site}: documents: {_counted(Counter(counts), in_order=True)}"
        for name, told in changes.of(site):
            yield f"  {name}: {told}"
            if examples:
                yield from (f"    {example}" for _, example in told.examples)
        for (of_site, old, new), count in sorted(changes.verdicts.items()):
            if of_site == site:
                yield f"  {count:,} pages: {old} before, {new} now"
    kept = {
        "documents": changes.documents_kept,
        "captures": changes.captures_kept,
        "documents refused by the database": changes.refused,
    }
    if changes.documents_kept or changes.captures_kept:
        yield f"kept, being in no file of the archive: {_counted(Counter(kept))}"


def _counted(counts: Counter[str], *, in_order: bool = False) -> str:
    """Return what there is of each, the most of it first."""
    pairs = counts.items() if in_order else sorted(counts.items(), key=lambda one: (-one[1], one))
    return ", ".join(f"{count:,} {what}" for what, count in pairs if count)
