"""``scrapy savefixture``: a page, from its site or from an archive, as a page of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from crawler.archive.containers import find_warcs
from crawler.archive.reader import Record
from crawler.commands.newsite import fixtures_folder, project_folder
from crawler.errors import DiskError, ExitCode, UsageError
from crawler.fetching.checks import ending_in_one_line
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import owner, site, sites
from crawler.fetching.streams import write_out
from crawler.reading import DocumentPage, Page

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable


_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A document's page as it was answered."""

    kind: type[DocumentPage]
    """The page class of its site."""
    doc_id: str
    url: str
    body: bytes
    content_type: str


class Command(ProjectCommand):
    """Saves one page among those that the tests read."""

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the form of its options."""
        return "URL | --from WARC ID [options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Save a document's page among the pages that the tests read"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Save a document's page among the pages that the tests read: fetched politely from "
            "URL, or the last one of the document ID in a WARC, a WACZ or a folder of them. The "
            "tests then write the record beside it, and fail until you have reviewed it. The page "
            "has the words and people of the document: put others in their place before you "
            "share it"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "--from", metavar="WARC", dest="warc", help="take the page from this archive"
        )
        parser.add_argument(
            "--site", metavar="SITE", help="the document's site, if several have such an ID"
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the page is asked for."""
        if len(args) != 1:
            raise UsageError("name one document: its URL, or its ID behind --from WARC")
        if opts.site:
            site(opts.site, self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Find the page and save it."""
        with ending_in_one_line("savefixture"):
            if opts.warc:
                capture = self._find(Path(opts.warc), args[0], opts.site)
                if capture is None:
                    raise UsageError(f"{opts.warc}: no page of a document {args[0]}")
            else:
                capture = self._fetch(args[0])
            paths = save(capture, fixtures_folder())
            project = project_folder()
            told = (
                *(f"wrote {path.relative_to(project)}" for path in paths),
                "Its words and people are the document's: put others in their place.",
                "Next: write its record, then review it: python -m pytest tests/test_fixtures.py",
            )
            write_out([f"{line}\n".encode() for line in told])

    def _find(self, path: Path, doc_id: str, name: str | None) -> Capture | None:
        known = sites(self.settings)
        chosen = [known[name]] if name else list(known.values())
        return find(path, doc_id, [spider.page for spider in chosen])

    def _fetch(self, url: str) -> Capture:
        """Return the page at *url*, asked for by a crawl that keeps nothing else."""
        spider = owner(url, self.settings)
        doc_id = spider.page.url_template.doc_id(url)
        if doc_id is None:
            raise UsageError(f"{url} is no address of a document of {spider.name}")
        with tempfile.TemporaryDirectory(prefix="docshelf-") as folder:
            command = [sys.executable, "-m", "scrapy", "crawl", spider.name, "-a", f"url={url}"]
            done = subprocess.run(
                command,
                cwd=project_folder(),
                env=os.environ | {"DOCSHELF_DATA": folder, "DOCSHELF_DATABASE_URL": ""},
                capture_output=True,
                text=True,
                check=False,
            )
            capture = find(Path(folder), doc_id, [spider.page]) if _has_warc(folder) else None
        if capture is None:
            sys.stderr.write(done.stderr or done.stdout)
            sys.exit(done.returncode or ExitCode.NO_DOCUMENT)
        return capture


def find(path: Path, doc_id: str, kinds: Iterable[type[DocumentPage]]) -> Capture | None:
    """Return the last page of the document *doc_id* in the archive *path*, ``None`` if it has none.

    *kinds* are the page classes whose sites it may be of. Raise ``ArchiveError`` if *path* cannot
    be read.
    """
    kinds = list(kinds)
    found: Capture | None = None
    for source in find_warcs(path):
        for record in source.records():
            if isinstance(record, Record) and record.kind == "response":
                kind = next((k for k in kinds if k.url_template.doc_id(record.url) == doc_id), None)
                found = (_capture(record, kind, doc_id) if kind else None) or found
    return found


def _capture(record: Record, kind: type[DocumentPage], doc_id: str) -> Capture | None:
    answer = record.answer()
    if answer is None or answer.status != _OK:
        return None
    content_type = (answer.get("Content-Type") or b"").decode("latin-1")
    return Capture(
        kind=kind, doc_id=doc_id, url=record.url, body=answer.body(), content_type=content_type
    )


def save(capture: Capture, folder: Path) -> list[Path]:
    """Write the page into its site's folder in *folder*; return the files that were written.

    Raise ``UsageError`` if it is there already, ``DiskError`` if it cannot be written.
    """
    is_text = capture.content_type.lower().startswith("text/plain")
    name = quote(capture.doc_id, safe="")
    path = folder / capture.kind.site / f"{name}{'.txt' if is_text else '.html'}"
    files = {path: _bytes(capture, "text/plain" if is_text else "text/html")}
    if capture.url != capture.kind.url_template.format(capture.doc_id):
        files[path.with_suffix(".url")] = f"{capture.url}\n".encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for one, data in files.items():
            with one.open("xb") as file:
                file.write(data)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already") from error
    except OSError as error:
        raise DiskError(f"{path}: cannot be written: {error.strerror}") from error
    return list(files)


def _bytes(capture: Capture, read_as: str) -> bytes:
    """Return the page's bytes; in UTF-8 if only its answer's header says what they are in."""
    text = Page(capture.url, capture.body, content_type=capture.content_type).text
    if Page(capture.url, capture.body, content_type=read_as).text == text:
        return capture.body
    return f"\ufeff{text}".encode(errors="replace")


def _has_warc(folder: str) -> bool:
    return any(Path(folder).rglob("*.warc*"))
