"""What ``batchctl new`` asks on a terminal, where the command line does not say it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from batchctl.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.authoring.templates import Template


class Answers(NamedTuple):
    """What a person answered to ``batchctl new``; ``account`` is empty where it is to come from the environment.

    ``template`` is one of the names in ``TEMPLATES``.
    """

    name: str
    template: str
    account: str


def asked(templates: Mapping[str, Template], template: str | None) -> Answers:
    """Ask on the terminal for the name, the template and the account.

    ``templates`` are those to choose from, by name; where ``template`` names one it is not asked for. Raises
    ``Interrupted`` for Ctrl-C and at the end of input.
    """
    try:
        name = _text("Name of the batch")
        if template is None:
            width = max(map(len, templates))
            _say("".join(f"  {each.ljust(width)}  {about.about}\n" for each, about in templates.items()))
            template = _choice("Start from", list(templates))
        account = _text("Integrated account (empty: TRUTO_ACCOUNT_ID of the environment)", "")
    except (KeyboardInterrupt, EOFError, OSError):
        _say("\n")
        raise Interrupted("interrupted; nothing was written") from None
    return Answers(name, template, account)


def _text(question: str, default: str | None = None) -> str:
    """One line; without a default it is asked for again until there is one. Raises ``EOFError``."""
    while True:
        _say(f"{question}{f' [{default}]' if default else ''}: ")
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        if line.strip() or default is not None:
            return line.strip() or str(default)


def _choice(question: str, known: list[str]) -> str:
    while (answer := _text(question, known[0])) not in known:
        _say(f"one of {', '.join(known)}\n")
    return answer


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
