"""Fill in what the code itself says: the generated parts of the pages in this folder.

A part stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``. Run as ``make docs``.
"""

# ruff: noqa: INP001  # a script beside the pages it fills in

from __future__ import annotations

import ast
import importlib
import inspect
import io
import json
import pkgutil
import re
import sys
import tokenize
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings, default_settings

import crawler.commands
from crawler import items, settings
from crawler.fetching.arguments import ARGUMENTS
from crawler.fetching.sites import sites
from crawler.items import EXPLAINED, FIELDS, Document, to_line, to_record

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scrapy.commands import ScrapyCommand

    from crawler.fetching.spider import DocumentSpider

DOCS: Final = Path(__file__).parent
PROJECT: Final = DOCS.parent

EXAMPLE: Final = Document(
    site="31ppt",
    doc_id="3170265",
    url="https://www.31ppt.com/d-3170265.html",
    title="校园植物调查",
    file_format="pptx",
    size_bytes=4404019,
    page_count=24,
    uploaded_on=date(2022, 3, 4),
    preview="校园植物调查\n第一部分：调查的方法",
    uploader="山里的灯",
    category="教学课件",
    tags=("植物", "调查"),
    price="12金币",
    view_count=12000,
    download_count=86,
    language="zh-CN",
    text_quality="ok",
    missing={"preview_page_count": "not_published"},
    fetched_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    reader="31ppt/1",
)

_TYPES: Final = {
    "str": "text",
    "str | None": "text or null",
    "TextQuality | None": "text or null",
    "int | None": "whole number or null",
    "date | None": "day or null",
    "tuple[str, ...] | None": "list of texts or null",
    "Mapping[str, Reason]": "object",
    "datetime": "moment",
}


# --- the record ---------------------------------------------------------------------------------


def record_fields() -> str:
    """Return the table of the record's fields."""
    tree = ast.parse(inspect.getsource(items))
    body = next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "Document"
    )
    meanings = docstrings(body)
    meanings["missing"] = meanings["missing"].replace(
        "field of `EXPLAINED`", f"of {', '.join(map(code, EXPLAINED))}"
    )
    types = Document.__annotations__
    return table(
        ("field", "type", "meaning", "example"),
        ((code(name), _TYPES[types[name]], meanings[name], _example(name)) for name in FIELDS),
    )


def record_example() -> str:
    """Return one whole record, as it is written."""
    return f"```json\n{to_line(EXAMPLE)}\n```"


def _example(name: str) -> str:
    return code(json.dumps(to_record(EXAMPLE)[name], ensure_ascii=False))


# --- the settings -------------------------------------------------------------------------------


def our_settings() -> str:
    """Return the table of the settings that are ours."""
    meanings = docstrings(_settings_tree())
    rows = [
        (
            code(name),
            code(usual) if (usual := _environment_default(node)) else "empty",
            meanings[name],
        )
        for name, node in _assigned(_settings_tree())
        if name.startswith("DOCSHELF_")
    ]
    return table(("setting", "default", "meaning"), rows)


def scrapy_settings() -> str:
    """Return, by group, the tables of Scrapy's settings that differ from its own defaults."""
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    comments = _comments()
    meanings = docstrings(_settings_tree())
    heading = "the project"
    headings = {
        line: found[1] for line, text in comments.items() if (found := _HEADING.match(text))
    }
    for name, node in _assigned(_settings_tree()):
        heading = headings.get(max((n for n in headings if n < node.lineno), default=0), heading)
        if name.startswith("DOCSHELF_"):
            continue
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        reasons = [comments[line] for line in lines if line in comments]
        reason = "; ".join(reasons) or meanings.get(name) or _REASONS.get(name, "")
        row = (code(name), _shown(node.value), _scrapys(name), reason)
        groups.setdefault(heading, []).append(row)
    head = ("setting", "here", "in Scrapy", "reason")
    return "\n\n".join(
        f"### {heading.capitalize()}\n\n{table(head, rows)}" for heading, rows in groups.items()
    )


_HEADING: Final = re.compile("--- (.+?) -+$")
_DOTTED: Final = re.compile(r"[a-z_]+(?:\.\w+)+")
_REASONS: Final = {
    "BOT_NAME": "the project's name",
    "SPIDER_MODULES": "where the sites are",
    "NEWSPIDER_MODULE": "where the sites are",
    "COMMANDS_MODULE": "where the commands are",
    "ROBOTSTXT_OBEY": "what a site forbids is not asked",
    "REFERER_ENABLED": "no page is told from which other page it was found",
    "TELNETCONSOLE_ENABLED": "runs Python that is typed at a local port",
    "DOWNLOADER_MIDDLEWARES": "ours give a reason for each page that is not asked; those that "
    "would never act only cost time",
    "ITEM_PIPELINES": "a document is normalised, then kept",
    "FEED_EXPORTERS": "one function writes a record's line, wherever it goes",
    "FEED_EXPORT_ENCODING": "in every format",
    "FEED_STORAGES": "a write that fails is told once, and stops the crawl",
}
"""The reasons that need no comment in the code."""


def _settings_tree() -> list[ast.stmt]:
    return ast.parse(inspect.getsource(settings)).body


def _assigned(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.Assign]]:
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name.isupper() and not name.startswith("_"):
                yield name, node


def _comments() -> dict[int, str]:
    """Return the comments of the settings by their lines."""
    tokens = tokenize.generate_tokens(io.StringIO(inspect.getsource(settings)).readline)
    found = ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)
    return {line: text.removeprefix("#").strip() for line, text in found}


def _environment_default(node: ast.Assign) -> str:
    call = node.value
    if not isinstance(call, ast.Call):
        raise TypeError(f"line {node.lineno} of the settings: not read from the environment")
    return str(ast.literal_eval(call.args[1]))


def _shown(value: ast.expr) -> str:
    if isinstance(value, ast.JoinedStr):
        texts = [
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in value.values
        ]
        return code("".join(texts))
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return "<br>".join(code(f"{_unparsed(key)}: {_unparsed(one)}") for key, one in pairs)
    return code(ast.unparse(value))


def _unparsed(value: ast.expr | None) -> str:
    """Return *value* as it is written, a dotted name by its last part."""
    if isinstance(value, ast.Name):
        text = str(getattr(settings, value.id))
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        text = value.value
    else:
        return ast.unparse(value) if value else ""
    return text.rpartition(".")[2] if _DOTTED.fullmatch(text) else text or "(none)"


def _scrapys(name: str) -> str:
    value = getattr(default_settings, name, None)
    return "" if isinstance(value, dict) or value is None else code(repr(value))


# --- the commands -------------------------------------------------------------------------------


def commands() -> str:
    """Return a section for each command, with its options."""
    return "\n\n".join(
        f"### scrapy {name}\n\n{code(f'scrapy {name} {command.syntax()}')}\n\n"
        f"{command.long_desc().rstrip('.')}.\n\n{_options(command, of_every=False)}"
        for name, command in our_commands().items()
    )


def options_of_every_command() -> str:
    """Return the options that each command has from Scrapy."""
    return _options(next(iter(our_commands().values())), of_every=True)


def crawl_arguments() -> str:
    """Return the table of what a crawl may be told."""
    return table(
        ("argument", "meaning"),
        ((code(f"-a {name}={value}"), meaning) for name, value, meaning in ARGUMENTS),
    )


def make_targets() -> str:
    """Return the table of the Makefile's targets."""
    source = (PROJECT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z]+):.*## (.+)$", source, re.MULTILINE)
    return table(
        ("command", "what it does"), ((code(f"make {name}"), text) for name, text in found)
    )


def our_commands() -> dict[str, ScrapyCommand]:
    """Return this project's commands by name."""
    found = {}
    for module in pkgutil.iter_modules(crawler.commands.__path__, "crawler.commands."):
        command = importlib.import_module(module.name).Command()
        command.settings = Settings({"LOG_LEVEL": settings.LOG_LEVEL})
        found[module.name.rpartition(".")[2]] = command
    return found


def parser_of(command: ScrapyCommand) -> argparse.ArgumentParser:
    """Return the parser of *command*'s options."""
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    return parser


def _options(command: ScrapyCommand, *, of_every: bool) -> str:
    rows = [
        (code(_flags(action)), str(action.help) % vars(action))
        for group in parser_of(command)._action_groups  # noqa: SLF001  # shown nowhere else
        for action in group._group_actions  # noqa: SLF001
        if (group.title == "Global Options") is of_every and action.dest != "help"
    ]
    return table(("option", "meaning"), rows)


def _flags(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return ", ".join(f"{flag}{value}" for flag in action.option_strings)


# --- the sites ----------------------------------------------------------------------------------


def supported_sites() -> str:
    """Return the table of the sites."""
    return table(
        (
            *("site", "what it is", "addresses of its documents", "hosts", "fields"),
            *("evidence", "fixtures", "status"),
        ),
        (
            (
                code(name),
                _described(spider),
                "<br>".join(map(code, spider.page.url_template.forms)),
                "<br>".join(map(code, sorted(spider.page.url_template.hosts))),
                ", ".join(map(code, published(spider))),
                spider.page.evidence,
                str(len(list((PROJECT / "tests/fixtures" / name).glob("*.json")))),
                "closed" if spider.page.closed else "open",
            )
            for name, spider in our_sites().items()
        ),
    )


def our_sites() -> dict[str, type[DocumentSpider]]:
    """Return the sites' spiders by name."""
    return sites(Settings({"SPIDER_MODULES": settings.SPIDER_MODULES}))


def published(spider: type[DocumentSpider]) -> list[str]:
    """Return the record's fields that a site's layouts, between them, name a place for."""
    sheets = spider.page.layouts or (spider.page,)
    raw = {name for sheet in sheets for name in sheet.published()} - {"doc_id", "title"}
    names = {{"size": "size_bytes", "date": "uploaded_on"}.get(name, name) for name in raw}
    return [name for name in FIELDS if name in names]


def _described(spider: type[DocumentSpider]) -> str:
    name, _, rest = str(sys.modules[spider.__module__].__doc__).partition(", ")
    return f"{name}: {rest.partition(': ')[2].strip().rstrip('.')}"


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "record fields": record_fields,
    "record example": record_example,
    "our settings": our_settings,
    "scrapy settings": scrapy_settings,
    "commands": commands,
    "options of every command": options_of_every_command,
    "crawl arguments": crawl_arguments,
    "make targets": make_targets,
    "sites": supported_sites,
}
_PART: Final = re.compile("(<!-- begin (.+?) -->\n).*?(<!-- end \\2 -->)", re.DOTALL)


def filled_in(text: str) -> str:
    """Return the *text* of a page with its generated parts as the code has them now."""
    return _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)


def docstrings(body: Sequence[ast.stmt]) -> dict[str, str]:
    """Return the text below each name that *body* assigns, on one line, by the name."""
    found = {}
    for node, below in pairwise(body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if (
            isinstance(target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            found[target.id] = " ".join(str(below.value.value).replace("``", "`").split())
    return found


def code(text: str) -> str:
    """Return *text* as code within a table."""
    escaped = text.replace("|", "\\|")
    return f"`{escaped}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Fill in every page of this folder."""
    for path in sorted(DOCS.rglob("*.md")):
        old = path.read_text(encoding="utf-8")
        new = filled_in(old)
        if new != old:
            path.write_text(new, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(PROJECT)}\n")


if __name__ == "__main__":
    main()
