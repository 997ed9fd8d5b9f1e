"""The titles and bodies of pages that are no documents."""

from __future__ import annotations

from typing import Final

DELETED: Final = (
    "提示",
    """\
<div class="message"><h2>提示</h2><p>抱歉，该文档已被删除。</p><p><a href="/">返回首页</a></p></div>
""",
)
CAPTCHA: Final = (
    "安全验证",
    """\
<div class="verify"><h2>安全验证</h2><p>您的访问过于频繁，请输入图中的验证码后继续。</p>
<form method="post"><img src="/ImageVerifierCode.aspx" alt="验证码"><input name="code">
<button>提交</button></form></div>
""",
)
NOT_FOUND: Final = (
    "404 页面不存在",
    """\
<div class="message"><h2>404</h2><p>您访问的页面不存在。</p><p><a href="/">返回首页</a></p></div>
""",
)
BUSY: Final = (
    "503 服务繁忙",
    """\
<div class="message"><p>服务繁忙，请稍后再试。</p></div>
""",
)
LOGIN: Final = (
    "用户登录",
    """\
<div class="login"><h2>用户登录</h2><form method="post"><label>账号：</label><input name="user">
<label>密码：</label><input name="password" type="password"><button>登录</button></form></div>
""",
)
SEARCH: Final = (
    "搜索结果",
    """\
<div class="message"><p>没有找到相关的文档。</p></div>
""",
)
HELP: Final = (
    "帮助中心",
    """\
<div class="message"><h2>帮助中心</h2><p>如何上传文档？登录后点击上传即可。</p>
<p>大小:不超过50MB</p></div>
""",
)
NEWS: Final = (
    "网站公告",
    """\
<div class="message"><h2>关于文档审核的公告</h2><p>时间:2024-01-15</p>
<p>即日起，上传的文档在一个工作日内完成审核。</p></div>
""",
)
