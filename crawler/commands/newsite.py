"""``scrapy newsite``: the module and the test folder of a site that is new here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy.utils.conf import closest_scrapy_cfg

from crawler.errors import DiskError, UsageError
from crawler.fetching.checks import ending_in_one_line
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import site, sites
from crawler.fetching.streams import write_out
from crawler.reading import DocumentPage, UrlTemplate

if TYPE_CHECKING:
    import argparse


_KEY: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_ARGUMENTS: Final = 2

_FORM: Final = '''"""{title}, {origin}: what its documents are, and who shares them."""

from crawler.fetching.spider import DocumentSpider
{imports}


class {name}Page({family}):
    """The page of one document."""

    site = "{key}"
    url_template = UrlTemplate({template})
{fields}

class {name}Spider(DocumentSpider):
    """The whole site, from its front page."""

    page = {name}Page
    name = page.site
    start_urls = ["{origin}/"]
'''
_OWN_FIELDS: Final = """
    title = first(css("h1"), page_title("{title}"))
"""


class Command(ProjectCommand):
    """Writes the form of a new site, to be filled in."""

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the form of its options."""
        return "KEY TEMPLATE [--like SITE] [options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Write the module and the test folder of a new site"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Write the module and the test folder of a new site. KEY is its domain without the "
            "ending, TEMPLATE the address of its documents with {doc_id} in it, such as "
            "https://www.wenshan.example/doc/{doc_id}.html. The module reads the common labels "
            "and tags at once; add a line for each value that stands elsewhere."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument("--name", metavar="NAME", help="what the site calls itself")
        parser.add_argument(
            "--id",
            metavar="PATTERN",
            dest="doc_id",
            help="the regular expression of an ID, if it is not all digits",
        )
        parser.add_argument(
            "--like",
            metavar="SITE",
            help="a site of the same family, whose layouts the new one shares",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - as others
        """Check everything that can be checked before a file is written."""
        if len(args) != _ARGUMENTS:
            raise UsageError("name the site and the address of its documents: KEY TEMPLATE")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the module and the folder."""
        with ending_in_one_line("newsite"):
            key, address = args
            template = self._template(key, address, opts.doc_id)
            family = self._family(opts.like) if opts.like else None
            text = form(key, template, opts.name or template.domain, family, opts.doc_id)
            module, folder = self._places(key)
            _write(module, text)
            _make(folder)
            told = (
                f"wrote {_shown(module)}, and {_shown(folder)}/ for its pages",
                "Next: save a page or two, and see what is read from them:",
                f"  scrapy savefixture {address.replace('{doc_id}', 'ID')}",
                "  python -m pytest tests/test_fixtures.py tests/test_conventions.py",
            )
            write_out([f"{line}\n".encode() for line in told])

    def _template(self, key: str, address: str, doc_id: str | None) -> UrlTemplate:
        try:
            template = UrlTemplate(address, doc_id=doc_id) if doc_id else UrlTemplate(address)
        except (ValueError, re.error) as error:
            raise UsageError(str(error)) from error
        wanted = template.domain.rpartition(".")[0]
        if not _KEY.fullmatch(key) or key != wanted:
            raise UsageError(f"a site is its domain without the ending: {wanted!r}, not {key!r}")
        for name, spider in sites(self.settings).items():
            if name == key or spider.page.url_template.hosts & template.hosts:
                raise UsageError(f"{template.domain} is there already, as {name}")
        return template

    def _family(self, name: str) -> type[DocumentPage]:
        family = site(name, self.settings).page.__bases__[0]
        if not issubclass(family, DocumentPage) or family is DocumentPage:
            raise UsageError(f"{name} is of no family: its layout is its own")
        return family

    def _places(self, key: str) -> tuple[Path, Path]:
        project = project_folder()
        module = project / self.settings["NEWSPIDER_MODULE"] / f"{module_name(key)}.py"
        return module, fixtures_folder() / key


def form(
    key: str,
    template: UrlTemplate,
    title: str,
    family: type[DocumentPage] | None,
    doc_id: str | None,
) -> str:
    """Return the source of the module of the site *key*, which calls itself *title*.

    With a *family*, the module stands on its class and names no field; *doc_id* is the pattern of
    an ID, if it is not all digits.
    """
    pattern = f', doc_id=r"{doc_id}"' if doc_id else ""
    path = template.canonical.partition("://")[2].partition("/")
    if family is None:
        names = "DocumentPage, UrlTemplate, css, first, page_title"
        imports = f"from crawler.reading import {names}"
        fields = _OWN_FIELDS.format(title=title.replace('"', ""))
    else:
        imports = (
            "from crawler.reading import UrlTemplate\n"
            f"from {family.__module__} import {family.__name__}"
        )
        fields = ""
    return _FORM.format(
        key=key,
        title=title.replace('"', ""),
        origin=f"https://{path[0]}",
        imports=imports,
        name=class_name(key),
        family=family.__name__ if family else "DocumentPage",
        template=f'"{template.canonical}"{pattern}',
        fields=fields,
    )


def module_name(key: str) -> str:
    """Return the name of the module of the site *key*.

    >>> module_name("wenshan"), module_name("31ppt"), module_name("wenku.so")
    ('wenshan', 'site_31ppt', 'wenku_so')
    """
    name = re.sub(r"\W", "_", key)
    return f"site_{name}" if name[0].isdigit() else name


def class_name(key: str) -> str:
    """Return what the names of a site's classes begin with.

    >>> class_name("wenshan"), class_name("31ppt"), class_name("wenku.so")
    ('Wenshan', 'Site31ppt', 'WenkuSo')
    """
    return "".join(map(str.capitalize, module_name(key).split("_")))


def project_folder() -> Path:
    """Return the folder of the project that the command runs in."""
    return Path(closest_scrapy_cfg()).parent


def fixtures_folder() -> Path:
    """Return the folder of the pages that the tests read."""
    return project_folder() / "tests" / "fixtures"


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{_shown(path)} is there already") from error
    except OSError as error:
        raise DiskError(f"{path}: cannot be written: {error.strerror}") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"{folder}: cannot be made: {error.strerror}") from error


def _shown(path: Path) -> str:
    return str(path.relative_to(project_folder()))
