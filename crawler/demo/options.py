"""What a demo site is made of, and how often its answers go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def _number(default: int, least: int, most: int, what: str) -> int:
    number: int = field(default=default, metadata={"what": what, "bounds": (least, most)})
    return number


def _rate(default: float, what: str) -> float:
    rate: float = field(default=default, metadata={"what": what})
    return rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The share of documents, or of addresses, that each trouble befalls: 0 to 1."""

    gbk: float = _rate(0.05, "documents' pages in GBK")
    gzip: float = _rate(0.3, "addresses answered with gzip, where the client takes it")
    validators: float = _rate(0.5, "addresses with ETag and Last-Modified, and so with 304")
    redirect: float = _rate(0.05, "documents that lists link by an address that redirects")
    not_found: float = _rate(0.02, "documents beside which lists link one that does not exist")
    deleted: float = _rate(0.02, "documents whose page says that they were deleted")
    captcha: float = _rate(0.01, "documents behind a captcha, answered with 200")
    unavailable: float = _rate(0.02, "addresses first answered 503, with Retry-After of 1 s")
    slow: float = _rate(0.02, "addresses answered after 0.2 to 1 second")


RATES: Final = {rate.name: str(rate.metadata["what"]) for rate in fields(Rates)}
"""Each rate's name, and what it is the share of."""

NO_FAULTS: Final = Rates(**dict.fromkeys(RATES, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What a demo site is made of. Equal options make equal sites, byte for byte."""

    documents: int = _number(300, 1, 5_000_000, "documents, over both sites")
    seed: int = _number(1, 0, 2**63 - 1, "another seed makes other sites")
    page_bytes: int = _number(
        30_000, 0, 2**25, "about how long a document's page is, unless its text is longer"
    )
    crawl_delay_seconds: int = _number(
        0, 0, 3_600, "the Crawl-delay that robots.txt asks for; 0: none"
    )
    rates: Rates = Rates()


NUMBERS: Final = {
    number.name: str(number.metadata["what"]) for number in fields(DemoOptions) if number.metadata
}
"""The name of each option that is a whole number, and what it says."""


def parse_options(values: Mapping[str, str | None], *, faults: bool = True) -> DemoOptions:
    """Return the options that *values* name, each as it was typed; ``None`` is a default.

    Rates are named ``rate_gbk`` and so on; without *faults* those that are not named are 0.
    Raise ``UsageError`` for a value that makes no sense.

    >>> parse_options({"documents": "50", "rate_gbk": "1"}, faults=False).rates.gbk
    1.0
    """
    numbers = {
        name: parse_number(name, text, *_BOUNDS[name])
        for name in NUMBERS
        if (text := values.get(name)) is not None
    }
    usual = Rates() if faults else NO_FAULTS
    rates = {name: getattr(usual, name) for name in RATES} | {
        name: _parse_rate(f"rate_{name}", text)
        for name in RATES
        if (text := values.get(f"rate_{name}")) is not None
    }
    return DemoOptions(**numbers, rates=Rates(**rates))


def parse_number(name: str, text: str, least: int, most: int) -> int:
    """Return the whole number *text*, or raise ``UsageError`` that names its option."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise UsageError(f"{flag(name)} {text}: give a whole number from {least} to {most}")
    return number


def flag(name: str) -> str:
    """Return how an option is typed.

    >>> flag("page_bytes")
    '--page-bytes'
    """
    return "--" + name.replace("_", "-")


def _parse_rate(name: str, text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1
    if not 0 <= rate <= 1:
        raise UsageError(f"{flag(name)} {text}: give a number from 0 to 1")
    return rate


_BOUNDS: Final = {
    number.name: number.metadata["bounds"] for number in fields(DemoOptions) if number.metadata
}
