"""Text, or data from a client, -> a definition and everything that is wrong with it. Nothing is raised."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from batchctl.definition.arguments import argument_entries, merge_arguments
from batchctl.definition.build import build_payload, build_resource
from batchctl.definition.expressions import cut_expressions
from batchctl.definition.model import BatchDefinition
from batchctl.definition.one_text import read_one
from batchctl.definition.shape import check_shape, resource_key
from batchctl.definition.shape_messages import kind_of_value
from batchctl.definition.sync_job import account_arguments, sign_of_sync_job, sync_job_definition, waiting_nodes
from batchctl.definition.variable_text import may_hold_variables
from batchctl.definition.variables import Variables
from batchctl.diagnostics import Position, Severity
from batchctl.diagnostics.kinds import problem
from batchctl.diagnostics.suppressions import Suppressions
from batchctl.errors import UsageError
from batchctl.files import read_file, reader_of
from batchctl.structs import Struct, field, replace
from batchctl.yaml12.comment_areas import CommentAreas
from batchctl.yaml12.json_text import data_problems
from batchctl.yaml12.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.definition.including import ReadFile
    from batchctl.definition.model import Resource
    from batchctl.definition.one_text import OneText
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue


class Loaded(Struct, frozen=True):
    """All that reading a definition's file gave: the definition, its parts, and its diagnostics.

    The fields have values also where there are errors. ``definition`` is None when there is an error that no comment
    hides, or that leaves nothing to work with; ``resources`` are those that are valid by themselves. ``args`` are the
    merged arguments, ``declared`` the names that ``args_schema`` knows, ``secrets`` values that came from the
    environment under a secret-looking name, ``data`` the file as plain data, variables filled in; ``suppressions`` are
    the comments that hide problems, None where there are none; ``kind`` is what the file was read as. ``is_part`` is a
    file that is for others to include, by its name (``contacts.part.yaml``): it has no definition.

    Places in ``diagnostics`` are those of ``source``, which may be several files: ``source.localised`` has the file.
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
    kind: DefinitionKind = "batch"
    is_part: bool = False

    def hides(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment in the text (``# batchctl: …``) hides this diagnostic."""
        return self.suppressions is not None and self.suppressions.hides(diagnostic)


def read(
    text: str | bytes,
    *,
    file: str = "<text>",
    environment: Mapping[str, str] | None = None,
    account: str | None = None,
    args: JsonObject | None = None,
    read_file: ReadFile | None = None,
) -> Loaded:
    """The definition in a YAML or JSON text, with everything that is wrong with it. Nothing is raised.

    ``file`` is its name in diagnostics; one that ends in ``.json`` must be strict JSON. ``environment`` fills in
    ``${VAR}``; None leaves them unchanged, for text from others. ``account``, an id, replaces
    ``integrated_account_id``; ``args`` win over the file's arguments. ``read_file`` takes the path of a file that the
    definition includes, relative to its folder, and returns its bytes, or raises ``UsageError``; None allows no
    includes.
    """
    one = read_one(text, file)
    if not one.is_usable:
        return _unusable(one.problems, one.source.data, one.source)
    return _read_content(one, environment, account, args or {}, read_file)


def read_data(
    data: JsonValue, *, file: str = "<request>", account: str | None = None, args: JsonObject | None = None
) -> Loaded:
    """The definition in data that was JSON (the body of a request), with everything that is wrong with it.

    Variables (``${VAR}``) are not filled in, and ``include`` is an error. ``account`` (an id) and ``args`` win over
    those in ``data`` (None: those in ``data`` count); ``file`` is its name in diagnostics. Nothing is raised.
    """
    source = Source(file, data=data)
    problems = list(data_problems(data))
    if problems:
        return Loaded(None, tuple(problems), source, data=data)
    if isinstance(data, dict) and "include" in data:
        from batchctl.definition.including import with_included

        return _unusable(with_included(source, problems, None).problems, data, source)
    return _check(data, source, problems, frozenset(), account, args or {})


def _read_content(
    one: OneText,
    environment: Mapping[str, str] | None,
    account: str | None,
    args: JsonObject,
    read_file: ReadFile | None,
) -> Loaded:
    source, problems = one.source, one.problems
    data = source.data
    secrets: frozenset[str] = frozenset()
    if isinstance(data, dict):
        if "include" in data:
            from batchctl.definition.including import with_included

            whole = with_included(source, problems, read_file)
            source, problems, data = whole.source, whole.problems, whole.source.data
            if not whole.is_usable or not isinstance(data, dict):
                return _unusable(problems, data, source)
        problems.extend(cut_expressions(data, source))
        if environment is not None and may_hold_variables(source.text):
            variables = Variables(environment, source)
            data = variables.fill(data)
            problems.extend(found for found in variables.problems if not _is_replaced(found, account, args))
            secrets = frozenset(variables.secrets)
    return _check(data, source, problems, secrets, account, args)


def _is_replaced(found: Diagnostic, account: str | None, args: JsonObject) -> bool:
    """Whether a variable without a value does not matter, since what is given stands in its place."""
    if found.rule != "missing-variable":
        return False
    if found.path == ("integrated_account_id",):
        return account is not None
    given = args.get(str(found.path[1])) if found.path[:1] == ("args",) and len(found.path) > 1 else None
    return given is not None and not isinstance(given, dict)


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
    kind: DefinitionKind = "batch" if sign_of_sync_job(data) is None else "sync-job"
    part = is_part(source.file)
    root: JsonObject = data if account is None or part else {**data, "integrated_account_id": account}
    shape = check_shape(root, source, kind)
    # What a part lacks, the files have that include it.
    absent = ("missing-key", "no-resources") if part else ()
    problems.extend(each for each in shape.problems if each.path or each.rule not in absent)
    resources = tuple(build_resource(*sound) for sound in shape.sound)
    schema = _object(root.get("args_schema"))
    declared = frozenset(argument_entries(schema))
    args = merge_arguments(given, _object(root.get("args")), schema)
    if kind == "sync-job" and not part:
        resources = waiting_nodes(resources)
        args = account_arguments(args, given, account, argument_entries(schema))
    diagnostics = _sorted(problems, root)
    hidden = _suppressions_in(source)
    loaded = Loaded(None, diagnostics, source, resources, args, declared, secrets, root, hidden, kind, is_part=part)
    if part or not shape.is_whole:
        return loaded
    if all(found.severity is not Severity.ERROR or loaded.hides(found) for found in diagnostics):
        make = _definition if kind == "batch" else sync_job_definition
        return replace(loaded, definition=make(root, args, resources, secrets))
    return loaded


def is_part(file: str) -> bool:
    """Whether ``file`` is for other definitions to include, by its name: ``contacts.part.yaml``."""
    return PurePath(file).stem.lower().endswith(".part")


def included_files(file: Path) -> list[Path]:
    """The files that the definition in ``file`` includes, directly or through others, as far as they can be read now.

    Their paths begin with the folder of ``file``. Empty where ``file`` can't be read.
    """
    try:
        text = read_file(file)
    except UsageError:
        return []
    if b"include" not in text:
        return []
    source = read(text, file=str(file), read_file=reader_of(file)).source
    return [Path(part.source.file) for part in source.parts[1:]]


def _unusable(problems: Iterable[Diagnostic], data: JsonValue, source: Source) -> Loaded:
    """Nothing that could be a definition, whatever comments hide."""
    return Loaded(None, _sorted(problems, data), source, data=data, suppressions=_suppressions_in(source))


def _definition(
    root: JsonObject,
    args: JsonObject,
    resources: tuple[Resource, ...],
    secrets: frozenset[str],
) -> BatchDefinition:
    return BatchDefinition(
        integrated_account_id=cast("str", root["integrated_account_id"]),
        args=args,
        resources=resources,
        payload=build_payload(root, args),
        name=cast("str | None", root.get("name")),
        description=cast("str | None", root.get("description")),
        args_schema=cast("JsonObject | None", root.get("args_schema")),
        fixtures=cast("str | None", root.get("fixtures")),
        secrets=secrets,
    )


def _not_a_mapping(data: JsonValue, source: Source) -> Diagnostic:
    advice = "a definition has at least the keys integrated_account_id and resources"
    if isinstance(data, list):
        is_nodes = any(isinstance(each, dict) and {"resource", "type"} & each.keys() for each in data)
        records = "these look like records: fixtures/unified/MODEL/RESOURCE.json holds those, and --each takes rows"
        advice = 'put the list under "resources:"' if is_nodes or not data else records
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


def _suppressions_in(source: Source) -> Suppressions | None:
    """The comments of a file that hide problems; None where there can be none."""
    if source.tree is None or "batchctl:" not in source.text:
        return None
    starts = [source.text.offset(Position(part.lines + 1, 1)) for part in source.parts]
    return Suppressions(source.text, source.text, CommentAreas(source.text, source.tree), starts)
