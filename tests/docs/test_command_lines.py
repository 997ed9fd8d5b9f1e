"""Every command line in the documentation parses, and every word of it is known."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from crawler.fetching.again import check_workers
from crawler.fetching.arguments import ARGUMENTS, parse_arguments
from crawler.fetching.checks import check_given_settings, check_pairs, parse_moment
from crawler.reading import UrlTemplate
from crawler.storage.listing import WAITING
from crawler.storage.tables import Kind, State
from spiders.generic import GenericSpider

if TYPE_CHECKING:
    from argparse import Namespace
    from types import SimpleNamespace

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ADDED: Final = {"wenshan", "arxiv"}
"""The sites that CONTRIBUTING and the tutorial add."""
SCRAPYS: Final = {"list", "settings", "shell"}


def lines() -> list[str]:
    """Return each line of the blocks of shell commands."""
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in re.sub(r"\\\n\s*", " ", block).splitlines()]


def commands(line: str) -> list[list[str]]:
    """Return the words of each command in *line*, without what sets its environment."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;<>"):
            found.append([])
        elif found[-1] or not re.match(r"\w+=", word):
            found[-1].append(word)
    return [words for words in found if words]


SCRAPY: Final = sorted(
    {
        shlex.join(words[words.index("scrapy") :])
        for line in lines()
        for words in commands(line)
        if "scrapy" in words
    }
)
MAKE: Final = sorted(
    {words[1] for line in lines() for words in commands(line) if words[0] == "make"}
)


def is_of_the_reader(name: str, value: str) -> bool:
    """Tell whether an argument names a file of the reader's."""
    return name == "urls" or (name == "source" and value.startswith(("warc:", "wacz:")))


def check_crawl(site: str, given: dict[str, str], known: dict[str, Any]) -> None:
    assert set(given) <= {argument.name for argument in ARGUMENTS}
    given = {name: value for name, value in given.items() if not is_of_the_reader(name, value)}
    if site == "generic":
        GenericSpider.bound(given).told(given)
    elif site not in ADDED:
        parse_arguments(given, known[site].page.url_template)


def check_adding(name: str, rest: list[str], options: Namespace, known: dict[str, Any]) -> None:
    if name == "savefixture":
        [document] = rest
        assert options.warc or any(site in document for site in ADDED)
        return
    site, template = rest
    assert site in ADDED
    assert UrlTemplate(template).domain.startswith(site)
    assert options.like is None or options.like in known


def check_frontier(rest: list[str], options: Namespace, known: dict[str, Any]) -> None:
    assert not rest or rest[0] in known
    assert options.state in {None, *State, WAITING}
    assert options.kind in {None, *Kind}


@pytest.mark.parametrize("line", SCRAPY)
def test_a_scrapy_command_parses(line: str, generator: SimpleNamespace) -> None:
    name, *words = shlex.split(line)[1:]
    if name in SCRAPYS:
        return
    parser = generator.parser_of(generator.our_commands()[name])
    options, rest = parser.parse_known_args(words)
    assert not [word for word in rest if word.startswith("-") and word != "-"]
    check_given_settings(options.set)
    known = generator.our_sites()
    if name == "crawl":
        [site] = rest
        check_crawl(site, check_pairs(options.spargs, "-a"), known)
    elif name in {"newsite", "savefixture"}:
        check_adding(name, rest, options, known)
    elif name == "export":
        assert not rest
        assert options.site is None or options.site in known
        assert options.since is None or parse_moment(options.since, "--since")
    elif name == "read":
        [file] = rest
        assert file in {"-", "$page"} or ADDED & set(file.split("/")) or (ROOT / file).is_file()
        assert options.url
    elif name == "captures":
        assert len(rest) <= 1
    elif name == "frontier":
        check_frontier(rest, options, known)
    elif name == "verify":
        assert all(Path(word).is_absolute() for word in rest)
    elif name == "reparse":
        assert options.site is None or options.site in known
        assert check_workers(options.workers)
    else:
        assert name in {"demo", "rebuild", "repair", "wacz"}
        assert not rest


def test_there_are_commands_on_the_pages() -> None:
    assert {line.split()[1] for line in SCRAPY} >= {"crawl", "demo", "export", "read"}
    assert {"run", "test"} <= set(MAKE)


@pytest.mark.parametrize("target", MAKE)
def test_a_make_target_is_there(target: str, generator: SimpleNamespace) -> None:
    assert f"`make {target}`" in generator.make_targets()


def test_settings_that_are_named_anywhere_are_known() -> None:
    reference = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`(DOCSHELF_\w+)`", reference))
    for path in PAGES:
        assert set(re.findall(r"\bDOCSHELF_\w+", path.read_text(encoding="utf-8"))) <= known
