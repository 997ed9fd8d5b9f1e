"""A crawl that was disturbed, held against one that was not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.crash.place import damaged_files, torn_rows, unknown_records
from tests.crash.site import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.crash.place import Place, Row

OF_THE_CRAWL: Final = {
    "fetched_at",
    "first_seen_at",
    "last_seen_at",
    "capture_id",
}
"""What two crawls may say of one document, each in its own way."""

_MOST: Final = 5
_REDIRECT: Final = "redirect"
_BUSY: Final = "http_503"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of everything, but for when it did."""

    documents: dict[str, Row]
    links: dict[tuple[str, ...], tuple[str, ...]]
    """Kind, state and reason of each address of each crawl."""
    outcomes: dict[str, str]
    """What each address was taken for when it was last answered."""

    @classmethod
    def at(cls, place: Place) -> Kept:
        documents, captures, pages = place.rows("documents", "captures", "pages")
        return cls(
            {f"{row['site']}/{row['doc_id']}": _plain(row) for row in documents},
            {(str(row["hash"]),): _link(row) for row in pages},
            _outcomes(captures),
        )

    def differences(self, wanted: Kept) -> Iterator[str]:
        """Yield how this differs from what is *wanted*, a line each."""
        for name in ("documents", "links", "outcomes"):
            yield from _differences(name, getattr(self, name), getattr(wanted, name))


def faults(place: Place, wanted: Kept) -> list[str]:
    """Return all that is wrong with a crawl that has ended, held against what is *wanted*."""
    pages, documents, captures = place.rows("pages", "documents", "captures")
    states = Counter(row["state"] for row in pages)
    ids = {row["record_id"] for row in captures}
    lost = [row["url"] for row in documents if row["capture_id"] not in ids]
    return [
        *Kept.at(place).differences(wanted),
        *(f"{states[state]} pages are {state}" for state in ("leased", "due") if states[state]),
        *(f"{url}: the capture that it was read from is not kept" for url in lost),
        *torn_rows(place),
        *unknown_records(place),
        *damaged_files(place),
    ]


def untrue(exported: str, truth: Iterable[Mapping[str, object]]) -> list[str]:
    """Return how the lines of an export differ from the truth."""
    said = {}
    for line in exported.splitlines():
        record = json.loads(line)
        del record["fetched_at"], record["reader"]
        said[str(record["doc_id"])] = record
    wanted = {str(record["doc_id"]): dict(record) for record in truth}
    return list(_differences("truth", said, wanted))


def _plain(row: Row) -> Row:
    plain = {name: value for name, value in row.items() if name not in OF_THE_CRAWL}
    # PostgreSQL gives values, SQLite gives texts.
    for name in ("missing", "tags"):
        if isinstance(plain[name], str):
            plain[name] = json.loads(plain[name])
    plain["uploaded_on"] = plain["uploaded_on"] and str(plain["uploaded_on"])
    return plain


def _link(row: Row) -> tuple[str, ...]:
    return (str(row["kind"]), str(row["state"]), str(row["reason"]))


def _outcomes(captures: list[Row]) -> dict[str, str]:
    """Return the last verdict of each address; of a document, whatever address led to it.

    What passes is none where there is another: a clock that jumps makes no order.
    """
    outcomes: dict[str, str] = {}
    for row in sorted(captures, key=lambda row: (row["verdict"] != _BUSY, str(row["captured_at"]))):
        key = key_of(row["url"])
        if row["verdict"] != _REDIRECT or key not in outcomes:
            outcomes[key] = row["verdict"]
    return outcomes


def _differences(name: str, got: dict[Any, Any], wanted: dict[Any, Any]) -> Iterator[str]:
    for what, keys in (
        ("missing", wanted.keys() - got.keys()),
        ("too many", got.keys() - wanted.keys()),
    ):
        if keys:
            yield f"{name}: {len(keys)} {what}, such as {sorted(keys)[:_MOST]}"
    other = [key for key in got.keys() & wanted.keys() if got[key] != wanted[key]]
    if other:
        pairs = [f"{key}: {_shorter(got[key], wanted[key])}" for key in sorted(other)[:_MOST]]
        yield f"{name}: {len(other)} differ, such as {'; '.join(pairs)}"


def _shorter(got: object, wanted: object) -> str:
    if isinstance(got, dict) and isinstance(wanted, dict):
        names = [name for name in got.keys() | wanted.keys() if got.get(name) != wanted.get(name)]
        got = {name: got.get(name) for name in names}
        wanted = {name: wanted.get(name) for name in names}
    return f"{got!r} instead of {wanted!r}"
