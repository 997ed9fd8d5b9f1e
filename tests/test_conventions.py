"""Every site follows the conventions that CONTRIBUTING promises, and so does the house."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from scrapy.settings import Settings

from crawler import errors
from crawler.fetching.sites import sites
from crawler.items import EXPLAINED, RawDocument
from crawler.reading import Layout, UrlTemplate
from crawler.reading.fields import Field
from crawler.reading.layout import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parent.parent
SPIDERS: Final = sites(Settings({"SPIDER_MODULES": ["spiders"]}))
SOURCES: Final = sorted(
    path
    for folder in ("crawler", "spiders", "pipelines", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
)
MEANINGLESS: Final = {"utils", "util", "helpers", "helper", "common", "base", "lib", "misc"}


def data_sheets() -> Iterator[type[Layout]]:
    """Yield each page class and each of its layouts, with the classes they stand on."""
    found: dict[type[Layout], None] = {}
    for spider in SPIDERS.values():
        for sheet in (spider.page, *spider.page.layouts):
            found.update(dict.fromkeys(c for c in sheet.__mro__ if issubclass(c, Layout)))
    yield from found


SHEETS: Final = list(data_sheets())


def every_site() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("site", SPIDERS)


def every_sheet() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.__name__)


# --- the sites ----------------------------------------------------------------------------------


@every_site()
def test_module_spider_and_page_are_named_after_the_site(site: str) -> None:
    spider = SPIDERS[site]
    name = (f"site_{site}" if site[0].isdigit() else site).replace(".", "_")
    assert spider.__module__ == spider.page.__module__ == f"spiders.{name}"
    assert spider.name == spider.page.site == site
    class_name = "".join(map(str.capitalize, name.split("_")))
    assert spider.__name__ == f"{class_name}Spider"
    assert spider.page.__name__ == f"{class_name}Page"


@every_site()
def test_docstring_gives_the_address(site: str) -> None:
    doc = inspect.getdoc(sys.modules[SPIDERS[site].__module__])
    assert doc is not None
    origin = re.match(r"https://[^/]+", SPIDERS[site].page.url_template.canonical)
    assert origin is not None
    assert f", {origin[0]}:" in doc.splitlines()[0]


@every_site()
def test_a_site_is_its_domain_without_the_ending(site: str) -> None:
    hosts = SPIDERS[site].page.url_template.hosts
    assert any(re.fullmatch(rf"(?:.*\.)?{re.escape(site)}\.[a-z]+(?:\.[a-z]+)?", h) for h in hosts)


@every_site()
def test_start_urls_are_on_the_site_and_no_documents(site: str) -> None:
    template = SPIDERS[site].page.url_template
    assert SPIDERS[site].start_urls
    for url in SPIDERS[site].start_urls:
        assert template.on_site(url)
        assert template.doc_id(url) is None


@every_site()
def test_each_address_has_one_owner(site: str) -> None:
    template = SPIDERS[site].page.url_template
    for host in template.hosts:
        assert [name for name in SPIDERS if on_site(name, f"https://{host}/")] == [site]


@every_site()
def test_an_address_is_made_of_an_id_and_read_back(site: str) -> None:
    template = SPIDERS[site].page.url_template
    goldens = (ROOT / "tests/fixtures" / site).glob("*.json")
    ids = [json.loads(golden.read_text(encoding="utf-8"))["doc_id"] for golden in goldens]
    assert ids
    assert [template.doc_id(template.format(doc_id)) for doc_id in ids] == ids


def on_site(site: str, url: str) -> bool:
    template: UrlTemplate = SPIDERS[site].page.url_template
    return template.on_site(url)


# --- the data sheets ----------------------------------------------------------------------------


@every_sheet()
def test_no_field_is_misspelt(sheet: type[Layout]) -> None:
    assert own_fields(sheet) <= set(FIELD_NAMES)


@every_sheet()
def test_fields_stand_in_order(sheet: type[Layout]) -> None:
    own = [name for name in vars(sheet) if name in own_fields(sheet)]
    assert own == sorted(own, key=FIELD_NAMES.index)


@every_sheet()
def test_no_attribute_nearly_is_a_field(sheet: type[Layout]) -> None:
    texts = {name for name, value in vars(sheet).items() if name in FIELD_NAMES}
    assert texts <= own_fields(sheet)


def own_fields(sheet: type[Layout]) -> set[str]:
    return {name for name, value in vars(sheet).items() if isinstance(value, Field)}


def test_a_raw_document_has_the_fields_of_a_data_sheet() -> None:
    assert set(FIELD_NAMES) <= set(inspect.signature(RawDocument).parameters)


def test_every_explained_field_can_be_read_from_a_page() -> None:
    named_otherwise = {"size_bytes": "size", "uploaded_on": "date"}
    assert {named_otherwise.get(name, name) for name in EXPLAINED} <= set(FIELD_NAMES)


# --- the errors ---------------------------------------------------------------------------------


def test_the_error_tree_is_as_drawn() -> None:
    assert errors.__doc__ is not None
    drawn: dict[str, str | None] = {}
    above: list[str] = []
    for line in errors.__doc__.splitlines():
        if found := re.match(r"([│├└─ ]*)(\w+Error)\b", line):
            depth = len(found[1]) // 4
            above = [*above[:depth], found[2]]
            drawn[found[2]] = above[depth - 1] if depth else None
    classes = {
        name: None if cls is errors.CrawlerError else cls.__bases__[0].__name__
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, errors.CrawlerError)
    }
    assert drawn == classes


def test_each_kind_of_page_error_has_a_reason_of_its_own() -> None:
    kinds: list[type[errors.PageError]] = [errors.PageError, *errors.PageError.__subclasses__()]
    assert len({kind.reason for kind in kinds}) == len(kinds)


def test_exit_codes_are_told_apart() -> None:
    assert len(errors.ExitCode.__members__) == len(set(errors.ExitCode))


# --- the house ----------------------------------------------------------------------------------


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a fresh Python has after *statement*."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_sites_starts_no_reactor() -> None:
    modules = {spider.__module__ for spider in SPIDERS.values()}
    loaded = loaded_by(f"import {', '.join(sorted(modules))}")
    assert modules <= loaded
    assert "twisted.internet.reactor" not in loaded


def test_reading_needs_no_scrapy_no_twisted_and_no_database() -> None:
    modules = [
        f"crawler.reading.{path.stem}" for path in (ROOT / "crawler/reading").glob("[!_]*.py")
    ]
    loaded = loaded_by(f"import crawler.items, crawler.errors, {', '.join(modules)}")
    assert set(modules) <= loaded
    tops = {name.partition(".")[0] for name in loaded}
    assert not tops & {"scrapy", "twisted", "sqlalchemy", "aiohttp", "spiders", "pipelines"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_its_name_says_something(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400
    assert path.stem not in MEANINGLESS
