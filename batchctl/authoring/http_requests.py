"""An HTTP request from the text of a curl command, or of a ``.http`` file (RFC 9112, with ``###`` between requests)."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from urllib.parse import quote

from batchctl.errors import UsageError

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CURL = re.compile(r"(?:\s|#.*\n)*(?:[$>]\s+)?curl(?:\.exe)?\s")
_HTTP_LINE = re.compile(rf"({'|'.join(_METHODS)})\s+(https?://\S+)(?:\s+HTTP/\S+)?\s*", re.IGNORECASE)
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii")
_WITH_VALUE = (
    "-X", "--request", "-H", "--header", "--url", "--json", "--data-urlencode", "-u", "--user", "-A", "--user-agent",
    "-o", "--output", "-m", "--max-time", "--connect-timeout", "-e", "--referer", "-b", "--cookie", "--retry", "-w",
    "--write-out", "-x", "--proxy", "-F", "--form", "--cacert", "-E", "--cert",
)  # fmt: skip
_SHORT_WITH_VALUE = "XHduAomebwxFE"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """``method`` in capitals, the whole ``url``, the text of the ``body``. Headers are not kept: they hold tokens."""

    method: str
    url: str
    body: str | None = None


def is_curl(text: str) -> bool:
    """Whether a text is a curl command."""
    return _CURL.match(text) is not None


def is_http(text: str) -> bool:
    """Whether a text begins with the first line of an HTTP request, comments aside."""
    return next((True for line in _lines(text) if _HTTP_LINE.fullmatch(line)), False)


def read_curl(text: str) -> HttpRequest:
    """The request that a curl command makes. Raises ``UsageError`` for what can't be known without running it."""
    joined = re.sub(r"(?:\\|\^)\r?\n", " ", text)
    try:
        words = shlex.split(joined, comments=True)
    except ValueError as error:
        raise UsageError(f"the curl command is cut off: {str(error).lower()}") from error
    start = next(number for number, word in enumerate(words) if word in ("curl", "curl.exe"))
    given = _Options(words[start + 1 :])
    if given.url is None:
        raise UsageError("the curl command has no URL")
    body = "&".join(given.data) if given.data else None
    if given.in_query and body is not None:
        separator = "&" if "?" in given.url else "?"
        return HttpRequest(given.method or "GET", f"{given.url}{separator}{body}")
    return HttpRequest((given.method or ("POST" if body is not None else "GET")).upper(), given.url, body)


class _Options:
    """The options of a curl command, as far as they say what is sent."""

    def __init__(self, words: list[str]) -> None:
        self.method: str | None = None
        self.url: str | None = None
        self.data: list[str] = []
        self.in_query = False
        waiting = list(reversed(words))
        while waiting:
            word = waiting.pop()
            if word in ("-G", "--get"):
                self.in_query = True
            elif word.startswith("-") and word != "-":
                self._option(word, waiting)
            elif self.url is None:
                self.url = word
            else:
                raise UsageError("the curl command asks for several URLs", hint="convert one after the other")

    def _option(self, word: str, waiting: list[str]) -> None:
        name, value = _parted(word)
        if value is None and (name in _WITH_VALUE or name in _DATA):
            if not waiting:
                raise UsageError(f"the curl command ends after {name}")
            value = waiting.pop()
        if name in ("-X", "--request"):
            self.method = (value or "").upper()
        elif name == "--url":
            self.url = value
        elif name in ("-F", "--form"):
            raise UsageError("the curl command sends a form", hint="a batch sends JSON: give the body with --data")
        elif name in _DATA or name in ("--json", "--data-urlencode"):
            self.data.append(_data(name, value or ""))


def _parted(word: str) -> tuple[str, str | None]:
    """``-XPOST`` and ``--data=x`` in two."""
    if word.startswith("--"):
        name, sign, value = word.partition("=")
        return name, value if sign else None
    if len(word) > 2 and word[1] in _SHORT_WITH_VALUE:
        return word[:2], word[2:]
    return word, None


def _data(name: str, value: str) -> str:
    if value.startswith("@") and name != "--data-raw":
        raise UsageError(
            f"the curl command takes its body from the file {value[1:]}", hint=f"batchctl new NAME --from {value[1:]}"
        )
    if name != "--data-urlencode":
        return value
    key, sign, text = value.partition("=")
    return f"{key}={quote(text, safe='')}" if sign and key else quote(value.removeprefix("="), safe="")


def read_http(text: str) -> list[HttpRequest]:
    """The requests of a ``.http`` file, in its order."""
    found = []
    for part in re.split(r"(?m)^###.*$", text):
        lines = part.replace("\r\n", "\n").split("\n")
        first = next((number for number, line in enumerate(lines) if _HTTP_LINE.fullmatch(line.strip())), None)
        if first is None:
            continue
        line = _HTTP_LINE.fullmatch(lines[first].strip())
        assert line is not None  # noqa: S101 - for mypy: it has just matched
        rest = lines[first + 1 :]
        blank = next((number for number, each in enumerate(rest) if not each.strip()), len(rest))
        body = "\n".join(rest[blank + 1 :]).strip()
        found.append(HttpRequest(line[1].upper(), line[2], body or None))
    return found


def _lines(text: str) -> list[str]:
    """The first lines that are neither comments nor blank."""
    kept = [line.strip() for line in text.split("\n")[:200]]
    return [line for line in kept if line and not line.startswith(("#", "//", "@"))][:1]
