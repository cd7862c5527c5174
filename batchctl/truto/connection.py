"""Where and as whom to send: checked before a byte leaves this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from batchctl import __version__
from batchctl.errors import CredentialsError, UsageError
from batchctl.structs import Private, Struct


class Timeouts(Struct, frozen=True):
    """Time limits in seconds: ``connect_s`` for a connection, ``silence_s`` while nothing at all is received.

    ``call_s`` is the longest that one attempt may take as a whole; None for no limit.
    """

    connect_s: float = 30
    silence_s: float = 300
    call_s: float | None = None


class Connection(Private, frozen=True):
    """Where and as whom requests are sent: the URL of an API, the token for it, and time limits.

    ``api_url`` is such as ``https://api.truto.one``; ``idempotency_key`` is sent as a header, so that the service does
    the same request only once. A token is sent over plain ``http`` to this machine only, unless ``allow_http``. Making
    one raises ``UsageError`` for a URL or key that can't be used, ``CredentialsError`` for a token that can't be in a
    header.
    """

    HIDDEN = ("token",)

    api_url: str
    token: str
    timeouts: Timeouts = Timeouts()
    idempotency_key: str | None = None
    allow_http: bool = False

    def __post_init__(self) -> None:
        host = _checked_host(self.api_url)
        if self.api_url.lower().startswith("http:") and not self.allow_http and not is_loopback(host):
            raise UsageError(
                f"the token would travel unencrypted to {host}",
                hint="use https://; --allow-http sends it all the same",
            )
        if not _fits_header(self.token) or " " in self.token:
            raise CredentialsError(
                "the token holds characters that no token has",
                hint="leave out Bearer" if self.token.startswith("Bearer ") else "check it for spaces and line ends",
            )
        if not _fits_header(self.idempotency_key or "x"):
            raise UsageError("--idempotency-key must be plain ASCII text")

    @property
    def host(self) -> str:
        """The host of the API, ``api.truto.one``, with the port where one is given."""
        return urlsplit(self.api_url).netloc

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers of every request, by name.

        They are ``Authorization`` with the token, ``Accept``, ``User-Agent``, and ``Idempotency-Key`` if there is a
        key.
        """
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            "User-Agent": f"batchctl/{__version__}",
        }
        if self.idempotency_key:
            headers["Idempotency-Key"] = self.idempotency_key
        return headers


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine: ``localhost`` and names below it, ``127.0.0.1``, ``::1``."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_host(api_url: str) -> str:
    try:
        parts = urlsplit(api_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    odd = parts.username or parts.query or parts.fragment or port == 0 if host else True
    if not host or odd or parts.scheme not in ("http", "https"):
        raise UsageError("--api-url must look like https://api.truto.one")
    return host


def _fits_header(text: str) -> bool:
    return text.isascii() and text.isprintable()
