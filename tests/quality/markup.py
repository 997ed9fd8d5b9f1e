"""The markups that a page's content is written in: one function each, from a block to HTML.

A new one is a function under ``@style``; every layout of the corpus is then tried in it too.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.quality.notation import Block, Cell

Style: TypeAlias = Callable[["Block"], str]
STYLES: Final[dict[str, Style]] = {}
_MINIMUM: Final = 2


def style(function: Style) -> Style:
    """Add a markup to those that pages are written in."""
    STYLES[function.__name__] = function
    return function


def plain(block: Block) -> str:
    """Write a block as simple pages do."""
    lines = [escape(line, quote=False) for line in block.lines]
    match block.kind:
        case "raw":
            html = block.lines[0]
        case "title":
            html = f"<h1>{lines[0]}</h1>"
        case "heading" | "others":
            html = f"<h3>{lines[0]}</h3>"
        case "prose":
            html = f"<div class='text'>{_wrapped('p', lines)}</div>\n"
        case "items":
            html = f"<ul>{_wrapped('li', map(_entry, block.lines))}</ul>\n"
        case "list":
            html = f"<ul>{_wrapped('li', lines)}</ul>\n"
        case "rows":
            rows = ("&nbsp; &nbsp;".join(escape(str(cell)) for cell in row) for row in block.rows)
            html = "".join(f"<p>{row}</p>\n" for row in rows)
        case _:
            html = f"<p>{lines[0]}</p>\n"
    return html


def _wrapped(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


@style
def lines(block: Block) -> str:
    """Write each row as a line."""
    return plain(block)


@style
def spans(block: Block) -> str:
    """Write cells as neighbours with nothing between them."""
    if block.kind == "rows":
        rows = ("".join(f"<span>{escape(str(cell))}</span>" for cell in row) for row in block.rows)
        return "".join(f"<div class='meta'>{row}</div>" for row in rows)
    if block.kind == "prose":
        return f"<div>{'<br><br>'.join(map(_quoted, block.lines))}</div>"
    return plain(block)


@style
def bullets(block: Block) -> str:
    """Write each cell as an entry of a list, its label set off."""
    if block.kind == "rows":
        cells = (cell for row in block.rows for cell in row)
        entries = (f"<li><b>{_label(cell)}</b>{escape(cell.value)}</li>\n" for cell in cells)
        return f"<ul class='info'>\n{''.join(entries)}</ul>"
    return plain(block)


@style
def table(block: Block) -> str:
    """Write label and value into neighbouring cells of a table."""
    if block.kind == "rows":
        rows = _wrapped("tr", ("".join(map(_cells, row)) for row in block.rows))
        return f"<table class='props'><tbody>{rows}</tbody></table>"
    if block.kind == "prose":
        text = "<br/>".join(map(_quoted, block.lines))
        return f"<table width='100%'><tr><td>{text}</td></tr></table>"
    return plain(block)


def _cells(cell: Cell) -> str:
    return f"<th>{_label(cell)}</th><td>{escape(cell.value)}</td>"


@style
def definitions(block: Block) -> str:
    """Write a list of definitions."""
    if block.kind == "rows":
        cells = [cell for row in block.rows for cell in row]
        pairs = (
            f"<dt>{escape(cell.label)}</dt><dd>{escape(cell.value)}</dd>"
            if cell.label
            else f"<dd>{escape(cell.value)}</dd>"
            for cell in cells
        )
        return f"<dl>{''.join(pairs)}</dl>"
    return plain(block)


@style
def stacked(block: Block) -> str:
    """Write label and value into elements of their own, one below the other."""
    if block.kind == "rows":
        cells = (cell for row in block.rows for cell in row)
        return "<section>" + "".join(map(_stack, cells)) + "</section>"
    if block.kind == "prose":
        return "".join(
            f"<div class='para'><div>{line}</div></div>" for line in map(_quoted, block.lines)
        )
    return plain(block)


def _stack(cell: Cell) -> str:
    label = f"<div class='k'>{_label(cell)}</div>" if cell.label else ""
    return f"<div class='row'>{label}<div class='v'>{escape(cell.value)}</div></div>"


@style
def one_line(block: Block) -> str:
    """Write all rows into one line of text."""
    if block.kind == "rows":
        return f"<div>{' '.join(escape(str(cell)) for row in block.rows for cell in row)}</div>\n"
    return plain(block)


@style
def commas(block: Block) -> str:
    """Write the cells of a row one behind the other, with commas."""
    if block.kind == "rows":
        rows = (" , ".join(escape(str(cell)) for cell in row) for row in block.rows)
        return "".join(f"<p class=data>{row}</p>" for row in rows)
    return plain(block)


@style
def old(block: Block) -> str:
    """Write as pages of 2005 are written: capitals, tables, few closing tags."""
    match block.kind:
        case "title":
            return f"<CENTER><FONT SIZE=5><B>{_quoted(block.lines[0])}</B></FONT></CENTER>"
        case "rows":
            rows = "".join(f"<TR>{''.join(map(_old_cell, row))}" for row in block.rows)
            return f"<TABLE BORDER=0 CELLPADDING=2>{rows}</TABLE>"
        case "prose":
            return "".join(f"<P ALIGN=left>&nbsp;&nbsp;{_quoted(line)}\n" for line in block.lines)
        case "items":
            return f"<UL>{''.join(f'<LI>{_entry(line)}' for line in block.lines)}</UL>"
        case "line":
            return f"<P>{_quoted(block.lines[0])}\n"
    return plain(block)


def _old_cell(cell: Cell) -> str:
    return f"<TD NOWRAP><FONT SIZE=2>{escape(str(cell))}</FONT>"


@style
def app(block: Block) -> str:
    """Write as programs do: wrappers, classes of one purpose each, icons."""
    match block.kind:
        case "title":
            title = f"<h1 class='fw-bold'>{_quoted(block.lines[0])}</h1>"
            return f"<div class='css-1x9'><div class='css-a0'>{title}</div></div>"
        case "rows":
            rows = ("".join(map(_app_cell, row)) for row in block.rows)
            return "".join(f"<div class='d-flex flex-wrap'>{row}</div>" for row in rows)
        case "prose":
            parts = _wrapped("p", (f"<span>{_quoted(line)}</span>" for line in block.lines))
            return f"<div class='css-77'><article class='prose'>{parts}</article></div>"
        case "line":
            return f"<div class='mb-1'><span class='css-b2'>{_quoted(block.lines[0])}</span></div>"
    return plain(block)


def _app_cell(cell: Cell) -> str:
    label = f"<span class='text-secondary'>{_label(cell)}</span>" if cell.label else ""
    icon = "<svg width='12' height='12'><path d='M0 0h9v9z'/></svg>"
    return (
        f"<div class='font-12 mb-0 mr-3 d-none d-lg-inline-block'>{icon}{label}"
        f"<span class='font-tahoma'>{escape(cell.value)}</span></div>"
    )


@style
def minified(block: Block) -> str:
    """Write without any white space, and with entities for what needs none."""
    if block.kind == "rows":
        rows = (
            "<i></i>".join(f"<em>{escape(str(cell))}</em>" for cell in row) for row in block.rows
        )
        return "".join(f"<li class=a>{row.replace(':', '&#58;')}" for row in rows)
    return plain(block).replace("\n", "").replace("</p>", "").replace("</li>", "")


@style
def headed(block: Block) -> str:
    """Write a row of labels above a row of values."""
    if block.kind == "rows" and all(cell.label for row in block.rows for cell in row):
        cells = [cell for row in block.rows for cell in row]
        heads = _wrapped("td", (escape(cell.label) for cell in cells))
        values = _wrapped("td", (escape(cell.value) for cell in cells))
        return f"<table><tr>{heads}</tr><tr>{values}</tr></table>"
    return plain(block)


@style
def breaks(block: Block) -> str:
    """Write everything into one element, with breaks between the lines."""
    if block.kind == "rows":
        cells = (cell for row in block.rows for cell in row)
        rows = (f"<strong>{_label(cell)}</strong>&ensp;{escape(cell.value)}" for cell in cells)
        html = "<br>\n".join(rows)
        return f"<div id=doc-info>\n{html}\n</div>"
    if block.kind == "prose":
        text = "\n".join(map(_quoted, block.lines))
        return f"<pre class='txt'>{text}</pre>"
    return plain(block)


@style
def colon_apart(block: Block) -> str:
    """Write labels, colons and values into cells of their own."""
    if block.kind == "rows":
        cells = (cell for row in block.rows for cell in row)
        rows = (
            f"<td align=right>{escape(cell.label)}</td><td>{cell.colon.strip()}</td>"
            f"<td>{escape(cell.value)}</td>"
            for cell in cells
        )
        return f"<table><tbody>{_wrapped('tr', rows)}</tbody></table>"
    return plain(block)


@style
def split(block: Block) -> str:
    """Write labels with an element for each of their words or characters."""
    if block.kind == "rows":
        return "".join(f"<div>{'　'.join(map(_split_cell, row))}</div>" for row in block.rows)
    return plain(block)


def _split_cell(cell: Cell) -> str:
    if len(cell.label) < _MINIMUM or not cell.colon:
        return f"<span>{escape(str(cell))}</span>"
    head, tail = cell.label[: len(cell.label) // 2], cell.label[len(cell.label) // 2 :]
    return (
        f"<b>{escape(head)}</b><b>{escape(tail)}</b>{cell.colon}<span>{escape(cell.value)}</span>"
    )


def as_text(blocks: list[Block]) -> str:
    """Return *blocks* as a web archive's extract of the page's text has them."""
    found: list[str] = []
    for block in blocks:
        if block.kind == "rows":
            found.extend("  ".join(map(str, row)) for row in block.rows)
        elif block.kind != "raw":
            found.extend(line.replace(" | ", " ") for line in block.lines)
    return "\n".join(found)


def _quoted(line: str) -> str:
    return escape(line, quote=False)


def _label(cell: Cell) -> str:
    return escape(f"{cell.label}{cell.colon}") if cell.label else ""


def _entry(line: str) -> str:
    """Return the entry of another document: a link, and what stands beside it."""
    title, *beside = line.split(" | ")
    cells = "".join(f" <span>{escape(cell)}</span>" for cell in beside)
    number = sum(map(ord, title)) * 7919 % 9_000_000 + 1_000_000
    return f"<a href='/p-{number}.html' title='{escape(title)}'>{_quoted(title)}</a>{cells}"
