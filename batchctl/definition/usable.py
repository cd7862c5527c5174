"""Whether JSON, and so a request, can hold a value: one from a file, or one that a program passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.yaml12.tree_builder import MAX_DEPTH

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue


def require_usable(root: JsonValue, where: str) -> None:
    """Raise ``UsageError`` where ``root``, or a value in it at any depth, is one that no request can hold.

    Such are an infinite number, half of a surrogate pair, more than 64 levels, and any type that JSON does not have.
    ``where`` says in words where ``root`` came from.
    """
    pending: list[tuple[JsonValue, int]] = [(root, 1)]
    while pending:
        value, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise UsageError(f"{where}: nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, float) and not isfinite(value):
            raise UsageError(f"{where}: a number is too large for JSON", hint="quote it if it is text")
        if isinstance(value, str):
            if not _is_text(value):
                raise UsageError(f"{where}: half of a surrogate pair is not a character")
        elif isinstance(value, dict):
            pending.extend((item, depth + 1) for item in value.values())
            for key in value:
                if not isinstance(key, str):
                    raise _no_json(key, f"{where}: a key")
                if not _is_text(key):
                    pending.append((key, depth))
        elif isinstance(value, list):
            pending.extend((item, depth + 1) for item in value)
        elif value is not None and not isinstance(value, int | float):
            raise _no_json(value, f"{where}: a value")


def usable_records(records: Iterable[JsonValue], where: str) -> list[JsonValue]:
    """Records that a program passes, as a list. Raises ``UsageError`` for ones that JSON can't hold.

    ``where`` says in words what they are (``samples, contacts``).
    """
    if isinstance(records, str | Mapping) or not isinstance(records, Iterable):
        raise UsageError(f"{where} must be a list of records, not of the type {type(records).__name__}")
    found = list(records)
    for number, record in enumerate(found, 1):
        require_usable(record, f"{where}, record {number}")
    return found


def _no_json(value: object, what: str) -> UsageError:
    """For values that a program passes: those of a file have no other types."""
    return UsageError(
        f"{what} of the type {type(value).__name__} has no form in JSON",
        hint="pass text, numbers, True, False, None, lists, and dicts with text as keys",
    )


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
