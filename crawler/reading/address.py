"""Addresses of documents: to recognise and to build."""

from __future__ import annotations

import re
from typing import Final

_HOLE: Final = "{doc_id}"
_FORM: Final = re.compile(r"(?:https?://(?P<host>[^/?#:]+))?(?P<path>/[^?#]*)")
_SUBDOMAIN: Final = re.compile(r"(?:www|m)\.")


class UrlTemplate:
    """The addresses of a site's documents, with a hole for the ID: to fill or to read.

    *canonical* is the form that a record gets; *others* are further forms, whole or only a path
    (``/p-{doc_id}.html``). Each is recognised on each of the site's hosts: those of the forms,
    *hosts*, and the bare domain. Scheme, letter case of the host, default port, trailing dot,
    trailing slash, query and fragment make no difference. *doc_id* is the regular expression of
    an ID. Raise ``ValueError`` if a form has no hole, or the canonical one no host.

    >>> url = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html", hosts=("m.wenku365.com",))
    >>> url.format("25324311")
    'https://www.wenku365.com/p-25324311.html'
    >>> url.doc_id("http://M.wenku365.com.:80/p-25324311.html?from=search")
    '25324311'
    >>> url.doc_id("https://www.wenku365.com/c-25324311.html") is None
    True
    """

    def __init__(
        self, canonical: str, *others: str, hosts: tuple[str, ...] = (), doc_id: str = "[0-9]+"
    ) -> None:
        forms = [_form(template) for template in (canonical, *others)]
        home = forms[0][0]
        if not home:
            raise ValueError(f"{canonical!r} has no host")
        self.canonical = canonical
        self.domain = _SUBDOMAIN.sub("", home, count=1)
        self.hosts = frozenset({self.domain, *hosts, *(host for host, _ in forms if host)})
        paths = dict.fromkeys(path for _, path in forms)
        self._places = [f"{host}{path}" for host in sorted(self.hosts) for path in paths]
        self._document = re.compile(
            f"{self._origin()}(?:{'|'.join(_path_pattern(path, doc_id) for path in paths)})"
            "/?(?:[?#].*)?",
            re.ASCII | re.DOTALL,
        )
        self._site = re.compile(f"{self._origin()}(?:[/?#].*)?", re.ASCII | re.DOTALL)

    def format(self, doc_id: str) -> str:
        """Return the canonical address of the document *doc_id*."""
        return self.canonical.replace(_HOLE, doc_id)

    def doc_id(self, url: str) -> str | None:
        """Return the ID of the document at *url*, or ``None`` if that is no document's address."""
        found = self._document.fullmatch(url)
        return found[found.lastindex] if found and found.lastindex else None

    def prefixes(self, doc_id: str | None = None) -> list[str]:
        """Return what the addresses of the document *doc_id* begin with, without the scheme.

        ``None``: those of all documents, up to the ID.

        >>> url = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
        >>> url.prefixes(), url.prefixes("25324311")[0]
        (['wenku365.com/p-', 'www.wenku365.com/p-'], 'wenku365.com/p-25324311.html')
        """
        if doc_id is None:
            return [place.partition(_HOLE)[0] for place in self._places]
        return [place.replace(_HOLE, doc_id) for place in self._places]

    def on_site(self, url: str) -> bool:
        """Tell whether *url* is an address on one of the site's hosts.

        >>> url = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
        >>> url.on_site("http://wenku365.com"), url.on_site("http://wenku365.com.example/")
        (True, False)
        """
        return self._site.fullmatch(url) is not None

    def _origin(self) -> str:
        host = f"(?i:{'|'.join(map(re.escape, sorted(self.hosts)))})" + r"\.?"
        return f"(?:(?i:http)://{host}(?::80)?|(?i:https)://{host}(?::443)?)"


def _form(template: str) -> tuple[str, str]:
    """Return a form's host, empty if it is only a path, and its path."""
    found = _FORM.fullmatch(template)
    if not found or found["path"].count(_HOLE) != 1:
        raise ValueError(f"{template!r} is not an address with {_HOLE} in its path")
    return (found["host"] or "").lower(), found["path"]


def _path_pattern(path: str, doc_id: str) -> str:
    before, after = map(re.escape, path.split(_HOLE))
    return f"{before}({doc_id}){after}"
