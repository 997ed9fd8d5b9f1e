"""The forms of ``-a source=…``."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from crawler.archive.containers import find_warcs
from crawler.errors import ArchiveError, UsageError
from crawler.fetching.addresses import require_address, shown

Kind: TypeAlias = Literal["warc", "wacz", "cdx", "commoncrawl", "wayback"]

FORMS: Final = "warc:PATH, wacz:PATH, cdx:URL, commoncrawl[:CRAWL], wayback"

_WHERE: Final = "argument source"
_CRAWL: Final = re.compile(r"CC-MAIN-[0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A source as the user named it."""

    kind: Kind
    place: str = ""
    """Its path, its address or its crawl; empty if there is only one, or the newest is meant."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}" if self.place else self.kind


def parse_source(text: str) -> SourceForm:
    """Return the source that *text* names, which is looked for if it is a file.

    Raise ``UsageError`` for a wrong form, a missing file or one without a WARC, and for what is
    no address.

    >>> parse_source("commoncrawl:CC-MAIN-2026-30")
    SourceForm(kind='commoncrawl', place='CC-MAIN-2026-30')
    """
    kind, colon, place = text.strip().partition(":")
    if kind not in get_args(Kind) or (bool(colon) and not place):
        raise UsageError(f"{_WHERE}: {shown(text)} is none of {FORMS}")
    form = SourceForm(kind, place)  # type: ignore[arg-type]  # it is one of them
    if form.kind in {"warc", "wacz"}:
        _check_path(form)
    elif form.kind == "cdx":
        require_address(place, _WHERE)
    elif form.kind == "wayback" and place:
        raise UsageError(f"{_WHERE}: write wayback alone; another index is cdx:URL")
    elif form.kind == "commoncrawl" and place and not _CRAWL.fullmatch(place):
        raise UsageError(f"{_WHERE}: {shown(place)} is no crawl, such as CC-MAIN-2026-30")
    return form


def _check_path(form: SourceForm) -> None:
    if not form.place:
        raise UsageError(f"{_WHERE}: name the file or the folder, as {form.kind}:PATH")
    path = Path(form.place)
    if form.kind == "wacz" and path.is_file() and not _is_wacz(path):
        raise UsageError(f"{_WHERE}: {path} is no WACZ")
    try:
        find_warcs(path)
    except (ArchiveError, OSError) as error:
        raise UsageError(f"{_WHERE}: {error}") from error


def _is_wacz(path: Path) -> bool:
    return path.suffix == ".wacz" and zipfile.is_zipfile(path)
