"""Kill crawls of the demo site for long, and write what came of it: ``make crash KILLS=1000``.

``SEED=N`` has the same instants again. A quarter of the crawls is PostgreSQL's.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Final

from tests.crash.crawl import Crawl, undisturbed
from tests.crash.databases import new_database, new_server
from tests.crash.place import Place
from tests.crash.processes import PROJECT, Nursery, start
from tests.crash.site import Site
from tests.crash.trial import MOST_KILLS, Tally, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crash.crawl import Undisturbed
    from tests.crash.databases import Server

REPORT: Final = PROJECT / "bench" / "crash.md"
KILLS: Final = 200
SQLITE_SHARE: Final = 0.75

_METHOD: Final = """\
Each crawl of the demo site, with all its faults, was ended with SIGKILL at instants drawn from the
seed, and run again until it ended by itself. After every kill each row of the database was held
against its record in the archive; after every other one, the files that were open lost, or had
spoilt, what the database did not know yet, as in a power cut. At the end documents, links and
outcomes equalled those of an undisturbed crawl, the export equalled the truth of the demo site, and
`scrapy verify` found nothing."""


def main() -> int:
    """Kill as often as is asked; return 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    begun = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docshelf-crash-")))
        nursery = stack.enter_context(Nursery())
        server = stack.enter_context(new_server())
        wanted = undisturbed(nursery, folder / "undisturbed")
        tallies, failure = soak(options.kills, options.seed, wanted, nursery, server, folder)
    minutes = (time.monotonic() - begun) / 60
    lines = report(options.seed, tallies, failure, minutes)
    REPORT.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    say(f"{REPORT.relative_to(PROJECT)}: {'LOST' if failure else 'nothing lost'}")
    return 1 if failure else 0


def say(words: str) -> None:
    """Say it at once: to kill takes long."""
    sys.stderr.write(f"{words}\n")


def soak(
    kills: int,
    seed: int,
    wanted: Undisturbed,
    nursery: Nursery,
    server: Server,
    folder: Path,
) -> tuple[dict[str, Tally], str]:
    """Run trials until there were so many *kills*, or one lost something.

    Return what they came to, by database, and the story of the one that lost something.
    """
    tallies = {"SQLite": Tally(), "PostgreSQL": Tally()}
    while (done := sum(tally.kills for tally in tallies.values())) < kills:
        number = sum(tally.crawls for tally in tallies.values())
        random = Random(f"{seed} {number}")  # noqa: S311 - to be had again
        backend = "SQLite" if random.random() < SQLITE_SHARE else "PostgreSQL"
        say(f"seed {seed}: {done} of {kills} kills, {number} crawls")
        with ExitStack() as stack:
            place = Place.with_sqlite(folder / str(number) / "data")
            if backend == "PostgreSQL":
                place = Place(place.data, stack.enter_context(new_database(server.url)))
            crawl = Crawl(stack.enter_context(Site()), place, nursery)
            trial = Trial(crawl, wanted, random, [start])
            try:
                tallies[backend].add(trial.run(min(MOST_KILLS, kills - done)))
            except AssertionError as failure:
                tallies[backend].add(trial.tally)
                return tallies, f"crawl {number}, {backend}\n{failure}"
        shutil.rmtree(folder / str(number))
    return tallies, ""


def report(seed: int, tallies: dict[str, Tally], failure: str, minutes: float) -> list[str]:
    """Return what is written of it, as lines of Markdown."""
    both = Tally()
    for tally in tallies.values():
        both.add(tally)
    result = "**something was lost**" if failure else "nothing lost, nothing twice, nothing torn"
    command = f"`make crash KILLS={both.kills} SEED={seed}`"
    return [
        "# Killed, and run again",
        "",
        f"{command}, {datetime.now(UTC):%Y-%m-%d}, {minutes:.0f} minutes: {result}.",
        "",
        *_table(tallies),
        "",
        _METHOD,
        "",
        "| killed | times |",
        "|-|-:|",
        *(f"| {name} | {count} |" for name, count in sorted(both.instants.items(), key=_order)),
        *(["", "```text", failure, "```"] if failure else []),
    ]


def _table(tallies: dict[str, Tally]) -> Iterator[str]:
    rows: dict[str, list[int]] = {
        "kills": [tally.kills for tally in tallies.values()],
        "processes": [tally.runs for tally in tallies.values()],
        "crawls that ended": [tally.crawls for tally in tallies.values()],
        "files spoilt after a kill": [tally.torn for tally in tallies.values()],
    }
    compared: Counter[str] = Counter()
    for tally in tallies.values():
        compared += tally.compared
    for name in compared:
        rows[f"{name} compared"] = [tally.compared[name] for tally in tallies.values()]
    rows["pages fetched again"] = [tally.refetched for tally in tallies.values()]
    yield f"| | {' | '.join(tallies)} |"
    yield f"|-|{'-:|' * len(tallies)}"
    for name, counts in rows.items():
        yield f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |"


def _order(row: tuple[str, int]) -> tuple[str, int]:
    """Sort what is counted by its name, in which numbers are numbers."""
    text, _, number = row[0].partition(" to ")
    words = "".join(letter for letter in text if not letter.isdigit())
    return words, int(number.partition(" ")[0] or 0)


if __name__ == "__main__":
    sys.exit(main())
