"""What stands on pages and is not about their document: one function each, in the cases' notation.

A new one is a function under ``@decoy``; pages draw from all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.quality.drafts import WORDS

if TYPE_CHECKING:
    import random

    from tests.quality.drafts import Draft

Decoy: TypeAlias = Callable[["Draft", str], str]
DECOYS: Final[dict[str, Decoy]] = {}


def decoy(function: Decoy) -> Decoy:
    """Add something to what pages are given besides their document."""
    DECOYS[function.__name__] = function
    return function


def _day(rng: random.Random) -> str:
    return f"20{rng.randint(10, 25)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"


@decoy
def related(draft: Draft, language: str) -> str:
    """List other documents, with sizes, pages and days of their own."""
    rng, words = draft.rng, WORDS[language]
    entries = [
        f"- {title}.docx | {rng.randint(2, 99)}{'页' if language == 'zh' else ' p.'} | "
        f"{rng.randint(20, 900)}.5KB | {_day(rng)}"
        for title in rng.sample(words["titles"], 4)
        if title != draft.truth["title"]
    ]
    return "\n".join([f"! {rng.choice(words['related'])}", *entries])


@decoy
def labelled(draft: Draft, language: str) -> str:
    """List other documents, with the very labels that documents have."""
    rng, words = draft.rng, WORDS[language]
    size, pages = ("大小", "页数") if language == "zh" else ("Size", "Pages")
    entries = [
        f"- {title} | {size}: {rng.randint(20, 900)} KB | {pages}: {rng.randint(2, 99)}"
        for title in rng.sample(words["titles"], 4)
        if title != draft.truth["title"]
    ]
    return "\n".join([f"! {rng.choice(words['related'])}", *entries])


@decoy
def sidebar(draft: Draft, language: str) -> str:
    """Show other documents beside this one, each as a card with its data."""
    rng = draft.rng
    heading, size, pages = _words(draft, language)
    cards = "".join(
        f"<div class='card'>{link}<p>{size}: {rng.randint(2, 9)}.{rng.randint(1, 9)} MB</p>"
        f"<p>{pages}: {rng.randint(2, 99)}</p></div>"
        for link in _links(draft, language)
    )
    return f"@ <aside><div class='side'><h4>{heading}</h4><div>{cards}</div></div></aside>"


@decoy
def table_of_others(draft: Draft, language: str) -> str:
    """List other documents in a table with a head."""
    rng = draft.rng
    heading, size, pages = _words(draft, language)
    rows = "".join(
        f"<tr><td>{link}</td><td>{rng.randint(20, 900)} KB</td><td>{rng.randint(2, 99)}</td></tr>"
        for link in _links(draft, language)
    )
    head = f"<tr><th></th><th>{size}</th><th>{pages}</th></tr>"
    return f"@ <h3>{heading}</h3><table>{head}{rows}</table>"


def _words(draft: Draft, language: str) -> tuple[str, str, str]:
    size, pages = ("大小", "页数") if language == "zh" else ("Size", "Pages")
    return draft.rng.choice(WORDS[language]["related"]), size, pages


def _links(draft: Draft, language: str) -> list[str]:
    """Return links to other documents."""
    titles = draft.rng.sample(WORDS[language]["titles"], 4)
    return [
        f"<a href='/p-{draft.rng.randint(10**6, 10**7)}.html'>{escape(title)}</a>"
        for title in titles
        if title != draft.truth["title"]
    ]


@decoy
def comments(draft: Draft, language: str) -> str:
    """Let people say something, each on a day."""
    rng, words = draft.rng, WORDS[language]
    said = [
        f"{name} {_day(rng)} 10:2{rng.randint(0, 9)}\n{rng.choice(words['sentences'])}"
        for name in words["names"][:2]
    ]
    return "\n".join([f"## {words['comments']}", *said])


@decoy
def statistics(draft: Draft, language: str) -> str:
    """Count what the whole site has."""
    rng = draft.rng
    if language == "zh":
        text = f"本站共收录 {rng.randint(10, 99)} 万份文档,今日更新 {rng.randint(100, 999)} 份"
    else:
        text = f"{rng.randint(10, 99)},104 files · {rng.randint(100, 999)} online · 2.4 TB"
    return f"@ <footer class='footer'><p>{text}</p></footer>"


def body_page(language: str) -> list[str]:
    """Return the lines of a whole page of another site, as some documents quote one."""
    if language.startswith("zh"):
        return [
            "文档编号:88112233", "上传时间:2011-05-06", "大小:12.50 KB", "页数:3页", "格式:TXT",
            "上传人:路过的人", "浏览次数:77", "下载次数:6",
        ]  # fmt: skip
    return [
        "Document ID: 88112233", "Uploaded: May 6, 2011", "File size: 12.50 KB", "Pages: 3",
        "Format: TXT", "Uploaded by: passer-by", "Views: 77", "Downloads: 6",
    ]  # fmt: skip


def body_numbers(language: str) -> list[str]:
    """Return sentences of a text that hold numbers like those of its page."""
    if language.startswith("zh"):
        return ["附件一共3页,合计45.5KB,于2011年2月3日归档。", "第1页,共111页"]
    return [
        "Annex 3 has 12 pages, 45.5 KB in all, and was filed on 3 February 2011.",
        "Page 1 of 111",
    ]
