"""The truth: every fact of every document, worked out from its number whenever it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from crawler.demo import prose
from crawler.demo.draws import Draws
from crawler.items import EXPLAINED, Document

if TYPE_CHECKING:
    from crawler.demo.options import DemoOptions
    from crawler.demo.sites import Site
    from crawler.items import Reason

T = TypeVar("T")

_FIRST_DAY: Final = date(2008, 1, 1)
_DAYS: Final = 5_800
_STYLES: Final = 4
_REMEMBERED: Final = 4_096


class Fate(Enum):
    """What a document's address answers."""

    SHOWN = "its page"
    DELETED = "a notice that it was deleted"
    WALLED = "a captcha"


@dataclass(frozen=True, slots=True)
class Printed(Generic[T]):
    """A value beside its label: as the page prints it, and what it means."""

    text: str | None
    """``None``: the label is not there either."""
    value: T | None

    @property
    def reason(self) -> Reason:
        """Why there is no value, if there is none."""
        return "bad_value" if self.text else "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything about one document but its text."""

    number: int
    doc_id: str
    title: str
    extension: str
    """With its dot, as printed after the title, or empty."""
    file_format: Printed[str]
    size: Printed[int]
    page_count: Printed[int]
    day: date
    """The day of upload, printed or not."""
    date: Printed[date]
    category: str
    price: str | None
    style: int
    """Which of its site's markups the page is written in."""
    colon: str

    @property
    def shown_title(self) -> str:
        """The title as its page prints it."""
        return self.title + self.extension


@dataclass(frozen=True, slots=True)
class Text:
    """A document's free text."""

    paragraphs: tuple[str, ...]
    slice_length: int
    """The characters of a numbered slice; 0: paragraphs are printed as they are."""


class Catalogue:
    """The documents of one site, by number, counted from zero."""

    def __init__(self, site: Site, options: DemoOptions) -> None:
        self.site = site
        self.options = options
        self.count = site.share(options.documents)
        self._key = (options.seed, site.name)
        self._shift = Draws(*self._key).below(site.ids)
        self.facts = lru_cache(_REMEMBERED)(self._facts)
        """Everything about a document, by its number, but its text."""

    def doc_id(self, number: int) -> str:
        """Return the ID of document *number*; beyond ``count``, one that no document has."""
        site = self.site
        return str(site.first_id + (number * site.stride + self._shift) % site.ids)

    def number(self, doc_id: str) -> int | None:
        """Return the number of the document *doc_id*, or ``None`` if there is no such one."""
        site = self.site
        at = int(doc_id) - site.first_id - self._shift
        number = at * site.inverse_stride % site.ids
        return number if number < self.count and self.doc_id(number) == doc_id else None

    def draws(self, number: int, purpose: str) -> Draws:
        """Return the choices about document *number* for a *purpose*."""
        return Draws(*self._key, number, purpose)

    def fate(self, number: int) -> Fate:
        """Return what the address of document *number* answers."""
        draws, rates = self.draws(number, "fate"), self.options.rates
        if draws.chance(rates.deleted):
            return Fate.DELETED
        return Fate.WALLED if draws.chance(rates.captcha) else Fate.SHOWN

    def _facts(self, number: int) -> Facts:
        draws, site = self.draws(number, "facts"), self.site
        extension = f".{draws.one_of(site.extensions)}" if draws.chance(site.extension_rate) else ""
        day = _FIRST_DAY + timedelta(days=draws.below(_DAYS))
        return Facts(
            number=number,
            doc_id=self.doc_id(number),
            title=prose.title(draws),
            extension=extension,
            file_format=_file_format(draws, extension, site),
            size=_size(draws, site.unit_space),
            page_count=_page_count(draws),
            day=day,
            date=_date(draws, day),
            category=site.category(number),
            price=None if draws.chance(0.03) else draws.one_of(_PRICES),
            style=draws.below(_STYLES),
            colon=draws.one_of("：:"),
        )

    def text(self, number: int) -> Text:
        """Return the free text of document *number*; without paragraphs, its page has none."""
        draws, key = self.draws(number, "text"), (*self._key, number, "prose")
        if draws.chance(0.03):
            return Text((), 0)
        if (length := self.site.slice_length) and draws.chance(self.site.sliced_rate):
            slices = draws.between(self.site.least_slices, 7)
            run = prose.run((slices - 1) * length + draws.between(40, length), *key)
            opening = self.facts(number).title if draws.chance(self.site.opening_rate) else ""
            run = _solid_at_cuts((opening + run)[: slices * length], length)
            return Text((run,), length)
        return Text(tuple(_numbered(draws, prose.paragraphs(draws.between(3, 30), *key))), 0)

    def document(self, number: int) -> Document | None:
        """Return the record that a perfect crawl keeps of *number*; ``None`` if it shows none.

        What a crawl itself adds, ``fetched_at`` and ``reader``, is left meaningless.
        """
        if self.fate(number) is not Fate.SHOWN:
            return None
        facts, named = self.facts(number), self.site.named
        preview = "\n".join(self.text(number).paragraphs) or None
        printed: dict[str, Printed[str] | Printed[int] | Printed[date]] = {
            "file_format": facts.file_format,
            "size_bytes": facts.size,
            "page_count": facts.page_count,
            "uploaded_on": facts.date,
            "preview": Printed(preview, preview),
        }
        values = {name: printed[name].value for name in EXPLAINED if name in printed.keys() & named}
        if facts.extension:
            values["file_format"] = facts.extension[1:]
        missing: dict[str, Reason] = {
            name: printed[name].reason if name in named else "not_published"
            for name in EXPLAINED
            if values.get(name) is None
        }
        return Document(
            site=self.site.name,
            doc_id=facts.doc_id,
            url=self.site.canonical_url(facts.doc_id),
            title=facts.title,
            category=facts.category if "category" in named else None,
            price=facts.price if "price" in named else None,
            language="zh" if values.get("preview") else None,
            text_quality="ok" if values.get("preview") else None,
            missing=missing,
            fetched_at=datetime.min.replace(tzinfo=UTC),
            reader="",
            **values,  # type: ignore[arg-type]  # each under its own name
        )


_PRICES: Final = ("4", "6.99金币", "9.9金币", "12金币", "16金币", "10积分", "20积分")


def _file_format(draws: Draws, extension: str, site: Site) -> Printed[str]:
    name = extension[1:] or draws.one_of(site.extensions)
    return Printed(None, None) if draws.chance(0.04) else Printed(name.upper(), name)


def _size(draws: Draws, space: str) -> Printed[int]:
    if draws.chance(0.09):
        return Printed(draws.one_of((None, "", "未知")), None)
    if draws.chance(0.3):
        hundredths, unit, factor = draws.between(100, 4_500), "MB", 1024**2
    else:
        hundredths, unit, factor = draws.between(1_000, 99_999), "KB", 1024
    number = f"{hundredths // 100}.{hundredths % 100:02}"
    if not space and draws.chance(0.3):
        number = number[:-3]
    return Printed(f"{number}{space}{unit}", round(float(number) * factor))


def _page_count(draws: Draws) -> Printed[int]:
    if draws.chance(0.06):
        return Printed(draws.one_of((None, "0页")), None)
    pages = draws.between(1, 240)
    return Printed(f"{pages}页", pages)


def _date(draws: Draws, day: date) -> Printed[date]:
    if draws.chance(0.06):
        return Printed(draws.one_of((None, "", "0000-00-00", "2019-02-30")), None)
    return Printed(day.isoformat(), day)


def _solid_at_cuts(run: str, length: int) -> str:
    """Return *run* without blanks where slices begin or end, since pages do not keep those."""
    run = run.rstrip()
    for cut in range(length, len(run), length):
        for at in (cut - 1, cut):
            if run[at] == " ":
                run = f"{run[:at]}-{run[at + 1 :]}"
    return run


def _numbered(draws: Draws, paragraphs: list[str]) -> list[str]:
    """Return *paragraphs*, three of which may bear numbers of their own, as slices do."""
    if draws.chance(0.6):
        return paragraphs
    first = draws.below(len(paragraphs) - 2)
    return [
        f"{at - first + 1}、{text}" if first <= at < first + 3 else text
        for at, text in enumerate(paragraphs)
    ]
