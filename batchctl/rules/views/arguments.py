"""The arguments of a file: given, declared, read."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from batchctl.definition.arguments import argument_entries
from batchctl.errors import TemplateError
from batchctl.patterns import lazy_regex
from batchctl.plan.loops import NotAnArray
from batchctl.plan.unresolved import lacking
from batchctl.rules.finding import Blame
from batchctl.template import compile_template, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.definition.model import Templated
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.loops import Loop
    from batchctl.rules.views.expressions import Expressions
    from batchctl.rules.views.loops import Loops
    from batchctl.rules.views.placeholders import Placeholders
    from batchctl.template import Reference

# An argument in a template or expression outside of the nodes.
_ARGUMENT = lazy_regex(r"\bargs\.`?([\w-]+)")


class Arguments:
    """The arguments of a definition, and which placeholders and expressions read them.

    ``values`` are the arguments with a value, from the file and from outside; ``declared`` are the names in
    ``args_schema``, and ``schema`` is that itself. ``top`` are texts with placeholders or an expression outside of the
    nodes, by their key.
    """

    def __init__(
        self,
        values: JsonObject,
        declared: frozenset[str],
        schema: JsonObject | None,
        placeholders: Placeholders,
        loops: Loops,
        expressions: Expressions,
        top: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._top = top
        self.values = values
        self.declared = declared
        self.schema = schema
        self._placeholders = placeholders
        self._loops = loops
        self._expressions = expressions
        self._answers: dict[str, tuple[object, tuple[object, ...]]] = {}
        # The same placeholders stand in many requests.
        self._lacking: dict[tuple[str, str | None], bool] = {}

    def has(self, name: object) -> bool:
        """Whether ``name`` is an argument that has a value, or is declared in ``args_schema``."""
        return name in self.values or name in self.declared

    def declared_types(self, name: object) -> tuple[str, ...]:
        """The types that ``args_schema`` gives the argument ``name``: ``("string", "null")``; empty for none."""
        entry = self._entries.get(str(name))
        written = entry.get("type") if isinstance(entry, dict) else None
        types = tuple(map(str, written)) if isinstance(written, list) else (str(written),) if written else ()
        return (*types, "null") if isinstance(entry, dict) and entry.get("nullable") is True else types

    @cached_property
    def _entries(self) -> Mapping[str, JsonValue]:
        return argument_entries(self.schema or {})

    @cached_property
    def above(self) -> tuple[tuple[str, Reference], ...]:
        """The placeholders in the top-level keys of a sync job (``state_key``), each with that key."""
        templates = [(key, text) for key, text in self._top.items() if key != "args_validation"]
        return tuple((key, reference) for key, text in templates for reference in compile_template(text).references)

    @cached_property
    def read(self) -> tuple[tuple[Templated, Reference, object], ...]:
        """The placeholders that get their value from an argument: node, placeholder, and the argument's value.

        Those that read the current element of the node's own loop are left out.
        """
        found = []
        loops = {node.index: loop.segments for node, loop in self._loops.all}
        for node, reference in self._placeholders.references:
            raw, segments = self._answer(reference.text)
            own = loops.get(node.index)
            if not segments or reference.path[0] == "loop_on" or (own and segments[: len(own)] == own):
                continue
            found.append((node, reference, raw))
        return tuple(found)

    def lacks_value(self, node: Templated, reference: Reference) -> bool:
        """Whether a placeholder of ``node`` has no value with these arguments, so that its own text would be sent.

        False where records or the account's context may give it a value during a run.
        """
        loop = self._loops.by_node.get(node.index)
        where = (reference.text, loop.over if loop else None)
        if where not in self._lacking:
            self._lacking[where] = _lacks_value(reference.text, loop, self.values)
        return self._lacking[where]

    def as_text(self, kind: type) -> Iterator[tuple[Templated, Reference, object]]:
        """The placeholders that would make text of an argument of the Python type ``kind``, with node and value."""
        for node, reference, raw in self.read:
            plain = not reference.whole or all(each.cast in (None, "str") for each in reference.alternatives)
            if isinstance(raw, kind) and plain:
                yield node, reference, raw

    @cached_property
    def used(self) -> frozenset[str] | None:
        """The names of all arguments that something in the file reads; None where any of them may be read."""
        if self._expressions.faults or self._expressions.read_everything:
            return None
        paths = [read.segments for _, read in self._placeholders.reads]
        paths += [loop.segments for _, loop in self._loops.all]
        paths += [path.segments for _, _, analysis in self._expressions.analyses for path in analysis.paths]
        own = [path for path in paths if path and path[0] == "args"]
        if any(len(path) < 2 or not isinstance(path[1], str) for path in own):
            return None
        return frozenset(str(path[1]) for path in own) | frozenset(
            name for text in self._top.values() for name in _ARGUMENT.findall(text)
        )

    def blamed(self, reference: Reference) -> Blame | None:
        """The argument from which a placeholder gets its value, for a finding; None where no argument gives it one."""
        _, segments = self._answer(reference.text)
        return Blame(segments[1:]) if len(segments) > 1 else None

    def _answer(self, text: str) -> tuple[object, tuple[object, ...]]:
        """The argument that answers a placeholder, and the path that led there; no path where none does."""
        if "args" not in text:
            return None, ()
        if text not in self._answers:
            self._answers[text] = _answer(text, self.values)
        return self._answers[text]


def _lacks_value(text: str, loop: Loop | None, args: JsonObject) -> bool:
    try:
        return bool(lacking(compile_template(text), loop, {"args": args}, _is_no_argument))
    except (NotAnArray, TemplateError):
        # Other rules say what is the matter with the loop, or with the placeholder itself.
        return False


def _is_no_argument(path: str) -> bool:
    return parse_path(path)[:1] != ("args",)


def _answer(text: str, args: JsonObject) -> tuple[object, tuple[object, ...]]:
    template = compile_template(text)
    (reference,) = template.references
    try:
        ((chosen, raw),) = template.sources({"args": args})
    except TemplateError:
        return None, ()
    if chosen is None or reference.unknown_casts:
        # A type that nobody knows is for another rule.
        return None, ()
    return raw, parse_path(reference.alternatives[chosen].path)
