"""From text to a plan, or to everything that is wrong with it: where every command starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.definition import read
from batchctl.definition.foreign import not_a_batch
from batchctl.definition.given import Given, refuse_unread, refuse_unread_context
from batchctl.definition.secrets import secrets_of
from batchctl.definition.sync_job import job_of, planned_nodes
from batchctl.definition.variables import unfilled
from batchctl.diagnostics import START, Severity
from batchctl.diagnostics.kinds import Finder, names_found_by, problem
from batchctl.errors import DefinitionError, UsageError
from batchctl.plan.acceptance import accepting
from batchctl.plan.definition_graph import build_graph
from batchctl.plan.selection import selected, tags_of
from batchctl.redaction import MaskedRepr
from batchctl.rules.checking import check
from batchctl.rules.subject import Subject
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from batchctl.definition import Loaded
    from batchctl.definition.given import InputFile
    from batchctl.definition.including import ReadFile
    from batchctl.definition.model import BatchDefinition
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.definition_graph import DefinitionGraph
    from batchctl.plan.planner import Plan
    from batchctl.yaml12.source import Source

# With one of these there is no order in which resources could run, even when it is ignored.
_NEEDED = frozenset({"duplicate-name", "self-dependency", "dependency-cycle", "unknown-dependency"})

# Of a file that others include these can't be said: what they miss may be in the file that includes it.
_NEEDS_THE_REST = frozenset(
    {"unknown-dependency", "undeclared-argument", "unused-argument", "not-an-ancestor", "unknown-resource"}
    | {"missing-parent", "unknown-root", "crossed-parents", "unread-loop", "unused-default", "loop-not-array"}
)


class Prepared(MaskedRepr, frozen=True):
    """A definition that was read, checked and planned, with everything that is wrong with it.

    ``prepare`` makes it. Diagnostics are sorted by file and position (``sort_key``). ``plan`` is None when there is an
    error among the ``diagnostics``, ``definition`` where none could be read, or it is a sync job and these are not
    allowed. ``hidden`` are the diagnostics that comments in the file hide; ``loaded`` is what was read; ``input_files``
    are files of arguments or rows with diagnostics of their own, ``jobs`` says whether a sync job is allowed.
    """

    definition: BatchDefinition | None
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    hidden: tuple[Diagnostic, ...]
    loaded: Loaded
    input_files: tuple[InputFile, ...] = ()
    jobs: bool = False

    def _secrets(self) -> Iterable[str]:
        return secrets_of(self.loaded)

    @property
    def ok(self) -> bool:
        """Whether there is a plan, so that the definition can be run."""
        return self.plan is not None

    @property
    def obstacles(self) -> tuple[Diagnostic, ...]:
        """The diagnostics to show before a run: those that are reported, and those that prevent the run.

        The latter may be diagnostics that comments hide, or say that the file is a sync job or a part of others.
        """
        refused = self.loaded.kind != "batch" and self.definition is None
        other = not_a_batch(self.loaded.data, self.source) if refused and not self.jobs else None  # type: ignore[arg-type]  # a mapping
        if other is not None:
            return (other, *self.diagnostics)
        if self.loaded.is_part:
            return (*self.diagnostics, _only_a_part())
        if self.plan is None and not any(found.severity is Severity.ERROR for found in self.diagnostics):
            return tuple(sorted((*self.diagnostics, *self.hidden), key=lambda found: found.sort_key))
        return self.diagnostics

    def require_plan(self) -> Plan:
        """The plan. Raises ``DefinitionError`` with the diagnostics when there is none."""
        if self.plan is None:
            found = self.obstacles
            errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in found)
            raise DefinitionError(f"{self.source.file} has {errors} error{'s' * (errors != 1)}", diagnostics=found)
        return self.plan


class Examined(NamedTuple):
    """What checking a definition found: its diagnostics, and the graph of its resources.

    ``hidden`` are the diagnostics that comments in the file hide; they and the others (``diagnostics``) are sorted by
    file and position (``sort_key``). ``graph`` may have faults, such as cycles.
    """

    diagnostics: tuple[Diagnostic, ...]
    hidden: tuple[Diagnostic, ...]
    graph: DefinitionGraph


def prepare(  # noqa: PLR0913 - keywords of the library's face
    text: str | bytes,
    *,
    file: str = "<text>",
    environment: Mapping[str, str] | None = None,
    account: str | None = None,
    args: JsonObject | None = None,
    given: Given | None = None,
    only: Sequence[str] = (),
    tolerated: Sequence[str] = (),
    required: Severity | None = Severity.WARNING,
    read_file: ReadFile | None = None,
    jobs: bool = False,
    accept: Mapping[str, Collection[int]] | None = None,
) -> Prepared:
    """A definition in YAML or JSON, read, checked and planned; what is wrong with it is in the diagnostics.

    ``file`` is its name in diagnostics. ``read_file`` takes the path of a file that the definition includes, from the
    definition's folder, and returns its bytes (``files.reader_of``); None lets it include none. ``environment`` fills
    ``${VAR}`` (None leaves them as they are), ``account`` (an id) and ``args`` win over the file's, and ``given`` over
    these; ``only`` are the words of ``--only`` (names, patterns, ``tag:NAME``, ``!`` to leave out), empty for all;
    ``tolerated`` are names of rules (``undeclared-argument``) whose errors are warnings; ``required`` is how bad it is
    that a required argument has no value (None: not at all); ``jobs`` says that a sync job may be planned, too, where
    else it is refused; ``accept`` are HTTP statuses of failed calls that don't count as failures, by the key of the
    request. Raises ``UsageError`` for a name in ``only`` or ``accept`` that the file does not have, and for an argument
    in ``given`` that nothing reads; and where ``text`` is neither ``str`` nor ``bytes``.
    """
    if not isinstance(text, (str, bytes)):
        raise UsageError(f"text must be str or bytes, not of the type {type(text).__name__}")
    given = Given(args or {}, account).plus(given or Given())
    loaded = read(
        text, file=file, environment=environment, account=given.account, args=given.values, read_file=read_file
    )
    return prepare_loaded(
        loaded, given=given, only=only, tolerated=tolerated, required=required, jobs=jobs, accept=accept
    )


def prepare_loaded(
    loaded: Loaded,
    *,
    given: Given | None = None,
    only: Sequence[str] = (),
    tolerated: Sequence[str] = (),
    required: Severity | None = Severity.WARNING,
    jobs: bool = False,
    accept: Mapping[str, Collection[int]] | None = None,
) -> Prepared:
    """A definition that ``batchctl.definition.read`` has read, checked and planned.

    ``given`` are inputs besides the file; ``only`` are the words of ``--only`` (names, patterns, ``tag:NAME``, ``!`` to
    leave out), empty for all; ``tolerated`` are names of rules (``undeclared-argument``) whose errors become warnings;
    ``required`` is how bad it is that a required argument has no value (None: not at all); ``jobs`` says that a sync
    job may be planned, too; ``accept`` are HTTP statuses of failed calls that don't count as failures, by the key of
    the request. Raises ``UsageError`` for a name in ``only`` or ``accept`` that the file does not have, and for an
    argument in ``given`` that nothing reads.
    """
    from batchctl.plan.planner import make_plan  # noqa: PLC0415 - who only checks needs no plan

    if loaded.kind == "sync-job" and not jobs:
        found = tuple(map(loaded.source.localised, loaded.diagnostics))
        return Prepared(None, None, found, loaded.source, (), loaded)
    examined = examine(loaded, given=given, tolerated=tolerated, required=required)
    definition, graph = loaded.definition, examined.graph
    prepared = Prepared(definition, None, examined.diagnostics, loaded.source, examined.hidden, loaded, jobs=jobs)
    stopped = any(found.severity is Severity.ERROR for found in examined.diagnostics)
    if definition is None or stopped or any(found.rule in _NEEDED for found in examined.hidden):
        return prepared
    if only:
        definition = _subset(definition, selected(only, graph, tags_of(loaded.data)))
        graph = build_graph(definition.resources)
    if accept:
        definition = accepting(definition, accept)
        graph = build_graph(definition.resources)
    if definition.job is not None:
        definition = replace(definition, resources=planned_nodes(definition))
        graph = build_graph(definition.resources)
    return replace(prepared, definition=definition, plan=make_plan(definition, graph, loaded.source))


def examine(
    loaded: Loaded,
    *,
    given: Given | None = None,
    tolerated: Sequence[str] = (),
    required: Severity | None = Severity.WARNING,
) -> Examined:
    """The diagnostics of a definition that was read: those of reading it, and those of the rules.

    ``given`` are arguments and an account besides the file; ``tolerated`` are names of rules (``undeclared-argument``)
    whose errors become warnings; ``required`` is how bad it is that a required argument has no value (None: not at
    all). Raises ``UsageError`` for an argument in ``given`` that nothing reads.
    """
    graph = build_graph(loaded.resources)
    subject = subject_of(loaded, graph, given)
    by_rules = check(subject)
    if loaded.is_part:
        by_rules = [each for each in by_rules if each.rule not in _NEEDS_THE_REST]
    if given is not None and loaded.definition is not None and subject.arguments.used is not None:
        refuse_unread(given, {*subject.arguments.used, *loaded.declared, *_own_arguments(loaded.data)})
    of_inputs = (*given.remarks, *unfilled(given)) if given is not None else ()
    all_found = (*loaded.diagnostics, *of_inputs, *_with_required(by_rules, required))
    found = list(dict.fromkeys(_tolerant(each, tolerated) for each in all_found))
    if given is not None and given.context and not any(each.severity is Severity.ERROR for each in found):
        _refuse_unread_context(given, loaded)
    suppressions = loaded.suppressions
    hidden: tuple[Diagnostic, ...] = ()
    if suppressions is not None:
        from batchctl.diagnostics.catalogue import known_names  # noqa: PLC0415 - most files have none

        hidden = tuple(each for each in found if suppressions.hides(each))
        rules = [Finder.RULE, *([Finder.CAPABILITIES] if subject.capabilities is not None else [])]
        ran = names_found_by(Finder.READING, *([] if loaded.definition is None else rules))
        without = set(hidden)
        found = [each for each in found if each not in without]
        found.extend(suppressions.unused(hidden, known_names(), ran))
    return Examined(_in_their_files(found, loaded.source), _in_their_files(hidden, loaded.source), graph)


def _in_their_files(found: Iterable[Diagnostic], source: Source) -> tuple[Diagnostic, ...]:
    """In the order of reports, each with the file that it is in."""
    placed = map(source.localised, found)
    # What several definitions share need not be of use in each of them.
    kept = (each for each in placed if each.file is None or each.rule != "unused-argument")
    return tuple(sorted(kept, key=lambda each: each.sort_key))


def _refuse_unread_context(given: Given, loaded: Loaded) -> None:
    from batchctl.plan.context_names import context_names  # noqa: PLC0415 - most runs are given no context
    from batchctl.plan.planner import make_plan  # noqa: PLC0415 - as above

    definition = loaded.definition
    if definition is None:
        return
    if definition.job is not None:
        definition = replace(definition, resources=planned_nodes(definition))
    refuse_unread_context(given, context_names(make_plan(definition, build_graph(definition.resources), loaded.source)))


def read_arguments(prepared: Prepared) -> set[str] | None:
    """The names of all arguments that a definition reads, declares or has.

    None where any could be read, and for a definition that could not be read.
    """
    loaded = prepared.loaded
    used = subject_of(loaded, build_graph(loaded.resources)).arguments.used
    if loaded.definition is None or used is None:
        return None
    return {*used, *loaded.declared, *_own_arguments(loaded.data)}


def subject_of(loaded: Loaded, graph: DefinitionGraph, given: Given | None = None) -> Subject:
    """A definition in the form that rules check; ``graph`` is that of its resources, ``given`` the inputs besides.

    None as ``given`` is for no such inputs.
    """
    return Subject(
        loaded.resources,
        graph,
        loaded.source,
        args=loaded.args,
        declared=loaded.declared,
        account=_account(loaded.data),
        args_schema=_args_schema(loaded.data),
        complete=loaded.definition is not None,
        given=given,
        kind=loaded.kind,
        job=job_of(loaded.data) if loaded.kind == "sync-job" and isinstance(loaded.data, dict) else None,
    )


def _only_a_part() -> Diagnostic:
    message = "this file is a part of others, by its name, and no batch itself"
    return problem("not-a-batch", message, START, help="name the file that includes it")


def _tolerant(found: Diagnostic, tolerated: Sequence[str]) -> Diagnostic:
    return replace(found, severity=Severity.WARNING) if found.rule in tolerated else found


def _with_required(found: Iterable[Diagnostic], severity: Severity | None) -> Iterator[Diagnostic]:
    """The same, with this severity for required arguments without a value: all that ``args-schema`` warns about."""
    for each in found:
        if each.rule != "args-schema" or each.severity is Severity.ERROR:
            yield each
        elif severity is not None:
            yield replace(each, severity=severity)


def _own_arguments(data: JsonValue) -> JsonObject:
    args = data.get("args") if isinstance(data, dict) else None
    return args if isinstance(args, dict) else {}


def _args_schema(data: JsonValue) -> JsonObject | None:
    schema = data.get("args_schema") if isinstance(data, dict) else None
    return schema if isinstance(schema, dict) else None


def _account(data: JsonValue) -> str | None:
    account = data.get("integrated_account_id") if isinstance(data, dict) else None
    return account if isinstance(account, str) else None


def _subset(definition: BatchDefinition, kept: Collection[str]) -> BatchDefinition:
    resources = tuple(node for node in definition.resources if node.key in kept)
    sent = definition.payload["resources"]
    if not isinstance(sent, list):
        raise TypeError("the payload of a definition holds a list of resources")
    payload = {**definition.payload, "resources": [sent[node.index] for node in resources]}
    return replace(definition, resources=resources, payload=payload)
