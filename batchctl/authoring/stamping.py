"""Values of keys on top of a definition, put into its text: nothing else changes, comments and layout least of all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.definition.loading import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.yaml12.source import Source


def stamped(text: str, file: str, values: Mapping[str, str]) -> str | None:
    """The text of a definition with each top-level key in ``values`` set to its value; new keys come first.

    The rest of the text stays as it is. ``file`` is its name; one that ends in ``.json`` is JSON. None where the result
    would not be read as exactly that: nothing should be written then.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    for key, value in reversed([*values.items()]):
        loaded = read(text, file=file)
        data = loaded.data
        if not isinstance(data, dict) or not data:
            return None
        changed = _with(text, loaded.source, next(iter(data)), key, value, known=key in data)
        if read(changed, file=file).data != {**data, key: value}:
            return None
        text = changed
    return mark + text


def _with(text: str, source: Source, first: str, key: str, value: str, *, known: bool) -> str:
    written = json.dumps(value, ensure_ascii=False)
    if known:
        span = source.span((key,))
        start, end = source.text.offset(span.start), source.text.offset(span.end)
        return text[:start] + written + text[end:]
    start = source.text.offset(source.key_span((first,)).start)
    before = source.text[source.text.line_start(start) : start]
    if "{" in before or "{" in text[:start].rstrip()[-1:]:
        # Flow style, and JSON: on a line of its own where the first key has one.
        between = "\n" + before if not before.strip() else " "
        return f"{text[:start]}{json.dumps(key)}: {written},{between}{text[start:]}"
    return f"{text[:start]}{key}: {written}\n{before}{text[start:]}"
