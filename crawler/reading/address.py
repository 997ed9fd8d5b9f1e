"""Addresses of documents: to recognise and to build."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_HOLE: Final = "{doc_id}"
_FORM: Final = re.compile(r"(?:https?://(?P<host>[^/?#:]+))?(?P<path>/[^?#]*(?:\?\w+=\{doc_id\})?)")
_HOLES: Final = re.compile(r"\{([a-z_]+)\}")
_SUBDOMAIN: Final = re.compile(r"(?:www|m)\.")
_NAME: Final = "[^/?#]+"
"""What stands in a hole that is not the ID's."""
_NO_NAME: Final = "_"
"""What is put into such a hole where nothing is known of it."""


class _Form(NamedTuple):
    """One form of address."""

    host: str
    """Empty if the form is only a path."""
    path: str
    holes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The holes that an ID fills: its own, or else all of them."""
        return (_OWN,) if _OWN in self.holes else self.holes


class UrlTemplate:
    """The addresses of a site's documents, with a hole for the ID: to fill or to read.

    *canonical* is the form that a record gets; *others* are further forms, whole or only a path
    (``/p-{doc_id}.html``), or a path with a parameter of its query (``/view.aspx?id={doc_id}``, in
    any letter case). Each is recognised on each of the site's hosts: those of the forms,
    *hosts*, and the bare domain. Scheme, letter case of the host, default port, trailing dot,
    trailing slash, query and fragment make no difference. *doc_id* is the regular expression of
    an ID. *keeps_host* says that each host has documents of its own, so that a record's address
    stays on the host where it was found. *reserved* are first segments of paths that are never a
    document's. Raise ``ValueError`` if a form has no hole, or the canonical one no host.

    Other holes, such as ``{slug}``, stand for words of the address that say nothing new. Where a
    form has no ID, its holes, joined by ``/``, are the ID; if other forms of the site do have
    one, they only stand in for it, until the page says it.

    >>> url = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html", hosts=("m.wenku365.com",))
    >>> url.format("25324311")
    'https://www.wenku365.com/p-25324311.html'
    >>> url.doc_id("http://M.wenku365.com.:80/p-25324311.html?from=search")
    '25324311'
    >>> url.doc_id("https://www.wenku365.com/c-25324311.html") is None
    True
    >>> url = UrlTemplate("https://docplayer.net/{doc_id}-{slug}.html", hosts=("docplayer.pl",))
    >>> url.doc_id("https://docplayer.pl/2048-Sowy.html"), url.doc_id("https://docplayer.pl/2048")
    ('2048', None)
    >>> UrlTemplate("https://issuu.com/{user}/docs/{slug}").doc_id("https://issuu.com/owl/docs/eyes")
    'owl/eyes'
    """

    def __init__(
        self,
        canonical: str,
        *others: str,
        hosts: tuple[str, ...] = (),
        doc_id: str = "[0-9]+",
        keeps_host: bool = False,
        reserved: tuple[str, ...] = (),
    ) -> None:
        self._forms = [_form(template) for template in (canonical, *others)]
        home = self._forms[0].host
        if "?" in self._forms[0].path:
            raise ValueError(f"{canonical!r} is not an address with {_HOLE} in its path")
        if not home:
            raise ValueError(f"{canonical!r} has no host")
        self.canonical = canonical
        self.forms = tuple(dict.fromkeys((canonical, *others)))
        self.domain = _SUBDOMAIN.sub("", home, count=1)
        self.hosts = frozenset({self.domain, *hosts, *(f.host for f in self._forms if f.host)})
        self._home = home
        self._keeps_host = keeps_host
        # Then there is nothing to be taken over from an address into another.
        self._is_all_id = not keeps_host and all(form.holes == (_OWN,) for form in self._forms)
        self._own_groups = {
            f"form{number}": tuple(f"{name}{number}" for name in form.names)
            for number, form in enumerate(self._forms)
        }
        spoken_for = f"(?!/(?:{'|'.join(map(re.escape, reserved))})(?:[/?#]|$))" if reserved else ""
        patterns = [
            f"(?P<form{number}>{_path_pattern(form, doc_id, number)})"
            for number, form in enumerate(self._forms)
        ]
        self._document = re.compile(
            f"{self._origin()}{spoken_for}(?:{'|'.join(patterns)})/?(?:[?#].*)?",
            re.ASCII | re.DOTALL,
        )
        self._site = re.compile(f"{self._origin()}(?:[/?#].*)?", re.ASCII | re.DOTALL)

    @property
    def is_built_from_id(self) -> bool:
        """Whether an ID alone makes an address that the site knows: it has no other holes."""
        return self._forms[0].names == self._forms[0].holes

    def format(self, doc_id: str) -> str:
        """Return the canonical address of the document *doc_id*, with ``_`` for a slug.

        >>> UrlTemplate("https://issuu.com/{user}/docs/{slug}").format("owl/eyes")
        'https://issuu.com/owl/docs/eyes'
        """
        return self._filled(self._forms[0], doc_id, {}, self._home)

    def canonical_url(self, url: str, doc_id: str) -> str:
        """Return the canonical address of the document *doc_id*, whose page is at *url*.

        What the ID does not say is as in *url*, and where a part of it is missing there too, the
        form is that of *url*.

        >>> site = UrlTemplate("https://kupdf.net/download/{slug}_{doc_id}_pdf", "/{doc_id}.pdf")
        >>> site.canonical_url("http://kupdf.net./download/owls_77_pdf?page=2", "77")
        'https://kupdf.net/download/owls_77_pdf'
        >>> site.canonical_url("http://kupdf.net/77.pdf", "77")
        'https://kupdf.net/77.pdf'
        """
        found = None if self._is_all_id else self._document.fullmatch(url)
        if not found:
            return self.format(doc_id)
        form, known = self._parts(found)
        host = self._kept(found["host"].lower()) if self._keeps_host else self._home
        canonical = self._forms[0]
        if self.stands_in(doc_id, url) or not {_OWN, *known} >= set(canonical.holes):
            return self._filled(form, doc_id, known, host)
        return self._filled(canonical, doc_id, known, host)

    def doc_id(self, url: str) -> str | None:
        """Return the ID of the document at *url*, or ``None`` if that is no document's address."""
        found = self._document.fullmatch(url)
        if not found:
            return None
        names = self._own_groups[found.lastgroup or ""]
        return found[names[0]] if len(names) == 1 else "/".join(found.group(*names))

    def stands_in(self, doc_id: str, url: str) -> bool:
        """Tell whether *doc_id* is none of the site's IDs, but words of *url* in the place of one.

        >>> site = UrlTemplate("https://slideshare.net/slideshow/{slug}/{doc_id}", "/{user}/{slug}")
        >>> url = "https://slideshare.net/owl/eyes"
        >>> site.stands_in("owl/eyes", url), site.stands_in("40012", url)
        (True, False)
        """
        if self._is_all_id or _OWN not in self._forms[0].holes:
            return False
        found = self._document.fullmatch(url)
        if not found:
            return False
        form, known = self._parts(found)
        return _OWN not in form.holes and doc_id == "/".join(known[name] for name in form.names)

    def prefixes(self, doc_id: str | None = None) -> list[str]:
        """Return what the addresses of the document *doc_id* begin with, without the scheme.

        ``None``: those of all documents. They end before the first part that is not known.

        >>> url = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
        >>> url.prefixes(), url.prefixes("25324311")[0]
        (['wenku365.com/p-', 'www.wenku365.com/p-'], 'wenku365.com/p-25324311.html')
        """
        paths = [form.path for form in self._forms]
        if doc_id is not None:
            paths = [path.replace(_HOLE, doc_id) for path in paths]
        begun = dict.fromkeys(path.partition("{")[0] for path in paths)
        return [f"{host}{path}" for host in sorted(self.hosts) for path in begun]

    def on_site(self, url: str) -> bool:
        """Tell whether *url* is an address on one of the site's hosts.

        >>> url = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
        >>> url.on_site("http://wenku365.com"), url.on_site("http://wenku365.com.example/")
        (True, False)
        """
        return self._site.fullmatch(url) is not None

    def _parts(self, found: re.Match[str]) -> tuple[_Form, dict[str, str]]:
        """Return the form of a document's address, and what stands in its holes."""
        number = int(str(found.lastgroup).removeprefix("form"))
        form = self._forms[number]
        return form, {name: found[f"{name}{number}"] for name in form.holes}

    def _filled(self, form: _Form, doc_id: str, known: dict[str, str], host: str) -> str:
        names = dict(known)
        own = [doc_id] if _OWN in form.holes else doc_id.split("/")
        names.update(zip(form.names, own, strict=False))
        path = _HOLES.sub(lambda hole: names.get(hole[1], _NO_NAME), form.path)
        return f"{self.canonical.partition('://')[0]}://{host}{path}"

    def _kept(self, host: str) -> str:
        """Return *host* without the name of a form for phones, where the site has it without."""
        whole = _SUBDOMAIN.sub("", host, count=1)
        return whole if whole in self.hosts else host

    def _origin(self) -> str:
        host = f"(?P<host>(?i:{'|'.join(map(re.escape, sorted(self.hosts)))}))"
        return rf"(?i:http)(?P<secure>(?i:s))?://{host}\.?(?(secure)(?::443)?|(?::80)?)"


def _form(template: str) -> _Form:
    found = _FORM.fullmatch(template)
    holes = tuple(_HOLES.findall(found["path"])) if found else ()
    if not found or "{" in (found["host"] or "") or not holes or len(set(holes)) != len(holes):
        raise ValueError(f"{template!r} is not an address with one {_HOLE}")
    return _Form((found["host"] or "").lower(), found["path"], holes)


def _path_pattern(form: _Form, doc_id: str, number: int) -> str:
    """Return the pattern of a form's path, with a group for each hole, named by *number* too."""
    if "?" in form.path:
        page, _, name = form.path.removesuffix(f"={_HOLE}").partition("?")
        group = f"(?P<{_OWN}{number}>{doc_id})"
        return rf"(?i:{re.escape(page)}\?(?:[^#]*&)?{name}=){group}(?:&[^#]*)?"
    texts = _HOLES.split(form.path.rstrip("/"))
    parts = [
        f"(?P<{text}{number}>{doc_id if text == _OWN else _NAME})" if place % 2 else re.escape(text)
        for place, text in enumerate(texts)
    ]
    return "".join(parts)


_OWN: Final = "doc_id"
