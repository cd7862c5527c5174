"""The words of commands, as a POSIX shell, bash's ``$'…'`` and the Windows prompt read them; nothing is run.

https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html (2.2 quoting, 2.7.4 here-documents),
https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html.
"""

from __future__ import annotations

import re

from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field

_PLAIN = lazy_regex(r"[^\s\\'\"$`;|&<>()]+")
_IN_DOUBLE = lazy_regex(r"[^\"\\$`]+")
_ANSI = lazy_regex(r"\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)|[^\\']+", re.DOTALL)
_ANSI_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_VARIABLE = lazy_regex(r"\$(?:\{([^{}]*)\}|([A-Za-z_]\w*|[0-9@*#?$!-]))")
_HERE = lazy_regex(r"<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([\w.-]+))")
_REDIRECTION = lazy_regex(r"(?:&>>?|>>?&?|<+&?)[ \t]*")
# As browsers write it: each quote with ^, or ^ at the ends of lines.
_CMD = lazy_regex(r"curl(?:\.exe)?\s+\^\"|(?<=[\s\"])\^\r?\n\s*-")

# Around the name of a variable, whose value only the shell knows: two characters that no text has (Unicode, 23.7).
BEGIN, END = "\ufdd0", "\ufdd1"


class Command(Struct):
    """One command of a shell script: its words after quotes are removed, the program's name (``curl``) first.

    A variable is in them as its name between ``BEGIN`` and ``END``; redirections are left out. ``stdin`` is the text
    that a here-document gives the program, None without one.
    """

    words: list[str] = field(default_factory=list)
    stdin: str | None = None


def shell_commands(text: str) -> list[Command]:
    """The commands in a text for a shell (POSIX, bash, the Windows prompt), in its order; nothing is run.

    A newline, ``;``, ``|`` and ``&`` end a command. Raises ``UsageError`` where a quote is not closed, or a
    here-document does not end.
    """
    if _CMD.search(text):
        return [Command(_windows_words(text))]
    reader = _Reader(text.replace("\r\n", "\n"))
    reader.read()
    return [command for command in reader.commands if command.words]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.commands = [Command()]
        self.word: list[str] | None = None
        self.drops_word = False
        self.here: list[tuple[Command, str, bool, bool]] = []

    def read(self) -> None:
        while self.at < len(self.text):
            self._next()
        self._end_of_word()
        if self.here:
            raise UsageError(f"the curl command is cut off: no line {self.here[0][1]} ends its input")

    def _next(self) -> None:
        character = self.text[self.at]
        if character in "'\"\\`$":
            self._quoted(character)
        elif character.isspace():
            self._end_of_word()
            self.at += 1
            if character == "\n":
                self._here_documents()
                self.commands.append(Command())
        elif character == "#" and self.word is None:
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else len(self.text)
        elif (found := _PLAIN.match(self.text, self.at)) is not None:
            self._add(found[0], found.end())
        else:
            self._operator(character)

    def _operator(self, character: str) -> None:
        text, at = self.text, self.at
        if (here := _HERE.match(text, at)) is not None:
            name = here[2] or here[3] or here[4]
            self.here.append((self.commands[-1], name, bool(here[1]), here[4] is not None and "\\" not in here[0]))
            self.at = here.end()
        elif character == "&" and self.word and text[at + 1 : at + 2].strip(" \t\n&>"):
            # The "&" of an address without quotes: it is meant as a part of it.
            self._add("&", at + 1)
        elif (found := _REDIRECTION.match(text, at)) is not None:
            # 2> is one sign.
            self.word = None if "".join(self.word or []).isdigit() else self.word
            self._end_of_word()
            self.at = found.end()
            self.drops_word = True
        else:
            self._end_of_word()
            self.at += 1
            if character in ";|&":
                self.commands.append(Command())

    def _quoted(self, character: str) -> None:
        text, at = self.text, self.at
        after = text[at + 1 : at + 2]
        if character in "\\`" and after in ("\n", ""):
            self.at += 2  # the line goes on; a backtick is PowerShell's
        elif character == "\\":
            self._add(after, at + 2)
        elif character == "'":
            end = text.find("'", at + 1)
            if end < 0:
                raise _cut_off("'")
            self._add(text[at + 1 : end], end + 1)
        elif text.startswith("$'", at):
            self._ansi(at + 2)
        elif character == '"' or text.startswith('$"', at):
            self._double(at + 1 + (character == "$"))
        else:
            self._add(*_substituted(text, at))

    def _double(self, at: int) -> None:
        self._add("", at)
        while (character := self.text[at : at + 1]) != '"':
            if not character:
                raise _cut_off('"')
            piece, at = _expanded(self.text, at, '"')
            self._add(piece, at)
        self.at = at + 1

    def _ansi(self, at: int) -> None:
        pieces: list[str] = []
        while (found := _ANSI.match(self.text, at)) is not None:
            pieces.append(_ansi_escape(found[0]) if found[0][0] == "\\" else found[0])
            at = found.end()
        if self.text[at : at + 1] != "'":
            raise _cut_off("'")
        # \x and octal escapes are bytes: an é can be \xc3\xa9.
        self._add("".join(pieces).encode("utf-8", "surrogateescape").decode("utf-8", "replace"), at + 1)

    def _here_documents(self) -> None:
        for command, name, has_tabs, expands in self.here:
            lines: list[str] = []
            while True:
                if self.at >= len(self.text):
                    raise UsageError(f"the curl command is cut off: no line {name} ends its input")
                end = self.text.find("\n", self.at)
                line = self.text[self.at : end if end >= 0 else len(self.text)]
                self.at += len(line) + 1
                line = line.lstrip("\t") if has_tabs else line
                if line == name:
                    break
                lines.append(f"{line}\n")
            command.stdin = _all_expanded("".join(lines)) if expands else "".join(lines)
        self.here = []

    def _add(self, piece: str, at: int) -> None:
        self.word = self.word or []
        self.word.append(piece)
        self.at = at

    def _end_of_word(self) -> None:
        if self.word is not None and not self.drops_word:
            self.commands[-1].words.append("".join(self.word))
        if self.word is not None:
            self.drops_word = False
        self.word = None


def _cut_off(quote: str) -> UsageError:
    return UsageError(f"the curl command is cut off: a {quote} is never closed")


def _expanded(text: str, at: int, quote: str) -> tuple[str, int]:
    """The next piece of a text in which variables count, and where it ends."""
    if (found := _IN_DOUBLE.match(text, at)) is not None:
        return found[0], found.end()
    if text[at] in "$`":
        return _substituted(text, at)
    if text[at] != "\\":
        return text[at], at + 1
    after = text[at + 1 : at + 2]
    if after == "\n":
        return "", at + 2
    return (after if after in ("$", "`", "\\", quote) else f"\\{after}"), at + 2


def _all_expanded(text: str) -> str:
    pieces, at = [], 0
    while at < len(text):
        piece, at = _expanded(text, at, "\\")
        pieces.append(piece)
    return "".join(pieces)


def _substituted(text: str, at: int) -> tuple[str, int]:
    """A variable, or the output of a command, that begins here; else the character itself."""
    if (found := _VARIABLE.match(text, at)) is not None:
        return f"{BEGIN}{found[1] if found[1] is not None else found[2]}{END}", found.end()
    if text[at] == "`" or text.startswith("$(", at):
        opening, closing = ("`", "`") if text[at] == "`" else ("$(", ")")
        end = text.find(closing, at + len(opening))
        if end < 0:
            raise _cut_off(opening)
        return f"{BEGIN}{text[at : end + 1]}{END}", end + 1
    return text[at], at + 1


def _ansi_escape(escape: str) -> str:
    kind, rest = escape[1], escape[2:]
    if kind in "uU" and rest:
        return chr(min(int(rest, 16), 0x10FFFF))
    if (kind == "x" and rest) or kind in "01234567":
        byte = int(rest, 16) if kind == "x" else int(escape[1:], 8) & 0xFF
        return bytes([byte]).decode("utf-8", "surrogateescape")
    if kind == "c" and rest:
        return chr(ord(rest.upper()) & 0x1F)
    return _ANSI_LETTERS.get(kind, kind if kind in "\\'\"?" else escape)


def _windows_words(text: str) -> list[str]:
    """As the prompt of Windows takes ``^`` away, and C programs there part their arguments.

    https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
    """
    text = re.sub(r"\^\r?\n(\r?\n)?", lambda found: "\n" if found[1] else "", text)
    text = re.sub(r"\^(.)", r"\1", text)
    words: list[str] = []
    word: list[str] | None = None
    is_quoted = False
    for found in re.finditer(r'(\\*)"|\s+|[^\s"\\]+|\\+', text):
        piece = found[0]
        if piece.isspace() and not is_quoted:
            words += [] if word is None else ["".join(word)]
            word = None
            continue
        word = word or []
        if found[1] is None:
            word.append(piece)
            continue
        word.append("\\" * (len(found[1]) // 2))
        if len(found[1]) % 2:
            word.append('"')
        else:
            is_quoted = not is_quoted
    if is_quoted:
        raise _cut_off('"')
    return [*words, *([] if word is None else ["".join(word)])]
