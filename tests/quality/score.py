"""Print the score of reading the corpus, worst first: ``make quality``.

Words after the command choose the cases whose names hold one of them; ``--page`` prints those
pages, ``--all`` every fault.
"""

# ruff: noqa: T201  # a script that prints

from __future__ import annotations

import argparse
import logging
import time
from typing import TYPE_CHECKING, Final

from tests.quality.cases import load
from tests.quality.floors import below
from tests.quality.scoring import by, run, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.quality.scoring import Result, Tally

_MOST: Final = 25


def main() -> int:
    """Read the corpus and print how well; return 1 if a score is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="WORD", help="only cases with it in the name")
    parser.add_argument("--page", action="store_true", help="print the pages themselves")
    parser.add_argument("--all", action="store_true", help="print every fault")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    cases = [
        case
        for case in load()
        if not options.names or any(word in f"{case.part}/{case.name}" for word in options.names)
    ]
    begun = time.perf_counter()
    results = run(cases)
    seconds = time.perf_counter() - begun
    if options.page:
        for case in cases:
            print(f"--- {case.name}: {case.url}\n{case.body.decode(errors='replace')}\n")
    for key in ("part", "field", "site", "language", "style"):
        print_table(key, by(results, key), most=None if options.all or key == "field" else _MOST)
    for part in ("known", "generic", "held_out"):
        print_table(f"field, {part}", by([r for r in results if r.case.part == part], "field"))
    print_faults(results, None if options.all else _MOST)
    whole = total(result.tally for result in results)
    print(f"\n{len(results)} pages in {seconds:.1f} s: F1 {whole.f1:.4f}")
    broken = [] if options.names else below(results)
    for line in broken:
        print(f"below its floor: {line}")
    return 1 if broken else 0


def print_table(key: str, tallies: Mapping[str, Tally], most: int | None = None) -> None:
    """Print the tallies of one grouping, the worst first."""
    ordered = sorted(tallies.items(), key=lambda pair: (pair[1].f1, pair[0]))
    if not ordered:
        return
    print(f"\n{key:28} {'F1':>7} {'precision':>10} {'recall':>7} {'values':>7}")
    for name, tally in ordered[:most]:
        count = tally.hits + tally.missed
        print(f"{name:28} {tally.f1:7.3f} {tally.precision:10.3f} {tally.recall:7.3f} {count:7}")
    if len(ordered[:most]) < len(ordered):
        print(f"… and {len(ordered) - len(ordered[:most])} better ones")


def print_faults(results: Sequence[Result], most: int | None) -> None:
    """Print what is wrong on the worst pages."""
    faulty = sorted((r for r in results if r.faults), key=lambda r: (r.tally.f1, r.case.name))
    if faulty:
        print(f"\n{len(faulty)} of {len(results)} pages have faults; the worst:")
    for result in faulty[:most]:
        print(f"{result.case.part}/{result.case.name} ({result.case.style})")
        for fault in result.faults:
            print(f"    {fault}")


if __name__ == "__main__":
    raise SystemExit(main())
