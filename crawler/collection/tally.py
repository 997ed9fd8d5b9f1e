"""What a run through the archive met, counted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.reading.judging import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.collection.piecework import Found, Outcome


@dataclass(slots=True)
class Tally:
    """What was met so far, over all the times that a run was interrupted and gone on with."""

    records: int = 0
    """Of every kind: requests too."""
    damaged: int = 0
    cut_off: int = 0
    missing: int = 0
    """Revisits whose original is not to be found."""
    refused: int = 0
    """Documents of which the database would not take a value."""
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many captures were taken for what, by site and verdict; of no site by an empty name."""

    @property
    def documents(self) -> int:
        """How many captures were read as documents."""
        return sum(count for (_, verdict), count in self.verdicts.items() if verdict == DOCUMENT)

    def add(self, outcome: Outcome) -> None:
        """Count *outcome*; revisits that lack what they repeat are counted when they have it."""
        self.records += outcome.records
        self.damaged += len(outcome.damaged)
        self.cut_off += len(outcome.cut_off)
        self.missing += len(outcome.missing)
        self.count(one for one in outcome.found if not one.is_pending)

    def count(self, found: Iterable[Found]) -> None:
        """Count what captures were taken for."""
        rows = (one.capture for one in found)
        self.verdicts.update((row["site"], row["verdict"]) for row in rows)

    def dump(self) -> str:
        """Return it as text."""
        verdicts = [[*key, count] for key, count in self.verdicts.items()]
        numbers = [self.records, self.damaged, self.cut_off, self.missing, self.refused]
        return json.dumps([*numbers, verdicts])

    @classmethod
    def load(cls, text: str) -> Tally:
        """Return what ``dump`` made *text* of."""
        records, damaged, cut_off, missing, refused, verdicts = json.loads(text)
        counts = Counter({(site, name): count for site, name, count in verdicts})
        return cls(records, damaged, cut_off, missing, refused, counts)
