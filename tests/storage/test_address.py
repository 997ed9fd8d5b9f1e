from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from crawler.errors import ExitCode, UsageError
from crawler.storage import data_folder, database_url, project_folder, shown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project, seen from a folder deep within it."""
    (tmp_path / "scrapy.cfg").write_text("[settings]\n")
    deep = tmp_path / "docs" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    return tmp_path


def test_the_project_is_where_scrapy_finds_it(project: Path) -> None:
    assert project_folder() == project


def test_without_a_project_it_is_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert project_folder() == tmp_path


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({}, "{project}/data/docshelf.db"),
        ({"DOCSHELF_DATA": "kept"}, "{project}/kept/docshelf.db"),
        ({"DOCSHELF_DATA": "/srv/kept"}, "/srv/kept/docshelf.db"),
        ({"DOCSHELF_DATABASE_URL": "sqlite:///a/b.db"}, "{project}/a/b.db"),
        ({"DOCSHELF_DATABASE_URL": "sqlite:////srv/b.db"}, "/srv/b.db"),
        ({"DOCSHELF_DATABASE_URL": " sqlite+pysqlite:////srv/文 档%3F.db\n"}, "/srv/文 档?.db"),
    ],
)
def test_a_file(settings: dict[str, str], path: str, project: Path) -> None:
    url = database_url(settings)
    assert (url.drivername, url.database) == ("sqlite", path.format(project=project))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server(scheme: str) -> None:
    url = database_url({"DOCSHELF_DATABASE_URL": f"{scheme}://ann:secret@db.example:6000/shelf"})
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.host, url.port, url.database) == ("ann", "db.example", 6000, "shelf")


@pytest.mark.parametrize(
    "text",
    [
        "data/docshelf.db",
        "://",
        "mysql://ann:secret@db.example/shelf",
        "postgresql+psycopg2://ann:secret@db.example/shelf",
        "postgresql://ann:secret@db.example:port/shelf",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x.db?mode=ro&uri=true",
        "sqlite://data/docshelf.db",
    ],
)
def test_nonsense(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        database_url({"DOCSHELF_DATABASE_URL": text})
    message = str(caught.value)
    assert message.startswith("DOCSHELF_DATABASE_URL")
    assert "secret" not in message
    assert "\n" not in message
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "text", ["postgresql://ann:secret@db.example/x", "postgresql://db.example/x?password=secret"]
)
def test_passwords_are_not_shown(text: str) -> None:
    assert "secret" not in shown(make_url(text))
    assert "db.example" in shown(make_url(text))


def test_data_is_beside_the_project(project: Path) -> None:
    assert data_folder({"DOCSHELF_DATA": "data"}) == project / "data"
