"""What a crash or a bad disk left behind, mended: whole records are never lost by it."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from crawler.archive.cdxj import SUFFIX, index_line, index_path, write_lines
from crawler.archive.durable import not_written, sync_folder
from crawler.archive.files import lock
from crawler.archive.members import Damage
from crawler.archive.reader import OPEN, bare_id, file_name, read_records
from crawler.errors import ArchiveError, DiskError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TORN: Final = ".torn"
"""What the name of a tail that was cut off and kept ends in."""

_WARCS: Final = (".warc", ".warc.gz")
_FILENAME: Final = re.compile(rb'"filename": "[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """One file, and what was done to it."""

    path: Path
    """Where it is now; for one that held nothing whole, where it was."""
    whole_bytes: int
    """How long it is now."""
    cut_bytes: int
    """How long the tail was that was cut off."""
    what: str
    """What was done, for people."""

    def __str__(self) -> str:
        return f"{self.path.name}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Survey:
    """What a file holds: where the last whole pair of records ends, and its index."""

    end: int
    lines: list[str]


def recover(folder: Path) -> list[Mended]:
    """Close the files that a crawl left open in *folder*, cut back to their last whole pair.

    What another process is writing stays as it is. Raises ``DiskError`` or ``ArchiveError``.
    """
    found = (_mend(path, keep_tail=False) for path in _listed(folder) if path.name.endswith(OPEN))
    return [mended for mended in found if mended is not None]


def repair(folder: Path, *, dry_run: bool = False) -> Iterator[Mended]:
    """Mend every file in *folder*, and yield what was done to those that needed it.

    Torn tails are cut off and kept beside, as ``NAME.OFFSET.torn``; files left open are closed;
    indexes are written anew where they differ. Damage between whole records stays as it is. A
    *dry_run* only says what it would do. Raises ``DiskError`` or ``ArchiveError``.
    """
    for path in _listed(folder):
        if mended := _mend(path, keep_tail=True, dry_run=dry_run):
            yield mended
    yield from _drop_renamed(folder, dry_run=dry_run)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot be read: {error.strerror or error}") from error


def _mend(path: Path, *, keep_tail: bool, dry_run: bool = False) -> Mended | None:
    """Mend the WARC *path*; ``None`` if it is in use, or was as it should be."""
    if not _is_warc(path):
        return None
    try:
        with _taken(path) as descriptor:
            if descriptor is None:
                return None
            survey = _survey(path)
            size = os.fstat(descriptor).st_size
            fault = _Fault(path, survey, size, _free_name(path, survey.end) if keep_tail else None)
            if not dry_run:
                fault.mend(descriptor)
    except OSError as error:
        raise not_written(path, error) from error
    if not fault.what:
        return None
    return Mended(
        path=fault.target,
        whole_bytes=survey.end,
        cut_bytes=size - survey.end,
        what=", ".join(fault.what),
    )


class _Fault:
    """What is to be mended of a file."""

    def __init__(self, path: Path, survey: _Survey, size: int, aside: Path | None) -> None:
        """Plan to keep a torn tail as *aside*, if that is not ``None``."""
        self._path = path
        self._survey = survey
        self._aside = aside
        has_rest = survey.end > 0
        self._is_torn = survey.end < size
        self._is_open = has_rest and path.name.endswith(OPEN)
        self._is_stale = has_rest and not _is_indexed(path, survey.lines)
        self._is_empty = size == 0
        self.target = path.with_name(file_name(path)) if self._is_open else path
        """Where it is once it is mended."""
        self.what = [
            *([self._said_of_tail(size - survey.end)] if self._is_torn else []),
            *(["removed: it is empty"] if self._is_empty else []),
            *(["closed"] if self._is_open else []),
            *(["indexed anew"] if self._is_stale else []),
        ]
        """What it takes, each as done, for people."""

    def mend(self, descriptor: int) -> None:
        """Mend it. Raises ``OSError`` or ``DiskError``."""
        path, end = self._path, self._survey.end
        if self._is_torn and self._aside is not None:
            _copy_tail(path, self._aside, end)
        growing = index_path(path).with_name(index_path(path).name + OPEN)
        if end:
            if self._is_torn:
                os.ftruncate(descriptor, end)
                os.fsync(descriptor)
            if self._is_open:
                _close(path, self.target, descriptor)
            if self._is_stale:
                write_lines(index_path(path), self._survey.lines)
        elif self._is_torn or self._is_empty:
            path.unlink()
            sync_folder(path.parent)
        growing.unlink(missing_ok=True)

    def _said_of_tail(self, size: int) -> str:
        said = f"{size} bytes behind the last whole record cut off"
        if self._aside is not None:
            said += f", kept as {self._aside.name}"
        return said if self._survey.end else f"{said}; nothing is left of it"


def _survey(path: Path) -> _Survey:
    end = 0
    previous = ""
    lines: list[str] = []
    for found in read_records(path):
        if isinstance(found, Damage):
            end = found.offset + found.length if found.is_whole else end
            continue
        answers = [bare_id(name) for name in found.fields.get("warc-concurrent-to", "").split(",")]
        if found.kind != "request" or answers == [""] or previous in answers:
            end = found.offset + found.length
        previous = found.record_id
        if (line := index_line(found)) is not None:
            lines.append(str(line))
    return _Survey(end, sorted(lines))


@contextmanager
def _taken(path: Path) -> Iterator[int | None]:
    """Give the descriptor of *path*, locked for us; ``None`` if another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        yield descriptor if lock(descriptor) and _still_names(path, descriptor) else None
    finally:
        os.close(descriptor)


def _still_names(path: Path, descriptor: int) -> bool:
    """Return whether nobody closed or removed *path* before we had it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _free_name(path: Path, end: int) -> Path:
    """Return where the tail of *path* behind *end* can be kept."""
    marks = chain([""], (f"-{number}" for number in count(2)))
    names = (path.with_name(f"{file_name(path)}.{end}{mark}{TORN}") for mark in marks)
    return next(name for name in names if not name.exists())


def _copy_tail(path: Path, target: Path, start: int) -> None:
    with path.open("rb") as file, target.open("xb") as tail:
        file.seek(start)
        shutil.copyfileobj(file, tail)
        tail.flush()
        os.fsync(tail.fileno())
    sync_folder(path.parent)


def _close(path: Path, target: Path, descriptor: int) -> None:
    """Sync *path* and call it *target*, as a closed file, which must be free."""
    os.fsync(descriptor)
    if target.exists():
        raise DiskError(f"{path}: cannot be closed: {target.name} is there already")
    path.rename(target)
    sync_folder(path.parent)


def _is_indexed(path: Path, lines: list[str]) -> bool:
    """Return whether *lines* are the index of *path*."""
    wanted = "".join(f"{line}\n" for line in lines)
    try:
        return index_path(path).read_bytes() == wanted.encode()
    except FileNotFoundError:
        return False


def _drop_renamed(folder: Path, *, dry_run: bool) -> Iterator[Mended]:
    """Remove each index whose WARC is gone and that only repeats, under a former name, another."""
    paths = _listed(folder)
    indexed = {index_path(path): file_name(path) for path in paths if _is_warc(path)}
    for orphan in paths:
        if orphan.suffix != SUFFIX or orphan in indexed:
            continue
        for index, name in indexed.items():
            if _repeats(orphan, index, name):
                if not dry_run:
                    orphan.unlink()
                what = f"removed: it is the index of {name} under a former name"
                yield Mended(path=orphan, whole_bytes=0, cut_bytes=0, what=what)
                break


def _repeats(orphan: Path, index: Path, warc: str) -> bool:
    """Return whether *orphan* says the same as *index*, that of *warc*, of a file not there."""
    try:
        said, there = orphan.read_bytes(), index.read_bytes()
    except OSError:
        return False
    return bool(said) and _FILENAME.sub(f'"filename": "{warc}"'.encode(), said) == there


def _is_warc(path: Path) -> bool:
    return file_name(path).endswith(_WARCS)
