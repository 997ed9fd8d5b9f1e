from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading import Page
from crawler.reading.lines import fold, unfolded
from crawler.reading.rows import CELL, SEAM

if TYPE_CHECKING:
    from crawler.reading.lines import Lines

ROWS: Final = '<li><a href="/p-1.html">别的</a></li><li><a href="/p-2.html">另一篇</a></li>'
LONG: Final = "春水漫过第三级石阶的时候船工就要把缆绳换到上面的桩子。" * 10


def lines(markup: str, content_type: str = "text/html; charset=utf-8") -> Lines:
    return Page("https://example.test/", markup.encode(), content_type=content_type).lines


def texts(markup: str) -> list[str]:
    return lines(markup).texts


def main_texts(markup: str) -> list[str]:
    found = lines(markup)
    return [text for number, text in enumerate(found.texts) if number not in found.aside]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>一</p><p>二</p>", ["一", "二"]),
        ("<p>一<p>二", ["一", "二"]),
        ("<div>一<div>二</div>三</div>", ["一", "二", "三"]),
        ("一<br>二<br/>三", ["一", "二", "三"]),
        ("<p>一\n  二\t三</p>", ["一 二 三"]),
        ("<p>一&nbsp;\u3000二</p>", ["一 二"]),
        ("<p>大<b>小</b>：<i>2</i> KB</p>", ["大小：2 KB"]),
        ("<p>a<wbr>b&shy;c&#8203;d</p>", ["abcd"]),
        ("<span>一</span>\n<span>二</span>", ["一 二"]),
        ("<span>一</span><span>二</span>", ["一二"]),
        ("<ul><li>一<li>二</ul>", ["一", "二"]),
        ("<dl><dt>一<dd>二</dl>", ["一", "二"]),
        ("<pre>一\n 二\n\n三</pre>", ["一", "二", "三"]),
        ("<p>&lt;b&gt; &amp;amp; &#x4e00;</p>", ["<b> &amp; 一"]),
        ("<p></p><p> </p><p>&nbsp;</p>", []),
        ("<custom-box>一<custom-item>二</custom-item></custom-box>", ["一二"]),
        ("<p title='大小：1 KB'>一</p><img alt='二'><input value='三'>", ["一"]),
        ("<p>一 < 二</p>", ["一 < 二"]),
        ("一</div></p></span>二", ["一", "二"]),
        ("", []),
    ],
)
def test_lines_are_what_a_reader_sees(markup: str, expected: list[str]) -> None:
    assert [text for text in texts(f"<body>{markup}</body>") if text] == expected


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x = '大小：9.99 MB'</script>",
        "<script type='application/json'>\n大小：9.99 MB\n</script>",
        "<style>大小：9.99 MB</style>",
        "<!-- 大小：9.99 MB -->",
        "<!--\n<p>大小：9.99 MB</p>\n-->",
        "<noscript>大小：9.99 MB</noscript>",
        "<template><p>大小：9.99 MB</p></template>",
        "<textarea>大小：9.99 MB</textarea>",
        "<select><option>大小：9.99 MB</option></select>",
        "<svg><text>大小：9.99 MB</text></svg>",
        "<iframe>大小：9.99 MB</iframe>",
        "<p style='color:red; display : none'>大小：9.99 MB</p>",
        "<div style='DISPLAY:NONE'><b>大小：9.99 MB</b></div>",
        "<p hidden>大小：9.99 MB</p>",
        "<p STYLE = 'display:none'>大小：9.99 MB</p>",
        "<style>.a { display: none }</style><p HIDDEN>大小：9.99 MB</p>",
        "<p data-x='大小：9.99 MB' class='大小：9.99 MB'></p>",
    ],
)
def test_nobody_sees_it(hidden: str) -> None:
    assert texts(f"<body><p>前</p>{hidden}<p>后</p></body>") == ["前", "后"]
    assert "".join(texts(f"<body><div>前{hidden}后</div></body>")) == "前后"


def test_hidden_long_text_is_a_preview_that_waits_for_a_click() -> None:
    assert texts(f"<p>前</p><div style='display:none'>{LONG}</div>") == ["前", LONG]


def test_the_title_in_the_head_is_no_line() -> None:
    assert texts("<head><title>大小：9.99 MB</title></head><body>前</body>") == ["前"]


def test_a_class_that_hides_on_phones_hides_nothing() -> None:
    assert texts("<p class='d-none d-lg-inline-block'>大小：1 KB</p>") == ["大小：1 KB"]


@pytest.mark.parametrize(
    ("markup", "marked"),
    [
        ("<p><b>大</b><b>小</b>：1</p>", f"大{SEAM}小{SEAM}：1"),
        ("<tr><td>甲<td>乙", f"甲{CELL}乙"),
        ("<tr><th>甲<td><td>乙", f"甲{CELL}{CELL}乙"),
        ("<p>无缝</p>", "无缝"),
    ],
)
def test_seams_and_cells(markup: str, marked: str) -> None:
    table = f"<table>{markup}</table>" if markup.startswith("<tr") else markup
    found = lines(table)
    assert [found.marked(number) for number in found] == [marked]


def test_folding_keeps_each_character_in_its_place() -> None:
    found = lines("<p>（甲）：乙，丙；丁！</p><p>戊？</p>")
    assert [found.folded(number) for number in found] == ["(甲):乙,丙;丁!", "戊?"]
    assert [found[number] for number in found] == ["（甲）：乙，丙；丁！", "戊？"]


def test_tag_of_a_line() -> None:
    found = lines("<dl><dt><b>甲</b></dt><dd>乙</dd></dl><p>丙</p>")
    assert [found.tag(number) for number in found] == ["dt", "dd", "p"]


def test_captions_of_images_are_lines() -> None:
    assert texts("<p>前</p><img alt='年报.doc_第1页'><img alt='封面'><p>后</p>") == [
        "前",
        "年报.doc_第1页",
        "后",
    ]


# --- what is about other documents --------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        f"<aside><h3>相关文档</h3><ul>{ROWS}</ul></aside>",
        f"<div><h3>猜你喜欢</h3></div><ul>{ROWS}</ul>",
        f"<div><div class='hd'><h3>相关资源</h3><a href='/m'>更多</a></div><ul>{ROWS}</ul></div>",
        f"<div><div class='hd'><h3>热门推荐</h3><a>换一批</a></div><ul>{ROWS}</ul></div>",
        f"<div><div><h3>热门推荐</h3><p class='r'>更多</p></div><ul>{ROWS}</ul></div>",
        f"<div><p>相关文档 <a href='/m'>更多&gt;&gt;</a></p><ol>{ROWS}</ol></div>",
        f"<section><div><div><b>热门</b><b>推荐</b></div></div><ul>{ROWS}</ul></section>",
        f"<h3>最新文档：</h3><ul>{ROWS}</ul>",
        "<dl><dt>相关文档</dt><dd><a href='/p-1.html'>别的</a></dd><dd>另一篇</dd></dl>",
        "<table><caption>相关文档</caption><tr><td>别的</td></tr><tr><td>另一篇</td></tr></table>",
        "<div><h4>大家还在看</h4><p><a href='/1'>别的</a></p><p>大小：9.99 MB</p></div>",
        f"<nav><ul>{ROWS}</ul></nav>",
        "<footer><p>大小：9.99 MB</p></footer>",
    ],
)
def test_related_blocks_and_chrome_are_set_aside(block: str) -> None:
    box = "<div class='main'><p>题目</p><p>大小：1 KB</p></div>"
    own = ["题目", "大小：1 KB"]
    before, after = main_texts(f"<div>{block}</div>{box}"), main_texts(f"{box}<div>{block}</div>")
    assert [text for text in before if text not in {"更多", "换一批"}] == own
    assert [text for text in after if text not in {"更多", "换一批"}] == own


@pytest.mark.parametrize(
    "block",
    [
        f"<h3>相关文档</h3><ul>{ROWS}</ul>",
        "<h3>相关文档</h3><div class=row>别的</div><div class=row>另一篇</div>",
        "<div>相关文档</div><div>别的</div>",
        "<div><div><b>相关</b><b>文档</b></div></div><div class=list>别的</div>",
    ],
)
def test_a_related_list_ends_where_another_block_begins(block: str) -> None:
    box = "<div class='main'><p>题目</p><p>大小：1 KB</p></div>"
    assert main_texts(f"<p>前</p>{block}{box}") == ["前", "题目", "大小：1 KB"]


@pytest.mark.parametrize("heading", ["相关文档", "猜你喜欢", "热门推荐", "热门标签"])
def test_words_of_a_heading_within_prose_are_the_documents(heading: str) -> None:
    prose = f"<div><p>前一段。</p><p>{heading}</p><p>后一段。</p></div>"
    assert main_texts(prose) == ["前一段。", heading, "后一段。"]


def test_chrome_in_chrome() -> None:
    first, last = "<li>首页</li>", "<li>分类</li>"
    within = f"<nav><ul>{first}<li><nav> <b></b></nav></li>{last}</ul></nav><p>正文</p>"
    assert main_texts(within) == ["正文"]
    with_text = f"<footer><ul>{first}<li><nav>帮助</nav></li></ul></footer><p>正文</p>"
    assert main_texts(with_text) == ["正文"]


def test_navigation_named_like_a_related_list_hides_nothing_else() -> None:
    nav = "<ul><li><a href='/'>首页</a></li><li><a href='/h'>热门推荐</a></li></ul>"
    assert "大小：1 KB" in main_texts(f"{nav}<div><h1>题目</h1><p>大小：1 KB</p></div>")


def test_a_related_list_of_a_text_runs_to_its_end() -> None:
    found = lines("题目\n大小:1 KB\n\n猜你喜欢\n大小:9 MB\n", "text/plain; charset=utf-8")
    assert found.texts == ["题目", "大小:1 KB", "猜你喜欢", "大小:9 MB"]
    assert found.aside == {2, 3}


# --- pages that are not well ----------------------------------------------------------------


@pytest.mark.parametrize(
    "tags", ["<div>", "<span>", "<p>", "<table>", "<ul><li>", "<b><i>", "<svg>", "<x-y>"]
)
def test_two_hundred_thousand_elements_within_one_another(tags: str) -> None:
    found = texts(tags * (200_000 // tags.count("<")) + "大小：1 KB")
    assert found == ([] if tags == "<svg>" else ["大小：1 KB"])


def test_texts_at_any_depth() -> None:
    found = texts("<div>上<span>" * 20_000 + "</span>下</div>" * 20_000 + "<p>大小：1 KB</p>")
    assert found[-1] == "大小：1 KB"
    assert "".join(found).count("上") == "".join(found).count("下") == 20_000


def test_a_line_of_five_megabytes() -> None:
    line = "大小：1 KB，" * 400_000
    assert texts(f"<p>{line}</p>") == [line]


@pytest.mark.parametrize(
    "cut", ["<p>一</p><p", "<p>一</p><!-- 二", "<p>一</p><script>二", "<p>一</p>&#"]
)
def test_a_page_cut_off(cut: str) -> None:
    assert texts(cut)[0] == "一"


MARKUP: Final = st.lists(
    st.sampled_from(
        "<p> </p> <div> </div> <td> <tr> <table> </table> <br> <ul> <li> <pre> <b> </b> <!-- --> "
        "<script> </script> <nav> </nav> <svg> &lt; &nbsp; 相关文档 大小：1 \n < > \0 \u3000".split(
            " "
        )
    )
).map("".join)


@given(MARKUP)
def test_any_markup_has_some_lines(markup: str) -> None:
    found = lines(f"<body>{markup}")
    numbers = list(found)
    assert numbers == list(range(len(found.texts)))
    assert found.aside <= set(numbers)
    for number in numbers:
        assert "\n" not in found[number]
        assert len(found.folded(number)) == len(found[number])
        unmarked = found.marked(number).replace(SEAM, "").replace(CELL, " ")
        assert "".join(unmarked.split()) == "".join(found[number].split())


PUNCTUATED: Final = st.text(st.sampled_from("库房a：:（(－-。 "), max_size=9)


@given(PUNCTUATED, PUNCTUATED, PUNCTUATED)
def test_a_line_without_the_sign_of_a_mark_lacks_the_mark(
    before: str, mark: str, after: str
) -> None:
    assert fold(mark) in fold(before + mark + after)
    assert unfolded(fold(mark)) in before + mark + after
