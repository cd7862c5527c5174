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
    """A place in the file: ``path`` leads to it from the top of the data, ``span`` is where it is in the text."""

    path: DataPath
    span: Span


class Subject:
    """A definition as the rules see it, even if it has errors: its nodes, its text, its arguments.

    ``resources`` are the nodes, ``graph`` is what they depend on, ``source`` the text of the file. ``args`` are the
    arguments of the file with those from outside merged in, ``args_schema`` is the file's, ``declared`` the names of
    arguments in it. ``given`` is what came from outside of it (None: nothing), ``account`` the integrated account's id
    as it is written, ``complete`` whether every resource could be built (so that something missing is really missing),
    ``kind`` whether it is a batch or a sync job, ``job`` a sync job's keys apart from its nodes (None for a batch).
    ``requests`` are those among the nodes, ``capabilities`` is the snapshot of what the account offers (None without
    one). More is computed when first used: ``placeholders``, ``loops``, ``expressions``, ``arguments``,
    ``dependencies``, ``records``.
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
        self.expressions = Expressions(resources, source.data)
        self.dependencies = Dependencies(graph)
        self._args, self._declared, self._schema = args, declared, args_schema

    @cached_property
    def fixtures(self) -> str:
        """The folder of the definition's fixtures, relative to the definition's own: what it names, or ``fixtures``."""
        data = self.source.data
        named = data.get("fixtures") if isinstance(data, dict) else None
        return named if isinstance(named, str) else "fixtures"

    @cached_property
    def account_keys(self) -> frozenset[str]:
        """The keys of the account's context that are known: those that are given, and those that the fixtures have."""
        look = self.given.account_keys
        return frozenset((*self.given.context, *(look(self.fixtures) if look else ())))

    @cached_property
    def own_requests(self) -> tuple[Request, ...]:
        """The requests to the account of the file, without those that name an account of their own."""
        return tuple(node for node in self.requests if node.account is None)

    @cached_property
    def offered(self) -> tuple[tuple[Request, Offered], ...]:
        """Each request to the account of the file, with what the account offers for its resource.

        Requests for resources that it does not have are left out. Empty where its capabilities are not known.
        """
        resources = self.capabilities.resources if self.capabilities else {}
        return tuple((node, resources[node.resource]) for node in self.own_requests if node.resource in resources)

    @cached_property
    def leaves(self) -> Leaves:
        """The strings and numbers in requests and arguments that rules check one by one."""
        return gather(self.templated, self._args, self.source.has)

    @cached_property
    def templated(self) -> tuple[Templated, ...]:
        """The nodes whose keys may hold placeholders: requests, and the nodes that only sync jobs have."""
        return tuple(node for node in self.resources if isinstance(node, Request | SyncNode))

    @cached_property
    def placeholders(self) -> Placeholders:
        """The placeholders in the nodes, and what they read."""
        return Placeholders(self.templated, self.leaves)

    @cached_property
    def arguments(self) -> Arguments:
        """The arguments with their values, and what reads them."""
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
        """Which paths lead to records of which resource, and what reads them."""
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
        """A violation of a rule at ``place`` in ``node`` (None: outside of the resources).

        ``place`` is a result of ``at``, ``key``, ``within`` or ``dependency``; a placeholder; or the name of one of the
        node's keys, for its value. ``message`` says what is wrong, ``help`` what to do, ``related`` are other places in
        the file that have to do with it. ``severity`` None takes the rule's. ``blame`` is the argument whose value is
        the cause, which may come from outside of the file. ``fix`` is a change that corrects it, None where there is
        none.
        """
        if isinstance(place, str):
            place = self.at(node, place)
        elif isinstance(place, Reference):
            place = self.within(node, place.path, place.offset, place.end)
        key = node.key if node is not None else None
        return Finding(message, place.path, place.span, help, related, key, fix, severity, blame)

    def path(self, node: Resource | None, *steps: str | int) -> DataPath:
        """The path from the top of the file to ``steps`` (keys and indexes) inside ``node``; None is the top itself."""
        return steps if node is None else ("resources", node.index, *steps)

    def has(self, node: Resource | None, *steps: str | int) -> bool:
        """Whether the file has a value at ``steps`` (keys and indexes) in ``node``; None is the top of the file."""
        return self.source.has(self.path(node, *steps))

    def at(self, node: Resource | None, *steps: str | int) -> Place:
        """The place of the value at ``steps`` (keys and indexes) in ``node``; None is the top of the file.

        For a mapping or list it is where that begins; where there is no such value, the nearest one around it.
        """
        path = self.path(node, *steps)
        return Place(path, self.source.span(path))

    def key(self, node: Resource | None, *steps: str | int) -> Place:
        """The place of the key at ``steps`` (keys and indexes, this key last) in ``node``; None is the top of the file.

        Where the file has no value there, it is the nearest one around it.
        """
        path = self.path(node, *steps)
        return Place(path, self.source.key_span(path))

    def within(self, node: Resource | None, steps: DataPath, start: int, end: int) -> Place:
        """The place of a part of the string at ``steps`` in ``node``; None is the top of the file.

        The part goes from ``start`` to ``end`` (exclusive), in code points of the string's value.
        """
        path = self.path(node, *steps)
        return Place(path, self.source.within(path, start, end))

    def dependency(self, node: Resource, item: int) -> Place:
        """The place where item number ``item`` (from 0) of what ``node`` depends on is written.

        For a destination's dependency that it also persists, it is the place in ``resources_to_persist``.
        """
        found = self.waits_at(node, node.depends_on[item]) if isinstance(node, SyncNode) else ()
        return (
            found[-1]
            if found
            else self.at(node, "depends_on", *((item,) if self.has(node, "depends_on", item) else ()))
        )

    def waits_at(self, node: Resource, name: str) -> tuple[Place, ...]:
        """Every place where ``node`` has ``name`` in ``depends_on`` or ``resources_to_persist``, in this order."""
        found: list[Place] = []
        for key in ("depends_on", "resources_to_persist"):
            written = value_at(self.source.data, self.path(node, key))
            if written == name:
                found.append(self.at(node, key))
            elif isinstance(written, list):
                found.extend(self.at(node, key, item) for item, each in enumerate(written) if each == name)
        return tuple(found)
