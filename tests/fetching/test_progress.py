from __future__ import annotations

import io
import logging

from rich.console import Console
from rich.live import Live
from rich.text import Text

from crawler.fetching.progress import _AboveTheLine


def test_the_log_is_above_the_line_that_lives_and_whole() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=40, color_system=None)
    record = logging.makeLogRecord({"msg": "[b] http://www.wenku365.com/" + "x" * 60 + "\nmore"})
    with Live(Text("3 documents"), console=console, auto_refresh=False) as live:
        live.refresh()
        before = len(shown.getvalue())
        logging.StreamHandler(_AboveTheLine(console)).emit(record)
        added = shown.getvalue()[before:]
    assert added.startswith("\r\x1b[2K")  # the line is cleared first
    assert f"{record.msg}\n" in added
    assert added.endswith("3 documents")
