"""One file as rules see it, and the one place where a finding gets its place in the file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from batchctl.definition.given import Given
from batchctl.definition.model import Request, SyncNode
from batchctl.json_types import value_at
from batchctl.rules.finding import Finding
from batchctl.rules.views.arguments import Arguments
from batchctl.rules.views.dependencies import Dependencies
from batchctl.rules.views.expressions import Expressions
from batchctl.rules.views.leaves import gather
from batchctl.rules.views.loops import Loops
from batchctl.rules.views.placeholders import Placeholders
from batchctl.rules.views.records import Records
from batchctl.template import Reference

if TYPE_CHECKING:
    from batchctl.definition.model import Resource, SyncJob, Templated
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Fix, Related, Severity, Span
    from batchctl.json_types import DataPath, JsonObject
    from batchctl.plan.definition_graph import DefinitionGraph
    from batchctl.rules.finding import Blame
    from batchctl.rules.views.leaves import Leaves
    from batchctl.truto.capabilities import Offered
    from batchctl.yaml12.source import Source


class Place(NamedTuple):
    """Where something is: its path in the data, and the part of the text."""

    path: DataPath
    span: Span


class Subject:
    """Whatever of a file could be built, also when other parts are faulty.

    ``given`` is what came from outside of the file, ``account`` the integrated account as it is written, ``complete``
    whether every resource could be built (so that something missing is really missing), ``kind`` what the file was
    read as, ``job`` what a sync job has beside its nodes. The rest is in views:
    ``placeholders``, ``loops``, ``expressions``, ``arguments``, ``dependencies``, ``records``; each does its work when
    a rule first asks.
    """

    def __init__(  # noqa: PLR0913 - what a file consists of
        self,
        resources: tuple[Resource, ...],
        graph: DefinitionGraph,
        source: Source,
        *,
        args: JsonObject,
        declared: frozenset[str] = frozenset(),
        account: str | None = None,
        args_schema: JsonObject | None = None,
        complete: bool = True,
        given: Given | None = None,
        kind: DefinitionKind = "batch",
        job: SyncJob | None = None,
    ) -> None:
        self.kind: DefinitionKind = kind
        self.job = job
        self.resources = resources
        self.requests = tuple(node for node in resources if isinstance(node, Request))
        self.graph = graph
        self.source = source
        self.account = account
        self.complete = complete
        self.given = given or Given()
        known = self.given.capabilities
        self.capabilities = known if known is not None and known.is_about(account) else None
        self.loops = Loops(self.requests, args, declared)
        self.expressions = Expressions(resources)
        self.dependencies = Dependencies(graph)
        self._args, self._declared, self._schema = args, declared, args_schema

    @cached_property
    def own_requests(self) -> tuple[Request, ...]:
        """The requests to the file's own account; of one in a sync job that names an account nothing is known."""
        return tuple(node for node in self.requests if node.account is None)

    @cached_property
    def offered(self) -> tuple[tuple[Request, Offered], ...]:
        """Requests for resources that the account has, with what it offers; empty where that is not known."""
        resources = self.capabilities.resources if self.capabilities else {}
        return tuple((node, resources[node.resource]) for node in self.own_requests if node.resource in resources)

    @cached_property
    def leaves(self) -> Leaves:
        """What of the requests and arguments rules look at one by one, gathered in one pass."""
        return gather(self.templated, self._args, self.source.has)

    @cached_property
    def templated(self) -> tuple[Templated, ...]:
        """The nodes whose keys hold placeholders."""
        return tuple(node for node in self.resources if isinstance(node, Request | SyncNode))

    @cached_property
    def placeholders(self) -> Placeholders:
        """The placeholders of the nodes."""
        return Placeholders(self.templated, self.leaves)

    @cached_property
    def arguments(self) -> Arguments:
        """The arguments, and who reads them."""
        job = self.job
        written = (
            {"state_key": job.state_key, "mutex_key": job.mutex_key, "args_validation": job.args_validation}
            if job
            else {}
        )
        top = {key: text for key, text in written.items() if text}
        return Arguments(self._args, self._declared, self._schema, self.placeholders, self.loops, self.expressions, top)

    @cached_property
    def records(self) -> Records:
        """Where records are, and who reads them."""
        return Records(
            self.graph, self.requests, self.placeholders, self.loops, self.expressions, complete=self.complete
        )

    def finding(
        self,
        node: Resource | None,
        place: Place | Reference | str,
        message: str,
        *,
        help: str | None = None,  # noqa: A002 - the word of the report
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
        blame: Blame | None = None,
    ) -> Finding:
        """A breach of a rule in ``node`` (None: outside of the resources).

        ``place`` is one of ``at``, ``key``, ``within``, ``dependency``; a placeholder; or the name of a field, for its
        value. ``severity`` None takes the rule's. ``blame`` is the argument whose value is at fault:
        it may come from outside of the file.
        """
        if isinstance(place, str):
            place = self.at(node, place)
        elif isinstance(place, Reference):
            place = self.within(node, place.path, place.offset, place.end)
        key = node.key if node is not None else None
        return Finding(message, place.path, place.span, help, related, key, fix, severity, blame)

    def path(self, node: Resource | None, *steps: str | int) -> DataPath:
        """The path of something in a resource; without one, from the top of the file."""
        return steps if node is None else ("resources", node.index, *steps)

    def has(self, node: Resource | None, *steps: str | int) -> bool:
        """Whether the file has something there."""
        return self.source.has(self.path(node, *steps))

    def at(self, node: Resource | None, *steps: str | int) -> Place:
        """A value: a scalar, or the place where a mapping or list begins."""
        path = self.path(node, *steps)
        return Place(path, self.source.span(path))

    def key(self, node: Resource | None, *steps: str | int) -> Place:
        """The place of a key: of the value that ``steps`` lead to in ``node`` (None: from the top of the file)."""
        path = self.path(node, *steps)
        return Place(path, self.source.key_span(path))

    def within(self, node: Resource | None, steps: DataPath, start: int, end: int) -> Place:
        """A part of a string, in code points of its value."""
        path = self.path(node, *steps)
        return Place(path, self.source.within(path, start, end))

    def dependency(self, node: Resource, item: int) -> Place:
        """Where item ``item`` of what a node waits for is written: one of a list, or the string itself.

        What a destination both waits for and persists is meant where it persists it.
        """
        found = self.waits_at(node, node.depends_on[item]) if isinstance(node, SyncNode) else ()
        return (
            found[-1]
            if found
            else self.at(node, "depends_on", *((item,) if self.has(node, "depends_on", item) else ()))
        )

    def waits_at(self, node: Resource, name: str) -> tuple[Place, ...]:
        """Every place where a node says that it waits for ``name``, or persists it."""
        found: list[Place] = []
        for key in ("depends_on", "resources_to_persist"):
            written = value_at(self.source.data, self.path(node, key))
            if written == name:
                found.append(self.at(node, key))
            elif isinstance(written, list):
                found.extend(self.at(node, key, item) for item, each in enumerate(written) if each == name)
        return tuple(found)
