"""A document's download page on 31ppt, in four markups that say the same."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.demo.documents import Facts

Row = list[tuple[str, str]]


def main(facts: Facts, lines: Iterable[str], related: str) -> str:
    """Return the body of a document's page; *lines* are those of its preview."""
    rows = [
        _printed(
            ("资源ID", facts.doc_id),
            ("资源大小", facts.size.text),
            ("全文页数", facts.page_count.text),
        ),
        _printed(("资源格式", facts.file_format.text), ("下载积分", facts.price)),
    ]
    title = escape(facts.shown_title)
    between, whole = _LINES[facts.style]
    text = between.join(map(escape, lines))
    return (
        f"{_PATH.format(kind=facts.extension[1:].upper())}"
        f'<div class="doc-box"><h1>{title}</h1>\n{_FIELDS[facts.style](rows, facts.colon)}'
        f"{_PAYMENT.format(price=facts.price or '登录', doc_id=facts.doc_id)}{_NOTICES}"
        f'<h2 class="name">{title}</h2>\n<div class="preview">\n{whole.format(text)}</div></div>\n'
        f"{related}"
    )


def _printed(*fields: tuple[str, str | None]) -> Row:
    return [(name, text) for name, text in fields if text is not None]


def _after(name: str, colon: str) -> str:
    """Return the colon after a label: the site has a space after that of the format."""
    return f"{colon} " if name == "资源格式" else colon


def _bullets(rows: list[Row], colon: str) -> str:
    lines = "".join(
        "<li>• "
        + ("&nbsp;" * 7).join(f"{name}{_after(name, colon)}{text}" for name, text in row)
        + "</li>\n"
        for row in rows
        if row
    )
    return f'<ul class="doc-info">\n{lines}</ul>\n'


def _spans(rows: list[Row], colon: str) -> str:
    lines = "".join(
        '<p class="bullet">'
        + " &nbsp; ".join(
            f'<b>{name}</b>{_after(name, colon)}<span class="font-tahoma">{text}</span>'
            for name, text in row
        )
        + "</p>\n"
        for row in rows
    )
    return f'<div class="doc-info">\n{lines}</div>\n'


def _table(rows: list[Row], colon: str) -> str:
    lines = "".join(
        "<tr>" + "".join(f"<td>{name}{colon}</td><td>{text}</td>" for name, text in row) + "</tr>\n"
        for row in rows
    )
    return f'<table class="doc-info"><tbody>\n{lines}</tbody></table>\n'


def _definitions(rows: list[Row], colon: str) -> str:
    items = "".join(
        f"<dt>{name}{colon}</dt><dd>{text}</dd>\n" for row in rows for name, text in row
    )
    return f'<dl class="doc-info">\n{items}</dl>\n'


_FIELDS: Final = (_bullets, _spans, _table, _definitions)
_LINES: Final = (
    ("</p>\n<p>", "<p>{}</p>\n"),
    ("<br>\n", "{}\n"),
    ("</div>\n<div>", "<div>{}</div>\n"),
    ("</p>\n<p>", "<p>{}</p>\n"),
)
_PATH: Final = """\
<div class="crumbs">全部分类 / <ul><li>演示文稿&gt;</li><li>教学资料&gt;</li></ul></div>
<div class="code"><img src="/ImageVerifierCode.aspx" alt="ImageVerifierCode"> 换一换</div>
<div class="path"><a href="/">首页</a> <span>三一办公</span> &gt; 资源分类 &gt; {kind}文档下载</div>
"""
_PAYMENT: Final = """\
<div class="pay"><p>下载资源需要{price}</p>
<form action="/login.html" method="post" onsubmit="return check(this)">
<label>账号：</label><input name="user">
<label>密码：</label><input name="password" type="password">
<label>验证码：</label><input name="code"><button>登录</button> <span>微信登录</span></form>
<p>支付方式： <i class="alipay"></i>支付宝 <i class="wechat"></i>微信支付</p>
<a href="/download/{doc_id}.html" rel="nofollow">立即下载</a></div>
"""
_NOTICES: Final = """\
<div class="tips"><h4>友情提示</h4>
<p>2、文件下载失败时，请更换浏览器后再试，不会重复扣费。</p>
<p>3、压缩包请用常见的解压软件打开，密码见文件说明。</p>
<p>4、预览文字由程序提取，版式以下载的文件为准。</p>
<p>5、对内容有疑问的，请先联系上传人，再联系客服。</p></div>
"""
