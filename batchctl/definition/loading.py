"""Text, or data from a client, -> a definition and everything that is wrong with it. Nothing is raised."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from batchctl.definition.arguments import argument_entries, merge_arguments
from batchctl.definition.build import build_payload, build_resource
from batchctl.definition.expressions import cut_expressions
from batchctl.definition.foreign import foreign_text
from batchctl.definition.model import BatchDefinition
from batchctl.definition.shape import check_shape, resource_key
from batchctl.definition.shape_messages import kind_of_value
from batchctl.definition.suppressions import suppressions_in
from batchctl.definition.sync_job import sign_of_sync_job, sync_job_definition, waiting_nodes
from batchctl.definition.variables import Variables
from batchctl.diagnostics import START, Severity
from batchctl.diagnostics.kinds import problem
from batchctl.yaml12.encoding import decode
from batchctl.yaml12.json_text import data_problems, json_problem, json_value
from batchctl.yaml12.source import Source
from batchctl.yaml12.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.definition.model import Resource
    from batchctl.definition.schema_documents import Kind
    from batchctl.definition.suppressions import Suppressions
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read.

    ``definition`` is None when there is an error that no comment hides, or that leaves nothing to work with;
    ``resources`` are those that are valid by themselves.
    ``args`` are the merged arguments, ``declared`` the names that ``args_schema`` knows, ``secrets`` values that
    came from the environment under a secret-looking name, ``data`` the file as plain data, variables filled in;
    ``suppressions`` are the comments that hide problems, None where there are none; ``kind`` is what the
    file was read as.
    """

    definition: BatchDefinition | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    resources: tuple[Resource, ...] = ()
    args: JsonObject = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    data: JsonValue = None
    suppressions: Suppressions | None = None
    kind: Kind = "batch"

    def hides(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment in the text accepts this problem."""
        return self.suppressions is not None and self.suppressions.hides(diagnostic)


def read(
    text: str | bytes,
    *,
    file: str = "<text>",
    environment: Mapping[str, str] | None = None,
    account: str | None = None,
    args: JsonObject | None = None,
) -> Loaded:
    """Read a definition in YAML or JSON (a ``file`` that ends in ``.json`` must be strict JSON).

    ``environment`` fills in ``${VAR}``; None leaves it as it is, for text that comes from somebody else. ``account``
    takes the place of ``integrated_account_id``; ``args`` win over the file's, see ``arguments``.
    """
    decoded = decode(text)
    content = Text(decoded.text)
    wrong = decoded.problem or foreign_text(content)
    if wrong is not None:
        return Loaded(None, (wrong,), Source(file, content))
    if file.lower().endswith(".json") and content.strip() and (wrong := json_problem(content)):
        return Loaded(None, (wrong,), Source(file, content))
    return _read_content(content, file, environment, account, args or {})


def read_data(
    data: JsonValue, *, file: str = "<request>", account: str | None = None, args: JsonObject | None = None
) -> Loaded:
    """The same from a decoded JSON body. Variables stay as they are; keys for people and tools are not sent on."""
    source = Source(file, data=data)
    problems = list(data_problems(data))
    if problems:
        return Loaded(None, tuple(problems), source, data=data)
    return _check(data, source, problems, frozenset(), account, args or {})


def _read_content(
    text: Text, file: str, environment: Mapping[str, str] | None, account: str | None, args: JsonObject
) -> Loaded:
    # Imported late: the server reads requests without YAML.
    from batchctl.yaml12.reader import parse

    parsed = parse(text)
    source, problems = Source(file, text, parsed.tree), list(parsed.problems)
    data = parsed.tree.root
    if any(found.rule == "yaml-syntax" for found in problems) and (value := json_value(text)) is not None:
        # JSON that YAML can't read (a key of two lines, for one): all is well, but without places.
        source, problems, data = Source(file, text, data=value), list(data_problems(value)), value
    elif not parsed.is_whole:
        return _unusable(problems, data, source)
    if data is None:
        message = "the file is empty" if not text.strip() else "the file holds no definition"
        problems.append(problem("empty-file", message, START, help="batchctl new NAME writes one to start from"))
        return _unusable(problems, data, source)
    secrets: frozenset[str] = frozenset()
    if isinstance(data, dict):
        problems.extend(cut_expressions(data, source))
        if environment is not None and "${" in text:
            variables = Variables(environment, source)
            data = variables.fill(data)
            problems.extend(variables.problems)
            secrets = frozenset(variables.secrets)
    return _check(data, source, problems, secrets, account, args)


def _check(
    data: JsonValue,
    source: Source,
    problems: list[Diagnostic],
    secrets: frozenset[str],
    account: str | None,
    given: JsonObject,
) -> Loaded:
    if not isinstance(data, dict):
        return _unusable([*problems, _not_a_mapping(data, source)], data, source)
    kind: Kind = "batch" if sign_of_sync_job(data) is None else "sync-job"
    root: JsonObject = data if account is None else {**data, "integrated_account_id": account}
    shape = check_shape(root, source, kind)
    problems.extend(shape.problems)
    resources = tuple(build_resource(*sound) for sound in shape.sound)
    schema = _object(root.get("args_schema"))
    declared = frozenset(argument_entries(schema))
    args = merge_arguments(given, _object(root.get("args")), schema)
    if kind == "sync-job":
        resources = waiting_nodes(resources)
        if account is not None and "integrated_account_id" in declared and "integrated_account_id" not in given:
            args = {**args, "integrated_account_id": account}
    diagnostics = _sorted(problems, root)
    loaded = Loaded(None, diagnostics, source, resources, args, declared, secrets, root, suppressions_in(source), kind)
    if shape.is_whole and all(found.severity is not Severity.ERROR or loaded.hides(found) for found in diagnostics):
        make = _definition if kind == "batch" else sync_job_definition
        return replace(loaded, definition=make(root, args, resources, source, secrets))
    return loaded


def _unusable(problems: Iterable[Diagnostic], data: JsonValue, source: Source) -> Loaded:
    """Nothing that could be a definition, whatever comments hide."""
    return Loaded(None, _sorted(problems, data), source, data=data, suppressions=suppressions_in(source))


def _definition(
    root: JsonObject,
    args: JsonObject,
    resources: tuple[Resource, ...],
    source: Source,
    secrets: frozenset[str],
) -> BatchDefinition:
    return BatchDefinition(
        integrated_account_id=cast("str", root["integrated_account_id"]),
        args=args,
        resources=resources,
        payload=build_payload(root, args),
        source=source,
        name=cast("str | None", root.get("name")),
        description=cast("str | None", root.get("description")),
        args_schema=cast("JsonObject | None", root.get("args_schema")),
        fixtures=cast("str | None", root.get("fixtures")),
        secrets=secrets,
    )


def _not_a_mapping(data: JsonValue, source: Source) -> Diagnostic:
    advice = "a definition has at least the keys integrated_account_id and resources"
    if isinstance(data, list):
        advice = 'put the list under "resources:"'
    message = f"a definition must be a mapping, not {kind_of_value(data)}"
    return problem("wrong-type", message, source.span(()), help=advice)


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _sorted(problems: Iterable[Diagnostic], data: JsonValue) -> tuple[Diagnostic, ...]:
    """By position, each once, with the resource around them."""
    resources = data.get("resources") if isinstance(data, dict) else None
    found = sorted(
        (_with_resource(diagnostic, resources) for diagnostic in problems),
        key=lambda diagnostic: diagnostic.sort_key,
    )
    return tuple(dict.fromkeys(found))


def _with_resource(diagnostic: Diagnostic, resources: JsonValue) -> Diagnostic:
    match diagnostic.path:
        case ("resources", int(index), *_) if diagnostic.resource is None and isinstance(resources, list):
            key = resource_key(resources[index]) if index < len(resources) else None
            return replace(diagnostic, resource=key) if key else diagnostic
        case _:
            return diagnostic
