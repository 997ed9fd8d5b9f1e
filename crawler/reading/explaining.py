"""Why a page was read so: for each field what won, what lost and for what reason.

A place is called what the page class calls it: ``label("大小")``, ``meta("og:title")``.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from crawler.reading import labels
from crawler.reading.explaining_generic import explain_generic
from crawler.reading.explanation import Candidate, Explanation
from crawler.reading.fields import AbsentField, Field, FirstField, LabelField
from crawler.reading.generic import GenericPage
from crawler.reading.layout import FIELD_NAMES, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.reading.fields import TextField
    from crawler.reading.page import DocumentPage

_Leaf: TypeAlias = "tuple[TextField, str, bool]"
"""A field that is no list of others, what it is called, and whether every layout has it."""
_LONGEST: Final = 60
"""So many characters of a value or a line are shown."""
_MOST_STRAYS: Final = 3
_KEYS: Final = {"size": "size_bytes", "date": "uploaded_on"}
"""What the record calls fields that a page class calls otherwise."""


def explain(page: DocumentPage) -> list[Explanation]:
    """Return what was considered for each field of *page*, in the fields' order."""
    if isinstance(page, GenericPage):
        return explain_generic(page)
    strays = _strays(page)
    return [_explain(page, name, strays) for name in FIELD_NAMES]


def explain_text(page: DocumentPage, record: Mapping[str, object] | None) -> Iterator[str]:
    """Yield the lines that explain *page* to a person; *record* is what it gives, if anything."""
    if isinstance(page, GenericPage):
        yield "read by the generic page, which knows labels of many languages and no site"
        signs = ", ".join(page.document_signs)
        told = "it is a document by its" if record else "refused, although it shows a document's"
        yield f"{told} {signs}" if signs else "nothing says that it is a document"
    else:
        yield f"read by {page.site}/{page.version}, layout {page.layout.__name__}"
        start = page.start_of(page.layout.preview)
        shown = "is not found" if start is None else f"begins in line {start + 1}"
        yield f"the preview {shown}; labels count before it"
    for explanation in explain(page):
        value = (record or {}).get(_KEYS.get(explanation.name, explanation.name))
        yield f"{explanation.name}: {_cut(str(value))}" if value else explanation.name
        counted = [one for one in explanation.candidates if not one.is_stray]
        strays = [one for one in explanation.candidates if one.is_stray]
        yield from (f"    {_told(page, one)}" for one in [*counted, *strays[:_MOST_STRAYS]])
        if len(strays) > _MOST_STRAYS:
            yield f"    and {len(strays) - _MOST_STRAYS} more such places"
        if not explanation.candidates:
            yield "    no place is named for it"


def _told(page: DocumentPage, candidate: Candidate) -> str:
    where = candidate.source
    if candidate.line is not None:
        where += f", line {candidate.line + 1} «{_cut(page.lines[candidate.line])}»"
    value = "" if candidate.value is None else f" «{_cut(candidate.value)}»"
    return f"lost{value}: {where}: {candidate.fault}" if candidate.fault else f"won{value}: {where}"


def _cut(text: str) -> str:
    text = " ".join(text[: _LONGEST * 2].split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _explain(page: DocumentPage, name: str, strays: list[Candidate]) -> Explanation:
    found: list[Candidate] = []
    has_won = False
    for field, source, is_common in _leaves(page.layout, name):
        for candidate in _candidates(page, field, source):
            fault = candidate.fault
            if not fault and has_won:
                fault = "a common place; the layout's own came first" if is_common else ""
                fault = fault or "another place came first"
            has_won = has_won or not fault
            if candidate.line is None or all(one.line != candidate.line for one in found):
                found.append(replace(candidate, fault=fault))
    if name == "doc_id" and not has_won:
        found.extend(_address(page))
    wanted = {f'label("{one}")' for one in _label_names(page.layout, name)}
    found.extend(stray for stray in strays if stray.source in wanted)
    return Explanation(name=name, candidates=tuple(found))


def _address(page: DocumentPage) -> Iterator[Candidate]:
    """Yield the ID in the page's address, which is the document's where the page prints none."""
    if doc_id := page.url_template.doc_id(page.url):
        yield Candidate(source="the page's address", value=doc_id)


def _candidates(page: DocumentPage, field: TextField, source: str) -> Iterator[Candidate]:
    """Yield what *field*, which is no list of others, finds on *page*, the best first."""
    if isinstance(field, AbsentField):
        yield Candidate(source=source, value=None, fault="the site never publishes it")
    elif isinstance(field, LabelField):
        yield from _labelled(page, field, source)
    else:
        value = field.read(page)
        line = _line_of(page, value) if value else None
        fault = "" if value else "nothing there"
        yield Candidate(source=source, value=value, line=line, fault=fault)


def _labelled(page: DocumentPage, field: LabelField, source: str) -> Iterator[Candidate]:
    """Yield what stands beside the labels of *field*, in the order in which it is preferred."""
    names = [name for name, _ in field.labels("doc_id")]
    found = [one for name in names for one in page.labelled.get(name, ())]
    found.sort(key=lambda one: (not one.is_of_kind, one.line))
    if not found:
        yield Candidate(source=source, value=None, fault="no such label in the header")
    for place, one in enumerate(found):
        fault = ""
        if place:
            fault = "further down" if one.is_of_kind else "does not look like such a value"
        yield Candidate(source=f'label("{one.label}")', value=one.value, line=one.line, fault=fault)


def _strays(page: DocumentPage) -> list[Candidate]:
    """Return what stands beside labels in places where they do not count."""
    counted = {(one.line, one.label) for found in page.labelled.values() for one in found}
    start = page.start_of(page.layout.preview)
    vocabulary = page.layout.vocabulary()
    found = []
    for one in labels.find(page.lines, list(page.lines), vocabulary):
        if (one.line, one.label) in counted:
            continue
        if one.line in page.lines.aside:
            fault = "in a block about other documents, or the page's furniture"
        elif start is not None and one.line >= start:
            fault = "in the preview, or behind its beginning"
        else:
            fault = "in the entry of another document"
        source = f'label("{one.label}")'
        found.append(
            Candidate(source=source, value=one.value, line=one.line, fault=fault, is_stray=True)
        )
    return found


def _label_names(layout: type[Layout], name: str) -> Iterator[str]:
    for sheet in dict.fromkeys((layout, Layout)):
        yield from (label for label, _ in getattr(sheet, name).labels(name))


def _line_of(page: DocumentPage, value: str) -> int | None:
    """Return the number of the first line that says *value*."""
    head = value.partition("\n")[0]
    return next((number for number in page.lines if head in page.lines[number]), None)


def _leaves(layout: type[Layout], name: str) -> Iterator[_Leaf]:
    """Yield the places where *layout* looks for the field *name*, in order."""
    own: TextField = getattr(layout, name)
    common: TextField = getattr(Layout, name)
    sheets: list[tuple[type[Layout], TextField]] = [(layout, own)]
    if own is not common and not isinstance(own, AbsentField):
        sheets.append((Layout, common))
    for sheet, field in sheets:
        owner = next(cls for cls in sheet.__mro__ if name in vars(cls))
        yield from _parts(field, _expression(owner, name), is_common=field is common)


def _parts(field: TextField, node: ast.expr | None, *, is_common: bool) -> Iterator[_Leaf]:
    if isinstance(field, FirstField):
        parts = field.fields
        nodes = node.args if isinstance(node, ast.Call) else []
        named = len(nodes) == len(parts) and not any(isinstance(n, ast.Starred) for n in nodes)
        for place, part in enumerate(parts):
            yield from _parts(part, nodes[place] if named else None, is_common=is_common)
    elif not _is_nowhere(field, node):
        yield field, _source(field, node), is_common


def _is_nowhere(field: TextField, node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "_NOWHERE" and type(field) is Field


def _source(field: TextField, node: ast.expr | None) -> str:
    if isinstance(field, LabelField):
        names = (f'"{name}"' for name, _ in field.labels("doc_id"))
        return f"label({', '.join(names)})"
    if node is not None:
        return ast.unparse(node).replace("'", '"')
    return f"@field {field.name}" if field.name else type(field).__name__


@cache
def _expression(owner: type, name: str) -> ast.expr | None:
    """Return what the attribute *name* is assigned in the source of the class *owner*."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    except (OSError, SyntaxError):
        return None
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return None
