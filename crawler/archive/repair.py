"""What a crash or a bad disk left behind, mended: whole records are never lost by it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from crawler.archive.cdxj import SUFFIX, index_line, index_path, write_lines
from crawler.archive.durable import not_written, parts_of, sync_folder
from crawler.archive.files import lock, name_start, still_names
from crawler.archive.indexing import growing_index
from crawler.archive.members import Damage
from crawler.archive.reader import OPEN, bare_id, file_name, read_records
from crawler.errors import ArchiveError, DiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TORN: Final = ".torn"
"""What the name of a tail that was cut off and kept ends in."""

_PAUSE_SECONDS: Final = 0.02
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


class LeftOpen:
    """A file that a crawl left open: ours, without its torn tail, and on the disk as it is."""

    def __init__(self, path: Path, descriptor: int, trusted_bytes: int = sys.maxsize) -> None:
        """Cut the torn tail off *path*, of a *descriptor* that is locked. Raises ``OSError``."""
        survey = _survey(path, trusted_bytes)
        size = os.fstat(descriptor).st_size
        self._descriptor = descriptor
        self._fault = _Fault(path, survey, size, None)
        self.path = path
        """Where it is until it is closed; it ends in ``.open``."""
        self.whole_bytes = survey.end
        """How long it is now; 0 if there is nothing whole in it."""
        self.cut_bytes = size - survey.end
        """How long the tail was."""
        if self.cut_bytes:
            os.ftruncate(descriptor, survey.end)
        # Nobody knows whether the crawl came to this, for the bytes or for the name.
        os.fsync(descriptor)
        sync_folder(path.parent)

    def close(self) -> Mended:
        """Index it and give it its name, or remove it if there is nothing in it.

        Its name is the last thing that changes: until then all can be done again. Raises
        ``DiskError``.
        """
        try:
            self._fault.finish(self._descriptor)
        except OSError as error:
            raise not_written(self.path, error) from error
        return self._fault.mended()


def left_open(
    folder: Path,
    prefix: str | None = None,
    *,
    patience_seconds: float = 0.0,
    trusted_bytes: Callable[[str], int] = lambda _name: sys.maxsize,
) -> Iterator[LeftOpen]:
    """Yield each file that crawls left open in *folder*, in their order, locked until the next.

    With a *prefix*, only those that were written under it. What another process has is waited
    for, *patience_seconds* for all together (one that was killed may hold it for an instant, and
    one that only looks lets go of it), and is passed over if it stays so.

    *trusted_bytes* tells how much of the file of a name is known to have come to the disk. Damage
    behind that is a torn tail, whatever follows it: a power cut may take the blocks between others.
    Raises ``DiskError`` or ``ArchiveError``, and what *trusted_bytes* does.
    """
    start = "" if prefix is None else name_start(prefix)
    deadline = time.monotonic() + patience_seconds
    for path in _listed(folder):
        if not (path.name.startswith(start) and path.name.endswith(OPEN) and _is_warc(path)):
            continue
        try:
            with _taken(path, deadline) as descriptor:
                if descriptor is not None:
                    yield LeftOpen(path, descriptor, trusted_bytes(file_name(path)))
        except OSError as error:
            raise not_written(path, error) from error


def drop_orphans(folder: Path, prefix: str) -> None:
    """Remove the indexes that grew in *folder* beside files of *prefix* which are gone.

    Raises ``DiskError`` or ``ArchiveError``.
    """
    for path in _listed(folder):
        if not (path.name.startswith(name_start(prefix)) and path.name.endswith(SUFFIX + OPEN)):
            continue
        warcs = (f"{path.name.removesuffix(SUFFIX + OPEN)}{kind}" for kind in _WARCS)
        # First as it is called first: it may be closed meanwhile.
        names = [f"{name}{end}" for name in warcs for end in (OPEN, "")]
        if any(path.with_name(name).exists() for name in names):
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise not_written(path, error) from error


def recover(folder: Path) -> list[Mended]:
    """Close the files that crawls left open in *folder*, cut back to their last whole pair.

    What another process is writing stays as it is. Raises ``DiskError`` or ``ArchiveError``.
    """
    return [left.close() for left in left_open(folder)]


def repair(folder: Path, *, dry_run: bool = False) -> Iterator[Mended]:
    """Mend every file in *folder*, and yield what was done to those that needed it.

    Torn tails are cut off and kept beside, as ``NAME.OFFSET.torn``; files left open are closed;
    indexes are written anew where they differ. Damage between whole records stays as it is. A
    *dry_run* only says what it would do. Raises ``DiskError`` or ``ArchiveError``.
    """
    for path in _listed(folder):
        if mended := _mend(path, dry_run=dry_run):
            yield mended
    yield from _drop_renamed(folder, dry_run=dry_run)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot be read: {error.strerror or error}") from error


def _mend(path: Path, *, dry_run: bool) -> Mended | None:
    """Mend the WARC *path*; ``None`` if it is in use, or was as it should be."""
    if not _is_warc(path):
        return None
    try:
        with _taken(path) as descriptor:
            if descriptor is None:
                return None
            survey = _survey(path)
            size = os.fstat(descriptor).st_size
            fault = _Fault(path, survey, size, _free_name(path, survey.end))
            if not dry_run:
                fault.mend(descriptor)
    except OSError as error:
        raise not_written(path, error) from error
    return fault.mended() if fault.what else None


class _Fault:
    """What is to be mended of a file."""

    def __init__(self, path: Path, survey: _Survey, size: int, aside: Path | None) -> None:
        """Plan to keep a torn tail as *aside*, if that is not ``None``."""
        self._path = path
        self._survey = survey
        self._size = size
        self._aside = aside
        has_rest = survey.end > 0
        self._is_torn = survey.end < size
        self._is_open = has_rest and path.name.endswith(OPEN)
        self._is_stale = has_rest and not _is_indexed(path, survey.lines)
        self._leavings = _leavings(path)
        self._target = path.with_name(file_name(path)) if self._is_open else path
        self.what = [
            *([self._said_of_tail(size - survey.end)] if self._is_torn else []),
            *(["removed: it is empty"] if size == 0 else []),
            *(["closed"] if self._is_open else []),
            *(["indexed anew"] if self._is_stale else []),
        ]
        """What it takes, each as done, for people."""
        if self._leavings and not self.what:
            self.what = ["what was left of its index removed"]

    def mended(self) -> Mended:
        """Return what there is to say once it is mended."""
        return Mended(
            path=self._target,
            whole_bytes=self._survey.end,
            cut_bytes=self._size - self._survey.end,
            what=", ".join(self.what),
        )

    def mend(self, descriptor: int) -> None:
        """Mend it. Raises ``OSError`` or ``DiskError``."""
        end = self._survey.end
        if self._is_torn and self._aside is not None:
            _copy_tail(self._path, self._aside, end)
        if self._is_torn and end:
            os.ftruncate(descriptor, end)
            os.fsync(descriptor)
        self.finish(descriptor)

    def finish(self, descriptor: int) -> None:
        """Mend all but the torn tail; the name of the file last, which tells that this is to do."""
        path = self._path
        if self._is_open and self._target.exists():
            raise DiskError(f"{path}: cannot be closed: {self._target.name} is there already")
        if self._is_stale:
            write_lines(index_path(path), self._survey.lines)
        for left in self._leavings:
            left.unlink(missing_ok=True)
        if self._is_open:
            os.fsync(descriptor)
            path.rename(self._target)
        elif not self._survey.end and (self._is_torn or self._size == 0):
            path.unlink()
        else:
            return
        sync_folder(path.parent)

    def _said_of_tail(self, size: int) -> str:
        said = f"{size} bytes behind the last whole record cut off"
        if self._aside is not None:
            said += f", kept as {self._aside.name}"
        return said if self._survey.end else f"{said}; nothing is left of it"


def _survey(path: Path, trusted_bytes: int = sys.maxsize) -> _Survey:
    end = 0
    previous = ""
    lines: list[str] = []
    for found in read_records(path):
        if isinstance(found, Damage):
            if not found.is_whole and found.offset >= trusted_bytes:
                break
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
def _taken(path: Path, deadline: float = 0.0) -> Iterator[int | None]:
    """Give the descriptor of *path*, locked for us; ``None`` if another process has it.

    It is asked for until *deadline*, of the monotonic clock, and once at least.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:  # another process closed or removed it since it was found
        yield None
        return
    try:
        while not (is_ours := lock(descriptor)) and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
        yield descriptor if is_ours and still_names(path, descriptor) else None
    finally:
        os.close(descriptor)


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


def _leavings(path: Path) -> list[Path]:
    """Return what was left beside *path* of an index that was growing, or being written."""
    growing = growing_index(path)
    return [*([growing] if growing.exists() else []), *parts_of(index_path(path))]


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
