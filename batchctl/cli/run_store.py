"""The store of whoever runs the command, and what is written there of a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.result import Skipped
from batchctl.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject
    from batchctl.service.kept import Kept
    from batchctl.store.facts import Keeping, Status
    from batchctl.store.run import Run
    from batchctl.store.runs import RunStore


def user_store() -> RunStore:
    """The runs of this user."""
    from batchctl.store.place import state_folder
    from batchctl.store.runs import RunStore

    return RunStore(state_folder(os.environ, home=user_home(), windows=os.name == "nt"))


def user_home() -> Path:
    """The user's home; the current folder where there is none, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return Path.cwd()


def run_status(result: RunResult) -> Status:
    """How the run ended, in the store's words."""
    return "interrupted" if result.interrupted else "ok" if result.ok else "failed"


def run_summary(result: RunResult) -> JsonObject:
    """Counts and names for ``batchctl runs``; no record and no message."""
    counts = [outcome.count for outcome in result.outcomes.values() if not isinstance(outcome, Skipped)]
    return {"resources": len(result.outcomes), "failed": list(result.failed), "records": sum(counts)}


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """Where the answer of one run goes; ``run`` is None where the store can't be used."""

    path: Path
    bytes: Kept
    run: Run | None = None

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Say how the run ended."""
        if self.run is not None:
            self.run.finish(status, summary)


@contextmanager
def keep_answer(about: Keeping, terminal: Terminal) -> Iterator[KeptAnswer]:
    """A place for an answer in the store; without one in a folder of its own, and the terminal says so."""
    from batchctl.service.kept import Kept

    try:
        run = user_store().begin(about)
    except StoreError as error:
        terminal.note(f"this run is not kept: {error}")
        folder = Path(tempfile.mkdtemp(prefix="batchctl-"))
        with (folder / "answer.json").open("w+b") as file:
            yield KeptAnswer(folder / "answer.json", Kept(file, terminal.redactor))
        # Reached without an error alone: with one, what came of an answer stays.
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        with run.open_answer() as file:
            yield KeptAnswer(run.answer_path, Kept(file, terminal.redactor), run)
    finally:
        run.close()
