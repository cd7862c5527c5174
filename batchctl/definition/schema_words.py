"""Words of ``args_schema`` that are nearly a keyword, a type or a format: they would have no effect.

JSON Schema ignores what it does not know, and Truto's flat form may say more for people; so only a misspelling counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.arguments import argument_entries
from batchctl.diagnostics import Severity
from batchctl.diagnostics.kinds import problem
from batchctl.diagnostics.spelling import closest
from batchctl.structs import replace
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source

# JSON Schema 2020-12, the validation and annotation vocabularies; ``nullable`` and ``example`` are OpenAPI's.
_KEYWORDS = (
    *("type", "format", "required", "description", "default", "title", "examples", "example", "nullable", "deprecated"),
    *("enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "multipleOf", "items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "minProperties", "maxProperties"),
    *("dependentRequired", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "readOnly", "writeOnly"),
)
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
# Those of JSON Schema 2020-12, and those that only Truto knows.
_FORMATS = (
    *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
    *("uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "regex"),
    *("integrated_account_id", "webhook_id", "datastore_id", "updated_at"),
)


def misspelled_words(schema: JsonValue, source: Source) -> Iterator[Diagnostic]:
    """A warning for each misspelled word in ``schema``, the ``args_schema`` of the file in ``source``."""
    if not isinstance(schema, dict):
        return
    entries = argument_entries(schema)
    path: DataPath = ("args_schema",) if entries is schema else ("args_schema", "properties")
    for name, entry in entries.items():
        if isinstance(entry, dict):
            yield from _in_entry(entry, (*path, name), source, is_flat=entries is schema)


def _in_entry(entry: JsonObject, path: DataPath, source: Source, *, is_flat: bool) -> Iterator[Diagnostic]:
    for key, value in entry.items():
        meant = None if key in _KEYWORDS or key.startswith("x-") else closest(key, _KEYWORDS)
        if meant is not None and meant not in entry:
            at = (*path, key)
            yield _warning(f'"{shortened(key)}" has no effect', meant, at, source, is_key=True)
        # A JSON Schema with an unknown type is no schema, which is an error.
        known = {"type": TYPES if is_flat else None, "format": _FORMATS}.get(key)
        if known is not None and isinstance(value, str) and value not in known:
            meant = closest(value, known)
            if meant is not None:
                yield _warning(f'"{shortened(value)}" is no {key} that is checked', meant, (*path, key), source)


def _warning(message: str, meant: str, path: DataPath, source: Source, *, is_key: bool = False) -> Diagnostic:
    span = source.key_span(path) if is_key else source.span(path)
    found = problem("unknown-key", message, span, help=f'did you mean "{meant}"?', path=path)
    return replace(found, severity=Severity.WARNING)
