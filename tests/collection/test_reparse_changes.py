from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crawler.collection.changes import Changes, FieldChanges, contrast, revise
from crawler.collection.tally import Tally
from crawler.storage.merge import to_row
from tests.collection.shelf import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.items import Document

Make = "Callable[..., Document]"
NOW = START.replace(microsecond=0)


def yes() -> bool:
    return True


def no() -> bool:
    return False


@pytest.fixture
def row(make_document: Callable[..., Document]) -> Callable[..., dict[str, Any]]:
    """Return a function that makes a row, seen for the first and the last time by its page."""

    def make(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of a document
        status = changes.pop("status", "available")
        return to_row(make_document(1, fetched_at=NOW, **changes), "urn:uuid:1") | {
            "status": status
        }

    return make


def test_what_was_read_of_all_pages_replaces(row: Callable[..., dict[str, Any]]) -> None:
    kept, read = row(price="6金币", title="旧"), row(title="新", reader="wenku365/2")
    after = revise(kept, read, yes)
    assert after is not None
    assert (after["title"], after["price"], after["reader"]) == ("新", None, "wenku365/2")


def test_what_was_read_of_some_pages_takes_nothing_away(
    row: Callable[..., dict[str, Any]],
) -> None:
    after = revise(row(price="6金币", title="旧"), row(title="新"), no)
    assert after is not None
    assert (after["title"], after["price"]) == ("新", "6金币")


@pytest.mark.parametrize("moved", ["first_seen_at", "last_seen_at"])
def test_what_was_seen_beside_the_archive_is_not_taken_away(
    row: Callable[..., dict[str, Any]], moved: str
) -> None:
    days = -1 if moved == "first_seen_at" else 1
    kept = row(price="6金币") | {moved: NOW + timedelta(days=days)}
    after = revise(kept, row(), yes)
    assert after is not None
    assert (after["price"], after[moved]) == ("6金币", kept[moved])


def test_an_older_page_only_fills(row: Callable[..., dict[str, Any]]) -> None:
    early = NOW - timedelta(days=1)
    read = row(title="旧", price="6金币", reader="wenku365/2")
    read |= {"fetched_at": early, "first_seen_at": early, "last_seen_at": early}
    after = revise(row(title="新"), read, yes)
    assert after is not None
    assert (after["title"], after["price"], after["first_seen_at"]) == ("新", "6金币", early)
    assert (after["fetched_at"], after["last_seen_at"]) == (NOW, NOW)


def test_what_is_removed_stays_out_and_what_is_gone_stays_gone(
    row: Callable[..., dict[str, Any]],
) -> None:
    assert revise(row(title="", status="removed"), row(), yes) is None
    after = revise(row(status="gone"), row(title="新"), yes)
    assert after is not None
    assert (after["status"], after["title"]) == ("gone", "新")


def test_changes_are_counted_field_by_field(row: Callable[..., dict[str, Any]]) -> None:
    changes = Changes()
    changes.add(None, row())
    changes.add(row(), row(reader="wenku365/2"))
    changes.add(row(title="旧", size_bytes=None), row(title="新"))
    changes.add(row(price="6金币"), row())
    changes.add(row(status="removed"), None)
    counts = (changes.new, changes.unchanged, changes.changed, changes.left_out)
    assert [count["wenku365"] for count in counts] == [1, 1, 2, 1]
    assert [(name, str(told)) for name, told in changes.of("wenku365")] == [
        ("title", "0 filled, 1 changed, 0 lost"),
        ("size_bytes", "1 filled, 0 changed, 0 lost"),
        ("price", "0 filled, 0 changed, 1 lost"),
    ]


def test_the_gravest_examples_are_shown() -> None:
    told = FieldChanges()
    for number in range(5):
        told.add(f"f{number}", None, number)
    told.add("c", 1, 2)
    told.add("l", 1, None)
    assert [text for _, text in told.examples] == ["l: 1 → null", "c: 1 → 2", "f0: null → 0"]
    assert str(told) == "5 filled, 1 changed, 1 lost"


def test_long_texts_are_shown_where_they_differ() -> None:
    one = "各村按照要求检查了堤防和泵站" * 9
    shown = contrast(one, one[:70] + "新" + one[70:])
    assert len(shown) < 110
    assert "新" in shown
    assert shown.startswith('"…')


def test_a_tally_is_as_it_was() -> None:
    tally = Tally(records=5, damaged=1, cut_off=2, missing=3, refused=4)
    tally.verdicts.update({("wenku365", "document"): 3, ("", "unread"): 2})
    assert Tally.load(tally.dump()) == tally
    assert tally.documents == 3
