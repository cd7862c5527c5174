"""Whether arguments fit ``args_schema``: the one module that knows jsonschema-rs.

It checks formats, reads patterns as ECMA-262 does and takes ``multipleOf: 0.01`` as decimals, and its patterns
can't run for minutes; the package jsonschema does none of these as it comes. docs/arguments.md lists what is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from batchctl.definition.arguments import argument_entries
from batchctl.definition.schema_words import TYPES
from batchctl.definition.shape_messages import kind_of_value
from batchctl.diagnostics.spelling import closest
from batchctl.json_types import NotJson, read_json
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema_rs import ValidationError

    from batchctl.json_types import DataPath, JsonObject, JsonValue

_MAX_LENGTH = 60
_EXAMPLES = {
    "uuid": "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10",
    "date": "2026-01-31",
    "time": "08:30:00Z",
    "date-time": "2026-01-31T08:30:00Z",
    "duration": "P3D",
    "uri": "https://example.com/a",
    "email": "ada@example.com",
}
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class Misfit(Struct, frozen=True):
    """One thing in the arguments that ``args_schema`` does not allow, or a fault of the schema itself (``of_schema``).

    ``message`` says it in a sentence; ``path`` leads from the arguments to the value, with ``of_schema`` from the
    schema to the fault;
    ``missing`` names a required key that is not there; ``help`` is advice. ``wanted`` is a value that would fit, such
    as the number in a text, None where none is near.
    """

    message: str
    path: DataPath = ()
    missing: str | None = None
    of_schema: bool = False
    help: str | None = None
    # A value that would fit, where one is near: the number in a text.
    wanted: JsonValue = None


def misfits(args: JsonObject, schema: JsonObject) -> Iterator[Misfit]:
    """A misfit for everything in the arguments ``args`` that ``schema`` (``args_schema``) does not allow.

    A faulty schema is one misfit, and the only one; others are sorted by their paths. It is JSON Schema of the draft
    that ``$schema`` names, 2020-12 without one, or the flat form ``{name: {type, required: true, default}}``;
    ``format`` is checked, patterns are ECMA-262, and a ``$ref`` may only point inside the schema itself.
    """
    # Imported late: most files declare nothing.
    from jsonschema_rs import ValidationError, validator_for

    whole = _whole_schema(schema)
    try:
        validator = validator_for(whole, validate_formats=True, retriever=_refuse_reference)
        errors = sorted(validator.iter_errors(args), key=lambda error: list(map(str, error.instance_path)))
    except ValidationError as error:
        yield _fault(error)
        return
    except ValueError as error:
        # Half of a surrogate pair, in the schema or in the arguments.
        yield Misfit(f"args_schema can't be used: {_short(str(error))}", of_schema=True)
        return
    for found in errors:
        yield from _misfit(found, whole)


def _refuse_reference(uri: str) -> NoReturn:
    """No schema is fetched, whether from the network or from a file."""
    raise ValueError(f"{uri} is outside of it")


def _fault(error: ValidationError) -> Misfit:
    """What is wrong with the schema itself."""
    path = tuple(error.instance_path)
    where = ".".join(map(str, path))
    if error.kind.name == "$ref":
        unusable = "its $schema is unknown, or a $ref points at nothing or out of the file"
        return Misfit(f"args_schema can't be used: {unusable}", of_schema=True)
    if path[-1:] == ("type",):
        known = ", ".join(TYPES)
        wrong = kind_of_value(cast("JsonValue", error.instance))
        meant = closest(error.instance, TYPES) if isinstance(error.instance, str) else None
        advice = f'did you mean "{meant}"?' if meant else None
        return Misfit(f"args_schema: {where} must be one of {known}, not {wrong}", path, of_schema=True, help=advice)
    return Misfit(
        f"args_schema is not a JSON Schema: {where + ': ' if where else ''}{_short(error.message)}",
        path,
        of_schema=True,
    )


def _whole_schema(schema: JsonObject) -> JsonObject:
    """A JSON Schema; the flat form has ``required: true`` at the arguments."""
    entries = argument_entries(schema)
    if entries is not schema:
        return schema
    required: list[JsonValue] = [name for name, entry in entries.items() if _is_required(entry)]
    return {"properties": {name: _entry(entry) for name, entry in entries.items()}, "required": required}


def _entry(entry: JsonValue) -> JsonValue:
    if not isinstance(entry, dict):
        return {}
    kept = {key: value for key, value in entry.items() if key != "required" or isinstance(value, list)}
    if "type" in kept and not set(map(str, _listed(kept["type"]))) <= {*TYPES}:
        # The flat form is a description for people, too: a type such as "date" is one.
        del kept["type"]
    return kept


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _is_required(entry: JsonValue) -> bool:
    return isinstance(entry, dict) and entry.get("required") is True


def _allowing_null(types: list[str], error: ValidationError, schema: JsonObject) -> str:
    """How a schema says that null is fine, where its author may have taken OpenAPI's word for it."""
    owner: Any = schema
    try:
        for step in error.schema_path[:-1]:
            owner = owner[step]
    except (LookupError, TypeError):
        # Behind a $ref.
        owner = None
    allowed = f'type: [{", ".join(types)}, "null"]'
    if isinstance(owner, dict) and owner.get("nullable") is True:
        return f"nullable is a word of OpenAPI 3.0, which JSON Schema does not know: {allowed}"
    return f"{allowed} allows null"


def _misfit(error: ValidationError, schema: JsonObject) -> Iterator[Misfit]:
    path = tuple(error.instance_path)
    name = ".".join(map(str, path)) or "args"
    kind: Any = error.kind  # a class per keyword, each with attributes of its own
    match kind.name:
        case "required":
            key = kind.property
            yield Misfit(f'the argument "{".".join(map(str, (*path, key)))}" is required and has no value', path, key)
        case "type":
            given = kind_of_value(cast("JsonValue", error.instance))
            wanted = _as_one_of(kind.types, error.instance)
            advice = _allowing_null(kind.types, error, schema) if error.instance is None else None
            yield Misfit(f"{name} must be {' or '.join(kind.types)}, not {given}", path, help=advice, wanted=wanted)
        case "enum":
            options = tuple(_short(str(value)) for value in kind.options)
            given = kind_of_value(cast("JsonValue", error.instance))
            meant = closest(error.instance, options) if isinstance(error.instance, str) else None
            advice = f'did you mean "{meant}"?' if meant else None
            yield Misfit(f"{name} must be one of {', '.join(options[:8])}, not {given}", path, help=advice)
        case "additionalProperties":
            for key in kind.unexpected:
                yield Misfit(f'{name} has a key "{_short(key)}" that args_schema does not know', (*path, key))
        case "format":
            example = _EXAMPLES.get(kind.format)
            advice = f"for example {example}" if example else None
            yield Misfit(f"{name} is not {_article(kind.format)}", path, help=advice)
        case "falseSchema":
            yield Misfit(f"args_schema allows nothing in {name}", path)
        case _:
            given = kind_of_value(cast("JsonValue", error.instance))
            yield Misfit(f"{name} is {given}, and does not fit {kind.name}: {_short(str(kind.value))}", path)


def _as_one_of(types: list[str], value: object) -> JsonValue:
    """A text as the JSON that it may have been meant to be; None where that is none of ``types``."""
    if not isinstance(value, str):
        return None
    try:
        read = read_json(value)
    except NotJson:
        read = None
    if any(type(read) in _PYTHON_TYPES.get(name, ()) for name in types):
        return read
    return [value] if "array" in types else None


def _article(word: str) -> str:
    return f"{'an' if word[:1] in 'aeio' else 'a'} {word}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_LENGTH else line[: _MAX_LENGTH - 1] + "…"
