"""The files of a fixtures folder: JSON, YAML, NDJSON or CSV → records."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from batchctl.definition.yaml_nodes import load_plain
from batchctl.errors import FixtureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batchctl.definition.model import JsonValue

FORMATS = ("json", "yaml", "yml", "ndjson", "csv")
DATA_FORMATS = ("json", "yaml", "yml")


def find_file(folder: Path, segments: Sequence[str], formats: Sequence[str] = FORMATS) -> Path | None:
    """The file of a resource, or None. Raises ``FixtureError`` when there are two."""
    if not all(map(_is_name, segments)):
        return None
    stem = folder.joinpath(*segments)
    found = [path for ending in formats if (path := stem.with_name(f"{stem.name}.{ending}")).is_file()]
    if len(found) > 1:
        raise FixtureError(
            f"{found[0]} and {found[1].name} both hold {'/'.join(segments[1:])}", hint="keep one of them"
        )
    return found[0] if found else None


def _is_name(segment: str) -> bool:
    """Whether a path segment names something inside its folder, on every system."""
    return segment not in ("", ".", "..") and not set(segment) & set('/\\:\0*?"<>|')


def read_records(path: Path) -> list[JsonValue]:
    """The records in a file. Raises ``FixtureError``."""
    value = read_data(path)
    if isinstance(value, dict) and isinstance(value.get("result"), list):
        value = value["result"]
    if not isinstance(value, list):
        raise FixtureError(f"{path} holds no list of records", hint="write a list, or an object with a result list")
    return value


def read_data(path: Path) -> JsonValue:
    """The value in a file, by its ending. Raises ``FixtureError``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FixtureError(f"can't read {path}: {(error.strerror or 'unreadable').lower()}") from error
    try:
        if path.suffix in (".yaml", ".yml"):
            return load_plain(data, str(path))
        text = data.decode("utf-8-sig")
        if path.suffix == ".csv":
            return _csv(text)
        return _ndjson(text) if path.suffix == ".ndjson" else json.loads(text)
    except UnicodeDecodeError as error:
        raise FixtureError(f"{path} is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise FixtureError(f"{path}:{error.lineno}:{error.colno} is not JSON: {error.msg}") from error
    except (csv.Error, ValueError, RecursionError) as error:
        raise FixtureError(f"{path} can't be read: {error}") from error
    except UsageError as error:
        raise FixtureError(str(error), hint=error.hint) from error


def _ndjson(text: str) -> list[JsonValue]:
    records: list[JsonValue] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(error.msg, "\n" * (number - 1) + line, number - 1 + error.pos) from None
    return records


def _csv(text: str) -> list[JsonValue]:
    """A header row, then a record per row: text, null for an empty cell."""
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: value or None for name, value in row.items() if name is not None} for row in rows]
