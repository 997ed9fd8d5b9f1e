"""Why the generic page read a page as it did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.reading import facts
from crawler.reading.explanation import Candidate, Explanation
from crawler.reading.layout import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.reading.facts import Fact
    from crawler.reading.generic import GenericPage

_NOT_DIGITS: Final = re.compile(r"\D+")
_MOST_TITLES: Final = 5


def explain_generic(page: GenericPage) -> list[Explanation]:
    """Return what was considered for each field of *page*, in the fields' order."""
    strays = [fact for fact in facts.find(page.lines, list(page.lines)) if fact not in page.facts]
    return [
        Explanation(name=name, candidates=(*_considered(page, name), *_strays(page, name, strays)))
        for name in FIELD_NAMES
    ]


def _considered(page: GenericPage, name: str) -> Iterator[Candidate]:
    if name == "title":
        for place, title in enumerate(page.titles[:_MOST_TITLES]):
            fault = "less likely to be the whole title" if place else ""
            yield Candidate(source="a heading, <title> or a tag", value=title, fault=fault)
    elif name == "preview":
        numbers = page.main_text.numbers
        line = numbers[0] if numbers else None
        fault = "" if page.preview_text else "no text that is clearly the document's"
        yield Candidate(source="the main text", value=page.preview_text, line=line, fault=fault)
    elif name == "doc_id":
        yield from _labelled(page, name, page.url_template.doc_id(page.url), "the page's address")
    else:
        yield from _labelled(page, name, page.value(name), "what the page says for machines")


def _labelled(page: GenericPage, name: str, value: str | None, other: str) -> Iterator[Candidate]:
    """Yield the labelled facts of the field *name*; *value* is what it was read to.

    It came from the place *other* if none of them says it.
    """
    own = [fact for fact in page.facts if fact.field == name]
    winner = next((fact for fact in own if value and _says(fact, value)), None)
    if winner is None and own and value and name != "doc_id":
        winner = own[0]
    if value and winner is None:
        yield Candidate(source=other, value=value)
    for fact in sorted(own, key=lambda fact: fact is not winner):
        fault = "" if fact is winner else "another place came first"
        if not value:
            fault = "it makes no sense, or could mean several things, or others say otherwise"
        yield _candidate(fact, fault)
    if not own and not value:
        yield Candidate(source=other, value=None, fault="nothing there, and no label for it")


def _says(fact: Fact, value: str) -> bool:
    digits = _NOT_DIGITS.sub("", value)
    return value in fact.value or (bool(digits) and _NOT_DIGITS.sub("", fact.value) == digits)


def _strays(page: GenericPage, name: str, strays: list[Fact]) -> Iterator[Candidate]:
    """Yield the labelled facts of the field *name* that are not taken for the document's."""
    text = set(page.main_text.numbers)
    for fact in strays:
        if fact.field != name:
            continue
        if fact.line in page.lines.aside:
            fault = "in a block about other documents, or the page's furniture"
        elif fact.line in text:
            fault = "in the document's text"
        else:
            fault = "in an entry of a list, in a sentence, or behind the comments"
        yield _candidate(fact, fault, is_stray=True)


def _candidate(fact: Fact, fault: str, *, is_stray: bool = False) -> Candidate:
    source = f'label("{fact.label}")' if fact.label else "a value without a label"
    return Candidate(
        source=source, value=fact.value, line=fact.line, fault=fault, is_stray=is_stray
    )
