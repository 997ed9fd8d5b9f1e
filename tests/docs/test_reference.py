"""The reference is complete: what the code knows is on its page, and nothing else is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import pytest

import crawler.reading
from crawler import errors, settings
from crawler.errors import ExitCode, PageError
from crawler.fetching import outcome, refusals
from crawler.fetching.arguments import ARGUMENTS
from crawler.fetching.outcome import Tally
from crawler.fetching.sources import listing
from crawler.items import EXPLAINED, FIELDS, Reason
from crawler.reading import judging
from crawler.reading.layout import FIELD_NAMES
from crawler.storage.tables import CAPTURES, DOCUMENTS, State

if TYPE_CHECKING:
    from types import SimpleNamespace

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = ROOT / "docs/reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """Return the cells of each row of the tables in *text*."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def first_cells(text: str) -> set[str]:
    return {found for row in rows(text) for found in re.findall("^`([^`]+)`", row[0])}


# --- the record ---------------------------------------------------------------------------------


def test_the_record_has_the_fields_of_a_document() -> None:
    text = page("record").partition("## Captures")[0]
    names = [row[0].strip("`") for row in rows(text)]
    assert tuple(name for name in names if name in FIELDS) == FIELDS
    assert first_cells(text) == set(FIELDS) | set(get_args(Reason))


def test_the_columns_of_the_table_are_named() -> None:
    behind = page("record").partition("## In the database")[2].partition("## Captures")[0]
    extra = {column.name for column in DOCUMENTS.columns} - set(FIELDS)
    assert extra == set(re.findall("`([a-z_]+)`", behind)) - {
        "documents",
        "available",
    }


def test_the_columns_of_captures_are_named() -> None:
    behind = page("record").partition("## Captures")[2]
    assert {name for row in rows(behind) for name in re.findall("`([a-z_]+)`", row[0])} == {
        column.name for column in CAPTURES.columns
    }


def test_the_explained_fields_are_named() -> None:
    sentence = page("record").partition("names a reason for each of")[2].partition(":")[0]
    assert (
        tuple(name for name in re.findall("`([a-z_]+)`", sentence) if name in FIELDS) == EXPLAINED
    )


# --- settings and commands ----------------------------------------------------------------------


def test_every_setting_is_there_with_its_reason() -> None:
    named = {row[0].strip("`"): row[-1] for row in rows(page("settings"))}
    for name in vars(settings):
        if name.isupper() and not name.startswith("_"):
            assert named[name], name


def test_every_command_option_and_argument_is_there(generator: SimpleNamespace) -> None:
    text = page("commands")
    modules = {path.stem for path in (ROOT / "crawler/commands").glob("[!_]*.py")}
    assert set(generator.our_commands()) == modules
    for name, command in generator.our_commands().items():
        assert f"\n### scrapy {name}\n" in text
        for line in generator.parser_of(command).format_help().splitlines():
            for flag in re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", line.partition("  ")[0]):
                assert flag in text
    for argument in ARGUMENTS:
        assert f"`-a {argument.name}={argument.value}`" in text


# --- exit codes and reasons ---------------------------------------------------------------------


def test_every_exit_code_is_there() -> None:
    table = page("exit-codes").partition("## ")[0]
    codes = {(row[0].strip("`"), row[1].strip("`")) for row in rows(table)[2:]}
    assert codes == {(str(code.value), code.name) for code in ExitCode}


ENDINGS: Final = (
    Tally(),
    Tally(read=1),
    Tally(read=1, refused={outcome.BUG: 1}),
    Tally(interrupted=True),
    Tally(refused={"layout_changed": 1}),
    Tally(refused={"blocked": 1}),
    Tally(refused={"timeout": 1}),
    Tally(followed=1),
    Tally(store_failed="locked"),
    Tally(feed_failed="full"),
)


@pytest.mark.parametrize("tally", ENDINGS)
def test_the_meaning_of_a_code_has_the_words_of_the_summary(tally: Tally) -> None:
    code, words = outcome.outcome(tally)
    meaning = next(row[2] for row in rows(page("exit-codes")) if row[0] == f"`{code.value}`")
    said = re.split("[:;,]", words)[0] if words != "done: nothing was due" else "nothing was due"
    if words != "done":
        assert said.lower() in meaning.lower()


def test_every_reason_is_there() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    known = {kind.reason for kind in kinds if issubclass(kind, PageError)}
    known |= {reason for _, reason in refusals.CAUSES}
    known |= {
        refusals.UNKNOWN,
        outcome.BUG,
        outcome.TOO_COSTLY,
        judging.NO_LINKS,
        listing.NO_CAPTURES,
    }
    for path in (*(ROOT / "crawler/fetching").rglob("*.py"), ROOT / "crawler/reading/codings.py"):
        source = path.read_text(encoding="utf-8")
        given = r'(?:Refusal|Unavailable|CodingError|Lost)\((?:[^()]* else )?"(\w+)"'
        known |= set(re.findall(given, source))
    answers = {"empty", "not_html", "http_404", "redirect", "unchanged", "truncated"}
    reasons = first_cells(page("exit-codes").partition("## Why")[2])
    assert reasons == known | answers


def test_every_state_of_a_page_is_there() -> None:
    text = (ROOT / "docs/how-to/run-again.md").read_text(encoding="utf-8")
    assert first_cells(text) == {*State, "to come"}


def test_a_scheduler_is_told_what_each_exit_code_means() -> None:
    text = (ROOT / "docs/how-to/scheduled.md").read_text(encoding="utf-8")
    codes = [int(code) for row in rows(text) for code in re.findall("[0-9]+", row[0])]
    assert sorted(codes) == sorted(ExitCode)


# --- sites and page classes ---------------------------------------------------------------------


def test_every_site_is_there_with_its_hosts_and_forms(generator: SimpleNamespace) -> None:
    named = {row[0].strip("`"): row for row in rows(page("sites"))[2:]}
    assert set(named) == set(generator.our_sites())
    for name, site in generator.our_sites().items():
        template = site.page.url_template
        assert set(re.findall("`(.+?)`", named[name][3])) == template.hosts
        golden = next((ROOT / "tests/fixtures" / name).glob("*.json"))
        doc_id = json.loads(golden.read_text(encoding="utf-8"))["doc_id"]
        for form in re.findall("`(.+?)`", named[name][2]):
            address = form if "://" in form else f"https://{template.domain}{form}"
            filled = re.sub(r"\{[a-z_]+\}", "x", address.replace("{doc_id}", doc_id))
            assert template.doc_id(filled) == doc_id or "{doc_id}" not in form


def test_every_site_is_there_with_its_evidence_fixtures_and_status(
    generator: SimpleNamespace,
) -> None:
    named = {row[0].strip("`"): row for row in rows(page("sites"))[2:]}
    for name, site in generator.our_sites().items():
        fixtures = list((ROOT / "tests/fixtures" / name).glob("*.json"))
        status = "closed" if site.page.closed else "open"
        assert named[name][5:] == [site.page.evidence, str(len(fixtures)), status]


def test_every_name_of_reading_is_explained() -> None:
    text = page("page-classes")
    for name in crawler.reading.__all__:
        assert re.search(rf"\b{name}\b", text) or name == "Page", name


def test_the_fields_of_a_page_class_are_named_in_order() -> None:
    sentence = page("page-classes").partition("The fields are, in order:")[2].partition("\n\n")[0]
    assert tuple(re.findall("`([a-z_]+)`", sentence))[: len(FIELD_NAMES)] == FIELD_NAMES


def test_classes_that_are_shown_are_those_in_the_code() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "spiders").glob("*.py"))
    blocks = re.findall(
        r"^```python\n(class .+?)^```", page("page-classes"), re.MULTILINE | re.DOTALL
    )
    assert blocks
    for block in blocks:
        assert block.strip() in code
