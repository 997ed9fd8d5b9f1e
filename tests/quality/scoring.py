"""The score: how much of what pages say is read, and how much of what is read they say.

A value that is right is a hit; one that is wrong counts against precision and recall, one that is
missing against recall, one that no page states against precision. A page that is no document and
gives a record counts against the precision of the field ``record``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from scrapy.settings import Settings

from crawler.errors import PageError
from crawler.fetching.sites import sites
from crawler.items import FIELDS, to_record
from crawler.reading import normalise
from crawler.reading.generic import GenericPage
from crawler.reading.judging import DOCUMENT, read_answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.reading import DocumentPage
    from tests.quality.cases import Case

SCORED: Final = tuple(
    name for name in FIELDS if name not in {"url", "missing", "fetched_at", "reader"}
)
"""The fields of the record that are compared."""
RECORD: Final = "record"
"""What is scored besides them: that a document gives a record, and nothing else does."""
CAPTURED: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
_ENOUGH: Final = 0.9
_GRAM: Final = 4


@dataclass(slots=True)
class Tally:
    """How often values were right, wrong, or missing."""

    hits: int = 0
    false: int = 0
    """Values that were read and are not what the page says."""
    missed: int = 0
    """Values that the page says and that were not read."""

    @property
    def precision(self) -> float:
        """The share of what was read that is right."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """The share of what the pages say that was read."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 1.0

    def add(self, other: Tally) -> None:
        """Count what *other* counted, too."""
        self.hits += other.hits
        self.false += other.false
        self.missed += other.missed


@dataclass(frozen=True, slots=True)
class Result:
    """What reading one page gave."""

    case: Case
    record: dict[str, object] | None
    reason: str
    """Why there is no record; empty if there is one."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    """By field."""
    faults: list[str] = field(default_factory=list)
    """What is wrong, a line each."""

    @property
    def tally(self) -> Tally:
        """All fields of the page together."""
        return total(self.tallies.values())


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of *tallies*."""
    whole = Tally()
    for one in tallies:
        whole.add(one)
    return whole


def run(cases: Iterable[Case]) -> list[Result]:
    """Return the result of each of *cases*."""
    return [judge(case, *read(case)) for case in cases]


def read(case: Case) -> tuple[dict[str, object] | None, str]:
    """Return the record of a case's page, or why there is none."""
    reading = read_answer(
        page_class(case.url),
        asked=case.url,
        landed=case.url,
        content_type=case.content_type,
        body=case.body,
        captured_at=CAPTURED,
    )
    if reading.document is None or reading.verdict != DOCUMENT:
        return None, reading.verdict
    return to_record(normalise(reading.document)), ""


@cache
def _known() -> dict[str, type[DocumentPage]]:
    found = sites(Settings({"SPIDER_MODULES": ["spiders"]}))
    return {name: spider.page for name, spider in found.items()}


def page_class(url: str) -> type[DocumentPage]:
    """Return the class that reads the page at *url*: its site's, or the generic one."""
    for name, page in _known().items():
        if name != "generic" and page.url_template.on_site(url):
            return page
    return GenericPage.at(url)


def judge(case: Case, record: dict[str, object] | None, reason: str) -> Result:
    """Return how *record* compares with what the page of *case* says."""
    result = Result(case, record, reason)
    if case.expected is None or record is None:
        _judge_record(result)
        return result
    result.tallies[RECORD] = Tally(hits=1)
    for name in SCORED:
        if name not in case.ignored:
            _judge_field(result, name, case.expected.get(name), record[name])
    return result


def _judge_record(result: Result) -> None:
    """Compare whether there is a record at all, and the reason if there is none."""
    case = result.case
    if case.expected is None:
        is_right = result.record is None and (not case.reasons or result.reason in case.reasons)
        result.tallies[RECORD] = Tally(false=int(result.record is not None))
        if not is_right:
            got = result.reason or f"a record: {result.record and result.record['title']}"
            result.faults.append(f"refused: wanted {' or '.join(case.reasons) or 'it'}, got {got}")
            result.tallies["reason"] = Tally(false=1, missed=1)
        else:
            result.tallies["reason"] = Tally(hits=1)
        return
    result.tallies[RECORD] = Tally(missed=1)
    for name in set(case.expected) & set(SCORED) - case.ignored:
        result.tallies[name] = Tally(missed=1)
    result.faults.append(f"no record: {result.reason}")


def _judge_field(result: Result, name: str, wanted: object, got: object) -> None:
    if wanted is None and got is None:
        return
    tally = result.tallies[name] = Tally()
    if wanted is not None and _is_right(result.case, name, wanted, got):
        tally.hits = 1
        return
    tally.false = int(got is not None)
    tally.missed = int(wanted is not None)
    result.faults.append(f"{name}: wanted {shown(wanted)}, got {shown(got)}")


def _is_right(case: Case, name: str, wanted: object, got: object) -> bool:
    if name == "language":
        return str(got).partition("-")[0] == str(wanted).partition("-")[0]
    if name == "preview" and isinstance(got, str) and isinstance(wanted, str):
        if case.is_close:
            return likeness("".join(wanted.split()), "".join(got.split())) >= _ENOUGH
        return "".join(wanted.split()) == "".join(got.split())
    if isinstance(got, tuple):
        got = list(got)
    return got == wanted


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1, by the runs of four characters in them."""
    first, second = (
        Counter(text[at : at + _GRAM] for at in range(len(text))) for text in (one, other)
    )
    size = first.total() + second.total()
    return 2 * (first & second).total() / size if size else 1.0


def shown(value: object, most: int = 60) -> str:
    """Return *value* as one short line shows it."""
    text = repr(value)
    return (
        text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 3 :]} ({len(text)})"
    )


def by(results: Iterable[Result], key: str) -> dict[str, Tally]:
    """Return the tallies of *results* by ``part``, ``field``, ``site``, ``language``, ``style``."""
    found: dict[str, Tally] = {}
    for result in results:
        for name, tally in result.tallies.items():
            group = name if key == "field" else str(getattr(result.case, key))
            found.setdefault(group, Tally()).add(tally)
    return found


def crashes(results: Iterable[Result]) -> list[Result]:
    """Return the results of pages that were refused for no reason that has a name."""
    names = {kind.reason for kind in PageError.__subclasses__()} | {"list", "no_links", "empty"}
    return [one for one in results if one.reason and one.reason not in names | {"not_html"}]
