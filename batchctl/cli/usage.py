"""A command line that typer can't follow, said as every other error is: a sentence, and what to do."""

from __future__ import annotations

import re
from typing import Any

import typer

from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex

# typer's own errors of use; it brings the library that they come from along, under a name of its own.
TyperError: type[Exception] = typer.BadParameter.__mro__[2]
_CHOICES = lazy_regex(r"'(?P<given>[^']*)' is not one of (?P<known>.*)")
# What typer says of a value, and how it is said here.
_PLAINER = (
    (lazy_regex(r"is not a valid (?:float|number)(?: range)?\b"), "is not a number"),
    (lazy_regex(r"is not a valid int(?:eger)?(?: range)?\b"), "is not a whole number"),
    (lazy_regex(r"is not a valid boolean\..*"), "is not true or false"),
    (lazy_regex(r"is not in the range ([\d.]+)<=x<=([\d.]+)"), r"is not between \1 and \2"),
    (lazy_regex(r"is not in the range x>=([\d.]+)"), r"is less than \1"),
    (lazy_regex(r"is not in the range x<=([\d.]+)"), r"is more than \1"),
)
_NO_OPTION = lazy_regex(r"No such option: (-[\w-]+)")
# The format of what is printed has one name where a result is meant, and another where findings are.
_SAME = {"--format": "--output", "--output": "--format", "-o": "--format"}
_SUGGESTION = lazy_regex(r"(?s)(?P<said>.*?)\s*\(?(?P<hint>Did you mean .*?\?|Possible options: .*?)\)?$")


def usage_error(error: Any) -> UsageError:
    """An error in how a command was called, ``error`` of typer, as a ``UsageError`` in batchctl's words."""
    message = " ".join(_said(error).split())
    for pattern, words in _PLAINER:
        message = pattern.sub(words, message)
    found = _SUGGESTION.match(message)
    said, hint = (found["said"], found["hint"]) if found else (message, "")
    close = list(getattr(error, "possibilities", None) or ())
    if close:
        # They come with the closest first.
        hint = f"did you mean {' or '.join(close[:3])}?"
    context = getattr(error, "ctx", None)
    hint = _of_another_place(said, context) or hint
    if not hint and (choices := _CHOICES.search(said)):
        from batchctl.diagnostics.spelling import closest

        meant = closest(choices["given"], tuple(re.findall(r"'([^']*)'", choices["known"])))
        hint = f"did you mean {meant}?" if meant else ""
    if not hint:
        hint = f"{context.command_path if context else 'batchctl'} --help shows how it is used"
    return UsageError(_lowered(said.rstrip(". ")), hint=_lowered(hint))


def _of_another_place(said: str, context: Any) -> str:
    """The hint for an option that another command has; empty for others."""
    command = getattr(context, "command", None)
    found = _NO_OPTION.search(said)
    if found is not None and command is not None:
        known = {name for each in command.params for name in each.opts}
        if _SAME.get(found[1], "") in known:
            return f"did you mean {_SAME[found[1]]}?"
        if hasattr(command, "commands") and context.parent is None:
            return f"options come after the command: {context.command_path} COMMAND {found[1]}"
    return ""


def _said(error: Any) -> str:
    """Its message; of a value that the command line did not give, by where that came from."""
    parameter, context = getattr(error, "param", None), getattr(error, "ctx", None)
    given = context.command.origins.get(parameter.name) if context is not None and parameter is not None else None
    return f"{given.where}: {error.message}" if given else str(error.format_message())


def is_help(error: Any) -> bool:
    """Whether ``error`` only means that the help is to be shown: typer raises it for a command that needs arguments."""
    return type(error).__name__ == "NoArgsIsHelpError"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
