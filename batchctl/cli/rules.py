"""``batchctl rules`` and ``batchctl explain``: the documentation of every kind of problem."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from batchctl.cli.options import Color, TextOrJson
from batchctl.cli.suggest import codes

FormatOption = Annotated[TextOrJson, typer.Option("--format", help="How to print it.")]


def rules(*, output_format: FormatOption = TextOrJson.TEXT) -> None:
    """List every kind of problem that validate can find."""
    from batchctl.cli.terminal import bounds
    from batchctl.render.rules.text import rules_json, rules_table
    from batchctl.rules.catalogue import catalogue

    entries = catalogue()
    _print(rules_json(entries) if output_format is TextOrJson.JSON else rules_table(entries, bounds(sys.stdout)))


def explain(
    rule: Annotated[
        str, typer.Argument(metavar="CODE|NAME", autocompletion=codes, help="For example BC602, or missing-id.")
    ],
    *,
    output_format: FormatOption = TextOrJson.TEXT,
) -> None:
    """Say what a kind of problem is, why it matters, and what to write instead."""
    from batchctl.cli.terminal import bounds
    from batchctl.render.rules.text import rule_json, rule_text
    from batchctl.rules.catalogue import entry_of

    entry = entry_of(rule)
    _print(rule_json(entry) if output_format is TextOrJson.JSON else rule_text(entry, bounds(sys.stdout)))


def _print(text: str) -> None:
    from batchctl.cli.terminal import Terminal

    Terminal(Color.NEVER).result([text])
