"""The cases of the corpus: from the compact files in ``cases/`` to whole pages.

A file describes layouts, ``[[page]]`` each; a layout gives ``times`` pages, each with a document,
a markup, a charset and decoys of its own. ``README.md`` here says what a file may state.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, field
from html import escape
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.quality.damage import DAMAGES
from tests.quality.decoys import DECOYS, body_numbers, body_page
from tests.quality.drafts import WORDS, Draft, draw, slices
from tests.quality.markup import STYLES, as_text, plain
from tests.quality.notation import Block, parse
from tests.quality.shells import SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("labels.toml").read_text(encoding="utf-8")
)
FOLDER: Final = Path(__file__).with_name("cases")
COLONS: Final = ":", "：", ": ", "： "
_NAME: Final = re.compile(r"\{(\w+)\}")
_DECOYS: Final = (
    "",
    "related",
    "labelled comments",
    "statistics related",
    "comments",
    "sidebar",
    "table_of_others statistics",
    "related comments sidebar",
)
_BODIES: Final = "", "numbers", "", "page", "", "", "numbers"
_LANGUAGES: Final = {"zh": "zh-CN", "zh-Hant": "zh-TW"}
_META_ONLY: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One page, and what reading it must give."""

    name: str
    part: str
    """``known``, ``generic``, ``held_out`` or ``none``."""
    site: str
    language: str
    url: str
    body: bytes
    content_type: str
    style: str
    expected: dict[str, object] | None
    """The fields that have a value; ``None`` if the page is no document."""
    reasons: tuple[str, ...] = ()
    """The reasons for which it may be refused; any, if none is named."""
    ignored: frozenset[str] = field(default_factory=frozenset)
    """Fields about which the page says too little to score them."""
    is_close: bool = False
    """Whether a preview is right that has nearly all of the text, and little else."""


def load() -> list[Case]:
    """Return all cases, in order."""
    turn = count()
    return [
        case
        for path in sorted(FOLDER.rglob("*.toml"))
        for case in _cases(path, tomllib.loads(path.read_text(encoding="utf-8")), turn)
    ]


def _cases(path: Path, file: dict[str, Any], turn: Iterator[int]) -> Iterator[Case]:
    part = path.parent.name
    shared = {name: value for name, value in file.items() if name != "page"}
    for page in file["page"]:
        spec = {**shared, **page}
        for language in spec.get("languages", spec.get("language", "zh")).split():
            for number in range(spec.get("times", 4)):
                name = f"{path.stem}/{spec['name']}/{language}/{number}"
                yield _case(name, part, language, spec, next(turn))


def _case(name: str, part: str, language: str, spec: dict[str, Any], turn: int) -> Case:
    if "{L_" in spec["text"]:
        spec = {**_local(name, part, language), **spec}
    draft = draw(name, language, spec)
    draft.words.update(spec.get("labels", {}))
    quality = spec.get("quality", "ok")
    paragraphs = DAMAGES[quality](draft.paragraphs, draft.rng)
    if "{listed}" in spec["text"]:
        paragraphs = [f"{n}、{line}" for n, line in enumerate(paragraphs, start=1)]
    paragraphs += _body_decoys(spec, language, turn)
    draft.truth["preview"] = "\n".join(paragraphs)
    expected, ignored = _expected(spec, part, draft)
    style = _turned(spec.get("styles", " ".join(STYLES)), turn)
    url = _filled(spec["url"], draft)
    is_text = spec.get("extract", False) and number_of(name) == 0
    charset = _turned(spec.get("charsets", "utf-8"), turn)
    html = _text(spec, draft, paragraphs, language, turn) if is_text else None
    body = html or _page(spec, draft, paragraphs, language, turn, style, charset)
    in_header = not is_text and turn % _META_ONLY == 0
    kind = "text/plain; charset=utf-8" if is_text else "text/html"
    return Case(
        name=name,
        part=part,
        site=_filled(spec["site"], draft),
        language=language,
        url=url,
        body=body.encode("utf-8" if is_text else charset, "xmlcharrefreplace"),
        content_type=f"{kind}; charset={charset}" if in_header else kind,
        style="text" if is_text else style,
        expected=None if part == "none" else expected,
        reasons=tuple(spec.get("reasons", "").split()),
        ignored=ignored,
        is_close=spec.get("preview", "exact" if part == "known" else "close") == "close",
    )


def _expected(
    spec: dict[str, Any], part: str, draft: Draft
) -> tuple[dict[str, object], frozenset[str]]:
    """Return the values that a page states, and the fields that it is not scored by."""
    wanted = spec.get("expect", "").split()
    expected = {field: draft.truth[field] for field in wanted}
    expected |= {field: _filled(value, draft) for field, value in spec.get("fixed", {}).items()}
    ignored = set(spec.get("ignore", "").split())
    quality = spec.get("quality", "ok")
    if "preview" in wanted:
        language = str(draft.truth["language"])
        expected |= {"language": _LANGUAGES.get(language, language), "text_quality": quality}
    else:
        ignored |= {"language", "text_quality"}
    if quality != "ok":
        ignored.add("language")
    if part == "known":
        expected["site"] = spec["site"]
    else:
        ignored.add("site")
    return expected, frozenset(ignored)


def _local(name: str, part: str, language: str) -> dict[str, Any]:
    """Return the labels of a page of no known site, and how its language writes values."""
    rng = random.Random(f"{name} labels")  # noqa: S311 - drawn alike each time, on purpose
    local = LABELS[language]
    labels = {
        f"L_{field}": texts[-1] if part == "held_out" else rng.choice(texts[:-1])
        for field, texts in local.items()
        if field not in {"sizes", "dates", "counts"}
    }
    counts = local["counts"].split(" / ")
    return {
        "labels": labels,
        "size": local["sizes"],
        "date": rng.choice(local["dates"]),
        "views": rng.choice(counts),
        "downloads": rng.choice(counts),
    }


def number_of(name: str) -> int:
    """Return which of its layout's pages the case *name* is, from 0."""
    return int(name.rpartition("/")[2])


def _turned(choices: str, turn: int) -> str:
    names = choices.split()
    return names[turn % len(names)]


def _body_decoys(spec: dict[str, Any], language: str, turn: int) -> list[str]:
    kind = spec.get("body", _BODIES[turn % len(_BODIES)])
    if kind == "page":
        return body_page(language)
    return body_numbers(language) if kind == "numbers" else []


def _blocks(
    spec: dict[str, Any], draft: Draft, paragraphs: list[str], language: str, turn: int
) -> tuple[list[Block], list[Block], list[Block]]:
    """Return the blocks above a page's content, of it, and below it."""
    text = _filled(slices(_expanded(spec["text"], draft, paragraphs), paragraphs), draft)
    names = spec.get("decoys", _DECOYS[turn % len(_DECOYS)]).split()
    below = [DECOYS[name](draft, language) for name in names]
    words = WORDS[language]
    above = ""
    if spec.get("chrome", True):
        links = (f"<a href='/n{n}/'>{escape(word)}</a>" for n, word in enumerate(words["nav"]))
        above = f"@ <div class='top'>{' '.join(links)} </div>"
        below.append(words["foot"])
    colon = COLONS[turn % len(COLONS)]
    return (
        parse(above, colon),
        parse(text, colon),
        [block for one in below for block in parse(one, colon)],
    )


def _page(
    spec: dict[str, Any],
    draft: Draft,
    paragraphs: list[str],
    language: str,
    turn: int,
    style: str,
    charset: str,
) -> str:
    write = STYLES.get(style, plain)
    parts = _blocks(spec, draft, paragraphs, language, turn)
    put = SHELLS[_turned(spec.get("shells", " ".join(SHELLS)), turn)]
    main = put(*("".join(map(write, blocks)) for blocks in parts))
    code = _LANGUAGES.get(language, language)
    attribute = f' lang="{code}"' if turn % _META_ONLY and spec.get("lang", True) else ""
    title = escape(_filled(spec.get("title_tag", "{T}"), draft), quote=False)
    meta = "" if charset.startswith("utf-16") else f'<meta charset="{charset}">'
    return (
        f"<!DOCTYPE html>\n<html{attribute}><head>{meta}<title>{title}</title>"
        f"{_filled(spec.get('head', ''), draft)}</head>\n<body>{main}</body></html>"
    )


def _text(
    spec: dict[str, Any], draft: Draft, paragraphs: list[str], language: str, turn: int
) -> str:
    parts = _blocks(spec, draft, paragraphs, language, turn)
    return as_text([block for part in parts for block in part])


def _expanded(text: str, draft: Draft, paragraphs: list[str]) -> str:
    """Return *text* with what stands for many lines replaced by them."""
    shown = range(1, int(draft.words["shown"]) + 1)
    numbered = list(enumerate(paragraphs, start=1))
    many = {
        "> {body}": [f"> {line}" for line in paragraphs],
        "> {listed}": [f"> {line}" for line in paragraphs],
        "{captions}": [f"{{T}}_第{n}页\n第{n}页 / 共{{pages}}页" for n in shown],
        "{bare_captions}": [f"{{T}}_第{n}页" for n in shown],
        "{file_captions}": [f"{{T}}.{{f}}_第{n}页\n第{n}页 / 共{{pages}}页" for n in shown],
        "{positions}": [f"第{n}页 / 共{{pages}}页" for n in shown],
        "{paged}": [f"Page {n}: {{T}}\n> {line}" for n, line in numbered],
        "{numbered}": [f"> {n} {line}" for n, line in numbered],
        "{dotted}": [f"> {n}. {line}" for n, line in numbered],
        "{slides}": [f"{n}\n> {line}" for n, line in numbered],
        "{bracketed}": [f"> ({n}) {line}" for n, line in numbered],
    }
    for mark, lines in many.items():
        if mark in text:
            text = text.replace(mark, "\n".join(lines))
    return text


def _filled(text: Any, draft: Draft) -> Any:  # noqa: ANN401 - a number stays what it is
    """Return *text* with the document's words in it; ``{hT}`` is ``{T}`` as an attribute has it."""
    if not isinstance(text, str):
        return text

    def word(found: re.Match[str]) -> str:
        name = found[1]
        if name in draft.words:
            return draft.words[name]
        if name[:1] == "h" and name[1:] in draft.words:
            return escape(draft.words[name[1:]])
        return found[0]

    return _NAME.sub(word, text)
