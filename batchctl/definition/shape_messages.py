"""Violations of the schema as diagnostics: short, in our words, and never with a whole value in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.schema import TOP, known_keys
from batchctl.diagnostics.kinds import problem
from batchctl.diagnostics.spelling import closest
from batchctl.yaml12.problem_log import quoted, shortened

if TYPE_CHECKING:
    from batchctl.definition.schema import Violation
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonValue
    from batchctl.yaml12.source import Source

_TYPES = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "empty",
}
# Where the type alone would not say it.
_MEANT = {
    "depends_on": "a name or a list of names",
    "query": "a mapping or an expression",
    "body": "a mapping or an expression",
    "expression": "text: a JSONata expression",
    "x-accept": "a status or a list of them",
    "x-tags": "a word or a list of them",
    "expect": "a JSONata expression or a list of them",
    "resources_to_persist": "a list of names",
}
_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_MISSING_ADVICE = {
    "integrated_account_id": "add the id of the account, or name it with --account",
    "resources": "add the list of resources",
    "method": "for example method: list",
    "resource": "for example resource: crm/contacts",
    "name": "the result and other resources know it by its name",
    "type": "add type: transform",
    "destination_type": "webhook, datastore or superquery",
    "resources_to_persist": "name the nodes whose records it gets",
    "expression": 'put the JSONata below "expression: |"',
}

# What the config of a node says, by its type.
_JSONATA = 'add "config:" with the JSONata below "expression: |"'
_CONFIGS = {
    "transform": _JSONATA,
    "add_context": _JSONATA,
    "get_state": 'add "config: {key: …, default: …}"',
    "update_state": 'add "config: {key: …, value_expression: …}"',
    "delete_state": 'add "config: {key: …}"',
    "event": 'add "config: {name: complete}"',
}

# Guessing takes time, and somebody with so many unknown keys in one place has not misspelled them.
MAX_GUESSES = 50


class Explainer:
    """Turns violations of the schema in one part of a definition into diagnostics that say what to do.

    ``part`` is ``definition`` (the top level) or the kind of a node, ``path`` leads to it in the data of ``source``;
    ``resource`` is the node's name for the diagnostics (None: it has none, or it is the top level), ``kind`` what the
    file is.
    """

    def __init__(
        self, part: str, path: DataPath, source: Source, resource: str | None, kind: DefinitionKind = "batch"
    ) -> None:
        self._kind = kind
        self._part = part
        self._path = path
        self._source = source
        self._resource = resource

    def diagnostic(self, violation: Violation, *, guess: bool = True) -> Diagnostic:
        """The diagnostic for a violation; with ``guess`` it suggests the known key that is meant by an unknown one."""
        path = (*self._path, *violation.path)
        match violation.keyword:
            case "additionalProperties":
                return self._unknown(violation, (*path, violation.key), guess=guess)
            case "required":
                return self._missing(violation, path)
            case "type":
                return self._wrong_type(violation, path)
            case "minItems" if path[-1] == "resources_to_persist":
                message, advice = "the destination gets no records", "name the nodes whose records it gets"
                return self._at_value("invalid-value", message, path, advice)
            case "minItems":
                what = "the batch has no resources" if self._kind == "batch" else "the sync job has no nodes"
                return self._at_value("no-resources", what, path, "add at least one request")
            case "minimum" | "maximum":
                return self._at_value("invalid-value", "a status of a failed call is from 400 to 599", path, None)
            case "enum":
                return self._not_among(violation, path)
            case _:
                return self._at_value("invalid-value", f'"{path[-1]}" is empty', path, "give it a value, or remove it")

    @property
    def _owner(self) -> str:
        if self._part != TOP:
            return f"{'an' if self._part[0] in 'aeu' else 'a'} {self._part}"
        return "the definition" if self._kind == "batch" else "the sync job"

    def _owner_of(self, violation: Violation) -> str:
        last = violation.path[-1] if violation.path else None
        return self._owner if last is None else f'"{last}"' if isinstance(last, str) else "a test"

    def _unknown(self, violation: Violation, path: DataPath, *, guess: bool) -> Diagnostic:
        owner = self._owner_of(violation)
        unseen = ", which has a no-break space before it" if violation.key.startswith("\xa0") else ""
        message = f'unknown key "{shortened(violation.key)}" in {owner}{unseen}'
        span = self._source.key_span(path)
        advice = self._advice_for_key(violation, misspelled(violation) if guess else None)
        return problem("unknown-key", message, span, help=advice, path=path, resource=self._resource)

    def _advice_for_key(self, violation: Violation, meant: str | None) -> str:
        key = violation.key
        if key.startswith("\xa0"):
            return "indent it with spaces"
        if meant is not None:
            return f'did you mean "{meant}"?'
        if not violation.path and self._part == TOP and key in known_keys("request"):
            return 'it belongs to an item of "resources"'
        if not violation.path and self._part in ("transform", "add_context") and key == "expression":
            return 'put it under "config"'
        if not violation.path and self._part == "request" and key in ("config", "expression"):
            return "only transforms have it: add type: transform"
        if not violation.path and self._part == "request" and key == "integrated_account_id":
            return "in a batch it is on top of the file: all calls are made for one account"
        if not violation.path and self._part != "request" and key in known_keys("request", self._kind):
            return "only requests have it"
        return f"known keys: {', '.join(violation.known)}"

    def _missing(self, violation: Violation, path: DataPath) -> Diagnostic:
        owner = self._owner_of(violation)
        message = f'{owner} needs the key "{violation.key}"'
        span = self._source.key_span(path)
        advice = _CONFIGS.get(self._part) if violation.key == "config" else _MISSING_ADVICE.get(violation.key)
        return problem("missing-key", message, span, help=advice, path=path, resource=self._resource)

    def _wrong_type(self, violation: Violation, path: DataPath) -> Diagnostic:
        name, value = path[-1], violation.value
        types = violation.expected if isinstance(violation.expected, list) else [violation.expected]
        wanted = _MEANT.get(str(name)) or " or ".join(_TYPES[str(kind)] for kind in types)
        what = f'"{name}"' if isinstance(name, str) else f'an item of "{path[-2]}"'
        found = "text with a variable" if self._source.is_filled(path) else kind_of_value(value)
        advice = self._advice_for_value(str(name), value, types, path)
        return self._at_value("wrong-type", f"{what} must be {wanted}, not {found}", path, advice)

    def _advice_for_value(self, name: str, value: JsonValue, types: list[object], path: DataPath) -> str | None:
        if value is None:
            return "give it a value, or remove it"
        if name == "loop_on" and isinstance(value, list):
            return "give the list to an argument, and name that: loop_on: args.ids"
        if name in ("query", "body") and isinstance(value, list):
            return 'write "key: value" lines without "- "'
        if "integer" in types and isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            return f"write {value.strip()}, without quotes"
        if name == "expression":
            return 'YAML reads this as data: put the expression on the lines below "expression: |"'
        if "string" in types and isinstance(value, bool | int | float):
            return f"quote it: {quoted(shortened(self._source.written(path) or str(value)))}"
        if types == ["boolean"] and isinstance(value, str) and value.lower() in _BOOLEANS:
            return f"write {_BOOLEANS[value.lower()]}, without quotes"
        if name == "resources":
            return 'start each resource with "- "'
        if types == ["object"]:
            return 'write "key: value" lines below it, indented'
        return None

    def _not_among(self, violation: Violation, path: DataPath) -> Diagnostic:
        known = tuple(map(str, violation.expected)) if isinstance(violation.expected, list) else ()
        choices = " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        value = violation.value
        shown = "this" if self._source.is_filled(path) else kind_of_value(value)
        meant = closest(value, known) if isinstance(value, str) else None
        advice = f'did you mean "{meant}"?' if meant else None
        return self._at_value("invalid-value", f'"{path[-1]}" must be {choices}, not {shown}', path, advice)

    def _at_value(self, rule: str, message: str, path: DataPath, advice: str | None) -> Diagnostic:
        span = self._source.span(path)
        return problem(rule, message, span, help=advice, path=path, resource=self._resource)


def misspelled(violation: Violation) -> str | None:
    """The known key that the unknown key of ``violation`` was probably meant to be.

    None where none is close or it is there already, and for a violation of a keyword other than
    ``additionalProperties``.
    """
    if violation.keyword != "additionalProperties" or not isinstance(violation.value, dict):
        return None
    free = tuple(key for key in violation.known if key not in violation.value)
    return closest(violation.key, free)


def kind_of_value(value: JsonValue) -> str:
    """A value in a few words: ``the number 42``, ``the text "yes"``, ``a list``."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {shortened(str(value))}"
        case str():
            return f'the text "{shortened(value)}"'
        case list():
            return "a list"
        case _:
            return "a mapping"
