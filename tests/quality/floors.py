"""The floors: the lowest scores with which the tests still pass, kept in ``floors.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.quality.scoring import RECORD, by, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.quality.scoring import Result

FLOORS: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("floors.toml").read_text(encoding="utf-8")
)


def below(results: Sequence[Result]) -> list[str]:
    """Return what of *results* is below its floor, a line each."""
    return [
        f"{name} {score:.4f} < {floor}" for name, score, floor in measured(results) if score < floor
    ]


def measured(results: Sequence[Result]) -> Iterator[tuple[str, float, float]]:
    """Yield what has a floor: its name, its score, its floor."""
    for part, floors in FLOORS.items():
        chosen = [result for result in results if result.case.part == part]
        whole = total(result.tally for result in chosen)
        fields = by(chosen, "field")
        for name, floor in floors.items():
            if name == "f1":
                yield f"{part}: F1", whole.f1, floor
            elif name == "precision":
                yield f"{part}: precision", whole.precision, floor
            elif name == "refused":
                read = fields[RECORD].false if RECORD in fields else 0
                yield f"{part}: refused", 1 - read / len(chosen), floor
            else:
                yield f"{part}: F1 of {name}", fields[name].f1, floor
