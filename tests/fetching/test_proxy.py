from __future__ import annotations

import pytest

from crawler.errors import UsageError
from crawler.fetching.proxy import check_proxies


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https"):
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme}_proxy".upper(), raising=False)


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY"])
@pytest.mark.parametrize(
    "value",
    [
        "http://",
        "socks5://127.0.0.1:1",
        "http://[::1",
        "http://u:secret@127.0.0.1:99999",
        "http://127.0.0.1:abc",
        "http://127.0.0.1:0",
        "/var/run/proxy.sock",
    ],
)
def test_what_is_no_proxy(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"^{name} in the environment") as raised:
        check_proxies([name])
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "value", ["", "http://127.0.0.1:3128", "proxy.example:3128", "https://ann:x@proxy.example/"]
)
def test_what_is_one(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("http_proxy", value)
    check_proxies(["http_proxy"])
