"""What stands round a page's content: one function each, from its three parts to the body.

A new one is a function under ``@shell``; every layout of the corpus is then tried in it too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

Shell: TypeAlias = Callable[[str, str, str], str]
SHELLS: Final[dict[str, Shell]] = {}


def shell(function: Shell) -> Shell:
    """Add a shell to those that pages are put into."""
    SHELLS[function.__name__] = function
    return function


@shell
def bare(above: str, main: str, below: str) -> str:
    """Put nothing round it."""
    return f"{above}{main}{below}"


@shell
def semantic(above: str, main: str, below: str) -> str:
    """Say with elements what each part is."""
    return f"<header>{above}</header><main>{main}</main><div class='more'>{below}</div>"


@shell
def wrapped(above: str, main: str, below: str) -> str:
    """Wrap it as builders of pages do."""
    return (
        f"<div id='__next'><div class='layout'><div class='bar'>{above}</div>"
        f"<div class='wrap'><div class='col-9'>{main}</div></div><div>{below}</div></div></div>"
    )


@shell
def noisy(above: str, main: str, below: str) -> str:
    """Add what nobody sees: scripts, comments, hidden layers, all of other documents."""
    return (
        "<script>var list=[{id:'9900001',title:'x',size:'9.99MB',pages:999}];</script>"
        "<!-- 大小:9.99MB 页数:999 Size: 9.99 MB Pages: 999 -->"
        "<div style='display:none'>大小：9.99MB<br>页数：999<br>Size: 9.99 MB<br>Pages: 999</div>"
        f"<noscript><img src='/t.gif'></noscript>{above}<style>.a{{color:red}}</style>"
        f"<div class='content'>{main}</div><template><p>Pages: 999</p></template>{below}"
    )


@shell
def layout_table(above: str, main: str, below: str) -> str:
    """Lay it out with tables."""
    top = f"<table width='960' align='center'><tr><td>{above}</td></tr></table>"
    cells = f"<td valign='top'>{main}{below}</td><td width='9'></td>"
    return f"{top}<table width='960'><tr>{cells}</tr></table>"
