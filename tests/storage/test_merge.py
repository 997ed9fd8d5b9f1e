from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.items import EXPLAINED
from crawler.storage.merge import MOMENTS, differs, merge

START = datetime(2026, 11, 24, tzinfo=UTC)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    row: dict[str, Any] = {name: draw(st.none() | st.integers(0, 2)) for name in EXPLAINED}
    row["missing"] = {
        name: draw(st.sampled_from(["not_published", "not_found", "bad_value"]))
        for name in EXPLAINED
        if row[name] is None
    }
    moment = START + timedelta(hours=draw(st.integers(0, 3)))
    return row | dict.fromkeys(MOMENTS, moment) | {"status": "available"}


@given(rows())
def test_merging_the_same_changes_nothing(row: dict[str, Any]) -> None:
    assert merge(row, row) == row


@given(rows(), rows())
def test_merging_again_changes_nothing(kept: dict[str, Any], arrived: dict[str, Any]) -> None:
    once = merge(kept, arrived)
    assert merge(once, arrived) == once or arrived["fetched_at"] < once["fetched_at"]
    assert merge(kept, once) == once


@given(rows(), rows())
def test_no_value_is_emptied(kept: dict[str, Any], arrived: dict[str, Any]) -> None:
    row = merge(kept, arrived)
    for name in EXPLAINED:
        assert row[name] in (kept[name], arrived[name])
        assert (row[name] is None) == (kept[name] is None and arrived[name] is None)
        assert (name in row["missing"]) == (row[name] is None)


@given(rows(), rows())
def test_the_order_of_arrival_matters_only_at_the_same_moment(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    if one["fetched_at"] != other["fetched_at"]:
        assert merge(one, other) == merge(other, one)


@given(rows(), rows())
def test_news_win_whatever_the_clock_said(kept: dict[str, Any], arrived: dict[str, Any]) -> None:
    row = merge(kept, arrived, is_news=True)
    for name in EXPLAINED:
        assert row[name] == (kept[name] if arrived[name] is None else arrived[name])
    assert row["fetched_at"] == arrived["fetched_at"]
    assert row["first_seen_at"] <= row["fetched_at"] <= row["last_seen_at"]


def test_a_layout_that_does_not_publish_a_value_says_nothing_of_another() -> None:
    moments = dict.fromkeys(MOMENTS, START) | {"status": "available"}
    rich = {"size_bytes": None, "missing": {"size_bytes": "bad_value"}, **moments}
    poor = {"size_bytes": None, "missing": {"size_bytes": "not_published"}, **moments}
    assert merge(rich, poor)["missing"] == merge(poor, rich)["missing"] == rich["missing"]


def test_a_takedown_stays() -> None:
    moments = dict.fromkeys(MOMENTS, START)
    removed = {"missing": {}, **moments, "status": "removed"}
    assert merge(removed, {"missing": {}, **moments, "status": "available"})["status"] == "removed"


@given(rows(), rows(), rows())
def test_grouping_does_not_matter(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    ordered = sorted([one, two, three], key=lambda row: row["fetched_at"])
    assert merge(merge(*ordered[:2]), ordered[2]) == merge(ordered[0], merge(*ordered[1:]))


@given(rows())
def test_moments_alone_are_no_difference(row: dict[str, Any]) -> None:
    later = row | dict.fromkeys(MOMENTS, START + timedelta(days=1))
    assert not differs(row, later)
    assert differs(row, row | {"preview": "另"})
