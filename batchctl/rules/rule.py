"""What a rule is, and how its findings become diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import START
from batchctl.diagnostics.kinds import KINDS, problem
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from batchctl.definition.given import Origin
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic
    from batchctl.diagnostics.kinds import ProblemKind
    from batchctl.rules.finding import Blame, Finding
    from batchctl.rules.subject import Subject


class Rule(Struct, frozen=True):
    """One rule: the kind of problem that it finds, and the function that finds it.

    ``check`` gets a definition and yields its findings. ``documentation`` is the docstring of the rule's module;
    ``about`` are the kinds of definition that it looks at.
    """

    kind: ProblemKind
    check: Callable[[Subject], Iterator[Finding]]
    documentation: str
    about: frozenset[DefinitionKind] = frozenset({"batch", "sync-job"})

    @property
    def name(self) -> str:
        """The name of the kind of problem: ``missing-id``."""
        return self.kind.name


def rules_in(modules: Iterable[ModuleType]) -> tuple[Rule, ...]:
    """The rule that each of ``modules`` has, sorted by code.

    A module is named after the kind of problem (``missing_id``), its docstring documents the rule, and its function
    ``check`` finds violations; ``ABOUT``, where it has one, are the kinds of definition that it looks at. Raises
    ``KeyError`` for a name that is no kind of problem, ``AttributeError`` without ``check``.
    """
    return by_code(map(_rule, modules))


def by_code(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The ``rules`` sorted by the code of their kind of problem."""
    return tuple(sorted(rules, key=lambda rule: rule.kind.code))


def _rule(module: ModuleType) -> Rule:
    kind = KINDS[module.__name__.rpartition(".")[2].replace("_", "-")]
    about = {"about": module.ABOUT} if hasattr(module, "ABOUT") else {}
    return Rule(kind, module.check, module.__doc__ or "", **about)


def diagnose(rule: Rule, subject: Subject) -> Iterator[Diagnostic]:
    """What one rule finds in ``subject``, as diagnostics with the rule's name, code and severity.

    A finding whose cause is a value from outside of the file names where the value came from, and no line.
    """
    for found in rule.check(subject):
        diagnostic = problem(
            rule.name,
            found.message,
            found.span,
            help=found.help,
            related=found.related,
            path=found.path,
            resource=found.resource,
            fix=found.fix,
        )
        if found.severity:
            diagnostic = replace(diagnostic, severity=found.severity)
        origin = subject.given.origin(found.blame.argument) if found.blame else None
        yield diagnostic if origin is None or found.blame is None else _from_outside(diagnostic, found.blame, origin)


def _from_outside(diagnostic: Diagnostic, blame: Blame, origin: Origin) -> Diagnostic:
    """About a value that came from outside: no line of the file is at fault."""
    name = ".".join(map(str, blame.argument))
    advice = origin.rewritten(name, blame.wanted) if blame.wanted is not None else None
    message = f"{diagnostic.message} (from {origin.where})"
    advice = advice or diagnostic.help
    return replace(diagnostic, message=message, help=advice, fix=None, span=START, related=(), origin=origin.where)
