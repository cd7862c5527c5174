"""Which format a file's name asks for, and how the files of a format are named."""

from __future__ import annotations

from batchctl.cli.run_options import Output

_BY_ENDING = {
    ".json": Output.JSON,
    ".ndjson": Output.NDJSON,
    ".jsonl": Output.NDJSON,
    ".yaml": Output.YAML,
    ".yml": Output.YAML,
    ".csv": Output.CSV,
    ".txt": Output.TABLE,
}
ENDINGS = {
    Output.JSON: ".json",
    Output.NDJSON: ".ndjson",
    Output.YAML: ".yaml",
    Output.CSV: ".csv",
    Output.TABLE: ".txt",
    Output.TREE: ".txt",
}


def format_of(name: str) -> Output:
    """The format that a file's ending names; JSON where it names none."""
    return next((found for ending, found in _BY_ENDING.items() if name.lower().endswith(ending)), Output.JSON)
