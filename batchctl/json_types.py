"""JSON values as Python has them, and paths into them."""

from __future__ import annotations

from typing import TypeAlias

JsonValue: TypeAlias = "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]"
JsonObject: TypeAlias = "dict[str, JsonValue]"
# From the root to a value: keys of objects and indexes of arrays.
DataPath: TypeAlias = tuple[str | int, ...]
