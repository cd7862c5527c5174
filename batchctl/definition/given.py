"""What is given beside the file: arguments and an account, and where each of them came from."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError
from batchctl.json_types import merged, write_json
from batchctl.structs import Struct, field, replace
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.capabilities import Capabilities
    from batchctl.yaml12.source import Source

# The path of the account: no argument has it.
ACCOUNT: tuple[object, ...] = (None,)
OPTION, COLUMN, CELL, OTHER = "option", "column", "cell", "other"
LIBRARY, LIBRARY_ROW = "library", "row of the library"
_LETS_PASS = ("--allow-unused", "allow_unused=True")
# What a column of accounts is called.
ACCOUNT_COLUMNS = ("account", "integrated_account_id")


class Origin(Struct, frozen=True):
    """Where an argument came from: ``where`` in words (``--arg user=u-1``, ``args.yaml``, ``row 3 of rows.csv``).

    ``kind`` is ``OPTION`` for ``--arg NAME=TEXT`` and ``COLUMN`` for a cell of text, which can both be written as JSON
    instead, ``CELL`` for any other value of a row, ``LIBRARY`` for what a program passes as arguments, ``LIBRARY_ROW``
    for what it passes in a row, and ``OTHER`` for the rest.
    """

    where: str
    kind: str = OTHER

    def rewritten(self, name: str, value: JsonValue) -> str | None:
        """Advice on how to write the argument ``name`` so that it gets ``value``: as JSON.

        None unless ``kind`` is ``OPTION`` or ``COLUMN``; the user decides where other values come from.
        """
        text = write_json(value)
        if self.kind == OPTION:
            return f"write --arg {shlex.quote(f'{name}:={text}')}"
        if self.kind == COLUMN:
            return f"name the column {name}:= and write {text}"
        return None


class InputFile(Struct, frozen=True):
    """A file of arguments or rows that was given beside the definition, and the diagnostics about its text."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]


class Given(Struct, frozen=True):
    """What a run is given beside the definition's file: arguments, an account and a few settings, all over the file's.

    ``values`` are the arguments by name. ``account`` is the integrated account's id (None: the file's own),
    ``account_origin`` where it came from. ``origins`` maps paths in ``values`` (``("a", "b")``) to where they came
    from, also those without a value (an empty cell). ``input_files`` are the files that they came from, with the
    problems of their text; ``remarks`` are diagnostics about how other values are written. ``allow_unused`` permits
    names that nothing reads; ``capabilities`` are those of the account, where known, ``context`` are keys of its
    context. ``samples`` takes a fixtures folder (relative to the definition's) and a resource (``crm/contacts``), and
    returns the resource's first records; None where there are none to look at. ``account_keys`` takes such a folder and
    returns the names that an account of it has beside ``args``: ``tenant_id``, and those in its context.
    """

    values: JsonObject = field(default_factory=dict)
    account: str | None = None
    account_origin: Origin | None = None
    origins: Mapping[tuple[object, ...], Origin] = field(default_factory=dict)
    input_files: tuple[InputFile, ...] = ()
    allow_unused: bool = False
    capabilities: Capabilities | None = None
    context: JsonObject = field(default_factory=dict)
    remarks: tuple[Diagnostic, ...] = ()
    samples: Callable[[str, str], Sequence[JsonValue]] | None = None
    account_keys: Callable[[str], Collection[str]] | None = None

    def plus(self, above: Given) -> Given:
        """These inputs combined with ``above``, which wins where both have a value; objects in both are merged."""
        return Given(
            merged(self.values, above.values),
            above.account or self.account,
            above.account_origin if above.account else self.account_origin,
            {**self.origins, **above.origins},
            (*self.input_files, *above.input_files),
            self.allow_unused or above.allow_unused,
            above.capabilities or self.capabilities,
            {**self.context, **above.context},
            (*self.remarks, *above.remarks),
            above.samples or self.samples,
            above.account_keys or self.account_keys,
        )

    def with_account(self, account: str | None, where: str) -> Given:
        """A copy with another integrated account (its id), from ``where`` (in words); None changes nothing."""
        return replace(self, account=account, account_origin=Origin(where)) if account else self

    def origin(self, path: tuple[object, ...]) -> Origin | None:
        """Where the argument at ``path`` came from; None for one from the definition's file.

        Where ``path`` itself has no origin, it is that of the nearest value around it, and where there is none, that of
        the first value inside it. The path ``(None,)`` gives the account's.
        """
        if path == ACCOUNT:
            return self.account_origin
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return next((origin for each, origin in self.origins.items() if each[: len(path)] == path), None)

    def names(self) -> dict[str, Origin]:
        """The names of the top-level arguments that have an origin, each with where it (or its last part) came from."""
        return {str(path[0]): origin for path, origin in self.origins.items()}


def refuse_unread(given: Given, known: Collection[str]) -> None:
    """Raise ``UsageError`` for the first argument in ``given`` whose name is not in ``known``, the names that are used.

    With ``given.allow_unused`` nothing is raised.
    """
    if given.allow_unused:
        return
    for name, origin in given.names().items():
        if name in known:
            continue
        # A header is compared with every name that a column of accounts may have.
        words = sorted(known) + ([*ACCOUNT_COLUMNS] if origin.kind in (COLUMN, CELL, LIBRARY_ROW) else [])
        meant = suggestion(name, words)
        meant = meant if meant is None or meant.endswith("?") else f"{meant};"
        raise UsageError(
            f'nothing in the definition reads or declares an argument "{shortened(name)}" (from {origin.where})',
            hint=" ".join(filter(None, (meant, f"{_LETS_PASS[origin.kind in (LIBRARY, LIBRARY_ROW)]} lets it pass"))),
        )


def refuse_unread_context(given: Given, known: Collection[str] | None) -> None:
    """Raise ``UsageError`` for the first key of ``given.context`` that is not in ``known``, the keys that are read.

    Nothing is raised with ``given.allow_unused``, nor where ``known`` is None: any key may be read then.
    """
    for name in given.context if known is not None and not given.allow_unused else ():
        if known is not None and name not in known:
            raise UsageError(
                f'nothing in the definition reads "{shortened(name)}" of the account\'s context',
                hint=" · ".join(filter(None, (suggestion(name, sorted(known)), "--allow-unused lets it pass"))),
            )
