"""Which resources of a definition are meant: by name, by pattern, by tag; and which are left out."""

from __future__ import annotations

from contextlib import suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.json_types import JsonValue
    from batchctl.plan.definition_graph import DefinitionGraph

TAG = "tag:"
SKIP = "!"


def tags_of(data: JsonValue) -> Mapping[int, frozenset[str]]:
    """The tags (``x-tags``) of each resource in ``data``, a parsed definition, by the resource's index from 0."""
    resources = data.get("resources") if isinstance(data, dict) else None
    found: dict[int, frozenset[str]] = {}
    for index, resource in enumerate(resources if isinstance(resources, list) else ()):
        written = resource.get("x-tags") if isinstance(resource, dict) else None
        tags = written if isinstance(written, list) else [written] if written is not None else []
        found[index] = frozenset(map(str, tags))
    return found


def selected(words: Sequence[str], graph: DefinitionGraph, tags: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """The keys of the resources that the ``words`` of ``--only`` and ``--skip`` select, and of all that they depend on.

    A word is a name, a pattern (``crm/*``), or ``tag:NAME``; with ``!`` before it, the resources are left out, and all
    that depend on them. Where all words leave out, the other resources are selected. ``tags`` are those of each
    resource, by its index in the file. Raises ``UsageError`` for a word that matches nothing, for a selected resource
    that depends on one left out, and where none is left.
    """
    left = _left(words, graph, tags)
    if not left:
        raise UsageError("no resource is left")
    return left


def _left(words: Sequence[str], graph: DefinitionGraph, tags: Mapping[int, frozenset[str]]) -> frozenset[str]:
    wanted = [key for word in words if not word.startswith(SKIP) for key in _meant(word, graph, tags)]
    skipped = {key for word in words if word.startswith(SKIP) for key in _meant(word[len(SKIP) :], graph, tags)}
    is_all = all(word.startswith(SKIP) for word in words)
    kept = set(graph.nodes) if is_all else {one for key in wanted for one in (key, *graph.ancestors(key))}
    for key in wanted:
        missing = next((one for one in (key, *graph.ancestors(key)) if one in skipped), None)
        if missing == key:
            raise UsageError(f'"{key}" is both asked for and left out')
        if missing is not None:
            raise UsageError(f'"{key}" needs "{missing}", which is left out')
    return frozenset(key for key in kept if key not in skipped and skipped.isdisjoint(graph.ancestors(key)))


class Choices(Struct, frozen=True):
    """One of several files, with its resources and their tags, which words of ``--only`` and ``--skip`` select.

    ``tags`` are those of each resource, by its index in the file.
    """

    graph: DefinitionGraph
    tags: Mapping[int, frozenset[str]]

    def has(self, word: str) -> bool:
        """Whether ``word`` matches a resource or tag of this file.

        It is a name, a pattern (``crm/*``) or ``tag:NAME``, with or without ``!`` before it.
        """
        with suppress(UsageError):
            return bool(_meant(word.removeprefix(SKIP), self.graph, self.tags))
        return False

    def taken(self, words: Sequence[str]) -> tuple[str, ...] | None:
        """The ``words`` that match something in this file, in order; None where they select nothing of it.

        The file is not run then. Empty ``words`` select all of it. Raises ``UsageError`` for a selected resource that
        depends on one left out.
        """
        here = tuple(word for word in words if self.has(word))
        is_asked = all(word.startswith(SKIP) for word in words) or not all(word.startswith(SKIP) for word in here)
        if not is_asked or (here and not _left(here, self.graph, self.tags)):
            return None
        return here

    def selected(self, words: Sequence[str]) -> frozenset[str]:
        """The keys of the resources that ``words`` select in this file, as ``selected`` does; possibly none.

        Raises ``UsageError`` for a word that matches nothing here, and for a resource that depends on one left out.
        """
        return _left(words, self.graph, self.tags)


def refuse_meaningless(words: Iterable[str], files: Sequence[Choices]) -> None:
    """Raise ``UsageError`` for a word of ``--only`` or ``--skip`` that matches nothing in any of ``files``."""
    for word in words:
        if not any(file.has(word) for file in files):
            known = list(dict.fromkeys(key for file in files for key in file.graph.nodes))
            hint = suggestion(word.removeprefix(SKIP), known) or f"known names: {', '.join(known)}"
            raise UsageError(f'"{word.removeprefix(SKIP)}" is in none of these files', hint=hint)


def _meant(word: str, graph: DefinitionGraph, tags: Mapping[int, frozenset[str]]) -> list[str]:
    if word in graph.nodes:
        return [word]
    if word.startswith(TAG):
        name = word.removeprefix(TAG)
        found = [key for key, node in graph.nodes.items() if name in tags.get(node.index, ())]
        known = sorted({tag for each in tags.values() for tag in each})
        if not found:
            raise UsageError(f'no resource has the tag "{name}"', hint=suggestion(name, known))
        return found
    if any(sign in word for sign in "*?["):
        found = [key for key in graph.nodes if fnmatchcase(key, word)]
        if not found:
            raise UsageError(f"no resource is called like {word}", hint=f"known names: {', '.join(graph.nodes)}")
        return found
    hint = suggestion(word, graph.nodes) or f"known names: {', '.join(graph.nodes)}"
    raise UsageError(f'no resource is called "{word}"', hint=hint)
