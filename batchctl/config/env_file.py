"""``--env-file``: the grammar of python-dotenv (https://saurabh-kumar.com/python-dotenv/), without expansion.

``export``, ``# comments`` (also after a value), single and double quotes, and quoted values of several lines.
"""

from __future__ import annotations

import io
import re

from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex

_OPENS_QUOTE = lazy_regex(r"\s*(?:export\s+)?[^=#\s]+\s*=[^\S\r\n]*[\"']")


def parse_env_file(data: bytes, file: str) -> dict[str, str]:
    """The variables in an env file, as name → value; of two lines with one name the later counts.

    ``data`` is the file's content (UTF-8), ``file`` its name for messages. Nothing inside a value is expanded. Raises
    ``UsageError`` for a line that is no ``KEY=VALUE``: it names the line but never shows it.
    """
    # Its own __init__ brings the machinery that changes os.environ along, so this is not on the start-up path.
    from dotenv.parser import parse_stream  # noqa: PLC0415 - most commands have no env file

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text") from error
    values: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text, newline="")):
        written = binding.original
        if binding.error or (binding.key is not None and binding.value is None):
            where = f"{file}:{_first_line(written.string, written.line)}"
            if _OPENS_QUOTE.match(written.string):
                raise UsageError(f"{where}: the quote that opens here is never closed, or text follows after it")
            raise UsageError(f"{where}: not a KEY=VALUE line")
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return values


def _first_line(written: str, line: int) -> int:
    """The line of the first character that is no blank: blank lines belong to what follows them."""
    return line + len(re.findall(r"\r\n|\n|\r", written[: len(written) - len(written.lstrip())]))
