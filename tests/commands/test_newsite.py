"""``scrapy newsite`` and ``scrapy savefixture``: from nothing to a site with a page of its own."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from scrapy.settings import Settings

from crawler.commands.savefixture import Capture, save
from crawler.fetching.sites import site
from crawler.reading import Page

if TYPE_CHECKING:
    from tests.commands.conftest import Documents, Web

PROJECT = Path(__file__).parents[2]
TEMPLATE = "https://www.wenshan.example/doc/{doc_id}.html"
PAGE = """<!doctype html><meta charset="utf-8"><title>山塘清淤记录.doc_文山网</title>
<h1>山塘清淤记录.doc</h1><p>文档编号：7　大小：58.50 KB　页数：11　上传时间：2018-11-19</p>"""


class InProject(Protocol):
    def __call__(self, *args: str | Path) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a project with no sites of its own beside ours."""
    folder = tmp_path / "project"
    (folder / "spiders").mkdir(parents=True)
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n")
    return folder


@pytest.fixture
def scrapy_there(project: Path, environment: dict[str, str]) -> InProject:
    def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scrapy", *map(str, args)],
            cwd=project,
            env=environment | {"PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


# --- newsite ------------------------------------------------------------------------------------


def test_a_new_site_reads_its_pages_at_once(scrapy_there: InProject, project: Path) -> None:
    done = scrapy_there("newsite", "wenshan", TEMPLATE, "--name", "文山网")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wrote spiders/wenshan.py, and tests/fixtures/wenshan/ for its pages" in done.stdout
    assert (project / "tests/fixtures/wenshan").is_dir()
    spec = importlib.util.spec_from_file_location("wenshan", project / "spiders/wenshan.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.__doc__ is not None
    assert module.__doc__.startswith("文山网, https://www.wenshan.example: ")
    assert module.WenshanSpider.name == "wenshan"
    document = module.WenshanPage("https://www.wenshan.example/doc/7.html", PAGE.encode())
    raw = document.document()
    assert (raw.doc_id, raw.title, raw.size) == ("7", "山塘清淤记录.doc", "58.50 KB")


def test_the_form_passes_the_linter(scrapy_there: InProject, project: Path) -> None:
    assert not scrapy_there("newsite", "wenshan", TEMPLATE).returncode
    assert not scrapy_there("newsite", "7shan", TEMPLATE.replace("wens", "7s")).returncode
    for module in (project / "spiders").iterdir():
        for check in (["check"], ["format", "--diff"]):
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "ruff",
                    *check,
                    "--stdin-filename",
                    f"spiders/{module.name}",
                ],
                cwd=PROJECT,
                input=module.read_text(),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout


def test_a_site_of_a_family_is_a_template_and_nothing_else(
    scrapy_there: InProject, project: Path
) -> None:
    assert not scrapy_there("newsite", "wenshan", TEMPLATE, "--like", "31ppt").returncode
    text = (project / "spiders/wenshan.py").read_text()
    assert "class WenshanPage(WenkuPage):" in text
    assert "import WenkuPage\n" in text
    assert "title" not in text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("wenshan",), "name the site and the address of its documents"),
        (("wen", TEMPLATE), "a site is its domain without the ending: 'wenshan', not 'wen'"),
        (("wenshan", "https://www.wenshan.example/"), "is not an address"),
        (("wenshan", "/doc/{doc_id}"), "has no host"),
        (("wenku365", "https://www.wenku365.com/d/{doc_id}"), "is there already, as wenku365"),
        (("wenshan", TEMPLATE, "--like", "wenku365"), "wenku365 is of no family"),
        (("wenshan", TEMPLATE, "--like", "wenkoo"), "unknown site 'wenkoo'"),
        (("wenshan", TEMPLATE, "--quick"), "unknown option --quick"),
    ],
)
def test_wrong_usage_writes_nothing(
    scrapy_there: InProject, project: Path, args: tuple[str, ...], words: str
) -> None:
    done = scrapy_there("newsite", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("scrapy newsite: ")
    assert words in done.stderr
    assert not list((project / "spiders").iterdir())


def test_a_module_that_is_there_stays(scrapy_there: InProject, project: Path) -> None:
    path = project / "spiders/wenshan.py"
    path.write_text('"""Mine."""\n')
    done = scrapy_there("newsite", "wenshan", TEMPLATE)
    assert (done.returncode, "wenshan.py is there already" in done.stderr) == (2, True)
    assert path.read_text() == '"""Mine."""\n'


# --- savefixture --------------------------------------------------------------------------------


def test_a_page_is_fetched_and_saved(
    scrapy_there: InProject, project: Path, web: Web, document: Documents
) -> None:
    url = web.put("/p-1000001.html", document(1000001))
    done = scrapy_there("savefixture", url)
    assert (done.returncode, done.stderr) == (0, "")
    folder = project / "tests/fixtures/wenku365"
    assert (folder / "1000001.html").read_text() == document(1000001)
    assert (folder / "1000001.url").read_text() == f"{url}\n"
    assert "wrote tests/fixtures/wenku365/1000001.html" in done.stdout
    assert web.counts[url] == 1
    assert not (project / "data").exists()


@pytest.mark.parametrize("charset", ["euc-jp", "koi8-r", "utf-16-le", "utf-8"])
def test_a_saved_page_reads_as_its_answer_did(tmp_path: Path, charset: str) -> None:
    body = "<title>Пруд</title><p>Размер: 5 МБ</p>".encode(charset)
    url = "https://www.wenku365.com/p-7.html"
    kind = site("wenku365", Settings({"SPIDER_MODULES": ["spiders"]})).page
    content_type = f"text/html; charset={charset}"
    capture = Capture(kind=kind, doc_id="7", url=url, body=body, content_type=content_type)
    [path] = save(capture, tmp_path)
    saved = Page(url, path.read_bytes(), content_type="text/html").text
    assert saved == Page(url, body, content_type=content_type).text
    assert "Пруд" in saved


def test_a_page_that_does_not_come_saves_nothing(
    scrapy_there: InProject, project: Path, web: Web
) -> None:
    done = scrapy_there("savefixture", "http://www.wenku365.com/p-1000009.html")
    assert done.returncode not in {0, 1, 2}
    assert "http_404" in done.stderr
    assert not (project / "tests").exists()
    assert web.asked


def warc(path: Path, *pages: tuple[str, str, str]) -> Path:
    """Write a WARC of answers: address, status line and headers, body."""
    records = []
    for number, (url, head, body) in enumerate(pages):
        block = f"HTTP/1.1 {head}\r\n\r\n{body}".encode()
        fields = (
            "WARC/1.1\r\nWARC-Type: response\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
            f"WARC-Date: 2026-11-24T08:00:0{number}Z\r\nWARC-Target-URI: {url}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}"
        )
        records.append(gzip.compress(f"{fields}\r\n\r\n".encode() + block + b"\r\n\r\n"))
    path.write_bytes(b"".join(records))
    return path


def test_the_last_good_page_of_an_archive_is_saved(
    scrapy_there: InProject, project: Path, tmp_path: Path
) -> None:
    url = "https://www.wenku365.com/p-1000003.html"
    good = "200 OK\r\nContent-Type: text/html"
    path = warc(
        tmp_path / "x.warc.gz",
        (url, good, "<p>old"),
        (url, good, "<p>new"),
        (url, "404 Not Found", "gone"),
        ("https://www.wenku365.com/p-1.html", good, "<p>another"),
        ("https://elsewhere.example/p-1000003.html", good, "<p>elsewhere"),
    )
    done = scrapy_there("savefixture", "--from", path, "1000003")
    assert (done.returncode, done.stderr) == (0, "")
    [saved] = (project / "tests/fixtures/wenku365").iterdir()
    assert (saved.name, saved.read_text()) == ("1000003.html", "<p>new")
    again = scrapy_there("savefixture", "--from", path, "1000003")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    other = scrapy_there("savefixture", "--from", path, "1", "--site", "31ppt")
    assert (other.returncode, "no page of a document 1" in other.stderr) == (2, True)


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "name one document"),
        (("http://www.wenku365.com/",), 2, "is no address of a document of wenku365"),
        (("--from", "nowhere.warc", "7"), 22, "nowhere.warc"),
        (("7", "--site", "wenkoo"), 2, "unknown site 'wenkoo'"),
    ],
)
def test_what_cannot_be_saved(
    scrapy_there: InProject, args: tuple[str, ...], code: int, words: str
) -> None:
    done = scrapy_there("savefixture", *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("scrapy savefixture: ")
    assert words in done.stderr


def test_a_saved_page_is_explained(scrapy_there: InProject, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("文档编号：7", "ID:7 《甲》由会员上传分享,"))
    url = "https://www.wenku365.com/p-7.html"
    assert json.loads(scrapy_there("read", page, "--url", url).stdout)["size_bytes"] == 59904
    done = scrapy_there("read", page, "--url", url, "--explain")
    assert (done.returncode, done.stderr) == (0, "")
    assert "size: 59904\n    won «58.50 KB»: label(" in done.stdout
    os.truncate(page, 0)
    empty = scrapy_there("read", page, "--url", url, "--explain")
    assert empty.returncode == 4
    assert "(not_a_document)" in empty.stderr


def test_a_layout_that_its_class_does_not_know_is_explained_as_it_was_read(
    scrapy_there: InProject, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("文档编号：7　", ""))
    done = scrapy_there("read", page, "--url", "https://www.wenku365.com/p-7.html", "--explain")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("read by the generic page")
    assert "size: 59904\n" in done.stdout
