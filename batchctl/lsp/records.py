"""Resources and the fields of their records, as far as a fixtures folder knows them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.engine.backends.first_records import first_records
from batchctl.engine.backends.fixture_files import FORMATS
from batchctl.truto.calls import api_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batchctl.json_types import JsonValue


class RecordFields:
    """Which resources a fixtures folder has, and which methods and fields: what completion offers.

    ``folder`` is the fixtures folder; None has nothing. In the methods ``resource`` is ``crm/contacts`` of the Unified
    API, or ``block-children`` of the Proxy API.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """Every resource that the folder has records of, as ``crm/contacts`` or ``block-children``.

        Those of the Unified API come first, then those of the Proxy API, both sorted by path.
        """
        found: list[str] = []
        for api, depth in (("unified", 2), ("proxy", 1)):
            base = self._folder / api if self._folder else None
            if base is None or not base.is_dir():
                continue
            paths = [path for path in sorted(base.glob("/".join("*" * depth))) if path.suffix[1:] in FORMATS]
            found.extend(path.relative_to(base).with_suffix("").as_posix() for path in paths)
        return tuple(dict.fromkeys(found))

    def methods(self, resource: str) -> tuple[str, ...]:
        """The custom methods of ``resource`` that the folder has responses for, sorted; empty for none."""
        if self._folder is None or not resource:
            return ()
        folder = self._folder.joinpath(api_of(resource), *resource.split("/"))
        if not folder.is_dir():
            return ()
        return tuple(sorted(path.stem for path in folder.iterdir() if path.suffix[1:] in FORMATS))

    def fields(self, resource: str, steps: tuple[str, ...]) -> tuple[str, ...]:
        """The keys at the path ``steps`` in the first records of ``resource``, in the order in which they occur.

        Empty ``steps`` are the record itself; a step is a key or an index from 0. Empty where nothing is found.
        """
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

    def _records(self, resource: str) -> Sequence[JsonValue]:
        return first_records(self._folder, resource) if self._folder else ()
