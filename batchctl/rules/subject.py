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
    """A place in the file: its path in the data, and its span in the text."""

    path: DataPath
    span: Span


class Subject:
    """What could be built of a definition, in the form that rules check; it may have errors.

    ``given`` is what came from outside of the file, ``account`` the integrated account as it is written, ``complete``
    whether every resource could be built (so that something missing is really missing), ``kind`` what the file was read
    as, ``job`` the keys of a sync job apart from its nodes. More is in views, which are computed when first used:
    ``placeholders``, ``loops``, ``expressions``, ``arguments``, ``dependencies``, ``records``. ``declared`` are the
    names of arguments in ``args_schema``.
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
        """The requests to the file's own account; those that name another account are left out."""
        return tuple(node for node in self.requests if node.account is None)

    @cached_property
    def offered(self) -> tuple[tuple[Request, Offered], ...]:
        """The requests for resources that the account has, with what it offers.

        Empty where the account's capabilities are not known.
        """
        resources = self.capabilities.resources if self.capabilities else {}
        return tuple((node, resources[node.resource]) for node in self.own_requests if node.resource in resources)

    @cached_property
    def leaves(self) -> Leaves:
        """The strings and numbers in requests and arguments that rules check one by one."""
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
        """The arguments, and what reads them."""
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
        """The addresses of records, and what reads them."""
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
        """A violation of a rule in ``node`` (None: outside of the resources).

        ``place`` is a result of ``at``, ``key``, ``within`` or ``dependency``; a placeholder; or the name of a field,
        for its value. ``severity`` None takes the rule's. ``blame`` is the argument whose value is at fault, which may
        come from outside of the file. ``help`` is what may help, ``related`` are other places in the file that have to
        do with it.
        """
        if isinstance(place, str):
            place = self.at(node, place)
        elif isinstance(place, Reference):
            place = self.within(node, place.path, place.offset, place.end)
        key = node.key if node is not None else None
        return Finding(message, place.path, place.span, help, related, key, fix, severity, blame)

    def path(self, node: Resource | None, *steps: str | int) -> DataPath:
        """The path of ``steps`` inside ``node``; without a node from the top of the file."""
        return steps if node is None else ("resources", node.index, *steps)

    def has(self, node: Resource | None, *steps: str | int) -> bool:
        """Whether the file has a value at ``steps`` in ``node`` (None: from the top of the file)."""
        return self.source.has(self.path(node, *steps))

    def at(self, node: Resource | None, *steps: str | int) -> Place:
        """The place of the value at ``steps`` in ``node``: of a scalar, or where a mapping or list begins."""
        path = self.path(node, *steps)
        return Place(path, self.source.span(path))

    def key(self, node: Resource | None, *steps: str | int) -> Place:
        """The place of the key of the value at ``steps`` in ``node`` (None: from the top of the file)."""
        path = self.path(node, *steps)
        return Place(path, self.source.key_span(path))

    def within(self, node: Resource | None, steps: DataPath, start: int, end: int) -> Place:
        """The place of a part of the string at ``steps``, from ``start`` to ``end`` in code points of its value."""
        path = self.path(node, *steps)
        return Place(path, self.source.within(path, start, end))

    def dependency(self, node: Resource, item: int) -> Place:
        """The place where dependency number ``item`` of a node is written: an item of a list, or a single string.

        For a destination's dependency that it also persists, it is the place in ``resources_to_persist``.
        """
        found = self.waits_at(node, node.depends_on[item]) if isinstance(node, SyncNode) else ()
        return (
            found[-1]
            if found
            else self.at(node, "depends_on", *((item,) if self.has(node, "depends_on", item) else ()))
        )

    def waits_at(self, node: Resource, name: str) -> tuple[Place, ...]:
        """Every place where a node depends on ``name``, or persists it."""
        found: list[Place] = []
        for key in ("depends_on", "resources_to_persist"):
            written = value_at(self.source.data, self.path(node, key))
            if written == name:
                found.append(self.at(node, key))
            elif isinstance(written, list):
                found.extend(self.at(node, key, item) for item, each in enumerate(written) if each == name)
        return tuple(found)
