"""What a power cut does to files: whatever was not said to be on the disk may be anything."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.crash.place import OPEN, whole_answers

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from tests.crash.place import Place

_BLOCK: Final = 4096


@dataclass(frozen=True, slots=True)
class Torn:
    """What was done to a file."""

    what: str
    answers: int
    """How many whole answers it had that the database does not know: they may be lost now."""


def tear(place: Place, random: Random) -> list[Torn]:
    """Spoil what the database does not know yet of the files that a dead process left open."""
    known: dict[str, int] = {}
    for row in place.rows("captures")[0]:
        known[row["file"]] = max(known.get(row["file"], 0), row["offset"] + row["length"])
    torn = []
    for path in place.warcs:
        if path.name.endswith(OPEN):
            start = known.get(path.name.removesuffix(OPEN), 0)
            torn.append(tear_file(path, start, random))
    for path in place.data.glob(f"warc/*.cdxj{OPEN}"):  # it can be made again
        _cut(path, 0, path.stat().st_size, random)
    return torn


def tear_file(path: Path, start: int, random: Random) -> Torn:
    """Spoil *path* somewhere from *start* on."""
    size = path.stat().st_size
    answers, _ = whole_answers(path.read_bytes()[start:])
    at = random.randint(start, size)
    does = random.choice([_cut, _zero, _punch, _append, _scramble])
    does(path, at, size, random)
    what = does.__name__.removeprefix("_")
    return Torn(f"{what} {path.name} from {at} of {size}, known up to {start}", len(answers))


def _cut(path: Path, at: int, size: int, random: Random) -> None:
    """Take away the end."""
    os.truncate(path, random.randint(at, size))


def _zero(path: Path, at: int, size: int, random: Random) -> None:
    """Keep the length, which some file systems write first, and nothing of the end."""
    os.truncate(path, at)
    os.truncate(path, size + random.choice([0, 0, _BLOCK]))


def _punch(path: Path, at: int, size: int, random: Random) -> None:
    """Lose a block, of which those behind it were written before."""
    length = min(random.choice([512, _BLOCK]), size - at)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes(length))


def _append(path: Path, at: int, size: int, random: Random) -> None:  # noqa: ARG001 - as others
    """Add what was never written: what the disk held there before."""
    with path.open("ab") as file:
        file.write(random.randbytes(random.randint(1, 2 * _BLOCK)))


def _scramble(path: Path, at: int, size: int, random: Random) -> None:
    """Fill the end with what the disk held there before."""
    os.truncate(path, at)
    with path.open("ab") as file:
        file.write(random.randbytes(size - at))
