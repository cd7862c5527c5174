"""Which proxy a request goes through, from the environment (on macOS and Windows also from the system's settings)."""

from __future__ import annotations

import base64
import os
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from batchctl.errors import UsageError
from batchctl.structs import Private, field
from batchctl.truto.connection import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxy(Private, frozen=True):
    """A proxy for requests: its URL without credentials, and the header with these where it needs any."""

    HIDDEN = ("headers",)

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


def proxy_for(api_url: str, settings: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy for ``api_url``: ``HTTPS_PROXY`` or ``HTTP_PROXY``, else ``ALL_PROXY``; None without one.

    None as well for hosts in ``NO_PROXY``, and for this machine, which a proxy elsewhere could not reach. ``settings``
    are proxies by scheme, as ``urllib.request.getproxies`` has them, None for the environment's. Raises ``UsageError``
    for a setting that can't be used; its message does not show it.
    """
    target = urlsplit(api_url)
    host = target.hostname or ""
    if is_loopback(host):
        return None
    if settings is None and not _may_be_set():
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - it imports the standard library's HTTP client

    found = getproxies() if settings is None else settings
    name = target.scheme if found.get(target.scheme) else "all"
    written = found.get(name)
    if not written or (_bypassed(host, found["no"]) if settings is not None and "no" in found else proxy_bypass(host)):
        return None
    try:
        parts = urlsplit(written if "://" in written else f"http://{written}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"can't use the proxy that {name.upper()}_PROXY names",
            hint="it must look like http://host:port; proxies of other kinds are not supported",
        )
    address = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Proxy(f"{parts.scheme}://{address}{f':{port}' if port else ''}", _who(parts.username, parts.password))


def certificates() -> ssl.SSLContext:
    """The certificate authorities to trust: ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, else the system's and certifi's.

    Raises ``UsageError`` where a file or folder is named that can't be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        if file or folder:
            if (file and not Path(file).is_file()) or (folder and not Path(folder).is_dir()):
                raise FileNotFoundError
            return ssl.create_default_context(cafile=file or None, capath=folder or None)
        context = ssl.create_default_context()
        import certifi  # noqa: PLC0415 - needed over https alone

        context.load_verify_locations(certifi.where())
    except (OSError, ValueError):
        raise UsageError(
            "can't use the certificates that the environment names", hint="check SSL_CERT_FILE and SSL_CERT_DIR"
        ) from None
    return context


def _may_be_set() -> bool:
    """Whether there can be a proxy: elsewhere than on macOS and Windows only variables name one."""
    return sys.platform in ("darwin", "win32") or any(name.lower().endswith("_proxy") for name in os.environ)


def _bypassed(host: str, no_proxy: str) -> bool:
    names = [name.strip().lstrip(".").lower() for name in no_proxy.split(",")]
    return "*" in names or any(name and (host == name or host.endswith(f".{name}")) for name in names)


def _who(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
