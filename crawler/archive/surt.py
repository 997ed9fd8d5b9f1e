"""Addresses as the indexes of web archives sort them: SURT, canonicalised as the Wayback does.

The same keys as the ``surt`` library gives, which pywb and cdxj-indexer use: the host reversed,
``www.`` and default ports off, path and query in lower case, parameters sorted, session IDs out.
"""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

_URL: Final = re.compile(
    rb"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?\Z", re.DOTALL
)
_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+\-.]*:")
_SCHEMES: Final = re.compile(rb"(?:https?://)*(?=https?://)")
_BREAKS: Final = re.compile(rb"[\r\n\t]")
_WWW: Final = re.compile(rb"www\d*\.")
_NUMERIC_HOST: Final = re.compile(rb"(?:[1-9]\d*|0[0-7]*)(?:\.\d+){0,3}\Z")
_PORTS: Final = {b"http": 80, b"https": 443}
_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_PATH_SESSIONS: Final = (
    re.compile(
        rb"(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)\Z", re.IGNORECASE | re.DOTALL
    ),
    re.compile(rb"(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)\Z", re.IGNORECASE | re.DOTALL),
)
_QUERY_SESSIONS: Final = tuple(
    re.compile(rb"(.*)(?:" + session + rb")(?:&(.*))?\Z", re.IGNORECASE | re.DOTALL)
    for session in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt(url: str) -> str:
    """Return the key of *url*.

    >>> surt("https://www.Example.com:443/A/b.html?y=2&X=1#top")
    'com,example)/a/b.html?x=1&y=2'
    >>> surt("http://文库.example/")
    'example,xn--dxtr8m)/'
    """
    data = _BREAKS.sub(b"", url.encode("utf-8", "surrogatepass").strip())
    if not data:
        return "-"
    if not _SCHEME.match(data):
        data = b"http://" + data
    found = _URL.match(_SCHEMES.sub(b"", data, count=1))
    if found is None:  # pragma: no cover - the pattern takes anything
        return url
    scheme, authority, path, query = found.groups()
    scheme = (scheme or b"").lower()
    host, port = _split_authority(authority or b"")
    if not host and scheme.startswith(b"http"):  # http:////host/path
        host, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    key = _key(scheme, _canonical_host(host), port, path, query or b"")
    return key.decode("ascii", "backslashreplace")


def _key(scheme: bytes, host: bytes, port: int | None, path: bytes, query: bytes) -> bytes:
    path = _unescape(path)
    if host:
        path = _normal_path(path)
    path = _strip_path_session(_escape(path).lower())
    if path.endswith(b"/") and len(path) > 1:
        path = path[:-1]
    query = _sorted_query(_strip_query_session(_escape(_unescape(query))).lower())
    if host:
        key = b",".join(reversed(host.split(b".")))
        if port is not None and port != _PORTS.get(scheme, 0):
            key += b":%d" % port
        key += b")"
    else:
        key = scheme + b":"
    return key + path + (b"?" + query if query else b"")


def _split_authority(authority: bytes) -> tuple[bytes, int | None]:
    host = authority.rpartition(b"@")[2]
    if host.startswith(b"["):
        host, _, port = host[1:].partition(b"]")
        port = port.removeprefix(b":")
    else:
        host, _, port = host.partition(b":")
    return host.lower(), int(port) if port.isdigit() else None


def _canonical_host(host: bytes) -> bytes:
    host = _unescape(host)
    if not host.isascii():
        with suppress(UnicodeError):  # what is no name stays as it is
            host = host.decode("utf-8", "ignore").encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    if _NUMERIC_HOST.match(host):
        host = _dotted(host)
    host = _escape(host.lower())
    return _WWW.sub(b"", host, count=1) if _WWW.match(host) else host


def _dotted(host: bytes) -> bytes:
    """Return the usual form of an IPv4 address that is written as one number or in octal."""
    try:
        if host.isdigit():
            return socket.inet_ntoa((int(host) & 0xFFFFFFFF).to_bytes(4, "big")).encode()
        return socket.inet_ntoa(socket.inet_aton(host.decode())).encode()
    except OSError:
        return host


def _normal_path(path: bytes) -> bytes:
    kept: list[bytes] = []
    for part in path.split(b"/")[1:]:
        if part == b".":
            continue
        if part == b".." and kept:
            kept.pop()
        else:
            kept.append(part)
    if not kept:
        return b"/"
    return b"/" + b"".join(part + b"/" for part in kept[:-1] if part) + kept[-1]


def _strip_path_session(path: bytes) -> bytes:
    for pattern in _PATH_SESSIONS:
        if found := pattern.match(path):
            path = found[1] + found[2]
    return path


def _strip_query_session(query: bytes) -> bytes:
    for pattern in _QUERY_SESSIONS:
        if found := pattern.match(query):
            query = found[1] + (found[2] or b"")
    return query


def _sorted_query(query: bytes) -> bytes:
    parameters = sorted(tuple(parameter.split(b"=", 1)) for parameter in query.split(b"&"))
    return b"&".join(b"=".join(parameter) for parameter in parameters)


def _unescape(data: bytes) -> bytes:
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return data


def _escape(data: bytes) -> bytes:
    return quote_from_bytes(data, safe=_SAFE).encode("ascii")
