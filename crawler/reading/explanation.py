"""What an explanation consists of: candidates for each field, one of which may have won."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One place where a field's value may stand, and what stands there."""

    source: str
    """The place, as the page class has it."""
    value: str | None
    line: int | None = None
    """The number of its line, from 0; ``None`` if it is in no line, or not looked for."""
    fault: str = ""
    """Why it did not win; empty for the winner."""
    is_stray: bool = False
    """Whether it stands where no label counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was considered for one field."""

    name: str
    candidates: tuple[Candidate, ...]

    @property
    def winner(self) -> Candidate | None:
        """What the field was read from, ``None`` if it has no value."""
        return next((one for one in self.candidates if not one.fault), None)
