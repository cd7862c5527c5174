"""Resources and the fields of their records, as far as a fixtures folder knows them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_files import FORMATS, find_file, read_records
from batchctl.errors import FixtureError

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonValue

# Records that are looked at for their fields.
MAX_RECORDS = 20
MAX_BYTES = 4 * 1024 * 1024


class RecordFields:
    """The resources, methods and fields of records in a fixtures folder; none for None."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._samples: dict[str, list[JsonValue]] = {}

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """``crm/contacts`` and ``block-children``: every resource that the folder has records of."""
        found: list[str] = []
        for api, depth in (("unified", 2), ("proxy", 1)):
            base = self._folder / api if self._folder else None
            if base is None or not base.is_dir():
                continue
            paths = [path for path in sorted(base.glob("/".join("*" * depth))) if path.suffix[1:] in FORMATS]
            found.extend(path.relative_to(base).with_suffix("").as_posix() for path in paths)
        return tuple(dict.fromkeys(found))

    def methods(self, resource: str) -> tuple[str, ...]:
        """The custom methods of a resource for which the folder has answers."""
        folder = self._place(resource)
        if folder is None or not folder.is_dir():
            return ()
        return tuple(sorted(path.stem for path in folder.iterdir() if path.suffix[1:] in FORMATS))

    def fields(self, resource: str, steps: tuple[str, ...]) -> tuple[str, ...]:
        """The keys at the path ``steps`` in a resource's records, in the order in which they occur."""
        names: dict[str, None] = {}
        for record in self._records(resource):
            value: JsonValue = record
            for step in steps:
                if isinstance(value, list) and step.isdecimal():
                    value = value[int(step)] if int(step) < len(value) else None
                    continue
                while isinstance(value, list) and value:
                    value = value[0]
                value = value.get(step) if isinstance(value, dict) else None
            if isinstance(value, dict):
                names.update(dict.fromkeys(value))
        return tuple(names)

    def _records(self, resource: str) -> list[JsonValue]:
        if resource not in self._samples:
            self._samples[resource] = self._read(resource)[:MAX_RECORDS]
        return self._samples[resource]

    def _read(self, resource: str) -> list[JsonValue]:
        base = self._base(resource)
        try:
            path = find_file(base, resource.split("/")) if base else None
            if path is None or path.stat().st_size > MAX_BYTES:
                return []
            return read_records(path)
        except (FixtureError, OSError):
            return []

    def _base(self, resource: str) -> Path | None:
        return self._folder / ("unified" if "/" in resource else "proxy") if self._folder else None

    def _place(self, resource: str) -> Path | None:
        base = self._base(resource)
        return base.joinpath(*resource.split("/")) if base and resource else None
