"""The JSON Schema of definitions, and the only use of jsonschema: what in some data violates it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.definition.model import JsonValue
    from batchctl.definition.source import Path

Part: TypeAlias = Literal["definition", "request", "spool", "transform", "add_context"]

# For people and editors; the engine would look each of them up for every value.
_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "examples", "default", "$defs"})


class Violation(NamedTuple):
    """One keyword of the schema that a value violates.

    ``key`` is the key that is not known (``additionalProperties``) or missing (``required``), ``expected`` what the
    keyword says, ``known`` the keys that the schema of ``value`` lists.
    """

    keyword: str
    path: Path
    value: JsonValue
    expected: object
    known: tuple[str, ...]
    key: str = ""


@cache
def schema_text() -> str:
    """The schema as it is published (Draft 2020-12)."""
    return resources.files(__package__).joinpath("schema.json").read_text("utf-8")


@cache
def known_keys(part: Part) -> tuple[str, ...]:
    """The keys that a definition, or a resource of this kind, may have; without those that start with ``x-``."""
    return tuple(_part(part)["properties"])


def violations(part: Part, value: JsonValue) -> Iterator[Violation]:
    """What is wrong with a definition (without a look into its resources), or with a resource of a kind."""
    for error in _validator(part).iter_errors(value):
        yield Violation(
            error.validator,
            tuple(error.absolute_path),
            error.instance,
            error.validator_value,
            tuple(error.schema.get("properties", ())),
            error.message if error.validator in ("required", "additionalProperties") else "",
        )


def _part(part: Part) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_text())
    if part != "definition":
        found: dict[str, Any] = schema["$defs"][part]
        return found
    # Resources are checked one by one, each by the schema of its kind: quicker, and no union to explain.
    del schema["properties"]["resources"]["items"]
    return schema


@cache
def _validator(part: Part) -> Any:
    # Imported late: it takes longer to import than everything else here together.
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    ours: dict[str, Callable[..., Iterator[Any]]] = {
        "required": _required,
        "additionalProperties": _additional,
    }
    return extend(Draft202012Validator, ours)(_bare(_part(part)))


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    bare = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
    if "properties" in bare:
        bare["properties"] = {key: _bare(value) for key, value in bare["properties"].items()}
    # additionalProperties knows of the one pattern that there is.
    bare.pop("patternProperties", None)
    bare["x-own"] = "patternProperties" in schema
    return bare


def _required(_: Any, keys: list[str], instance: object, __: object) -> Iterator[Any]:
    if isinstance(instance, dict):
        for key in keys:
            if key not in instance:
                yield _error(key)


def _additional(_: Any, __: object, instance: object, schema: dict[str, Any]) -> Iterator[Any]:
    if isinstance(instance, dict):
        known = schema["properties"]
        for key in instance:
            if key not in known and not (schema["x-own"] and key.startswith("x-")):
                yield _error(key)


def _error(key: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(key)
