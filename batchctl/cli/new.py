"""``batchctl new``: a definition to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from batchctl.errors import UsageError

_ENDINGS = (".yaml", ".yml")
_STARTER = """\
# batchctl validate says what is wrong and where, dry-run shows every request before anything is sent,
# run --local runs it over the records in fixtures/, and run on Truto, with a token in TRUTO_API_TOKEN.
# batchctl schema prints the schema with which editors complete keys.
name: {title}

# The account whose data it is. --account takes its place.
integrated_account_id: ${{TRUTO_ACCOUNT_ID:-00000000-0000-4000-8000-000000000000}}

# Values for {{{{args.…}}}}; --arg page_size:=50 takes their place.
args:
  page_size: 25

resources:
  # A request: model/resource is the Unified API, a single name the Proxy API.
  - name: contacts
    resource: crm/contacts
    method: list
    query:
      limit: "{{{{args.page_size:int}}}}"

  # It reads the records of contacts, so it runs once for each of them.
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query:
      contact_id: "{{{{resources.crm.contacts.id}}}}"
"""
_RECORDS = {
    "contacts": '[\n  {"id": "c-1", "first_name": "Noor", "last_name": "Grünwald"},\n'
    '  {"id": "c-2", "first_name": "Kofi", "last_name": "Björk"}\n]\n',
    "notes": '[\n  {"id": "n-1", "contact_id": "c-1", "text": "Called back"}\n]\n',
}


def new(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the batch, or a path to its file.")]) -> None:
    """Write a definition to start from, and a few records to run it over. What is there is never overwritten."""
    from batchctl.cli.options import Color
    from batchctl.cli.terminal import Terminal

    file = _place(name)
    title = file.name.removesuffix(file.suffix).removesuffix(".batch").replace("-", " ").replace("_", " ")
    _write(file, _STARTER.format(title=_scalar(title)))
    terminal = Terminal(Color.NEVER)
    terminal.note(f"wrote {file}")
    for resource, records in _RECORDS.items():
        path = file.parent / "fixtures" / "unified" / "crm" / f"{resource}.json"
        if not path.exists():
            _write(path, records)
            terminal.note(f"wrote {path}")
    terminal.note(f"next: batchctl run {file} --local")


def _place(name: str) -> Path:
    path = Path(name)
    if not path.name or path.name in (".", "..", "-") or not name.isprintable():
        raise UsageError("a batch needs a name, for example batchctl new contacts")
    return path if path.suffix in _ENDINGS else path.with_name(f"{path.name}.batch.yaml")


def _scalar(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint="choose another name, or remove it first") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise UsageError(f"can't write {path}: {reason.lower()}") from error
