"""Every page in ``fixtures`` reads as the JSON beside it says.

A page is ``fixtures/<site>/<doc_id>.html``, or ``.txt`` for a web archive's text extract. Its
JSON is the record that ``scrapy export`` would write, on many lines. What no file's name may hold
is percent-encoded: ``owl%2Feyes.html``. To add a page, save it and
run the tests: they write the JSON and fail. Review it, run them again, and commit both.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from scrapy.settings import Settings

from crawler.fetching.sites import sites
from crawler.items import FIELDS, to_record
from crawler.reading import normalise

FIXTURES: Final = Path(__file__).parent / "fixtures"
SPIDERS: Final = sites(Settings({"SPIDER_MODULES": ["spiders"]}))
TYPES: Final = {".html": "text/html", ".txt": "text/plain"}
PAGES: Final = sorted(path for path in FIXTURES.glob("*/*") if path.suffix in TYPES)
CAPTURED: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)


def address(path: Path) -> str:
    """Return the address that a page is read under: its own, if a ``.url`` file says it."""
    own = path.with_suffix(".url")
    if own.exists():
        return own.read_text(encoding="utf-8").strip()
    return SPIDERS[path.parent.name].page.url_template.format(unquote(path.stem))


@cache
def read(path: Path) -> dict[str, object]:
    page = SPIDERS[path.parent.name].page(
        address(path), path.read_bytes(), content_type=TYPES[path.suffix], fetched_at=CAPTURED
    )
    record: dict[str, object] = json.loads(json.dumps(to_record(normalise(page.document()))))
    return record


@cache
def expected(path: Path) -> dict[str, object]:
    golden = path.with_suffix(".json")
    if not golden.exists():
        text = json.dumps(read(path), ensure_ascii=False, indent=2)
        golden.write_text(f"{text}\n", encoding="utf-8")
        pytest.fail(f"wrote {golden}: review it, then run the tests again")
    record: dict[str, object] = json.loads(golden.read_text(encoding="utf-8"))
    return record


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_field(path: Path, name: str) -> None:
    assert read(path)[name] == expected(path)[name]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_and_json_agree_on_the_keys(path: Path) -> None:
    assert list(expected(path)) == list(FIELDS)
    assert expected(path)["doc_id"] == unquote(path.stem)


def test_every_site_has_fixtures_and_every_fixture_a_site() -> None:
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} == set(SPIDERS)
    assert {path.parent.name for path in PAGES} == set(SPIDERS)


def test_nothing_else_lies_among_the_fixtures() -> None:
    beside = {page.with_suffix(suffix) for page in PAGES for suffix in (".json", ".url")}
    assert set(FIXTURES.glob("*/*")) <= beside | set(PAGES)
