"""Names of tables and columns: those of the records, exactly, unless the database would take two of them for one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def free_name(wanted: str, taken: Collection[str], max_bytes: int) -> str:
    """``wanted`` if it can be the name of a new table or column; else its beginning, ``_`` and eight hex digits.

    It can't where it is empty, has a NUL, is longer than ``max_bytes`` in UTF-8, or is among ``taken``: names after
    ``casefold``, since databases differ in whether upper and lower case are the same. The digits follow from
    ``wanted``.
    """
    if _is_name(wanted, max_bytes) and wanted.casefold() not in taken:
        return wanted
    mark = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    plain = wanted.replace("\0", "").encode("utf-8", "replace")
    start = plain[: max_bytes - len(mark) - 1].decode("utf-8", "ignore")
    return f"{start}_{mark}"


def _is_name(text: str, max_bytes: int) -> bool:
    try:
        return 0 < len(text.encode()) <= max_bytes and "\0" not in text
    except UnicodeEncodeError:
        return False


def table_name(resource: str) -> str:
    """The name of a resource's table: all but letters and digits become ``_`` (``crm/calls`` → ``crm_calls``)."""
    return "".join(letter if letter.isalnum() else "_" for letter in resource) or "_"
