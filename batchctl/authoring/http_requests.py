"""HTTP requests from the text of a ``.http`` file.

RFC 9112, with ``###`` between requests and variables (https://www.jetbrains.com/help/idea/exploring-http-syntax.html).
"""

from __future__ import annotations

import re

from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

# The first line of a request: the whole URL, only its path (the host is a header then), or a variable for the host.
_HTTP_LINE = lazy_regex(r"([A-Z]{3,10})\s+((?:https?://|/|\{\{[^{}]*\}\})\S*)(?:\s+HTTP/\S+)?", re.IGNORECASE)
_URL_LINE = lazy_regex(r"()(https?://\S+)", re.IGNORECASE)
_VARIABLE = lazy_regex(r"@([\w.-]+)\s*=\s*(.*)")
# Characters that variables may bring into a request: they can be many, and hold one another.
_MOST_FILLED = 32 * 2**20
_HANDLER = lazy_regex(r"\s*(?:>|<>|>>!?)\s")


class HttpRequest(Struct, frozen=True):
    """One HTTP request as somebody wrote it down, in a curl command or a ``.http`` file.

    ``method`` is in capitals, ``url`` is the whole URL, ``body`` the text of the body, None without one. Headers are
    not kept: they hold tokens.
    """

    method: str
    url: str
    body: str | None = None


def is_http(text: str) -> bool:
    """Whether a text is a ``.http`` file: it begins with the first line of a request, comments and variables aside."""
    first = next((line for line in map(str.strip, text.split("\n")[:200]) if line and not _is_aside(line)), "")
    return _HTTP_LINE.fullmatch(first) is not None


def read_http(text: str) -> list[HttpRequest]:
    """The requests of a ``.http`` file, in order, with the file's own variables filled in.

    A variable that it does not set stays as it is (``{{name}}``). Raises ``UsageError`` for a part that begins with no
    request, for a body that is in another file, and for variables that contain each other.
    """
    text = text.replace("\r\n", "\n")
    variables = {
        found[1]: found[2].strip() for line in text.split("\n") if (found := _VARIABLE.fullmatch(line.strip()))
    }
    parts = re.split(r"(?m)^###.*$", text)
    return [request for part in parts if (request := _request(part.split("\n"), variables)) is not None]


def _is_aside(line: str) -> bool:
    return line.startswith(("#", "//", "@"))


def _request(lines: list[str], variables: dict[str, str]) -> HttpRequest | None:
    first = next((number for number, line in enumerate(lines) if line.strip() and not _is_aside(line.strip())), None)
    if first is None:
        return None
    line = lines[first].strip()
    found = _HTTP_LINE.fullmatch(line) or _URL_LINE.fullmatch(line)
    if found is None:
        raise UsageError(f"the .http file has a part that begins with no request: {line[:60]}")
    rest = lines[first + 1 :]
    blank = next((number for number, each in enumerate(rest) if not each.strip()), len(rest))
    url = found[2]
    for each in rest[:blank]:
        # A query may go on in lines of its own.
        if not each.strip().startswith(("?", "&")):
            break
        url += each.strip()
    body = _body(rest[blank + 1 :])
    method = (found[1] or "GET").upper()
    return HttpRequest(method, _filled(url, variables), _filled(body, variables) if body else None)


def _body(lines: list[str]) -> str:
    end = next((number for number, line in enumerate(lines) if _HANDLER.match(line)), len(lines))
    body = "\n".join(lines[:end]).strip()
    if body.startswith(("< ", "<@")):
        raise UsageError(
            f"the request takes its body from the file {body.removeprefix('<').removeprefix('@').strip()[:200]}",
            hint="put the content of the file in its place",
        )
    return body


def _filled(text: str, variables: dict[str, str]) -> str:
    """With the variables of the file; others stay as they are. Variables may stand in variables, ten deep."""
    left = _MOST_FILLED

    def value(found: re.Match[str]) -> str:
        nonlocal left
        filled = variables.get(found[1], found[0])
        left -= len(filled)
        if left < 0:
            raise UsageError("the variables of the .http file make a request that is too large")
        return filled

    for _ in range(11):
        filled = re.sub(r"\{\{\s*([\w.-]+)\s*\}\}", value, text)
        if filled == text:
            return text
        text = filled
    raise UsageError("variables of the .http file contain each other", hint="give one of them a plain value")
