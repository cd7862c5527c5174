"""HTTP requests from the text of curl commands (https://curl.se/docs/manpage.html, 7.88 and what came since)."""

from __future__ import annotations

import re
from urllib.parse import quote

from batchctl.authoring.http_requests import HttpRequest
from batchctl.authoring.shell_words import Command, shell_commands
from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field

# Comments, a prompt, and variables that are set before it.
_CURL = lazy_regex(
    r"(?:\s|#.*\n|(?:(?:export|set)[ \t]+)?+[A-Za-z_]\w*+=(?:'[^']*'|\"[^\"]*\"|[^\s'\"])*+\s|[$>%][ \t]+)*+"
    r"curl(?:\.exe)?\s"
)
_PROGRAMS = ("curl", "curl.exe")
_DATA = ("--data", "--data-raw", "--data-binary", "--data-ascii", "--json", "--data-urlencode", "--url-query")
_SHORT = {
    "E": "--cert", "K": "--config", "C": "--continue-at", "b": "--cookie", "c": "--cookie-jar", "d": "--data",
    "D": "--dump-header", "F": "--form", "P": "--ftp-port", "H": "--header", "m": "--max-time", "o": "--output",
    "U": "--proxy-user", "Q": "--quote", "r": "--range", "e": "--referer", "X": "--request", "Y": "--speed-limit",
    "y": "--speed-time", "t": "--telnet-option", "z": "--time-cond", "T": "--upload-file", "u": "--user",
    "A": "--user-agent", "w": "--write-out", "x": "--proxy", "G": "--get", "I": "--head", ":": "--next",
}  # fmt: skip
_SHORT_FLAGS = "aqfg0ik46jlLMnNZ#pJORsS231BvV"
_WITH_VALUE = frozenset(
    re.findall(
        r"\S+",
        """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header egd-file engine etag-compare
    etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
    ftp-ssl-ccc-mode happy-eyeballs-timeout-ms header hostpubmd5 hostpubsha256 hsts interface json keepalive-cnt
    keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt
    max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey
    preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers
    proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name
    proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file
    range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name
    socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option
    tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config
    unix-socket upload-file url url-query user user-agent write-out""",
    )
)
_REFUSED = {
    "form": ("the curl command sends a form", "a batch sends JSON: give the body with --data"),
    "form-string": ("the curl command sends a form", "a batch sends JSON: give the body with --data"),
    "upload-file": ("the curl command sends a file", "a batch sends JSON: give the body with --data"),
    "config": ("the curl command takes options from a file", "put them into the command"),
    "request-target": ("the curl command asks for another path than that of its URL", "put the path into the URL"),
}


def is_curl(text: str) -> bool:
    """Whether a text is a curl command, also with comments, a prompt or variables before it."""
    return _CURL.match(text) is not None


def read_curl(text: str) -> list[HttpRequest]:
    """The requests that the curl commands in ``text`` make, in their order; other commands are left out.

    A variable of the shell is its name between ``shell_words.BEGIN`` and ``END``. Raises ``UsageError`` for what can't
    be known without running it (a body from a file, several URLs of one command), and for a command that is cut off.
    """
    found: list[HttpRequest] = []
    for command in shell_commands(text):
        program = next((number for number, word in enumerate(command.words) if word in _PROGRAMS), None)
        if program is not None:
            found += _requests(command.words[program + 1 :], command)
    return found


def _requests(words: list[str], command: Command) -> list[HttpRequest]:
    waiting = list(reversed(words))
    found = []
    while True:
        given = _Given(command.stdin)
        goes_on = given.read(waiting)
        found.append(given.request())
        if not goes_on:
            return found


class _Given(Struct):
    """What the options of one request say."""

    stdin: str | None
    method: str | None = None
    url: str | None = None
    data: str | None = None
    in_url: list[str] = field(default_factory=list)
    in_query: bool = False
    is_head: bool = False
    globs: bool = True

    def read(self, waiting: list[str]) -> bool:
        """Take the words of one request, and tell whether another follows."""
        while waiting:
            word = waiting.pop()
            if word.startswith("--") and word != "--":
                name, sign, value = word[2:].partition("=")
                if sign:
                    waiting.append(value)
                if name == "next":
                    return True
                self._option(name, waiting)
            elif word.startswith("-") and word not in ("-", "--"):
                if self._short(word[1:], waiting):
                    return True
            elif word != "--":
                self._address(word)
        return False

    def _short(self, letters: str, waiting: list[str]) -> bool:
        """``-sSLX POST``: flags, of which the last may have a value in the rest of the word, or in the next."""
        while letters:
            letter, letters = letters[0], letters[1:]
            name = _SHORT.get(letter, "")
            if name == "--next":
                return True
            if name and name[2:] in _WITH_VALUE:
                if letters:
                    waiting.append(letters)
                self._option(name[2:], waiting)
                return False
            if name:
                self._option(name[2:], waiting)
            elif letter == "g":
                self.globs = False
            elif letter not in _SHORT_FLAGS:
                raise UsageError(f"curl has no option -{letter}", hint="leave it out")
        return False

    def _option(self, name: str, waiting: list[str]) -> None:
        if name.startswith(("expand-", "variable")):
            raise UsageError("the curl command has variables of its own", hint="put their values in their places")
        if name in _REFUSED:
            raise UsageError(_REFUSED[name][0], hint=_REFUSED[name][1])
        if name not in _WITH_VALUE:
            self.in_query |= name == "get"
            self.is_head |= name == "head"
            self.globs &= name != "globoff"
            return
        if not waiting:
            raise UsageError(f"the curl command ends after {'-X' if name == 'request' else f'--{name}'}")
        value = waiting.pop()
        if name == "request":
            self.method = value.upper()
        elif name == "url":
            self._address(value)
        elif name == "url-query":
            self.in_url.append(value[1:] if value.startswith("+") else _encoded(value))
        elif f"--{name}" in _DATA:
            self._body(name, value)

    def _address(self, url: str) -> None:
        if self.url is not None:
            raise UsageError("the curl command asks for several URLs", hint="convert one after the other")
        self.url = url

    def _body(self, name: str, value: str) -> None:
        if name == "data-urlencode":
            value = _encoded(value)
        elif value.startswith("@") and name != "data-raw":
            value = self._from_file(value[1:])
        between = "" if name == "json" else "&"
        self.data = value if self.data is None else f"{self.data}{between}{value}"

    def _from_file(self, name: str) -> str:
        if name == "-" and self.stdin is not None:
            return self.stdin
        raise UsageError(
            f"the curl command takes its body from {'its input' if name == '-' else f'the file {name}'}",
            hint="put the content in its place: --data '{…}'",
        )

    def request(self) -> HttpRequest:
        if self.url is None:
            raise UsageError("the curl command has no URL")
        if self.globs and re.search(r"(?<!\{)\{[^{}]*,[^{}]*\}(?!\})|\[\w+-\w+(?::\d+)?\]", self.url):
            raise UsageError("the curl command asks for several URLs", hint="convert one after the other")
        url = self.url.partition("#")[0]
        as_query = self.in_query or self.is_head
        pieces = [*self.in_url, *([self.data] if as_query and self.data is not None else [])]
        for piece in pieces:
            url += f"{'&' if '?' in url else '?'}{piece}"
        body = None if as_query else self.data
        usual = "HEAD" if self.is_head else "GET" if body is None else "POST"
        return HttpRequest(self.method or usual, url, body)


def _encoded(value: str) -> str:
    """As ``--data-urlencode`` has it: ``text``, ``=text``, ``name=text``, or the content of a file."""
    key, sign, text = value.partition("=")
    if not sign and "@" in value:
        raise UsageError(
            f"the curl command takes a value from the file {value.partition('@')[2]}",
            hint="put the content of the file in its place",
        )
    return f"{key}={quote(text, safe='')}" if sign and key else quote(text if sign else value, safe="")
