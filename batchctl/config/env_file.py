"""``--env-file``: ``KEY=VALUE`` lines, as shells and dotenv files write them."""

from __future__ import annotations

import re

from batchctl.errors import UsageError

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def parse_env_file(data: bytes, file: str) -> dict[str, str]:
    """Names to values. ``# comments``, ``export`` and quotes are understood; nothing inside a value is expanded.

    Raises ``UsageError`` that names the line but never shows it.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text") from error
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        if match is None:
            raise UsageError(f"{file}:{number}: not a KEY=VALUE line")
        values[match["name"]] = _unquoted(match["value"])
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), value[1:-1])
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1]
    return re.split(r"\s#", value, maxsplit=1)[0].rstrip()
