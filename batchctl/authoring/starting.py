"""New files for a batch or a sync job: of a template, or of what is there already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.authoring.conversion import convert
from batchctl.authoring.templates import TEMPLATES
from batchctl.authoring.writing import written
from batchctl.definition.editor_schema import editor_schema
from batchctl.definition.sync_job import sign_of_sync_job
from batchctl.errors import UsageError
from batchctl.files import STDIN, read_bytes, reader_of
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from batchctl.files.new_files import NewFiles

FIXTURE_ENDINGS = (".json", ".yaml", ".yml", ".ndjson", ".csv")
# The template of a sync job: its files have another ending and another schema.
SYNC = "sync"
_ENDINGS = (".yaml", ".yml")
_ACCOUNT = lazy_regex(r"(?m)^integrated_account_id: .*$")


def start(files: NewFiles, file: Path, name: str, account: str = "") -> None:
    """Write a new definition, ``file``, from the template ``name`` of ``TEMPLATES``, with fixtures in the same folder.

    ``account`` is the integrated account; without one it is the variable ``TRUTO_ACCOUNT_ID``, read at each run.
    ``files`` removes what it wrote if anything fails. Raises ``UsageError`` for a file that exists; fixtures that exist
    are left unchanged.
    """
    stem = file.name.removesuffix(file.suffix).removesuffix(".batch").removesuffix(".sync")
    template = TEMPLATES[name]
    text = template.text.format(title=_scalar(stem.replace("-", " ").replace("_", " ")))
    if account:
        text = _ACCOUNT.sub(lambda _: f"integrated_account_id: {_scalar(account)}", text, count=1)
    files.write(file, _with_schema(files, file, text, is_sync_job=name == SYNC))
    fixtures = {f"fixtures/{path}": each for path, each in template.fixtures.items()}
    for path, content in {**fixtures, **template.parts}.items():
        place = file.parent / path
        # Records of the same resource in another format are there: both together could not be read.
        if path not in fixtures or not any(place.with_suffix(ending).exists() for ending in FIXTURE_ENDINGS):
            files.write_missing(place, content)


def start_from(files: NewFiles, file: Path, source: str) -> list[str]:
    """Convert ``source`` (a path; ``-`` is stdin) to a definition and write it to the new file ``file``.

    The result has a sentence for each thing that could not be converted exactly. ``files`` removes what it wrote if
    anything fails. Raises ``UsageError`` for a ``source`` that can't be read or converted, and where ``file`` exists or
    can't be written.
    """
    try:
        text = read_bytes(source).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8", hint="save it as UTF-8") from error
    draft = convert(text, file=source, read_file=reader_of("" if source == STDIN else source))
    made = written(draft.data, draft.notes, variables=draft.variables)
    files.write(file, _with_schema(files, file, made, is_sync_job=sign_of_sync_job(draft.data) is not None))
    return draft.notes


def new_file(name: str, *, is_sync_job: bool = False) -> Path:
    """The path of a new definition from the ``name`` or path that a user gave: ``contacts`` → ``contacts.batch.yaml``.

    ``is_sync_job`` makes it ``contacts.sync.yaml``. Raises ``UsageError`` for a name that is empty, ``.``, ``..`` or
    ``-``, or not printable.
    """
    ending = ".sync" if is_sync_job else ".batch"
    path = Path(name)
    if not path.name or path.name in (".", "..", "-") or not name.isprintable():
        raise UsageError("a batch needs a name, for example batchctl new contacts")
    if path.suffix not in _ENDINGS:
        return path.with_name(f"{path.name.removesuffix(ending)}{ending}.yaml")
    return path if path.stem.endswith(ending) else path.with_name(f"{path.stem}{ending}{path.suffix}")


def _with_schema(files: NewFiles, file: Path, text: str, *, is_sync_job: bool) -> str:
    """The text with the line by which editors find the schema, which is written beside it."""
    schema = f"{'sync-job' if is_sync_job else 'batch'}.schema.json"
    files.write_missing(file.parent / schema, editor_schema("sync-job" if is_sync_job else "batch"))
    return f"# yaml-language-server: $schema={schema}\n{text}"


def _scalar(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
