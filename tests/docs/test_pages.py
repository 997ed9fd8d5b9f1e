"""The pages hold together: what is generated is fresh, what is linked is there, examples run."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from crawler.items import FIELDS

if TYPE_CHECKING:
    from types import SimpleNamespace

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FRONT: Final = ("README.md", "README.zh.md")


def every_page() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> list[str]:
    found: list[str] = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link]


@every_page()
def test_what_is_generated_is_fresh(path: Path, generator: SimpleNamespace) -> None:
    text = path.read_text(encoding="utf-8")
    assert generator.filled_in(text) == text, "run make docs"


def test_every_part_is_on_a_page(generator: SimpleNamespace) -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    for name in generator.PARTS:
        assert f"<!-- begin {name} -->" in written
    assert written.count("<!-- begin ") == written.count("<!-- end ") == len(generator.PARTS)


@every_page()
def test_every_relative_link_resolves(path: Path) -> None:
    for link in links(path):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_every_page_can_be_reached_from_the_front() -> None:
    reached = {ROOT / name for name in FRONT}
    waiting = list(reached)
    while waiting:
        path = waiting.pop()
        targets = {(path.parent / link.partition("#")[0]).resolve() for link in links(path)}
        found = {target for target in targets if target.suffix == ".md"} - reached
        reached |= found
        waiting += found
    assert set(PAGES) <= reached


@every_page()
def test_every_example_runs(path: Path) -> None:
    failed, _ = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert not failed


@every_page()
def test_every_line_of_json_is_a_record(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            assert list(json.loads(line)) == list(FIELDS)


def test_both_fronts_say_the_same() -> None:
    english, chinese = (ROOT / name for name in FRONT)
    assert FRONT[1] in links(english)
    assert FRONT[0] in links(chinese)
    assert set(links(english)) - {FRONT[1]} == set(links(chinese)) - {FRONT[0]}
    for kind in ("text", "json"):
        blocks = [
            re.findall(
                rf"^```{kind}\n.*?^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
            )
            for path in (english, chinese)
        ]
        assert blocks[0] == blocks[1]
