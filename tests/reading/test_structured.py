"""Values that a page states for machines: JSON-LD, microdata, scripts, attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    attribute,
    json_ld,
    meta,
    microdata,
    script_json,
    script_value,
)
from crawler.reading.literals import named_values, parse_json, parse_literal

if TYPE_CHECKING:
    from crawler.reading.fields import TextField


class AnyPage(DocumentPage):
    site = "example"
    url_template = UrlTemplate("https://www.example.com/p-{doc_id}.html")


def read(field: TextField, markup: str) -> str | None:
    page = AnyPage("https://www.example.com/p-7.html", f"<html>{markup}</html>".encode())
    return field.read(page)


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


# --- JSON-LD ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "Book", "name": "Steel", "numberOfPages": 12}',
        '[{"@type": "Place", "name": "Shop"}, {"@type": ["Thing", "Book"], "name": "Steel"}]',
        '{"@graph": [{"@type": "WebSite"}, {"@type": "schema:Report", "name": "Steel"}]}',
        '{"@type": "WebPage", "name": "x", "mainEntity": {"@type": "Book", "name": "Steel"}}',
        '<!-- {"@type": "http://schema.org/Article", "name": "Steel",} -->',
        '{"@type": "Article", "name": "Steel", "text": "a\nline"}',
        '//<![CDATA[\n{"@type": "Article", "name": "Steel"}\n//]]>',
    ],
)
def test_json_ld_is_found_in_any_form(text: str) -> None:
    assert read(json_ld("headline", "name"), ld(text)) == "Steel"


def test_json_ld_of_other_things_and_documents_is_passed_over() -> None:
    assert read(json_ld("name"), ld('{"@type": "Organization", "name": "Shop"}')) is None
    listed = '{"@type": "ItemList", "itemListElement": [{"@type": "Book", "name": "Other"}]}'
    assert read(json_ld("name"), ld(listed)) is None
    two = (
        '[{"@type": "Book", "url": "https://www.example.com/p-8.html", "name": "Other"},'
        '{"@type": "Book", "url": "https://www.example.com/p-7.html", "name": "Steel"}]'
    )
    assert read(json_ld("name"), ld(two)) == "Steel"


def test_json_ld_paths() -> None:
    text = (
        '{"@type": "Book", "author": [{"@type": "Person", "name": "Li"}], "publisher": "Wang",'
        '"numberOfPages": 12, "keywords": ["a", "b"], "isFree": true, "interactionStatistic": ['
        '{"interactionType": {"@type": "http://schema.org/DownloadAction"}, '
        '"userInteractionCount": 5},'
        '{"interactionType": "https://schema.org/ViewAction", "userInteractionCount": "9"}]}'
    )
    assert read(json_ld("author.name"), ld(text)) == "Li"
    assert read(json_ld("author"), ld(text)) == "Li"
    assert read(json_ld("author.0.name"), ld(text)) == "Li"
    assert read(json_ld("publisher.name"), ld(text)) == "Wang"
    assert read(json_ld("pages", "numberOfPages"), ld(text)) == "12"
    assert read(json_ld("keywords"), ld(text)) == "a, b"
    assert read(json_ld("interactionStatistic.DownloadAction"), ld(text)) == "5"
    assert read(json_ld("interactionStatistic.ViewAction"), ld(text)) == "9"
    assert read(json_ld("isFree", "none", "author.9.name"), ld(text)) is None


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": ' * 100_000, "12", '"x"', "{}"])
def test_broken_json_ld_is_none(text: str) -> None:
    assert read(json_ld("name"), ld(text)) is None


# --- microdata ----------------------------------------------------------------------------------

MICRODATA = """
<div itemscope itemtype="http://schema.org/MediaObject" style="display:none">
  <h1 itemprop="headline"> Steel  <b>rails</b></h1>
  <meta itemprop="interactionCount" content="UserPageVisits:120">
  <meta itemprop="interactionCount" content="UserDownloads:52">
  <time itemprop="datePublished" datetime="2019-03-04">a while ago</time>
  <span itemprop="author" itemscope itemtype="http://schema.org/Person">
    <a itemprop="url" href="/u/1"><span itemprop="name">Li</span></a></span>
  <link itemprop="license" href="https://example.com/l">
</div>
<li itemscope itemtype="http://schema.org/MediaObject"><i itemprop="headline">Other</i></li>
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headline", "Steel rails"),
        ("interactionCount.UserDownloads", "52"),
        ("interactionCount.UserPageVisits", "120"),
        ("datePublished", "2019-03-04"),
        ("author.name", "Li"),
        ("author", "Li"),
        ("name", None),
        ("license", "https://example.com/l"),
    ],
)
def test_microdata(name: str, value: str | None) -> None:
    assert read(microdata(name), MICRODATA) == value


def test_microdata_without_an_item() -> None:
    assert (
        read(microdata("dateModified", "datePublished"), '<i itemprop="datePublished">x</i>') == "x"
    )


# --- scripts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        '<script id="d" type="application/json">{"a": {"b": [{"n": 7}]}}</script>',
        '<script id="d">\n<!--{"a": {"b": [{"n": 7}]}}-->\n</script>',
        "<script id='d'>{&quot;a&quot;: {&quot;b&quot;: [{&quot;n&quot;: 7}]}}</script>",
    ],
)
def test_script_json(markup: str) -> None:
    assert read(script_json("script#d", "a.c", "a.b.0.n"), markup) == "7"
    assert read(script_json("script#other", "a.b.0.n"), markup) is None


def test_script_json_in_an_attribute() -> None:
    markup = '<script id="d" data-json="{&quot;a&quot;: {&quot;b&quot;: &quot;T&quot;}}"></script>'
    assert read(script_json("script#d@data-json", "a.b"), markup) == "T"
    assert read(script_json("script#d@data-x", "a.b"), markup) is None


@pytest.mark.parametrize(
    ("script", "name", "value"),
    [
        ("var fCount = 12;", "fCount", "12"),
        ("Viewer._pageCount=12", "Viewer._pageCount", "12"),
        ("Viewer._pageCount=12", "_pageCount", "12"),
        ("x = {aid: '123', // the ID\n title: \"It\\'s\"}", "aid", "123"),
        ("x = {aid: '123', // the ID\n title: \"It\\'s\"}", "title", "It's"),
        ("var docId= 5, pageMax= 9, pageShow= 3", "pageMax", "9"),
        ('{"actual_page":0x10,}', "actual_page", "16"),
        ("window.pageConfig = {access: {title: 'T'}, f: a.b(c)}", "pageConfig.access.title", "T"),
        ('var d = JSON.parse(\'{"info":{"n":3}}\')', "d.info.n", "3"),
        ("var t = '\\u9ad8\\x41\\ud83d\\ude00'", "t", "高A😀"),
        ("// var n = 3;\nvar n = 4;", "n", "4"),
        ("/* n: 3 */ var n = 4", "n", "4"),
        ("n = a ? 1 : 2; n = 4", "n", "4"),
        ("n = 4 + 3", "n", None),
        ("n = 'a' + b", "n", None),
        ("if (n == 4) {}", "n", None),
        ("n => 4", "n", None),
        ("count = 4", "n", None),
        ("n = ''; ", "n", None),
        ("n = parseInt('12', 10)", "n", "12"),
        ("n = `T`", "n", "T"),
        ("n = `a${b}`", "n", None),
        ("n = [1, 2]", "n", "1"),
        ("n = !0", "n", None),
        ("n = 'no end", "n", None),
    ],
)
def test_script_value(script: str, name: str, value: str | None) -> None:
    assert read(script_value("no", name), f"<script>{script}</script>") == value


def test_scripts_of_other_files_have_no_values() -> None:
    assert read(script_value("n"), '<script src="/a.js">n = 4</script>') is None


def test_attribute() -> None:
    markup = (
        '<input id="dp" style="display:none" value=" /a/b "><a data-n=""></a><a data-n="2"></a>'
    )
    assert read(attribute("#dp", "value"), markup) == "/a/b"
    assert read(attribute("a", "data-n"), markup) == "2"
    assert read(attribute("b", "data-n"), markup) is None


def test_a_meta_tag_has_a_property_or_a_name_and_a_content_or_a_value() -> None:
    markup = '<meta name="Twitter:Title" value="T"><meta property="og:title" content="O">'
    assert read(meta("twitter:title"), markup) == "T"
    assert read(meta("og:title"), markup) == "O"


# --- hostile ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[" * 200_000, "{a:" * 200_000, '"' * 200_000, "/*" * 200_000])
def test_a_hostile_literal_is_none(text: str) -> None:
    assert not parse_literal(text)
    assert parse_json("{" + text) is None


def test_the_work_for_one_name_has_a_bound() -> None:
    script = "n=[" + "1,2," * 20 + "n=[" * 50_000
    assert not list(named_values(script, "n"))
