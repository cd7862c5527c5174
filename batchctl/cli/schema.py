"""``batchctl schema``."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON Schema of definitions, for editors."""
    from batchctl.cli.options import Color
    from batchctl.cli.terminal import Terminal
    from batchctl.definition import schema_text

    Terminal(Color.NEVER).result([schema_text()])
