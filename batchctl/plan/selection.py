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
    """The ``x-tags`` of each resource in a definition's data, a text or a list of them, by the resource's index."""
    resources = data.get("resources") if isinstance(data, dict) else None
    found: dict[int, frozenset[str]] = {}
    for index, resource in enumerate(resources if isinstance(resources, list) else ()):
        written = resource.get("x-tags") if isinstance(resource, dict) else None
        tags = written if isinstance(written, list) else [written] if written is not None else []
        found[index] = frozenset(map(str, tags))
    return found


def selected(words: Sequence[str], graph: DefinitionGraph, tags: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """The keys of the resources that ``words`` select, with all that these depend on.

    A word is a name, a pattern (``crm/*``), or ``tag:NAME``; with ``!`` before it, the resources are left out, and all
    that depend on them. Without a word that selects anything, all are. Raises ``UsageError`` for a word that matches
    nothing, for a resource that is named and depends on one that is left out, and where none is left. ``tags`` are
    those of each resource, by its index in the file.
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
    """The resources and tags of one of several files, which words of ``--only`` and ``--skip`` can select."""

    graph: DefinitionGraph
    tags: Mapping[int, frozenset[str]]

    def has(self, word: str) -> bool:
        """Whether a word matches anything in this file."""
        with suppress(UsageError):
            return bool(_meant(word.removeprefix(SKIP), self.graph, self.tags))
        return False

    def taken(self, words: Sequence[str]) -> tuple[str, ...] | None:
        """The words that match something here; None where this file is not selected, or nothing of it is left.

        Raises ``UsageError`` as ``selected`` does.
        """
        here = tuple(word for word in words if self.has(word))
        is_asked = all(word.startswith(SKIP) for word in words) or not all(word.startswith(SKIP) for word in here)
        if not is_asked or (here and not _left(here, self.graph, self.tags)):
            return None
        return here

    def selected(self, words: Sequence[str]) -> frozenset[str]:
        """The keys of the resources that ``words`` select here; all without a word. Raises ``UsageError``."""
        return _left(words, self.graph, self.tags)


def refuse_meaningless(words: Iterable[str], files: Sequence[Choices]) -> None:
    """Raise ``UsageError`` for the first word that matches nothing in any of the files."""
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
