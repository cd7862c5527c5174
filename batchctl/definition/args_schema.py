"""Whether arguments fit ``args_schema``; with ``schema`` the only use of jsonschema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchctl.definition.arguments import argument_entries
from batchctl.definition.shape_messages import kind_of_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import DataPath, JsonObject, JsonValue

_LONGEST = 60
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit at ``path`` in the arguments; ``missing`` names the key that is required there.

    ``of_schema`` says that the schema itself is at fault.
    """

    message: str
    path: DataPath = ()
    missing: str | None = None
    of_schema: bool = False
    help: str | None = None


def misfits(args: JsonObject, schema: JsonObject) -> Iterator[Misfit]:
    """Everything that ``schema``, in either of its forms, does not allow. A faulty schema is one misfit."""
    # Imported late: it takes longer than reading a file.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    whole = _whole_schema(schema)
    try:
        Draft202012Validator.check_schema(whole)
        errors = sorted(Draft202012Validator(whole).iter_errors(args), key=lambda error: list(map(str, error.path)))
    except SchemaError as error:
        yield Misfit(f"args_schema is not a JSON Schema: {_short(error.message)}", of_schema=True)
        return
    except Exception as error:  # noqa: BLE001 - references that lead nowhere and broken patterns raise what they like
        yield Misfit(f"args_schema can't be used: {_short(str(error))}", of_schema=True)
        return
    for found in errors:
        yield _misfit(found)


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
    if "type" in kept and not set(map(str, _listed(kept["type"]))) <= _TYPES:
        # The flat form is a description for people, too: a type such as "date" is one.
        del kept["type"]
    return kept


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _is_required(entry: JsonValue) -> bool:
    return isinstance(entry, dict) and entry.get("required") is True


def _misfit(error: Any) -> Misfit:
    path = tuple(error.absolute_path)
    name = ".".join(map(str, path)) or "args"
    match error.validator:
        case "required":
            # One error per key; only its message tells which, as Python writes the name.
            key = next(key for key in error.validator_value if error.message.startswith(f"{key!r} is"))
            return Misfit(f'the argument "{".".join(map(str, (*path, key)))}" is required and has no value', path, key)
        case "type":
            wanted = error.validator_value
            kinds = " or ".join(wanted) if isinstance(wanted, list) else wanted
            advice = f"on the command line, --arg {name}:=… gives JSON" if isinstance(error.instance, str) else None
            return Misfit(f"{name} must be {kinds}, not {kind_of_value(error.instance)}", path, help=advice)
        case "enum":
            known = ", ".join(_short(str(value)) for value in error.validator_value[:8])
            return Misfit(f"{name} must be one of {known}", path)
        case "additionalProperties":
            return Misfit(f"{name} has a key that args_schema does not know", path)
        case _:
            return Misfit(f"{name} does not fit {error.validator}: {_short(str(error.validator_value))}", path)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
