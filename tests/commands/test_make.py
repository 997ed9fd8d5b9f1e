"""``make run URL=…`` gives an address on as it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "https://www.wenku365.com/p-1.html?a=1&b=2#c",
        "it's",
        "' ; touch pwned ; '",
        '" ; touch pwned ; "',
        "$(shell touch pwned)",
        "$(touch pwned)",
        "`touch pwned`",
        "$HOME $$ ${HOME} \\",
    ],
)
@pytest.mark.parametrize("way", ["argument", "environment"])
def test_an_address_is_given_on(tmp_path: Path, address: str, way: str) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    python.chmod(0o755)
    makefile = Path(__file__).parents[2] / "Makefile"
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "ready").touch()
    given = f"URL={address}"
    done = subprocess.run(
        [
            *(["/usr/bin/env", given, "make"] if way == "environment" else ["make", given]),
            *("-f", makefile, "run", f"BIN={tmp_path}", f"READY={tmp_path}/ready"),
        ],
        cwd=tmp_path,
        # Under make test it would be told that it is a part of that.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"-m|crawler.demo.first_run|{address}|", "")
    assert not (tmp_path / "pwned").exists()
