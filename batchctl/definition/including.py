"""``include:`` in a definition: the files that it names, and all of them as one source with places.

A file that is included gives its ``resources``, which come before those of the file that includes it, and its
``args`` and ``args_schema``, over which the including file wins name by name. A file is taken once, however often it
is named. Paths are relative to the file that names them and stay in the folder of the first file, or below.
"""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from batchctl.definition.linking import linked
from batchctl.definition.one_text import read_one
from batchctl.definition.schema import TOP, violations
from batchctl.definition.shape_messages import Explainer, kind_of_value
from batchctl.definition.sync_job import sign_of_sync_job
from batchctl.diagnostics.kinds import problem
from batchctl.errors import UsageError
from batchctl.structs import Struct, field
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonValue
    from batchctl.yaml12.source import Source

# The bytes of a file, by its path from the folder of the first one; raises UsageError with the reason.
ReadFile: TypeAlias = "Callable[[str], bytes]"
KEY = "include"
MAX_FILES = 100
MAX_BYTES = 32 * 2**20


class Whole(NamedTuple):
    """A definition with all files that it includes, as one source, and the problems in them.

    The problems have their places in the whole text. Where ``is_usable`` is False some part is missing, and rules would
    report mere consequences of that.
    """

    source: Source
    problems: list[Diagnostic]
    is_usable: bool


class _File(Struct):
    """One file: its path from the folder of the first one, what was read, and the problems of its own."""

    path: str
    source: Source
    problems: list[Diagnostic] = field(default_factory=list)


def with_included(first: Source, problems: Sequence[Diagnostic], read_file: ReadFile | None) -> Whole:
    """The definition in ``first`` together with all files that it includes, directly or through others.

    ``problems`` are those that reading ``first`` found; the result has them too. ``read_file`` takes a path relative to
    the folder of ``first``, returns the file's bytes, and raises ``UsageError`` where it can't be read. None allows no
    includes: each is a problem then. Nothing is raised.
    """
    own = _File(PurePosixPath(first.file.replace("\\", "/")).name, first, list(problems))
    if read_file is None:
        message = "include is for files: a text that comes from no file can't include others"
        wrong = problem("include", message, first.key_span((KEY,)), help="send the whole definition", path=(KEY,))
        return Whole(first, [*problems, wrong], is_usable=False)
    gatherer = _Gatherer(first, read_file)
    gatherer.add(own, ())
    source, found = linked([(each.source, each.problems) for each in gatherer.read], gatherer.order)
    return Whole(source, found, gatherer.is_whole)


def included_paths(data: JsonValue) -> list[tuple[DataPath, JsonValue]]:
    """What ``data`` has under ``include``, each value with its path; they should be texts, but that is not checked.

    An item of a list has the path ``("include", 0)``, a value that is no list ``("include",)``.
    """
    written = data.get(KEY) if isinstance(data, dict) else None
    if isinstance(written, list):
        return [((KEY, number), each) for number, each in enumerate(written)]
    return [] if written is None else [((KEY,), written)]


class _Gatherer:
    """Reads files; ``read`` lists them as they were met, ``order`` their numbers with what is included first."""

    def __init__(self, first: Source, read_file: ReadFile) -> None:
        self._first = first.file.replace("\\", "/")
        # What the first file is, the whole is.
        is_job = isinstance(first.data, dict) and sign_of_sync_job(first.data) is not None
        self._kind: DefinitionKind = "sync-job" if is_job else "batch"
        self._read_file = read_file
        self._bytes = 0
        self.read: list[_File] = []
        self.order: list[int] = []
        self.is_whole = True

    def add(self, file: _File, chain: tuple[str, ...]) -> None:
        """Take a file, and first what it includes; ``chain`` are the files through which it was reached."""
        number = len(self.read)
        self.read.append(file)
        for place, written in included_paths(file.source.data):
            wrong = self._include(file, written, (*chain, file.path))
            if wrong is not None:
                self.is_whole = False
                message, advice = wrong
                span = file.source.span(place)
                file.problems.append(problem("include", message, span, help=advice, path=place))
        self.order.append(number)

    def _include(self, file: _File, written: JsonValue, chain: tuple[str, ...]) -> tuple[str, str | None] | None:
        """Take a file that is included, if it isn't already; else what is wrong, and advice."""
        wrong = _malformed(written)
        if wrong is not None:
            return wrong
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), str(written)))
        if path.startswith("../") or path == "..":
            where = "the folder of " + PurePosixPath(self._first).name
            return (
                f"{shortened(str(written))} leads out of {where}",
                "put what is shared beside that file, or in a folder below",
            )
        if path in chain:
            circle = " -> ".join((*chain[chain.index(path) :], path))
            return f"{shortened(str(written))} includes itself: {circle}", "take one of them out"
        if any(known.path == path for known in self.read):
            return None
        if len(self.read) > MAX_FILES:
            return f"more than {MAX_FILES} files are included", None
        try:
            data = self._read_file(path)
        except UsageError as error:
            return str(error), error.hint
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            return "the files that are included hold more than 32 MiB", None
        self._take(path, data, chain)
        return None

    def _take(self, path: str, data: bytes, chain: tuple[str, ...]) -> None:
        found = read_one(data, posixpath.join(posixpath.dirname(self._first), path))
        file = _File(path, found.source, list(found.problems))
        if found.is_usable:
            file.problems += _shape_problems(found.source, self._kind)
        self.is_whole = self.is_whole and found.is_usable and found.source.tree is not None
        if found.is_usable and found.source.tree is None:
            message = "this JSON has a key that YAML can't read, so it can't be included"
            file.problems.append(problem("include", message, found.source.span(())))
        self.add(file, chain)


def _malformed(written: JsonValue) -> tuple[str, str | None] | None:
    """What is wrong with an entry as it is written, and advice."""
    advice = "for example include: shared/contacts.part.yaml"
    if not isinstance(written, str) or not written.strip():
        return f"include names files, not {kind_of_value(written) if written != '' else 'an empty text'}", advice
    if "${" in written:
        return "a path in include can't hold variables", "name the file itself"
    if PurePosixPath(written).is_absolute() or PureWindowsPath(written).drive or PureWindowsPath(written).root:
        return f"{shortened(written)} is an absolute path", "name the file from the folder of the one that includes it"
    return None


def _shape_problems(source: Source, kind: DefinitionKind) -> list[Diagnostic]:
    """What is wrong with the top level of a file that is included: keys that are missing there are no problem."""
    data = source.data
    if not isinstance(data, dict):
        message = f"a file that is included must be a mapping, not {kind_of_value(data)}"
        return [problem("wrong-type", message, source.span(()), help='put a list under "resources:"')]
    explainer = Explainer(TOP, (), source, None, kind)
    found = [each for each in violations(TOP, data, kind) if each.keyword not in ("required", "minItems")]
    return [explainer.diagnostic(each, guess=True) for each in found if each.path[:1] != (KEY,)]
