"""An argument that nothing in the file reads: a leftover, or a misspelling somewhere else.

Why:
    It is sent and changes nothing; where another placeholder misspells its name, that one is sent literally.

Fails:
    args: {id: "7", ids: []}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{args.id}}"}

Passes:
    args: {id: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{args.id}}"}

Fix:
    Read it, or remove it.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import DataPath
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

# The arguments of a sync job go to its receivers, too, with the run.
ABOUT = frozenset({"batch"})
_INSIDE = lazy_regex(r"\{([^{}]*)")
# More than these are one finding: such arguments are data, not a list of names.
_MAX_COUNT = 1000
_WORD = lazy_regex(r"[\w-]+")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every argument in the file that no placeholder, loop or expression reads."""
    used = subject.arguments.used
    if not subject.complete or used is None:
        return
    unused = _unused(subject, used)
    if len(unused) > _MAX_COUNT:
        name, path = unused[0]
        yield subject.finding(
            None,
            subject.key(None, *path),
            f'nothing reads the argument "{name}", nor {len(unused) - 1:,} others',
            help="remove them, or read them: they would all be sent",
        )
        return
    for name, path in unused:
        yield subject.finding(
            None,
            subject.key(None, *path),
            f'nothing reads the argument "{name}"',
            help=f"use it as {{{{args.{name}}}}}, or remove it",
        )


def _unused(subject: Subject, used: frozenset[str]) -> list[tuple[str, DataPath]]:
    """The arguments that nothing reads, but for those that a faulty placeholder, another rule's, was meant to read."""
    unknown = [name for name in used if name not in subject.arguments.values]
    unknown += [word for _, loop in subject.loops.pathless for word in _WORD.findall(loop.over)]
    in_braces = _words_in_braces(subject)
    return [
        (name, path)
        for name, path in _written(subject)
        if name not in used and name not in in_braces and not _is_like(name, unknown)
    ]


def _is_like(name: str, unknown: list[str]) -> bool:
    if not unknown:
        return False
    from difflib import get_close_matches  # noqa: PLC0415 - most files read no argument that is not there

    return bool(get_close_matches(name, unknown, 1, 0.6))


def _written(subject: Subject) -> Iterator[tuple[str, DataPath]]:
    """The arguments that the file gives or declares, and where."""
    for name in dict.fromkeys([*subject.arguments.values, *sorted(subject.arguments.declared)]):
        places: list[DataPath] = [("args", name), ("args_schema", "properties", name), ("args_schema", name)]
        path = next((place for place in places if subject.source.has(place)), None)
        if path is not None:
            yield name, path


def _words_in_braces(subject: Subject) -> frozenset[str]:
    leaves = subject.leaves
    texts = [text for _, _, text in (*leaves.strings, *leaves.keys) if "{" in text]
    texts += [node.resource for node in subject.requests if "{" in node.resource]
    texts += [text for text in (subject.account, *(text for _, text in leaves.values)) if text]
    texts += [f"{{{text}" for _, _, text in leaves.bare]
    return frozenset(word for text in texts for inside in _INSIDE.findall(text) for word in _WORD.findall(inside))
