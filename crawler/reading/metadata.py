"""What a page says for machines: meta tags, JSON-LD, microdata and scripts.

Microdata is read into the shape of JSON-LD, so that one path finds a value in either: an object
has ``@type`` and its properties, each with one value or a list of them.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.reading.literals import Value, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

KINDS: Final = (
    (
        "digitaldocument presentationdigitaldocument textdigitaldocument report thesis book "
        "spreadsheetdigitaldocument scholarlyarticle learningresource dataset publicationissue "
        "chapter manuscript booksection publicationvolume legislation"
    ).split(),
    "mediaobject creativework article techarticle document imageobject".split(),
    "product newsarticle blogposting socialmediaposting".split(),
    "webpage itempage".split(),
)
"""The types, in lower case, of things that may be the document: the likeliest first."""

_MOST: Final = 5000
"""No more objects, properties or scripts are looked at on one page."""
_MOST_TEXT: Final = 10_000
"""A property's text has fewer characters than this, or is cut."""
_NESTED: Final = ("@graph", "mainEntity", "mainEntityOfPage", "about")
_ADDRESSED: Final = frozenset("a area link".split())
_SOURCED: Final = frozenset("audio embed iframe img source track video".split())
_TYPE: Final = re.compile(r"[^/#:]+$")


def meta_tags(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """Return the contents of the ``<meta>`` tags, in page order, by name in lower case.

    ``property=``, ``name=`` and ``itemprop=`` are all names; ``value=`` stands in for
    ``content=``.
    """
    found: dict[str, list[str]] = {}
    tagged = (node.attributes for node in tree.tags("meta"))
    filled = (tag for tag in tagged if "content" in tag or "value" in tag)
    for attributes in islice(filled, _MOST):
        content = (attributes.get("content") or attributes.get("value") or "").strip()
        for name in (attributes.get("property"), attributes.get("name")):
            if name and name.strip() and content:
                contents = found.setdefault(name.strip().lower(), [])
                if content not in contents:
                    contents.append(content)
    return found


def json_ld(tree: LexborHTMLParser, url: str) -> list[Value]:
    """Return the objects of the page's JSON-LD that may be its document, the likeliest first."""
    found: list[Value] = []
    for node in tree.css('script[type*="ld+json" i]')[:_MOST]:
        found += _objects(script_data(node.text(deep=True)))
        if len(found) > _MOST:
            break
    return _of_document(found, url)


def microdata(tree: LexborHTMLParser, url: str) -> list[Value]:
    """Return the items of the page's microdata that may be its document, the likeliest first.

    The last is an object of all properties that stand in no item.
    """
    items: dict[int, dict[str, Value]] = {}
    loose: dict[str, Value] = {}
    top: list[Value] = []
    for node in tree.css("[itemscope], [itemprop]")[:_MOST]:
        attributes = node.attributes
        own: Value = None
        if "itemscope" in attributes:
            own = items[node.mem_id] = {"@type": _type_name(attributes.get("itemtype") or "")}
            if item_id := attributes.get("itemid"):
                items[node.mem_id]["@id"] = item_id
        owner = _owner(node, items)
        names = (attributes.get("itemprop") or "").split()
        if own is not None and (owner is None or not names):
            top.append(own)
        value = own if own is not None else _property(node)
        for name in names if value not in ("", None) else ():
            _add(loose if owner is None else owner, name, value)
    return [*_of_document(top, url), *([loose] if loose else [])]


def _owner(node: LexborNode, items: dict[int, dict[str, Value]]) -> dict[str, Value] | None:
    above = node.parent
    for _ in range(_DEEPEST):
        if above is None:
            return None
        if above.mem_id in items:
            return items[above.mem_id]
        above = above.parent
    return None


_DEEPEST: Final = 200


def scripts(tree: LexborHTMLParser) -> list[str]:
    """Return the page's inline scripts, in order."""
    nodes = tree.css("script:not([src])")[:_MOST]
    return [text for node in nodes if (text := node.text(deep=True)).strip()]


def script_data(text: str) -> Value:
    """Return the JSON in an element's or an attribute's *text*, which may be escaped for HTML.

    >>> script_data('{&quot;pages&quot;: 3}')
    {'pages': 3}
    """
    value = parse_json(text)
    if value is None and "&" in text:
        value = parse_json(html.unescape(text))
    return value


def values_at(data: Value, path: str = "") -> Iterator[str]:
    """Yield the texts at a dotted *path* in *data*, those of every element of a list.

    A part of a path may be a place in a list, or the type of an interaction: the number of an
    ``InteractionCounter``, or of ``UserDownloads:52``. Where a text stands for an object, it is
    its name.

    >>> data = {"author": [{"name": "Li"}, "Wang"], "interactionCount": "UserDownloads:52"}
    >>> list(values_at(data, "author.name")), list(values_at(data, "interactionCount.Downloads"))
    (['Li', 'Wang'], ['52'])
    """
    yield from _texts(data, path.split(".") if path else ())


def _texts(data: Value, parts: Sequence[str]) -> Iterator[str]:
    if isinstance(data, list):
        if parts and parts[0].isdigit():
            chosen, parts = data[int(parts[0][:_DIGITS]) :][:1], parts[1:]
        else:
            chosen = data[:_MOST]
        for value in chosen:
            yield from _texts(value, parts)
    elif isinstance(data, dict):
        yield from _texts_of(data, parts)
    elif isinstance(data, str):
        head, colon, count = data.partition(":")
        if not parts or list(parts) == ["name"]:
            yield data.strip()
        elif colon and len(parts) == 1 and parts[0] in head:
            yield count.strip()
    elif isinstance(data, int | float) and not isinstance(data, bool) and not parts:
        yield f"{data:.15g}" if isinstance(data, float) else str(data)


def _texts_of(data: dict[str, Value], parts: Sequence[str]) -> Iterator[str]:
    if not parts:
        name = data.get("@value", data.get("name"))
        if isinstance(name, str | int | float):
            yield from _texts(name, ())
    elif parts[0] in data:
        yield from _texts(data[parts[0]], parts[1:])
    elif len(parts) == 1 and parts[0] in _interaction(data):
        yield from _texts(data.get("userInteractionCount"), ())


_DIGITS: Final = 6


def _interaction(data: dict[str, Value]) -> str:
    """Return the name of the action that an ``InteractionCounter`` counts."""
    action = data.get("interactionType")
    if isinstance(action, dict):
        action = action.get("@type", action.get("@id"))
    return action if isinstance(action, str) else ""


def _objects(data: Value) -> list[Value]:
    """Return the objects in a JSON-LD text that are not part of another's list."""
    found: list[Value] = []
    waiting: list[tuple[Value, int]] = [(data, 0)]
    while waiting and len(found) < _MOST:
        value, depth = waiting.pop(0)
        if isinstance(value, list):
            waiting += [(one, depth) for one in value[:_MOST] if isinstance(one, dict)]
        elif isinstance(value, dict):
            found.append(value)
            if depth < _NESTING:
                waiting += [(value[name], depth + 1) for name in _NESTED if name in value]
    return found


_NESTING: Final = 4


def _of_document(found: list[Value], url: str) -> list[Value]:
    """Return those of *found* that may be the page's document, the likeliest first.

    Of several of one kind, one that gives another address is about another document.
    """
    ranked: list[tuple[int, int, Value]] = []
    for value in found:
        if not isinstance(value, dict):
            continue
        kinds = {name.lower() for name in _type_names(value)}
        rank = next((n for n, names in enumerate(KINDS) if kinds & set(names)), None)
        if rank is not None:
            ranked.append((rank, _strangeness(value, url), value))
    ranked.sort(key=lambda entry: entry[:2])
    alike = {rank for rank, strange, _ in ranked if not strange}
    return [value for rank, strange, value in ranked if not (strange > 1 and rank in alike)]


def _strangeness(value: dict[str, Value], url: str) -> int:
    """Tell how sure it is that *value* is not about the page at *url*: 0, 1 or 2."""
    given = [value.get(name) for name in ("url", "@id", "mainEntityOfPage")]
    flat = [one.get("@id") if isinstance(one, dict) else one for one in given]
    paths = {_path(one) for one in flat if isinstance(one, str) and "/" in one}
    if not paths:
        return 1
    return 0 if _path(url) in paths else 2


def _path(url: str) -> str:
    try:
        return urlsplit(url.strip()).path.rstrip("/")
    except ValueError:
        return ""


def _type_names(value: dict[str, Value]) -> list[str]:
    given = value.get("@type")
    names = given if isinstance(given, list) else [given]
    return [_type_name(name) for name in names if isinstance(name, str)]


def _type_name(text: str) -> str:
    found = _TYPE.search(text.strip().split(" ")[0].rstrip("/#"))
    return found[0] if found else ""


def _property(node: LexborNode) -> str:
    """Return the value of a microdata property that is no item."""
    attributes, tag = node.attributes, node.tag or ""
    names = ["content"]
    if tag == "time":
        names.append("datetime")
    elif tag in _ADDRESSED:
        names.append("href")
    elif tag in _SOURCED:
        names.append("src")
    elif tag in {"data", "meter"}:
        names.append("value")
    for name in names:
        if value := (attributes.get(name) or "").strip():
            is_link = name == "href" and tag == "a"
            return _text(node) or value if is_link else value
    return _text(node)


def _text(node: LexborNode) -> str:
    return " ".join(node.text(deep=True).split())[:_MOST_TEXT]


def _add(item: dict[str, Value], name: str, value: Value) -> None:
    if name not in item:
        item[name] = value
    elif isinstance(known := item[name], list):
        known.append(value)
    else:
        item[name] = [known, value]
