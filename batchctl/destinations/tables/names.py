"""Names of tables and columns: those of the records, exactly, unless the database would take two of them for one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def free_name(wanted: str, taken: Collection[str], max_bytes: int) -> str:
    """``wanted``, if it is a name that is not taken and not too long; else its beginning with a mark derived from it.

    ``taken`` are names after ``casefold``: databases differ in whether upper and lower case are the same. ``max_bytes``
    is the longest name that the database takes, in bytes of UTF-8.
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
    """A resource as the name of a table: ``crm/contacts`` → ``crm_contacts``."""
    return "".join(letter if letter.isalnum() else "_" for letter in resource) or "_"
