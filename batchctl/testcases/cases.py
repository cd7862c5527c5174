"""Which tests a definition has: the items of ``x-tests``, and its snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.definition.loading import read
from batchctl.diagnostics.kinds import NOT_IGNORABLE
from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError
from batchctl.files import read_file, reader_of
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue

SNAPSHOT = "snapshot"
_KEYS = ("name", "args", "args_file", "fixtures", "context", "expect", "exit_code")


class Case(Struct, frozen=True):
    """One test of a definition: what it is run with, and what is expected of the result.

    ``file`` is the definition; ``args_file`` and ``fixtures`` are relative to its folder, and ``args`` win over those
    in ``args_file``. ``expect`` are JSONata expressions over ``{result, errors, requests}``, each of which must be
    true: ``result`` and ``errors`` are lists by the resource's key, and each of the list ``requests`` has ``resource``
    (a key), ``method`` (``GET``), ``path`` and, where there is one, ``query`` and ``body``. ``exit_code`` is that of
    ``batchctl run --local``, ``context`` are keys of the account's context. ``snapshot`` is the file with the expected
    result, for a test that compares with one. ``parts`` are the files that the definition is in; ``default_fixtures``
    is the folder where ``fixtures`` is None.
    """

    file: Path
    name: str
    args: JsonObject = field(default_factory=dict)
    args_file: str | None = None
    fixtures: str | None = None
    expect: tuple[str, ...] = ()
    exit_code: int = 0
    context: JsonObject = field(default_factory=dict)
    snapshot: Path | None = None
    # The files that the definition is in, and the folder of its fixtures.
    parts: tuple[Path, ...] = ()
    default_fixtures: str = "fixtures"

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the test reads, without those of its fixtures; the definition comes first."""
        args = (self.file.parent / self.args_file,) if self.args_file else ()
        snapshot = (self.snapshot,) if self.snapshot else ()
        return (self.file, *self.parts, *args, *snapshot)

    @property
    def fixtures_folder(self) -> Path:
        """The folder of its fixtures, which need not exist."""
        return self.file.parent / (self.fixtures or self.default_fixtures)

    @property
    def id(self) -> str:
        """The name of the test: ``contacts.batch.yaml::finds all``."""
        return f"{self.file}::{self.name}"


def snapshot_path(file: Path) -> Path:
    """The path of a definition's snapshot, in the same folder: ``contacts.batch.yaml.snapshot.json``."""
    return file.with_name(f"{file.name}.snapshot.json")


def collect(file: Path, *, new_snapshots: bool = False) -> tuple[Case, ...]:
    """The tests of the definition ``file``: those under ``x-tests``, and one for its snapshot.

    ``x-tests`` is a list of mappings with ``name`` and ``expect``, and if need be ``args``, ``args_file``,
    ``fixtures``, ``context`` and ``exit_code``. With ``new_snapshots`` a batch without tests gets one that compares
    with a snapshot, which need not exist yet. Raises ``UsageError`` when the file can't be read, or for tests in
    another form.
    """
    loaded = read(read_file(file), file=str(file), read_file=reader_of(file))
    data = loaded.data
    wrong = next((each for each in loaded.diagnostics if each.rule in NOT_IGNORABLE), None)
    if wrong is not None and not (isinstance(data, dict) and data.get("x-tests")):
        # Tests that it has would be lost without a word.
        raise UsageError.about(loaded.source.localised(wrong), str(file))
    written = data.get("x-tests") if isinstance(data, dict) else None
    if written is not None and not isinstance(written, list):
        raise UsageError(f"{file}: x-tests must be a list", hint="start each test with - name:")
    cases = [_case(file, number, item) for number, item in enumerate(written or (), 1)]
    names = [case.name for case in cases]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f'{file}: two tests are called "{twice}"')
    path = snapshot_path(file)
    # A sync job has no single result to be kept.
    if path.exists() or (new_snapshots and not cases and loaded.kind == "batch"):
        cases.append(Case(file, SNAPSHOT, snapshot=path))
    parts = tuple(Path(part.source.file) for part in loaded.source.parts)
    folder = data.get("fixtures") if isinstance(data, dict) else None
    fixtures = folder if isinstance(folder, str) else "fixtures"
    return tuple(replace(case, parts=parts, default_fixtures=fixtures) for case in cases)


def _case(file: Path, number: int, item: JsonValue) -> Case:
    where = f"{file}: test {number}"
    if not isinstance(item, dict):
        raise UsageError(f"{where} is not a mapping", hint="give it a name and what to expect")
    for key in item:
        if key not in _KEYS:
            raise UsageError(f'{where} has the unknown key "{key}"', hint=suggestion(key, _KEYS))
    name = item.get("name", f"test {number}")
    args, expect, exit_code = item.get("args", {}), item.get("expect", []), item.get("exit_code", 0)
    texts = [expect] if isinstance(expect, str) else expect
    if not isinstance(name, str) or not name.strip() or name == SNAPSHOT:
        raise UsageError(f"{where} needs a name that is text, and not {SNAPSHOT}")
    context = item.get("context", {})
    if not isinstance(args, dict) or not isinstance(context, dict):
        raise UsageError(f"{where}: {'args' if not isinstance(args, dict) else 'context'} must be a mapping")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{where}: expect must be JSONata, or a list of it")
    if not isinstance(exit_code, int) or isinstance(exit_code, bool):
        raise UsageError(f"{where}: exit_code must be a number")
    if not texts and "exit_code" not in item:
        raise UsageError(f"{where} expects nothing", hint="give it expect: or exit_code:")
    return Case(
        file, name, args, _text(item, "args_file", where), _text(item, "fixtures", where),
        tuple(map(str, texts)), exit_code, context,
    )  # fmt: skip


def _text(item: JsonObject, key: str, where: str) -> str | None:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{where}: {key} must be a path")
    return value
