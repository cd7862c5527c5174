"""Every error of the HTTP client becomes one of ours, and proxies are those that the environment names."""

import errno
import inspect
from typing import Any

import aiohttp
import pytest
from aiohttp import client_exceptions
from aiohttp.client_reqrep import ConnectionKey

from batchctl.errors import BadAnswer, ConnectionFailed, ServiceError, TimedOut, UsageError
from batchctl.truto.connection import Connection
from batchctl.truto.pooled import explained
from batchctl.truto.proxies import certificates, proxy_for

CONNECTION = Connection("https://api.example.com", "tok-very-secret")
KEY = ConnectionKey("api.example.com", 443, True, True, None, None, None)
ALL = sorted(
    (
        kind
        for _, kind in inspect.getmembers(client_exceptions, inspect.isclass)
        if issubclass(kind, client_exceptions.ClientError)
    ),
    key=lambda kind: kind.__name__,
)


def made(kind: Any) -> Exception:
    """An error of this class, with whatever its kind is made from."""
    if issubclass(kind, aiohttp.ClientConnectorCertificateError):
        return kind(KEY, ValueError("certificate has expired"))  # type: ignore[no-any-return]
    if issubclass(kind, client_exceptions.UnixClientConnectorError):
        return kind("/socket", KEY, OSError(errno.ECONNREFUSED, "refused"))  # type: ignore[no-any-return]
    if issubclass(kind, aiohttp.ClientConnectorError):
        return kind(KEY, OSError(errno.ECONNREFUSED, "refused"))  # type: ignore[no-any-return]
    if issubclass(kind, aiohttp.ClientResponseError):
        return kind(None, (), status=400, message="bad")  # type: ignore[no-any-return]
    if issubclass(kind, aiohttp.ServerFingerprintMismatch):
        return kind(b"a", b"b", "api.example.com", 443)  # type: ignore[no-any-return]
    return kind("broken")  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_of_the_client_is_one_of_ours(kind: type[Exception]) -> None:
    found = explained(made(kind), CONNECTION)
    assert isinstance(found, ServiceError)
    assert "api.example.com" in str(found)
    assert "tok-very-secret" not in f"{found}{found.hint}"


@pytest.mark.parametrize(
    ("kind", "expected", "sent"),
    [
        (aiohttp.ConnectionTimeoutError, TimedOut, False),
        (aiohttp.SocketTimeoutError, TimedOut, True),
        (TimeoutError, TimedOut, True),
        (aiohttp.ClientConnectorError, ConnectionFailed, False),
        (aiohttp.ClientConnectorDNSError, ConnectionFailed, False),
        (aiohttp.ClientConnectorCertificateError, ConnectionFailed, False),
        (aiohttp.ClientProxyConnectionError, ConnectionFailed, False),
        (aiohttp.ClientHttpProxyError, ConnectionFailed, False),
        (aiohttp.ServerDisconnectedError, ConnectionFailed, True),
        (aiohttp.ClientOSError, ConnectionFailed, True),
        (aiohttp.ClientPayloadError, ConnectionFailed, True),
        (ConnectionResetError, ConnectionFailed, True),
        (aiohttp.ClientResponseError, BadAnswer, None),
        (aiohttp.InvalidURL, ServiceError, None),
    ],
)
def test_what_may_have_been_sent(kind: type[Exception], expected: type[ServiceError], sent: bool | None) -> None:
    found = explained(made(kind), CONNECTION)
    assert type(found) is expected
    assert getattr(found, "sent", None) is sent


PROXY = {"https": "http://proxy.example:3128", "no": "internal.example, .local.example,other"}


@pytest.mark.parametrize(
    ("url", "settings", "expected"),
    [
        ("https://api.example.com", PROXY, "http://proxy.example:3128"),
        ("https://api.example.com", {"all": "proxy.example:1"}, "http://proxy.example:1"),
        ("https://api.example.com", {"https": "http://[::1]:8080"}, "http://[::1]:8080"),
        ("https://api.example.com", {"http": "http://proxy.example"}, None),
        ("https://api.example.com", {**PROXY, "no": "*"}, None),
        ("https://internal.example", PROXY, None),
        ("https://a.local.example", PROXY, None),
        ("https://myinternal.example", PROXY, "http://proxy.example:3128"),
        ("http://localhost:8080", {"http": "http://proxy.example"}, None),
        ("http://127.0.0.7", {"all": "http://proxy.example"}, None),
        ("http://[::1]:9", {"http": "http://proxy.example"}, None),
        ("http://api.localhost", {"http": "http://proxy.example"}, None),
    ],
)
def test_which_proxy(url: str, settings: dict[str, str], expected: str | None) -> None:
    found = proxy_for(url, settings)
    assert (found and found.url) == expected


def test_a_proxy_with_a_user() -> None:
    found = proxy_for("https://api.example.com", {"https": "http://ada:p%40ss@proxy.example:1"})
    assert found is not None
    assert (found.url, found.headers) == ("http://proxy.example:1", {"Proxy-Authorization": "Basic YWRhOnBAc3M="})
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize("setting", ["http://proxy:99999", "socks5://proxy:1", "http:///path", "http://[::1"])
def test_a_proxy_that_cannot_be_used(setting: str) -> None:
    with pytest.raises(UsageError, match="HTTPS_PROXY") as caught:
        proxy_for("https://api.example.com", {"https": setting})
    assert setting not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_are_not_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/nowhere/at/all")
    with pytest.raises(UsageError, match="certificates"):
        certificates()


def test_usual_certificates() -> None:
    assert certificates().cert_store_stats()["x509_ca"] > 0
