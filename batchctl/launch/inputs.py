"""What is in a batch: its file, and the arguments, account, variables and choices given besides."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.config.env_file import parse_env_file
from batchctl.definition.given import Given
from batchctl.definition.inputs import parse_argument, read_arguments
from batchctl.diagnostics import Severity
from batchctl.engine.backends.first_records import account_keys_in, samples_in
from batchctl.errors import UsageError
from batchctl.execution.capabilities import read_snapshot
from batchctl.execution.resume import SavedInputs
from batchctl.files import STDIN, read_bytes, reader_of
from batchctl.json_types import write_json
from batchctl.plain import clean
from batchctl.plan.acceptance import statuses_of
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchctl.definition.including import ReadFile
    from batchctl.json_types import JsonObject
    from batchctl.preparation import Prepared
    from batchctl.store.facts import RunFacts
    from batchctl.truto.capabilities import Capabilities


class Inputs(Struct, frozen=True):
    """A definition's file and what is given for it, written as on a command line (``since=2026-01-01``).

    ``file`` is a path, or ``-`` for stdin. ``account`` is an account's id over the file's own (None: that one),
    ``env_file`` a file of variables over those of this process (None: no file). ``arg`` and ``context`` are texts as
    ``--arg`` has them (``NAME=TEXT``, ``NAME:=JSON``, ``NAME=@FILE``), ``accept`` as ``--accept`` (``contacts=404``),
    ``only`` resource keys as ``--only`` has them, with ``!`` before one for ``--skip``. ``tolerated`` are names of
    rules (``undeclared-argument``) whose errors count as warnings; ``allow_unused`` permits arguments that nothing
    reads. ``text`` is the definition where it is not read from ``file``, ``args`` are arguments over which ``arg`` and
    ``args_file`` win, and ``read_file`` reads included files where they are not in the file's folder. ``named`` turns
    an option's name (``--arg``) into what messages call it, such as the environment variable that gave its value.
    ``fixtures`` is the folder whose ``account.yaml`` checks look at (None: the definition's own fixtures).
    """

    file: str
    account: str | None = None
    arg: Sequence[str] = ()
    args_file: Sequence[Path] = ()
    env_file: Path | None = None
    only: Sequence[str] = ()
    tolerated: Sequence[str] = ()
    text: bytes | None = None
    args: JsonObject = field(default_factory=dict)
    allow_unused: bool = False
    accept: Sequence[str] = ()
    read_file: ReadFile | None = None
    context: Sequence[str] = ()
    named: Callable[[str], str] = str
    fixtures: Path | None = None

    @classmethod
    def of_run(cls, facts: RunFacts) -> Inputs:
        """The inputs that were stored with a recorded run. Raises ``UsageError`` where they were not stored."""
        saved = SavedInputs.of(facts)
        return cls(
            facts.file,
            account=saved.account,
            env_file=Path(saved.env_file) if saved.env_file else None,
            only=saved.only,
            text=saved.text.encode("utf-8", "surrogatepass"),
            args=saved.args,
            # Arguments that nothing reads were let through when the run began.
            allow_unused=True,
            accept=saved.accept,
            context=[f"{name}:={write_json(value)}" for name, value in saved.context.items()],
        )

    def over(self, before: Inputs) -> Inputs:
        """The inputs of ``before``, usually an earlier run, with those that are given here in their place.

        Arguments and keys of the context are added to those of ``before``; of two with one name the one given here
        wins.
        """
        return replace(
            before,
            account=self.account or before.account,
            arg=self.arg,
            args_file=self.args_file,
            env_file=self.env_file or before.env_file,
            only=self.only or before.only,
            allow_unused=self.allow_unused or before.allow_unused,
            context=[*before.context, *self.context],
            accept=self.accept or before.accept,
            tolerated=self.tolerated,
            named=self.named,
            fixtures=self.fixtures,
        )

    @property
    def shown(self) -> str:
        """The name of the file as messages show it, ``<stdin>`` for stdin."""
        return "<stdin>" if self.file == STDIN else self.file

    @property
    def reader(self) -> ReadFile:
        """A function that reads a file which the definition includes, given its path; it raises ``UsageError``."""
        return self.read_file or reader_of("" if self.file == STDIN else self.file)

    @property
    def folder(self) -> Path:
        """The folder from which relative paths in the file start; the current one for stdin."""
        return Path() if self.file == STDIN else Path(self.file).parent

    def prepare(
        self, row: Given | None = None, *, required: Severity | None = Severity.WARNING, jobs: bool = False
    ) -> Prepared:
        """Read, check and plan the definition; problems in it are part of the result.

        What ``row`` gives, one of many rows (None: there are none), wins over the command line. ``required`` is the
        severity of a required argument without a value (None: not reported); ``jobs`` says whether a sync job is
        allowed. Raises ``UsageError`` for input that can't be read, and for an argument that nothing reads.
        """
        from batchctl.preparation import prepare
        from batchctl.render.diagnostics.reporting import one_line

        given = self.given().plus(row or Given())
        text = read_bytes(self.file) if self.text is None else self.text
        try:
            prepared = prepare(
                text,
                file=self.shown,
                environment=read_environment(self.env_file),
                given=given,
                only=self.only,
                tolerated=self.tolerated,
                required=required,
                jobs=jobs,
                read_file=self.reader,
                accept=statuses_of(self.accept),
            )
        except UsageError as error:
            for each in given.input_files:
                for found in each.diagnostics:
                    error.add_note(clean(one_line(each.source.file, found)))
            raise
        return replace(prepared, input_files=given.input_files)

    def arguments(self) -> JsonObject:
        """The arguments from ``--arg`` and ``--args-file``, merged: ``{"since": "2026-01-01"}``.

        Raises ``UsageError`` for ones that can't be read.
        """
        return self.given().values

    def account_context(self) -> JsonObject:
        """The keys and values that ``--context`` gives: for ``region=eu`` it is ``{"region": "eu"}``.

        They are written as for ``--arg``. Raises ``UsageError`` for a text that can't be read.
        """
        return self._context().values

    def _context(self) -> Given:
        found = Given()
        for text in self.context:
            found = found.plus(parse_argument(text, read_bytes, option=self.named("--context")))
        return found

    def capabilities(self) -> Capabilities | None:
        """What the account can do, from ``capabilities.json`` in the definition's folder; None without that file.

        Raises ``UsageError`` for a file that can't be used.
        """
        return read_snapshot(self.folder)

    def given(self) -> Given:
        """All that the command line gives to the definition: arguments, account, context, and where each came from.

        Raises ``UsageError`` for a file or a text that can't be read.
        """
        context = self._context()
        given = Given(
            self.args,
            input_files=context.input_files,
            allow_unused=self.allow_unused,
            capabilities=self.capabilities(),
            context=context.values,
            remarks=context.remarks,
            samples=samples_in(self.folder),
            account_keys=account_keys_in(self.folder, self.fixtures),
        )
        given = given.with_account(self.account, f"{self.named('--account')} {self.account}")
        for path in self.args_file:
            given = given.plus(read_arguments(read_bytes(str(path)), str(path)))
        for text in self.arg:
            given = given.plus(parse_argument(text, read_bytes, option=self.named("--arg")))
        return given


def read_environment(env_file: Path | None) -> Mapping[str, str]:
    """The variables of this process, with those in ``env_file`` (None: no file) over them.

    Raises ``UsageError`` for a file that can't be read.
    """
    if env_file is None:
        return os.environ
    return {**os.environ, **parse_env_file(read_bytes(str(env_file)), str(env_file))}
