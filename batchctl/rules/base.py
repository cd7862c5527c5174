"""What a rule is, and what it gets to see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics import Diagnostic, Severity
from batchctl.plan.reads import reads, request_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.definition.model import JsonObject, Resource
    from batchctl.definition.source import Path, Source
    from batchctl.diagnostics import Fix, Related, Span
    from batchctl.plan.graph import Graph
    from batchctl.plan.reads import Read
    from batchctl.template import Template


class Subject:
    """One file as rules see it: whatever of it could be built, also when other parts are faulty.

    ``args`` are the merged arguments, ``declared`` the names that ``args_schema`` knows, ``account`` the integrated
    account, ``complete`` whether every resource could be built (so that something missing is really missing).
    """

    def __init__(
        self,
        resources: tuple[Resource, ...],
        graph: Graph,
        source: Source,
        *,
        args: JsonObject,
        declared: frozenset[str] = frozenset(),
        account: str | None = None,
        complete: bool = True,
    ) -> None:
        self.resources = resources
        self.graph = graph
        self.source = source
        self.args = args
        self.declared = declared
        self.account = account
        self.complete = complete

    @cached_property
    def templates(self) -> Mapping[int, Template]:
        """The compiled templates of each request, by the resource's index."""
        return {node.index: request_template(node) for node in self.requests}

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """The resources that make calls."""
        return tuple(node for node in self.resources if isinstance(node, Request))

    @cached_property
    def reads(self) -> tuple[tuple[Request, Read], ...]:
        """Every path that a placeholder of a request reads."""
        return tuple((node, read) for node in self.requests for read in reads(self.templates[node.index]))

    def at(self, node: Resource, *steps: str | int) -> Path:
        """The path of something in a resource."""
        return ("resources", node.index, *steps)

    def placeholder(self, node: Resource, read: Read) -> Span:
        """Where a placeholder stands in the file."""
        reference = read.reference
        return self.source.within(self.at(node, *reference.path), reference.offset, reference.end)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number and name, how bad a breach is, and the check. ``documentation`` is its module's docstring."""

    code: str
    name: str
    severity: Severity
    check: Callable[[Subject], Iterator[Finding]]
    documentation: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, before the rule's name, number and severity are put on it."""

    message: str
    path: Path
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    resource: str | None = None
    fix: Fix | None = None


def diagnose(rule: Rule, subject: Subject) -> Iterator[Diagnostic]:
    """The diagnostics of one rule."""
    for found in rule.check(subject):
        yield Diagnostic(
            rule=rule.name,
            code=rule.code,
            severity=rule.severity,
            message=found.message,
            span=found.span,
            help=found.help,
            related=found.related,
            path=found.path,
            resource=found.resource,
            fix=found.fix,
        )


def dependency_path(subject: Subject, key: str, item: int) -> Path:
    """Where item ``item`` of a ``depends_on`` is written: one of a list, or the string itself."""
    path = subject.at(subject.graph.nodes[key], "depends_on")
    return (*path, item) if subject.source.has((*path, item)) else path
