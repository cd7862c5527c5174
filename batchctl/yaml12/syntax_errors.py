"""What a YAML parser complains about, in words that say what to do.

The parser's own words come from libyaml (``did not find expected key``) or from PyYAML
(``expected <block end>, but found '<scalar>'``); what both mean depends on the line they stand on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics import Related
from batchctl.diagnostics.kinds import problem
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.diagnostics import Diagnostic
    from batchctl.yaml12.text import SourceText

# What YAML 1.2 calls printable (c-printable), beside the byte order mark.
_UNPRINTABLE = lazy_regex("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EXPRESSION_LINE = lazy_regex(r"""(?:-\s+)?["']?(expression|run_if|query|body)["']?\s*:\s+(?=[^\s|>#])(.*)""")
_EXPRESSION_ADVICE = 'put the expression on the lines below "{key}: |", indented, or in quotes'
_QUOTE_ADVICE = "put the whole value in quotes"
_LINES_LOOKED_BACK = 50


class SyntaxTrouble(Struct, frozen=True):
    """An error of the YAML parser, in its own words, with offsets in the text.

    ``problem`` is the message, at the offset ``at``; ``context`` says what the parser was reading (``while parsing a
    block mapping``), which ``began`` at that offset. Empty and None where it says nothing.
    """

    problem: str
    context: str
    at: int
    began: int | None


class _Finding(NamedTuple):
    message: str
    start: int
    end: int
    help: str | None = None
    related: tuple[int, str] | None = None


def explain(trouble: SyntaxTrouble, text: SourceText) -> Diagnostic:
    """The diagnostic for an error of the YAML parser in ``text``, in words that say what to do."""
    trouble = SyntaxTrouble(trouble.problem, trouble.context, min(trouble.at, len(text)), trouble.began)
    if "nesting depth" in trouble.problem:
        # libyaml has a limit of its own, and looks ahead of where we are.
        return problem("too-deep", "nested much too deep", text.span(trouble.at, trouble.at + 1))
    found = next((found for look in _LOOKS if (found := look(trouble, text))), None) or _as_it_is(trouble, text)
    advice = _expression_advice(text, found.start) or found.help
    related: tuple[Related, ...] = ()
    if found.related is not None:
        related = (Related(text.span(found.related[0], found.related[0] + 1), found.related[1]),)
    return problem("yaml-syntax", found.message, text.span(found.start, found.end), help=advice, related=related)


def explain_character(text: SourceText) -> Diagnostic:
    """The diagnostic for a text that holds a character which YAML forbids, at the first of them."""
    match = _UNPRINTABLE.search(text)
    start, shown = (match.start(), f"U+{ord(match[0]):04X}") if match else (0, "of some kind")
    message = f"the control character {shown} is not allowed in YAML"
    advice = f'inside double quotes it can be written as "\\u{ord(match[0]):04x}"' if match else None
    return problem("yaml-syntax", message, text.span(start, start + 1), help=advice)


def _tab(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    start = text.line_start(trouble.at)
    indent = re.match(r"[ \t]*", text.line_at(trouble.at))
    tab = indent[0].find("\t") if indent else -1
    if tab < 0 or start + tab > trouble.at or "quoted scalar" in trouble.context:
        return None
    return _Finding("a tab can't indent YAML", start + tab, start + tab + 1, "use spaces")


# Of a code point beyond U+FFFF, as YAML 1.2 (section 5.7) has it.
SURROGATE_ADVICE = "write the character itself or \\U0001F600 with eight digits; a half alone can be removed"


def _quote(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    if "quoted scalar" not in trouble.context or trouble.began is None:
        return None
    began, quote = trouble.began, text[trouble.began : trouble.began + 1]
    if "unexpected" in trouble.problem:
        return _Finding("the quote that opens here is never closed", began, began + 1, f"close it with {quote}")
    escape = text.rfind("\\", began, trouble.at + 2)
    start = escape if escape >= 0 else trouble.at
    if re.match(r"\\u[dD][89a-fA-F]", text[start : start + 4]):
        message, advice = "half of a surrogate pair is not a character", SURROGATE_ADVICE
    elif "unknown escape" in trouble.problem:
        message = f"{text[start : start + 2]} means nothing inside double quotes"
        advice = "write \\\\ for a backslash, or use single quotes"
    else:
        message = "this escape is not followed by the number of a character"
        advice = "write \\\\ for a backslash, or use single quotes"
    return _Finding(message, start, start + 2, advice)


def _bracket(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    if "flow" not in trouble.context or trouble.began is None:
        return None
    began, at = trouble.began, trouble.at
    opening = text[began : began + 1]
    closing = {"[": "]", "{": "}"}.get(opening)
    if closing is None:
        return None
    if text.position(began).line < text.position(at).line or not text[at:].strip():
        message = f'the "{opening}" that opens here is never closed, or a comma is missing'
        if not text[at:].strip():
            return _Finding(f'the "{opening}" that opens here is never closed', began, began + 1, f'add "{closing}"')
        return _Finding(message, began, began + 1, f'add "{closing}"', (at, "this can't follow"))
    message = f'"," or "{closing}" is missing before this'
    return _Finding(message, at, at + 1, None, (began, f'the "{opening}" is here'))


def _colon(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    if not trouble.problem.startswith("mapping values are not allowed"):
        return None
    line, start = text.line_at(trouble.at), text.line_start(trouble.at)
    before = line[: trouble.at - start]
    if re.search(r":\s", before):
        message = '": " inside text without quotes starts a mapping'
        return _Finding(message, trouble.at, trouble.at + 1, _QUOTE_ADVICE)
    key = start + len(before) - len(before.lstrip())
    message = "this key is indented deeper than the line above allows, for that already has a value"
    return _Finding(message, key, trouble.at, "line it up with the keys above")


def _no_colon(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    if "simple key" not in trouble.context or trouble.began is None:
        return None
    start, line = trouble.began, text.line_at(trouble.began)
    end = text.line_start(start) + len(line.rstrip())
    return _Finding('this line has no ":" after its key', start, max(end, start + 1), 'write "key: value"')


def _indicator(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    words = trouble.problem + trouble.context
    at = trouble.began if trouble.began is not None else trouble.at
    sign = text[at : at + 1]
    if "cannot start any token" in trouble.problem:
        at, sign = trouble.at, text[trouble.at : trouble.at + 1]
        return _Finding(f'text can\'t start with "{sign}" without quotes', at, at + 1, _QUOTE_ADVICE)
    for word, meaning in (("alias", "an alias"), ("anchor", "an anchor"), ("tag", "a tag")):
        if word in words and sign in "*&!":
            return _Finding(f'"{sign}" without quotes starts {meaning}', at, at + 1, _QUOTE_ADVICE)
    if "block scalar" in words:
        message = f'after "{sign}" the text must start on the next line'
        return _Finding(message, at, at + 1, "if the sign belongs to the text, put the whole value in quotes")
    return None


def _line_up(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    if not any(word in trouble.context + trouble.problem for word in ("block", "sequence entries")):
        return None
    line, start, at = text.line_at(trouble.at), text.line_start(trouble.at), trouble.at
    before = line[: at - start]
    end = max(at + 1, start + len(line.rstrip()))
    if re.search(r"""["']\s*$""", before):
        return _Finding("there is text after the closing quote", at, end, _QUOTE_ADVICE)
    if re.search(r"[}\]]\s*$", before):
        return _Finding("there is text after the closing bracket", at, end, _QUOTE_ADVICE)
    if text[at : at + 1] in "}]" and at < len(text):
        return _closes_nothing(text[at], at)
    if before.strip() and text[at : at + 1] == "-":
        return _Finding("a list can't start after a key on its line", at, at + 1, "put its items on lines of their own")
    related = (trouble.began, "which begins here") if trouble.began is not None else None
    if "'-'" in trouble.problem or "collection" in trouble.context or "sequence" in trouble.context:
        advice = 'start it with "- ", or indent it like what it belongs to'
        return _Finding("this line is not an item of the list around it", at, end, advice, related)
    what = "an item of a list" if re.match(r"-\s", text[at:end]) else "this line"
    advice = "indent it like the keys that it belongs to"
    return _Finding(f"{what} does not line up with the mapping around it", at, end, advice, related)


def _closes_nothing(sign: str, at: int) -> _Finding:
    return _Finding(f'nothing opened that this "{sign}" could close', at, at + 1, "remove it, or quote the text")


def _content(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    """Between brackets something else stands where a value should."""
    if "node content" not in trouble.problem:
        return None
    at, written = trouble.at, len(text[: trouble.at].rstrip())
    if not text[at:].strip():
        return _Finding("the text ends before its brackets are closed", max(written - 1, 0), written)
    if text[at] in "}]":
        return _closes_nothing(text[at], at)
    return _Finding("a value is missing before this", at, at + 1, _QUOTE_ADVICE)


def _document(trouble: SyntaxTrouble, text: SourceText) -> _Finding | None:
    if "<document start>" not in trouble.problem:
        return None
    line, start = text.line_at(trouble.at), text.line_start(trouble.at)
    end = max(trouble.at + 1, start + len(line.rstrip()))
    return _Finding("this follows the end of the definition", trouble.at, end, "remove it, or check the brackets above")


def _as_it_is(trouble: SyntaxTrouble, _: SourceText) -> _Finding:
    message = trouble.problem or "this is not YAML"
    return _Finding(message, trouble.at, trouble.at + 1, _QUOTE_ADVICE if trouble.context else None)


_LOOKS: tuple[Callable[[SyntaxTrouble, SourceText], _Finding | None], ...] = (
    _quote,
    _tab,
    _bracket,
    _colon,
    _no_colon,
    _indicator,
    _document,
    _line_up,
    _content,
)


def _expression_advice(text: SourceText, at: int) -> str | None:
    """Advice when the trouble is in a JSONata expression that stands there without quotes or as a block."""
    number = text.position(at).line - 1
    limit = _indent(text.lines[number]) + 1
    for line in reversed(text.lines[max(0, number - _LINES_LOOKED_BACK) : number + 1]):
        if not line.strip() or _indent(line) >= limit:
            continue
        match = _EXPRESSION_LINE.match(line.lstrip())
        if match and not (match[1] in ("query", "body") and match[2][0] in "{["):
            return _EXPRESSION_ADVICE.format(key=match[1])
        limit = _indent(line)
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
