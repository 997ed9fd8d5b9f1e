from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.patience import parse_retry_after

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)


@given(st.integers(0, 10**12))
def test_seconds(seconds: int) -> None:
    assert parse_retry_after(f" {seconds} ".encode(), NOW) == seconds


@given(st.integers(-(10**6), 10**8))
def test_dates(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(date.encode(), NOW) == max(seconds, 0)


@pytest.mark.parametrize("header", [None, b"", b"soon", b"-1", b"1.5", "\uff11".encode(), b"\xb2"])
def test_what_cannot_be_understood(header: bytes | None) -> None:
    assert parse_retry_after(header, NOW) is None


@given(st.binary())
def test_no_header_breaks_it(header: bytes) -> None:
    wait = parse_retry_after(header, NOW)
    assert wait is None or wait >= 0
