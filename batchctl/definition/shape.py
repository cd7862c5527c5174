"""Whether the data has the shape of its kind: each node against the schema of its type, problems in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.definition.schema import TOP, known_keys, violations
from batchctl.definition.schema_documents import NODES
from batchctl.definition.schema_words import misspelled_words
from batchctl.definition.shape_messages import MAX_GUESSES, Explainer, kind_of_value, misspelled
from batchctl.diagnostics import Severity
from batchctl.diagnostics.kinds import problem
from batchctl.diagnostics.spelling import closest
from batchctl.patterns import lazy_regex
from batchctl.structs import replace
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source


_NO_SPACE = lazy_regex(r"(?:name|type|resource|method|depends_on):\S")


class CheckedShape(NamedTuple):
    """The result of checking a definition's data against its schema: the problems, and the resources that can be used.

    ``sound`` has the index, kind and data of each such resource. ``is_whole`` says whether the definition as a whole
    can be used when the problems are ignored.
    """

    problems: list[Diagnostic]
    sound: list[tuple[int, str, JsonObject]]
    is_whole: bool


def check_shape(root: JsonObject, source: Source, of: DefinitionKind = "batch") -> CheckedShape:
    """Check ``root``, the data of a definition of the kind ``of``, against the schema; ``source`` has the places."""
    problems = [_harmless(found) for found in _explained(TOP, root, (), source, of)]
    problems += misspelled_words(root.get("args_schema"), source)
    sound: list[tuple[int, str, JsonObject]] = []
    given = root.get("resources")
    resources = given if isinstance(given, list) else []
    is_whole = all(found.rule == "unknown-key" or found.path[:1] == ("x-tests",) for found in problems)
    for index, resource in enumerate(resources):
        kind, found = _check_resource(resource, ("resources", index), source, of)
        problems.extend(found)
        if kind is not None and isinstance(resource, dict):
            sound.append((index, kind, resource))
    return CheckedShape(problems, sound, is_whole and len(sound) == len(resources))


def resource_key(resource: JsonValue) -> str | None:
    """The name of a resource in results and errors: its ``name``, else its ``resource``; None where it has neither."""
    if not isinstance(resource, dict):
        return None
    names = (resource.get("name"), resource.get("resource"))
    return next((name for name in names if isinstance(name, str) and name), None)


def _check_resource(
    resource: JsonValue, path: DataPath, source: Source, of: DefinitionKind
) -> tuple[str | None, list[Diagnostic]]:
    """The kind, when the resource can be used, and what is wrong with it."""
    key = resource_key(resource)
    if not isinstance(resource, dict):
        return None, [_not_a_mapping(resource, path, source)]
    kind = _kind(resource)
    if kind not in NODES[of]:
        return None, [_unknown_kind(resource["type"], (*path, "type"), source, of, key)]
    found = _explained(str(kind), resource, path, source, of, key)
    found.extend(_without_value(kind, resource, path, source, key))
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    return (None if any(not _is_harmless(error) for error in errors) else str(kind)), found


def _without_value(
    kind: JsonValue, resource: JsonObject, path: DataPath, source: Source, key: str | None
) -> Iterator[Diagnostic]:
    """An update_state that has no value to keep, in either form; the schema can't say which of the two is meant."""
    config = resource.get("config")
    if kind == "update_state" and isinstance(config, dict) and not {"value", "value_expression"} & config.keys():
        message, at = 'an update_state needs the key "value" or "value_expression"', (*path, "config")
        yield problem("missing-key", message, source.key_span(at), help="say what it keeps", path=at, resource=key)


def _is_harmless(error: Diagnostic) -> bool:
    """A key that is just too many leaves a resource usable; a misspelled one says that something is missing."""
    return error.rule == "unknown-key" and not (error.help or "").startswith("did you mean")


def _explained(
    part: str, value: JsonObject, path: DataPath, source: Source, of: DefinitionKind, key: str | None = None
) -> list[Diagnostic]:
    explainer = Explainer(part, path, source, key, of)
    found = list(violations(part, value, of))
    wanted = {(violation.path, misspelled(violation)) for violation in found[:MAX_GUESSES] if violation.key}
    explained = [
        explainer.diagnostic(violation, guess=number < MAX_GUESSES)
        for number, violation in enumerate(found)
        if violation.keyword != "required" or (violation.path, violation.key) not in wanted
    ]
    return [*explained, *_misspelled_own(part, value, path, source, of, key)]


def _harmless(found: Diagnostic) -> Diagnostic:
    """What is wrong with the tests of a definition changes nothing of what is sent."""
    return replace(found, severity=Severity.WARNING) if found.path[:1] == ("x-tests",) else found


def _misspelled_own(
    part: str, value: JsonObject, path: DataPath, source: Source, of: DefinitionKind, key: str | None
) -> Iterator[Diagnostic]:
    """Keys that begin with ``x-`` are the author's own; one that is nearly one of ours is probably that one."""
    for written in value:
        if not written.startswith("x-"):
            continue
        ours = tuple(each for each in known_keys(part, of) if each.startswith("x-"))
        meant = closest(written, ours) if written not in ours else None
        if meant is not None and meant not in value:
            at = (*path, written)
            message = f'"{shortened(written)}" has no effect'
            found = problem("unknown-key", message, source.key_span(at), path=at, resource=key)
            yield replace(found, severity=Severity.WARNING, help=f'did you mean "{meant}"?')


def _kind(resource: JsonObject) -> JsonValue:
    """The kind that a resource says, or looks like; anything but one of ``NODES`` is a mistake in ``type``."""
    if "type" in resource:
        return resource["type"]
    for key, value in resource.items():
        if value in NODES["sync-job"] and closest(key, ("type",)):
            return value
    is_transform = "config" in resource or "expression" in resource
    return "transform" if is_transform and not ("resource" in resource or "method" in resource) else "request"


def _unknown_kind(kind: JsonValue, path: DataPath, source: Source, of: DefinitionKind, key: str | None) -> Diagnostic:
    if not isinstance(kind, str):
        message = f'"type" must be text, not {kind_of_value(kind)}'
        return problem("wrong-type", message, source.span(path), path=path, resource=key)
    known = NODES[of]
    meant = closest(kind, known)
    message = f'"type" must be {", ".join(known[:-1])} or {known[-1]}, not "{shortened(kind)}"'
    advice = f'did you mean "{meant}"?' if meant else "leave it out for a request"
    return problem("unsupported-kind", message, source.span(path), help=advice, path=path, resource=key)


def _not_a_mapping(resource: JsonValue, path: DataPath, source: Source) -> Diagnostic:
    message = f"a resource must be a mapping, not {kind_of_value(resource)}"
    advice = "give it at least the keys resource and method"
    if isinstance(resource, str) and _NO_SPACE.match(resource):
        advice = "a colon needs a space after it: write resource: …"
    elif isinstance(resource, str) and "\n" not in resource and not source.is_filled(path):
        advice = f"write resource: {shortened(resource)} and a method"
    return problem("wrong-type", message, source.span(path), help=advice, path=path)
