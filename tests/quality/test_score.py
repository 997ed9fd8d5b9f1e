"""The score of reading the corpus never falls below its floors, and the score itself is right."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

import pytest

from tests.quality.cases import Case, load
from tests.quality.decoys import DECOYS
from tests.quality.drafts import WORDS, draw
from tests.quality.floors import FLOORS, measured
from tests.quality.markup import STYLES, as_text
from tests.quality.notation import parse
from tests.quality.scoring import RECORD, Result, crashes, judge, likeness, run


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load()


@pytest.fixture(scope="module")
def results(cases: list[Case]) -> list[Result]:
    logging.disable(logging.WARNING)  # some of the corpus' values make no sense, by design
    try:
        return run(cases)
    finally:
        logging.disable(logging.NOTSET)


# --- the score ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", FLOORS)
def test_no_score_is_below_its_floor(results: list[Result], part: str) -> None:
    below = [
        f"{name} is {score:.4f}, its floor {floor}"
        for name, score, floor in measured(results)
        if name.startswith(f"{part}:") and score < floor
    ]
    assert not below, "run make quality to see where"


def test_no_page_is_refused_without_a_reason_of_ours(results: list[Result]) -> None:
    assert not [(one.case.name, one.reason) for one in crashes(results)]


# --- the corpus ---------------------------------------------------------------------------------


def test_the_corpus_is_large_and_varied(cases: list[Case]) -> None:
    parts = Counter(case.part for case in cases)
    assert set(parts) == set(FLOORS) == {"known", "generic", "held_out", "none"}
    assert parts.total() >= 400
    assert {case.language for case in cases if case.part == "held_out"} == set(WORDS)
    assert {case.style for case in cases} == {*STYLES, "text"}
    assert len({case.name for case in cases}) == len(cases)


def test_the_corpus_is_the_same_each_time(cases: list[Case]) -> None:
    assert [case.body for case in load()] == [case.body for case in cases]


def test_every_decoy_and_word_list_can_be_drawn() -> None:
    for language in WORDS:
        draft = draw("x", language, {})
        for decoy in DECOYS.values():
            assert decoy(draft, language)


# --- how pages are written ----------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_each_markup_says_all_that_the_page_says(style: str) -> None:
    text = "# T<1>\n= 大小: 5 KB | 页数 := 9 | bare\n> p & q\n! more\n- other | 3 p.\n+ item\nline"
    html = "".join(map(STYLES[style], parse(text, "：")))
    for word in ("T&lt;1&gt;", "5 KB", "9", "bare", "p &amp; q", "more", "other", "item", "line"):
        assert word in html


def test_a_text_extract_has_the_lines() -> None:
    blocks = parse("# T\n= 大小: 5 KB | 页数 := 9\n> p\n@ <hr>", ":")
    assert as_text(blocks) == "T\n大小:5 KB  页数 9\np"


# --- how results are judged ---------------------------------------------------------------------


@pytest.fixture
def case() -> Case:
    return Case(
        name="x/y/en/0",
        part="known",
        site="x",
        language="en",
        url="https://x.example/1",
        body=b"",
        content_type="text/html",
        style="lines",
        expected={"site": "x", "doc_id": "1", "title": "T", "page_count": 9},
        ignored=frozenset({"language"}),
    )


def record(**values: object) -> dict[str, object]:
    fields = (
        "site doc_id title file_format size_bytes page_count preview_page_count uploaded_on "
        "preview uploader category tags price view_count download_count language text_quality"
    )
    return dict.fromkeys(fields.split()) | values


def test_what_is_right_is_a_hit(case: Case) -> None:
    got = record(site="x", doc_id="1", title="T", page_count=9, language="fr")
    result = judge(case, got, "")
    assert (result.tally.hits, result.tally.false, result.tally.missed) == (5, 0, 0)
    assert not result.faults


def test_wrong_missing_and_invented_values_differ(case: Case) -> None:
    result = judge(case, record(site="x", doc_id="2", title="T", size_bytes=5), "")
    tallies = {name: (t.hits, t.false, t.missed) for name, t in result.tallies.items()}
    assert tallies == {
        RECORD: (1, 0, 0),
        "site": (1, 0, 0),
        "doc_id": (0, 1, 1),
        "title": (1, 0, 0),
        "page_count": (0, 0, 1),
        "size_bytes": (0, 1, 0),
    }
    assert len(result.faults) == 3


def test_a_refused_document_misses_all_its_fields(case: Case) -> None:
    assert judge(case, None, "gone").tally.missed == 5


def test_a_record_of_what_is_none_is_false(case: Case) -> None:
    none = replace(case, part="none", expected=None, reasons=("gone",))
    assert judge(none, record(title="T"), "").tallies[RECORD].false == 1
    assert judge(none, None, "gone").tally.f1 == 1
    assert judge(none, None, "blocked").tally.f1 == 0


def test_texts_are_as_alike_as_their_parts() -> None:
    assert likeness("abcdefgh", "abcdefgh") == 1
    assert likeness("abcdefgh", "ijklmnop") == 0
    assert 0.4 < likeness("abcdefghij", "abcdefghxy") < 0.6
